"""What colours and numbers on the canvas stand for: satisfaction, effort, friction or the wait."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from journey.draw.cards import WORST_SCORE
from journey.draw.theme import Theme, diverging
from journey.draw.words import Say, interval, span
from journey.model import Friction, Journey, Measure, Scale

__all__ = ["COLOURS", "Colour", "Paint", "paint"]

Colour = Literal["satisfaction", "effort", "friction", "wait"]
COLOURS: Final[tuple[Colour, ...]] = ("satisfaction", "effort", "friction", "wait")

# Waits are neither good nor bad by themselves: one way from pale to deep, on dark from deep to pale.
SHORT_TO_LONG: Final[Mapping[str, tuple[str, ...]]] = {
    "light": ("#B5CDE4", "#7D9FCB", "#6B6FB5", "#633F8C", "#3E1A57"),
    "dark": ("#3C5270", "#5877AE", "#8A82CE", "#C79BDD", "#F6CFEA"),
}
# Where a scale of waits may begin and end, and what may stand on it.
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MARKS: Final = (
    1.0, 10.0, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paint:
    """How values are coloured and said.

    title      what the colours stand for, with the range
    measures   the value of each touchpoint, with its interval
    at         where a value stands on the scale, 0 at its left end, 1 at its right
    colour     the colour of a place on the scale
    short      a value as it stands on a card
    told       a measure in words
    ticks      values that stand on the legend, from the left
    ends       what the left and the right end mean
    nothing    why a touchpoint may have no value
    moves      whether moves are coloured likewise, by their own median wait
    """

    name: str
    title: str
    measures: Mapping[str, Measure]
    at: Callable[[float], float]
    colour: Callable[[float], str]
    short: Callable[[float], str]
    told: Callable[[Measure], str]
    ticks: tuple[float, ...]
    ends: tuple[str, str]
    nothing: str
    moves: bool = False


def paint(
    colour: Colour,
    whole: Journey,
    part: Journey,
    *,
    friction: Mapping[str, Friction],
    waits: Mapping[str, Measure],
    theme: Theme,
    say: Say,
) -> Paint:
    """How a part of a journey is coloured; on the scales of the whole: a filter does not change what colours mean."""
    if colour == "friction":
        return _friction({name: one.score for name, one in friction.items()}, say)
    if colour == "wait":
        known = [edge.wait_median_s for edge in whole.transitions if edge.wait_median_s is not None]
        return _wait(waits, known, theme, say)
    role = colour
    measures = {touchpoint.name: getattr(touchpoint, role) for touchpoint in part.touchpoints}
    return _rating(role, measures, whole.scales.get(role), say)


def _rating(role: Colour, measures: Mapping[str, Measure], scale: Scale | None, say: Say) -> Paint:
    satisfied = role == "satisfaction"
    low, high = (scale.low, scale.high) if scale else (0.0, 1.0)
    rising = scale is None or scale.good == "high"
    if scale is None:
        title = say("No satisfaction was asked") if satisfied else say("No effort was asked")
    elif satisfied:
        title = say("Satisfaction: mean answer, {low:g} to {high:g}", low=low, high=high)
    else:
        title = say("Effort scale: mean answer, {low:g} to {high:g}", low=low, high=high)
    ends = (say("satisfied"), say("dissatisfied")) if satisfied else (say("easy"), say("hard"))

    def told(measure: Measure) -> str:
        said = interval(measure, ",.1f", say)
        if satisfied:
            return say("satisfaction {value}, n = {n:,}", value=said, n=measure.n)
        return say("effort scale {value}, n = {n:,}", value=said, n=measure.n)

    return Paint(
        role,
        title,
        measures if scale else {},
        lambda value: (value - low) / (high - low),
        lambda at: diverging(at if rising else 1 - at),
        lambda value: say.number(value, ".1f"),
        told,
        tuple(low + (high - low) * step / 4 for step in range(5)) if scale else (),
        (ends[1], ends[0]) if rising else ends,
        say("nobody was asked here, or nobody answered"),
    )


def _friction(measures: Mapping[str, Measure], say: Say) -> Paint:
    return Paint(
        "friction",
        say("Friction score, 0 to 100"),
        measures,
        lambda value: min(1.0, value / WORST_SCORE),
        lambda at: diverging(1 - at),
        lambda value: say.number(value, ".0f"),
        lambda measure: say(
            "friction score {value}, n = {n:,} visits", value=interval(measure, ".0f", say), n=measure.n
        ),
        tuple(WORST_SCORE * step / 5 for step in range(6)),
        (say("smooth"), say("hurts")),
        say("friction was not observed here"),
    )


def _wait(waits: Mapping[str, Measure], known: Iterable[float], theme: Theme, say: Say) -> Paint:
    seconds = [value for value in known if value > 0]
    least, most = (min(seconds), max(seconds)) if seconds else (MINUTE, DAY)
    first = max((mark for mark in MARKS if mark <= least), default=MARKS[0])
    last = min((mark for mark in MARKS if mark >= most and mark > first), default=MARKS[-1])
    reach = math.log(last / first)
    ramp = SHORT_TO_LONG[theme.name]

    def told(measure: Measure) -> str:
        if measure.low is None:
            return say("median wait before it {value}, n = {n:,} waits", value=span(measure.value, say), n=measure.n)
        return say(
            "median wait before it {value} ({low}–{high}), n = {n:,} waits",
            value=span(measure.value, say),
            low=span(measure.low, say),
            high=span(measure.high, say),
            n=measure.n,
        )

    return Paint(
        "wait",
        say("Median wait before a touchpoint, and on each move (logarithmic)"),
        waits,
        lambda value: min(1.0, max(0.0, math.log(max(value, first) / first) / reach)),
        lambda at: mixed(ramp, at),
        lambda value: _short(value, say),
        told,
        tuple(mark for mark in MARKS if first <= mark <= last),
        (say("short"), say("long")),
        say("nobody came here from another touchpoint, or no times are known"),
        moves=True,
    )


def _short(seconds: float, say: Say) -> str:
    """A duration as short as a card needs it: “3.2 d”, “40 min”."""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= size:
            rough = round(seconds / size, 1)
            return f"{say.number(rough, '.0f' if rough >= 10 or rough.is_integer() else '.1f')} {unit}"
    return f"{say.number(seconds, '.0f')} s"


def mixed(ramp: Sequence[str], at: float) -> str:
    """The colour at a place (0–1) of a ramp of colours that stand at equal distances."""
    way = min(1.0, max(0.0, at)) * (len(ramp) - 1)
    low = min(len(ramp) - 2, int(way))
    pairs = ((int(ramp[low][i : i + 2], 16), int(ramp[low + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * (way - low)):02X}" for a, b in pairs)
