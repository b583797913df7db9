"""The ground under shrinkage: posteriors of hyperparameters on a grid, and quantiles of mixtures.

Sources: Gelman et al., *Bayesian Data Analysis* (3rd ed.), §5.3 beta–binomial, §5.4 normal–normal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, betaln, gammaln, ndtr, ndtri, polygamma, psi, xlog1py, xlogy

__all__ = ["NormalFit", "beta_quantile", "fit_normal", "hyper_nodes", "normal_quantile"]

Array = NDArray[np.float64]

GRID: Final = 121  # nodes of τ on each pass
NODES: Final = 32  # equally probable values of τ that stand for its posterior
STRENGTHS: Final = 28  # nodes of s, the strength of the prior in answers
LEAST_STRENGTH: Final = 1.0  # answers; see `hyper_nodes`


@dataclass(frozen=True, slots=True)
class NormalFit:
    """Posterior of the hyperparameters of y_k ~ N(θ_k, v_k), θ_k ~ N(μ, τ²), flat in μ, τ on [0, top].

    tau     [J] equally probable nodes of the posterior of τ
    mu      [J] posterior mean of μ given τ;  mu_var [J] its variance
    """

    tau: Array
    mu: Array
    mu_var: Array

    @property
    def centre(self) -> float:
        """Posterior mean of μ."""
        return float(self.mu.mean())

    @property
    def spread(self) -> float:
        """Posterior mean of τ."""
        return float(self.tau.mean())

    def pull(self, variance: Array, *, slope: Array | float = 1.0) -> Array:
        """[K, J] how far a unit is pulled to μ at each τ: 1 − τ² / (v + slope · τ²)."""
        spread = np.square(self.tau)
        total = variance[:, None] + np.reshape(slope, (-1, 1)) * spread
        return np.asarray(np.maximum(1 - spread / total, 0), float)

    def moments(self, mean: Array, variance: Array) -> tuple[Array, Array]:
        """[K, J] posterior mean and variance of every θ_k at every node of τ."""
        pull = self.pull(variance)
        centre = mean[:, None] + pull * (self.mu - mean[:, None])
        return centre, variance[:, None] * (1 - pull) + np.square(pull) * self.mu_var


def fit_normal(
    mean: Array, variance: Array, *, top: float, slope: Array | float = 1.0, power: float = 0.0
) -> NormalFit:
    """Integrate τ on [0, top] and μ on the whole line (BDA3 eq. 5.20, 5.21).

    `mean`, `variance` [K] with K ≥ 1 and every variance > 0. A bound on τ makes the posterior proper for one and two
    units as well: means that live in an interval of length L have a standard deviation of at most L/2.
    The prior density of τ is ∝ τ^power: 0 is flat in τ, 1 flat in τ².
    A mean's variance around μ is v + slope · τ²; the slope is 1 unless v was stated at μ for a sampling variance that
    depends on the unit's own mean.
    """
    low, high = 0.0, 1.0
    for _ in range(2):  # the second pass looks closer at where the first found mass
        u = np.linspace(low, high, GRID)
        tau = top * np.square(u)
        log_density, mu, mu_var = _tau_density(mean, variance, np.reshape(slope, (-1, 1)) * np.square(tau))
        log_density = log_density + (1 + 2 * power) * np.log(np.maximum(u, 1e-12))  # dτ ∝ u du in u = √(τ/top)
        alive = np.flatnonzero(log_density > log_density.max() - 14)
        low, high = u[max(alive[0] - 1, 0)], u[min(alive[-1] + 1, GRID - 1)]
    density = np.exp(log_density - log_density.max())
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    wanted = (np.arange(NODES) + 0.5) / NODES * cumulative[-1]
    nodes = np.interp(wanted, cumulative, u)
    return NormalFit(top * np.square(nodes), np.interp(nodes, u, mu), np.interp(nodes, u, mu_var))


def _tau_density(mean: Array, variance: Array, spread: Array) -> tuple[Array, Array, Array]:
    """Log p(τ | y) up to a constant, and the mean and variance of μ given τ, at each τ, which adds `spread`."""
    weight = 1 / (variance[:, None] + spread)
    total = weight.sum(0)
    mu = (weight * mean[:, None]).sum(0) / total
    miss = (weight * np.square(mean[:, None] - mu)).sum(0)
    return (np.log(weight).sum(0) - np.log(total) - miss) / 2, mu, 1 / total


def hyper_nodes(counts: Array) -> tuple[Array, Array, Array]:
    """Quadrature of p(m, s | counts): strengths [S], means [S, G, C] and weights [S, G] that sum to 1.

    s on an even grid of log s, narrowed twice to where the mass is; m at each s by Gauss–Hermite nodes laid around
    its conditional mode and weighted by the exact density.
    """
    categories = counts.shape[1]
    distinct, repeats = np.unique(counts, axis=0, return_counts=True)
    low, high = np.log(LEAST_STRENGTH), np.log(1e4 * counts.sum(1).max())
    points = 9 if categories == 2 else 7
    node, mass = np.polynomial.hermite_e.hermegauss(points)
    axes = np.meshgrid(*[node] * (categories - 1), indexing="ij")
    around = np.stack([axis.ravel() for axis in axes], 1)  # [G, C-1]
    base = np.log(np.stack([a.ravel() for a in np.meshgrid(*[mass] * (categories - 1), indexing="ij")]).prod(0))
    base = base + np.square(around).sum(1) / 2
    for turn in range(3):
        logs = np.linspace(low, high, STRENGTHS)
        strength = np.exp(logs)
        eta = np.log((distinct * repeats[:, None]).sum(0) + 0.5)
        eta = eta[:-1] - eta[-1]
        means, log_weight = [], []
        for s in strength:
            eta, root = _mode(s, eta, distinct, repeats)
            spots = _softmax(eta + (around if turn == 2 else around[:1] * 0) @ root.T)
            means.append(spots)
            size = np.log(np.abs(np.diag(root))).sum()
            log_weight.append(_log_joint(s, spots, distinct, repeats) + size + (base if turn == 2 else 0))
        log_w = np.array(log_weight) - logs[:, None] / 2  # p(m, s) ∝ s^(−3/2), and ds = s d(log s)
        marginal = np.logaddexp.reduce(log_w, axis=1)
        alive = np.flatnonzero(marginal > marginal.max() - 14)
        low, high = logs[max(alive[0] - 1, 0)], logs[min(alive[-1] + 1, STRENGTHS - 1)]
    weights = np.exp(log_w - log_w.max())
    return strength, np.array(means), weights / weights.sum()


def _softmax(eta: Array) -> Array:
    """[..., C] shares from log ratios [..., C-1] to the last category, kept off exact zero."""
    full = np.concatenate([eta, np.zeros((*eta.shape[:-1], 1))], -1)
    shares = np.exp(full - full.max(-1, keepdims=True))
    return np.asarray(np.maximum(shares / shares.sum(-1, keepdims=True), 1e-12), float)


def _log_joint(s: float, m: Array, counts: Array, repeats: NDArray[np.intp]) -> Array:
    """[G] log p(counts, m | s) in log-ratio coordinates of m [G, C], dropping what depends on no parameter."""
    total = repeats @ (gammaln(s) - gammaln(s + counts.sum(1)))
    part = gammaln(s * m[:, None] + counts) - gammaln(s * m)[:, None]
    return np.asarray(total + np.einsum("gkc,k->g", part, repeats) + np.log(m).sum(1), float)


def _mode(s: float, eta: Array, counts: Array, repeats: NDArray[np.intp]) -> tuple[Array, Array]:
    """The mode of m given s as log ratios, and a root of the inverse curvature there: Newton with halved steps."""
    here = _log_joint(s, _softmax(eta)[None], counts, repeats)[0]
    for _ in range(60):
        m = _softmax(eta)
        pull = s * (repeats @ (psi(s * m + counts) - psi(s * m))) + 1 / m
        bend = s**2 * (repeats @ (polygamma(1, s * m + counts) - polygamma(1, s * m))) - 1 / np.square(m)
        turn = (np.diag(m) - np.outer(m, m))[:-1]  # d m / d eta
        curve = -(turn * bend) @ turn.T
        step = np.linalg.solve(curve, turn @ pull)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        for _ in range(30):
            there = _log_joint(s, _softmax(eta + step)[None], counts, repeats)[0]
            if there >= here:
                break
            step = step / 2
        else:
            break
        eta, gain, here = eta + step, there - here, there
        if gain < 1e-9 and np.abs(step).max() < 1e-6:
            break
    return eta, np.linalg.cholesky(np.linalg.inv(curve))


def normal_quantile(q: float, mean: Array, sd: Array) -> Array:
    """[K] the q-quantile of equal mixtures of normals, means and standard deviations [K, J]."""
    ends = mean + ndtri(q) * sd

    def rise(x: Array) -> tuple[Array, Array]:
        z = (x[:, None] - mean) / sd
        return ndtr(z).mean(1) - q, (np.exp(-np.square(z) / 2) / sd).mean(1) / np.sqrt(2 * np.pi)

    return _root(rise, ends.min(1), ends.max(1), ends.mean(1))


def beta_quantile(q: float, a: Array, b: Array, weight: Array) -> Array:
    """[K] the q-quantile of mixtures of Beta(a, b) [K, S] with weights [S]."""
    keep = weight > 1e-6
    a, b, share = a[:, keep], b[:, keep], weight[keep] / weight[keep].sum()
    ends = np.clip(betaincinv(a, b, q), 0, 1)
    constant = betaln(a, b)

    def rise(x: Array) -> tuple[Array, Array]:
        x = x[:, None]
        inner = np.clip(x, 1e-300, 1 - 1e-16)
        density = np.exp(np.minimum(xlogy(a - 1, inner) + xlog1py(b - 1, -inner) - constant, 600))
        return betainc(a, b, x) @ share - q, density @ share

    return _root(rise, ends.min(1), ends.max(1), ends @ share)


def _root(rise: Callable[[Array], tuple[Array, Array]], low: Array, high: Array, x: Array) -> Array:
    """Where a rising function is zero, elementwise: Newton inside a shrinking bracket, halved when it leaves."""
    for _ in range(80):
        value, slope = rise(x)
        low, high = np.where(value <= 0, x, low), np.where(value >= 0, x, high)
        step = np.divide(value, slope, out=np.full_like(x, np.inf), where=slope > 0)
        new = np.where((x - step >= low) & (x - step <= high), x - step, (low + high) / 2)
        done = np.abs(new - x) <= 1e-9 * (1e-3 + np.abs(new))
        x = new
        if done.all():
            break
    return x
