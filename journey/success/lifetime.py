"""What a customer is worth: what it pays, for as long as customers were seen to stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journey.estimate.bootstrap import draws_of, percentiles
from journey.estimate.survival import kaplan_meier
from journey.events.accounts_read import MONTH_DAYS
from journey.events.revenue_sums import Lives
from journey.model import Measure

__all__ = ["Lifetime", "lifetime"]

Array = NDArray[np.float64]
WATCHED: Final = 30  # customers who must still be watched for their survival to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """LTV = margin · ARPU · Σ S(t) / (1 + d)ᵗ over the months t = 0 … months − 1; what comes later is not counted.

    ltv       money of one customer, today; 95 % interval by bootstrap of customers
    months    how far it looks: as asked, or as long as 30 customers were watched (`asked` more)
    margin    what is left of a unit of revenue (1: it is revenue, not profit);  discount: a year's (0–1)
    stay      share of customers still there after so many months, S(t), for t = 0 … months (Kaplan–Meier)
    """

    ltv: Measure
    months: int
    asked: int
    margin: float
    discount: float
    stay: tuple[Measure, ...]


def lifetime(
    lives: Lives, arpu: Measure, *, margin: float, discount: float, horizon: int, draws: int, seed: int
) -> Lifetime | None:
    """What a customer is worth over `horizon` months at most; None where too few were watched for a month.

    arpu   of those who pay today; its own uncertainty, as the bootstrap found it, is added to that of the survival
    """
    left, stayed, entered = (table.sum(axis=1) for table in (lives.left, lives.stayed, lives.entered))
    curve = kaplan_meier(lives.days, left, stayed, entered=entered)
    known = np.flatnonzero(np.asarray(curve.at_risk) >= WATCHED)
    if not known.size or arpu.value is None:
        return None
    months = min(horizon, int((lives.days[known[-1]] + 1) // MONTH_DAYS))
    if months < 1:
        return None
    ages = np.arange(months + 1) * MONTH_DAYS
    factors = (1 + discount) ** (-np.arange(months) / 12)
    value = margin * arpu.value * float(_at(lives.days, np.asarray(curve.value)[None, :], ages)[0, :-1] @ factors)
    stays = _survivals(lives, draws_of(lives.left.shape[1], draws=draws, seed=seed + 1))
    sums = _at(lives.days, stays, ages)[:, :-1] @ factors
    drawn = margin * sums * _around(arpu, draws, seed)
    low, high = percentiles(drawn, value)
    return Lifetime(
        ltv=Measure(value, low, high, curve.n),
        months=months,
        asked=horizon,
        margin=margin,
        discount=discount,
        stay=tuple(curve.at(float(age)) for age in ages),
    )


def _survivals(lives: Lives, weights: Array) -> Array:
    """[draws, T] survival after each day, in every draw of the buckets."""
    left, gone, came = (weights @ table.T for table in (lives.left, lives.left + lives.stayed, lives.entered))
    before = np.zeros_like(gone)
    before[:, 1:] = np.cumsum(came - gone, axis=1)[:, :-1]
    rate = np.divide(left, before, out=np.zeros_like(left), where=before > 0)
    stays: Array = np.cumprod(1 - np.clip(rate, 0.0, 1.0), axis=1)
    return stays


def _at(days: Array, survival: Array, ages: NDArray[Any]) -> Array:
    """[draws, A] survival at each age; 1 before the first day."""
    place = np.searchsorted(days, ages, side="right")
    padded = np.concatenate([np.ones((len(survival), 1)), survival], axis=1)
    found: Array = padded[:, place]
    return found


def _around(arpu: Measure, draws: int, seed: int) -> Array:
    """Draws of ARPU, as wide as its interval."""
    assert arpu.value is not None and arpu.low is not None and arpu.high is not None
    spread = (arpu.high - arpu.low) / (2 * 1.959964)
    around: Array = np.random.default_rng(seed + 2).normal(arpu.value, spread, draws)
    return np.maximum(around, 0.0)
