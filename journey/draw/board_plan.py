"""The board's lane for the designed map: what cases do at each touchpoint that is not as planned."""

from __future__ import annotations

from collections.abc import Iterator

from journey.analysis.conform_found import Conformance, StepConformance
from journey.draw.board_parts import Lane, Note
from journey.draw.conform_words import ENOUGH, way
from journey.draw.words import Say, interval, share
from journey.model import Measure, Touchpoint

__all__ = ["against_plan"]


def against_plan(touchpoints: tuple[Touchpoint, ...], found: Conformance, say: Say) -> Lane:
    """Shares that skip a step, meet it out of order or again; the commonest detours, where they begin."""
    return Lane(
        id="plan",
        title=say("Against the plan"),
        hint=say("what is not as the designed map has it"),
        kind="notes",
        empty=say("as planned"),
        most=2,
        notes=tuple(note for at, one in enumerate(touchpoints) for note in _notes(at, one.name, found, say)),
    )


def _notes(at: int, name: str, found: Conformance, say: Say) -> Iterator[Note]:
    one = found.step.get(name)
    if one is None:
        return
    if not one.planned:
        yield Note(at=at, text=say("not planned"), more=say("{n:,} cases met it", n=one.met), weight=one.met)
        return
    for measure, text in _told(one, say):
        more = say("{value} of {n:,} cases", value=interval(measure, ".1%", say), n=measure.n)
        yield Note(at=at, text=text, more=more, tone="bad", weight=(measure.value or 0) * measure.n)
    for detour in found.detours:
        if detour.after == name:
            text = say("detour: {way}", way=way(detour))
            more = say("{n:,} cases, {share} of those here", n=detour.cases, share=share(detour.share.value, say))
            yield Note(at=at, text=text, more=more, tone="chance", weight=detour.cases)


def _told(one: StepConformance, say: Say) -> list[tuple[Measure, str]]:
    told = [
        (one.skipped, say("{share} skip it", share=share(one.skipped.value, say))),
        (one.out_of_order, say("{share} out of order", share=share(one.out_of_order.value, say))),
        (one.repeated, say("{share} again, unplanned", share=share(one.repeated.value, say))),
        (one.unplanned, say("{share} only off the plan", share=share(one.unplanned.value, say))),
    ]
    return [item for item in told if (item[0].value or 0) >= ENOUGH]
