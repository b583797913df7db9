"""Moves by customer bucket: how much each customer's way adds to how hard ways are to foretell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog

__all__ = ["Walked", "walked"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """Every transition that was walked, by bucket of customers.

    touchpoints  names by code
    source, target, bucket   [E] codes, −1 for the start and the end; numbers of the buckets, from 0
    moves        [E] how often
    cases        [B] cases of each bucket
    """

    touchpoints: tuple[str, ...]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    bucket: NDArray[np.int64]
    moves: Array
    cases: Array


def walked(log: EventLog) -> Walked:
    """The transitions of a log's cases, from the start to the end of each."""
    rows = bucketed(log.rows(), log.index.sizes.customers)
    sums = run(
        rows.group_by("tp", "next_tp", "bucket").agg(moves=rows.count(), starts=(rows.pos == 0).sum())
    ).sort_values(["tp", "next_tp", "bucket"], ignore_index=True)
    tp = sums["tp"].to_numpy(np.int64)
    target = sums["next_tp"].fillna(-1).to_numpy(np.int64)
    buckets, bucket = np.unique(sums["bucket"].to_numpy(np.int64), return_inverse=True)
    starts, width = sums["starts"].to_numpy(float), buckets.size
    first = np.bincount(tp * width + bucket, starts, len(log.touchpoints) * width)
    begun = np.flatnonzero(first)
    return Walked(
        touchpoints=log.touchpoints,
        source=np.r_[tp, np.full(begun.size, -1)],
        target=np.r_[target, begun // width],
        bucket=np.r_[bucket.reshape(-1), begun % width],
        moves=np.r_[sums["moves"].to_numpy(float), first[begun]],
        cases=np.bincount(bucket.reshape(-1), starts, width).astype(float),
    )
