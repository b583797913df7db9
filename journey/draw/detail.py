"""Charts of one touchpoint: its components, its answers, what comes before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

import plotly.graph_objects as go

from journey.draw.axes import about_component, layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import shortened
from journey.draw.theme import COMPONENT_NAMES, LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, interval, span
from journey.model import COMPONENTS, Friction, Measure, Scale, Touchpoint

__all__ = ["Step", "components", "ratings", "steps"]

LETTERS: Final = 32  # of a name beside a bar: the drawer is narrow


@dataclass(frozen=True, slots=True)
class Step:
    """Where visits came from, or went to: a place, the share of them, and how long it took where that is known."""

    name: str
    share: Measure
    moves: int
    wait_median_s: float | None = None
    kind: Literal["touchpoint", "start", "end"] = "touchpoint"


def components(one: Friction, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """How severe each component is at one place: a bar with its interval, and a tick at what is expected."""
    names = [name for name in COMPONENTS if name in one.components and one.components[name].value is not None]
    found = [one.components[name] for name in names]
    canvas, rows = Canvas(), list(range(len(names)))
    canvas.set(layout(theme, rows=len(names), foot=44, row=48))
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                range=[0, 1.03],
                tickformat=".0%",
                tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
                showgrid=False,
                title={
                    "text": say("severity: 0% none, 100% the worst counted"),
                    "font": {"size": 12, "color": theme.muted},
                },
            ),
            "yaxis": y_axis(theme, names, showticklabels=False),
        }
    )
    canvas.bars(
        x=[m.value for m in found],
        y=[row + 0.14 for row in rows],
        orientation="h",
        width=0.4,
        hoverinfo="text",
        marker={"color": [theme.components[name] for name in names], "line": {"width": 0}},
        error_x=whiskers(found, theme),
        hovertext=[about_component(one, name, say) for name in names],
    )
    for row, name in zip(rows, names, strict=True):
        if name in one.expected:
            at = one.expected[name]
            canvas.shape(type="line", x0=at, x1=at, y0=row - 0.14, y1=row + 0.42, line={"color": theme.ink, "width": 3})
        text = say(
            "<b>{name}</b>  {value} · n {n:,} · <b>{points:.1f}</b> points",
            name=say(COMPONENT_NAMES[name]),
            value=say.number(one.components[name].value, ".0%"),
            n=one.components[name].n,
            points=one.contributions.get(name, 0.0),
        )
        _label(canvas, row, text)
    _key(canvas, say("<b>▎</b>expected   ├─┤ 95% interval"), theme)
    return canvas.figure()


def _label(canvas: Canvas, row: int, text: str) -> None:
    """A row's name and numbers above its bar: they fit however narrow the figure is."""
    canvas.note(xref="paper", x=0, y=row - 0.3, xanchor="left", text=text, font={"size": 13})


def _key(canvas: Canvas, text: str, theme: Theme) -> None:
    canvas.note(
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        yanchor="bottom",
        xanchor="left",
        text=text,
        font={"size": 12, "color": theme.muted},
    )


