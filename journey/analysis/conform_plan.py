"""A designed map as a machine of states, ready for cases to be laid against it.

A state is the touchpoint met last, as the plan sees it; inside a group of parallel touchpoints, which of them are done.
Between two states lie the steps that are left out on the cheapest way from one to the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from journey.errors import JourneyError
from journey.model import END, START, Journey, Place

__all__ = ["MOST_PARALLEL", "NEVER", "UNIT", "Machine", "machine"]

MOST_PARALLEL: Final = 6
# One step left out or put in costs a unit. The rest of a cost only decides between ways that cost the same: fewer
# optional steps left out, and of steps that the plan leaves a choice between, the commoner ones.
UNIT: Final = 10**12
OPTIONAL: Final = 10**3
NEVER: Final = 2**62  # what can't be had at any price
FURTHEST: Final = 10**6  # units: further than any way through a map

Ints = NDArray[np.int64]
State = tuple[str, frozenset[str]] | None


@dataclass(frozen=True, eq=False)
class Machine:
    """The states of a plan, S of them; state 0 is the start. L touchpoints lie on its ways.

    labels    touchpoints on the ways;  optional [L] those that may be skipped
    label     [S] the touchpoint whose visit leads into the state, −1 at the start
    states    [L, K] the states that a visit leads into, −1 where there are fewer
    jump      [S, S] the cost of the steps left out when a state's next step as planned leads into the other; `via` the
              state from which it does
    finish    [S] likewise to the end; `last` the state from which it is reached
    before    [S, S] the last state but one on the cheapest way from one state to another
    drawn     the pairs that the map names, in its order, with `START` and `END`
    off       touchpoints of the map that no way from the start to the end leads through
    """

    labels: tuple[str, ...]
    optional: NDArray[np.bool_]
    label: Ints
    states: Ints
    jump: Ints
    via: Ints
    finish: Ints
    last: Ints
    before: Ints
    drawn: tuple[tuple[Place, Place], ...]
    off: tuple[str, ...]

    @property
    def shortest(self) -> int:
        """Steps on the shortest way through the plan that may not be skipped."""
        return int(self.finish[0] // UNIT)

    @cached_property
    def slot(self) -> Ints:
        """[S] the state's place among those of its touchpoint."""
        slot = np.zeros(len(self.label), np.int64)
        for column in range(self.states.shape[1]):
            here = self.states[:, column]
            slot[here[here >= 0]] = column
        return slot

    def between(self, source: int, target: int | None) -> tuple[int, ...]:
        """The touchpoints (as labels) left out from a state to another one, or to the end."""
        at = int(self.last[source] if target is None else self.via[source, target])
        found = []
        while at != source:
            found.append(int(self.label[at]))
            at = int(self.before[source, at])
        return tuple(reversed(found))

    @cached_property
    def may_end(self) -> Ints:
        """The labels at which the plan may end, or behind which it holds optional steps only."""
        return np.unique(self.label[1:][self.finish[1:] < UNIT])

    @cached_property
    def open_ways(self) -> tuple[Ints, Ints]:
        """Pairs of states with nothing between that may not be skipped; the end stands as state S."""
        free = np.concatenate([self.jump, self.finish[:, None]], axis=1) < UNIT
        sources, targets = np.nonzero(free)
        return sources, targets

    @cached_property
    def allowed(self) -> frozenset[tuple[Place, Place]]:
        """Moves from one touchpoint straight to the next that the plan allows, start and end included."""
        sources, targets = self.open_ways
        return frozenset(zip(map(self.place, sources.tolist()), map(self.place, targets.tolist()), strict=True))

    def place(self, state: int) -> Place:
        """The touchpoint of a state; its start, or (as state S) its end."""
        if state == len(self.label):
            return END
        return START if state == 0 else self.labels[self.label[state]]


