"""Moves with what came before them, and touchpoints met before the goal, both by groups of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.channel_paths import PathJourney
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.mine import goals_of
from journey.events.until import until_goal

__all__ = ["NOTHING", "Touched", "Triples", "passed", "touched", "triples"]

NOTHING: Final = -1  # before the start
PRIME: Final = 2_147_483_647

Ints = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Triples:
    """How often each move was made until the goal, by what came before it and by group of customers.

    names   [K] touchpoints; place 0 is the start of a case, k + 1 touchpoint k, K + 1 the end
    goal    which of the names are goals; a case ends at the first one
    group, before, here, after, moves   [R] group of customers; the three places; how often. Before the start is −1
    groups  how many groups there are
    """

    names: tuple[str, ...]
    goal: tuple[str, ...]
    group: Ints
    before: Ints
    here: Ints
    after: Ints
    moves: Ints
    groups: int


@dataclass(frozen=True, slots=True)
class Touched:
    """Goals reached, shared out among the touchpoints that were met before, by group of customers.

    names   [K] as in Triples;  each table is [K, G]
    goals   cases that reached the goal, with or without a touchpoint before it
    met     goals whose case met the touchpoint
    equal   each goal split equally among the touchpoints that its case met
    linear  each goal split equally among its case's visits;  `first`, `last`: all to the first, to the last of them
    """

    names: tuple[str, ...]
    goals: int
    met: Array
    equal: Array
    linear: Array
    first: Array
    last: Array


def triples(source: EventLog | PathJourney, *, goal: str | Sequence[str] | None = None, groups: int) -> Triples:
    """Count moves by what came before, in one query; `groups` of customers by a hash of their number."""
    if isinstance(source, PathJourney):
        return _of_paths(source, groups)
    goals = goals_of(source, goal)
    rows = _grouped(until_goal(source, goals), groups)
    counts = run(rows.group_by("group", "prev_tp", "tp", "next_tp").agg(moves=rows.count()))
    last = len(source.touchpoints) + 1
    here = counts["tp"].to_numpy(np.int64) + 1
    before = counts["prev_tp"].fillna(-1).to_numpy(np.int64) + 1
    after = counts["next_tp"].fillna(last - 1).to_numpy(np.int64) + 1
    group, moves = counts["group"].to_numpy(np.int64), counts["moves"].to_numpy(np.int64)
    return _with_starts(source.touchpoints, goals, group, before, here, after, moves, groups)


def _with_starts(
    names: tuple[str, ...],
    goals: tuple[str, ...],
    group: Ints,
    before: Ints,
    here: Ints,
    after: Ints,
    moves: Ints,
    groups: int,
) -> Triples:
    """Adds the move from the start, which is no event of its own."""
    starts = before == 0
    key, inverse = np.unique(group[starts] * (len(names) + 2) + here[starts], return_inverse=True)
    begun = np.bincount(inverse, moves[starts], len(key)).astype(np.int64)
    zero = np.zeros(len(key), np.int64)
    return Triples(
        names,
        goals,
        np.r_[group, key // (len(names) + 2)],
        np.r_[before, zero + NOTHING],
        np.r_[here, zero],
        np.r_[after, key % (len(names) + 2)],
        np.r_[moves, begun],
        groups,
    )


def _grouped(rows: Any, groups: int) -> Any:
    """Rows with the `group` of their customer: a hash squared, so that regular numbers spread."""
    customer = rows.cust if "cust" in rows.columns else rows.cid
    scattered = (customer.abs() % 2_147_483_629) * 2_654_435 % PRIME
    return rows.mutate(group=((scattered * scattered % PRIME) * groups) >> 31)


def touched(source: EventLog | PathJourney, *, goal: str | Sequence[str] | None = None, groups: int) -> Touched:
    """Share the goals out among the touchpoints met before the first one, by the same groups as `triples`."""
    if isinstance(source, PathJourney):
        return _touched_paths(source, groups)
    names, goals = source.touchpoints, goals_of(source, goal)
    rows = _grouped(until_goal(source, goals), groups)
    reached = int(run(rows.agg(n=(rows.pos == rows.goal_pos).sum()))["n"].fillna(0).iloc[0])
    rows = rows.filter((rows.pos < rows.goal_pos).fill_null(False))
    kinds = rows.group_by("cid").agg(kinds=rows.first_visit.sum())
    rows = rows.inner_join(kinds, "cid")
    sums = run(
        rows.group_by("tp", "group").agg(
            met=rows.first_visit.sum(),
            equal=(rows.first_visit.cast("float64") / rows.kinds).sum(),
            linear=(1.0 / rows.goal_pos).sum(),
            first=(rows.pos == 0).sum(),
            last=(rows.pos == rows.goal_pos - 1).sum(),
        )
    )
    return _spread(names, reached, sums, groups)


def passed(source: EventLog | PathJourney, goals: Sequence[str]) -> dict[str, int]:
    """Touchpoint → how many of the cases that reached a goal met it before the first one."""
    if isinstance(source, PathJourney):
        met = dict.fromkeys((touchpoint.name for touchpoint in source.touchpoints), 0)
        for path in source.paths:
            for name in set(path.steps):
                met[name] += path.conversions
        return met
    rows = until_goal(source, goals)
    rows = rows.filter((rows.pos < rows.goal_pos).fill_null(False))
    counts = run(rows.group_by("tp").agg(met=rows.first_visit.sum()))
    return {source.touchpoints[int(row.tp)]: int(row.met) for row in each(counts)}


def _spread(names: tuple[str, ...], goals: int, sums: pd.DataFrame, groups: int) -> Touched:
    at = (sums["tp"].to_numpy(np.int64), sums["group"].to_numpy(np.int64))

    def table(column: str) -> Array:
        filled = np.zeros((len(names), groups))
        np.add.at(filled, at, sums[column].to_numpy(float))
        return filled

    return Touched(names, goals, *(table(name) for name in ("met", "equal", "linear", "first", "last")))


# --- the same of a table of paths ----------------------------------------------------------------


def _dealt(paths: PathJourney, groups: int) -> Iterator[tuple[tuple[str, ...], Ints, Ints]]:
    """Each way with its conversions and its other cases by group: who they were is unknown, so they are dealt out."""
    random = np.random.default_rng(0)
    even = np.full(groups, 1 / groups)
    for path in paths.paths:
        converted, others = random.multinomial(path.conversions, even), random.multinomial(path.nulls, even)
        yield path.steps, converted, others


def _of_paths(paths: PathJourney, groups: int) -> Triples:
    names = tuple(touchpoint.name for touchpoint in paths.touchpoints)
    code = {name: at + 1 for at, name in enumerate(names)}
    counts: dict[tuple[int, int, int], Ints] = {}
    for steps, converted, others in _dealt(paths, groups):
        for ended, moves in (((*steps, *paths.goal), converted), (steps, others)):
            if not moves.any():
                continue
            places = [NOTHING, 0, *(code[name] for name in ended), len(names) + 1]
            for triple in zip(places, places[1:], places[2:], strict=False):
                counts[triple] = counts.get(triple, 0) + moves
    before, here, after = (np.repeat(column, groups) for column in np.array(list(counts), np.int64).T)
    moves, group = np.concatenate(list(counts.values())), np.tile(np.arange(groups), len(counts))
    some = moves > 0
    return Triples(names, paths.goal, group[some], before[some], here[some], after[some], moves[some], groups)


def _touched_paths(paths: PathJourney, groups: int) -> Touched:
    names = tuple(touchpoint.name for touchpoint in paths.touchpoints)
    code = {name: at for at, name in enumerate(names)}
    met, equal, linear, first, last = (np.zeros((len(names), groups)) for _ in range(5))
    for steps, converted, _others in _dealt(paths, groups):
        kinds = set(steps)
        for name in kinds:
            met[code[name]] += converted
            equal[code[name]] += converted / len(kinds)
        for name in steps:
            linear[code[name]] += converted / len(steps)
        first[code[steps[0]]] += converted
        last[code[steps[-1]]] += converted
    return Touched(names, paths.reached or 0, met, equal, linear, first, last)
