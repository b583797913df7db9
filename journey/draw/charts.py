"""The ranking of friction: burden and score, with their intervals and the components that add up."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from journey.draw.axes import about_component, layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import COMPONENT_NAMES, LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say, interval, place
from journey.model import COMPONENTS, Friction

__all__ = ["ranking"]


def ranking(
    found: Sequence[Friction], *, theme: Theme = LIGHT, unit: str = "customers", say: Say = ENGLISH
) -> go.Figure:
    """Burden with its interval, and beside it the score as a bar of components that add up to it, worst first."""
    canvas, rows = Canvas(), list(range(len(found)))
    names = [place(one.at) for one in found]
    canvas.set(layout(theme, rows=len(found), head=56))
    most = max((one.score.high or 0 for one in found), default=1) or 1
    far = max((one.burden.high or 0 for one in found), default=1) or 1
    canvas.set(
        {
            "barmode": "stack",
            "bargap": 0.36,
            "xaxis": x_axis(
                theme, domain=[0, 0.27], range=[-0.04 * far, far * 1.1], showticklabels=False, showgrid=False
            ),
            "xaxis2": x_axis(theme, domain=[0.31, 1], range=[0, most * 1.42]),
            "yaxis": y_axis(theme, [f"{one.rank}  {name}" for one, name in zip(found, names, strict=True)]),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    canvas.note(
        xref="x domain",
        yref="paper",
        x=0,
        y=1,
        yanchor="bottom",
        xanchor="left",
        font={"size": 13},
        text=say("<b>Burden</b>, {unit}", unit=escape(unit, quote=False)),
    )
    canvas.points(
        x=[one.burden.value for one in found],
        y=rows,
        mode="markers",
        showlegend=False,
        customdata=names,
        hoverinfo="text",
        marker={"size": 9, "color": theme.accent},
        error_x=whiskers([one.burden for one in found], theme),
        hovertext=[_burden(one, unit, say) for one in found],
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    canvas.points(
        x=[(one.burden.high or 0) + 0.015 * far if _short(one, far) else one.burden.low for one in found],
        y=rows,
        mode="text",
        showlegend=False,
        text=[f"  {_brief(one.burden.value)}  " for one in found],
        hoverinfo="skip",
        textposition=["middle right" if _short(one, far) else "middle left" for one in found],
        textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )
    used = [name for name in COMPONENTS if any(name in one.contributions for one in found)]
    legend = "  ".join(f"<span style='color:{theme.components[n]}'>■</span> {say(COMPONENT_NAMES[n])}" for n in used)
    canvas.note(
        xref="paper",
        yref="paper",
        x=0.31,
        y=1,
        yanchor="bottom",
        xanchor="left",
        font={"size": 12},
        text=say("<b>Score</b>, points that add up") + "<br>" + legend,
        align="left",
    )
    for name in used:
        paint, points = theme.components[name], [one.contributions.get(name, 0.0) for one in found]
        canvas.bars(
            x=points,
            y=rows,
            orientation="h",
            xaxis="x2",
            yaxis="y2",
            name=say(COMPONENT_NAMES[name]),
            customdata=names,
            marker={"color": paint, "line": {"color": theme.ground, "width": 1}},
            hoverinfo="text",
            text=[f"{value:.0f}" if value >= most * 0.05 else "" for value in points],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": 11, "color": ink_on(paint)},
            hovertext=[about_component(one, name, say) for one in found],
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    canvas.points(
        x=[one.score.value for one in found],
        y=[row + 0.37 for row in rows],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={"size": 1, "color": theme.ink},
        error_x=whiskers([one.score for one in found], theme),
        unselected={"marker": {"opacity": 1}},
    )
    canvas.points(
        x=[(one.score.high or 0) + most * 0.012 for one in found],
        y=rows,
        xaxis="x2",
        yaxis="y2",
        mode="text",
        text=[
            f"<b>{one.score.value:.1f}</b>  n {one.score.n:,}" if one.score.value is not None else "–" for one in found
        ],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )
    return canvas.figure()


def _short(one: Friction, far: float) -> bool:
    """Whether there is room for a number right of the burden's interval."""
    return (one.burden.high or 0) < 0.62 * far


def _brief(value: float | None) -> str:
    """A large number with few digits: 591k."""
    if value is None:
        return "–"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= 10 * size or (unit == "M" and value >= size):
            return f"{value / size:.3g}{unit}" if value < 1000 * size else f"{value / size:,.0f}{unit}"
    return f"{value:,.0f}"


def _burden(one: Friction, unit: str, say: Say) -> str:
    return say(
        "<b>{name}</b><br>burden {burden} {unit}<br>rank {low}–{high} in 95% of the draws; "
        "among the three worst in {top:.0%}",
        name=escape(place(one.at), quote=False),
        burden=interval(one.burden, ",.0f", say=say),
        unit=escape(unit, quote=False),
        low=one.rank_low,
        high=one.rank_high,
        top=one.p_top3,
    )
