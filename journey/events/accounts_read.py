"""The door of accounts: tables with their columns renamed and typed, and what can't be used set aside with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis

from journey.errors import InputError
from journey.events.cast import attributes, decimal_mark, filled, id_type, ids, numbers
from journey.events.check import Judged, Offence, judge
from journey.events.clock import clock_of
from journey.events.engine import run
from journey.events.join import same_kind
from journey.events.piece import blank, chosen, report_of
from journey.events.report import TableReport
from journey.events.source import ROW, Raw, Source, counted
from journey.recipe.accounts import Accounts, ChurnEvents, Movements, People, Subscriptions, Tickets, Usage

__all__ = ["MONTH_DAYS", "Sheet", "read_accounts", "read_churn_events", "read_movements", "read_people",
           "read_subscriptions", "read_tickets", "read_usage"]  # fmt: skip

# A table with further columns, and the conditions under which a row of it can't be used.
Checked = tuple[Any, Mapping[str, Any]]
Check = Callable[[Any], Checked]
MONTH_DAYS = 30.4375  # of a Gregorian calendar: 365.25 / 12
TEXTS = ("plan", "segment", "goal", "reason", "currency")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table in its own words: `table` is lazy, with the columns named after what they mean."""

    table: Any
    report: TableReport
    currencies: tuple[str, ...] = ()
    offences: tuple[Offence, ...] = ()


@dataclass
class _Desk:
    """A table on its way through the door: columns that were understood, and conditions under which they are not."""

    raw: Raw
    spec: Any
    kind: str
    columns: dict[str, Any] = field(default_factory=dict)
    unusable: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, Any] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    mark: str = "."

    def whose(self, name: str, column: str, *, word: str) -> None:
        self.columns[name] = ids(self.raw[column], id_type(self.raw, column))
        self.unusable[f"missing {word}"] = self.columns[name].isnull()

    def text(self, name: str, column: str | None) -> None:
        if column is not None:
            self.columns[name] = filled(self.raw[column])

    def time(self, name: str, column: str | None, *, needed: bool = False, day: bool = True) -> None:
        """A day (or a time) as the clock on the wall showed it; times with a zone are in UTC."""
        if column is None:
            return
        clock = clock_of(self.raw, column, dayfirst=self.spec.read.dayfirst)
        when = clock.read(self.raw[column])
        # Dates that no calendar of ours holds would overflow further on.
        sane = when.year().between(1, 9998)
        when = ibis.ifelse(sane, when, ibis.null("timestamp(6)"))
        self.columns[name] = when.date() if day else when
        self.times[column] = clock.says
        told = ~blank(self.raw[column])
        where = self.unusable if needed else self.values
        if needed:
            where[f"missing {name}"] = ~told
        where[f"unreadable {name}"] = told & self.columns[name].isnull()

    def amount(self, name: str, column: str | None, *, needed: bool = False, least: float | None = 0.0) -> None:
        """A number; below `least` it cannot be used."""
        if column is None:
            return
        value = numbers(self.raw[column], self.mark)
        told = ~blank(self.raw[column])
        where, kept = (self.unusable if needed else self.values), value
        if needed:
            where[f"missing {name}"] = ~told
        where[f"unreadable {name}"] = told & value.isnull()
        if least is not None:
            where[f"{name} below zero"] = value < least
            kept = ibis.ifelse(value >= least, value, ibis.null("float64"))
        self.columns[name] = kept

    def flag(self, name: str, column: str | None) -> None:
        """Yes or no, however written."""
        if column is None:
            return
        text = self.raw[column].cast("string").strip().lower()
        yes = ("true", "yes", "y", "1", "1.0", "t", "churned", "sim")
        no = ("false", "no", "n", "0", "0.0", "f", "stayed", "joined", "não")
        self.columns[name] = ibis.cases((text.isin(yes), True), (text.isin(no), False), else_=None)
        self.values[f"unreadable {name}"] = ~blank(self.raw[column]) & ~text.isin([*yes, *no])

    def until(self, column: str, as_of: date | None) -> None:
        """Rows after the day that all is known as of were not asked for."""
        if as_of is not None:
            self.left_out[f"after {as_of:%Y-%m-%d}"] = self.columns[column].cast("date") > ibis.date(as_of)

    def done(self, *checks: Check, known: Any = None) -> Sheet:
        """Judge, and keep the columns alone.

        known    ids with the account's number: rows of others are set aside, the rest get `acc`
        checks   table → it with further columns, and conditions for what they show to be unusable
        """
        table = self.raw.table.mutate(**self.columns)
        names = list(self.columns)
        unusable = dict(self.unusable)
        if known is not None:
            table = _numbered(table, known)
            unusable["account not in the table of accounts"] = table.acc.isnull()
            names = ["acc", *[name for name in names if name != "whose"]]
        for check in checks:
            table, found = check(table)
            unusable |= found
        judged = judge(
            self.raw,
            table,
            left_out={**chosen(self.raw, self.spec.only), **self.left_out},
            unusable=unusable,
            values=self.values,
        )
        return Sheet(
            table=judged.table.select(ROW, *names, *[name for name in table.columns if name.startswith("w_")]),
            report=self.report(judged),
            currencies=self.currencies(judged),
            offences=judged.offences,
        )

    def report(self, judged: Judged) -> TableReport:
        spec = _Named(kind=self.kind)
        return report_of(spec, self.raw, judged, events=0, times=self.times, mark=self.mark)

    def currencies(self, judged: Judged) -> tuple[str, ...]:
        """The money that amounts are in. Raises InputError where there are several: no sum would mean anything."""
        if "currency" not in self.columns:
            return ()
        table = judged.table.filter(judged.table.currency.notnull())
        counts = table.group_by("currency").agg(n=table.count())
        found = run(counts.order_by(ibis.desc("n"), "currency").limit(20), opening=True)
        names = [str(name) for name in found["currency"]]
        if len(names) > 1:
            listed = ", ".join(f"{name} ({counted(int(n), 'row')})" for name, n in zip(names, found["n"], strict=True))
            raise InputError(
                f"{self.raw.label}: amounts are in several currencies: {listed}. They are never added up. Convert them "
                f"to one, or keep one with only: {{{self.spec.currency}: [{names[0]}]}}."
            )
        return tuple(names)


