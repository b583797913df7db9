"""Health in words: where effort should go first, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.draw.words import ENGLISH, N_, Say, share
from journey.success.advice import Advice, Reason
from journey.success.health import Health

__all__ = ["advice", "because", "order"]

FIRST: Final[Mapping[str, str]] = {
    "CX": N_("Begin with Customer Experience: with the way to becoming and being a customer."),
    "CS": N_("Begin with Customer Success: with what customers achieve after the sale."),
    "both": N_("Do both at once: the facts pull to neither side clearly."),
}
FACTS: Final[Mapping[str, str]] = {
    "cycle": N_("it takes {value} days to become a customer, at the middle"),
    "value per customer": N_("a customer brings {value} times a year what a support contact costs"),
    "volume": N_("there are {value} customers"),
    "digital share": N_("{value} of the contacts are without a person"),
    "early exits": N_("{value} of the cases end before the goal"),
    "churn": N_("{value} of the customers leave in a year"),
    "maturity": N_("{value} of the touchpoints are asked about"),
}
POINTS: Final[Mapping[str, str]] = {
    "CX": N_("to Customer Experience"),
    "CS": N_("to Customer Success"),
    "both": N_("to neither side"),
}
SHARES: Final = ("digital share", "early exits", "churn", "maturity")


def advice(found: Advice, say: Say = ENGLISH) -> str:
    """What to do first, in a sentence."""
    return say(FIRST[found.first])


def because(one: Reason, say: Say = ENGLISH) -> str:
    """A fact, and where it pulls."""
    value = share(one.value, say) if one.factor in SHARES else say.number(one.value, ",.0f")
    return say("{fact}: {points}", fact=say(FACTS[one.factor], value=value), points=say(POINTS[one.points_to]))


def order(found: Health, say: Say = ENGLISH) -> str:
    """Whether a better score went with more staying."""
    if found.monotone is None:
        return say("There are too few accounts in the bands to say whether a better score goes with staying.")
    if found.monotone:
        return say("From band to band more accounts stayed: on earlier days the score went the way of what came.")
    return say(
        "Caution: on earlier days a better band did not always stay more. Trust the learnt chance of leaving more than "
        "this score, or change its weights."
    )
