"""Variants: the distinct sequences of touchpoints, with the cases that took each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["Variant", "Variety", "signature", "variants", "variety"]

# Three sums over a case, each of a different scramble of (place, touchpoint), name its sequence: about 78 bits, so
# among ten million variants the chance of any clash is below one in ten billion.
MULTIPLIERS = ((7_919, 104_729), (15_485_863, 32_452_843), (49_979_687, 67_867_967))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One sequence of touchpoints.

    cases        how many took exactly this way; `share` of all cases in the log (0–1), with its Wilson interval
    duration_s   median seconds from first to last event of those cases
    example      the id of one case that took it
    """

    steps: tuple[str, ...]
    cases: int
    share: Measure
    duration_s: float
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """How many ways there are.

    ways    distinct sequences; `single` of them were taken by one case alone
    most    the fewest ways that together hold 80 % of the cases
    """

    ways: int
    single: int
    most: int


def variants(log: EventLog, *, limit: int | None = None) -> tuple[Variant, ...]:
    """The distinct sequences, commonest first (ties: shortest, then alphabetical); `limit` keeps that many.

    Shares are of all cases in the log, also when `limit` leaves some out.
    """
    if limit is not None and limit < 0:
        raise JourneyError(f"limit is how many to keep, 0 or more; got {limit}.")
    total = log.cases
    if not total:
        return ()
    rows = log.rows()
    by_case = rows.group_by("cid").agg(**signature(rows), span=rows.t.max() - rows.t.min(), length=rows.count())
    keys = _keys(by_case)
    grouped = by_case.group_by(*keys).agg(
        cases=by_case.count(), length=by_case.length.max(), span=by_case.span.median(), cid=by_case.cid.min()
    )
    ranked = grouped.order_by(ibis.desc("cases"), "length", "cid")
    # Ties at the cut are settled by name, so a few more are fetched than shown.
    ranked = ranked.drop(*keys)
    found = run(ranked if limit is None else ranked.limit(min(limit, total) + 200))
    steps = _steps(log, found["cid"])
    names = _names(log, found["cid"])
    result = [
        Variant(
            steps=steps[row.cid],
            cases=int(row.cases),
            share=wilson(int(row.cases), total),
            duration_s=float(row.span) / 1e6,
            example=names[row.cid],
        )
        for row in each(found)
    ]
    result.sort(key=lambda variant: (-variant.cases, len(variant.steps), variant.steps))
    return tuple(result[:limit])


def variety(log: EventLog) -> Variety:
    """How many ways the cases of a log took, without looking at any of them."""
    rows = log.rows()
    by_case = rows.group_by("cid").agg(**signature(rows))
    ways = by_case.group_by(*_keys(by_case)).agg(cases=by_case.count())
    sizes = run(ways.group_by("cases").agg(ways=ways.count())).sort_values("cases", ascending=False)
    total, seen, most = log.cases, 0, 0
    for row in each(sizes):
        # Of ways that as many cases took, only as many as are needed.
        needed = max(0, math.ceil((0.8 * total - seen) / row.cases))
        most += min(int(row.ways), needed)
        seen += int(row.cases) * int(row.ways)
    single = sizes.loc[sizes["cases"] == 1, "ways"].sum()
    return Variety(ways=int(sizes["ways"].sum()), single=int(single), most=most)


def _keys(by_case: Any) -> list[str]:
    return [name for name in by_case.columns if name.startswith("key_")]


def signature(rows: Any) -> dict[str, Any]:
    """Order-sensitive sums that tell sequences apart without building a list per case."""
    keys = {}
    for i, (by_place, by_step) in enumerate(MULTIPLIERS):
        place = (rows.pos.cast("int64") + 1) * by_place % 1_000_003
        step = (rows.tp.cast("int64") + 1) * by_step % 1_000_033
        mixed = place * step % 67_108_859
        keys[f"key_{i}"] = (mixed * mixed % 2_147_483_647).sum()
    return keys


def _steps(log: EventLog, cids: pd.Series[Any]) -> dict[Any, tuple[str, ...]]:
    rows = log.rows()
    wanted = [value.item() for value in cids.to_numpy()]
    events = run(rows.filter(rows.cid.isin(wanted)).select("cid", "pos", "tp")).sort_values(["cid", "pos"])
    return {cid: tuple(log.touchpoints[int(tp)] for tp in group["tp"]) for cid, group in events.groupby("cid")}


def _names(log: EventLog, cids: pd.Series[Any]) -> dict[Any, str]:
    if log.index.case_ids is None:
        return {cid: str(cid) for cid in cids}
    ids = log.index.case_ids
    wanted = [value.item() for value in cids.to_numpy()]
    found = run(ids.filter(ids.cid.isin(wanted)))
    return dict(zip(found["cid"], found["case"].astype(str), strict=True))
