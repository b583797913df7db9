"""The difference graph: by stages, what one side walks more often than the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import plotly.graph_objects as go

from journey.analysis.compare import Comparison
from journey.analysis.compare_differences import Difference
from journey.draw.canvas import Canvas
from journey.draw.cards import wrap
from journey.draw.compare import sides
from journey.draw.compare_words import MINUS, amount, apart, counted, step, title, told, verdict
from journey.draw.layout import Column, columns
from journey.draw.routes import CARD, HALF, HEAD, PITCH, Route, Spot, routes, spots
from journey.draw.theme import FONT, LIGHT, Theme
from journey.draw.words import ENGLISH, Say, place
from journey.model import END, Journey, Transition

__all__ = ["difference_graph", "edges_drawn"]

MOST: Final = 60  # touchpoints: with more, no card can be read
TALL: Final = 6  # touchpoints in a column
# Pixels: of a small difference, more for each further part of the moves, of the largest there is room for.
THINNEST: Final = 2.5
WIDENING: Final = 28.0
WIDEST: Final = 12.0
LABELLED: Final = 0.05  # smaller differences tell their number on hover alone
ALONG: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # where a number may stand on its line, best first
AIR: Final = 1.2  # rows stand so much further apart than in the plain graph: numbers stand between them
LETTERS: Final = 13  # that fit on a line of a card
CONTEXT: Final = 0.9  # of all moves: what both sides walk, as thin lines behind

Pair = tuple[str, str]


def edges_drawn(found: Comparison) -> dict[Pair, Difference]:
    """The transitions between two different touchpoints: those that are lines in the picture."""
    return {
        (one.at[0], one.at[1]): one
        for one in found.transitions
        if isinstance(one.at, tuple)
        and isinstance(one.at[0], str)
        and isinstance(one.at[1], str)
        and one.at[0] != one.at[1]
    }


def difference_graph(journey: Journey, found: Comparison, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> go.Figure:
    """Draw a journey by stages with the shares of what comes next compared.

    Clear differences are arrows as wide as they are large, in the colour of the side that goes that way more often;
    thin lines are the commonest other moves. Cards tell which share of either side's cases came by. Points on arrows
    hold [source, target] as customdata, those on cards [touchpoint].
    """
    stages = _readable(columns(journey, most=TALL), journey)
    at = {name: Spot(s.x, HEAD + (s.y - HEAD) * AIR, s.column, s.row) for name, s in spots(stages).items()}
    told_of = edges_drawn(found)
    clear = {pair: one for pair, one in told_of.items() if one.clear and pair[0] in at and pair[1] in at}
    kept = [*_context(journey, at, clear), *(_as_edge(pair) for pair in clear)]
    ways = routes(kept, at)
    canvas = Canvas()
    _frame(canvas, stages, theme)
    _thin(canvas, [way for pair, way in ways.items() if pair not in clear], theme)
    _arrows(canvas, clear, ways, at, theme, say)
    _cards(canvas, found, at, theme, say)
    _hover(canvas, told_of, ways, at, found, say)
    _legend(canvas, found, theme, say)
    return canvas.figure()


def _as_edge(pair: Pair) -> Transition:
    return Transition(source=pair[0], target=pair[1])


def _readable(stages: Sequence[Column], journey: Journey) -> tuple[Column, ...]:
    """All columns, or those of the most visited touchpoints where there are too many."""
    visited = sorted(journey.touchpoints, key=lambda t: (-t.visits, t.name))
    kept = {touchpoint.name for touchpoint in visited[:MOST]}
    thinned = (Column(c.stage, tuple(name for name in c.names if name in kept), c.group) for c in stages)
    return tuple(column for column in thinned if column.names)


def _context(journey: Journey, at: Mapping[str, Spot], clear: Mapping[Pair, Difference]) -> list[Transition]:
    """The commonest moves that differ not clearly, so that the arrows stand in a journey."""
    inside = [edge for edge in journey.transitions if edge.source in at and edge.target in at]
    wanted, seen, kept = CONTEXT * sum(edge.moves for edge in inside), 0, []
    for edge in sorted(inside, key=lambda e: (-e.moves, str(e.source), str(e.target))):
        if seen >= wanted:
            break
        seen += edge.moves
        if (edge.source, edge.target) not in clear:
            kept.append(edge)
    return kept


def _frame(canvas: Canvas, stages: Sequence[Column], theme: Theme) -> None:
    tallest = max((len(column.names) for column in stages), default=1)
    bottom = HEAD + tallest * PITCH * AIR + 10
    groups: dict[int, list[int]] = {}
    for at, column in enumerate(stages):
        groups.setdefault(column.group, []).append(at)
    for members in groups.values():
        left, right = members[0] + 0.035, members[-1] + 0.965
        canvas.shape(type="rect", x0=left, x1=right, y0=0, y1=bottom, line_width=0, fillcolor=theme.band, layer="below")
        name = stages[members[0]].stage or ""
        canvas.note(
            x=(left + right) / 2,
            y=HEAD / 2,
            text=f"<b>{escape(name, quote=False)}</b>",
            font={"size": 14, "color": theme.ink},
        )
    hover = {"bgcolor": theme.card, "bordercolor": theme.line, "align": "left"}
    canvas.set(
        {
            "height": int(bottom) + 44,
            "margin": {"l": 0, "r": 0, "t": 34, "b": 10},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "color": theme.ink, "size": 12},
            "showlegend": False,
            "hovermode": "closest",
            "hoverdistance": 24,
            "hoverlabel": {**hover, "font": {"color": theme.ink, "family": FONT, "size": 13}},
            "dragmode": False,
            "xaxis": {"range": [0, max(1, len(stages))], "visible": False, "fixedrange": True},
            "yaxis": {"range": [bottom, 0], "visible": False, "fixedrange": True},
        }
    )


def _thin(canvas: Canvas, ways: Sequence[Route], theme: Theme) -> None:
    for way in ways:
        canvas.shape(type="path", path=way.path, layer="below", opacity=0.55, line={"color": theme.edge, "width": 1})


def _paint(one: Difference, theme: Theme) -> str:
    """The colour of the side where it is more."""
    return sides(theme)[0 if (one.difference.value or 0) > 0 else 1]


def _arrows(
    canvas: Canvas,
    clear: Mapping[Pair, Difference],
    ways: Mapping[Pair, Route],
    at: Mapping[str, Spot],
    theme: Theme,
    say: Say,
) -> None:
    heads: list[tuple[float, float, int, float, str]] = []
    taken: list[tuple[float, float]] = []
    for pair, one in sorted(clear.items(), key=lambda item: abs(item[1].effect or 0)):  # the largest on top
        way, size = ways[pair], abs(one.effect or 0)
        width, paint = min(WIDEST, THINNEST + WIDENING * size), _paint(one, theme)
        back = way.kind == "back"
        canvas.shape(
            type="path",
            path=way.path,
            layer="below",
            opacity=0.9,
            line={"color": paint, "width": width, "dash": "6px,4px" if back else "solid"},
        )
        heads.append((way.d[0], way.d[1], way.angle, 8 + width * 0.9, paint))
        free = next((point for point in map(way.at, ALONG) if _free(point, at, taken)), None)
        if size >= LABELLED and free:
            taken.append(free)
            # Beside a line that runs down or up, for there is no room on it.
            beside = {"xanchor": "left", "xshift": 4 + width / 2} if way.kind in ("down", "up") else {}
            canvas.note(
                x=free[0],
                y=free[1],
                text=f"<b>{_more(one, say)}</b>",
                bgcolor=theme.band,
                borderpad=1,
                font={"size": 11, "color": paint},
                **beside,
            )
    if heads:
        x_s, y_s, angles, sizes, paints = zip(*heads, strict=True)
        canvas.points(
            x=x_s,
            y=y_s,
            mode="markers",
            hoverinfo="skip",
            marker={"symbol": "arrow", "angle": angles, "size": sizes, "color": paints, "line": {"width": 0}},
            unselected={"marker": {"opacity": 1}},
        )


def _more(one: Difference, say: Say) -> str:
    """How much more often, without a sign: the colour says where."""
    return step(one, say).lstrip("+" + MINUS)


def _free(point: tuple[float, float], at: Mapping[str, Spot], taken: Sequence[tuple[float, float]]) -> bool:
    """Whether a number can stand there: on no card, and on no other number."""
    return not _behind(point, at) and all(abs(point[0] - x) > 0.24 or abs(point[1] - y) > 16 for x, y in taken)


def _behind(point: tuple[float, float], at: Mapping[str, Spot]) -> bool:
    """Whether a card covers the point."""
    x, y = point
    return any(abs(x - spot.x) < HALF + 0.03 and abs(y - spot.y) < CARD / 2 + 3 for spot in at.values())


def _cards(canvas: Canvas, found: Comparison, at: Mapping[str, Spot], theme: Theme, say: Say) -> None:
    """The touchpoints, and points over them that tell about them and can be clicked."""
    reach = {str(one.at): one for one in found.of("reach")}
    turns = {str(one.at[0]): one for one in found.transitions if isinstance(one.at, tuple) and one.at[0] == one.at[1]}
    ends = {str(one.at[0]): one for one in found.transitions if isinstance(one.at, tuple) and one.at[1] is END}
    for name, spot in at.items():
        _card(canvas, spot, reach.get(name), theme)
        _badges(canvas, spot, {"↻": turns.get(name), "⊣": ends.get(name)}, theme, say)
    names = list(at)
    canvas.points(
        x=[at[name].x - HALF + 0.06 for name in names],
        y=[at[name].y for name in names],
        text=[_lines(name, reach.get(name), theme, say) for name in names],
        mode="text",
        textposition="middle right",
        hoverinfo="skip",
        textfont={"size": 12, "color": theme.ink},
        unselected={"textfont": {"color": theme.ink}},
    )
    points = [(name, offset) for name in names for offset in (-0.27, -0.13, 0.0, 0.13, 0.27)]
    about = {name: _about(name, found, say) for name in names}
    canvas.points(
        x=[at[name].x + offset for name, offset in points],
        y=[at[name].y for name, _ in points],
        mode="markers",
        customdata=[[name] for name, _ in points],
        hovertext=[about[name] for name, _ in points],
        hoverinfo="text",
        marker={"size": 38, "opacity": 0, "symbol": "square", "color": theme.accent},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def _card(canvas: Canvas, spot: Spot, reach: Difference | None, theme: Theme) -> None:
    """A card; its left edge has the colour of the side that clearly comes by more."""
    left, top = spot.x - HALF, spot.y - CARD / 2
    box = {"type": "rect", "layer": "below", "x0": left, "y0": top, "y1": spot.y + CARD / 2}
    paint = _paint(reach, theme) if reach and reach.clear else theme.line
    canvas.shape(**box, x1=spot.x + HALF, fillcolor=theme.card, line={"color": theme.line, "width": 1})
    canvas.shape(**box, x1=left + 0.03, fillcolor=paint, line_width=0)


def _badges(canvas: Canvas, spot: Spot, signs: Mapping[str, Difference | None], theme: Theme, say: Say) -> None:
    """Where one side clearly comes back at once, or ends, more often."""
    told = [
        f"<span style='color:{_paint(one, theme)}'>{sign} {_more(one, say)}</span>"
        for sign, one in signs.items()
        if one and one.clear
    ]
    if told:
        canvas.note(
            x=spot.x + HALF,
            y=spot.y - CARD / 2 - 1,
            xanchor="right",
            yanchor="bottom",
            text=f"<b>{'  '.join(told)}</b>",
            font={"size": 11},
            bgcolor=theme.band,
            borderpad=1,
        )


def _lines(name: str, one: Difference | None, theme: Theme, say: Say) -> str:
    """A card's name, and which share of either side's cases came by."""
    heading = "<br>".join(f"<b>{escape(line, quote=False)}</b>" for line in wrap(name, LETTERS))
    if one is None:
        return heading
    blue, orange = sides(theme)
    a, b = (amount("reach", measure.value, say) for measure in (one.a, one.b))
    shares = f"<span style='color:{blue}'>●</span> {a}  <span style='color:{orange}'>◆</span> {b}"
    return f"{heading}<br><span style='font-size:11px'>{shares}</span>"


def _about(name: str, found: Comparison, say: Say) -> str:
    """What is clear about a touchpoint, for a hover."""
    lines = [f"<b>{escape(name, quote=False)}</b>"]
    here = [one for one in found.touchpoints if one.at == name and (one.clear or one.of == "reach")]
    for one in here:
        lines.append(
            say(
                "{what}: {a} · {b}, difference {apart}: {verdict}",
                what=title(one.of, say),
                a=amount(one.of, one.a.value, say),
                b=amount(one.of, one.b.value, say),
                apart=apart(one, say),
                verdict=verdict(one, say),
            )
        )
    return "<br>".join(lines)


def _hover(
    canvas: Canvas,
    told_of: Mapping[Pair, Difference],
    ways: Mapping[Pair, Route],
    at: Mapping[str, Spot],
    found: Comparison,
    say: Say,
) -> None:
    """Invisible points along every line that tell about it."""
    x_s, y_s, texts, data = [], [], [], []
    for pair, way in ways.items():
        one = told_of.get(pair)
        for t in (0.25, 0.4, 0.5, 0.6, 0.75) if one else ():
            assert one is not None
            x, y = way.at(t)
            if _behind((x, y), at):
                continue
            x_s.append(x)
            y_s.append(y)
            texts.append(_move(one, found, say))
            data.append(list(pair))
    canvas.points(
        x=x_s,
        y=y_s,
        mode="markers",
        customdata=data,
        hovertext=texts,
        hoverinfo="text",
        marker={"size": 12, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def _move(one: Difference, found: Comparison, say: Say) -> str:
    assert isinstance(one.at, tuple)
    lines = [f"<b>{escape(f'{place(one.at[0], say)} → {place(one.at[1], say)}', quote=False)}</b>"]
    for side, measure in ((found.a, one.a), (found.b, one.b)):
        lines.append(
            say(
                "{name}: {value} of {n}",
                name=escape(side.name, quote=False),
                value=told("share", measure, say),
                n=counted("share", measure.n, say),
            )
        )
    lines.append(say("difference {apart}: {verdict}", apart=apart(one, say), verdict=verdict(one, say)))
    return "<br>".join(lines)


def _legend(canvas: Canvas, found: Comparison, theme: Theme, say: Say) -> None:
    blue, orange = sides(theme)
    text = say(
        "<span style='color:{blue}'>━▶ ●</span> more often in <b>{a}</b>   "
        "<span style='color:{orange}'>━▶ ◆</span> more often in <b>{b}</b>   "
        "↻ comes back at once   ⊣ ends here",
        blue=blue,
        orange=orange,
        a=escape(found.a.name, quote=False),
        b=escape(found.b.name, quote=False),
    )
    canvas.note(
        xref="paper",
        yref="paper",
        x=0.005,
        y=1,
        yshift=6,
        xanchor="left",
        yanchor="bottom",
        text=text,
        font={"size": 12.5, "color": theme.muted},
    )
