"""What if: what if fewer left, more came, waits were shorter or ratings better."""

from __future__ import annotations

import streamlit as st

from journey.app.state import View
from journey.app.text import _

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    st.markdown("### " + _("What if"))
