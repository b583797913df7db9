"""The ways of moves across the graph: where each leaves, where it arrives, and how it bends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from journey.draw.layout import Column
from journey.model import Transition

__all__ = ["CARD", "HALF", "HEAD", "PITCH", "Route", "Spot", "routes", "spots"]

# Across, a column is one unit wide; down, one unit is one pixel.
HALF = 0.37  # of a card's width
CARD = 54.0  # a card's height
PITCH = 72.0  # from one card to the next where columns are full
HEAD = 40.0  # the stage's name
SPREAD = 1.55  # how much wider apart the cards of a short column may stand

Point = tuple[float, float]
Kind = Literal["forward", "back", "down", "up", "inside"]


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a touchpoint's card, and its place in the columns."""

    x: float
    y: float
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Route:
    """A cubic Bézier curve: leaves `a`, bends by `b` and `c`, arrives at `d` pointing `angle` degrees from upwards."""

    a: Point
    b: Point
    c: Point
    d: Point
    angle: int
    kind: Kind

    def at(self, t: float) -> Point:
        """The point of the curve at t in 0–1."""
        u = 1 - t
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        points = (self.a, self.b, self.c, self.d)
        return (
            sum(w * p[0] for w, p in zip(weights, points, strict=True)),
            sum(w * p[1] for w, p in zip(weights, points, strict=True)),
        )

    @property
    def path(self) -> str:
        """The curve as an SVG path."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.a, self.b, self.c, self.d
        return f"M {ax:.4f},{ay:.1f} C {bx:.4f},{by:.1f} {cx:.4f},{cy:.1f} {dx:.4f},{dy:.1f}"


def spots(columns: Sequence[Column]) -> dict[str, Spot]:
    """Where the cards stand; short columns stand wider and in the middle."""
    tallest = max((len(column.names) for column in columns), default=1)
    found = {}
    for at, column in enumerate(columns):
        pitch = min(PITCH * SPREAD, PITCH * tallest / max(1, len(column.names)))
        top = HEAD + (tallest * PITCH - pitch * len(column.names)) / 2
        for row, name in enumerate(column.names):
            found[name] = Spot(at + 0.5, top + pitch * (row + 0.5), at, row)
    return found


def routes(edges: Sequence[Transition], at: Mapping[str, Spot]) -> dict[tuple[str, str], Route]:
    """The way of every move between two different touchpoints that stand in the picture."""
    pairs = [(str(edge.source), str(edge.target)) for edge in edges if edge.source != edge.target]
    pairs = [pair for pair in pairs if pair[0] in at and pair[1] in at]
    out = _ports(pairs, at, leaving=True)
    into = _ports(pairs, at, leaving=False)
    known = set(pairs)
    found = {}
    for pair in pairs:
        source, target = at[pair[0]], at[pair[1]]
        if source.column < target.column:
            found[pair] = _forward(source, target, out[pair], into[pair])
        elif source.column > target.column:
            found[pair] = _back(source, target)
        elif abs(source.row - target.row) == 1:
            found[pair] = _neighbour(source, target, both=(pair[1], pair[0]) in known)
        else:
            found[pair] = _around(source, target, out[pair], into[pair])
    return found


def _ports(pairs: Sequence[tuple[str, str]], at: Mapping[str, Spot], *, leaving: bool) -> dict[tuple[str, str], float]:
    """How far from the middle of a card's side each move leaves or arrives: moves fan out instead of meeting."""
    sides: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for pair in pairs:
        source, target = at[pair[0]], at[pair[1]]
        here = pair[0] if leaving else pair[1]
        downward = source.column == target.column and source.row < target.row
        right = downward or (leaving and source.column < target.column)
        sides.setdefault((here, right), []).append(pair)
    found = {}
    for group in sides.values():
        group.sort(key=lambda pair: (at[pair[1] if leaving else pair[0]].y, pair))
        step = min(7.0, (CARD - 14) / max(1, len(group) - 1))
        for rank, pair in enumerate(group):
            found[pair] = (rank - (len(group) - 1) / 2) * step
    return found


def _forward(source: Spot, target: Spot, out: float, into: float) -> Route:
    a, d = (source.x + HALF, source.y + out), (target.x - HALF, target.y + into)
    bend = max(0.12, (d[0] - a[0]) * 0.5)
    return Route(a, (a[0] + bend, a[1]), (d[0] - bend, d[1]), d, 90, "forward")


def _back(source: Spot, target: Spot) -> Route:
    """From the bottom of one card to the bottom of another, in an arc below both."""
    a, d = (source.x - 0.1, source.y + CARD / 2), (target.x + 0.1, target.y + CARD / 2)
    sag = 26 + 10 * (source.column - target.column)
    low = max(a[1], d[1]) + sag
    return Route(a, (a[0] - 0.05, low), (d[0] + 0.05, low), d, 0, "back")


def _neighbour(source: Spot, target: Spot, *, both: bool) -> Route:
    down = source.row < target.row
    x = source.x + (0.0 if not both else -0.08 if down else 0.08)
    side = CARD / 2 if down else -CARD / 2
    a, d = (x, source.y + side), (x, target.y - side)
    return Route(
        a, (x, a[1] + (d[1] - a[1]) / 3), (x, d[1] - (d[1] - a[1]) / 3), d, 180 if down else 0, "down" if down else "up"
    )


def _around(source: Spot, target: Spot, out: float, into: float) -> Route:
    """Past the cards between: downwards on the right, upwards on the left."""
    side = 1 if source.row < target.row else -1
    bulge = side * min(0.19, 0.09 + 0.02 * abs(source.row - target.row))
    a, d = (source.x + side * HALF, source.y + out), (target.x + side * HALF, target.y + into)
    return Route(a, (a[0] + bulge, a[1]), (d[0] + bulge, d[1]), d, 270 if side > 0 else 90, "inside")
