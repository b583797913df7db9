"""Figures of what-ifs: where cases would end instead, and scenarios side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.whatif_effect import Effect, End
from journey.draw.axes import layout, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import shortened
from journey.draw.overview_tiles import BAD
from journey.draw.theme import LIGHT, Theme
from journey.draw.whatif_words import FIGURES, difference, to_end
from journey.draw.words import ENGLISH, Say
from journey.model import Measure

__all__ = ["ends_alt", "ends_figure", "scenarios_alt", "scenarios_figure"]

LETTERS: Final = 42
ROOM: Final = 0.6  # of the width of the marks, beside them, for the numbers


def ends_figure(effect: Effect, goal: str, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """How many more or fewer cases end at the goal, and leave at each place: the bars sum to nothing.

    Bars to the right are more cases, to the left fewer, with 95 % intervals. Marks carry the touchpoint's name as
    customdata, nothing for the goal.
    """
    canvas, ends = Canvas(), effect.ends
    names = [_short(end, goal, say) for end in ends]
    colours = [_paint(end, theme) for end in ends]
    axis = _axis([end.gain for end in ends], say, form=",.0f")
    canvas.set(layout(theme, rows=len(ends), head=8, foot=34, row=31))
    canvas.set(
        {
            "bargap": 0.4,
            "xaxis": x_axis(theme, **axis),
            "yaxis": y_axis(theme, names, ticktext=_bold_first(names)),
        }
    )
    canvas.bars(
        x=[end.gain.value for end in ends],
        y=list(range(len(ends))),
        orientation="h",
        customdata=[end.at or "" for end in ends],
        marker={"color": colours, "line": {"width": 0}},
        error_x=_whiskers([end.gain for end in ends], theme),
        hoverinfo="text",
        hovertext=[_about(end, goal, say) for end in ends],
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    _numbers(canvas, [end.gain for end in ends], "reached", theme, say)
    canvas.shape(type="line", x0=0, x1=0, yref="paper", y0=0, y1=1, line={"color": theme.ink, "width": 1})
    return canvas.figure()


def _short(end: End, goal: str, say: Say) -> str:
    return shortened(to_end(end.at, end.others, goal, say), LETTERS)


def _bold_first(names: Sequence[str]) -> list[str]:
    safe = [escape(name, quote=False) for name in names]
    return [f"<b>{safe[0]}</b>", *safe[1:]] if safe else []


def _paint(end: End, theme: Theme) -> str:
    """Blue where that is good, red where it is not: more at the goal is good, more who leave is not."""
    if end.others:
        return theme.edge
    gain = end.gain.value or 0.0
    good = gain >= 0 if end.at is None else gain <= 0
    return theme.accent if good else BAD[theme.name]


def _about(end: End, goal: str, say: Say) -> str:
    return say(
        "<b>{what}</b><br>{today:,.0f} cases today, {then:,.0f} then<br>{difference}",
        what=escape(to_end(end.at, end.others, goal, say), quote=False),
        today=end.today,
        then=end.then,
        difference=difference("reached", end.gain, say),
    )


def ends_alt(effect: Effect, goal: str, say: Say = ENGLISH) -> str:
    """The figure in words."""
    listed = "; ".join(
        f"{to_end(end.at, end.others, goal, say)}: {difference('reached', end.gain, say)}" for end in effect.ends
    )
    return say("How many more or fewer cases end where. {listed}.", listed=listed)


def scenarios_figure(gains: Mapping[str, Measure], of: str, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """What each scenario brings of one figure, against today or another scenario, with 95 % intervals."""
    canvas, names, told = Canvas(), list(gains), list(gains.values())
    scale = 100.0 if of == "goal_rate" else 1 / 86400 if of == "duration_s" else 1.0
    shown = [_times(measure, scale) for measure in told]
    canvas.set(layout(theme, rows=len(names), head=8, foot=44, row=36))
    title = {
        "goal_rate": say("percentage points"),
        "duration_s": say("days"),
    }.get(of, "")
    canvas.set(
        {
            "xaxis": x_axis(theme, **_axis(shown, say), title={"text": title, "font": {"size": 12}}),
            "yaxis": y_axis(theme, [shortened(name, LETTERS) for name in names]),
        }
    )
    canvas.points(
        x=[measure.value for measure in shown],
        y=list(range(len(names))),
        mode="markers",
        customdata=names,
        marker={"size": 12, "color": [_side(of, measure, theme) for measure in told]},
        error_x=_whiskers(shown, theme),
        hoverinfo="text",
        hovertext=[
            f"<b>{escape(name, quote=False)}</b><br>{say(FIGURES[of][0])}: {difference(of, measure, say)}"
            for name, measure in gains.items()
        ],
    )
    _numbers(canvas, shown, of, theme, say, told=told)
    canvas.shape(type="line", x0=0, x1=0, yref="paper", y0=0, y1=1, line={"color": theme.ink, "width": 1})
    return canvas.figure()


def _times(measure: Measure, scale: float) -> Measure:
    value, low, high = (None if x is None else scale * x for x in (measure.value, measure.low, measure.high))
    return Measure(value, low, high, measure.n)


def _side(of: str, measure: Measure, theme: Theme) -> str:
    good = FIGURES[of][1]
    if good is None or not measure.value or (measure.low or 0) <= 0 <= (measure.high or 0):
        return theme.muted
    return theme.accent if (measure.value > 0) == good else BAD[theme.name]


def scenarios_alt(gains: Mapping[str, Measure], of: str, say: Say = ENGLISH) -> str:
    """The figure in words."""
    listed = "; ".join(f"{name}: {difference(of, measure, say)}" for name, measure in gains.items())
    return say("{figure}, the difference each scenario makes. {listed}.", figure=say(FIGURES[of][0]), listed=listed)


def _ends(measures: Sequence[Measure]) -> tuple[float, float]:
    known = [x for m in measures for x in (m.value, m.low, m.high) if x is not None]
    return min([*known, 0.0]), max([*known, 0.0])


def _axis(measures: Sequence[Measure], say: Say, form: str | None = None) -> dict[str, Any]:
    """An axis that holds 0, with room at the right for the numbers."""
    low, high = _ends(measures)
    width = (high - low) or 1.0
    step = _round(width / 4)
    first = math.ceil((low - 0.02 * width) / step)
    values = [round((first + at) * step, 12) for at in range(9) if (first + at) * step <= high + 0.02 * width]
    form = form if form and step >= 1 else ",.0f" if step >= 1 else ",.1f" if step >= 0.1 else ",.2g"
    return {
        "range": [low - 0.05 * width, high + ROOM * width],
        "tickvals": values,
        "ticktext": [say.number(value, form).replace("-", "−") for value in values],
    }


def _round(step: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step * (1 - 1e-9))


def _whiskers(measures: Sequence[Measure], theme: Theme) -> dict[str, Any]:
    known = [(m.value or 0.0, m.low, m.high) for m in measures]
    return {
        "type": "data",
        "symmetric": False,
        "array": [0 if high is None else high - value for value, _, high in known],
        "arrayminus": [0 if low is None else value - low for value, low, _ in known],
        "color": theme.ink,
        "thickness": 1.4,
        "width": 4,
    }


def _numbers(
    canvas: Canvas,
    measures: Sequence[Measure],
    of: str,
    theme: Theme,
    say: Say,
    told: Sequence[Measure] | None = None,
) -> None:
    """Each difference in numbers, at the right end."""
    low, high = _ends(measures)
    width = (high - low) or 1.0
    for row, measure in enumerate(measures if told is None else told):
        canvas.note(
            x=high + ROOM * width,
            y=row,
            xanchor="right",
            text=escape(difference(of, measure, say), quote=False),
            font={"size": 12, "color": theme.ink},
        )
