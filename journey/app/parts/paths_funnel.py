"""Paths: a funnel of chosen touchpoints, where cases are lost in it, and what those did instead."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_cases
from journey.app.parts.figure import panel
from journey.app.parts.paths_common import main_path, names
from journey.app.parts.paths_words import sentence_case, way_described
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.funnels import alternatives, funnel, lost_mark, reached_mark, went_mark
from journey.draw.sheet import Sheet
from journey.draw.words import Say, interval, place, share
from journey.errors import JourneyError
from journey.events.instead import Instead, Went, instead
from journey.events.reach import Order
from journey.events.selection import Step
from journey.model import END

__all__ = ["Asked", "lost_step", "reached_step", "show", "start", "table", "went_step"]

STEPS, LOST = "paths_funnel", "paths-lost"
LIMITS = ("1h", "1d", "7d", "30d", "90d", "180d", "365d")
# Touchpoints in order, what order is asked for, and the time allowed ("" for any).
Asked = tuple[tuple[str, ...], Order, str]


def show(view: View) -> None:
    """The funnel, and beneath it what the cases did that it loses at the chosen step."""
    asked = _settings(view)
    if len(asked[0]) < 2:
        st.info(_("Choose two touchpoints or more: cases are followed from the first to the last."))
        return
    try:
        found = counted(view, asked)
    except JourneyError as error:
        st.info(sentence(error))
        return
    if not found[0].cases:
        st.info(_("None of these cases met {touchpoint}.", touchpoint=plain(found[0].touchpoint)))
        return
    chosen = _chosen(found)
    drawn = drawing(view, asked, chosen, theme_name(), language())
    panel(
        "paths-funnel",
        lambda: sheet(drawn, key="paths-funnel-sheet", on_open=partial(_open, asked)),
        table=lambda: table(found, say()),
        name="journey-funnel",
        note=_note(asked, found),
    )
    if chosen is not None:
        _instead(view, asked, found, chosen)


def _settings(view: View) -> Asked:
    if STEPS not in st.session_state and STEPS not in st.query_params:
        st.session_state[STEPS] = list(start(view.whole))
    steps = st.multiselect(
        _("Touchpoints, in order"),
        names(view),
        key=STEPS,
        bind="query-params",
        persist_state="session",
        max_selections=15,
        placeholder=_("Choose touchpoints"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        orders: dict[str, str] = {
            "in order": _("In this order, others between"),
            "directly": _("Directly after one another"),
            "any order": _("In any order"),
        }
        order = choice(_("Order"), orders, key="paths_order")
        within = ""
        if cached.log(view).timed:
            within = (
                st.selectbox(
                    _("Within, from the first to the last"),
                    LIMITS,
                    index=None,
                    key="paths_within",
                    bind="query-params",
                    persist_state="session",
                    placeholder=_("Any time"),
                    accept_new_options=True,
                    width=260,
                    help=_("A time such as 30m, 2h, 7d or 4w: choose one or write your own."),
                )
                or ""
            )
    found: Order = "directly" if order == "directly" else "any order" if order == "any order" else "in order"
    return tuple(steps), found, within


@st.cache_data(show_spinner=False, max_entries=16)
def start(view: View) -> tuple[str, ...]:
    """The funnel that stands there at first."""
    journey, log = cached.journey(view), cached.log(view)
    reached = None
    if journey.goal and journey.reached:
        reached = cached.journey(view.of(view.selection.and_(("any", *journey.goal))))
    return main_path(journey, reached, log.recipe.repeatable)


@st.cache_resource(show_spinner=False, max_entries=64)
def counted(view: View, asked: Asked) -> tuple[jn.FunnelStep, ...]:
    steps, order, within = asked
    return jn.funnel(
        cached.log(view), steps, within=within or None, ordered=order != "any order", directly=order == "directly"
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def did(view: View, asked: Asked) -> Instead:
    steps, order, within = asked
    return instead(
        cached.log(view), steps, within=within or None, ordered=order != "any order", directly=order == "directly"
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, asked: Asked, chosen: int | None, theme: str, lang: str) -> Sheet:
    timed = cached.log(view).timed
    return funnel(counted(view, asked), chosen=chosen, timed=timed, theme=draw.theme(theme), say=speaker(lang))


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing_instead(view: View, asked: Asked, theme: str, lang: str) -> Sheet:
    return alternatives(did(view, asked), theme=draw.theme(theme), say=speaker(lang))


def reached_step(asked: Asked, at: int) -> Step:
    """What holds for exactly the cases that reached step `at`."""
    steps, order, within = asked
    return ("reached", order, within, *steps[: at + 1]) if at else ("met", steps[0])


def lost_step(asked: Asked, at: int) -> Step:
    """What holds for exactly the cases that were lost before step `at`."""
    steps, order, within = asked
    return ("lost", order, within, *steps[: at + 1])


def went_step(asked: Asked, at: int, one: Went) -> Step:
    """What holds for exactly those of the lost cases that went there next."""
    steps, order, within = asked
    then = () if one.place is END else (str(one.place),)
    return ("went", order, within, str(len(then)), *then, *steps[: at + 1])


def _open(asked: Asked, mark: str) -> None:
    for at in range(len(asked[0])):
        if mark == reached_mark(at):
            _open_cases(reached_step(asked, at))
        if mark == lost_mark(at):
            st.session_state[LOST] = at
            _open_cases(lost_step(asked, at))


def _open_cases(step: Step) -> None:
    open_cases(sentence_case(way_described(step, say()) or " → ".join(step[1:])), step)


def _chosen(found: tuple[jn.FunnelStep, ...]) -> int | None:
    """The step whose lost cases are looked at: as chosen, else where most are lost; None where none are."""
    losing = [at for at, step in enumerate(found) if step.lost]
    if not losing:
        return None
    at = st.session_state.get(LOST)
    return at if at in losing else max(losing, key=lambda step: found[step].lost)


def _instead(view: View, asked: Asked, found: tuple[jn.FunnelStep, ...], chosen: int) -> None:
    st.markdown("#### " + _("What they did instead"))
    losing = [at for at, step in enumerate(found) if step.lost]
    st.session_state[LOST] = chosen
    at = st.selectbox(
        _("Lost between"),
        losing,
        key=LOST,
        format_func=lambda one: _(
            "{before} and {name}: {n:,} cases",
            before=found[one - 1].touchpoint,
            name=found[one].touchpoint,
            n=found[one].lost,
        ),
        width=480,
    )
    part: Asked = (asked[0][: at + 1], asked[1], asked[2])
    gone = did(view, part)
    _other(asked, gone, at)
    drawn = drawing_instead(view, part, theme_name(), language())
    panel(
        "paths-instead",
        lambda: sheet(drawn, key="paths-instead-sheet", on_open=partial(_open_went, asked, at, gone)),
        table=lambda: table_instead(gone, say()),
        name="journey-instead",
        note=_(
            "The touchpoint right after the last step they had reached. Shares are of the {n:,} lost cases, with 95% "
            "intervals. Click a bar to see exactly its cases.",
            n=gone.cases,
        ),
    )


def _other(asked: Asked, gone: Instead, at: int) -> None:
    """How many are lost, and who of them met the touchpoint all the same."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        lost = lost_step(asked, at)
        title = sentence_case(way_described(lost, say()) or gone.missed)
        cases_button(_("{n:,} lost cases", n=gone.cases), lost, title=title, key="paths-lost-cases")
        met = round((gone.other.value or 0) * gone.cases)
        if met:
            cases_button(
                _(
                    "{n:,} of them ({share}) met {missed} all the same, but not as asked here: too early or too late",
                    n=met,
                    share=share(gone.other.value, say()),
                    missed=plain(gone.missed),
                ),
                lost,
                ("met", gone.missed),
                title=title,
                key="paths-lost-other",
            )


