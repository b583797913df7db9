"""What a what-if stands on: a log's flow, friction and answers, gathered once; then an answer takes milliseconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from journey.analysis.chain import NORMAL, SURE, Array
from journey.analysis.flow import Flow, flow
from journey.analysis.friction import Ranking, friction
from journey.analysis.second import States
from journey.analysis.whatif import listed, waits_of
from journey.analysis.whatif_burden import burden, satisfaction, severities_then
from journey.analysis.whatif_changes import Change, Rating, Wait
from journey.analysis.whatif_effect import Effect, Note, ends_of, gains_of
from journey.analysis.whatif_ratings import Tie, tie
from journey.analysis.whatif_rows import Leaving, rows_of, state
from journey.analysis.whatif_second import gain_of, remembering
from journey.analysis.whatif_solve import Influence, Known, Moved, moved, variance
from journey.analysis.whatif_totals import (
    Shift,
    Total,
    chance_shift,
    goals,
    plain_shift,
    scaled,
    seconds,
    steps,
    total,
    unknown,
    wait_times,
)
from journey.errors import JourneyError
from journey.events.log import EventLog
from journey.events.mine import goals_of, mine
from journey.events.supposing import Answered, Lateness, lateness, leaving, wait_errors
from journey.events.trend import months
from journey.model import Journey, Measure

__all__ = ["Basis", "Contrast", "suppose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two effects of the same basis side by side: b less a, with intervals of their own.

    What both rest on is the same data, so a difference can be clear although the intervals of the two overlap.
    """

    goal_rate: Measure
    reached: Measure
    money: Measure | None
    burden: Measure | None
    steps: Measure
    duration_s: Measure | None


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a what-if stands on. Made by `suppose`; `what_if` answers from it.

    flow      the chain of the cases up to their first goal
    journey   the journey of the whole cases, for visits and answers
    months    that the log spans; None where no times are known
    value     what one more case with the goal is worth, in `currency`; None where nobody said
    remembers whether where a case came from foretells its next move too, which this chain does not remember
    ranking   friction, or None where nothing could be judged
    """

    flow: Flow
    journey: Journey
    months: float | None
    value: float | None
    currency: str | None
    costs: Mapping[str, float]
    remembers: bool = False
    second: States | None = field(default=None, repr=False, compare=False)
    ranking: Ranking | None = field(repr=False)
    answered: Mapping[str, Answered] = field(repr=False)
    late: Mapping[tuple[str, str], Lateness] = field(repr=False)
    errors: Array = field(repr=False, compare=False)

    def worth(self, value: float | None) -> Basis:
        """The same with another value of a case that reaches the goal. Raises JourneyError unless it is 0 or more."""
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise JourneyError(
                "What a case with the goal is worth is a number of 0 or more, not {got}.", got=f"{value:g}"
            )
        return replace(self, value=value)

    def what_if(self, changes: Iterable[Change]) -> Effect:
        """What these changes would bring, made one after the other, with 95 % intervals.

        Shares that are set come first at each touchpoint. Those who are kept, sent or come again go on as those who are
        there today; a wait changes times and the burden of waiting; a rating changes satisfaction and the burden of
        dissatisfaction, and the goal only where leaving clearly goes with the answers (`Tie`), as an association.
        What is asked for is taken as certain; what was counted, and friction, are not (first order: Dirichlet rows,
        ∂/∂P_ij = N_si v_j). Raises JourneyError for unknown places and changes that can't be.
        """
        asked = listed(changes)
        chain, n = self.flow.chain, self.flow.cases
        waits, ratings = waits_of(chain, asked), self._ratings(asked)
        ties = self._ties(ratings)
        moving = [*asked, *(Leaving(one.at, one.times, one.sd) for one in ties if one.verdict == "tied")]
        found = moved(chain, rows_of(chain, moving))
        rate, taken = (total(found, of, found.then(of)) for of in (self._known["goals"], self._known["steps"]))
        goal_rate = chance_shift(rate, self.flow.goal_rate, interval=self._sure)
        time, wait = self._time(found, waits)
        hurt = self._burden(found, waits, ratings)
        reached = scaled(goal_rate, n)
        return Effect(
            changes=asked,
            goal_rate=goal_rate,
            reached=reached,
            per_month=None if not self.months else scaled(goal_rate, n / self.months).gain,
            money=None if self.value is None else scaled(goal_rate, n * self.value),
            burden=None if hurt is None else plain_shift(hurt, n, interval=self._sure, scale=n),
            steps=plain_shift(taken, n, interval=self._sure, today=self.flow.steps),
            duration_s=wait,
            satisfaction=satisfaction(found, self.journey, ratings, sign=self._sign),
            by=gains_of(found, n),
            ends=ends_of(found, rate, n),
            ties=ties,
            notes=self._notes(found, goal_rate, waits, wait, moving),
            totals={"goal_rate": rate, "steps": taken}
            | ({"duration_s": time} if time else {})
            | ({"burden": hurt} if hurt else {}),
        )

    def contrast(self, a: Effect, b: Effect) -> Contrast:
        """What b brings beyond a, both answered by this basis."""
        n = self.flow.cases
        rate = self._apart(a, b, "goal_rate", 1.0)
        assert rate is not None
        counted = self._apart(a, b, "goal_rate", float(n))
        taken = self._apart(a, b, "steps", 1.0)
        assert counted is not None
        assert taken is not None
        return Contrast(
            goal_rate=rate,
            reached=counted,
            money=None if self.value is None else self._apart(a, b, "goal_rate", n * self.value),
            burden=self._apart(a, b, "burden", float(n)),
            steps=taken,
            duration_s=self._apart(a, b, "duration_s", 1.0),
        )

    def _apart(self, a: Effect, b: Effect, name: str, scale: float) -> Measure | None:
        if name not in a.totals or name not in b.totals:
            return None
        one, other = a.totals[name], b.totals[name]
        gap: Influence = other.difference - one.difference
        waits = self.errors if name == "duration_s" else None
        half = NORMAL * math.sqrt(variance(self.flow.chain, gap, waits)) * scale
        value = scale * (other.then - one.then)
        if not self._sure:
            return Measure(value, None, None, self.flow.cases)
        return Measure(value, value - half, value + half, self.flow.cases)

    @property
    def _sure(self) -> bool:
        return self.flow.goal_rate.low is not None

    @property
    def _sign(self) -> int:
        scale = self.journey.scales.get("satisfaction")
        return 1 if scale is None or scale.good == "high" else -1

    def _ratings(self, changes: Sequence[Change]) -> tuple[Rating, ...]:
        ratings = tuple(change for change in changes if isinstance(change, Rating))
        for change in ratings:
            if "satisfaction" not in self.journey.scales or not self.answered:
                raise JourneyError("What if: satisfaction was not asked at touchpoints, so no rating can be changed.")
            state(self.flow.chain, change.at, source=False)
            if change.at not in self.answered:
                raise JourneyError("What if: nobody answered at “{at}”, so no rating can be changed.", at=change.at)
        return ratings

    def _ties(self, ratings: Sequence[Rating]) -> tuple[Tie, ...]:
        by: dict[str, float] = {}
        for change in ratings:
            by[change.at] = by.get(change.at, 0.0) + change.by
        scale = self.journey.scales.get("satisfaction")
        if scale is None:
            return ()
        found = tuple(tie(at, self.answered[at], scale, amount) for at, amount in by.items())
        ends = {*self.flow.goal, *self.journey.ends}
        return tuple(one for one in found if one.at not in ends)

    def _time(self, found: Moved, waits: tuple[Wait, ...]) -> tuple[Total | None, Shift | None]:
        today, then = unknown(found)
        if today:
            return None, None
        of = self._known["seconds"]
        longer = of.on * wait_times(found.chain, waits) if waits else None
        time = total(found, of, found.then(of, on=longer), errors=self.errors)
        shift = plain_shift(time, self.flow.cases, interval=self._sure)
        if not then:
            return time, shift
        return None, replace(shift, then=Measure.missing(), gain=Measure.missing())

    @cached_property
    def _known(self) -> Mapping[str, Known]:
        chain = self.flow.chain
        return {"goals": goals(chain), "steps": steps(chain), "seconds": seconds(chain, self.errors)}

    def _burden(self, found: Moved, waits: Sequence[Wait], ratings: Sequence[Rating]) -> Total | None:
        if self.ranking is None:
            return None
        scale = self.journey.scales.get("satisfaction")
        severities = {
            str(one.at): severities_then(
                one, self.costs, moved=found, waits=waits, ratings=ratings, late=self.late, scale=scale
            )
            for one in self.ranking
        }
        visits = {str(one.at): float(one.score.n) for one in self.ranking}
        return burden(found, severities, visits, max(self.flow.cases, 1))

    def _notes(
        self,
        found: Moved,
        rate: Shift,
        waits: Sequence[Wait],
        time: Shift | None,
        moving: Sequence[Change | Leaving],
    ) -> tuple[Note, ...]:
        notes = []
        if not rate.today.value and not rate.then.value:
            notes.append(Note("nobody reaches the goal"))
        if self.remembers and found.rows:
            notes.append(self._second(moving, rate.gain))
        if rate.today.value == 1:
            notes.append(Note("everybody reaches the goal"))
        chain = found.chain
        for row in found.rows:
            if found.visits[row.k] <= SURE:
                notes.append(Note("nobody comes there", str(chain.names[row.k])))
        if time is not None and time.then.value is None:
            notes.append(Note("new ways"))
        if time is None:
            notes.append(Note("no times"))
        promised = {target for _, target in self.late}
        notes += [Note("no promise", one.at) for one in waits if self.ranking and one.at not in promised]
        return tuple(dict.fromkeys(notes))

    def _second(self, moving: Sequence[Change | Leaving], gain: Measure) -> Note:
        """What a chain that remembers more says of the goal."""
        second = None if self.second is None else gain_of(self.second, moving)
        if second is None:
            return Note("remembers more")
        inside = gain.low is None or gain.high is None or gain.low - SURE <= second <= gain.high + SURE
        return Note("second order" if inside else "second order differs", number=second * self.flow.cases)


def suppose(log: EventLog, *, goal: str | Sequence[str] | None = None, value: float | None = None) -> Basis:
    """Gather what what-ifs need of a log: its flow to the goal, friction, and who left after which answer.

    goal    touchpoints that count as success (default: the recipe's)
    value   what one more case that reaches the goal is worth, in the recipe's currency (default: its `goal_value`)

    Then ``suppose(log).what_if([Leave("ID check", -0.2)])``. Cases are followed to their first goal, so today's goal
    rate is the counted one. Raises JourneyError if there is no goal, or no case.
    """
    found = flow(log, goal=goal)
    whole = mine(log, goal=goal)
    remembers, second = remembering(log, found.goal)
    try:
        ranking = friction(log, goal=goal)
    except JourneyError:
        ranking = None
    recipe, chain = log.recipe, found.chain
    known = wait_errors(log, goals_of(log, goal))
    places = [*chain.names, None]
    errors = np.array(
        [known.get((places[i], places[j]), 0.0) for i, j in zip(chain.edges.i, chain.edges.j, strict=True)]
    )
    basis = Basis(
        flow=found,
        journey=whole,
        months=months(log),
        value=None,
        currency=recipe.currency,
        costs=dict[str, float](recipe.costs.items()),
        ranking=ranking or None,
        remembers=remembers,
        second=second,
        answered=leaving(log, goals_of(log, goal)),
        late=lateness(log, ranking.terms) if ranking and log.timed else {},
        errors=errors,
    )
    return basis.worth(recipe.goal_value if value is None else value)
