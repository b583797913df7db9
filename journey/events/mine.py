"""Mining: from the indexed events to the journey graph, in one GROUP BY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import nps, ratings, wilson
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.until import until_goal as cut
from journey.model import END, START, Journey, Measure, Place, Scale, Touchpoint, Transition

__all__ = ["goals_of", "mine"]

SECOND = 1_000_000


def mine(log: EventLog, *, goal: str | Sequence[str] | None = None, until_goal: bool = False) -> Journey:
    """The journey that a log's cases walked.

    goal        touchpoints that count as success; default the recipe's
    until_goal  follow each case to its first goal only: what comes later (a second order, life after the renewal) is
                left out of visits, moves, waits and answers. Cases that reach no goal are followed to their end. It is
                what `flow` needs, whose chain ends at the first goal

    Returns a Journey with every touchpoint and transition the cases met, none left out for readability. Ratings are
    shrunken towards the journey's own mean (hierarchical normal model, hyperparameters integrated: Gelman et al., BDA3
    §5.4); `satisfaction_raw` keeps the plain mean. Shares of moves leaving a touchpoint sum to 1 with the exits.
    Raises JourneyError if no case is left by the filters, or the goal is no touchpoint of the log.
    """
    goals = goals_of(log, goal)
    rows = cut(log, goals) if until_goal else log.rows(marked=True)
    edges = run(_edges(log, rows))
    if edges.empty:
        raise JourneyError("No case is left by these filters: widen the period or the segment.")
    events, cases = int(edges["moves"].sum()), int(edges["starts"].sum())
    return Journey(
        name=log.recipe.name or "",
        touchpoints=_touchpoints(log, edges, rows),
        transitions=_transitions(log, edges),
        goal=goals,
        ends=tuple(log.recipe.ends),
        stages=tuple(log.recipe.stages),
        events=events,
        cases=cases,
        customers=log.customers if log.has_customers else cases,
        reached=_reached(log, goals, edges),
        nps=_nps(log),
        scales=dict(log.scales),
    )


def goals_of(log: EventLog, goal: str | Sequence[str] | None) -> tuple[str, ...]:
    """The goal touchpoints: as asked (JourneyError for an unknown one), else the recipe's that occur in the log."""
    if goal is None:
        return tuple(name for name in log.recipe.goal if name in log.touchpoints)
    names = (goal,) if isinstance(goal, str) or not isinstance(goal, Iterable) else tuple(goal)
    log.codes(names)
    return names


def _edges(log: EventLog, rows: Any) -> Any:
    """One row for each (touchpoint, next touchpoint): everything about both that adds up."""
    sums = {
        "moves": rows.count(),
        "cases": rows.first_move.sum(),
        "met": rows.first_visit.sum(),
        "starts": (rows.pos == 0).sum(),
        "place": rows.pos.sum(),
        "wait_mean": rows.wait_us.mean(),
        "wait_min": rows.wait_us.min(),
        "wait_max": rows.wait_us.max(),
        "wait_quantiles": rows.wait_us.quantile([0.5, 0.9]),
    }
    for role in log.rated:
        scale = log.scales[role]
        answer = rows[f"r_{scale.name}"]
        value = answer.cast("float64")
        sums |= {
            f"{role}_n": answer.count(),
            f"{role}_sum": value.sum(),
            f"{role}_squares": (value * value).sum(),
            f"{role}_top": (answer >= scale.high - 1).sum(),
        }
    return rows.group_by("tp", "next_tp").agg(**sums)


def _transitions(log: EventLog, edges: pd.DataFrame) -> tuple[Transition, ...]:
    names = log.touchpoints
    leaving = edges.groupby("tp")["moves"].sum()
    cases = int(edges["starts"].sum())
    found = []
    for row in each(edges):
        source = names[int(row.tp)]
        ends = pd.isna(row.next_tp)
        target: Place = END if ends else names[int(row.next_tp)]
        quantiles = row.wait_quantiles
        found.append(
            Transition(
                source=source,
                target=target,
                moves=int(row.moves),
                cases=int(row.cases),
                share=float(row.moves / leaving[row.tp]),
                wait_mean_s=None if ends else _seconds(row.wait_mean),
                wait_median_s=None if ends else _seconds(quantiles[0]),
                wait_p90_s=None if ends else _seconds(quantiles[1]),
                wait_min_s=None if ends else _seconds(row.wait_min),
                wait_max_s=None if ends else _seconds(row.wait_max),
            )
        )
    for tp, starts in edges.groupby("tp")["starts"].sum().items():
        if starts:
            first = names[int(tp)]  # type: ignore[call-overload]
            found.append(
                Transition(source=START, target=first, moves=int(starts), cases=int(starts), share=starts / cases)
            )
    return tuple(sorted(found, key=lambda edge: (-edge.moves, str(edge.source), str(edge.target))))


def _seconds(micros: Any) -> float | None:
    return None if micros is None or pd.isna(micros) else float(micros) / SECOND


