"""Whom comments stand for: those who write are not like those who answer.

The angry write more often than the content. Among those who gave one score, whoever wrote stands for all of them: a
comment weighs 1/P(comment | score), visits with that answer by comments with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from journey.estimate.measures import mean_t, net_sentiment, wilson
from journey.model import Measure
from journey.voice.heard import Heard

__all__ = ["heard", "share", "weights"]

Array = NDArray[np.float64]


def weights(
    satisfaction: Array, nps: Array, apart: NDArray[np.bool_], given: Mapping[tuple[str, bool], Mapping[float, int]]
) -> Array:
    """[N] 1/P(comment | score) of each comment; NaN where no score is known to stand for.

    satisfaction, nps   [N] the answers beside the comments, NaN where none: the first that is there counts
    given               (role, apart) → answer → how many gave it. Sources `apart` have a probability of their own,
                        because where nobody is asked other people write
    """
    found = np.full(len(satisfaction), np.nan)
    left = np.ones(len(satisfaction), bool)
    for role, answers in (("satisfaction", satisfaction), ("nps", nps)):
        for aside in (False, True):
            for answer, n in given.get((role, aside), {}).items():
                here = left & (apart == aside) & (answers == answer)
                if here.any():
                    found[here] = max(1.0, n / here.sum())
        left = left & np.isnan(answers)
    return found


def share(has: NDArray[np.bool_], weight: Array | None = None) -> Measure:
    """The share (0–1) of comments that have something, Wilson interval; weighted, with Kish's effective number."""
    if weight is None:
        return wilson(int(has.sum()), len(has))
    known = np.isfinite(weight)
    w = weight[known]
    if not w.size:
        return Measure.missing()
    size = float(w.sum() ** 2 / np.square(w).sum())
    part = min(1.0, float(w[has[known]].sum() / w.sum()))
    return _of(wilson(part * size, size), int(known.sum()))


def heard(verdict: NDArray[np.int64], sentiment: Array, weight: Array) -> Heard:
    """Sentiment of some comments: [N] verdicts (1, 0, −1), sentiments (NaN unknown) and weights (NaN unknown)."""
    plus, minus = int((verdict > 0).sum()), int((verdict < 0).sum())
    zero = len(verdict) - plus - minus
    felt = sentiment[np.isfinite(sentiment)]
    n = len(felt)
    mean = float(felt.mean()) if n else None
    sd = float(felt.std(ddof=1)) if n > 1 else None
    return Heard(
        positive=plus,
        unclear=zero,
        negative=minus,
        net=net_sentiment(plus, zero, minus),
        net_weighted=_weighted_net(verdict, weight),
        sentiment=mean_t(n, mean, sd, low=-1, high=1),
    )


def _weighted_net(verdict: NDArray[np.int64], weight: Array) -> Measure:
    known = np.isfinite(weight)
    w, signs = weight[known], verdict[known]
    if not w.size:
        return Measure.missing()
    total = float(w.sum())
    size = total * total / float(np.square(w).sum())
    up, down = (size * float(w[signs == sign].sum()) / total for sign in (1, -1))
    return _of(net_sentiment(up, max(0.0, size - up - down), down), int(known.sum()))


def _of(measure: Measure, n: int) -> Measure:
    """The measure with the number of comments behind it, where it was made of their effective number."""
    if measure.value is None or not math.isfinite(measure.value):
        return Measure.missing()
    return Measure(measure.value, measure.low, measure.high, n)
