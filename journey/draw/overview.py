"""The overview's figures: the emotion curve along the journey, with what is sure of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any, Final

import plotly.graph_objects as go

from journey.draw.axes import layout, x_axis
from journey.draw.board_curve import feeling
from journey.draw.canvas import Canvas
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval
from journey.model import Journey, Scale, Touchpoint

__all__ = ["Felt", "emotion", "emotion_alt", "extremes", "felt"]

FEW: Final = 30  # answers below which an extreme is not written beside the curve, if any touchpoint has more
CALLS: Final = 4  # extremes written above the curve, and as many below
SIZES: Final = ((10, 7.0), (100, 10.0), (1_000, 13.0))  # answers, and how large a dot they make


@dataclass(frozen=True, slots=True)
class Felt:
    """How one touchpoint felt: emotion from −2 (the worst answer there is) to +2 (the best), with its interval."""

    at: int
    name: str
    value: float
    low: float
    high: float
    n: int


def felt(journey: Journey) -> tuple[Felt, ...]:
    """Emotion at the touchpoints where satisfaction was asked, in the journey's order; `at` counts all touchpoints."""
    scale = journey.scales.get("satisfaction")
    if scale is None or scale.about != "touchpoint":
        return ()
    return tuple(found for at, one in enumerate(journey.touchpoints) if (found := _felt(at, one, scale)) is not None)


def _felt(at: int, touchpoint: Touchpoint, scale: Scale) -> Felt | None:
    found = touchpoint.satisfaction
    if found.value is None or found.low is None or found.high is None:
        return None
    low, high = sorted((feeling(found.low, scale), feeling(found.high, scale)))
    return Felt(at, touchpoint.name, feeling(found.value, scale), low, high, found.n)


def extremes(points: Sequence[Felt]) -> dict[str, int]:
    """Which points are written beside the curve: the highest peaks (1) and the deepest valleys (−1)."""
    enough = [one for one in points if one.n >= FEW] or list(points)
    peaks, valleys = [], []
    for place, one in enumerate(enough):
        beside = [enough[i].value for i in (place - 1, place + 1) if 0 <= i < len(enough)]
        if all(one.value >= other for other in beside):
            peaks.append(one)
        if all(one.value <= other for other in beside):
            valleys.append(one)
    high = sorted(peaks, key=lambda one: -one.value)[:CALLS]
    low = sorted((one for one in valleys if one not in high), key=lambda one: one.value)[:CALLS]
    return {**{one.name: 1 for one in high}, **{one.name: -1 for one in low}}


