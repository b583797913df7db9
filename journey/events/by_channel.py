"""The same touchpoint across channels: what friction sums, by channel besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.events.contrast_sums import Sums
from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.tally import touchpoint_parts
from journey.events.terms import Terms

__all__ = ["ASPECTS", "ByChannel", "by_channel"]

Array = NDArray[np.float64]

# Components of friction that can be laid at a channel's door; a wait or a return is told of the next visit's channel.
ASPECTS: Final = ("dissatisfaction", "effort", "exit", "help")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByChannel:
    """Severities of visits with a known channel, summed by channel, touchpoint and customer bucket.

    channels, touchpoints   S and K names, by code
    visits                  [S, K]
    parts                   component → Sums, their arrays [S, K, B]
    unknown                 visits without a channel
    """

    channels: tuple[str, ...]
    touchpoints: tuple[str, ...]
    visits: Array
    parts: dict[str, Sums]
    unknown: int


def by_channel(log: EventLog, terms: Terms) -> ByChannel:
    """Sum dissatisfaction, effort, exit and help (see `journey.events.tally`) by channel.

    Raises JourneyError where no channel is told.
    """
    codes = log.index.channels
    if codes is None or not codes.names:
        raise JourneyError("The tables tell no channel: name its column in the recipe (channel:).")
    many = len(codes.names)
    rows = bucketed(log.rows(marked=True), log.index.sizes.customers)
    known = rows.filter(rows.ch.notnull())
    # The channel stands in the bucket, so that the sums are exactly those that friction ranks by.
    both = known.mutate(bucket=known.bucket.cast("int64") * many + known.ch.cast("int64"))
    tables = [run(part) for part in touchpoint_parts(both, log, terms)]
    sums = pd.concat(tables).groupby(["place", "bucket"]).sum(min_count=0).astype(float).reset_index()
    place = sums["place"].to_numpy(np.int64)
    channel = sums["bucket"].to_numpy(np.int64) % many
    buckets, bucket = np.unique(sums["bucket"].to_numpy(np.int64) // many, return_inverse=True)
    shape = (many, len(log.touchpoints), len(buckets))

    def spread(column: str) -> Array:
        table = np.zeros(shape)
        np.add.at(table, (channel, place, bucket.reshape(-1)), sums[column].fillna(0).to_numpy(float))
        return table

    return ByChannel(
        channels=codes.names,
        touchpoints=log.touchpoints,
        visits=spread("visits").sum(2),
        parts={
            name: Sums(spread(f"{name}_total"), spread(f"{name}_count"))
            for name in ASPECTS
            if f"{name}_count" in sums and sums[f"{name}_count"].sum() > 0
        },
        unknown=log.events - int(sums["visits"].sum()),
    )
