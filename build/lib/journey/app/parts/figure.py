"""How figures are shown: the same everywhere, with words for those who can't see them."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

__all__ = ["show"]

# No button that sends the figure to a server, no toolbar over a picture that does not zoom.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "showSendToCloud": False, "responsive": True}


def show(figure: go.Figure, *, alt: str, key: str, clickable: bool = False) -> Any:
    """Show a figure; returns what was clicked in it if it is clickable."""
    if not clickable:
        return st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt)
    return st.plotly_chart(
        figure, theme=None, config=CONFIG, key=key, alt=alt, on_select="rerun", selection_mode="points"
    )
