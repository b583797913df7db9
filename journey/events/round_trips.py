"""Round trips: cases that walk from a touchpoint over others, none of them twice, back to it.

Rounds by no other touchpoint (“at once”) and by one (“there and back”) are those of `journey.events.loops`, number by
number; here are the longer ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.estimate.difference import Sample, standing_out, welch
from journey.estimate.measures import mean_t
from journey.events.engine import drop, each, is_duckdb, keep, run
from journey.events.log import EventLog
from journey.events.loops import LoopKind, loops
from journey.model import Measure

__all__ = ["LONGEST", "RoundTrip", "round_trips"]

LONGEST: Final = 5
HANDY: Final = 5_000_000  # events up to which what comes next is laid out once
Way = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """A way around: from a touchpoint over others back to it.

    way         the touchpoints, the one come back to first
    cases       that walked it at least once; `rounds` how often in all
    share       of the cases that could have (0–1), Wilson interval: those that met the touchpoint, or for longer ways
                that went from it straight to the next
    planned     the recipe calls all of these touchpoints repeatable
    seconds     mean time of a round; `spent_s` of all rounds together; None where no times are known
    looped, others, difference   satisfaction at the touchpoint of the cases that went round and of those that could
                have but did not, as in `journey.events.loops`; association, not cause
    clear       the difference stands out from chance among all ways of this length (Benjamini and Hochberg, q = .10)
    """

    way: tuple[str, ...]
    cases: int
    rounds: int
    share: Measure
    planned: bool
    seconds: float | None
    spent_s: float | None
    looped: Measure
    others: Measure
    difference: Measure
    clear: bool


def round_trips(log: EventLog, *, longest: int = LONGEST, limit: int = 40) -> tuple[tuple[RoundTrip, ...], int]:
    """The ways around of at most `longest` moves, of each length the `limit` that most cases walked; and how many
    rounds of all such ways there were.

    Ordered by rounds, commonest first. Raises JourneyError for ways longer than five moves, or none.
    """
    if not 1 <= longest <= LONGEST or limit < 1:
        raise JourneyError("Ways around have one to {most} moves, and at least one is shown.", most=LONGEST)
    found: list[RoundTrip] = []
    every = 0
    with _ahead(log, longest) as rows:
        for moves in range(1, longest + 1):
            counts = run(_counted(rows, moves, log))
            every += int(counts["rounds"].sum())
            if not counts.empty:
                counts = counts.sort_values(["cases", *_keys(moves)], ascending=[False, *[True] * moves]).head(limit)
                found += _short(log, counts, moves) if moves < 3 else _long(log, rows, counts, moves)
    found.sort(key=lambda one: (-one.rounds, len(one.way), one.way))
    return tuple(found), every


def _keys(moves: int) -> list[str]:
    return ["tp", *(f"at_{k}" for k in range(1, moves))]


@contextmanager
def _ahead(log: EventLog, longest: int) -> Iterator[Any]:
    """Rows with the next touchpoints, and when they came; laid out for as long as they are asked, unless too many."""
    rows = log.rows()
    within = ibis.window(group_by="cid", order_by="pos")
    ahead = {"at_1": rows.next_tp} | {f"at_{k}": rows.tp.lead(k).over(within) for k in range(2, longest + 1)}
    ahead |= {f"t_{k}": rows.t.lead(k).over(within) for k in range(1, longest + 1)}
    rows = rows.select("cid", "pos", "tp", "t", **ahead)
    backend = log.index.backend
    if log.index.sizes.events > HANDY or not is_duckdb(backend):
        yield rows
        return
    kept = keep(backend, rows, name="ahead")
    try:
        yield kept
    finally:
        drop(backend, kept.op().name)


def _round(rows: Any, moves: int) -> Any:
    """Rows from which a case goes round in so many moves, no touchpoint between twice."""
    test = (rows[f"at_{moves}"] == rows.tp).fill_null(False)
    names = _keys(moves)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            test = test & (rows[one] != rows[other]).fill_null(False)
    return rows.filter(test)


def _counted(rows: Any, moves: int, log: EventLog) -> Any:
    there = _round(rows, moves)
    spent = (there[f"t_{moves}"] - there.t).sum() if log.timed else ibis.null("int64")
    return there.group_by(*_keys(moves)).agg(cases=there.cid.nunique(), rounds=there.count(), spent=spent)


def _way(log: EventLog, row: Any, moves: int) -> tuple[str, ...]:
    return tuple(log.touchpoints[int(code)] for code in row[:moves])


def _time(row: Any) -> dict[str, float | None]:
    if pd.isna(row.spent):
        return {"seconds": None, "spent_s": None}
    return {"seconds": float(row.spent) / 1e6 / int(row.rounds), "spent_s": float(row.spent) / 1e6}


def _short(log: EventLog, counts: pd.DataFrame, moves: int) -> list[RoundTrip]:
    """Ways that `loops` knows: its numbers."""
    kind: LoopKind = "at once" if moves == 1 else "there and back"
    known = {(one.touchpoint, one.via): one for one in loops(log, kind=kind, limit=len(counts))}
    found = []
    for row in each(counts):
        way = _way(log, row, moves)
        one = known[way[0], way[1] if moves == 2 else None]
        found.append(
            RoundTrip(
                way=way,
                cases=one.cases,
                rounds=one.returns,
                share=one.share,
                planned=all(name in log.recipe.repeatable for name in way),
                **_time(row),
                looped=one.looped,
                others=one.others,
                difference=one.difference,
                clear=one.clear,
            )
        )
    return found


Sums = Mapping[Way, tuple[int, int, float, float]]


def _long(log: EventLog, rows: Any, counts: pd.DataFrame, moves: int) -> list[RoundTrip]:
    """Ways over two touchpoints or more: those who walked the first move, with those who came all the way round."""
    width = len(log.touchpoints)
    names = _keys(moves)
    pairs = sorted({int(row[0]) * width + int(row[1]) for row in each(counts)})
    walked = rows.filter((rows.tp.cast("int64") * width + rows.at_1).isin(pairs).fill_null(False))
    could = _felt(log, walked, ["tp", "at_1"])
    round_ = _round(rows, moves)
    came = _felt(log, round_.filter(_coded(round_, names, width).isin(_codes(counts, moves, width))), names)
    found, p = [], []
    for row in each(counts):
        key = tuple(int(code) for code in row[:moves])
        ours, all_of = came[key], could[key[:2]]
        one, chance = _trip(log, row, moves, ours, all_of)
        found.append(one)
        p.append(chance)
    return [replace(one, clear=clear) for one, clear in zip(found, standing_out(p), strict=True)]


def _coded(rows: Any, names: list[str], width: int) -> Any:
    code = rows[names[0]].cast("int64")
    for name in names[1:]:
        code = code * width + rows[name]
    return code


def _codes(counts: pd.DataFrame, moves: int, width: int) -> list[int]:
    found = []
    for row in each(counts):
        code = 0
        for part in row[:moves]:
            code = code * width + int(part)
        found.append(code)
    return found


def _felt(log: EventLog, rows: Any, names: list[str]) -> Sums:
    """Way → cases, those with an answer, and the sum and sum of squares of their mean answers, as `loops` has them."""
    walked = rows.select("cid", *names).distinct()
    if "satisfaction" not in log.scales:
        sums = walked.group_by(*names).agg(cases=walked.count())
        return {
            tuple(int(code) for code in row[: len(names)]): (int(row.cases), 0, 0.0, 0.0) for row in each(run(sums))
        }
    answers = log.rows()
    answer = answers[f"r_{log.scales['satisfaction'].name}"].cast("float64")
    answers = answers.mutate(answer=answer).filter(answer.notnull())
    at = ["cid", "tp"] if "satisfaction" in log.rated else ["cid"]
    means = answers.group_by(*at).agg(x=answers.answer.mean())
    both = walked.left_join(means, at).select("cid", *names, "x")
    sums = both.group_by(*names).agg(cases=both.count(), n=both.x.count(), x=both.x.sum(), xx=(both.x * both.x).sum())
    return {
        tuple(int(code) for code in row[: len(names)]): (
            int(row.cases),
            int(row.n),
            0.0 if pd.isna(row.x) else float(row.x),
            0.0 if pd.isna(row.xx) else float(row.xx),
        )
        for row in each(run(sums))
    }


def _sample(n: int, x: float, xx: float) -> Sample:
    if n == 0:
        return 0, None, None
    mean = x / n
    return n, mean, None if n == 1 else float(np.sqrt(max(xx - n * mean * mean, 0.0) / (n - 1)))


def _trip(
    log: EventLog, row: Any, moves: int, ours: tuple[int, int, float, float], every: tuple[int, int, float, float]
) -> tuple[RoundTrip, float | None]:
    way = _way(log, row, moves)
    looped = others = difference = Measure.missing()
    p = None
    if "satisfaction" in log.scales:
        scale = log.scales["satisfaction"]
        one = _sample(*ours[1:])
        rest = _sample(every[1] - ours[1], every[2] - ours[2], every[3] - ours[3])
        looped, others = (mean_t(*sample, low=scale.low, high=scale.high) for sample in (one, rest))
        difference, p = welch(one, rest, low=scale.low, high=scale.high)
    trip = RoundTrip(
        way=way,
        cases=int(row.cases),
        rounds=int(row.rounds),
        share=wilson(int(row.cases), every[0]),
        planned=all(name in log.recipe.repeatable for name in way),
        **_time(row),
        looped=looped,
        others=others,
        difference=difference,
        clear=False,
    )
    return trip, p
