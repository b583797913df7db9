"""Who stays longer: those who met a touchpoint early, or those who did not? Without counting the time to get there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.estimate.difference import standing_out
from journey.estimate.hazard import Risks, hazard_ratio, log_rank, risks, steady
from journey.estimate.survival import Curve, kaplan_meier
from journey.events.accounts import Accounts
from journey.events.accounts_walk import meetings, watched
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["Met", "Survival", "survival", "survival_of"]

Array = NDArray[np.float64]

LANDMARK: Final = 30
HORIZONS: Final = (90, 180, 365)
FEWEST: Final = 20  # accounts on either side
LEAVERS: Final = 10  # that left, in all
Q: Final = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Accounts that had met a touchpoint by the landmark, beside those that had not.

    met, not_met   share (0–1) still there, by days after the landmark
    difference     days after the landmark → share still there of those who met it less that of the others
    p, clear       log-rank test; whether it stands out among all touchpoints (false discovery rate 10 %)
    hazard         how many times as fast those leave who have met it by then, whenever that was (time-varying Cox)
    steady_p       p of that ratio being the same all the time; small: it changes, and is a mean of what it was
    """

    at: str
    met: Curve
    not_met: Curve
    difference: dict[int, Measure]
    p: float | None
    clear: bool
    hazard: Measure
    steady_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """How long accounts stay by the touchpoints they had met, clearest first.

    landmark_days   days after the start by which a touchpoint was met or not; later meetings don't change sides
    n      accounts still there and watched then;  gone: that had left before, so tell nothing here
    left   of the n, that left after it
    few    touchpoints for which either side has under 20 accounts
    """

    landmark_days: int
    n: int
    gone: int
    left: int
    touchpoints: tuple[Met, ...]
    few: tuple[str, ...]

    def of(self, at: str) -> Met:
        """One touchpoint. Raises JourneyError where it was not compared."""
        for one in self.touchpoints:
            if one.at == at:
                return one
        names = [one.at for one in self.touchpoints]
        raise JourneyError("“{at}” was not compared.{hint}", at=at, hint=suggest(at, names, known="touchpoints"))


def survival(
    accounts: Accounts,
    *,
    log: EventLog | None = None,
    landmark: int = LANDMARK,
    touchpoint: str | Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
) -> Survival:
    """How long accounts stay that had met a touchpoint by a landmark, beside those that had not.

    landmark     days after an account's start on which the sides are fixed; only accounts still there then count
    touchpoint   look at one, or at some; default all
    horizons     days after the landmark at which shares still there are compared

    To compare those who ever met a touchpoint with those who never did would favour it: who meets it in the tenth month
    had to stay for ten months (immortal-time bias; Suissa 2008). Here time counts from the landmark (Anderson et al.
    1983): Kaplan–Meier, Greenwood's intervals, the log-rank test. Beside it stands Cox's model in which an account
    changes sides on the day of the meeting, and a test whether its hazard ratio holds over time. Who meets a touchpoint
    may differ from who does not: association is not cause. Raises JourneyError where no days or no events are told, or
    under 10 accounts left.
    """
    log = accounts.log if log is None else log
    if accounts.as_of is None:
        raise JourneyError("These accounts tell no days, so nothing can be said of a day before the last.")
    if log is None or not log.touchpoints:
        raise JourneyError("There are no events beside these accounts: nothing tells what they had met.")
    if landmark < 0 or not horizons or min(horizons) < 1:
        raise JourneyError("The landmark is 0 days or more after the start, and horizons are 1 day or more after it.")
    # An end in itself, as a cancellation, is leaving: it explains nothing.
    open_ends = [name for name in log.touchpoints if name not in log.recipe.ends]
    names = open_ends if touchpoint is None else touchpoint
    names = [names] if isinstance(names, str) else list(names)
    for name in names:
        if name not in log.touchpoints:
            raise JourneyError(
                "There is no touchpoint “{name}”.{hint}",
                name=name,
                hint=suggest(name, log.touchpoints, known="touchpoints"),
            )
    return survival_of(watched(accounts), meetings(accounts, log), names, landmark=landmark, horizons=horizons)


