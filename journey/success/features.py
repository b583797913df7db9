"""What may foretell that an account leaves, as numbers: what it pays, uses, asks for, and what it has lived through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.accounts_state import first_start, outcome, state
from journey.events.accounts_walk import landmarks, walked
from journey.events.log import EventLog
from journey.events.terms import terms_of
from journey.model import WEIGHTS

__all__ = ["Panel", "friction_name", "known", "panel_of", "snapshot_of"]

Array = NDArray[np.float64]

LANDMARKS: Final = 12
MOST: Final = 50_000  # rows to learn from: beyond, accounts are sampled
MONTH: Final = 30.4375
COMMON: Final = 0.05  # a value, or a touchpoint, that fewer share than this tells too little
VALUES: Final = 8  # most values of an attribute that stand alone
COUNTS: Final = ("tenure_days", "seats", "mrr", "use", "use_before", "tickets", "open_tickets", "idle_days", "recent")


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """Accounts on days, N rows: what was known of them then, and what became of them.

    at        [N] number of the day in `days`;  acc: [N] number of the account;  mrr: [N], 0 where it is not told
    features  [N, K] numbers, NaN is missing;  names: [K]
    left      [N] whether the account left within the horizon; None where it was not watched for so long
    days_left [N] days until it left, or was last watched
    friction  touchpoint → its column in `features`, where friction there could be told
    facts     [N rows] the facts behind the features, as `journey.events.accounts_state.state` gives them
    """

    days: tuple[date, ...]
    at: NDArray[np.int64]
    acc: NDArray[np.int64]
    mrr: Array
    features: Array
    names: tuple[str, ...]
    left: NDArray[np.object_]
    days_left: Array
    friction: dict[str, int] = field(default_factory=dict)
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)


def friction_name(touchpoint: str) -> str:
    """How friction at a touchpoint is called among the features."""
    return f"friction: {touchpoint}"


def panel_of(accounts: Accounts, log: EventLog | None, *, horizon: int) -> Panel:
    """Up to twelve days evenly over the time that the accounts are known for, and the last day, whose outcome is to be
    foretold. With many accounts the earlier days hold a sample of them. Features are what was known by the end of each
    day; see `journey.events.accounts_state`.

    Raises JourneyError where too little time is told for the horizon (in days).
    """
    last = accounts.as_of
    first = None if last is None else first_start(accounts)
    if last is None or first is None:
        raise JourneyError("These accounts tell no days, so nothing can be said of a day before the last.")
    watched = landmarks(first + timedelta(days=60), last - timedelta(days=horizon), most=LANDMARKS)
    if len(watched) < 3:
        raise JourneyError(
            "Accounts are known from {first} to {last}: too short a time to learn who leaves within {days} days. "
            "Choose a shorter horizon.",
            first=first.isoformat(),
            last=last.isoformat(),
            days=horizon,
        )
    days = (*watched, last)
    some = accounts.sample(MOST // len(watched))
    asked = [(some, day) for day in watched] + [(accounts, last)]
    frames = [_day(those, day, number, horizon) for number, (those, day) in enumerate(asked)]
    facts = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    spec = accounts.recipe.accounts
    if spec is not None and spec.term_months is not None:
        facts = facts.assign(**_term(facts["tenure_days"].to_numpy(float), spec.term_months * MONTH, horizon))
    ends = () if log is None else log.recipe.ends
    return _assembled(facts, _walked(accounts, some, log, days), days, ends=ends)


def _walked(accounts: Accounts, some: Accounts, log: EventLog | None, days: tuple[date, ...]) -> pd.DataFrame | None:
    """What all had lived through by the last day, and some by the others."""
    if log is None:
        return None
    terms = terms_of(log)
    if some is accounts:
        return walked(accounts, log, terms, days)
    last = walked(accounts, log, terms, days[-1:]).assign(at=len(days) - 1)
    return pd.concat([walked(some, log, terms, days[:-1]), last], ignore_index=True)


def _term(tenure: Array, length: float, horizon: int) -> dict[str, Array]:
    """Where an account stands in its term: days until it ends, and whether that is within the horizon."""
    until = length - tenure % length
    return {"term_days": until, "term_ends": (until <= horizon).astype(float)}


def snapshot_of(accounts: Accounts) -> Panel:
    """Accounts that tell no days: one row each as they stand in the table, with whether they have left."""
    table = accounts.frame(limit=10**9)
    facts = table.drop(columns=[name for name in ("customer", "reason", "gone", "churned") if name in table])
    facts = facts.assign(at=0, acc=np.arange(len(facts)), days_left=np.nan)
    if "paid" in facts and "tenure_months" in facts:
        months = facts["tenure_months"].astype(float).clip(lower=1)
        facts["mrr"] = facts.pop("paid").astype(float) / months
    return _assembled(facts, None, ())


def _day(accounts: Accounts, day: date, number: int, horizon: int) -> pd.DataFrame:
    facts = state(accounts, day)
    became = outcome(accounts, day, days=horizon).rename(columns={"days": "days_left"})
    return facts.merge(became, on="acc").assign(at=number)


def _assembled(
    facts: pd.DataFrame, lived: pd.DataFrame | None, days: tuple[date, ...], *, ends: Collection[str] = ()
) -> Panel:
    own = ("at", "acc", "left", "days_left", "account", "customer", "renewal_days")
    columns: dict[str, Array] = {}
    for name in [one for one in facts if one not in own]:
        columns |= _numbers(str(name).removeprefix("a_"), facts[name], log=name in COUNTS)
    if "use" in facts and "use_before" in facts:
        use, before = facts["use"].to_numpy(float), facts["use_before"].to_numpy(float)
        columns["use, change"] = np.log1p(use) - np.log1p(before)
        columns.pop("use_before", None)
    friction: dict[str, int] = {}
    if lived is not None and len(lived):
        keys = pd.MultiIndex.from_frame(facts[["at", "acc"]])
        columns |= _lived(lived, keys) | _lately(lived, keys)
        # What accounts felt belongs to the facts that health is told from.
        facts = facts.assign(**{name: columns[name] for name in ("dissatisfaction", "effort") if name in columns})
        for name, values in _friction(lived[~lived["touchpoint"].isin(ends)], keys).items():
            friction[name] = len(columns)
            columns[friction_name(name)] = values
    mrr = facts["mrr"].fillna(0).to_numpy(float) if "mrr" in facts else np.zeros(len(facts))
    return Panel(
        days=days,
        at=facts["at"].to_numpy(np.int64),
        acc=facts["acc"].to_numpy(np.int64),
        mrr=mrr,
        features=np.stack(list(columns.values()), axis=1),
        names=tuple(columns),
        left=facts["left"].astype(object).to_numpy(),
        days_left=facts["days_left"].to_numpy(float),
        friction=friction,
        facts=facts,
    )


def _numbers(name: str, values: pd.Series[Any], *, log: bool) -> dict[str, Array]:
    """A column as features: numbers as they are (long-tailed ones as logarithms), words as yes or no for each."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(float, na_value=np.nan)
        if not np.isfinite(numbers).any() or np.nanstd(numbers) == 0:
            return {}
        return {name: np.sign(numbers) * np.log1p(np.abs(numbers)) if log else numbers}
    words = values.astype("string")
    shares = words.value_counts(normalize=True)
    kept = [word for word, share in shares.head(VALUES).items() if COMMON / 5 <= share < 1]
    # The commonest is what the others are compared with.
    return {f"{name}: {word}": np.asarray((words == word).fillna(False), float) for word in kept[1:]}


