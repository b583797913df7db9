"""Compare: two segments or two periods side by side, each difference with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from journey.analysis.compare_differences import (
    ROLES,
    Difference,
    Q,
    clear_first,
    differences,
    recommended,
    settled,
)
from journey.analysis.compare_means import FEW, judge
from journey.analysis.compare_walks import Shuffled, shuffle
from journey.errors import JourneyError
from journey.events.contrast import Contrast, contrast
from journey.events.contrast_waits import Waits
from journey.events.log import EventLog
from journey.events.part import by_time, rest
from journey.events.terms import terms_of
from journey.model import Measure, Scale

__all__ = ["Comparison", "Side", "compare"]

_KEPT: Final[Literal["a", "b"]] = "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side: what it is called, and how much it holds."""

    name: str
    cases: int
    customers: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two parts of a log side by side.

    walk         whether the two walk differently: `p`, and how far apart they are against what `chance` gives; None
                 where no visit of a period was followed long enough to tell what came next
    key          the journey as a whole: goal, csat, satisfaction, effort, nps, as far as they were measured
    touchpoints, transitions   every difference, the clear ones first, the largest effect first
    rare         transitions that were walked too rarely to be compared
    both_sides   cases that the two selections share. They count for `kept_by` alone: the other side is the rest
    shared_customers   customers who stand on both sides, with cases or with visits
    by_time      whether the sides are visits in two periods instead of whole cases. Then `reach` is of the cases with a
                 visit in the period, there is no goal rate, and what comes next is told of visits that the log follows
                 for `window_s` seconds
    q            the false discovery rate behind `clear`: over how it went at the touchpoints, over who reached them,
                 over the transitions, and over the key figures
    """

    a: Side
    b: Side
    walk: Shuffled | None
    key: tuple[Difference, ...]
    touchpoints: tuple[Difference, ...]
    transitions: tuple[Difference, ...]
    rare: int
    both_sides: int
    kept_by: Literal["a", "b"]
    shared_customers: int
    goal: tuple[str, ...]
    scales: Mapping[str, Scale]
    by_time: bool = False
    window_s: float | None = None
    q: float = Q

    @property
    def clear(self) -> tuple[Difference, ...]:
        """The clear differences of touchpoints, largest effect first."""
        return tuple(one for one in self.touchpoints if one.clear)

    def of(self, measure: str) -> tuple[Difference, ...]:
        """One measure at all touchpoints where it was observed."""
        return tuple(one for one in self.touchpoints if one.of == measure)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that were compared at touchpoints."""
        return tuple(dict.fromkeys(one.of for one in self.touchpoints))


