"""What pages share that lay the designed map over what was lived."""

from __future__ import annotations

import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.conform_found import Conformance
from journey.app import cached
from journey.app.parts.patience import patiently
from journey.app.state import View
from journey.app.text import _, sentence, speaker
from journey.draw.scene import Scene, scene
from journey.draw.scene_grid import Grid, grid
from journey.draw.scene_plan import plan_overlay, with_plan
from journey.errors import JourneyError

__all__ = ["DETOURS", "conformance", "over_plan", "plan_switch", "with_its_plan"]

DETOURS = 12


@st.cache_resource(show_spinner=False, max_entries=64)
def conformance(view: View, by: str | None, complete: bool) -> Conformance:
    """The designed map of the recipe against the cases looked at."""
    return jn.conform(cached.log(view), by=by, complete=complete, limit=DETOURS)


@st.cache_resource(show_spinner=False, max_entries=16)
def with_its_plan(view: View) -> jn.Journey:
    """The journey of all cases, with what is planned besides."""
    plan = cached.opened(view.source).recipe.map()
    assert plan is not None
    return with_plan(cached.journey(view.whole), plan)


@st.cache_resource(show_spinner=False, max_entries=16)
def _places(view: View, small: bool) -> Grid:
    """Where the cards stand: whatever is looked at, they stay there."""
    return grid(with_its_plan(view), small=small)


@st.cache_data(show_spinner=False, max_entries=64)
def over_plan(view: View, coverage: float, small: bool, complete: bool, theme: str, lang: str) -> Scene:
    """The graph of the cases looked at with the designed map over it."""
    lived, painted, say = cached.journey(view), draw.theme(theme), speaker(lang)
    return scene(
        with_its_plan(view.whole),
        lived,
        coverage=coverage,
        places=_places(view.whole, small),
        overlay=plan_overlay(conformance(view, None, complete), lived, theme=painted, say=say),
        theme=painted,
        say=say,
    )


def plan_switch(view: View, *, key: str) -> bool:
    """Whether the designed map is laid over the page's figure; there is no switch where none is designed."""
    if cached.opened(view.source).recipe.designed is None:
        return False
    label = _("Against the plan")
    if not st.toggle(label, key=key, bind="query-params", persist_state="session"):
        return False
    try:
        patiently(_("Laying cases against the map"), lambda: conformance(view, None, False), key=f"plan-{hash(view)}")
    except JourneyError as error:
        st.caption(sentence(error))
        return False
    return True
