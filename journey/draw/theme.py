"""Colours: one diverging palette from red over sand to blue, one hue a component, on light and on dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from journey.draw.words import N_
from journey.model import COMPONENTS

__all__ = ["COMPONENT_NAMES", "DARK", "FONT", "LIGHT", "Theme", "contrast", "diverging", "ink_on", "theme"]

FONT: Final = '"Source Sans", "Source Sans 3", "Segoe UI", system-ui, sans-serif'

# Red–blue stays apart in every common colour blindness; sand is neither. 0 is the bad end, 1 the good one.
STOPS: Final = (
    (0.0, (176, 42, 48)),
    (0.2, (214, 86, 66)),
    (0.4, (242, 167, 120)),
    (0.55, (234, 217, 181)),
    (0.75, (134, 180, 202)),
    (0.9, (62, 130, 190)),
    (1.0, (33, 94, 160)),
)

COMPONENT_NAMES: Final[Mapping[str, str]] = {
    "dissatisfaction": N_("Dissatisfaction"),
    "effort": N_("Effort"),
    "exit": N_("Exit"),
    "rework": N_("Rework"),
    "wait": N_("Wait"),
    "switch": N_("Channel switch"),
    "help": N_("Call for help"),
}

# After Paul Tol's “muted” scheme: apart for the colour blind, and alternating light and dark where bars touch.
_LIGHT: Final = ("#B5495B", "#E3B75C", "#332288", "#6FB7DA", "#1D7A4C", "#A3559B", "#7A6A53")
_DARK: Final = ("#D9697B", "#E6C36F", "#8F83E0", "#79C3E6", "#4DB380", "#CC85C4", "#B3A086")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a figure is painted with.

    ground      behind everything; `band` behind a stage's column, `card` behind a touchpoint
    ink, muted  text, and text of less weight; both AA (4.5 : 1) on ground, band and card
    line, edge  thin rules; a move in the graph. `back` is a move to an earlier stage
    accent      what is chosen
    """

    name: str
    ground: str
    band: str
    card: str
    ink: str
    muted: str
    line: str
    edge: str
    back: str
    accent: str
    components: Mapping[str, str]


LIGHT: Final = Theme(
    name="light",
    ground="#FFFFFF",
    band="#F3F5F9",
    card="#FFFFFF",
    ink="#1B2430",
    muted="#5A6575",
    line="#D5DBE4",
    edge="#A9B3C1",
    back="#B4532A",
    accent="#215EA0",
    components=dict(zip(COMPONENTS, _LIGHT, strict=True)),
)
DARK: Final = Theme(
    name="dark",
    ground="#10151D",
    band="#171E29",
    card="#212B39",
    ink="#EDF1F7",
    muted="#A7B2C2",
    line="#364252",
    edge="#5F6D80",
    back="#E8925F",
    accent="#7DB4EC",
    components=dict(zip(COMPONENTS, _DARK, strict=True)),
)


def theme(name: str | None) -> Theme:
    """The theme of that name; light for anything that is not “dark”."""
    return DARK if name == "dark" else LIGHT


def diverging(share: float) -> str:
    """The colour of a share of the good: 0 is red, about ½ sand, 1 blue. Values outside are held to the ends."""
    held = min(1.0, max(0.0, share))
    for (low, first), (high, last) in pairwise(STOPS):
        if held <= high:
            way = (held - low) / (high - low)
            return "#" + "".join(f"{round(a + (b - a) * way):02X}" for a, b in zip(first, last, strict=True))
    raise AssertionError("the stops end at 1")


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour."""
    return max("#000000", "#FFFFFF", key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
