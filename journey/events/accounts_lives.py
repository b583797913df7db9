"""How long accounts stay: one row an account, by the one source that decides who left and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import pandas as pd

from journey.events.accounts_read import MONTH_DAYS
from journey.events.accounts_report import ChurnFrom
from journey.events.engine import run
from journey.recipe.accounts import Accounts

__all__ = ["beside", "churn_from", "lives", "signs"]

Tables = Mapping[str, Any]


def churn_from(spec: Accounts, tables: Tables) -> ChurnFrom:
    """What decides who left: dated churn events, else revenue that ends, else dates of churn, else flags."""
    if "churn_events" in tables:
        return "churn events"
    if "changes" in tables:
        return "revenue"
    if spec.churn is not None:
        return "churn dates"
    return "flags" if spec.churned is not None else "nothing"


def lives(spec: Accounts, tables: Tables, decides: ChurnFrom, as_of: date | None) -> Any:
    """acc, start, gone (null: stays), days (watched), entered (days: watched from then on), left.

    An account is gone from the first day on which it left; one that came back is counted once. An account that a flag
    says to have left, without a day, is not watched (`days` null).
    """
    accounts = tables["accounts"]
    if spec.tenure_months is not None:
        days = accounts.tenure_months * MONTH_DAYS
        left = accounts.churned.coalesce(False) if "churned" in accounts.columns else ibis.literal(False)
        late: Any = ibis.literal(0.0)
        if spec.observed_months is not None:
            # Who left did so somewhere within that time: in its middle, as long as nobody says when.
            watched = spec.observed_months * MONTH_DAYS
            late = ibis.ifelse(left, days - watched / 2, days - watched)
        return accounts.select(
            "acc",
            start=ibis.null("date"),
            gone=ibis.null("date"),
            days=days,
            entered=ibis.greatest(late, 0.0),
            left=left,
        )
    assert as_of is not None
    table = accounts.select("acc", "start", **({"churn": "churn"} if "churn" in accounts.columns else {}))
    if decides in ("churn events", "revenue"):
        table = beside(table, _departures(tables, decides))
        gone = table.went
        if decides == "revenue" and "churn" in table.columns:
            # Who never paid can only leave by its own date.
            gone = ibis.ifelse(table.paid.isnull(), table.churn, table.went)
    elif decides == "churn dates":
        gone = table.churn
    else:
        gone = ibis.null("date")
    table = table.mutate(gone=gone)
    table = table.mutate(gone=ibis.ifelse(table.gone <= ibis.date(as_of), table.gone, ibis.null("date")))
    end = table.gone.coalesce(ibis.date(as_of))
    table = table.mutate(
        days=ibis.greatest(end.delta(table.start, unit="day").cast("float64"), 0.0),
        entered=ibis.literal(0.0),
        left=table.gone.notnull(),
    )
    return table.select("acc", "start", "gone", "days", "entered", "left")


def beside(table: Any, other: Any) -> Any:
    """The table with what another says of the same accounts, one row each; null where it says nothing."""
    other = other.rename(acc_="acc")
    return table.left_join(other, table.acc == other.acc_).drop("acc_")


def _departures(tables: Tables, decides: ChurnFrom) -> Any:
    if decides == "churn events":
        events = tables["churn_events"]
        return events.group_by("acc").agg(went=events.date.min(), paid=events.date.count() > 0)
    changes = tables["changes"]
    return changes.group_by("acc").agg(went=changes.day.min(where=changes.kind == 3), paid=changes.kind.min().notnull())


def signs(spec: Accounts, tables: Tables, as_of: date | None) -> dict[str, int]:
    """How many accounts each source says to have left by the last day (or ever, where it tells departures)."""
    accounts, found = tables["accounts"], {}
    if "churn_events" in tables:
        found["churn events"] = _number(tables["churn_events"].acc.nunique())
    if "changes" in tables:
        changes = tables["changes"]
        found["revenue"] = _number(changes.acc.nunique(where=changes.kind == 3))
    if "churn" in accounts.columns and as_of is not None:
        found["churn dates"] = _number((accounts.churn <= ibis.date(as_of)).sum())
    if "churned" in accounts.columns:
        found["flags"] = _number(accounts.churned.sum())
    return found


def _number(scalar: Any) -> int:
    value = run(scalar.name("n").as_table())["n"].iloc[0]
    return 0 if pd.isna(value) else int(value)
