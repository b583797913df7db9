"""Conditions on how a case went on, as texts: the steps of a `Selection` behind paths, funnels, waits and loops.

("after", anchor, k, *places)      stood at one of the places k moves after its first visit to the anchor;
                                   without places: its last event came k − 1 moves after it
("before", anchor, k, *places)     likewise before it
("reached", order, within, *touchpoints)   a funnel counts it at the last of the touchpoints; order is “any order”,
                                   “in order” or “directly”, within a duration or empty
("lost", order, within, *touchpoints)      a funnel counts it at the last but one, but not at the last
("went", order, within, n, *next, *touchpoints)   of those, its next touchpoint was one of the n named first;
                                   n = 0: there was none
("lasted", how, low, high, source, target)   took at least low and less than high microseconds (empty: any) from one
                                   to the other, how being “directly” or “in order”
("around", source, via)            went from one to the other and straight back
("again", touchpoint)              visited it at least twice
("row", where, *touchpoints)       met these one right after the other, several times at once counting as one; where is
                                   “anywhere”, “at the start”, “at the end” (nothing came before, after) or “whole”
("visited", touchpoint, first, end)   visited it on or after the first day and before the end, days as 2026-04-01 in
                                   the recipe's time zone
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from journey.errors import JourneyError, suggest
from journey.events.funnel import Way, way_of
from journey.events.log import EventLog
from journey.events.passage import Again, Among, Around, InARow, Lasted, Lost, Passage, Reached, Stepped, Visited
from journey.events.paths import MOST
from journey.events.reach import ORDERS
from journey.events.trend import Period, zone_of

__all__ = ["KINDS", "Words"]

Words = Sequence[str]
# Where in a case its touchpoints in a row stand: whether they are the first, and the last.
WHERE: Final[Mapping[str, tuple[bool, bool]]] = {
    "anywhere": (False, False),
    "at the start": (True, False),
    "at the end": (False, True),
    "whole": (True, True),
}


def _kept(log: EventLog, part: Passage) -> EventLog:
    return dataclasses.replace(log, filters=(*log.filters, part))


def _stepped(log: EventLog, words: Words, *, sign: int) -> EventLog:
    anchor, told, *places = _at_least(words, 2)
    step = _whole(told)
    if not 1 <= step <= MOST:
        raise JourneyError("A step is from 1 to {most} moves away, not {step}.", most=MOST, step=step)
    return _kept(log, Stepped(log.codes([anchor])[0], sign * step, log.codes(places)))


def _reached(log: EventLog, words: Words) -> EventLog:
    way = _way(log, words)
    return _kept(log, Reached(way.codes, way.limit, way.order))


def _lost(log: EventLog, words: Words) -> EventLog:
    way = _way(log, words)
    return _kept(log, Lost(way.codes, way.limit, way.order))


def _went(log: EventLog, words: Words) -> EventLog:
    order, within, told, *names = _at_least(words, 3)
    n = _whole(told)
    way = _way(log, (order, within, *names[n:]))
    return _kept(log, Lost(way.codes, way.limit, way.order, log.codes(names[:n])))


def _way(log: EventLog, words: Words) -> Way:
    order, within, *touchpoints = _at_least(words, 2)
    if order not in ORDERS:
        raise JourneyError(
            "There is no order “{order}”.{hint}", order=order, hint=suggest(order, ORDERS, known="orders")
        )
    return way_of(log, touchpoints, within=within or None, ordered=order != "any order", directly=order == "directly")


def _lasted(log: EventLog, words: Words) -> EventLog:
    how, low, high, source, target = _exactly(words, 5)
    if how not in ("directly", "in order"):
        raise JourneyError("A passage is taken “directly” or “in order”, not “{how}”.", how=how)
    source_code, target_code = log.codes([source, target])
    bounds = _whole(low or "0"), _whole(high) if high else None
    return _kept(log, Lasted(source_code, target_code, how == "directly", *bounds))


def _around(log: EventLog, words: Words) -> EventLog:
    return _kept(log, Around(*log.codes(_exactly(words, 2))))


def _again(log: EventLog, words: Words) -> EventLog:
    return _kept(log, Again(*log.codes(_exactly(words, 1))))


def _row(log: EventLog, words: Words) -> EventLog:
    where, *names = _at_least(words, 2)
    if where not in WHERE:
        raise JourneyError("There is no place “{where}”: it is one of {known}.", where=where, known=", ".join(WHERE))
    return _kept(log, InARow(log.codes(names), *WHERE[where]))


def _visited(log: EventLog, words: Words) -> EventLog:
    name, *days = _exactly(words, 3)
    code = log.codes([name])[0]
    if not log.timed:
        raise JourneyError("The tables tell no times, so no visit can be told by its day.")
    try:
        start, end = (date.fromisoformat(day) for day in days)
        bounds = Period(start, end, "").bounds(zone_of(log))
    except (ValueError, OverflowError) as error:
        raise JourneyError("A day is written as 2026-04-01, not “{text}”.", text=" – ".join(days)[:40]) from error
    return _kept(log, Visited(code, *bounds))


def _among(log: EventLog, words: Words) -> EventLog:
    told, *names = _at_least(words, 3)
    n = _whole(told)
    among, way = log.codes(names[:n]), log.codes(names[n:])
    if not way or not set(way) <= set(among):
        raise JourneyError("A way among some touchpoints has at least one of them, and no other.")
    return _kept(log, Among(among, way))


def _exactly(words: Words, n: int) -> Words:
    if len(words) != n:
        raise JourneyError("This condition takes {n} words, not {got}.", n=n, got=len(words))
    return words


def _at_least(words: Words, n: int) -> Words:
    if len(words) < n:
        raise JourneyError("This condition takes at least {n} words, not {got}.", n=n, got=len(words))
    return words


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise JourneyError("“{text}” is no whole number.", text=text[:40]) from error
    if not 0 <= number < 2**62:
        raise JourneyError("{text} is out of range: 0 or more.", text=text[:40])
    return number


# Each kind of condition, and what it keeps.
KINDS: Final[Mapping[str, Callable[[EventLog, Words], EventLog]]] = {
    "after": lambda log, words: _stepped(log, words, sign=1),
    "before": lambda log, words: _stepped(log, words, sign=-1),
    "reached": _reached,
    "lost": _lost,
    "went": _went,
    "lasted": _lasted,
    "around": _around,
    "again": _again,
    "row": _row,
    "visited": _visited,
    "any": lambda log, words: log.met(*_at_least(words, 1)),
    "none": lambda log, words: log.not_met(*_at_least(words, 1)),
    "among": _among,
}
