"""Path complexity in words."""

from __future__ import annotations

from journey.analysis.complexity import Complexity
from journey.draw.words import ENGLISH, Say

__all__ = ["about_many", "many", "ways_told"]


def many(value: float | None, say: Say = ENGLISH) -> str:
    """A number of ways as people say it: 7.7, 108,000, 38 billion; past 10¹⁵ as a power of ten."""
    if value is None:
        return "–"
    if value < 100:
        return say.number(value, ".1f")
    if value < 1e6:
        return say.number(round(value, 2 - len(str(int(value)))), ",.0f")
    for size, told in (
        (1e9, say("{n} million", n=_short(value / 1e6, say))),
        (1e12, say("{n} billion", n=_short(value / 1e9, say))),
        (1e15, say("{n} trillion", n=_short(value / 1e12, say))),
    ):
        if value < size:
            return told
    power = say.number(value, ".0e").split("e")[1].lstrip("+").lstrip("0")
    return say("10 to the power of {power}", power=power)


def _short(value: float, say: Say) -> str:
    return say.number(value, ".1f" if value < 10 else ",.0f")


def ways_told(found: Complexity, say: Say = ENGLISH) -> str:
    """The effective number of ways with its interval."""
    if found.paths.low is None:
        return many(found.paths.value, say)
    return say(
        "{value} ({low} to {high})",
        value=many(found.paths.value, say),
        low=many(found.paths.low, say),
        high=many(found.paths.high, say),
    )


def about_many(found: Complexity, say: Say = ENGLISH) -> str:
    """How hard a way is to foretell, in sentences."""
    told = [
        say(
            "Foretelling the way of a case is like guessing one of {ways} equally likely ways; at each step, one of "
            "{choices} ways on.",
            ways=many(found.paths.value, say),
            choices=say.number(found.choices, ".1f"),
        )
    ]
    if found.variety is not None:
        told.append(
            say(
                "{ways:,} different ways were taken by {cases:,} cases, {single:,} of them by one case alone; {most:,} "
                "hold 80% of the cases.",
                ways=found.variety.ways,
                cases=found.cases,
                single=found.variety.single,
                most=found.variety.most,
            )
        )
    return " ".join(told)
