"""The drawer at the right: a touchpoint, a transition, or a set of cases, opened from anywhere."""

from __future__ import annotations

from typing import Any

import streamlit as st

from journey.app.parts import cases, why
from journey.app.state import View
from journey.app.text import plain, sentence
from journey.errors import JourneyError
from journey.events.selection import Step

__all__ = ["cases_button", "drawer", "open_cases", "open_touchpoint", "open_transition"]

OPEN = "open drawer"
WIDTH = 640


def open_touchpoint(name: str) -> None:
    """Open the drawer on a touchpoint."""
    st.session_state[OPEN] = ("touchpoint", name)


def open_transition(source: str, target: str) -> None:
    """Open the drawer on a transition."""
    st.session_state[OPEN] = ("transition", source, target)


def open_cases(title: str, *steps: Step) -> None:
    """Open the drawer on exactly those of the cases looked at for which all conditions hold."""
    st.session_state[OPEN] = ("cases", title, steps)


def cases_button(label: str, *steps: Step, title: str, key: str) -> None:
    """A button whose label holds a count; it opens exactly those cases."""
    st.button(label, key=key, type="tertiary", icon=":material/group:", on_click=open_cases, args=(title, *steps))


def drawer(view: View) -> None:
    """Show the drawer if something was opened since the last run."""
    asked = st.session_state.pop(OPEN, None)
    if asked is None:
        return
    kind, *about = asked
    title = {"touchpoint": about[0], "transition": " → ".join(map(str, about)), "cases": about[0]}[kind]

    # The title is known only now, and so the dialog is made here.
    @st.dialog(plain(title), width=WIDTH, position="right")
    def shown() -> None:
        try:
            _content(view, kind, about)
        except JourneyError as error:
            st.error(sentence(error))

    shown()


def _content(view: View, kind: str, about: list[Any]) -> None:
    if kind == "touchpoint":
        why.touchpoint(view, about[0])
    elif kind == "transition":
        why.transition(view, about[0], about[1])
    else:
        cases.cases_list(view, about[0], *about[1])