@dataclass(frozen=True)
class _Named:
    kind: str


def _desk(
    source: Source, spec: Any, kind: str, names: Mapping[str, str | None], amounts: tuple[str, ...] = ()
) -> _Desk:
    columns = [name for name in names.values() if name is not None]
    raw = source.raw([*columns, *spec.only])
    written = [name for key in amounts if (name := names.get(key)) is not None]
    return _Desk(raw, spec, kind, mark=decimal_mark(raw, written, spec.read.decimal) if written else ".")


def read_accounts(spec: Accounts, source: Source) -> Sheet:
    """One row an account. A second row of the same account, and an account that left before it began, are set aside."""
    names = {"account": spec.account, **spec.columns()}
    asked = {**names, **{f"a_{name}": name for name in spec.attributes}}
    desk = _desk(source, spec, "accounts", asked, ("seats", "mrr", "paid", "tenure_months"))
    desk.whose("account", spec.account, word="account")
    if spec.customer is not None:
        desk.columns["customer"] = ids(desk.raw[spec.customer], id_type(desk.raw, spec.customer))
    for name in TEXTS:
        desk.text(name, getattr(spec, name))
    desk.time("start", spec.start, needed=True)
    for name in ("renewal", "churn"):
        desk.time(name, getattr(spec, name))
    desk.time("value", names.get("value"))
    desk.amount("tenure_months", spec.tenure_months, needed=True)
    for name in ("seats", "mrr", "paid"):
        desk.amount(name, getattr(spec, name))
    desk.flag("churned", spec.churned)
    if spec.churn is not None and spec.start is not None:
        desk.unusable["churn before start"] = desk.columns["churn"] < desk.columns["start"]
    if "value" in desk.columns and spec.start is not None:
        value, start = desk.columns["value"], desk.columns["start"]
        desk.values["first value before the start"] = value < start
        desk.columns["value"] = ibis.ifelse(value < start, ibis.null("date"), value)
    if spec.start is not None:
        desk.until("start", spec.as_of)
    desk.columns |= {f"a_{name}": column for name, column in attributes(desk.raw, spec.attributes).items()}
    return desk.done(_first_only)


def _first_only(table: Any) -> Checked:
    nth = ibis.row_number().over(ibis.window(group_by=table.account, order_by=table[ROW]))
    table = table.mutate(nth_=nth)
    return table, {"account already seen in an earlier row": table.nth_ > 0}


def _numbered(table: Any, known: Any) -> Any:
    """Rows with the number of the account that their `whose` names."""
    ours, theirs = same_kind(table.whose, known.id_)
    known = known.select(known_=theirs, **{name: name for name in known.columns if name != "id_"})
    return table.mutate(key_=ours).left_join(known, [("key_", "known_")])


def read_movements(spec: Movements, source: Source, known: Any, as_of: date | None) -> Sheet:
    """One row a change of MRR: whose, day, mrr after it, and by how much."""
    names = {name: getattr(spec, name) for name in ("account", "date", "mrr", "change", "movement", "currency")}
    desk = _desk(source, spec, "movements", names, ("mrr", "change"))
    desk.whose("whose", spec.account, word="account")
    desk.time("date", spec.date, needed=True)
    desk.amount("change", spec.change, needed=spec.mrr is None, least=None)
    desk.amount("mrr", spec.mrr, needed=True)
    desk.text("movement", spec.movement)
    desk.text("currency", spec.currency)
    desk.until("date", as_of)
    return desk.done(*([] if spec.mrr is not None else [_added_up]), known=known)


