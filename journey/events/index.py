"""The index: one table in which every event knows its successor, so that later questions need no window.

Rows are events; touchpoints, channels and text attributes are small integer codes; rows of a case stand together in
order of time (ties keep their input order). Columns:

    cid, pos           the case's number, and the event's place in it from 0
    cust               the customer's number, where customers are declared
    t                  microseconds since 1970-01-01 UTC
    tp, ch             codes of touchpoint and channel
    prev_tp, next_tp, next_ch   codes of the case's previous and next event; null where there is none
    wait_us            time to the next event; null at the end of the case
    duration_us        time at the touchpoint, where the data tell
    taken_us, promised_us   time from `since` to this visit, as it was and as promised, where a promise tells
    r_*, a_*           raw answers; attributes
    again_us           time to the case's next visit to the same touchpoint (null if none)
    first_visit, first_move   whether the case meets this touchpoint, walks this transition, for the first time

The last three are marks of their own, added when they are first needed (`journey.events.marks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import pandas as pd

from journey.events.engine import is_duckdb, keep, keep_frame, run
from journey.events.own import epoch_us

__all__ = ["BUCKETS", "Codes", "bucketed", "code_table", "coded", "successors"]

# Customers are hashed into this many buckets; with fewer than ten customers a bucket, each is its own.
BUCKETS = 256
EPOCH = ibis.timestamp("1970-01-01")


@dataclass(frozen=True, slots=True)
class Codes:
    """What the integer codes of a column stand for: code i is `names[i]`."""

    names: tuple[str, ...]

    def of(self, name: str) -> int | None:
        try:
            return self.names.index(name)
        except ValueError:
            return None


def code_table(backend: Any, names: pd.Series[Any], *, column: str) -> tuple[Codes, Any]:
    """A small kept table (name → code) in sorted order, so that every engine gives the same codes."""
    ordered = sorted(str(value) for value in names.dropna().unique())
    kind = "int16" if len(ordered) < 32_000 else "int32"
    table = pd.DataFrame({f"{column}_name": pd.array(ordered, dtype="string"), f"{column}_code": range(len(ordered))})
    schema = {f"{column}_name": "string", f"{column}_code": kind}
    return Codes(tuple(ordered)), keep_frame(backend, table, schema=schema, name="codes")


def coded(table: Any, codes: Any, *, column: str, to: str) -> Any:
    """`table` with the text `column` replaced by its code, named `to`."""
    joined = table.left_join(codes, table[column] == codes[f"{column}_name"])
    return joined.mutate(**{to: joined[f"{column}_code"]}).drop(column, f"{column}_name", f"{column}_code")


def numbered(backend: Any, table: Any, *, column: str, to: str, name: str) -> tuple[Any, Any]:
    """`table` with the text ids in `column` replaced by numbers in order of the ids; and the kept table of ids."""
    ids = table.select(column).distinct()
    ids = keep(backend, ids.mutate(**{to: ibis.row_number().over(order_by=ids[column])}), name=name, opening=True)
    joined = table.left_join(ids, column)
    return joined.drop(column, f"{column}_right") if f"{column}_right" in joined.columns else joined.drop(column), ids


def successors(events: Any, *, since: Mapping[int, int] | None = None) -> Any:
    """Events (cid, t, row, tp, …) with their place in the case and their successor: one sort by case and time.

    since   touchpoints whose time is counted from the case's first visit to another one (code → code). Touchpoints
            with a promised date (column due_us) count from the start of the case unless they stand here.
    """
    within = ibis.window(group_by="cid", order_by=["t", "row"])
    # All in one step: a second step would be a second sort.
    neighbours = {
        "pos": ibis.row_number().over(within).cast("int32"),
        "prev_tp": events.tp.lag().over(within),
        "next_tp": events.tp.lead().over(within),
        "wait_us": events.t.lead().over(within) - events.t,
    }
    if "ch" in events.columns:
        neighbours["next_ch"] = events.ch.lead().over(within)
    table = events.mutate(**neighbours)
    if since or "due_us" in events.columns:
        table = _timed(table, since or {})
    return table.drop("row")


def _timed(table: Any, since: Mapping[int, int]) -> Any:
    """Adds taken_us, and promised_us where a date was promised, at the touchpoints with a promise of that kind."""
    whole = ibis.window(group_by="cid")
    origin = table.t.min().over(whole)
    for place, start in since.items():
        origin = ibis.ifelse(table.tp == place, table.t.min(where=table.tp == start).over(whole), origin)
    promised = table.tp.isin(list(since)) if since else ibis.literal(False)
    if "due_us" not in table.columns:
        return table.mutate(taken_us=ibis.ifelse(promised, table.t - origin, None))
    due = table.due_us.notnull()
    return table.mutate(
        taken_us=ibis.ifelse(due | promised, table.t - origin, None), promised_us=table.due_us - origin
    ).drop("due_us")


def bucketed(events: Any, customers: int) -> Any:
    """Events with the customer's `bucket`, 0 … 255, by integer arithmetic that every engine does alike.

    With fewer than ten customers a bucket each customer is its own.
    """
    customer = "cust" if "cust" in events.columns else "cid"
    if customers >= 10 * BUCKETS:
        # A multiplicative hash below 2^53, so that neighbours and regular ids spread.
        scattered = (events[customer].abs() % 2_147_483_629) * 2_654_435 % 2_147_483_647
        return events.mutate(bucket=scattered.cast("int64") >> 23)
    return events.mutate(bucket=events[customer])


def micros(time: Any) -> Any:
    """Microseconds since 1970; DuckDB has a function for it, much faster than a difference."""
    if is_duckdb(time.get_backend()):
        return epoch_us(time)
    return time.delta(EPOCH, unit="microsecond")


def ask(expr: Any) -> pd.DataFrame:
    """A question asked while the log is being opened."""
    return run(expr, opening=True)
