"""The words of the unhappy against those of the contented, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from journey.draw.axes import layout, x_axis, y_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.voices import signed
from journey.draw.words import ENGLISH, Say
from journey.voice.heard import Word

__all__ = ["telling"]


def telling(found: Sequence[Word], *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Words of the unhappy to the left, of the contented to the right: difference of log-odds with its interval."""
    unhappy = [one for one in found if one.z > 0]
    contented = sorted((one for one in found if one.z < 0), key=lambda one: one.z)
    rows = max(len(unhappy), len(contented), 1)
    canvas = Canvas()
    reach = max((max(abs(one.log_odds.low or 0), abs(one.log_odds.high or 0)) for one in found), default=1.0)
    canvas.set(layout(theme, rows=rows, foot=44, head=40, row=32))
    canvas.set(
        {
            "bargap": 0.4,
            "barmode": "overlay",
            "xaxis": x_axis(
                theme,
                range=[-reach * 1.75, reach * 1.75],
                tickvals=[-4, -3, -2, -1, 0, 1, 2, 3, 4],
                ticktext=["4", "3", "2", "1", "0", "1", "2", "3", "4"],
                zeroline=True,
                zerolinecolor=theme.ink,
                title={
                    "text": say("difference of log-odds: 0 is used alike by both"),
                    "font": {"size": 12, "color": theme.muted},
                },
            ),
            "yaxis": y_axis(theme, [""] * rows, showticklabels=False),
        }
    )
    for side, listed, paint in ((-1, unhappy, diverging(0.12)), (1, contented, diverging(0.95))):
        values = [abs(one.log_odds.value or 0) for one in listed]
        errors = [(one.log_odds.high or 0) - (one.log_odds.value or 0) for one in listed]
        canvas.bars(
            x=[side * value for value in values],
            y=list(range(len(listed))),
            orientation="h",
            marker={"color": paint, "line": {"width": 0}},
            error_x={"type": "data", "array": errors, "color": theme.ink, "thickness": 1.2, "width": 3},
            hoverinfo="text",
            hovertext=[_about_word(one, say) for one in listed],
        )
        canvas.points(
            x=[side * (value + error + reach * 0.04) for value, error in zip(values, errors, strict=True)],
            y=list(range(len(listed))),
            mode="text",
            text=[_labelled(one, side, say) for one in listed],
            textposition="middle left" if side < 0 else "middle right",
            textfont={"size": 13, "color": theme.ink},
            hoverinfo="skip",
        )
    for side, title in ((-1, say("<b>◀ words of the unhappy</b>")), (1, say("<b>words of the contented ▶</b>"))):
        canvas.note(
            xref="paper",
            yref="paper",
            x=0.5 + side * 0.02,
            y=1,
            yanchor="bottom",
            xanchor="right" if side < 0 else "left",
            text=title,
            font={"size": 13, "color": theme.ink},
        )
    return canvas.figure()


def _labelled(one: Word, side: int, say: Say) -> str:
    word = f"<b>{escape(one.word, quote=False)}</b>"
    counts = say("{unhappy:,} : {contented:,}", unhappy=one.unhappy, contented=one.contented)
    return f"{counts}  {word}" if side < 0 else f"{word}  {counts}"


def _about_word(one: Word, say: Say) -> str:
    return say(
        "<b>{word}</b><br>in {unhappy:,} comments of the unhappy, {contented:,} of the contented<br>"
        "log-odds {value}, z = {z}",
        word=escape(one.word, quote=False),
        unhappy=one.unhappy,
        contented=one.contented,
        value=signed(one.log_odds, say),
        z=say.number(one.z, "+.1f").replace("-", "−"),
    )
