"""The journey as a graph by stages: touchpoints as cards in columns, moves as lines as wide as they are common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import plotly.graph_objects as go

from journey.draw import cards
from journey.draw.canvas import Canvas
from journey.draw.layout import Column, columns
from journey.draw.routes import CARD, HALF, HEAD, PITCH, Route, Spot, routes, spots
from journey.draw.theme import FONT, LIGHT, Theme
from journey.draw.words import ENGLISH, Say, span
from journey.model import END, Friction, Journey, Transition

__all__ = ["Drawn", "graph"]

# A picture with more cards than this can't be read.
MOST = 60
WIDEST = 10.0  # pixels, the commonest move
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88)  # where a share may stand on its line, best first
LABELLED = 0.3  # of the commonest move: rarer ones show their share on hover alone


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, and what has to be said beside it.

    moves, shown     moves between touchpoints, and those of them in the picture
    left_out         touchpoints that are not in the picture, for there would be too many
    alt              the picture in words
    """

    figure: go.Figure
    moves: int
    shown: int
    transitions: int
    transitions_shown: int
    left_out: tuple[str, ...]
    alt: str

    @property
    def share(self) -> float:
        """Share of the moves that is in the picture (0–1); 1 where there are none."""
        return self.shown / self.moves if self.moves else 1.0


def graph(
    journey: Journey,
    *,
    theme: Theme = LIGHT,
    colour: Literal["satisfaction", "friction"] = "satisfaction",
    friction: Mapping[str, Friction] | None = None,
    coverage: float = 0.9,
    focus: str | None = None,
    say: Say = ENGLISH,
) -> Drawn:
    """Draw a journey by stages.

    colour     what cards are coloured by: satisfaction, or the friction score (which needs `friction`)
    coverage   share of all moves between touchpoints to show, the commonest first (0–1); cards stay where they are
    focus      a touchpoint whose neighbourhood stays bright while the rest is dimmed

    Starts and ends are no moves: the share that ends at a touchpoint stands on its card.
    """
    stages, left_out = _readable(columns(journey), journey)
    at = spots(stages)
    inside = [e for e in journey.transitions if isinstance(e.source, str) and isinstance(e.target, str)]
    kept = _commonest([e for e in inside if e.source in at and e.target in at], inside, coverage)
    ways = routes(kept, at)
    near = _near(focus, kept) if focus in at else None

    canvas = Canvas()
    _frame(canvas, stages, theme, say)
    _lines(canvas, kept, ways, at, theme, near=focus if near else None)
    look = cards.Look(theme, colour, dict(friction or {}), journey.scales.get("satisfaction"), say)
    shown = [touchpoint for touchpoint in journey.touchpoints if touchpoint.name in at]
    cards.draw(canvas, shown, at, _ends(journey), _loops(kept), look, bright=near, focus=focus)
    _hover(canvas, kept, ways, at, theme, say)
    moves, seen = sum(e.moves for e in inside), sum(e.moves for e in kept)
    return Drawn(canvas.figure(), moves, seen, len(inside), len(kept), left_out, _alt(journey, stages, kept, look))


def _readable(found: Sequence[Column], journey: Journey) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """All columns, or those of the most visited touchpoints where there are too many."""
    if len(journey.touchpoints) <= MOST:
        return tuple(found), ()
    visited = sorted(journey.touchpoints, key=lambda t: (-t.visits, t.name))
    kept = {touchpoint.name for touchpoint in visited[:MOST]}
    thinned = [Column(c.stage, tuple(name for name in c.names if name in kept)) for c in found]
    return tuple(c for c in thinned if c.names), tuple(t.name for t in visited[MOST:])


def _commonest(edges: Sequence[Transition], all_edges: Sequence[Transition], coverage: float) -> list[Transition]:
    """The fewest moves, commonest first, that together are `coverage` of all."""
    wanted = coverage * sum(edge.moves for edge in all_edges)
    kept, seen = [], 0
    for edge in sorted(edges, key=lambda e: (-e.moves, str(e.source), str(e.target))):
        if seen >= wanted and all_edges[0].moves:
            break
        kept.append(edge)
        seen += edge.moves
    return kept


def _near(focus: str | None, edges: Sequence[Transition]) -> set[str]:
    """A touchpoint and all that the shown moves join it to."""
    pairs = [(str(edge.source), str(edge.target)) for edge in edges if focus in (edge.source, edge.target)]
    return {str(focus)} | {name for pair in pairs for name in pair}


def _ends(journey: Journey) -> dict[str, float]:
    return {str(e.source): e.share for e in journey.transitions if e.target is END and e.share is not None}


def _loops(edges: Sequence[Transition]) -> dict[str, Transition]:
    return {str(edge.source): edge for edge in edges if edge.source == edge.target}


