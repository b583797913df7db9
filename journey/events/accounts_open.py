"""Opening accounts: through their door, numbered, joined, and held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from journey.errors import InputError, JourneyError
from journey.events import accounts_read as door
from journey.events.accounts import Accounts, Books
from journey.events.accounts_check import contradictions, paying
from journey.events.accounts_lives import churn_from, lives, signs
from journey.events.accounts_money import changes_of, levels_of_movements, levels_of_subscriptions
from journey.events.accounts_read import Sheet
from journey.events.accounts_report import AccountsReport
from journey.events.engine import connect, keep, run
from journey.events.find import open_source
from journey.events.log import EventLog
from journey.events.source import ROW, Spool, ask
from journey.recipe import Recipe, load

__all__ = ["accounts"]


def accounts(
    recipe: str | Path | Recipe | EventLog | Accounts,
    *,
    folder: str | Path | None = None,
    sources: Mapping[str, Any] | None = None,
) -> Accounts:
    """The accounts that a recipe (`journey.yaml`) describes under ``accounts:``.

    recipe    a path, a recipe, or a log: then those accounts whose customers have a case in it
    folder    where the tables are, if not where the recipe says
    sources   "accounts", "movements", "subscriptions", "churn_events", "usage", "tickets", "people" → a table in memory
              (pandas, Polars, Arrow) instead of the recipe's path

    Rows that can't be used are set aside with a reason, contradictions between tables are reported (`.report`), and
    amounts in several currencies are refused. Raises JourneyError where the recipe tells no accounts, InputError for a
    table that can't be understood.
    """
    if isinstance(recipe, Accounts):
        return recipe
    if isinstance(recipe, EventLog):
        return recipe.accounts
    loaded = recipe if isinstance(recipe, Recipe) else load(recipe, folder=None if folder is None else str(folder))
    if loaded.accounts is None:
        raise JourneyError(
            "{recipe} tells nothing of accounts: what customers pay, use and ask for. Add “accounts” to the recipe, "
            "with the table and its columns; data/lumo/journey.yaml shows how.",
            recipe=loaded.name or "The recipe",
        )
    return _Opening(loaded, sources or {}).opened()


class _Opening:
    """Tables on their way in: an object because each needs what those before it found out."""

    def __init__(self, recipe: Recipe, sources: Mapping[str, Any]) -> None:
        assert recipe.accounts is not None
        self.recipe, self.spec, self.given = recipe, recipe.accounts, sources
        self.backend, self.spool = connect(), Spool()
        self.sheets: dict[str, Sheet] = {}
        self.tables: dict[str, Any] = {}

    def opened(self) -> Accounts:
        self._accounts()
        known = self.tables["accounts"].select(
            id_="account",
            acc="acc",
            began_="start" if "start" in self.tables["accounts"].columns else ibis.null("date"),
        )
        self._companions(known)
        currency = self._currency()
        as_of = self.spec.as_of or self._latest()
        if self.spec.start is not None and as_of is None:
            raise InputError(f"{self.spec.path}: there is no account to read.")
        self._money(as_of)
        decides = churn_from(self.spec, self.tables)
        self.tables["lives"] = self._kept("lives", lives(self.spec, self.tables, decides, as_of))
        report = AccountsReport(
            tables=tuple(sheet.report for sheet in self.sheets.values()),
            accounts=self._count("accounts"),
            as_of=as_of,
            as_of_told=self.spec.as_of is not None,
            currency=currency,
            churn_from=decides,
            signs=signs(self.spec, self.tables, as_of),
            contradictions=contradictions(self.spec, self.tables, decides, as_of),
        )
        offences = tuple(offence for sheet in self.sheets.values() for offence in sheet.offences)
        return Accounts(Books(self.backend, self.tables, self.recipe, report, offences, self.spool))

    def _source(self, name: str, spec: Any) -> Any:
        given = self.given.get(name, self.recipe.locate(spec.path))
        return open_source(given, con=self.backend, spool=self.spool, options=spec.read, label=spec.path)

    def _kept(self, name: str, expr: Any) -> Any:
        return keep(self.backend, expr, name=name, opening=True)

    def _count(self, name: str) -> int:
        table = self.tables[name]
        return int(run(table.agg(n=table.count()))["n"].iloc[0])

    def _accounts(self) -> None:
        sheet = door.read_accounts(self.spec, self._source("accounts", self.spec))
        self.sheets["accounts"] = sheet
        table = sheet.table
        # In order of the rows, so that the same file gives the same numbers.
        numbered = table.mutate(acc=ibis.row_number().over(order_by=table[ROW])).drop(ROW)
        self.tables["accounts"] = self._kept("accounts", numbered)
        if not self._count("accounts"):
            why = "; ".join(f"{n:,} × {reason}" for reason, n in sheet.report.quarantined.items())
            raise InputError(f"{self.spec.path}: there is no account to read" + (f" ({why})." if why else "."))

    def _companions(self, known: Any) -> None:
        spec, as_of = self.spec, self.spec.as_of
        if spec.people is not None:
            self._take("people", door.read_people(spec.people, self._source("people", spec.people), known))
        if spec.movements is not None:
            sheet = door.read_movements(spec.movements, self._source("movements", spec.movements), known, as_of)
            self._take("movements", sheet)
        if spec.subscriptions is not None:
            source = self._source("subscriptions", spec.subscriptions)
            self._take("subscriptions", door.read_subscriptions(spec.subscriptions, source, known, as_of))
        if spec.churn_events is not None:
            source = self._source("churn_events", spec.churn_events)
            self._take("churn_events", door.read_churn_events(spec.churn_events, source, known, as_of))
        if spec.usage is not None:
            whose = self._whose(spec.usage, known)
            self._take("usage", door.read_usage(spec.usage, self._source("usage", spec.usage), whose, as_of))
        if spec.tickets is not None:
            whose = self._whose(spec.tickets, known)
            self._take("tickets", door.read_tickets(spec.tickets, self._source("tickets", spec.tickets), whose, as_of))

    def _take(self, name: str, sheet: Sheet) -> None:
        self.sheets[name] = sheet
        self.tables[name] = self._kept(name, sheet.table)

    def _whose(self, spec: Any, known: Any) -> Any:
        """Ids of accounts, of their people or of their subscriptions, with the account's number."""
        if spec.account is not None:
            return known
        if spec.subscription is not None:
            subscriptions = self.tables["subscriptions"]
            return subscriptions.filter(subscriptions.id.notnull()).group_by(id_="id").agg(acc=subscriptions.acc.min())
        return self.tables["people"].select(id_="person", acc="acc")

    def _currency(self) -> str | None:
        """The one money of all tables. Raises InputError where they differ."""
        told = {sheet.report.path: sheet.currencies[0] for sheet in self.sheets.values() if sheet.currencies}
        if self.recipe.currency is not None and self._in_money():
            told["the recipe"] = self.recipe.currency
        if len(set(told.values())) > 1:
            listed = ", ".join(f"{money} ({where})" for where, money in told.items())
            raise InputError(
                f"Amounts are in several currencies: {listed}. They are never added up: convert them to one."
            )
        return next(iter(told.values()), None)

    def _in_money(self) -> bool:
        spec = self.spec
        return any((spec.mrr, spec.paid, spec.movements, spec.subscriptions))

    def _latest(self) -> date | None:
        """The latest day in the tables, of what has happened (a renewal is yet to come)."""
        days = {
            "accounts": ("start", "churn", "value"),
            "movements": ("date",),
            "subscriptions": ("start", "end"),
            "churn_events": ("date",),
            "usage": ("day",),
            "tickets": ("opened", "solved"),
        }
        found: list[date] = []
        for name, columns in days.items():
            table = self.tables.get(name)
            if table is None:
                continue
            asked = {c: table[c].max() for c in columns if c in table.columns}
            found += [day for day in map(_day, ask(table, name, **asked).values()) if day is not None]
        return max(found, default=None)

    def _money(self, as_of: date | None) -> None:
        """What accounts pay over time, where a table tells."""
        spec = self.spec
        if "movements" in self.tables:
            levels = levels_of_movements(self.tables["movements"])
        elif spec.subscriptions is not None and as_of is not None:
            table = self.tables["subscriptions"]
            levels = levels_of_subscriptions(table, spec.subscriptions, as_of, spec.subscriptions.path)
        else:
            return
        self.tables["changes"] = self._kept("changes", changes_of(levels))
        self.tables["paying"] = self._kept("paying", paying(self.tables))


def _day(value: Any) -> date | None:
    if value is None:
        return None
    return date.fromisoformat(str(value)[:10])
