"""Minutes until tickets were answered and solved; open ones count as long as they were watched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.engine import run

__all__ = ["ticket_sums"]


def ticket_sums(accounts: Accounts, *, by: str | None = None) -> dict[str, pd.DataFrame]:
    """ "reply" and "solved" → group, minutes (whole), done, open (tickets); "open" → group, n, replied, solved.

    by   "topic", "channel", or None. What the tables don't tell is absent. A ticket is watched to the end of the last
         day that is known. Raises JourneyError where the recipe declares no tickets, or not what they are asked by.
    """
    table, last = accounts.table("tickets"), accounts.as_of
    assert last is not None  # tickets have days
    if by is not None and by not in table.columns:
        raise JourneyError("The tickets tell no {by}. Add “{by}: column” under “tickets” in the recipe.", by=by)
    group = table[by] if by is not None else ibis.null("string")
    end = ibis.timestamp((last + timedelta(days=1)).isoformat())
    table = table.mutate(group=group, watched=_minutes(end, table.opened))
    found: dict[str, pd.DataFrame] = {}
    reply = _reply(table)
    if reply is not None:
        found["reply"] = _counted(table, reply)
    if "solved" in table.columns:
        found["solved"] = _counted(table, _minutes(table.solved, table.opened))
    facts = {"n": table.count()}
    facts |= {"replied": reply.count()} if reply is not None else {}
    facts |= {"solved": table.solved.count()} if "solved" in table.columns else {}
    found["open"] = run(table.group_by("group").agg(**facts))
    return found


def _reply(table: Any) -> Any:
    if "first_reply" in table.columns:
        return _minutes(table.first_reply, table.opened)
    return table.first_reply_minutes.round().cast("int64") if "first_reply_minutes" in table.columns else None


def _minutes(end: Any, begin: Any) -> Any:
    """Whole minutes between two times, the nearest."""
    seconds = end.delta(begin, unit="second").cast("float64")
    return (seconds / 60).round().cast("int64")


def _counted(table: Any, minutes: Any) -> pd.DataFrame:
    late = (minutes > table.watched).coalesce(False)
    done = minutes.notnull() & ~late
    table = table.select("group", minutes=ibis.greatest(ibis.ifelse(done, minutes, table.watched), 0), done=done)
    return run(table.group_by("group", "minutes").agg(done=table.done.sum(), open=(~table.done).sum()))
