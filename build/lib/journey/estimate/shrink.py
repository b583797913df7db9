"""Small samples: hierarchical shrinkage whose hyperparameters are integrated, not plugged in.

A unit with few answers borrows from its peers: its estimate moves towards their mean, the more so the less it knows
itself. How far is decided by how much the units differ, which is uncertain too; that uncertainty is integrated on a
grid, because plugging in one estimate gives intervals that are too narrow. Everything here is quadrature: no random
numbers, the same answer every time.

Sources: Gelman et al., *Bayesian Data Analysis* (3rd ed.), §5.3 beta–binomial, §5.4 normal–normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from journey.errors import JourneyError
from journey.estimate.hierarchy import beta_quantile, fit_normal, hyper_nodes, normal_quantile
from journey.model import Measure

__all__ = ["Shrunken", "beta_binomial", "normal", "nps", "ratings", "smooth_variance"]

Array = NDArray[np.float64]

POOL: Final = 4.0  # answers' worth of belief in the common spread when a unit's own is estimated


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Shrunken estimates: `units` as given in order (missing where nothing was answered).

    centre  posterior mean of the units' common mean; spread that of their standard deviation around it.
            Both None where no unit has an answer.
    """

    units: tuple[Measure, ...]
    centre: float | None
    spread: float | None


def normal(
    mean: ArrayLike, variance: ArrayLike, *, n: ArrayLike, low: float, high: float, level: float = 0.95
) -> Shrunken:
    """Shrink means whose sampling variances are known; units of `mean`, all inside [low, high].

    `n` [K] answers; where it is 0 the unit is missing and its mean and variance are not looked at. The interval is
    the central `level` of the posterior, clipped to [low, high].
    Source: BDA3 §5.4 (flat μ, flat τ).
    """
    value, spread, answers = (np.atleast_1d(np.asarray(x, float)) for x in (mean, variance, n))
    if not value.shape == spread.shape == answers.shape or value.ndim != 1:
        raise JourneyError("Means, variances and numbers of answers must be three lists of one length.")
    seen = answers > 0
    y, v = value[seen], spread[seen]
    if y.size == 0:
        return Shrunken((Measure.missing(),) * seen.size, None, None)
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise JourneyError("Every unit with answers needs a finite mean and a variance above zero.")
    fit = fit_normal(y, v, top=(high - low) / 2)
    centre, around = fit.moments(y, v)
    ends = [np.clip(normal_quantile(q, centre, np.sqrt(around)), low, high) for q in _tails(level)]
    return Shrunken(_measures(seen, answers, centre.mean(1), *ends), fit.centre, fit.spread)


def ratings(n: ArrayLike, mean: ArrayLike, sd: ArrayLike, *, low: float, high: float, level: float = 0.95) -> Shrunken:
    """Shrink mean ratings on a scale from `low` to `high`, in its own units: normal–normal.

    n [K] answers, mean [K], sd [K] sample standard deviations (n − 1; not looked at where n < 2). A unit's own spread
    is moderated by the pooled one, so that five equal answers are not taken for certainty (`smooth_variance`).
    """
    answers, value, spread = (np.atleast_1d(np.asarray(x, float)) for x in (n, mean, sd))
    if not value.shape == spread.shape == answers.shape or value.ndim != 1:
        raise JourneyError("Numbers of answers, means and standard deviations must be three lists of one length.")
    told = answers > 0
    if ((value[told] < low) | (value[told] > high)).any():
        raise JourneyError(f"A mean lies outside its scale ({low:g}–{high:g}).")
    variance = smooth_variance(answers, spread, width=high - low) / np.maximum(answers, 1)
    return normal(value, variance, n=answers, low=low, high=high, level=level)


def smooth_variance(n: Array, sd: Array, *, width: float) -> Array:
    """[K] variance of one answer: the unit's own, moderated by the pooled one as if that were four answers more.

    The pooled variance itself starts from one answer's worth of a uniform spread over the scale (width²/12), so it is
    never zero. `width` is the length of the scale. Source: the moderated variance of Smyth (2004).
    """
    freedom = np.maximum(n - 1, 0)
    squares = np.where(freedom > 0, freedom * np.square(np.where(freedom > 0, sd, 0)), 0)
    pooled = (width**2 / 12 + squares.sum()) / (1 + freedom.sum())
    return np.asarray((POOL * pooled + squares) / (POOL + freedom), float)


