"""Two parts of a log summed side by side, by touchpoint, transition and customer bucket: all that comparing needs.

Whoever compares needs the same sums on both sides, so both go through each GROUP BY together: the side stands in the
lowest bit of the bucket. Sums by bucket of customers tell how far a difference may be chance (for the buckets see
`journey.events.index`); what the sums of a component mean stands in `journey.events.tally`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.contrast_sums import Spread, Sums
from journey.events.contrast_waits import Waits, waits
from journey.events.engine import drop, each, is_duckdb, keep, run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.part import by_time
from journey.events.severity import coded, watched
from journey.events.tally import touchpoint_parts
from journey.events.terms import Terms
from journey.events.walks import Walks, walks
from journey.model import COMPONENTS, END, START, Place, Scale

__all__ = ["LEAST_MOVES", "Contrast", "components", "contrast", "has_top_two", "sided"]

Array = NDArray[np.float64]

# Transitions walked less often than this on both sides together are too rare to tell.
LEAST_MOVES: Final = 10
# Up to so many events the rows of both sides are laid out once; beyond, they are found again for each question.
HANDY: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two parts of a log. Of a pair of numbers the first is A's, the second B's.

    cases, customers, events   how much each side holds; shared_* how much of it stands on both
    touchpoints  P names, in the order of their codes
    parts        measure → Sums over them: the components of friction that were observed, and "reach" (cases that met
                 the touchpoint, of all cases)
    transitions  E (source, target) pairs walked at least `LEAST_MOVES` times; `rare` is how many were not
    shares       Sums over them: moves, of all moves that leave the source, exits included
    whole        measure → Sums of one thing: "goal" (cases that reached it, of all), "csat" (answers in the two top
                 boxes, of all answers), "satisfaction" and "effort" (severity of all answers)
    nps          promoters, passives, detractors of each side; None where it was not asked
    waits        None where no times are known
    walks        transitions by units of customers, for the permutation test
    """

    cases: tuple[int, int]
    customers: tuple[int, int]
    events: tuple[int, int]
    shared_cases: int
    shared_customers: int
    touchpoints: tuple[str, ...]
    parts: Mapping[str, Sums]
    transitions: tuple[tuple[Place, Place], ...]
    rare: int
    shares: Sums
    whole: Mapping[str, Sums]
    nps: tuple[tuple[int, int, int], tuple[int, int, int]] | None
    waits: Waits | None
    walks: Walks


def contrast(log_a: EventLog, log_b: EventLog, terms: Terms) -> Contrast:
    """Sum two parts of one log side by side. Both must have events, and come from the same index.

    Of visits in a period, what comes next is only told of those that the log follows for the window: late ones seem to
    be the last of their case, since the log ends.
    """
    with sided(log_a, log_b) as rows:
        return _contrast(log_a, rows, terms, whole=by_time(log_a) is None)


def _contrast(log: EventLog, rows: Any, terms: Terms, *, whole: bool) -> Contrast:
    customers = _shared(rows, "cust" if "cust" in rows.columns else "cid")
    # Of whole cases, first events and first visits tell how many there are, which is quicker than to tell them apart.
    cases = run(rows.group_by("bucket").agg(cases=(rows.pos == 0).sum() if whole else rows.cid.nunique()))
    met = rows.first_visit.sum() if whole else rows.cid.nunique()
    held = run(rows.group_by("bucket", "tp").agg(events=rows.count(), met=met))
    followed = rows if whole else rows.filter(watched(rows, log, terms))
    edges = run(
        followed.group_by("bucket", "tp", "next_tp").agg(moves=followed.count(), starts=(followed.pos == 0).sum())
    )
    spread = Spread.over(held)
    per_bucket = spread.of(cases, "cases")
    places = [int(code) for code in np.unique(held["tp"])]
    reach = spread.of(held, "met", held["tp"], places)
    shares, transitions, rare = _shares(log, edges, spread)
    return Contrast(
        cases=_pair(per_bucket.sum(axis=(1, 2))),
        customers=customers[:2],
        events=_pair(spread.of(held, "events").sum(axis=(1, 2))),
        shared_cases=_shared(rows, "cid")[2] if customers[2] else 0,
        shared_customers=customers[2],
        touchpoints=tuple(log.touchpoints[code] for code in places),
        parts={
            **components(rows, log, terms, places),
            "reach": Sums(reach, np.broadcast_to(per_bucket, reach.shape)),
        },
        transitions=transitions,
        rare=rare,
        shares=shares,
        whole=_whole(rows, log, terms, spread, per_bucket if whole else None),
        nps=_nps(rows, log),
        waits=waits(followed, places) if log.timed else None,
        walks=walks(followed, customers),
    )


@contextmanager
def sided(log_a: EventLog, log_b: EventLog) -> Iterator[Any]:
    """The marked rows of two parts of one log, with `side` (0, 1) and `bucket`: the customer's, then a bit for side."""
    a, b = (log.rows(marked=True).mutate(side=ibis.literal(side, "int64")) for side, log in enumerate((log_a, log_b)))
    with _at_hand(a.union(b), log_a) as rows:
        yield rows


@contextmanager
def _at_hand(rows: Any, log: EventLog) -> Iterator[Any]:
    """The rows with their bucket, laid out for as long as they are asked."""
    rows = bucketed(rows, log.index.sizes.customers)
    rows = rows.mutate(bucket=rows.bucket.cast("int64") * 2 + rows.side)
    backend = log.index.backend
    if log.index.sizes.events > HANDY or not is_duckdb(backend):
        yield rows
        return
    kept = keep(backend, rows, name="sides")
    try:
        yield kept
    finally:
        drop(backend, kept.op().name)


