"""How a ranking holds when its settings move: ranks with their ranges, and the components that move them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import plotly.graph_objects as go

from journey.analysis.sensitivity import Change, Held, Sensitivity, Turn
from journey.draw.axes import layout, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.charts import STEADY, brief
from journey.draw.theme import COMPONENT_NAMES, LIGHT, Theme
from journey.draw.words import ENGLISH, Say, interval, place, share
from journey.model import Measure

__all__ = ["ranks", "turns"]

# What stands right of the ranks, as shares of the width: the chance to be among the three worst, and the value.
RANKS: Final = 0.74
CHANCE: Final = 0.8
VALUE: Final = 0.93
FORMS: Final = {"score": ".1f", "burden": ",.0f"}


def ranks(
    found: Sensitivity,
    *,
    top: int = 12,
    before: Mapping[str, int] | None = None,
    values: Mapping[str, Measure] | None = None,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> go.Figure:
    """The ranks that places take when the settings are moved: a dot at the rank as set, a bar over 95 % of the draws.

    before    place → its rank by other settings, to be compared with: a ring where it differs
    values    place → the score or burden behind the rank

    The worst stands at the top and its rank at the left. Marks carry the place's name as customdata.
    """
    shown = found.places[:top]
    rows = list(range(len(shown)))
    canvas = Canvas()
    canvas.set(layout(theme, rows=len(shown), head=58, foot=40))
    last = max([one.high for one in shown] + [(before or {}).get(place(one.at), 1) for one in shown], default=1)
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                domain=[0, RANKS],
                range=[0.4, last + 0.6],
                tickformat="d",
                nticks=min(last, 12),
                title={"text": say("rank (1 hurts most)"), "font": {"size": 12, "color": theme.muted}},
            ),
            "yaxis": y_axis(theme, [f"{place(one.at)}  {one.rank}" for one in shown]),
        }
    )
    if last > 3:
        canvas.shape(
            type="rect",
            x0=0.4,
            x1=3.5,
            yref="paper",
            y0=0,
            y1=1,
            fillcolor=theme.band,
            line={"width": 0},
            layer="below",
        )
    for row, one in zip(rows, shown, strict=True):
        line = {"color": theme.accent, "width": 7}
        canvas.shape(type="line", x0=one.low, x1=one.high, y0=row, y1=row, line=line, opacity=0.35)
        value = (values or {}).get(place(one.at))
        for x, text in ((CHANCE, _chance(one, say)), (VALUE, _value(value, found, say))):
            canvas.note(xref="paper", x=x, xanchor="center", y=row, text=text, font={"size": 12})
    _dots(canvas, shown, before or {}, values or {}, found, theme, say)
    key = say("● as set   ━ 95% of the draws") + (say("   ○ in the recipe") if before else "")
    heads = [(0.0, key, "left"), (CHANCE, say("<b>In the<br>worst 3</b>"), "center")]
    if values:
        title = say("<b>Score</b><br>95%") if found.by == "score" else say("<b>Burden</b><br>95%")
        heads.append((VALUE, title, "center"))
    for x, text, anchor in heads:
        canvas.note(
            xref="paper", yref="paper", x=x, y=1, yanchor="bottom", xanchor=anchor, text=text, font={"size": 12}
        )
    return canvas.figure()


def _chance(one: Held, say: Say) -> str:
    told = share(one.p_top3, say)
    return f"<b>{told}</b>" if one.p_top3 >= 0.5 else told


def _value(value: Measure | None, found: Sensitivity, say: Say) -> str:
    if value is None or value.value is None:
        return ""
    shown, low, high = (
        say.number(end, ".1f") if found.by == "score" else brief(end, say)
        for end in (value.value, value.low, value.high)
    )
    # In two lines, so that it fits a narrow figure.
    return f"<b>{shown}</b><br><span style='font-size: 11px'>{low}–{high}</span>"


def _dots(
    canvas: Canvas,
    shown: Sequence[Held],
    before: Mapping[str, int],
    values: Mapping[str, Measure],
    found: Sensitivity,
    theme: Theme,
    say: Say,
) -> None:
    moved = [
        (row, before[place(one.at)]) for row, one in enumerate(shown) if before.get(place(one.at), one.rank) != one.rank
    ]
    canvas.points(
        x=[rank for _, rank in moved],
        y=[row for row, _ in moved],
        mode="markers",
        hoverinfo="skip",
        showlegend=False,
        marker={"size": 12, "symbol": "circle-open", "color": theme.ink, "line": {"width": 2}},
        **STEADY,
    )
    canvas.points(
        x=[one.rank for one in shown],
        y=list(range(len(shown))),
        mode="markers",
        showlegend=False,
        customdata=[place(one.at) for one in shown],
        hoverinfo="text",
        hovertext=[_about(one, values.get(place(one.at)), found, say) for one in shown],
        marker={"size": 12, "color": theme.accent, "line": {"color": theme.ground, "width": 1.5}},
        **STEADY,
    )


def _about(one: Held, value: Measure | None, found: Sensitivity, say: Say) -> str:
    told = say(
        "<b>{name}</b><br>rank {rank}; {low}–{high} in 95% of {n:,} draws<br>among the three worst in {top}",
        name=escape(place(one.at), quote=False),
        rank=one.rank,
        low=one.low,
        high=one.high,
        n=found.agreement.n,
        top=share(one.p_top3, say),
    )
    if value is None:
        return told
    shown = interval(value, FORMS[found.by], say)
    return told + (
        say("<br>score {value}", value=shown) if found.by == "score" else say("<br>burden {value}", value=shown)
    )


def turns(found: Sensitivity, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """What leaving a component out, or doubling it, does to the ranking: share of the pairs of places that keep
    their order; the component that changes most stands at the top."""
    canvas = Canvas()
    canvas.set(layout(theme, rows=len(found.turns), head=30, foot=44))
    low = min((_kept(turn.least) for turn in found.turns), default=1.0)
    canvas.set(
        {
            "xaxis": x_axis(
                theme,
                range=[max(low - 0.05, -0.02), 1.03],
                tickformat=".0%",
                nticks=6,
                title={"text": say("pairs that keep their order"), "font": {"size": 12, "color": theme.muted}},
            ),
            "yaxis": y_axis(theme, [say(COMPONENT_NAMES[turn.component]) for turn in found.turns]),
        }
    )
    for row, turn in enumerate(found.turns):
        line = {"color": theme.components[turn.component], "width": 4}
        canvas.shape(type="line", x0=_kept(turn.least), x1=1, y0=row, y1=row, line=line, layer="below")
    for symbol, changes in (
        ("x", [turn.dropped for turn in found.turns]),
        ("triangle-up", [turn.doubled for turn in found.turns]),
    ):
        marks = [(row, change) for row, change in enumerate(changes) if change is not None]
        canvas.points(
            x=[_kept(change.agreement) for _, change in marks],
            y=[row for row, _ in marks],
            mode="markers",
            showlegend=False,
            hoverinfo="text",
            hovertext=[_change(found.turns[row], change, say) for row, change in marks],
            marker={"symbol": symbol, "size": 11, "color": theme.ink, "line": {"color": theme.ground, "width": 1}},
        )
    canvas.note(
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        yanchor="bottom",
        xanchor="left",
        text=say("✖ left out   ▲ doubled"),
        font={"size": 12, "color": theme.muted},
    )
    return canvas.figure()


def _kept(agreement: float) -> float:
    """Kendall's τ as the share of pairs in the same order."""
    return (1 + agreement) / 2


def _change(turn: Turn, change: Change, say: Say) -> str:
    name = say(COMPONENT_NAMES[turn.component])
    dropped = change is turn.dropped
    text = say("<b>{name} left out</b>", name=name) if dropped else say("<b>{name} doubled</b>", name=name)
    return text + say(
        "<br>{kept} of the pairs keep their order<br>the three worst: {top}<br>{moved} moves most: {before} → {after}",
        kept=share(_kept(change.agreement), say),
        top=escape(", ".join(place(at) for at in change.top), quote=False),
        moved=escape(place(change.moved), quote=False),
        before=change.before,
        after=change.after,
    )
