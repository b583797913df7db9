"""Paths: the ways that cases took, from the first touchpoint to the last."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_cases
from journey.app.parts.figure import panel
from journey.app.parts.paths_common import colours, stage_colours
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.chains import chains, way_mark
from journey.draw.hues import among
from journey.draw.sheet import Sheet
from journey.draw.words import Say, share
from journey.events.selection import Step
from journey.events.variants import Variety, variety

__all__ = ["conditions", "coverage", "part", "show", "table"]

WHOLE = ""  # in place of a stage
REACHED, MISSED = "reached", "missed"
FEW = 0.3  # of the cases: so many ways hardly say what is common


def show(view: View) -> None:
    """The commonest ways, and how much of the cases they are."""
    stage, goal, many = _settings(view)
    log = part(view, stage, goal)
    if not log.cases:
        st.info(_("No case is left: choose another part of the journey, or all cases."))
        return
    found, all_ways = ways(view, stage, goal, many)
    st.markdown(coverage(found, all_ways, log.cases, say()))
    if not stage and len(stage_colours(view)) > 1 and sum(one.cases for one in found) < FEW * log.cases:
        st.caption(_("Few cases take the same way through everything: choose a stage to see their ways through it."))
    drawn = drawing(view, stage, goal, many, theme_name(), language())
    steps = [conditions(cached.log(view), one, stage, goal) for one in found]
    panel(
        "paths-ways",
        lambda: sheet(drawn, key="paths-ways-sheet", on_open=partial(_open, steps)),
        table=lambda: table(found, log, say()),
        name="journey-variants",
        note=_note(stage, goal, log.cases, cached.log(view).cases),
    )


def _settings(view: View) -> tuple[str, str, int]:
    journey = cached.journey(view.whole)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        stages = {WHOLE: _("The whole journey"), **{name: name for name in stage_colours(view)}}
        stage = choice(_("Way through"), stages, key="paths_stage", as_="list", width=240) if len(stages) > 1 else WHOLE
        goal = "all"
        if journey.goal and journey.reached:
            which = {"all": _("All cases"), REACHED: _("Reached the goal"), MISSED: _("Did not")}
            goal = choice(_("Cases"), which, key="paths_goal")
        many = choice(_("Ways"), {str(n): say().number(n) for n in (10, 25, 50)}, key="paths_ways")
    return stage, goal, int(many)


@st.cache_resource(show_spinner=False, max_entries=32)
def part(view: View, stage: str, goal: str) -> jn.EventLog:
    """The log whose ways are counted: cases that reached the goal or not, and one stage's touchpoints or all."""
    log = cached.log(view)
    goals = cached.journey(view.whole).goal
    if goal in (REACHED, MISSED):
        log = log.met(*goals) if goal == REACHED else log.not_met(*goals)
    members = _members(log, stage)
    if not members or not log.cases:
        return log
    met = log.met(*members)
    return met.only(members) if met.cases else met


def _members(log: jn.EventLog, stage: str) -> list[str]:
    """The touchpoints of a stage that occur in the log."""
    return [name for name in log.recipe.stages.get(stage, ()) if name in log.touchpoints]


@st.cache_resource(show_spinner=False, max_entries=64)
def ways(view: View, stage: str, goal: str, many: int) -> tuple[tuple[jn.Variant, ...], Variety]:
    log = part(view, stage, goal)
    return jn.variants(log, limit=many), variety(log)


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, stage: str, goal: str, many: int, theme: str, lang: str) -> Sheet:
    found, _all = ways(view, stage, goal, many)
    log = cached.log(view)
    goals = cached.journey(view.whole).goal
    members = _members(log, stage)
    return chains(
        found,
        # Within a stage each touchpoint has a colour of its own.
        colours=among(members) if members else colours(view, theme),
        stages=None if members else stage_colours(view),
        # The goal may lie in another stage.
        goal=goals if not members or set(goals) & set(members) else (),
        timed=log.timed,
        theme=draw.theme(theme),
        say=speaker(lang),
    )


def conditions(log: jn.EventLog, one: jn.Variant, stage: str, goal: str) -> tuple[Step, ...]:
    """What holds for exactly the cases of a way."""
    members = _members(log, stage)
    if not members:
        # A whole way settles whether it met the goal.
        return (("took", *one.steps),)
    way = ("among", str(len(members)), *members, *one.steps)
    if goal not in (REACHED, MISSED):
        return (way,)
    goals = [name for name in log.recipe.goal if name in log.touchpoints]
    return way, ("any" if goal == REACHED else "none", *goals)


def _open(steps: list[tuple[Step, ...]], mark: str) -> None:
    for at, conditions_of in enumerate(steps):
        if mark == way_mark(at):
            open_cases(_("Way {n}", n=at + 1), *conditions_of)


def coverage(found: tuple[jn.Variant, ...], all_ways: Variety, cases: int, speak: Say) -> str:
    """How much the ways shown are of all, as Markdown."""
    seen = sum(one.cases for one in found)
    told = [
        speak(
            "**{n:,} of {ways:,} ways**, taken by {seen:,} of {cases:,} cases (**{share}**).",
            n=len(found),
            ways=all_ways.ways,
            seen=seen,
            cases=cases,
            share=share(seen / cases, speak),
        )
    ]
    if all_ways.ways > len(found):
        told.append(
            speak(
                "It takes {most:,} ways to cover 80% of the cases; {single:,} were taken by one case alone.",
                most=all_ways.most,
                single=all_ways.single,
            )
        )
    return " ".join(told)


def _note(stage: str, goal: str, cases: int, of: int) -> str:
    told = []
    if stage:
        told.append(
            _(
                "The touchpoints of {stage} alone, in the order of each case: {n:,} of {of:,} cases met one of them.",
                stage=plain(stage),
                n=cases,
                of=of,
            )
        )
    elif goal != "all":
        told.append(_("{n:,} of {of:,} cases.", n=cases, of=of))
    told.append(
        _(
            "Shares are of these {n:,} cases, with 95% intervals. ×2 means twice in a row. Click a way to see exactly "
            "its cases.",
            n=cases,
        )
    )
    return " ".join(told)


def table(found: tuple[jn.Variant, ...], log: jn.EventLog, speak: Say) -> pd.DataFrame:
    """The ways in numbers; median times in days."""
    goals = set(log.recipe.goal)
    rows = []
    for one in found:
        row: dict[str, object] = {
            speak("Way"): " → ".join(one.steps),
            speak("Touchpoints"): len(one.steps),
            speak("Cases"): one.cases,
            speak("Share"): one.share.value,
            speak("from"): one.share.low,
            speak("to"): one.share.high,
        }
        if log.timed:
            row[speak("Median time, days")] = one.duration_s / 86400
        if goals:
            row[speak("Reached the goal")] = bool(goals & set(one.steps))
        rows.append(row)
    return pd.DataFrame(rows)
