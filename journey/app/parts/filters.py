"""The filter bar: the same cases on every page, and in the address."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from journey.app import cached
from journey.app.parts.choice import to_address
from journey.app.parts.described import MISSING, described, step_described, written
from journey.app.parts.saved import saved
from journey.app.state import Source
from journey.app.text import _, language, plain, say
from journey.errors import JourneyError
from journey.events.selection import Selection, Step

__all__ = ["MISSING", "adopt", "bar", "clear", "filterable"]

MOST_VALUES = 200  # of an attribute that can be chosen from a list
SHOWN = 2  # attributes that stand in the bar itself, besides the channel
WAY = "way"
MOST_WAYS = 12  # conditions on the way that an address may hold
LONGEST_WAY = 50_000  # letters of all of them


def bar(source: Source) -> Selection:
    """Show the bar; returns what is selected in it."""
    names = filterable(source)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        start, end = _period(source)
        shown, rest = names[:SHOWN], names[SHOWN:]
        where = {name: _values(source, name) for name in shown}
        with st.popover(_("More filters"), icon=":material/filter_list:"):
            touchpoints = list(cached.opened(source).touchpoints)
            did = _touchpoints(_("Cases that met"), touchpoints, key="did")
            did_not = _touchpoints(_("Cases that did not meet"), touchpoints, key="did_not")
            where |= {name: _values(source, name, width="stretch") for name in rest}
        steps = _way()
        selection = Selection(
            where=tuple((name, values) for name in names if (values := where[name])),
            start=start,
            end=end,
            did=did,
            did_not=did_not,
            steps=steps,
        )
        for step in steps:
            st.button(
                f"{plain(step_described(step, say()))} :material/close:",
                key=f"way-{json.dumps(step)}",
                help=_("Take this condition away"),
                on_click=_drop,
                args=(step,),
            )
        saved(source, selection, adopt)
        if selection:
            st.button(_("All cases"), key="clear", icon=":material/filter_list_off:", on_click=clear, args=(source,))
    return selection


@st.cache_resource(show_spinner=False, max_entries=8)
def filterable(source: Source) -> list[str]:
    """Channel and attributes with few enough values to choose from; those with the fewest first."""
    log = cached.opened(source)
    channel = ["channel"] if log.index.channels else []
    counts = {name: len(cached.values(source, name)) for name in (*log.attributes, *channel)}
    kept = [name for name, n in counts.items() if 1 < n <= MOST_VALUES]
    # The segment attributes as the recipe orders them, the channel among the first.
    first = [name for name in kept if name != "channel"]
    return [*first[:1], *[name for name in kept if name == "channel"], *first[1:]]


def _period(source: Source) -> tuple[date | None, date | None]:
    whole = _days(source)
    if whole is None:
        return None, None
    told = st.date_input(
        _("Period in which cases began"),
        value=whole,
        min_value=whole[0],
        max_value=whole[1],
        key="period",
        bind="query-params",
        format="DD/MM/YYYY" if language() == "pt_BR" else "YYYY-MM-DD",
        label_visibility="collapsed",
        width=250,
    )
    days = told if isinstance(told, tuple) else (told,)
    # A day alone is a period of that day: of two that are the same, an address keeps but one.
    start = days[0] if days and days[0] != whole[0] else None
    end = days[-1] if days and days[-1] != whole[1] else None
    return start, end


def _days(source: Source) -> tuple[date, date] | None:
    """The days of the first and the last event; None where no times are known."""
    log = cached.opened(source)
    if not log.timed or log.report.first is None or log.report.last is None:
        return None
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    return log.report.first.astimezone(zone).date(), log.report.last.astimezone(zone).date()


def _values(source: Source, name: str, width: Any = 170) -> tuple[str | None, ...]:
    label = _("Channel") if name == "channel" else name
    options = {written(value): value for value in cached.values(source, name)}
    chosen = st.multiselect(
        _label(label),
        list(options),
        key=f"is_{name}",
        bind="query-params",
        placeholder=label,
        label_visibility="collapsed" if width != "stretch" else "visible",
        width=width,
    )
    return tuple(options[value] for value in chosen)


def _label(name: str) -> str:
    """An attribute's name as a label, which is read as Markdown, and aloud: it is changed only if it has to be."""
    return name if re.fullmatch(r"[^\W_]+(?:[ _/-][^\W_]+)*", name) else plain(name)


def _touchpoints(label: str, names: list[str], *, key: str) -> tuple[str, ...]:
    return tuple(st.multiselect(label, names, key=key, bind="query-params", placeholder=_("Any")))


def _way() -> tuple[tuple[str, ...], ...]:
    """Conditions on the way: kept in the session, shown in the address."""
    told = st.query_params.get(WAY)
    if told is not None and told != st.session_state.get("address of way"):
        found = _steps(told)
        st.session_state[WAY] = found or ()
        if found is None:
            st.toast(_("The conditions in this address can't be read: they are left out."), icon=":material/link_off:")
    steps: tuple[tuple[str, ...], ...] = st.session_state.get(WAY, ())
    to_address(WAY, json.dumps(steps, ensure_ascii=False) if steps else None)
    return steps


def _steps(told: str) -> tuple[Step, ...] | None:
    """The conditions that an address holds; None where it holds something else, or too much."""
    if len(told) > LONGEST_WAY:
        return None
    try:
        steps = Selection.from_json(f'{{"steps": {told}}}').steps
    except JourneyError:
        return None
    return steps if len(steps) <= MOST_WAYS else None


def _drop(step: tuple[str, ...]) -> None:
    st.session_state[WAY] = tuple(one for one in st.session_state.get(WAY, ()) if one != step)


def clear(source: Source) -> None:
    """Take every condition away."""
    adopt(source, Selection())


def adopt(source: Source, selection: Selection) -> None:
    """Set the bar to a selection (in a callback, before the bar is drawn): to all of it, or to nothing."""
    if gone := described(unknown(source, selection), say()):
        what = plain("; ".join(gone))
        st.toast(_("Not opened, for it is not in the data any more: {what}", what=what), icon=":material/link_off:")
        return
    where = dict(selection.where)
    for name in filterable(source):
        st.session_state[f"is_{name}"] = [written(value) for value in where.get(name, ())]
    st.session_state["did"], st.session_state["did_not"] = list(selection.did), list(selection.did_not)
    st.session_state[WAY] = selection.steps
    if days := _days(source):
        first, last = days
        st.session_state["period"] = (max(selection.start or first, first), min(selection.end or last, last))


def unknown(source: Source, selection: Selection) -> Selection:
    """What of a selection the bar can't hold, for the data have no such attribute, value, touchpoint or time."""
    log, days, offered = cached.opened(source), _days(source), filterable(source)
    values = {name: set(cached.values(source, name)) if name in offered else set() for name, __ in selection.where}
    gone = {name: tuple(value for value in told if value not in values[name]) for name, told in selection.where}
    inside = days is not None and (selection.start or days[0]) <= days[1] and (selection.end or days[1]) >= days[0]
    return Selection(
        where=tuple((name, told) for name, told in gone.items() if told),
        start=None if inside else selection.start,
        end=None if inside else selection.end,
        did=tuple(name for name in selection.did if name not in log.touchpoints),
        did_not=tuple(name for name in selection.did_not if name not in log.touchpoints),
    )
