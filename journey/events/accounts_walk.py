"""What accounts had lived through by a day: visits, friction by touchpoint, feelings, and how long they were silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from journey.events import severity
from journey.events.accounts import Accounts
from journey.events.accounts_link import customers_of
from journey.events.engine import is_duckdb, keep, keep_arrow, keep_frame, run
from journey.events.join import same_kind
from journey.events.log import EventLog
from journey.events.terms import Terms

__all__ = ["landmarks", "meetings", "walked", "watched"]

LOOK_BACK: Final = 30
DAY: Final = 86_400_000_000


def walked(
    accounts: Accounts, log: EventLog, terms: Terms, days: Sequence[date], *, look_back: int = LOOK_BACK
) -> pd.DataFrame:
    """One row for each day (by its number in `days`), account and touchpoint met by the end of that day.

    Columns: at (number of the day), acc, touchpoint, visits, recent (visits in the last `look_back` days), idle_days
    since the last one, and for every
    component c that the log can tell c_total and c_count: the sum of the severities known by then, and of how many
    visits (see `journey.events.tally`; exits are what is to be foretold, so they are left out).

    A visit's future counts only where it had come by the day. An account has the visits of all its customers.
    """
    rows = log.rows(marked=True)
    mine = _accounts_of_cases(accounts, log)
    ends = [_end(day) for day in days]
    sums = pd.concat([run(_by(part, mine, ends, look_back, terms)) for part in _parts(rows, log, terms)])
    if sums.empty:
        return pd.DataFrame({"at": [], "acc": [], "touchpoint": []})
    keys = ["at", "acc", "tp"]
    idle = sums.groupby(keys)["idle_days"].min()
    table = sums.drop(columns="idle_days").groupby(keys).sum(min_count=0).astype(float)
    table = table.join(idle).reset_index()
    names = np.asarray(log.touchpoints, dtype=object)
    table["touchpoint"] = names[table.pop("tp").to_numpy(int)]
    return table


def meetings(accounts: Accounts, log: EventLog) -> pd.DataFrame:
    """One row for each account and touchpoint that it ever met: acc, touchpoint, and when first, in days since the
    account's start (a visit during its first day is 0; before the start it is negative)."""
    rows = log.rows()
    mine = _accounts_of_cases(accounts, log)
    first = rows.select("cid", "tp", "t").inner_join(mine, "cid").group_by("acc", "tp").agg(t=lambda x: x.t.min())
    found = run(first).merge(run(accounts.table("lives").select("acc", "start")), on="acc")
    start = pd.to_datetime(found["start"]).to_numpy("datetime64[us]").astype(np.int64)
    names = np.asarray(log.touchpoints, dtype=object)
    return pd.DataFrame(
        {
            "acc": found["acc"].to_numpy(np.int64),
            "touchpoint": names[found["tp"].to_numpy(int)],
            "day": (found["t"].to_numpy(np.int64) - start) // DAY,
        }
    )


def watched(accounts: Accounts) -> pd.DataFrame:
    """acc, days watched since the start, and whether it left then; accounts without known days are absent."""
    lives = accounts.table("lives")
    return run(lives.filter(lives.days.notnull()).select("acc", "days", "left").order_by("acc"))


def _accounts_of_cases(accounts: Accounts, log: EventLog) -> Any:
    """cid and acc, where the log's rows are; an account has the cases of all its customers."""
    backend, links = log.index.backend, accounts.links()
    if is_duckdb(backend):
        table = keep_arrow(backend, pa.Table.from_pandas(links, preserve_index=False), name="links")
    else:
        kind = "int64" if pd.api.types.is_integer_dtype(links["customer"]) else "string"
        table = keep_frame(backend, links, schema={"acc": "int64", "customer": kind}, name="links")
    ids = customers_of(log)
    ours, theirs = same_kind(ids.customer, table.customer)
    found = ids.select("cid", key_=ours).inner_join(table.select("acc", key_=theirs), "key_").select("cid", "acc")
    return keep(backend, found, name="cases of accounts")


def _parts(rows: Any, log: EventLog, terms: Terms) -> list[tuple[Any, dict[str, severity.Severity], bool]]:
    """Rows, the severities they tell, and whether these are about what the row itself is or about what follows it."""
    felt, followed = severity.felt(rows, log), severity.followed(rows, log, terms)
    parts = [(rows, felt, True), (rows, followed, False)]
    if terms.promises:
        moves = severity.promised(rows, log, terms)
        wait = {"wait": severity.arrival(moves)}
        arrived = moves.mutate(tp=moves.next_tp, t=moves.t + moves.wait_us)
        parts.append((arrived, wait, True))
    if "taken_us" in rows.columns:
        parts.append((rows, {"wait": severity.since(rows, log, terms)}, True))
    return [part for part in parts if part[1] or part[0] is rows]


def _end(day: date) -> int:
    """The end of a day in microseconds since 1970, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000 + DAY


def _by(
    part: tuple[Any, dict[str, severity.Severity], bool], mine: Any, ends: Sequence[int], back: int, terms: Terms
) -> Any:
    """Sums by day, account and touchpoint of what was known by the end of the day."""
    rows, severities, own = part
    amounts = {f"{name}_amount": one.amount.cast("float64") for name, one in severities.items()}
    amounts |= {f"{name}_applies": one.applies for name, one in severities.items()}
    known = (
        rows.select("cid", "tp", "t", **amounts).inner_join(mine, "cid").mutate(at=ibis.range(0, len(ends)).unnest())
    )
    known = known.mutate(end=ibis.literal(list(ends), "array<int64>")[known.at])
    # What follows a visit is known once its window is over.
    known = known.filter(known.t < (known.end if own else known.end - terms.window_us))
    sums: dict[str, Any] = {}
    for name in severities:
        applies = known[f"{name}_applies"]
        sums[f"{name}_total"] = known[f"{name}_amount"].sum(where=applies).coalesce(0.0)
        sums[f"{name}_count"] = applies.sum().coalesce(0)
    if own and "wait" not in severities:
        sums["visits"] = known.count()
        sums["recent"] = (known.t >= known.end - back * DAY).sum()
        sums["idle_days"] = (known.end.max() - known.t.max()) / DAY
    return known.group_by("at", "acc", "tp").agg(**sums)


def landmarks(first: date, last: date, *, most: int) -> list[date]:
    """Up to `most` days evenly from the first to the last, both counted, no closer than a week."""
    whole = (last - first).days
    if whole < 0:
        return []
    number = max(min(most, whole // 7 + 1), 1)
    steps = np.linspace(0, whole, number).round().astype(int) if number > 1 else np.array([whole])
    return [first + timedelta(days=int(step)) for step in steps]
