"""Revenue: a bridge from what it was to what it is, and its movements month by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

import plotly.graph_objects as go

from journey.draw.axes import layout, x_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import brief
from journey.draw.theme import FONT, LIGHT, Theme, diverging, ink_on
from journey.draw.words import ENGLISH, N_, Say
from journey.success.revenue import RevenueMonth

__all__ = ["NAMES", "bridge", "bridged", "month_name", "movements"]

# In the order of the identity; the sign with which each enters it.
SIGNS: Final = {"new": 1, "expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1}
NAMES: Final = {
    "start": N_("Start"),
    "new": N_("New"),
    "expansion": N_("Expansion"),
    "reactivation": N_("Reactivation"),
    "contraction": N_("Contraction"),
    "churn": N_("Churn"),
    "end": N_("End"),
}


def bridged(months: Sequence[RevenueMonth]) -> dict[str, float]:
    """Start, the sum of each movement over consecutive months, and end; the movements 0 or more."""
    sums = {name: sum(getattr(one, name) for one in months) for name in SIGNS}
    return {"start": months[0].start, **sums, "end": months[-1].end}


def bridge(
    months: Sequence[RevenueMonth], *, currency: str | None, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """From MRR at the start to MRR at the end: each movement begins where the one before it ended.

    Signs stand at the bars, so that nothing hangs on colour.
    """
    sums, canvas = bridged(months), Canvas()
    steps = _steps(sums)
    top = max(high for _, high in steps.values()) or 1.0
    names = [say(NAMES[name]) for name in steps]
    canvas.bars(
        x=list(range(len(steps))),
        y=[high - low for low, high in steps.values()],
        base=[low for low, _ in steps.values()],
        width=0.62,
        marker={"color": [_paint(name, theme) for name in steps], "line": {"width": 0}},
        hoverinfo="text",
        hovertext=[f"<b>{say(NAMES[name])}</b><br>{_signed(name, sums[name], say)} {currency or ''}" for name in steps],
    )
    canvas.points(
        x=list(range(len(steps))),
        y=[high for _, high in steps.values()],
        mode="text",
        text=[f"<b>{_signed(name, sums[name], say)}</b>" for name in steps],
        textposition="top center",
        textfont={"size": 14, "color": theme.ink},
        hoverinfo="skip",
    )
    for at, level in enumerate(_levels(sums)):
        ends = {"x0": at + 0.31, "x1": at + 0.69, "y0": level, "y1": level}
        canvas.shape(type="line", line={"color": theme.muted, "width": 1}, **ends)
    canvas.set(layout(theme, rows=0, head=8, foot=30))
    canvas.set(
        {
            "height": 330,
            "xaxis": x_axis(
                theme,
                tickvals=list(range(len(steps))),
                ticktext=names,
                showgrid=False,
                tickfont={"size": 13, "color": theme.ink},
            ),
            "yaxis": {
                # From 0, always: cut off, the bars would lie about the size of the movements.
                "range": [0, top * 1.13],
                "fixedrange": True,
                "showticklabels": False,
                "showgrid": False,
                "zeroline": False,
            },
        }
    )
    return canvas.figure()


def _steps(sums: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Each bar's low and high end."""
    level, steps = sums["start"], {"start": (0.0, sums["start"])}
    for name, sign in SIGNS.items():
        to = level + sign * sums[name]
        steps[name] = (min(level, to), max(level, to))
        level = to
    return {**steps, "end": (0.0, sums["end"])}


def _levels(sums: dict[str, float]) -> list[float]:
    """MRR after the start and after each movement: where the next bar begins."""
    level, found = sums["start"], [sums["start"]]
    for name, sign in SIGNS.items():
        level += sign * sums[name]
        found.append(level)
    return found


def _paint(name: str, theme: Theme) -> str:
    if name in ("start", "end"):
        return theme.accent
    return diverging(0.78 if SIGNS[name] > 0 else 0.18)


