"""Whether two groups of customers walk differently: a permutation test on the graph.

The distance is the visit-weighted Jensen–Shannon divergence of the rows: at every touchpoint (and at the start) that of
the two distributions of what comes next, each side weighing as it visits there, the touchpoints weighted by their
visits. Times 2·ln 2·moves that is the likelihood-ratio statistic for equal Markov chains. Its textbook χ² would take
moves for independent, and finds differences that are not there; instead customers change sides at random (Good 2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.special import xlogy

from journey.errors import JourneyError
from journey.events.walks import Walks

__all__ = ["Shuffled", "shuffle"]

Array = NDArray[np.float64]

BLOCK: Final = 1024  # transitions at a time
EXACT: Final = 1 << 24  # counts that 32 bits hold exactly


@dataclass(frozen=True, slots=True)
class Shuffled:
    """The distance of two graphs, and what chance gives.

    divergence   in bits, 0 (the same shares everywhere) … 1
    chance       its mean when customers change sides at random: what two alike groups of this size would show
    p            share of the shuffles at least as far apart, the observed one counted in; never 0
    """

    divergence: float
    chance: float
    p: float
    units: int
    permutations: int


def shuffle(walks: Walks, *, permutations: int = 999, seed: int = 0) -> Shuffled:
    """Test whether two sides walk alike.

    permutations   how often customers change sides; the least p there can be is 1 / (permutations + 1)

    Units of customers of one side are dealt anew, as many to each side as it has; at units with a part on both, the
    parts change places or not. The same walks and seed give the same result.
    Raises JourneyError for fewer than one permutation.
    """
    if permutations < 1:
        raise JourneyError(f"At least one permutation is needed; got {permutations}.")
    deal = _deal(walks, permutations, np.random.default_rng(seed))
    units, transitions = len(walks.kind), len(walks.source)
    whole = np.bincount(walks.transition, walks.moves, transitions).astype(float)
    kind: Any = np.float32 if whole.sum() < EXACT else np.float64
    # What goes over to side A with a unit: its moves, or at units on both sides the difference of the parts.
    sign = np.where((walks.kind[walks.unit] == 2) & (walks.part == 1), -1, 1)
    shape = (units, transitions)
    gain: Any = csc_array(((sign * walks.moves).astype(kind), (walks.unit, walks.transition)), shape=shape)
    kept = (walks.kind[walks.unit] == 2) & (walks.part == 1)
    base = np.bincount(walks.transition[kept], walks.moves[kept], transitions)
    dealt = deal.astype(kind)
    statistic = np.zeros(permutations + 1)
    sources = np.zeros((permutations + 1, int(walks.source.max()) + 1))
    for start in range(0, transitions, BLOCK):
        block = slice(start, min(start + BLOCK, transitions))
        a = (dealt @ gain[:, block].toarray()).astype(float) + base[block]
        statistic += _spread(a, whole[block])
        # Rows are sums over their transitions; np.add.at would be slow, and there are few sources.
        member = np.zeros((a.shape[1], sources.shape[1]))
        member[np.arange(a.shape[1]), walks.source[block]] = 1
        sources += a @ member
    leaving = np.bincount(walks.source, whole).astype(float)
    statistic -= _spread(sources, leaving)
    bits = np.maximum(statistic / (whole.sum() * math.log(2)), 0.0)
    further = int((bits[1:] >= bits[0] - 1e-12).sum())
    return Shuffled(
        divergence=float(bits[0]),
        chance=float(bits[1:].mean()),
        p=(1 + further) / (permutations + 1),
        units=units,
        permutations=permutations,
    )


def _deal(walks: Walks, permutations: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """[1 + permutations, U] which units stand on side A (those on both: with their part of A); first as it is."""
    as_is = walks.kind != 1
    dealt = np.repeat(as_is[None, :], permutations + 1, axis=0)
    single = np.flatnonzero(walks.kind != 2)
    dealt[1:, single] = random.permuted(dealt[1:, single], axis=1)
    double = np.flatnonzero(walks.kind == 2)
    dealt[1:, double] = random.random((permutations, double.size)) < 0.5
    return np.asarray(dealt, bool)


def _spread(a: Array, whole: Array) -> Array:
    """Σ over columns of a·ln a + b·ln b − n·ln n, b the rest of n: each column's part of the statistic."""
    a = np.clip(a, 0, whole)
    return np.asarray((xlogy(a, a) + xlogy(whole - a, whole - a) - xlogy(whole, whole)).sum(1), float)
