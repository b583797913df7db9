"""Map: the classic journey map, drawn from what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.described import described
from journey.app.parts.figure import panel
from journey.app.parts.filters import filterable
from journey.app.parts.map_canvas import map_canvas
from journey.app.parts.patience import patiently
from journey.app.parts.plan_common import conformance, plan_switch
from journey.app.state import View, saved_segments, theme_name
from journey.app.text import _, language, say, sentence, speaker
from journey.draw.board import board
from journey.draw.feeling_words import reason
from journey.draw.theme import COMPONENT_NAMES
from journey.draw.words import Say
from journey.errors import JourneyError
from journey.events.comments import Comment, comments
from journey.events.selection import Selection
from journey.events.stages import StageTotal, stages
from journey.model import COMPONENTS
from journey.voice.door import safe

__all__ = ["options", "other_view", "page", "table"]

MOST_VALUES: Final = 12  # of an attribute that can be drawn as a second curve
NONE: Final = "-"
READ: Final = 4_000  # comments, the latest, from which those to quote are taken
QUOTES: Final = 3  # of a touchpoint


def page(view: View) -> None:
    """Show the page."""
    found = options(view)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("### " + _("Journey map"), width="stretch")
        planned = plan_switch(view, key="map_plan")
        told = choice(_("Second curve"), found, key="map_with", as_="list", hidden=True, width=270)
    other = other_view(view, told)
    try:
        if other is not None and not cached.log(other).cases:
            st.info(_("No case is both among those looked at and among those of the second curve."))
            other = None
    except JourneyError as error:
        # A saved segment may name what is not in the data any more.
        st.info(sentence(error))
        other = None
    try:
        patiently(_("Measuring friction"), lambda: cached.friction(view), key=f"friction-{hash(view)}")
    except JourneyError as error:
        st.caption(_("Without friction: {why}", why=sentence(error)))
    theme, lang, who = theme_name(), language(), found[told]
    data = patiently(
        _("Drawing the map"),
        lambda: drawn(view, other, who, planned, theme, lang),
        key=f"map-{hash((view, other, planned))}",
    )
    panel(
        "map",
        lambda: map_canvas(data, key="map-canvas"),
        table=lambda: table(view, other, who, say()),
        name="journey-map",
        note=_(
            "Measured from all cases looked at. Click a touchpoint, a dot, a bar or a pain to open it; by keyboard: "
            "Tab into the map, arrows to walk, Enter to open."
        ),
    )


def options(view: View) -> dict[str, str]:
    """What can be drawn as a second curve: code → name."""
    found = {NONE: _("No second curve")}
    for name in filterable(view.source):
        values = [value for value in cached.values(view.source, name) if value is not None]
        if len(values) <= MOST_VALUES:
            label = _("Channel") if name == "channel" else name
            found |= {f"is:{name}:{value}": f"{label}: {value}" for value in values}
    return found | {f"saved:{name}": name for name in saved_segments(view.source)}


def other_view(view: View, told: str) -> View | None:
    """The cases of the second curve: those looked at with another value of one attribute, or a saved segment."""
    kind, __, rest = told.partition(":")
    if kind == "is":
        # Names may hold colons, too.
        for name in filterable(view.source):
            value = rest.removeprefix(f"{name}:")
            if value != rest and value in cached.values(view.source, name):
                where = {**dict(view.selection.where), name: (value,)}
                return view.with_(where=tuple(where.items()))
    if kind == "saved":
        found = saved_segments(view.source).get(rest)
        return None if found is None else view.of(found)
    return None


def who_of(selection: Selection, speak: Say) -> str:
    """Whose journey it is, in words."""
    told = described(selection.with_(start=None, end=None), speak)
    return "; ".join(told) or speak("All customers")


def period_of(view: View, speak: Say) -> str:
    """From when to when the cases were looked at."""
    log = cached.opened(view.source)
    first, last = log.report.first, log.report.last
    if not log.timed or first is None or last is None:
        return ""
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    days = (view.selection.start or first.astimezone(zone), view.selection.end or last.astimezone(zone))
    return " – ".join(speak.day(day) for day in days)


@st.cache_resource(show_spinner=False, max_entries=64)
def totals(view: View) -> tuple[StageTotal, ...]:
    """The stages as wholes."""
    return stages(cached.log(view))


@st.cache_data(show_spinner=False, max_entries=64)
def quotes(view: View) -> dict[str, list[str]]:
    """What customers wrote at each touchpoint, masked: the latest of those whose rating was the usual one there."""
    log, journey = cached.log(view), cached.journey(view)
    means = {touchpoint.name: touchpoint.satisfaction_raw for touchpoint in journey.touchpoints}
    written = comments(log, limit=READ, order="latest").shown
    found: dict[str, list[Comment]] = {}
    for one in written:
        found.setdefault(one.touchpoint, []).append(one)
    return {name: list(safe(log, typical(some, means.get(name)))) for name, some in found.items()}


def typical(some: Iterable[Comment], mean: float | None) -> list[str]:
    """The texts whose rating lies nearest to the mean, each text once; the unrated last, else in the order given."""

    def distance(one: Comment) -> float:
        return math.inf if one.rating is None or mean is None else round(abs(one.rating - mean), 1)

    return list(dict.fromkeys(one.text for one in sorted(some, key=distance)))[:QUOTES]


@st.cache_data(show_spinner=False, max_entries=64)
def drawn(view: View, other: View | None, who: str, planned: bool, theme: str, lang: str) -> dict[str, Any]:
    """The board as data, for its canvas."""
    speak = speaker(lang)
    return board(
        cached.journey(view),
        _friction(view),
        totals=totals(view),
        other=None if other is None else cached.journey(other),
        who=who_of(view.selection, speak),
        other_who=who,
        period=period_of(view, speak),
        unit=cached.burden_unit(view, lang),
        quotes=quotes(view),
        targets=dict(cached.opened(view.source).recipe.targets.items()),
        plan=conformance(view, None, False) if planned else None,
        truths=_truths(view, lang),
        theme=draw.theme(theme),
        say=speak,
    ).data()


def _truths(view: View, lang: str) -> dict[str, str]:
    """Touchpoint → why it is a moment of truth; none where that can't be told of the cases looked at."""
    try:
        found = jn.moments(cached.log(view))
    except JourneyError:
        return {}
    return {one.touchpoint: reason(found, one, speaker(lang)) for one in found.of_truth}


