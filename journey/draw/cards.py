"""Touchpoints as cards: name, cases, how many end; the value in a coloured disc, its interval at the bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from journey.draw.canvas import Canvas
from journey.draw.routes import CARD, HALF, Spot
from journey.draw.theme import Theme, diverging, ink_on
from journey.draw.words import Say, interval
from journey.model import Friction, Measure, Scale, Touchpoint, Transition

__all__ = ["WORST_SCORE", "Look", "draw", "wrap"]

# A friction score that is painted fully red. Scores are 0–100, but means of all components seldom pass half.
WORST_SCORE = 50.0
LINE = 14  # letters that fit on a line of a card


@dataclass(frozen=True, slots=True)
class Look:
    """What a card's colour and number stand for."""

    theme: Theme
    colour: Literal["satisfaction", "friction"]
    friction: Mapping[str, Friction]
    scale: Scale | None
    say: Say

    def measure(self, touchpoint: Touchpoint) -> Measure:
        if self.colour == "satisfaction":
            return touchpoint.satisfaction
        found = self.friction.get(touchpoint.name)
        return found.score if found else Measure.missing()

    def good(self, value: float) -> float:
        """A value as a share of the good (0–1), by which it is coloured."""
        if self.colour == "friction":
            return 1 - min(1.0, value / WORST_SCORE)
        return self.scale.pomp(value) if self.scale else 0.5

    def share(self, touchpoint: Touchpoint) -> float | None:
        value = self.measure(touchpoint).value
        return None if value is None else self.good(value)

    def number(self, touchpoint: Touchpoint) -> str:
        value = self.measure(touchpoint).value
        return "–" if value is None else f"{value:.0f}" if self.colour == "friction" else f"{value:.1f}"

    @property
    def title(self) -> str:
        if self.colour == "friction":
            return self.say("Friction score, 0–100 (high is bad)")
        if self.scale is None:
            return self.say("No satisfaction was asked")
        return self.say("Satisfaction, mean of {low:g}–{high:g}", low=self.scale.low, high=self.scale.high)

    @property
    def range(self) -> tuple[float, float]:
        """The values at the bad and the good end of the colours."""
        if self.colour == "friction" or self.scale is None:
            return WORST_SCORE, 0.0
        ends = (self.scale.low, self.scale.high)
        return ends if self.scale.good == "high" else (ends[1], ends[0])


def draw(
    canvas: Canvas,
    touchpoints: Sequence[Touchpoint],
    at: Mapping[str, Spot],
    ends: Mapping[str, float],
    loops: Mapping[str, Transition],
    look: Look,
    *,
    bright: set[str] | None,
    focus: str | None,
) -> None:
    """Draw the cards, and points over them that tell about them and can be clicked."""
    theme = look.theme
    for touchpoint in touchpoints:
        faded = bright is not None and touchpoint.name not in bright
        _card(canvas, at[touchpoint.name], look, touchpoint, faded=faded, chosen=touchpoint.name == focus)
    fades = [bright is not None and touchpoint.name not in bright for touchpoint in touchpoints]
    left = [at[t.name].x - HALF + 0.06 for t in touchpoints]
    _text(
        canvas,
        left,
        [at[t.name].y - 3 for t in touchpoints],
        [_lines(t, ends, loops) for t in touchpoints],
        fades,
        theme,
    )
    _discs(canvas, touchpoints, at, look, fades)
    _scale(canvas, look)
    points = [(t, offset) for t in touchpoints for offset in (-0.27, -0.13, 0.0, 0.13, 0.27)]
    canvas.points(
        x=[at[t.name].x + offset for t, offset in points],
        y=[at[t.name].y for t, _ in points],
        mode="markers",
        customdata=[t.name for t, _ in points],
        hovertext=[_about(t, ends, loops, look) for t, _ in points],
        hoverinfo="text",
        marker={"size": 38, "opacity": 0, "symbol": "square", "color": theme.accent},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="touchpoints",
    )


def _card(canvas: Canvas, spot: Spot, look: Look, touchpoint: Touchpoint, *, faded: bool, chosen: bool) -> None:
    theme, share, measure = look.theme, look.share(touchpoint), look.measure(touchpoint)
    opacity = 0.35 if faded else 1.0
    left, right, top, bottom = spot.x - HALF, spot.x + HALF, spot.y - CARD / 2, spot.y + CARD / 2
    canvas.shape(
        type="rect",
        x0=left,
        x1=right,
        y0=top,
        y1=bottom,
        fillcolor=theme.card,
        layer="below",
        opacity=opacity,
        line={"color": theme.accent if chosen else theme.line, "width": 2 if chosen else 1},
    )
    paint = theme.line if share is None else diverging(share)
    canvas.shape(
        type="rect",
        x0=left,
        x1=left + 0.028,
        y0=top,
        y1=bottom,
        fillcolor=paint,
        line_width=0,
        layer="below",
        opacity=opacity,
    )
    if share is None or measure.low is None or measure.high is None:
        return
    # The interval, from the bad end at the left of the card to the good one at its right.
    low, high = sorted((look.good(measure.low), look.good(measure.high)))
    start, length, y = left + 0.06, 2 * HALF - 0.09, bottom - 4.5
    for x0, x1, colour, width in (
        (start, start + length, theme.line, 2),
        (start + length * low, start + length * max(high, low + 0.012), paint, 5),
    ):
        canvas.shape(
            type="line",
            x0=x0,
            x1=x1,
            y0=y,
            y1=y,
            line={"color": colour, "width": width},
            layer="below",
            opacity=opacity,
        )


