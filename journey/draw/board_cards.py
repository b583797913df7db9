"""The head of the board: personas, stages, and the touchpoints' cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from journey.analysis.friction import Ranking
from journey.draw.board_paint import channel_icon, stage_paint
from journey.draw.board_parts import Card, Persona, Stage
from journey.draw.theme import Theme, diverging, ink_on
from journey.draw.words import Say, interval, share
from journey.events.stages import StageTotal
from journey.model import Friction, Journey, Scale, Touchpoint

__all__ = ["FEW", "Facts", "cards", "persona", "stages"]

# Answers from which a score may be read at a glance.
FEW = 30


@dataclass(frozen=True)
class Facts:
    """What a board is drawn from: the findings, and how they are said and painted."""

    journey: Journey
    ranking: Ranking | None
    other: Journey | None
    other_name: str
    unit: str
    theme: Theme
    say: Say
    quotes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    to_be: Mapping[str, float] = field(default_factory=dict)
    truths: Mapping[str, str] = field(default_factory=dict)

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        return self.journey.touchpoints

    @property
    def satisfaction(self) -> Scale | None:
        return self.journey.scales.get("satisfaction")

    @property
    def effort(self) -> Scale | None:
        return self.journey.scales.get("effort")

    @cached_property
    def friction(self) -> Mapping[str, Friction]:
        return {} if self.ranking is None else {str(one.at): one for one in self.ranking}

    @cached_property
    def others(self) -> Mapping[str, Touchpoint]:
        return {} if self.other is None else {touchpoint.name: touchpoint for touchpoint in self.other.touchpoints}

    @cached_property
    def names(self) -> tuple[str | None, ...]:
        """The stages that have touchpoints, in order; None: those without a stage."""
        return tuple(dict.fromkeys(touchpoint.stage for touchpoint in self.touchpoints))

    @cached_property
    def stars(self) -> Mapping[str, str]:
        """The moments of truth, each with its reason: those found by the outcome, else the worst and the best."""
        if self.truths:
            return self.truths
        say, found = self.say, {}
        for name, one in self.friction.items():
            if one.p_top3 >= 0.5 and (one.burden.value or 0) > 0:
                found[name] = say("among the three largest burdens in {p:.0%} of draws", p=one.p_top3)
        rated = [t for t in self.touchpoints if t.satisfaction.n >= FEW and self.satisfaction]
        if len(rated) > 1 and self.satisfaction:
            best = max(rated, key=lambda touchpoint: good(touchpoint, self.satisfaction) or 0)
            found[best.name] = say("the best satisfaction of all with {n} answers or more", n=FEW)
        return found


def good(touchpoint: Touchpoint, scale: Scale | None) -> float | None:
    """Satisfaction as a share of its scale, 1 the good end; None where nobody answered."""
    value = touchpoint.satisfaction.value
    return None if value is None or scale is None else scale.pomp(value)


def persona(journey: Journey, name: str, period: str, say: Say, *, second: bool = False) -> Persona:
    """Whose journey it is, with its cases, goal, period and recommendation."""
    facts = [say("{n:,} cases", n=journey.cases)]
    if journey.customers and journey.customers != journey.cases:
        facts.append(say("{n:,} customers", n=journey.customers))
    if journey.reached is not None and journey.cases:
        facts.append(
            say(
                "goal {goal}: {n:,} of them ({share})",
                goal=", ".join(journey.goal),
                n=journey.reached,
                share=share(journey.reached / journey.cases, say),
            )
        )
    if journey.nps.value is not None:
        facts.append(say("NPS {value}, n = {n:,}", value=interval(journey.nps, ".0f", say), n=journey.nps.n))
    if period:
        facts.append(period)
    return Persona(name=name, facts=tuple(facts), style="second" if second else "first")


def stages(facts: Facts, totals: Collection[StageTotal]) -> tuple[Stage, ...]:
    """The chevrons, in order."""
    known = {total.stage: total for total in totals}
    found = []
    for at, name in enumerate(facts.names):
        size = sum(touchpoint.stage == name for touchpoint in facts.touchpoints)
        brief, about = _totals(known.get(name), facts)
        counted = facts.say("{n} touchpoints", n=size)
        title = name or (facts.say("Without a stage") if len(facts.names) > 1 else facts.say("All touchpoints"))
        found.append(
            Stage(
                name=title,
                size=size,
                facts=brief or (counted,),
                about=(title, counted, *about),
                paint=stage_paint(at, len(facts.names)),
            )
        )
    return tuple(found)


def _totals(total: StageTotal | None, facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A stage's totals in short, and in full."""
    if total is None:
        return (), ()
    say, content, on = facts.say, total.satisfaction, total.on
    cases = say("{n:,} cases", n=total.cases)
    brief, about = [cases], [say("{cases:,} cases, {visits:,} visits", cases=total.cases, visits=total.visits)]
    if on.value is not None:
        brief = [say("{n:,} cases, {share} go on", n=total.cases, share=share(on.value, say))]
        about.append(
            say(
                "{value} of these cases met a later stage afterwards, n = {n:,}", value=interval(on, ".1%", say), n=on.n
            )
        )
    if content.value is not None:
        brief.append(say("satisfaction {value:.1f}, n = {n:,}", value=content.value, n=content.n))
        about.append(say("satisfaction {value}, n = {n:,}", value=interval(content, ".2f", say), n=content.n))
    about.append(say("Intervals are 95%."))
    return tuple(brief), tuple(about)


