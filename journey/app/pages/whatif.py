"""What if: what if fewer left, more came, waits were shorter or ratings better."""

from __future__ import annotations

import streamlit as st

import journey as jn
from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_today import suggested
from journey.app import cached
from journey.app.parts import flow_attribution, flow_goal, whatif_scenarios
from journey.app.parts.choice import choice
from journey.app.parts.patience import patiently
from journey.app.parts.whatif_changes import applicable, changes
from journey.app.parts.whatif_result import assumption, result
from journey.app.parts.whatif_state import ADDRESS, Asked, answered, basis, current, put, unused
from journey.app.state import View
from journey.app.text import _, sentence

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    names = {"whatif": _("What if"), "goal": _("What carries the goal"), "attribution": _("Attribution")}
    head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with head:
        chosen = choice(_("Show"), names, key="whatif_show", hidden=True)
    if chosen == "goal":
        flow_goal.show(view)
    elif chosen == "attribution":
        flow_attribution.show(view)
    else:
        with head:
            goal = flow_goal.goal_of(view, key="flow_goal")
        _what_if(view, goal)


def _what_if(view: View, goal: str) -> None:
    asked = Asked(view, goal, None)
    try:
        found = patiently(_("Following the cases to the goal"), lambda: basis(asked), key=f"whatif-{hash(view)}-{goal}")
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    if unused() and ADDRESS not in st.query_params:
        put(suggested(found, 1))
    _answer(view, goal, found)


@st.fragment
def _answer(view: View, goal: str, found: Basis) -> None:
    """Everything that moves with the sliders; the rest of the page stays as it is."""
    left, right = st.columns([4, 7], gap="large")
    with left:
        changes(found)
        value = _value(view, found)
    asked = Asked(view, goal, value)
    ground = basis(asked)
    with right:
        try:
            result(asked, ground, answered(asked, applicable(ground, current())))
        except jn.JourneyError as error:
            st.warning(sentence(error))
            assumption()
    st.divider()
    whatif_scenarios.show(asked, ground)


def _value(view: View, found: Basis) -> float | None:
    """What one more case with the goal is worth: the recipe's value, or the reader's."""
    currency = cached.log(view).recipe.currency
    label = (
        _("One more case with the goal is worth, in {currency}", currency=currency)
        if currency
        else _("One more case with the goal is worth")
    )
    told = st.number_input(
        label,
        0.0,
        1e12,
        found.value,
        float(max(1, round((found.value or 100) / 10))),
        format="%g",
        key="whatif_value",
        bind="query-params",
        persist_state="session",
        placeholder=_("not known"),
    )
    return None if told is None else float(told)
