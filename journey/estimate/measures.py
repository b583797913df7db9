"""Answers to figures: satisfaction, effort, recommendation, sentiment, each with its 95 % interval.

Everything starts from counts or sums, so the same functions serve a list of five answers and a GROUP BY over a
hundred million. Without answers a measure is missing; it is never zero or neutral.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from journey.errors import JourneyError
from journey.model import Measure, Scale

__all__ = [
    "Effort",
    "ces",
    "clustered_mean",
    "csat_top2",
    "mean_t",
    "moments",
    "net_sentiment",
    "non_response_bounds",
    "nps",
    "nps_difference",
    "response_rate",
    "satisfaction_index",
    "wilson",
]

Counts = Mapping[float, int]


@dataclass(frozen=True, slots=True)
class Effort:
    """A customer effort score.

    version  "1.0" asks for effort (low is good), "2.0" for ease (high is good)
    mean     on the answers' own scale, t interval
    easy     share (0–1) of answers strictly on the easy side of the scale's middle (5–7 of 1–7), Wilson interval
    """

    version: str
    mean: Measure
    easy: Measure


def wilson(successes: float, n: float, *, level: float = 0.95) -> Measure:
    """A share (0–1) with Wilson's score interval, which stays inside 0–1 and is open at 0 of n. Source: Wilson 1927."""
    _counts(successes, n - successes, n)
    if n == 0:
        return Measure.missing()
    z = _z(level)
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return _within(p, middle - half, middle + half, n, 0.0, 1.0)


def mean_t(n: int, mean: float | None, sd: float | None, *, low: float, high: float, level: float = 0.95) -> Measure:
    """A mean rating with Student's t interval, clipped to the scale's range [low, high].

    `sd` is the sample's (n − 1). One answer knows nothing of the spread, so its interval is the whole scale. Equal
    answers are not certainty: the spread is at least that of one answer among n + 1 being a quarter of the scale
    away, (high − low)/4 · √(1/(n + 1)); on a 1–5 scale, one step.
    """
    _counts(n)
    if n == 0 or mean is None:
        return Measure.missing()
    if not low <= mean <= high:
        raise JourneyError(f"A mean of {mean:g} lies outside its scale ({low:g}–{high:g}).")
    if n == 1:
        return Measure(float(mean), float(low), float(high), 1)
    if sd is None or not (math.isfinite(sd) and sd >= 0):
        raise JourneyError(f"A mean of {n} answers needs their standard deviation, 0 or more; got {sd}.")
    least = (high - low) / 4 * math.sqrt(1 / (n + 1))
    half = float(stdtrit(n - 1, (1 + _level(level)) / 2)) * max(sd, least) / math.sqrt(n)
    return _within(mean, mean - half, mean + half, n, low, high)


def clustered_mean(total: ArrayLike, count: ArrayLike, *, low: float, high: float, level: float = 0.95) -> Measure:
    """A mean rating where customers answer often, from each customer's (or bucket's) sum and number of answers.

    The mean is a ratio of sums with a linearised, cluster-robust variance, B/(B − 1) Σ e_b², and B − 1 degrees of
    freedom, where B customers answered. From one customer the interval is the whole scale. Source: Cochran 1977, §6.
    """
    sums, sizes = np.asarray(total, float).ravel(), np.asarray(count, float).ravel()
    if sums.shape != sizes.shape or (sizes < 0).any():
        raise JourneyError("Sums and numbers of answers must be two lists of one length, numbers 0 or more.")
    n, clusters = sizes.sum(), int((sizes > 0).sum())
    if n == 0:
        return Measure.missing()
    mean = float(sums.sum() / n)
    if clusters == 1:
        return _within(mean, low, high, n, low, high)
    error = (sums - mean * sizes) / n
    spread = math.sqrt(clusters * clusters / (clusters - 1) * float(error @ error))  # as if of one customer's mean
    return Measure(
        mean, *_ends(mean_t(clusters, min(max(mean, low), high), spread, low=low, high=high, level=level)), int(n)
    )


def moments(counts: Counts) -> tuple[int, float | None, float | None]:
    """Number, mean and sample standard deviation (n − 1) from a count per answer; None where undefined."""
    values, weights = (np.array(list(x), float) for x in (counts.keys(), counts.values()))
    _counts(*weights)
    n = int(weights.sum())
    if n == 0:
        return 0, None, None
    mean = float(values @ weights / n)
    mean = min(max(mean, float(values[weights > 0].min())), float(values[weights > 0].max()))
    return n, mean, math.sqrt(float(weights @ np.square(values - mean)) / (n - 1)) if n > 1 else None


def csat_top2(counts: Counts, scale: Scale) -> Measure:
    """CSAT: the share (0–1) of answers in the two best boxes (4–5 of 1–5), Wilson interval.

    Boxes are one apart at the scale's good end. It cannot be carried from one scale to another, and a scale of fewer
    than five steps has no top two worth the name: JourneyError.
    """
    if scale.high - scale.low < 4:
        raise JourneyError(f"Scale “{scale.name}” has fewer than five steps: CSAT's top two boxes need five.")
    return _share(counts, scale, 1 - 1 / (scale.high - scale.low))


def ces(counts: Counts, scale: Scale) -> Effort:
    """Customer effort score, of the version that the scale's declared direction says. High is bad in 1.0, good in 2.0.

    1.0, "how much effort did you put in", 1–5, good="low". 2.0, "they made it easy", 1–7, good="high".
    """
    mean = mean_t(*moments(counts), low=scale.low, high=scale.high)
    return Effort("2.0" if scale.good == "high" else "1.0", mean, _share(counts, scale, 0.5 + 1e-9))


