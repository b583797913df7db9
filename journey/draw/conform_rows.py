"""The designed map against lived cases in rows: each step, the commonest detours, parts of the cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from journey.analysis.conform_detours import Detour
from journey.analysis.conform_found import Conformance, SegmentConformance, StepConformance
from journey.draw.conform_words import between, deviations, way
from journey.draw.rounds import difference_dot, known_well
from journey.draw.sheet import LEFT, RIGHT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval
from journey.model import Measure, Scale

__all__ = ["detour_mark", "detour_rows", "segment_rows", "step_rows"]

HEAD, LOW, HIGH = 50, 32, 52
NAMES: Final = 0.22  # of the width
AIR: Final = 62  # pixels right of a bar, for its number
Read = Callable[[StepConformance], Measure]


def _columns(many: int) -> list[tuple[X, X]]:
    """Where columns of bars begin and end."""
    wide = (1 - NAMES) / many
    return [(X(NAMES + wide * at, 6), X(NAMES + wide * (at + 1), -AIR)) for at in range(many)]


def step_rows(found: Conformance, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a planned step: the shares that skip it, meet it out of order, meet it again, and leave after it.

    Marks are the touchpoints' names.
    """
    steps = [one for one in found.steps if one.planned]
    kinds: list[tuple[str, str, Read]] = [
        (say("Skipped"), say("of cases whose way came by"), lambda one: one.skipped),
        (say("Out of order"), say("of cases whose way came by"), lambda one: one.out_of_order),
        (say("Again, unplanned"), say("of cases that met it"), lambda one: one.repeated),
        (say("Left after it"), say("of cases that met it as planned"), lambda one: one.left),
    ]
    sheet = Sheet(theme, label=_alt(steps, say))
    columns = _columns(len(kinds))
    for (start, stop), (title, of, _read) in zip(columns, kinds, strict=True):
        room = start.until(stop.by(AIR - 4))
        sheet.text(start, 14, title, size=13, weight=650, room=room)
        sheet.note(start, 36, of, room=room, lines=2)
    most = max((read(one).high or 0 for one in steps for _, _, read in kinds), default=1) or 1
    for at, one in enumerate(steps):
        _step(sheet, at, one, [read for _, _, read in kinds], columns, most, say)
    return sheet.end(HEAD + LOW * len(steps) + 6, least=820)


def _step(
    sheet: Sheet,
    at: int,
    one: StepConformance,
    reads: Sequence[Read],
    columns: Sequence[tuple[X, X]],
    most: float,
    say: Say,
) -> None:
    y = HEAD + LOW * at
    middle = y + LOW / 2
    _ground(sheet, y, LOW, one.at, first=not at)
    name = say("{touchpoint} (optional)", touchpoint=one.at) if one.optional else one.at
    sheet.text(LEFT, middle + 4.5, name, weight=600, room=X(NAMES, -10), mark=one.at)
    for (start, stop), read in zip(columns, reads, strict=True):
        _bar(sheet, start, stop, middle, read(one), most, one.at, say)
    sheet.mark(one.at, [one.at, *(deviations(one, say) or [say("as planned")])])


def _bar(sheet: Sheet, start: X, stop: X, middle: float, measure: Measure, most: float, mark: str, say: Say) -> None:
    """A share as a bar, the redder the larger, with its interval and number."""
    if measure.value is None or measure.low is None or measure.high is None:
        sheet.note(start, middle + 4.5, "–", mark=mark)
        return
    end = start.to(stop, measure.value / most)
    # Half of the cases, or more, is as bad as it gets.
    paint = diverging(0.55 - 0.45 * min(1.0, 2 * measure.value))
    sheet.rect(start, middle - 8, start.until(end), 16, fill=paint, r=2, mark=mark)
    high = start.to(stop, measure.high / most)
    if measure.value > 0:
        sheet.whisker(start.to(stop, measure.low / most), high, middle, mark=mark)
    sheet.text(high.by(8), middle + 4.5, percent(measure.value, say), weight=600 if measure.value else 400, mark=mark)


def _ground(sheet: Sheet, y: float, height: float, mark: str, *, first: bool) -> None:
    sheet.rect(LEFT, y, RIGHT, height, fill=sheet.theme.band, opacity=0, mark=mark)
    if not first:
        sheet.line((LEFT, y), (RIGHT, y), thick=1)


def _alt(steps: Sequence[StepConformance], say: Say) -> str:
    listed = "; ".join(f"{one.at} {percent(one.skipped.value, say)}" for one in steps if one.skipped.value)
    return say("Share of the cases on their way that skip a step: {listed}.", listed=listed or "–")


# --- detours -----------------------------------------------------------------------------------------


def detour_mark(at: int) -> str:
    """The mark of the detour at that place."""
    return f"detour-{at}"