def emotion(journey: Journey, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Satisfaction along the journey, from −2 to +2, with its 95 % interval; a dot is as large as it has answers.

    The extremes are named; points hold their touchpoint as customdata. Touchpoints without answers have their place
    on the way, and no dot.
    """
    points, canvas = felt(journey), Canvas()
    low = min((one.low for one in points), default=-1.0)
    high = max((one.high for one in points), default=1.0)
    bottom, top = min(-0.6, low - 0.45), max(1.0, high + 0.45)
    canvas.set(layout(theme, rows=1, row=205, head=26, foot=6))
    canvas.set(
        {
            "xaxis": {"range": [-0.7, len(journey.touchpoints) - 0.3], "visible": False, "fixedrange": True},
            "yaxis": x_axis(
                theme,
                range=[bottom, top],
                tickvals=[-2, -1, 0, 1, 2],
                ticktext=["\N{MINUS SIGN}2", "\N{MINUS SIGN}1", "0", "+1", "+2"],
                automargin=True,
                zeroline=True,
                zerolinecolor=theme.muted,
                zerolinewidth=1,
            ),
        }
    )
    _stages(canvas, journey, bottom, top, theme, say)
    _band(canvas, points, theme)
    _dots(canvas, points, theme, say)
    _names(canvas, points, len(journey.touchpoints), theme, say)
    return canvas.figure()


def _stages(canvas: Canvas, journey: Journey, bottom: float, top: float, theme: Theme, say: Say) -> None:
    """A stage is a stretch of the way, with its name above it."""
    start = 0
    for number, (stage, members) in enumerate(groupby(journey.touchpoints, key=lambda one: one.stage)):
        length = len(list(members))
        left, right = start - 0.5, start + length - 0.5
        if number % 2 == 0:
            canvas.shape(
                type="rect", x0=left, x1=right, y0=bottom, y1=top, fillcolor=theme.band, line_width=0, layer="below"
            )
        name = stage if stage is not None else say("(no stage)") if journey.stages else ""
        canvas.note(
            x=(left + right) / 2,
            yref="paper",
            y=1,
            yanchor="bottom",
            text=f"<b>{escape(name, quote=False)}</b>",
            font={"size": 13, "color": theme.ink},
        )
        start += length


def _band(canvas: Canvas, points: Sequence[Felt], theme: Theme) -> None:
    """The interval as a band, and the curve through the estimates; both pass over what was not asked."""
    way = [one.at for one in points]
    common: dict[str, Any] = {"x": way, "hoverinfo": "skip", "mode": "lines"}
    shape = {"shape": "spline", "smoothing": 0.5}
    canvas.points(**common, y=[one.low for one in points], line={"width": 0, **shape})
    canvas.points(
        **common, y=[one.high for one in points], line={"width": 0, **shape}, fill="tonexty", fillcolor=_veil(theme)
    )
    canvas.points(**common, y=[one.value for one in points], line={"color": theme.ink, "width": 2, **shape})


def _veil(theme: Theme) -> str:
    red, green, blue = (int(theme.accent[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _dots(canvas: Canvas, points: Sequence[Felt], theme: Theme, say: Say) -> None:
    canvas.points(
        x=[one.at for one in points],
        y=[one.value for one in points],
        mode="markers",
        customdata=[one.name for one in points],
        hoverinfo="text",
        hovertext=[_about(one, say) for one in points],
        marker={
            "size": [_size(one.n) for one in points],
            "color": [diverging((one.value + 2) / 4) for one in points],
            "line": {"color": theme.ink, "width": 1.2},
            "opacity": 1,
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _size(n: int) -> float:
    return next((size for least, size in SIZES if n < least), 16.0)


def _about(one: Felt, say: Say) -> str:
    return say(
        "<b>{name}</b><br>emotion {value:+.1f} ({low:+.1f} to {high:+.1f})<br>n = {n:,} answers",
        name=escape(one.name, quote=False),
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
    ).replace("-", "\N{MINUS SIGN}")


def _names(canvas: Canvas, points: Sequence[Felt], places: int, theme: Theme, say: Say) -> None:
    calls = extremes(points)
    for one in points:
        side = calls.get(one.name)
        if side is None:
            continue
        value = say.number(one.value, "+.1f")
        canvas.note(
            x=one.at,
            y=one.high if side > 0 else one.low,
            yshift=4 * side,
            yanchor="bottom" if side > 0 else "top",
            # Near the ends of the way a name stands inwards, lest it be cut off.
            xanchor="left" if one.at < 0.04 * places else "right" if one.at > 0.95 * places else "center",
            text=f"<b>{escape(one.name, quote=False)}</b> {value}".replace("-", "\N{MINUS SIGN}"),
            font={"size": 12, "color": theme.ink},
        )


def emotion_alt(journey: Journey, say: Say = ENGLISH) -> str:
    """The curve in words."""
    points = felt(journey)
    calls = extremes(points)
    told = [
        say("{name} {value}", name=one.name, value=interval(journey[one.name].satisfaction, ".1f", say))
        for one in points
        if one.name in calls
    ]
    return say(
        "Satisfaction along the journey at {n} touchpoints; the highest and the lowest: {told}.",
        n=len(points),
        told=", ".join(told) or "–",
    )
