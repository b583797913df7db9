"""What customers say, drawn: themes, where they are spoken of, how it changes, and the words of the unhappy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, shortened
from journey.draw.overview_tiles import period_name
from journey.draw.theme import LIGHT, Theme, diverging, ink_on
from journey.draw.voices_words import net
from journey.draw.words import ENGLISH, Say, interval, share
from journey.model import Measure
from journey.voice.heard import Stretch, Touched
from journey.voice.heard import Theme as Spoken

__all__ = ["matrix", "signed", "themes", "trend"]

LETTERS: Final = 44
FAINT: Final = 5  # comments; fewer in a cell are shown without a colour of their own


def feel(value: float | None) -> float:
    """Net sentiment −1 … 1 as a share of the good, for colours."""
    return 0.5 if value is None else (value + 1) / 2


def signed(measure: Measure, say: Say) -> str:
    return interval(measure, "+.2f", say).replace("-", "−")


def themes(found: Sequence[Spoken], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """How many comments speak of each theme: a bar as content as they are, its interval, and ◆ what it is weighted.

    Bars hold the theme's name as customdata.
    """
    canvas, rows = Canvas(), list(range(len(found)))
    most = max((one.share.high or 0 for one in found), default=0.1) or 0.1
    weighted = [one.share_weighted.high or 0 for one in found]
    top = max(most, *weighted) if weighted else most
    canvas.set(layout(theme, rows=len(found), foot=44, head=26, row=36))
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                range=[0, top * 1.62],
                tickformat=".0%",
                tickvals=_ticks(top),
                title={"text": say("share of the comments"), "font": {"size": 12, "color": theme.muted}},
            ),
            "yaxis": y_axis(theme, [shortened(one.name, LETTERS) for one in found]),
        }
    )
    canvas.bars(
        x=[one.share.value for one in found],
        y=[row - 0.1 for row in rows],
        orientation="h",
        width=0.46,
        marker={
            "color": [diverging(feel(one.heard.net.value)) for one in found],
            "line": {"color": theme.edge, "width": 1},
        },
        hoverinfo="text",
        hovertext=[about_theme(one, say) for one in found],
        customdata=[one.name for one in found],
        **STEADY,
    )
    # Below the bar, where they are seen whatever its colour.
    below = [row + 0.26 for row in rows]
    canvas.points(
        x=[one.share.value for one in found],
        y=below,
        mode="markers",
        marker={"size": 1, "color": theme.ink},
        error_x=whiskers([one.share for one in found], theme, 1.4),
        hoverinfo="skip",
    )
    canvas.points(
        x=[one.share_weighted.value for one in found],
        y=below,
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": theme.ground, "line": {"color": theme.ink, "width": 1.6}},
        hoverinfo="text",
        hovertext=[
            say("weighted for who writes: {share}", share=interval(one.share_weighted, ".1%", say)) for one in found
        ],
        customdata=[one.name for one in found],
        **STEADY,
    )
    for row, one in zip(rows, found, strict=True):
        canvas.note(
            xref="paper",
            x=1,
            y=row,
            xanchor="right",
            text=say(
                "<b>{net}</b> net · rating {rating} · n {n:,}",
                net=net(one.heard.net.value, say),
                rating=say.number(one.rating.value, ".2f"),
                n=one.comments,
            ),
            font={"size": 12, "color": theme.ink},
        )
    _key(canvas, say("bar: share of comments   ├─┤ 95% interval   ◇ weighted   red unhappy, blue content"), theme)
    return canvas.figure()


def about_theme(one: Spoken, say: Say = ENGLISH) -> str:
    return say(
        "<b>{name}</b><br>{words}<br>{share} of the comments, n = {n:,}<br>net sentiment {net}<br>mean rating {rating}",
        name=escape(one.name, quote=False),
        words=escape(", ".join(one.words), quote=False),
        share=interval(one.share, ".1%", say),
        n=one.comments,
        net=signed(one.heard.net, say),
        rating=interval(one.rating, ".2f", say),
    )


def _ticks(top: float) -> list[float]:
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= 5), 0.5)
    return [step * n for n in range(int(top / step) + 1)]


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


def matrix(places: Sequence[Touched], names: Sequence[str], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Themes (down) by touchpoints (across): how many comments, coloured by their net sentiment.

    A cell of fewer than five comments has no colour of its own. Cells hold [theme, touchpoint] as customdata.
    """
    canvas = Canvas()
    cells = [
        (row, column, name, place, place.themes[name])
        for row, name in enumerate(names)
        for column, place in enumerate(places)
        if name in place.themes
    ]
    canvas.set(layout(theme, rows=len(names), foot=10, head=128, row=32))
    canvas.set(
        {
            # Room for the last name, which leans out to the right.
            "margin": {"l": 8, "r": 84, "t": 128, "b": 10},
            "xaxis": {
                "range": [-0.5, len(places) - 0.5],
                "side": "top",
                "tickvals": list(range(len(places))),
                "ticktext": [escape(shortened(str(one.at), 24), quote=False) for one in places],
                "tickangle": -38,
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "ticks": "",
                "tickfont": {"size": 12, "color": theme.ink},
            },
            "yaxis": y_axis(theme, [shortened(one, LETTERS) for one in names]),
        }
    )
    for row in range(len(names)):
        for column in range(len(places)):
            canvas.shape(**_box(row, column, theme.band))
    for row, column, _, _, found in cells:
        if found.n >= FAINT:
            canvas.shape(**_box(row, column, diverging(feel(found.value))))
    canvas.points(
        x=[column for _, column, *_ in cells],
        y=[row for row, *_ in cells],
        mode="markers+text",
        marker={"symbol": "square", "size": 28, "color": "rgba(0,0,0,0)"},
        text=[f"<b>{say.number(found.n)}</b>" if found.n >= FAINT else say.number(found.n) for *_, found in cells],
        textfont={
            "size": 12,
            "color": [ink_on(diverging(feel(f.value))) if f.n >= FAINT else theme.muted for *_, f in cells],
        },
        customdata=[[name, str(place.at)] for _, _, name, place, _ in cells],
        hoverinfo="text",
        hovertext=[_cell(name, place, found, say) for _, _, name, place, found in cells],
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}, "textfont": {}},
    )
    return canvas.figure()


