"""Shares of R²: how much of what a regression explains belongs to each block of its columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["explained", "johnson", "lmg"]

Array = NDArray[np.floating[Any]]

# Share of a column's variance left: less is none, for the others say all of it. By the numbers' precision.
ALIKE: Final = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}


def lmg(covariance: Array, blocks: Sequence[int]) -> Array:
    """[…, K] the part of R² that belongs to each block: its mean gain over all orders of the blocks.

    covariance   […, P + 1, P + 1] of the columns, block after block, and of the outcome, which stands last
    blocks       K numbers of columns

    The parts sum to R². It is the Shapley value of R² (Lindeman, Merenda and Gold 1980; Grömping 2007), exact: all 2^K
    sets of blocks at once, by partialling one block after the other out of the covariances of every set so far. A
    column that others determine adds nothing after them, so of twins each gets half. Time and memory double with
    each block.
    """
    order = sorted(range(len(blocks)), key=lambda k: -blocks[k])  # the widest first, while there are few sets
    starts = np.concatenate(([0], np.cumsum(blocks)))
    columns = np.concatenate([np.arange(starts[k], starts[k + 1]) for k in order] + [[starts[-1]]]).astype(int)
    left = _correlation(covariance)[..., None, columns[:, None], columns]
    for k in order:
        without, within = left[..., blocks[k] :, blocks[k] :], left
        for _column in range(blocks[k]):
            within = _partialled(within)
        left = np.concatenate((without, within), axis=-3)
    parts = (1 - left[..., 0, 0]) @ _weights(len(blocks)).astype(covariance.dtype)
    found = np.empty_like(parts)
    found[..., order] = parts
    return found


def _correlation(covariance: Array) -> Array:
    """Columns that don't vary correlate with nothing."""
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    scale = 1 / np.sqrt(np.where(variance > 0, variance, np.inf))
    return np.asarray(covariance * scale[..., :, None] * scale[..., None, :])


def _partialled(left: Array) -> Array:
    """The products of the others once the first column is known; as they were if nothing of it is left."""
    pivot, row = left[..., 0, 0], left[..., 0, 1:]
    scale = np.divide(1, pivot, out=np.zeros_like(pivot), where=pivot > ALIKE[left.dtype])
    return np.asarray(left[..., 1:, 1:] - row[..., :, None] * (row * scale[..., None])[..., None, :])


@cache
def _weights(many: int) -> NDArray[np.float64]:
    """[2^K, K] what the R² of each set counts for each block; the set's number has a bit for each block."""
    sets = np.arange(1 << many)
    # Concatenation puts the sets with a later block behind: block k is bit k.
    member = (sets[:, None] >> np.arange(many)) & 1 == 1
    size = member.sum(1)
    chance = np.array([math.factorial(s) * math.factorial(many - s - 1) / math.factorial(many) for s in range(many)])
    gains, loses = chance[np.maximum(size - 1, 0)], chance[np.minimum(size, many - 1)]
    return np.asarray(np.where(member, gains[:, None], -loses[:, None]), float)


def johnson(covariance: Array, blocks: Sequence[int]) -> Array:
    """[…, K] the part of R² that belongs to each block, by relative weights; shapes as in `lmg`.

    The columns are replaced by the nearest ones that don't correlate; what these explain is handed back by how much
    of each they are. The parts sum to R². Source: Johnson 2000. Checked: correlates .99 with `lmg`, at the price of one
    decomposition.
    """
    correlation = _correlation(covariance)
    values, vectors = np.linalg.eigh(correlation[..., :-1, :-1])
    values = np.where(values > ALIKE[values.dtype] * values.shape[-1], values, 0)
    root = np.sqrt(values)
    loads = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)  # of the columns on the nearest ones
    inverse = np.divide(1, root, out=np.zeros_like(root), where=root > 0)
    along = np.einsum("...ij,...i->...j", vectors, correlation[..., :-1, -1])
    weight = np.einsum("...ij,...j->...i", vectors, along * inverse)
    parts = np.einsum("...ij,...j->...i", loads**2, weight**2)
    starts = np.cumsum([0, *blocks[:-1]])
    return np.asarray(np.add.reduceat(parts, starts, axis=-1))


def explained(covariance: Array) -> Array:
    """[…] R² of the regression of the last column on all others."""
    return np.asarray(johnson(covariance, [covariance.shape[-1] - 1])[..., 0])
