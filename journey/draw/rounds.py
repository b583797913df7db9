"""Loops: how many cases come back to a touchpoint, and how their satisfaction differs from the others'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from journey.draw.sheet import LEFT, RIGHT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval
from journey.events.loops import Loop
from journey.model import Measure, Scale

__all__ = ["Differs", "difference_dot", "known_well", "loop_mark", "loop_name", "rounds"]

HEAD, ROW = 48, 50
BEGIN, STOP = X(0.30, 0), X(0.58, -40)  # the shares
ZERO_FROM, ZERO_TO = X(0.70, 0), X(1.0, -140)  # the differences


def loop_mark(at: int) -> str:
    """The mark of the loop at that place."""
    return f"loop-{at}"


def loop_name(one: Loop) -> str:
    """The way around: A ↻, or A → B ↩."""
    return f"{one.touchpoint} ↻" if one.via is None else f"{one.touchpoint} → {one.via} ↩"


def rounds(found: Sequence[Loop], *, scale: Scale | None, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a loop: the share of the cases that could come back and did, and the difference in satisfaction.

    A dot is coloured, blue for better and red for worse, where the difference stands out from chance.
    """
    sheet = Sheet(theme, label=_alt(found, say))
    felt = scale is not None and any(one.difference.value is not None for one in found)
    stop = STOP if felt else X(1.0, -150)
    most = max((one.share.high or 0 for one in found), default=1) or 1
    far = max(
        (max(abs(one.difference.low or 0), abs(one.difference.high or 0)) for one in known_well(found, scale)),
        default=1,
    )
    sheet.text(BEGIN, 16, say("Cases that came back"), size=13, weight=650)
    sheet.note(BEGIN, 33, say("share of those that could, n"))
    if felt:
        sheet.text(ZERO_FROM, 16, say("Satisfaction of those who came back"), size=13, weight=650)
        sheet.note(ZERO_FROM, 33, say("less that of the others, in points of the scale"))
        zero = ZERO_FROM.to(ZERO_TO, 0.5)
        sheet.line((zero, HEAD), (zero, HEAD + ROW * len(found)), stroke=theme.muted, thick=1, dash="3 3")
    for at, one in enumerate(found):
        _row(sheet, at, one, most, stop, theme, say)
        if felt and scale is not None:
            middle = HEAD + ROW * at + ROW / 2
            difference_dot(sheet, middle, loop_mark(at), one, far or 1.0, scale, theme, say)
    return sheet.end(HEAD + ROW * len(found) + 6, least=720 if felt else 480)


class Differs(Protocol):
    """A group of cases whose satisfaction differs from that of others."""

    @property
    def difference(self) -> Measure: ...

    @property
    def clear(self) -> bool: ...


D = TypeVar("D", bound=Differs)


def known_well(found: Sequence[D], scale: Scale | None) -> list[D]:
    """Those whose difference is known better than that it lies on the scale."""
    whole = scale.high - scale.low if scale else 1.0
    return [
        one
        for one in found
        if one.difference.low is not None
        and one.difference.high is not None
        and one.difference.high - one.difference.low < whole
    ]


def _row(sheet: Sheet, at: int, one: Loop, most: float, stop: X, theme: Theme, say: Say) -> None:
    y, name = HEAD + ROW * at, loop_mark(at)
    middle = y + ROW / 2
    sheet.rect(LEFT, y, RIGHT, ROW, fill=theme.band, opacity=0, mark=name)
    if at:
        sheet.line((LEFT, y), (RIGHT, y), thick=1)
    room = X(BEGIN.share, -14)
    if one.planned:
        sheet.text(LEFT, middle - 2, loop_name(one), weight=600, room=room, mark=name)
        sheet.note(LEFT, middle + 14, say("planned to repeat"), mark=name)
    else:
        sheet.text(LEFT, middle + 4.5, loop_name(one), weight=600, room=room, lines=2, mark=name)
    end = BEGIN.to(stop, (one.share.value or 0) / most)
    fill = theme.edge if one.planned else theme.accent
    sheet.rect(BEGIN, middle - 9, BEGIN.until(end), 18, fill=fill, r=3, mark=name)
    high = BEGIN.to(stop, (one.share.high or 0) / most)
    sheet.whisker(BEGIN.to(stop, (one.share.low or 0) / most), high, middle, mark=name)
    sheet.text(
        high.by(9), middle + 4.5, f"{percent(one.share.value, say)} · {say.number(one.cases)}", weight=600, mark=name
    )
    sheet.mark(name, _told(one, say))


def difference_dot(
    sheet: Sheet, middle: float, name: str, one: Differs, far: float, scale: Scale, theme: Theme, say: Say
) -> None:
    """A difference in satisfaction with its interval, at the right of a row around `middle`; `far` is the longest."""
    value, low, high = one.difference.value, one.difference.low, one.difference.high
    if value is None or low is None or high is None or high - low >= scale.high - scale.low:
        sheet.note(ZERO_TO.by(14), middle + 4.5, say("too few answers"), mark=name)
        return

    def across(points: float) -> X:
        return ZERO_FROM.to(ZERO_TO, 0.5 + max(-1.0, min(1.0, points / far)) / 2)

    better = (value > 0) == (scale.good == "high")
    fill = diverging(0.9 if better else 0.1) if one.clear else theme.edge
    sheet.whisker(across(low), across(high), middle, mark=name)
    sheet.dot(across(value), middle, 6, fill=fill, stroke=theme.ink, thick=1.5, mark=name)
    sheet.text(ZERO_TO.by(14), middle, _signed(value, say), weight=650, mark=name)
    about = f"{_signed(low, say)} – {_signed(high, say)}"
    sheet.note(ZERO_TO.by(14), middle + 15, about, mark=name)


def _signed(value: float, say: Say) -> str:
    return say.number(value, "+.2f").replace("-", "−")


def _told(one: Loop, say: Say) -> list[str]:
    lines = [
        loop_name(one),
        say(
            "{n:,} of the {of:,} cases that could: {share}",
            n=one.cases,
            of=one.share.n,
            share=interval(one.share, ".1%", say),
        ),
        say("{n:,} returns in all", n=one.returns),
    ]
    if one.difference.value is not None:
        lines += [
            say(
                "Satisfaction of those who came back: {value}, n = {n:,}",
                value=interval(one.looped, ".2f", say),
                n=one.looped.n,
            ),
            say("of the others: {value}, n = {n:,}", value=interval(one.others, ".2f", say), n=one.others.n),
        ]
    return lines


def _alt(found: Sequence[Loop], say: Say) -> str:
    listed = "; ".join(f"{loop_name(one)} {percent(one.share.value, say)}" for one in found)
    return say("Share of cases that come back: {listed}.", listed=listed)
