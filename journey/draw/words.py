"""Findings in words: the same sentence in the terminal, in the app and in files, in the reader's language."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from journey.model import END, START, Friction, Measure, Place

__all__ = ["ENGLISH", "N_", "WHY", "Say", "interval", "place", "share", "span", "why"]

# What stands between thousands and before decimals, for a language that does not write them as English does.
MARKS: Final[Mapping[str, dict[int, int]]] = {"pt_BR": str.maketrans(",.", ".,")}
DATES: Final[Mapping[str, str]] = {"pt_BR": "%d/%m/%Y"}


@dataclass(frozen=True, slots=True)
class Say:
    """How a text is said in the reader's language: translated first, then filled in with numbers as written there.

    ``say("{n:,} cases", n=1234)`` is “1,234 cases” in English and “1.234 casos” in Portuguese.
    """

    lang: str = "en"
    translate: Callable[[str], str] = str

    def __call__(self, text: str, /, **values: Any) -> str:
        told = self.translate(text)
        return _Filled(self).vformat(told, (), values) if values else told

    def number(self, value: float | None, form: str = ",") -> str:
        """A number as the language writes it; a dash where there is none."""
        if value is None:
            return "–"
        return format(value, form).translate(MARKS.get(self.lang, {}))

    def day(self, when: date) -> str:
        """A day as the language writes it."""
        return when.strftime(DATES.get(self.lang, "%-d %b %Y"))


class _Filled(string.Formatter):
    """Fills in values; numbers as the language writes them."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def format_field(self, value: Any, format_spec: str) -> str:
        told = format(value, format_spec)
        plain = isinstance(value, (str, bool)) or not hasattr(value, "__float__")
        return told if plain else told.translate(MARKS.get(self.say.lang, {}))


ENGLISH: Final = Say()


def N_(text: str) -> str:
    """Marks a text for translation where it is written before the language is known."""
    return text


WHY: Final[Mapping[str, str]] = {
    "dissatisfaction": N_("dissatisfaction stands at {value} of the worst possible, {expected} expected"),
    "effort": N_("effort stands at {value} of the worst possible, {expected} expected"),
    "exit": N_("{value} of visits end in leaving, {expected} expected"),
    "rework": N_("after {value} of visits the customer has to come back, {expected} expected"),
    "wait": N_(
        "it comes late: waits beyond what was promised, or is usual, stand at {value} of the worst counted (four "
        "times as long), {expected} expected"
    ),
    "switch": N_("after {value} of visits the customer goes on in another channel, {expected} expected"),
    "help": N_("after {value} of visits the customer needs support, {expected} expected"),
}


def place(at: Place | tuple[str, str], say: Say = ENGLISH) -> str:
    """A touchpoint, a start or end, or a transition, as it is written."""
    if isinstance(at, tuple):
        return f"{at[0]} → {at[1]}"
    return say("(start)") if at is START else say("(end)") if at is END else str(at)


def why(one: Friction, say: Say = ENGLISH) -> str:
    """The component that exceeds what is expected most, in a sentence with its interval and n."""
    excess = {
        name: measure.value - one.expected[name]
        for name, measure in one.components.items()
        if measure.value is not None and name in one.expected
    }
    where = place(one.at)
    if not excess:
        return say("{where}: nothing was observed here.", where=where)
    worst = max(excess, key=lambda name: excess[name])
    if excess[worst] <= 0:
        return say("{where}: nothing exceeds what is expected.", where=where)
    measure = one.components[worst]
    said = say(WHY[worst], value=share(measure.value, say), expected=share(one.expected[worst], say))
    return say(
        "{where}: {said} (95% interval {low}–{high}, n = {n:,}).",
        where=where,
        said=said,
        low=share(measure.low, say),
        high=share(measure.high, say),
        n=measure.n,
    )


def share(value: float | None, say: Say = ENGLISH) -> str:
    """A share as people say it: with a decimal where it is small."""
    if value is None:
        return "–"
    return say.number(value, ".1%" if 0 < value < 0.1 else ".0%")


def interval(measure: Measure, form: str = ",.1f", say: Say = ENGLISH) -> str:
    """A measure with its interval, ``3.8 (3.6–4.0)``; a dash where nothing was observed."""
    if measure.value is None or measure.low is None or measure.high is None:
        return "–"
    return f"{say.number(measure.value, form)} ({say.number(measure.low, form)}–{say.number(measure.high, form)})"


def span(seconds: float | None, say: Say = ENGLISH) -> str:
    """A duration in the unit it is thought in: ``3.2 d``, ``40 min``; a dash where there is none."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{say.number(seconds / size, '.1f')} {unit}"
    return f"{say.number(seconds, '.0f')} s"
