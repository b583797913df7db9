"""Paths: how many ways there are in effect, where they part, and the ways around with what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.complexity import Fork
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_cases, open_touchpoint
from journey.app.parts.facts import Fact, facts
from journey.app.parts.figure import panel, show_table
from journey.app.parts.filters import filterable
from journey.app.parts.patience import patiently
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.complexity_words import about_many, many, ways_told
from journey.draw.forks import fork_mark, forks
from journey.draw.sheet import Sheet
from journey.draw.trip_rows import trip_mark, trip_name, trips
from journey.draw.words import Say, interval, place, share, span
from journey.events.round_trips import RoundTrip
from journey.events.selection import Step

__all__ = ["forks_table", "measured", "parts_table", "show", "trip_step", "trips_table", "went_round"]

FEW = 10
FEWEST = 20  # cases of a value that is compared
VALUES = 8
NONE = "-"


def show(view: View) -> None:
    """Complexity, its parts side by side, and what hangs together in circles."""
    found = patiently(_("Measuring complexity"), lambda: measured(view), key=f"complexity-{hash(view)}")
    st.markdown(plain(about_many(found, say())))
    _facts(found)
    shown = found.forks[:FEW]
    drawn = drawing(view, theme_name(), language())
    panel(
        "paths-forks",
        lambda: sheet(drawn, key="paths-forks-sheet", on_open=partial(_open, shown)),
        table=lambda: forks_table(found, say()),
        name="journey-complexity",
        note=_(
            "Entropy of the walk from start to end, corrected for few visits (Miller and Madow); n = {n:,} cases. The "
            "walk remembers only where it stands. “In effect”: as many equally likely ways would be as hard to "
            "foretell. Click a row to open the touchpoint.",
            n=found.cases,
        ),
    )
    _side_by_side(view)
    _circles(view)


@st.cache_resource(show_spinner=False, max_entries=128)
def measured(view: View) -> jn.Complexity:
    return jn.complexity(cached.log(view))


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, theme: str, lang: str) -> Sheet:
    found = measured(view)
    return forks(found, found.forks[:FEW], theme=draw.theme(theme), say=speaker(lang))


def _open(shown: tuple[Fork, ...], mark: str) -> None:
    for at, one in enumerate(shown):
        if mark == fork_mark(at) and isinstance(one.at, str):
            open_touchpoint(one.at)


def _facts(found: jn.Complexity) -> None:
    speak = say()
    low, high = (many(end, speak) for end in (found.paths.low, found.paths.high))
    told = [
        Fact(_("Ways in effect"), many(found.paths.value, speak), _("{low} to {high}", low=low, high=high)),
        Fact(_("Ways on at each step"), speak.number(found.choices, ".1f"), _("in effect")),
        Fact(_("Touchpoints of a case"), speak.number(found.steps, ".1f"), _("on average")),
    ]
    if found.variety is not None:
        ways, most = found.variety.ways, found.variety.most
        told.append(Fact(_("Different ways taken"), speak.number(ways), _("by {n:,} cases", n=found.cases)))
        told.append(Fact(_("For 80% of the cases"), speak.number(most), _("different ways")))
    told.append(
        Fact(
            _("Entropy"),
            _("{bits} bits", bits=speak.number(found.bits.value, ".1f")),
            interval(found.bits, ".1f", speak),
        )
    )
    facts(told)


def forks_table(found: jn.Complexity, speak: Say) -> pd.DataFrame:
    """Where ways part, in numbers."""
    return pd.DataFrame(
        [
            {
                speak("After"): place(one.at, speak),
                speak("Visits per case"): one.visits,
                speak("Entropy, bits"): one.bits,
                speak("Ways on, in effect"): one.choices,
                speak("Share of the complexity"): one.share,
            }
            for one in found.forks
        ]
    )


# --- side by side --------------------------------------------------------------------------------------


def _side_by_side(view: View) -> None:
    names = [name for name in filterable(view.source) if 1 < len(cached.values(view.source, name)) <= 40]
    if not names:
        return
    st.markdown("#### " + _("Side by side"))
    labels = {NONE: _("Nothing"), **{name: _("Channel") if name == "channel" else name for name in names}}
    chosen = choice(_("Compare the values of"), labels, key="paths_parts", as_="list", width=260)
    if chosen == NONE:
        return
    parts = patiently(
        _("Measuring complexity"), lambda: side_by_side(view, chosen), key=f"parts-{hash((view, chosen))}"
    )
    if not parts:
        st.info(_("No value has {n} cases or more.", n=FEWEST))
        return
    show_table(parts_table(parts, labels[chosen], say()), key="paths-parts-table")
    st.caption(
        _(
            "The commonest values with {n} cases or more. More cases show more ways, but the entropy is corrected for "
            "that: what counts is whether the intervals leave each other out.",
            n=FEWEST,
        )
    )


@st.cache_resource(show_spinner=False, max_entries=32)
def side_by_side(view: View, name: str) -> Mapping[str, jn.Complexity]:
    """The complexity of each value's cases."""
    found = {}
    log = cached.log(view)
    counts = log.values(name)
    for value, cases in zip(counts.index.tolist()[:VALUES], counts.tolist()[:VALUES], strict=True):
        if cases >= FEWEST and not pd.isna(value):
            found[str(value)] = jn.complexity(log.where({name: value}))
    return found


