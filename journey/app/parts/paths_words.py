"""Conditions on how a case went on, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from journey.draw.spans import brief
from journey.draw.words import Say
from journey.events.selection import Step

__all__ = ["sentence_case", "way_described"]

MOST = 4  # touchpoints that are named


def way_described(step: Step, say: Say) -> str | None:
    """A condition of `journey.events.onwards` as a short phrase; None if it is none of them, or not whole."""
    kind, *words = step
    try:
        return TOLD[kind](words, say) if kind in TOLD else None
    except (ValueError, IndexError, OverflowError):
        return None


def sentence_case(text: str) -> str:
    """A phrase as it stands at the head of something."""
    return text[:1].upper() + text[1:]


def _after(words: list[str], say: Say) -> str:
    anchor, k, *places = words
    if not places:
        return say("ends before step {k} after {anchor}", k=k, anchor=anchor)
    return say("step {k} after {anchor}: {places}", k=k, anchor=anchor, places=_either(places, say))


def _before(words: list[str], say: Say) -> str:
    anchor, k, *places = words
    if not places:
        return say("begins after step {k} before {anchor}", k=k, anchor=anchor)
    return say("step {k} before {anchor}: {places}", k=k, anchor=anchor, places=_either(places, say))


def _reached(words: list[str], say: Say) -> str:
    return say("reached {way} ({how})", way=_way(words[2:]), how=_limited(words[0], words[1], say))


def _lost(words: list[str], say: Say) -> str:
    how = _limited(words[0], words[1], say)
    return say("{way}, but not {missed} ({how})", way=_way(words[2:-1]), missed=words[-1], how=how)


def _went(words: list[str], say: Say) -> str:
    order, within, told, *names = words
    n = int(told)
    then, steps = names[:n], names[n:]
    lost = say("{way}, but not {missed}", way=_way(steps[:-1]), missed=steps[-1])
    how = _limited(order, within, say)
    if not then:
        return say("{lost} ({how}); then nothing more", lost=lost, how=how)
    return say("{lost} ({how}); then {places}", lost=lost, how=how, places=_either(then, say))


def _lasted(words: list[str], say: Say) -> str:
    how, low, high, source, target = words
    between = (
        say("{low} and more", low=brief(int(low or 0), say))
        if not high
        else say("{low} to less than {high}", low=brief(int(low or 0), say), high=brief(int(high), say))
    )
    if how == "directly":
        return say("{source} → {target} directly in {time}", source=source, target=target, time=between)
    return say("{source} … {target} in {time}", source=source, target=target, time=between)


def _visited(words: list[str], say: Say) -> str:
    touchpoint, start, end = words
    first, last = date.fromisoformat(start), date.fromisoformat(end) - timedelta(days=1)
    return say(
        "visited {touchpoint}, {first} – {last}", touchpoint=touchpoint, first=say.day(first), last=say.day(last)
    )


def _row(words: list[str], say: Say) -> str:
    where, *names = words
    told = {
        "anywhere": say("{way} in a row", way=_way(names)),
        "at the start": say("begins with {way}", way=_way(names)),
        "at the end": say("ends with {way}", way=_way(names)),
        "whole": say("exactly {way}", way=_way(names)),
    }
    return told.get(where, _way(names))


def _limited(order: str, within: str, say: Say) -> str:
    told = {"any order": say("in any order"), "in order": say("in this order"), "directly": say("directly")}
    how = told.get(order, order)
    return say("{how}, within {time}", how=how, time=within) if within else how


def _way(names: list[str]) -> str:
    return " → ".join(names if len(names) <= MOST else [*names[: MOST - 1], "…", names[-1]])


def _either(names: list[str], say: Say) -> str:
    if len(names) <= MOST:
        return " / ".join(names)
    return say("{names} or {n} others", names=" / ".join(names[: MOST - 1]), n=len(names) - MOST + 1)


# Each kind of condition, and how it is said.
TOLD: Final[Mapping[str, Callable[[list[str], Say], str]]] = {
    "after": _after,
    "before": _before,
    "reached": _reached,
    "lost": _lost,
    "went": _went,
    "lasted": _lasted,
    "around": lambda words, say: say("{source} → {via} and straight back", source=words[0], via=words[1]),
    "again": lambda words, say: say("{touchpoint} more than once", touchpoint=words[0]),
    "row": _row,
    "visited": _visited,
    "any": lambda words, say: say("met {places}", places=_either(words, say)),
    "none": lambda words, say: say("did not meet {places}", places=_either(words, say)),
    "among": lambda words, say: say("exactly {way}, others left out", way=_way(words[int(words[0]) + 1 :])),
}
