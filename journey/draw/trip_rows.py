"""Ways around as rows: how often they were walked, how long a round takes, and what it does to satisfaction."""

from __future__ import annotations

from typing import Final

from journey.analysis.tangles import Loops
from journey.draw.feeling_rows import across, signed
from journey.draw.sheet import LEFT, RIGHT, Sheet, X
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval, share, span
from journey.events.round_trips import RoundTrip
from journey.model import Scale

__all__ = ["trip_mark", "trip_name", "trips"]

HEAD, ROW = 48, 46
NAME_ENDS: Final = X(0.34, -10)
FROM, TO = X(0.35, 0), X(0.55, -50)
TIME: Final = X(0.57, 0)
LESS_FROM, LESS_TO = X(0.7, 0), X(1.0, -110)


def trip_mark(at: int) -> str:
    """The mark of the way in that row."""
    return f"trip-{at}"


def trip_name(one: RoundTrip) -> str:
    """The way around: A ↻, or A → B → C ↩."""
    return f"{one.way[0]} ↻" if len(one.way) == 1 else f"{' → '.join(one.way)} ↩"


def trips(
    found: Loops, *, scale: Scale | None, timed: bool, theme: Theme = LIGHT, say: Say = ENGLISH
) -> Sheet:  # fmt: skip
    """A row a way around; a dot is coloured, blue for better and red for worse, where it stands out from chance."""
    shown = found.trips
    listed = "; ".join(f"{trip_name(one)} {say.number(one.rounds)}" for one in shown)
    sheet = Sheet(theme, label=say("Ways around and their rounds: {listed}.", listed=listed))
    felt = scale is not None and any(_sure(one, scale) for one in shown)
    sheet.text(FROM, 16, say("Rounds"), size=13, weight=650)
    sheet.note(FROM, 33, say("and cases that made them"))
    if timed:
        sheet.text(TIME, 16, say("A round takes"), size=13, weight=650)
        sheet.note(TIME, 33, say("on average"))
    end = HEAD + ROW * len(shown)
    far = 1.0
    if felt and scale is not None:
        far = max(abs(x or 0) for one in shown if _sure(one, scale) for x in (one.difference.low, one.difference.high))
        sheet.text(LESS_FROM, 16, say("Satisfaction, difference"), size=13, weight=650)
        sheet.note(LESS_FROM, 33, say("in points of the scale"))
        zero = LESS_FROM.to(LESS_TO, 0.5)
        sheet.line((zero, HEAD), (zero, end), stroke=theme.muted, thick=1, dash="3 3")
    most = max((one.rounds for one in shown), default=1)
    for at, one in enumerate(shown):
        _row(sheet, at, one, most, timed, say)
        if felt and scale is not None:
            _difference(sheet, at, one, far or 1.0, scale, say)
    return sheet.end(end + 6, least=760 if felt else 560)


def _sure(one: RoundTrip, scale: Scale) -> bool:
    """Whether the difference is known better than that it lies on the scale."""
    low, high = one.difference.low, one.difference.high
    return low is not None and high is not None and high - low < scale.high - scale.low


def _row(sheet: Sheet, at: int, one: RoundTrip, most: int, timed: bool, say: Say) -> None:
    theme, top, mark = sheet.theme, HEAD + ROW * at, trip_mark(at)
    if at:
        sheet.line((LEFT, top), (RIGHT, top), thick=1)
    sheet.rect(LEFT, top, RIGHT, ROW, fill=theme.band, opacity=0, mark=mark)
    middle = top + ROW / 2
    sheet.text(LEFT, middle + 4.5, trip_name(one), weight=600, room=NAME_ENDS, lines=2, mark=mark)
    end = FROM.to(TO, one.rounds / most)
    sheet.rect(FROM, middle - 14, FROM.until(end), 13, fill=theme.edge if one.planned else theme.accent, r=3, mark=mark)
    sheet.text(end.by(7), middle - 3, say.number(one.rounds), weight=600, mark=mark)
    told = say("{n:,} cases, {share} of those that could", n=one.cases, share=share(one.share.value, say))
    sheet.note(FROM, middle + 15, told, room=X(0.21), mark=mark)
    if timed:
        sheet.text(TIME, middle + 4.5, span(one.seconds, say), mark=mark)
    lines = [
        trip_name(one),
        say("{n:,} rounds by {cases:,} cases", n=one.rounds, cases=one.cases),
        say(
            "{share} of the {n:,} cases that could",
            share=interval(one.share, ".1%", say),
            n=one.share.n,
        ),
    ]
    if one.planned:
        lines.append(say("planned to repeat"))
    if one.spent_s is not None:
        lines.append(say("all rounds together: {time}", time=span(one.spent_s, say)))
    if one.difference.value is not None:
        low, high = (signed(x, say, ".2f") for x in (one.difference.low, one.difference.high))
        value = signed(one.difference.value, say, ".2f")
        lines.append(say("satisfaction, difference: {value} ({low} to {high})", value=value, low=low, high=high))
        lines.append(say("n = {n:,} against {others:,}", n=one.looped.n, others=one.others.n))
    sheet.mark(mark, lines)


def _difference(sheet: Sheet, at: int, one: RoundTrip, far: float, scale: Scale, say: Say) -> None:
    middle, mark = HEAD + ROW * at + ROW / 2, trip_mark(at)
    if not _sure(one, scale):
        sheet.note(LESS_TO.by(14), middle + 4.5, say("too few answers"), mark=mark)
        return
    better = ((one.difference.value or 0) > 0) == (scale.good == "high")
    fill = diverging(0.9 if better else 0.1) if one.clear else sheet.theme.edge
    across(sheet, one.difference, (LESS_FROM, LESS_TO), (-far, far), middle, fill=fill, mark=mark)
    sheet.text(LESS_TO.by(14), middle + 4.5, signed(one.difference.value, say, ".2f"), weight=650, mark=mark)
