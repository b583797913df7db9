"""Times until something happens: curves with their bands, and how many were still watched beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go

from journey.draw.axes import layout, x_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import shortened
from journey.draw.theme import FONT, LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval
from journey.estimate.survival import Curve

__all__ = ["Line", "curves"]

POINTS: Final = 240  # of a curve; more would not be seen
ROW: Final = 20
SHARES: Final = (0, 0.25, 0.5, 0.75, 1)
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")


@dataclass(frozen=True, slots=True)
class Line:
    """A curve to draw: turned around, it shows who has met the event instead of who still waits."""

    name: str
    curve: Curve
    turned: bool = False


def curves(
    lines: Sequence[Line], *, until: float, unit: str, theme: Theme = LIGHT, say: Say = ENGLISH, at_risk: str = ""
) -> go.Figure:
    """Shares from 0 to 1 over time, each with its 95 % band; beneath, how many were still watched at each tick.

    until    the last time shown;  unit: what time is counted in;  at_risk: what the numbers beneath are
    """
    canvas = Canvas()
    palette = _palette(theme)
    ticks = _ticks(until)
    for at, line in enumerate(lines):
        colour = palette[at % len(palette)]
        times, value, low, high = _thinned(line, until)
        canvas.points(
            x=[*times, *times[::-1]],
            y=[*high, *low[::-1]],
            fill="toself",
            fillcolor=_faint(colour),
            line={"width": 0, "shape": "hv"},
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
        )
        canvas.points(
            x=times,
            y=value,
            mode="lines",
            name=escape(line.name, quote=False),
            line={"color": colour, "width": 2.4, "shape": "hv", "dash": DASHES[at % len(DASHES)]},
            hoverinfo="text",
            hovertext=[_about(line, time, unit, say) for time in times],
        )
    rows, widest = _risks(canvas, lines, ticks, theme, say, at_risk)
    foot = 52 + ROW * rows
    canvas.set(layout(theme, rows=0, head=36, foot=foot))
    canvas.layout["margin"]["l"] = max(56, 24 + 6.4 * widest)
    canvas.set(
        {
            "height": 320 + foot,
            "hovermode": "closest",
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "font": {"size": 12, "family": FONT},
            },
            "xaxis": x_axis(
                theme,
                range=[-until * 0.02, until * 1.01],
                tickvals=ticks,
                ticktext=[say.number(t, ",.0f") for t in ticks],
                title={"text": unit, "font": {"size": 12, "color": theme.muted}, "standoff": 6},
            ),
            "yaxis": x_axis(
                theme,
                range=[0, 1.02],
                tickvals=list(SHARES),
                ticktext=[say.number(v, ".0%") for v in SHARES],
            ),
        }
    )
    return canvas.figure()


def _palette(theme: Theme) -> list[str]:
    parts = theme.components
    return [
        theme.accent,
        parts["dissatisfaction"],
        parts["effort"],
        parts["wait"],
        parts["switch"],
        parts["help"],
        parts["rework"],
    ]


def _thinned(line: Line, until: float) -> tuple[list[float], list[float], list[float], list[float]]:
    """The curve at a few hundred times at most, its beginning included."""
    curve = line.curve
    known = [t for t in curve.times if t <= until]
    spread = np.linspace(0, len(known) - 1, min(len(known), POINTS))
    places: list[int] = sorted({int(place) for place in spread}) if known else []
    bands = [[curve.origin, *(band[p] for p in places)] for band in (curve.value, curve.low, curve.high)]
    times = [0.0, *(curve.times[p] for p in places)]
    if line.turned:
        value, high, low = ([1 - v for v in band] for band in bands)
        return times, value, low, high
    return times, bands[0], bands[1], bands[2]


def _about(line: Line, time: float, unit: str, say: Say) -> str:
    measure = line.curve.at(time)
    if line.turned and measure.value is not None and measure.low is not None and measure.high is not None:
        measure = type(measure)(1 - measure.value, 1 - measure.high, 1 - measure.low, measure.n)
    return (
        f"<b>{escape(line.name, quote=False)}</b><br>{say.number(time, ',.0f')} {unit}: {interval(measure, '.0%', say)}"
    )


def _risks(
    canvas: Canvas, lines: Sequence[Line], ticks: Sequence[float], theme: Theme, say: Say, title: str
) -> tuple[int, int]:
    """A row of numbers a curve, under its ticks; one for all where they watch the same.

    Returns how many rows, and the letters of the longest name.
    """
    rows = {tuple(_watched(line.curve, tick) for tick in ticks): line.name for line in lines[::-1]}
    shown = [(title, numbers) for numbers in rows]
    if len(rows) > 1:
        canvas.note(
            xref="paper", yref="paper", x=0, y=0, yshift=-56, yanchor="middle", xanchor="left", text=title,
            font={"size": 12, "color": theme.muted},
        )  # fmt: skip
        shown = [(line.name, tuple(_watched(line.curve, tick) for tick in ticks)) for line in lines]
    for row, (name, numbers) in enumerate(shown):
        down = -56 - ROW * (row + (len(rows) > 1))
        canvas.note(
            xref="paper", yref="paper", x=0, xshift=-10, y=0, yshift=down, yanchor="middle", xanchor="right",
            text=escape(shortened(name, 24), quote=False), font={"size": 12, "color": theme.muted},
        )  # fmt: skip
        for tick, number in zip(ticks, numbers, strict=True):
            canvas.note(
                x=tick, yref="paper", y=0, yshift=down, yanchor="middle", text=say.number(number),
                font={"size": 12, "color": theme.ink},
            )  # fmt: skip
    return len(shown) + (len(rows) > 1), max(len(shortened(name, 24)) for name, _ in shown)


def _watched(curve: Curve, time: float) -> int:
    """How many were still watched and waiting at a time."""
    place = int(np.searchsorted(curve.times, time))
    return round(curve.at_risk[place]) if place < len(curve.times) else 0


def _ticks(until: float) -> list[float]:
    step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 90, 180, 365, 730) if until / s <= 8), until / 6 or 1)
    return [float(t) for t in np.arange(0, until + 1e-9, step)]


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
