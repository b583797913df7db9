"""What is at stake: revenue at risk, all in all and by the touchpoints whose friction goes with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from journey.errors import JourneyError
from journey.estimate.difference import standing_out
from journey.model import Measure
from journey.success.churn import Churn

__all__ = ["AtRisk", "StakeAt", "at_risk"]

Q = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class StakeAt:
    """Monthly revenue at risk associated with the friction at a touchpoint.

    at        the touchpoint
    revenue   Σ over accounts MRR · [p − p if friction here stood at the target], monthly, in the accounts' currency;
              n is accounts that met it with more friction than the target. Associated with, never caused by, the
              friction; touchpoints don't add up
    accounts  accounts that met it at all;  target: the friction (0–1) held against
    clear     whether it stands out among all touchpoints (false discovery rate 10 %)
    """

    at: str
    revenue: Measure
    accounts: int
    target: float
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """Monthly revenue that is expected to be lost within the horizon.

    revenue   Σ MRR · p over the accounts alive, monthly, in `currency`;  of: all their MRR;  horizon_days
    stakes    touchpoints, largest first
    """

    revenue: Measure
    of: float
    currency: str | None
    horizon_days: int
    stakes: tuple[StakeAt, ...]


def at_risk(churn: Churn, *, currency: str | None = None, targets: Mapping[str, float] | None = None) -> AtRisk:
    """Revenue at risk, Σ MRR_c p_c, and by touchpoint Σ MRR_c [p(x_c) − p(x_c | friction here = target)].

    targets   touchpoint → acceptable friction (0–1); default: the middle friction of those accounts that met it

    Only friction above the target is brought down to it. The intervals tell what is not known of the model's weights
    (delta method, clustered by account) and, in all, of who happens to leave. Raises JourneyError where no MRR is told.
    """
    panel, model = churn.panel, churn.model
    now = np.isin(panel.acc, churn.scores["acc"].to_numpy()) & (panel.at == panel.at.max())
    x, mrr = panel.features[now], panel.mrr[now]
    if not (mrr > 0).any():
        raise JourneyError("These accounts tell no MRR, so no revenue can be at risk.")
    p = model.predict(x)
    slope = (mrr * p * (1 - p)) @ model.design(x)
    spread = float(np.sum(mrr**2 * p * (1 - p)) + slope @ model.covariance @ slope) ** 0.5
    total = float(mrr @ p)
    stakes = _stakes(churn, x, mrr, dict(targets or {}))
    return AtRisk(
        revenue=Measure(total, max(total - 1.96 * spread, 0.0), min(total + 1.96 * spread, float(mrr.sum())), len(mrr)),
        of=float(mrr.sum()),
        currency=churn.currency if currency is None else currency,
        horizon_days=churn.horizon_days,
        stakes=stakes,
    )


def _stakes(churn: Churn, x: np.ndarray, mrr: np.ndarray, targets: Mapping[str, float]) -> tuple[StakeAt, ...]:
    found: list[StakeAt] = []
    p: list[float] = []
    for name, column in churn.panel.friction.items():
        met = np.isfinite(x[:, column])
        if not met.any():
            continue
        target = float(targets.get(name, np.median(x[met, column])))
        other = x.copy()
        above = met & (x[:, column] > target)
        other[above, column] = target
        (value,), (sd,) = churn.model.change(x, other[None], mrr)
        low, high = float(value - 1.96 * sd), float(value + 1.96 * sd)
        revenue = Measure(float(value), low, high, int(above.sum()))
        p.append(float(2 * norm.sf(abs(value) / sd)) if sd > 0 else 1.0)
        found.append(StakeAt(at=name, revenue=revenue, accounts=int(met.sum()), target=target, clear=False))
    stands = standing_out(p, q=Q)
    told = [dataclasses.replace(one, clear=clear) for one, clear in zip(found, stands, strict=True)]
    return tuple(sorted(told, key=lambda one: -(one.revenue.value or 0.0)))
