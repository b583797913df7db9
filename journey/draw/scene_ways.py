"""The ways of moves on the canvas: through the gaps between cards, so that no line runs behind one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from journey.draw.scene_grid import HALF, Cell, Gap, Grid

__all__ = ["Kind", "Pair", "Way", "kind", "ways"]

Pair = tuple[str, str]
Point = tuple[float, float]
# back: to an earlier stage; aside: to the left inside a stage; down, up: to the neighbour in the column
Kind = Literal["forward", "back", "aside", "down", "up", "around", "loop"]

LANE = 5.0  # pixels between two lines that share a gap
PORT = 8.0  # pixels between two lines at a card's side
OUT = 0.02  # columns by which a way leaves a card's column before it bends


@dataclass(frozen=True, slots=True)
class Way:
    """A run of cubic Bézier curves: the start, then three points for each curve; x in columns, y in pixels."""

    kind: Kind
    points: tuple[Point, ...]


def kind(source: Cell, target: Cell) -> Kind:
    """What sort of move leads from one card to another."""
    if (source.column, source.row) == (target.column, target.row):
        return "loop"
    if source.group > target.group:
        return "back"
    if source.column == target.column:
        step = target.row - source.row
        return "around" if abs(step) > 1 else "down" if step > 0 else "up"
    return "forward" if source.column < target.column else "aside"


def ways(pairs: Sequence[Pair], grid: Grid) -> dict[Pair, Way]:
    """The way of each move between touchpoints of the grid, the important ones first: they get the straighter ways."""
    cells = grid.cells
    kinds = {pair: kind(cells[pair[0]], cells[pair[1]]) for pair in pairs}
    ports = _ports(kinds, grid)
    lanes = _Lanes(grid, {})
    found = {}
    for pair, sort in kinds.items():
        source, target = cells[pair[0]], cells[pair[1]]
        out, into = ports[pair, True], ports[pair, False]
        if sort == "loop":
            points = _loop(source, grid)
        elif sort == "back":
            points = _back(source, target, out, into, grid, lanes)
        elif sort in ("down", "up"):
            points = _neighbour(source, target, grid, both=(pair[1], pair[0]) in kinds)
        elif sort == "around":
            points = _around(source, target, out, into)
        else:
            points = _across(source, target, out, into, lanes)
        found[pair] = Way(sort, points)
    return found


def _ports(kinds: Mapping[Pair, Kind], grid: Grid) -> dict[tuple[Pair, bool], float]:
    """Where each move leaves (True) and arrives: pixels from the middle of the card's side; for backward moves, columns
    from the middle of its bottom. Moves fan out in the order of where they come from or go to."""
    sides: dict[tuple[str, str], list[tuple[float, Pair, bool]]] = {}
    for pair, sort in kinds.items():
        source, target = grid.cells[pair[0]], grid.cells[pair[1]]
        for here, there, name, leaving in ((source, target, pair[0], True), (target, source, pair[1], False)):
            side = _side(sort, leaving=leaving, downward=source.row < target.row)
            sides.setdefault((name, side), []).append(
                (there.x if side == "bottom" else there.y - here.y, pair, leaving)
            )
    found = {}
    for (_, side), group in sides.items():
        group.sort()
        room = 0.4 * HALF if side == "bottom" else grid.density.card - 16
        step = min(0.05 if side == "bottom" else PORT, room / max(1, len(group) - 1))
        for rank, (_, pair, leaving) in enumerate(group):
            found[pair, leaving] = (rank - (len(group) - 1) / 2) * step
    return found


def _side(sort: Kind, *, leaving: bool, downward: bool) -> str:
    if sort == "back":
        return "bottom"
    if sort == "around":
        return "right" if downward else "left"
    if sort in ("forward", "aside"):
        return "right" if leaving is (sort == "forward") else "left"
    return "own"


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Who runs through which gap: the first in the middle, the next beside it."""

    grid: Grid
    taken: dict[tuple[int, int], int]

    def nearest(self, column: int, y: float) -> float:
        """A free lane through a column, as near to a height as there is one."""

        def far(gap: int) -> float:
            return abs(self.grid.gaps[column][gap].y - y) + 2 * LANE * self.taken.get((column, gap), 0)

        return self.take(column, min(range(len(self.grid.gaps[column])), key=far))

    def take(self, column: int, gap: int) -> float:
        rank = self.taken.get((column, gap), 0)
        self.taken[column, gap] = rank + 1
        free: Gap = self.grid.gaps[column][gap]
        aside = (rank + 1) // 2 * LANE * (1 if rank % 2 else -1)
        room = max(0.0, free.half - 4)
        return free.y + max(-room, min(room, aside))


