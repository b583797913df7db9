"""Customers of a log by the ids that its tables wrote, for other tables to be joined on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from journey.events.engine import run
from journey.events.told import tells, told

if TYPE_CHECKING:
    from journey.events.log import EventLog

__all__ = ["customer_ids", "customers_of"]


def customers_of(log: EventLog) -> Any:
    """cid and customer: the id, as written, of the customer of every case of the log; an Ibis expression.

    Where nobody declared customers, the case is the customer.
    """
    rows = log.rows()
    cases = rows.filter(rows.pos == 0)
    if log.has_customers and not log.door.table["customer"].type().is_string():
        return cases.select("cid", customer="cust")
    if tells(log, "customer"):
        names = log.index.once("customers by case", lambda: _by_case(log))
        return cases.select("cid").inner_join(names, "cid").select("cid", "customer")
    ids = log.index.case_ids
    if ids is None:
        return cases.select("cid", customer="cid")
    return cases.select("cid").inner_join(ids, "cid").select("cid", customer="case")


def _by_case(log: EventLog) -> Any:
    pairs = told(log, "customer")
    return log.index.keep(pairs.group_by("cid").agg(customer=pairs.customer.max()))


def customer_ids(log: EventLog) -> pa.Array:
    """The different customers of a log."""
    found = run(customers_of(log).select("customer").distinct())["customer"]
    return pa.Array.from_pandas(found.dropna())
