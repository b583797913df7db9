"""What carries the goal: removal effect and reach beside what was counted, and bars of times and of shifts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.flow import Flow
from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, shortened
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval, place, share, span
from journey.model import Measure

__all__ = ["carriers", "converted", "gains", "times"]

REMOVAL: Final = (0.0, 0.47)
REACH: Final = (0.55, 1.0)
LETTERS: Final = 40
TICKS: Final = (0, 0.25, 0.5, 0.75, 1)


def carriers(names: Sequence[str], found: Flow, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Removal effect (left) and reach (right) of these touchpoints, in the order given.

    Bars and whiskers are the chain's, a diamond is what was counted. Marks carry the touchpoint's name as customdata.
    """
    canvas = Canvas()
    canvas.set(layout(theme, rows=len(names), head=62))
    ticks = {"range": [0, 1.42], "tickvals": list(TICKS), "ticktext": [say.number(x, ".0%") for x in TICKS]}
    canvas.set(
        {
            "bargap": 0.4,
            "xaxis": x_axis(theme, domain=list(REMOVAL), **ticks),
            "xaxis2": x_axis(theme, domain=list(REACH), **ticks),
            "yaxis": y_axis(theme, [shortened(name, LETTERS) for name in names]),
            "yaxis2": {"matches": "y", "anchor": "x2", "visible": False, "fixedrange": True},
        }
    )
    sides = (
        ("x", "y", found.removal, found.through, theme.accent, REMOVAL, _removal_heads(theme, say)),
        ("x2", "y2", found.reach, found.met, theme.edge, REACH, _reach_heads(theme, say)),
    )
    for x, y, chain, counted, colour, domain, (title, about) in sides:
        axes = {"xaxis": x, "yaxis": y}
        measures = [chain[name] for name in names]
        hover = [_told(name, found, say) for name in names]
        _bars(canvas, names, measures, hover, colour, theme, axes)
        if counted:
            _diamonds(canvas, [counted.get(name) for name in names], hover, names, theme, axes)
        far = [max(_end(m), _end(counted.get(name))) for name, m in zip(names, measures, strict=True)]
        texts = [share(m.value, say) for m in measures]
        if x == "x":
            texts = [
                _mandatory(text, say) if at in found.mandatory else text for at, text in zip(names, texts, strict=True)
            ]
        _numbers(canvas, [end + 0.025 for end in far], texts, theme, axes)
        _head(canvas, domain[0], title, about, theme)
    return canvas.figure()