def beta_binomial(successes: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Shrunken:
    """Shrink shares (0–1): x_k ~ BetaBinomial(n_k, ms, (1 − m)s) with p(α, β) ∝ (α + β)^(−5/2).

    successes, n [K] counts. Source: BDA3 §5.3. The prior is uniform in the mean m and in s^(−1/2), with
    s at or above one answer: below, the posterior is improper when every unit is all successes or all failures.
    """
    yes, answers = (np.atleast_1d(np.asarray(x, float)) for x in (successes, n))
    if yes.shape != answers.shape or yes.ndim != 1 or not ((yes >= 0) & (yes <= answers)).all():
        raise JourneyError("Successes must be counts between 0 and the number of answers of the same unit.")
    return _shrink_counts(np.stack([yes, answers - yes], 1), np.array([1.0, 0.0]), level)


def nps(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, *, level: float = 0.95) -> Shrunken:
    """Shrink Net Promoter Scores, in points (−100 … 100): Dirichlet–multinomial, the same prior in three categories.

    promoters, passives, detractors [K] counts. `spread` is in points too.
    """
    columns = [np.atleast_1d(np.asarray(x, float)) for x in (promoters, passives, detractors)]
    if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1 or any((c < 0).any() for c in columns):
        raise JourneyError("Promoters, passives and detractors must be three lists of counts of one length.")
    shares = _shrink_counts(np.stack(columns, 1), np.array([1.0, 0.5, 0.0]), level)
    units = tuple(
        unit
        if unit.value is None or unit.low is None or unit.high is None
        else Measure(200 * unit.value - 100, 200 * unit.low - 100, 200 * unit.high - 100, unit.n)
        for unit in shares.units
    )
    if shares.centre is None or shares.spread is None:
        return Shrunken(units, None, None)
    return Shrunken(units, 200 * shares.centre - 100, 200 * shares.spread)


def _shrink_counts(counts: Array, score: Array, level: float) -> Shrunken:
    """Shrink the mean score (in [0, 1]) of category counts [K, C], whose categories score `score` [C].

    Given (m, s) a unit's posterior is Dirichlet(s·m + counts). Mixed over m at one s, the mean score is matched by a
    Beta of the same mean and variance (exact for two categories and one m); over s the mixture is kept.
    """
    answers = counts.sum(1)
    seen = answers > 0
    if not seen.any():
        return Shrunken((Measure.missing(),) * seen.size, None, None)
    distinct, back = np.unique(counts[seen], axis=0, return_inverse=True)
    strength, means, weights = hyper_nodes(counts[seen])
    row = weights.sum(1)  # posterior of s
    inner = weights / row[:, None]
    total = strength[:, None] + distinct.sum(1)  # [S, K]
    alpha = strength[:, None, None, None] * means[:, None] + distinct[:, None]  # [S, K, G, C]
    first = alpha @ score / total[..., None]
    second = (alpha @ np.square(score) / total[..., None] - np.square(first)) / (total[..., None] + 1)
    mean = (first * inner[:, None]).sum(2)
    var = ((second + np.square(first)) * inner[:, None]).sum(2) - np.square(mean)
    size = np.maximum(mean * (1 - mean) / np.maximum(var, 1e-300) - 1, 1e-6)
    a, b = (mean * size).T, ((1 - mean) * size).T  # [K, S]
    value = row @ mean
    ends = [beta_quantile(q, a, b, row) for q in _tails(level)]
    prior = means @ score  # [S, G]
    between = np.sqrt(np.maximum(means @ np.square(score) - np.square(prior), 0) / (strength[:, None] + 1))
    back = back.reshape(-1)
    units = _measures(seen, answers, value[back], ends[0][back], ends[1][back])
    return Shrunken(units, float((weights * prior).sum()), float((weights * between).sum()))


def _tails(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise JourneyError(f"A level of confidence lies between 0 and 1, for example 0.95; got {level}.")
    return (1 - level) / 2, (1 + level) / 2


def _measures(seen: NDArray[np.bool_], n: Array, value: Array, low: Array, high: Array) -> tuple[Measure, ...]:
    """Spread the estimates of the units that were seen over all units; the others are missing."""
    out = [Measure.missing()] * seen.size
    low, high = np.minimum(low, value), np.maximum(high, value)
    rows = zip(np.flatnonzero(seen).tolist(), value.tolist(), low.tolist(), high.tolist(), strict=True)
    for k, v, lo, hi in rows:
        out[k] = Measure(v, lo, hi, int(n[k]))
    return tuple(out)
