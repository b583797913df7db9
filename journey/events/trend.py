"""Measures by period: what a log tells of each month, and of the two latest stretches of time side by side.

Answers count in the period in which they were given. Cases count in the period in which they began, and so does whether
they reached the goal: a cohort that began lately had no time to, so cohorts say how long they could be followed.
Only whole periods are compared; the days before the first and after the last one count for the journey as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.events.contrast import has_top_two
from journey.events.contrast_sums import Sums
from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.mine import goals_of

__all__ = ["UNITS", "Period", "Trend", "calendar", "months", "pace", "periods", "trend", "zone_of"]

Array = NDArray[np.float64]

UNITS: Final = ("week", "month", "quarter")
# A unit is long enough for a log that holds so many whole ones, and short enough if the next longer has fewer.
ENOUGH: Final = 4
MOST: Final = 60  # periods, the latest ones
DAY: Final = 86_400_000_000
# Of those who reached the goal, this share did within the time that a cohort has to be followed.
FOLLOWED: Final = 0.9


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A whole week (from Monday), month or quarter of the calendar in the recipe's time zone: start ≤ day < end."""

    start: date
    end: date
    unit: str

    def bounds(self, zone: ZoneInfo) -> tuple[int, int]:
        """Where it starts and ends, in microseconds since 1970 UTC."""
        start, end = (moment - datetime(1970, 1, 1, tzinfo=UTC) for moment in self.moments(zone))
        return start // timedelta(microseconds=1), end // timedelta(microseconds=1)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Likewise as moments."""
        return datetime.combine(self.start, time(), zone), datetime.combine(self.end, time(), zone)

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What adds up, by period and customer bucket. The columns of every array are T + 2 stretches of time: before the
    first period, the T periods, after the last one; so the sum over all of them is the log's.

    periods    T whole periods, oldest first
    answers    "csat" (answers in the two top boxes), "satisfaction" and "effort" (severity, 0–1) by the time at which
               they were given: Sums [1, T + 2, B]
    nps        [T + 2, 3] promoters, passives, detractors; None where it was not asked
    begun      [T + 2] cases by the time at which they began
    goal       cases that reached the goal, of those that began: Sums [1, T + 2, B]; None where no goal is known
    followed   the first so many periods were followed long enough to tell how many reach the goal: nine tenths of
               those who did took at most `delay_s` seconds
    """

    unit: str
    periods: tuple[Period, ...]
    answers: Mapping[str, Sums]
    nps: NDArray[np.int64] | None
    begun: NDArray[np.int64]
    goal: Sums | None
    followed: int
    delay_s: float | None


def periods(log: EventLog, unit: str, *, most: int | None = MOST) -> tuple[Period, ...]:
    """The whole periods that a log covers, whatever its filters, oldest first; at most the latest `most`, None: all.

    A period is whole if the log begins on its first day or before, and reaches its last day; where events are rare, a
    few times the usual gap between two of them is allowed for. Raises JourneyError for an unknown unit.
    """
    if unit not in UNITS:
        raise JourneyError(f"There is no period “{unit}”.{suggest(unit, UNITS, known='periods')}")
    if not log.timed:
        return ()
    sizes, zone = log.index.sizes, zone_of(log)
    usual = (sizes.last_event - sizes.first_event) / max(1, sizes.events - 1)
    slack = timedelta(microseconds=3 * usual if 3 * usual > DAY else 0)
    first, last = (_day(moment, zone) for moment in (sizes.first_event, sizes.last_event))
    found = []
    start = _start(first, unit)
    while start <= last:
        end = _next(start, unit)
        if first <= start + slack and last >= end - timedelta(days=1) - slack:
            found.append(Period(start, end, unit))
        start = end
    return tuple(found if most is None else found[-most:])


def pace(log: EventLog) -> str | None:
    """The longest unit of which the log covers at least four whole periods; else one with two; None if none has."""
    counts = {unit: len(periods(log, unit)) for unit in reversed(UNITS)}
    for least in (ENOUGH, 2):
        for unit, n in counts.items():
            if n >= least:
                return unit
    return None


def trend(log: EventLog, unit: str, *, goal: str | Sequence[str] | None = None) -> Trend:
    """Sum a log's answers, cases and goals by period. Raises JourneyError for an unknown unit or goal."""
    whole = periods(log, unit)
    zone = zone_of(log)
    edges = [*(period.bounds(zone)[0] for period in whole), *([whole[-1].bounds(zone)[1]] if whole else [])]
    rows = bucketed(log.rows(marked=True), log.index.sizes.customers)
    goals = goals_of(log, goal)
    answers, scores = _answers(rows, log, edges)
    begun, reached, followed, delay = _cohorts(rows, log, goals, edges)
    return Trend(
        unit=unit,
        periods=whole,
        answers=answers,
        nps=scores,
        begun=begun,
        goal=reached,
        followed=followed,
        delay_s=delay,
    )


def calendar(start: date, end: date) -> Period | None:
    """The week, month or quarter from one day to before another, if that is one."""
    for unit in UNITS:
        if _start(start, unit) == start and _next(start, unit) == end:
            return Period(start, end, unit)
    return None


