"""Cases: what lies behind a count, one row each, to be read or taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, Literal
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd

from journey.errors import JourneyError
from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.mine import goals_of
from journey.events.told import at_index, tells, told

__all__ = ["ORDERS", "CaseOrder", "cases", "write_cases"]

CaseOrder = Literal["latest", "earliest", "longest", "most", "worst"]
ORDERS: Final = ("latest", "earliest", "longest", "most", "worst")

MOST_STEPS: Final = 200  # of a case in a list that is read; a file holds all
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
PORTION: Final = 100_000  # cases of a file held at a time


def cases(log: EventLog, *, limit: int = 200, offset: int = 0, order: CaseOrder = "latest") -> pd.DataFrame:
    """Cases of the log as pandas, one row each; over all offsets exactly `log.cases` rows.

    order    "latest" or "earliest" begun first, "longest" first, "most" events first, or "worst": least satisfied
             first, those without an answer last. Ties stand in order of the case's number.

    Columns: case; customer, where customers were declared and are not the cases themselves; begin (in the recipe's
    time zone); events; duration_s, seconds from first to last event; steps, a list of touchpoints, of very long cases
    the first 200; last, the touchpoint of the last event; reached, whether the case met the goal, where there is one;
    worst, its least satisfied answer as written in the data, where satisfaction was asked.
    Raises JourneyError for an unknown order, or a negative limit or offset.
    """
    if order not in ORDERS:
        raise JourneyError("Cases are ordered by {known}, not “{order}”.", known=", ".join(ORDERS), order=order)
    if limit < 0 or offset < 0:
        raise JourneyError("limit and offset are 0 or more; got {limit} and {offset}.", limit=limit, offset=offset)
    listed = _by_case(log, log.rows()).order_by(_keys(log, order)).limit(limit, offset=offset)
    found = run(listed)
    wanted = found["cid"].to_list()
    rows = log.index.table()
    steps = run(rows.filter(rows.cid.isin(wanted) & (rows.pos < MOST_STEPS)).select("cid", "pos", "tp"))
    names = np.array(log.touchpoints, dtype=object)
    steps = steps.sort_values(["cid", "pos"])
    by_case = {cid: list(names[group.to_numpy(int)]) for cid, group in steps.groupby("cid")["tp"]}
    found["steps"] = [by_case[cid] for cid in wanted]
    return _told(log, found)


def write_cases(log: EventLog, file: BinaryIO) -> int:
    """Write every case of the log as CSV, in the columns of `cases`; returns how many.

    UTF-8 with a mark by which spreadsheets know it; times as ISO 8601 with offset; steps joined by “ → ”, all of them;
    an apostrophe before a text that a spreadsheet would take for a formula. Cases are written a portion at a time, in
    order of their numbers.
    """
    written = 0
    for rows in _portions(log):
        found = run(_by_case(log, rows).order_by("cid"))
        found = found.merge(run(_ways(log, rows)), on="cid", how="left")
        table = _told(log, found)
        table["begin"] = [when.isoformat(timespec="seconds") for when in table["begin"]]
        for name in {"case", "customer", "steps", "last"} & set(table):
            table[name] = [f"'{text}" if text.startswith(FORMULA) else text for text in table[name]]
        text = table.to_csv(index=False, header=not written, lineterminator="\r\n")
        file.write(text.encode("utf-8" if written else "utf-8-sig"))
        written += len(table)
    return written


def _portions(log: EventLog) -> Iterator[Any]:
    """The log's rows, so many cases at a time."""
    rows = log.rows()
    if log.cases <= PORTION:
        yield rows
        return
    numbers = np.sort(run(rows.filter(rows.pos == 0).select("cid"))["cid"].to_numpy())
    for first in range(0, len(numbers), PORTION):
        part = numbers[first : first + PORTION]
        yield rows.filter(rows.cid.between(int(part[0]), int(part[-1])))


