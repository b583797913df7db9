"""Ways laid against a plan: the cheapest alignment of each, all ways at once.

An event that the plan foresees where the case stands costs nothing; one that it does not, a unit; a step of the plan
left out, a unit, or nothing where it may be skipped. So the cheapest alignment is a shortest path over (events seen,
state of the plan), which is walked one event at a time for thousands of ways together (van der Aalst, Adriansyah and
van Dongen 2012). A case that has not come to the end is laid against the plan as far as it went: what the plan holds
after that costs nothing, for it was not left out but not reached (Adriansyah, van Dongen and Zannone 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.conform_plan import NEVER, UNIT, Machine

__all__ = ["Alignment", "align"]

NEAR: Final = 10**5  # so many times less than a step left out weighs one that was not reached
ROOM: Final = 4_000_000  # numbers that are held for a batch of ways: more would not stay in the processor's cache

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """V ways with N events in all, laid against a plan.

    state   [N] the state that the event leads into, as planned; −1: the event was put in
    begins  [V + 1] where a way's events begin
    last    [V] the state of the last event as planned; 0 where there is none
    ended   [V] whether the way was laid against the whole plan: steps after its last event were left out, too
    cost    [V] events put in and steps left out
    tail    [V] steps of the plan that were not reached: 0 for the ways that ended
    """

    state: Ints
    begins: Ints
    last: Ints
    ended: NDArray[np.bool_]
    cost: Ints
    tail: Ints

    @property
    def lengths(self) -> Ints:
        return np.diff(self.begins)


def align(
    plan: Machine,
    labels: Ints,
    begins: Ints,
    *,
    ended: NDArray[np.bool_] | None = None,
    tell: Callable[[float | None], None] | None = None,
) -> Alignment:
    """The cheapest alignment of each way. Of several, the one with fewer optional steps left out, else the first found.

    labels  [N] the touchpoints of all ways as the plan's labels, −1 where it does not have them
    begins  [V + 1] where a way's events begin
    ended   [V] ways that came to their end (default: all); the others are laid against the plan as far as they went
    tell    is called with how far it is (0–1)
    """
    lengths = np.diff(begins)
    ended = np.ones(len(lengths), bool) if ended is None else ended
    order = np.argsort(-lengths, kind="stable")
    state = np.full(len(labels), -1, np.int64)
    last, cost, tail = (np.zeros(len(lengths), np.int64) for _ in range(3))
    done = 0
    for batch in _batches(lengths[order], plan):
        ways = order[batch]
        some = _batch(plan, labels, begins[ways], lengths[ways], ended[ways], state)
        last[ways], cost[ways], tail[ways] = some
        done += int(lengths[ways].sum())
        if tell:
            tell(done / max(1, len(labels)))
    return Alignment(state, begins, last, ended, cost, tail)


def _batches(lengths: Ints, plan: Machine) -> Iterator[slice]:
    """Ways that are walked together, the longest first."""
    start, width = 0, max(1, plan.states.shape[1])
    while start < len(lengths):
        most = ROOM // max(len(plan.label), int(lengths[start]) * width)
        stop = min(len(lengths), start + max(1, most))
        yield slice(start, stop)
        start = stop


def _batch(
    plan: Machine, labels: Ints, begins: Ints, lengths: Ints, ended: NDArray[np.bool_], state: Ints
) -> tuple[Ints, Ints, Ints]:
    """Last state, cost and tail of some ways, the longest first; their events' states are written into `state`."""
    into = np.ascontiguousarray(plan.jump.T)  # [to, from]
    width = plan.states.shape[1]
    far = np.full((len(begins), len(plan.label)), NEVER // 4, np.int64)
    far[:, 0] = 0
    longest = int(lengths[0]) if len(lengths) else 0
    alive = np.searchsorted(-lengths, -np.arange(longest), side="left")  # ways that have an event there
    came = np.full((longest, len(begins), width), -1, np.int32)
    for at in range(longest):
        here = labels[begins[: alive[at]] + at]
        _step(plan, into, far, here, came[at])
    # What was not reached costs nothing; but of two that cost the same, the case stands where it is further.
    end = far + np.where(ended[:, None], plan.finish, plan.finish // NEAR)
    now = end.argmin(axis=1)
    total = end[np.arange(len(end)), now]
    last, tail = now.copy(), np.where(ended, 0, plan.finish[now])
    for at in range(longest - 1, -1, -1):
        here = labels[begins[: alive[at]] + at]
        ways = np.flatnonzero((here >= 0) & (plan.label[now[: alive[at]]] == here))
        source = came[at, ways, plan.slot[now[ways]]]
        ways, source = ways[source >= 0], source[source >= 0]
        state[begins[ways] + at] = now[ways]
        now[ways] = source
    return last, total // UNIT, tail // UNIT


def _step(plan: Machine, into: Ints, far: Ints, here: Ints, came: NDArray[np.int32]) -> None:
    """One more event of each way: `far` [ways, S] becomes the cost with it; `came` where an event as planned came from.

    An event as planned is preferred to one put in, where both cost the same.
    """
    found = []
    for slot in range(plan.states.shape[1]):
        targets = np.where(here >= 0, plan.states[here, slot], -1)
        ways = np.flatnonzero(targets >= 0)
        if not len(ways):
            break
        targets = targets[ways]
        through = far[ways] + into[targets]
        best = through.argmin(axis=1)
        found.append((slot, ways, targets, best, through[np.arange(len(ways)), best]))
    far[: len(here)] += UNIT
    for slot, ways, targets, best, cost in found:
        good = cost <= far[ways, targets]
        far[ways[good], targets[good]] = cost[good]
        came[ways[good], slot] = best[good]
