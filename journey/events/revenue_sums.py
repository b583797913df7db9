"""Sums of what accounts pay, by month and bucket of accounts: all that revenue needs to know of them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.accounts import Accounts
from journey.events.accounts_money import KINDS, month_of
from journey.events.engine import run

__all__ = [
    "Lives",
    "MoneySums",
    "Pairs",
    "Spells",
    "complete_until",
    "first_of",
    "lives_sums",
    "money_sums",
    "snapshot_sums",
    "spell_sums",
]

Array = NDArray[np.float64]
YEAR = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """A fixed cohort at the start of a window against the same customers at its end. [W, B] windows by buckets.

    ends      [W] the month at whose end each window closes (months since the year 0); `months` how long it is
    mrr, customers   of those who paid at the start;  lost_mrr: what of it was lost, by customer, so
              Σ min(MRR₁, MRR₀) = mrr − lost_mrr;  gained_mrr: what those customers pay more
    lost      customers who pay nothing at the end;  losing: who pay less
    """

    months: int
    ends: NDArray[np.int64]
    mrr: Array
    customers: Array
    lost_mrr: Array
    gained_mrr: Array
    lost: Array
    losing: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class MoneySums:
    """Movements of MRR and of customers by month (months since the year 0, [M]) and bucket ([B]).

    moved     [K, M, B] change of MRR by kind (`KINDS`), signed;  counts: [K, M, B] how many
    cohorts   [C] months of first payment;  kept, mrr_kept: [C, A, B] customers, and MRR, at the end of the month that
              is so many after the first (0: the first itself); began, mrr_began: [C, B] of the first payments
    """

    months: NDArray[np.int64]
    moved: Array
    counts: Array
    month: Pairs
    year: Pairs | None
    began: Array
    mrr_began: Array
    kept: Array
    mrr_kept: Array


def first_of(month: int) -> date:
    """The first day of a month since the year 0."""
    return date(int(month) // 12, int(month) % 12 + 1, 1)


def complete_until(as_of: date) -> int:
    """The last month that is over on a day."""
    month = as_of.year * 12 + as_of.month - 1
    return month if as_of.day == calendar.monthrange(as_of.year, as_of.month)[1] else month - 1


def money_sums(accounts: Accounts) -> MoneySums | None:
    """Sums of the changes of MRR; None where nobody ever paid.

    Raises JourneyError where no table tells MRR over time.
    """
    as_of = accounts.as_of
    assert as_of is not None  # a table of MRR over time has days
    changes = accounts.bucketed(accounts.table("changes"))
    changes = changes.filter(changes.day <= ibis.date(as_of))
    by_month = changes.group_by("bucket", "month", "kind").agg(
        total=(changes.after - changes.before).sum(), n=changes.count()
    )
    found = run(by_month)
    if found.empty:
        return None
    months = np.arange(int(found["month"].min()), as_of.year * 12 + as_of.month)
    buckets = np.unique(found["bucket"].to_numpy())
    place = _Place(months, buckets)
    shape = (len(KINDS), len(months), len(buckets))
    at = (found["kind"].to_numpy(int), place.month(found["month"]), place.bucket(found["bucket"]))
    moved = _spread(shape, at, found["total"])
    counts = _spread(shape, at, found["n"])
    mrr, customers = _levels(moved, counts)
    last = complete_until(as_of)
    told = last - YEAR >= months[0]
    year = _pairs(changes, place, mrr, customers, months=YEAR, last=last) if told else None
    return MoneySums(
        months=months,
        moved=moved,
        counts=counts,
        month=_pairs(changes, place, mrr, customers, months=1),
        year=year,
        **_cohorts(changes, place),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where months and buckets stand in the arrays."""

    months: NDArray[np.int64]
    buckets: NDArray[np.int64]

    def month(self, months: Any) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.asarray(months, np.int64) - self.months[0]
        return found

    def bucket(self, buckets: Any) -> NDArray[np.int64]:
        return np.searchsorted(self.buckets, np.asarray(buckets, np.int64))