def compare(
    log_a: EventLog,
    log_b: EventLog,
    *,
    names: tuple[str, str] = ("A", "B"),
    goal: str | Sequence[str] | None = None,
    window: str | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> Comparison:
    """Compare two parts of one log: ``compare(log.where(plan="basic"), log.where(plan="pro"))``.

    names          what the sides are called
    goal, window   as for `friction`
    permutations   how often customers change sides in the test of the graph; the least p is 1 / (permutations + 1)

    The graphs are compared by a permutation test of customers on the visit-weighted Jensen–Shannon divergence of what
    comes next (`journey.analysis.compare_walks`). Customers with cases on both sides, as in two periods, stay on both:
    for them the two parts change places. Every difference of a mean or a share has a 95 % interval that counts
    customers, not visits (`journey.analysis.compare_means`), and is called clear if it stands out by Benjamini and
    Hochberg (1995) at q = .10 and the interval leaves out 0. NPS: adjusted Wald (Rocks 2016). Median waits: Woodruff
    (1952). Means are plain, not shrunken as on the journey's map: two shrunken means would be too near each other.
    Parts made by `journey.events.part.during` are visits in a period, whenever their case began: there the same case
    may stand on both sides. Periods of `between` are cases that began then; the later ones had less time to go far.
    Cases that both parts hold count for A alone, unless nothing of B were left: then for B alone.

    Association is not cause: customers choose, or are chosen for, their side.
    Raises JourneyError if the parts come from different logs, are the same cases, or one has fewer than five customers.
    """
    if log_a.index is not log_b.index:
        raise JourneyError(
            "Both sides must be parts of one log: open their tables in one recipe, and tell them apart by an attribute."
        )
    terms = terms_of(log_a, goal=goal, window=window)
    timely = _periods(log_a, log_b, names)
    both, kept_by = 0, _KEPT
    if not timely:
        log_a, log_b, both, kept_by = _apart(log_a, log_b, names)
    found = contrast(log_a, log_b, terms)
    for name, customers in zip(names, found.customers, strict=True):
        if customers < FEW:
            raise JourneyError(
                "“{name}” holds {n} customers: with fewer than {few} on a side, no difference can be told from chance.",
                name=name,
                n=customers,
                few=FEW,
            )
    every = _touchpoints(found, log_a.scales)
    # Who came by is another question than how it went: each is a screen of its own.
    went, came = ([one for one in every if (one.of == "reach") is reach] for reach in (False, True))
    facts = zip(names, found.cases, found.customers, found.events, strict=True)
    a, b = (Side(name=name, cases=cases, customers=n, events=events) for name, cases, n, events in facts)
    return Comparison(
        a=a,
        b=b,
        walk=shuffle(found.walks, permutations=permutations, seed=seed) if found.walks.both else None,
        key=settled(_key(found, log_a.scales)),
        touchpoints=clear_first((*settled(went), *settled(came))),
        transitions=clear_first(
            settled(differences("share", found.transitions, judge(found.shares, shared=found.shared_customers > 0)))
        ),
        rare=found.rare,
        both_sides=both,
        kept_by=kept_by,
        shared_customers=found.shared_customers,
        goal=terms.goal,
        scales=dict(log_a.scales),
        by_time=timely,
        window_s=terms.window_us / 1e6,
    )


def _periods(log_a: EventLog, log_b: EventLog, names: tuple[str, str]) -> bool:
    """Whether both sides are visits in a period; JourneyError if only one is, or they are the same visits."""
    one, other = by_time(log_a), by_time(log_b)
    if (one is None) != (other is None):
        raise JourneyError("Visits in a period can only be compared with visits in another: choose one on both sides.")
    if one is None or other is None:
        return False
    for name, log in zip(names, (log_a, log_b), strict=True):
        if not log.events:
            raise JourneyError("“{name}” holds no visit: widen the period or the segment.", name=name)
    common = max(one.start, other.start) < min(one.end, other.end) and not (one.outside or other.outside)
    if common and set(log_a.filters) - {one} == set(log_b.filters) - {other}:
        raise JourneyError("“{a}” and “{b}” overlap: choose two periods that do not.", a=names[0], b=names[1])
    return True


def _apart(
    log_a: EventLog, log_b: EventLog, names: tuple[str, str]
) -> tuple[EventLog, EventLog, int, Literal["a", "b"]]:
    """The two parts without a case in common, and how many cases they had."""
    for name, log in zip(names, (log_a, log_b), strict=True):
        if not log.cases:
            raise JourneyError("“{name}” holds no case: widen the period or the segment.", name=name)
    rest_b = rest(log_b, log_a)
    both = log_b.cases - rest_b.cases
    if not both:
        return log_a, log_b, 0, "a"
    if rest_b.cases:
        return log_a, rest_b, both, "a"
    rest_a = rest(log_a, log_b)
    if not rest_a.cases:
        raise JourneyError(
            "“{a}” and “{b}” are the same {n:,} cases: choose two that differ.", a=names[0], b=names[1], n=both
        )
    return rest_a, log_b, both, "b"


def _touchpoints(found: Contrast, scales: Mapping[str, Scale]) -> list[Difference]:
    out, shared = [], found.shared_customers > 0
    for name, sums in found.parts.items():
        judged = judge(sums, shared=shared, of_cases=name == "reach")
        if role := ROLES.get(name):
            scale = scales[role]
            out += differences(role, found.touchpoints, judged, scale=scale, good=scale.good)
        else:
            # Who does not come by is neither good nor bad; every other component is bad where there is much of it.
            out += differences(name, found.touchpoints, judged, good=None if name == "reach" else "low")
    if found.waits is not None:
        out += list(_waits(found.waits, found.touchpoints, shared=shared))
    return out


def _waits(waits: Waits, at: Sequence[str], *, shared: bool) -> Iterator[Difference]:
    """Median waits: a share's interval read off the distribution (Woodruff 1952), and the median test."""
    own, common = judge(waits.own), judge(waits.common, shared=shared)
    ends = np.concatenate([[0.0], np.arange(0.01, 1.0, 0.01), [1.0]])
    for k, place in enumerate(at):
        if not own.n[:, k].all() or not math.isfinite(common.p[k]):
            continue
        sides = []
        for side in (0, 1):
            seconds = waits.percentiles[side, k]
            seconds = np.concatenate([seconds[:1], seconds, seconds[-1:]])
            value = float(waits.percentiles[side, k, 49])
            low, high = (float(np.interp(x[side, k], ends, seconds)) for x in (own.low, own.high))
            sides.append(Measure(value, min(low, value), max(high, value), int(own.n[side, k])))
        a, b = sides
        yield Difference(
            of="wait_median_s",
            at=place,
            a=a,
            b=b,
            difference=_less(a, b),
            effect=-float(common.difference[k]),
            p=float(common.p[k]),
            good="low",
        )


def _less(a: Measure, b: Measure) -> Measure:
    """a − b with the interval put together from both (Zou and Donner 2008)."""
    numbers = (a.value, a.low, a.high, b.value, b.low, b.high)
    if any(number is None for number in numbers):
        return Measure.missing()
    a_value, a_low, a_high, b_value, b_low, b_high = (float(number or 0) for number in numbers)
    value = a_value - b_value
    below, above = math.hypot(a_value - a_low, b_high - b_value), math.hypot(a_high - a_value, b_value - b_low)
    return Measure(value, value - below, value + above, a.n + b.n)


def _key(found: Contrast, scales: Mapping[str, Scale]) -> list[Difference]:
    out, shared = [], found.shared_customers > 0
    for name, sums in found.whole.items():
        scale = scales[name] if name in ("satisfaction", "effort") else None
        out += differences(
            name,
            [None],
            judge(sums, shared=shared, of_cases=name == "goal"),
            scale=scale,
            good=scale.good if scale else "high",
        )
    if found.nps is not None:
        out.append(recommended(*found.nps))
    return out
