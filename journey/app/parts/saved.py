"""Saved segments: selections with a name, to come back to and to compare."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from journey.app.parts.described import described
from journey.app.state import Source, saved_segments, segments
from journey.app.text import _, plain, say, sentence
from journey.errors import JourneyError
from journey.events.selection import Selection

__all__ = ["save_as", "saved"]

Adopt = Callable[[Source, Selection], None]


def saved(source: Source, selection: Selection, adopt: Adopt) -> None:
    """A list of saved segments to open, and a line to save what is selected now."""
    with st.popover(_("Segments"), icon=":material/bookmark:"):
        found = saved_segments(source)
        if not found:
            st.caption(_("Nothing is saved yet. Choose cases by the filters, then give them a name here."))
        for name, one in found.items():
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                told = plain("; ".join(described(one, say())))
                st.button(
                    plain(name), key=f"open-{name}", help=told, on_click=adopt, args=(source, one), width="stretch"
                )
                st.button(
                    "",
                    icon=":material/delete:",
                    key=f"remove-{name}",
                    help=_("Forget {name}", name=plain(name)),
                    on_click=_forget,
                    args=(source, name),
                    type="tertiary",
                )
        if selection:
            st.caption(plain("; ".join(described(selection, say()))))
            save_as(source, selection, key="bar")


def _forget(source: Source, name: str) -> None:
    try:
        segments(source).remove(name)
    except JourneyError as error:
        st.toast(sentence(error), icon=":material/error:")


def save_as(source: Source, selection: Selection, *, key: str) -> None:
    """A line to save a selection under a name."""
    with (
        st.form(f"save-{key}", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        name = st.text_input(_("Save as a segment"), key=f"name-{key}", placeholder=_("Name"), max_chars=80)
        pressed = st.form_submit_button(_("Save"), icon=":material/bookmark_add:", key=f"press-{key}")
    if pressed:
        try:
            segments(source).save(name, selection)
        except JourneyError as error:
            st.error(sentence(error))
        else:
            st.toast(_("Saved: {name}", name=plain(name)))
