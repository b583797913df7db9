"""Control charts: each period against what was usual before it, the limits that its n allows, and the CUSUM beneath."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from journey.analysis.alerts import Alert, Alerts, ChangePoint, Chart
from journey.draw.alert_words import asked, called, named, worse
from journey.draw.axes import layout, x_axis
from journey.draw.canvas import Canvas
from journey.draw.compare_words import amount, counted
from journey.draw.control_axes import LOWER, MOST, UPPER, in_all, levels, reach, shown, span, sums
from journey.draw.overview_tiles import period_name
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say
from journey.events.trend import Period

__all__ = ["alt", "control", "sparkline", "when"]

TALL: Final = 430
SHORT: Final = 190
TINY: Final = 1e-9


def when(period: Period, say: Say = ENGLISH) -> str:
    """A period as people call it; a day by its date."""
    return say.day(period.start) if period.unit == "day" else period_name(period, say)


def control(
    chart: Chart,
    found: Alerts,
    *,
    picked: Alert | None = None,
    changes: Sequence[ChangePoint] = (),
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> go.Figure:
    """One component at one touchpoint, period by period, with its limits, its CUSUM and its alerts.

    Above, the mean of each period (ratings as answers on their scale) against the mean of the level before it; the
    band is ± 3 standard errors at that period's n, and what lies outside is a diamond. Beneath, how far the CUSUM went,
    worse upwards and better downwards, between the bars at ± h. Alerts are flags at the period that raised them, the
    picked one with the stretch from its beginning; `changes` are lines at the days of a change in hindsight.
    """
    canvas = Canvas()
    middle = [one.start + (one.end - one.start) / 2 for one in found.periods]
    own = [one for one in found.alerts if (one.at, one.component) == (chart.at, chart.component)]
    canvas.set({**layout(theme, rows=0, head=TALL - 40, foot=30), "margin": {"l": 8, "r": 10, "t": 34, "b": 30}})
    canvas.set({"height": TALL, "hovermode": "closest"})
    low, high = reach(chart, found)
    canvas.set(
        {
            "xaxis": x_axis(theme, **span(found, say), anchor="y2"),
            "yaxis": levels(chart, found, theme, say, low, high),
            "yaxis2": sums(chart, found, theme, say),
        }
    )
    if picked is not None:
        _stretch(canvas, picked, theme)
    _limits(canvas, chart, found, middle, theme)
    _means(canvas, chart, found, middle, theme, say)
    _cusum(canvas, chart, found, middle, theme, say)
    _flags(canvas, own, found, theme, say)
    _moves(canvas, changes, theme, say)
    _heads(canvas, chart, theme, say)
    return canvas.figure()


def _stretch(canvas: Canvas, one: Alert, theme: Theme) -> None:
    """From the beginning of the drift to where it was noticed."""
    canvas.shape(
        type="rect",
        yref="paper",
        x0=one.since,
        x1=one.until,
        y0=0,
        y1=1,
        fillcolor=theme.band,
        line={"color": theme.line, "width": 1},
        layer="below",
    )


def _limits(canvas: Canvas, chart: Chart, found: Alerts, middle: Sequence[Any], theme: Theme) -> None:
    """The band in steps, as wide as each period's n makes it, and the mean that was held against."""
    # Over periods without visits the band goes on, for plotly fills no band that has gaps.
    known = [t for t, value in enumerate(chart.centre) if value is not None]
    common: dict[str, Any] = {"x": [middle[t] for t in known], "mode": "lines", "hoverinfo": "skip"}
    low, high, centre = (
        [shown(chart, values[t], found) for t in known] for values in (chart.low, chart.high, chart.centre)
    )
    edge = {"color": theme.muted, "width": 1, "dash": "dot", "shape": "hvh"}
    canvas.points(**common, y=low, line=edge)
    canvas.points(**common, y=high, line=edge, fill="tonexty", fillcolor=_veil(theme))
    canvas.points(**common, y=centre, line={"color": theme.muted, "width": 1.5, "shape": "hvh"})