def ratings(
    touchpoint: Touchpoint, scales: Mapping[str, Scale], *, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """The answers at one touchpoint, each on its own scale, good at the right: mean, interval, plain mean."""
    rows: list[tuple[str, Measure, float | None, Scale, str]] = []
    for role, title in (("satisfaction", say("Satisfaction")), ("effort", say("Effort scale"))):
        measure: Measure = getattr(touchpoint, role)
        if role in scales and measure.value is not None:
            rows.append((title, measure, getattr(touchpoint, f"{role}_raw"), scales[role], ".2f"))
    if touchpoint.csat.value is not None:
        rows.append((say("In the top two boxes"), touchpoint.csat, None, Scale("share", 0, 1), ".0%"))
    canvas = Canvas()
    canvas.set(layout(theme, rows=len(rows), foot=8, head=24, row=56))
    canvas.set(
        {
            "xaxis": {"range": [-0.09, 1.11], "visible": False, "fixedrange": True},
            "yaxis": y_axis(theme, [row[0] for row in rows], showticklabels=False),
        }
    )
    for at, (title, measure, raw, scale, form) in enumerate(rows):
        _scale(canvas, at, scale, form, theme)
        values = [scale.pomp(v) for v in (measure.value, measure.low, measure.high) if v is not None]
        value, (low, high) = values[0], sorted(values[1:])
        canvas.shape(type="line", x0=low, x1=high, y0=at + 0.16, y1=at + 0.16, line={"color": theme.ink, "width": 3})
        said = say("{title} {value}, n = {n:,}", title=title, value=interval(measure, form, say=say), n=measure.n)
        canvas.points(
            x=[value],
            y=[at + 0.16],
            mode="markers",
            hoverinfo="text",
            hovertext=said,
            marker={"size": 15, "color": diverging(value), "line": {"color": theme.ink, "width": 2}},
        )
        if raw is not None:
            canvas.points(
                x=[scale.pomp(raw)],
                y=[at - 0.06],
                mode="markers",
                hoverinfo="text",
                hovertext=say("plain mean {raw:.2f}", raw=raw),
                marker={"symbol": "triangle-down", "size": 8, "color": theme.muted},
            )
        mean, rest = interval(measure, form, say=say).split(" ", 1)
        _label(canvas, at, f"<b>{title}</b>  <b>{mean}</b> {rest} · n {measure.n:,}")
    _key(canvas, say("● estimate   ━ 95% interval   ▾ plain mean   right is good"), theme)
    return canvas.figure()


def _scale(canvas: Canvas, at: int, scale: Scale, form: str, theme: Theme) -> None:
    """A scale as a band of colour from its bad end to its good one."""
    parts = 40
    for i in range(parts):
        canvas.shape(
            type="rect",
            x0=i / parts,
            x1=1,
            y0=at + 0.09,
            y1=at + 0.23,
            line_width=0,
            layer="below",
            fillcolor=diverging((i + 0.5) / parts),
        )
    ends = (scale.low, scale.high) if scale.good == "high" else (scale.high, scale.low)
    for x, end, anchor in ((0, ends[0], "right"), (1, ends[1], "left")):
        label = format(end, form) if form.endswith("%") else f"{end:g}"
        canvas.note(x=x, y=at + 0.16, xanchor=anchor, text=label, font={"size": 12, "color": theme.muted})


def steps(before: Sequence[Step], after: Sequence[Step], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """What came before a touchpoint and, below it, what comes after it, starts and ends among them.

    Narrow enough for a drawer. A bar of a touchpoint carries its name as customdata, others nothing.
    """
    canvas, paints = Canvas(), {"touchpoint": theme.edge, "start": theme.accent, "end": theme.back}
    lines: list[Step | None] = [None, *before, None, *after]
    found = [(row, step) for row, step in enumerate(lines) if step is not None]
    most = max((step.share.high or 0 for _, step in found), default=1) or 1
    canvas.set(layout(theme, rows=len(lines), foot=4, head=4, row=28))
    canvas.set(
        {
            "bargap": 0.42,
            "xaxis": x_axis(theme, range=[0, most * 1.5], showticklabels=False, showgrid=False),
            "yaxis": y_axis(theme, ["" if step is None else shortened(step.name, LETTERS) for step in lines]),
        }
    )
    for row, title in ((0, say("<b>Before</b>")), (len(before) + 1, say("<b>After</b>"))):
        canvas.note(xref="paper", x=0, y=row, xanchor="left", yanchor="middle", text=title, font={"size": 14})
    canvas.bars(
        x=[step.share.value for _, step in found],
        y=[row for row, _ in found],
        orientation="h",
        hoverinfo="text",
        marker={"color": [paints[step.kind] for _, step in found], "line": {"width": 0}},
        customdata=[step.name if step.kind == "touchpoint" else "" for _, step in found],
        error_x=whiskers([step.share for _, step in found], theme, 1.2),
        hovertext=[_step(step, say) for _, step in found],
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    canvas.points(
        x=[(step.share.high or 0) + most * 0.02 for _, step in found],
        y=[row for row, _ in found],
        mode="text",
        text=[say("<b>{share:.1%}</b>  {n:,}", share=step.share.value or 0, n=step.moves) for _, step in found],
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )
    return canvas.figure()


def _step(step: Step, say: Say) -> str:
    text = say(
        "<b>{name}</b><br>{share} of {n:,} visits<br>{moves:,} moves",
        name=escape(step.name, quote=False),
        share=interval(step.share, ".1%", say=say),
        n=step.share.n,
        moves=step.moves,
    )
    if step.wait_median_s is None:
        return text
    return text + say("<br>half within {median}", median=span(step.wait_median_s, say))
