"""The journey map in the browser: a board laid out in lanes, to read, rearrange, and open touchpoints from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import streamlit as st

from journey.app.parts.drawer import open_touchpoint

__all__ = ["map_canvas"]

CANVAS: Final = Path(__file__).parents[1] / "canvas"
SCRIPTS: Final = ("map_marks.js", "map_menu.js", "map_rows.js", "map_figures.js", "map.js")

_canvas = st.components.v2.component(
    "journey_map",
    html='<div class="map-mount"></div>',
    css=(CANVAS / "map.css").read_text(encoding="utf-8"),
    js="\n".join((CANVAS / name).read_text(encoding="utf-8") for name in SCRIPTS),
)


def map_canvas(board: Mapping[str, Any], *, key: str) -> None:
    """Show a board (`Board.data()`); a click on a touchpoint opens the drawer.

    Density and the lanes' order are the reader's own: they are kept for the session, also while another page is shown.
    """
    kept = f"view of {key}"

    def changed() -> None:
        st.session_state[kept] = dict(st.session_state[key].view or {})

    def opened() -> None:
        name = named(st.session_state[key].open, board)
        if name is not None:
            open_touchpoint(name)

    _canvas(
        key=key,
        data={"board": board, "view": st.session_state.get(kept)},
        on_view_change=changed,
        on_open_change=opened,
    )


def named(told: object, board: Mapping[str, Any]) -> str | None:
    """The touchpoint that the canvas told of, if the board has it."""
    name = told.get("name") if isinstance(told, Mapping) else None
    return name if any(card["name"] == name for card in board["cards"]) else None
