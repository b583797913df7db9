"""Findings in words: the same sentence in the terminal, in the app and in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from journey.model import Friction, Measure, Place

__all__ = ["WHY", "Say", "interval", "place", "span", "why"]

# How a text is said in the reader's language; the text itself where nobody translates.
Say = Callable[[str], str]

WHY: Final[Mapping[str, str]] = {
    "dissatisfaction": "dissatisfaction stands at {value:.0%} of the worst possible, {expected:.0%} expected",
    "effort": "effort stands at {value:.0%} of the worst possible, {expected:.0%} expected",
    "exit": "{value:.0%} of visits end in leaving, {expected:.0%} expected",
    "rework": "after {value:.0%} of visits the customer has to come back, {expected:.0%} expected",
    "wait": "waits beyond the promise stand at {value:.0%} of the worst counted, {expected:.0%} expected",
    "switch": "after {value:.0%} of visits the customer goes on in another channel, {expected:.0%} expected",
    "help": "after {value:.0%} of visits the customer needs support, {expected:.0%} expected",
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
    said = say(WHY[worst]).format(value=measure.value, expected=one.expected[worst])
    return say("{where}: {said} (95% interval {low:.0%}–{high:.0%}, n = {n:,}).").format(
        where=where, said=said, low=measure.low, high=measure.high, n=measure.n
    )


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