def _spread(shape: tuple[int, ...], at: tuple[Any, ...], values: pd.Series[Any]) -> Array:
    table = np.zeros(shape)
    np.add.at(table, at, values.to_numpy(float))
    return table


def _levels(moved: Array, counts: Array) -> tuple[Array, Array]:
    """[M, B] MRR and customers at the end of each month."""
    heads = counts[0] + counts[4] - counts[3]
    return np.cumsum(moved.sum(axis=0), axis=0), np.cumsum(heads, axis=0)


def _pairs(changes: Any, place: _Place, mrr: Array, customers: Array, *, months: int, last: int | None = None) -> Pairs:
    """Start and end of every month, or of the months that end with `last`; only who paid otherwise needs a look."""
    if last is None:
        ends = place.months
        table = changes.mutate(end=changes.month)
    else:
        ends = np.array([last])
        within = changes.filter((changes.month > last - months) & (changes.month <= last))
        table = within.mutate(end=ibis.literal(last, "int32"))
    by_account = table.group_by("acc", "bucket", "end").agg(
        was=table.before.argmin(table.day), now=table.after.argmax(table.day)
    )
    had = by_account.filter(by_account.was > 0)
    fell = ibis.greatest(had.was - had.now, 0.0)
    sums = had.group_by("bucket", "end").agg(
        lost_mrr=fell.sum(),
        gained_mrr=ibis.greatest(had.now - had.was, 0.0).sum(),
        lost=(had.now == 0).sum(),
        losing=(fell > 0).sum(),
    )
    found = run(sums)
    shape = (len(place.months), len(place.buckets))
    at = (place.month(found["end"]), place.bucket(found["bucket"]))
    found = found.fillna(0)
    lost_mrr, gained, lost, losing = (
        _spread(shape, at, found[n]) for n in ("lost_mrr", "gained_mrr", "lost", "losing")
    )
    rows = place.month(ends)
    return Pairs(
        months=months,
        ends=ends,
        mrr=_before(mrr, months)[rows],
        customers=_before(customers, months)[rows],
        lost_mrr=lost_mrr[rows],
        gained_mrr=gained[rows],
        lost=lost[rows],
        losing=losing[rows],
    )


def _before(levels: Array, months: int) -> Array:
    """Levels so many months earlier; nothing before the first."""
    moved = np.zeros_like(levels)
    moved[months:] = levels[:-months]
    return moved


def _cohorts(changes: Any, place: _Place) -> dict[str, Array]:
    table = changes.mutate(
        age=(changes.month - changes.cohort).cast("int32"),
        heads=ibis.cases((changes.kind.isin([0, 4]), 1), (changes.kind == 3, -1), else_=0),
        by=changes.after - changes.before,
        paid=ibis.ifelse(changes.kind == 0, changes.after, 0.0),
    )
    found = run(
        table.group_by("cohort", "age", "bucket").agg(
            heads=table.heads.sum(), by=table.by.sum(), new=(table.kind == 0).sum(), paid=table.paid.sum()
        )
    )
    size = len(place.months)
    at = (place.month(found["cohort"]), found["age"].to_numpy(int), place.bucket(found["bucket"]))
    shape = (size, size, len(place.buckets))
    began, paid = (_spread(shape, at, found[name]).sum(axis=1) for name in ("new", "paid"))
    return {
        "began": began,
        "mrr_began": paid,
        "kept": np.cumsum(_spread(shape, at, found["heads"]), axis=1),
        "mrr_kept": np.cumsum(_spread(shape, at, found["by"]), axis=1),
    }


# --- lives -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Lives:
    """Days that accounts were watched: [T] increasing days; [T, B] how many left, stopped being watched, and began to
    be watched (late entry) then."""

    days: Array
    left: Array
    stayed: Array
    entered: Array


