"""Differences in words: what is compared, a value and a difference in the units people think in, the headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from journey.analysis.compare import Comparison
from journey.analysis.compare_differences import Difference
from journey.draw.theme import COMPONENT_NAMES
from journey.draw.words import ENGLISH, N_, Say, place, span
from journey.model import Measure

__all__ = [
    "against",
    "amount",
    "apart",
    "counted",
    "headline",
    "heads",
    "listed",
    "pair",
    "probability",
    "small",
    "step",
    "title",
    "told",
    "verdict",
]

TITLES: Final[Mapping[str, str]] = {
    **COMPONENT_NAMES,
    "satisfaction": N_("Satisfaction"),
    "effort": N_("Effort (CES)"),
    "wait": N_("Lateness"),
    "reach": N_("Reach"),
    "wait_median_s": N_("Median wait"),
    "share": N_("Share of what comes next"),
    "goal": N_("Goal reached"),
    "csat": N_("CSAT"),
    "nps": N_("NPS"),
    "cases": N_("Cases"),
}
# What n counts, for each measure.
COUNTED: Final[Mapping[str, str]] = {
    "satisfaction": N_("{n:,} answers"),
    "effort": N_("{n:,} answers"),
    "csat": N_("{n:,} answers"),
    "nps": N_("{n:,} answers"),
    "reach": N_("{n:,} cases"),
    "goal": N_("{n:,} cases"),
    "wait_median_s": N_("{n:,} moves"),
    "share": N_("{n:,} moves"),
}
FAMILY: Final = 0.05  # the chance of any false alarm in a headline
# What says less about how it went.
LESSER: Final = ("reach", "switch")
MEANS: Final = ("satisfaction", "effort")
MINUS: Final = "\N{MINUS SIGN}"
SECONDS: Final = (("d", 86400.0), ("h", 3600.0), ("min", 60.0))


def title(of: str, say: Say = ENGLISH) -> str:
    """What a measure is called."""
    return say(TITLES.get(of, of))


def small(of: str, say: Say = ENGLISH) -> str:
    """What a measure is called inside a sentence."""
    name = title(of, say)
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def counted(of: str, n: int, say: Say = ENGLISH) -> str:
    """How many answers, cases, moves or visits a measure stands on."""
    return say(COUNTED.get(of, N_("{n:,} visits")), n=n)


def amount(of: str, value: float | None, say: Say = ENGLISH) -> str:
    """A value of a measure in its own unit: 3.91, 56%, 28.5 h, 43."""
    if value is None:
        return "–"
    if of == "wait_median_s":
        return span(value, say)
    return say.number(value, ".2f" if of in MEANS else ",.0f" if of in ("nps", "cases") else _share(value))


def _share(value: float) -> str:
    return ".1%" if 0 < abs(value) < 0.1 else ".0%"


def told(of: str, measure: Measure, say: Say = ENGLISH) -> str:
    """A value with its interval."""
    if measure.value is None:
        return "–"
    return say(
        "{value} ({low}–{high})",
        value=amount(of, measure.value, say),
        low=amount(of, measure.low, say),
        high=amount(of, measure.high, say),
    )


def apart(one: Difference, say: Say = ENGLISH) -> str:
    """A difference with its interval, ``−34 pp (−38 to −30)``; a dash where it can't be told."""
    found = one.difference
    if found.value is None or found.low is None or found.high is None:
        return "–"
    size, form, unit = _unit(one.of, found)
    value, low, high = (_signed(x / size, form, say) for x in (found.value, found.low, found.high))
    if unit:
        return say("{value} {unit} ({low} to {high})", value=value, unit=say(unit), low=low, high=high)
    return say("{value} ({low} to {high})", value=value, low=low, high=high)


def step(one: Difference, say: Say = ENGLISH) -> str:
    """A difference without its interval: +0.42, −34 pp, +20.1 h, +10."""
    found = one.difference
    if found.value is None:
        return "–"
    size, form, unit = _unit(one.of, found)
    value = _signed(found.value / size, form, say)
    return say("{value} {unit}", value=value, unit=say(unit)) if unit else value


