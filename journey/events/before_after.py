"""One touchpoint in two periods: the sums that friction ranks by, and how many visits there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from journey.errors import JourneyError
from journey.events.contrast import components, sided
from journey.events.contrast_sums import Sums
from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.part import during
from journey.events.terms import Terms

__all__ = ["BeforeAfter", "before_after", "span_of"]

Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """`sums` by component, side 0 the later period and 1 the earlier; `visits` likewise."""

    sums: Mapping[str, Sums]
    visits: tuple[int, int]


def before_after(log: EventLog, at: str, terms: Terms, *, before: Period, after: Period) -> BeforeAfter:
    """Sum the visits at a touchpoint in two periods, each from its first day to before its last (the recipe's zone)."""
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    code = log.codes([at])[0]
    with sided(*(during(log, *(_midnight(day, zone) for day in period)) for period in (after, before))) as rows:
        here = rows.filter(rows.tp == code)
        counted = run(here.group_by("side").agg(n=here.count()))
        visits = dict(zip(counted["side"].astype(int), counted["n"].astype(int), strict=True))
        both = len(visits) == 2
        sums = components(rows, log, terms, [code]) if both else {}
    return BeforeAfter(sums, (int(visits.get(0, 0)), int(visits.get(1, 0))))


def span_of(log: EventLog) -> tuple[datetime, datetime]:
    """The log's first and last event, in the recipe's time zone. Raises JourneyError where there are no times."""
    if not log.timed:
        raise JourneyError("The tables tell no times, so there is no before and after.")
    rows = log.rows()
    found = run(rows.agg(first=rows.t.min(), last=rows.t.max())).iloc[0]
    if pd.isna(found["first"]):
        raise JourneyError("No case is left by these filters: widen the period or the segment.")
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    first, last = (pd.Timestamp(int(found[name]), unit="us", tz="UTC").tz_convert(zone) for name in ("first", "last"))
    return first.to_pydatetime(), last.to_pydatetime()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
