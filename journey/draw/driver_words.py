"""Drivers in words: the same sentences in the terminal and in the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.drivers import Driver, Drivers, Left
from journey.draw.words import ENGLISH, N_, Say, interval, share, span
from journey.model import Measure

__all__ = ["CAUTION", "KINDS", "amount", "asked", "effect", "explained", "headline", "kind", "notes", "ranks"]

KINDS: Final[Mapping[str, str]] = {
    "basic": N_("Basic: when it is bad it costs more than it gains when it is good."),
    "performance": N_("Performance: it costs when bad and gains when good."),
    "excitement": N_("Excitement: when it is good it gains more than it costs when it is bad."),
}
SHORT: Final[Mapping[str, str]] = {
    "basic": N_("basic"),
    "performance": N_("performance"),
    "excitement": N_("excitement"),
}
LEFT: Final[Mapping[Left, str]] = {
    "few": N_("Met before too few outcomes to be judged: {names}."),
    "alike": N_("Left out, for they were met before all outcomes and never rated, or always rated the same: {names}."),
}
CAUTION: Final = N_(
    "Importance is the share of what is explained; it says what goes together, not what causes what. Whoever rates one "
    "touchpoint well tends to rate all well, so a better rating need not bring the whole effect."
)


def asked(found: Drivers, say: Say = ENGLISH) -> str:
    """What was looked at, and how often."""
    if found.kind == "answer" and found.scale is not None:
        return say(
            "{n:,} answers of {customers:,} customers to “{outcome}” ({low:g}–{high:g}), {mean:.2f} on average.",
            n=found.n,
            customers=found.customers,
            outcome=found.outcome,
            low=found.scale.low,
            high=found.scale.high,
            mean=found.mean,
        )
    values = {
        "n": found.n,
        "customers": found.customers,
        "outcome": found.outcome,
        "yes": share(found.mean, say),
        "within": span(found.horizon_s, say),
        "after": found.after or "",
    }
    if found.scale is not None:
        return say("{n:,} answers of {customers:,} customers; {yes} are “{outcome}”.", **values)
    if found.after is None:
        return say(
            "{customers:,} customers at {n:,} moments, twelve over the log; {yes} of them were followed by “{outcome}” "
            "within {within}.",
            **values,
        )
    if found.horizon_s is None:
        return say("{n:,} cases from their first “{after}” on; {yes} of them came to “{outcome}”.", **values)
    return say(
        "{n:,} cases from their first “{after}” on; {yes} of them came to “{outcome}” within {within}.", **values
    )


def headline(found: Drivers, say: Say = ENGLISH) -> str:
    """The answer in a sentence: who leads, as far as the data vouch for it."""
    first = found.drivers[0]
    if first.rank_high == 1:
        return say("{at} goes with “{outcome}” more than any other touchpoint", at=first.at, outcome=found.outcome)
    leading = [one.at for one in found.drivers if one.rank_low == 1]
    if len(leading) <= 3:
        return say(
            "“{outcome}” goes most with {names}: which of them leads the data can't tell",
            outcome=found.outcome,
            names=", ".join(leading),
        )
    return say(
        "{at} stands first for “{outcome}”, but {n} touchpoints could",
        at=first.at,
        outcome=found.outcome,
        n=len(leading),
    )


def explained(found: Drivers, say: Say = ENGLISH) -> str:
    """How much of the outcome is explained, and how the shares were made."""
    way = (
        say("every order of the {n} touchpoints", n=len(found.drivers))
        if found.method == "lmg"
        else say("relative weights of {n} touchpoints", n=len(found.drivers))
    )
    return say(
        "What was met and rated before explains {r2} of what differs between the outcomes (adjusted R², 95% interval "
        "{low}–{high}); the shares are of this, by {way}.",
        r2=share(found.r2.value, say),
        low=share(found.r2.low, say),
        high=share(found.r2.high, say),
        way=way,
    )


def notes(found: Drivers, say: Say = ENGLISH) -> list[str]:
    """What else must be known to read it."""
    told = []
    if found.scale is None:
        told.append(
            say(
                "With a touchpoint as the outcome, having met a step mostly tells how far a case had come. Look from "
                "one step on to compare those who had come equally far."
            )
            if found.after is None
            else say("Only cases that were followed long enough are looked at.")
        )
    if found.told:
        told.append(say("Whether a visit was rated at all goes with the outcome too, and counts for its touchpoint."))
    for group in found.alike:
        told.append(
            say(
                "Given the others, one of these is certain, so they share what they explain and none has an effect of "
                "its own: {names}.",
                names=", ".join(group),
            )
        )
    for reason, text in LEFT.items():
        names = [name for name, why in found.left_out.items() if why == reason]
        if names:
            told.append(say(text, names=", ".join(names)))
    return told


def ranks(one: Driver) -> str:
    """The ranks that hold 95 % of the draws."""
    return f"{one.rank_low}" if one.rank_low == one.rank_high else f"{one.rank_low}–{one.rank_high}"


def kind(one: Driver, say: Say = ENGLISH) -> str:
    """basic, performance, excitement; a dash where the interval says none of them."""
    return say(SHORT[one.kind]) if one.kind else "–"


def amount(value: float | None, found: Drivers, say: Say = ENGLISH) -> str:
    """An effect without its interval: points of the answer, or percentage points."""
    if value is None:
        return "–"
    return say.number(value, "+.2f") if found.kind == "answer" else say("{value:+.1f} pp", value=100 * value)


def effect(measure: Measure, found: Drivers, say: Say = ENGLISH) -> str:
    """An effect with its interval: points of the answer, or percentage points of probability."""
    if measure.value is None or measure.low is None or measure.high is None:
        return "–"
    if found.kind == "answer":
        return interval(measure, "+.2f", say)
    points = Measure(100 * measure.value, 100 * measure.low, 100 * measure.high, measure.n)
    return say("{value} pp", value=interval(points, "+.1f", say))
