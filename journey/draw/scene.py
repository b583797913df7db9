"""The journey as a scene for the canvas: cards, ways, colours and words, as plain values that can be sent as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from journey.draw.scene_grid import HALF, MANY, Cell, Grid, grid
from journey.draw.scene_overlay import Overlay
from journey.draw.scene_paint import Colour, Paint, paint
from journey.draw.scene_ways import Pair, Way, ways
from journey.draw.scene_words import Around, Words, around, controls
from journey.draw.theme import FONT, LIGHT, Theme, ink_on
from journey.draw.words import ENGLISH, Say
from journey.model import Friction, Journey, Measure, Touchpoint, Transition

__all__ = ["Scene", "readable", "scene"]

WIDEST: Final = {"roomy": 12.0, "small": 7.0}  # pixels, the commonest move
THINNEST: Final = 1.3
LABELLED: Final = 0.3  # of the commonest move: rarer ones show their share on hover alone
FEW: Final = 30  # observations: a value of fewer is drawn as a ring
# Kinds of moves that can be told apart, in a small journey and in one of many touchpoints; and the most that is drawn.
READABLE: Final = (80, 200)
MOST: Final = 600


@dataclass(frozen=True, slots=True)
class Scene:
    """What the canvas draws, and what has to be said beside it.

    drawing              the scene itself, to be sent as JSON; `names` are the touchpoints in it, `pairs` the moves
    moves, shown         moves between touchpoints in the selection, and those of them in the picture
    kinds, kinds_shown   different moves, likewise
    without              touchpoints that no case of the selection met: they are faded
    rare                 touchpoints whose moves are all too rare to be in the picture
    """

    drawing: Mapping[str, Any]
    names: tuple[str, ...]
    pairs: tuple[Pair, ...]
    moves: int
    shown: int
    kinds: int
    kinds_shown: int
    without: tuple[str, ...]
    rare: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of the moves that is in the picture (0–1); 1 where there are none."""
        return self.shown / self.moves if self.moves else 1.0


def readable(journey: Journey) -> float:
    """The share of moves (0–1, in steps of 5 %, at most 90 %) that a picture of the journey can show and be read."""
    edges = _inside(journey)
    most = READABLE[len(journey.touchpoints) > MANY]
    seen, total = sum(edge.moves for edge in edges[:most]), sum(edge.moves for edge in edges)
    return min(0.9, max(0.05, int(20 * seen / total) / 20)) if total else 0.9