def _lived(lived: pd.DataFrame, keys: pd.MultiIndex) -> dict[str, Array]:
    """How silent an account has been, how often it was met lately, and how it felt all in all."""
    by = lived.groupby(["at", "acc"])
    whole = by[[name for name in lived if str(name).endswith(("_total", "_count")) or name == "recent"]].sum()
    idle = by["idle_days"].min().reindex(keys).to_numpy(float)
    found = {"days since the last visit": np.log1p(np.maximum(idle, 0))}
    whole = whole.reindex(keys)
    found["visits lately"] = np.log1p(whole["recent"].fillna(0).to_numpy(float))
    for component in WEIGHTS:
        if f"{component}_count" in whole:
            count = whole[f"{component}_count"].to_numpy(float)
            total = whole[f"{component}_total"].to_numpy(float)
            values = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
            if np.isfinite(values).any() and np.nanstd(values) > 0:
                found[component] = values
    return found


def _lately(lived: pd.DataFrame, keys: pd.MultiIndex) -> dict[str, Array]:
    """Which touchpoints were met in the last thirty days, yes or no."""
    wide = lived.pivot_table(index=["at", "acc"], columns="touchpoint", values="recent", sort=False).reindex(keys)
    met = {str(name): np.asarray(wide[name].fillna(0) > 0, float) for name in sorted(wide.columns)}
    return {f"lately: {name}": values for name, values in met.items() if COMMON / 2 <= values.mean() <= 1 - COMMON / 2}


def _friction(lived: pd.DataFrame, keys: pd.MultiIndex) -> dict[str, Array]:
    """Touchpoint → mean friction (0–1) of the account's visits there, weighted as in the ranking; NaN where not met."""
    total, weight = np.zeros(len(lived)), np.zeros(len(lived))
    for component, share in WEIGHTS.items():
        if f"{component}_count" in lived:
            total += share * lived[f"{component}_total"].fillna(0).to_numpy(float)
            weight += share * lived[f"{component}_count"].fillna(0).to_numpy(float)
    score = np.divide(total, weight, out=np.full(len(total), np.nan), where=weight > 0)
    wide = lived.assign(score=score).pivot_table(index=["at", "acc"], columns="touchpoint", values="score", sort=False)
    wide = wide.reindex(keys)
    found = {}
    for name in sorted(wide.columns):
        values = wide[name].to_numpy(float)
        told = np.isfinite(values)
        if told.mean() >= COMMON and told.sum() >= 50 and np.nanstd(values) > 0:
            found[str(name)] = values
    return found


def known(panel: Panel) -> NDArray[np.bool_]:
    """[N] whether a row's outcome is known."""
    return ~pd.isna(panel.left)
