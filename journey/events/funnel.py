"""Funnels: how many cases reach each of a list of touchpoints, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.engine import run
from journey.events.log import EventLog
from journey.model import Measure
from journey.recipe import duration_us

__all__ = ["FunnelStep", "funnel"]

# Each step nests the query of the one before it.
MOST = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step of a funnel.

    cases           that reached this step after all steps before it
    of_previous     share of the cases at the previous step (0–1), Wilson interval; n is the previous step's cases
    of_first        share of the cases at the first step; n is the first step's cases
    wait_median_s   median seconds from the previous step; None at the first
    """

    touchpoint: str
    cases: int
    of_previous: Measure
    of_first: Measure
    wait_median_s: float | None


def funnel(
    log: EventLog, steps: Sequence[str], *, within: str | None = None, ordered: bool = True
) -> tuple[FunnelStep, ...]:
    """Cases that meet the steps one after the other; other touchpoints may lie between.

    steps     touchpoints in order; a touchpoint may stand more than once (then as many visits are needed)
    within    time allowed from the first step to the last ("2h", "7d"); None: any
    ordered   False counts cases that met all steps up to here in any order

    Revisits count once: the earliest visit to the first step opens the funnel, and each step is the earliest visit
    after the one before it. Raises JourneyError for fewer than two steps, more than fifteen, or an unknown
    touchpoint.
    """
    if len(steps) < 2:
        raise JourneyError("A funnel needs at least two touchpoints.")
    if len(steps) > MOST:
        raise JourneyError(f"A funnel has at most {MOST} touchpoints, not {len(steps)}.")
    codes = log.codes(steps)
    if not ordered and len(set(codes)) < len(codes):
        raise JourneyError("A funnel in any order can't name a touchpoint twice.")
    limit = None if within is None else duration_us(within)
    counts, waits = (_in_order if ordered else _any_order)(log, codes, limit)
    result = []
    for at, (name, cases) in enumerate(zip(steps, counts, strict=True)):
        before = counts[at - 1] if at else cases
        result.append(
            FunnelStep(
                touchpoint=name,
                cases=cases,
                of_previous=wilson(cases, before),
                of_first=wilson(cases, counts[0]),
                wait_median_s=waits[at],
            )
        )
    return tuple(result)


Found = tuple[list[int], list[float | None]]


def _in_order(log: EventLog, codes: Sequence[int], limit: int | None) -> Found:
    """One pass per step over the events of that step; positions, not times, decide, so ties keep their order."""
    rows = log.rows()
    first = rows.filter(rows.tp == codes[0])
    reached = first.group_by("cid").agg(pos=first.pos.min(), t=first.t.min())
    reached = reached.mutate(opened=reached.t, gap=reached.t - reached.t)
    steps = [reached]
    for code in codes[1:]:
        visits = rows.filter(rows.tp == code).select("cid", at="pos", at_t="t")
        later = reached.inner_join(visits, "cid")
        later = later.filter(later["at"] > later["pos"])
        if limit is not None:
            later = later.filter(later.at_t - later.opened <= limit)
        reached = later.group_by("cid").agg(
            pos=later["at"].min(), t_next=later.at_t.min(), t=later.t.min(), opened=later.opened.min()
        )
        reached = reached.mutate(gap=reached.t_next - reached.t, t=reached.t_next).drop("t_next")
        steps.append(reached)
    return _counted(steps)


def _any_order(log: EventLog, codes: Sequence[int], limit: int | None) -> Found:
    rows = log.rows()
    reached: Any = None
    steps = []
    for code in codes:
        visits = rows.filter(rows.tp == code)
        met = visits.group_by("cid").agg(t=visits.t.min())
        if reached is None:
            reached = met.mutate(opened=met.t, last=met.t, gap=met.t - met.t)
        else:
            both = reached.inner_join(met.select("cid", met_t="t"), "cid")
            low, high = _least(both.opened, both.met_t), _greatest(both["last"], both.met_t)
            reached = both.mutate(gap=high - both["last"], opened=low, last=high)
            if limit is not None:
                reached = reached.filter(reached["last"] - reached.opened <= limit)
            reached = reached.select("cid", "t", "opened", "last", "gap")
        steps.append(reached)
    return _counted(steps)


def _least(a: Any, b: Any) -> Any:
    return (a < b).ifelse(a, b)


def _greatest(a: Any, b: Any) -> Any:
    return (a > b).ifelse(a, b)


def _counted(steps: Sequence[Any]) -> Found:
    counts: list[int] = []
    waits: list[float | None] = []
    for at, step in enumerate(steps):
        row = run(step.agg(cases=step.count(), wait=step.gap.median())).iloc[0]
        counts.append(int(row["cases"]))
        waits.append(None if at == 0 or pd.isna(row["wait"]) else float(row["wait"]) / 1e6)
    return counts, waits