def nps(promoters: int, passives: int, detractors: int, *, level: float = 0.95) -> Measure:
    """Net Promoter Score in points (−100 … 100): promoters (9–10) less detractors (0–6) of all answers, on 0–10 only.

    Adjusted Wald interval around (x± + ¾)/(n + 3), which covers at small n where the plain one fails, widened to hold
    the value. Source: Rocks 2016.
    """
    return _times(_net(promoters, passives, detractors, level), 100)


def nps_difference(after: tuple[int, int, int], before: tuple[int, int, int], *, level: float = 0.95) -> Measure:
    """`after` − `before` in points (−200 … 200), each (promoters, passives, detractors) of separate people; n is both.

    Adjusted Wald: SE = √(V₁′/n₁′ + V₂′/n₂′) around the difference of the adjusted scores. Missing if either is empty.
    """
    _counts(*after, *before)
    if not sum(after) or not sum(before):
        return Measure.missing()
    (one, v1), (two, v2) = _adjusted(*after), _adjusted(*before)
    half = _z(level) * math.sqrt(v1 + v2)
    value = (after[0] - after[2]) / sum(after) - (before[0] - before[2]) / sum(before)
    return _times(_within(value, one - two - half, one - two + half, sum(after) + sum(before), -2, 2), 100)


def net_sentiment(positive: float, neutral: float, negative: float, *, level: float = 0.95) -> Measure:
    """Net sentiment (−1 … 1): share positive less share negative, with the interval of `nps`.

    Of weighted comments give shares times their effective number, which need not be whole.
    """
    return _net(positive, neutral, negative, level)


def satisfaction_index(n: int, mean: float | None, sd: float | None, scale: Scale) -> Measure:
    """Satisfaction index, 0–100, high is good: mean percent of maximum possible (POMP) of the answers, t interval.

    It is our own index, not the ACSI: say so beside it. `mean` and `sd` are of the raw answers on `scale`.
    Source: Cohen et al. 1999 for POMP.
    """
    own = mean_t(n, mean, sd, low=scale.low, high=scale.high)
    if own.value is None or own.low is None or own.high is None:
        return own
    low, high = sorted((100 * scale.pomp(own.low), 100 * scale.pomp(own.high)))
    return Measure(100 * scale.pomp(own.value), low, high, own.n)


def response_rate(answers: int, asked: int) -> Measure:
    """Share (0–1) of those asked who answered, Wilson interval; n is the number asked."""
    return wilson(answers, asked)


def non_response_bounds(p: float, rate: float) -> tuple[float, float]:
    """What share p can be among all asked when only `rate` of them answered (0–1): [rate·p, rate·p + 1 − rate].

    The silent may all be unhappy, or all happy; those who leave a step never rate it. Source: Manski 1989.
    """
    if not (0 <= p <= 1 and 0 <= rate <= 1):
        raise JourneyError(f"A share and a response rate lie between 0 and 1; got {p} and {rate}.")
    return rate * p, min(rate * p + 1 - rate, 1.0)


def _net(plus: float, zero: float, minus: float, level: float) -> Measure:
    _counts(plus, zero, minus)
    n = plus + zero + minus
    if n == 0:
        return Measure.missing()
    middle, variance = _adjusted(plus, zero, minus)
    half = _z(level) * math.sqrt(variance)
    return _within((plus - minus) / n, middle - half, middle + half, n, -1, 1)


def _adjusted(plus: float, zero: float, minus: float) -> tuple[float, float]:
    """Adjusted net share and the variance of its mean: three answers more, ¾ of one to each side."""
    n = plus + zero + minus + 3
    up, down = (plus + 0.75) / n, (minus + 0.75) / n
    return up - down, (up + down - (up - down) ** 2) / n


def _within(value: float, low: float, high: float, n: float, least: float, most: float) -> Measure:
    """A Measure whose interval holds its value and stays in range."""
    return Measure(float(value), float(max(min(low, value), least)), float(min(max(high, value), most)), int(n))


def _times(measure: Measure, factor: float) -> Measure:
    if measure.value is None or measure.low is None or measure.high is None:
        return measure
    return Measure(factor * measure.value, factor * measure.low, factor * measure.high, measure.n)


def _ends(measure: Measure) -> tuple[float | None, float | None]:
    return measure.low, measure.high


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise JourneyError(f"A level of confidence lies between 0 and 1, for example 0.95; got {level}.")
    return level


def _z(level: float) -> float:
    return float(ndtri((1 + _level(level)) / 2))


def _counts(*numbers: float) -> None:
    for number in numbers:
        if not (math.isfinite(number) and number >= 0):
            raise JourneyError(f"A count must be 0 or more, and no more than the whole; got {number:g}.")


def _share(counts: Counts, scale: Scale, least: float) -> Measure:
    """Share of answers at or above `least` of the way to the scale's good end."""
    for answer in counts:
        if not scale.low <= answer <= scale.high:
            raise JourneyError(f"Answer {answer:g} is outside scale “{scale.name}” ({scale.low:g}–{scale.high:g}).")
    good = sum(number for answer, number in counts.items() if scale.pomp(answer) >= least - 1e-12)
    return wilson(good, sum(counts.values()))