def _unit(of: str, found: Measure) -> tuple[float, str, str]:
    """What a difference is divided by, how it is written, and its unit; one for the value and its interval."""
    most = max(abs(x) for x in (found.value, found.low, found.high) if x is not None)
    if of == "wait_median_s":
        return next(((size, ".1f", unit) for unit, size in SECONDS if most >= size), (1.0, ".0f", "s"))
    if of in MEANS:
        return 1.0, ".2f", ""
    if of == "nps":
        return 1.0, ".0f", ""
    if of == "cases":
        return 1.0, ".0%", ""
    return 0.01, ".1f" if most < 0.1 else ".0f", N_("pp")


def _signed(value: float, form: str, say: Say) -> str:
    told = say.number(abs(value), form)
    zero = not any(digit in "123456789" for digit in told)
    return told if zero else ("+" if value > 0 else MINUS) + told


def verdict(one: Difference, say: Say = ENGLISH) -> str:
    """Whether a difference is clear, in two words."""
    if one.difference.value is None:
        return say("too few to tell")
    return say("clear") if one.clear else say("not clear")


def probability(p: float, say: Say = ENGLISH) -> str:
    """A p-value as it is written."""
    if p <= 0.001:
        return say("p ≤ {p}", p=say.number(0.001, ".3f"))
    return say("p = {p}", p=say.number(p, ".3f" if p < 0.1 else ".2f"))


def heads(found: Comparison, most: int = 3) -> dict[str, tuple[Difference, ...]]:
    """The touchpoints for a headline, each with up to three of its clear differences, the largest first.

    How it went comes before who came by, and in which channel it went on. One in ten of what is clear may be chance,
    so a headline takes what stands out by Bonferroni's stricter rule, as long as there is any.
    """
    tested = sum(one.p is not None for one in found.touchpoints)
    sure = [one for one in found.clear if one.p is not None and one.p * tested <= FAMILY]
    ordered = sorted(sure or found.clear, key=lambda one: (one.of in LESSER, -one.least))
    chosen: dict[str, tuple[Difference, ...]] = {}
    for one in ordered:
        name = str(one.at)
        if name in chosen or len(chosen) < most:
            chosen[name] = (*chosen.get(name, ()), one)
    return {name: told[:3] for name, told in chosen.items()}


def headline(found: Comparison, say: Say = ENGLISH) -> str:
    """Whether the two walk differently, in a sentence."""
    facts = {"a": found.a.name, "b": found.b.name}
    if found.walk is None:
        return say("{a} and {b}: what was measured", **facts)
    facts["p"] = probability(found.walk.p, say)
    if found.walk.p <= 0.05:
        return say("{a} and {b} walk differently ({p}).", **facts)
    return say("{a} and {b} may well walk alike ({p}).", **facts)


def pair(one: Difference, say: Say = ENGLISH) -> tuple[str, str]:
    """The values of both sides in one unit: 28.5 h and 8.4 h."""
    a, b = one.a.value, one.b.value
    if one.of != "wait_median_s" or a is None or b is None:
        return amount(one.of, a, say), amount(one.of, b, say)
    unit, size = next(((unit, size) for unit, size in SECONDS if min(a, b) >= size), ("s", 1.0))
    form = ".1f" if size > 1 else ".0f"
    return f"{say.number(a / size, form)} {unit}", f"{say.number(b / size, form)} {unit}"


def against(one: Difference, say: Say = ENGLISH) -> str:
    """One difference in a phrase: “satisfaction 2.87 against 4.24”."""
    a, b = pair(one, say)
    return say("{what} {a} against {b}", what=small(one.of, say), a=a, b=b)


def listed(found: Sequence[Difference], comparison: Comparison, say: Say = ENGLISH) -> str:
    """Several differences in words, for those who can't see the figure."""
    told = [
        say(
            "{where}: {what}, difference {apart}, {verdict}",
            where=_where(one, say),
            what=against(one, say),
            apart=apart(one, say),
            verdict=verdict(one, say),
        )
        for one in found
    ]
    return say("{a} against {b}. {told}", a=comparison.a.name, b=comparison.b.name, told="; ".join(told))


def _where(one: Difference, say: Say) -> str:
    return " → ".join(place(end, say) for end in one.at) if isinstance(one.at, tuple) else str(one.at)
