"""Sums by side, thing and customer bucket, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Spread", "Sums"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals and counts of K things on both sides, by bucket: a mean, or a share, is Σ total / Σ count.

    total, count   [2, K, B]; side 0 is A, side 1 is B. What was not observed on a side counts nothing there
    """

    total: Array
    count: Array


@dataclass(frozen=True, slots=True)
class Spread:
    """Long sums by bucket as arrays: which buckets there are."""

    buckets: NDArray[np.int64]

    @classmethod
    def over(cls, table: pd.DataFrame) -> Spread:
        return cls(np.unique(table["bucket"].to_numpy(np.int64) >> 1))

    def of(self, table: pd.DataFrame, column: str, key: Any = None, keys: Any = None) -> Array:
        """[2, K, B] the column summed by side, key and bucket; K is 1 without keys. Other keys are left out."""
        bucket, amount = table["bucket"].to_numpy(np.int64), table[column].fillna(0).to_numpy(float)
        place = np.zeros(len(table), np.int64)
        if key is not None:
            place = pd.Index(keys).get_indexer(pd.Index(key))
        column_at = np.searchsorted(self.buckets, bucket >> 1)
        known = (place >= 0) & (column_at < len(self.buckets))
        shape = (2, 1 if keys is None else len(keys), len(self.buckets))
        flat = np.ravel_multi_index((bucket[known] & 1, place[known], column_at[known]), shape)
        return np.bincount(flat, amount[known], minlength=int(np.prod(shape))).astype(float).reshape(shape)
