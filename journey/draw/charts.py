"""Charts of friction and of one touchpoint: geometry and colour only, every number comes with its interval and n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import plotly.graph_objects as go

from journey.draw.canvas import Canvas
from journey.draw.theme import COMPONENT_NAMES, FONT, LIGHT, Theme, diverging, ink_on
from journey.draw.words import Say, interval, place, span
from journey.model import COMPONENTS, Friction, Measure, Scale, Touchpoint

__all__ = ["Step", "components", "ranking", "ratings", "steps"]

ROW = 34  # pixels a row takes


@dataclass(frozen=True, slots=True)
class Step:
    """Where visits came from, or went to: a place, the share of them, and how long it took where that is known."""

    name: str
    share: Measure
    moves: int
    wait_median_s: float | None = None
    kind: Literal["touchpoint", "start", "end"] = "touchpoint"


def _layout(theme: Theme, *, rows: int, foot: int = 34, head: int = 26, row: int = ROW) -> dict[str, Any]:
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


def _x(theme: Theme, **more: Any) -> dict[str, Any]:
    return {
        "fixedrange": True, "zeroline": False, "gridcolor": theme.line, "gridwidth": 1, "ticks": "",
        "tickfont": {"size": 12, "color": theme.muted}, **more,
    }  # fmt: skip


def _y(theme: Theme, names: Sequence[str], **more: Any) -> dict[str, Any]:
    return {
        "fixedrange": True, "range": [len(names) - 0.5, -0.5], "tickvals": list(range(len(names))), "ticks": "",
        "ticktext": [escape(name, quote=False) for name in names], "showgrid": False, "zeroline": False,
        "automargin": True, "ticklabelstandoff": 8, "tickfont": {"size": 13, "color": theme.ink}, **more,
    }  # fmt: skip


def _whiskers(measures: Sequence[Measure], theme: Theme, width: float = 1.6) -> dict[str, Any]:
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


def ranking(found: Sequence[Friction], *, theme: Theme = LIGHT, unit: str = "customers", say: Say = str) -> go.Figure:
    """Burden with its interval, and beside it the score as a bar of components that add up to it, worst first."""
    canvas, rows = Canvas(), list(range(len(found)))
    names = [place(one.at) for one in found]
    canvas.set(_layout(theme, rows=len(found), head=56))
    most = max((one.score.high or 0 for one in found), default=1) or 1
    far = max((one.burden.high or 0 for one in found), default=1) or 1
    canvas.set({
        "barmode": "stack", "bargap": 0.36,
        "xaxis": _x(theme, domain=[0, 0.27], range=[-0.04 * far, far * 1.1], showticklabels=False, showgrid=False),
        "xaxis2": _x(theme, domain=[0.31, 1], range=[0, most * 1.42]),
        "yaxis": _y(theme, [f"{one.rank}  {name}" for one, name in zip(found, names, strict=True)]),
        "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
    })  # fmt: skip
    canvas.note(xref="x domain", yref="paper", x=0, y=1, yanchor="bottom", xanchor="left", font={"size": 13},
                text=say("<b>Burden</b>, {unit}").format(unit=escape(unit, quote=False)))  # fmt: skip
    canvas.points(
        x=[one.burden.value for one in found], y=rows, mode="markers", showlegend=False, customdata=names, hoverinfo="text",
        marker={"size": 9, "color": theme.accent}, error_x=_whiskers([one.burden for one in found], theme),
        hovertext=[_burden(one, unit, say) for one in found],
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    canvas.points(
        x=[(one.burden.high or 0) + 0.015 * far if _short(one, far) else one.burden.low for one in found], y=rows, mode="text", showlegend=False,
        text=[f"  {_brief(one.burden.value)}  " for one in found], hoverinfo="skip",
        textposition=["middle right" if _short(one, far) else "middle left" for one in found],
        textfont={"size": 12, "color": theme.ink}, unselected={"textfont": {"color": theme.ink}},
    )  # fmt: skip
    used = [name for name in COMPONENTS if any(name in one.contributions for one in found)]
    legend = "  ".join(f"<span style='color:{theme.components[n]}'>■</span> {say(COMPONENT_NAMES[n])}" for n in used)
    canvas.note(xref="paper", yref="paper", x=0.31, y=1, yanchor="bottom", xanchor="left", font={"size": 12},
                text=say("<b>Score</b>, points that add up") + "<br>" + legend, align="left")  # fmt: skip
    for name in used:
        paint, points = theme.components[name], [one.contributions.get(name, 0.0) for one in found]
        canvas.bars(
            x=points, y=rows, orientation="h", xaxis="x2", yaxis="y2", name=say(COMPONENT_NAMES[name]), customdata=names,
            marker={"color": paint, "line": {"color": theme.ground, "width": 1}}, hoverinfo="text",
            text=[f"{value:.0f}" if value >= most * 0.05 else "" for value in points],
            textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
            textfont={"size": 11, "color": ink_on(paint)},
            hovertext=[_component(one, name, say) for one in found],
            selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        )  # fmt: skip
    canvas.points(
        x=[one.score.value for one in found], y=[row + 0.37 for row in rows], xaxis="x2", yaxis="y2", mode="markers", showlegend=False, hoverinfo="skip",
        marker={"size": 1, "color": theme.ink}, error_x=_whiskers([one.score for one in found], theme),
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    canvas.points(
        x=[(one.score.high or 0) + most * 0.012 for one in found], y=rows, xaxis="x2", yaxis="y2", mode="text",
        text=[f"<b>{one.score.value:.1f}</b>  n {one.score.n:,}" if one.score.value is not None else "–" for one in found],
        textposition="middle right", showlegend=False, hoverinfo="skip", textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )  # fmt: skip
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
    text = say(
        "<b>{name}</b><br>burden {burden} {unit}<br>rank {low}–{high} in 95% of the draws; among the three worst in {top:.0%}"
    )
    return text.format(name=escape(place(one.at), quote=False), burden=interval(one.burden, ",.0f"), unit=escape(unit, quote=False),
                       low=one.rank_low, high=one.rank_high, top=one.p_top3)  # fmt: skip


def _component(one: Friction, name: str, say: Say) -> str:
    if name not in one.contributions:
        return ""
    text = say(
        "<b>{where}: {name}</b><br>{points:.1f} of {score:.1f} points<br>severity {value}{expected}<br>n = {n:,} visits"
    )
    expected = say(", {expected:.1%} expected").format(expected=one.expected[name]) if name in one.expected else ""
    return text.format(
        where=escape(place(one.at), quote=False), name=say(COMPONENT_NAMES[name]), points=one.contributions[name],
        score=one.score.value or 0, value=interval(one.components[name], ".1%"), expected=expected, n=one.components[name].n,
    )  # fmt: skip


def components(one: Friction, *, theme: Theme = LIGHT, say: Say = str) -> go.Figure:
    """How severe each component is at one place: a bar with its interval, and a tick at what is expected."""
    names = [name for name in COMPONENTS if name in one.components and one.components[name].value is not None]
    found = [one.components[name] for name in names]
    canvas, rows = Canvas(), list(range(len(names)))
    canvas.set(_layout(theme, rows=len(names), foot=44, row=48))
    canvas.set({
        "xaxis": _x(theme, range=[0, 1.03], tickformat=".0%", tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1], showgrid=False,
                    title={"text": say("severity: 0% none, 100% the worst counted"), "font": {"size": 12, "color": theme.muted}}),
        "yaxis": _y(theme, names, showticklabels=False),
    })  # fmt: skip
    canvas.bars(
        x=[m.value for m in found], y=[row + 0.14 for row in rows], orientation="h", width=0.4, hoverinfo="text",
        marker={"color": [theme.components[name] for name in names], "line": {"width": 0}}, error_x=_whiskers(found, theme),
        hovertext=[_component(one, name, say) for name in names],
    )  # fmt: skip
    for row, name in zip(rows, names, strict=True):
        if name in one.expected:
            at = one.expected[name]
            canvas.shape(type="line", x0=at, x1=at, y0=row - 0.14, y1=row + 0.42, line={"color": theme.ink, "width": 3})
        text = say("<b>{name}</b>  {value} · n {n:,} · <b>{points:.1f}</b> points").format(
            name=say(COMPONENT_NAMES[name]), value=f"{one.components[name].value:.0%}", n=one.components[name].n,
            points=one.contributions.get(name, 0.0),
        )  # fmt: skip
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


def ratings(touchpoint: Touchpoint, scales: Mapping[str, Scale], *, theme: Theme = LIGHT, say: Say = str) -> go.Figure:
    """The answers at one touchpoint, each on its own scale with the good end at the right: mean, interval, plain mean."""
    rows: list[tuple[str, Measure, float | None, Scale, str]] = []
    for role, title in (("satisfaction", say("Satisfaction")), ("effort", say("Effort scale"))):
        measure: Measure = getattr(touchpoint, role)
        if role in scales and measure.value is not None:
            rows.append((title, measure, getattr(touchpoint, f"{role}_raw"), scales[role], ".2f"))
    if touchpoint.csat.value is not None:
        rows.append((say("In the top two boxes"), touchpoint.csat, None, Scale("share", 0, 1), ".0%"))
    canvas = Canvas()
    canvas.set(_layout(theme, rows=len(rows), foot=8, head=24, row=56))
    canvas.set(
        {
            "xaxis": {"range": [-0.09, 1.11], "visible": False, "fixedrange": True},
            "yaxis": _y(theme, [row[0] for row in rows], showticklabels=False),
        }
    )
    for at, (title, measure, raw, scale, form) in enumerate(rows):
        _scale(canvas, at, scale, form, theme)
        values = [scale.pomp(v) for v in (measure.value, measure.low, measure.high) if v is not None]
        value, (low, high) = values[0], sorted(values[1:])
        canvas.shape(type="line", x0=low, x1=high, y0=at + 0.16, y1=at + 0.16, line={"color": theme.ink, "width": 3})
        said = say("{title} {value}, n = {n:,}").format(title=title, value=interval(measure, form), n=measure.n)
        canvas.points(x=[value], y=[at + 0.16], mode="markers", hoverinfo="text", hovertext=said,
                      marker={"size": 15, "color": diverging(value), "line": {"color": theme.ink, "width": 2}})  # fmt: skip
        if raw is not None:
            canvas.points(x=[scale.pomp(raw)], y=[at - 0.06], mode="markers", hoverinfo="text",
                          hovertext=say("plain mean {raw:.2f}").format(raw=raw),
                          marker={"symbol": "triangle-down", "size": 8, "color": theme.muted})  # fmt: skip
        _label(
            canvas,
            at,
            f"<b>{title}</b>  <b>{format(measure.value, form)}</b> ({format(measure.low, form)}–{format(measure.high, form)}) · n {measure.n:,}",
        )
    _key(canvas, say("● estimate   ━ 95% interval   ▾ plain mean   right is good"), theme)
    return canvas.figure()


def _scale(canvas: Canvas, at: int, scale: Scale, form: str, theme: Theme) -> None:
    """A scale as a band of colour from its bad end to its good one."""
    parts = 40
    for i in range(parts):
        canvas.shape(type="rect", x0=i / parts, x1=1, y0=at + 0.09, y1=at + 0.23, line_width=0,
                     layer="below", fillcolor=diverging((i + 0.5) / parts))  # fmt: skip
    ends = (scale.low, scale.high) if scale.good == "high" else (scale.high, scale.low)
    for x, end, anchor in ((0, ends[0], "right"), (1, ends[1], "left")):
        label = format(end, form) if form.endswith("%") else f"{end:g}"
        canvas.note(x=x, y=at + 0.16, xanchor=anchor, text=label, font={"size": 12, "color": theme.muted})


def steps(before: Sequence[Step], after: Sequence[Step], *, theme: Theme = LIGHT, say: Say = str) -> go.Figure:
    """What came before a touchpoint and what comes after it, side by side, starts and ends among them."""
    canvas, rows = Canvas(), max(len(before), len(after), 1)
    canvas.set(_layout(theme, rows=rows, foot=12, head=30))
    canvas.layout["bargap"] = 0.42
    paints = {"touchpoint": theme.edge, "start": theme.accent, "end": theme.back}
    most = max((step.share.high or 0 for step in (*before, *after)), default=1) or 1
    for number, (side, title) in enumerate(((before, say("<b>Before</b>")), (after, say("<b>After</b>"))), 1):
        x, y = ("x", "y") if number == 1 else ("x2", "y2")
        canvas.layout[f"xaxis{number if number > 1 else ''}"] = _x(
            theme,
            domain=[0, 0.42] if number == 1 else [0.58, 1],
            range=[0, most * 1.6],
            showticklabels=False,
            showgrid=False,
            anchor=y,
        )
        canvas.layout[f"yaxis{number if number > 1 else ''}"] = {
            **_y(theme, [step.name for step in side]), "range": [rows - 0.5, -0.5], "anchor": x,
        }  # fmt: skip
        names = [step.name for step in side]
        canvas.bars(
            x=[step.share.value for step in side], y=list(range(len(side))), xaxis=x, yaxis=y, orientation="h", hoverinfo="text",
            marker={"color": [paints[step.kind] for step in side], "line": {"width": 0}}, customdata=names,
            error_x=_whiskers([step.share for step in side], theme, 1.2), hovertext=[_step(step, say) for step in side],
            selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        )  # fmt: skip
        canvas.points(
            x=[(step.share.high or 0) + most * 0.02 for step in side], y=list(range(len(side))), xaxis=x, yaxis=y, mode="text",
            text=[f"<b>{step.share.value or 0:.1%}</b>  {step.moves:,}" for step in side], textposition="middle right",
            hoverinfo="skip", textfont={"size": 12, "color": theme.ink}, unselected={"textfont": {"color": theme.ink}},
        )  # fmt: skip
        canvas.note(
            xref=f"{x} domain", yref="paper", x=0, y=1, yanchor="bottom", xanchor="left", text=title, font={"size": 14}
        )
    return canvas.figure()


def _step(step: Step, say: Say) -> str:
    text = say("<b>{name}</b><br>{share} of {n:,} visits<br>{moves:,} moves").format(
        name=escape(step.name, quote=False), share=interval(step.share, ".1%"), n=step.share.n, moves=step.moves
    )
    if step.wait_median_s is None:
        return text
    return text + say("<br>half within {median}").format(median=span(step.wait_median_s))
