"""A colour for every touchpoint: its stage's, as on the map; where there are no stages, by its place in the journey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journey.draw.board_paint import stage_paint
from journey.draw.theme import Theme
from journey.model import Journey

__all__ = ["among", "hues", "stage_hues", "tint"]


def hues(journey: Journey, theme: Theme) -> Mapping[str, str]:
    """Touchpoint → colour, on which white can be read. Touchpoints outside all stages are grey."""
    if not journey.stages:
        return among([touchpoint.name for touchpoint in journey.touchpoints])
    stages = stage_hues(journey)
    return {
        one.name: stages.get(one.stage or "", theme.muted if theme.name == "light" else theme.edge)
        for one in journey.touchpoints
    }


def among(names: Sequence[str]) -> Mapping[str, str]:
    """Touchpoint → colour, by its place among these."""
    return {name: stage_paint(at, len(names)) for at, name in enumerate(names)}


def stage_hues(journey: Journey) -> Mapping[str, str]:
    """Stage → colour."""
    return {stage: stage_paint(at, len(journey.stages)) for at, stage in enumerate(journey.stages)}


def tint(colour: str, theme: Theme) -> str:
    """The colour so that a thin shape of it stands out from the ground: lighter on a dark one."""
    if theme.name != "dark":
        return colour
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * 0.3):02X}" for part in parts)
