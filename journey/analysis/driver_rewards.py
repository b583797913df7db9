"""Penalty and reward: whether a bad rating costs more than a good one gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from journey.analysis.driver_columns import FEWEST, Fit, columns_of, fitted, products
from journey.estimate.difference import standing_out
from journey.events.before import Before
from journey.model import Measure

__all__ = ["Contrast", "contrasts"]

Array = NDArray[np.float64]
DRAWS: Final = 4_000
Q: Final = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Penalty, reward (outcome units toward the good end), asymmetry (−1 … 1) and what they make of a touchpoint."""

    penalty: Measure
    reward: Measure
    asymmetry: Measure
    kind: Literal["basic", "performance", "excitement"] | None


def contrasts(found: Before, *, seed: int = 0) -> dict[int, Contrast]:
    """Number of the touchpoint → its contrast, where twenty ratings at least are bad, between and good.

    y = β₀ + Σ [γ_k m_k + δ_k t_k + P_k low_k + R_k high_k]: low and high are ratings in the bad and the good quarter of
    the scale (1–2 and 4–5 of 1–5), against those between. Asymmetry is (R − |P|)/(R + |P|), with P ≤ 0 ≤ R; one that
    points the wrong way counts as none, and where a good rating does not go with clearly more than a bad one, a
    touchpoint is of no kind. Its interval is of draws from both coefficients, correlated as they are.
    Empty where there are too few outcomes for so many columns. Source: Mikulić and Prebežac 2008.
    """
    columns = columns_of(found, quarters=True)
    lows = [k for k, column in enumerate(columns) if column.what == "low"]
    if not lows or len(found.value) < 2 * len(columns) + FEWEST:
        return {}
    table = products(found, columns)
    if len(table.sums) < FEWEST:
        return {}
    fit, sign = fitted(table), 1 if found.outcome.good else -1
    random = np.random.default_rng(seed)
    pairs = [k for k in lows if np.isfinite(fit.value[[k, k + 1]]).all()]  # high stands after low
    drawn = [_drawn(fit.value[[k, k + 1]], fit.variance[np.ix_([k, k + 1], [k, k + 1])], random) for k in pairs]
    asymmetries = [
        _asymmetry(sign * fit.value[k], sign * fit.value[k + 1], sign * draw)
        for k, draw in zip(pairs, drawn, strict=True)
    ]
    clear = standing_out([_p_even(fit, k) for k in pairs], q=Q)
    out = {}
    for at, k in enumerate(pairs):
        rating = found.rating[found.at == columns[k].at]
        rated = int(np.isfinite(rating).sum())
        penalty, reward = (_turned(fit.interval(c), sign, rated) for c in (k, k + 1))
        index = asymmetries[at]
        asymmetry = Measure.missing() if index is None else Measure(*index, rated)
        out[columns[k].at] = Contrast(
            penalty=penalty,
            reward=reward,
            asymmetry=asymmetry,
            kind=_kind(penalty, reward, asymmetry, clear[at]) if _rises(fit, k, sign) else None,
        )
    return out


def _turned(interval: tuple[float, float, float], sign: int, n: int) -> Measure:
    value, *ends = (sign * x for x in interval)
    return Measure(value, min(ends), max(ends), n)


def _drawn(value: Array, variance: Array, random: np.random.Generator) -> Array:
    """[DRAWS, 2] of two coefficients."""
    values, vectors = np.linalg.eigh(variance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    return np.asarray(value + random.standard_normal((DRAWS, 2)) @ root.T)


def _asymmetry(penalty: float, reward: float, drawn: Array) -> tuple[float, float, float] | None:
    """Asymmetry with its interval; None where neither points the right way."""
    value = _index(np.array([penalty]), np.array([reward]))[0]
    if not np.isfinite(value):
        return None
    several = _index(drawn[:, 0], drawn[:, 1])
    # A draw in which neither counts leaves it open.
    low = float(np.quantile(np.where(np.isfinite(several), several, -1.0), 0.025))
    high = float(np.quantile(np.where(np.isfinite(several), several, 1.0), 0.975))
    return float(value), min(low, float(value)), max(high, float(value))


def _index(penalty: Array, reward: Array) -> Array:
    loss, gain = np.maximum(-penalty, 0), np.maximum(reward, 0)
    both = loss + gain
    return np.asarray(np.divide(gain - loss, both, out=np.full_like(both, np.nan), where=both > 0))


def _rises(fit: Fit, k: int, sign: int) -> bool:
    """A good rating goes with clearly more than a bad one; where not, neither penalty nor reward is what it seems."""
    spread = fit.variance[k, k] + fit.variance[k + 1, k + 1] - 2 * fit.variance[k, k + 1]
    more = sign * (fit.value[k + 1] - fit.value[k])
    return bool(more > float(stdtrit(fit.freedom, 0.975)) * np.sqrt(max(spread, 0.0)))


def _p_even(fit: Fit, k: int) -> float:
    """Of penalty and reward weighing the same."""
    spread = fit.variance[k, k] + fit.variance[k + 1, k + 1] + 2 * fit.variance[k, k + 1]
    if spread <= 0:
        return 1.0
    return float(2 * stdtr(fit.freedom, -abs(fit.value[k] + fit.value[k + 1]) / np.sqrt(spread)))


def _kind(
    penalty: Measure, reward: Measure, asymmetry: Measure, clear: bool
) -> Literal["basic", "performance", "excitement"] | None:
    """What its interval says."""
    low, high = asymmetry.low, asymmetry.high
    if low is None or high is None:
        return None
    hurts, delights = (penalty.high or 0) < 0, (reward.low or 0) > 0
    if clear and high < 0 and hurts:
        return "basic"
    if clear and low > 0 and delights:
        return "excitement"
    return "performance" if hurts and delights and low <= 0 <= high else None
