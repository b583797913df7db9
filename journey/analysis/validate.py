"""Is friction worth looking at? How well it foretells an outcome, on later cases, against simpler scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.analysis.auc import auc, auc_difference, logistic
from journey.analysis.rank import WEIGHTS
from journey.errors import JourneyError
from journey.events.exposure import Exposure, exposure
from journey.events.log import EventLog
from journey.events.terms import terms_of
from journey.model import Measure
from journey.recipe import duration_us

__all__ = ["Validation", "validate"]

FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well one score tells the cases with the outcome from those without, on the later cases.

    auc       0.5 is chance, 1 is perfect; interval by drawing customers
    friction_gains   AUC of learned friction less this score's; None for friction itself
    """

    name: str
    auc: Measure
    friction_gains: Measure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A temporal split: learnt from earlier cases, tried on later ones.

    scores    friction (weights learned on the earlier cases), friction with its plain weights, and the baselines
    learnt, tried         cases (at moments) on each side; with_outcome of those tried
    """

    outcome: str
    horizon_s: float
    split: pd.Timestamp
    learnt: int
    tried: int
    with_outcome: int
    scores: tuple[Score, ...]


def validate(
    log: EventLog, outcome: str, *, horizon: str = "30d", goal: str | Sequence[str] | None = None
) -> Validation:
    """Try friction on an outcome: features up to t₀, the outcome in (t₀, t₀ + horizon], a temporal split.

    outcome   a touchpoint (“Cancellation”), or a bound on a scale (“csat<=2”): see `journey.events.exposure`
    horizon   how far ahead, for a touchpoint

    The score is learned (ridge logistic) from the mean severities a case had met by t₀. Baselines, learned on the same
    cases: satisfaction only, number of contacts, drop-off only (time since the last event). A difference whose interval
    holds 0 is no gain. Association is not cause.
    Raises JourneyError where the outcome is unknown, too rare (under 20 on either side of the split) or the same for
    all.
    """
    met = exposure(log, terms_of(log, goal=goal), outcome, horizon_us=duration_us(horizon))
    later = ~met.learn
    for side, name in ((met.learn, "earlier"), (later, "later")):
        cases, hits = int(side.sum()), int(met.outcome[side].sum())
        if min(hits, cases - hits) < FEWEST:
            raise JourneyError(
                f"“{outcome}” happened to {hits:,} of the {cases:,} {name} cases: with fewer than {FEWEST} on "
                "either side nothing can be said. Choose a commoner outcome or a longer horizon."
            )
    tables = _tables(met)
    if "friction" not in tables:
        raise JourneyError(f"No friction was observed before “{outcome}”: there is nothing to try.")
    learned = {name: logistic(x[met.learn], met.outcome[met.learn], x[later]) for name, x in tables.items()}
    learned["friction, plain weights"] = _plain(met)[later]
    happened, customer = met.outcome[later], met.customer[later]
    names = ["friction", "friction, plain weights", *[name for name in tables if name != "friction"]]
    scores = [
        Score(
            name=name,
            auc=auc(learned[name], happened, customer=customer),
            friction_gains=None
            if name == "friction"
            else auc_difference(learned["friction"], learned[name], happened, customer=customer),
        )
        for name in names
    ]
    return Validation(
        outcome=outcome,
        horizon_s=met.horizon_us / 1e6,
        split=met.split,
        learnt=int(met.learn.sum()),
        tried=int(later.sum()),
        with_outcome=int(happened.sum()),
        scores=tuple(scores),
    )


def _tables(met: Exposure) -> dict[str, NDArray[np.float64]]:
    """Features [N, K] of friction and of each baseline."""
    tables = {
        "contact count": np.log1p(met.visits)[:, None],
        "drop-off only": np.log1p(met.idle_s)[:, None],
    }
    if met.severities:
        tables["friction"] = np.stack(list(met.severities.values()), axis=1)
    if "dissatisfaction" in met.severities:
        tables["satisfaction only"] = met.severities["dissatisfaction"][:, None]
    return tables


def _plain(met: Exposure) -> NDArray[np.float64]:
    """The score of the ranking, for a case: weighted mean of the severities it met; 0 where it met none."""
    total, weight = np.zeros(len(met.outcome)), np.zeros(len(met.outcome))
    for name, values in met.severities.items():
        seen = np.isfinite(values)
        total += np.where(seen, WEIGHTS[name] * np.nan_to_num(values), 0)
        weight += np.where(seen, WEIGHTS[name], 0)
    return np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
