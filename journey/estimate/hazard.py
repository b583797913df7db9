"""Two groups over time: log-rank test, hazard ratio and whether it holds, from the counts at each time of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import chi2, norm

from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["Risks", "hazard_ratio", "log_rank", "risks", "steady"]

Array = NDArray[np.float64]

STEPS: Final = 50
FLAT: Final = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Risks:
    """What stood at each time at which someone met the event: in the second group, and in both.

    times [T], increasing;  at_risk, exposed [T] watched just before, in all and of the second group
    events, exposed_events [T] that met it;  n: stretches of watching behind them
    """

    times: Array
    at_risk: Array
    exposed: Array
    events: Array
    exposed_events: Array
    n: int


def risks(entered: ArrayLike, until: ArrayLike, happened: ArrayLike, exposed: ArrayLike) -> Risks:
    """Counts of stretches [N], each watched from after `entered` until `until` (same unit), in one group throughout.

    happened [N] whether the event ended it;  exposed [N] whether it belongs to the second group. One who changes
    groups has a stretch in each (a time-varying exposure). Raises JourneyError where shapes differ or a stretch ends
    before it begins.
    """
    start, end = np.asarray(entered, float), np.asarray(until, float)
    event, second = np.asarray(happened, bool), np.asarray(exposed, bool)
    if not start.shape == end.shape == event.shape == second.shape or start.ndim != 1:
        raise JourneyError("Times and groups must be lists of one length.")
    if not (np.isfinite(start).all() and np.isfinite(end).all() and (end >= start).all()):
        raise JourneyError("Each stretch of watching needs a beginning, and an end that is not before it.")
    seen = end > start
    start, end, event, second = start[seen], end[seen], event[seen], second[seen]
    times = np.unique(end[event])

    def count(part: NDArray[np.bool_]) -> Array:
        begun = np.searchsorted(np.sort(start[part]), times, side="left")
        over = np.searchsorted(np.sort(end[part]), times, side="left")
        return (begun - over).astype(float)

    def met(part: NDArray[np.bool_]) -> Array:
        found = np.searchsorted(times, end[part & event])
        return np.bincount(found, minlength=times.size).astype(float)

    every = np.ones(start.size, bool)
    return Risks(
        times=times,
        at_risk=count(every),
        exposed=count(second),
        events=met(every),
        exposed_events=met(second),
        n=int(start.size),
    )


def log_rank(found: Risks) -> float | None:
    """p of the log-rank test that both groups meet the event at the same rate; None where nothing can be told.

    χ² = (O − E)²/V with hypergeometric variance. Source: Mantel 1966; Peto & Peto 1972.
    """
    n, n1, d = found.at_risk, found.exposed, found.events
    share = n1 / n
    spread = np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
    variance = float((d * share * (1 - share) * spread).sum())
    if variance <= FLAT:
        return None
    return float(chi2.sf(float((found.exposed_events - d * share).sum()) ** 2 / variance, 1))


def hazard_ratio(found: Risks) -> Measure:
    """How many times as fast the second group meets the event, with its 95 % interval; n is events.

    Cox's partial likelihood for one yes-or-no exposure, which may change with time; ties by Breslow. Missing where a
    group met none of the events, for the ratio has no end then. Source: Cox 1972.
    """
    solved = _cox(found)
    if solved is None:
        return Measure.missing()
    beta, information = solved
    reach = 1.959964 / information**0.5
    low, value, high = (float(np.exp(np.clip(beta + d, -50, 50))) for d in (-reach, 0.0, reach))
    return Measure(value, low, high, int(found.events.sum()))


def steady(found: Risks) -> float | None:
    """p of the test that the hazard ratio is the same all the time; small: it changes. None where it can't be told.

    The score test of an interaction of the exposure with the rank of the time, as with scaled Schoenfeld residuals.
    Source: Grambsch & Therneau 1994.
    """
    solved = _cox(found)
    if solved is None or found.times.size < 3:
        return None
    beta, information = solved
    d = found.events
    rank = np.cumsum(d) - d / 2
    share = _share(found, beta)
    weight = d * share * (1 - share)
    middle = float((rank * weight).sum() / information)
    score = float(((rank - middle) * (found.exposed_events - d * share)).sum())
    variance = float(((rank - middle) ** 2 * weight).sum())
    return None if variance <= FLAT else float(2 * norm.sf(abs(score) / variance**0.5))


def _share(found: Risks, beta: float) -> Array:
    """The second group's share of the risk at each time."""
    first = found.at_risk - found.exposed
    with np.errstate(divide="ignore"):
        odds = beta + np.log(found.exposed) - np.log(first)
    return np.asarray(expit(odds), float)


def _cox(found: Risks) -> tuple[float, float] | None:
    """The log of the hazard ratio and its information."""
    d, d1 = found.events, found.exposed_events
    both = (found.exposed > 0) & (found.at_risk > found.exposed)
    if not d1[both].sum() or not (d - d1)[both].sum():
        return None
    beta = 0.0
    for _ in range(STEPS):
        share = _share(found, beta)
        information = float((d * share * (1 - share)).sum())
        step = float((d1 - d * share).sum()) / max(information, FLAT)
        beta += float(np.clip(step, -2, 2))
        if abs(step) < 1e-10:
            break
    share = _share(found, beta)
    information = float((d * share * (1 - share)).sum())
    return (beta, information) if information > FLAT else None
