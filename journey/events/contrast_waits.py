"""Waits on two sides: how they are spread, and the sums that tell how sure their medians are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.contrast_sums import Spread, Sums
from journey.events.engine import each, run

__all__ = ["Waits", "waits"]

Array = NDArray[np.float64]

PERCENTILES: Final = tuple(at / 100 for at in range(1, 100))


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the moves to each of P touchpoints took, from the event before.

    percentiles   [2, P, 99] seconds, the 1st to the 99th; not a number where nobody came there from elsewhere
    own, common   Sums of moves that took at most the side's own median, at most the median of both sides together
    """

    percentiles: Array
    own: Sums
    common: Sums


def waits(rows: Any, places: Sequence[int]) -> Waits | None:
    """Percentiles of the waits, and the sums by bucket that tell how sure the medians are."""
    moves = rows.filter(rows.next_tp.notnull())
    table = run(
        moves.group_by("side", "next_tp").agg(n=moves.count(), quantiles=moves.wait_us.quantile(list(PERCENTILES)))
    )
    seconds, n = np.full((2, len(places), len(PERCENTILES)), np.nan), np.zeros((2, len(places)))
    at = pd.Index(places).get_indexer(pd.Index(table["next_tp"]))
    for row, place in zip(each(table), at, strict=True):
        if place >= 0 and row.quantiles is not None:
            seconds[int(row.side), place] = np.asarray(row.quantiles, float) / 1e6
            n[int(row.side), place] = row.n
    if not n.any():
        return None
    middle = len(PERCENTILES) // 2
    bounds = {"own": seconds[:, :, middle], "common": np.broadcast_to(_common_median(seconds, n), n.shape)}
    moves = moves.mutate(**{name: _looked_up(moves, bound, places) for name, bound in bounds.items()})
    within = run(
        moves.group_by("bucket", "next_tp").agg(
            n=moves.count(), **{name: (moves.wait_us <= moves[name]).sum() for name in bounds}
        )
    )
    spread = Spread.over(within)
    count = spread.of(within, "n", within["next_tp"], places)
    own, common = (Sums(spread.of(within, name, within["next_tp"], places), count) for name in bounds)
    return Waits(seconds, own, common)


def _common_median(seconds: Array, n: Array) -> Array:
    """[P] the median of both sides together, from the percentiles of each; a tenth of a percent is near enough."""
    found = np.full(seconds.shape[1], np.nan)
    for place in range(seconds.shape[1]):
        known = [side for side in (0, 1) if n[side, place]]
        if known:
            values = np.concatenate([seconds[side, place] for side in known])
            weights = np.concatenate([np.full(len(PERCENTILES), n[side, place]) for side in known])
            order = np.argsort(values, kind="stable")
            share = np.cumsum(weights[order]) / weights.sum()
            found[place] = values[order][np.searchsorted(share, 0.5)]
    return found


def _looked_up(moves: Any, bound: Array, places: Sequence[int]) -> Any:
    """Each move's bound in microseconds, by side and touchpoint, from a literal list."""
    width = int(max(places)) + 1
    listed: list[int | None] = [None] * (2 * width)
    for side in (0, 1):
        for place, seconds in zip(places, bound[side].tolist(), strict=True):
            if np.isfinite(seconds):
                listed[side * width + int(place)] = round(seconds * 1e6)
    return ibis.literal(listed, type="array<int64>")[(moves.side * width + moves.next_tp).cast("int32")]
