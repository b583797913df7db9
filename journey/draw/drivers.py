"""Drivers as figures: how important each touchpoint is and what a better rating goes with; penalty and reward."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.drivers import Driver, Drivers
from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, shortened
from journey.draw.driver_words import KINDS, amount, effect, kind, ranks
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, N_, Say, interval, share
from journey.model import Measure

__all__ = ["driver_ranking", "penalty_reward"]

LETTERS: Final = 34  # of a name beside the bars
# Shares of the width beside the names: importance; ranks; effect and its number.
IMPORTANCE: Final = (0.0, 0.38)
RANKS: Final = 0.44
EFFECT: Final = (0.51, 0.82)
TOLD: Final = 0.84
CONTRAST: Final = (0.0, 0.72)
KIND: Final = 0.75
EFFECTS: Final = (
    N_("one scale step better: {value}"),
    N_("meeting it against not: {value}"),
    N_("bad rating against one between: {value}"),
    N_("good rating against one between: {value}"),
)


def driver_ranking(shown: Sequence[Driver], found: Drivers, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Importance with its interval, the ranks it may have, and what goes with one scale step better.

    A pale bar does not stand out among all. Marks carry the touchpoint's name as customdata.
    """
    canvas, rows = Canvas(), list(range(len(shown)))
    far = max((one.importance.high or 0 for one in shown), default=1) or 1
    canvas.set(layout(theme, rows=len(shown), head=48, foot=36))
    canvas.set(
        {
            "bargap": 0.42,
            "xaxis": x_axis(
                theme, domain=list(IMPORTANCE), range=[0, far * 1.28], showticklabels=False, showgrid=False
            ),
            "xaxis2": x_axis(theme, domain=list(EFFECT), **_effects((one.slope for one in shown), found, say)),
            "yaxis": y_axis(theme, [f"{shortened(one.at, LETTERS)}  {one.rank}" for one in shown]),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    _heading(canvas, IMPORTANCE[0], say("<b>Importance</b>, share of what is explained"))
    _heading(canvas, RANKS, say("<b>Rank</b><br>95%"), anchor="center")
    _heading(canvas, EFFECT[0], _step(found, say))
    _zero(canvas, theme, "x2")
    _importances(canvas, shown, found, rows, far, theme, say)
    for row, one in zip(rows, shown, strict=True):
        _number(canvas, RANKS, row, ranks(one), anchor="center")
        if one.slope.value is not None:
            _number(canvas, TOLD, row, f"<b>{amount(one.slope.value, found, say)}</b>")
    _dots(canvas, shown, found, theme, say)
    return canvas.figure()


def _step(found: Drivers, say: Say) -> str:
    if found.kind == "answer":
        return say("<b>One scale step better</b> goes with<br>so many points of the answer")
    return say("<b>One scale step better</b> goes with<br>so many points of probability")


def _importances(
    canvas: Canvas, shown: Sequence[Driver], found: Drivers, rows: list[int], far: float, theme: Theme, say: Say
) -> None:
    canvas.bars(
        x=[one.importance.value for one in shown],
        y=rows,
        orientation="h",
        showlegend=False,
        customdata=[one.at for one in shown],
        hoverinfo="text",
        hovertext=[_about(one, found, say) for one in shown],
        marker={
            "color": [theme.accent if one.clear else theme.edge for one in shown],
            "line": {"width": 0},
        },
        error_x=whiskers([one.importance for one in shown], theme),
        **STEADY,
    )
    canvas.points(
        x=[(one.importance.high or 0) + 0.02 * far for one in shown],
        y=rows,
        mode="text",
        textposition="middle right",
        text=[share(one.importance.value, say) for one in shown],
        showlegend=False,
        hoverinfo="skip",
        textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )


def _dots(canvas: Canvas, shown: Sequence[Driver], found: Drivers, theme: Theme, say: Say) -> None:
    known = [(row, one) for row, one in enumerate(shown) if one.slope.value is not None]
    canvas.points(
        x=[one.slope.value for _, one in known],
        y=[row for row, _ in known],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        showlegend=False,
        customdata=[one.at for _, one in known],
        hoverinfo="text",
        hovertext=[_about(one, found, say) for _, one in known],
        marker={
            "size": 11,
            "color": [theme.accent if _leaves_out_zero(one.slope) else theme.ground for _, one in known],
            "line": {"width": 2, "color": theme.accent},
        },
        error_x=whiskers([one.slope for _, one in known], theme),
        **STEADY,
    )


def _leaves_out_zero(measure: Measure) -> bool:
    return (measure.low or 0) > 0 or (measure.high or 0) < 0


# --- penalty and reward -----------------------------------------------------------------------------


def penalty_reward(shown: Sequence[Driver], found: Drivers, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """What a bad rating costs (left) and a good one gains (right) against one between, and what kind that makes it."""
    canvas, rows = Canvas(), list(range(len(shown)))
    both = [m for one in shown for m in (one.penalty, one.reward)]
    canvas.set(layout(theme, rows=len(shown), head=48, foot=36, row=40))
    canvas.set(
        {
            "barmode": "overlay",
            "bargap": 0.3,
            "xaxis": x_axis(theme, domain=list(CONTRAST), **_effects(both, found, say)),
            "yaxis": y_axis(theme, [shortened(one.at, LETTERS) for one in shown]),
        }
    )
    _heading(
        canvas,
        0,
        say(
            "<span style='color:{bad}'>■</span> <b>Penalty</b> of a bad rating   "
            "<span style='color:{good}'>▨</span> <b>Reward</b> of a good one",
            bad=theme.back,
            good=theme.accent,
        ),
    )
    _heading(canvas, KIND, say("<b>Kind</b> and asymmetry, 95%"))
    _zero(canvas, theme, "x")
    sides: tuple[tuple[Callable[[Driver], Measure], str, float, str], ...] = (
        (lambda one: one.penalty, theme.back, -0.19, ""),
        (lambda one: one.reward, theme.accent, 0.19, "/"),
    )
    for of, paint, offset, pattern in sides:
        canvas.bars(
            x=[of(one).value for one in shown],
            y=[row + offset for row in rows],
            width=0.34,
            orientation="h",
            showlegend=False,
            customdata=[one.at for one in shown],
            hoverinfo="text",
            hovertext=[_about(one, found, say) for one in shown],
            marker={"color": paint, "pattern": {"shape": pattern, "size": 6, "solidity": 0.25}, "line": {"width": 0}},
            error_x=whiskers([of(one) for one in shown], theme, 1.3),
            **STEADY,
        )
    for row, one in zip(rows, shown, strict=True):
        told = f"<b>{kind(one, say)}</b>  " if one.kind else ""
        _number(canvas, KIND, row, told + interval(one.asymmetry, "+.2f", say), soft=None if one.kind else theme.muted)
    return canvas.figure()


# --- what they share --------------------------------------------------------------------------------


def _effects(measures: Iterable[Measure], found: Drivers, say: Say) -> dict[str, Any]:
    """An axis of effects around zero, in points of the answer or of probability."""
    ends = [end for m in measures for end in (m.low, m.high) if end is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = (high - low or 1.0) * 0.06
    step = _round((high - low or 1.0) / 6)
    first = math.ceil((low - room) / step)
    values = [(first + at) * step for at in range(12) if (first + at) * step <= high + room]
    digits = max(0, -math.floor(math.log10(step) + 1e-9) - (0 if found.kind == "answer" else 2))
    scale = 1 if found.kind == "answer" else 100
    texts = [say.number(value * scale, f"+.{digits}f") if abs(value) > step / 2 else "0" for value in values]
    return {"range": [low - room, high + room], "tickvals": values, "ticktext": texts}


def _round(step: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step * (1 - 1e-9))


def _zero(canvas: Canvas, theme: Theme, axis: str) -> None:
    line = {"color": theme.muted, "width": 1.5}
    canvas.shape(type="line", xref=axis, x0=0, x1=0, yref="paper", y0=0, y1=1, line=line, layer="below")


def _heading(canvas: Canvas, x: float, text: str, anchor: str = "left") -> None:
    canvas.note(
        xref="paper",
        yref="paper",
        x=x,
        y=1,
        yanchor="bottom",
        xanchor=anchor,
        align=anchor,
        text=text,
        font={"size": 12},
    )


def _number(canvas: Canvas, x: float, row: int, text: str, anchor: str = "left", soft: str | None = None) -> None:
    canvas.note(
        xref="paper", x=x, y=row, text=text, xanchor=anchor, font={"size": 12, **({"color": soft} if soft else {})}
    )


def _about(one: Driver, found: Drivers, say: Say) -> str:
    """All that is known of a driver, for a hover."""
    lines = [
        say(
            "<b>{at}</b> · rank {rank} ({ranks} in 95% of the draws)",
            at=escape(one.at, quote=False),
            rank=one.rank,
            ranks=ranks(one),
        ),
        say("importance {value} of what is explained", value=interval(one.importance, ".1%", say)),
        say("met before {met:,} of {n:,} outcomes, rated before {rated:,}", met=one.met, n=found.n, rated=one.rated),
    ]
    for text, measure in zip(EFFECTS, (one.slope, one.meeting, one.penalty, one.reward), strict=True):
        if measure.value is not None:
            lines.append(say(text, value=effect(measure, found, say)))
    if one.kind:
        lines.append(say(KINDS[one.kind]))
    return "<br>".join(lines)
