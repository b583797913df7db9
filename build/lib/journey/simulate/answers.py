"""How simulated customers feel and answer: ordered categories cut from a normal latent feeling."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CES_CUTS", "CSAT_CUTS", "LEVELS", "MOOD", "categories", "normal_cdf", "reply", "severity"]

Floats = NDArray[np.float64]

# Five kinds of people, equally many, from easy-going to hard to please (normal quantiles .1 .3 .5 .7 .9).
# A few discrete kinds instead of a continuum let the expected severities be computed exactly.
LEVELS: Final[Floats] = np.array([-1.2816, -0.5244, 0.0, 0.5244, 1.2816])

# How far one unit of level lowers the latent feeling, whose visit-to-visit deviation is 1.
MOOD: Final = 0.5

CSAT_CUTS: Final[Floats] = np.array([-1.4, -0.8, -0.1, 0.75])
CES_CUTS: Final[Floats] = np.array([-1.6, -1.1, -0.6, -0.1, 0.5, 1.2])

_erf = np.vectorize(math.erf, otypes=[float])


def normal_cdf(z: ArrayLike) -> Floats:
    """P(Z ≤ z) of the standard normal, elementwise; for small arrays."""
    result: Floats = 0.5 * (1 + _erf(np.asarray(z, dtype=float) / math.sqrt(2)))
    return result


def categories(mean: ArrayLike, cuts: Floats) -> Floats:
    """Probability of each answer, worst first: shape of `mean` plus one axis of len(cuts) + 1. Sums to 1."""
    below = normal_cdf(cuts - np.asarray(mean, dtype=float)[..., None])
    return np.diff(below, axis=-1, prepend=0.0, append=1.0)


def severity(cuts: Floats) -> Floats:
    """1 − u of each answer, worst first: 1 … 0."""
    return np.linspace(1.0, 0.0, len(cuts) + 1)


def reply(response: float, bad: Any) -> Any:
    """Probability that a visitor who stays answers, given how bad it was (severity 0 … 1).

    The very unhappy answer up to 1.4 times as often as the contented: averages over answers are therefore a
    little worse than averages over visits, as in real surveys.
    """
    return np.minimum(1.0, response * (0.85 + 0.55 * bad**2 + 0.15 * (1 - bad) ** 2))
