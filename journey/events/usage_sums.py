"""Use of what accounts pay for, in windows of equal length back from the last day, by bucket of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import ibis
import numpy as np
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.engine import drop, keep, run

__all__ = ["DAILY", "MONTHLY", "UseSums", "use_sums"]

Array = NDArray[np.float64]
DAILY: Final = 28  # four whole weeks, so that weekends weigh alike
MONTHLY: Final = 30
MOST: Final = 36  # windows


@dataclass(frozen=True, kw_only=True, eq=False)
class UseSums:
    """Sums over those who use, by window ([W], oldest first) and bucket ([B]).

    starts, ends  first and last day of each window
    summed        rows sum up months that end in the window; else rows are single uses
    people        those counted are people of accounts, not accounts
    customers     accounts that were customers during the window; of sums by month, those whose month was over in it
    accounts      of these, who used it;  users: people (or accounts) who did
    others        accounts that used it although they were no customers: left out of all else
    days, weeks   active days, and weeks with use, over users; None where rows don't tell
    times         how often;  features: different ones, over users; None where rows don't tell
    before, fell  users of the window before the last who are still customers; of these, who use it half as much or less
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    summed: bool
    people: bool
    customers: Array
    accounts: Array
    others: Array
    users: Array
    days: Array | None
    weeks: Array | None
    features: Array | None
    before: Array
    fell: Array


def use_sums(accounts: Accounts) -> UseSums:
    """Raises JourneyError where the recipe declares no usage, or no use is left to count."""
    table, last = accounts.table("usage"), accounts.as_of
    spec = accounts.recipe.accounts
    assert last is not None and spec is not None and spec.usage is not None  # usage has days
    summed = spec.usage.month is not None
    length = MONTHLY if summed else DAILY
    lives = accounts.bucketed(accounts.table("lives"))
    spans = _spans(lives, last, length, summed)
    backend = accounts.books.backend
    # Asked three times, and costly: one row a user and window.
    kept = keep(backend, _by_user(table, last, length, summed), name="users")
    try:
        everyone = accounts.bucketed(kept).left_join(
            spans.select(acc_="acc", first_="first", until_="until"), [("acc", "acc_")]
        )
        inside = ((everyone.w <= everyone.first_) & (everyone.w >= everyone.until_)).coalesce(False)
        by_user, people = everyone.filter(inside), "person" in table.columns
        found, others = run(_by_window(by_user, people)), run(_by_window(everyone.filter(~inside), people))
        # Where months without use have rows too, a customer without a row is one whose month is not over yet.
        whole = summed and accounts.books.once("months without use", lambda: _tells_nothing_used(accounts))
        fell = run(_falling(by_user, lives, whole))
    finally:
        drop(backend, kept.op().name)
    if found.empty:
        raise JourneyError("None of these accounts used anything in the time that the tables tell of.")
    many = min(int(found["w"].max()) + 1, MOST)
    there = run(spans.group_by("bucket", "first", "until").agg(n=spans.count()))
    buckets = np.unique(np.concatenate([rows["bucket"].to_numpy(int) for rows in (found, there, others)]))
    shape = (many, len(buckets))

    def spread(column: str) -> Array:
        return _spread(shape, buckets, found, column)

    return UseSums(
        starts=tuple(last - timedelta(days=length * (w + 1) - 1) for w in reversed(range(many))),
        ends=tuple(last - timedelta(days=length * w) for w in reversed(range(many))),
        summed=summed,
        people=people,
        customers=spread("accounts") + spread("unused") if whole else _customers(there, buckets, many),
        accounts=spread("accounts"),
        others=_spread(shape, buckets, others, "accounts"),
        users=spread("users"),
        days=spread("days") if "days" in found else None,
        weeks=spread("weeks") if "weeks" in found else None,
        features=spread("features") if "features" in found else None,
        before=_spread((1, len(buckets)), buckets, fell.assign(w=0), "before")[0],
        fell=_spread((1, len(buckets)), buckets, fell.assign(w=0), "fell")[0],
    )