def _added_up(table: Any) -> Checked:
    """The MRR after each change, where only changes are told: never less than nothing."""
    so_far = ibis.window(group_by=table.acc, order_by=[table.date, table[ROW]], preceding=None, following=0)
    table = table.mutate(w_mrr=table.change.sum().over(so_far))
    table = table.mutate(least_=table.w_mrr.min().over(ibis.window(group_by=table.acc)))
    return table, {"the changes of this account add up to less than zero": table.least_ < -0.005}


def read_subscriptions(spec: Subscriptions, source: Source, known: Any, as_of: date | None) -> Sheet:
    """One row a subscription: whose, from, until, MRR."""
    names = {name: getattr(spec, name) for name in ("account", "start", "end", "mrr", "id", "currency")}
    desk = _desk(source, spec, "subscriptions", names, ("mrr",))
    desk.whose("whose", spec.account, word="account")
    if spec.id is not None:
        desk.columns["id"] = ids(desk.raw[spec.id], id_type(desk.raw, spec.id))
    desk.time("start", spec.start, needed=True)
    desk.time("end", spec.end)
    desk.amount("mrr", spec.mrr, needed=True)
    desk.text("currency", spec.currency)
    if spec.end is not None:
        desk.unusable["end before start"] = desk.columns["end"] < desk.columns["start"]
    else:
        desk.columns["end"] = ibis.null("date")
    desk.until("start", as_of)
    return desk.done(known=known)


def read_churn_events(spec: ChurnEvents, source: Source, known: Any, as_of: date | None) -> Sheet:
    """One row for each time an account left; before it began is set aside."""
    names = {name: getattr(spec, name) for name in ("account", "date", "reason", "comment")}
    desk = _desk(source, spec, "churn events", names)
    desk.whose("whose", spec.account, word="account")
    desk.time("date", spec.date, needed=True)
    desk.text("reason", spec.reason)
    desk.text("comment", spec.comment)
    desk.until("date", as_of)

    def begun(table: Any) -> Checked:
        return table, {"churn before start": table.date < table.began_}

    return desk.done(begun, known=known)


def read_usage(spec: Usage, source: Source, known: Any, as_of: date | None) -> Sheet:
    """One row a use, or a month: whose, day (of its beginning), and how much."""
    whose = spec.account or spec.subscription or spec.person
    assert whose is not None  # the recipe asks for one
    names = {"whose": whose, **{n: getattr(spec, n) for n in ("date", "month", "days", "times", "feature", "features")}}
    if spec.person is not None:
        names["person"] = spec.person
    desk = _desk(source, spec, "usage", names, ("days", "times", "features"))
    desk.whose("whose", whose, word="account" if spec.person is None or spec.account else "person")
    if spec.person is not None:
        desk.columns["person"] = filled(desk.raw[spec.person])
    desk.time("day", spec.date or spec.month, needed=True)
    for name in ("days", "times", "features"):
        desk.amount(name, getattr(spec, name))
    desk.text("feature", spec.feature)
    desk.until("day", as_of)
    return desk.done(known=known)


def read_tickets(spec: Tickets, source: Source, known: Any, as_of: date | None) -> Sheet:
    """One row a ticket: whose, opened, and seconds until the first reply and the solution (null: not yet)."""
    whose = spec.account or spec.subscription or spec.person
    assert whose is not None  # the recipe asks for one
    fields = ("opened", "first_reply", "first_reply_minutes", "solved", "topic", "channel")
    names = {"whose": whose, **{name: getattr(spec, name) for name in fields}}
    desk = _desk(source, spec, "tickets", names, ("first_reply_minutes",))
    desk.whose("whose", whose, word="account" if spec.person is None or spec.account else "person")
    desk.time("opened", spec.opened, needed=True, day=False)
    desk.amount("first_reply_minutes", spec.first_reply_minutes)
    for name in ("first_reply", "solved"):
        desk.time(name, getattr(spec, name), day=False)
        if name in desk.columns:
            desk.unusable[f"{name.replace('_', ' ')} before it was opened"] = (
                desk.columns[name] < desk.columns["opened"]
            )
    desk.text("topic", spec.topic)
    desk.text("channel", spec.channel)
    desk.until("opened", as_of)
    return desk.done(known=known)


def read_people(spec: People, source: Source, known: Any) -> Sheet:
    """One row a person with the number of their account; a second account of the same person is set aside."""
    desk = _desk(source, spec, "people", {"person": spec.person, "account": spec.account})
    desk.whose("whose", spec.account, word="account")
    desk.whose("person", spec.person, word="person")

    def first(table: Any) -> Checked:
        nth = ibis.row_number().over(ibis.window(group_by=table.person, order_by=table[ROW]))
        table = table.mutate(nth_=nth)
        return table, {"person already seen in an earlier row": table.nth_ > 0}

    return desk.done(first, known=known)
