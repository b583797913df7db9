"""The graph canvas in the app: mounts a scene, and says which touchpoint or move was opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from journey.draw.scene import Scene

__all__ = ["Picked", "graph_canvas", "picked"]

CANVAS: Final = Path(__file__).parents[1] / "canvas"
PARTS: Final = ("graph_marks.js", "graph_legend.js", "graph_picture.js", "graph_tip.js", "graph.js")

_mount = st.components.v2.component(
    "journey_graph",
    html='<div class="canvas"></div>',
    css=(CANVAS / "graph.css").read_text(encoding="utf-8"),
    js="\n".join((CANVAS / name).read_text(encoding="utf-8") for name in PARTS),
)


@dataclass(frozen=True, slots=True)
class Picked:
    """What was opened on the canvas: a touchpoint by name, or a move as (source, target)."""

    at: str | tuple[str, str]


def graph_canvas(scene: Scene, *, key: str, on_pick: Callable[[Picked], None]) -> None:
    """Show a scene. `on_pick` is called, before the page runs again, with what was clicked or opened by keyboard."""

    def told() -> None:
        found = picked(st.session_state.get(key), scene)
        if found:
            on_pick(found)

    _mount(data={"key": key, "scene": scene.drawing}, key=key, on_picked_change=told)


def picked(state: Mapping[str, Any] | None, scene: Scene) -> Picked | None:
    """What a canvas tells of; None if it is nothing that stands in the scene, for a browser may send anything."""
    value = (state or {}).get("picked")
    if not isinstance(value, Mapping):
        return None
    name, pair = value.get("name"), (value.get("source"), value.get("target"))
    if value.get("kind") == "touchpoint" and name in scene.names:
        return Picked(name)
    if value.get("kind") == "transition" and pair in scene.pairs:
        return Picked(pair)
    return None
