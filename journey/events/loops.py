"""Loops: touchpoints that cases come back to, and how content those are who do."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.estimate.difference import Sample, standing_out, welch
from journey.estimate.measures import mean_t
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["LOOPS", "Loop", "LoopKind", "loops"]

LoopKind = Literal["at once", "there and back", "at all"]
LOOPS: Final[tuple[LoopKind, ...]] = ("at once", "there and back", "at all")
NOWHERE: Final = -1  # in place of a code, where nothing lay between
Key = tuple[int, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Cases that came back to a touchpoint.

    touchpoint     where they came back to; `via` where they had been meanwhile (“there and back” alone)
    cases          that came back at least once; `returns` how often in all
    share          of the cases that could have (0–1), Wilson interval: those that met the touchpoint, or that went
                   from it straight to `via`
    planned        the recipe calls the touchpoint repeatable
    looped, others mean satisfaction at the touchpoint of the cases that came back, and of those that could have but did
                   not; each case counts once, with the mean of its answers there. Where satisfaction was asked about
                   the whole relation: of all its answers. On the answers' own scale, t intervals, n cases
    difference     looped − others, Welch's interval. Association, not cause
    clear          the difference stands out from chance among all loops that were asked for together (Benjamini and
                   Hochberg, q = .10)
    """

    touchpoint: str
    via: str | None
    cases: int
    returns: int
    share: Measure
    planned: bool
    looped: Measure
    others: Measure
    difference: Measure
    clear: bool = False


def loops(log: EventLog, *, kind: LoopKind = "at once", limit: int = 12) -> tuple[Loop, ...]:
    """The loops that most cases made, those first.

    kind   “at once”: the touchpoint again as the very next event; “there and back”: to another touchpoint and straight
           back; “at all”: another visit at any time later
    limit  how many, at least one

    Raises JourneyError for another kind.
    """
    if kind not in LOOPS or limit < 1:
        raise JourneyError(
            "A loop is one of {kinds}, and at least one is shown.", kinds=", ".join(f"“{one}”" for one in LOOPS)
        )
    counts = run(_there_and_back(log) if kind == "there and back" else _same(log, kind))
    counts = counts[counts["cases"] > 0].sort_values(["cases", "tp", "via"], ascending=[False, True, True]).head(limit)
    keys: list[Key] = [(int(row.tp), None if row.via < 0 else int(row.via)) for row in each(counts)]
    if not keys:
        return ()
    felt = _felt(log, kind, keys) if "satisfaction" in log.scales else {}
    found, p = zip(*(_loop(log, key, row, felt) for key, row in zip(keys, each(counts), strict=True)), strict=True)
    return tuple(dataclasses.replace(one, clear=clear) for one, clear in zip(found, standing_out(p), strict=True))


def _same(log: EventLog, kind: LoopKind) -> Any:
    """Returns to the same touchpoint: every row knows its next event, and the case's next visit here."""
    rows = log.rows(marked=True)
    if kind == "at once":
        back, once = (rows.next_tp == rows.tp).fill_null(False), rows.first_move
    else:
        back, once = rows.again_us.notnull(), rows.first_visit
    found = rows.group_by("tp").agg(cases=(back & once).sum(), returns=back.sum(), of=rows.first_visit.sum())
    return found.mutate(via=ibis.literal(NOWHERE))


def _there_and_back(log: EventLog) -> Any:
    """Events with the same touchpoint, another one, on either side; of the cases that walked there."""
    rows = log.rows(marked=True)
    turns = rows.filter((rows.prev_tp == rows.next_tp).fill_null(False) & (rows.prev_tp != rows.tp))
    found = turns.group_by(tp="prev_tp", via="tp").agg(cases=turns.cid.nunique(), returns=turns.count())
    there = rows.group_by(source="tp", target="next_tp").agg(of=rows.first_move.sum())
    joined = found.inner_join(there, [found.tp == there.source, found.via == there.target])
    return joined.select("tp", "via", "cases", "returns", "of")


Felt = Mapping[tuple[Key, bool], Sample]


def _felt(log: EventLog, kind: LoopKind, keys: Sequence[Key]) -> Felt:
    """Number, mean and deviation of the cases' satisfaction, by loop and whether they came back."""
    could = _walked(log, keys) if kind == "there and back" else _met(log, kind, keys)
    rows = log.rows()
    answer = rows[f"r_{log.scales['satisfaction'].name}"].cast("float64")
    rows = rows.mutate(answer=answer).filter(answer.notnull())
    if "satisfaction" in log.rated:
        rows = rows.filter(rows.tp.isin(sorted({tp for tp, _ in keys})))
        both = could.inner_join(rows.group_by("cid", "tp").agg(answer=rows.answer.mean()), ["cid", "tp"])
    else:
        both = could.inner_join(rows.group_by("cid").agg(answer=rows.answer.mean()), "cid")
    sums = run(
        both.group_by("tp", "via", "back").agg(
            n=both.count(), mean=both.answer.mean(), sd=both.answer.std(how="sample")
        )
    )
    return {
        ((int(row.tp), None if row.via < 0 else int(row.via)), bool(row.back)): (
            int(row.n),
            float(row.mean),
            None if pd.isna(row.sd) or math.isnan(row.sd) else float(row.sd),
        )
        for row in each(sums)
    }


def _met(log: EventLog, kind: LoopKind, keys: Sequence[Key]) -> Any:
    """Each case at each touchpoint it met, and whether it came back."""
    rows = log.rows(marked=True)
    rows = rows.filter(rows.tp.isin([tp for tp, _ in keys]))
    met = rows.filter(rows.first_visit).mutate(via=ibis.literal(NOWHERE))
    if kind == "at all":
        return met.select("cid", "tp", "via", back=met.again_us.notnull())
    again = rows.filter((rows.next_tp == rows.tp).fill_null(False)).select("cid", "tp").distinct()
    joined = met.select("cid", "tp", "via").left_join(again.mutate(again=True), ["cid", "tp"])
    return joined.select("cid", "tp", "via", back=joined.again.notnull())


def _walked(log: EventLog, keys: Sequence[Key]) -> Any:
    """Each case on each move it made, and whether it came straight back."""
    rows = log.rows()
    width = len(log.touchpoints)
    pairs = [tp * width + (via or 0) for tp, via in keys]
    there = rows.filter((rows.prev_tp.cast("int64") * width + rows.tp).isin(pairs).fill_null(False))
    back = (there.next_tp == there.prev_tp).fill_null(False)
    return there.group_by("cid", tp=there.prev_tp, via=there.tp).agg(back=back.any())


def _loop(log: EventLog, key: Key, row: Any, felt: Felt) -> tuple[Loop, float | None]:
    """A loop, and the p of its difference."""
    name, via = log.touchpoints[key[0]], None if key[1] is None else log.touchpoints[key[1]]
    ours = others = difference = Measure.missing()
    p = None
    if felt:
        scale = log.scales["satisfaction"]
        back, away = (felt.get((key, came), (0, None, None)) for came in (True, False))
        ours = mean_t(*back, low=scale.low, high=scale.high)
        others = mean_t(*away, low=scale.low, high=scale.high)
        difference, p = welch(back, away, low=scale.low, high=scale.high)
    loop = Loop(
        touchpoint=name,
        via=via,
        cases=int(row.cases),
        returns=int(row.returns),
        share=wilson(int(row.cases), int(row.of)),
        planned=name in log.recipe.repeatable,
        looped=ours,
        others=others,
        difference=difference,
    )
    return loop, p
