"""The difference of two mean ratings, with its interval; and which of many differences stand out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import stdtr, stdtrit

from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["mean_difference", "standing_out", "welch"]

Sample = tuple[int, float | None, float | None]


def mean_difference(one: Sample, other: Sample, *, low: float, high: float, level: float = 0.95) -> Measure:
    """`one` − `other` of two separate groups' mean ratings on a scale from `low` to `high`; n is both together.

    Each is (n, mean, sample standard deviation). Welch's interval, with his degrees of freedom, held to ±(high − low).
    Equal answers are not certainty: a spread is at least that of one answer among n + 1 being a quarter of the scale
    away. Where a group has one answer, the interval is all that can be; where it has none, the difference is missing.
    Source: Welch 1947.
    """
    return welch(one, other, low=low, high=high, level=level)[0]


def welch(one: Sample, other: Sample, *, low: float, high: float, level: float = 0.95) -> tuple[Measure, float | None]:
    """`mean_difference`, and the two-sided p of no difference; None where a group has fewer than two answers."""
    if min(one[0], other[0]) < 0 or not 0 < level < 1:
        raise JourneyError("A difference needs numbers of 0 or more, and a level between 0 and 1.")
    if one[1] is None or other[1] is None or not (one[0] and other[0]):
        return Measure.missing(), None
    n, width, value = one[0] + other[0], high - low, one[1] - other[1]
    if min(one[0], other[0]) == 1:
        return Measure(value, -width, width, n), None
    parts = [_variance(sample, width) for sample in (one, other)]
    total = sum(parts)
    freedom = total**2 / sum(part**2 / (sample[0] - 1) for part, sample in zip(parts, (one, other), strict=True))
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(total)
    p = 2 * float(stdtr(freedom, -abs(value) / math.sqrt(total)))
    return Measure(value, max(value - half, -width), min(value + half, width), n), p


def standing_out(p: Sequence[float | None], *, q: float = 0.1) -> tuple[bool, ...]:
    """Which of many tests stand out when the share of false ones among them is held to q; None was no test.

    Source: Benjamini and Hochberg 1995.
    """
    known = sorted(one for one in p if one is not None)
    passed = [one for at, one in enumerate(known, 1) if one <= q * at / len(known)]
    limit = max(passed, default=-1.0)
    return tuple(one is not None and one <= limit for one in p)


def _variance(sample: Sample, width: float) -> float:
    """Variance of the mean."""
    n, _, sd = sample
    if sd is None or not (math.isfinite(sd) and sd >= 0):
        raise JourneyError(f"A mean of {n} answers needs their standard deviation, 0 or more; got {sd}.")
    least = width / 4 * math.sqrt(1 / (n + 1))
    return max(sd, least) ** 2 / n
