"""How many gave which answer."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from journey.draw.axes import layout, x_axis
from journey.draw.canvas import Canvas
from journey.draw.theme import LIGHT, Theme, diverging
from journey.draw.words import ENGLISH, Say, share
from journey.model import Scale

__all__ = ["distribution"]

HEIGHT = 170


def distribution(
    counts: Mapping[float, int],
    scale: Scale,
    *,
    written: Mapping[float, int] | None = None,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> go.Figure:
    """A bar for each answer that can be given, coloured from the bad end to the good, with its number and share.

    written   answer → how many of those who gave it left a comment, as a narrow bar inside
    """
    steps = _steps(counts, scale)
    total = sum(counts.values()) or 1
    numbers = [counts.get(step, 0) for step in steps]
    canvas, at = Canvas(), list(range(len(steps)))
    canvas.set(layout(theme, rows=0))
    canvas.set(
        {
            "height": HEIGHT,
            "margin": {"l": 8, "r": 8, "t": 10, "b": 24},
            "barmode": "overlay",
            "xaxis": x_axis(
                theme,
                tickvals=at,
                ticktext=[say.number(step, "g") for step in steps],
                showgrid=False,
                tickfont={"size": 13, "color": theme.ink},
            ),
            "yaxis": x_axis(theme, range=[0, max(numbers, default=1) * 1.16 or 1], visible=False),
        }
    )
    canvas.bars(
        x=at,
        y=numbers,
        width=0.72,
        text=[say("<b>{n:,}</b> · {share}", n=n, share=share(n / total, say)) for n in numbers],
        textposition="outside",
        cliponaxis=False,
        textfont={"size": 12, "color": theme.ink},
        marker={"color": [diverging(scale.pomp(step)) for step in steps], "line": {"color": theme.edge, "width": 1}},
        hoverinfo="text",
        hovertext=[
            say("answered {answer:g}: {n:,} of {total:,}", answer=step, n=n, total=total)
            for step, n in zip(steps, numbers, strict=True)
        ],
    )
    if written:
        texts = [written.get(step, 0) for step in steps]
        canvas.bars(
            x=at,
            y=texts,
            width=0.16,
            marker={"color": theme.ink, "line": {"color": theme.ground, "width": 1}},
            hoverinfo="text",
            hovertext=[
                say(
                    "{n:,} of the {of:,} who answered {answer:g} left a comment ({share})",
                    n=n,
                    of=of,
                    answer=step,
                    share=share(n / of if of else None, say),
                )
                for step, n, of in zip(steps, texts, numbers, strict=True)
            ],
        )
    return canvas.figure()


def _steps(counts: Mapping[float, int], scale: Scale) -> list[float]:
    """Every answer that can be given, where they are whole numbers; else those that were."""
    whole = all(float(answer).is_integer() for answer in (*counts, scale.low, scale.high))
    if whole and scale.high - scale.low <= 20:
        return [float(step) for step in range(int(scale.low), int(scale.high) + 1)]
    return sorted(counts)
