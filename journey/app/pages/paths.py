"""Paths: where cases go, by which ways, where they are lost, how long it takes, and what they come back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from journey.app.parts import paths_complexity, paths_flow, paths_funnel, paths_loops, paths_time, paths_variants
from journey.app.parts.choice import choice
from journey.app.state import View
from journey.app.text import _, sentence
from journey.errors import JourneyError

__all__ = ["page"]

# Only what is chosen is counted.
PARTS: Mapping[str, Callable[[View], None]] = {
    "flow": paths_flow.show,
    "variants": paths_variants.show,
    "funnel": paths_funnel.show,
    "time": paths_time.show,
    "loops": paths_loops.show,
    "complexity": paths_complexity.show,
}


def page(view: View) -> None:
    """Show the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("### " + _("Paths"), width="content")
        titles = {
            "flow": _("Flow"),
            "variants": _("Variants"),
            "funnel": _("Funnel"),
            "time": _("Time between"),
            "loops": _("Loops"),
            "complexity": _("Complexity"),
        }
        shown = choice(_("Show"), {part: titles[part] for part in PARTS}, key="paths", hidden=True)
    try:
        PARTS[shown](view)
    except JourneyError as error:
        st.info(sentence(error))
