"""Resolution: how long customers wait for a first reply and for a solution, those who still wait included."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from journey.estimate.survival import Curve, kaplan_meier
from journey.events.accounts import Accounts
from journey.events.accounts_open import accounts as accounts_of
from journey.events.log import EventLog
from journey.events.ticket_sums import ticket_sums
from journey.model import Measure
from journey.recipe import Recipe

__all__ = ["Resolution", "resolution"]

GROUPS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Waits of support tickets, in seconds.

    group      the topic or channel (None: all);  n: tickets
    unanswered, open   tickets without a first reply, not solved; None where the tables don't tell
    reply_median_s, reply_p90_s   time by which half, and nine in ten, had a first reply (Kaplan–Meier: open tickets
               count for as long as they have waited); `high` is None where the upper band does not come so far
    solved_median_s, solved_p90_s   likewise until solved
    reply, solved   the curves of those still waiting, times in seconds; None where the tables don't tell
    groups     by topic or channel, largest first, at most 12
    """

    group: str | None
    n: int
    unanswered: int | None
    open: int | None
    reply_median_s: Measure
    reply_p90_s: Measure
    solved_median_s: Measure
    solved_p90_s: Measure
    reply: Curve | None
    solved: Curve | None
    groups: tuple[Resolution, ...] = ()


def resolution(accounts: Accounts | EventLog | Recipe | str | Path, *, by: str | None = None) -> Resolution:
    """Time to first reply and to the solution: median and 90th percentile, open tickets censored.

    accounts   of a recipe, or a log: then the tickets of accounts whose customers have a case in it
    by         "topic" or "channel"

    Leaving open tickets out, as averages of solved ones do, makes support look quicker the slower it is. Intervals are
    95 %, each ticket by itself. To the minute. Raises JourneyError where the recipe declares no tickets.
    """
    asked = accounts_of(accounts)
    if by is None:
        return _told(ticket_sums(asked), None)
    sums = ticket_sums(asked, by=by)
    sizes = sums["open"].dropna(subset=["group"]).set_index("group")["n"].sort_values(ascending=False, kind="stable")
    groups = tuple(
        _told({name: table[table["group"] == one] for name, table in sums.items()}, str(one))
        for one in sizes.index[:GROUPS]
    )
    return _told(sums, None, groups)


def _told(sums: dict[str, pd.DataFrame], group: str | None, groups: tuple[Resolution, ...] = ()) -> Resolution:
    facts = sums["open"].drop(columns="group").sum()
    n = int(facts["n"])
    reply, solved = (_curve(sums[name]) if name in sums else None for name in ("reply", "solved"))
    nothing = Measure.missing()
    return Resolution(
        group=group,
        n=n,
        unanswered=n - int(facts["replied"]) if "replied" in facts else None,
        open=n - int(facts["solved"]) if "solved" in facts else None,
        reply_median_s=reply.when(0.5) if reply else nothing,
        reply_p90_s=reply.when(0.9) if reply else nothing,
        solved_median_s=solved.when(0.5) if solved else nothing,
        solved_p90_s=solved.when(0.9) if solved else nothing,
        reply=reply,
        solved=solved,
        groups=groups,
    )


def _curve(counts: pd.DataFrame) -> Curve | None:
    by_time = counts.groupby("minutes")[["done", "open"]].sum().sort_index()
    if by_time.empty:
        return None
    return kaplan_meier(by_time.index.to_numpy(float) * 60, by_time["done"], by_time["open"])
