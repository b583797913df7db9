"""Accounts: the commercial side of customers as a few lazy tables, and the ways to look at part of them."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from journey.errors import JourneyError, suggest
from journey.events.accounts_link import customer_ids
from journey.events.accounts_lives import beside
from journey.events.check import Offence, write_quarantine
from journey.events.engine import keep_arrow, run
from journey.events.join import same_kind

if TYPE_CHECKING:
    from journey.events.accounts_report import AccountsReport
    from journey.events.log import EventLog
    from journey.events.source import Spool
    from journey.recipe import Recipe

__all__ = ["BUCKETS", "Accounts", "Books"]

# Accounts are hashed into this many buckets; with fewer than ten accounts a bucket, each is its own.
BUCKETS = 256


@dataclass(eq=False)
class Books:
    """What was opened, once: kept tables by name (see `Accounts.table`), and what was found out on the way."""

    backend: Any
    tables: Mapping[str, Any]
    recipe: Recipe
    report: AccountsReport
    offences: tuple[Offence, ...]
    spool: Spool
    _known: dict[Any, Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def once(self, key: Any, answer: Callable[[], Any]) -> Any:
        """What was asked before is remembered: the books don't change."""
        with self._lock:
            if key not in self._known:
                self._known[key] = answer()
            return self._known[key]


