"""Differences: one thing on two sides, how far they are apart, and whether that is clear."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from scipy.special import ndtr

from journey.analysis.compare_means import Estimates, Judged, benjamini_hochberg
from journey.estimate.measures import nps, nps_difference
from journey.model import Measure, Place, Scale

__all__ = ["ROLES", "Difference", "Q", "answers", "clear_first", "differences", "measured", "recommended", "settled"]

# Share of false alarms among the differences that are called clear.
Q: Final = 0.10
# Ratings are compared on their own scale, as means; in the tally they stand as severities.
ROLES: Final[Mapping[str, str]] = {"dissatisfaction": "satisfaction", "effort": "effort"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing measured on both sides, and how far they are apart.

    of          what is measured. Shares, 0–1: "exit", "rework", "switch", "help" (as friction counts them), "reach" (of
                the cases), "share" (of the moves that leave the source), "goal", "csat". A severity, 0–1: "wait".
                Means on the scale they were asked on: "satisfaction", "effort". Points, −100 … 100: "nps". Seconds:
                "wait_median_s"
    at          the touchpoint or the (source, target) pair; None for the journey as a whole
    a, b        each side with its own interval; n answers, visits, moves or cases
    difference  a less b, with its interval; missing where either side has too few customers to tell
    effect      the difference as a share of what is possible, −1 … 1; of median waits, how much larger a share of B
                came by when half of both had come. None where the difference is missing
    p           of there being no difference; `clear` if it stands out among all differences tested with it and its
                interval leaves out 0
    good        which end of the measure is good; None where neither is
    """

    of: str
    at: str | tuple[Place, Place] | None
    a: Measure
    b: Measure
    difference: Measure
    effect: float | None
    p: float | None
    good: Literal["high", "low"] | None
    clear: bool = False

    @property
    def least(self) -> float:
        """The effect that the data vouch for, 0–1: at the end of the interval nearer to 0; 0 if that lies inside."""
        value, low, high = self.difference.value, self.difference.low, self.difference.high
        if not value or not self.effect or low is None or high is None or low <= 0 <= high:
            return 0.0
        return abs(self.effect * min(abs(low), abs(high)) / value)

    @property
    def better(self) -> Literal["a", "b"] | None:
        """The side that is clearly better off; None where neither is."""
        if not self.clear or self.good is None or not self.difference.value:
            return None
        return "a" if (self.difference.value > 0) == (self.good == "high") else "b"


def differences(
    of: str,
    at: Sequence[Any],
    found: Judged,
    *,
    scale: Scale | None = None,
    good: Literal["high", "low"] | None = None,
) -> list[Difference]:
    """One measure at several places as Differences; those that were observed on both sides.

    scale   turns severities (0–1) back into the mean answers on it
    """
    out = []
    for k, place in enumerate(at):
        if not found.n[:, k].all():
            continue
        a, b = (measured(found, side, k) for side in (0, 1))
        known = math.isfinite(found.p[k])
        difference = Measure.missing()
        if known:
            difference = Measure(
                float(found.difference[k]), float(found.least[k]), float(found.most[k]), int(found.n[:, k].sum())
            )
        effect = float(found.difference[k]) if known else None
        if scale is not None:
            a, b, difference = answers(a, scale), answers(b, scale), answers(difference, scale, origin=0.0)
            effect = None if effect is None else effect * (-1 if scale.good == "high" else 1)
        p = float(found.p[k]) if known else None
        out.append(Difference(of=of, at=place, a=a, b=b, difference=difference, effect=effect, p=p, good=good))
    return out


def measured(found: Judged | Estimates, side: int, k: int) -> Measure:
    """One mean with its interval."""
    mean, low, high = (float(x[side, k]) for x in (found.mean, found.low, found.high))
    return Measure(mean, low, high, int(found.n[side, k]))


def answers(severity: Measure, scale: Scale, *, origin: float | None = None) -> Measure:
    """A mean severity, or with origin 0 a difference of two, as answers on the scale."""
    if severity.value is None or severity.low is None or severity.high is None:
        return severity
    sign = -1 if scale.good == "high" else 1
    start = (scale.high if scale.good == "high" else scale.low) if origin is None else origin
    step = sign * (scale.high - scale.low)
    low, high = sorted((start + step * severity.low, start + step * severity.high))
    return Measure(start + step * severity.value, low, high, severity.n)


def recommended(a: tuple[int, int, int], b: tuple[int, int, int]) -> Difference:
    """NPS of two sides, each promoters, passives, detractors; both must have answers."""
    apart = nps_difference(a, b)
    assert apart.value is not None
    assert apart.low is not None
    assert apart.high is not None
    # Back from the interval, whose middle is the adjusted difference, to the test.
    z = abs(apart.high + apart.low) / (apart.high - apart.low) * 1.959964
    return Difference(
        of="nps",
        at=None,
        a=nps(*a),
        b=nps(*b),
        difference=apart,
        effect=apart.value / 200,
        p=float(2 * ndtr(-z)),
        good="high",
    )


def settled(found: Sequence[Difference], *, q: float = Q) -> tuple[Difference, ...]:
    """The differences with `clear` told, over all of them, in their order."""
    p = np.array([math.nan if one.p is None else one.p for one in found], float)
    return tuple(
        replace(one, clear=bool(stands_out) and _leaves_out_zero(one.difference))
        for one, stands_out in zip(found, benjamini_hochberg(p, q), strict=True)
    )


def clear_first(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """The clear differences first, those with the largest effect that the data vouch for on top."""
    return tuple(
        sorted(found, key=lambda one: (not one.clear, -one.least, -abs(one.effect or 0.0), str(one.at), one.of))
    )


def _leaves_out_zero(difference: Measure) -> bool:
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)
