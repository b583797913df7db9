"""Feelings up to a moment: the ratings of a case so far, summed up in the ways that memory may sum them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.aftermath import Outcome, anchors, pairs, rated
from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog

__all__ = ["LEAST", "Feelings", "LowSums", "feelings", "low_sums"]

Array = NDArray[np.float64]

LEAST: Final = 2  # ratings before a moment: of one alone, mean, peak and end are the same
NEUTRAL: Final = 0.5
TIE: Final = 1e-6  # of two ratings equally far from neutral, the bad one is the peak


@dataclass(frozen=True, slots=True, kw_only=True)
class Feelings:
    """Moments, N of them, with the ratings before as shares of their scale (0–1, 1 the good end).

    mean, worst, best, end   [N] of the ratings so far; `end` is the latest
    peak     [N] the one farthest from the middle of the scale; the worse of two
    trend    [N] what a straight line through them gained or lost from the first to the latest (−1.5 … 1.5)
    ratings  [N] how many there were, two at least
    y        [N] the outcome: 0 or 1, or an answer as a share of its scale
    t0       [N] microseconds since 1970 UTC;  who [N] the customer;  place [N] the touchpoint's code
    left_out moments with fewer than two ratings before
    """

    mean: Array
    worst: Array
    best: Array
    peak: Array
    end: Array
    trend: Array
    ratings: Array
    y: Array
    t0: NDArray[np.int64]
    who: NDArray[np.int64]
    place: NDArray[np.int64]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LowSums:
    """Sums over moments at which a touchpoint had been rated, by customer bucket and by how bad the worst rating was.

    touchpoints  K names
    n, y         [2, K, B] moments and the sum of their outcomes; side 0: the worst rating there was low, 1: it was not
    other        [2, K, B] moments at which other touchpoints had been rated, too; over these the sums of m, the mean of
                 those other ratings less what is usual at their touchpoints: m, mm (its square), ym (with the outcome),
                 y_other (the outcome), and thin, 1 over the number of those ratings
    noise        variance of a rating within a case: m tells a mood no better than noise / ratings
    """

    touchpoints: tuple[str, ...]
    n: Array
    y: Array
    other: Array
    m: Array
    mm: Array
    ym: Array
    y_other: Array
    thin: Array
    noise: float


def feelings(log: EventLog, outcome: Outcome) -> Feelings:
    """The ratings before every moment of an outcome, summed up. N is 0 where no moment has two."""
    rows = bucketed(log.rows(), log.index.sizes.customers)
    seen = rated(rows, log)
    within = ibis.window(group_by="cid", order_by="pos")
    far = (seen.u - NEUTRAL).abs() + ibis.ifelse(seen.u < NEUTRAL, TIE, 0.0)
    seen = seen.mutate(k=ibis.row_number().over(within).cast("float64"), far=far)
    moments = anchors(rows, log, outcome)
    both = pairs(seen.drop("t"), moments, log, outcome)
    known = both.group_by("cid", "pos0").agg(
        t0=both.t0.max(),
        y=both.y.max(),
        place=both.place.max(),
        who=both.who.max(),
        n=both.count(),
        total=both.u.sum(),
        worst=both.u.min(),
        best=both.u.max(),
        peak=both.u.argmax(both.far),
        end=both.u.argmax(both.k),
        k=both.k.sum(),
        kk=(both.k * both.k).sum(),
        ku=(both.k * both.u).sum(),
    )
    every = int(run(moments.agg(n=moments.count()))["n"].iloc[0])
    found = run(known.filter(known.n >= LEAST)).sort_values(["t0", "cid", "pos0"], ignore_index=True)
    columns = {str(name): found[name].to_numpy(float) for name in found}
    n, total = np.maximum(columns["n"], 1), columns["total"]
    spread = np.maximum(columns["kk"] - np.square(columns["k"]) / n, 1e-9)
    slope = (columns["ku"] - columns["k"] * total / n) / spread
    return Feelings(
        mean=total / n,
        **{name: columns[name] for name in ("worst", "best", "peak", "end", "y")},
        trend=slope * (n - 1),
        ratings=columns["n"],
        t0=found["t0"].to_numpy(np.int64),
        who=found["who"].to_numpy(np.int64),
        place=found["place"].to_numpy(np.int64),
        left_out=every - len(found),
    )


def low_sums(log: EventLog, outcome: Outcome, low: float) -> LowSums:
    """What came of moments whose worst rating at a touchpoint was at most `low` (a share of the scale), and of others.

    For a touchpoint as outcome each of its moments counts for the touchpoint it was at, with the worst rating there so
    far; for an answer each counts for all touchpoints rated before.
    """
    rows = bucketed(log.rows(), log.index.sizes.customers)
    seen = rated(rows, log).drop("t")
    # What is usual at a touchpoint says nothing of a mood.
    seen = seen.mutate(c=seen.u - seen.u.mean().over(ibis.window(group_by="tp")))
    both = pairs(seen, anchors(rows, log, outcome), log, outcome)
    there = both.group_by("cid", "pos0", "tp").agg(
        bucket=both.bucket.max(),
        y=both.y.max(),
        place=both.place.max(),
        worst=both.u.min(),
        own=both.c.sum(),
        own_n=both.count(),
    )
    whole = both.group_by("cid", "pos0").agg(every=both.c.sum(), every_n=both.count())
    there = there.inner_join(whole, ["cid", "pos0"])
    if outcome.kind == "met":
        there = there.filter(there.tp == there.place)
    others = there.every_n > there.own_n
    n_others = (there.every_n - there.own_n).nullif(0).cast("float64")
    mean = ibis.ifelse(others, (there.every - there.own) / n_others, 0.0)
    side = ibis.ifelse(there.worst <= low + TIE, 0, 1)
    there = there.mutate(side=side, others=others, m=mean, thin=(1.0 / n_others).fill_null(0.0))
    sums = run(
        there.group_by("tp", "bucket", "side").agg(
            n=there.count(),
            y=there.y.sum(),
            other=there.others.sum(),
            m=there.m.sum(),
            mm=(there.m * there.m).sum(),
            ym=(there.y * there.m).sum(),
            y_other=there.y.sum(where=there.others),
            thin=there.thin.sum(),
        )
    )
    return _spread(log, sums, _noise(seen))


def _noise(seen: Any) -> float:
    """Variance of the ratings within cases, each less what is usual at its touchpoint."""
    cases = seen.group_by("cid").agg(n=seen.count(), c=seen.c.sum(), cc=(seen.c * seen.c).sum())
    several = cases.filter(cases.n > 1)
    within = several.cc - several.c * several.c / several.n
    found = run(several.agg(within=within.sum(), freedom=(several.n - 1).sum())).iloc[0]
    freedom = 0 if pd.isna(found["freedom"]) else int(found["freedom"])
    return max(float(found["within"]) / freedom, 0.0) if freedom else 0.0


def _spread(log: EventLog, sums: pd.DataFrame, noise: float) -> LowSums:
    """Long sums as arrays by side, touchpoint and bucket."""
    places, place = np.unique(sums["tp"].to_numpy(np.int64), return_inverse=True)
    buckets, bucket = np.unique(sums["bucket"].to_numpy(np.int64), return_inverse=True)
    side = sums["side"].to_numpy(np.int64)
    held: dict[str, Any] = {}
    for name in ("n", "y", "other", "m", "mm", "ym", "y_other", "thin"):
        held[name] = np.zeros((2, len(places), len(buckets)))
        held[name][side, place, bucket] = sums[name].fillna(0).to_numpy(float)
    names = tuple(log.touchpoints[int(code)] for code in places)
    return LowSums(touchpoints=names, noise=noise, **held)
