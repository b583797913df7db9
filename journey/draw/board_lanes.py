"""The board's texts: what customers do, say, suffer and praise, in short sentences about what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from journey.draw.board_cards import Facts
from journey.draw.board_paint import channel_icon
from journey.draw.board_parts import Cell, Lane, Note, Tone
from journey.draw.words import Say, interval, share, span
from journey.model import END, START, Friction, Measure, Touchpoint, Transition

__all__ = ["channels", "doing", "gains", "numbers", "opportunities", "pains", "promises", "support", "thinking"]

SOME = 0.01  # shares of visits below this are not worth a sentence
# A gain stands at least this far under what is expected, the whole interval long.
CLEARLY = 2 / 3


def doing(facts: Facts) -> Lane:
    """What customers do at a touchpoint: where they go on to, whether they come straight back, whether they end."""
    say = facts.say
    return Lane(
        id="doing",
        title=say("Doing"),
        hint=say("shares of visits"),
        kind="notes",
        empty=say("nothing observed"),
        most=3,
        notes=tuple(note for at, touchpoint in enumerate(facts.touchpoints) for note in _does(at, touchpoint, facts)),
    )


def _does(at: int, touchpoint: Touchpoint, facts: Facts) -> Iterator[Note]:
    say, n = facts.say, touchpoint.visits
    leaving = [edge for edge in facts.journey.transitions if edge.source == touchpoint.name and edge.share is not None]
    of = say("of {n:,} visits", n=n)
    on = _onward(leaving)
    if on is not None:
        text = say("{share} go on to {next}", share=share(on.share, say), next=str(on.target))
        yield Note(at=at, text=text, more=of, weight=on.moves)
    for edge in leaving:
        if edge.share is None or edge.share < SOME:
            continue
        part = share(edge.share, say)
        if edge.target == touchpoint.name:
            yield Note(at=at, text=say("{share} come straight back", share=part), more=of, weight=edge.moves)
        elif edge.target is END:
            yield Note(at=at, text=say("{share} end here", share=part), more=of, weight=edge.moves)
    for edge in facts.journey.transitions:
        if edge.source is START and edge.target == touchpoint.name and (edge.share or 0) >= SOME:
            text = say("{share} of all cases begin here", share=share(edge.share, say))
            yield Note(at=at, text=text, more=say("of {n:,} cases", n=facts.journey.cases), weight=edge.moves)


def _onward(leaving: list[Transition]) -> Transition | None:
    """The commonest move to another touchpoint."""
    others = [edge for edge in leaving if edge.target is not END and edge.target != edge.source]
    return max(others, key=lambda edge: edge.moves, default=None)


def thinking(facts: Facts) -> Lane:
    """What customers wrote, in their own words."""
    notes = [
        Note(at=at, text=quote, tone="quote", weight=touchpoint.visits - place)
        for at, touchpoint in enumerate(facts.touchpoints)
        for place, quote in enumerate(facts.quotes.get(touchpoint.name, ()))
    ]
    return Lane(
        id="thinking",
        title=facts.say("Thinking"),
        hint=facts.say("latest comments with the usual rating"),
        kind="notes",
        empty=facts.say("no comments"),
        most=1,
        notes=tuple(notes),
    )


def pains(facts: Facts) -> Lane:
    """Where a component stands above what is expected, its whole interval long."""
    say = facts.say
    notes = []
    for at, one in _judged(facts):
        for name, found in one.components.items():
            expected = one.expected.get(name)
            if found.value is None or found.low is None or expected is None or found.low <= expected:
                continue
            points = one.contributions.get(name, 0.0) * (1 - expected / found.value)
            text = _pain(name, found.value, expected, say)
            notes.append(_judgement(at, text, found, "bad", points * one.score.n, say))
    return Lane(
        id="pains",
        title=say("Pains"),
        hint=say("clearly worse than expected"),
        kind="notes",
        empty=say("none stands out") if facts.friction else say("friction can't be judged here"),
        most=2,
        notes=tuple(sorted(notes, key=lambda note: (note.at, -note.weight))),
    )


def gains(facts: Facts) -> Lane:
    """Where what is felt, or a promised wait, stands clearly under what is expected of it; an exit less is no gain.

    Where nothing was felt anywhere, what is observed has to do.
    """
    say = facts.say
    felt = ("dissatisfaction", "effort")
    asked = any(name in one.components for _, one in _judged(facts) for name in felt)
    notes = []
    for at, one in _judged(facts):
        for name, found in one.components.items():
            expected = one.expected.get(name)
            if found.value is None or found.high is None or expected is None or found.high > CLEARLY * expected:
                continue
            if name in (*felt, "wait") or not asked:
                text = _gain(name, found.value, expected, say)
                notes.append(_judgement(at, text, found, "good", (expected - found.value) * found.n, say))
    return Lane(
        id="gains",
        title=say("Gains"),
        hint=say("clearly better than expected"),
        kind="notes",
        empty=say("none stands out") if facts.friction else say("friction can't be judged here"),
        most=2,
        notes=tuple(sorted(notes, key=lambda note: (note.at, -note.weight))),
    )


def _judged(facts: Facts) -> Iterator[tuple[int, Friction]]:
    for at, touchpoint in enumerate(facts.touchpoints):
        if touchpoint.name in facts.friction:
            yield at, facts.friction[touchpoint.name]


def _judgement(at: int, text: str, found: Measure, tone: Tone, weight: float, say: Say) -> Note:
    more = say("{value}, n = {n:,}", value=interval(found, ".1%", say), n=found.n)
    return Note(at=at, text=text, more=more, tone=tone, weight=weight)


def _pain(name: str, value: float, expected: float, say: Say) -> str:
    told = {"value": share(value, say), "expected": share(expected, say)}
    return {
        "dissatisfaction": say("dissatisfaction {value}, {expected} expected", **told),
        "effort": say("effort {value}, {expected} expected", **told),
        "exit": say("{value} leave here, {expected} expected", **told),
        "rework": say("{value} have to come back, {expected} expected", **told),
        "wait": say("comes late: lateness {value}, {expected} expected", **told),
        "switch": say("{value} go on in another channel, {expected} expected", **told),
        "help": say("{value} need support after it, {expected} expected", **told),
    }[name]


def _gain(name: str, value: float, expected: float, say: Say) -> str:
    told = {"value": share(value, say), "expected": share(expected, say)}
    return {
        "dissatisfaction": say("dissatisfaction only {value}, {expected} expected", **told),
        "effort": say("effort only {value}, {expected} expected", **told),
        "exit": say("only {value} leave here, {expected} expected", **told),
        "rework": say("only {value} have to come back, {expected} expected", **told),
        "wait": say("comes in time: lateness only {value}, {expected} expected", **told),
        "switch": say("only {value} go on in another channel, {expected} expected", **told),
        "help": say("only {value} need support after it, {expected} expected", **told),
    }[name]


def numbers(facts: Facts) -> Lane:
    """Visits, ends, answers, and how long the commonest next step takes; for a stage what adds up."""
    say = facts.say
    cells, stages = [], []
    for at, touchpoint in enumerate(facts.touchpoints):
        leaving = [edge for edge in facts.journey.transitions if edge.source == touchpoint.name]
        on = _onward(leaving)
        wait = [] if on is None else [(say("median wait"), span(on.wait_median_s, say))]
        cells.append(Cell(at=at, pairs=(*_counts([touchpoint], say), *wait)))
    for at, stage in enumerate(facts.names):
        here = [touchpoint for touchpoint in facts.touchpoints if touchpoint.stage == stage]
        stages.append(Cell(at=at, pairs=_counts(here, say)))
    return Lane(
        id="numbers",
        title=say("Numbers"),
        hint=say("shares of visits; wait until the commonest next step"),
        kind="facts",
        cells=tuple(cells),
        stages=tuple(stages),
    )


def _counts(touchpoints: list[Touchpoint], say: Say) -> tuple[tuple[str, str], ...]:
    visits = sum(touchpoint.visits for touchpoint in touchpoints)
    ends = sum(touchpoint.ends for touchpoint in touchpoints)
    asked = [t for t in touchpoints if t.response_rate is not None]
    answered = sum((t.response_rate or 0) * t.visits for t in asked)
    rate = answered / visits if asked and visits else None
    return (
        (say("visits"), say.number(visits)),
        (say("end here"), say("{n:,} ({share})", n=ends, share=share(ends / visits if visits else None, say))),
        (say("answered"), share(rate, say)),
    )


def channels(facts: Facts) -> Lane:
    """The channels in use, most used first; a stage's by how many of its touchpoints use them."""
    stages = []
    for at, stage in enumerate(facts.names):
        used: dict[str, int] = {}
        for touchpoint in facts.touchpoints:
            for name in touchpoint.channels if touchpoint.stage == stage else ():
                used[name] = used.get(name, 0) + 1
        ordered = sorted(used, key=lambda name: -used[name])
        stages.append(Cell(at=at, pairs=tuple((channel_icon(name), name) for name in ordered)))
    return Lane(
        id="channels",
        title=facts.say("Channels"),
        hint=facts.say("in use, commonest first"),
        kind="channels",
        empty=facts.say("not known"),
        cells=tuple(
            Cell(at=at, pairs=tuple((channel_icon(name), name) for name in touchpoint.channels))
            for at, touchpoint in enumerate(facts.touchpoints)
        ),
        stages=tuple(stages),
    )