def _touchpoints(log: EventLog, edges: pd.DataFrame, rows: Any) -> tuple[Touchpoint, ...]:
    columns = [name for name in edges.columns if not name.startswith(("wait_", "next_tp", "cases"))]
    table = edges[columns].groupby("tp").sum()
    table["ends"] = edges[edges["next_tp"].isna()].groupby("tp")["moves"].sum()
    stage_of = {name: stage for stage, members in log.recipe.stages.items() for name in members}
    stages, listed = list(log.recipe.stages), list(stage_of)
    table["name"] = [log.touchpoints[int(code)] for code in table.index]
    # As objects, lest pandas turns the None of those without a stage into NaN.
    table["stage"] = pd.Series([stage_of.get(name) for name in table["name"]], index=table.index, dtype="object")
    table["order"] = [
        (stages.index(stage) if stage else len(stages), place / visits, name)
        for stage, place, visits, name in zip(
            table["stage"], table["place"], table["moves"], table["name"], strict=True
        )
    ]
    # Within a stage the recipe's order of touchpoints stands, for it was written by people.
    table["order"] = [(s, listed.index(n) if n in stage_of else 0, p, n) for (s, p, n) in table["order"]]
    table = table.sort_values("order", kind="stable")
    channels = _channels(log, rows)
    rated = {role: _ratings(table, log.scales[role], role) for role in log.rated}
    result = []
    for at, (code, row) in enumerate(table.iterrows()):
        fields: dict[str, Any] = {}
        for role, (shrunken, raw, top) in rated.items():
            fields |= {role: shrunken[at], f"{role}_raw": raw[at]}
            if role == "satisfaction" and top:
                fields["csat"] = top[at]
        answered = max((row[f"{role}_n"] for role in rated), default=0)
        result.append(
            Touchpoint(
                name=row["name"],
                stage=row["stage"],
                channels=channels.get(int(code), ()),  # type: ignore[call-overload]
                visits=int(row["moves"]),
                cases=int(row["met"]),
                starts=int(row["starts"]),
                ends=0 if pd.isna(row["ends"]) else int(row["ends"]),
                response_rate=float(answered / row["moves"]) if rated else None,
                **fields,
            )
        )
    return tuple(result)


Ratings = tuple[list[Measure], list[float | None], list[Measure]]


def _ratings(table: pd.DataFrame, scale: Scale, role: str) -> Ratings:
    """Shrunken mean, raw mean and top-two-box share of each touchpoint's answers."""
    n = table[f"{role}_n"].to_numpy(float)
    total = table[f"{role}_sum"].fillna(0).to_numpy(float)
    squares = table[f"{role}_squares"].fillna(0).to_numpy(float)
    mean = np.divide(total, n, out=np.full_like(total, np.nan), where=n > 0)
    variance = np.divide(squares - n * mean**2, n - 1, out=np.full_like(total, np.nan), where=n > 1)
    spread = np.sqrt(np.maximum(np.nan_to_num(variance), 0))
    shrunken = ratings(n, np.nan_to_num(mean, nan=scale.low), spread, low=scale.low, high=scale.high).units
    raw = [None if count == 0 else float(value) for count, value in zip(n, mean, strict=True)]
    top: list[Measure] = []
    if scale.good == "high" and scale.high - scale.low >= 4:
        top = [wilson(int(x), int(count)) for x, count in zip(table[f"{role}_top"].fillna(0), n, strict=True)]
    return list(shrunken), raw, top


def _channels(log: EventLog, rows: Any) -> Mapping[int, tuple[str, ...]]:
    """The channels of each touchpoint by code, most used first."""
    codes = log.index.channels
    if codes is None:
        return {}
    rows = rows.filter(rows.ch.notnull())
    counts = run(rows.group_by("tp", "ch").agg(visits=rows.count()))
    counts = counts.sort_values(["visits", "ch"], ascending=[False, True])
    found: dict[int, tuple[str, ...]] = {}
    for row in each(counts):
        found[int(row.tp)] = (*found.get(int(row.tp), ()), codes.names[int(row.ch)])
    return found


def _reached(log: EventLog, goals: Sequence[str], edges: pd.DataFrame) -> int | None:
    """Cases that met a goal; None where no goal is known."""
    if not goals:
        return None
    codes = log.codes(goals)
    if len(codes) == 1:
        return int(edges.loc[edges["tp"] == codes[0], "met"].sum())
    rows = log.rows()
    met = rows.filter(rows.tp.isin(codes))
    return int(run(met.agg(n=met.cid.nunique()))["n"].iloc[0])


def _nps(log: EventLog) -> Measure:
    scale = log.scales.get("nps")
    if scale is None:
        return Measure.missing()
    rows = log.rows()
    answer = rows[f"r_{scale.name}"]
    counts = run(
        rows.agg(
            promoters=(answer >= 9).sum(), passives=((answer >= 7) & (answer < 9)).sum(), detractors=(answer < 7).sum()
        )
    )
    promoters, passives, detractors = (0 if pd.isna(x) else int(x) for x in counts.iloc[0])
    return nps(promoters, passives, detractors)