def detour_rows(found: Sequence[Detour], *, scale: Scale | None, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a detour: the share of the cases that could take it and did, and the difference in satisfaction.

    A dot is coloured, blue for better and red for worse, where the difference stands out from chance.
    """
    listed = "; ".join(f"{way(one)} {percent(one.share.value, say)}" for one in found)
    sheet = Sheet(theme, label=say("Commonest detours: {listed}.", listed=listed))
    felt = scale is not None and any(one.difference.value is not None for one in found)
    start, stop = X(0.34), X(0.6, -40) if felt else X(1.0, -150)
    zero_from, zero_to = X(0.70), X(1.0, -140)
    most = max((one.share.high or 0 for one in found), default=1) or 1
    sheet.text(start, 16, say("Cases that took it"), size=13, weight=650)
    sheet.note(start, 33, say("share of those that stood before it, n"))
    if felt:
        sheet.text(zero_from, 16, say("Satisfaction of those who took it"), size=13, weight=650)
        sheet.note(zero_from, 33, say("less that of the others, in points of the scale"))
        zero = zero_from.to(zero_to, 0.5)
        sheet.line((zero, HEAD), (zero, HEAD + HIGH * len(found)), stroke=theme.muted, thick=1, dash="3 3")
    known = known_well(found, scale) if felt else []
    far = max((max(abs(one.difference.low or 0), abs(one.difference.high or 0)) for one in known), default=1.0)
    for at, one in enumerate(found):
        y, mark = HEAD + HIGH * at, detour_mark(at)
        middle = y + HIGH / 2
        _ground(sheet, y, HIGH, mark, first=not at)
        sheet.text(LEFT, middle - 3, way(one), weight=600, room=X(0.34, -14), mark=mark)
        sheet.note(LEFT, middle + 14, between(one, say), room=X(0.34, -14), mark=mark)
        _taken(sheet, start, stop, middle, one, most, mark, say)
        if felt and scale is not None:
            difference_dot(sheet, middle, mark, one, far or 1.0, scale, theme, say)
        sheet.mark(mark, _told(one, say))
    return sheet.end(HEAD + HIGH * len(found) + 6, least=760 if felt else 480)


def _taken(sheet: Sheet, start: X, stop: X, middle: float, one: Detour, most: float, mark: str, say: Say) -> None:
    end, high = start.to(stop, (one.share.value or 0) / most), start.to(stop, (one.share.high or 0) / most)
    sheet.rect(start, middle - 9, start.until(end), 18, fill=sheet.theme.accent, r=3, mark=mark)
    sheet.whisker(start.to(stop, (one.share.low or 0) / most), high, middle, mark=mark)
    told = f"{percent(one.share.value, say)} · {say.number(one.cases)}"
    sheet.text(high.by(9), middle + 4.5, told, weight=600, mark=mark)


def _told(one: Detour, say: Say) -> list[str]:
    lines = [
        way(one),
        between(one, say),
        say(
            "{n:,} of the {of:,} cases that stood before it: {share}",
            n=one.cases,
            of=one.share.n,
            share=interval(one.share, ".1%", say),
        ),
    ]
    if one.difference.value is not None:
        lines += [
            say(
                "Satisfaction of those who took it: {value}, n = {n:,}",
                value=interval(one.took, ".2f", say),
                n=one.took.n,
            ),
            say("of the others: {value}, n = {n:,}", value=interval(one.others, ".2f", say), n=one.others.n),
        ]
    return lines


# --- parts of the cases --------------------------------------------------------------------------------


def segment_rows(
    found: Sequence[SegmentConformance], names: Sequence[str], *, theme: Theme = LIGHT, say: Say = ENGLISH
) -> Sheet:
    """A row a part: its fitness, the share of its cases without a deviation, its precision, each with its interval."""
    kinds: list[tuple[str, str, Callable[[SegmentConformance], Measure], str]] = [
        (say("Fitness"), say("mean over the cases"), lambda one: one.fitness, ".3f"),
        (say("Without a deviation"), say("share of the cases"), lambda one: one.fitting, ".1%"),
        (say("Precision"), say("as if all were as few"), lambda one: one.precision, ".2f"),
    ]
    listed = "; ".join(f"{name} {interval(one.fitness, '.3f', say)}" for one, name in zip(found, names, strict=True))
    sheet = Sheet(theme, label=say("Fitness: {listed}.", listed=listed))
    columns = _columns(len(kinds))
    for (start, stop), (title, of, read, form) in zip(columns, kinds, strict=True):
        sheet.text(start, 16, title, size=13, weight=650)
        sheet.note(start, 33, of)
        measures = [read(one) for one in found]
        least, most = min(m.low or 0 for m in measures), max(m.high or 0 for m in measures)
        room = (most - least) or 1.0
        for at, (one, measure) in enumerate(zip(found, measures, strict=True)):
            middle, mark = HEAD + HIGH * at + HIGH / 2, f"part-{at}"
            if measure.value is None or measure.low is None or measure.high is None:
                sheet.note(start, middle + 4.5, "–", mark=mark)
                continue
            low, high, here = (
                start.by(4).to(stop, (x - least) / room) for x in (measure.low, measure.high, measure.value)
            )
            sheet.whisker(low, high, middle, mark=mark)
            sheet.dot(here, middle, 6, fill=theme.accent, stroke=theme.ground, thick=1.5, mark=mark)
            sheet.text(stop.by(14), middle + 4.5, say.number(measure.value, form), weight=600, mark=mark)
            _ = one
    for at, (one, name) in enumerate(zip(found, names, strict=True)):
        y, mark = HEAD + HIGH * at, f"part-{at}"
        _ground(sheet, y, HIGH, mark, first=not at)
        sheet.text(LEFT, y + HIGH / 2 - 3, name, weight=600, room=X(NAMES, -10), mark=mark)
        sheet.note(LEFT, y + HIGH / 2 + 14, say("{n:,} cases", n=one.cases), mark=mark)
        told = [f"{title} {interval(read(one), form, say)}" for title, _of, read, form in kinds]
        sheet.mark(mark, [name, say("{n:,} cases", n=one.cases), *told], opens=False)
    return sheet.end(HEAD + HIGH * len(found) + 6, least=720)
