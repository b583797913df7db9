"""Times between two touchpoints: how they spread, where the middle and the slow ones lie, what was promised."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from journey.draw.sheet import LEFT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval, span
from journey.events.gaps import Bin, Gap
from journey.model import Measure

__all__ = ["bin_mark", "brief", "spread"]

HEAD, HIGH, FOOT = 64, 220, 46
BEGIN, STOP = X(0.0, 46), X(1.0, -20)
SECOND, DAY = 1e6, 86400e6
# Times that people think in, for an axis that widens.
TICKS: Final = tuple(
    unit * n
    for unit, counts in (
        (SECOND, (1, 10)),
        (60 * SECOND, (1, 10)),
        (3600 * SECOND, (1, 6)),
        (DAY, (1, 3, 7, 30, 90, 365, 1825)),
    )
    for n in counts
)
MOST_TICKS = 9


def bin_mark(at: int) -> str:
    """The mark of `found.bins[at]`."""
    return f"bin-{at}"


def spread(found: Gap, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A histogram with its median, P90 and, where there is one, the promised time, beyond which bars are rust.

    Bins are equally wide on the page; where they are logarithmic the axis says so.
    """
    sheet = Sheet(theme, label=_alt(found, say))
    most = max((one.n for one in found.bins), default=1) or 1
    base = HEAD + HIGH
    for n in _steps(most):
        y = base - HIGH * n / most
        sheet.line((BEGIN, y), (STOP, y), thick=1)
        sheet.note(BEGIN.by(-8), y + 4, say.number(n), anchor="end")
    late = None if found.promise_s is None else _across(found, found.promise_s * SECOND)
    for at, one in enumerate(found.bins):
        _bar(sheet, found, at, one, most, late, theme, say)
    sheet.line((BEGIN, base), (STOP, base), stroke=theme.muted, thick=1)
    for value, text in _ticks(found, say):
        x = _at(_across(found, value))
        sheet.line((x, base), (x, base + 5), stroke=theme.muted, thick=1)
        sheet.note(x, base + 20, text, anchor="middle")
    unit = say("moves") if found.direct else say("cases")
    scale = say("time, on an axis that widens (logarithmic)") if found.log else say("time")
    sheet.note(LEFT, 14, unit)
    sheet.note(STOP, base + 40, scale, anchor="end")
    _lines(sheet, found, base, theme, say)
    return sheet.end(base + FOOT, least=420)


def _at(way: float) -> X:
    return BEGIN.to(STOP, way)


def _across(found: Gap, value_us: float) -> float:
    """Where a time lies across the bins, 0–1; the last, open one is taken as wide as the one before."""
    n = len(found.bins)
    for at, one in enumerate(found.bins):
        low, high = float(one.low_us), _upper(found, at)
        if value_us < high or at == n - 1:
            if found.log and low > 0 and value_us > low:
                part = math.log(value_us / low) / math.log(high / low)
            else:
                part = (value_us - low) / (high - low)
            return (at + min(1.0, max(0.0, part))) / n
    return 1.0


def _upper(found: Gap, at: int) -> float:
    one = found.bins[at]
    if one.high_us is not None:
        return float(one.high_us)
    if at == 0:
        return one.low_us + 1.0
    before = found.bins[at - 1]
    if found.log and before.low_us:
        return one.low_us * one.low_us / before.low_us
    return 2.0 * one.low_us - before.low_us


def _bar(sheet: Sheet, found: Gap, at: int, one: Bin, most: int, late: float | None, theme: Theme, say: Say) -> None:
    n, name, base = len(found.bins), bin_mark(at), HEAD + HIGH
    start, stop = at / n, (at + 1) / n
    high = HIGH * one.n / most
    whole = _at(start).until(_at(stop))
    sheet.rect(_at(start), HEAD, whole, HIGH, fill=theme.band, opacity=0, mark=name if one.n else None)
    cut = stop if late is None else min(max(late, start), stop)
    for left, right, fill in ((start, cut, theme.accent), (cut, stop, theme.back)):
        if right - left > 1e-9 and one.n:
            # A pixel of the ground between the bars, not within one.
            width = _at(left).until(_at(right)).by(-1.5 if right == stop else 0)
            sheet.rect(_at(left), base - max(high, 1.0), width, max(high, 1.0), fill=fill, mark=name, mute=True)
    if one.n:
        sheet.mark(name, _told(found, one, say))


