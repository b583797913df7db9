"""The designed map against lived cases, in words."""

from __future__ import annotations

from journey.analysis.conform_detours import Detour
from journey.analysis.conform_found import Conformance, PlannedMove, StepConformance
from journey.draw.words import ENGLISH, N_, Say, interval, place, share
from journey.model import END, START

__all__ = ["ENOUGH", "between", "deviations", "headline", "how_far", "move_name", "name", "reading", "verdict", "way"]

ENOUGH = 0.01  # of those concerned: rarer deviations are not told in short


def headline(found: Conformance, say: Say = ENGLISH) -> str:
    """The answer in a sentence: what most cases skip, or the commonest detour."""
    skipped = max(
        (one for one in found.steps if one.skipped.value), key=lambda one: one.skipped.value or 0, default=None
    )
    told = say(
        "{share} of the cases go as planned, as far as they went.",
        share=share(found.fitting.value, say),
    )
    if skipped is not None and (skipped.skipped.low or 0) >= ENOUGH:
        told += " " + say(
            "{share} skip “{touchpoint}” on their way.",
            share=share(skipped.skipped.value, say),
            touchpoint=skipped.at,
        )
    if found.detours:
        one = found.detours[0]
        told += " " + say("The commonest detour: {detour} ({n:,} cases).", detour=name(one, say), n=one.cases)
    return told


def how_far(found: Conformance, say: Say = ENGLISH) -> str:
    """How many came to an end of the plan, left before, or are under way."""
    told = say(
        "{finished:,} cases stand at an end of the plan; {left:,} left before, {under_way:,} may yet go on.",
        finished=found.finished,
        left=found.left,
        under_way=found.under_way,
    )
    if found.complete:
        return told + " " + say("The rest of the plan counts as skipped for them.")
    return told + " " + say("For them the rest of the plan is not skipped, only not reached.")


def reading(found: Conformance, say: Say = ENGLISH) -> str:
    """What the figures mean, in short."""
    return say(
        "Fitness is 1 where a case did nothing that the plan does not have, and left out nothing on its way; precision "
        "is the share of the ways the plan opens that anybody takes. Intervals are 95% and count customers. A detour "
        "goes together with a rating; it need not be its cause."
    )


def name(one: Detour, say: Say = ENGLISH) -> str:
    """A detour as it is written: from where, by what, to where."""
    return " → ".join(place(at, say) for at in (one.after, *one.steps, one.before))


def way(one: Detour) -> str:
    """What a detour leads by."""
    return " → ".join(one.steps)


def between(one: Detour, say: Say = ENGLISH) -> str:
    """The steps of the plan that a detour lies between."""
    if one.after is START:
        return say("before {touchpoint}", touchpoint=place(one.before, say))
    if one.before is END:
        return say("after {touchpoint}, and then nothing", touchpoint=place(one.after, say))
    return say("{after} … {before}", after=place(one.after, say), before=place(one.before, say))


def move_name(move: PlannedMove, say: Say = ENGLISH) -> str:
    """A planned transition as it is written."""
    return f"{place(move.source, say)} → {place(move.target, say)}"


def verdict(one: Detour, say: Say = ENGLISH) -> str:
    """Whether a detour's difference in satisfaction is more than chance."""
    if one.difference.value is None:
        return say("too few answers")
    return say("stands out") if one.clear else say("not clear")


def deviations(one: StepConformance, say: Say = ENGLISH, *, skipped: bool = True) -> list[str]:
    """What is worth telling of a touchpoint against the plan, the most first; with interval and n.

    skipped   whether the share that skips it is among them
    """
    if not one.planned:
        return [say("not planned: {n:,} cases met it", n=one.met)]
    told = [
        (one.skipped, N_("{value} skip it, n = {n:,} cases whose way came by")),
        (one.out_of_order, N_("{value} meet it out of order, n = {n:,} cases whose way came by")),
        (one.repeated, N_("{value} meet it again without a plan, n = {n:,} cases that met it")),
        (one.unplanned, N_("{value} meet it only where the plan does not have it, n = {n:,} cases that met it")),
        (one.left, N_("{value} left after it, n = {n:,} cases that met it as planned")),
    ]
    told = told if skipped else told[1:]
    shown = sorted((item for item in told if (item[0].value or 0) >= ENOUGH), key=lambda item: -(item[0].value or 0))
    return [say(text, value=interval(measure, ".1%", say), n=measure.n) for measure, text in shown]
