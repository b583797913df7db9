"""Importance: each touchpoint's part of what is explained, less what chance would explain, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.driver_columns import Products
from journey.analysis.shares import johnson, lmg
from journey.model import Measure

__all__ = ["noise", "parts_of", "shares_of"]

Array = NDArray[np.floating[Any]]

HELD: Final = 8  # draws held at a time


def _chance(r2: Any, n: int, columns: int) -> Any:
    """What a column of noise explains."""
    return (1 - r2) / (n - columns - 1)


def noise(adjusted: Array, n: int, blocks: Sequence[int]) -> float:
    """What chance explained, from what is left without it."""
    many = sum(blocks)
    return float((1 - adjusted.sum()) * many / (n - 1))


def parts_of(table: Products, blocks: Sequence[int], method: str, draws: int, seed: int) -> tuple[Array, Array]:
    """Parts [K] that sum to the adjusted R², and those of each draw [draws, K]; some below zero.

    A draw explains by chance what its sample does and as much again, hence twice. Checked by simulation: intervals
    that leave this out cover 83–92 %, with it 94–97 % (`benchmarks/drivers.py --coverage`).
    """
    share = lmg if method == "lmg" else johnson
    many, n, size = sum(blocks), table.n, np.array(blocks)
    plain = share(table.covariance(), blocks)
    random = np.random.default_rng(seed)
    groups = len(table.sums)
    drawn = np.empty((draws, len(blocks)))
    for first in range(0, draws, HELD):
        weights = random.multinomial(groups, np.full(groups, 1 / groups), size=min(HELD, draws - first))
        covariance: Array = table.covariance(weights.astype(float))
        if method == "lmg":
            covariance = _single(covariance)
        found = share(covariance, blocks).astype(float)
        drawn[first : first + HELD] = found - 2 * size * _chance(found.sum(1, keepdims=True), n, many)
    return plain - size * _chance(plain.sum(), n, many), drawn


def _single(covariance: Array) -> Array:
    """In single precision, twice as fast: as correlations, so that no column is lost beside a larger one."""
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    spread = np.where(spread > 0, spread, 1)
    return (covariance / spread[..., :, None] / spread[..., None, :]).astype(np.float32)


def shares_of(parts: Array, drawn: Array, n: int) -> tuple[list[Measure], NDArray[np.int_]]:
    """Each as a share of what is explained, with its interval; and the draws' ranks [draws, K].

    Less than nothing is nothing. A draw that explains nothing leaves every share open.
    """
    parts, drawn = np.maximum(parts, 0), np.maximum(drawn, 0)
    total = drawn.sum(1, keepdims=True)
    known = total > 0
    share = np.divide(drawn, total, out=np.zeros_like(drawn), where=known)
    low = np.quantile(share, 0.025, axis=0)
    high = np.quantile(np.where(known, share, 1.0), 0.975, axis=0)
    own = parts / parts.sum()
    measures = [
        Measure(float(v), float(min(a, v)), float(max(b, v)), n) for v, a, b in zip(own, low, high, strict=True)
    ]
    ranks = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1, kind="stable") + 1
    return measures, ranks
