"""The severities behind friction: raw means with honest variances, and their hierarchical posterior.

Per component the places' means are shrunken towards a common mean, normal–normal with flat μ, τ integrated on a grid
(BDA3 §5.4). Four things make the intervals hold where visits are few and severities rare: the prior is flat in τ²,
under which they cover in repeated sampling (Morris and Tang 2011; flat in τ they fall short where places differ less
than samples do); sampling variances are taken at the common mean, since at the raw ones a place would be surest where
its mean happens to be low; what remains unknown of a place has a Beta's variance and skewness, since a severity cannot
pass 0 or 1; and errors are correlated across components, as the customers say for sampling and as the places say for
shrinkage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.estimate.hierarchy import NormalFit, fit_normal
from journey.model import Tally

__all__ = ["Component", "Means", "Severities", "bent", "posterior", "raw_means"]

Array = NDArray[np.float64]

MOST_SKEW: Final = 1.5  # of a posterior: past it the bent normal loses its shape
PRIOR_PLACES: Final = 10.0  # places' worth of belief that every two components go together alike
PRIOR_BUCKETS: Final = 10.0  # buckets' worth of belief in the common dispersion, and in the common correlations


@dataclass(frozen=True, slots=True)
class Means:
    """Raw severities of M components at P places, with what their errors are made of."""

    seen: NDArray[np.bool_]  # [M, P]
    n: Array  # [M, P] visits to which the component applies
    mean: Array  # [M, P], 0 where not seen
    cluster: Array  # [M, P] cluster-robust variance of the mean, with
    freedom: Array  # [M, P] buckets that hold the place, less one
    correlation: Array  # [P, M, M] of the raw means' errors


@dataclass(frozen=True, slots=True)
class Component:
    """One component's posterior at the P places where it was seen, at J equally probable (μ, τ)."""

    common: NormalFit
    pull: Array  # [P, J] towards μ
    middle: Array  # [P, J] mean, standard deviation and skewness of the severity
    sd: Array
    skew: Array

    def interval(self) -> tuple[Array, Array]:
        """[P], [P] central 95 % of the mixture over (μ, τ), by its first three moments (Cornish and Fisher 1938)."""
        mean = self.middle.mean(1)
        off = self.middle - mean[:, None]
        inner = np.square(self.sd) + np.square(self.pull) * self.common.mu_var
        sd = np.sqrt((inner + np.square(off)).mean(1))
        third = (self.skew * self.sd**3 + 3 * off * inner + off**3).mean(1)
        skew = np.clip(third / sd**3, -MOST_SKEW, MOST_SKEW)
        low, high = (np.clip(mean + sd * bent(np.full_like(mean, z), skew), 0, 1) for z in (-1.959964, 1.959964))
        return low, high


@dataclass(frozen=True, slots=True)
class Severities:
    """Posterior of the severities of M components at P places."""

    fits: tuple[Component | None, ...]  # [M], None where a component was observed nowhere
    value: Array  # [M, P] posterior mean, low and high; 0 where not seen
    low: Array
    high: Array
    root: Array  # [P, M, M] Cholesky root of the correlations of the errors


def bent(z: Array, skew: Array) -> Array:
    """Standard normal z bent to a skewness, mean 0 and variance 1 kept nearly: the first Cornish–Fisher term."""
    turn = 3 / np.maximum(np.abs(skew), 1e-6)  # past it the parabola would turn back
    z = np.where(skew > 0, np.maximum(z, -turn), np.minimum(z, turn))
    return np.asarray(z + skew / 6 * (np.square(z) - 1))


