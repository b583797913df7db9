"""How well scores foretell an outcome, side by side, on the same resamples of customers: differences are paired.

For yes or no it is the AUC; within groups, so that like is compared with like, it counts pairs of cases of one group
alone. For an answer it is Pearson's correlation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from journey.model import Measure

__all__ = ["Strength", "correlations", "discriminations"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS: Final = 500
CELLS: Final = 4_000_000  # weights held at a time


@dataclass(frozen=True, slots=True)
class Strength:
    """One score's strength on the cases that were tried, and in each resample of their customers."""

    value: float
    drawn: Array
    n: int

    def measure(self) -> Measure:
        """The strength with its 95 % percentile interval."""
        return _measure(self.value, self.drawn, self.n)

    def above(self, chance: float) -> float:
        """One-sided p of this strength being no more than chance."""
        known = self.drawn[np.isfinite(self.drawn)]
        sd = float(known.std()) if known.size > 1 else 0.0
        return float(ndtr(-(self.value - chance) / sd)) if sd > 0 else float(self.value <= chance)

    def less(self, other: Strength) -> tuple[Measure, float]:
        """This strength less another's, with a paired interval, and the two-sided p of no difference."""
        value, drawn = self.value - other.value, self.drawn - other.drawn
        known = drawn[np.isfinite(drawn)]
        sd = float(known.std()) if known.size > 1 else 0.0
        p = 2 * float(ndtr(-abs(value) / sd)) if sd > 0 else float(value == 0)
        return _measure(value, drawn, self.n), p


def discriminations(
    scores: Mapping[str, Array], happened: NDArray[np.bool_], who: Ints, group: Ints, *, seed: int = 0
) -> dict[str, Strength]:
    """AUC of every score [N]: the chance that a case with the outcome scores higher than one of its group without.

    Ties count half; groups weigh by their pairs. The customers of `who` are drawn with replacement.
    """
    clusters, names = _clusters(who)
    found = {}
    for name, score in scores.items():
        order = np.lexsort((score, group))
        yes, g, s = happened[order], group[order], score[order]
        fresh = np.r_[True, g[1:] != g[:-1]]
        ties = np.flatnonzero(fresh | np.r_[True, s[1:] != s[:-1]])
        starts = np.searchsorted(ties, np.flatnonzero(fresh))
        at = clusters[order]
        value = float(_auc(np.ones((1, names)), at, yes, ties, starts)[0])
        drawn = [_auc(w, at, yes, ties, starts) for w in _resamples(names, len(score), seed)]
        found[name] = Strength(value, np.concatenate(drawn), len(score))
    return found


def correlations(scores: Mapping[str, Array], y: Array, who: Ints, *, seed: int = 0) -> dict[str, Strength]:
    """Pearson's correlation of every score [N] with an answer [N]; the customers of `who` are drawn with replacement.

    0 for a score that is the same for all.
    """
    clusters, names = _clusters(who)
    found = {}
    for name, score in scores.items():
        x = score - score.mean()
        parts = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y])
        sums = np.stack([np.bincount(clusters, part, names) for part in parts], axis=1)
        value = float(_pearson(sums.sum(0)[None])[0])
        drawn = [_pearson(w @ sums) for w in _resamples(names, 1, seed)]
        found[name] = Strength(value, np.concatenate(drawn), len(score))
    return found


def _auc(weight: Array, at: NDArray[np.intp], yes: NDArray[np.bool_], ties: Ints, starts: Ints) -> Array:
    """[R] AUC for each row of cluster weights [R, C]; not a number where no pair was drawn."""
    w = weight[:, at]
    up = np.add.reduceat(np.where(yes, w, 0.0), ties, axis=1)
    down = np.add.reduceat(np.where(yes, 0.0, w), ties, axis=1)
    below = np.cumsum(down, axis=1) - down
    size = np.diff(np.r_[starts, up.shape[1]])
    base = np.repeat(below[:, starts], size, axis=1)
    won = (up * (below - base + down / 2)).sum(1)
    pairs = (np.add.reduceat(up, starts, axis=1) * np.add.reduceat(down, starts, axis=1)).sum(1)
    return np.asarray(np.divide(won, pairs, out=np.full(len(won), np.nan), where=pairs > 0), float)


def _pearson(sums: Array) -> Array:
    n, x, y, xx, yy, xy = sums.T
    n = np.maximum(n, 1)
    room = (xx - x * x / n) * (yy - y * y / n)
    root = np.sqrt(np.maximum(room, 0))
    return np.asarray(np.divide(xy - x * y / n, root, out=np.zeros_like(n), where=room > 1e-18), float)


def _clusters(who: Ints) -> tuple[NDArray[np.intp], int]:
    names, clusters = np.unique(who, return_inverse=True)
    return clusters.reshape(-1), names.size


def _resamples(clusters: int, cases: int, seed: int) -> list[Array]:
    """How often each cluster is drawn in each round, some rounds at a time."""
    random = np.random.default_rng(seed)
    step = max(1, min(ROUNDS, CELLS // max(clusters, cases)))
    return [_drawn(random, clusters, min(step, ROUNDS - start)) for start in range(0, ROUNDS, step)]


def _drawn(random: np.random.Generator, clusters: int, rounds: int) -> Array:
    picked = random.integers(clusters, size=(rounds, clusters)) + clusters * np.arange(rounds)[:, None]
    return np.bincount(picked.ravel(), minlength=rounds * clusters).reshape(rounds, clusters).astype(float)


def _measure(value: float, drawn: Array, n: int) -> Measure:
    known = drawn[np.isfinite(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if known.size else (value, value)
    return Measure(value, float(min(low, value)), float(max(high, value)), n)
