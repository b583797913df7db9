"""The ranking of friction: burden and score, with their intervals and the components that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.draw.axes import about_component, layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import COMPONENT_NAMES, LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say, interval, place, share
from journey.model import COMPONENTS, Friction, Place

__all__ = ["brief", "ranking", "shortened"]

# From left to right: burden; chance to be among the three worst; ranks; score. As shares of the width beside the names.
BURDEN: Final = (0.0, 0.25)
TOP3: Final = 0.3
RANKS: Final = 0.37
SCORE: Final = (0.42, 1.0)
LETTERS: Final = 44  # of a name beside the bars
# A click on one mark leaves the others as they are.
STEADY: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What every part of the figure draws from."""

    found: Sequence[Friction]
    theme: Theme
    unit: str
    say: Say
    canvas: Canvas

    @property
    def rows(self) -> list[int]:
        return list(range(len(self.found)))

    @property
    def names(self) -> list[str]:
        return [place(one.at) for one in self.found]

    @property
    def far(self) -> float:
        """The right end of the longest burden."""
        return max((one.burden.high or 0 for one in self.found), default=1) or 1

    @property
    def most(self) -> float:
        """The right end of the highest score."""
        return max((one.score.high or 0 for one in self.found), default=1) or 1


def ranking(
    found: Sequence[Friction], *, theme: Theme = LIGHT, unit: str = "customers", say: Say = ENGLISH
) -> go.Figure:
    """Burden with its interval, how sure its rank is, and the score as a bar of components that add up to it.

    The worst stands first; `unit` is what burden is counted in. Marks carry the place's name as customdata.
    """
    figure = _Ranking(found, theme, unit, say, Canvas())
    _frame(figure)
    _burdens(figure)
    _certainty(figure)
    _scores(figure)
    return figure.canvas.figure()


