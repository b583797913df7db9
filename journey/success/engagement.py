"""Engagement: who uses what they pay for, how often, how broadly, and whether it fades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from journey.estimate.bootstrap import draws_of, ratios
from journey.estimate.measures import wilson
from journey.events.accounts import Accounts
from journey.events.accounts_open import accounts as accounts_of
from journey.events.log import EventLog
from journey.events.usage_sums import MONTHLY, UseSums, use_sums
from journey.model import Measure
from journey.recipe import Recipe

__all__ = ["Engagement", "UseWindow", "engagement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseWindow:
    """Use in one window of days.

    customers   accounts that were customers during it;  accounts: of these, who used it (`active`, 0–1, Wilson)
    others      accounts that used it although they were no customers (yet, or any more): left out of all else
    users       who used it: people where rows tell them, else accounts
    dau_mau     mean daily users / users in the window (0–1): how many days of it a user comes;  wau_mau: weekly
    breadth     different features a user used, mean
    """

    start: date
    end: date
    customers: int
    accounts: int
    others: int
    users: int
    active: Measure
    dau_mau: Measure
    wau_mau: Measure
    breadth: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Use of what accounts pay for, by windows that end with the last day that is known.

    n, of       accounts looked at, of how many
    windows     oldest first: 28 days where rows are single uses; where rows sum up months, the months that were over in
                each 30 days
    people      users are people of accounts, not accounts
    fell        of accounts that used it in the window before the last and are still customers, the share that uses it
                half as much or less in the last (0–1, low is good); Wilson
    missing     what can't be said → why, as a code: "months" (sums of months don't tell it), "untold" (no such column)
    """

    n: int
    of: int
    windows: tuple[UseWindow, ...]
    people: bool
    fell: Measure
    missing: Mapping[str, str]

    @property
    def last(self) -> UseWindow:
        """The window that ends with the last day."""
        return self.windows[-1]


def engagement(accounts: Accounts | EventLog | Recipe | str | Path, *, draws: int = 1000, seed: int = 0) -> Engagement:
    """Active share, stickiness (DAU/MAU, WAU/MAU), breadth and trend of use, each with its interval.

    accounts   of a recipe, or a log: then those accounts whose customers have a case in it

    Of sums by month DAU/MAU is Σ active days / (30 · users): the same number, for a day with three users has three
    active days. WAU/MAU they can't tell. Intervals of these ratios are a bootstrap of accounts.
    Raises JourneyError where the recipe declares no usage.
    """
    asked = accounts_of(accounts)
    sums = use_sums(asked)
    weights = draws_of(sums.users.shape[1], draws=draws, seed=seed)
    length = MONTHLY if sums.summed else (sums.ends[0] - sums.starts[0]).days + 1
    users = sums.users.sum(axis=1)
    nothing = tuple(Measure.missing() for _ in users)
    daily = _ratio(sums.days, length, sums, weights) or nothing
    weekly = _ratio(sums.weeks, length / 7, sums, weights) or nothing
    breadth = _ratio(sums.features, 1, sums, weights) or nothing
    customers, active = sums.customers.sum(axis=1), sums.accounts.sum(axis=1)
    windows = tuple(
        UseWindow(
            start=sums.starts[w],
            end=sums.ends[w],
            customers=round(float(customers[w])),
            accounts=round(float(active[w])),
            users=round(float(users[w])),
            others=round(float(sums.others[w].sum())),
            active=wilson(float(active[w]), float(customers[w])),
            dau_mau=daily[w],
            wau_mau=weekly[w],
            breadth=breadth[w],
        )
        for w in range(len(users))
    )
    missing = {}
    if sums.weeks is None:
        missing["wau_mau"] = "months"
    if sums.days is None:
        missing["dau_mau"] = "untold"
    if sums.features is None:
        missing["breadth"] = "untold"
    return Engagement(
        n=asked.n,
        of=asked.of,
        windows=windows,
        people=sums.people,
        fell=wilson(float(sums.fell.sum()), float(sums.before.sum())),
        missing=missing,
    )


def _ratio(
    above: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None,
    each: float,
    sums: UseSums,
    weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> tuple[Measure, ...] | None:
    if above is None:
        return None
    return ratios(above / each, sums.users, sums.users.sum(axis=1), weights, least=0.0)