def _open_went(asked: Asked, at: int, gone: Instead, mark: str) -> None:
    for number, one in enumerate(gone.went):
        if mark == went_mark(number):
            _open_cases(went_step(asked, at, one))


def _note(asked: Asked, found: tuple[jn.FunnelStep, ...]) -> str:
    how = {
        "in order": _("Each step is the earliest visit after the one before it; others may lie between."),
        "directly": _("Nothing lies between the steps; the earliest run of them counts."),
        "any order": _("A case counts at a step once it has met all steps up to there, in any order."),
    }[asked[1]]
    told = _(
        "{n:,} cases met {first}; percentages on the bars are of these. Intervals are 95%.",
        n=found[0].cases,
        first=plain(found[0].touchpoint),
    )
    click = _("Click a blue bar to see who reached the step, a rust one to see who was lost before it.")
    return f"{told} {how} {click}"


def table(found: tuple[jn.FunnelStep, ...], speak: Say) -> pd.DataFrame:
    """The funnel in numbers."""
    return pd.DataFrame(
        {
            speak("Step"): at + 1,
            speak("Touchpoint"): step.touchpoint,
            speak("Cases"): step.cases,
            speak("Lost before it"): step.lost,
            speak("Of the step before"): interval(step.of_previous, ".1%", speak) if at else "–",
            speak("Of the first"): interval(step.of_first, ".1%", speak),
            speak("Median time, hours"): None if step.wait_median_s is None else step.wait_median_s / 3600,
        }
        for at, step in enumerate(found)
    )


def table_instead(gone: Instead, speak: Say) -> pd.DataFrame:
    """What they did instead, in numbers."""
    return pd.DataFrame(
        {
            speak("Next touchpoint"): place(one.place, speak),
            speak("Cases"): one.cases,
            speak("Share"): one.share.value,
            speak("from"): one.share.low,
            speak("to"): one.share.high,
            speak("Median time, hours"): None if one.wait_median_s is None else one.wait_median_s / 3600,
        }
        for one in gone.went
    )
