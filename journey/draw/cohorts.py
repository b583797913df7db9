"""Cohorts: what is left of those who began in a month, month after month, as numbers on a ground that fades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import plotly.graph_objects as go

from journey.draw.axes import layout
from journey.draw.canvas import Canvas
from journey.draw.revenue import month_name
from journey.draw.theme import LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say, interval
from journey.success.revenue import Cohort

__all__ = ["MOST", "cohorts", "shown"]

MOST: Final = 18  # cohorts, and months after the first
ROW: Final = 27
What = Literal["retention", "revenue"]


def shown(found: Sequence[Cohort]) -> tuple[Cohort, ...]:
    """The newest cohorts, oldest first."""
    return tuple(found[-MOST:])


def cohorts(
    found: Sequence[Cohort], *, what: What, currency: str | None, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """A triangle: a row a cohort, a column a month since; every cell holds its number in percent.

    what   "retention", the share of customers that still pays, or "revenue", MRR of what it was at first
    """
    canvas, rows = Canvas(), shown(found)
    wide = min(MOST + 1, max((len(one.retention) for one in rows), default=1))
    low = _lowest(rows, what)
    x: list[int] = []
    y: list[int] = []
    colours, texts, inks, hovers = [], [], [], []
    for at, one in enumerate(rows):
        for age, measure in enumerate(getattr(one, what)[:wide]):
            if measure.value is None:
                continue
            colour = _shade(measure.value, low, theme)
            x.append(age)
            y.append(at)
            colours.append(colour)
            texts.append(say.number(100 * measure.value, ".0f"))
            inks.append(ink_on(colour))
            hovers.append(_about(one, age, what, currency, say))
    for age, at, colour in zip(x, y, colours, strict=True):
        cell = {"x0": age - 0.5, "x1": age + 0.5, "y0": at - 0.5, "y1": at + 0.5}
        canvas.shape(type="rect", layer="below", fillcolor=colour, line={"color": theme.ground, "width": 1.5}, **cell)
    canvas.points(
        x=x,
        y=y,
        mode="text",
        text=texts,
        textfont={"size": 12, "color": inks},
        hoverinfo="text",
        hovertext=hovers,
    )
    names = [f"{month_name(one.month, say)}   <b>{say.number(one.customers)}</b>" for one in rows]
    canvas.set(layout(theme, rows=0, head=46, foot=6))
    canvas.set(
        {
            "height": 52 + ROW * max(1, len(rows)),
            "xaxis": {
                "range": [-0.5, wide - 0.5],
                "tickvals": list(range(wide)),
                "ticktext": [say.number(age) for age in range(wide)],
                "side": "top",
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "ticks": "",
                "tickfont": {"size": 12, "color": theme.muted},
                "title": {"text": say("months after the first payment"), "font": {"size": 12, "color": theme.muted}},
            },
            "yaxis": {
                "range": [len(rows) - 0.5, -0.5],
                "tickvals": list(range(len(rows))),
                "ticktext": names,
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "ticks": "",
                "automargin": True,
                "ticklabelstandoff": 8,
                "tickfont": {"size": 12, "color": theme.ink},
            },
        }
    )
    return canvas.figure()


def _lowest(rows: Sequence[Cohort], what: What) -> float:
    values = [measure.value for one in rows for measure in getattr(one, what) if measure.value is not None]
    return min(0.9, *values) if values else 0.0


def _shade(value: float, low: float, theme: Theme) -> str:
    """Deeper where more is left, up to all of it; above it stays at the deepest."""
    way = (min(value, 1.0) - low) / (1.0 - low) if low < 1 else 1.0
    pale, deep = ((232, 238, 246), (33, 94, 160)) if theme.name == "light" else ((32, 43, 58), (82, 148, 214))
    return "#" + "".join(f"{round(a + (b - a) * way):02X}" for a, b in zip(pale, deep, strict=True))


def _about(one: Cohort, age: int, what: What, currency: str | None, say: Say) -> str:
    measure = getattr(one, what)[age]
    told = [f"<b>{month_name(one.month, say)}</b>"]
    told.append(say("at the end of month {age}: {value}", age=age, value=interval(measure, ".0%", say)))
    if what == "revenue":
        told.append(say("of {mrr:,.0f} {currency} they first paid", mrr=one.mrr, currency=currency or ""))
    else:
        told.append(say("of {n:,} customers", n=one.customers))
    return "<br>".join(told)