def _frame(canvas: Canvas, stages: Sequence[Column], theme: Theme, say: Say) -> None:
    tallest = max((len(column.names) for column in stages), default=1)
    bottom = HEAD + tallest * PITCH + 14
    for at, column in enumerate(stages):
        canvas.shape(
            type="rect",
            x0=at + 0.035,
            x1=at + 0.965,
            y0=0,
            y1=bottom,
            line_width=0,
            fillcolor=theme.band,
            layer="below",
        )
        name = column.stage if column.stage is not None else say("(no stage)") if _staged(stages) else ""
        canvas.note(
            x=at + 0.5, y=HEAD / 2, text=f"<b>{escape(name, quote=False)}</b>", font={"size": 14, "color": theme.ink}
        )
    canvas.set(
        {
            "height": int(bottom) + 62,
            "margin": {"l": 0, "r": 0, "t": 4, "b": 58},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "color": theme.ink, "size": 12},
            "showlegend": False,
            "hovermode": "closest",
            "hoverdistance": 24,
            "hoverlabel": {
                "bgcolor": theme.card,
                "bordercolor": theme.line,
                "font": {"color": theme.ink, "family": FONT, "size": 13},
                "align": "left",
            },
            "dragmode": False,
            "xaxis": {"range": [0, max(1, len(stages))], "visible": False, "fixedrange": True},
            "yaxis": {"range": [bottom, 0], "visible": False, "fixedrange": True},
        }
    )


def _staged(stages: Sequence[Column]) -> bool:
    return any(column.stage is not None for column in stages)


def _lines(
    canvas: Canvas,
    edges: Sequence[Transition],
    ways: Mapping[tuple[str, str], Route],
    at: Mapping[str, Spot],
    theme: Theme,
    *,
    near: str | None,
) -> None:
    most = max((edge.moves for edge in edges), default=1) or 1
    heads: list[tuple[float, float, int, float, str, float]] = []
    for edge in reversed(edges):  # the commonest last, on top
        way = ways.get((str(edge.source), str(edge.target)))
        if way is None:
            continue
        back = way.kind == "back"
        width = max(1.2, WIDEST * edge.moves / most)
        dim = near is not None and near not in (edge.source, edge.target)
        paint = theme.accent if near is not None and not dim else theme.back if back else theme.edge
        opacity = 0.15 if dim else 0.85
        canvas.shape(
            type="path",
            path=way.path,
            layer="below",
            opacity=opacity,
            line={"color": paint, "width": width, "dash": "5px,4px" if back else "solid"},
        )
        heads.append((way.d[0], way.d[1], way.angle, 7 + width * 0.9, paint, opacity))
        free = next((point for point in map(way.at, ALONG) if not _behind(point, at)), None)
        if edge.share is not None and edge.moves >= LABELLED * most and free and not dim:
            x, y = free
            canvas.note(
                x=x,
                y=y,
                text=f"{edge.share:.0%}",
                bgcolor=theme.band,
                borderpad=1,
                font={"size": 11, "color": theme.muted},
            )
    if heads:
        x_s, y_s, angles, sizes, paints, opacities = zip(*heads, strict=True)
        canvas.points(
            x=x_s,
            y=y_s,
            mode="markers",
            hoverinfo="skip",
            marker={
                "symbol": "arrow",
                "angle": angles,
                "size": sizes,
                "color": paints,
                "opacity": opacities,
                "line": {"width": 0},
            },
            unselected={"marker": {"opacity": 0.85}},
        )


def _hover(
    canvas: Canvas,
    edges: Sequence[Transition],
    ways: Mapping[tuple[str, str], Route],
    at: Mapping[str, Spot],
    theme: Theme,
    say: Say,
) -> None:
    """Invisible points along every line that tell about it."""
    x_s, y_s, texts = [], [], []
    for edge in edges:
        way = ways.get((str(edge.source), str(edge.target)))
        for t in (0.25, 0.4, 0.5, 0.6, 0.75) if way else ():
            assert way is not None
            x, y = way.at(t)
            if _behind((x, y), at):
                continue  # behind a card: there the card is meant
            x_s.append(x)
            y_s.append(y)
            texts.append(about(edge, say))
    canvas.points(
        x=x_s,
        y=y_s,
        mode="markers",
        hovertext=texts,
        hoverinfo="text",
        marker={"size": 12, "opacity": 0, "color": theme.edge},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def _behind(point: tuple[float, float], at: Mapping[str, Spot]) -> bool:
    """Whether a card covers the point."""
    x, y = point
    return any(abs(x - spot.x) < HALF + 0.02 and abs(y - spot.y) < CARD / 2 for spot in at.values())


def about(edge: Transition, say: Say = ENGLISH) -> str:
    """What is known of a move, for a hover."""
    lines = [
        f"<b>{escape(f'{edge.source} → {edge.target}', quote=False)}</b>",
        say("{moves:,} moves by {cases:,} cases", moves=edge.moves, cases=edge.cases),
    ]
    if edge.share is not None:
        lines.append(
            say(
                "{share:.1%} of the moves that leave {source}, exits included",
                share=edge.share,
                source=escape(str(edge.source), quote=False),
            )
        )
    if edge.wait_median_s is not None:
        lines.append(
            say(
                "half within {median}, 90% within {p90}",
                median=span(edge.wait_median_s, say),
                p90=span(edge.wait_p90_s, say),
            )
        )
    return "<br>".join(lines)


def _alt(journey: Journey, stages: Sequence[Column], kept: Sequence[Transition], look: cards.Look) -> str:
    named = "; ".join(f"{column.stage or '–'}: {', '.join(column.names)}" for column in stages)
    common = ", ".join(f"{e.source} → {e.target} ({e.moves:,})" for e in kept[:5])
    worst = sorted((t for t in journey.touchpoints if look.share(t) is not None), key=lambda t: look.share(t) or 0.0)
    return look.say(
        "Graph of the journey {name} by stages. {stages}. Commonest moves: {common}. Worst: {worst}.",
        name=journey.name,
        stages=named,
        common=common or "–",
        worst=", ".join(f"{t.name} ({look.number(t)})" for t in worst[:3]) or "–",
    )
