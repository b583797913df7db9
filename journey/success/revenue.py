"""Revenue: where it came from and went, who stays and pays, and what a customer is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.estimate.bootstrap import draws_of, ratios
from journey.estimate.measures import wilson
from journey.events.accounts import Accounts
from journey.events.accounts_open import accounts as accounts_of
from journey.events.accounts_report import ChurnFrom
from journey.events.log import EventLog
from journey.events.revenue_sums import (
    MoneySums,
    Spells,
    complete_until,
    first_of,
    lives_sums,
    money_sums,
    snapshot_sums,
    spell_sums,
)
from journey.model import Measure
from journey.recipe import Recipe
from journey.success.lifetime import Lifetime, lifetime
from journey.success.retention import Cohort, Window, cohorts, leaving, retained, windows

__all__ = ["Cohort", "Lifetime", "Revenue", "RevenueMonth", "Window", "revenue"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueMonth:
    """MRR from the start of a month to its end: end = start + new + expansion + reactivation − contraction − churn.

    month      its first day;  complete: whether it was over when the tables were written
    start … end        money; all of the movements are 0 or more
    customers_*        paying customers, likewise: end = start + new + back − lost
    arpu       MRR / paying customers at the end of the month, n of these
    logo_churn, grr, nrr   of those who paid at the start: share that left, MRR kept without and with more
               (see `Window`)
    """

    month: date
    complete: bool
    start: float
    new: float
    expansion: float
    reactivation: float
    contraction: float
    churn: float
    end: float
    customers_start: int
    customers_new: int
    customers_back: int
    customers_lost: int
    customers_end: int
    arpu: Measure
    logo_churn: Measure
    grr: Measure
    nrr: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What customers pay: movements, who stays, what one is worth.

    n, of       accounts looked at, of how many;  currency of all money; as_of: the last day that is known
    mrr, customers   MRR and paying customers on that day; arpu is one divided by the other
    months      movements, oldest first;  month, year: the last complete month, and the twelve months that end with it
    lifetime    what a customer is worth over a stated time
    cohorts     oldest first
    churn_from  what decides who left: "churn events", "revenue", "churn dates", "flags" or "nothing"
    churned     share of all accounts that left while they were watched; Wilson interval
    missing     what can't be said → why, as a code: "no days", "one day", "no money", "nobody pays", "short", "young"

    Intervals are 95 %, by a bootstrap of customers (in 256 buckets where there are many) unless named otherwise.
    """

    n: int
    of: int
    currency: str | None
    as_of: date | None
    mrr: float | None
    customers: int | None
    arpu: Measure
    months: tuple[RevenueMonth, ...]
    month: Window | None
    year: Window | None
    lifetime: Lifetime | None
    cohorts: tuple[Cohort, ...]
    churn_from: ChurnFrom
    churned: Measure
    missing: Mapping[str, str]


def revenue(
    accounts: Accounts | EventLog | Recipe | str | Path,
    *,
    margin: float | None = None,
    discount: float = 0.10,
    horizon: int = 36,
    draws: int = 1000,
    seed: int = 0,
) -> Revenue:
    """MRR movements, ARPU, logo churn, gross and net retention, cohorts and lifetime value, each with its interval.

    accounts   of a recipe, or a log: then those accounts whose customers have a case in it
    margin     what is left of a unit of revenue (0–1; default the recipe's, else 1: then it is revenue, not profit)
    discount   what a year's wait takes off money (0–1), for lifetime value
    horizon    months that lifetime value looks ahead at most; never further than customers were watched

    What can't be said stands in `missing` with its reason. Raises JourneyError where the recipe tells no accounts.
    """
    if not (0 <= discount < 1 and horizon >= 1 and (margin is None or 0 < margin <= 1)):
        raise JourneyError(
            "A discount lies between 0 and 1, a margin above 0 and up to 1, and a horizon is 1 month or more."
        )
    asked = accounts_of(accounts)
    missing: dict[str, str] = {}
    sums = money_sums(asked) if asked.has("changes") else None
    spells = spell_sums(asked)
    last = complete_until(asked.as_of) if asked.as_of is not None else 0
    weights = draws_of(sums.moved.shape[2], draws=draws, seed=seed) if sums is not None else None
    months = (
        _months(sums, spells, asked.report.churn_from, last, weights)
        if sums is not None and weights is not None
        else ()
    )
    found = {} if sums is None or weights is None else windows(sums, spells, asked.report.churn_from, last, weights)
    began = cohorts(sums, last, weights) if sums is not None and weights is not None else ()
    now = _now(asked, sums)
    if not months:
        why = "nobody pays" if asked.has("changes") else "no days" if asked.as_of is None else "one day"
        missing |= dict.fromkeys(("movements", "month", "year", "cohorts"), why)
    elif "year" not in found:
        missing["year"] = "short"
    if months and "month" not in found:
        missing["month"] = "short"
    if now is None:
        missing["arpu"] = missing["lifetime"] = "no money"
    share = margin or (asked.recipe.accounts.margin if asked.recipe.accounts else None) or 1.0
    worth, churned, why_not = _worth(
        asked, now, margin=share, discount=discount, horizon=horizon, draws=draws, seed=seed
    )
    if worth is None and why_not:
        missing.setdefault("lifetime", why_not)
    return Revenue(
        n=asked.n,
        of=asked.of,
        currency=asked.currency,
        as_of=asked.as_of,
        mrr=None if now is None else float(now[0].sum()),
        customers=None if now is None else round(float(now[1].sum())),
        arpu=Measure.missing() if now is None else _arpu(*now, draws=draws, seed=seed),
        months=months,
        month=found.get("month"),
        year=found.get("year"),
        lifetime=worth,
        cohorts=began,
        churn_from=asked.report.churn_from,
        churned=churned,
        missing=missing,
    )