def survival_of(
    lives: pd.DataFrame,
    first: pd.DataFrame,
    touchpoints: Sequence[str],
    *,
    landmark: int = LANDMARK,
    horizons: Sequence[int] = HORIZONS,
) -> Survival:
    """As `survival`, from lives (acc, days watched, left) and first meetings (acc, touchpoint, day since the start)."""
    acc = lives["acc"].to_numpy(np.int64)
    days, left = lives["days"].to_numpy(float), lives["left"].to_numpy(bool)
    there = days > landmark
    if int((left & there).sum()) < LEAVERS:
        raise JourneyError(
            "Only {left:,} of {n:,} accounts left later than {days} days after their start: too few to compare.",
            left=int((left & there).sum()),
            n=int(there.sum()),
            days=landmark,
        )
    place = pd.Series(np.arange(acc.size), index=acc)
    found: list[Met] = []
    few: list[str] = []
    wanted = first["touchpoint"].isin(touchpoints) & first["acc"].isin(acc)
    for name, part in first[wanted].groupby("touchpoint", sort=True):
        met_on = np.full(acc.size, np.inf)
        met_on[place.loc[part["acc"]].to_numpy()] = np.maximum(part["day"].to_numpy(float), 0)
        by_then = (met_on <= landmark)[there]
        if min(by_then.sum(), (~by_then).sum()) < FEWEST:
            few.append(str(name))
            continue
        found.append(_compared(str(name), days, left, met_on, landmark, tuple(horizons)))
    few += sorted(set(touchpoints) - {one.at for one in found} - set(few))
    clear = standing_out([one.p for one in found], q=Q)
    told = [dataclasses.replace(one, clear=stands) for one, stands in zip(found, clear, strict=True)]
    return Survival(
        landmark_days=landmark,
        n=int(there.sum()),
        gone=int((left & ~there).sum()),
        left=int((left & there).sum()),
        touchpoints=tuple(sorted(told, key=lambda one: 1.0 if one.p is None else one.p)),
        few=tuple(few),
    )


def _compared(
    name: str, days: Array, left: NDArray[np.bool_], met_on: Array, landmark: int, horizons: tuple[int, ...]
) -> Met:
    there = days > landmark
    side, after, gone = (met_on <= landmark)[there], days[there] - landmark, left[there]
    met, other = _curve(after[side], gone[side]), _curve(after[~side], gone[~side])
    fixed = risks(np.zeros(after.size), after, gone, side)
    varying = _changing(days, left, met_on)
    return Met(
        at=name,
        met=met,
        not_met=other,
        difference={h: _less(met.at(h), other.at(h)) for h in horizons},
        p=log_rank(fixed),
        clear=False,
        hazard=hazard_ratio(varying),
        steady_p=steady(varying),
    )


def _changing(days: Array, left: NDArray[np.bool_], met_on: Array) -> Risks:
    """Each account before it met the touchpoint, and after."""
    split = np.minimum(met_on, days)
    later = met_on < days
    return risks(
        np.concatenate([np.zeros(days.size), split[later]]),
        np.concatenate([split, days[later]]),
        np.concatenate([left & ~later, left[later]]),
        np.concatenate([np.zeros(days.size, bool), np.ones(int(later.sum()), bool)]),
    )


def _curve(days: Array, left: NDArray[np.bool_]) -> Curve:
    times, at = np.unique(days, return_inverse=True)
    return kaplan_meier(times, np.bincount(at, left, times.size), np.bincount(at, ~left, times.size))


def _less(one: Measure, other: Measure) -> Measure:
    """The difference of two shares, the interval by the distances of theirs (Newcombe's square-and-add)."""
    if one.value is None or other.value is None:
        return Measure.missing()
    a, b = one.value, other.value
    a_low, a_high, b_low, b_high = (
        value if end is None else end for value, end in ((a, one.low), (a, one.high), (b, other.low), (b, other.high))
    )
    low, high = a - b - float(np.hypot(a - a_low, b_high - b)), a - b + float(np.hypot(a_high - a, b - b_low))
    return Measure(a - b, low, high, one.n + other.n)