def machine(plan: Journey, *, visits: Mapping[str, int] | None = None) -> Machine:
    """The machine of a designed map. Where all else is equal, those with more `visits` are rather left out.

    Raises JourneyError for a map without ways, without a way to the end, with names it does not hold, or with groups
    that cannot be.
    """
    edges = _edges(plan)
    groups = _groups(plan)
    states, steps = _states(edges, groups)
    kept = _useful(states, steps)
    if not any(kept):
        raise JourneyError(
            "No way of the designed map leads from its start to its end: draw the transitions between, or say where "
            "cases may start and end."
        )
    names = dict.fromkeys(state[0] for state in kept if state)
    labels = tuple(touchpoint.name for touchpoint in plan.touchpoints if touchpoint.name in names)
    code = {name: at for at, name in enumerate(labels)}
    number: dict[State, int] = {None: 0}
    for state in sorted((s for s in kept if s), key=lambda s: (code[s[0]], len(s[1]), sorted(s[1]))):
        number[state] = len(number)
    pairs = [(number[a], number[b]) for a, b in steps if a in number and b in number and b is not None]
    ends = [number[a] for a, b in steps if a in number and b == _DONE]
    label = np.array([-1, *(code[state[0]] for state in number if state)], np.int64)
    may = {touchpoint.name for touchpoint in plan.touchpoints if touchpoint.optional}
    optional = np.array([name in may for name in labels], bool)
    cost = _cost(labels, optional, visits or {})
    way, before = _ways(label, pairs, cost)
    jump, via = _jumps(way, pairs)
    finish = way[:, ends]
    best = finish.argmin(axis=1)
    return Machine(
        labels=labels,
        optional=optional,
        label=label,
        states=_by_label(label, len(labels)),
        jump=jump,
        via=via,
        finish=finish[np.arange(len(label)), best],
        last=np.array(ends, np.int64)[best],
        before=before,
        drawn=tuple(pair for pair in edges if all(one in code or not isinstance(one, str) for one in pair)),
        off=tuple(touchpoint.name for touchpoint in plan.touchpoints if touchpoint.name not in code),
    )


_DONE: Final[State] = ("", frozenset())


def _edges(plan: Journey) -> tuple[tuple[Place, Place], ...]:
    """The map's transitions; cases start where nothing leads to and end where nothing leads on, unless it says so."""
    pairs = tuple(dict.fromkeys((edge.source, edge.target) for edge in plan.transitions))
    inner = [pair for pair in pairs if pair[0] is not START and pair[1] is not END and pair[0] != pair[1]]
    names = [touchpoint.name for touchpoint in plan.touchpoints]
    if not names or not pairs:
        raise JourneyError("The designed map holds no ways: draw the transitions that are planned between touchpoints.")
    for one in dict.fromkeys(place for pair in pairs for place in pair if isinstance(place, str)):
        if one not in names:
            raise JourneyError("The designed map has a transition with “{name}”, which is not on it.", name=one)
    entered, left = {b for _, b in inner}, {a for a, _ in inner}
    met, added = entered | left, list[tuple[Place, Place]]()
    if all(source is not START for source, _ in pairs):
        added += [(START, one) for one in names if one in met and one not in entered]
    if all(target is not END for _, target in pairs):
        added += [(one, END) for one in names if one in met and one not in left]
    return (*pairs, *added)


def _groups(plan: Journey) -> dict[str, tuple[str, ...]]:
    """Touchpoint → the group it may come in any order with."""
    names, found = {touchpoint.name for touchpoint in plan.touchpoints}, dict[str, tuple[str, ...]]()
    for group in plan.parallel:
        if not 2 <= len(set(group)) <= MOST_PARALLEL:
            raise JourneyError(
                "A group of the designed map whose touchpoints come in any order holds two to {most} of them.",
                most=MOST_PARALLEL,
            )
        for one in group:
            if one not in names or one in found:
                raise JourneyError(
                    "“{name}” stands in a group of the designed map whose touchpoints come in any order: it must be on "
                    "the map, and in one group only.",
                    name=one,
                )
            found[one] = tuple(dict.fromkeys(group))
    return found


def _states(
    edges: Sequence[tuple[Place, Place]], groups: Mapping[str, tuple[str, ...]]
) -> tuple[list[State], list[tuple[State, State]]]:
    """All states that there may be, and the steps from one to another; `_DONE` is the end."""
    states: list[State] = [None]
    for name in dict.fromkeys(place for pair in edges for place in pair if isinstance(place, str)):
        states += _inside(name, groups)
    steps: dict[tuple[State, State], None] = {}
    for source, target in edges:
        for a in _out_of(source, target, groups):
            for b in _into(source, target, a, groups):
                steps[a, b] = None
    for group in dict.fromkeys(groups.values()):
        for one in group:
            for state in _inside(one, groups):
                assert state is not None
                for other in group:
                    if other not in state[1]:
                        steps[state, (other, state[1] | {other})] = None
    return states, list(steps)


