"""Names beside points: each where it covers neither another name nor another point, else none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Box", "Spot", "beside"]

LETTER: Final = 6.2  # pixels of an average letter at size 12
LINE: Final = 14
GAP: Final = 2
# Plotly's words for where a text stands, best first; and how the box lies: −1 before, 0 on, 1 after the point.
PLACES: Final = (
    ("middle right", 1, 0),
    ("middle left", -1, 0),
    ("top center", 0, 1),
    ("bottom center", 0, -1),
    ("top right", 1, 1),
    ("bottom right", 1, -1),
    ("top left", -1, 1),
    ("bottom left", -1, -1),
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in pixels from the lower left, its radius, and its name. Names of greater weight are placed first."""

    x: float
    y: float
    radius: float
    name: str
    weight: float = 0.0


def beside(
    spots: Sequence[Spot], *, width: float, height: float, kept_free: Sequence[Box] = (), lines: Sequence[Box] = ()
) -> list[str | None]:
    """Where each name stands, as plotly's textposition; None where it would cover something or leave the picture.

    width, height   of the picture in pixels: of the smallest it is shown in, for in a larger one there is more room
    kept_free       boxes (left, low, right, high) that no name may cover
    lines           boxes that a name covers only where there is no other place for it
    """
    taken = [(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots] + list(kept_free)
    found: list[str | None] = [None] * len(spots)
    for at in sorted(range(len(spots)), key=lambda at: -spots[at].weight):
        others = [box for i, box in enumerate(taken) if i != at]
        free: list[tuple[int, int, Box]] = []
        for order, (_, across, up) in enumerate(PLACES):
            box = _box(spots[at], across, up)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
            if inside and not any(_overlap(box, other) for other in others):
                free.append((sum(_overlap(box, line) for line in lines), order, box))
        if free:
            _, order, box = min(free)
            found[at] = PLACES[order][0]
            taken.append(box)
    return found


def _box(spot: Spot, across: int, up: int) -> Box:
    length, radius = LETTER * len(spot.name), spot.radius
    # In a corner plotly sets the text beside the point's square, not beside its circle.
    left = spot.x + {1: radius + GAP, 0: -length / 2, -1: -radius - GAP - length}[across]
    low = spot.y + {1: radius + GAP, 0: -LINE / 2, -1: -radius - GAP - LINE}[up]
    return left, low, left + length, low + LINE


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
