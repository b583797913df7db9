"""What the tables told and the index does not hold, for no number needs it: comments, the customers' own ids.

It is read at the door when it is first asked for, and kept beside the index under the index's own case numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journey.events.engine import run
from journey.events.index import micros

if TYPE_CHECKING:
    from journey.events.log import EventLog

__all__ = ["at_index", "tells", "told"]

# How `EventLog.split` names the parts of a case.
PART = "#[0-9]+$"


def tells(log: EventLog, name: str) -> bool:
    """Whether the tables have that canonical column: "comment", "customer", …"""
    return name in log.door.table.columns


def told(log: EventLog, *names: str) -> Any:
    """The door's rows with the index's case number `cid`, the touchpoint's name, `t` in microseconds and the columns
    asked for, as an Ibis expression of the index's engine.

    A row of a log that was split stands at every part of its case: `cid` and `t` together tell which.
    """
    table = log.door.table
    table = table.select("case", "touchpoint", t=micros(table.time), **{name: table[name] for name in names})
    table = at_index(log, table)
    ids = log.index.case_ids
    if ids is None:
        return table.rename(cid="case")
    # Ids of a split log are texts, whatever they were before.
    if table["case"].type() != ids["case"].type():
        table = table.mutate(case=table["case"].cast("string"))
    if log.index.once("split", lambda: _is_split(ids, table)):
        ids = ids.mutate(case=ids["case"].re_replace(PART, ""))
    return table.inner_join(ids.select("cid", "case"), "case").drop("case")


def at_index(log: EventLog, table: Any) -> Any:
    """A question to the door as one to the index's engine.

    A large log's tables were opened on a connection that is closed by now; what was asked there can be asked again.
    """
    engine, backend = log.index.backend, table.get_backend()
    return table if engine is backend else engine.sql(backend.compile(table), schema=table.schema())


def _is_split(ids: Any, table: Any) -> bool:
    """Whether the index's cases are parts of those at the door."""
    named = run(ids.agg(parts=ids["case"].re_search(PART).all()))["parts"].iloc[0]
    return bool(named) and run(ids.semi_join(table, "case").limit(1)).empty
