"""Emotion as rows: how well each summary of what was felt foretells the outcome, and how much less than the mean."""

from __future__ import annotations

from typing import Final

from journey.analysis.emotion import Emotion, Foretelling
from journey.draw.feeling_words import NAMES, verdict
from journey.draw.sheet import LEFT, RIGHT, Sheet, X
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval
from journey.model import Measure

__all__ = ["across", "felt", "signed"]

HEAD, ROW = 52, 46
NAME_ENDS: Final = X(0.23, 0)
FROM, TO = X(0.25, 0), X(0.56, -56)
LESS_FROM, LESS_TO = X(0.64, 0), X(1.0, -126)


def felt(found: Emotion, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> Sheet:
    """A row a summary: its strength with chance as a line, and its difference from the mean with 0 as a line.

    Filled is what differs clearly from the mean.
    """
    sheet = Sheet(theme, label=verdict(found, say))
    chance = 0.5 if found.by == "auc" else 0.0
    strengths = [one.strength for one in found.summaries]
    low = min([chance, *(m.low or 0 for m in strengths)]) - 0.02
    high = max([chance, *(m.high or 0 for m in strengths)]) + 0.02
    less = [one.less_mean for one in found.summaries if one.less_mean is not None]
    far = max((abs(x or 0) for m in less for x in (m.low, m.high)), default=1.0)
    title = say("How well it foretells") if found.by == "auc" else say("How closely it goes along")
    below = say("AUC, 95% interval; the line is chance (0.5)")
    if found.by != "auc":
        below = say("correlation, 95% interval; the line is none (0)")
    sheet.text(FROM, 16, title, size=13, weight=650)
    sheet.note(FROM, 34, below)
    sheet.text(LESS_FROM, 16, say("Against the mean"), size=13, weight=650)
    sheet.note(LESS_FROM, 34, say("difference on the same cases"))
    end = HEAD + ROW * len(found.summaries)
    for x in (FROM.to(TO, (chance - low) / (high - low)), LESS_FROM.to(LESS_TO, 0.5)):
        sheet.line((x, HEAD), (x, end), stroke=theme.muted, thick=1, dash="3 3")
    for at, one in enumerate(found.summaries):
        middle, name = HEAD + ROW * at + ROW / 2, f"felt-{one.name}"
        if at:
            sheet.line((LEFT, HEAD + ROW * at), (RIGHT, HEAD + ROW * at), thick=1)
        sheet.rect(LEFT, HEAD + ROW * at, RIGHT, ROW, fill=theme.band, opacity=0, mark=name)
        best = one.name == found.verdict or (one.name == "mean" and found.verdict in ("mean", "open"))
        sheet.text(
            LEFT, middle + 4.5, say(NAMES[one.name]), weight=700 if best else 500, room=NAME_ENDS, lines=2, mark=name
        )
        across(sheet, one.strength, (FROM, TO), (low, high), middle, fill=theme.accent, mark=name)
        sheet.text(
            TO.by(12), middle + 4.5, say.number(one.strength.value, ".2f").replace("-", "−"), weight=600, mark=name
        )
        _less(sheet, one, far or 1.0, middle, theme, say, name)
        sheet.mark(name, _told(one, found, say), opens=False)
    return sheet.end(end + 6, least=680)


def _less(sheet: Sheet, one: Foretelling, far: float, middle: float, theme: Theme, say: Say, name: str) -> None:
    if one.less_mean is None:
        sheet.note(LESS_TO.by(14), middle + 4.5, say("the yardstick"), mark=name)
        return
    fill = theme.accent if one.clear else theme.ground
    across(sheet, one.less_mean, (LESS_FROM, LESS_TO), (-far, far), middle, fill=fill, mark=name)
    sheet.text(LESS_TO.by(14), middle, signed(one.less_mean.value, say, ".3f"), weight=650, mark=name)
    sheet.note(LESS_TO.by(14), middle + 15, say("clear") if one.clear else say("not clear"), mark=name)


def across(
    sheet: Sheet, one: Measure, ends: tuple[X, X], axis: tuple[float, float], y: float, *, fill: str, mark: str,
    square: bool = False,
) -> None:  # fmt: skip
    """A value with its interval on an axis: a dot, or a square on its tip."""
    if one.value is None:
        return
    value, low, high = (
        ends[0].to(ends[1], (min(max(x, axis[0]), axis[1]) - axis[0]) / (axis[1] - axis[0]))
        for x in (one.value, one.value if one.low is None else one.low, one.value if one.high is None else one.high)
    )
    sheet.whisker(low, high, y, mark=mark)
    if square:
        tips = [(value.by(-7), y), (value, y - 7), (value.by(7), y), (value, y + 7)]
        sheet.polygon(tips, fill=fill, stroke=sheet.theme.ink, thick=1.5, mark=mark)
    else:
        sheet.dot(value, y, 6, fill=fill, stroke=sheet.theme.ink, thick=1.5, mark=mark)


def signed(value: float | None, say: Say, form: str) -> str:
    """A number with its sign, as it is printed."""
    return "–" if value is None else say.number(value, f"+{form}").replace("-", "−")


def _told(one: Foretelling, found: Emotion, say: Say) -> list[str]:
    kind = say("AUC") if found.by == "auc" else say("correlation")
    lines = [
        say(NAMES[one.name]),
        f"{kind} {interval(one.strength, '.3f', say)}",
        say("n = {n:,} moments", n=one.strength.n),
    ]
    if one.less_mean is not None:
        low, high = (signed(x, say, ".3f") for x in (one.less_mean.low, one.less_mean.high))
        value = signed(one.less_mean.value, say, ".3f")
        lines.append(say("less the mean's: {value} ({low} to {high})", value=value, low=low, high=high))
    return lines