def _frame(figure: _Ranking) -> None:
    canvas, theme, say = figure.canvas, figure.theme, figure.say
    canvas.set(layout(theme, rows=len(figure.found), head=66))
    labels = [f"{_short(one.at)}  {one.rank}" for one in figure.found]
    canvas.set(
        {
            "barmode": "stack",
            "bargap": 0.36,
            "xaxis": x_axis(
                theme, domain=list(BURDEN), range=[0, figure.far * 1.42], showticklabels=False, showgrid=False
            ),
            "xaxis2": x_axis(theme, domain=list(SCORE), range=[0, figure.most * 1.36]),
            "yaxis": y_axis(theme, labels),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    used = [name for name in COMPONENTS if any(name in one.contributions for one in figure.found)]
    legend = "  ".join(f"<span style='color:{theme.components[n]}'>■</span> {say(COMPONENT_NAMES[n])}" for n in used)
    unit = escape(figure.unit, quote=False)
    _heading(canvas, BURDEN[0], say("<b>Burden</b>, {unit}", unit=unit))
    _heading(canvas, TOP3, say("<b>In the<br>worst 3</b>"), anchor="center")
    _heading(canvas, RANKS, say("<b>Rank</b><br>95%"), anchor="center")
    _heading(canvas, SCORE[0], say("<b>Score</b>, points that add up"))
    # Held at the right edge, for names at the left may be short or long.
    _heading(canvas, 1, legend, anchor="right", up=36)


def _short(at: Place | tuple[str, str]) -> str:
    """A place as it fits beside the bars."""
    if isinstance(at, tuple):
        return place((shortened(at[0], LETTERS - 12), shortened(at[1], LETTERS - 12)))
    return shortened(place(at), LETTERS)


def shortened(name: str, most: int) -> str:
    """A name of so many letters at most: a longer one ends in “…”, and is told in full on hover."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _heading(canvas: Canvas, x: float, text: str, anchor: str = "left", up: int = 0) -> None:
    canvas.note(
        xref="paper",
        yref="paper",
        x=x,
        y=1,
        yshift=up,
        yanchor="bottom",
        xanchor=anchor,
        align=anchor,
        text=text,
        font={"size": 12},
    )


def _burdens(figure: _Ranking) -> None:
    found, theme, far = figure.found, figure.theme, figure.far
    figure.canvas.bars(
        x=[one.burden.value for one in found],
        y=figure.rows,
        orientation="h",
        showlegend=False,
        customdata=figure.names,
        hoverinfo="text",
        hovertext=[_about_burden(one, figure.unit, figure.say) for one in found],
        marker={"color": theme.accent, "line": {"width": 0}},
        error_x=whiskers([one.burden for one in found], theme),
        **STEADY,
    )
    _texts(
        figure,
        x=[max(one.burden.high or 0, one.burden.value or 0) + 0.02 * far for one in found],
        text=[brief(one.burden.value, figure.say) for one in found],
    )


def _certainty(figure: _Ranking) -> None:
    """How often it is among the three worst, and the ranks that hold 95 % of the draws."""
    for x, told in (
        (TOP3, [_chance(one.p_top3, figure.say) for one in figure.found]),
        (RANKS, [_ranks(one) for one in figure.found]),
    ):
        for row, text in zip(figure.rows, told, strict=True):
            figure.canvas.note(xref="paper", x=x, y=row, text=text, xanchor="center", font={"size": 12})


def _chance(p: float, say: Say) -> str:
    told = share(p, say)
    return f"<b>{told}</b>" if p >= 0.5 else told


def _ranks(one: Friction) -> str:
    return f"{one.rank_low}" if one.rank_low == one.rank_high else f"{one.rank_low}–{one.rank_high}"


def _scores(figure: _Ranking) -> None:
    found, theme, say, most = figure.found, figure.theme, figure.say, figure.most
    for name in COMPONENTS:
        points = [one.contributions.get(name, 0.0) for one in found]
        if not any(name in one.contributions for one in found):
            continue
        paint = theme.components[name]
        figure.canvas.bars(
            x=points,
            y=figure.rows,
            orientation="h",
            xaxis="x2",
            yaxis="y2",
            name=say(COMPONENT_NAMES[name]),
            customdata=figure.names,
            marker={"color": paint, "line": {"color": theme.ground, "width": 1}},
            hoverinfo="text",
            hovertext=[about_component(one, name, say) for one in found],
            text=[say.number(value, ".0f") if value >= most * 0.06 else "" for value in points],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": 11, "color": ink_on(paint)},
            **STEADY,
        )
    # The interval stands under the bar's end, where it covers no component.
    figure.canvas.points(
        x=[one.score.value for one in found],
        y=[row + 0.37 for row in figure.rows],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={"size": 1, "color": theme.ink},
        error_x=whiskers([one.score for one in found], theme),
        unselected={"marker": {"opacity": 1}},
    )
    _texts(
        figure,
        x=[(one.score.high or 0) + most * 0.012 for one in found],
        text=[
            "–" if one.score.value is None else say("<b>{score:.1f}</b>  n {n:,}", score=one.score.value, n=one.score.n)
            for one in found
        ],
        xaxis="x2",
        yaxis="y2",
    )


def _texts(figure: _Ranking, **trace: Any) -> None:
    """Numbers right of the marks, one a row."""
    figure.canvas.points(
        y=figure.rows,
        mode="text",
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        textfont={"size": 12, "color": figure.theme.ink},
        unselected={"textfont": {"color": figure.theme.ink}},
        **trace,
    )


def brief(value: float | None, say: Say = ENGLISH) -> str:
    """A large number with few digits: 591k."""
    if value is None:
        return "–"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= 10 * size or (unit == "M" and value >= size):
            scaled = value / size
            return f"{say.number(scaled, ',.0f' if scaled >= 1000 else '.3g')}{unit}"
    return say.number(value, ",.0f")


def _about_burden(one: Friction, unit: str, say: Say) -> str:
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
