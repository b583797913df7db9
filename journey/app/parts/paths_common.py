"""What the parts of the page on paths share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.state import View
from journey.draw.hues import hues, stage_hues
from journey.model import START, Journey

__all__ = ["colours", "main_path", "names", "pick_touchpoint", "stage_colours", "worst"]

# Of the cases that reach the goal, so many have to have met a touchpoint for it to stand on their main path.
MUST = 0.9
MOST = 9


def names(view: View) -> list[str]:
    """Every touchpoint of the journey, in its order, whatever is looked at."""
    return [touchpoint.name for touchpoint in cached.journey(view.whole).touchpoints]


@st.cache_data(show_spinner=False, max_entries=16)
def colours(view: View, theme: str) -> Mapping[str, str]:
    """Touchpoint → colour: the same whatever is looked at."""
    return hues(cached.journey(view.whole), draw.theme(theme))


def stage_colours(view: View) -> Mapping[str, str]:
    """Stage → colour, of the stages that have touchpoints."""
    journey = cached.journey(view.whole)
    used = {touchpoint.stage for touchpoint in journey.touchpoints}
    return {stage: colour for stage, colour in stage_hues(journey).items() if stage in used}


@st.cache_data(show_spinner=False, max_entries=64)
def worst(view: View) -> str:
    """The touchpoint with the largest burden; where none can be judged, the one that most cases met."""
    try:
        ranking = cached.friction(view)
    except jn.JourneyError:
        ranking = None
    if ranking and isinstance(ranking[0].at, str):
        return ranking[0].at
    return max(cached.journey(view).touchpoints, key=lambda one: one.cases).name


def pick_touchpoint(label: str, options: Sequence[str], *, key: str, first: str, width: int = 220) -> str:
    """A touchpoint chosen from a list; its name stands in the address."""
    return str(
        st.selectbox(
            label,
            options,
            index=options.index(first) if first in options else 0,
            key=key,
            bind="query-params",
            persist_state="session",
            width=width,
        )
    )


def main_path(journey: Journey, reached: Journey | None, repeatable: Sequence[str]) -> tuple[str, ...]:
    """A funnel to begin with.

    reached   the journey of the cases that reached the goal, where there are any: then the touchpoints that nine in
              ten of them met, in order of the stages, and the goal; those that are meant to repeat left out
    Else from where most cases begin along the commonest moves to touchpoints not yet met.
    """
    goal = [name for name in journey.goal if any(one.name == name for one in journey.touchpoints)]
    if reached is not None and goal:
        musts = [
            one.name
            for one in reached.touchpoints
            if one.cases >= MUST * reached.cases and one.name not in (*repeatable, *journey.goal)
        ]
        if musts:
            return (*musts[: MOST - 1], goal[0])
    return _commonest(journey)


def _commonest(journey: Journey) -> tuple[str, ...]:
    here: object = START
    path: list[str] = []
    while len(path) < MOST - 2:
        onwards = [
            edge
            for edge in journey.transitions
            if edge.source == here and isinstance(edge.target, str) and edge.target not in path
        ]
        if not onwards:
            break
        here = max(onwards, key=lambda edge: edge.moves).target
        path.append(str(here))
    return tuple(path)
