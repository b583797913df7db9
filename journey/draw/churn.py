"""Churn as figures: chances told against what came, what goes with leaving, and revenue that stands with friction."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go

from journey.draw.accounts_words import amount, money
from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, shortened
from journey.draw.churn_words import factor, feature
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval
from journey.success.churn import Factor
from journey.success.quality import Band
from journey.success.worth import AtRisk, StakeAt

__all__ = ["calibration", "factors", "stakes"]

LETTERS: Final = 44
ODDS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10)


def calibration(bands: Sequence[Band], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Ten groups by risk: the chance told (across) against the share that left (up), with its 95 % interval.

    On the diagonal chances mean what they say.
    """
    canvas = Canvas()
    told = [band.told for band in bands]
    far = max([*told, *(band.left.high or 0 for band in bands)], default=1) * 1.05 or 1
    canvas.points(
        x=[0, far], y=[0, far], mode="lines", line={"color": theme.muted, "dash": "dot", "width": 1.5},
        name=say("as told"), hoverinfo="skip",
    )  # fmt: skip
    canvas.points(
        x=told,
        y=[band.left.value for band in bands],
        mode="markers",
        name=say("a tenth of the accounts, with 95% interval"),
        marker={"size": 10, "color": theme.accent},
        error_y=whiskers([band.left for band in bands], theme),
        hoverinfo="text",
        hovertext=[
            say(
                "told {told}, left {left} of {n:,}",
                told=say.number(band.told, ".1%"),
                left=interval(band.left, ".1%", say),
                n=band.left.n,
            )
            for band in bands
        ],
    )
    ticks = _ticks(far)
    axis = {"range": [0, far], "tickvals": ticks, "ticktext": [say.number(t, ".0%") for t in ticks]}
    font = {"size": 12, "color": theme.muted}
    canvas.set(layout(theme, rows=0, head=36, foot=56))
    canvas.layout["margin"]["l"] = 64
    canvas.set(
        {
            "height": 380,
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "xaxis": x_axis(theme, **axis, title={"text": say("chance of leaving, as told"), "font": font}),
            "yaxis": x_axis(theme, **axis, title={"text": say("share that left"), "font": font}),
        }
    )
    return canvas.figure()


def factors(shown: Sequence[Factor], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Odds ratios with their 95 % intervals: right of 1 goes with leaving, left with staying. A hollow mark does not
    stand out among all."""
    canvas, rows = Canvas(), list(range(len(shown)))
    ends = [end for one in shown for end in (one.odds.low, one.odds.high) if end]
    least, most = min([*ends, 0.5]), max([*ends, 2.0])
    least, most = max(least / 1.1, 0.02), min(most * 1.1, 50)
    canvas.set(layout(theme, rows=len(shown), head=48, foot=36))
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                type="log",
                domain=[0, 0.8],
                range=[float(np.log10(least)), float(np.log10(most))],
                tickvals=list(ODDS),
                ticktext=[say.number(v, ".1f" if v < 1 else ".0f") for v in ODDS],
            ),
            "yaxis": y_axis(theme, [_cut(feature(one.name, say)) for one in shown]),
        }
    )
    for x, text, side in ((0.0, say("← stay"), "left"), (0.8, say("leave →"), "right")):
        canvas.note(
            xref="paper", yref="paper", x=x, y=1, yanchor="bottom", xanchor=side, text=text,
            font={"size": 12, "color": theme.muted},
        )  # fmt: skip
    canvas.shape(
        type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", line={"color": theme.muted, "width": 1, "dash": "dot"}
    )
    canvas.points(
        x=[one.odds.value for one in shown],
        y=rows,
        mode="markers",
        showlegend=False,
        customdata=[one.at or "" for one in shown],
        marker={
            "size": 11,
            "color": [theme.accent if one.clear else theme.ground for one in shown],
            "line": {"width": 2, "color": theme.accent},
        },
        error_x=whiskers([one.odds for one in shown], theme),
        hoverinfo="text",
        hovertext=[
            say(
                "{factor}: odds of leaving × {odds}",
                factor=escape(factor(one, say), quote=False),
                odds=interval(one.odds, ".2f", say),
            )
            for one in shown
        ],
        **STEADY,
    )
    for row, one in zip(rows, shown, strict=True):
        _told(canvas, row, interval(one.odds, ".2f", say), 0.82, theme)
    return canvas.figure()


def stakes(shown: Sequence[StakeAt], found: AtRisk, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Monthly revenue at risk that is associated with the friction at each touchpoint, with its 95 % interval. A pale
    bar does not stand out among all. Marks carry the touchpoint's name as customdata."""
    canvas, rows = Canvas(), list(range(len(shown)))
    least = min([*(one.revenue.low or 0 for one in shown), 0.0])
    most = max([*(one.revenue.high or 0 for one in shown), 1.0])
    marks = _round_marks(least, most)
    canvas.set(layout(theme, rows=len(shown), head=16, foot=36))
    canvas.set(
        {
            "bargap": 0.42,
            "xaxis": x_axis(
                theme,
                domain=[0, 0.74],
                range=[least * 1.05, most * 1.05],
                tickvals=marks,
                ticktext=[say.number(mark, ",.0f").replace("-", "−") for mark in marks],
            ),
            "yaxis": y_axis(theme, [_cut(one.at) for one in shown]),
        }
    )
    canvas.bars(
        x=[one.revenue.value for one in shown],
        y=rows,
        orientation="h",
        showlegend=False,
        customdata=[one.at for one in shown],
        marker={"color": [theme.accent if one.clear else theme.edge for one in shown], "line": {"width": 0}},
        error_x=whiskers([one.revenue for one in shown], theme),
        hoverinfo="text",
        hovertext=[
            say(
                "{touchpoint}: {amount} a month associated with friction above {target}; {n:,} accounts",
                touchpoint=escape(one.at, quote=False),
                amount=amount(one.revenue, found.currency, say),
                target=say.number(one.target, ".2f"),
                n=one.revenue.n,
            )
            for one in shown
        ],
        **STEADY,
    )
    for row, one in zip(rows, shown, strict=True):
        _told(canvas, row, money(one.revenue.value, found.currency, say), 0.76, theme)
    return canvas.figure()


def _round_marks(least: float, most: float) -> list[float]:
    """Round amounts from the least to the most, four or so."""
    rough = (most - least) / 4 or 1.0
    size = 10.0 ** np.floor(np.log10(rough))
    step = float(next(size * k for k in (1, 2, 5, 10) if size * k >= rough))
    return [float(mark) + 0.0 for mark in np.arange(np.ceil(least / step), np.floor(most / step) + 1) * step]


def _cut(name: str) -> str:
    return shortened(name, LETTERS)


def _told(canvas: Canvas, row: int, text: str, x: float, theme: Theme) -> None:
    canvas.note(
        xref="paper", x=x, y=row, xanchor="left", text=escape(text, quote=False), font={"size": 12, "color": theme.ink}
    )


def _ticks(far: float) -> list[float]:
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2) if far / s <= 7), 0.25)
    return [float(tick) for tick in np.arange(0, far + 1e-9, step)]
