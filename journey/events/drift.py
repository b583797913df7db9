"""Severities of friction by touchpoint and period: what a watch over the journey looks at.

They are the sums that friction ranks by, with the period in the place of the customer's bucket, and their squares, for
a rating spreads otherwise than a yes or no. Only whole periods are told of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.events import severity
from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.severity import Severity
from journey.events.tally import touchpoint_parts
from journey.events.terms import Terms
from journey.events.trend import Period, periods, zone_of
from journey.model import COMPONENTS

__all__ = ["EVERY", "FOLLOWED", "Drifts", "drifts", "stretches"]

Array = NDArray[np.float64]

EVERY: Final = ("day", "week", "month")
# What comes after a visit is known once the visit was followed for the window.
FOLLOWED: Final = ("exit", "rework", "switch", "help")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifts:
    """Sums of severities over M components, P touchpoints and T periods.

    periods     whole days, weeks (from Monday) or months, oldest first
    total       [M, P, T] sum of the severities, each 0–1, high is bad; `squares` of their squares; `count` visits or
                answers to which the component applies
    yes_or_no   the components whose severity is 0 or 1
    final       component → the first so many periods are known in full; later ones were not followed for `window_us`
    """

    unit: str
    periods: tuple[Period, ...]
    at: tuple[str, ...]
    components: tuple[str, ...]
    total: Array
    squares: Array
    count: Array
    yes_or_no: frozenset[str]
    final: Mapping[str, int]
    window_us: int


def stretches(log: EventLog, every: str) -> tuple[Period, ...]:
    """The whole days, weeks or months that a log covers, whatever its filters, oldest first.

    The day of the last event may not be over, so it is left out. Raises JourneyError for another unit.
    """
    if every not in EVERY:
        raise JourneyError(
            "There is no period “{every}”.{hint}", every=every, hint=suggest(every, EVERY, known="periods")
        )
    if every != "day":
        return periods(log, every, most=None)
    if not log.timed:
        return ()
    zone, sizes = zone_of(log), log.index.sizes
    first, last = (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).astimezone(zone).date()
        for moment in (sizes.first_event, sizes.last_event)
    )
    return tuple(_day(first + timedelta(days=at)) for at in range((last - first).days))


def _day(day: date) -> Period:
    return Period(day, day + timedelta(days=1), "day")


def drifts(log: EventLog, terms: Terms, whole: Sequence[Period]) -> Drifts:
    """Sum a log's severities by touchpoint and period; `whole` is of `stretches`, at least one.

    A visit counts in the period of its time; a wait in the period in which it ended, so that it is known at once. The
    sums of a period are those that friction would give of its visits alone, only waits aside.
    """
    edges = [*(one.bounds(zone_of(log))[0] for one in whole), whole[-1].bounds(zone_of(log))[1]]
    rows = log.rows(marked=True)
    inside = _placed(rows, rows.t, edges)
    # Waits since the event before stand at that event: they are asked for by the time of their end.
    tables = [run(part) for part in touchpoint_parts(inside, log, dataclasses.replace(terms, promises={}))]
    tables += [run(part) for part in _spreads(rows, inside, log, terms, edges)]
    places = sorted({int(code) for table in tables for code in table["place"]})
    shape = (len(places), len(whole))
    found = {name: _assembled(tables, name, places, shape) for name in COMPONENTS}
    names = [name for name in COMPONENTS if found[name][1].any()]
    yes_or_no = frozenset(name for name in names if name in FOLLOWED)
    last = log.index.sizes.last_event - terms.window_us
    followed = sum(edge <= last for edge in edges[1:])
    empty = np.zeros((0, *shape))
    return Drifts(
        unit=whole[0].unit,
        periods=tuple(whole),
        at=tuple(log.touchpoints[code] for code in places),
        components=tuple(names),
        total=np.stack([found[name][0] for name in names]) if names else empty,
        count=np.stack([found[name][1] for name in names]) if names else empty,
        squares=np.stack([found[name][0 if name in yes_or_no else 2] for name in names]) if names else empty,
        yes_or_no=yes_or_no,
        final={name: followed if name in FOLLOWED else len(whole) for name in names},
        window_us=terms.window_us,
    )


def _placed(rows: Any, t: Any, edges: Sequence[int]) -> Any:
    """The rows whose time lies between the first and the last edge, with the number of their period as `bucket`."""
    inside = rows.mutate(_t=t).filter((t >= edges[0]) & (t < edges[-1]))
    many = len(edges) - 1
    # Periods are of nearly one length, so the period is guessed, and put right by one where a month or the clocks
    # going forward make it so: quicker than to try each edge.
    listed = ibis.literal(list(edges), type="array<int64>")
    usual = (edges[-1] - edges[0]) // many
    guess = ((inside._t - edges[0]) // usual).cast("int32").clip(0, many - 1)
    early = (inside._t < listed[guess]).cast("int32")
    late = (inside._t >= listed[guess + 1]).cast("int32")
    return inside.mutate(bucket=guess - early + late).drop("_t")


def _spreads(rows: Any, inside: Any, log: EventLog, terms: Terms, edges: Sequence[int]) -> Iterable[Any]:
    """Squares of the answers and of waits told by a promise, and all of the waits since the event before."""
    here = severity.felt(inside, log)
    if "taken_us" in inside.columns:
        here["wait"] = severity.since(inside, log, terms)
    if here:
        squares = {f"{name}_squares": _squared(one) for name, one in here.items()}
        yield inside.group_by(place=inside.tp, bucket=inside.bucket).agg(**squares)
    if terms.promises:
        moves = severity.promised(rows, log, terms)
        ended = _placed(moves, moves.t + moves.wait_us, edges)
        wait = severity.arrival(ended)
        sums = {**wait.sums("wait"), "wait_squares": _squared(wait)}
        yield ended.group_by(place=ended.next_tp, bucket=ended.bucket).agg(**sums)


def _squared(one: Severity) -> Any:
    return (one.amount * one.amount).sum(where=one.applies)


def _assembled(
    tables: Iterable[pd.DataFrame], name: str, places: Sequence[int], shape: tuple[int, int]
) -> tuple[Array, Array, Array]:
    """[P, T] a component's totals, counts and squares."""
    out = [np.zeros(shape) for _ in range(3)]
    for table in tables:
        row = np.searchsorted(places, table["place"].to_numpy(np.int64))
        for sums, which in zip(out, ("total", "count", "squares"), strict=True):
            if (column := f"{name}_{which}") in table:
                np.add.at(sums, (row, table["bucket"].to_numpy(np.int64)), table[column].fillna(0).to_numpy(float))
    return out[0], out[1], out[2]
