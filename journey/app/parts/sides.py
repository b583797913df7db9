"""The two sides of a comparison: what can stand on one, what stands there, and which cases that are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import journey as jn
from journey.app import cached
from journey.app.parts.filters import MISSING, filterable
from journey.app.state import View, saved_segments
from journey.app.text import _, say
from journey.draw.overview_tiles import period_name
from journey.events import trend
from journey.events.part import during, rest
from journey.events.selection import Selection

__all__ = ["FILTER", "REST", "WHOLE", "Side", "defaults", "kept", "options", "side_of"]

# What may stand on a side, by the code that stands in the address: "filter", "rest", "whole", "saved:NAME",
# "is:ATTRIBUTE:VALUE" (no value: missing), "in:DAY:DAY" (visits from the first day to the last) and "from:DAY:DAY"
# (cases that began then).
FILTER, REST, WHOLE = "filter", "rest", "whole"
FEW_VALUES = 12  # of an attribute that are offered, the commonest
FEW_PERIODS = 6  # of a kind that are offered, the latest


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name, its cases, and the view that holds exactly these; None where no filter can say it."""

    name: str
    log: jn.EventLog
    view: View | None


def options(view: View) -> dict[str, str]:
    """Code → what it is called: saved segments, values of attributes, periods; inside the filter that is set."""
    found = {f"saved:{name}": _("Segment: {name}", name=name) for name in saved_segments(view.source)}
    for name in filterable(view.source):
        label = _("Channel") if name == "channel" else name
        for value in cached.values(view.source, name)[:FEW_VALUES]:
            shown = MISSING if value is None else value
            found[f"is:{name}:{'' if value is None else value}"] = f"{label}: {shown}"
    found |= _periods(view)
    if view.selection:
        found[FILTER] = _("The filter set above")
        found[WHOLE] = _("All cases")
    found[REST] = _("Everything else")
    return found


def _periods(view: View) -> dict[str, str]:
    """The latest whole quarters and months."""
    log = cached.opened(view.source)
    found: dict[str, str] = {}
    for unit in ("quarter", "month", "week"):
        whole = trend.periods(log, unit)
        if len(whole) < 2 or (unit == "week" and found):
            continue
        latest = [
            (period_name(p, say()), f"{p.start}:{p.end - timedelta(days=1)}") for p in whole[: -FEW_PERIODS - 1 : -1]
        ]
        found |= {f"in:{days}": _("Visits in {period}", period=name) for name, days in latest}
        found |= {f"from:{days}": _("Cases begun in {period}", period=name) for name, days in latest}
    return found


def defaults(codes: Mapping[str, str]) -> tuple[str, str]:
    """What is compared at first: the rarer and the commoner of the two main values of the first attribute.

    Without an attribute the two latest periods; without these the first thing there is and everything else.
    """
    attributes = dict.fromkeys(code.split(":")[1] for code in codes if code.startswith("is:"))
    for name in attributes:
        values = [code for code in codes if code.startswith(f"is:{name}:") and not code.endswith(":")]
        if name != "channel" and len(values) >= 2:
            return values[1], values[0]
    periods = [code for code in codes if code.startswith("in:")]
    if len(periods) >= 2:
        return periods[0], periods[1]
    return next(iter(codes)), REST


def side_of(view: View, code: str, other: str) -> Side:
    """What a code stands for. `other` is the code of the other side, which everything else is the rest of."""
    if code == REST:
        return Side(_("everything else"), rest(_around(view, other), _log(view, other)), None)
    if code.startswith("in:"):
        return Side(name_of(code), _log(view, code), None)
    inside = _view(view, code)
    return Side(name_of(code), cached.log(inside), inside)


def kept(view: View, code: str) -> Selection | None:
    """What is saved under the name of a code, if it is one of a segment."""
    kind, _colon, name = code.partition(":")
    return saved_segments(view.source).get(name) if kind == "saved" else None


def name_of(code: str) -> str:
    """What a side is called in sentences: a value by itself, a segment by its name."""
    kind, _colon, told = code.partition(":")
    if kind == "saved":
        return told
    if kind == "is":
        return told.partition(":")[2] or _("no {attribute}", attribute=told.partition(":")[0])
    if kind in ("in", "from"):
        return _span(*(date.fromisoformat(day) for day in told.split(":")))
    return {FILTER: _("the filter"), WHOLE: _("all cases")}.get(code, _("everything else"))


def _span(start: date, end: date) -> str:
    """Days from … to; a whole month or quarter by its name."""
    if period := trend.calendar(start, end + timedelta(days=1)):
        return period_name(period, say())
    return _("{first} to {last}", first=say().day(start), last=say().day(end))


def _view(view: View, code: str) -> View:
    """The view of a code. Values and periods lie inside the filter that is set; segments are as they were saved."""
    kind, _colon, told = code.partition(":")
    if kind == "saved":
        return view.of(saved_segments(view.source)[told])
    if kind == "is":
        name, _colon, value = told.partition(":")
        where = (*view.selection.where, (name, (value or None,)))
        return view.of(dataclasses.replace(view.selection, where=where))
    if kind == "from":
        start, end = (date.fromisoformat(day) for day in told.split(":"))
        first, last = view.selection.start, view.selection.end
        return view.with_(start=max(start, first) if first else start, end=min(end, last) if last else end)
    return view if code == FILTER else view.whole


def _log(view: View, code: str) -> jn.EventLog:
    """The part of the log that a code stands for."""
    if not code.startswith("in:"):
        return cached.log(_view(view, code))
    log = cached.log(view)
    start, end = (date.fromisoformat(day) for day in code.split(":")[1:])
    zone = trend.zone_of(log)
    return during(log, *trend.Period(start, end + timedelta(days=1), "").moments(zone))


def _around(view: View, other: str) -> jn.EventLog:
    """What everything else is part of: the cases looked at, or all if the other side reaches beyond."""
    return cached.log(view if other.startswith(("is:", "in:", "from:")) else view.whole)