def _inside(name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[State]:
    """The states that a visit may lead into: one, or in a group one for each set of others that may be done."""
    others = [one for one in groups.get(name, ()) if one != name]
    for size in range(len(others) + 1):
        for done in combinations(others, size):
            yield name, frozenset((name, *done)) if name in groups else frozenset()


def _out_of(source: Place, target: Place, groups: Mapping[str, tuple[str, ...]]) -> Iterator[State]:
    """The states from which a transition leads on: those of a group only once all of it is done."""
    if not isinstance(source, str):
        yield None
    elif source not in groups:
        yield source, frozenset()
    elif target == source:
        yield from _inside(source, groups)  # again at once
    elif not (isinstance(target, str) and target in groups[source]):
        for one in groups[source]:
            yield one, frozenset(groups[source])


def _into(source: Place, target: Place, state: State, groups: Mapping[str, tuple[str, ...]]) -> Iterator[State]:
    if not isinstance(target, str):
        yield _DONE
    elif target not in groups:
        yield target, frozenset()
    elif source == target:
        yield state
    else:
        for one in groups[target]:
            yield one, frozenset({one})


def _useful(states: Sequence[State], steps: Sequence[tuple[State, State]]) -> set[State]:
    """The states on a way from the start to the end; none where there is no such way."""
    forward, backward = dict[State, list[State]](), dict[State, list[State]]()
    for a, b in steps:
        forward.setdefault(a, []).append(b)
        backward.setdefault(b, []).append(a)
    found = _reached(None, forward) & _reached(_DONE, backward)
    return {state for state in states if state in found} if None in found else set()


def _reached(first: State, onward: Mapping[State, Sequence[State]]) -> set[State]:
    seen, waiting = {first}, [first]
    while waiting:
        for state in onward.get(waiting.pop(), ()):
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return seen


def _cost(labels: Sequence[str], optional: NDArray[np.bool_], visits: Mapping[str, int]) -> Ints:
    """[L] what leaving each touchpoint out costs."""
    rarest = sorted(range(len(labels)), key=lambda at: (visits.get(labels[at], 0), at))
    cost = np.where(optional, OPTIONAL, UNIT)
    # Of several to leave out the commonest, for that is the way most take.
    cost[rarest[::-1]] += np.minimum(np.arange(len(labels)), OPTIONAL // 2)
    return np.asarray(cost, np.int64)


def _ways(label: Ints, pairs: Sequence[tuple[int, int]], cost: Ints) -> tuple[Ints, Ints]:
    """[S, S] the cost of leaving out all steps after one state, with the other's; and the state before the other."""
    size = len(label)
    inner = [(a, b) for a, b in pairs if a != b]
    sources = np.array([a for a, _ in inner], np.int64)
    targets = np.array([b for _, b in inner], np.int64)
    graph = csr_array((cost[label[targets]].astype(float), (sources, targets)), shape=(size, size))
    # Costs are whole numbers below 2^53, so that floats hold them exactly.
    far, before = shortest_path(graph, method="D", return_predecessors=True)
    way = np.where(np.isfinite(far), np.minimum(far, float(UNIT) * FURTHEST), NEVER // 4).astype(np.int64)
    return way, before.astype(np.int64)


def _jumps(way: Ints, pairs: Sequence[tuple[int, int]]) -> tuple[Ints, Ints]:
    """[S, S] the cheapest cost to stand before the other state, and the state that is before it."""
    size = len(way)
    jump, via = np.full((size, size), NEVER // 4, np.int64), np.zeros((size, size), np.int64)
    for source, target in pairs:
        better = way[:, source] < jump[:, target]
        jump[better, target] = way[better, source]
        via[better, target] = source
    return jump, via


def _by_label(label: Ints, many: int) -> Ints:
    found = [np.flatnonzero(label == at) for at in range(many)]
    states = np.full((many, max(map(len, found))), -1, np.int64)
    for at, here in enumerate(found):
        states[at, : len(here)] = here
    return states
