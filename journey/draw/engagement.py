"""Use and support: shares over time with their bands, and waits as a middle and a slow end."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, Literal

import plotly.graph_objects as go

from journey.draw.axes import layout, whiskers, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import FONT, LIGHT, Theme
from journey.draw.words import ENGLISH, N_, Say, interval, span
from journey.model import Measure
from journey.success.engagement import Engagement, UseWindow
from journey.success.resolution import Resolution

__all__ = ["LINES", "use", "waits"]

SHARES: Final = (0, 0.25, 0.5, 0.75, 1)
LINES: Final = {
    "active": N_("Used it, of all customers"),
    "wau_mau": N_("WAU/MAU"),
    "dau_mau": N_("DAU/MAU"),
}
# Waits that people think in, in seconds.
TICKS: Final = (60, 600, 3600, 6 * 3600, 86400, 3 * 86400, 7 * 86400, 30 * 86400, 180 * 86400)


def use(found: Engagement, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """The share of customers that used it, and how often users come, window by window, with 95 % bands."""
    canvas = Canvas()
    paints = dict(
        zip(LINES, (theme.accent, theme.components["switch"], theme.components["dissatisfaction"]), strict=True)
    )
    dashes = dict(zip(LINES, ("solid", "dot", "dash"), strict=True))
    days = [one.end for one in found.windows]
    for name, label in LINES.items():
        measures: list[Measure] = [getattr(one, name) for one in found.windows]
        if all(measure.value is None for measure in measures):
            continue
        colour = paints[name]
        known = [(d, m) for d, m in zip(days, measures, strict=True) if m.value is not None]
        canvas.points(
            x=[*(d for d, _ in known), *(d for d, _ in known[::-1])],
            y=[*(m.high for _, m in known), *(m.low for _, m in known[::-1])],
            fill="toself",
            fillcolor=_faint(colour),
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
        canvas.points(
            x=[d for d, _ in known],
            y=[m.value for _, m in known],
            mode="lines+markers",
            name=say(label),
            line={"color": colour, "width": 2.4, "dash": dashes[name]},
            marker={"size": 7, "color": colour, "line": {"color": theme.ground, "width": 1.5}},
            hoverinfo="text",
            hovertext=[_about(one, name, say) for one in found.windows if getattr(one, name).value is not None],
        )
    canvas.set(layout(theme, rows=0, head=36, foot=34))
    canvas.set(
        {
            "height": 300,
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "font": {"size": 12, "family": FONT},
            },
            "xaxis": x_axis(theme, showgrid=False, **_day_ticks(found.windows, say)),
            "yaxis": x_axis(
                theme,
                range=[0, 1.02],
                tickvals=list(SHARES),
                ticktext=[say.number(v, ".0%") for v in SHARES],
                automargin=True,
            ),
        }
    )
    return canvas.figure()


def _day_ticks(windows: Sequence[UseWindow], say: Say) -> dict[str, object]:
    step = max(1, -(-len(windows) // 8))
    chosen = [one.end for one in windows[::-1][::step][::-1]]
    return {"tickvals": chosen, "ticktext": [say.day(day) for day in chosen]}


def _about(one: UseWindow, name: str, say: Say) -> str:
    n = say("n = {n:,} customers", n=one.customers) if name == "active" else say("n = {n:,} users", n=one.users)
    period = say("{start} to {end}", start=say.day(one.start), end=say.day(one.end))
    return f"<b>{say(LINES[name])}</b><br>{period}<br>{interval(getattr(one, name), '.0%', say)}<br>{n}"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def waits(
    found: Sequence[Resolution], *, what: Literal["reply", "solved"], theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """A row a topic or channel: by when half (a dot) and nine in ten (a diamond) had their reply, or solution.

    Times stand on an axis that widens; whiskers are 95 % intervals.
    """
    canvas = Canvas()
    names = [f"{say('All tickets') if one.group is None else one.group}  {say.number(one.n)}" for one in found]
    known: list[float] = []
    for share, symbol in (("median", "circle"), ("p90", "diamond")):
        measures: list[Measure] = [getattr(one, f"{what}_{share}_s") for one in found]
        rows = [at for at, measure in enumerate(measures) if measure.value]
        told = [measures[at] for at in rows]
        known += [x for m in told for x in (m.value, m.low, m.high) if x]
        colour = theme.accent if share == "median" else theme.back
        canvas.points(
            x=[m.value for m in told],
            y=rows,
            mode="markers",
            name=say("half of them") if share == "median" else say("nine in ten"),
            marker={"symbol": symbol, "size": 11, "color": colour, "line": {"color": theme.ground, "width": 1}},
            error_x=whiskers(told, theme),
            hoverinfo="text",
            hovertext=[_wait(found[at], share, measures[at], say) for at in rows],
        )
        canvas.points(
            x=[m.value for m in told],
            y=[at - 0.34 for at in rows],
            mode="text",
            text=[span(m.value, say) for m in told],
            textposition="middle center",
            textfont={"size": 12, "color": theme.ink},
            hoverinfo="skip",
            showlegend=False,
        )
    low, high = (min(known), max(known)) if known else (60.0, 86400.0)
    ticks: list[float] = [tick for tick in TICKS if low / 2 <= tick <= high * 2] or [low]
    canvas.set(layout(theme, rows=len(found), head=40, foot=34, row=46))
    canvas.set(
        {
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12, "family": FONT}},
            "xaxis": x_axis(theme, type="log", tickvals=ticks, ticktext=[span(t, say) for t in ticks]),
            "yaxis": y_axis(theme, names),
        }
    )
    return canvas.figure()


def _wait(one: Resolution, share: str, measure: Measure, say: Say) -> str:
    name = say("All tickets") if one.group is None else one.group
    part = say("half of them by") if share == "median" else say("nine in ten by")
    ends = f"{span(measure.low, say)}–{span(measure.high, say)}"
    return f"<b>{escape(name, quote=False)}</b><br>{part} {span(measure.value, say)} ({ends})<br>" + say(
        "n = {n:,} tickets", n=one.n
    )
