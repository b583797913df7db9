"""Funnels: how many cases reach each of a list of touchpoints, and how many are lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.reach import Order, reached
from journey.model import Measure
from journey.recipe import duration_us

__all__ = ["FunnelStep", "Way", "funnel", "way_of"]

# Each step nests the query of the one before it.
MOST = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step of a funnel.

    cases           that reached this step after all steps before it
    lost            cases at the previous step that did not reach this one; 0 at the first
    of_previous     share of the cases at the previous step (0–1), Wilson interval; n is the previous step's cases
    of_first        share of the cases at the first step; n is the first step's cases
    wait_median_s   median seconds from the previous step; None at the first, and where the log knows no times
    """

    touchpoint: str
    cases: int
    lost: int
    of_previous: Measure
    of_first: Measure
    wait_median_s: float | None


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of a funnel as asked: codes of touchpoints, microseconds allowed, and in what order."""

    codes: tuple[int, ...]
    limit: int | None
    order: Order


def funnel(
    log: EventLog, steps: Sequence[str], *, within: str | None = None, ordered: bool = True, directly: bool = False
) -> tuple[FunnelStep, ...]:
    """Cases that meet the steps one after the other; other touchpoints may lie between.

    steps     touchpoints in order; a touchpoint may stand more than once (then as many visits are needed)
    within    time allowed from the first step to the last ("2h", "7d"); None: any
    ordered   False counts cases that met all steps up to here in any order
    directly  True lets nothing lie between the steps

    Revisits count once: the earliest visit to the first step opens the funnel, and each step is the earliest visit
    after the one before it; with `directly` any visit may open it, and the earliest run counts.
    Raises JourneyError for fewer than two steps, more than fifteen, an unknown touchpoint, or a limit where the log
    knows no times.
    """
    way = way_of(log, steps, within=within, ordered=ordered, directly=directly)
    parts = [
        part.agg(step=ibis.literal(at), cases=part.count(), wait=part.gap.median())
        for at, part in enumerate(reached(log.rows(), way.codes, way.limit, way.order))
    ]
    found = list(each(run(ibis.union(*parts)).sort_values("step")))
    first, counts = int(found[0].cases), [int(row.cases) for row in found]
    opened = FunnelStep(
        touchpoint=steps[0],
        cases=first,
        lost=0,
        of_previous=wilson(first, first),
        of_first=wilson(first, first),
        wait_median_s=None,
    )
    return opened, *(
        FunnelStep(
            touchpoint=name,
            cases=cases,
            lost=before - cases,
            of_previous=wilson(cases, before),
            of_first=wilson(cases, first),
            wait_median_s=None if pd.isna(row.wait) or not log.timed else float(row.wait) / 1e6,
        )
        for name, row, (before, cases) in zip(steps[1:], found[1:], pairwise(counts), strict=True)
    )


def way_of(
    log: EventLog, steps: Sequence[str], *, within: str | None = None, ordered: bool = True, directly: bool = False
) -> Way:
    """The steps of a funnel, checked against the log. Raises JourneyError as `funnel` does."""
    if isinstance(steps, str) or len(steps) < 2:
        raise JourneyError("A funnel needs at least two touchpoints.")
    if len(steps) > MOST:
        raise JourneyError("A funnel has at most {most} touchpoints, not {n}.", most=MOST, n=len(steps))
    codes = log.codes(steps)
    if not ordered and len(set(codes)) < len(codes):
        raise JourneyError("A funnel in any order can't name a touchpoint twice.")
    if not ordered and directly:
        raise JourneyError("Steps directly after one another have an order: choose one of the two.")
    if within is not None and not log.timed:
        raise JourneyError("This log knows no times, only an order: a funnel in it has no time limit.")
    order: Order = "directly" if directly else "in order" if ordered else "any order"
    return Way(codes, None if within is None else duration_us(within), order)
