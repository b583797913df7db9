"""Channel consistency as a table of colours: a row a touchpoint, a column a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from journey.analysis.channels import Across, Channels, Consistency
from journey.draw.channel_words import ASPECT_NAMES, READINGS, headline, reading, value_of
from journey.draw.sheet import LEFT, RIGHT, Sheet, X
from journey.draw.theme import LIGHT, Theme, diverging, ink_on
from journey.draw.words import ENGLISH, Say, interval
from journey.model import Measure

__all__ = ["MOST_CHANNELS", "channel_mark", "channels_of", "table_of"]

HEAD, ROW = 44, 44
NAME_ENDS: Final = X(0.21, -8)
FROM, TO = X(0.22, 0), X(0.66, 0)
APART: Final = X(0.68, 0)
INDEX: Final = X(0.84, 0)
MOST_CHANNELS: Final = 8
GAP: Final = 4
SIGNS: Final = {"depends": "▲", "alike": "=", "unknown": "?"}


def channel_mark(at: int) -> str:
    """The mark of the touchpoint at that place."""
    return f"channels-{at}"


def table_of(
    found: Channels, shown: Sequence[Consistency], aspect: str, *, theme: Theme = LIGHT, say: Say = ENGLISH
) -> Sheet:
    """One aspect by touchpoint and channel, coloured from bad (red) to good (blue), with its n; and the index.

    shown    some of what was found, in the order of the rows; the eight channels with the most visits are shown
    aspect   "satisfaction", "effort", "exit" or "help"
    """
    sheet = Sheet(theme, label=headline(found, say))
    names = channels_of(shown)
    sheet.text(LEFT, 18, say(ASPECT_NAMES[aspect]), size=13, weight=650, room=NAME_ENDS)
    for at, name in enumerate(names):
        x, width = _column(at, len(names))
        sheet.text(x.by(6), 18, name, size=13, weight=600, room=X(width.share, width.px - 8))
    sheet.text(APART, 18, say("Best to worst"), size=13, weight=650)
    sheet.note(APART, 34, say("points of 100"))
    sheet.text(INDEX, 18, say("Consistency"), size=13, weight=650)
    sheet.note(INDEX, 34, say("100: all the same"))
    for at, one in enumerate(shown):
        _row(sheet, at, one, aspect, names, found, say)
    return sheet.end(HEAD + ROW * len(shown) + 6, least=720)


def channels_of(shown: Sequence[Consistency]) -> list[str]:
    """The channels with the most visits at the touchpoints shown."""
    visits: dict[str, int] = {}
    for one in shown:
        for name, n in one.visits.items():
            visits[name] = visits.get(name, 0) + n
    return sorted(visits, key=lambda name: -visits[name])[:MOST_CHANNELS]


def _column(at: int, many: int) -> tuple[X, X]:
    begin, end = FROM.to(TO, at / many), FROM.to(TO, (at + 1) / many)
    return begin, begin.until(end.by(-GAP))


def _row(sheet: Sheet, at: int, one: Consistency, aspect: str, names: Sequence[str], found: Channels, say: Say) -> None:
    theme, top, mark = sheet.theme, HEAD + ROW * at, channel_mark(at)
    if at:
        sheet.line((LEFT, top), (RIGHT, top), thick=1)
    sheet.rect(LEFT, top, RIGHT, ROW, fill=theme.band, opacity=0, mark=mark)
    middle, across = top + ROW / 2, one.of(aspect)
    strong = one.reading == "depends"
    sheet.text(LEFT, middle + 4.5, one.touchpoint, weight=700 if strong else 500, room=NAME_ENDS, lines=2, mark=mark)
    for column, name in enumerate(names):
        x, width = _column(column, len(names))
        measure = None if across is None else across.values.get(name)
        if across is None or measure is None or measure.value is None:
            if name in one.visits:
                sheet.note(x.by(6), middle + 4.5, "–", mark=mark)
            continue
        fill = diverging(_good(across, measure, found))
        sheet.rect(x, top + 3, width, ROW - 6, fill=fill, r=4, mark=mark)
        ends = {across.best: " ▲", across.worst: " ▼"} if across.clear else {}
        told = value_of(across, name, say) + ends.get(name, "")
        sheet.text(x.by(7), middle, told, weight=650, fill=ink_on(fill), mark=mark)
        sheet.text(x.by(7), middle + 15, say("n {n:,}", n=measure.n), size=12, fill=ink_on(fill), mark=mark)
    sheet.text(
        INDEX,
        middle,
        f"{SIGNS[one.reading]} {interval(one.index, '.0f', say)}",
        weight=650 if strong else 500,
        mark=mark,
    )
    sheet.note(INDEX, middle + 15, say(READINGS[one.reading]), room=X(0.16), mark=mark)
    if across is not None:
        value, low, high = (
            say.number(100 * (x or 0), ".0f").replace("-", "−")
            for x in (across.apart.value, across.apart.low, across.apart.high)
        )
        told = say("{value} ({low} to {high})", value=value, low=low, high=high)
        sheet.text(APART, middle, told, weight=650 if across.clear else 400, mark=mark)
        sheet.note(APART, middle + 15, say("clear") if across.clear else say("not clear"), mark=mark)
    sheet.mark(mark, _told(one, say))


def _good(across: Across, measure: Measure, found: Channels) -> float:
    """How good a value is, 0–1."""
    value = measure.value or 0.0
    scale = found.scales.get(across.of)
    return scale.pomp(value) if scale is not None and across.of in ("satisfaction", "effort") else 1 - value


def _told(one: Consistency, say: Say) -> list[str]:
    lines = [one.touchpoint, reading(one, say)]
    for aspect in one.aspects:
        form = ".2f" if aspect.of in ("satisfaction", "effort") else ".1%"
        values = "; ".join(f"{name} {interval(m, form, say)}" for name, m in aspect.values.items())
        lines.append(f"{say(ASPECT_NAMES[aspect.of])}: {values}")
    return lines
