"""Does a score foretell an outcome? AUC with a cluster-bootstrap interval, and scores out of sample.

The AUC is the chance that a case with the outcome scores higher than one without, ties counting half. Cases of one
customer are alike, so customers are drawn with replacement, not cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["auc", "auc_difference", "logistic"]

Array = NDArray[np.float64]

Ranked = tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]

ROUNDS: Final = 1000


def auc(
    score: ArrayLike, outcome: ArrayLike, *, customer: ArrayLike | None = None, rounds: int = ROUNDS, seed: int = 0
) -> Measure:
    """AUC (0–1; .5 is chance) of a score [N] for a yes/no outcome [N], with a 95 % percentile interval.

    `customer` [N] names the cluster of each case (default: each case its own). The same seed gives the same interval.
    Raises JourneyError where the outcome is the same for all, or a score is missing.
    """
    happened, clusters, names = _checked(outcome, customer)
    ranked = _ranked(score, happened)
    value = _weighted(ranked, np.ones(happened.size))
    drawn = np.array([_weighted(ranked, w[clusters]) for w in _resamples(names, rounds, seed)])
    return _measure(value, drawn, happened.size)


def auc_difference(
    score: ArrayLike,
    other: ArrayLike,
    outcome: ArrayLike,
    *,
    customer: ArrayLike | None = None,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Measure:
    """AUC of `score` less that of `other` on the same cases (−1 … 1): paired, both from the same resamples."""
    happened, clusters, names = _checked(outcome, customer)
    one, two = _ranked(score, happened), _ranked(other, happened)
    every = np.ones(happened.size)
    value = _weighted(one, every) - _weighted(two, every)
    drawn = np.array(
        [_weighted(one, w[clusters]) - _weighted(two, w[clusters]) for w in _resamples(names, rounds, seed)]
    )
    return _measure(value, drawn, happened.size)


def logistic(
    features: ArrayLike,
    outcome: ArrayLike,
    new: ArrayLike,
    *,
    ridge: float = 1.0,
    nonnegative: bool = False,
) -> Array:
    """Learn P(outcome) from `features` [N, K] and score `new` [L, K]: probabilities [L], out of sample if `new` is.

    For a temporal split give the earlier cases first and score the later. Features are standardised on the learning
    cases; a missing one (NaN) counts as their mean and switches on an indicator of its own, so that not met is not
    mistaken for average. `ridge` is the penalty on the squared standardised weights; `nonnegative` keeps the
    features' weights (not the indicators') at or above zero.
    Raises JourneyError where the outcome is the same for all or shapes differ.
    """
    happened, _, _ = _checked(outcome, None)
    learn, apply = np.asarray(features, float), np.asarray(new, float)
    if learn.ndim != 2 or apply.ndim != 2 or learn.shape[1] != apply.shape[1] or len(learn) != happened.size:
        raise JourneyError("Features must be tables of the same columns, with one row for each outcome learnt from.")
    present = np.isfinite(learn)
    seen = np.maximum(present.sum(0), 1)
    mean = np.where(present, learn, 0).sum(0) / seen
    spread = np.sqrt(np.square(np.where(present, learn - mean, 0)).sum(0) / seen)
    gaps = ~present.all(0)

    def design(table: Array) -> Array:
        filled = np.where(np.isfinite(table), table - mean, 0)
        scaled = np.divide(filled, spread, out=np.zeros_like(filled), where=spread > 1e-12 * (1 + np.abs(mean)))
        return np.concatenate([np.ones((len(table), 1)), scaled, ~np.isfinite(table[:, gaps])], 1)

    x = design(learn)
    y = happened.astype(float)
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0

    def loss(beta: Array) -> tuple[float, Array]:
        z = x @ beta
        value = np.logaddexp(0, z).sum() - y @ z + (penalty * np.square(beta)).sum() / 2
        return float(value), x.T @ (expit(z) - y) + penalty * beta

    columns = learn.shape[1]
    bounds = [(None, None), *[(0 if nonnegative else None, None)] * columns, *[(None, None)] * int(gaps.sum())]
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    return np.asarray(expit(design(apply) @ found.x), float)


def _checked(outcome: ArrayLike, customer: ArrayLike | None) -> tuple[NDArray[np.bool_], NDArray[np.intp], int]:
    """Outcomes as booleans, a cluster number for each case, and the number of clusters."""
    given = np.asarray(outcome)
    if given.ndim != 1 or given.size == 0:
        raise JourneyError("There are no outcomes to validate against.")
    if given.dtype != np.bool_ and not np.isin(given, (0, 1)).all():
        raise JourneyError("An outcome must be yes or no for every case (true/false or 1/0).")
    happened = given.astype(bool)
    if happened.all() or not happened.any():
        raise JourneyError(f"The outcome is “{'yes' if happened[0] else 'no'}” for every case: nothing to tell apart.")
    if customer is None:
        return happened, np.arange(given.size), given.size
    names, clusters = np.unique(np.asarray(customer), return_inverse=True)
    if clusters.size != given.size:
        raise JourneyError("There must be one customer for each outcome.")
    return happened, clusters.reshape(-1), names.size


def _ranked(score: ArrayLike, happened: NDArray[np.bool_]) -> Ranked:
    """Cases in order of score: their order, their outcome, and where each run of ties starts."""
    values = np.asarray(score, float)
    if values.shape != happened.shape:
        raise JourneyError("There must be one score for each outcome.")
    if np.isnan(values).any():
        raise JourneyError("A score is missing: leave such cases out, or score them.")
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return order, happened[order], starts


def _weighted(ranked: Ranked, weight: Array) -> float:
    """AUC of weighted cases; not a number if a resample holds one outcome only."""
    order, happened, starts = ranked
    w = weight[order]
    yes = np.add.reduceat(np.where(happened, w, 0.0), starts)
    no = np.add.reduceat(np.where(happened, 0.0, w), starts)
    pairs = yes.sum() * no.sum()
    return float(yes @ (np.cumsum(no) - no / 2) / pairs) if pairs else float("nan")


def _resamples(clusters: int, rounds: int, seed: int) -> Iterator[Array]:
    """How often each cluster is drawn, once a round."""
    random = np.random.default_rng(seed)
    for _ in range(rounds):
        yield np.bincount(random.integers(clusters, size=clusters), minlength=clusters).astype(float)


def _measure(value: float, drawn: Array, n: int) -> Measure:
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.quantile(drawn, [0.025, 0.975]) if drawn.size else (value, value)
    return Measure(value, float(min(low, value)), float(max(high, value)), n)
