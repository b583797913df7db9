"""Stages as wholes: how many cases met each, how content they were there, how many went on to a later one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from journey.estimate import wilson
from journey.estimate.measures import clustered_mean
from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["StageTotal", "stages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTotal:
    """One stage as a whole.

    stage          its name; None for the touchpoints that stand in no stage
    cases          distinct cases that met at least one of its touchpoints; `visits` all events there
    satisfaction   mean of all answers given there, on their own scale, not shrunken; interval by customers
    on             share (0–1) of its cases that met a later stage after they had first met this one, Wilson interval,
                   n is its cases; missing for the last stage, and where the touchpoints stand in no stage
    """

    stage: str | None
    cases: int
    visits: int
    satisfaction: Measure
    on: Measure


def stages(log: EventLog) -> tuple[StageTotal, ...]:
    """Totals of every stage that the log's cases met, in the recipe's order; touchpoints without a stage stand last.

    A case counts once in each stage it met, however often, so the cases of the stages don't add up to all cases.
    """
    groups = _groups(log)
    last = sum(stage is not None for stage, _ in groups) - 1
    reached = _reached(log, [codes for _, codes in groups], last)
    content = _content(log)
    found = []
    for at, (stage, codes) in enumerate(groups):
        cases, visits, on = (int(reached[f"{what}_{at}"]) for what in ("cases", "visits", "on"))
        if not visits:
            continue
        going = Measure.missing() if stage is None or at == last else wilson(on, cases)
        found.append(
            StageTotal(stage=stage, cases=cases, visits=visits, satisfaction=_mean(log, content, codes), on=going)
        )
    return tuple(found)


def _groups(log: EventLog) -> list[tuple[str | None, tuple[int, ...]]]:
    """Stages in order with the codes of their touchpoints; what is in none comes last."""
    known = set(log.touchpoints)
    groups: list[tuple[str | None, tuple[int, ...]]] = [
        (stage, log.codes([name for name in names if name in known])) for stage, names in log.recipe.stages.items()
    ]
    placed = {code for _, codes in groups for code in codes}
    rest = tuple(code for code in range(len(log.touchpoints)) if code not in placed)
    return [group for group in [*groups, (None, rest)] if group[1]]


def _reached(log: EventLog, groups: Sequence[tuple[int, ...]], last: int) -> pd.Series[Any]:
    """Cases, visits, and cases that met a later stage (at most the `last`) after this one's first event; one pass."""
    rows = log.rows()
    parts: dict[str, Any] = {}
    for at, codes in enumerate(groups):
        here = rows.tp.isin(codes)
        parts |= {
            f"first_{at}": rows.pos.min(where=here),
            f"last_{at}": rows.pos.max(where=here),
            f"visits_{at}": here.sum(),
        }
    by_case = rows.group_by("cid").agg(**parts)
    sums: dict[str, Any] = {}
    for at in range(len(groups)):
        first = by_case[f"first_{at}"]
        later = [(by_case[f"last_{after}"] > first).fill_null(False) for after in range(at + 1, last + 1)]
        sums |= {
            f"cases_{at}": first.count(),
            f"visits_{at}": by_case[f"visits_{at}"].sum(),
            f"on_{at}": reduce(lambda one, other: one | other, later).sum() if later else first.count() * 0,
        }
    return run(by_case.agg(**sums)).iloc[0].fillna(0)


def _content(log: EventLog) -> pd.DataFrame | None:
    """Sum and number of answers on satisfaction by touchpoint and customer bucket; None where it was not asked."""
    if "satisfaction" not in log.rated:
        return None
    rows = bucketed(log.rows(), log.index.sizes.customers)
    rows = rows.mutate(answer=rows[f"r_{log.scales['satisfaction'].name}"].cast("float64"))
    rows = rows.filter(rows.answer.notnull())
    return run(rows.group_by("tp", "bucket").agg(total=rows.answer.sum(), answers=rows.answer.count()))


def _mean(log: EventLog, content: pd.DataFrame | None, codes: Sequence[int]) -> Measure:
    if content is None:
        return Measure.missing()
    here = content[content["tp"].isin(codes)].groupby("bucket")[["total", "answers"]].sum()
    scale = log.scales["satisfaction"]
    return clustered_mean(here["total"].to_numpy(), here["answers"].to_numpy(), low=scale.low, high=scale.high)