def _pair(numbers: Any) -> tuple[int, int]:
    return int(numbers[0]), int(numbers[1])


def _shared(rows: Any, column: str) -> tuple[int, int, int]:
    """How many different ones there are on side A, on side B, and on both."""
    by = rows.group_by(column).agg(low=rows.side.min(), high=rows.side.max())
    found = run(by.agg(a=(by.low == 0).sum(), b=(by.high == 1).sum(), both=(by.low < by.high).sum())).iloc[0]
    return int(found["a"]), int(found["b"]), int(found["both"])


def components(rows: Any, log: EventLog, terms: Terms, places: Sequence[int]) -> dict[str, Sums]:
    """Component of friction → Sums over the touchpoints with these codes; those that were observed on both sides.

    rows   of `sided`. The sums are those that friction ranks by.
    """
    tables = [run(part) for part in touchpoint_parts(rows, log, terms)]
    spread, found = Spread.over(pd.concat([table[["bucket"]] for table in tables])), {}
    for name in COMPONENTS:
        holding = [table for table in tables if f"{name}_total" in table]
        if not any(f"{name}_count" in table for table in holding):
            continue
        total, count = (
            sum(
                (
                    spread.of(table, column, table["place"], places)
                    for table in holding
                    if (column := f"{name}_{which}") in table
                ),
                start=np.zeros((2, len(places), len(spread.buckets))),
            )
            for which in ("total", "count")
        )
        if (count.sum(axis=(1, 2)) > 0).all():
            found[name] = Sums(total, count)
    return found


def _shares(log: EventLog, edges: pd.DataFrame, spread: Spread) -> tuple[Sums, tuple[tuple[Place, Place], ...], int]:
    """Moves along each transition, of those that leave its source; the first events leave the start."""
    starts = edges.groupby(["bucket", "tp"], as_index=False)["starts"].sum()
    starts = starts[starts["starts"] > 0].rename(columns={"tp": "next_tp", "starts": "moves"}).assign(tp=-1)
    moves = pd.concat([edges[["bucket", "tp", "next_tp", "moves"]], starts])
    # One number a pair: the start is −1, the end is −1 too, on the other side.
    width = len(log.touchpoints) + 1
    source, target = moves["tp"].to_numpy(np.int64) + 1, moves["next_tp"].fillna(-1).to_numpy(np.int64) + 1
    pair = source * width + target
    every, inverse = np.unique(pair, return_inverse=True)
    walked = np.bincount(inverse, moves["moves"].to_numpy(float))
    common = every[walked >= LEAST_MOVES]
    sources = np.unique(source)
    leaving = spread.of(moves, "moves", source, sources)
    names: tuple[tuple[Place, Place], ...] = tuple(
        (
            START if at // width == 0 else log.touchpoints[at // width - 1],
            END if at % width == 0 else log.touchpoints[at % width - 1],
        )
        for at in common.tolist()
    )
    count = leaving[:, np.searchsorted(sources, common // width)]
    return Sums(spread.of(moves, "moves", pair, common), count), names, int(len(every) - len(common))


def _whole(rows: Any, log: EventLog, terms: Terms, spread: Spread, cases: Array | None) -> dict[str, Sums]:
    """What is measured of the journey as a whole; whether it reached the goal, only of whole cases."""
    found = {}
    if terms.goal and cases is not None:
        met = rows.filter(rows.tp.isin(coded(log, terms.goal)))
        reached = run(met.group_by("bucket").agg(reached=met.cid.nunique()))
        found["goal"] = Sums(spread.of(reached, "reached"), cases)
    sums: dict[str, Any] = {}
    for role in log.rated:
        scale = log.scales[role]
        answer = rows[f"r_{scale.name}"]
        sums |= {f"{role}_n": answer.count(), f"{role}_sum": answer.cast("float64").sum()}
        sums[f"{role}_top"] = (answer >= scale.high - 1).sum()
    if not sums:
        return found
    table = run(rows.group_by("bucket").agg(**sums))
    for role in log.rated:
        scale = log.scales[role]
        count = spread.of(table, f"{role}_n")
        if not (count.sum(axis=(1, 2)) > 0).all():
            continue
        if role == "satisfaction" and has_top_two(scale):
            found["csat"] = Sums(spread.of(table, f"{role}_top"), count)
        found[role] = Sums(_severity(spread.of(table, f"{role}_sum"), count, scale), count)
    return found


def has_top_two(scale: Scale) -> bool:
    """Whether the two top boxes of a scale are worth the name: at least five steps, and high is good."""
    return scale.good == "high" and scale.high - scale.low >= 4


def _severity(total: Array, count: Array, scale: Scale) -> Array:
    """Sums of answers as sums of severity: 0 at the good end of the scale, 1 at the bad one."""
    share = (total - scale.low * count) / (scale.high - scale.low)
    return count - share if scale.good == "high" else share


def _nps(rows: Any, log: EventLog) -> tuple[tuple[int, int, int], tuple[int, int, int]] | None:
    scale = log.scales.get("nps")
    if scale is None:
        return None
    answer = rows[f"r_{scale.name}"]
    counts = run(
        rows.group_by("side").agg(
            promoters=(answer >= 9).sum(), passives=((answer >= 7) & (answer < 9)).sum(), detractors=(answer < 7).sum()
        )
    )
    sides = [(0, 0, 0), (0, 0, 0)]
    for row in each(counts.fillna(0)):
        sides[int(row.side)] = (int(row.promoters), int(row.passives), int(row.detractors))
    return (sides[0], sides[1]) if all(map(sum, sides)) else None
