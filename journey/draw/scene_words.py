"""What the canvas says of a touchpoint, a move, and itself: on hover, to a screen reader, and in the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.draw.layout import Column
from journey.draw.scene_paint import Paint
from journey.draw.words import Say, place, share, span
from journey.model import END, START, Journey, Measure, Touchpoint, Transition

__all__ = ["Around", "Words", "around", "controls"]

ENOUGH = 0.005  # shares below half a percent don't stand on a card


@dataclass(frozen=True, slots=True)
class Around:
    """The share of cases that start at a touchpoint; of its visits, those that end here and that return at once."""

    start: float | None = None
    end: float | None = None
    loop: float | None = None


def around(journey: Journey) -> dict[str, Around]:
    """Where cases start, end and turn in place, by touchpoint."""
    found: dict[str, dict[str, float | None]] = {touchpoint.name: {} for touchpoint in journey.touchpoints}
    for edge in journey.transitions:
        if edge.source is START and isinstance(edge.target, str):
            found[edge.target]["start"] = edge.share
        elif isinstance(edge.source, str) and edge.target is END:
            found[edge.source]["end"] = edge.share
        elif isinstance(edge.source, str) and edge.source == edge.target:
            found[edge.source]["loop"] = edge.share
    return {name: Around(**facts) for name, facts in found.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in the reader's language."""

    say: Say
    paint: Paint

    def facts(self, near: Around) -> list[dict[str, str]]:
        """What stands on a card besides its cases: each a sign and a share."""
        signs = (("start", near.start), ("end", near.end), ("loop", near.loop))
        return [{"icon": sign, "text": self.say.number(x, ".0%")} for sign, x in signs if x is not None and x >= ENOUGH]

    def tip(self, touchpoint: Touchpoint | None, name: str, near: Around, measure: Measure) -> list[str]:
        """A touchpoint's hover, line by line; the name first."""
        if touchpoint is None:
            return [name, self.say("no cases in this selection")]
        return [name, self._counts(touchpoint), self._value(measure), *self._ways(near)]

    def label(self, touchpoint: Touchpoint | None, name: str, near: Around, measure: Measure) -> str:
        """A touchpoint for a screen reader, in one sentence."""
        return ", ".join(self.tip(touchpoint, name, near, measure))

    def _counts(self, touchpoint: Touchpoint) -> str:
        return self.say("{cases:,} cases, {visits:,} visits", cases=touchpoint.cases, visits=touchpoint.visits)

    def _value(self, measure: Measure) -> str:
        return self.paint.nothing if measure.value is None else self.paint.told(measure)

    def _ways(self, near: Around) -> list[str]:
        say = self.say
        said = []
        if near.start:
            said.append(say("{share} of all cases start here", share=share(near.start, say)))
        if near.end:
            said.append(say("{share} of its visits are the last of their case", share=share(near.end, say)))
        if near.loop:
            said.append(say("{share} of its visits are followed by another one here", share=share(near.loop, say)))
        return said

    def move_tip(self, edge: Transition) -> list[str]:
        """A move's hover, line by line; where it leads first."""
        say = self.say
        lines = [
            place((str(edge.source), str(edge.target)), say),
            say("{cases:,} cases, {moves:,} moves", cases=edge.cases, moves=edge.moves),
        ]
        if edge.share is not None:
            told = share(edge.share, say)
            lines.append(
                say("{share} of the moves that leave {source}, exits included", share=told, source=edge.source)
            )
        if edge.wait_median_s is not None:
            median, p90 = span(edge.wait_median_s, say), span(edge.wait_p90_s, say)
            lines.append(say("half within {median}, 90% within {p90}", median=median, p90=p90))
        return lines

    def title(self, journey: Journey) -> str:
        """What the picture is of."""
        return self.say("Graph of the journey {name}: {cases:,} cases", name=journey.name or "–", cases=journey.cases)

    def about(self, columns: Sequence[Column], moves: Sequence[Transition]) -> str:
        """The picture in words."""
        say = self.say
        stages: dict[int, tuple[str, list[str]]] = {}
        for column in columns:
            stages.setdefault(column.group, (column.stage or "–", []))[1].extend(column.names)
        common = [f"{place((str(e.source), str(e.target)))} ({say.number(e.cases)})" for e in moves[:5]]
        return say(
            "Stages from the left: {stages}. Commonest moves, with cases: {moves}. Coloured by: {title}.",
            stages="; ".join(f"{stage}: {', '.join(names)}" for stage, names in stages.values()) or "–",
            moves=", ".join(common) or "–",
            title=self.paint.title,
        )

    def legend(self, widths: Sequence[int], *, few: int) -> dict[str, Any]:
        """What colours, widths and signs mean."""
        say, paint = self.say, self.paint
        return {
            "title": paint.title,
            "ramp": [paint.colour(step / 20) for step in range(21)],
            "ticks": [[paint.at(value), _tick(value, paint, say)] for value in paint.ticks],
            "ends": list(paint.ends),
            "interval": say("95% interval, on the scale of the colours"),
            "few": say("fewer than {n} observations", n=few),
            "rare": say("only rarer moves"),
            "none": say("no cases in this selection"),
            "widths": [say("{n:,} cases", n=n) for n in widths],
            "percent": say.number(0.27, ".0%"),
            "plain": not paint.moves,
            "share": say("share of the moves that leave the touchpoint, exits included"),
            "back": say("back to an earlier stage"),
            "start": say("of cases start here"),
            "end": say("of visits are the last"),
            "loop": say("of visits are followed by another one here"),
        }


def _tick(value: float, paint: Paint, say: Say) -> str:
    if paint.name in ("wait", "skipped"):
        return paint.short(value)
    # Higher scores are painted like the highest on the legend.
    return say.number(value, "g") + ("+" if paint.name == "friction" and value == paint.ticks[-1] else "")


def controls(say: Say) -> Mapping[str, str]:
    """The words of the canvas's own buttons, and how to walk it with the keyboard."""
    return {
        "graph": say("graph"),
        "bigger": say("Zoom in"),
        "smaller": say("Zoom out"),
        "none": say("no cases"),
        "fit": say("Fit"),
        "fitted": say("Fit the graph to the page"),
        "how": say(
            "Arrow keys walk between the touchpoints. E goes to the moves of a touchpoint: there up and down go from "
            "one to the next, right and left to where it leads and where it comes from. Enter opens, Escape goes back. "
            "Plus, minus and zero zoom."
        ),
    }
