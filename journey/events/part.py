"""Parts of a log that are compared and that no filter of whole cases makes: everything else, and visits in a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from journey.errors import JourneyError
from journey.events.filters import timestamp
from journey.events.log import EventLog

if TYPE_CHECKING:
    from journey.events.build import Index
    from journey.events.filters import Filter

__all__ = ["During", "Outside", "by_time", "during", "rest"]


@dataclass(frozen=True, slots=True)
class Outside:
    """Cases that these filters would not all keep: everything else."""

    filters: tuple[Filter, ...]

    def apply(self, rows: Any, index: Index) -> Any:
        inside = index.table()
        for part in self.filters:
            inside = part.apply(inside, index)
        return rows.anti_join(inside.select("cid").distinct(), "cid")


@dataclass(frozen=True, slots=True)
class During:
    """Events in [start, end), microseconds since 1970 UTC; or those `outside` of it. Cases are not kept whole."""

    start: int
    end: int
    outside: bool = False

    def apply(self, rows: Any, index: Index) -> Any:
        inside = (rows.t >= self.start) & (rows.t < self.end)
        return rows.filter(~inside if self.outside else inside)


def rest(log: EventLog, part: EventLog) -> EventLog:
    """The cases of a log that are not among those of another part of it; of visits in a period, the other visits."""
    period = by_time(part)
    if period is not None:
        return replace(log, filters=(*log.filters, cast("Filter", replace(period, outside=not period.outside))))
    return replace(log, filters=(*log.filters, cast("Filter", Outside(part.filters))))


def during(
    log: EventLog, start: str | date | datetime, end: str | date | datetime, *, outside: bool = False
) -> EventLog:
    """The visits at or after `start` and before `end` (UTC), whenever their case began; or all those `outside`.

    Each keeps its true successor. Only a comparison knows how to read such a part, for its cases are not whole.
    Raises JourneyError for what is no date, and for a period that ends before it starts.
    """
    first, last = timestamp(start, "start"), timestamp(end, "end")
    if first is None or last is None or first >= last:
        raise JourneyError("A period starts before it ends.")
    return replace(log, filters=(*log.filters, cast("Filter", During(first, last, outside))))


def by_time(log: EventLog) -> During | None:
    """The period that a part is cut to; None where it holds whole cases."""
    parts: tuple[object, ...] = log.filters
    return next((part for part in parts if isinstance(part, During)), None)
