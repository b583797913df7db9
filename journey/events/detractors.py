"""Detractors: customers who answered low of late, each with what they wrote and whose account they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.events.accounts_link import customers_of
from journey.events.comments import written
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.told import tells
from journey.model import Scale

__all__ = ["Detractor", "Detractors", "detractors"]

DAY: Final = 86_400_000_000
NPS: Final = 6  # and below: a detractor (Reichheld 2003)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detractor:
    """A customer's low answer.

    key       of this answer: the same whenever it is asked for
    time      of the visit it belongs to, in the recipe's time zone
    answer    as written in the data, to `role` ("nps" or "satisfaction")
    account   whose customer this is; None where no account is known
    comment   as it was written: mask it before it is shown (`journey.voice.privacy`); None where nothing was
    """

    key: str
    case: str
    customer: str
    account: str | None
    touchpoint: str
    time: datetime
    role: str
    answer: float
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detractors:
    """Customers who answered low in a period, the latest answer of each, latest first.

    shown        as many as were asked for; `total` customers in all, of `asked` who answered in the period
    since, last  first and last day
    bound        answers as low as this count (or as high, where high is bad)
    """

    shown: tuple[Detractor, ...]
    total: int
    asked: int
    role: str
    bound: float
    since: date
    last: date


def detractors(log: EventLog, *, days: int = 30, role: str | None = None, limit: int = 200) -> Detractors:
    """Customers whose latest answer in the last days of the log is that of a detractor.

    days    counted back from the last event of the log
    role    "nps" (6 or less of 0–10) or "satisfaction" (the worst of its answers); default: NPS where it was asked
    limit   how many are fetched, latest first; they are counted whatever the limit

    Raises JourneyError where neither was asked, where the log tells no times, and for days or a limit below 1.
    """
    if days < 1 or limit < 1:
        raise JourneyError("Days and limit are 1 or more; got {days} and {limit}.", days=days, limit=limit)
    if not log.timed:
        raise JourneyError("The tables tell no times, so nobody can be asked who answered of late.")
    roles = [name for name in ("nps", "satisfaction") if name in log.scales]
    if not roles or (role is not None and role not in roles):
        raise JourneyError("Neither NPS nor satisfaction was asked, so there are no detractors to be found.")
    role = role or roles[0]
    scale = log.scales[role]
    bound = _bound(role, scale)
    rows, last = log.rows(), run(log.rows().agg(t=log.rows().t.max()))["t"].iloc[0]
    if pd.isna(last):
        raise JourneyError("No case is left by these filters: widen the period or the segment.")
    since = int(last) - days * DAY
    here = rows.filter((rows.t > since) & rows[f"r_{scale.name}"].notnull())
    here = here.select("cid", "tp", "t", "pos", answer=here[f"r_{scale.name}"].cast("float64"))
    here = here.inner_join(customers_of(log), "cid")
    newest = ibis.window(group_by="customer", order_by=[ibis.desc("t"), ibis.desc("pos"), "cid"])
    latest = here.mutate(turn=ibis.row_number().over(newest)).filter(lambda t: t.turn == 0).drop("turn")
    low = latest.answer >= bound if scale.good == "low" else latest.answer <= bound
    counts = run(latest.agg(total=low.sum(), asked=latest.count())).iloc[0]
    keys = [ibis.desc("t"), "cid"]
    found = run(log.index.with_case_names(latest.filter(low).order_by(keys).limit(limit)).order_by(keys))
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    return Detractors(
        shown=_told(log, found, role, zone),
        total=0 if pd.isna(counts["total"]) else int(counts["total"]),
        asked=int(counts["asked"]),
        role=role,
        bound=bound,
        since=_moment(since, zone).date(),
        last=_moment(int(last), zone).date(),
    )


def _bound(role: str, scale: Scale) -> float:
    """NPS has its own; of other scales the worst answer."""
    if role == "nps" and (scale.low, scale.high, scale.good) == (0, 10, "high"):
        return NPS
    return scale.low if scale.good == "high" else scale.high


def _told(log: EventLog, found: pd.DataFrame, role: str, zone: ZoneInfo) -> tuple[Detractor, ...]:
    if found.empty:
        return ()
    texts, owners = _comments(log, found), _accounts(log, found["customer"])
    listed = []
    for row in each(found):
        told = f"{role}\n{row.case}\n{log.touchpoints[int(row.tp)]}\n{int(row.t)}"
        listed.append(
            Detractor(
                key="answer:" + hashlib.sha256(told.encode()).hexdigest()[:40],
                case=str(row.case),
                customer=str(row.customer),
                account=owners.get(str(row.customer)),
                touchpoint=log.touchpoints[int(row.tp)],
                time=_moment(int(row.t), zone),
                role=role,
                answer=float(row.answer),
                comment=texts.get((int(row.cid), int(row.tp), int(row.t))),
            )
        )
    return tuple(listed)


def _comments(log: EventLog, found: pd.DataFrame) -> dict[tuple[int, int, int], str]:
    """What was written at these visits."""
    if not tells(log, "comment"):
        return {}
    table = written(log)
    table = table.filter(table.cid.isin(found["cid"].unique().tolist()))
    rows = run(table.select("cid", "tp", "t", "comment"))
    return {(int(row.cid), int(row.tp), int(row.t)): str(row.comment) for row in each(rows)}


def _accounts(log: EventLog, customers: pd.Series[Any]) -> dict[str, str]:
    """Customer → account, where the recipe tells of accounts."""
    if log.recipe.accounts is None:
        return {}
    accounts = log.accounts
    people, links = accounts.books.tables["accounts"], accounts.links_table()
    wanted = [str(one) for one in customers.unique()]
    links = links.mutate(customer=links.customer.cast("string"))
    links = links.filter(links.customer.isin(wanted)).inner_join(people.select("acc", "account"), "acc")
    return {str(row.customer): str(row.account) for row in each(run(links.select("customer", "account")))}


def _moment(t: int, zone: ZoneInfo) -> datetime:
    found: datetime = pd.Timestamp(t, unit="us", tz="UTC").tz_convert(zone).to_pydatetime()
    return found