def _signed(name: str, value: float, say: Say) -> str:
    sign = "" if name not in SIGNS else "+" if SIGNS[name] > 0 else "−"
    return f"{sign}{brief(value, say)}"


def movements(
    months: Sequence[RevenueMonth], *, currency: str | None, theme: Theme = LIGHT, say: Say = ENGLISH
) -> go.Figure:
    """Movements of MRR by month: what came above the line, what went below; the dot is what is left of both."""
    canvas = Canvas()
    paints = {"new": 0.95, "expansion": 0.75, "reactivation": 0.6, "contraction": 0.4, "churn": 0.12}
    days = [one.month for one in months]
    for name, sign in SIGNS.items():
        values = [sign * getattr(one, name) for one in months]
        if not any(values):
            continue
        colour = diverging(paints[name])
        canvas.bars(
            x=days,
            y=values,
            name=say(NAMES[name]),
            marker={"color": colour, "line": {"color": theme.ground, "width": 1}},
            hoverinfo="text",
            hovertext=[_about(one, name, currency, say) for one in months],
            textfont={"color": ink_on(colour)},
        )
    net = [one.end - one.start for one in months]
    canvas.points(
        x=days,
        y=net,
        mode="lines+markers",
        name=say("Net change"),
        line={"color": theme.ink, "width": 1.5},
        marker={"color": theme.ink, "size": 7, "line": {"color": theme.ground, "width": 1.5}},
        hoverinfo="text",
        hovertext=[_net(one, currency, say) for one in months],
    )
    canvas.set(layout(theme, rows=0, head=34, foot=30))
    canvas.set(
        {
            "height": 300,
            "barmode": "relative",
            "bargap": 0.3,
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "font": {"size": 12, "family": FONT},
            },
            "xaxis": x_axis(theme, showgrid=False, **_month_ticks(days, say)),
            "yaxis": x_axis(
                theme, zeroline=True, zerolinecolor=theme.muted, automargin=True, **_money_ticks(months, say)
            ),
        }
    )
    return canvas.figure()


def _money_ticks(months: Sequence[RevenueMonth], say: Say) -> dict[str, object]:
    """Round amounts from the lowest to the highest stack, zero among them."""
    up = max((one.new + one.expansion + one.reactivation for one in months), default=0.0)
    down = max((one.contraction + one.churn for one in months), default=0.0)
    rough = max(up + down, 1.0) / 5
    size = 10 ** math.floor(math.log10(rough))
    step = size * next(n for n in (1, 2, 5, 10) if n * size >= rough)
    ticks = [step * n for n in range(-math.ceil(down / step), math.ceil(up / step) + 1)]
    return {"tickvals": ticks, "ticktext": [brief(abs(t), say) if t >= 0 else f"−{brief(-t, say)}" for t in ticks]}


def _month_ticks(days: Sequence[date], say: Say) -> dict[str, object]:
    step = max(1, -(-len(days) // 12))
    chosen = list(days[::-1][::step][::-1])
    return {"tickvals": chosen, "ticktext": [month_name(day, say) for day in chosen]}


def month_name(day: date, say: Say) -> str:
    """A month and its year, short."""
    return day.strftime("%m/%Y") if say.lang != "en" else day.strftime("%b %Y")


def _about(one: RevenueMonth, name: str, currency: str | None, say: Say) -> str:
    value = say.number(getattr(one, name), ",.0f")
    sign = "+" if SIGNS[name] > 0 else "−"
    return f"<b>{month_name(one.month, say)}</b><br>{say(NAMES[name])}: {sign}{value} {currency or ''}"


def _net(one: RevenueMonth, currency: str | None, say: Say) -> str:
    told = [f"<b>{month_name(one.month, say)}</b>"]
    told.append(f"{say('Net change')}: {say.number(one.end - one.start, '+,.0f')} {currency or ''}".replace("-", "−"))
    told.append(say("MRR at the end: {value:,.0f} {currency}", value=one.end, currency=currency or ""))
    if not one.complete:
        told.append(say("This month is not over yet."))
    return "<br>".join(told)