def _by_case(log: EventLog, rows: Any) -> Any:
    """One row a case: what adds up over its events."""
    facts = {
        "begin": rows.t.min(),
        "events": rows.count(),
        "duration": rows.t.max() - rows.t.min(),
        "last_tp": rows.tp.max(where=rows.next_tp.isnull()),
    }
    if log.has_customers:
        facts["cust"] = rows.cust.max()
    if goals := goals_of(log, None):
        facts["reached"] = rows.tp.isin(log.codes(goals)).any()
    if scale := log.scales.get("satisfaction"):
        answer = rows[f"r_{scale.name}"]
        facts["worst"] = answer.min() if scale.good == "high" else answer.max()
    return rows.group_by("cid").agg(**facts)


def _keys(log: EventLog, order: CaseOrder) -> list[Any]:
    if order == "worst":
        scale = log.scales.get("satisfaction")
        if scale is None:
            raise JourneyError("Cases can't be ordered by satisfaction, for it was not asked.")
        column = ibis._.worst.asc(nulls_first=False) if scale.good == "high" else ibis._.worst.desc(nulls_first=False)
        return [column, ibis.desc("begin"), "cid"]
    first = {
        "latest": ibis.desc("begin"),
        "earliest": "begin",
        "longest": ibis.desc("duration"),
        "most": ibis.desc("events"),
    }
    return [first[order], "cid"]


def _ways(log: EventLog, rows: Any) -> Any:
    """Each case's touchpoints in order, joined into one text by the engine."""
    name = ibis.literal(list(log.touchpoints), type="array<string>")[rows.tp.cast("int32")]
    named = rows.select("cid", "pos", name=name)
    return named.group_by("cid").agg(steps=named.name.group_concat(" → ", order_by=named.pos))


def _told(log: EventLog, found: pd.DataFrame) -> pd.DataFrame:
    """Fetched cases with names for numbers and times for microseconds."""
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    table: dict[str, Any] = {"case": _case_names(log, found["cid"])}
    if "cust" in found and (customers := _customers(log, found)) is not None:
        table["customer"] = customers
    table |= {
        "begin": pd.to_datetime(found["begin"], unit="us", utc=True).dt.tz_convert(zone),
        "events": found["events"].astype("int64"),
        "duration_s": found["duration"].astype("float64") / 1e6,
        "steps": found["steps"],
        "last": [log.touchpoints[int(code)] for code in found["last_tp"]],
    }
    if "reached" in found:
        table["reached"] = found["reached"].astype(bool)
    if "worst" in found:
        table["worst"] = found["worst"].astype("Float64")
    return pd.DataFrame(table)


def _case_names(log: EventLog, cids: pd.Series[Any]) -> list[str]:
    ids = log.index.case_ids
    if ids is None:
        return [str(cid) for cid in cids]
    found = run(ids.filter(_one_of(ids.cid, cids)))
    names = dict(zip(found["cid"], found["case"], strict=True))
    return [str(names[cid]) for cid in cids]


def _one_of(column: Any, values: pd.Series[Any]) -> Any:
    """Whether the column is one of the values; of very many, whether it lies among them."""
    if len(values) > 1000:
        return column.between(int(values.min()), int(values.max()))
    return column.isin([int(value) for value in values])


def _customers(log: EventLog, found: pd.DataFrame) -> list[str] | None:
    """The customers' own ids; None where each case is a customer of its own name."""
    if not tells(log, "customer"):
        return None  # a split log: the case was the customer
    if not log.index.once("customer differs", lambda: _differ(log)):
        return None
    if not log.door.table["customer"].type().is_string():
        return [str(customer) for customer in found["cust"]]
    names = log.index.once("customers", lambda: _kept_customers(log))
    known = run(names.filter(_one_of(names.cid, found["cid"])))
    by_case = dict(zip(known["cid"], known["customer"], strict=True))
    return [str(by_case[cid]) for cid in found["cid"]]


def _differ(log: EventLog) -> bool:
    """Whether any case is called otherwise than its customer."""
    table = log.door.table
    if table["case"].type() != table["customer"].type():
        return True
    return not run(at_index(log, table.filter(table["case"] != table["customer"]).select("case").limit(1))).empty


def _kept_customers(log: EventLog) -> Any:
    pairs = told(log, "customer")
    return log.index.keep(pairs.group_by("cid").agg(customer=pairs.customer.max()))
