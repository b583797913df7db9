"""Alerts: what drifts, and since when."""

from __future__ import annotations

import streamlit as st

import journey as jn
from journey.app.parts import alerts_charts, alerts_hindsight, alerts_list
from journey.app.parts.alerts_common import Asked, settings, watched
from journey.app.parts.choice import choice
from journey.app.parts.patience import patiently
from journey.app.state import View
from journey.app.text import _, sentence

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        shown = choice(
            _("Show"),
            {"alerts": _("Alerts"), "hindsight": _("In hindsight"), "charts": _("All charts")},
            key="alerts_show",
            hidden=True,
        )
        st.space("stretch")
        asked = settings(view)
    try:
        found = patiently(_("Watching for drifts"), lambda: watched(asked), key=f"alerts-{hash(asked)}")
        _parts(asked, found, shown)
    except jn.JourneyError as error:
        st.info(sentence(error))


def _parts(asked: Asked, found: jn.Alerts, shown: str) -> None:
    parts = {"alerts": alerts_list.show, "hindsight": alerts_hindsight.show, "charts": alerts_charts.show}
    parts[shown](asked, found)
