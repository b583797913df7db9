"""Funnels: how many cases reach each step, how many are lost before it, and what those did instead."""

from __future__ import annotations

from collections.abc import Sequence

from journey.draw.sheet import LEFT, RIGHT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say, interval, place, span
from journey.events.funnel import FunnelStep
from journey.events.instead import Instead
from journey.model import END, Measure

__all__ = ["alternatives", "funnel", "lost_mark", "reached_mark", "went_mark"]

HEAD, ROW, BAR = 30, 58, 30
BEGIN, STOP = X(0.0, 196), X(1.0, -300)  # between which the bars stand
SHARE, TIME = X(1.0, -228), X(1.0, -90)
SMALL = 38  # height of a row of the alternatives
# Characters of 12 pixels that a bar's own number takes.
DIGIT = 8.6


def reached_mark(at: int) -> str:
    """The mark of the cases that reached step `at`."""
    return f"reached-{at}"


def lost_mark(at: int) -> str:
    """The mark of the cases that were lost before step `at`."""
    return f"lost-{at}"


def went_mark(at: int) -> str:
    """The mark of `found.went[at]`."""
    return f"went-{at}"


def funnel(
    found: Sequence[FunnelStep],
    *,
    chosen: int | None = None,
    timed: bool = True,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> Sheet:
    """A row a step: the cases that reached it, and beside them, as high, those lost since the step before.

    chosen   the step whose lost cases are looked at: they are framed
    """
    sheet = Sheet(theme, label=_alt(found, say))
    first = max(1, found[0].cases)
    sheet.key(BEGIN, 12, {say("reached"): theme.accent, say("lost since the step before"): theme.back})
    sheet.note(SHARE, 16, say("Of the step before"))
    if timed:
        sheet.note(TIME, 16, say("Median time"))
    for at, step in enumerate(found):
        _step(sheet, at, step, found[at - 1] if at else None, first, chosen == at, timed, theme, say)
    return sheet.end(HEAD + ROW * len(found) + 4, least=720)


def _step(
    sheet: Sheet,
    at: int,
    step: FunnelStep,
    before: FunnelStep | None,
    first: int,
    chosen: bool,
    timed: bool,
    theme: Theme,
    say: Say,
) -> None:
    y = HEAD + ROW * at + (ROW - BAR) / 2
    middle = y + BAR / 2 + 4.5
    reached, lost = reached_mark(at), lost_mark(at)
    if at:
        sheet.line((LEFT, HEAD + ROW * at), (RIGHT, HEAD + ROW * at), thick=1)
    title = f"{say.number(at + 1)}  {step.touchpoint}"
    sheet.text(LEFT, middle, title, weight=600, room=X(0, 184), lines=2, mark=reached)
    sheet.rect(BEGIN, y, BEGIN.until(STOP), BAR, fill=theme.band, r=3)
    end = BEGIN.to(STOP, step.cases / first)
    fill = theme.accent
    sheet.rect(BEGIN, y, BEGIN.until(end), BAR, fill=fill, r=3, mark=reached)
    beyond = BEGIN.to(STOP, before.cases / first) if before else end
    if step.lost:
        frame = {"stroke": theme.ink, "thick": 2.5} if chosen else {}
        sheet.rect(end.by(1), y, end.until(beyond).by(-1), BAR, fill=theme.back, r=3, mark=lost, **frame)
    _numbers(sheet, step, y, middle, end, beyond, fill, theme, say, marks=(reached, lost), first=first)
    if before is not None:
        sheet.text(SHARE, middle, percent(step.of_previous.value, say), size=14, weight=650, mark=reached)
        about = _bounds(step.of_previous, say)
        sheet.note(SHARE.by(52), middle, about, mark=reached)
        if timed:
            sheet.text(TIME, middle, span(step.wait_median_s, say), mark=reached)
    _told(sheet, at, step, before, say)


def _bounds(measure: Measure, say: Say) -> str:
    if measure.low is None or measure.high is None:
        return ""
    low, high = percent(measure.low, say), percent(measure.high, say)
    # Bounds that read the same need a decimal more.
    return f"{low}–{high}" if low != high else f"{say.number(measure.low, '.1%')}–{say.number(measure.high, '.1%')}"


def _numbers(
    sheet: Sheet,
    step: FunnelStep,
    y: float,
    middle: float,
    end: X,
    beyond: X,
    fill: str,
    theme: Theme,
    say: Say,
    *,
    marks: tuple[str, str],
    first: int,
) -> None:
    """Counts on their bars where these are long enough for any width, else behind them."""
    told = f"{say.number(step.cases)} · {percent(step.of_first.value, say)}"
    after = beyond.by(8)
    wide = step.cases / first > 0.26
    if wide:
        sheet.text(BEGIN.by(10), middle, told, weight=620, fill=ink_on(fill), mark=marks[0])
    if not step.lost:
        if not wide:
            sheet.text(after, middle, told, weight=620, mark=marks[0])
        return
    gone = f"−{say.number(step.lost)}"
    if step.lost / first > 0.16:
        sheet.text(
            end.to(beyond, 0.5), middle, gone, weight=620, fill=ink_on(theme.back), anchor="middle", mark=marks[1]
        )
    else:
        sheet.text(after, middle, gone, weight=620, fill=theme.back, mark=marks[1])
        after = after.by(len(gone) * DIGIT + 10)
    if not wide:
        sheet.text(after, middle, told, weight=620, mark=marks[0])


def _told(sheet: Sheet, at: int, step: FunnelStep, before: FunnelStep | None, say: Say) -> None:
    lines = [
        step.touchpoint,
        say("{n:,} cases reached it", n=step.cases),
        say("{share} of the first step's {n:,}", share=interval(step.of_first, ".1%", say), n=step.of_first.n),
    ]
    if before is None:
        sheet.mark(reached_mark(at), lines[:2], opens=False)
        return
    previous = interval(step.of_previous, ".1%", say)
    lines.append(say("{share} of the {n:,} at {name}", share=previous, n=before.cases, name=before.touchpoint))
    if step.wait_median_s is not None:
        lines.append(say("half of them within {median}", median=span(step.wait_median_s, say)))
    sheet.mark(reached_mark(at), lines)
    if step.lost:
        lost = Measure(step.lost / before.cases, *_rest(step.of_previous), before.cases)
        told = [
            say("{before}, but not {name}", before=before.touchpoint, name=step.touchpoint),
            say("{n:,} cases lost", n=step.lost),
            say(
                "{share} of the {n:,} at {name}",
                share=interval(lost, ".1%", say),
                n=before.cases,
                name=before.touchpoint,
            ),
        ]
        sheet.mark(lost_mark(at), told)


def _rest(measure: Measure) -> tuple[float | None, float | None]:
    """The interval of what is left to the whole."""
    if measure.low is None or measure.high is None:
        return None, None
    return 1 - measure.high, 1 - measure.low


def alternatives(found: Instead, *, most: int = 8, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """Where lost cases went next: a bar each, with its interval; the rare ones together, ends in rust at the bottom."""
    sheet = Sheet(theme, label=_alt_instead(found, say))
    went = [one for one in found.went if one.place is not END]
    ends = [one for one in found.went if one.place is END]
    shown, rest = (went, []) if len(went) <= most + 1 else (went[:most], went[most:])
    rows = [(found.went.index(one), place(one.place, say), one.share, one.cases, one.wait_median_s) for one in shown]
    top = max((one.share.high or 0 for one in found.went), default=1) or 1
    y = 4.0
    for at, name, measure, n, wait in rows:
        _bar(sheet, went_mark(at), name, measure, n, wait, y, top, theme.accent, theme, say)
        y += SMALL
    if rest:
        n = sum(one.cases for one in rest)
        names = ", ".join(str(one.place) for one in rest[:8])
        measure = Measure(n / found.cases, None, None, found.cases)
        name = say("{n} others", n=len(rest))
        _bar(sheet, "rest", name, measure, n, None, y, top, theme.edge, theme, say, about=names)
        y += SMALL
    for one in ends:
        at, name = found.went.index(one), say("Nothing more: the case ends")
        _bar(sheet, went_mark(at), name, one.share, one.cases, None, y, top, theme.back, theme, say)
        y += SMALL
    return sheet.end(y + 4, least=420)


def _bar(
    sheet: Sheet,
    mark: str,
    name: str,
    measure: Measure,
    n: int,
    wait: float | None,
    y: float,
    top: float,
    fill: str,
    theme: Theme,
    say: Say,
    *,
    about: str = "",
) -> None:
    begin, stop = X(0.34, 0), X(1.0, -130)
    middle = y + SMALL / 2
    sheet.rect(LEFT, y, RIGHT, SMALL, fill=theme.band, opacity=0, mark=mark)
    sheet.text(LEFT, middle + 4.5, name, room=X(0.34, -12), mark=mark, lines=2)
    end = begin.to(stop, (measure.value or 0) / top)
    sheet.rect(begin, middle - 9, begin.until(end), 18, fill=fill, r=3, mark=mark)
    last = end
    if measure.low is not None and measure.high is not None:
        last = begin.to(stop, measure.high / top)
        sheet.whisker(begin.to(stop, measure.low / top), last, middle, mark=mark)
    sheet.text(last.by(10), middle + 4.5, f"{percent(measure.value, say)} · {say.number(n)}", weight=600, mark=mark)
    lines = [
        name,
        say(
            "{n:,} of the {of:,} lost cases went here next: {share}",
            n=n,
            of=measure.n,
            share=interval(measure, ".1%", say),
        )
        if measure.low is not None
        else say("{n:,} of the {of:,} lost cases went here next", n=n, of=measure.n),
        about,
    ]
    if wait is not None:
        lines.append(say("half of them within {median}", median=span(wait, say)))
    sheet.mark(mark, lines, opens=mark != "rest")


def _alt(found: Sequence[FunnelStep], say: Say) -> str:
    listed = "; ".join(
        say(
            "{name}: {n:,} cases, {share} of the step before",
            name=one.touchpoint,
            n=one.cases,
            share=percent(one.of_previous.value, say),
        )
        for one in found
    )
    return say("Funnel. {listed}.", listed=listed)


def _alt_instead(found: Instead, say: Say) -> str:
    listed = "; ".join(f"{place(one.place, say)} {percent(one.share.value, say)}" for one in found.went[:8])
    return say(
        "What the {n:,} cases did next that met {after}, but not {missed}: {listed}.",
        n=found.cases,
        after=found.after,
        missed=found.missed,
        listed=listed or "–",
    )