def _now(asked: Accounts, sums: MoneySums | None) -> tuple[Array, Array] | None:
    """MRR and paying customers on the last day, by bucket."""
    if sums is None:
        return None if asked.has("changes") else snapshot_sums(asked)
    mrr, customers = _levels(sums)
    return mrr[-1], customers[-1]


def _levels(sums: MoneySums) -> tuple[Array, Array]:
    heads = sums.counts[0] + sums.counts[4] - sums.counts[3]
    return np.cumsum(sums.moved.sum(axis=0), axis=0), np.cumsum(heads, axis=0)


def _arpu(mrr: Array, customers: Array, *, draws: int, seed: int) -> Measure:
    weights = draws_of(len(mrr), draws=draws, seed=seed)
    return ratios(mrr, customers, [customers.sum()], weights)[0]


def _worth(
    asked: Accounts,
    now: tuple[Array, Array] | None,
    *,
    margin: float,
    discount: float,
    horizon: int,
    draws: int,
    seed: int,
) -> tuple[Lifetime | None, Measure, str]:
    if asked.report.churn_from == "nothing" or (asked.report.churn_from == "flags" and asked.as_of is not None):
        return None, Measure.missing(), "undated"
    lives = lives_sums(asked)
    left, stayed = lives.left.sum(), lives.stayed.sum()
    churned = wilson(float(left), float(left + stayed))
    arpu = None if now is None else _arpu(*now, draws=draws, seed=seed)
    if arpu is None or arpu.value is None:
        return None, churned, "nobody pays"
    worth = lifetime(lives, arpu, margin=margin, discount=discount, horizon=horizon, draws=min(draws, 500), seed=seed)
    return worth, churned, "" if worth is not None else "young"


# --- months ------------------------------------------------------------------------------------------


def _months(
    sums: MoneySums, spells: Spells | None, decides: ChurnFrom, last: int, weights: Array
) -> tuple[RevenueMonth, ...]:
    mrr, customers = _levels(sums)
    moved, heads = sums.moved.sum(axis=2), sums.counts.sum(axis=2)
    ends, people = mrr.sum(axis=1), customers.sum(axis=1)
    arpu = ratios(mrr, customers, people, weights)
    grr, nrr = retained(sums.month, weights)
    there, lost = leaving(sums.month, spells, decides)
    churn = [wilson(float(x), float(n)) for x, n in zip(lost, there, strict=True)]
    found = []
    for at, month in enumerate(sums.months):
        new, more, less, gone, back = (abs(float(x)) for x in moved[:, at])
        found.append(
            RevenueMonth(
                month=first_of(int(month)),
                complete=bool(month <= last),
                start=float(ends[at - 1]) if at else 0.0,
                new=new,
                expansion=more,
                reactivation=back,
                contraction=less,
                churn=gone,
                end=float(ends[at]),
                customers_start=round(float(people[at - 1])) if at else 0,
                customers_new=round(float(heads[0, at])),
                customers_back=round(float(heads[4, at])),
                customers_lost=round(float(heads[3, at])),
                customers_end=round(float(people[at])),
                arpu=arpu[at],
                logo_churn=churn[at],
                grr=grr[at],
                nrr=nrr[at],
            )
        )
    return tuple(found)
