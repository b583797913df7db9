"""Accounts that left: the reason that the tables tell, and the last touchpoints before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from journey.events.accounts_link import customers_of
from journey.events.engine import keep_arrow, run
from journey.events.log import EventLog

__all__ = ["departures"]

DAY = 86_400_000_000


def departures(log: EventLog, *, steps: int = 5) -> pd.DataFrame:
    """One row for each account of the log's customers that left, latest first.

    steps   how many touchpoints before the departure

    Columns: account; gone, the day (None where only a flag tells it); reason, as the accounts name it (None where they
    do not); last, the last touchpoint that was met by the end of that day, other than those the journey ends at; path,
    a list of the last `steps` of these, oldest first. last is None where nothing was met.
    Raises JourneyError where the recipe tells no accounts.
    """
    accounts = log.accounts
    lives, people = accounts.table("lives"), accounts.table("accounts")
    named = people.select("acc", "account", **({"reason": "reason"} if "reason" in people.columns else {}))
    left = run(lives.filter(lives.left).select("acc", "gone").inner_join(named, "acc"))
    if "reason" not in left:
        left["reason"] = None
    if accounts.has("churn_events"):
        left = _dated(left, run(accounts.table("churn_events").select("acc", "date", "reason")))
    walked = _walked(log, left, steps)
    left["path"] = [walked.get(int(acc), []) for acc in left["acc"]]
    ordered = left.assign(key=pd.to_datetime(left["gone"])).sort_values(["key", "acc"], ascending=[False, True])
    told = {
        "account": [str(one) for one in ordered["account"]],
        "gone": [None if pd.isna(one) else pd.Timestamp(one).date() for one in ordered["gone"]],
        "reason": [None if pd.isna(one) else str(one) for one in ordered["reason"]],
        "last": [path[-1] if path else None for path in ordered["path"]],
        "path": list(ordered["path"]),
    }
    # Objects, for pandas would tell missing ones as NaN.
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in told.items()})


def _dated(left: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Where departures are events, each tells its own reason: that of the first counts, as its day does."""
    if "reason" not in events:
        return left
    first = events.sort_values(["acc", "date"]).drop_duplicates("acc").set_index("acc")["reason"]
    told = left["acc"].map(first)
    return left.assign(reason=told.where(told.notna(), left["reason"]))


def _walked(log: EventLog, left: pd.DataFrame, steps: int) -> dict[int, list[str]]:
    """acc → the last touchpoints before it left."""
    if left.empty:
        return {}
    cases, links = run(customers_of(log)), log.accounts.links()
    ours = cases.assign(key=cases["customer"].astype("string"))
    theirs = links.assign(key=links["customer"].astype("string")).drop(columns="customer")
    ids = ours.merge(theirs, on="key").merge(left[["acc", "gone"]], on="acc")
    if ids.empty:
        return {}
    until = (pd.to_datetime(ids["gone"]).astype("datetime64[us]").astype("int64") + DAY).where(
        ids["gone"].notna(), np.iinfo(np.int64).max
    )
    asked = pa.table({"cid": ids["cid"].to_numpy(np.int64), "acc": ids["acc"].to_numpy(np.int64), "end": until})
    wanted = keep_arrow(log.index.backend, asked, name="left")
    rows = log.rows()
    ends = [code for name in log.recipe.ends if (code := log.index.touchpoints.of(name)) is not None]
    rows = rows.filter(~rows.tp.isin(ends)) if ends else rows
    rows = rows.mutate(cid=rows.cid.cast("int64")).inner_join(wanted, "cid")
    rows = rows.filter(rows.t < rows.end)
    found = run(rows.select("acc", "t", "pos", "tp")).sort_values(["acc", "t", "pos"])
    names = np.asarray(log.touchpoints, dtype=object)
    found = found.groupby("acc", sort=False).tail(steps)
    return {int(str(acc)): list(names[part.to_numpy(int)]) for acc, part in found.groupby("acc")["tp"]}
