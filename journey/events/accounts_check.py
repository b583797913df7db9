"""Where the tables of accounts contradict each other: counted, with examples, and never averaged away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import ibis
import pandas as pd

from journey.events.accounts_lives import Tables, beside
from journey.events.accounts_money import CENT, KINDS
from journey.events.accounts_report import ChurnFrom, Contradiction
from journey.events.engine import run
from journey.events.source import ROW
from journey.recipe.accounts import Accounts

__all__ = ["contradictions", "paying"]

EXAMPLES: Final = 5


def contradictions(spec: Accounts, tables: Tables, decides: ChurnFrom, as_of: date | None) -> tuple[Contradiction, ...]:
    """Every pair of sources that disagree, those about who left first."""
    found = [*_leaving(spec, tables, decides, as_of), *_amounts(spec, tables), *_order(tables)]
    return tuple(one for one in found if one.n)


def _leaving(spec: Accounts, tables: Tables, decides: ChurnFrom, as_of: date | None) -> Iterator[Contradiction]:
    accounts, lives = tables["accounts"], tables["lives"]
    table = beside(accounts, lives.select("acc", "gone", "left"))
    dated = decides not in ("flags", "nothing")
    if spec.churned is not None and dated:
        flagged, left = table.churned.coalesce(False), table.left
        yield _one("flag without date", table, flagged & ~left, flagged, "flags", decides, decides)
        yield _one("date without flag", table, left & ~flagged, left, decides, "flags", decides)
    if "changes" in tables:
        table = beside(table, tables["paying"])
        table = table.mutate(pays=table.mrr_now.coalesce(0.0) >= CENT)
        if decides == "churn events":
            yield _one("left but pays", table, table.left & table.pays, table.left, decides, "revenue", decides)
            ended = table.mrr_now.notnull() & ~table.pays
            yield _one("pays no more but stays", table, ended & ~table.left, ended, "revenue", decides, decides)
        if spec.churn is not None and as_of is not None:
            said = table.churn.notnull() & (table.churn <= ibis.date(as_of))
            yield _one("left but pays", table, said & table.pays, said, "churn dates", "revenue", decides)
            ended = table.mrr_now.notnull() & ~table.pays
            yield _one("pays no more but stays", table, ended & ~said, ended, "revenue", "churn dates", decides)
            both = said & ended
            differs = both & (table.churn != table.went_last)
            yield _one("churn date differs", table, differs, both, "churn dates", "revenue", decides)
    elif decides == "churn events" and spec.churn is not None:
        both = table.churn.notnull() & table.gone.notnull()
        yield _one(
            "churn date differs", table, both & (table.churn != table.gone), both, "churn dates", decides, decides
        )
    if "churn_events" in tables:
        events = tables["churn_events"]
        times = events.group_by("acc").agg(times=events.count())
        table = beside(accounts, times)
        everyone = table.times > 0
        yield _one("left again", table, table.times > 1, everyone, "churn events", "churn events", None)


def paying(tables: Tables) -> Any:
    """acc, what it pays on the last day, and the last day on which that fell to nothing."""
    changes = tables["changes"]
    return changes.group_by("acc").agg(
        mrr_now=changes.after.argmax(changes.day), went_last=changes.day.max(where=changes.kind == 3)
    )


def _amounts(spec: Accounts, tables: Tables) -> Iterator[Contradiction]:
    accounts = tables["accounts"]
    if spec.mrr is not None and "changes" in tables:
        table = beside(accounts, tables["paying"])
        both = table.mrr.notnull()
        differs = both & ((table.mrr - table.mrr_now.coalesce(0.0)).abs() >= CENT)
        yield _one("MRR differs", table, differs, both, "accounts", "revenue", "revenue")
    if spec.movements is None:
        return
    moved = tables["movements"]
    if spec.movements.mrr is not None and spec.movements.change is not None:
        in_turn = ibis.window(group_by="acc", order_by=["date", ROW])
        table = moved.mutate(was=moved.mrr.lag().over(in_turn).coalesce(0.0))
        table = beside(table, accounts.select("acc", "account"))
        told = table.change.notnull()
        differs = told & ((table.mrr - table.was - table.change).abs() >= CENT)
        yield _one("change differs", table, differs, told, "change", "mrr", "mrr")
    if spec.movements.movement is not None:
        yield _named_otherwise(moved, accounts, tables["changes"])


def _named_otherwise(moved: Any, accounts: Any, changes: Any) -> Contradiction:
    """Movements that the table calls otherwise than their amounts say; days with several are left out."""
    daily = moved.group_by("acc", day="date").agg(n=moved.count(), name=moved.movement.max().lower().strip())
    table = changes.inner_join(daily.filter(daily.n == 1).select("acc", "day", "name"), ["acc", "day"])
    table = beside(table, accounts.select("acc", "account"))
    ours = table.kind.cases(*enumerate(KINDS), else_="")
    told = table.name.notnull()
    return _one("movement named otherwise", table, told & (table.name != ours), told, "movement", "amounts", "amounts")


def _order(tables: Tables) -> Iterator[Contradiction]:
    accounts = tables["accounts"]
    if "start" not in accounts.columns:
        return
    for kind, name, column in (("pays before start", "changes", "day"), ("used before start", "usage", "day")):
        if name not in tables:
            continue
        other = tables[name]
        first = other.group_by("acc").agg(earliest=other[column].min())
        table = beside(accounts, first)
        everyone = table.earliest.notnull()
        yield _one(kind, table, table.earliest < table.start, everyone, name, "accounts", None)


def _one(kind: str, table: Any, wrong: Any, of: Any, one: str, other: str, wins: str | None) -> Contradiction:
    table = table.mutate(wrong_=wrong.coalesce(False), of_=of.coalesce(False))
    facts = run(table.agg(n=table.wrong_.sum(), of=table.of_.sum())).iloc[0]
    n, whole = (0 if pd.isna(x) else int(x) for x in (facts["n"], facts["of"]))
    examples: tuple[str, ...] = ()
    if n:
        chosen = table.filter(table.wrong_).select("acc", "account").distinct().order_by("acc").limit(EXAMPLES)
        examples = tuple(str(account) for account in run(chosen)["account"])
    return Contradiction(kind=kind, n=n, of=whole, examples=examples, one=one, other=other, wins=wins)
