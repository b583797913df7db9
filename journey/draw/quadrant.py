"""Importance and performance: where satisfaction is low and much hangs on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.importance import Quadrants, Standing
from journey.draw.axes import layout, x_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, brief
from journey.draw.labels import Box, Spot, beside
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, N_, Say, interval, share

__all__ = ["QUADRANTS", "quadrant"]

HEIGHT: Final = 560
HEAD: Final = 34
FOOT: Final = 52
LEFT: Final = 64
# The narrowest it is shown in: in a wider one labels have more room.
WIDTH: Final = 860
LEAST: Final = 9  # pixels across, for a handful of answers
MOST: Final = 26
ROOM: Final = 0.06

# What each quadrant asks for, by what importance means.
QUADRANTS: Final[Mapping[str, Mapping[str, str]]] = {
    "reach": {
        "improve": N_("Improve first"),
        "keep": N_("Keep it up"),
        "later": N_("Improve later"),
        "enough": N_("Good enough"),
    },
    "burden": {
        "improve": N_("Improve first"),
        "keep": N_("Content, yet costly: look at waits and exits"),
        "later": N_("Discontent, but it costs little"),
        "enough": N_("Good enough"),
    },
    "outcome": {
        "improve": N_("Improve first"),
        "keep": N_("Keep it up"),
        "later": N_("Improve later"),
        "enough": N_("Good enough"),
    },
}
_SATISFIED: Final = N_(
    "<b>{name}</b> · {what}<br>satisfaction {value} of the best possible, n = {n:,} answers<br>{weight}"
)
_RATED: Final = N_("<b>{name}</b> · {what}<br>rated {value} of the best possible, n = {n:,} answers<br>{weight}")
ABOUT: Final = {"reach": _SATISFIED, "burden": _SATISFIED, "outcome": _RATED}
SHAPES: Final[Mapping[str, str]] = {"improve": "diamond", "keep": "circle", "later": "square", "enough": "triangle-up"}


@dataclass(frozen=True, slots=True)
class _Plane:
    """The axes: performance in 0–1 to the right, importance up, on a scale of logarithms where it is a burden."""

    x0: float
    x1: float
    y0: float
    y1: float
    least: float | None  # burdens below stand on the bottom line

    @classmethod
    def around(cls, found: Quadrants) -> _Plane:
        ends = [end for s in found.standings for end in (s.performance.low, s.performance.high) if end is not None]
        x0, x1 = max(min([*ends, found.target]) - 0.03, 0.0), min(max([*ends, found.target]) + 0.03, 1.0)
        values = [s.importance.value or 0 for s in found.standings]
        if found.by == "reach":
            return cls(x0, x1, -ROOM, max([*values, found.average]) * (1 + 2 * ROOM), None)
        if found.by == "outcome":
            most = max(s.importance.high or 0 for s in found.standings)
            return cls(x0, x1, -ROOM * most, max(most, found.average) * (1 + 2 * ROOM), None)
        tops = [s.importance.high or 0 for s in found.standings]
        top = math.log10(max([*tops, 10.0]))
        least = 10 ** max(top - 4, 0.0)
        bottom = math.log10(least)
        return cls(x0, x1, bottom - 0.06 * (top - bottom), top + 0.08 * (top - bottom), least)

    def up(self, importance: float | None) -> float:
        value = importance or 0.0
        return value if self.least is None else math.log10(max(value, self.least))

    @property
    def width(self) -> int:
        return WIDTH - LEFT - 8

    @property
    def height(self) -> int:
        return HEIGHT - HEAD - FOOT

    def pixels(self, performance: float, importance: float | None) -> tuple[float, float]:
        """From the lower left, in the narrowest figure."""
        across = (performance - self.x0) / (self.x1 - self.x0)
        return across * self.width, (self.up(importance) - self.y0) / (self.y1 - self.y0) * self.height


def quadrant(found: Quadrants, *, theme: Theme = LIGHT, unit: str = "customers", say: Say = ENGLISH) -> go.Figure:
    """Touchpoints by satisfaction (right is good) and importance (up is more), with lines at target and average.

    Colour and shape tell the quadrant; a hollow mark's interval crosses the target. The size is the answers behind
    it. Names stand where they cover nothing; the others are told on hover. Marks carry the name as customdata.
    """
    canvas, plane = Canvas(), _Plane.around(found)
    canvas.set(layout(theme, rows=0))
    canvas.set({"height": HEIGHT, "margin": {"l": LEFT, "r": 8, "t": HEAD, "b": FOOT}})
    _axes(canvas, found, plane, theme, unit, say)
    _lines(canvas, found, plane, theme, unit, say)
    _corners(canvas, found, plane, theme, say)
    # Small marks lie on large ones.
    standings = sorted(found.standings, key=lambda s: -s.performance.n)
    sizes = _sizes(standings)
    _whiskers(canvas, standings, plane, theme)
    _marks(canvas, found, standings, sizes, plane, theme, unit, say)
    _names(canvas, found, standings, sizes, plane, theme)
    return canvas.figure()


def _axes(canvas: Canvas, found: Quadrants, plane: _Plane, theme: Theme, unit: str, say: Say) -> None:
    title = {"font": {"size": 13, "color": theme.muted}}
    told = {
        "reach": say("Share of cases that meet it"),
        "burden": say("Burden, {unit}", unit=unit),
        "outcome": say("Importance, share of what is explained"),
    }[found.by]
    good = (
        say("Rating, share of the best possible →")
        if found.by == "outcome"
        else say("Satisfaction, share of the best possible →")
    )
    if plane.least is None:
        ticks: dict[str, Any] = {"tickformat": ".0%", "rangemode": "tozero", "nticks": 7}
    else:
        powers = range(math.ceil(math.log10(plane.least)), math.floor(plane.y1) + 1)
        values = [*dict.fromkeys([math.log10(plane.least), *map(float, powers)])]
        texts = [say("≤ {least}", least=brief(plane.least, say)), *[brief(10.0**power, say) for power in values[1:]]]
        ticks = {"tickvals": values, "ticktext": texts}
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                range=[plane.x0, plane.x1],
                tickformat=".0%",
                showgrid=False,
                title={"text": good, **title},
            ),
            "yaxis": x_axis(
                theme, range=[plane.y0, plane.y1], showgrid=False, title={"text": told + " →", **title}, **ticks
            ),
        }
    )


def _lines(canvas: Canvas, found: Quadrants, plane: _Plane, theme: Theme, unit: str, say: Say) -> None:
    dash = {"color": theme.muted, "width": 1.5, "dash": "dash"}
    at = plane.up(found.average)
    canvas.shape(
        type="rect", x0=plane.x0, x1=found.target, y0=at, y1=plane.y1, fillcolor=theme.band, line_width=0, layer="below"
    )
    canvas.shape(type="line", x0=found.target, x1=found.target, yref="paper", y0=0, y1=1, line=dash, layer="below")
    canvas.shape(type="line", xref="paper", x0=0, x1=1, y0=at, y1=at, line=dash, layer="below")
    value = share(found.target, say)
    target = say("target {value}", value=value) if found.declared else say("average {value}", value=value)
    canvas.note(
        x=found.target,
        yref="paper",
        y=1,
        yanchor="bottom",
        text=target,
        font={"size": 12, "color": theme.muted},
    )
    mean = brief(found.average, say) if found.by == "burden" else share(found.average, say)
    canvas.note(
        xref="paper",
        x=1,
        xanchor="right",
        y=at,
        yanchor="bottom",
        text=say("average {value}", value=mean),
        font={"size": 12, "color": theme.muted},
    )


def _corners(canvas: Canvas, found: Quadrants, plane: _Plane, theme: Theme, say: Say) -> None:
    """What each quadrant asks for, in its outer corner, behind the marks."""
    for key, x, y, xanchor, yanchor in (
        ("improve", 0, 1, "left", "top"),
        ("keep", 1, 1, "right", "top"),
        ("later", 0, 0, "left", "bottom"),
        ("enough", 1, 0, "right", "bottom"),
    ):
        n = sum(s.quadrant == key for s in found.standings)
        canvas.note(
            xref="paper",
            yref="paper",
            x=x,
            y=y,
            xanchor=xanchor,
            yanchor=yanchor,
            xshift=6 if x == 0 else -6,
            yshift=-4 if y else 4,
            text=say("<b>{what}</b> · {n}", what=say(QUADRANTS[found.by][key]), n=n),
            font={"size": 13, "color": _paints(theme)[key]},
        )


def _paints(theme: Theme) -> dict[str, str]:
    return {
        "improve": theme.back,
        "keep": theme.accent,
        "later": theme.muted,
        "enough": theme.components["wait"],
    }


def _sizes(standings: Sequence[Standing]) -> list[float]:
    """Pixels across: the area grows with the answers."""
    most = max(s.performance.n for s in standings)
    return [max(LEAST, MOST * math.sqrt(s.performance.n / most)) for s in standings]


def _whiskers(canvas: Canvas, standings: Sequence[Standing], plane: _Plane, theme: Theme) -> None:
    """The 95 % intervals: across of the satisfaction, upright of the burden."""
    for s in standings:
        y = plane.up(s.importance.value)
        line = {"color": theme.edge, "width": 1.5}
        canvas.shape(type="line", x0=s.performance.low, x1=s.performance.high, y0=y, y1=y, line=line, layer="below")
        low, high = plane.up(s.importance.low), plane.up(s.importance.high)
        if high > low:
            x = s.performance.value
            canvas.shape(type="line", x0=x, x1=x, y0=low, y1=high, line=line, layer="below")


def _marks(
    canvas: Canvas,
    found: Quadrants,
    standings: Sequence[Standing],
    sizes: Sequence[float],
    plane: _Plane,
    theme: Theme,
    unit: str,
    say: Say,
) -> None:
    paints = [_paints(theme)[s.quadrant] for s in standings]
    canvas.points(
        x=[s.performance.value for s in standings],
        y=[plane.up(s.importance.value) for s in standings],
        mode="markers",
        showlegend=False,
        customdata=[s.name for s in standings],
        hoverinfo="text",
        hovertext=[_about(s, found, unit, say) for s in standings],
        marker={
            "size": list(sizes),
            "symbol": [SHAPES[s.quadrant] for s in standings],
            "color": [paint if s.sure else theme.ground for s, paint in zip(standings, paints, strict=True)],
            "line": {"width": 2, "color": paints},
            "opacity": 1,
        },
        **STEADY,
    )


def _names(
    canvas: Canvas,
    found: Quadrants,
    standings: Sequence[Standing],
    sizes: Sequence[float],
    plane: _Plane,
    theme: Theme,
) -> None:
    top = max(plane.up(s.importance.value) for s in standings) or 1
    spots = [
        Spot(
            *plane.pixels(s.performance.value or 0, s.importance.value),
            size / 2,
            s.name,
            # What is to be improved is named first, then what matters most.
            (10 if s.quadrant == "improve" else 0) + plane.up(s.importance.value) / top,
        )
        for s, size in zip(standings, sizes, strict=True)
    ]
    free, lines = _kept_free(found, plane), _drawn_lines(found, standings, plane)
    places = beside(spots, width=plane.width, height=plane.height, kept_free=free, lines=lines)
    named = [(s, size, at) for s, size, at in zip(standings, sizes, places, strict=True) if at is not None]
    canvas.points(
        x=[s.performance.value for s, _, _ in named],
        y=[plane.up(s.importance.value) for s, _, _ in named],
        mode="markers+text",  # an unseen mark of the same size keeps the text off the seen one
        marker={"size": [size for _, size, _ in named], "opacity": 0},
        text=[escape(s.name, quote=False) for s, _, _ in named],
        textposition=[at for _, _, at in named],
        textfont={"size": 12, "color": theme.ink},
        hoverinfo="skip",
        showlegend=False,
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}, "textfont": {"color": theme.ink}},
    )


def _kept_free(found: Quadrants, plane: _Plane) -> list[Box]:
    """The words in the corners and at the line, in pixels."""
    _, up = plane.pixels(found.target, found.average)
    boxes: list[Box] = [(plane.width - 90, up, plane.width, up + 18)]
    for low in (0, plane.height - 24):
        boxes += [(0, low, 150, low + 24), (plane.width - 150, low, plane.width, low + 24)]
    return boxes


def _drawn_lines(found: Quadrants, standings: Sequence[Standing], plane: _Plane) -> list[Box]:
    """The intervals and the two lines, in pixels."""
    across, up = plane.pixels(found.target, found.average)
    lines: list[Box] = [(across - 1, 0, across + 1, plane.height), (0, up - 1, plane.width, up + 1)]
    for s in standings:
        x, y = plane.pixels(s.performance.value or 0, s.importance.value)
        left, right = (plane.pixels(end or 0, 0)[0] for end in (s.performance.low, s.performance.high))
        low, high = (plane.pixels(0, end)[1] for end in (s.importance.low, s.importance.high))
        lines += [(left, y - 1, right, y + 1), (x - 1, low, x + 1, high)]
    return lines


def _about(s: Standing, found: Quadrants, unit: str, say: Say) -> str:
    if found.by == "reach":
        weight = say("met by {share} of {n:,} cases", share=share(s.importance.value, say), n=s.importance.n)
    elif found.by == "outcome":
        weight = say("importance {importance} of what is explained", importance=interval(s.importance, ".0%", say))
    else:
        weight = say(
            "burden {burden} {unit}", burden=interval(s.importance, ",.0f", say), unit=escape(unit, quote=False)
        )
    told = say(
        ABOUT[found.by],
        name=escape(s.name, quote=False),
        what=say(QUADRANTS[found.by][s.quadrant]),
        value=interval(s.performance, ".0%", say),
        n=s.performance.n,
        weight=weight,
    )
    return told if s.sure else told + say("<br>the interval crosses the line: it may stand on either side")