def _across(source: Cell, target: Cell, out: float, into: float, lanes: _Lanes) -> tuple[Point, ...]:
    """From side to side, rightwards or leftwards, through a gap in each column between."""
    way = 1 if source.column < target.column else -1
    a, d = (source.x + way * HALF, source.y + out), (target.x - way * HALF, target.y + into)
    return _level([a, *_between(source, target, a, d, lanes), d])


def _between(source: Cell, target: Cell, a: Point, d: Point, lanes: _Lanes) -> Iterable[Point]:
    """Where a way enters and leaves the columns between two cards."""
    way = 1 if source.column < target.column else -1
    for column in range(source.column + way, target.column, way):
        share = (column + 0.5 - a[0]) / (d[0] - a[0])
        y = lanes.nearest(column, a[1] + (d[1] - a[1]) * share)
        yield column + 0.5 - way * (HALF + OUT), y
        yield column + 0.5 + way * (HALF + OUT), y


def _level(through: Sequence[Point]) -> tuple[Point, ...]:
    """Curves through points, level at each of them."""
    points = [through[0]]
    for a, d in pairwise(through):
        bend = (d[0] - a[0]) * 0.5
        points += [(a[0] + bend, a[1]), (d[0] - bend, d[1]), d]
    return tuple(points)


def _back(source: Cell, target: Cell, out: float, into: float, grid: Grid, lanes: _Lanes) -> tuple[Point, ...]:
    """From the bottom of one card, left through the gaps, to the bottom of another."""
    half = grid.density.card / 2
    a, d = (source.x - 0.16 + out, source.y + half), (target.x + 0.16 + into, target.y + half)
    leave, arrive = lanes.take(source.column, source.row + 1), lanes.take(target.column, target.row + 1)
    first, last = (source.x - HALF - OUT, leave), (target.x + HALF + OUT, arrive)
    level = _level([first, *_between(source, target, first, last, lanes), last])
    return (
        a,
        (a[0], leave),
        (a[0] - 0.02, leave),
        *level,
        (d[0] + 0.02, arrive),
        (d[0], arrive),
        d,
    )


def _neighbour(source: Cell, target: Cell, grid: Grid, *, both: bool) -> tuple[Point, ...]:
    down = source.row < target.row
    x = source.x + (0.0 if not both else -0.07 if down else 0.07)
    side = grid.density.card / 2 if down else -grid.density.card / 2
    a, d = (x, source.y + side), (x, target.y - side)
    third = (d[1] - a[1]) / 3
    return a, (x, a[1] + third), (x, d[1] - third), d


def _around(source: Cell, target: Cell, out: float, into: float) -> tuple[Point, ...]:
    """Past the cards between: downwards on the right, upwards on the left."""
    side = 1 if source.row < target.row else -1
    bulge = side * min(0.15, 0.07 + 0.02 * abs(source.row - target.row))
    a, d = (source.x + side * HALF, source.y + out), (target.x + side * HALF, target.y + into)
    return a, (a[0] + bulge, a[1]), (d[0] + bulge, d[1]), d


def _loop(cell: Cell, grid: Grid) -> tuple[Point, ...]:
    """Out of the top of a card and in again."""
    top = cell.y - grid.density.card / 2
    rise = min(22.0, 2.2 * (grid.density.pitch - grid.density.card) / 2)
    left, right = cell.x - HALF + 0.07, cell.x - HALF + 0.22
    return (left, top), (left - 0.02, top - rise), (right + 0.02, top - rise), (right, top)