def _box(row: int, column: int, fill: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": column - 0.47,
        "x1": column + 0.47,
        "y0": row - 0.44,
        "y1": row + 0.44,
        "fillcolor": fill,
        "line_width": 0,
        "layer": "below",
    }


def _cell(name: str, place: Touched, found: Measure, say: Say) -> str:
    return say(
        "<b>{name}</b><br>at {place}<br>{n:,} of the {of:,} comments there ({share})<br>net sentiment {net}",
        name=escape(name, quote=False),
        place=escape(str(place.at), quote=False),
        n=found.n,
        of=place.comments,
        share=share(found.n / place.comments if place.comments else None, say),
        net=signed(found, say),
    )


def trend(found: Sequence[Stretch], name: str | None = None, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Net sentiment by period (−1 to 1) with its band and, dotted, weighted; or the share that speaks of a theme."""
    canvas, at = Canvas(), list(range(len(found)))
    if name is None:
        lines = [one.heard.net for one in found]
        weighted = [one.heard.net_weighted for one in found]
        form, low, high = "+.2f", -1.0, 1.0
    else:
        lines, weighted, form = [one.themes.get(name, Measure.missing()) for one in found], [], ".0%"
        low, high = 0.0, max(0.05, *(one.high or 0 for one in lines)) * 1.15
    canvas.set(layout(theme, rows=1, row=250, head=28, foot=34))
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                range=[-0.5, len(found) - 0.5],
                tickvals=at[:: max(1, len(at) // 10)],
                ticktext=[period_name(one.period, say) for one in found][:: max(1, len(at) // 10)],
                showgrid=False,
            ),
            "yaxis": x_axis(
                theme,
                range=[low * 1.05, high * 1.05],
                tickformat=form,
                zeroline=name is None,
                zerolinecolor=theme.muted,
                automargin=True,
            ),
        }
    )
    known = [(x, one) for x, one in zip(at, lines, strict=True) if one.value is not None]
    common: dict[str, Any] = {"x": [x for x, _ in known], "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}}
    canvas.points(**common, y=[one.low for _, one in known])
    canvas.points(**common, y=[one.high for _, one in known], fill="tonexty", fillcolor=_veil(theme))
    if weighted:
        dotted = [(x, one) for x, one in zip(at, weighted, strict=True) if one.value is not None]
        canvas.points(
            x=[x for x, _ in dotted],
            y=[one.value for _, one in dotted],
            mode="lines",
            hoverinfo="skip",
            line={"color": theme.back, "width": 2, "dash": "dot"},
        )
    canvas.points(
        x=[x for x, _ in known],
        y=[one.value for _, one in known],
        mode="lines+markers",
        line={"color": theme.accent, "width": 2},
        marker={"size": 9, "color": theme.accent, "line": {"color": theme.ground, "width": 1.5}},
        hoverinfo="text",
        hovertext=[_at(found[x], one, form, say) for x, one in known],
    )
    key = say("● net sentiment, 95% band   ┈ weighted for who writes") if weighted else say("● share, 95% band")
    _key(canvas, key, theme)
    return canvas.figure()


def _at(one: Stretch, measure: Measure, form: str, say: Say) -> str:
    return say(
        "<b>{period}</b><br>{value}<br>n = {n:,} comments",
        period=period_name(one.period, say),
        value=interval(measure, form, say).replace("-", "−"),
        n=one.comments,
    )


def _veil(theme: Theme) -> str:
    red, green, blue = (int(theme.accent[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