def raw_means(tally: Tally) -> Means:
    """Raw means with what their variances are made of, and the correlation of their errors within a place.

    A mean is a ratio of sums over buckets; its linearised residual is e_b = (total_b − mean · count_b) / n, and its
    cluster-robust variance (B − 1)/B Σ (e_b / (1 − count_b / n))² over the B buckets that hold the place: the
    leave-one-out form, which is B/(B − 1) Σ e_b² where buckets are of one size and does not flatter where one customer
    weighs much. The means' errors are correlated across components by the same residuals.
    """
    n = tally.count.sum(2)
    seen = n > 0
    size = np.where(seen, n, 1.0)
    mean = np.clip(tally.total.sum(2) / size, 0, 1)
    residual = (tally.total - mean[:, :, None] * tally.count) / size[:, :, None]
    buckets = (tally.count > 0).sum(2).astype(float)
    freedom = np.maximum(buckets - 1, 0.0)
    rest = np.where(freedom[:, :, None] > 0, 1 - tally.count / size[:, :, None], np.inf)
    cluster = np.square(residual / rest).sum(2) * freedom / np.maximum(buckets, 1)
    return Means(
        seen=seen,
        n=n,
        mean=np.where(seen, mean, 0.0),
        cluster=cluster,
        freedom=freedom,
        correlation=_correlation(residual, freedom),
    )


def _thinness(mean: Array, n: Array, cluster: Array, freedom: Array, common: float) -> Array:
    """[P] one component's variances of the raw means, as a share of mean · (1 − mean): 1 / effective visits.

    The dispersion, cluster-robust over binomial variance, is above 1 where customers repeat themselves and below 1
    for ratings, which vary less than yes and no. A handful of buckets cannot tell its own, so it is moderated by the
    one pooled over places. One customer is one witness, however often they came.
    """
    size = np.where(freedom > 0, n, 1.0)
    own = (freedom + 1) * mean * (1 - mean)
    typical = common * (1 - common)
    pooled = (typical + (freedom * cluster * size).sum()) / (typical + np.where(freedom > 0, own, 0).sum())
    doubt = PRIOR_BUCKETS * typical
    dispersion = (doubt * pooled + freedom * cluster * size) / (doubt + np.where(freedom > 0, own, 0))
    # The dispersion is an estimate itself: its expectation under a scaled inverse chi-square is the larger for it.
    doubted = (PRIOR_BUCKETS + freedom) / (PRIOR_BUCKETS + freedom - 2)
    return np.asarray(np.minimum(dispersion * doubted / size, 1.0), float)


def _place(mean: Array, thin: Array, n: Array) -> Component:
    """Fit one component over the places where it was seen.

    The sampling variance of a raw mean is taken at the common mean, not at the raw one: there it would be least where
    the mean happens to be low, 0 of 12 would be certainty and every average would be drawn down. Given μ and τ the
    means are shrunken linearly, and what is left unknown has the variance and skewness of the Beta distribution
    with that mean and the strength of prior and visits together.
    """
    centre = float((mean * n / (n + 5)).sum() / (n / (n + 5)).sum())
    for _ in range(2):
        common = min(max(centre, 0.5 / (n.sum() + 1)), 1 - 0.5 / (n.sum() + 1))
        room = common * (1 - common)
        fit = fit_normal(mean, room * thin, slope=1 - thin, top=math.sqrt(room / 2), power=1.0)
        centre = fit.centre
    pull = fit.pull(room * thin, slope=1 - thin)
    middle = mean[:, None] + pull * (fit.mu - mean[:, None])
    strength = room / np.square(fit.tau) - 1 + 1 / thin[:, None]
    half = 0.5 / (strength + 1)  # what was never seen counts as half a visit
    middle = np.clip(middle, half, 1 - half)
    sd = np.sqrt(middle * (1 - middle) / (strength + 1))
    skew = 2 * (1 - 2 * middle) * np.sqrt(strength + 1) / ((strength + 2) * np.sqrt(middle * (1 - middle)))
    return Component(fit, pull, middle, sd, np.clip(skew, -MOST_SKEW, MOST_SKEW))


def _correlation(residual: Array, freedom: Array) -> Array:
    """[P, M, M] correlations of the residuals within a place, moderated by those pooled over places.

    Component m keeps s_m² = freedom / (freedom + 10) of its own: s · own · s + c · pooled · c with c² = 1 − s² has ones
    on its diagonal and, being a sum of two positive semidefinite matrices, is one.
    """
    unit = residual.transpose(1, 0, 2)
    length = np.sqrt(np.square(unit).sum(2, keepdims=True))
    unit = np.divide(unit, length, out=np.zeros_like(unit), where=length > 0)
    own = unit @ unit.transpose(0, 2, 1)
    there = (length[:, :, 0] > 0).astype(float) * np.sqrt(freedom.T)
    weight = there.T @ there
    pooled = (there[:, :, None] * own * there[:, None, :]).sum(0) / (weight + PRIOR_BUCKETS)
    pooled = _correlations(pooled)
    # A component without residuals has a zero row: its missing variance is put on the diagonal.
    own = own + np.eye(len(residual)) * (1 - np.diagonal(own, axis1=1, axis2=2))[:, None, :]
    kept = (freedom / (freedom + PRIOR_BUCKETS)).T
    s, c = np.sqrt(kept), np.sqrt(1 - kept)
    return np.asarray(s[:, :, None] * own * s[:, None, :] + c[:, :, None] * pooled * c[:, None, :], float)


