"""The terms of friction: what counts as soon, as promised, as a good end; the recipe's, or labelled as the data's."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.mine import goals_of
from journey.recipe import duration_us

__all__ = ["Terms", "terms_of"]

# Where the recipe sets no window, the first of these that 99 % of next events come within.
WINDOWS = ("30m", "2h", "1d", "7d", "30d", "90d", "365d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What friction was measured by: stated with every ranking.

    window_us   time in which a next event, a return, a contact counts; `window_from` "recipe", "asked" or "data"
    promises    touchpoint → promised microseconds since the event before; `since` likewise, since another touchpoint
    promises_from   touchpoint → "recipe", "date" (a promised date in the data) or "data" (the median of the cases
                that reached the goal)
    """

    goal: tuple[str, ...]
    ends: tuple[str, ...]
    support: tuple[str, ...]
    repeatable: tuple[str, ...]
    window_us: int
    window_from: str
    promises: Mapping[str, int]
    since: Mapping[str, int]
    promises_from: Mapping[str, str]


def terms_of(log: EventLog, *, goal: str | Sequence[str] | None = None, window: str | None = None) -> Terms:
    """The terms that apply to a log: the recipe's, and where it is silent the data's own, labelled so.

    What the data decide is taken from all cases, whatever the filters, so that segments are measured alike.
    """
    recipe, known = log.recipe, set(log.touchpoints)
    goals = goals_of(log, goal)
    promised = {name: promise for name, promise in recipe.promises.items() if promise.within and name in known}
    declared = {name: duration_us(p.within) for name, p in promised.items() if not p.since}
    since = {name: duration_us(p.within) for name, p in promised.items() if p.since}
    dated = {name for table in recipe.tables for name in getattr(table, "promises", {})} & known
    chosen = recipe.window if window is None else window
    whole = dataclasses.replace(log, filters=())
    # Where people said which waits matter, the others are the customer's own time; where nobody did, the data stand in.
    usual = (
        {}
        if promised or dated or not log.timed
        else log.index.once(("waits", goals), lambda: _usual_waits(whole, goals))
    )
    return Terms(
        goal=goals,
        ends=tuple(name for name in recipe.ends if name in known),
        support=tuple(name for name in recipe.support if name in known),
        repeatable=tuple(name for name in recipe.repeatable if name in known),
        window_us=duration_us(chosen) if chosen is not None else log.index.once("window", lambda: _usual_window(whole)),
        window_from="asked" if window is not None else "recipe" if chosen else "data",
        promises={**declared, **usual},
        since=since,
        promises_from={
            **dict.fromkeys(promised, "recipe"),
            **dict.fromkeys(dated, "date"),
            **dict.fromkeys(usual, "data"),
        },
    )


def _usual_window(log: EventLog) -> int:
    rows = log.rows()
    usual = run(rows.agg(wait=rows.wait_us.quantile(0.99)))["wait"].iloc[0]
    # Longer than a third of the log, hardly a visit could be followed for the whole window.
    span = (log.index.sizes.last_event - log.index.sizes.first_event) / 3
    choices = [us for us in map(duration_us, WINDOWS) if us <= span] or [duration_us(WINDOWS[0])]
    return next((us for us in choices if pd.isna(usual) or us >= usual), choices[-1])


def _usual_waits(log: EventLog, goals: Sequence[str]) -> dict[str, int]:
    """Median wait for each touchpoint among the cases that reached the goal, at least a second."""
    if not goals:
        return {}
    rows = log.rows()
    reached = rows.filter(rows.tp.isin(log.codes(goals))).select("cid").distinct()
    moves = rows.filter(rows.next_tp.notnull()).semi_join(reached, "cid")
    medians = run(moves.group_by("next_tp").agg(wait=moves.wait_us.median()))
    return {log.touchpoints[int(row.next_tp)]: max(1_000_000, round(row.wait)) for row in each(medians)}
