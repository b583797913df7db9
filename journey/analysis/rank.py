"""Friction from a tally: which places hurt, why, and how sure that is.

Each component's severities are shrunken towards the journey's mean of that component, the components are weighted into
a score of 0–100, and reach turns the excess over a target into a burden, by which places are ranked. The intervals,
rank intervals and P(top 3) come from draws of the hierarchical posterior, correlated as the customers' buckets say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.severities import Means, Severities, bent, posterior, raw_means
from journey.errors import JourneyError, suggest
from journey.model import COMPONENTS, WEIGHTS, Friction, Measure, Tally

__all__ = ["WEIGHTS", "rank"]

Array = NDArray[np.float64]
Draws = NDArray[np.floating[Any]]

MOST_NUMBERS: Final = 14_000_000  # random numbers; past it fewer draws are taken, but never under 1,000
LEAST_DRAWS: Final = 1_000
LARGEST: Final = 1e15  # weight or cost: times visits it still fits the 32 bits of a draw
BLOCK: Final = 2_000_000  # random numbers held at a time


def rank(
    tally: Tally,
    *,
    weights: Mapping[str, float] | None = None,
    targets: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
    draws: int = 4000,
    seed: int = 0,
) -> tuple[Friction, ...]:
    """Score and rank the places of a tally by burden, worst first.

    weights  component → weight in the score. Default: .25 each for dissatisfaction and effort, .1 each for exit,
             rework, wait, switch and help. Only names to be changed need to be given. At each place the weights are
             renormalised over the components observed there; `coverage` is their share of the tally's weights.
    targets  component → severity (0–1) that is acceptable. Default: the component's mean over the places, as the
             model estimates it, that is, this journey's own average. It is taken as fixed when the burden is drawn.
    costs    component → cost of one unit of severity at one visit. Default 1: burden counts customers.
    draws    posterior draws behind the intervals; with very many places fewer are taken (never under 1,000).

    The burden's value is visits × Σ cost · (severity − target)⁺ of the shrunken severities, so it can be recomputed
    from what is shown; the mean of its draws is higher, since only excess counts, and the interval is of the draws,
    widened to hold the value. Places tied in burden are ordered by score. A place where nothing was observed has
    missing measures and stands last. The same tally, options and seed give the same result.

    Raises JourneyError for an unknown component, a negative weight or cost, a target outside 0–1, or no draws.
    """
    weight = _settings(tally, weights, WEIGHTS, "weights", most=LARGEST)
    cost = _settings(tally, costs, dict.fromkeys(COMPONENTS, 1.0), "costs", most=LARGEST)
    target = _settings(tally, targets, {}, "targets", most=1.0)
    if len(tally.components) and not weight.sum() > 0:
        raise JourneyError("All weights are zero: give at least one component a weight above zero.")
    if draws < 1:
        raise JourneyError(f"At least one draw is needed for an interval; got {draws}.")
    if not tally.at:
        return ()
    means = raw_means(tally)
    severities = posterior(means)
    average = np.array([0.0 if fit is None else min(max(fit.common.centre, 0.0), 1.0) for fit in severities.fits])
    target = np.where(np.isnan(target), average, target)
    share = np.where(means.seen, weight[:, None], 0.0)
    total = share.sum(0)
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    score, burden = _draw(tally, means, severities, share, target, cost, draws=draws, seed=seed)
    excess = np.maximum(severities.value - target[:, None], 0) * cost[:, None] * means.seen
    coverage = total / max(weight.sum(), 1e-300)
    return _assemble(tally, means, severities, share, coverage, score, burden, tally.visits * excess.sum(0), target)


def _settings(
    tally: Tally, given: Mapping[str, float] | None, default: Mapping[str, float], what: str, *, most: float
) -> Array:
    """[M] a number per component of the tally: the one given, else the default, else not a number."""
    for name, number in (given or {}).items():
        if name not in COMPONENTS:
            raise JourneyError(f"{what}: there is no component “{name}”.{suggest(name, COMPONENTS)}")
        if not (isinstance(number, int | float | np.number) and 0 <= number <= most):
            span = "from 0 to 1" if most == 1 else f"of 0 or more, at most {most:g}"
            raise JourneyError(f"{what}: {name} must be a number {span}, got {number}.")
    both = {**default, **(given or {})}
    return np.array([both.get(name, math.nan) for name in tally.components], float)


def _draw(
    tally: Tally,
    means: Means,
    severities: Severities,
    share: Array,
    target: Array,
    cost: Array,
    *,
    draws: int,
    seed: int,
) -> tuple[tuple[Array, Array], Draws]:
    """The score's interval ([P], [P]) and draws of the burden [P, S]."""
    components, places = means.mean.shape
    draws = min(draws, max(MOST_NUMBERS // max(components * places, 1), LEAST_DRAWS))
    random = np.random.default_rng(seed)
    live = [(m, fit, np.cumsum(means.seen[m]) - 1) for m, fit in enumerate(severities.fits) if fit is not None]
    node = {m: random.integers(fit.common.tau.size, size=draws) for m, fit, _ in live}
    shift = {
        m: (np.sqrt(fit.common.mu_var[node[m]]) * random.standard_normal(draws)).astype(np.float32)
        for m, fit, _ in live
    }
    low, high = np.zeros(places), np.zeros(places)
    burden = np.empty((places, draws), np.float32)
    step = max(BLOCK // max(components * draws, 1), 1)
    for start in range(0, places, step):
        here = np.arange(start, min(start + step, places))
        noise = random.standard_normal((here.size, components, draws), dtype=np.float32)
        noise = severities.root[here].astype(np.float32) @ noise
        score, excess = (np.zeros((here.size, draws), np.float32) for _ in range(2))
        for m, fit, row in live:
            there = np.flatnonzero(means.seen[m, here])
            at, p = row[here[there]], here[there, None]
            pull, middle, sd, skew = (
                x[at].astype(np.float32)[:, node[m]] for x in (fit.pull, fit.middle, fit.sd, fit.skew)
            )
            severity = np.clip(middle + pull * shift[m] + sd * bent(noise[there, m], skew), 0, 1)
            score[there] += share[m, p].astype(np.float32) * severity
            excess[there] += np.float32(cost[m]) * np.maximum(severity - np.float32(target[m]), 0)
        low[here], high[here] = _interval(score)
        burden[here] = tally.visits[here, None] * excess
    return (100 * low, 100 * high), burden


def _interval(draws: Draws) -> tuple[Draws, Draws]:
    """[P], [P] the ends of the central 95 % of draws [P, S]."""
    size = draws.shape[1]
    cut = round(0.025 * (size - 1))
    ordered = np.partition(draws, (cut, size - 1 - cut), axis=1)
    return ordered[:, cut], ordered[:, size - 1 - cut]


def _assemble(
    tally: Tally,
    means: Means,
    severities: Severities,
    share: Array,
    coverage: Array,
    score: tuple[Array, Array],
    burden_draws: Draws,
    burden: Array,
    target: Array,
) -> tuple[Friction, ...]:
    known = coverage > 0
    ranks = _ranks(burden_draws, known)
    rank_low, rank_high = _interval(ranks)
    top3 = np.where(known, (ranks <= 3).mean(1), 0.0)
    low, high = _interval(burden_draws)
    rough = (share * severities.value).sum(0)
    order = np.lexsort((-rough, -burden, ~known))
    out = []
    for place, p in enumerate(order.tolist(), start=1):
        seen = [(m, name) for m, name in enumerate(tally.components) if means.seen[m, p]]
        parts = {name: float(100 * share[m, p] * severities.value[m, p]) for m, name in seen} if known[p] else {}
        value = sum(parts.values())
        n = int(tally.visits[p])
        out.append(
            Friction(
                at=tally.at[p],
                score=_measure(value, score[0][p], score[1][p], n) if known[p] else Measure.missing(),
                burden=_measure(burden[p], low[p], high[p], n) if known[p] else Measure.missing(),
                contributions=parts,
                components={
                    name: _measure(
                        severities.value[m, p], severities.low[m, p], severities.high[m, p], int(means.n[m, p])
                    )
                    for m, name in seen
                },
                raw={name: float(means.mean[m, p]) for m, name in seen},
                expected={name: float(target[m]) for m, name in seen},
                p_top3=float(top3[p]),
                rank=place,
                rank_low=min(int(rank_low[p]), place),
                rank_high=max(int(rank_high[p]), place),
                coverage=float(coverage[p]),
            )
        )
    return tuple(out)


def _measure(value: float, low: float, high: float, n: int) -> Measure:
    return Measure(float(value), float(min(low, value)), float(max(high, value)), n)


def _ranks(burden: Draws, known: NDArray[np.bool_]) -> Array:
    """[P, S] the rank of every place in every draw, 1 the largest burden; zeros fall by lot, unknown places last."""
    lot = np.random.default_rng(burden.shape[0]).random(burden.shape)
    key = np.where(known[:, None], np.where(burden > 0, -burden, lot), 1 + lot).T
    order = key.argsort(axis=1)
    ranks = np.empty(order.shape)
    np.put_along_axis(ranks, order, np.arange(1.0, len(burden) + 1)[None, :], axis=1)
    return np.ascontiguousarray(ranks.T)