def times(found: Flow, *, most: int = 12, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Where the time of a case goes by: expected seconds per case after each touchpoint, as shares of all."""
    shown = found.bottlenecks[:most]
    rows = [
        (one.at, one.share, f"<b>{span(one.seconds, say)}</b>  {share(one.share, say)}", _told_time(found, k, say))
        for k, one in enumerate(shown)
    ]
    heads = (say("<b>Time after the touchpoint</b>"), say("per case, and its share of all the time until goal or end"))
    return _single(rows, heads, theme.components["wait"], theme)


def gains(labels: Sequence[tuple[str, str, float, str]], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """What shifts of visits are worth: (touchpoint, label, gain of the goal rate, text on hover), best first."""
    rows = [(at, gain, say("<b>{gain:+.2f} points</b>", gain=100 * gain), told) for at, _label, gain, told in labels]
    heads = (
        say("<b>Gain in goal rate</b>"),
        say("percentage points, if 1% of the visits to the touchpoint went on otherwise"),
    )
    return _single(rows, heads, theme.accent, theme, [label for _at, label, _gain, _told_ in labels])


def converted(pairs: Sequence[tuple[str, str, float, float]], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """How those walk who will reach the goal: (touchpoint, label, their share, share of all) a row, as two marks."""
    canvas, rows = Canvas(), list(range(len(pairs)))
    canvas.set(layout(theme, rows=len(pairs), head=62))
    canvas.set(
        {
            "xaxis": x_axis(
                theme, range=[-0.02, 1.12], tickvals=list(TICKS), ticktext=[say.number(x, ".0%") for x in TICKS]
            ),
            "yaxis": y_axis(theme, [shortened(label, 56) for _at, label, _won, _all in pairs]),
        }
    )
    for row, (_at, _label, won, of_all) in zip(rows, pairs, strict=True):
        line = {"color": theme.ink, "width": 2}
        canvas.shape(type="line", x0=of_all, x1=won, y0=row, y1=row, layer="below", line=line)
    names = [at for at, *_rest in pairs]
    for k, (colour, symbol) in enumerate(((theme.edge, "circle"), (theme.accent, "diamond"))):
        canvas.points(
            x=[(of_all, won)[k] for _at, _label, won, of_all in pairs],
            y=rows,
            mode="markers",
            customdata=names,
            hoverinfo="text",
            hovertext=[
                say(
                    "<b>{label}</b><br>{won} of those who will reach the goal, {all} of all",
                    label=escape(label, quote=False),
                    won=share(won, say),
                    all=share(of_all, say),
                )
                for _at, label, won, of_all in pairs
            ],
            marker={"size": 12, "color": colour, "symbol": symbol, "line": {"color": theme.ground, "width": 1}},
            **STEADY,
        )
    right = [max(won, of_all) + 0.025 for _at, _label, won, of_all in pairs]
    texts = [_points(won - of_all, say) for _at, _label, won, of_all in pairs]
    _numbers(canvas, right, texts, theme, {})
    about = say(
        "<span style='color:{all}'>●</span> of all cases   <span style='color:{won}'>◆</span> of those who will reach "
        "the goal; pp: percentage points",
        all=theme.edge,
        won=theme.accent,
    )
    _head(canvas, 0, say("<b>Share of what comes next</b>"), about, theme)
    return canvas.figure()


def _mandatory(text: str, say: Say) -> str:
    return say("{share} mandatory", share=text)


def _points(x: float, say: Say) -> str:
    return say("{points:+.0f} pp", points=100 * x).replace("-", "−")


def _removal_heads(theme: Theme, say: Say) -> tuple[str, str]:
    return (
        say("<b>Removal effect</b>"),
        say("of the goal rate passes through here;  <span style='color:{paint}'>◆</span> counted", paint=theme.back),
    )


def _reach_heads(theme: Theme, say: Say) -> tuple[str, str]:
    about = say("of the cases come here;  <span style='color:{paint}'>◆</span> counted", paint=theme.back)
    return say("<b>Reach</b>"), about


def _single(
    rows: Sequence[tuple[str, float, str, str]],
    heads: tuple[str, str],
    colour: str,
    theme: Theme,
    labels: Sequence[str] | None = None,
) -> go.Figure:
    """One bar a row: (touchpoint, length, text beside it, text on hover)."""
    canvas, names = Canvas(), [at for at, *_rest in rows]
    far = max((length for _at, length, *_rest in rows), default=1) or 1
    canvas.set(layout(theme, rows=len(rows), head=62, foot=10))
    canvas.set(
        {
            "bargap": 0.4,
            "xaxis": x_axis(theme, range=[0, far * 1.45], showticklabels=False, showgrid=False),
            "yaxis": y_axis(theme, [shortened(name, 60 if labels else LETTERS) for name in labels or names]),
        }
    )
    measures = [Measure(length, None, None, 0) for _at, length, *_rest in rows]
    _bars(canvas, names, measures, [told for *_rest, told in rows], colour, theme, {})
    _numbers(canvas, [m.value + 0.02 * far for m in measures if m.value is not None], [r[2] for r in rows], theme, {})
    _head(canvas, 0, *heads, theme)
    return canvas.figure()


def _bars(
    canvas: Canvas,
    names: Sequence[str],
    measures: Sequence[Measure],
    hover: Sequence[str],
    colour: str,
    theme: Theme,
    axes: dict[str, Any],
) -> None:
    canvas.bars(
        x=[m.value for m in measures],
        y=list(range(len(measures))),
        orientation="h",
        showlegend=False,
        customdata=list(names),
        hoverinfo="text",
        hovertext=list(hover),
        marker={"color": colour, "line": {"width": 0}},
        **({"error_x": whiskers(measures, theme)} if any(m.low is not None for m in measures) else {}),
        **STEADY,
        **axes,
    )


def _diamonds(
    canvas: Canvas,
    counted: Sequence[Measure | None],
    hover: Sequence[str],
    names: Sequence[str],
    theme: Theme,
    axes: dict[str, Any],
) -> None:
    canvas.points(
        x=[None if m is None else m.value for m in counted],
        y=list(range(len(counted))),
        mode="markers",
        customdata=list(names),
        hoverinfo="text",
        hovertext=list(hover),
        marker={"size": 10, "symbol": "diamond", "color": theme.back, "line": {"color": theme.ground, "width": 1.5}},
        **STEADY,
        **axes,
    )


def _numbers(canvas: Canvas, x: Sequence[float], text: Sequence[str], theme: Theme, axes: dict[str, Any]) -> None:
    canvas.points(
        x=list(x),
        y=list(range(len(text))),
        mode="text",
        text=list(text),
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": 12.5, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
        **axes,
    )


def _head(canvas: Canvas, x: float, title: str, about: str, theme: Theme) -> None:
    for text, up, colour in ((title, 26, theme.ink), (about, 8, theme.muted)):
        canvas.note(
            xref="paper",
            yref="paper",
            x=x,
            y=1,
            yshift=up,
            yanchor="bottom",
            xanchor="left",
            text=text,
            font={"size": 12.5, "color": colour},
        )


def _end(measure: Measure | None) -> float:
    return 0.0 if measure is None else max(measure.high or 0.0, measure.value or 0.0)


def _told(name: str, found: Flow, say: Say) -> str:
    lines = [
        f"<b>{escape(name, quote=False)}</b>",
        say("removal effect {value}", value=interval(found.removal[name], ".1%", say)),
        say("reach {value}, n {n:,} cases", value=interval(found.reach[name], ".1%", say), n=found.cases),
        say("returns {n:.2f} per case that comes", n=found.returns[name]),
    ]
    if name in found.through:
        own = found.through[name]
        lines.append(say("counted: {share} of the {n:,} cases with the goal", share=share(own.value, say), n=own.n))
    if name in found.met:
        own = found.met[name]
        lines.append(say("counted: {share} of all {n:,} cases", share=share(own.value, say), n=own.n))
    return "<br>".join(lines)


def _told_time(found: Flow, k: int, say: Say) -> str:
    one = found.bottlenecks[k]
    return say(
        "<b>{name}</b><br>{seconds} per case, {share} of all the time<br>{wait} after one visit on average",
        name=escape(place(one.at, say), quote=False),
        seconds=span(one.seconds, say),
        share=share(one.share, say),
        wait=span(one.wait_s, say),
    )
