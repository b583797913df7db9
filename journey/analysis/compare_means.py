"""Means and shares on two sides, and their difference, from sums by customer bucket.

All that is compared lies between 0 and 1: a share, or a rating as a share of its scale. The mean is a ratio of sums
over buckets of customers. Its variance is m(1 − m) times a thinness, 1 over the number of independent visits that would
know as much: the cluster-robust (linearised) variance, moderated, because a handful of buckets cannot tell its own, by
the dispersion that all things share that are measured alike.

Intervals of one side are Wilson's at that number, so that 0 of 12 is not certainty; the difference's is put together
from both (Newcombe 1998, method 10; Zou and Donner 2008), less what sides with customers in common share. The test is
of the arcsines of the adjusted shares (Anscombe 1948), which stays honest in the far tails that a screen of many
differences looks at, where a test of the difference itself does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from journey.events.contrast_sums import Sums

__all__ = ["FEW", "LEVEL", "Estimates", "Judged", "benjamini_hochberg", "estimate", "judge"]

Array = NDArray[np.float64]

LEVEL: Final = 0.95
PRIOR_BUCKETS: Final = 10.0  # buckets' worth of belief in the dispersion that all things of a kind share
FEW: Final = 5  # buckets of customers on each side, below which a difference is not judged


@dataclass(frozen=True, slots=True)
class Estimates:
    """Means between 0 and 1 of K things on S sides, with what their errors are made of.

    n, mean, low, high   [S, K] what was counted, its mean and 95 % interval; 0 where n is 0
    thin, degrees        [S, K] the variance as a share of mean · (1 − mean), and what that is known by
    buckets              [S, K] of customers that it was observed in; `residual` [S, K, B] what each adds to the error
    """

    n: Array
    mean: Array
    low: Array
    high: Array
    thin: Array
    degrees: Array
    buckets: Array
    residual: Array


@dataclass(frozen=True, slots=True)
class Judged:
    """K means between 0 and 1 on both sides, and their differences, A less B.

    n, mean, low, high   [2, K] as in `Estimates`
    difference           [K], with its interval from `least` to `most` and the p-value of there being none; not a number
                         where either side has fewer than `FEW` buckets of customers
    """

    n: Array
    mean: Array
    low: Array
    high: Array
    difference: Array
    least: Array
    most: Array
    p: Array


def estimate(sums: Sums, *, of_cases: bool = False) -> Estimates:
    """Means with their intervals, of K things that are measured alike on S sides.

    of_cases   shares of cases: yes or no once each, so the binomial variance is the least there can be
    """
    n = sums.count.sum(2)
    size = np.where(n > 0, n, 1.0)
    mean = np.clip(sums.total.sum(2) / size, 0, 1)
    residual = (sums.total - mean[:, :, None] * sums.count) / size[:, :, None]
    buckets = (sums.count > 0).sum(2).astype(float)
    freedom = np.maximum(buckets - 1, 0.0)
    thin = _thinness(sums, residual, mean, n, freedom, least=1.0 if of_cases else 0.0)
    degrees = freedom + PRIOR_BUCKETS
    low, high = _wilson(mean, thin, degrees)
    return Estimates(n, mean, low, high, thin, degrees, buckets, residual)


def judge(sums: Sums, *, shared: bool = False, of_cases: bool = False) -> Judged:
    """Compare K things that are measured alike on two sides.

    shared     whether customers stand on both sides: their buckets then tell how far the means go up and down together
    of_cases   as for `estimate`
    """
    found = estimate(sums, of_cases=of_cases)
    together = np.zeros(found.n.shape[1])
    if shared:
        together = _correlation(found.residual, np.maximum(found.buckets - 1, 0.0))
    ends = _apart(found.mean, found.low, found.high, together)
    p = _p(found.mean, found.thin, found.degrees, together)
    known = (found.buckets >= FEW).all(0)
    apart = (np.where(known, x, np.nan) for x in (found.mean[0] - found.mean[1], *ends, p))
    return Judged(found.n, found.mean, found.low, found.high, *apart)


def _thinness(sums: Sums, residual: Array, mean: Array, n: Array, freedom: Array, *, least: float) -> Array:
    """[S, K] the variance of each mean as a share of mean · (1 − mean), at most 1."""
    size = np.where(n > 0, n, 1.0)
    rest = np.where(freedom[:, :, None] > 0, 1 - sums.count / size[:, :, None], np.inf)
    # Leave-one-out, which does not flatter where one customer weighs much.
    cluster = np.square(residual / rest).sum(2) * freedom / (freedom + 1)
    own = (freedom + 1) * mean * (1 - mean)
    told = freedom > 0
    whole = (mean * n).sum() / max(n.sum(), 1.0)
    typical = max(whole * (1 - whole), 0.25 / (n.sum() + 1))
    pooled = (typical + (freedom * cluster * size).sum()) / (typical + own[told].sum())
    doubt = PRIOR_BUCKETS * typical
    dispersion = (doubt * pooled + freedom * cluster * size) / (doubt + np.where(told, own, 0))
    # One customer is one witness, however often they came.
    return np.asarray(np.minimum(np.maximum(dispersion, least) / np.where(told, size, 1.0), 1.0), float)


def _wilson(mean: Array, thin: Array, degrees: Array) -> tuple[Array, Array]:
    """Wilson's score interval with 1 / thin independent visits, and Student's t for what is not known of that."""
    t = stdtrit(degrees, (1 + LEVEL) / 2)
    room = np.square(t) * thin
    middle = (mean + room / 2) / (1 + room)
    half = t / (1 + room) * np.sqrt(thin * mean * (1 - mean) + room * thin / 4)
    return np.clip(middle - half, 0, mean), np.clip(middle + half, mean, 1)


def _correlation(residual: Array, freedom: Array) -> Array:
    """[K] of the two sides' errors, moderated by that of all things alike, since few buckets can't tell their own."""
    product = (residual[0] * residual[1]).sum(1)
    length = np.sqrt(np.square(residual).sum(2).prod(0))
    own = np.divide(product, length, out=np.zeros_like(product), where=length > 0)
    weight = freedom.min(0)
    pooled = (own * weight).sum() / (weight.sum() + PRIOR_BUCKETS)
    return np.asarray(np.clip((own * weight + PRIOR_BUCKETS * pooled) / (weight + PRIOR_BUCKETS), -0.95, 0.95), float)


def _apart(mean: Array, low: Array, high: Array, together: Array) -> tuple[Array, Array]:
    """Ends of the interval of mean[0] − mean[1], from the intervals of both (MOVER)."""

    def reach(a: Array, b: Array) -> Array:
        return np.sqrt(np.maximum(np.square(a) + np.square(b) - 2 * together * a * b, 0))

    difference = mean[0] - mean[1]
    below, above = mean - low, high - mean
    return difference - reach(below[0], above[1]), difference + reach(above[0], below[1])


def _p(mean: Array, thin: Array, degrees: Array, together: Array) -> Array:
    """[K] two-sided p-values of equal means, by the arcsines of the shares with ⅜ added to either side."""
    visits = 1 / thin
    turned = np.arcsin(np.sqrt((mean * visits + 0.375) / (visits + 0.75)))
    each = 0.25 / (visits + 0.5)
    spread = each.sum(0) - 2 * together * np.sqrt(each.prod(0))
    freedom = np.square(each.sum(0)) / (np.square(each) / degrees).sum(0)
    t = np.abs(turned[0] - turned[1]) / np.sqrt(np.maximum(spread, 1e-300))
    return np.asarray(2 * stdtr(freedom, -t), float)


def benjamini_hochberg(p: Array, q: float) -> NDArray[np.bool_]:
    """Which of these p-values stand out with a false discovery rate of at most q. Not a number is never one of them.

    Source: Benjamini and Hochberg 1995.
    """
    found = np.zeros(p.shape, bool)
    known = np.flatnonzero(np.isfinite(p))
    if known.size:
        order = known[np.argsort(p[known], kind="stable")]
        good = p[order] <= q * np.arange(1, order.size + 1) / order.size
        if good.any():
            found[order[: np.flatnonzero(good)[-1] + 1]] = True
    return found
