"""Health: what became of accounts by score, and accounts by how they feel and what they achieve."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go

from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, N_, Say, interval, share
from journey.success.health import Health
from journey.success.quadrant import Quadrants

__all__ = ["BAND_NAMES", "PART_NAMES", "QUADRANT_NAMES", "bands", "feels_achieves"]

BAND_NAMES: Final[Mapping[str, str]] = {
    "at risk": N_("At risk"),
    "watch": N_("To watch"),
    "healthy": N_("Healthy"),
}
PART_NAMES: Final[Mapping[str, str]] = {
    "usage": N_("Usage"),
    "sentiment": N_("Sentiment"),
    "support": N_("Support"),
    "outcomes": N_("Outcomes"),
    "commercial": N_("Commercial"),
}
QUADRANT_NAMES: Final[Mapping[str, str]] = {
    "thriving": N_("Thriving"),
    "content but stuck": N_("Content, but stuck"),
    "succeeding despite us": N_("Succeeding despite us"),
    "in danger": N_("In danger"),
}
SHAPES: Final = {
    "thriving": "circle",
    "content but stuck": "square",
    "succeeding despite us": "diamond",
    "in danger": "x",
}
HEIGHT: Final = 440
MOST: Final = 3_000  # marks; more would hide each other and slow the page


def bands(found: Health, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Share of accounts in each band of the score that stayed, with its interval, and how many stand there now."""
    rows = list(reversed(found.bands))
    canvas, names = Canvas(), []
    for one in rows:
        names.append(say("{band} ({low:.0f}–{high:.0f})", band=say(BAND_NAMES[one.name]), low=one.low, high=one.high))
    told = [(at, one) for at, one in enumerate(rows) if one.stayed.value is not None]
    least = min([one.stayed.low or 0.0 for _, one in told], default=0.0)
    start = max(0.0, np.floor(least * 20 - 0.5) / 20)
    canvas.points(
        x=[one.stayed.value for _, one in told],
        y=[at for at, _ in told],
        mode="markers",
        marker={"size": 13, "color": theme.accent},
        error_x=whiskers([one.stayed for _, one in told], theme),
        hoverinfo="text",
        hovertext=[f"{interval(one.stayed, '.1%', say)}, n = {say.number(one.stayed.n)}" for _, one in told],
    )
    for at, one in enumerate(rows):
        value = "–" if one.stayed.value is None else share(one.stayed.value, say)
        text = say("{value} stayed · {n:,} accounts now", value=value, n=one.accounts)
        canvas.note(
            x=1, xref="paper", xanchor="right", y=at, yshift=-15, text=text, font={"size": 12, "color": theme.muted}
        )
    canvas.set(layout(theme, rows=len(rows), row=58, foot=46, head=10))
    title = {"text": say("stayed within {days} days", days=found.horizon_days), "font": {"size": 12}}
    canvas.set({"xaxis": x_axis(theme, range=[start, 1.004], tickformat=".0%", title=title)})
    canvas.set({"yaxis": y_axis(theme, names)})
    return canvas.figure()


def feels_achieves(found: Quadrants, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Every account by how it feels (right is good) and what it achieves (up is good); shape and colour by quadrant.

    The area of a mark is its MRR. Of very many accounts an even part is drawn, and the axis says so.
    """
    canvas = Canvas()
    table = found.accounts
    part = table if len(table) <= MOST else table.iloc[np.linspace(0, len(table) - 1, MOST).astype(int)]
    widest = float(part["mrr"].quantile(0.99)) or 1.0
    for name, colour in _paints(theme).items():
        inside = part[part["quadrant"] == name]
        size = 5 + 13 * np.sqrt(np.minimum(inside["mrr"].to_numpy(float) / widest, 1.0))
        # Equal values would lie on each other: marks are moved a little, the same way each time.
        shake = np.random.default_rng(0).uniform(-0.008, 0.008, (2, len(inside)))
        canvas.points(
            x=(inside["feels"].to_numpy(float) + shake[0]).tolist(),
            y=(inside["achieves"].to_numpy(float) + shake[1]).tolist(),
            mode="markers",
            marker={
                "size": size.tolist(),
                "color": colour,
                "opacity": 0.55,
                "symbol": SHAPES[name],
                "line": {"width": 0},
            },
            hoverinfo="text",
            hovertext=[
                say(
                    "feels {feels:.0%}, achieves {achieves:.0%}, chance of leaving {risk}",
                    feels=feels,
                    achieves=achieves,
                    risk=share(risk, say),
                )
                for feels, achieves, risk in inside[["feels", "achieves", "risk"]].to_numpy(float).tolist()
            ],
        )
    low = (max(0.0, float(part["feels"].min()) - 0.03), max(0.0, float(part["achieves"].min()) - 0.04))
    _cuts(canvas, found, theme, say)
    canvas.set(layout(theme, rows=0))
    canvas.set({"height": HEIGHT, "margin": {"l": 60, "r": 8, "t": 30, "b": 50}})
    x, y = say("how it feels: satisfaction and ease →"), say("what it achieves →")
    canvas.set(
        {
            "xaxis": x_axis(theme, range=[low[0], 1.02], tickformat=".0%", title={"text": x}, showgrid=False),
            "yaxis": x_axis(theme, range=[low[1], 1.04], tickformat=".0%", title={"text": y}, showgrid=False),
        }
    )
    return canvas.figure()


def _cuts(canvas: Canvas, found: Quadrants, theme: Theme, say: Say) -> None:
    """Lines where feeling well and achieving begin, and the name of each quadrant in its outer corner."""
    line = {"color": theme.muted, "width": 1.5, "dash": "dash"}
    canvas.shape(type="line", x0=found.feels_cut, x1=found.feels_cut, yref="paper", y0=0, y1=1, line=line)
    canvas.shape(type="line", xref="paper", x0=0, x1=1, y0=found.achieves_cut, y1=found.achieves_cut, line=line)
    places = {
        "thriving": (1, 1.07, "right"),
        "succeeding despite us": (0, 1.07, "left"),
        "in danger": (0, 0.02, "left"),
        "content but stuck": (1, 0.02, "right"),
    }
    marks = {"circle": "●", "square": "■", "diamond": "◆", "x": "✖"}
    for one in found.quadrants:
        x, y, side = places[one.name]
        name = escape(say(QUADRANT_NAMES[one.name]), quote=False)
        canvas.note(
            xref="paper",
            yref="paper",
            x=x,
            y=y,
            xanchor=side,
            text=f"{marks[SHAPES[one.name]]} <b>{name}</b> {say.number(one.accounts)} · {share(one.share, say)}",
            font={"size": 13, "color": _paints(theme)[one.name]},
            bgcolor=theme.ground,
        )


def _paints(theme: Theme) -> dict[str, str]:
    return {
        "thriving": theme.accent,
        "succeeding despite us": theme.components["rework"] if theme.name == "dark" else theme.components["exit"],
        "content but stuck": theme.muted,
        "in danger": theme.back,
    }
