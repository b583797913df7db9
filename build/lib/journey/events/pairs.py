"""Start and complete rows become one event with a duration; nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import ibis

from journey.errors import InputError
from journey.events.engine import run
from journey.events.source import Raw, counted

__all__ = ["STATES", "paired", "refuse_other_words", "state_of", "told"]

STATES: Final = ("start", "complete")


def state_of(column: Any) -> Any:
    """start, complete or another state, in small letters; a blank is a plain event, as if complete."""
    return column.cast("string").strip().lower().nullif("").fill_null("complete")


def refuse_other_words(raw: Raw, name: str) -> None:
    """Raises InputError if the column knows neither start nor complete: it is another column, or another language."""
    state = raw[name].cast("string").strip().lower()
    rows = raw.table.mutate(state_=state).filter(state.notnull() & (state != ""))
    counts = run(rows.group_by("state_").agg(n=rows.count()).order_by(ibis.desc("n"), "state_").limit(8), opening=True)
    if len(counts) and not counts["state_"].isin(STATES).any():
        seen = ", ".join(f"“{value}”" for value in counts["state_"])
        raise InputError(f"{raw.label}: the column “{name}” should say start or complete, but says {seen}.")


def paired(table: Any) -> Any:
    """Canonical rows with a column `state` (start, complete) as events, with duration_us and `open_`.

    Within a case and touchpoint the first start belongs to the first complete after it (first in, first out), a start
    before a complete of the same time. A complete without a start is an event without duration; so is a start that is
    never completed (`open_` tells them). The event stands at its start, with what the complete row says where it says
    something.
    """
    table = table.mutate(late_=(table.state == "complete").cast("int64"))
    order = [table.time, table.late_, table.row]
    so_far = ibis.window(group_by=["case", "touchpoint"], order_by=order, preceding=None, following=0)
    here = ibis.window(group_by=["case", "touchpoint"], order_by=order)
    table = table.mutate(
        balance_=(2 * table.late_ - 1).sum().over(so_far),
        starts_=(1 - table.late_).sum().over(so_far),
        ends_=table.late_.sum().over(so_far),
    )
    # Completes that found no open start: each time the balance reaches a new height.
    table = table.mutate(alone_=ibis.greatest(table.balance_.max().over(so_far), 0))
    before = table.alone_.lag().over(here).fill_null(0)
    table = table.mutate(single_=(table.late_ == 1) & (table.alone_ > before))
    table = table.mutate(pair_=ibis.ifelse(table.late_ == 1, table.ends_ - table.alone_, table.starts_))
    pair = ibis.window(group_by=["case", "touchpoint", "single_", "pair_"], order_by=["late_", "time", "row"])
    ends = table.time.lead().over(pair)
    facts = [
        name
        for name in table.columns
        if name in ("customer", "channel", "comment") or name.startswith(("r_", "a_", "k_"))
    ]
    starts = table.late_ == 0
    table = table.mutate(
        end_=ibis.ifelse(starts, ends, ibis.null(table.time.type())),
        **{
            name: ibis.ifelse(starts, table[name].lead().over(pair).coalesce(table[name]), table[name])
            for name in facts
        },
    )
    table = table.filter((table.late_ == 0) | table.single_)
    return table.mutate(
        duration_us=table.end_.delta(table.time, unit="microsecond").cast("int64"),
        open_=(table.late_ == 0) & table.end_.isnull(),
    ).drop("late_", "balance_", "starts_", "ends_", "alone_", "single_", "pair_", "end_", "state")


def told(raw: Raw, unfinished: int) -> Sequence[str]:
    if not unfinished:
        return ()
    return (f"{raw.label}: {counted(unfinished, 'start')} never completed: an event each, without a duration.",)