def cards(facts: Facts) -> tuple[Card, ...]:
    """The touchpoints' cards, in the journey's order."""
    return tuple(_card(touchpoint, facts) for touchpoint in facts.touchpoints)


def _card(touchpoint: Touchpoint, facts: Facts) -> Card:
    theme, say, n = facts.theme, facts.say, touchpoint.satisfaction.n
    paint, ink, score = _pill(touchpoint, facts.satisfaction, theme, say)
    twin = facts.others.get(touchpoint.name)
    second = None
    if facts.other is not None:
        missing = (theme.band, theme.muted, "–")
        second = _pill(twin, facts.other.scales.get("satisfaction"), theme, say) if twin else missing
    return Card(
        name=touchpoint.name,
        stage=facts.names.index(touchpoint.stage),
        channels=tuple((channel_icon(channel), channel) for channel in touchpoint.channels),
        cases=say("{n:,} cases", n=touchpoint.cases),
        count=say.number(touchpoint.cases),
        score=score,
        n=say("n = {n:,}", n=n),
        few=n < FEW,
        paint=paint,
        ink=ink,
        second=second,
        star=facts.stars.get(touchpoint.name, ""),
        source=touchpoint.source,
        pins=tuple(facts.pins.get(touchpoint.name, ())),
        about=about(touchpoint, facts),
    )


def _pill(touchpoint: Touchpoint, scale: Scale | None, theme: Theme, say: Say) -> tuple[str, str, str]:
    """Ground, ink and text of a score."""
    value = good(touchpoint, scale)
    if value is None:
        return theme.band, theme.muted, "–"
    paint = diverging(value)
    return paint, ink_on(paint), say.number(touchpoint.satisfaction.value, ".1f")


def about(touchpoint: Touchpoint, facts: Facts) -> tuple[str, ...]:
    """A touchpoint in lines."""
    say = facts.say
    lines = [
        touchpoint.name,
        say("{cases:,} cases, {visits:,} visits", cases=touchpoint.cases, visits=touchpoint.visits),
        *_answers(touchpoint, facts),
    ]
    if touchpoint.name in facts.friction:
        one = facts.friction[touchpoint.name]
        lines.append(
            say("friction score {value}, n = {n:,} visits", value=interval(one.score, ".1f", say), n=one.score.n)
        )
        lines.append(say("burden {value} {unit}", value=interval(one.burden, ",.0f", say), unit=facts.unit))
    if touchpoint.name in facts.stars:
        lines.append(say("moment of truth: {why}", why=facts.stars[touchpoint.name]))
    sources = {"measured": say("measured"), "said": say("said in research"), "assumed": say("assumed")}
    lines.append(sources[touchpoint.source])
    return tuple(lines)


def _answers(touchpoint: Touchpoint, facts: Facts) -> list[str]:
    say, lines = facts.say, []
    if touchpoint.satisfaction.value is None:
        lines.append(say("no answers on satisfaction"))
    else:
        found = touchpoint.satisfaction
        lines.append(say("satisfaction {value}, n = {n:,}", value=interval(found, ".2f", say), n=found.n))
    twin = facts.others.get(touchpoint.name)
    if twin is not None and twin.satisfaction.value is not None:
        lines.append(
            say(
                "{who}: satisfaction {value}, n = {n:,}",
                who=facts.other_name,
                value=interval(twin.satisfaction, ".2f", say),
                n=twin.satisfaction.n,
            )
        )
    if touchpoint.effort.value is not None:
        found = touchpoint.effort
        lines.append(say("effort scale {value}, n = {n:,}", value=interval(found, ".2f", say), n=found.n))
    return lines
