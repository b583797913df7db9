"""The journey map as a board: stages, cards and lanes with every number and word, for a canvas to lay out.

A board is plain data: it can be drawn in the browser, on a slide, on paper. What it says was measured; the few things
that people wanted or assumed are marked so.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from journey.analysis.conform_found import Conformance
from journey.analysis.friction import Ranking
from journey.draw import board_curve, board_lanes
from journey.draw.board_cards import Facts, cards, persona, stages
from journey.draw.board_legend import legend
from journey.draw.board_paint import paints
from journey.draw.board_parts import Card, Lane, Mark, Persona, Stage
from journey.draw.board_plan import against_plan
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say
from journey.events.stages import StageTotal
from journey.model import Journey

__all__ = ["Board", "board"]

# From this many touchpoints on the map opens as an overview.
MANY: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A journey map, ready to be drawn.

    alt        the map in a sentence
    lanes      in the order that is usual; the one of kind "line" is the line of visibility
    density    how it opens: "compact" gives room to stages, "normal" and "detailed" to every touchpoint
    words      what the canvas itself says: names of its buttons
    paints     colours by what they are for
    """

    alt: str
    personas: tuple[Persona, ...]
    stages: tuple[Stage, ...]
    cards: tuple[Card, ...]
    lanes: tuple[Lane, ...]
    legend: tuple[Mark, ...]
    density: str
    words: Mapping[str, str]
    paints: Mapping[str, str]

    def data(self) -> dict[str, Any]:
        """The board as plain values for JSON; `stamp` is the same for equal boards."""
        data = dataclasses.asdict(self)
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)
        return {**data, "stamp": hashlib.sha256(text.encode()).hexdigest()[:16]}


def board(
    journey: Journey,
    friction: Ranking | None = None,
    *,
    totals: Collection[StageTotal] = (),
    other: Journey | None = None,
    who: str = "",
    other_who: str = "",
    period: str = "",
    unit: str = "customers",
    quotes: Mapping[str, Sequence[str]] | None = None,
    pins: Mapping[str, Sequence[str]] | None = None,
    targets: Mapping[str, float] | None = None,
    to_be: Mapping[str, float] | None = None,
    truths: Mapping[str, str] | None = None,
    plan: Conformance | None = None,
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> Board:
    """The journey map of a journey.

    friction   of the same cases; None where it can't be judged: its lanes say so
    totals     of the stages, from `journey.events.stages`; without them the chevrons name the stages only
    other      a second persona's journey, drawn as a second curve and a second score; `who` and `other_who` name them
    period     from when to when, in words; `unit` what burden is counted in
    quotes     touchpoint → what customers wrote there, masked; `pins` remarks that people pinned to it
    targets    component → acceptable severity (0–1): dissatisfaction and effort are drawn as lines
    to_be      touchpoint → the satisfaction that is wanted, on the answers' own scale: a curve of its own
    truths     touchpoint → why it is a moment of truth, as `journey.analysis.truth` found it: these have the stars
    plan       the designed map against the same cases: a lane of its own

    Emotion is satisfaction as −2 … +2, linear in its scale. Pains are components whose whole interval lies above what
    is expected; gains lie at least a third under it. Where no moment of truth was found, the stars stand at touchpoints
    among the three largest burdens in at least half of the draws, and at the one with the best satisfaction.
    Association is not cause.
    """
    facts = Facts(
        journey=journey,
        ranking=friction,
        other=other,
        other_name=other_who,
        unit=unit,
        theme=theme,
        say=say,
        quotes=quotes or {},
        pins=pins or {},
        targets=targets or {},
        to_be=to_be or {},
        truths=truths or {},
    )
    personas = [persona(journey, who or say("All customers"), period, say)]
    if other is not None:
        personas.append(persona(other, other_who, "", say, second=True))
    return Board(
        alt=say(
            "Journey map of {name}: {stages} stages, {touchpoints} touchpoints",
            name=journey.name or say("this journey"),
            stages=len(facts.names),
            touchpoints=len(facts.touchpoints),
        ),
        personas=tuple(personas),
        stages=stages(facts, totals),
        cards=cards(facts),
        lanes=_lanes(facts, plan),
        legend=legend(facts),
        density="normal" if len(facts.touchpoints) < MANY else "compact",
        words=_words(say),
        paints=paints(theme),
    )


def _lanes(facts: Facts, plan: Conformance | None) -> tuple[Lane, ...]:
    say = facts.say
    against = () if plan is None else (against_plan(facts.touchpoints, plan, say),)
    return (
        Lane(id="touchpoints", title=say("Touchpoints"), hint=say("cases, satisfaction, answers"), kind="cards"),
        board_lanes.doing(facts),
        board_lanes.thinking(facts),
        board_curve.emotion(facts),
        board_curve.effort(facts),
        board_curve.friction(facts),
        board_lanes.pains(facts),
        board_lanes.gains(facts),
        *against,
        board_lanes.numbers(facts),
        Lane(id="line", title=say("Line of visibility"), hint="", kind="line"),
        board_lanes.channels(facts),
        board_lanes.support(facts),
        board_lanes.promises(facts),
        board_lanes.opportunities(facts),
    )


def _words(say: Say) -> dict[str, str]:
    return {
        "compact": say("Compact"),
        "normal": say("Normal"),
        "detailed": say("Detailed"),
        "density": say("Density"),
        "lanes": say("Lanes"),
        "up": say("Move up"),
        "down": say("Move down"),
        "reset": say("As at first"),
        "all": say("Show all"),
        "full": say("Full screen"),
        "legend": say("Legend"),
        "moved": say("Moved to place"),
        "more": say("more"),
        "stage": say("Stage"),
        "star": say("Moment of truth"),
        "none": say("All lanes are hidden."),
    }
