"""How well chances told fit what happened: who was told apart, whether a chance means what it says, what lists gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.estimate import wilson
from journey.estimate.auc import auc
from journey.estimate.bootstrap import draws_of
from journey.model import Measure
from journey.success.logit import calibration

__all__ = ["ROUNDS", "Band", "Quality", "quality_of"]

Array = NDArray[np.float64]

TOP: Final = 0.1
ROUNDS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A tenth of the accounts tried, by risk: the mean chance told, and the share that left, with its interval."""

    told: float
    left: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a forecast tells who leaves, on accounts and days that it was not learnt from.

    auc        chance that one who left was given the higher risk (.5 is chance)
    slope      of the outcome on the logit of the chance told: 1 is calibrated, under 1 too extreme
    lift       share leaving among the tenth with the highest risk, over the share among all; n is that tenth
    lead_days  median days from the forecast to leaving, of those of that tenth who left; None where no days are told
    tried, left   rows tried (accounts on days), and those that left
    bands      tenths by risk
    """

    auc: Measure
    slope: Measure
    lift: Measure
    lead_days: float | None
    tried: int
    left: int
    bands: tuple[Band, ...]


def quality_of(risk: Array, happened: NDArray[np.bool_], cluster: NDArray[np.int64], days: Array | None) -> Quality:
    """How well chances told [N] fit what happened [N]; rows of one cluster stand together. See `Quality`."""
    n = happened.size
    slope, low, high = calibration(risk, happened, cluster)
    order = np.argsort(-risk, kind="stable")
    top = np.zeros(n, bool)
    top[order[: max(round(TOP * n), 1)]] = True
    flagged = top & happened
    lead = None if days is None or not flagged.any() else float(np.median(days[flagged]))
    return Quality(
        auc=auc(risk, happened, customer=cluster, rounds=ROUNDS),
        slope=Measure(slope, low, high, n),
        lift=_lift(top, happened, cluster),
        lead_days=lead,
        tried=n,
        left=int(happened.sum()),
        bands=tuple(_band(risk[part], happened[part]) for part in np.array_split(order, min(10, n))),
    )


def _band(risk: Array, happened: NDArray[np.bool_]) -> Band:
    return Band(told=float(risk.mean()), left=wilson(int(happened.sum()), happened.size))


def _lift(top: NDArray[np.bool_], happened: NDArray[np.bool_], cluster: NDArray[np.int64]) -> Measure:
    """(left in the top / top) / (left / all): accounts in 256 buckets, buckets drawn with replacement."""
    bucket = (cluster * 2_654_435) % 2_147_483_629 % 256
    sums = np.stack([np.bincount(bucket, w, 256) for w in (top & happened, top, happened, np.ones(top.size))])
    drawn = sums @ draws_of(256).T
    with np.errstate(divide="ignore", invalid="ignore"):
        lifts = drawn[0] / drawn[1] * drawn[3] / drawn[2]
    value = (top & happened).sum() / top.sum() / happened.mean()
    lifts = lifts[np.isfinite(lifts)]
    low, high = np.quantile(lifts, (0.025, 0.975)) if lifts.size else (value, value)
    return Measure(float(value), float(min(low, value)), float(max(high, value)), int(top.sum()))
