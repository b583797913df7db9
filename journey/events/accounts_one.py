"""One account: all that is known of it on one page, for those who are about to meet it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.accounts_link import customers_of
from journey.events.engine import each, run
from journey.events.log import EventLog

__all__ = ["AccountFacts", "AnswerGiven", "Ticket", "Visit", "account_facts", "account_names"]

STEPS: Final = 15  # visits of the path
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of one of the account's customers, in the recipe's time zone."""

    when: datetime
    touchpoint: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """An answer as written in the data, to `role`: "satisfaction", "effort" or "nps"."""

    when: datetime
    touchpoint: str
    role: str
    answer: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call for help; solved None while it is open."""

    opened: datetime
    solved: datetime | None
    topic: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What is known of one account. Missing is None, or empty where a list is.

    about      plan, segment, seats, goal and the attributes that the recipe declares
    paid       (day, MRR from that day on), the last dozen changes, oldest first
    use        (month, active days or times used), the last dozen months in which there was any, oldest first;
               `use_of` says which
    tickets    the latest dozen, newest first, of `tickets_total`
    answers    the latest two dozen, newest first
    path       the latest visits, oldest first, of `visits` in all by `customers`
    """

    account: str
    about: dict[str, str]
    mrr: float | None
    currency: str | None
    start: date | None
    gone: date | None
    left: bool
    reason: str | None
    renewal: date | None
    as_of: date | None
    paid: tuple[tuple[date, float], ...]
    use: tuple[tuple[date, float], ...]
    use_of: str | None
    tickets: tuple[Ticket, ...]
    tickets_total: int
    answers: tuple[AnswerGiven, ...]
    path: tuple[Visit, ...]
    visits: int
    customers: int


def account_names(accounts: Accounts, *, like: str = "", limit: int = 50) -> tuple[str, ...]:
    """Accounts whose name holds a text, whatever its case; those that pay most first."""
    table = accounts.table("accounts")
    table = table.mutate(name=table.account.cast("string"))
    if like.strip():
        table = table.filter(table.name.lower().contains(like.strip().lower()))
    keys = [table.mrr.desc(nulls_first=False), "acc"] if "mrr" in table.columns else ["acc"]
    return tuple(str(name) for name in run(table.order_by(keys).select("name").limit(limit))["name"])


def account_facts(log: EventLog, account: str) -> AccountFacts:
    """All that the tables tell of one account. Raises JourneyError where there is none of that name."""
    accounts = log.accounts
    table = accounts.books.tables["accounts"]
    rows = run(table.filter(table.account.cast("string") == account).limit(1))
    if rows.empty:
        raise JourneyError("There is no account “{name}”.", name=account)
    row = {str(name): _plain(value) for name, value in rows.iloc[0].items()}
    acc = int(row["acc"])
    life = run(accounts.books.tables["lives"].filter(lambda t: t.acc == acc)).iloc[0]
    about = {name.removeprefix("a_"): _written(value) for name, value in row.items() if _told(name) and value != ""}
    use, use_of = _use(accounts, acc)
    tickets, total = _tickets(accounts, acc)
    answers, path, visits, customers = _walk(log, accounts, acc)
    return AccountFacts(
        account=account,
        about={name: value for name, value in about.items() if value},
        mrr=None if row.get("mrr") is None else float(row["mrr"]),
        currency=accounts.currency,
        start=_day(row.get("start")),
        gone=_day(_plain(life["gone"])),
        left=bool(life["left"]),
        reason=row.get("reason"),
        renewal=_day(row.get("renewal")),
        as_of=accounts.as_of,
        paid=_paid(accounts, acc),
        use=use,
        use_of=use_of,
        tickets=tickets,
        tickets_total=total,
        answers=answers,
        path=path,
        visits=visits,
        customers=customers,
    )


def _told(name: str) -> bool:
    return name in ("plan", "segment", "seats", "goal") or name.startswith("a_")


def _plain(value: Any) -> Any:
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _day(value: Any) -> date | None:
    return None if value is None else pd.Timestamp(value).date()


def _paid(accounts: Accounts, acc: int) -> tuple[tuple[date, float], ...]:
    if not accounts.has("changes"):
        return ()
    table = accounts.books.tables["changes"]
    found = run(table.filter(table.acc == acc).order_by("day").select("day", "after"))
    return tuple((pd.Timestamp(row.day).date(), float(row.after)) for row in each(found.tail(MONTHS)))


def _use(accounts: Accounts, acc: int) -> tuple[tuple[tuple[date, float], ...], str | None]:
    """Use by month, as its table tells it: active days, else times, else how many rows."""
    if not accounts.has("usage"):
        return (), None
    table = accounts.books.tables["usage"]
    table = table.filter(table.acc == acc)
    of = next((name for name in ("days", "times") if name in table.columns), None)
    amount = table.count() if of is None else table[of].sum()
    month = table.day.cast("date").truncate("M")
    found = run(table.group_by(month=month).agg(n=amount.cast("float64")).order_by("month")).dropna()
    return tuple((pd.Timestamp(row.month).date(), float(row.n)) for row in each(found.tail(MONTHS))), of or "times"


def _tickets(accounts: Accounts, acc: int) -> tuple[tuple[Ticket, ...], int]:
    if not accounts.has("tickets"):
        return (), 0
    table = accounts.books.tables["tickets"]
    table = table.filter(table.acc == acc)
    total = int(run(table.agg(n=table.count()))["n"].iloc[0])
    found = run(table.order_by(table.opened.desc()).limit(MONTHS))
    listed = []
    for row in found.to_dict("records"):
        solved, topic = _plain(row.get("solved")), _plain(row.get("topic"))
        opened: datetime = pd.Timestamp(row["opened"]).to_pydatetime()
        done: datetime | None = None if solved is None else pd.Timestamp(solved).to_pydatetime()
        listed.append(Ticket(opened, done, None if topic is None else str(topic)))
    return tuple(listed), total


def _walk(log: EventLog, accounts: Accounts, acc: int) -> tuple[tuple[AnswerGiven, ...], tuple[Visit, ...], int, int]:
    """Answers and visits of the account's customers."""
    links = accounts.links_table()
    people = [str(one) for one in run(links.filter(links.acc == acc))["customer"]]
    ids = customers_of(log)
    ids = ids.filter(ids.customer.cast("string").isin(people)) if people else ids.limit(0)
    rows = log.rows().semi_join(ids, "cid")
    scales = {role: f"r_{log.scales[role].name}" for role in ("nps", "satisfaction", "effort") if role in log.scales}
    found = run(rows.select("cid", "pos", "tp", "t", *dict.fromkeys(scales.values())).order_by(["t", "cid", "pos"]))
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    answers, path = [], []
    for row in found.to_dict("records"):
        when: datetime = pd.Timestamp(int(row["t"]), unit="us", tz="UTC").tz_convert(zone).to_pydatetime()
        name = log.touchpoints[int(row["tp"])]
        path.append(Visit(when, name))
        for role, column in scales.items():
            if not pd.isna(row[column]):
                answers.append(AnswerGiven(when, name, role, float(row[column])))
    return tuple(answers[::-1][:24]), tuple(path[-STEPS:]), len(found), int(found["cid"].nunique())
