"""Where cards stand on the canvas: stages side by side, tall ones in several columns, and the gaps between cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from journey.draw.layout import Column, columns, sizes
from journey.model import Journey

__all__ = ["HALF", "MANY", "ROOMY", "SMALL", "Cell", "Density", "Gap", "Grid", "grid"]

HALF: Final = 0.375  # of a card's width, in columns
SPREAD: Final = 1.4  # how much wider apart the cards of a short column may stand
MANY: Final = 60  # touchpoints from which on cards are small
RESTARTS: Final = 24  # orders tried: a third of a second for thirty touchpoints, and fewer lines that cross
# What fits on a screen without scrolling, in pixels.
SCREEN: Final = (1340.0, 620.0)


@dataclass(frozen=True, slots=True)
class Density:
    """Sizes in pixels: a card's height, the pitch of cards in a column, the room for the stage's name.

    narrow, wide   the least and greatest width of a column
    """

    name: str
    card: float
    pitch: float
    head: float
    narrow: float
    wide: float


ROOMY: Final = Density("roomy", card=66.0, pitch=96.0, head=44.0, narrow=158.0, wide=236.0)
SMALL: Final = Density("small", card=30.0, pitch=46.0, head=40.0, narrow=140.0, wide=200.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """The middle of a card: x in columns, y in pixels; `group` is its stage, counted from the left."""

    x: float
    y: float
    column: int
    row: int
    group: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The free room between two cards of a column, or above the first or below the last: its middle and half height."""

    y: float
    half: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Cards by name, columns from the left, each column's gaps from the top: gap r lies above row r."""

    density: Density
    columns: tuple[Column, ...]
    cells: Mapping[str, Cell]
    gaps: tuple[tuple[Gap, ...], ...]
    height: float


def grid(journey: Journey, *, small: bool | None = None) -> Grid:
    """The places of all touchpoints of a journey, on small cards if there are more than 60 (or as asked).

    The same journey always gets the same places.
    """
    density = SMALL if (len(journey.touchpoints) > MANY if small is None else small) else ROOMY
    found = columns(journey, most=_most(sizes(journey), density), restarts=RESTARTS)
    tallest = max((len(column.names) for column in found), default=1)
    cells: dict[str, Cell] = {}
    gaps = []
    for at, column in enumerate(found):
        pitch = min(density.pitch * SPREAD, density.pitch * tallest / max(1, len(column.names)))
        top = density.head + (tallest * density.pitch - pitch * len(column.names)) / 2
        for row, name in enumerate(column.names):
            cells[name] = Cell(at + 0.5, top + pitch * (row + 0.5), at, row, column.group)
        free = (pitch - density.card) / 2
        gaps.append(tuple(Gap(top + pitch * row, free) for row in range(len(column.names) + 1)))
    return Grid(density, found, cells, tuple(gaps), density.head + tallest * density.pitch + 12)


def _most(stages: Sequence[int], density: Density) -> int:
    """How many cards a column should hold at most, so that the picture is as near to a screen's shape as can be."""
    across, down = SCREEN

    def excess(most: int) -> tuple[float, int]:
        wide = sum(-(-size // most) for size in stages) * (density.narrow + density.wide) / 2
        high = min(most, max(stages)) * density.pitch
        return max(wide / across, high / down), most

    return min(range(1, max(stages) + 1), key=excess) if stages else 1
