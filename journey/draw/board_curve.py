"""The board's figures: the emotion curve, effort and friction, each with interval and n."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from journey.draw.board_cards import FEW, Facts
from journey.draw.board_parts import Bar, Curve, Lane, Point
from journey.draw.cards import WORST_SCORE
from journey.draw.theme import COMPONENT_NAMES, diverging
from journey.draw.words import interval
from journey.model import COMPONENTS, Friction, Measure, Scale, Touchpoint

__all__ = ["effort", "emotion", "friction"]

SIZES = (FEW, 100, 1_000)  # answers from which a dot is a size larger
CALLS = 8  # dots written beside the curve at most: half of them high, half low


def feeling(answer: float, scale: Scale) -> float:
    """An answer on its scale as emotion: −2 is the worst that can be given, 0 the middle, +2 the best."""
    return 4 * scale.pomp(answer) - 2


def emotion(facts: Facts) -> Lane:
    """The curve, the other persona's, and the one that is wanted."""
    say, scale = facts.say, facts.satisfaction
    curves = [_curve(facts, facts.touchpoints, scale, style="first", name="")]
    if facts.other is not None:
        met = [facts.others.get(touchpoint.name) for touchpoint in facts.touchpoints]
        theirs = facts.other.scales.get("satisfaction")
        curves.append(_curve(facts, met, theirs, style="second", name=facts.other_name))
    if facts.to_be and scale is not None:
        curves.append(_wanted(facts, scale))
    accepted = facts.targets.get("dissatisfaction")
    return Lane(
        id="emotion",
        title=say("Emotion"),
        hint="" if scale is None else say("satisfaction: −2 is answer {low:g}, +2 is {high:g}", **_ends(scale)),
        kind="curve",
        empty=say("satisfaction was not asked") if scale is None else say("no answers"),
        curves=tuple(curves) if scale is not None else (),
        target=None if accepted is None or scale is None else (4 * (1 - accepted) - 2, say("acceptable")),
    )


def _ends(scale: Scale) -> dict[str, float]:
    """The worst and the best answer of a scale."""
    return {"low": scale.low, "high": scale.high} if scale.good == "high" else {"low": scale.high, "high": scale.low}


def _curve(
    facts: Facts, touchpoints: Sequence[Touchpoint | None], scale: Scale | None, *, style: str, name: str
) -> Curve:
    felt = [None if t is None or scale is None else _felt(t.satisfaction, scale) for t in touchpoints]
    calls = _calls(felt, touchpoints) if style == "first" else {}
    points = []
    for at, (touchpoint, value) in enumerate(zip(touchpoints, felt, strict=True)):
        found = Measure.missing() if touchpoint is None else touchpoint.satisfaction
        low, high = (None, None) if value is None or scale is None else _both(found, scale)
        points.append(
            Point(
                at=at,
                value=value,
                low=low,
                high=high,
                n=facts.say.number(found.n),
                size=bisect_right(SIZES, found.n),
                paint=facts.theme.line if value is None else diverging((value + 2) / 4),
                label=facts.say.number(found.value, ".1f"),
                call=calls.get(at, 0),
                about=_told(facts, facts.touchpoints[at].name, found, value, name),
            )
        )
    return Curve(name=name, style="second" if style == "second" else "first", points=tuple(points))


def _felt(found: Measure, scale: Scale) -> float | None:
    return None if found.value is None else feeling(found.value, scale)


def _both(found: Measure, scale: Scale) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    low, high = sorted((feeling(found.low, scale), feeling(found.high, scale)))
    return low, high


def _told(facts: Facts, name: str, found: Measure, value: float | None, who: str) -> tuple[str, ...]:
    say = facts.say
    lines = [name, who] if who else [name]
    if value is None:
        return (*lines, say("no answers: a gap in the evidence"))
    return (
        *lines,
        say("satisfaction {value}, n = {n:,}", value=interval(found, ".2f", say), n=found.n),
        say("emotion {value} of −2 to +2", value=say.number(value, "+.1f").replace("-", "−")),
        say("Intervals are 95%."),
    )


