"""Time to first value: how long it takes those who stay, and what share will ever see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.estimate.survival import Curve, aalen_johansen, kaplan_meier
from journey.events.accounts import Accounts
from journey.events.accounts_open import accounts as accounts_of
from journey.events.log import EventLog
from journey.events.value_sums import CENSORED, LEFT, VALUE, value_ends
from journey.model import Measure
from journey.recipe import Recipe

__all__ = ["TimeToValue", "value"]

DAYS: Final = (30, 60, 90, 180, 365)
GROUPS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToValue:
    """Days from an account's start to its first value, where some leave first and others still wait.

    what       what counts as first value;  group: the value of `by` these accounts have (None: all)
    n          accounts, each in one of reached (value), left (before it) and waiting (neither so far)
    median     days by which half have reached it **if they stay** (Kaplan–Meier: who left counts as if still waiting)
    quarter, three_quarters   likewise;  None where so many never do while they are watched; an interval's `high` is
               None where its upper end is not reached
    share_by   days → share of all who have reached it by then, leaving counted as leaving (Aalen–Johansen)
    share      the same at the last day (`days`) that is known of any account: what share will, as far as can be seen
    left_share share that will have left before it
    waits      curve of those still waiting, of those who stay;  reaches, leaves: curves of both ends
    achievers_median   median of those alone who reached it: shown because it is often quoted, and wrong. It forgets
               who still waits, so it is too short
    early      accounts that met it before their start only
    groups     the same by group, largest first, where that was asked for
    """

    what: str
    group: str | None
    n: int
    reached: int
    left: int
    waiting: int
    median: Measure
    quarter: Measure
    three_quarters: Measure
    share_by: Mapping[int, Measure]
    share: Measure
    left_share: Measure
    days: int
    achievers_median: float | None
    early: int
    waits: Curve
    reaches: Curve
    leaves: Curve
    groups: tuple[TimeToValue, ...] = ()


def value(accounts: Accounts | EventLog | Recipe | str | Path, *, by: str | None = None) -> TimeToValue:
    """Time to first value, as the recipe defines it under ``accounts: value:``.

    accounts   of a recipe, or a log: then those accounts whose customers have a case in it
    by         an attribute of accounts ("plan", "segment", …): the same for each of its values, at most 12

    Two questions, two answers: how long it takes those who stay (Kaplan–Meier), and what share will see it at all, when
    leaving comes first for some (Aalen–Johansen). Intervals are 95 %: Greenwood's and the delta method's on the
    log(−log) scale; of times where these bands cross. Leaving for a reason that foretells late value makes the first
    answer too hopeful: who leaves is then not like those who stay.
    Raises JourneyError where the recipe says no value, or its accounts tell no days.
    """
    asked = accounts_of(accounts)
    ends, early = value_ends(asked, by=by)
    spec = asked.recipe.accounts
    assert spec is not None and spec.value is not None  # else value_ends says so
    named = (spec.value.column,) if spec.value.column else spec.value.touchpoint or spec.value.feature
    what = " / ".join(str(one) for one in named)
    groups: tuple[TimeToValue, ...] = ()
    if by is not None:
        sizes = ends.dropna(subset=["group"]).groupby("group")["n"].sum().sort_values(ascending=False, kind="stable")
        chosen = [str(name) for name in sizes.index[:GROUPS]]
        groups = tuple(_told(ends[ends["group"] == name], what, name, 0) for name in chosen)
    return _told(ends, what, None, early, groups)


def _told(
    ends: pd.DataFrame, what: str, group: str | None, early: int, groups: tuple[TimeToValue, ...] = ()
) -> TimeToValue:
    days = np.unique(ends["days"].to_numpy(int))
    counts = {kind: np.zeros(len(days)) for kind in (CENSORED, VALUE, LEFT)}
    for kind, table in counts.items():
        rows = ends[ends["kind"] == kind]
        np.add.at(table, np.searchsorted(days, rows["days"].to_numpy(int)), rows["n"].to_numpy(float))
    reached, left, waiting = (round(counts[kind].sum()) for kind in (VALUE, LEFT, CENSORED))
    waits = kaplan_meier(days, counts[VALUE], counts[LEFT] + counts[CENSORED])
    reaches = aalen_johansen(days, counts[VALUE], counts[LEFT], counts[CENSORED])
    leaves = aalen_johansen(days, counts[LEFT], counts[VALUE], counts[CENSORED])
    last = int(days[-1]) if days.size else 0
    return TimeToValue(
        what=what,
        group=group,
        n=reached + left + waiting,
        reached=reached,
        left=left,
        waiting=waiting,
        median=waits.when(0.5),
        quarter=waits.when(0.25),
        three_quarters=waits.when(0.75),
        share_by={day: reaches.at(day) for day in DAYS if day <= last},
        share=reaches.at(last),
        left_share=leaves.at(last),
        days=last,
        achievers_median=_median(days, counts[VALUE]),
        early=early,
        waits=waits,
        reaches=reaches,
        leaves=leaves,
        groups=groups,
    )


def _median(days: NDArray[np.int64], counts: NDArray[np.float64]) -> float | None:
    if not counts.sum():
        return None
    place = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    return float(days[place])
