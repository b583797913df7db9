"""Complexity as rows: where ways part, and how many ways on there are in effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from journey.analysis.complexity import Complexity, Fork
from journey.draw.complexity_words import about_many
from journey.draw.sheet import LEFT, RIGHT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, place

__all__ = ["fork_mark", "forks"]

HEAD, ROW = 48, 40
NAME_ENDS: Final = X(0.27, -8)
FROM, TO = X(0.28, 0), X(0.66, -60)
CHOICES, VISITS = X(0.72, 0), X(0.87, 0)


def fork_mark(at: int) -> str:
    """The mark of the place in that row."""
    return f"fork-{at}"


def forks(found: Complexity, shown: Sequence[Fork], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a place: its share of the complexity, the ways on in effect, and how often a case comes by."""
    sheet = Sheet(theme, label=about_many(found, say))
    sheet.text(FROM, 16, say("Where ways part"), size=13, weight=650)
    sheet.note(FROM, 33, say("share of the whole complexity"))
    sheet.text(CHOICES, 16, say("Ways on"), size=13, weight=650)
    sheet.note(CHOICES, 33, say("in effect"))
    sheet.text(VISITS, 16, say("Visits"), size=13, weight=650)
    sheet.note(VISITS, 33, say("per case"))
    most = max((one.share for one in shown), default=1.0) or 1.0
    for at, one in enumerate(shown):
        top, name = HEAD + ROW * at, fork_mark(at)
        middle = top + ROW / 2
        if at:
            sheet.line((LEFT, top), (RIGHT, top), thick=1)
        sheet.rect(LEFT, top, RIGHT, ROW, fill=theme.band, opacity=0, mark=name)
        sheet.text(LEFT, middle + 4.5, place(one.at, say), weight=600, room=NAME_ENDS, lines=2, mark=name)
        end = FROM.to(TO, one.share / most)
        sheet.rect(FROM, middle - 9, FROM.until(end), 18, fill=theme.accent, r=3, mark=name)
        sheet.text(end.by(8), middle + 4.5, percent(one.share, say), weight=600, mark=name)
        sheet.text(CHOICES, middle + 4.5, say.number(one.choices, ".1f"), mark=name)
        sheet.text(VISITS, middle + 4.5, say.number(one.visits, ".2f"), mark=name)
        sheet.mark(name, _told(one, say), opens=isinstance(one.at, str))
    return sheet.end(HEAD + ROW * len(shown) + 6, least=560)


def _told(one: Fork, say: Say) -> list[str]:
    return [
        place(one.at, say),
        say("{share} of the whole complexity", share=percent(one.share, say)),
        say(
            "where next: as hard to foretell as one of {choices} equally likely ways ({bits} bits)",
            choices=say.number(one.choices, ".1f"),
            bits=say.number(one.bits, ".2f"),
        ),
        say("{visits} visits per case", visits=say.number(one.visits, ".2f")),
    ]