def parts_table(parts: Mapping[str, jn.Complexity], label: str, speak: Say) -> pd.DataFrame:
    """The values in numbers."""
    return pd.DataFrame(
        [
            {
                label: value,
                speak("Cases"): one.cases,
                speak("Touchpoints per case"): one.steps,
                speak("Entropy, bits"): one.bits.value,
                speak("from"): one.bits.low,
                speak("to"): one.bits.high,
                speak("Ways in effect"): ways_told(one, speak),
                speak("Ways on at each step"): one.choices,
            }
            for value, one in parts.items()
        ]
    )


# --- circles -------------------------------------------------------------------------------------------


def _circles(view: View) -> None:
    st.markdown("#### " + _("What goes round in circles"))
    log = cached.log(view)
    orders = {"rounds": _("Commonest")}
    if log.timed:
        orders["time"] = _("Most time")
    if "satisfaction" in log.scales:
        orders["satisfaction"] = _("Most satisfaction lost")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        by = choice(_("Order"), orders, key="paths_rounds", hidden=True)
        planned = True
        if log.recipe.repeatable:
            planned = st.toggle(
                _("With what is planned to repeat"),
                key="paths_rounds_planned",
                bind="query-params",
                persist_state="session",
            )
    found = patiently(
        _("Following the ways around"), lambda: went_round(view, by, planned), key=f"rounds-{hash((view, by, planned))}"
    )
    for one in found.tangles[:3]:
        told = _(
            "**In one tangle:** {names}. Each can be reached from every other; {share} of all moves lie inside.",
            names=plain(", ".join(one.touchpoints)),
            share=share(one.share, say()),
        )
        st.markdown(told)
    if not found.trips:
        st.info(_("Nobody came back, but for what is planned to repeat."))
        return
    drawn = trips_drawing(view, by, planned, theme_name(), language())
    panel(
        "paths-trips",
        lambda: sheet(drawn, key="paths-trips-sheet", on_open=partial(_open_trip, found)),
        table=lambda: trips_table(found, log.timed, say()),
        name="journey-ways-around",
        note=" ".join(
            [
                _(
                    "These ways around hold {listed} of the {rounds:,} rounds of at most {longest} moves, those "
                    "planned to repeat included; tangles are of the commonest moves, {covered} of all.",
                    listed=share(found.listed, say()),
                    rounds=found.rounds,
                    longest=found.longest,
                    covered=share(found.covered, say()),
                ),
                _(
                    "The difference is in satisfaction at the first touchpoint: those who came round, less those who "
                    "could have and did not, with its 95% interval. What goes together need not be the cause."
                ),
                _("Click a row to see exactly its cases."),
            ]
        ),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def trips_drawing(view: View, by: str, planned: bool, theme: str, lang: str) -> Sheet:
    log = cached.log(view)
    return trips(
        went_round(view, by, planned),
        scale=log.scales.get("satisfaction"),
        timed=log.timed,
        theme=draw.theme(theme),
        say=speaker(lang),
    )


def trip_step(one: RoundTrip) -> Step:
    """What holds for exactly the cases of a way around."""
    if len(one.way) == 1:
        return ("walked", one.way[0], one.way[0])
    if len(one.way) == 2:
        return ("around", *one.way)
    return ("reached", "directly", "", *one.way, one.way[0])


def _open_trip(found: jn.Loops, mark: str) -> None:
    for at, one in enumerate(found.trips):
        if mark == trip_mark(at):
            open_cases(trip_name(one), trip_step(one))


@st.cache_resource(show_spinner=False, max_entries=64)
def went_round(view: View, by: str, planned: bool) -> jn.Loops:
    return jn.loops(cached.log(view), by=by, planned=planned, limit=15)


def trips_table(found: jn.Loops, timed: bool, speak: Say) -> pd.DataFrame:
    """The ways around in numbers."""
    rows = []
    for one in found.trips:
        row: dict[str, object] = {
            speak("Way around"): " → ".join((*one.way, one.way[0])),
            speak("Cases"): one.cases,
            speak("Rounds"): one.rounds,
            speak("Share of those that could"): one.share.value,
            speak("from"): one.share.low,
            speak("to"): one.share.high,
        }
        if timed:
            row[speak("A round takes")] = span(one.seconds, speak)
            row[speak("All rounds, days")] = None if one.spent_s is None else one.spent_s / 86400
        if any(trip.difference.value is not None for trip in found.trips):
            row[speak("Difference in satisfaction")] = one.difference.value
            row[speak("difference from")] = one.difference.low
            row[speak("difference to")] = one.difference.high
            row[speak("stands out")] = one.clear
        rows.append(row)
    return pd.DataFrame(rows)
