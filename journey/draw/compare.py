"""Two sides in one picture: what was measured at each touchpoint on either side, and how far that is apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.compare import Comparison
from journey.analysis.compare_differences import Difference
from journey.draw.axes import layout, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.compare_words import apart, counted, title, told, verdict
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, span

__all__ = ["about", "dumbbells", "sides"]

PLOT: Final = 0.67  # of the width is for the marks, the rest for numbers
SYMBOLS: Final = ("circle", "diamond")
LINES: Final = (-0.16, 0.16)  # where in a row the intervals of A and B lie
HOUR: Final = 3600
DAY: Final = 24 * HOUR
# Waits lie on a scale of multiples: hours and weeks in one picture.
MOMENTS: Final = (1, 10, 60, 600, HOUR, 6 * HOUR, *(DAY * days for days in (1, 2, 4, 8, 16, 32, 90, 365)))


def sides(theme: Theme) -> tuple[str, str]:
    """The colours of A and B: blue and orange stay apart for the colour blind; their marks differ in shape as well."""
    return theme.accent, theme.back


def dumbbells(
    found: Sequence[Difference], comparison: Comparison, *, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """One measure at several touchpoints, in the order given: both sides with their intervals, and the difference.

    Where a difference is clear its name is bold, and a dark bar joins the two marks.
    """
    canvas, rows = Canvas(), list(range(len(found)))
    of, names = found[0].of if found else "", [str(one.at) for one in found]
    axis = _waits(found, say) if of == "wait_median_s" else _linear(of, found, say)
    canvas.set(layout(theme, rows=len(found), head=34, foot=30, row=34))
    canvas.set(
        {
            "xaxis": x_axis(theme, domain=[0, PLOT], **axis),
            "xaxis2": {"domain": [PLOT, 1], "range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": y_axis(theme, names, ticktext=[_bold(one) for one in found]),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    for row, one in enumerate(found):
        _row(canvas, row, one, theme)
    texts = [about(one, comparison, say) for one in found]
    for side, colour in enumerate(sides(theme)):
        canvas.points(
            x=[_least(one, (one.b if side else one.a).value) for one in found],
            y=[row + LINES[side] for row in rows],
            mode="markers",
            customdata=names,
            hoverinfo="text",
            hovertext=texts,
            marker={"size": 11, "color": colour, "symbol": SYMBOLS[side], "line": {"color": theme.ground, "width": 1}},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    _numbers(canvas, found, theme, say)
    _heads(canvas, comparison, theme, say)
    return canvas.figure()


def _bold(one: Difference) -> str:
    name = escape(str(one.at), quote=False)
    return f"<b>{name}</b>" if one.clear else name


def _ends(found: Sequence[Difference]) -> tuple[float, float]:
    """The least and the greatest end of an interval."""
    ends = [x for one in found for m in (one.a, one.b) for x in (m.low, m.high) if x is not None]
    return min(ends, default=0.0), max(ends, default=1.0)


def _linear(of: str, found: Sequence[Difference], say: Say) -> dict[str, Any]:
    """An axis in the measure's own unit, its numbers as the reader's language writes them."""
    low, high = _ends(found)
    room = (high - low or 1.0) * 0.05
    step = _round((high - low or 1.0) / 5)
    first = math.ceil((low - room) / step)
    values = [(first + at) * step for at in range(12) if (first + at) * step <= high + room]
    form = ".1f" if of in ("satisfaction", "effort") else ".0%" if step >= 0.01 else ".1%"
    return {
        "range": [low - room, high + room],
        "tickvals": values,
        "ticktext": [say.number(value, form) for value in values],
    }


def _waits(found: Sequence[Difference], say: Say) -> dict[str, Any]:
    low, high = (math.log10(max(x, 1.0)) for x in _ends(found))
    room = max(high - low, 0.3) * 0.05
    values = [moment for moment in MOMENTS if low - room <= math.log10(moment) <= high + room]
    return {
        "type": "log",
        "range": [low - room, high + room],
        "tickvals": values,
        "ticktext": [span(value, say) for value in values],
    }


def _round(step: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step)


def _row(canvas: Canvas, row: int, one: Difference, theme: Theme) -> None:
    if row % 2 == 0:
        canvas.shape(
            type="rect",
            xref="paper",
            x0=0,
            x1=1,
            y0=row - 0.5,
            y1=row + 0.5,
            fillcolor=theme.band,
            line_width=0,
            layer="below",
        )
    for side, (measure, colour) in enumerate(zip((one.a, one.b), sides(theme), strict=True)):
        y = row + LINES[side]
        canvas.shape(
            type="line",
            x0=_least(one, measure.low),
            x1=_least(one, measure.high),
            y0=y,
            y1=y,
            layer="below",
            line={"color": colour, "width": 2.5},
            opacity=0.55,
        )
    if one.clear:
        line = {"color": theme.ink, "width": 2}
        canvas.shape(
            type="line",
            x0=_least(one, one.a.value),
            x1=_least(one, one.b.value),
            y0=row + LINES[0],
            y1=row + LINES[1],
            layer="below",
            line=line,
        )


def _least(one: Difference, value: float | None) -> float | None:
    """A wait of no time has no place on a scale of multiples: there it stands at a second."""
    return value if value is None or one.of != "wait_median_s" else max(value, 1.0)


def _numbers(canvas: Canvas, found: Sequence[Difference], theme: Theme, say: Say) -> None:
    """The differences, in words that stand right of the marks."""
    canvas.points(
        x=[0.06] * len(found),
        y=list(range(len(found))),
        xaxis="x2",
        yaxis="y2",
        mode="text",
        text=[f"<b>{apart(one, say)}</b>" if one.clear else apart(one, say) for one in found],
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": 12.5, "color": [theme.ink if one.clear else theme.muted for one in found]},
        unselected={"textfont": {"color": theme.ink}},
    )


def _heads(canvas: Canvas, comparison: Comparison, theme: Theme, say: Say) -> None:
    """What the marks mean, above them; what the numbers mean, above these."""
    blue, orange = sides(theme)
    a, b = (escape(side.name, quote=False) for side in (comparison.a, comparison.b))
    marks = say(
        "<span style='color:{blue}'>●</span> <b>{a}</b>   <span style='color:{orange}'>◆</span> <b>{b}</b>   "
        "━ 95% interval",
        blue=blue,
        orange=orange,
        a=a,
        b=b,
    )
    for x, text in ((0.0, marks), (PLOT + 0.02, say("{a} less {b}, 95% interval", a=a, b=b))):
        canvas.note(
            xref="paper",
            yref="paper",
            x=x,
            y=1,
            yshift=6,
            yanchor="bottom",
            xanchor="left",
            text=text,
            font={"size": 12.5, "color": theme.muted},
        )


def about(one: Difference, comparison: Comparison, say: Say = ENGLISH) -> str:
    """All that is known of a difference, for a hover."""
    lines = [f"<b>{escape(str(one.at), quote=False)}</b> · {title(one.of, say)}"]
    for side, measure in ((comparison.a, one.a), (comparison.b, one.b)):
        lines.append(
            say(
                "{name}: {value} · {n}",
                name=escape(side.name, quote=False),
                value=told(one.of, measure, say),
                n=counted(one.of, measure.n, say),
            )
        )
    lines.append(say("difference {apart}: {verdict}", apart=apart(one, say), verdict=verdict(one, say)))
    return "<br>".join(lines)
