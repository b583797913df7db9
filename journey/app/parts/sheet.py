"""A sheet of shapes in the app: mounts it, and says which of its marks was opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from journey.draw.sheet import Sheet

__all__ = ["opened_mark", "sheet"]

CANVAS = Path(__file__).parents[1] / "canvas"

_mount = st.components.v2.component(
    "journey_sheet",
    html='<div class="sheet"></div>',
    css=(CANVAS / "sheet.css").read_text(encoding="utf-8"),
    js=(CANVAS / "sheet.js").read_text(encoding="utf-8"),
)


def sheet(drawn: Sheet, *, key: str, on_open: Callable[[str], None] | None = None) -> None:
    """Show a sheet. `on_open` is called, before the page runs again, with the mark that was clicked or opened."""

    def told() -> None:
        name = opened_mark(st.session_state.get(key), drawn)
        if name is not None and on_open is not None:
            on_open(name)

    _mount(data=dict(drawn.drawing), key=key, on_picked_change=told)


def opened_mark(state: Mapping[str, Any] | None, drawn: Sheet) -> str | None:
    """The mark a sheet tells of; None if it is none that can be opened, for a browser may send anything."""
    name = (state or {}).get("picked")
    return name if isinstance(name, str) and name in drawn.opens else None
