"""Other sequences from the same events: fewer touchpoints, repeats collapsed, histories split into cases."""

from __future__ import annotations

import weakref
from collections.abc import Collection
from typing import Any

import ibis

from journey.events.engine import drop, keep

__all__ = ["bare", "collapse", "keep_only", "split"]

DERIVED = ("prev_tp", "next_tp", "next_ch", "wait_us", "again_us", "first_visit", "first_move")


def bare(rows: Any) -> Any:
    """Indexed rows as they were before successors were known; `row` is the old position."""
    return rows.mutate(row=rows.pos.cast("int64")).drop("pos", *[name for name in DERIVED if name in rows.columns])


def keep_only(rows: Any, touchpoints: Collection[int]) -> Any:
    return bare(rows.filter(rows.tp.isin(list(touchpoints))))


def collapse(rows: Any) -> Any:
    """Each run of one touchpoint becomes its first event, carrying the last answer given in the run."""
    within = ibis.window(group_by="cid", order_by="pos")
    begins = (rows.tp != rows.tp.lag().over(within)).fill_null(True)
    flagged = rows.mutate(begins=begins)
    runs = flagged.mutate(
        run=flagged.begins.cast("int64").sum().over(ibis.cumulative_window(group_by="cid", order_by="pos"))
    )
    fixed = ("cid", "run", "begins")
    last = {
        name: runs[name].last(order_by=runs.pos, where=runs[name].notnull())
        for name in runs.columns
        if name.startswith("r_")
    }
    first = {
        name: runs[name].first(order_by=runs.pos, include_null=True)
        for name in runs.columns
        if name not in fixed and name not in last and name not in DERIVED
    }
    ends = (runs.t + runs.duration_us.fill_null(0)).max() if "duration_us" in runs.columns else runs.t.max()
    grouped = runs.group_by("cid", "run").agg(**first, **last, end_t=ends)
    return bare(grouped.mutate(duration_us=grouped.end_t - grouped.t).drop("run", "end_t"))


def split(backend: Any, rows: Any, gap_us: int, case_ids: Any) -> tuple[Any, Any]:
    """Rows with a new case number wherever the wait exceeds the gap, and the names of the new cases."""
    within = ibis.window(group_by="cid", order_by="pos")
    opens = (rows.t - rows.t.lag().over(within) > gap_us).fill_null(False)
    flagged = rows.mutate(opens=opens)
    parts = flagged.mutate(
        part=flagged.opens.cast("int64").sum().over(ibis.cumulative_window(group_by="cid", order_by="pos"))
    ).drop("opens")
    sessions = parts.select("cid", "part").distinct()
    names = sessions.left_join(case_ids, "cid") if case_ids is not None else sessions.mutate(case=sessions.cid)
    label = names.case.cast("string") + "#" + (names.part + 1).cast("string")
    numbers = names.select("cid", "part", case=label, new_cid=ibis.row_number().over(order_by=["cid", "part"]))
    kept = keep(backend, numbers, name="sessions")
    moved = parts.inner_join(kept, ["cid", "part"])
    # Where no customer was declared the case was the customer, and still is.
    customer = {} if "cust" in rows.columns else {"cust": moved.cid}
    renumbered = moved.mutate(**customer, cid=moved.new_cid).drop("part", "case", "new_cid")
    named = kept.select(cid="new_cid", case="case")
    # Logs made from this one share these names: the table goes when the last of them has gone.
    weakref.finalize(named, drop, backend, kept.op().name)
    return bare(renumbered), named