@dataclass(frozen=True, eq=False)
class Accounts:
    """Accounts with what they pay, use and ask for; nothing is computed before it is asked for.

    report   what was read, set aside, and where the tables contradict each other: an `AccountsReport`
    n, of    accounts looked at, of how many

    `where(plan="Plus")` keeps accounts with a value; `of_log(log)` those whose customers have a case in a log.
    Make one with `journey.accounts(recipe)`, or take `log.accounts`.
    """

    books: Books
    kept: Any = None
    log: EventLog | None = None

    @property
    def recipe(self) -> Recipe:
        """What the accounts were opened with."""
        return self.books.recipe

    @property
    def report(self) -> AccountsReport:
        return self.books.report

    @property
    def as_of(self) -> date | None:
        """The last day that the tables know of; None where they tell no days."""
        return self.report.as_of

    @property
    def currency(self) -> str | None:
        return self.report.currency

    @property
    def of(self) -> int:
        """All accounts."""
        return self.report.accounts

    @property
    def n(self) -> int:
        """Accounts that are looked at."""
        if self.kept is None:
            return self.of
        return int(self.books.once(("n", id(self.kept)), lambda: run(self.kept.agg(n=self.kept.count()))["n"].iloc[0]))

    @property
    def attributes(self) -> tuple[str, ...]:
        """What `where` can ask for."""
        columns = self.books.tables["accounts"].columns
        plain = [name for name in ("plan", "segment", "goal") if name in columns]
        return (*plain, *(name.removeprefix("a_") for name in columns if name.startswith("a_")))

    def has(self, name: str) -> bool:
        """Whether there is a table of that name."""
        return name in self.books.tables

    def table(self, name: str) -> Any:
        """A table of the accounts looked at, as an Ibis expression (for the rooms of `events` alone).

        accounts      acc, account, customer, start, plan, segment, seats, goal, renewal, churn, churned, reason, mrr,
                      value, a_*; columns that nobody declared are absent
        lives         acc, start, gone (null: stays), days watched, entered (days; late entry), left
        changes       acc, day, month, cohort, kind, before, after: see `accounts_money.changes_of`
        churn_events  acc, date, reason, comment
        usage         acc, day, person, days, times, feature, features
        tickets       acc, opened, first_reply, first_reply_minutes, solved, topic, channel
        people        acc, person

        Raises JourneyError where the recipe declares no such table.
        """
        if name not in self.books.tables:
            raise JourneyError(
                "{recipe}: the accounts have no table “{key}”. Add it under “accounts” in the recipe.",
                recipe=self.recipe.name or "journey.yaml",
                key="movements" if name == "changes" else name,
            )
        table = self.books.tables[name]
        return table if self.kept is None else table.semi_join(self.kept, "acc")

    def column(self, attribute: str) -> str:
        """The column of `accounts` that holds an attribute. Raises JourneyError for one that does not exist."""
        if attribute not in self.attributes:
            raise JourneyError(
                "Accounts have no attribute “{name}”.{hint}",
                name=attribute,
                hint=suggest(attribute, self.attributes, known="attributes"),
            )
        return attribute if attribute in ("plan", "segment", "goal") else f"a_{attribute}"

    def where(self, conditions: Mapping[str, Any] | None = None, /, **attributes: Any) -> Accounts:
        """Accounts with the given values: ``accounts.where(plan="Plus")``, ``where(segment=["B2B", "B2C"])``.

        Raises JourneyError for an unknown attribute, and where no account is left.
        """
        table = self.table("accounts")
        for name, value in {**(conditions or {}), **attributes}.items():
            wanted = [str(one) for one in (value if isinstance(value, (list, tuple, set)) else [value])]
            table = table.filter(table[self.column(name)].cast("string").isin(wanted))
        part = dataclasses.replace(self, kept=self._keep(table.select("acc")))
        if not part.n:
            raise JourneyError("No account is left: no account has these values.")
        return part

    def sample(self, most: int) -> Accounts:
        """About `most` of the accounts where there are more, always the same ones: whole buckets of `bucketed`."""
        if self.n <= most:
            return self
        kept = max(round(BUCKETS * most / self.n), 1)
        scattered = self.bucketed(self.table("accounts").select("acc"))
        chosen = scattered.filter(scattered.bucket % BUCKETS < kept)
        return dataclasses.replace(self, kept=self._keep(chosen.select("acc")))

    def of_log(self, log: EventLog) -> Accounts:
        """The accounts whose customers have a case in the log; all of them where the log is not filtered."""
        if not log.filters:
            return dataclasses.replace(self, log=log)
        ids = customer_ids(log)
        backend = self.books.backend
        asked = keep_arrow(backend, pa.table({"id_": ids}), name="asked")
        links = self.links_table()
        ours, theirs = same_kind(links.customer, asked.id_)
        found = links.mutate(key_=ours).semi_join(asked.select(key_=theirs), "key_").select("acc").distinct()
        kept = found if self.kept is None else found.semi_join(self.kept, "acc")
        return dataclasses.replace(self, kept=self._keep(kept), log=log)

    def links(self) -> pd.DataFrame:
        """acc and customer: which customers of the events belong to which account."""
        table = self.links_table()
        return run(table if self.kept is None else table.semi_join(self.kept, "acc"))

    def links_table(self) -> Any:
        """acc and customer of all accounts, as an Ibis expression (for the rooms of `events` alone)."""
        if "people" in self.books.tables:
            return self.books.tables["people"].select("acc", customer="person")
        table = self.books.tables["accounts"]
        return table.select("acc", customer="customer" if "customer" in table.columns else "account")

    def values(self, attribute: str) -> pd.Series[Any]:
        """Accounts by value of an attribute, commonest first; None is missing."""
        table = self.table("accounts").select(value=self.column(attribute))
        counts = run(table.group_by("value").agg(n=table.count()))
        found = pd.Series(counts["n"].to_numpy(), index=[None if pd.isna(v) else v for v in counts["value"]])
        return found.sort_values(ascending=False, kind="stable")

    def frame(self, *, limit: int = 1000) -> pd.DataFrame:
        """The first `limit` accounts as pandas: what the recipe declares, and when they left by what decides it."""
        table = beside(self.table("accounts"), self.books.tables["lives"].select("acc", "gone", "left"))
        return (
            run(table.order_by("acc").limit(limit)).drop(columns="acc").rename(columns=lambda x: x.removeprefix("a_"))
        )

    def write_quarantine(self, file: Path) -> Path | None:
        """Write the rows that were set aside, with reasons, as CSV; None if there were none."""
        return write_quarantine(self.books.offences, file) if self.books.offences else None

    def bucketed(self, table: Any) -> Any:
        """The table with `bucket`, 0 … 255, of the account; few accounts are each their own."""
        if self.of < 10 * BUCKETS:
            return table.mutate(bucket=table.acc)
        scattered = (table.acc % 2_147_483_629) * 2_654_435 % 2_147_483_647
        return table.mutate(bucket=scattered.cast("int64") >> 23)

    def _keep(self, expr: Any) -> Any:
        found = run(expr)
        return keep_arrow(
            self.books.backend, pa.table({"acc": pa.array(found["acc"].to_numpy(), pa.int64())}), name="kept"
        )
