"""What the charts share: room, axes, error bars, and what is said of a component on hover."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from journey.draw.theme import COMPONENT_NAMES, FONT, Theme
from journey.draw.words import Say, interval, place
from journey.model import Friction, Measure

__all__ = ["about_component", "layout", "whiskers", "x_axis", "y_axis"]

ROW = 34  # pixels a row takes


def layout(theme: Theme, *, rows: int, foot: int = 34, head: int = 26, row: int = ROW) -> dict[str, Any]:
    return {
        "height": rows * row + foot + head,
        "margin": {"l": 8, "r": 8, "t": head, "b": foot},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "color": theme.ink, "size": 13},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": theme.card,
            "bordercolor": theme.line,
            "font": {"color": theme.ink, "family": FONT},
            "align": "left",
        },
    }


def x_axis(theme: Theme, **more: Any) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": theme.line,
        "gridwidth": 1,
        "ticks": "",
        "tickfont": {"size": 12, "color": theme.muted},
        **more,
    }


def y_axis(theme: Theme, names: Sequence[str], **more: Any) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "range": [len(names) - 0.5, -0.5],
        "tickvals": list(range(len(names))),
        "ticks": "",
        "ticktext": [escape(name, quote=False) for name in names],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "ticklabelstandoff": 8,
        "tickfont": {"size": 13, "color": theme.ink},
        **more,
    }


def whiskers(measures: Sequence[Measure], theme: Theme, width: float = 1.6) -> dict[str, Any]:
    """Error bars from value to low and high."""
    up = [0 if m.value is None or m.high is None else m.high - m.value for m in measures]
    down = [0 if m.value is None or m.low is None else m.value - m.low for m in measures]
    return {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "color": theme.ink,
        "thickness": width,
        "width": 4,
    }


def about_component(one: Friction, name: str, say: Say) -> str:
    if name not in one.contributions:
        return ""
    expected = say(", {expected:.1%} expected", expected=one.expected[name]) if name in one.expected else ""
    return say(
        "<b>{where}: {name}</b><br>{points:.1f} of {score:.1f} points<br>severity {value}{expected}<br>"
        "n = {n:,} visits",
        where=escape(place(one.at), quote=False),
        name=say(COMPONENT_NAMES[name]),
        points=one.contributions[name],
        score=one.score.value or 0,
        value=interval(one.components[name], ".1%", say),
        expected=expected,
        n=one.components[name].n,
    )