def _friction(view: View) -> jn.Ranking | None:
    try:
        return cached.friction(view)
    except JourneyError:
        return None


def table(view: View, other: View | None, who: str, speak: Say) -> pd.DataFrame:
    """The map in numbers: a touchpoint a row."""
    journey, ranking = cached.journey(view), _friction(view)
    judged = {} if ranking is None else {one.at: one for one in ranking}
    twins = {} if other is None else {one.name: one for one in cached.journey(other).touchpoints}
    unit = cached.burden_unit(view, speak.lang)
    rows = []
    for touchpoint in journey.touchpoints:
        row: dict[str, object] = {
            speak("Stage"): touchpoint.stage,
            speak("Touchpoint"): touchpoint.name,
            speak("Cases"): touchpoint.cases,
            speak("Visits"): touchpoint.visits,
            speak("Last of their case"): touchpoint.ends,
            speak("Response rate"): touchpoint.response_rate,
            **_spread(speak("Satisfaction"), touchpoint.satisfaction, speak),
        }
        if other is not None:
            twin = twins.get(touchpoint.name)
            found = jn.Measure.missing() if twin is None else twin.satisfaction
            row |= _spread(speak("Satisfaction, {who}", who=who), found, speak)
        row |= _spread(speak("Effort scale"), touchpoint.effort, speak)
        one = judged.get(touchpoint.name)
        if one is not None:
            row |= _spread(speak("Friction score"), one.score, speak)
            row |= {speak(COMPONENT_NAMES[name]): one.contributions.get(name) for name in COMPONENTS}
            row |= _spread(speak("Burden, {unit}", unit=unit), one.burden, speak)
        row |= {speak("Channels"): ", ".join(touchpoint.channels)}
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all")


def _spread(name: str, found: jn.Measure, speak: Say) -> dict[str, object]:
    return {
        name: found.value,
        speak("{name}, low", name=name): found.low,
        speak("{name}, high", name=name): found.high,
        speak("{name}, n", name=name): found.n,
    }