def _veil(theme: Theme) -> str:
    red, green, blue = (int(theme.accent[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.10)"


def _outside(chart: Chart) -> list[bool]:
    """Whether a period lies beyond its limits."""
    return [
        mean is not None and low is not None and high is not None and not low - TINY <= mean <= high + TINY
        for mean, low, high in zip(chart.mean, chart.low, chart.high, strict=True)
    ]


def _means(canvas: Canvas, chart: Chart, found: Alerts, middle: Sequence[Any], theme: Theme, say: Say) -> None:
    outside = _outside(chart)
    canvas.points(
        x=middle,
        y=in_all(chart, chart.mean, found),
        mode="lines+markers",
        line={"color": theme.accent, "width": 1.3},
        marker={
            "size": [10 if out else 6 for out in outside],
            "symbol": ["diamond" if out else "circle" for out in outside],
            "color": [theme.back if out else theme.accent for out in outside],
            "line": {"color": theme.ground, "width": 1},
        },
        connectgaps=False,
        hoverinfo="text",
        hovertext=[_about(chart, found, t, say) for t in range(len(found.periods))],
    )


def _about(chart: Chart, found: Alerts, t: int, say: Say) -> str:
    """All that is known of one period, for a hover."""
    of = asked(chart.component)

    def told(value: float | None) -> str:
        return amount(of, shown(chart, value, found), say)

    lines = [
        f"<b>{escape(when(found.periods[t], say), quote=False)}</b>",
        say(
            "{what} {value}, {n}",
            what=named(chart.component, say),
            value=told(chart.mean[t]),
            n=counted(of, chart.n[t], say),
        ),
    ]
    if chart.centre[t] is not None:
        low, high = sorted((shown(chart, chart.low[t], found) or 0.0, shown(chart, chart.high[t], found) or 0.0))
        lines.append(
            say(
                "before {centre}, limits {low}–{high}",
                centre=told(chart.centre[t]),
                low=amount(of, low, say),
                high=amount(of, high, say),
            )
        )
    up, down = chart.up[t], chart.down[t]
    if up is not None and down is not None:
        lines.append(say("CUSUM: worse {up:.1f}, better {down:.1f} of {h:g}", up=up, down=down, h=found.h))
    elif chart.mean[t] is not None:
        lines.append(say("learning the level"))
    return "<br>".join(lines)


def _cusum(canvas: Canvas, chart: Chart, found: Alerts, middle: Sequence[Any], theme: Theme, say: Say) -> None:
    most = MOST * found.h
    for way, sign, colour in ((chart.up, 1, theme.back), (chart.down, -1, theme.accent)):
        canvas.points(
            x=middle,
            y=[None if value is None else sign * min(value, most) for value in way],
            yaxis="y2",
            mode="lines",
            line={"color": colour, "width": 1.8, "dash": "solid" if sign > 0 else "dash"},
            fill="tozeroy",
            fillcolor="rgba(0,0,0,0)",
            connectgaps=False,
            hoverinfo="text",
            hovertext=[_about(chart, found, t, say) for t in range(len(way))],
        )
        canvas.shape(
            type="line",
            xref="paper",
            x0=0,
            x1=1,
            yref="y2",
            y0=sign * found.h,
            y1=sign * found.h,
            line={"color": theme.ink, "width": 1, "dash": "dash"},
        )


def _flags(canvas: Canvas, own: Sequence[Alert], found: Alerts, theme: Theme, say: Say) -> None:
    """A flag at the period that raised each alert."""
    for one in own:
        raised = next(period for period in found.periods if period.end == one.until)
        x = raised.start + (raised.end - raised.start) / 2
        colour = theme.back if one.direction == "worse" else theme.accent
        canvas.shape(
            type="line", yref="paper", x0=x, x1=x, y0=0, y1=1, line={"color": colour, "width": 1.4}, layer="below"
        )
        canvas.note(
            x=x,
            yref="paper",
            y=1,
            yanchor="bottom",
            xanchor="center",
            text=f"<b>{worse(one, say)}</b>",
            font={"size": 12, "color": theme.ink},
        )


def _moves(canvas: Canvas, changes: Sequence[ChangePoint], theme: Theme, say: Say) -> None:
    for one in changes:
        canvas.shape(
            type="line",
            yref="paper",
            x0=one.when,
            x1=one.when,
            y0=UPPER[0],
            y1=1,
            line={"color": theme.ink, "width": 1.4, "dash": "dashdot"},
        )
        canvas.note(
            x=one.when,
            yref="paper",
            y=UPPER[0],
            yanchor="bottom",
            xanchor="right",
            xshift=-3,
            text=say("changed"),
            font={"size": 11.5, "color": theme.muted},
        )


def _heads(canvas: Canvas, chart: Chart, theme: Theme, say: Say) -> None:
    where = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom"}
    font = {"size": 12.5, "color": theme.muted}
    canvas.note(**where, y=UPPER[1], text=f"<b>{called(chart.component, say)}</b>", font=font)
    canvas.note(**where, y=LOWER[1], text=say("<b>CUSUM</b>: worse upwards, better downwards"), font=font)


def sparkline(chart: Chart, found: Alerts, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """A small control chart: the means with their limits and flags, without the CUSUM."""
    canvas = Canvas()
    middle = [one.start + (one.end - one.start) / 2 for one in found.periods]
    own = [one for one in found.alerts if (one.at, one.component) == (chart.at, chart.component)]
    canvas.set({**layout(theme, rows=0, head=30, foot=26), "height": SHORT})
    low, high = reach(chart, found)
    canvas.set(
        {
            "xaxis": x_axis(theme, **span(found, say)),
            "yaxis": {**levels(chart, found, theme, say, low, high), "domain": [0, 1]},
        }
    )
    _limits(canvas, chart, found, middle, theme)
    _means(canvas, chart, found, middle, theme, say)
    _flags(canvas, own, found, theme, say)
    canvas.note(
        xref="paper",
        x=0,
        xanchor="left",
        yref="paper",
        y=1,
        yanchor="bottom",
        text=f"<b>{called(chart.component, say)}</b>",
        font={"size": 12.5, "color": theme.ink},
    )
    return canvas.figure()


def alt(chart: Chart, found: Alerts, say: Say = ENGLISH) -> str:
    """A control chart in words."""
    own = [one for one in found.alerts if (one.at, one.component) == (chart.at, chart.component)]
    of = asked(chart.component)
    latest = next((t for t in range(len(chart.mean) - 1, -1, -1) if chart.mean[t] is not None), None)
    told = [
        say(
            "Control chart of {what} at {where}, {n} periods, {outside} beyond their limits.",
            what=named(chart.component, say),
            where=chart.at,
            n=sum(x is not None for x in chart.mean),
            outside=sum(_outside(chart)),
        )
    ]
    if latest is not None:
        value = amount(of, shown(chart, chart.mean[latest], found), say)
        told.append(say("Latest: {value} ({when}).", value=value, when=when(found.periods[latest], say)))
    told += [say("Alert: {direction} since {day}.", direction=worse(one, say), day=say.day(one.since)) for one in own]
    return " ".join(told)
