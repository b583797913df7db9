"""The pulse of a journey: its figures with their trend, and what changed since the last period."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.compare_differences import (
    ROLES,
    Difference,
    answers,
    clear_first,
    differences,
    measured,
    recommended,
    settled,
)
from journey.analysis.compare_means import estimate, judge
from journey.errors import JourneyError
from journey.estimate.measures import nps, wilson
from journey.events.contrast import components, sided
from journey.events.contrast_sums import Sums
from journey.events.log import EventLog
from journey.events.part import during
from journey.events.terms import terms_of
from journey.events.trend import Period, Trend, pace, periods, trend, zone_of
from journey.model import Measure, Scale

__all__ = ["Changes", "Line", "Pulse", "changes", "equal_rates", "pulse"]

# The figures are compared by the long unit and drawn by the short one, which shows more of the way.
FINER: Final[Mapping[str, str]] = {"quarter": "month", "month": "month", "week": "week"}
NONE: Final = Measure.missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of the journey: all in all, by period, and how the last whole period differs from the one before.

    of       "cases", "goal" (share of cases), "csat" (share of answers), "satisfaction", "effort" (mean answer on its
             scale), "nps" (points)
    whole    of all cases looked at
    points   by period; missing where nothing was observed
    settled  how many of the points are final: the later cohorts had too little time to reach the goal
    last, before   the two periods that `change` compares; None where there are no two. Of cases, the change is that of
             cases a day, as a share of what it was
    """

    of: str
    whole: Measure
    points: tuple[tuple[Period, Measure], ...]
    settled: int
    last: Period | None
    before: Period | None
    change: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The figures of a journey with their trend. `unit` is what changes are counted by; None where times tell too
    little; `delay_s` how long nine tenths of those who reached the goal took."""

    unit: str | None
    lines: tuple[Line, ...]
    delay_s: float | None

    def of(self, measure: str) -> Line | None:
        return next((line for line in self.lines if line.of == measure), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Touchpoints in the last whole period against the one before, by the time of each visit.

    found    every difference, last less before, the clear ones first; n is visits or answers
    window_s exits, returns and calls for help are judged where a visit was followed for so long
    """

    last: Period
    before: Period
    found: tuple[Difference, ...]
    window_s: float

    @property
    def clear(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.found if one.clear)


def pulse(log: EventLog, *, unit: str | None = None, goal: str | Sequence[str] | None = None) -> Pulse:
    """Cases, goal rate, CSAT, effort and NPS, each with its interval, its trend and the change since the last period.

    unit   "week", "month" or "quarter"; default the longest of which the log covers four. Trends of quarters are drawn
           by month

    Answers count when they were given, cases when they began (`journey.events.trend`). Of the goal rate the periods are
    compared whose cases could be followed long enough. Intervals and clear: as in `compare`; customers with answers in
    both periods are allowed for. Raises JourneyError for an unknown unit.
    """
    unit = unit or pace(log)
    coarse = trend(log, unit or "month", goal=goal)
    fine = coarse if unit is None or FINER[unit] == unit else trend(log, FINER[unit], goal=goal)
    lines = [_cases(coarse, fine)]
    if coarse.goal is not None:
        lines.append(_line("goal", coarse, fine, coarse.goal, fine.goal, None, ready=(coarse.followed, fine.followed)))
    for name, sums in coarse.answers.items():
        scale = log.scales[name] if name in ("satisfaction", "effort") else None
        lines.append(_line(name, coarse, fine, sums, fine.answers.get(name), scale))
    if coarse.nps is not None:
        lines.append(_nps(coarse, fine))
    changed = [line.change for line in lines if line.change]
    clear = {one.of: one for one in settled(changed)}
    lines = [dataclasses.replace(line, change=clear.get(line.of)) for line in lines]
    return Pulse(unit=unit, lines=tuple(lines), delay_s=coarse.delay_s)


def _two(found: Trend, ready: int | None = None) -> tuple[int, int] | None:
    """Which columns hold the last whole period and the one before."""
    last = len(found.periods) if ready is None else ready
    return (last, last - 1) if last >= 2 else None


def _parts(found: Trend, two: tuple[int, int] | None) -> tuple[Period | None, Period | None]:
    return (found.periods[two[0] - 1], found.periods[two[1] - 1]) if two else (None, None)


def _line(
    of: str,
    coarse: Trend,
    fine: Trend,
    sums: Sums,
    by: Sums | None,
    scale: Scale | None,
    *,
    ready: tuple[int, int] | None = None,
) -> Line:
    """A share, or with a scale a mean, by period."""
    good = scale.good if scale else "high"
    two = _two(coarse, ready[0] if ready else None)
    change = None
    if two:
        pair = Sums(*(x[0, list(two)][:, None, :] for x in (sums.total, sums.count)))
        change = next(
            iter(differences(of, [None], judge(pair, shared=True, of_cases=of == "goal"), scale=scale, good=good)), None
        )
    once = of == "goal"
    whole = _measures(Sums(*(x.sum(1, keepdims=True) for x in (sums.total, sums.count))), scale, of_cases=once)[0]
    points = [NONE] * len(fine.periods)
    if by is not None:
        inside = Sums(by.total[:, 1:-1], by.count[:, 1:-1])
        points = _measures(inside, scale, of_cases=once) if fine.periods else []
    last, before = _parts(coarse, two)
    return Line(
        of=of,
        whole=whole,
        points=tuple(zip(fine.periods, points, strict=True)),
        settled=ready[1] if ready else len(fine.periods),
        last=last,
        before=before,
        change=change,
    )