def months(log: EventLog) -> float | None:
    """How many months the events of the cases looked at span; None where no times are known, or all are one moment."""
    if not log.timed:
        return None
    rows = log.rows()
    first, last = run(rows.agg(first=rows.t.min(), last=rows.t.max())).iloc[0]
    return None if pd.isna(first) or first == last else float(last - first) / (DAY * 365.25 / 12)


def zone_of(log: EventLog) -> ZoneInfo:
    """The time zone in which a log's days begin."""
    return ZoneInfo(log.recipe.time_zone or "UTC")


def _day(moment: int, zone: ZoneInfo) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).astimezone(zone).date()


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1, month=day.month if unit == "month" else 3 * ((day.month - 1) // 3) + 1)


def _next(start: date, unit: str) -> date:
    if unit == "week":
        return start + timedelta(days=7)
    return _start(start + timedelta(days=32 if unit == "month" else 93), unit)


def _at(t: Any, edges: Sequence[int]) -> Any:
    """Which stretch of time a moment lies in: 0 before the first edge, len(edges) after the last."""
    return ibis.cases(*((t < edge, at) for at, edge in enumerate(edges)), else_=len(edges)) if edges else t - t


def _table(found: pd.DataFrame, column: str, buckets: NDArray[Any], edges: Sequence[int]) -> Array:
    """[1, T + 2, B] a column by stretch of time and bucket. Without any period there is one stretch."""
    shape = (1, len(edges) + 1, len(buckets))
    flat = found["at"].to_numpy(np.int64) * len(buckets) + np.searchsorted(buckets, found["bucket"].to_numpy())
    amount = found[column].fillna(0).to_numpy(float)
    return np.bincount(flat, amount, minlength=int(np.prod(shape))).astype(float).reshape(shape)


def _answers(rows: Any, log: EventLog, edges: Sequence[int]) -> tuple[dict[str, Sums], NDArray[np.int64] | None]:
    sums: dict[str, Any] = {}
    for role in (*log.rated, *(["nps"] if "nps" in log.scales else [])):
        answer = rows[f"r_{log.scales[role].name}"]
        sums |= {f"{role}_n": answer.count(), f"{role}_sum": answer.cast("float64").sum()}
        sums[f"{role}_top"] = (answer >= log.scales[role].high - 1).sum()
    if not sums:
        return {}, None
    if "nps" in log.scales:
        sums["low"] = (rows[f"r_{log.scales['nps'].name}"] < 7).sum()
    found = run(rows.group_by(at=_at(rows.t, edges), bucket=rows.bucket).agg(**sums))
    buckets = np.unique(found["bucket"])
    out = {}
    for role in log.rated:
        scale = log.scales[role]
        count = _table(found, f"{role}_n", buckets, edges)
        if not count.any():
            continue
        if role == "satisfaction" and has_top_two(scale):
            out["csat"] = Sums(_table(found, f"{role}_top", buckets, edges), count)
        share = (_table(found, f"{role}_sum", buckets, edges) - scale.low * count) / (scale.high - scale.low)
        out[role] = Sums(count - share if scale.good == "high" else share, count)
    if "nps" not in log.scales:
        return out, None
    n, top, low = (_table(found, name, buckets, edges).sum((0, 2)) for name in ("nps_n", "nps_top", "low"))
    return out, np.stack([top, n - top - low, low], 1).astype(np.int64) if n.any() else None


def _cohorts(
    rows: Any, log: EventLog, goals: Sequence[str], edges: Sequence[int]
) -> tuple[NDArray[np.int64], Sums | None, int, float | None]:
    """Cases begun, those of them that reached the goal, and how many periods were followed long enough to tell."""
    starts = rows.filter(rows.pos == 0).select("cid", "bucket", start="t")
    starts = starts.mutate(at=_at(starts.start, edges))
    if not goals:
        begun = run(starts.group_by("at").agg(n=starts.count()))
        return np.bincount(begun["at"].to_numpy(np.int64), begun["n"], len(edges) + 1).astype(np.int64), None, 0, None
    met = rows.filter(rows.tp.isin(list(log.codes(goals))))
    met = met.group_by("cid").agg(reached=met.t.min())
    joined = starts.left_join(met, "cid")
    took = joined.reached - joined.start
    found = run(joined.group_by("at", "bucket").agg(n=joined.count(), reached=joined.reached.count()))
    delay = run(joined.agg(delay=took.quantile(FOLLOWED)))["delay"].iloc[0]
    buckets = np.unique(found["bucket"])
    count = _table(found, "n", buckets, edges)
    begun_at = count.sum((0, 2)).astype(np.int64)
    if pd.isna(delay) or not edges:
        return begun_at, Sums(_table(found, "reached", buckets, edges), count), 0, None
    latest = log.index.sizes.last_event - float(delay)
    followed = sum(edge <= latest for edge in edges[1:])
    return begun_at, Sums(_table(found, "reached", buckets, edges), count), followed, float(delay) / 1e6
