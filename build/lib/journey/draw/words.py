"""Findings in words: the same sentence in the terminal, in the app and in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from journey.model import Friction, Measure, Place

__all__ = ["WHY", "Say", "interval", "place", "share", "span", "why"]

# How a text is said in the reader's language; the text itself where nobody translates.
Say = Callable[[str], str]

WHY: Final[Mapping[str, str]] = {
    "dissatisfaction": "dissatisfaction stands at {value} of the worst possible, {expected} expected",
    "effort": "effort stands at {value} of the worst possible, {expected} expected",
    "exit": "{value} of visits end in leaving, {expected} expected",
    "rework": "after {value} of visits the customer has to come back, {expected} expected",
    "wait": "it comes late: waits beyond what was promised, or is usual, stand at {value} of the worst counted (four "
    "times as long), {expected} expected",
    "switch": "after {value} of visits the customer goes on in another channel, {expected} expected",
    "help": "after {value} of visits the customer needs support, {expected} expected",
}


def place(at: Place | tuple[str, str]) -> str:
    """A touchpoint, a start or end, or a transition, as it is written."""
    return f"{at[0]} → {at[1]}" if isinstance(at, tuple) else str(at)


def why(one: Friction, say: Say = str) -> str:
    """The component that exceeds what is expected most, in a sentence with its interval and n."""
    excess = {
        name: measure.value - one.expected[name]
        for name, measure in one.components.items()
        if measure.value is not None and name in one.expected
    }
    where = place(one.at)
    if not excess:
        return say("{where}: nothing was observed here.").format(where=where)
    worst = max(excess, key=lambda name: excess[name])
    if excess[worst] <= 0:
        return say("{where}: nothing exceeds what is expected.").format(where=where)
    measure = one.components[worst]
    said = say(WHY[worst]).format(value=share(measure.value), expected=share(one.expected[worst]))
    return say("{where}: {said} (95% interval {low}–{high}, n = {n:,}).").format(
        where=where, said=said, low=share(measure.low), high=share(measure.high), n=measure.n
    )


def share(value: float | None) -> str:
    """A share as people say it: with a decimal where it is small."""
    if value is None:
        return "–"
    return f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}"


def interval(measure: Measure, form: str = ",.1f") -> str:
    """A measure with its interval, ``3.8 (3.6–4.0)``; a dash where nothing was observed."""
    if measure.value is None or measure.low is None or measure.high is None:
        return "–"
    return f"{measure.value:{form}} ({measure.low:{form}}–{measure.high:{form}})"


def span(seconds: float | None) -> str:
    """A duration in the unit it is thought in: ``3.2 d``, ``40 min``; a dash where there is none."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
