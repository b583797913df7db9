"""Channel consistency in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.channels import Across, Channels, Consistency
from journey.draw.words import ENGLISH, N_, Say

__all__ = ["ASPECT_NAMES", "READINGS", "headline", "reading", "value_of"]

ASPECT_NAMES: Final[Mapping[str, str]] = {
    "satisfaction": N_("Satisfaction"),
    "effort": N_("Effort scale"),
    "exit": N_("Exit"),
    "help": N_("Call for help"),
}
READINGS: Final[Mapping[str, str]] = {
    "depends": N_("depends on the channel"),
    "alike": N_("alike in every channel"),
    "unknown": N_("can't be told yet"),
}


def headline(found: Channels, say: Say = ENGLISH) -> str:
    """How many touchpoints depend on their channel."""
    counts = {name: sum(one.reading == name for one in found.found) for name in READINGS}
    return say(
        "{depends} of {n} touchpoints met through several channels depend on the channel, {alike} are alike in all of "
        "them, and of {unknown} it can't be told yet.",
        n=len(found.found),
        **counts,
    )


def reading(one: Consistency, say: Say = ENGLISH) -> str:
    """What the index of a touchpoint means, in a sentence."""
    if one.reading == "depends":
        named = "; ".join(_differs(aspect, say) for aspect in one.aspects if aspect.clear)
        return say("depends on the channel: {named}", named=named)
    most = 100 - (one.index.low or 0)
    if one.reading == "alike":
        return say("alike: best and worst channel are at most {points:.0f} points of 100 apart", points=most)
    return say("can't be told yet: they may be up to {points:.0f} points of 100 apart", points=most)


def _differs(one: Across, say: Say) -> str:
    return say(
        "{aspect} {best} in {best_channel}, {worst} in {worst_channel}",
        aspect=say(ASPECT_NAMES[one.of]).lower(),
        best=value_of(one, one.best, say),
        best_channel=one.best,
        worst=value_of(one, one.worst, say),
        worst_channel=one.worst,
    )


def value_of(one: Across, channel: str, say: Say = ENGLISH) -> str:
    """A channel's value as it is written: a rating, or a share."""
    measure = one.values.get(channel)
    if measure is None:
        return "–"
    if one.of in ("satisfaction", "effort"):
        return say.number(measure.value, ".2f")
    return say.number(measure.value, ".1%" if (measure.value or 0) < 0.1 else ".0%")
