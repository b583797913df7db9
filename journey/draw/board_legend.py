"""The board's legend: what every mark means; only the marks that can occur on the board are in it."""

from __future__ import annotations

from collections.abc import Iterator

from journey.draw.board_cards import FEW, Facts
from journey.draw.board_parts import Mark
from journey.draw.theme import COMPONENT_NAMES, diverging
from journey.model import COMPONENTS

__all__ = ["legend"]


def legend(facts: Facts) -> tuple[Mark, ...]:
    """The marks of the curve, of the bars, of the cards, and how to read the shares."""
    return (*_curve(facts), *_bars(facts), *_cards(facts), *_reading(facts))


def _curve(facts: Facts) -> Iterator[Mark]:
    say, scale = facts.say, facts.satisfaction
    if scale is None:
        return
    low, high = (scale.low, scale.high) if scale.good == "high" else (scale.high, scale.low)
    steps = ",".join(diverging(step / 8) for step in range(9))
    yield Mark(mark="scale", text=say("satisfaction, {low:g} worst to {high:g} best", low=low, high=high), paint=steps)
    yield Mark(mark="up", text=say("above the middle of the scale"), paint=diverging(0.85))
    yield Mark(mark="down", text=say("below it"), paint=diverging(0.15))
    yield Mark(mark="sizes", text=say("answers: fewer than 30 (hollow), 30, 100, 1,000 and more"))
    yield Mark(mark="band", text=say("95% interval"))
    yield Mark(mark="gap", text=say("no answers: a gap in the evidence"))
    if facts.other is not None:
        yield Mark(mark="second", text=facts.other_name)
    if facts.to_be:
        yield Mark(mark="to-be", text=say("to be (assumed)"))


def _bars(facts: Facts) -> Iterator[Mark]:
    say = facts.say
    if {"dissatisfaction", "effort"} & set(facts.targets):
        yield Mark(mark="target", text=say("acceptable, as the recipe says"))
    if facts.effort is not None and "effort" in facts.targets:
        yield Mark(mark="part", text=say("effort clearly above what is acceptable"), paint=facts.theme.back)
    seen = {name for one in facts.friction.values() for name in one.contributions}
    for name in COMPONENTS:
        if name in seen:
            yield Mark(mark="part", text=say(COMPONENT_NAMES[name]), paint=facts.theme.components[name])


def _cards(facts: Facts) -> Iterator[Mark]:
    say = facts.say
    sources = {touchpoint.source for touchpoint in facts.touchpoints}
    yield Mark(mark="measured", text=say("measured"))
    if "said" in sources:
        yield Mark(mark="said", text=say("said in research"))
    yield Mark(mark="assumed", text=say("assumed"))
    if facts.truths:
        told = say(
            "moment of truth: a low rating here clearly goes with a worse outcome, also among customers who rated all "
            "else alike"
        )
        yield Mark(mark="star", text=told)
    elif facts.stars:
        told = say(
            "moment of truth: among the three largest burdens in at least half of the draws, or the best satisfaction "
            "of all with {n} answers or more",
            n=FEW,
        )
        yield Mark(mark="star", text=told)


def _reading(facts: Facts) -> Iterator[Mark]:
    if facts.friction:
        told = facts.say(
            "Dissatisfaction, effort and lateness are shares of the worst possible; all else are shares of visits. "
            "Association is not cause: opportunities say where it hurts, not what a change would bring."
        )
        yield Mark(mark="note", text=told)