def _measures(sums: Sums, scale: Scale | None, *, of_cases: bool) -> list[Measure]:
    """Means of each thing on the first side, on the scale if there is one."""
    if not sums.count.shape[1]:
        return []
    found = estimate(sums, of_cases=of_cases)
    out = []
    for k in range(found.n.shape[1]):
        one = measured(found, 0, k)
        out.append(NONE if not one.n else answers(one, scale) if scale else one)
    return out


def _cases(coarse: Trend, fine: Trend) -> Line:
    """Cases that began. Their change is that of the daily rate, as if they came independently of each other."""
    two = _two(coarse)
    last, before = _parts(coarse, two)
    change = None
    if two and last and before and coarse.begun[two[0]] and coarse.begun[two[1]]:
        a, b = (int(coarse.begun[at]) for at in two)
        share, days = wilson(a, a + b), before.days / last.days
        value, low, high = (x / (1 - x) * days - 1 for x in _ends(share))
        change = Difference(
            of="cases",
            at=None,
            a=Measure(a, a, a, a),
            b=Measure(b, b, b, b),
            difference=Measure(value, low, high, a + b),
            effect=None,
            p=equal_rates(a, b, last.days, before.days),
            good=None,
        )
    total = int(coarse.begun.sum())
    points = tuple(Measure(int(n), int(n), int(n), int(n)) for n in fine.begun[1:-1]) if fine.periods else ()
    return Line(
        of="cases",
        whole=Measure(total, total, total, total),
        points=tuple(zip(fine.periods, points, strict=True)),
        settled=len(fine.periods),
        last=last,
        before=before,
        change=change,
    )


def _ends(measure: Measure) -> tuple[float, float, float]:
    assert measure.value is not None
    assert measure.low is not None
    assert measure.high is not None
    return measure.value, measure.low, measure.high


def equal_rates(a: int, b: int, days_a: int, days_b: int) -> float:
    """The p-value of two equal daily rates (score test of a Poisson ratio)."""
    share = days_a / (days_a + days_b)
    z = abs(a - (a + b) * share) / math.sqrt((a + b) * share * (1 - share))
    return math.erfc(z / math.sqrt(2))


def _nps(coarse: Trend, fine: Trend) -> Line:
    two = _two(coarse)
    last, before = _parts(coarse, two)
    scores = _counts(coarse)
    change = None
    if two and sum(scores[two[0]]) and sum(scores[two[1]]):
        change = recommended(scores[two[0]], scores[two[1]])
    whole = tuple(int(x) for x in np.sum(scores, axis=0))
    points = [nps(*score) for score in _counts(fine)[1:-1]] if fine.periods else []
    return Line(
        of="nps",
        whole=nps(whole[0], whole[1], whole[2]),
        points=tuple(zip(fine.periods, points, strict=True)),
        settled=len(fine.periods),
        last=last,
        before=before,
        change=change,
    )


def _counts(found: Trend) -> list[tuple[int, int, int]]:
    scores: NDArray[np.int64] = found.nps if found.nps is not None else np.zeros((len(found.begun), 3), np.int64)
    return [(int(a), int(b), int(c)) for a, b, c in scores]


def changes(
    log: EventLog, *, unit: str | None = None, goal: str | Sequence[str] | None = None, window: str | None = None
) -> Changes:
    """What changed at the touchpoints between the two latest whole periods, by the time of each visit.

    unit          "week", "month" or "quarter"; default as in `pulse`
    goal, window  as for `friction`

    Components are those of friction; ratings are means on their scale, not shrunken. Customers of both periods are
    allowed for. Raises JourneyError if the log does not cover two whole periods, or nothing happened in one of them.
    """
    unit = unit or pace(log)
    two = periods(log, unit)[-2:] if unit else ()
    if len(two) < 2:
        raise JourneyError("The events do not cover two whole periods, so there is nothing to compare with.")
    before, last = two
    zone, terms = zone_of(log), terms_of(log, goal=goal, window=window)
    codes = list(range(len(log.touchpoints)))
    with sided(*(during(log, *period.moments(zone)) for period in (last, before))) as rows:
        sums = components(rows, log, terms, codes)
    found: list[Difference] = []
    for name, one in sums.items():
        judged, role = judge(one, shared=True), ROLES.get(name)
        scale = log.scales[role] if role else None
        good = scale.good if scale else "low"
        found += differences(role or name, log.touchpoints, judged, scale=scale, good=good)
    return Changes(last=last, before=before, found=clear_first(settled(found)), window_s=terms.window_us / 1e6)
