"""What a board is made of: plain values that a canvas draws; every text is in the reader's language already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Bar", "Card", "Cell", "Curve", "Lane", "Mark", "Note", "Persona", "Point", "Stage"]

Tone = Literal["plain", "bad", "good", "chance", "quote"]
Kind = Literal["cards", "notes", "facts", "channels", "curve", "bars", "stacks", "line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Whose journey it is: the cases behind a curve, and what is known of them as a whole."""

    name: str
    facts: tuple[str, ...]
    style: Literal["first", "second"] = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage's chevron: `size` touchpoints; `facts` for little room, `about` in full."""

    name: str
    size: int
    facts: tuple[str, ...]
    about: tuple[str, ...]
    paint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A touchpoint's card.

    stage     the place of its stage
    channels  (icon, name) of each, most used first; the icon is "" where the canvas has none for it
    cases     that met it; `count` the bare number
    score     satisfaction as written on its own scale, "–" where nobody answered; `n` its answers
    few       fewer answers than a score should be read from at a glance
    second    the other persona's score and colours, where there is one
    star      why this is a moment of truth; empty: it is none
    source    where the facts come from: measured, said or assumed
    pins      remarks that people pinned to it
    about     everything in lines, for those who point at it or can't see it
    """

    name: str
    stage: int
    channels: tuple[tuple[str, str], ...]
    cases: str
    count: str
    score: str
    n: str
    few: bool
    paint: str
    ink: str
    second: tuple[str, str, str] | None
    star: str
    source: str
    pins: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A short text about one touchpoint, or (at −1) about a stage.

    more     interval and n
    weight   where room is short, the heaviest are shown
    size     length of the bar under the text, as a share of the longest (0–1)
    """

    at: int
    text: str
    more: str = ""
    tone: Tone = "plain"
    weight: float = 0.0
    size: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A touchpoint's, or a stage's, pairs of a label and a value: facts, or icons with the channels' names."""

    at: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A touchpoint on the curve: −2 is the worst answer that can be given, +2 the best. None: no answers.

    size   by answers: 0 fewer than 30, 1 fewer than 100, 2 fewer than 1,000, 3 more
    call   its turn to be written beside the curve, from 1; 0: only on hover
    """

    at: int
    value: float | None
    low: float | None
    high: float | None
    n: str
    size: int
    paint: str
    label: str
    call: int
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A persona's emotion over the touchpoints."""

    name: str
    style: Literal["first", "second", "to-be"]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar, or a stack of bars: heights, and the ends of the interval, as shares of the lane (0–1).

    parts   (height, colour) from the bottom
    other   the other persona's height
    """

    at: int
    parts: tuple[tuple[float, str], ...]
    low: float
    high: float
    label: str
    strong: bool
    other: float | None
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A row of the map.

    hint       what it counts, of what; for the reader who asks
    kind       how it is drawn; "line" is the line of visibility, and what stands under it is backstage
    empty      what an empty cell says: a gap in the evidence, or nothing to report
    most       notes of a stage that are shown where only stages have room
    cells      touchpoint by touchpoint; `stages` what stands instead where only stages have room
    target     a line across bars (0–1) or curve (−2 … +2), with its label
    """

    id: str
    title: str
    hint: str
    kind: Kind
    empty: str = ""
    most: int = 0
    notes: tuple[Note, ...] = ()
    cells: tuple[Cell, ...] = ()
    stages: tuple[Cell, ...] = ()
    bars: tuple[Bar, ...] = ()
    curves: tuple[Curve, ...] = ()
    target: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line of the legend: what a mark of the canvas means."""

    mark: str
    text: str
    paint: str = ""
