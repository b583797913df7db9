"""Conform: the designed map against the cases as they were lived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journey.analysis.conform_align import align
from journey.analysis.conform_detours import detours
from journey.analysis.conform_found import Conformance, PlannedMove, SegmentConformance, StepConformance
from journey.analysis.conform_plan import Machine, machine
from journey.analysis.conform_sums import Laid, flags, measures, precision
from journey.errors import JourneyError, suggest
from journey.events.engine import tell
from journey.events.lived import MOST, Lived, by_value, felt_at, lived
from journey.events.log import EventLog
from journey.model import START, Journey, Measure, Place

__all__ = ["conform"]

SEGMENTS: Final = 12  # values of an attribute that are told, the commonest
Floats = NDArray[np.float64]


def conform(
    log: EventLog,
    designed: Journey | None = None,
    *,
    by: str | None = None,
    complete: bool = False,
    limit: int = 12,
    most: int = MOST,
) -> Conformance:
    """Lay the cases of a log against a designed map: what is skipped, put in, out of order; what nobody takes.

    designed  the map (default: the recipe's). Optional touchpoints may be skipped; several transitions from one are a
              choice; a transition back is a loop; the groups in `parallel` may be met in any order
    by        an attribute (or "channel") whose values are told apart
    complete  count all that the plan holds after a case's last event as skipped, as process mining usually does, also
              for cases that left or are under way. Otherwise a case that has not come to where the plan may end is laid
              against the plan as far as it went
    limit     how many detours;  most: cases that are looked at, of more some are drawn by their number

    Each different way is aligned once by a shortest path over (events seen, state of the plan): an event as planned
    costs 0, one put in 1, a step left out 1, or 0 if it is optional. A step left out and the same one put in elsewhere
    is out of order; where two change places, one of them counts. Fitness is 1 − cost / (events + steps of the shortest
    way). Precision is 1 − Σ unused / Σ opened over the states of the plan, weighted by the cases that stood there.
    Intervals of shares: cluster-robust by customers, Wilson's at that number.
    Sources: van der Aalst, Adriansyah and van Dongen 2012; Adriansyah, van Dongen and Zannone 2013 for cases not at
    their end; Muñoz-Gama and Carmona 2010 for precision.

    Raises JourneyError without a map or cases, and for a map no way leads through or that shares no touchpoint with
    the log.
    """
    plan = log.recipe.map() if designed is None else designed
    if plan is None:
        raise JourneyError(
            "No map is designed: write the planned transitions under “designed” in the recipe, or give a map."
        )
    if not log.cases:
        raise JourneyError("There is no case to lay against the map: widen the filters.")
    laid = _laid(log, plan, complete=complete, most=most)
    taken = laid.taken.astype(float)
    exact, opened, unused = precision(laid, taken)
    fitness, fitting = _fit(laid, np.zeros(len(laid.cases.way), np.int64), np.arange(len(laid.cases.way)), 1)
    tell(None)
    told, kinds = detours(
        laid,
        log.touchpoints,
        scale=log.scales.get("satisfaction"),
        felt=lambda codes: felt_at(log, laid.cases, codes),
        limit=max(0, limit),
    )
    tell(None)
    ended = _at_end(laid.plan, laid.cases, laid.label)[laid.cases.way]
    left = ~ended & ~laid.cases.open
    lost = np.asarray((laid.left_out * ~laid.plan.optional[None, :]).sum(axis=1)).ravel()
    return Conformance(
        cases=len(laid.cases.way),
        of_cases=laid.cases.of_cases,
        events=int(laid.found.lengths @ laid.taken),
        ways=len(taken),
        fitness=fitness[0],
        fitting=fitting[0],
        precision=exact,
        opened=opened,
        unused=unused,
        finished=int(ended.sum()),
        left=int(left.sum()),
        under_way=int((~ended & laid.cases.open).sum()),
        inserted=int((laid.found.cost - lost) @ laid.taken),
        skipped=int(lost @ laid.taken),
        steps=_steps(laid, log.touchpoints),
        moves=_moves(laid),
        detours=told,
        kinds_of_detours=kinds,
        by=by,
        segments=_segments(laid, log, by) if by is not None else (),
        unknown=tuple(one for one in laid.plan.labels if one not in log.touchpoints),
        off=laid.plan.off,
        allowed=laid.plan.allowed,
        shortest=laid.plan.shortest,
        complete=complete,
        window_s=laid.cases.window_s,
    )


def _laid(log: EventLog, plan: Journey, *, complete: bool, most: int) -> Laid:
    known = [touchpoint.name for touchpoint in plan.touchpoints if touchpoint.name in log.touchpoints]
    if plan.touchpoints and not known:
        name = plan.touchpoints[0].name
        raise JourneyError(
            "None of the touchpoints on the designed map occurs in the data, “{name}” for one.{hint}",
            name=name,
            hint=suggest(name, log.touchpoints, known="touchpoints"),
        )
    tell(None)
    cases = lived(log, most=most)
    visits = np.bincount(cases.touchpoint, minlength=len(log.touchpoints))
    states = machine(plan, visits=dict(zip(log.touchpoints, visits.tolist(), strict=True)))
    code = {name: at for at, name in enumerate(states.labels)}
    label = np.array([code.get(name, -1) for name in log.touchpoints], np.int64)[cases.touchpoint]
    ended = None if complete else _at_end(states, cases, label)
    return Laid(states, cases, label, align(states, label, cases.begins, ended=ended, tell=tell))


def _at_end(states: Machine, cases: Lived, label: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[V] ways whose last event is one where the plan may end."""
    return np.isin(label[cases.begins[1:] - 1], states.may_end)


def _fit(
    laid: Laid, group: NDArray[np.int64], case: NDArray[np.int64], many: int
) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    """Mean fitness, and the share without a deviation, of groups of cases."""
    way, bucket = laid.cases.way[case], laid.cases.bucket[case]
    place, shape = group * laid.cases.buckets + bucket, (many, laid.cases.buckets)

    def summed(amount: Floats | None) -> Floats:
        return np.bincount(place, amount, minlength=shape[0] * shape[1]).astype(float).reshape(shape)

    count = summed(None)
    fits = (laid.found.cost[way] == 0).astype(float)
    return measures(summed(laid.fitness[way]), count, of_cases=False), measures(summed(fits), count)


def _steps(laid: Laid, names: Sequence[str]) -> tuple[StepConformance, ...]:
    plan, weights = laid.plan, laid.by_bucket()
    met, put, out, moved = laid.met_as_planned, laid.put_in, laid.left_out, laid.moved
    by = flags(met + out)
    any_ = flags(met + put)
    rest = csr_array(put - moved)
    in_place = flags(met + moved)
    repeated = csr_array(flags(rest).multiply(in_place))
    alone = csr_array(flags(rest) - repeated)
    came, here = _by_bucket(by, weights), _by_bucket(any_, weights)
    skipped = measures(_by_bucket(flags(csr_array(out - moved)), weights), came)
    wrong = measures(_by_bucket(flags(moved), weights), came)
    again, off = (measures(_by_bucket(one, weights), here) for one in (repeated, alone))
    left, waiting = _left(laid, met)
    order = {label: at for at, label in enumerate(plan.labels)}
    known = [
        StepConformance(
            at=name,
            planned=True,
            optional=bool(plan.optional[at]),
            cases=round(came[at].sum()),
            met=round(here[at].sum()),
            skipped=Measure.missing() if plan.optional[at] else skipped[at],
            out_of_order=Measure.missing() if plan.optional[at] else wrong[at],
            repeated=again[at],
            unplanned=off[at],
            left=left[at],
            under_way=waiting[at],
        )
        for name, at in order.items()
    ]
    return (*known, *_unplanned(laid, names))


def _unplanned(laid: Laid, names: Sequence[str]) -> list[StepConformance]:
    """The touchpoints that no way of the plan leads through, those that most cases met first."""
    out = np.flatnonzero(laid.label < 0)
    pair = np.unique(laid.way[out] * len(names) + laid.cases.touchpoint[out])
    cases = np.bincount(pair % len(names), laid.taken[pair // len(names)], minlength=len(names)).astype(int)
    nothing = Measure.missing()
    return [
        StepConformance(
            at=names[code],
            planned=False,
            optional=False,
            cases=0,
            met=int(cases[code]),
            skipped=nothing,
            out_of_order=nothing,
            repeated=nothing,
            unplanned=Measure(1.0, 1.0, 1.0, int(cases[code])),
            left=nothing,
            under_way=0,
        )
        for code in sorted(np.flatnonzero(cases).tolist(), key=lambda code: (-cases[code], code))
    ]


def _left(laid: Laid, met: csr_array) -> tuple[tuple[Measure, ...], list[int]]:
    """Of the cases that met a step as planned, the share for whom it was the last; and how many may yet go on."""
    last = laid.plan.label[laid.found.last]
    stopped = np.flatnonzero(~_at_end(laid.plan, laid.cases, laid.label) & (last >= 0))
    here = laid.counted(stopped, last[stopped])
    open_, closed = laid.by_bucket(laid.cases.open), laid.by_bucket(~laid.cases.open)
    waiting = _by_bucket(here, open_)
    total, count = _by_bucket(here, closed), _by_bucket(flags(met), laid.by_bucket()) - waiting
    return measures(total, np.maximum(count, total)), [round(x) for x in waiting.sum(axis=1)]


def _by_bucket(ways: csr_array, weights: csr_array) -> Floats:
    """[L, B] cases by bucket of customers, of the ways that are marked."""
    return np.asarray((ways.T @ weights).todense(), float)


def _moves(laid: Laid) -> tuple[PlannedMove, ...]:
    """The map's transitions, each with the cases that took it with nothing left out between."""
    plan, size = laid.plan, len(laid.plan.label)
    way, _, _ = laid.jumps
    pairs, which = laid.pairs
    row = {pair: at for at, pair in enumerate(plan.drawn)}
    of_pair = np.full(len(pairs), -1, np.int64)
    for at, (source, target) in enumerate(
        zip((pairs // (size + 1)).tolist(), (pairs % (size + 1)).tolist(), strict=True)
    ):
        if not plan.between(source, _state(target, size)):
            of_pair[at] = row.get((plan.place(source), plan.place(target)), -1)
    took = of_pair[which] if len(pairs) else np.zeros(0, np.int64)
    here = took >= 0
    shape = (len(laid.taken), len(plan.drawn))
    marks = flags(csr_array((np.ones(here.sum()), (way[here], took[here])), shape=shape))
    weights, there = laid.by_bucket(), flags(laid.met_as_planned)
    everyone = np.asarray(weights.sum(axis=0), float).reshape(1, -1)
    by = np.concatenate([everyone, _by_bucket(there, weights)])
    place: dict[Place, int] = {START: 0} | {one: n + 1 for n, one in enumerate(plan.labels)}
    total, cases = _by_bucket(marks, weights), marks.T @ laid.taken
    shares = measures(total, by[[place[source] for source, _ in plan.drawn]])
    return tuple(
        PlannedMove(source=a, target=b, cases=round(float(n)), share=one)
        for (a, b), n, one in zip(plan.drawn, cases, shares, strict=True)
    )


def _state(target: int, size: int) -> int | None:
    return None if target == size else target


def _segments(laid: Laid, log: EventLog, by: str) -> tuple[SegmentConformance, ...]:
    values, number, places = by_value(log, laid.cases, by)
    case = np.array(places, np.int64)
    kept = number < SEGMENTS
    number, case, values = number[kept], case[kept], values[:SEGMENTS]
    sizes = np.bincount(number, minlength=len(values))
    fitness, fitting = _fit(laid, number, case, len(values))
    least = int(sizes.min())
    found = []
    for at, value in enumerate(values):
        taken = np.bincount(laid.cases.way[case[number == at]], minlength=len(laid.taken)).astype(float)
        exact, _, _ = precision(laid, taken, share=least / sizes[at])
        found.append(
            SegmentConformance(
                value=value, cases=int(sizes[at]), fitness=fitness[at], fitting=fitting[at], precision=exact
            )
        )
    return tuple(found)
