"""What was known of each account on a day, and what became of it after: the ground of every forecast of churn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.accounts_lives import beside
from journey.events.engine import run

__all__ = ["first_start", "outcome", "state"]

LOOK_BACK = 30


def state(accounts: Accounts, at: date, *, look_back: int = LOOK_BACK) -> pd.DataFrame:
    """Accounts that were customers on a day, with what was known by its end; one row an account, by `acc`.

    at          the landmark: nothing later is looked at
    look_back   days of the period behind it (and of the one before that, `_before`)

    Columns: acc, account; customer where accounts are the customers themselves; plan, segment, seats, goal, a_* where
    declared (as known on the last day: these have no history); tenure_days; mrr, and mrr_change over `look_back` days,
    where MRR over time is told; renewal_days until the next renewal, on the last day only; valued, whether first value
    was reached by then, where a column of accounts tells it; use, use_before, features: active days (or times used)
    and different features in the periods, of rows that were over by the landmark; tickets, open_tickets: opened in the
    period; still open at its end. Absent where a table that tells is missing; 0 where it tells nothing of an account.
    Raises JourneyError where the accounts tell no days.
    """
    if accounts.as_of is None:
        raise JourneyError("These accounts tell no days, so nothing can be said of a day before the last.")
    lives, people = accounts.table("lives"), accounts.table("accounts")
    day = ibis.date(at)
    there = lives.filter((lives.start <= day) & (lives.gone.isnull() | (lives.gone > day)))
    table = there.select("acc", tenure_days=day.delta(there.start, unit="day").cast("int64"))
    # A renewal known on the last day tells who was still there by then: on an earlier day it would betray the outcome.
    hidden = () if at >= accounts.as_of else ("renewal",)
    known = people.select("acc", "account", *[name for name in _facts(people) if name not in hidden])
    table = beside(table, known)
    table = _with(table, accounts, "changes", lambda t: _paid(t, at, look_back), zero=("mrr", "mrr_change"))
    table = _with(table, accounts, "usage", lambda t: _used(t, accounts, at, look_back), zero=("use", "use_before"))
    table = _with(table, accounts, "tickets", lambda t: _asked(t, at, look_back), zero=("tickets", "open_tickets"))
    if "value" in table.columns:
        table = table.mutate(valued=(table.value <= day).coalesce(False)).drop("value")
    if "renewal" in table.columns:
        until = table.renewal.delta(day, unit="day").cast("int64")
        table = table.mutate(renewal_days=until).drop("renewal")
    return run(table.order_by("acc"))


def outcome(accounts: Accounts, at: date, *, days: int) -> pd.DataFrame:
    """What became of the accounts of `state(accounts, at)` in the `days` after: acc, left (True, False; None where they
    were not watched for so long), days (until they left, or were watched), by what decides churn."""
    lives = accounts.table("lives")
    day, last = ibis.date(at), accounts.as_of
    assert last is not None  # as for `state`
    there = lives.filter((lives.start <= day) & (lives.gone.isnull() | (lives.gone > day)))
    end = there.gone.coalesce(ibis.date(last))
    after = end.delta(day, unit="day").cast("int64")
    left = there.gone.notnull() & (after <= days)
    watched = after >= days
    table = there.select(
        "acc", left=ibis.cases((left, True), (watched, False), else_=None), days=ibis.least(after, days)
    )
    return run(table.order_by("acc"))


def _facts(table: Any) -> list[str]:
    plain = ("customer", "plan", "segment", "seats", "goal", "renewal", "value")
    return [name for name in table.columns if name in plain or name.startswith("a_")]


def _with(table: Any, accounts: Accounts, name: str, facts: Any, *, zero: tuple[str, ...]) -> Any:
    """The table with facts of another, where there is that other; accounts that it does not mention have none: 0."""
    if not accounts.has(name):
        return table
    table = beside(table, facts(accounts.table(name)))
    return table.mutate(**{column: table[column].coalesce(0) for column in zero if column in table.columns})


def _paid(changes: Any, at: date, back: int) -> Any:
    day, before = ibis.date(at), ibis.date(at - timedelta(days=back))
    changes = changes.filter(changes.day <= day)
    table = changes.group_by("acc").agg(
        mrr=changes.after.argmax(changes.day),
        was=changes.after.argmax(changes.day, where=changes.day <= before),
    )
    return table.select("acc", "mrr", mrr_change=table.mrr - table.was.coalesce(0.0))


def _used(usage: Any, accounts: Accounts, at: date, back: int) -> Any:
    """Rows that were over by the landmark: a month that it cuts through would tell of the days after."""
    spec = accounts.recipe.accounts
    assert spec is not None and spec.usage is not None
    length = 30 if spec.usage.month is not None else 0
    usage = usage.mutate(over=usage.day + ibis.interval(days=length))
    usage = usage.filter(usage.over <= ibis.date(at + timedelta(days=0 if length else 1)))
    recent = usage.over > ibis.date(at - timedelta(days=back))
    earlier = ~recent & (usage.over > ibis.date(at - timedelta(days=2 * back)))
    if "days" in usage.columns:
        amount: Any = usage.days
        sums = {"use": amount.sum(where=recent), "use_before": amount.sum(where=earlier)}
    elif length:
        sums = {"use": usage.times.sum(where=recent), "use_before": usage.times.sum(where=earlier)}
    else:
        sums = {"use": usage.day.nunique(where=recent), "use_before": usage.day.nunique(where=earlier)}
    if "features" in usage.columns:
        sums["features"] = usage.features.max(where=recent)
    elif "feature" in usage.columns:
        sums["features"] = usage.feature.nunique(where=recent)
    return usage.group_by("acc").agg(**sums)


def _asked(tickets: Any, at: date, back: int) -> Any:
    end, start = ibis.date(at + timedelta(days=1)), ibis.date(at - timedelta(days=back - 1))
    tickets = tickets.filter(tickets.opened < end.cast("timestamp"))
    sums = {"tickets": (tickets.opened >= start.cast("timestamp")).sum()}
    if "solved" in tickets.columns:
        sums["open_tickets"] = (tickets.solved.isnull() | (tickets.solved >= end.cast("timestamp"))).sum()
    return tickets.group_by("acc").agg(**sums)


def first_start(accounts: Accounts) -> date | None:
    """The day on which the first account began; None where no day is told."""
    lives = accounts.table("lives")
    if "start" not in lives.columns:
        return None
    found = run(lives.agg(first=lives.start.min()))["first"].iloc[0]
    return None if pd.isna(found) else pd.Timestamp(found).date()
