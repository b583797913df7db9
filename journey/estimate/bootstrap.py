"""Intervals of ratios over customers, however many there are: customers in buckets, buckets drawn with replacement."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from journey.model import Measure

__all__ = ["draws_of", "percentiles", "ratios"]

Array = NDArray[np.float64]
DRAWS = 1000


@lru_cache(maxsize=4)
def draws_of(buckets: int, *, draws: int = DRAWS, seed: int = 0) -> Array:
    """[draws, buckets] how often each bucket is drawn: multinomial, as many as there are.

    A bucket holds all that is known of its customers, so what one customer does more than once stays together. Source:
    Efron & Tibshirani 1993, §8; Chamandy et al. 2012 for buckets.
    """
    if not buckets:
        return np.zeros((draws, 0))
    chances = np.full(buckets, 1 / buckets)
    return np.random.default_rng(seed).multinomial(buckets, chances, size=draws).astype(float)


def ratios(
    above: ArrayLike,
    below: ArrayLike,
    n: ArrayLike,
    weights: Array,
    *,
    least: float | None = None,
    most: float | None = None,
) -> tuple[Measure, ...]:
    """Σ above / Σ below over buckets, each row with its 95 % percentile interval.

    above, below   [X, B] sums by row and bucket (below: or [B] for all rows);  n: [X] customers behind each row
    weights        [draws, B] of `draws_of`
    least, most    what the ratio can't leave

    Missing where nothing stands below. A row that all draws agree on keeps its value as both ends: who uses it says so.
    """
    top, bottom = np.atleast_2d(np.asarray(above, float)), np.atleast_2d(np.asarray(below, float))
    numbers = np.asarray(n, float).ravel()
    up, down = top @ weights.T, np.broadcast_to(bottom @ weights.T, (len(top), len(weights)))
    sums = top.sum(axis=1), np.broadcast_to(bottom.sum(axis=1), len(top))
    found = []
    for row in range(len(top)):
        if sums[1][row] <= 1e-9 or numbers[row] < 0.5:
            found.append(Measure.missing())
            continue
        value = float(sums[0][row] / sums[1][row])
        drawn = down[row] > 1e-9
        low, high = percentiles(up[row][drawn] / down[row][drawn], value)
        if least is not None:
            value, low, high = (max(least, x) for x in (value, low, high))
        if most is not None:
            value, low, high = (min(most, x) for x in (value, low, high))
        found.append(Measure(value, low, high, round(float(numbers[row]))))
    return tuple(found)


def percentiles(drawn: Array, value: float) -> tuple[float, float]:
    """The middle 95 % of the draws, widened to hold the value."""
    if not drawn.size:
        return value, value
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(min(low, value)), float(max(high, value))
