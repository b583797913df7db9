"""Variants: each way as a chain of touchpoints in the colours of their stages, beside how many cases took it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from journey.draw.sheet import LEFT, RIGHT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say, interval, span
from journey.events.variants import Variant

__all__ = ["chains", "way_mark"]

HEAD = 34
ROW = 60  # pixels of a way that fits on one line
LINK, BETWEEN = 36, 5  # height of a link of the chain, and of the room between two lines of it
LEAST_PER_LINE, PER_LINE = 4, 7
MOST_LINES = 4
TIP = 8  # of a link
START, END = X(0.0, 208), X(1.0, -118)  # between which the chains stand


def way_mark(at: int) -> str:
    """The mark of the way at that place."""
    return f"way-{at}"


def chains(
    found: Sequence[Variant],
    *,
    colours: Mapping[str, str],
    stages: Mapping[str, str] | None = None,
    goal: Collection[str] = (),
    timed: bool = True,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> Sheet:
    """The ways, commonest first.

    colours   touchpoint → colour; `stages` stage → colour, for the key
    goal      touchpoints that count as success; a way that meets one is marked so
    """
    sheet = Sheet(theme, label=_alt(found, say))
    most = max((one.share.high or 0 for one in found), default=1) or 1
    _heads(sheet, goal, timed, theme, say)
    y = float(HEAD)
    longest = max((len(_linked(one.steps)) for one in found), default=0)
    per_line = max(LEAST_PER_LINE, min(PER_LINE, longest))
    for at, one in enumerate(found):
        links = _linked(one.steps)
        lines = min(MOST_LINES, -(-len(links) // per_line))
        high = ROW + (lines - 1) * (LINK + BETWEEN)
        if at:
            sheet.line((LEFT, y), (RIGHT, y), thick=1)
        _row(sheet, at, one, y, high, most, theme, say)
        _chain(sheet, at, links, per_line, y + (high - lines * (LINK + BETWEEN) + BETWEEN) / 2, colours, theme, say)
        _facts(sheet, at, one, y + high / 2, goal, timed, theme, say)
        y += high
    if stages:
        y += sheet.key(START, y + 18, stages)
    return sheet.end(y + 4, least=760)


def _linked(steps: Sequence[str]) -> list[tuple[str, int]]:
    """Touchpoints with how often they follow themselves."""
    return [(name, len(list(same))) for name, same in groupby(steps)]


def _heads(sheet: Sheet, goal: Collection[str], timed: bool, theme: Theme, say: Say) -> None:
    sheet.note(X(0, 30), 18, say("Cases, share of all"))
    sheet.note(START, 18, say("Way, from the first touchpoint to the last"))
    if timed:
        sheet.note(END.by(14), 18, say("Median time"))
    elif goal:
        sheet.note(END.by(14), 18, say("Goal"))


def _row(sheet: Sheet, at: int, one: Variant, y: float, high: float, most: float, theme: Theme, say: Say) -> None:
    name, middle = way_mark(at), y + high / 2
    sheet.rect(LEFT, y + 2, RIGHT, high - 4, fill=theme.band, opacity=0, mark=name, r=6)
    sheet.text(LEFT, middle + 5, say.number(at + 1), fill=theme.muted, size=13)
    begin, room = X(0, 30), 130.0
    cases = f"{say.number(one.cases)} · {percent(one.share.value, say)}"
    sheet.text(begin, middle - 5, cases, weight=620, mark=name)
    width = room * (one.share.value or 0) / most
    sheet.rect(begin, middle + 3, X(0, max(1.0, width)), 9, fill=theme.accent, r=2, mark=name)
    low, up = (room * (value or 0) / most for value in (one.share.low, one.share.high))
    sheet.whisker(begin.by(low), begin.by(up), middle + 7.5, mark=name)
    sheet.mark(
        name,
        [
            say("{n:,} cases took exactly this way", n=one.cases),
            say("{share} of {of:,} cases", share=interval(one.share, ".1%", say), of=one.share.n),
            " → ".join(_written(step) for step in _linked(one.steps)),
        ],
    )


def _written(link: tuple[str, int]) -> str:
    name, times = link
    return name if times == 1 else f"{name} ×{times}"


def _chain(
    sheet: Sheet,
    at: int,
    links: Sequence[tuple[str, int]],
    per_line: int,
    top: float,
    colours: Mapping[str, str],
    theme: Theme,
    say: Say,
) -> None:
    name = way_mark(at)
    most = per_line * MOST_LINES
    shown = links if len(links) <= most else links[: most - 1]
    for place, link in enumerate(shown):
        line, column = divmod(place, per_line)
        y = top + line * (LINK + BETWEEN)
        x, beyond = (START.to(END, (column + more) / per_line) for more in (0, 1))
        fill = colours.get(link[0], theme.muted)
        middle, high = y + LINK / 2, y + LINK
        first = place == 0
        sheet.polygon(
            [
                (x, y),
                (beyond.by(-TIP - 2), y),
                (beyond.by(-2), middle),
                (beyond.by(-TIP - 2), high),
                (x, high),
                (x if first else x.by(TIP), middle),
            ],
            fill=fill,
            mark=name,
        )
        inside = X(1 / per_line * (END.share - START.share), (END.px - START.px) / per_line - 2 * TIP - 8)
        sheet.text(
            x.by(TIP + (0 if first else 4)),
            middle + 4,
            _written(link),
            size=11.5,
            weight=550,
            fill=ink_on(fill),
            room=inside,
            lines=2,
            mark=name,
        )
    if len(shown) < len(links):
        line, column = divmod(len(shown), per_line)
        x = START.to(END, column / per_line).by(TIP + 4)
        more = sum(times for _, times in links[len(shown) :])
        y = top + line * (LINK + BETWEEN) + LINK / 2 + 4
        sheet.note(x, y, say("{n} more", n=more), mark=name)


def _facts(
    sheet: Sheet, at: int, one: Variant, middle: float, goal: Collection[str], timed: bool, theme: Theme, say: Say
) -> None:
    x, y, name = END.by(14), middle + 4, way_mark(at)
    if timed:
        # One touchpoint takes no time from the first to the last.
        time = span(one.duration_s, say) if len(one.steps) > 1 else "–"
        sheet.text(x, y - (9 if goal else 0), time, mark=name)
        y += 9
    if goal:
        reached = any(step in goal for step in one.steps)
        text, colour = (say("Goal reached"), theme.accent) if reached else (say("No goal"), theme.back)
        sheet.text(x, y, text, size=12.5, fill=colour, weight=600, mark=name)


def _alt(found: Sequence[Variant], say: Say) -> str:
    listed = "; ".join(
        say("{way}: {n:,} cases", way=" → ".join(_written(step) for step in _linked(one.steps)), n=one.cases)
        for one in found[:8]
    )
    return say("The commonest ways: {listed}.", listed=listed)