def _told(found: Gap, one: Bin, say: Say) -> list[str]:
    low = brief(one.low_us, say)
    between = (
        say("{low} and more", low=low)
        if one.high_us is None
        else say("{low} to less than {high}", low=low, high=brief(one.high_us, say))
    )
    part = percent(one.n / found.median.n, say)
    if found.direct:
        return [
            between,
            say("{n:,} of {of:,} moves ({share})", n=one.n, of=found.median.n, share=part),
            say("by {n:,} cases", n=one.cases),
        ]
    return [between, say("{n:,} of {of:,} cases ({share})", n=one.n, of=found.median.n, share=part)]


def _lines(sheet: Sheet, found: Gap, base: float, theme: Theme, say: Say) -> None:
    """Median, P90 and promise, each on a line of its own above the bars."""
    told: list[tuple[float | None, str, str, str | None]] = [
        (found.median.value, say("half within {time}", time=_bounded(found.median, say)), theme.ink, None),
        (found.p90.value, say("90% within {time}", time=_bounded(found.p90, say)), theme.ink, "2 4"),
    ]
    if found.promise_s is not None:
        kept = say(
            "promised within {time}: {share} in time",
            time=brief(found.promise_s * SECOND, say),
            share=interval(found.kept, ".0%", say),
        )
        told.append((found.promise_s, kept, theme.back, "7 4"))
    # The earliest stands highest, so that no text runs into another one's line.
    known = sorted((seconds, text, colour, dash or "") for seconds, text, colour, dash in told if seconds is not None)
    for row, (seconds, text, colour, dash) in enumerate(known):
        way = _across(found, seconds * SECOND)
        x, y = _at(way), 14 + 17 * row
        sheet.line((x, y - 9), (x, base), stroke=colour, thick=1.8, dash=dash)
        right = way < 0.62
        sheet.text(
            x.by(7 if right else -7),
            y,
            text,
            size=12.5,
            weight=620,
            fill=colour,
            anchor="start" if right else "end",
            halo=theme.ground,
        )


def _bounded(measure: Measure, say: Say) -> str:
    """A time with its interval."""
    told = span(measure.value, say)
    if measure.low is None or measure.high is None:
        return told
    return f"{told} ({span(measure.low, say)} – {span(measure.high, say)})"


def brief(micros: float, say: Say = ENGLISH) -> str:
    """A round time without decimals that say nothing: “5 d”, “1.5 h”."""
    for unit, size in (("d", DAY), ("h", 3600 * SECOND), ("min", 60 * SECOND)):
        if micros >= size:
            return f"{_short(micros / size, say)} {unit}"
    return f"{_short(micros / SECOND, say)} s"


def _short(value: float, say: Say) -> str:
    return (
        say.number(round(value), ",d") if abs(value - round(value)) < 0.05 or value >= 100 else say.number(value, ".1f")
    )


def _ticks(found: Gap, say: Say) -> Iterator[tuple[float, str]]:
    """Where the axis is labelled, from the left; the last, open bin says that there is more."""
    last = float(found.bins[-1].low_us)
    step = -(-len(found.bins) // MOST_TICKS)
    first = found.bins[0]
    if found.log:
        values = [float(first.low_us), *(v for v in TICKS if (first.high_us or 0) <= v < last)]
    else:
        values = [float(one.low_us) for one in found.bins[::step]]
    # Labels that would run into the last one are left out.
    free = _across(found, last) - 0.07
    for value in values:
        if _across(found, value) <= free:
            yield value, brief(value, say)
    yield last, say("{time} and more", time=brief(last, say))


def _steps(most: int) -> list[int]:
    """Two or three round counts up to the highest bar."""
    size = 10 ** math.floor(math.log10(max(most, 1)))
    step = next((size * n for n in (0.5, 1, 2, 5) if most / (size * n) <= 4), size)
    step = max(1, round(step))
    return list(range(step, most + 1, step))


def _alt(found: Gap, say: Say) -> str:
    told = say(
        "Time from {source} to {target}: half within {median}, 90% within {p90}, n = {n:,}.",
        source=found.source,
        target=found.target,
        median=span(found.median.value, say),
        p90=span(found.p90.value, say),
        n=found.median.n,
    )
    if found.kept.value is None:
        return told
    return told + " " + say("{share} came within the promised time.", share=percent(found.kept.value, say))