def lives_sums(accounts: Accounts) -> Lives:
    """How long accounts stayed, by whole days and bucket; accounts whose days nobody tells are left out."""
    table = accounts.bucketed(accounts.table("lives"))
    table = table.filter(table.days.notnull())
    table = table.mutate(
        day=table.days.floor().cast("int32"),
        came=table.entered.floor().cast("int32"),
    )
    ends = run(table.group_by("bucket", "day").agg(left=table.left.sum(), stayed=(~table.left).sum()))
    came = run(table.group_by("bucket", day="came").agg(entered=table.count()))
    days = np.unique(np.concatenate([ends["day"].to_numpy(int), came["day"].to_numpy(int)]))
    buckets = np.unique(ends["bucket"].to_numpy(int))
    shape = (len(days), len(buckets))

    def spread(found: pd.DataFrame, column: str) -> Array:
        at = (
            np.searchsorted(days, found["day"].to_numpy(int)),
            np.searchsorted(buckets, found["bucket"].to_numpy(int)),
        )
        return _spread(shape, at, found[column].fillna(0))

    return Lives(
        days=days.astype(float),
        left=spread(ends, "left"),
        stayed=spread(ends, "stayed"),
        entered=spread(came, "entered"),
    )


def snapshot_sums(accounts: Accounts) -> tuple[Array, Array] | None:
    """By bucket, MRR and paying customers on the last day, where only that day is known; None where no MRR is told.

    Where all that was paid is told beside the time it took, its mean a month stands for MRR.
    """
    table = accounts.table("accounts")
    if "mrr" in table.columns:
        amount = table.mrr
    elif "paid" in table.columns:
        amount = ibis.ifelse(table.tenure_months > 0, table.paid / table.tenure_months, ibis.null("float64"))
    else:
        return None
    lives = accounts.books.tables["lives"].select(acc_="acc", left="left")
    table = accounts.bucketed(table.select("acc", amount=amount)).inner_join(lives, [("acc", "acc_")])
    table = table.filter(~table.left & (table.amount > 0))
    found = run(table.group_by("bucket").agg(mrr=table.amount.sum(), n=table.count()))
    return found["mrr"].to_numpy(float), found["n"].to_numpy(float)


@dataclass(frozen=True, kw_only=True, eq=False)
class Spells:
    """Accounts by the month they began and the month they were gone, by what decides churn.

    months   [M], those of the movements where there are any;  began: [M] earliest months count into the first
    counts   [M, M + 1] accounts that began in a month and were gone in another; the last column stayed
    """

    months: NDArray[np.int64]
    counts: Array

    def cohort(self, ends: NDArray[np.int64], months: int) -> tuple[Array, Array]:
        """Customers at the start of each window that closes with a month, and how many of these had left by its end."""
        cells = self.counts
        by_end = np.cumsum(cells[:, :-1], axis=1)  # began in a row's month and gone by a column's
        at_start, lost = np.zeros(len(ends)), np.zeros(len(ends))
        for i, end in enumerate(ends - self.months[0]):
            begin = end - months
            if begin < 0:
                continue
            began = cells[: begin + 1].sum()
            gone_before, gone_by = by_end[: begin + 1, begin].sum(), by_end[: begin + 1, end].sum()
            at_start[i], lost[i] = began - gone_before, gone_by - gone_before
        return at_start, lost


def spell_sums(accounts: Accounts) -> Spells | None:
    """The spells of accounts with days; None where there are none."""
    as_of = accounts.as_of
    if as_of is None:
        return None
    lives = accounts.table("lives")
    table = lives.mutate(began=month_of(lives.start), ended=month_of(lives.gone))
    found = run(table.group_by("began", "ended").agg(n=table.count()))
    months = np.arange(int(found["began"].min()), as_of.year * 12 + as_of.month)
    counts = np.zeros((len(months), len(months) + 1))
    ended = found["ended"].fillna(months[-1] + 1).to_numpy(int) - months[0]
    np.add.at(counts, (found["began"].to_numpy(int) - months[0], ended), found["n"].to_numpy(float))
    return Spells(months=months, counts=counts)
