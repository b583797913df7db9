"""A figure made of plain shapes for the sheet canvas: geometry and colour here, hovering and clicking in the browser.

Across, a place is a share of the width plus pixels, so that a figure fits any width; down, it is pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from journey.draw.theme import FONT, Theme
from journey.draw.words import Say, share

__all__ = ["LEFT", "RIGHT", "Sheet", "X", "percent"]


class X(NamedTuple):
    """A place across: a share of the width (0–1) and pixels to add."""

    share: float
    px: float = 0.0

    def by(self, px: float) -> X:
        """The place so many pixels further right."""
        return X(self.share, self.px + px)

    def to(self, other: X, way: float) -> X:
        """The place that far (0–1) on the way to another."""
        return X(self.share + (other.share - self.share) * way, self.px + (other.px - self.px) * way)

    def until(self, other: X) -> X:
        """The width up to another place."""
        return X(other.share - self.share, other.px - self.px)


LEFT: Final = X(0.0)
RIGHT: Final = X(1.0)


def percent(value: float | None, say: Say) -> str:
    """A share as people say it, that is neither all nor nothing unless it is."""
    if value is None or not 0 < value < 1:
        return share(value, say)
    if value < 0.0005:
        return f"<{say.number(0.001, '.1%')}"
    if value > 0.9995:
        return f">{say.number(0.999, '.1%')}"
    return say.number(value, ".1%") if value >= 0.99 else share(value, say)


Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Sheet:
    """Shapes in the order they are painted, and the marks that they belong to.

    label   the figure in words, for those who can't see it
    marks   id → what is told of it; shapes with that id light up together and, where it can be opened, are clicked
    """

    theme: Theme
    label: str = ""
    shapes: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    size: dict[str, float] = field(default_factory=dict)

    def mark(
        self, name: str, tip: Sequence[str], *, near: Sequence[str] = (), opens: bool = True, label: str = ""
    ) -> None:
        """What is told of a mark on hover, line by line, the first one bold; and the marks that light up with it."""
        told = [line for line in tip if line]
        self.marks[name] = {"tip": told, "label": label or ". ".join(told), "near": list(near), "opens": opens}

    def rect(self, x: X, y: float, width: X, height: float, **look: Any) -> None:
        self.shapes.append({"kind": "rect", "x": x, "y": y, "w": width, "h": height, **look})

    def ribbon(self, source: tuple[X, float, float], target: tuple[X, float, float], **look: Any) -> None:
        """A band from (x, top, bottom) to (x, top, bottom)."""
        self.shapes.append({"kind": "ribbon", "from": source, "to": target, **look})

    def polygon(self, points: Sequence[tuple[X, float]], **look: Any) -> None:
        self.shapes.append({"kind": "polygon", "points": list(points), **look})

    def line(self, start: tuple[X, float], end: tuple[X, float], **look: Any) -> None:
        self.shapes.append({"kind": "line", "from": start, "to": end, "stroke": self.theme.line, **look})

    def dot(self, x: X, y: float, r: float, **look: Any) -> None:
        self.shapes.append({"kind": "dot", "x": x, "y": y, "r": r, **look})

    def text(
        self,
        x: X,
        y: float,
        text: str,
        *,
        size: float = 13,
        weight: int = 400,
        fill: str | None = None,
        anchor: Anchor = "start",
        room: X | None = None,
        **look: Any,
    ) -> None:
        """A text with its baseline at y; `room` is the width it is cut to, over `lines` lines around y if there are."""
        self.shapes.append(
            {
                "kind": "text",
                "x": x,
                "y": y,
                "text": text,
                "size": size,
                "weight": weight,
                "fill": fill or self.theme.ink,
                "anchor": anchor,
                "room": room,
                **look,
            }
        )

    def note(self, x: X, y: float, text: str, *, anchor: Anchor = "start", room: X | None = None, **look: Any) -> None:
        """A small text of less weight."""
        self.text(x, y, text, size=12, fill=self.theme.muted, anchor=anchor, room=room, **look)

    def whisker(self, start: X, end: X, y: float, **look: Any) -> None:
        """A 95 % interval: a line with a short end at either side, readable on any colour."""
        for stroke, thick in ((self.theme.ground, 3.4), (self.theme.ink, 1.6)):
            faint = {"see": 0.75} if stroke == self.theme.ground else {}
            self.line((start, y), (end, y), stroke=stroke, thick=thick, **faint, **look)
            for x in (start, end):
                self.line((x, y - 4), (x, y + 4), stroke=stroke, thick=thick, **faint, **look)

    def key(self, x: X, y: float, colours: Mapping[str, str]) -> float:
        """A key to colours from x on, the middle of its first line at y; returns the height that two lines take."""
        self.shapes.append(
            {"kind": "key", "x": x, "y": y, "fill": self.theme.muted, "size": 12, "names": list(colours.items())}
        )
        return 34

    def end(self, height: float, *, least: float = 0) -> Sheet:
        """Close the sheet at its height; narrower than `least` pixels it can be moved sideways instead."""
        self.size.update(height=height, least=least)
        return self

    @property
    def opens(self) -> frozenset[str]:
        """Marks that can be opened."""
        return frozenset(name for name, mark in self.marks.items() if mark["opens"])

    @property
    def drawing(self) -> Mapping[str, Any]:
        """All that the browser needs."""
        theme = {name: getattr(self.theme, name) for name in ("ground", "card", "ink", "muted", "line", "accent")}
        return {
            "label": self.label,
            "shapes": self.shapes,
            "marks": self.marks,
            "theme": {**theme, "font": FONT, "dark": self.theme.name == "dark"},
            **self.size,
        }
