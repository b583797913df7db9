"""Where touchpoints stand in the graph: a column for each stage, ordered so that few moves cross."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from journey.model import Journey

__all__ = ["Column", "columns", "crossings", "ordered", "sizes"]

Edge = tuple[str, str, float]
Order = list[list[str]]

# More columns than this would be too narrow to read.
MOST_COLUMNS = 8
# Moves taken by fewer of those who leave a touchpoint do not count for the order.
RARE = 0.03
# Touchpoints × moves up to which neighbours are swapped by trial: beyond it, seconds would go by.
MOST_TRIALS = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A stage and its touchpoints from the top; `stage` is None where the journey names none.

    group   columns of one stage share it: a stage with many touchpoints can stand in several
    """

    stage: str | None
    names: tuple[str, ...]
    group: int = 0


def columns(journey: Journey, *, restarts: int = 6, most: int | None = None) -> tuple[Column, ...]:
    """The touchpoints of a journey in columns, ordered by all their moves: thinning the picture moves nothing.

    Columns are the stages in order, then one for touchpoints without a stage. A journey without any stage gets columns
    by the longest way along its common moves. A stage with more touchpoints than `most` stands in several columns of
    about equal length, what customers meet first at the left. The same journey gives the same layout.
    """
    edges = _weighed(journey)
    kept = [
        (stage, part, group)
        for group, (stage, names) in enumerate(_groups(journey, edges))
        for part in _parts(names, most)
    ]
    found = ordered([names for _, names, _ in kept], edges, restarts=restarts)
    return tuple(Column(stage, tuple(names), group) for (stage, _, group), names in zip(kept, found, strict=True))


def sizes(journey: Journey) -> tuple[int, ...]:
    """How many touchpoints each stage holds, in the order of `columns`."""
    return tuple(len(names) for _, names in _groups(journey, _weighed(journey)))


def _groups(journey: Journey, edges: Sequence[Edge]) -> list[tuple[str | None, list[str]]]:
    """Each stage with its touchpoints in the journey's own order."""
    stages: list[str | None] = [*dict.fromkeys((*journey.stages, *(t.stage for t in journey.touchpoints if t.stage)))]
    if any(touchpoint.stage for touchpoint in journey.touchpoints):
        stages.append(None)
        groups = [[t.name for t in journey.touchpoints if t.stage == stage] for stage in stages]
    else:
        groups = _by_depth([t.name for t in journey.touchpoints], edges)
        stages = [None] * len(groups)
    return [(stage, names) for stage, names in zip(stages, groups, strict=True) if names]


