"""What the cases that a funnel lost did instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from journey.estimate import wilson
from journey.events import reach
from journey.events.engine import each, run
from journey.events.funnel import way_of
from journey.events.log import EventLog
from journey.model import END, Measure, Place

__all__ = ["Instead", "Went", "instead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """Where lost cases went next: to a touchpoint, or to no other (`END`).

    share           of the lost cases (0–1), Wilson interval: the shares sum to 1
    wait_median_s   median seconds until then; None at the end, and where the log knows no times
    """

    place: Place
    cases: int
    share: Measure
    wait_median_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """What the cases did that reached `after`, but not `missed`, in a funnel.

    cases   that were lost
    other   of them, those that met the missed touchpoint all the same, but not as the funnel asks: too early, too late
    went    their next touchpoint right after the step they had reached, commonest first; the ends last
    """

    after: str
    missed: str
    cases: int
    other: Measure
    went: tuple[Went, ...]


def instead(
    log: EventLog, steps: Sequence[str], *, within: str | None = None, ordered: bool = True, directly: bool = False
) -> Instead:
    """Where the cases went next that `journey.funnel` counts at the last step but one, and not at the last.

    The options are the funnel's. In any order, “next” is after the visit by which the case had met all steps before
    the last. Raises JourneyError as the funnel does.
    """
    way = way_of(log, steps, within=within, ordered=ordered, directly=directly)
    rows = log.rows()
    gone = reach.lost(rows, way.codes, way.limit, way.order).select("cid", "pos")
    missed = rows.filter(rows.tp == way.codes[-1]).select("cid").distinct().mutate(met=True)
    reached = rows.filter(rows.tp.isin(way.codes[:-1]))
    here = reached.inner_join(gone, ["cid", "pos"]).left_join(missed, "cid")
    counts = run(here.group_by("next_tp").agg(cases=here.count(), met=here.met.count(), wait=here.wait_us.median()))
    cases = int(counts["cases"].sum())
    return Instead(
        after=steps[-2],
        missed=steps[-1],
        cases=cases,
        other=wilson(int(counts["met"].sum()), cases),
        went=tuple(sorted((_went(log, row, cases) for row in each(counts)), key=_rank)),
    )


def _went(log: EventLog, row: Any, cases: int) -> Went:
    ended = pd.isna(row.next_tp)
    return Went(
        place=END if ended else log.touchpoints[int(row.next_tp)],
        cases=int(row.cases),
        share=wilson(int(row.cases), cases),
        wait_median_s=None if ended or not log.timed else float(row.wait) / 1e6,
    )


def _rank(one: Went) -> tuple[bool, int, str]:
    return one.place is END, -one.cases, str(one.place)