def support(facts: Facts) -> Lane:
    """How many visits are followed by a call for help, and which touchpoints are the help itself."""
    say, notes = facts.say, []
    itself = set() if facts.ranking is None else set(facts.ranking.terms.support)
    for at, touchpoint in enumerate(facts.touchpoints):
        one = facts.friction.get(touchpoint.name)
        found = one.components.get("help") if one is not None else None
        if touchpoint.name in itself:
            text = say("support itself: {n:,} visits", n=touchpoint.visits)
            notes.append(Note(at=at, text=text, weight=touchpoint.visits))
        elif one is not None and found is not None and found.value is not None:
            bad = (found.low or 0) > one.expected.get("help", 1.0)
            worth = found.value if found.value >= SOME else 0
            text = say("{value} need support after it", value=share(found.value, say))
            notes.append(_judgement(at, text, found, "bad" if bad else "plain", worth * found.n, say))
    return Lane(
        id="support",
        title=say("Support"),
        hint=say("visits followed by a support contact"),
        kind="notes",
        empty=say("not known"),
        most=2,
        notes=tuple(notes),
    )


def promises(facts: Facts) -> Lane:
    """What was promised, and how late it comes."""
    say, notes = facts.say, []
    terms = None if facts.ranking is None else facts.ranking.terms
    for at, one in _judged(facts):
        found = one.components.get("wait")
        if found is None or found.value is None or terms is None:
            continue
        name = facts.touchpoints[at].name
        within = terms.since.get(name, terms.promises.get(name))
        usual = terms.promises_from.get(name) == "data"
        expected = one.expected.get("wait", 0.0)
        told = {"value": share(found.value, say), "expected": share(expected, say)}
        late = say("lateness {value}, {expected} expected", **told)
        if within is None:
            text = say("a date was promised: {late}", late=late)
        elif usual:
            text = say("usually within {span}: {late}", span=span(within / 1e6, say), late=late)
        else:
            text = say("promised within {span}: {late}", span=span(within / 1e6, say), late=late)
        tone: Tone = "bad" if (found.low or 0) > expected else "good" if (found.high or 1) < expected else "plain"
        notes.append(_judgement(at, text, found, tone, found.value * found.n, say))
    return Lane(
        id="promises",
        title=say("Promises"),
        hint=say("waits, and how late they end"),
        kind="notes",
        empty=say("nothing promised"),
        most=2,
        notes=tuple(notes),
    )


def opportunities(facts: Facts) -> Lane:
    """How much less burden there would be if a touchpoint were as expected; the largest are the longest bars."""
    say = facts.say
    found = [(at, one) for at, one in _judged(facts) if one.burden.value and (one.burden.low or 0) > 0]
    most = max((one.burden.value or 0 for _, one in found), default=0)
    notes = [
        Note(
            at=at,
            text=say("{value:,.0f} {unit} less burden", value=one.burden.value, unit=facts.unit),
            more=say("95% interval {low:,.0f}–{high:,.0f}", low=one.burden.low, high=one.burden.high),
            tone="chance",
            weight=one.burden.value or 0,
            size=(one.burden.value or 0) / most,
        )
        for at, one in found
    ]
    return Lane(
        id="opportunities",
        title=say("Opportunities"),
        hint=say("if it were as expected"),
        kind="notes",
        empty=say("none stands out") if facts.friction else say("friction can't be judged here"),
        most=2,
        notes=tuple(notes),
    )