def _parts(names: list[str], most: int | None) -> list[list[str]]:
    """The names in as few runs of at most `most` as there can be, none much shorter than the others."""
    if most is None or len(names) <= most:
        return [names]
    count = -(-len(names) // most)
    cuts = [round(len(names) * at / count) for at in range(count + 1)]
    return [names[start:end] for start, end in pairwise(cuts)]


def _weighed(journey: Journey) -> list[Edge]:
    """Moves between touchpoints, each by its share of what leaves its source; the rare ones would only add noise."""
    edges = [
        (edge.source, edge.target, 1.0 if edge.share is None else edge.share)
        for edge in journey.transitions
        if isinstance(edge.source, str) and isinstance(edge.target, str) and edge.source != edge.target
    ]
    return [edge for edge in edges if edge[2] >= RARE]


def ordered(groups: Sequence[Sequence[str]], edges: Sequence[Edge], *, restarts: int = 6) -> Order:
    """Each column in an order with few crossings: barycentre sweeps, then swaps of neighbours, from several starts."""
    chance = random.Random(0)  # noqa: S311  a layout, not a secret; seeded, so that it stays put
    column = {name: at for at, names in enumerate(groups) for name in names}
    across = [edge for edge in edges if column[edge[0]] != column[edge[1]]]
    best, fewest = [list(names) for names in groups], float("inf")
    for attempt in range(restarts):
        order = [list(names) for names in groups]
        if attempt:
            for names in order:
                chance.shuffle(names)
        for sweep in range(8):
            _sweep(order, across, backwards=sweep % 2 == 1)
        cost = _swap(order, edges, across)
        if cost < fewest - 1e-9:
            best, fewest = order, cost
    return best


def crossings(order: Sequence[Sequence[str]], edges: Sequence[Edge]) -> int:
    """Pairs of moves between the same two columns that cross."""
    place = {name: (at, row) for at, names in enumerate(order) for row, name in enumerate(names)}
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for source, target, _ in edges:
        (left, above), (right, below) = sorted((place[source], place[target]))
        if left != right:
            between.setdefault((left, right), []).append((above, below))
    return sum(_inversions(pairs) for pairs in between.values())


def _inversions(pairs: list[tuple[int, int]]) -> int:
    seen: list[int] = []
    total = 0
    for _, group in _grouped(sorted(pairs)):
        total += sum(len(seen) - bisect_left(seen, row + 1) for row in group)
        for row in group:
            insort(seen, row)
    return total


def _grouped(pairs: list[tuple[int, int]]) -> list[tuple[int, list[int]]]:
    groups: dict[int, list[int]] = {}
    for above, below in pairs:
        groups.setdefault(above, []).append(below)
    return sorted(groups.items())


def _sweep(order: Order, across: Sequence[Edge], *, backwards: bool) -> None:
    """Order each column by the mean height of its neighbours (Sugiyama, Tagawa and Toda 1981), by moves."""
    height = _heights(order)
    pull: dict[str, list[tuple[float, float]]] = {}
    for source, target, moves in across:
        pull.setdefault(source, []).append((height[target], moves))
        pull.setdefault(target, []).append((height[source], moves))
    for names in reversed(order) if backwards else order:
        mean = {
            name: sum(h * m for h, m in pull[name]) / sum(m for _, m in pull[name]) if name in pull else height[name]
            for name in names
        }
        names.sort(key=mean.__getitem__)


def _swap(order: Order, edges: Sequence[Edge], across: Sequence[Edge]) -> float:
    """Swap neighbours in a column as long as that makes the picture calmer; returns the cost reached."""
    cost = _cost(order, edges, across)
    # Each trial counts all crossings: fine for a picture one can read, too slow for hundreds of touchpoints.
    for _ in range(6 if len(edges) * sum(map(len, order)) <= MOST_TRIALS else 0):
        before = cost
        for names in order:
            for row in range(len(names) - 1):
                names[row], names[row + 1] = names[row + 1], names[row]
                trial = _cost(order, edges, across)
                if trial < cost - 1e-9:
                    cost = trial
                else:
                    names[row], names[row + 1] = names[row + 1], names[row]
        if cost == before:
            break
    return cost


def _cost(order: Order, edges: Sequence[Edge], across: Sequence[Edge]) -> float:
    """Crossings, and the rows that moves inside a column run, upwards more than downwards: ways read downwards."""
    row = {name: (at, above) for at, names in enumerate(order) for above, name in enumerate(names)}
    inside = 0.0
    for source, target, weight in edges:
        (left, above), (right, below) = row[source], row[target]
        if left == right:
            fall = below - above
            inside += weight * (fall if fall > 0 else 1 - 2 * fall)
    return crossings(order, across) + 2 * inside


def _heights(order: Order) -> dict[str, float]:
    return {name: (row + 0.5) / len(names) for names in order for row, name in enumerate(names)}


def _by_depth(names: Sequence[str], edges: Sequence[Edge]) -> Order:
    """Columns for a journey without stages: each touchpoint right of all it commonly follows."""
    place = {name: at for at, name in enumerate(names)}
    depth = dict.fromkeys(names, 0)
    follows: Mapping[str, list[str]] = {name: [] for name in names}
    for source, target, share in edges:
        if place[source] < place[target] and share >= 0.1:
            follows[source].append(target)
    for name in names:
        for target in follows[name]:
            depth[target] = max(depth[target], depth[name] + 1)
    deepest = max(depth.values(), default=0)
    width = min(deepest + 1, MOST_COLUMNS)
    groups: Order = [[] for _ in range(width)]
    for name in names:
        groups[depth[name] * width // (deepest + 1)].append(name)
    return [group for group in groups if group]
