"""The map that people drew, as a journey: the same type as a mined one, with every fact assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from journey.model import END, START, Journey, Place, Touchpoint, Transition

__all__ = ["Plan", "drawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A designed map, complete: `touchpoints` holds every name that the other fields use."""

    stages: Mapping[str, tuple[str, ...]]
    touchpoints: tuple[str, ...]
    transitions: tuple[tuple[str, str], ...]
    optional: tuple[str, ...]
    parallel: tuple[tuple[str, ...], ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]


def drawn(
    plan: Plan, *, name: str, goal: tuple[str, ...], ends: tuple[str, ...], channels: Mapping[str, str]
) -> Journey:
    """The journey of a plan: touchpoints in order of stage, its transitions, and edges from the start and to the end.

    A case begins at `plan.starts`, else where no other touchpoint leads (the first, if all are led to). It ends at
    `plan.ends`, else where nothing leads on, and at the goal and the legitimate ends. Touchpoints that no transition
    names stand on the map, but no way leads through them; unless there are no transitions at all.
    """
    stage_of = {touchpoint: stage for stage, names in plan.stages.items() for touchpoint in names}
    order = list(plan.stages)
    names = sorted(plan.touchpoints, key=lambda one: order.index(stage_of[one]) if one in stage_of else len(order))
    touchpoints = tuple(
        Touchpoint(
            name=one,
            stage=stage_of.get(one),
            channels=(channels[one],) if one in channels else (),
            optional=one in plan.optional,
            source="assumed",
        )
        for one in names
    )
    return Journey(
        touchpoints=touchpoints,
        transitions=tuple(
            Transition(source=a, target=b, origin="assumed") for a, b in _edges(plan, names, (*goal, *ends))
        ),
        name=name,
        goal=goal,
        ends=ends,
        stages=tuple(order),
        parallel=plan.parallel,
    )


def _edges(plan: Plan, names: list[str], aims: tuple[str, ...]) -> list[tuple[Place, Place]]:
    # What is parallel is entered and left as one: a way between two of a group leads neither in nor out.
    group = {one: n for n, members in enumerate(plan.parallel) for one in members}
    outer = [(a, b) for a, b in plan.transitions if a != b and not (a in group and group.get(b) == group[a])]
    entered = {group.get(b, b) for _, b in outer}
    left = {group.get(a, a) for a, _ in outer}
    met = {one for pair in plan.transitions for one in pair} | {*group, *plan.starts, *plan.ends}
    on_ways = [one for one in names if one in met] if plan.transitions else names
    starts = plan.starts or [one for one in on_ways if group.get(one, one) not in entered] or on_ways[:1]
    ends = plan.ends or [one for one in on_ways if group.get(one, one) not in left or one in aims] or on_ways[-1:]
    return [*((START, one) for one in starts), *plan.transitions, *((one, END) for one in ends)]
