"""Success: what customers achieve, and what it is worth."""

from __future__ import annotations

import streamlit as st

from journey.app.state import View
from journey.app.text import _

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    st.markdown("### " + _("Success"))
