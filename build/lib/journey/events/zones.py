"""Where the clocks stand: times of a zone in UTC, on every engine by the same rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import ibis

from journey.errors import InputError, suggest

__all__ = ["Shift", "shifts", "to_utc", "zone_of"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of the clocks: before `wall` (clock time) the offset was `before`, from then on `after`.

    Clock times in [start, wall) happened never (a gap) or twice (an overlap; read as the first time).
    """

    wall: datetime
    start: datetime
    before: timedelta
    after: timedelta

    @property
    def gap(self) -> bool:
        return self.after > self.before


@cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises InputError if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        zones = available_timezones()
        hint = suggest(name, zones) if zones else ""
        raise InputError(
            f"There is no time zone “{name}”.{hint if 'Did' in hint else ''} "
            "Name one such as Europe/Berlin, America/Sao_Paulo or UTC."
        ) from error


def shifts(zone: ZoneInfo, low: datetime, high: datetime) -> tuple[timedelta, list[Shift]]:
    """The offset in force at `low`, and the changes of the clocks until `high` (clock times without zone)."""
    earliest, latest = datetime(1900, 1, 1), datetime(2200, 1, 1)
    day = timedelta(days=1)
    start, end = max(low, earliest) - 2 * day, min(high, latest) + 2 * day
    days = [start + day * i for i in range(max(0, (end - start).days) + 2)]
    offsets = [_offset(zone, at) for at in days]
    found = []
    for i in range(len(days) - 1):
        if offsets[i] != offsets[i + 1]:
            before, after = offsets[i], offsets[i + 1]
            minute = bisect_left(
                range(1440), True, key=lambda m: _offset(zone, days[i] + timedelta(minutes=m)) != before
            )
            at = (days[i] + timedelta(minutes=minute)).replace(second=0, microsecond=0)
            found.append(Shift(at + max(before, after), at + min(before, after), before, after))
    return offsets[0], found


def _offset(zone: ZoneInfo, utc: datetime) -> timedelta:
    offset = utc.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta()


def to_utc(wall: Any, first: timedelta, changes: Sequence[Shift]) -> Any:
    """Clock times as UTC. Piecewise, so that every engine gives the same answer and the rule is in plain sight."""
    if not changes:
        return _less(wall, first)
    pieces = [(wall < ibis.timestamp(change.wall), _less(wall, change.before)) for change in changes]
    return ibis.cases(*pieces, else_=_less(wall, changes[-1].after))


def _less(wall: Any, offset: timedelta) -> Any:
    seconds = round(offset.total_seconds())
    return wall - ibis.interval(seconds=seconds) if seconds else wall
