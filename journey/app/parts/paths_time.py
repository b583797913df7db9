"""Paths: how long it takes from one touchpoint to another."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_cases
from journey.app.parts.figure import panel
from journey.app.parts.paths_common import names, pick_touchpoint
from journey.app.parts.paths_words import sentence_case, way_described
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.sheet import Sheet
from journey.draw.spans import bin_mark, spread
from journey.draw.words import Say, interval, share, span
from journey.events.gaps import Bin, Gap, gap
from journey.events.selection import Step
from journey.model import START, Measure

__all__ = ["lasted", "show", "start", "table"]

SECOND = 1_000_000


def show(view: View) -> None:
    """The time between two touchpoints: its quantiles, its spread, and what was promised."""
    if not cached.log(view).timed:
        st.info(_("These tables tell no times, only the order of touchpoints: there is no time between them."))
        return
    source, target, direct = _settings(view)
    found = passages(view, source, target, direct)
    if not found.median.n:
        _nothing(found)
        return
    _numbers(view, found)
    drawn = drawing(view, source, target, direct, theme_name(), language())
    panel(
        "paths-time",
        lambda: sheet(drawn, key="paths-time-sheet", on_open=partial(_open, found)),
        table=lambda: table(found, say()),
        name="journey-time",
        note=_note(found),
    )


def _settings(view: View) -> tuple[str, str, bool]:
    first, then, directly = start(view.whole)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = pick_touchpoint(_("From"), names(view), key="paths_from", first=first)
        target = pick_touchpoint(_("To"), names(view), key="paths_to", first=then)
        ways = {"first": _("First visit to first visit after it"), "direct": _("Directly, every move")}
        how = choice(_("Which time"), ways, key="paths_how", default="direct" if directly else "first")
    return source, target, how == "direct"


@st.cache_data(show_spinner=False, max_entries=16)
def start(view: View) -> tuple[str, str, bool]:
    """Two touchpoints to begin with: those of a promise, else of the commonest move."""
    log, journey = cached.log(view), cached.journey(view)
    known = {one.name for one in journey.touchpoints}
    moves = [one for one in journey.transitions if isinstance(one.source, str) and isinstance(one.target, str)]
    between = [one for one in moves if one.source != one.target] or moves
    for target, promise in log.recipe.promises.items():
        if promise.since in known and target in known and promise.since is not None:
            return promise.since, target, False
    dated = {name for table in log.recipe.tables for name in getattr(table, "promises", ())} & known
    begins = [one for one in journey.transitions if one.source is START and str(one.target) not in dated]
    if dated and begins:
        # A promised date counts from where the case began.
        return str(begins[0].target), min(dated), False
    for target in log.recipe.promises:
        there = [one for one in between if one.target == target]
        if there:
            return str(there[0].source), target, True
    if between:
        return str(between[0].source), str(between[0].target), True
    only = journey.touchpoints[0].name
    return only, only, True


@st.cache_resource(show_spinner=False, max_entries=64)
def passages(view: View, source: str, target: str, direct: bool) -> Gap:
    return gap(cached.log(view), source, target, direct=direct)


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, source: str, target: str, direct: bool, theme: str, lang: str) -> Sheet:
    return spread(passages(view, source, target, direct), theme=draw.theme(theme), say=speaker(lang))


def _nothing(found: Gap) -> None:
    told = (
        _("No case goes straight from {source} to {target}.", source=plain(found.source), target=plain(found.target))
        if found.direct
        else _("No case comes to {target} after {source}.", source=plain(found.source), target=plain(found.target))
    )
    st.info(told)


def _numbers(view: View, found: Gap) -> None:
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Half within"), span(found.median.value, say()), help=_bounds(found.median), width="content")
        st.metric(_("90% within"), span(found.p90.value, say()), help=_bounds(found.p90), width="content")
        if found.kept.value is not None:
            kept = share(found.kept.value, say())
            help_ = _("95% interval {interval}, n = {n:,}", interval=interval(found.kept, ".1%", say()), n=found.kept.n)
            st.metric(_("Came as promised"), kept, help=help_, width="content")
        reach = found.median.n if found.direct else found.cases
        st.metric(
            _("Of the moves that leave {source}", source=plain(found.source))
            if found.direct
            else _("Of the cases that met {source}", source=plain(found.source)),
            f"{share(reach / found.of if found.of else None, say())}",
            help=_("{n:,} of {of:,}", n=reach, of=found.of),
            width="content",
        )
    with st.container(horizontal=True, gap="small"):
        everything = lasted(found, 0, None)
        cases_button(_("{n:,} cases", n=found.cases), everything, title=_title(everything), key="paths-time-cases")
        if found.promise_s is not None:
            late = lasted(found, round(found.promise_s * SECOND) + 1, None)
            n = cached.log(view.of(view.selection.and_(late))).cases
            cases_button(_("{n:,} cases later than promised", n=n), late, title=_title(late), key="paths-time-late")


def _bounds(measure: Measure) -> str:
    if measure.low is None:
        return _("n = {n:,}, too few for an interval", n=measure.n)
    return _(
        "95% interval {low} – {high}, n = {n:,}",
        low=span(measure.low, say()),
        high=span(measure.high, say()),
        n=measure.n,
    )


def lasted(found: Gap, low: int, high: int | None) -> Step:
    """What holds for exactly the cases with a passage of that length, in microseconds."""
    how = "directly" if found.direct else "in order"
    return ("lasted", how, str(low), "" if high is None else str(high), found.source, found.target)


def _open(found: Gap, mark: str) -> None:
    for at, one in enumerate(found.bins):
        if mark == bin_mark(at):
            step = lasted(found, one.low_us, one.high_us)
            open_cases(_title(step), step)


def _title(step: Step) -> str:
    return sentence_case(way_described(step, say()) or " → ".join(step[4:]))


def _note(found: Gap) -> str:
    if found.direct:
        told = _(
            "Every move straight from {source} to {target}: {n:,} moves by {cases:,} cases.",
            source=plain(found.source),
            target=plain(found.target),
            n=found.median.n,
            cases=found.cases,
        )
    else:
        told = _(
            "From each case's first visit to {source} to its first visit to {target} after that, whatever lay between: "
            "{n:,} of the {of:,} cases that met {source}. Those who are still under way are not among them.",
            source=plain(found.source),
            target=plain(found.target),
            n=found.median.n,
            of=found.of,
        )
    return told + " " + _("Intervals are 95%. Click a bar to see exactly its cases.")


def table(found: Gap, speak: Say) -> pd.DataFrame:
    """The histogram in numbers: from, and less than, in hours."""

    def row(one: Bin) -> dict[str, object]:
        counts = {speak("Moves"): one.n, speak("Cases"): one.cases} if found.direct else {speak("Cases"): one.n}
        return {
            speak("From, hours"): one.low_us / 3.6e9,
            speak("Less than, hours"): None if one.high_us is None else one.high_us / 3.6e9,
            **counts,
            speak("Share"): one.n / found.median.n,
        }

    return pd.DataFrame(row(one) for one in found.bins)
