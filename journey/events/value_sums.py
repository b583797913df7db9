"""Days from an account's start to its first value, to its leaving, or to the last day that is known."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.accounts_link import customers_of
from journey.events.accounts_lives import beside
from journey.events.engine import keep_arrow, run
from journey.events.join import same_kind
from journey.events.log import EventLog
from journey.events.opening import open as open_log

__all__ = ["CENSORED", "LEFT", "VALUE", "value_ends"]

# What came first.
CENSORED, VALUE, LEFT = 0, 1, 2


def value_ends(accounts: Accounts, *, by: str | None = None) -> tuple[pd.DataFrame, int]:
    """Accounts by `by` (None: all alike), days and what came first (CENSORED, VALUE, LEFT): group, days, kind, n.

    And how many accounts met what counts as value before their start only: they are watched like the others, for that
    was not what they signed for. Value on the day of leaving came first.
    Raises JourneyError where the recipe says no value, or where the accounts tell no days.
    """
    spec = accounts.recipe.accounts
    if spec is None or spec.value is None:
        raise JourneyError(
            "{recipe} does not say what first value is. Add “value” under “accounts”: a column with its date, or "
            "{touchpoint}, or {feature}.",
            recipe=accounts.recipe.name or "The recipe",
            touchpoint="{touchpoint: …}",
            feature="{feature: …}",
        )
    if accounts.as_of is None:
        raise JourneyError("These accounts tell no days, so no time to value can be told.")
    lives = accounts.table("lives")
    met = _dates(accounts)
    table = lives.select("acc", "start", "days", "left")
    dated = met.inner_join(table.select(acc_="acc", start="start"), [("acc", "acc_")])
    dated = dated.group_by("acc").agg(
        value=dated.day.min(where=dated.day >= dated.start), before=(dated.day < dated.start).any()
    )
    table = beside(table, dated)
    until = table.value.delta(table.start, unit="day").cast("float64")
    reached = (until <= table.days).coalesce(False)
    kind = ibis.cases((reached, VALUE), (table.left, LEFT), else_=CENSORED)
    group = ibis.null("string")
    if by is not None:
        column = accounts.column(by)
        table = beside(table, accounts.table("accounts").select("acc", group_=column))
        group = table.group_.cast("string")
    table = table.select(
        group=group,
        days=ibis.ifelse(reached, until, table.days).cast("int32"),
        kind=kind.cast("int8"),
        early=table.value.isnull() & table.before.coalesce(False),
    )
    found = run(table.group_by("group", "days", "kind").agg(n=table.count(), early=table.early.sum()))
    return found.sort_values(["days", "kind"]), int(found["early"].sum())


def _dates(accounts: Accounts) -> Any:
    """acc, day: when what counts as value was met."""
    spec = accounts.recipe.accounts
    assert spec is not None and spec.value is not None
    value = spec.value
    if value.column is not None:
        table = accounts.table("accounts")
        return table.filter(table.value.notnull()).select("acc", day="value")
    if value.feature:
        usage = accounts.table("usage")
        if value.feature != ("any",):
            usage = usage.filter(usage.feature.isin(list(value.feature)))
        return usage.select("acc", "day")
    return _visits(accounts, value.touchpoint)


def _visits(accounts: Accounts, touchpoints: tuple[str, ...]) -> Any:
    """acc, day of every visit there; days as the recipe's clocks showed them."""
    log: EventLog = accounts.log if accounts.log is not None else open_log(accounts.recipe)
    rows = log.rows()
    there = rows.filter(rows.tp.isin(list(log.codes(touchpoints)))).select("cid", "t").distinct()
    found = run(there.inner_join(customers_of(log), "cid").select("customer", "t"))
    when = pd.to_datetime(found["t"], unit="us", utc=True).dt.tz_convert(log.recipe.time_zone or "UTC")
    days = pa.array(when.dt.date.to_numpy(), pa.date32())
    ids = pa.Array.from_pandas(found["customer"])
    backend = accounts.books.backend
    visits = keep_arrow(backend, pa.table({"id_": ids, "day": days}), name="visits")
    links = accounts.links_table()
    ours, theirs = same_kind(links.customer, visits.id_)
    return links.mutate(key_=ours).inner_join(visits.select(key_=theirs, day="day"), "key_").select("acc", "day")
