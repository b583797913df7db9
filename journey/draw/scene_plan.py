"""A designed map laid over the graph: planned ways and those that nobody takes, lived ways that nobody planned."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from journey.analysis.conform_found import Conformance
from journey.draw.conform_words import deviations, way
from journey.draw.scene_overlay import Overlay, Stroke
from journey.draw.scene_paint import Paint
from journey.draw.theme import Theme, diverging
from journey.draw.words import Say, interval
from journey.model import Journey, Measure, Place, Transition

__all__ = ["plan_overlay", "with_plan"]

WORST: Final = 0.5  # share of cases that skip a step, from which on it is painted as the worst
FEW_DETOURS: Final = 3


def with_plan(whole: Journey, plan: Journey) -> Journey:
    """A journey with the touchpoints of a plan that nobody met: they have their place on the graph, too."""
    known = {touchpoint.name for touchpoint in whole.touchpoints}
    missing = tuple(one for one in plan.touchpoints if one.name not in known)
    walked = {(edge.source, edge.target) for edge in whole.transitions}
    planned = tuple(edge for edge in plan.transitions if (edge.source, edge.target) not in walked)
    empty = tuple(dataclasses.replace(edge, moves=0, cases=0, share=None) for edge in planned)
    stages = tuple(dict.fromkeys((*whole.stages, *plan.stages)))
    return dataclasses.replace(
        whole,
        touchpoints=(*whole.touchpoints, *missing),
        transitions=(*whole.transitions, *empty),
        stages=stages,
    )


def plan_overlay(found: Conformance, lived: Journey, *, theme: Theme, say: Say) -> Overlay:
    """What a designed map says over the graph of lived cases.

    Cards tell the share of cases that skip them; moves are planned (start to next, optional steps left out), lived but
    not planned, or planned and walked by nobody straight from one to the other.
    """
    walked = {(edge.source, edge.target): edge for edge in lived.transitions}
    inner = [
        (move.source, move.target)
        for move in found.moves
        if isinstance(move.source, str) and isinstance(move.target, str)
    ]
    nobody = [Transition(source=a, target=b, origin="assumed") for a, b in inner if (a, b) not in walked]
    kinds: dict[tuple[Place, Place], str] = {
        pair: "planned" if pair in found.allowed else "unplanned" for pair in walked
    }
    kinds |= {(edge.source, edge.target): "nobody" for edge in nobody}
    strokes = {
        "planned": Stroke(theme.edge, "", "", say("planned, and walked")),
        "unplanned": Stroke(theme.back, "9 4", "+", say("walked, but not planned")),
        "nobody": Stroke(theme.accent, "2 5", "∅", say("planned, but nobody goes straight there")),
    }
    used = set(kinds.values())
    return Overlay(
        coat=_coat(found, say),
        added=(*(walked[pair] for pair in inner if pair in walked), *nobody),
        strokes={name: stroke for name, stroke in strokes.items() if name in used},
        kinds=kinds,
        tips=dict(_tips(found, say)),
        aside=frozenset(one.at for one in found.steps if not one.planned),
        aside_text=say("touchpoint that is not planned"),
    )


def _coat(found: Conformance, say: Say) -> Paint:
    """Cards are coloured by the share of cases that skip them."""
    measures: Mapping[str, Measure] = {one.at: one.skipped for one in found.steps if one.skipped.value is not None}
    return Paint(
        "skipped",
        say("Share of the cases on their way that skip a step"),
        measures,
        lambda value: min(1.0, value / WORST),
        lambda at: diverging(1 - at),
        lambda value: say.number(value, ".0%"),
        lambda measure: say(
            "{value} skip it, n = {n:,} cases whose way came by", value=interval(measure, ".1%", say), n=measure.n
        ),
        tuple(WORST * step / 5 for step in range(6)),
        (say("all go by"), say("many skip it")),
        say("optional or not planned: nobody can skip it"),
    )


def _tips(found: Conformance, say: Say) -> Iterator[tuple[str | tuple[Place, Place], tuple[str, ...]]]:
    for one in found.steps:
        lines = deviations(one, say, skipped=False)  # which the card tells itself
        after = [each for each in found.detours if each.after == one.at][:FEW_DETOURS]
        lines += [say("detour by {way}: {n:,} cases", way=way(each), n=each.cases) for each in after]
        yield one.at, tuple(lines)
    for move in found.moves:
        if isinstance(move.source, str) and isinstance(move.target, str):
            text = say("{n:,} cases follow the plan here, with or without a detour between", n=move.cases)
            yield (move.source, move.target), (text,)
