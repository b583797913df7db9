"""What the answers at a touchpoint say about leaving there: an association, used only where the data support it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from journey.analysis.chain import NORMAL, Array
from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.supposing import Answered
from journey.model import Measure, Scale

__all__ = ["Tie", "tie"]

FEWEST: Final = 30  # answers in the lower and in the upper half of the scale
LEAVERS: Final = 10  # of those who answered
FLAT: Final = 5.0  # prior standard deviation of the slope: holds it where all who left gave one answer

Verdict = Literal["tied", "not clear", "few answers", "few leave"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """How leaving right after a touchpoint goes with the satisfaction answered there.

    verdict   "tied": leaving clearly differs, and is taken to change with the ratings; "not clear": it does not;
              "few answers", "few leave": the data can't say, for too few answered low or high, or too few who answered
              left (those who leave a step seldom rate it)
    low, high share who left among answers in the lower and in the upper half of the scale, the middle in neither
    times     what the share that leaves is multiplied by; 1 unless tied. `times_low`, `times_high` its interval
    sd        its standard deviation, by which the uncertainty goes on into the goal rate
    answers   answers at the touchpoint on the way to the goal, of `visits`
    """

    at: str
    verdict: Verdict
    by: float
    low: Measure
    high: Measure
    times: float
    times_low: float
    times_high: float
    sd: float
    answers: int
    visits: int


def tie(at: str, asked: Answered, scale: Scale, by: float) -> Tie:
    """What the answers at a touchpoint say of leaving if their mean rose by `by` points towards the good end.

    A logistic curve of leaving over the answer, fitted to the visits that were rated; then the answers are reweighted,
    p_r e^(λ r), until their mean has moved by `by` (exponential tilting), and the shares that leave are compared. Its
    uncertainty is the curve's, to first order. Visits count as independent: each case can leave but once.
    Raises JourneyError if the mean would pass the end of the scale.
    """
    u = (asked.level - scale.low) / (scale.high - scale.low)
    u = u if scale.good == "high" else 1 - u
    p = asked.n / asked.n.sum()
    mean, wanted = float(p @ u), float(p @ u) + by / (scale.high - scale.low)
    if not u.min() <= wanted <= u.max():
        best = scale.high if scale.good == "high" else scale.low
        raise JourneyError(
            "“{at}”: the mean rating can't move by {by:+g} points: it stands at {mean:.2f}, and the best answer is "
            "{best:g}.",
            at=at,
            by=by,
            mean=_answer(mean, scale),
            best=best,
        )
    low, high = (_left(asked, half) for half in (u < 0.5, u > 0.5))
    verdict, times, sd = _verdict(asked, u, p, wanted, low, high)
    if verdict != "tied":
        times, sd = 1.0, 0.0
    return Tie(
        at=at,
        verdict=verdict,
        by=by,
        low=low,
        high=high,
        times=times,
        times_low=max(times - NORMAL * sd, 0.0),
        times_high=times + NORMAL * sd,
        sd=sd,
        answers=int(asked.n.sum()),
        visits=asked.visits,
    )


def _answer(u: float, scale: Scale) -> float:
    share = u if scale.good == "high" else 1 - u
    return scale.low + share * (scale.high - scale.low)


def _left(asked: Answered, half: NDArray[np.bool_]) -> Measure:
    n = int(asked.n[half].sum())
    return wilson(int(asked.left[half].sum()), n) if n else Measure.missing()


def _verdict(
    asked: Answered, u: Array, p: Array, wanted: float, low: Measure, high: Measure
) -> tuple[Verdict, float, float]:
    if min(low.n, high.n) < FEWEST:
        return "few answers", 1.0, 0.0
    if asked.left.sum() < LEAVERS or (asked.n - asked.left).sum() < LEAVERS:
        return "few leave", 1.0, 0.0
    line, spread = _logistic(u, asked.n, asked.left)
    if abs(line[1]) < NORMAL * np.sqrt(spread[1, 1]):
        return "not clear", 1.0, 0.0
    q = _tilted(p, u, wanted)
    left: Array = 1 / (1 + np.exp(-(line[0] + line[1] * u)))
    today, then = float(p @ left), float(q @ left)
    slope = left * (1 - left)
    design = np.stack([slope, slope * u])
    gradient = (design @ q) / today - then * (design @ p) / today**2
    return "tied", then / today, math.sqrt(max(float(gradient @ spread @ gradient), 0.0))


def _logistic(u: Array, n: Array, left: Array) -> tuple[Array, Array]:
    """Intercept and slope of the log-odds of leaving, and their covariance: Newton's steps, the slope held loosely."""
    rate = left.sum() / n.sum()
    design = np.stack([np.ones_like(u), u], 1)
    hold = np.diag([0.0, FLAT**-2])
    line = np.array([np.log(rate / (1 - rate)), 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ line)))
        curve = design.T @ ((n * chance * (1 - chance))[:, None] * design) + hold
        step = np.linalg.solve(curve, design.T @ (left - n * chance) - hold @ line)
        line = line + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    return line, np.linalg.inv(curve)


def _tilted(p: Array, u: Array, wanted: float) -> Array:
    """p e^(λ u), normalised, with the mean that is wanted: λ by bisection."""
    low, high = -200.0, 200.0
    q = p
    for _ in range(80):
        middle = (low + high) / 2
        weight = p * np.exp(middle * u - max(middle, 0.0))
        q = weight / weight.sum()
        low, high = (middle, high) if float(q @ u) < wanted else (low, middle)
    return q
