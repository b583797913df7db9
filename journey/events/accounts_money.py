"""What accounts pay, as it changed: from movements or subscriptions to one table of changes, each with its kind."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import ibis

from journey.errors import InputError
from journey.events.engine import run
from journey.events.source import ROW, counted, number
from journey.recipe.accounts import Subscriptions

__all__ = ["CENT", "KINDS", "changes_of", "levels_of_movements", "levels_of_subscriptions", "month_of"]

# What a change of MRR is, by code.
KINDS: Final = ("new", "expansion", "contraction", "churn", "reactivation")
# Less than this is no money: sums of decimals leave dust.
CENT: Final = 0.005


def month_of(day: Any) -> Any:
    """Months since the year 0, of a date."""
    return (day.year().cast("int32") * 12 + day.month().cast("int32") - 1).cast("int32")


def levels_of_movements(table: Any) -> Any:
    """acc, day, mrr: what an account pays from that day on; of several movements on a day, the last."""
    mrr = table.mrr if "mrr" in table.columns else table.w_mrr
    table = table.select("acc", day="date", mrr=mrr, row=ROW)
    last = ibis.row_number().over(ibis.window(group_by=["acc", "day"], order_by=table.row.desc()))
    table = table.mutate(nth_=last)
    return table.filter(table.nth_ == 0).select("acc", "day", "mrr")


def levels_of_subscriptions(table: Any, spec: Subscriptions, as_of: date, label: str) -> Any:
    """acc, day, mrr: the sum of what runs; where a new one replaces those before, what the newest costs.

    Raises InputError where subscriptions of one account overlap and nobody said what that means.
    """
    table = table.filter(table.mrr >= CENT)
    if spec.overlaps != "add":
        in_turn = ibis.window(group_by=table.acc, order_by=[table.start, table[ROW]])
        table = table.mutate(next_=table.start.lead().over(in_turn))
    if spec.overlaps is None:
        _refuse_overlaps(table, label)
    if spec.overlaps == "last":
        table = table.mutate(end=ibis.least(table.end.coalesce(table.next_), table.next_.coalesce(table.end)))
    begins = table.select("acc", day="start", by="mrr")
    ended = table.filter(table.end.notnull() & (table.end <= ibis.date(as_of)))
    ends = ended.select("acc", day="end", by=-ended.mrr)
    steps = begins.union(ends)
    steps = steps.group_by("acc", "day").agg(by=steps.by.sum())
    so_far = ibis.window(group_by="acc", order_by="day", preceding=None, following=0)
    return steps.mutate(mrr=steps.by.sum().over(so_far).round(4)).select("acc", "day", "mrr")


def _refuse_overlaps(table: Any, label: str) -> None:
    over = table.filter(table.next_.notnull() & (table.end.isnull() | (table.end > table.next_)))
    facts = run(over.agg(n=over.count(), accounts=over.acc.nunique(), row=over[ROW].min()), opening=True).iloc[0]
    if not int(facts["n"]):
        return
    raise InputError(
        f"{label}: {counted(int(facts['n']), 'subscription')} of {counted(int(facts['accounts']), 'account')} still "
        f"ran when the next one of the same account began (first in row {number(int(facts['row']) + 1)}). Say what "
        "that means: overlaps: add (several at a time, their MRR adds up) or overlaps: last (a new one replaces those "
        "before)."
    )


def changes_of(levels: Any) -> Any:
    """acc, day, month, before, after, kind (a code of `KINDS`), cohort (the month of the first payment).

    One row a day on which what an account pays changed; so before + change = after, and the next row's before is it.
    """
    in_turn = ibis.window(group_by="acc", order_by="day")
    levels = levels.mutate(mrr=ibis.ifelse(levels.mrr < CENT, 0.0, levels.mrr))
    table = levels.mutate(
        before=levels.mrr.lag().over(in_turn).coalesce(0.0),
        first=levels.day.min(where=levels.mrr > 0).over(ibis.window(group_by="acc")),
        month=month_of(levels.day),
    )
    table = table.filter((table.mrr - table.before).abs() >= CENT)
    kind = ibis.cases(
        ((table.before == 0) & (table.day == table["first"]), 0),
        (table.before == 0, 4),
        (table.mrr == 0, 3),
        (table.mrr > table.before, 1),
        else_=2,
    )
    table = table.mutate(kind=kind.cast("int8"), cohort=table.month.min().over(ibis.window(group_by="acc")))
    return table.select("acc", "day", "month", "cohort", "kind", before="before", after="mrr")