def _text(canvas: Canvas, x: list[float], y: list[float], texts: list[str], fades: list[bool], theme: Theme) -> None:
    canvas.points(
        x=x,
        y=y,
        text=texts,
        mode="text",
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": 12, "color": [_faint(theme) if faded else theme.ink for faded in fades]},
        unselected={"textfont": {"color": theme.ink}},
    )


def _discs(
    canvas: Canvas, touchpoints: Sequence[Touchpoint], at: Mapping[str, Spot], look: Look, fades: list[bool]
) -> None:
    shares = [look.share(touchpoint) for touchpoint in touchpoints]
    paints = [look.theme.band if share is None else diverging(share) for share in shares]
    inks = [look.theme.muted if share is None else ink_on(paint) for share, paint in zip(shares, paints, strict=True)]
    canvas.points(
        x=[at[t.name].x + HALF - 0.015 for t in touchpoints],
        y=[at[t.name].y - CARD / 2 + 5 for t in touchpoints],
        text=[f"<b>{look.number(touchpoint)}</b>" for touchpoint in touchpoints],
        mode="markers+text",
        hoverinfo="skip",
        marker={
            "size": 25,
            "color": paints,
            "opacity": [0.35 if f else 1.0 for f in fades],
            "line": {
                "width": 1.5,
                "color": [look.theme.line if share is None else look.theme.band for share in shares],
            },
        },
        textfont={"size": 11, "color": inks},
        unselected={"marker": {"opacity": 1}},
    )


def _scale(canvas: Canvas, look: Look) -> None:
    """The legend: which value has which colour."""
    if look.colour == "satisfaction" and look.scale is None:
        canvas.note(xref="paper", yref="paper", x=0.005, y=0, xanchor="left", yanchor="top", yshift=-8, text=look.title)
        return
    bad, good = look.range
    low, high = sorted((bad, good))
    steps = [low + (high - low) * i / 4 for i in range(5)]
    canvas.points(
        x=[None],
        y=[None],
        mode="markers",
        hoverinfo="skip",
        marker={
            "color": [low],
            "cmin": low,
            "cmax": high,
            "showscale": True,
            "colorscale": [[i / 20, diverging(look.good(low + (high - low) * i / 20))] for i in range(21)],
            "colorbar": {
                "orientation": "h",
                "len": 0.34,
                "thickness": 9,
                "x": 0.005,
                "xanchor": "left",
                "y": 0,
                "yanchor": "top",
                "ypad": 4,
                "outlinewidth": 0,
                "tickvals": steps,
                "ticktext": [f"{step:g}" for step in steps],
                "tickfont": {"size": 11, "color": look.theme.muted},
                "title": {"text": look.title, "side": "top", "font": {"size": 12, "color": look.theme.ink}},
            },
        },
    )


def _lines(touchpoint: Touchpoint, ends: Mapping[str, float], loops: Mapping[str, Transition]) -> str:
    facts = [f"{touchpoint.cases:,}"]
    if ends.get(touchpoint.name, 0) >= 0.005:
        facts.append(f"⊣ {ends[touchpoint.name]:.0%}")
    if touchpoint.name in loops:
        facts.append(f"↻ {loops[touchpoint.name].share:.0%}")
    name = "<br>".join(f"<b>{escape(line, quote=False)}</b>" for line in wrap(touchpoint.name))
    return f"{name}<br><span style='font-size:10.5px'>{'  '.join(facts)}</span>"


def _about(touchpoint: Touchpoint, ends: Mapping[str, float], loops: Mapping[str, Transition], look: Look) -> str:
    say = look.say
    lines = [
        f"<b>{escape(touchpoint.name, quote=False)}</b>",
        say("{cases:,} cases, {visits:,} visits", cases=touchpoint.cases, visits=touchpoint.visits),
    ]
    if touchpoint.satisfaction.value is not None:
        found = touchpoint.satisfaction
        lines.append(say("satisfaction {value}, n = {n:,}", value=interval(found, ".2f", say=say), n=found.n))
    if touchpoint.effort.value is not None:
        lines.append(
            say(
                "effort scale {value}, n = {n:,}",
                value=interval(touchpoint.effort, ".2f", say=say),
                n=touchpoint.effort.n,
            )
        )
    if touchpoint.name in look.friction:
        score = look.friction[touchpoint.name].score
        lines.append(say("friction score {value}, n = {n:,} visits", value=interval(score, ".1f", say=say), n=score.n))
    lines.append(say("{share:.1%} of visits are the last of their case", share=ends.get(touchpoint.name, 0.0)))
    if touchpoint.name in loops:
        lines.append(say("{share:.1%} of visits are followed by another one here", share=loops[touchpoint.name].share))
    lines.append(say("Intervals are 95%."))
    return "<br>".join(lines)


def wrap(name: str, width: int = LINE) -> list[str]:
    """A name on one or two lines; what does not fit ends in “…”."""
    if len(name) <= width:
        return [name]
    head = name[: width + 1]
    cut = head.rfind(" ")
    if cut <= 0:
        return [name[: width - 1] + "…"]
    rest = name[cut + 1 :]
    return [name[:cut], rest if len(rest) <= width else rest[: width - 1].rstrip() + "…"]


def _faint(theme: Theme) -> str:
    return theme.edge
