"""The way to the goal: each case up to its first goal, without rebuilding the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from journey.events.log import EventLog

__all__ = ["first_goals", "until_goal"]


def first_goals(log: EventLog, goals: Sequence[str]) -> Any:
    """Where each case that met a goal first met it: cid, goal_pos. Kept with the index, for it is often asked."""
    codes = sorted(log.codes(goals))

    def found() -> Any:
        rows = log.index.table()
        met = rows.filter(rows.tp.isin(codes))
        return log.index.keep(met.group_by("cid").agg(goal_pos=met.pos.min()))

    return log.index.once(("met", tuple(codes)), found)


def until_goal(log: EventLog, goals: Sequence[str]) -> Any:
    """The log's rows up to each case's first goal, with `goal_pos`, null for cases that never met one.

    The goal's own row is the last one: nothing follows it. Cases without a goal stay whole. One hash join on the number
    of the case, no window.
    """
    rows = log.rows(marked=True)
    if not goals:
        return rows.mutate(goal_pos=ibis.null("int32"))
    joined = rows.left_join(first_goals(log, goals), "cid")
    kept = joined.select(*[joined[name] for name in rows.columns], joined.goal_pos)
    kept = kept.filter(kept.goal_pos.isnull() | (kept.pos <= kept.goal_pos))
    last = (kept.pos == kept.goal_pos).fill_null(False)
    return kept.mutate(
        next_tp=ibis.ifelse(last, None, kept.next_tp),
        wait_us=ibis.ifelse(last, None, kept.wait_us),
        first_move=last | kept.first_move,  # a case ends once
    )
