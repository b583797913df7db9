"""Figures whose marks open the drawer."""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go
import streamlit as st

from journey.app.parts.drawer import open_touchpoint, open_transition
from journey.app.parts.figure import chart
from journey.app.state import clicked
from journey.draw.words import place

__all__ = ["clickable"]

At = str | tuple[str, str]


def clickable(figure: go.Figure, *, key: str, alt: str, places: Iterable[At]) -> None:
    """A figure whose marks carry the names of places; a click opens the drawer on one.

    Each click makes the figure a new one, or the chosen mark would open the drawer again with every rerun.
    """
    by_name = {place(at): at for at in places}
    clicks = st.session_state.setdefault("clicks in figures", 0)
    event = chart(figure, key=f"{key}-{clicks}", alt=alt, clickable=True)
    if name := clicked(event, by_name):
        st.session_state["clicks in figures"] = clicks + 1
        at = by_name[name]
        if isinstance(at, str):
            open_touchpoint(at)
        else:
            open_transition(*at)
        st.rerun()
