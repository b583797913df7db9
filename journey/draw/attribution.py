"""Markov and Shapley side by side: what of the goals each puts down to a touchpoint, and where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.attribution import Attribution, Credit
from journey.draw.axes import layout, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, shortened
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval, share
from journey.model import Measure

__all__ = ["credits_shown"]

PLOT: Final = 0.74  # of the width is for the marks, the rest for numbers
LINES: Final = (-0.17, 0.17)  # where in a row the intervals of Markov and Shapley lie
SYMBOLS: Final = ("circle", "diamond")
LETTERS: Final = 40


def credits_shown(
    found: Attribution, *, most: int | None = None, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """Both credits with their intervals, in cases; where they disagree the name is bold and a bar joins the marks.

    Marks carry the touchpoint's name as customdata.
    """
    shown = found.credits[:most]
    canvas, names = Canvas(), [one.at for one in shown]
    far = max((max(one.markov.high or 0, one.shapley.high or 0) for one in shown), default=1) or 1
    canvas.set(layout(theme, rows=len(shown), head=62))
    canvas.set(
        {
            "xaxis": x_axis(theme, domain=[0, PLOT], range=[0, far * 1.04], **_ticks(far, say)),
            "xaxis2": {"domain": [PLOT, 1], "range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": y_axis(theme, names, ticktext=[_name(one) for one in shown]),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    for row, one in enumerate(shown):
        _row(canvas, row, one, theme)
    texts = [_told(one, found, say) for one in shown]
    for side, colour in enumerate(_colours(theme)):
        canvas.points(
            x=[(one.markov, one.shapley)[side].value for one in shown],
            y=[row + LINES[side] for row in range(len(shown))],
            mode="markers",
            customdata=names,
            hoverinfo="text",
            hovertext=texts,
            marker={"size": 11, "color": colour, "symbol": SYMBOLS[side], "line": {"color": theme.ground, "width": 1}},
            **STEADY,
        )
    _numbers(canvas, shown, found, theme, say)
    _heads(canvas, theme, say)
    return canvas.figure()


def _colours(theme: Theme) -> tuple[str, str]:
    return theme.accent, theme.back


def _name(one: Credit) -> str:
    name = escape(shortened(one.at, LETTERS), quote=False)
    return f"<b>⚠ {name}</b>" if one.disagree else name


def _ticks(far: float, say: Say) -> dict[str, Any]:
    """Round numbers of cases, as the reader's language writes them."""
    step = next(size * 10**power for power in range(-1, 12) for size in (1, 2, 5) if size * 10**power * 5 >= far)
    values = [step * k for k in range(int(far / step) + 1)]
    return {"tickvals": values, "ticktext": [say.number(value, ",.0f" if step >= 1 else ",.1f") for value in values]}


def _row(canvas: Canvas, row: int, one: Credit, theme: Theme) -> None:
    if row % 2 == 0:
        band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": row - 0.5, "y1": row + 0.5}
        canvas.shape(**band, fillcolor=theme.band, line_width=0, layer="below")
    for side, (measure, colour) in enumerate(zip((one.markov, one.shapley), _colours(theme), strict=True)):
        y = row + LINES[side]
        line = {"color": colour, "width": 2.5}
        canvas.shape(type="line", x0=measure.low, x1=measure.high, y0=y, y1=y, layer="below", line=line, opacity=0.55)
    if one.disagree:
        ends = {"x0": one.markov.value, "x1": one.shapley.value, "y0": row + LINES[0], "y1": row + LINES[1]}
        canvas.shape(type="line", **ends, layer="below", line={"color": theme.ink, "width": 2})


def _numbers(canvas: Canvas, shown: Sequence[Credit], found: Attribution, theme: Theme, say: Say) -> None:
    """Both as shares of the goals that are shared out."""
    for at, side in ((0.28, 0), (0.72, 1)):
        canvas.points(
            x=[at] * len(shown),
            y=list(range(len(shown))),
            xaxis="x2",
            yaxis="y2",
            mode="text",
            text=[_part((one.markov, one.shapley)[side], found, one, say) for one in shown],
            textposition="middle center",
            hoverinfo="skip",
            textfont={"size": 12.5, "color": theme.ink},
            unselected={"textfont": {"color": theme.ink}},
        )


def _part(measure: Measure, found: Attribution, one: Credit, say: Say) -> str:
    told = share((measure.value or 0.0) / found.split, say)
    return f"<b>{told}</b>" if one.disagree else told


def _heads(canvas: Canvas, theme: Theme, say: Say) -> None:
    blue, orange = _colours(theme)
    marks = say(
        "<span style='color:{blue}'>●</span> <b>Markov</b>   <span style='color:{orange}'>◆</span> <b>Shapley</b>",
        blue=blue,
        orange=orange,
    )
    wide = 1 - PLOT
    for x, up, text, anchor in (
        (0.0, 26, marks, "left"),
        (0.0, 8, say("cases with the goal put down to it;  ━ 95% interval"), "left"),
        (PLOT + 0.28 * wide, 8, say("Markov"), "center"),
        (PLOT + 0.72 * wide, 8, say("Shapley"), "center"),
        (PLOT + 0.5 * wide, 26, say("<b>Share of the goals</b>"), "center"),
    ):
        canvas.note(
            xref="paper",
            yref="paper",
            x=x,
            y=1,
            yshift=up,
            yanchor="bottom",
            xanchor=anchor,
            text=text,
            font={"size": 12.5, "color": theme.muted if up == 8 else theme.ink},
        )


def _told(one: Credit, found: Attribution, say: Say) -> str:
    lines = [
        f"<b>{escape(one.at, quote=False)}</b>",
        say("Markov {value} cases", value=interval(one.markov, ",.1f", say)),
        say("Shapley {value} cases", value=interval(one.shapley, ",.1f", say)),
        say("difference {value}", value=interval(one.difference, "+,.1f", say)),
        say(
            "first touchpoint {first:,.0f}, last {last:,.0f}, each visit alike {linear:,.0f}",
            first=one.first,
            last=one.last,
            linear=one.linear,
        ),
        say("met by {n:,} of {of:,} cases with the goal", n=one.met, of=found.split),
    ]
    return "<br>".join(lines)
