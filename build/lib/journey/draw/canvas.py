"""What a figure is made of, gathered before plotly checks it: adding shapes one by one takes seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

__all__ = ["Canvas"]


@dataclass(frozen=True)
class Canvas:
    """Traces, shapes, annotations and layout of a figure to be."""

    traces: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)

    def points(self, **trace: Any) -> None:
        self.traces.append({"type": "scatter", **trace})

    def bars(self, **trace: Any) -> None:
        self.traces.append({"type": "bar", **trace})

    def shape(self, **shape: Any) -> None:
        self.shapes.append(shape)

    def note(self, **note: Any) -> None:
        self.notes.append({"showarrow": False, **note})

    def set(self, layout: dict[str, Any]) -> None:
        self.layout.update(layout)

    def figure(self) -> go.Figure:
        return go.Figure(
            {"data": self.traces, "layout": {**self.layout, "shapes": self.shapes, "annotations": self.notes}}
        )
