"""What is laid over a scene: other colours, further moves, marks on moves and cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.draw.scene_paint import Paint
from journey.model import Place, Transition

__all__ = ["Overlay", "Stroke"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a kind of move is drawn, and what it is.

    dash   of the line in pixels, empty: solid;  sign   what stands before its share, so that colour is not alone
    """

    colour: str
    dash: str
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """Marks over a scene; empty, it changes nothing.

    coat      what the cards' colours stand for
    added     moves that are drawn however few made them, or none
    strokes   kind of move → how it is drawn;  kinds: move → its kind
    tips      touchpoint, or move → further lines of its hover
    aside     touchpoints that are set apart by a dashed edge, and what that means
    """

    coat: Paint | None = None
    added: tuple[Transition, ...] = ()
    strokes: Mapping[str, Stroke] = field(default_factory=dict)
    kinds: Mapping[tuple[Place, Place], str] = field(default_factory=dict)
    tips: Mapping[str | tuple[Place, Place], tuple[str, ...]] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    aside_text: str = ""

    def card(self, name: str, card: dict[str, Any]) -> dict[str, Any]:
        """A card of the scene with its marks."""
        tip = [*card["tip"], *self.tips.get(name, ())]
        marks = {"aside": True, "value": "+"} if name in self.aside else {}
        return {**card, "tip": tip, "label": ", ".join(tip), **marks}

    def move(self, edge: Transition, move: dict[str, Any]) -> dict[str, Any]:
        """A move of the scene with its marks."""
        kind = self.kinds.get((edge.source, edge.target))
        if kind is None:
            return move
        stroke = self.strokes[kind]
        tip = [*move["tip"][:1], stroke.text, *move["tip"][1:], *self.tips.get((edge.source, edge.target), ())]
        told = f"{stroke.sign} {move['share']}".strip() if stroke.sign else move["share"]
        marks = {"colour": stroke.colour, "dash": stroke.dash, "share": told, "tip": tip, "label": ", ".join(tip)}
        return {**move, **marks, "common": move["common"] or not edge.moves}

    def legend(self, legend: dict[str, Any]) -> dict[str, Any]:
        """The legend of the scene with what the marks mean."""
        if not self.strokes:
            return legend
        marks = [
            {"colour": one.colour, "dash": one.dash, "sign": one.sign, "text": one.text}
            for one in self.strokes.values()
        ]
        return {**legend, "marks": marks, "back": "", "aside": self.aside_text if self.aside else ""}
