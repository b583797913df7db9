"""A ridge logistic model that says how sure it is: standardised features, clustered errors, no black box."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr

from journey.errors import JourneyError

__all__ = ["Logit", "calibration", "fit", "fit_chosen"]

Array = NDArray[np.float64]

STEPS: Final = 60
RIDGES: Final = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS: Final = 5
FLAT: Final = 1e-9  # features that vary less than this, relative to their size, do not vary


@dataclass(frozen=True, eq=False, kw_only=True)
class Logit:
    """P(y = 1 | x) = 1 / (1 + e^−(β₀ + Σ β_k z_k)), z standardised on the cases learnt from.

    names     [K] of the features; mean, spread [K] on the cases learnt from
    gaps      [G] features that were missing for some: each has an indicator, so that missing is not taken for average
    weights   [1 + K + G] β of intercept, features and indicators;  covariance of the weights, clustered
    """

    names: tuple[str, ...]
    mean: Array
    spread: Array
    gaps: NDArray[np.intp]
    weights: Array
    covariance: Array

    def design(self, features: ArrayLike) -> Array:
        """[N, 1 + K + G] what the weights are for, of features [N, K]; NaN is missing."""
        table = np.asarray(features, float)
        present = np.isfinite(table)
        varies = self.spread > FLAT * (1 + np.abs(self.mean))
        scaled = np.where(present & varies, (table - self.mean) / np.where(varies, self.spread, 1), 0.0)
        return np.concatenate([np.ones((len(table), 1)), scaled, ~present[:, self.gaps]], axis=1)

    def predict(self, features: ArrayLike) -> Array:
        """[N] probabilities (0–1)."""
        return np.asarray(expit(self.design(features) @ self.weights), float)

    def odds(self, steps: ArrayLike = 1.0) -> tuple[Array, Array]:
        """[3, K] low end, value and high end of the odds ratio (95 %) of `steps` [K] standard deviations more; and
        [K] p of no bearing at all."""
        k = slice(1, 1 + len(self.names))
        beta, sd = self.weights[k], np.sqrt(np.maximum(np.diagonal(self.covariance)[k], 0))
        ends = beta + np.array([[-1.959964], [0.0], [1.959964]]) * sd
        found = np.exp(np.clip(ends * np.asarray(steps, float), -50, 50))
        p = 2 * ndtr(-np.abs(np.divide(beta, sd, out=np.zeros_like(beta), where=sd > 0)))
        return found, np.asarray(p, float)

    def change(self, features: ArrayLike, other: ArrayLike, money: ArrayLike) -> tuple[Array, Array]:
        """Σ money · [p(x) − p(x′)] for X alternatives, and its standard deviation by the delta method.

        features [N, K]; other [X, N, K] the same cases as they might be; money [N]
        """
        worth = np.asarray(money, float)
        now = self.design(features)
        p = expit(now @ self.weights)
        slope = (worth * p * (1 - p)) @ now
        values, spreads = [], []
        for table in np.asarray(other, float):
            then = self.design(table)
            q = expit(then @ self.weights)
            gradient = slope - (worth * q * (1 - q)) @ then
            values.append(float(worth @ (p - q)))
            spreads.append(max(float(gradient @ self.covariance @ gradient), 0.0) ** 0.5)
        return np.array(values), np.array(spreads)


def fit(
    features: ArrayLike, happened: ArrayLike, *, names: tuple[str, ...], cluster: ArrayLike, ridge: float = 1.0
) -> Logit:
    """Learn from features [N, K] (NaN: missing) and outcomes [N], True or False.

    cluster  [N] the account of each row: rows of one account stand together in the errors
    ridge    penalty on the squares of the weights of standardised features

    Newton's method; covariance H⁻¹ (Σ_c g_c g_cᵀ) H⁻¹ with H the penalised information and g_c the score of a cluster
    (Liang & Zeger 1986). Raises JourneyError where the outcome is the same for all.
    """
    table, y = np.asarray(features, float), np.asarray(happened, bool)
    _enough(y)
    blank = _blank(table, names)
    x = blank.design(table)
    size = x.shape[1]
    penalty = _penalty(size, ridge)
    weights = _newton(x, y.astype(float), penalty)
    p = expit(x @ weights)
    information = _information(x, p) + np.diag(penalty)
    _, clusters = np.unique(np.asarray(cluster), return_inverse=True)
    scores = np.zeros((clusters.max() + 1, size))
    np.add.at(scores, clusters.ravel(), x * (y - p)[:, None])
    bread = np.linalg.inv(information)
    return dataclasses.replace(blank, weights=weights, covariance=bread @ (scores.T @ scores) @ bread)


def fit_chosen(features: ArrayLike, happened: ArrayLike, *, names: tuple[str, ...], cluster: ArrayLike) -> Logit:
    """As `fit`, with a penalty out of 3, 10, 30 … 1,000: the strongest that foretells as well as the best one, to one
    standard error of the difference of their log-likelihoods (Breiman et al. 1984), in five folds of accounts, each
    foretold by the other four. The same data give the same folds.

    What the other four would have learnt is one step of Newton's method from what all five did (Rad & Maleki 2020).
    """
    table, y = np.asarray(features, float), np.asarray(happened, bool)
    _enough(y)
    _, clusters = np.unique(np.asarray(cluster), return_inverse=True)
    x = _blank(table, names).design(table)
    fold = np.random.default_rng(0).permutation(clusters.max() + 1)[clusters.ravel()] % FOLDS
    weights: Array | None = None
    found: list[Array] = []
    for ridge in RIDGES[::-1]:
        penalty = _penalty(x.shape[1], ridge)
        weights = _newton(x, y.astype(float), penalty, weights)
        likelihoods = np.asarray(_foretold(x, y, fold, penalty, weights), float)
        found.append(np.asarray(np.bincount(clusters.ravel(), likelihoods), float))
    best = max(found, key=lambda likelihood: float(likelihood.sum()))
    good = [ridge for ridge, own in zip(RIDGES[::-1], found, strict=True) if _as_good(own, best)]
    return fit(table, y, names=names, cluster=clusters, ridge=good[0])


def _as_good(one: Array, best: Array) -> bool:
    """Whether log-likelihoods by account fall short of the best by no more than a standard error."""
    short = best - one
    return bool(float(short.sum()) <= float(short.std()) * short.size**0.5)


def _foretold(x: Array, y: NDArray[np.bool_], fold: NDArray[np.intp], penalty: Array, weights: Array) -> Array:
    """[N] log-likelihoods, each fold by what the others would have learnt."""
    p = expit(x @ weights)
    parts = [fold == k for k in range(FOLDS)]
    informed = [_information(x[part], p[part]) for part in parts]
    whole = sum(informed) + np.diag(penalty)
    found = np.zeros(len(x))
    for part, own in zip(parts, informed, strict=True):
        step = np.linalg.solve(whole - own, x[part].T @ (y[part] - p[part]))
        z = x[part] @ (weights - step)
        found[part] = y[part] * z - np.logaddexp(0, z)
    return found


def _enough(y: NDArray[np.bool_]) -> None:
    if not y.any() or y.all():
        raise JourneyError("Of those to learn from nobody left, or all did: there is nothing to tell apart.")


def _blank(table: Array, names: tuple[str, ...]) -> Logit:
    """A model that knows how its features are spread, and nothing else yet."""
    present = np.isfinite(table)
    seen = np.maximum(present.sum(0), 1)
    mean = np.where(present, table, 0).sum(0) / seen
    spread = np.sqrt(np.square(np.where(present, table - mean, 0)).sum(0) / seen)
    gaps = np.flatnonzero(~present.all(0) & present.any(0))
    size = 1 + table.shape[1] + gaps.size
    none = np.zeros(size)
    return Logit(names=names, mean=mean, spread=spread, gaps=gaps, weights=none, covariance=np.outer(none, none))


def _penalty(size: int, ridge: float) -> Array:
    """None to speak of on the intercept."""
    return np.asarray(np.r_[1e-9, np.full(size - 1, ridge)], float)


def _information(x: Array, p: Array) -> Array:
    return np.asarray((x * (p * (1 - p))[:, None]).T @ x, float)


def _newton(x: Array, y: Array, penalty: Array, start: Array | None = None) -> Array:
    if start is None:
        start = np.zeros(x.shape[1])
        start[0] = logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))
    weights, loss = start, _loss(x, y, penalty, start)
    for _ in range(STEPS):
        p = expit(x @ weights)
        slope = x.T @ (p - y) + penalty * weights
        step = np.linalg.solve(_information(x, p) + np.diag(penalty), slope)
        # Half a step where a whole one overshoots.
        for scale in 0.5 ** np.arange(20):
            tried = weights - scale * step
            new = _loss(x, y, penalty, tried)
            if new <= loss:
                break
        else:
            break  # nothing better is near
        weights, better, loss = tried, loss - new, new
        if better < 1e-7 * (1 + abs(loss)):
            break
    return weights


def _loss(x: Array, y: Array, penalty: Array, weights: Array) -> float:
    z = x @ weights
    return float(np.logaddexp(0, z).sum() - y @ z + (penalty @ np.square(weights)) / 2)


def calibration(probability: ArrayLike, happened: ArrayLike, cluster: ArrayLike) -> tuple[float, float, float]:
    """Slope of the outcome on logit(p), with the ends of its 95 % interval: 1 where probabilities mean what they say.

    Under 1 they are too extreme, over 1 too timid (Cox 1958; Van Calster et al. 2019).
    """
    z = logit(np.clip(np.asarray(probability, float), 1e-6, 1 - 1e-6))[:, None]
    if np.ptp(z) < FLAT:
        raise JourneyError("The probabilities are all the same: no calibration can be told.")
    model = fit(z, happened, names=("p",), cluster=cluster, ridge=1e-6)
    scale = float(model.spread[0])
    sd = float(model.covariance[1, 1]) ** 0.5
    slope = float(model.weights[1])
    return slope / scale, (slope - 1.96 * sd) / scale, (slope + 1.96 * sd) / scale