def _calls(felt: Sequence[float | None], touchpoints: Sequence[Touchpoint | None]) -> Mapping[int, int]:
    """Which dots are written beside the curve, and in which turn: peaks and valleys, the most extreme first.

    Only those with enough answers, as long as any has.
    """
    enough = {at for at, t in enumerate(touchpoints) if t is not None and t.satisfaction.n >= FEW}
    known = [(at, value) for at, value in enumerate(felt) if value is not None and (at in enough or not enough)]
    peaks, valleys = [], []
    for place, (at, value) in enumerate(known):
        beside = [known[i][1] for i in (place - 1, place + 1) if 0 <= i < len(known)]
        if all(value >= other for other in beside):
            peaks.append((value, at))
        if all(value <= other for other in beside):
            valleys.append((value, at))
    high = [at for _, at in sorted(peaks, reverse=True)[: CALLS // 2]]
    low = [at for _, at in sorted(valleys)[: CALLS // 2]]
    turns: dict[int, int] = {}
    for place in range(CALLS // 2):
        for at in (*low[place : place + 1], *high[place : place + 1]):
            turns.setdefault(at, len(turns) + 1)
    return turns


def _wanted(facts: Facts, scale: Scale) -> Curve:
    """The to-be curve: what people want the satisfaction to be, on the answers' own scale."""
    points = []
    for at, touchpoint in enumerate(facts.touchpoints):
        answer = facts.to_be.get(touchpoint.name)
        value = None if answer is None else feeling(answer, scale)
        points.append(
            Point(
                at=at,
                value=value,
                low=None,
                high=None,
                n="",
                size=1,
                paint=facts.theme.ground,
                label=facts.say.number(answer, ".1f"),
                call=0,
                about=(touchpoint.name, facts.say("to be: satisfaction {value:.1f}, assumed", value=answer or 0)),
            )
        )
    return Curve(name=facts.say("to be"), style="to-be", points=tuple(points))


def effort(facts: Facts) -> Lane:
    """How hard it was: the higher the bar the harder, whichever way the question was asked."""
    say, scale = facts.say, facts.effort
    accepted = facts.targets.get("effort")
    bars = []
    for at, touchpoint in enumerate(facts.touchpoints):
        found = touchpoint.effort
        if scale is None or found.value is None or found.low is None or found.high is None:
            continue
        height = 1 - scale.pomp(found.value)
        low, high = sorted((1 - scale.pomp(found.low), 1 - scale.pomp(found.high)))
        strong = accepted is not None and low > accepted
        bars.append(
            Bar(
                at=at,
                parts=((height, facts.theme.back if strong else facts.theme.components["effort"]),),
                low=low,
                high=high,
                label=say.number(found.value, ".1f"),
                strong=strong,
                other=_their_effort(facts, touchpoint.name),
                about=(
                    touchpoint.name,
                    say("effort scale {value}, n = {n:,}", value=interval(found, ".2f", say), n=found.n),
                    say("{share:.0%} of the greatest effort", share=height),
                    say("Intervals are 95%."),
                ),
            )
        )
    return Lane(
        id="effort",
        title=say("Effort"),
        hint="" if scale is None else say("taller is harder; {low:g} is hardest, {high:g} easiest", **_ends(scale)),
        kind="bars",
        empty=say("effort was not asked") if scale is None else say("no answers"),
        bars=tuple(bars),
        target=None if accepted is None or not bars else (accepted, say("acceptable")),
    )


def _their_effort(facts: Facts, name: str) -> float | None:
    twin = facts.others.get(name)
    scale = None if facts.other is None else facts.other.scales.get("effort")
    if twin is None or scale is None or twin.effort.value is None:
        return None
    return 1 - scale.pomp(twin.effort.value)


def friction(facts: Facts) -> Lane:
    """The score, as a stack of the components that add up to it."""
    say = facts.say
    most = max((one.score.high or 0 for one in facts.friction.values()), default=0)
    full = max(WORST_SCORE, most)
    bars = []
    for at, touchpoint in enumerate(facts.touchpoints):
        one = facts.friction.get(touchpoint.name)
        if one is None or one.score.value is None:
            continue
        parts = [name for name in COMPONENTS if name in one.contributions]
        bars.append(
            Bar(
                at=at,
                parts=tuple((one.contributions[name] / full, facts.theme.components[name]) for name in parts),
                low=(one.score.low or 0) / full,
                high=(one.score.high or 0) / full,
                label=say.number(one.score.value, ".0f"),
                strong=True,
                other=None,
                about=_parts(one, touchpoint.name, facts),
            )
        )
    return Lane(
        id="friction",
        title=say("Friction"),
        hint=say("score 0–100, high is bad; the parts add up to it"),
        kind="stacks",
        empty=say("nothing was observed") if facts.friction else say("friction can't be judged here"),
        bars=tuple(bars),
    )


def _parts(one: Friction, name: str, facts: Facts) -> tuple[str, ...]:
    """A score and its components, the largest first."""
    say, score = facts.say, interval(one.score, ".1f", facts.say)
    ordered = sorted(one.contributions.items(), key=lambda part: -part[1])
    return (
        name,
        say("friction score {value}, n = {n:,} visits", value=score, n=one.score.n),
        *(say("{name}: {points:.1f} points", name=say(COMPONENT_NAMES[part]), points=x) for part, x in ordered),
    )
