"""Moments of truth as rows: the outcome after a low rating and otherwise, and the difference among those alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from journey.analysis.truth import Moment, Moments
from journey.draw.feeling_rows import across
from journey.draw.feeling_words import amount, points, truths_told
from journey.draw.sheet import LEFT, RIGHT, Sheet, X
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval
from journey.model import Measure

__all__ = ["truth_mark", "truths"]

HEAD, ROW = 52, 58
NAME_ENDS: Final = X(0.23, -8)
FROM, TO = X(0.25, 0), X(0.58, -70)
LESS_FROM, LESS_TO = X(0.65, 0), X(1.0, -132)


def truth_mark(at: int) -> str:
    """The mark of the touchpoint at that place."""
    return f"truth-{at}"


def truths(found: Moments, shown: Sequence[Moment], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a touchpoint: a square after a low rating, a dot otherwise; at the right both differences.

    shown   some of what was found, in the order of the rows
    A star stands before a moment of truth; filled is what stands out.
    """
    sheet = Sheet(theme, label=truths_told(found, say))
    ends = [m for one in shown for m in (one.low, one.rest) if m.value is not None]
    low, high = (min((m.low or 0 for m in ends), default=0.0), max((m.high or 0 for m in ends), default=1.0))
    if found.kind != "answer":
        low = 0.0
    far = max((abs(x or 0) for one in shown for m in (one.difference, one.alike) for x in (m.low, m.high)), default=1.0)
    sheet.text(FROM, 16, say("“{outcome}”", outcome=found.outcome), size=13, weight=650, room=X(0.34))
    sheet.note(FROM, 34, say("◆ after a low rating here   ● otherwise"))
    sheet.text(LESS_FROM, 16, say("Difference"), size=13, weight=650)
    sheet.note(LESS_FROM, 34, say("◆ all   ● among those alike in all else"))
    end = HEAD + ROW * len(shown)
    zero = LESS_FROM.to(LESS_TO, 0.5)
    sheet.line((zero, HEAD), (zero, end), stroke=theme.muted, thick=1, dash="3 3")
    for at, one in enumerate(shown):
        _row(sheet, at, one, found, (low, high if high > low else low + 1), far or 1.0, say)
    return sheet.end(end + 6, least=720)


def _row(sheet: Sheet, at: int, one: Moment, found: Moments, axis: tuple[float, float], far: float, say: Say) -> None:
    theme, top, name = sheet.theme, HEAD + ROW * at, truth_mark(at)
    if at:
        sheet.line((LEFT, top), (RIGHT, top), thick=1)
    sheet.rect(LEFT, top, RIGHT, ROW, fill=theme.band, opacity=0, mark=name)
    middle = top + ROW / 2
    told = f"★ {one.touchpoint}" if one.truth else one.touchpoint
    sheet.text(LEFT, middle + 4.5, told, weight=700 if one.truth else 500, room=NAME_ENDS, lines=2, mark=name)
    bad, usual = diverging(0.08), diverging(0.92)
    for y, side, fill, square in ((middle - 11, one.low, bad, True), (middle + 11, one.rest, usual, False)):
        across(sheet, side, (FROM, TO), axis, y, fill=fill, mark=name, square=square)
        value = "–" if side.value is None else amount(found, side.value, say)
        sheet.text(TO.by(12), y + 4.5, value, weight=650 if square else 400, mark=name)
        sheet.note(TO.by(52), y + 4.5, say("n {n:,}", n=side.n), mark=name)
    if one.difference.value is None:
        sheet.note(LESS_TO.by(14), middle + 4.5, say("too few to tell"), mark=name)
    else:
        rows = ((middle - 11, one.difference, one.clear, True), (middle + 11, one.alike, one.truth, False))
        for y, less, clear, square in rows:
            fill = theme.accent if clear else theme.ground
            across(sheet, less, (LESS_FROM, LESS_TO), (-far, far), y, fill=fill, mark=name, square=square)
            if less.value is None:
                sheet.note(LESS_TO.by(14), y + 4.5, say("can't be told"), mark=name)
                continue
            sheet.text(LESS_TO.by(14), y + 4.5, points(found, less.value, say), weight=650 if clear else 400, mark=name)
    sheet.mark(name, _told(one, found, say))


def _told(one: Moment, found: Moments, say: Say) -> list[str]:
    form = ".2f" if found.kind == "answer" else ".0%"
    lines = [
        one.touchpoint,
        say("after a low rating: {value}, n = {n:,} moments", value=interval(one.low, form, say), n=one.low.n),
        say("otherwise: {value}, n = {n:,} moments", value=interval(one.rest, form, say), n=one.rest.n),
    ]
    if one.difference.value is not None:
        lines.append(say("difference: {value}", value=_spread(one.difference, found, say)))
    if one.alike.value is not None:
        lines.append(say("among those alike in all else: {value}", value=_spread(one.alike, found, say)))
    if one.truth:
        lines.append(say("a moment of truth"))
    return lines


def _spread(one: Measure, found: Moments, say: Say) -> str:
    value, low, high = (points(found, x, say) for x in (one.value, one.low, one.high))
    return say("{value} ({low} to {high})", value=value, low=low, high=high)
