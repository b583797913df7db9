"""The designed map against lived cases in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

import journey as jn
from journey.app.parts.described import written
from journey.draw.conform_words import between, verdict, way
from journey.draw.words import Say, place

__all__ = ["detour_table", "graph_table", "move_table", "segment_table", "step_table", "valued"]


def valued(value: object) -> str:
    """A value of an attribute as the reader sees it."""
    return written(None if value is None else str(value))


def _spread(name: str, found: jn.Measure, speak: Say) -> dict[str, object]:
    return {
        name: found.value,
        speak("{name}, low", name=name): found.low,
        speak("{name}, high", name=name): found.high,
        speak("{name}, n", name=name): found.n,
    }


def step_table(found: jn.Conformance, speak: Say) -> pd.DataFrame:
    """Every touchpoint, those of the plan in its order first."""
    return pd.DataFrame(
        {
            speak("Touchpoint"): one.at,
            speak("Planned"): one.planned,
            speak("Optional"): one.optional,
            speak("Cases whose way came by"): one.cases,
            speak("Cases that met it"): one.met,
            **_spread(speak("Skipped"), one.skipped, speak),
            **_spread(speak("Out of order"), one.out_of_order, speak),
            **_spread(speak("Again, unplanned"), one.repeated, speak),
            **_spread(speak("Only off the plan"), one.unplanned, speak),
            **_spread(speak("Left after it"), one.left, speak),
            speak("Under way there"): one.under_way,
        }
        for one in found.steps
    ).dropna(axis="columns", how="all")


def detour_table(found: Sequence[jn.Detour], speak: Say) -> pd.DataFrame:
    """The commonest detours."""
    rows = []
    for one in found:
        row: dict[str, object] = {
            speak("Detour"): way(one),
            speak("Between"): between(one, speak),
            speak("Cases"): one.cases,
            **_spread(speak("Share"), one.share, speak),
        }
        if one.difference.value is not None:
            row |= {
                **_spread(speak("Satisfaction of those"), one.took, speak),
                **_spread(speak("Satisfaction of others"), one.others, speak),
                speak("Difference"): one.difference.value,
                speak("difference from"): one.difference.low,
                speak("difference to"): one.difference.high,
                speak("Verdict"): verdict(one, speak),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def move_table(found: jn.Conformance, speak: Say) -> pd.DataFrame:
    """The map's transitions, those that nobody takes first."""
    return pd.DataFrame(
        {
            speak("From"): place(one.source, speak),
            speak("To"): place(one.target, speak),
            speak("Cases"): one.cases,
            **_spread(speak("Share"), one.share, speak),
        }
        for one in sorted(found.moves, key=lambda one: one.cases)
    )


def graph_table(found: jn.Conformance, lived: jn.Journey, speak: Say) -> pd.DataFrame:
    """Every move, lived or planned, and which of the two it is."""
    walked = {(edge.source, edge.target): edge for edge in lived.transitions}
    planned = {(one.source, one.target) for one in found.moves}
    rows = []
    for pair in [*walked, *(pair for pair in planned if pair not in walked)]:
        edge = walked.get(pair)
        told = speak("walked, but not planned")
        if edge is None:
            told = speak("planned, but nobody goes straight there")
        elif pair in found.allowed:
            told = speak("planned, and walked")
        rows.append(
            {
                speak("From"): place(pair[0], speak),
                speak("To"): place(pair[1], speak),
                speak("Against the plan"): told,
                speak("Cases"): edge.cases if edge else 0,
                speak("Moves"): edge.moves if edge else 0,
            }
        )
    return pd.DataFrame(rows)


def segment_table(found: jn.Conformance, speak: Say) -> pd.DataFrame:
    """The parts of the cases."""
    return pd.DataFrame(
        {
            str(found.by): valued(one.value),
            speak("Cases"): one.cases,
            **_spread(speak("Fitness"), one.fitness, speak),
            **_spread(speak("Without a deviation"), one.fitting, speak),
            **_spread(speak("Precision"), one.precision, speak),
        }
        for one in found.segments
    )
