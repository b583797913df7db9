"""What became of an initiative: the burden at its touchpoint before it began, and after it was finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from journey.analysis.compare_differences import Difference, differences
from journey.analysis.compare_means import judge
from journey.analysis.friction import Ranking
from journey.errors import JourneyError
from journey.estimate.bootstrap import draws_of, percentiles
from journey.events.before_after import before_after, span_of
from journey.events.contrast_sums import Sums
from journey.events.log import EventLog
from journey.model import COMPONENTS, Measure

__all__ = ["Became", "became"]

Array = NDArray[np.float64]
LONGEST: Final = 182  # days of a period
SHORTEST: Final = 14  # days that have to be over before anything is said
# What is only known once a visit was followed.
FOLLOWED: Final = frozenset({"exit", "rework", "switch", "help"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """The burden at a touchpoint over two periods of equal length, before an initiative began and after it finished.

    before, after    first day and the day after the last of each period
    days             of each period
    was, now         burden of the period, visits × Σ cost · (severity − target)⁺, as the ranking's but not shrunken; n
                     is visits
    change           now less was, with a 95 % interval of customers drawn anew, both periods together
    cut              the share of the earlier burden that is gone, 1 − now ÷ was; missing where `was` is too unsure
    parts            each component's severity (or mean answer), now less was, with its own interval
    expected_cut     as it was hoped for; None where nobody said
    state            "better" or "worse" where the interval of the change leaves out 0, else "open"; "too early" where
                     not enough days are over; "unseen" where too little was observed in one of the periods
    ready            the first day on which enough will be known; None where it is
    """

    before: tuple[date, date] | None
    after: tuple[date, date] | None
    days: int
    was: Measure
    now: Measure
    change: Measure
    cut: Measure
    parts: tuple[Difference, ...]
    expected_cut: float | None
    state: Literal["better", "worse", "open", "too early", "unseen"]
    ready: date | None


def became(
    log: EventLog,
    ranking: Ranking,
    at: str,
    *,
    start: date,
    finish: date,
    component: str | None = None,
    expected_cut: float | None = None,
    longest: int = LONGEST,
) -> Became:
    """Compare the burden at a touchpoint before an initiative began and after it was finished.

    ranking         friction of the same log: its terms, and what severity it expects, hold for both periods
    start, finish   first day of the work, and first day on which customers met what is new; between them nobody is
                    counted
    component       the one component it was about; default all
    longest         days of each period at most; both are as long as the shorter of what was before and what came after

    Exits, returns, switches and calls for help are known once a visit was followed for the window, so the last window
    of the log is left out. What changed is told, not why: much else may have changed meanwhile, and a touchpoint chosen
    because it was bad gets better by chance as well (regression to the mean).
    Raises JourneyError for a touchpoint or component that friction does not rank here.
    """
    one = ranking.of(at)
    names = [name for name in COMPONENTS if name in one.components and component in (None, "", name)]
    if not names:
        raise JourneyError("Nothing is known of “{component}” at “{touchpoint}”.", component=component, touchpoint=at)
    first, last = span_of(log)
    window = timedelta(microseconds=ranking.terms.window_us) if set(names) & FOLLOWED else timedelta()
    until = (last - window).date()
    days = min((start - first.date()).days, (until - finish).days, longest)
    if days < SHORTEST:
        ready = finish + timedelta(days=SHORTEST) + window
        late = (until - finish).days < SHORTEST
        return _unsaid("too early" if late else "unseen", expected_cut, ready=ready if late else None)
    length = timedelta(days=days)
    before, after = (start - length, start), (finish, finish + length)
    sides = before_after(log, at, ranking.terms, before=before, after=after)
    known = {name: sides.sums[name] for name in names if name in sides.sums}
    if not known:
        return _unsaid("unseen", expected_cut, days=days, before=before, after=after)
    costs = {**dict.fromkeys(known, 1.0), **{str(name): cost for name, cost in log.recipe.costs.items()}}
    now, was, change, cut = _burdens(known, dict(one.expected), costs, np.array(sides.visits, float))
    low, high = change.low or 0.0, change.high or 0.0
    return Became(
        before=before,
        after=after,
        days=days,
        was=was,
        now=now,
        change=change,
        cut=cut,
        parts=tuple(part for name, pair in known.items() for part in differences(name, [at], judge(pair, shared=True))),
        expected_cut=expected_cut,
        state="better" if high < 0 else "worse" if low > 0 else "open",
        ready=None,
    )


def _unsaid(
    state: Literal["too early", "unseen"],
    expected: float | None,
    *,
    days: int = 0,
    before: tuple[date, date] | None = None,
    after: tuple[date, date] | None = None,
    ready: date | None = None,
) -> Became:
    none = Measure.missing()
    return Became(
        before=before,
        after=after,
        days=days,
        was=none,
        now=none,
        change=none,
        cut=none,
        parts=(),
        expected_cut=expected,
        state=state,
        ready=ready,
    )


def _burdens(
    sums: dict[str, Sums], targets: dict[str, float], costs: dict[str, float], visits: Array
) -> tuple[Measure, Measure, Measure, Measure]:
    """Now, was, their difference and the share that is gone; each with its interval over customers' buckets."""
    buckets = next(iter(sums.values())).total.shape[2]
    weights = draws_of(buckets)
    value, drawn = np.zeros(2), np.zeros((2, len(weights)))
    for name, one in sums.items():
        total, count = one.total[:, 0, :], one.count[:, 0, :]
        mean = total.sum(axis=1) / count.sum(axis=1)
        above, below = total @ weights.T, count @ weights.T
        means = np.divide(above, below, out=np.repeat(mean[:, None], len(weights), axis=1), where=below > 0)
        value += costs[name] * visits * np.maximum(mean - targets[name], 0)
        drawn += costs[name] * visits[:, None] * np.maximum(means - targets[name], 0)
    n = int(visits.sum())
    now, was = (_measure(value[k], drawn[k], int(visits[k])) for k in (0, 1))
    change = _measure(value[0] - value[1], drawn[0] - drawn[1], n)
    # A share of what was there makes sense only where it is known how much that was.
    if (was.low or 0) <= (was.value or 0) / 4:
        return now, was, change, Measure.missing()
    with_burden = drawn[1] > 0
    cut = _measure(1 - value[0] / value[1], 1 - drawn[0, with_burden] / drawn[1, with_burden], n)
    return now, was, change, cut


def _measure(value: float, drawn: Sequence[float] | Array, n: int) -> Measure:
    low, high = percentiles(np.asarray(drawn, float), float(value))
    return Measure(float(value), low, high, n)
