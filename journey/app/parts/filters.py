"""The filter bar: the same cases on every page, and in the address."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from journey.app import cached
from journey.app.parts.choice import to_address
from journey.app.parts.described import step_described
from journey.app.parts.saved import saved
from journey.app.state import Source
from journey.app.text import _, language, plain, say
from journey.errors import JourneyError
from journey.events.selection import Selection

__all__ = ["MISSING", "adopt", "bar", "clear", "filterable"]

MISSING = "–"  # how a missing value is written
MOST_VALUES = 200  # of an attribute that can be chosen from a list
SHOWN = 2  # attributes that stand in the bar itself, besides the channel
WAY = "way"


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
                key=f"way-{'-'.join(step)}",
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
    log = cached.opened(source)
    first, last = log.report.first, log.report.last
    if not log.timed or first is None or last is None:
        return None, None
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    whole = (first.astimezone(zone).date(), last.astimezone(zone).date())
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
    start = days[0] if days and days[0] != whole[0] else None
    end = days[1] if len(days) > 1 and days[1] != whole[1] else None
    return start, end


def _values(source: Source, name: str, width: Any = 170) -> tuple[str | None, ...]:
    label = _("Channel") if name == "channel" else name
    options = [MISSING if value is None else value for value in cached.values(source, name)]
    chosen = st.multiselect(
        label,
        options,
        key=f"is_{name}",
        bind="query-params",
        placeholder=label,
        label_visibility="collapsed" if width != "stretch" else "visible",
        width=width,
    )
    return tuple(None if value == MISSING else value for value in chosen)


def _touchpoints(label: str, names: list[str], *, key: str) -> tuple[str, ...]:
    return tuple(st.multiselect(label, names, key=key, bind="query-params", placeholder=_("Any")))


def _way() -> tuple[tuple[str, ...], ...]:
    """Conditions on the way: kept in the session, shown in the address."""
    told = st.query_params.get(WAY)
    if told is not None and told != st.session_state.get("address of way"):
        try:
            st.session_state[WAY] = Selection.from_json(json.dumps({"steps": json.loads(told)})).steps
        except (ValueError, JourneyError):
            st.session_state[WAY] = ()
    steps: tuple[tuple[str, ...], ...] = st.session_state.get(WAY, ())
    to_address(WAY, json.dumps(steps, ensure_ascii=False) if steps else None)
    return steps


def _drop(step: tuple[str, ...]) -> None:
    st.session_state[WAY] = tuple(one for one in st.session_state.get(WAY, ()) if one != step)


def clear(source: Source) -> None:
    """Take every condition away."""
    adopt(source, Selection())


def adopt(source: Source, selection: Selection) -> None:
    """Set the bar to a selection (in a callback, before the bar is drawn)."""
    where = dict(selection.where)
    for name in filterable(source):
        st.session_state[f"is_{name}"] = [MISSING if value is None else value for value in where.get(name, ())]
    st.session_state["did"], st.session_state["did_not"] = list(selection.did), list(selection.did_not)
    st.session_state[WAY] = selection.steps
    log = cached.opened(source)
    if log.timed and log.report.first and log.report.last:
        zone = ZoneInfo(log.recipe.time_zone or "UTC")
        first, last = (when.astimezone(zone).date() for when in (log.report.first, log.report.last))
        st.session_state["period"] = (selection.start or first, selection.end or last)