def _correlations(rough: Array) -> Array:
    """The nearest matrix of correlations, roughly: ones on the diagonal, no negative eigenvalue."""
    np.fill_diagonal(rough, 1.0)
    values, vectors = np.linalg.eigh(rough)
    near = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    length = np.sqrt(np.diag(near))
    return np.asarray(near / np.outer(length, length), float)


def posterior(means: Means) -> Severities:
    """Fit every component, and correlate the errors of the shrunken means within a place.

    A shrunken mean errs by (1 − pull) × the raw mean's error and pull × the place's own distance to the common mean.
    The first is correlated across components as the buckets say, the second as the places themselves.
    """
    value, low, high, away, error, tau = (np.zeros_like(means.mean) for _ in range(6))
    pull = np.ones_like(means.mean)
    fits: list[Component | None] = []
    for m, seen in enumerate(means.seen):
        if not seen.any():
            fits.append(None)
            continue
        y, n = means.mean[m, seen], means.n[m, seen]
        common = ((n * y).sum() + 0.5) / (n.sum() + 1)
        thin = _thinness(y, n, means.cluster[m, seen], means.freedom[m, seen], common)
        fit = _place(y, thin, n)
        kept = fit.pull.mean(1)
        value[m, seen] = y + (fit.pull * (fit.common.mu - y[:, None])).mean(1)
        low[m, seen], high[m, seen] = fit.interval()
        pull[m, seen], away[m, seen] = kept, (1 - kept) * (y - fit.common.centre)
        error[m, seen] = (1 - kept) * np.sqrt(common * (1 - common) * thin)
        tau[m] = np.sqrt(np.square(fit.common.tau).mean())
        fits.append(fit)
    value = np.clip(value, 0, 1)
    sampled, own = np.sqrt(1 - pull).T, np.sqrt(pull).T
    between = _between(away, error, 1 - pull, tau[:, :1], means.correlation)
    # The small ridge keeps a singular matrix (two components that move as one) decomposable.
    together = (
        sampled[:, :, None] * means.correlation * sampled[:, None, :] + own[:, :, None] * between * own[:, None, :]
    )
    root = np.linalg.cholesky(together / (1 + 1e-9) + np.eye(len(value)) * 1e-9)
    return Severities(tuple(fits), value, np.minimum(low, value), np.maximum(high, value), np.asarray(root, float))


def _between(away: Array, error: Array, weight: Array, tau: Array, correlation: Array) -> Array:
    """[M, M] correlation of the components' true means over places, moderated by that of all pairs together.

    By moments: products of the shrunken distances, less what sampling errors alone would give.
    """
    products = away @ away.T - np.einsum("mp,np,pmn->mn", error, error, correlation)
    places = weight @ weight.T
    # The posterior's τ errs on the large side, which would understate correlations: by moments where they say less.
    moment = np.divide(np.diag(products), np.diag(places), out=np.zeros(len(tau)), where=np.diag(places) > 0)[:, None]
    tau = np.sqrt(np.clip(moment, np.square(tau) / 4, np.square(tau)))
    scale = places * (tau * tau.T)
    apart = ~np.eye(len(tau), dtype=bool)
    total, pairs = scale[apart].sum(), places[apart].sum()
    typical = min(max(products[apart].sum() / total, 0.0), 1.0) * pairs / (pairs + PRIOR_PLACES) if total > 0 else 0.0
    raw = np.clip(np.divide(products, scale, out=np.zeros_like(scale), where=scale > 0), -1, 1)
    raw = (places * raw + PRIOR_PLACES * typical) / (places + PRIOR_PLACES)
    return _correlations(raw)