def _by_user(table: Any, last: date, length: int, summed: bool) -> Any:
    """acc, w, use and what else rows tell: one row a user and window; window 0 ends with the last day."""
    # A month counts in the window in which it is over; the last day is the last that is over.
    end = table.day + ibis.interval(days=length - 1) if summed else table.day
    back = ibis.date(last).delta(end, unit="day").cast("int32")
    table = table.mutate(w=(back // length).cast("int32"))
    table = table.filter((back >= 0) & (table.w < MOST))
    # One number for account and window: twice as quick to group by as two.
    table = table.mutate(key=table.acc * MOST + table.w)
    user = ["key", "person"] if "person" in table.columns else ["key"]
    found = _summed(table, user) if summed else _daily(table, user, last)
    return found.mutate(acc=found.key // MOST, w=(found.key % MOST).cast("int32")).drop(*user)


def _tells_nothing_used(accounts: Accounts) -> bool:
    """Whether any row says that nothing was used: of all accounts, whichever are looked at."""
    table = accounts.books.tables["usage"]
    use = table.days if "days" in table.columns else table.times
    return bool(run(table.agg(any=(use == 0).any()))["any"].fillna(False).iloc[0])


def _summed(table: Any, user: list[str]) -> Any:
    use = table.days if "days" in table.columns else table.times
    sums = {"use": use.sum()}
    sums |= {"days": table.days.sum()} if "days" in table.columns else {}
    sums |= {"features": table.features.max()} if "features" in table.columns else {}
    return table.group_by(*user).agg(**sums)


def _daily(table: Any, user: list[str], last: date) -> Any:
    table = table.mutate(week=(ibis.date(last).delta(table.day, unit="day").cast("int32") // 7).cast("int32"))
    # Days first: distinct pairs are quicker counted than distinct values within groups.
    days = table.select(*user, "week", "day").distinct()
    found = days.group_by(*user).agg(days=days.count(), weeks=days.week.nunique())
    found = found.mutate(use=found.days)
    if "feature" not in table.columns:
        return found
    wide = table.select(*user, "feature").distinct()
    features = wide.group_by(*user).agg(features=wide.feature.count())
    return found.left_join(features, user).select(*user, "days", "weeks", "use", "features")


def _by_window(by_user: Any, people: bool) -> Any:
    used = by_user.use > 0
    told = {name: by_user[name].sum(where=used) for name in ("days", "weeks", "features") if name in by_user.columns}
    accounts = by_user.acc.nunique(where=used) if people else used.sum()
    return by_user.group_by("bucket", "w").agg(accounts=accounts, users=used.sum(), unused=(~used).sum(), **told)


def _spans(lives: Any, last: date, length: int, summed: bool) -> Any:
    """The first and the last window in which each account was a customer, counted back from the last day.

    Where rows sum up months nobody can have one before a first month is over.
    """
    since = ibis.date(last).delta(lives.start, unit="day").cast("int32")
    since = since - (length - 1) if summed else since
    began = ibis.ifelse(since >= 0, since // length, -1)
    gone = ibis.date(last).delta(lives.gone, unit="day").cast("int32") // length
    spans = lives.mutate(first=began.cast("int32"), until=gone.cast("int32").coalesce(0))
    return spans.filter(spans["first"] >= spans.until)


def _customers(there: Any, buckets: NDArray[np.int64], many: int) -> Array:
    """[W, B] customers during each window, oldest first: those whose span of windows holds it."""
    steps = np.zeros((many + 1, len(buckets)))
    bucket = np.searchsorted(buckets, there["bucket"].to_numpy(int))
    n = there["n"].to_numpy(float)
    until = np.minimum(there["until"].to_numpy(int), many)
    first = np.minimum(there["first"].to_numpy(int) + 1, many)
    np.add.at(steps, (until, bucket), n)
    np.add.at(steps, (np.maximum(first, until), bucket), -n)
    return np.cumsum(steps, axis=0)[:many][::-1]


def _falling(by_user: Any, lives: Any, whole: bool) -> Any:
    """By bucket, accounts that used it in the window before the last and are still customers; and who fell by half.

    whole   who has no row in the last window is not known yet, rather than without use
    """
    recent = by_user.filter(by_user.w <= 1)
    by_account = recent.group_by("acc", "bucket").agg(
        was=recent.use.sum(where=recent.w == 1).coalesce(0.0), now=recent.use.sum(where=recent.w == 0)
    )
    stays = lives.filter(~lives.left).select("acc")
    by_account = by_account.filter(by_account.was > 0).semi_join(stays, "acc")
    by_account = by_account.filter(by_account.now.notnull()) if whole else by_account
    by_account = by_account.mutate(now=by_account.now.coalesce(0))
    return by_account.group_by("bucket").agg(
        before=by_account.count(), fell=(by_account.now <= by_account.was / 2).sum()
    )


def _spread(shape: tuple[int, int], buckets: NDArray[np.int64], found: Any, column: str) -> Array:
    table = np.zeros(shape)
    rows = found[found["w"] < shape[0]]
    at = (shape[0] - 1 - rows["w"].to_numpy(int), np.searchsorted(buckets, rows["bucket"].to_numpy(int)))
    np.add.at(table, at, rows[column].fillna(0).to_numpy(float))
    return table
