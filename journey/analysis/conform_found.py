"""What is found when a designed map and lived cases are laid side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from journey.analysis.conform_detours import Detour
from journey.model import Measure, Place

__all__ = ["Conformance", "PlannedMove", "SegmentConformance", "StepConformance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepConformance:
    """How cases treat one touchpoint, planned or not.

    planned      whether a way of the plan leads through it;  optional: whether it may be skipped
    cases        whose way through the plan came by it, whether they met it or left it out
    met          cases that met it, where planned or not
    skipped      share of `cases` that left it out and went on behind it (0–1, high is bad); missing if it is optional
    out_of_order share of `cases` that met it, but earlier or later than planned (0–1, high is bad)
    repeated     share of `met` that met it again where the plan has no return (0–1, high is bad)
    unplanned    share of `met` that met it only where the plan does not have it (0–1): 1 for what is not planned at all
    left         share of the cases that met it as planned, and were followed long enough, for whom nothing planned came
                 after it, and that had not reached an end of the plan (0–1): they left, which is not skipping
    under_way    cases that stand here and may yet go on
    """

    at: str
    planned: bool
    optional: bool
    cases: int
    met: int
    skipped: Measure
    out_of_order: Measure
    repeated: Measure
    unplanned: Measure
    left: Measure
    under_way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMove:
    """A transition of the designed map, and who takes it.

    cases  that met both ends as planned with no planned step between; detours in between don't matter
    share  of the cases that met the source as planned; at the start: of all (0–1)
    """

    source: Place
    target: Place
    cases: int
    share: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentConformance:
    """A part of the cases. `precision` is as if each part had no more cases than the smallest one told."""

    value: Any
    cases: int
    fitness: Measure
    fitting: Measure
    precision: Measure


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """The designed map against the cases as they were lived. Shares lie between 0 and 1; intervals count customers.

    cases        that were laid against the map, with their `events`, by `ways` different ways; `of_cases` is all there
                 are, where of very many only a part was looked at
    fitness      mean over the cases of 1 − cost / (events + steps of the shortest planned way), high is good. The cost
                 is an event put in or a step left out. What was still ahead of a case counts on neither side
    fitting      share of the cases without any deviation
    precision    of the ways that the plan opens where cases stand, the share that any case takes: low where the plan
                 allows much that nobody does; `opened` is those ways, each as often as cases stood before it, `unused`
                 those that nobody took
    finished, left, under_way   cases whose last event stands where the plan may end; others that were quiet for the
                 window (`window_s`; in a survey: all others); those that may yet go on. For the latter two the rest of
                 the plan is neither skipped nor wrong, unless `complete`
    inserted, skipped   events put in and steps left out, in all
    steps        every touchpoint, those of the plan in its order first
    moves        every transition of the map, in its order
    detours      the commonest first; `kinds_of_detours` is how many different ones there are
    segments     by the values of the attribute `by`, the largest first
    unknown      touchpoints of the map that do not occur in the data; `off` those that none of its ways leads through
    allowed      moves from one touchpoint straight to the next that the plan allows, optional steps left out
    shortest     steps on the shortest way through the plan
    """

    cases: int
    of_cases: int
    events: int
    ways: int
    fitness: Measure
    fitting: Measure
    precision: Measure
    opened: float
    unused: float
    finished: int
    left: int
    under_way: int
    inserted: int
    skipped: int
    steps: tuple[StepConformance, ...]
    moves: tuple[PlannedMove, ...]
    detours: tuple[Detour, ...]
    kinds_of_detours: int
    by: str | None
    segments: tuple[SegmentConformance, ...]
    unknown: tuple[str, ...]
    off: tuple[str, ...]
    allowed: frozenset[tuple[Place, Place]]
    shortest: int
    complete: bool
    window_s: float | None

    @property
    def untaken(self) -> tuple[PlannedMove, ...]:
        """Planned transitions that nobody takes."""
        return tuple(move for move in self.moves if not move.cases)

    @cached_property
    def step(self) -> Mapping[str, StepConformance]:
        """Touchpoint → how cases treat it."""
        return {one.at: one for one in self.steps}