def scene(
    whole: Journey,
    part: Journey | None = None,
    *,
    colour: Colour = "satisfaction",
    friction: Mapping[str, Friction] | None = None,
    waits: Mapping[str, Measure] | None = None,
    coverage: float = 0.9,
    places: Grid | None = None,
    overlay: Overlay | None = None,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> Scene:
    """The scene of a part of a journey, where all of it stands: a filter changes widths and colours and moves nothing.

    whole, part  the journey of all cases, which places the cards; that of the cases looked at (default: all)
    colour       satisfaction, effort, friction (needs `friction`, by touchpoint) or wait (needs `waits`, the median
                 wait before each touchpoint in seconds)
    coverage     share of the part's moves between touchpoints to show, the commonest first (0–1)
    places       where the cards of the whole stand, as `grid` finds it: it takes longest, and stays the same
    overlay      what is laid over it, such as a designed map (`journey.draw.scene_plan`); its colours come first

    Widths are by cases; a percentage on a move is its share of all moves that leave its source, exits included. Starts
    and ends are no moves: their shares stand on the cards.
    """
    part = part or whole
    places = places or grid(whole)
    over = overlay or Overlay()
    coat = over.coat or paint(colour, whole, part, friction=friction or {}, waits=waits or {}, theme=theme, say=say)
    words = Words(say, coat)
    inside = _inside(part)
    common = _commonest(inside, coverage)
    there = set(_pairs(common))
    kept = [*common, *(edge for edge in over.added if (edge.source, edge.target) not in there)]
    # Ways of the whole journey's moves are laid too, so that a filter does not bend those that stay.
    routes = ways(_pairs((*_commonest(_inside(whole), coverage), *kept)), places)
    touchpoints = {touchpoint.name: touchpoint for touchpoint in part.touchpoints}
    reached = {name for pair in _pairs(kept) for name in pair}
    scale = _Scale(max((edge.cases for edge in kept), default=0), WIDEST[places.density.name])
    names = tuple(name for column in places.columns for name in column.names)
    near = around(part)
    drawing = {
        "theme": _colours(theme),
        "words": dict(controls(say)),
        "label": words.title(part),
        "about": words.about(places.columns, kept),
        **_shape(places),
        "stages": _stages(places, say),
        "cards": [
            over.card(
                name,
                _card(touchpoints.get(name), name, places.cells[name], near.get(name, Around()), coat, words, reached),
            )
            for name in names
        ],
        "moves": [over.move(edge, _move(edge, names, routes, scale, theme, coat, words)) for edge in reversed(kept)],
        "legend": over.legend(_legend(words, scale)),
    }
    return Scene(
        {"id": _mark(drawing), **drawing},
        names,
        tuple(_pairs(kept)),
        sum(edge.moves for edge in inside),
        sum(edge.moves for edge in common),
        len(inside),
        len(common),
        tuple(name for name in names if name not in touchpoints),
        tuple(name for name in names if name in touchpoints and name not in reached),
    )


def _inside(journey: Journey) -> list[Transition]:
    """Moves between touchpoints, the commonest first."""
    edges = [e for e in journey.transitions if isinstance(e.source, str) and isinstance(e.target, str)]
    return sorted(edges, key=lambda edge: (-edge.moves, str(edge.source), str(edge.target)))


def _commonest(edges: Sequence[Transition], coverage: float) -> list[Transition]:
    """The fewest moves, commonest first, that together are `coverage` of all; all of a map that was not measured."""
    wanted, seen, kept = coverage * sum(edge.moves for edge in edges), 0, []
    for edge in edges[:MOST]:
        if edge.moves and seen >= wanted:
            break
        kept.append(edge)
        seen += edge.moves
    return kept


def _pairs(edges: Sequence[Transition]) -> list[Pair]:
    return list(dict.fromkeys((str(edge.source), str(edge.target)) for edge in edges))


def _colours(theme: Theme) -> dict[str, str]:
    kept = ("name", "ground", "band", "card", "ink", "muted", "line", "edge", "back", "accent")
    return {**{name: getattr(theme, name) for name in kept}, "font": FONT}


def _shape(places: Grid) -> dict[str, Any]:
    density = places.density
    return {
        "density": density.name,
        "columns": len(places.columns),
        "narrow": density.narrow,
        "wide": density.wide,
        "card": density.card,
        "half": HALF,
        "head": density.head,
        "height": places.height,
    }


def _stages(places: Grid, say: Say) -> list[dict[str, Any]]:
    staged = any(column.stage is not None for column in places.columns)
    found: dict[int, dict[str, Any]] = {}
    for at, column in enumerate(places.columns):
        name = column.stage if column.stage is not None else say("(no stage)") if staged else ""
        found.setdefault(column.group, {"name": name, "from": at})["to"] = at + 1
    return list(found.values())


def _card(
    touchpoint: Touchpoint | None,
    name: str,
    cell: Cell,
    near: Around,
    coat: Paint,
    words: Words,
    reached: set[str],
) -> dict[str, Any]:
    measure = coat.measures.get(name, Measure.missing()) if touchpoint else Measure.missing()
    card: dict[str, Any] = {
        "name": name,
        "x": cell.x,
        "y": cell.y,
        "column": cell.column,
        "row": cell.row,
        "here": touchpoint is not None,
        "rare": touchpoint is not None and name not in reached,
        "cases": words.say.number(touchpoint.cases if touchpoint else 0),
        "facts": words.facts(near),
        "value": "–",
        "tip": words.tip(touchpoint, name, near, measure),
        "label": words.label(touchpoint, name, near, measure),
    }
    if measure.value is None:
        return card
    at = coat.at(measure.value)
    fill = coat.colour(at)
    card |= {"value": coat.short(measure.value), "fill": fill, "ink": ink_on(fill), "few": measure.n < FEW, "at": at}
    if measure.low is not None and measure.high is not None:
        card |= {"low": coat.at(measure.low), "high": coat.at(measure.high)}
    return card


def _move(
    edge: Transition,
    names: Sequence[str],
    routes: Mapping[Pair, Way],
    scale: _Scale,
    theme: Theme,
    coat: Paint,
    words: Words,
) -> dict[str, Any]:
    way = routes[str(edge.source), str(edge.target)]
    back = way.kind == "back"
    colour = theme.back if back else theme.edge
    if coat.moves and edge.wait_median_s is not None:
        colour = coat.colour(coat.at(edge.wait_median_s))
    tip = words.move_tip(edge)
    return {
        "from": names.index(str(edge.source)),
        "to": names.index(str(edge.target)),
        "kind": way.kind,
        "d": [round(x, 4) for point in way.points for x in point],
        "width": round(scale.width(edge.cases), 2),
        "colour": colour,
        "share": words.say.number(edge.share, ".0%") if edge.share is not None else "",
        "common": edge.cases >= LABELLED * max(1, scale.most) and way.kind != "loop",
        "tip": tip,
        "label": ", ".join(tip),
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    """How wide moves are drawn: the commonest, by that many cases, is so many pixels wide."""

    most: int
    widest: float

    def width(self, cases: int) -> float:
        return max(THINNEST, self.widest * cases / self.most) if self.most else THINNEST


def _legend(words: Words, scale: _Scale) -> dict[str, Any]:
    most = scale.most
    sizes = sorted({_round(most * share) for share in (0.05, 0.3, 1.0)}) if most >= FEW else [most] if most else []
    told = words.legend(sizes, few=FEW)
    widths = [{"width": scale.width(n), "text": text} for n, text in zip(sizes, told["widths"], strict=True)]
    return {**told, "widths": widths}


def _round(number: float) -> int:
    """A number with one digit, which is easier to compare with."""
    size = 10 ** (len(str(int(number))) - 1)
    return int(number // size * size)


def _mark(drawing: Mapping[str, Any]) -> str:
    """The same for the same scene: by it the canvas knows whether there is anything to draw."""
    return hashlib.sha256(json.dumps(drawing, sort_keys=True).encode()).hexdigest()[:16]
