"""Feels × achieves: every account by how it feels (Customer Experience) and what it achieves (Customer Success)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.model import Measure
from journey.success.churn import Churn
from journey.success.features import known
from journey.success.health import bucket_of, score_of, stayed_share

__all__ = ["QUADRANTS", "Quadrant", "Quadrants", "quadrants"]

Array = NDArray[np.float64]

# (feels well, achieves) → code.
QUADRANTS: Final[Mapping[tuple[bool, bool], str]] = {
    (True, True): "thriving",
    (True, False): "content but stuck",
    (False, True): "succeeding despite us",
    (False, False): "in danger",
}
ACHIEVES: Final = ("usage", "outcomes", "commercial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quadrant:
    """Accounts that feel alike and achieve alike.

    accounts   in it now;  share: of those placed;  mrr: theirs, monthly;  risk: mean chance of leaving
    stayed     share of accounts (on earlier days) in it that were still there a horizon later, with its interval
    """

    name: str
    accounts: int
    share: float
    mrr: float
    risk: float | None
    stayed: Measure


@dataclass(frozen=True, kw_only=True)
class Quadrants:
    """The four quadrants, and where every account stands.

    feels_cut, achieves_cut   what counts as feeling well and achieving (0–1): at least this
    unplaced   accounts alive that told nothing of how they feel, or of what they achieve
    accounts   one row an account placed: acc, feels, achieves (0–1), quadrant, risk, mrr
    """

    horizon_days: int
    feels_cut: float
    achieves_cut: float
    quadrants: tuple[Quadrant, ...]
    unplaced: int
    accounts: pd.DataFrame = field(repr=False, compare=False)


def quadrants(churn: Churn, *, feels: float | None = None, achieves: float | None = None) -> Quadrants:
    """Place accounts by how they feel and what they achieve, and see what became of each quadrant.

    feels      from which mean of satisfaction and ease on (0–1) an account feels well; default: the middle account's
    achieves   from which mean of usage, outcomes and commercial on it achieves (parts of `journey.success.health`);
               default: the middle account's

    The cuts are those of the last day and hold for earlier days as well. Raises JourneyError where nothing tells how
    accounts feel, or what they achieve.
    """
    panel = churn.panel
    parts = score_of(panel.facts)
    there = [name for name in ACHIEVES if name in parts]
    if "sentiment" not in parts:
        raise JourneyError("Nothing tells how these accounts feel: no rating can be linked to them.")
    if not there:
        raise JourneyError("Nothing tells what these accounts achieve: no use, no value and no MRR is told of them.")
    felt = parts["sentiment"].to_numpy(float)
    done = _mean(parts[there].to_numpy(float))
    alive = (panel.at == panel.at.max()) & np.isin(panel.acc, churn.scores["acc"].to_numpy())
    placed = np.isfinite(felt) & np.isfinite(done)
    now = alive & placed
    if not now.any():
        raise JourneyError("No account told both how it feels and what it achieves.")
    cuts = (
        float(np.median(felt[now])) if feels is None else feels,
        float(np.median(done[now])) if achieves is None else achieves,
    )
    names = np.array([QUADRANTS[bool(f), bool(d)] for f, d in zip(felt >= cuts[0], done >= cuts[1], strict=True)])
    risk = churn.scores.set_index("acc")["risk"].reindex(panel.acc[now]).to_numpy(float)
    table = pd.DataFrame(
        {
            "acc": panel.acc[now],
            "feels": felt[now],
            "achieves": done[now],
            "quadrant": names[now],
            "risk": risk,
            "mrr": panel.mrr[now],
        }
    )
    past = known(panel) & placed
    stayed = past & ~np.where(past, panel.left, False).astype(bool)
    bucket = bucket_of(panel.acc)
    return Quadrants(
        horizon_days=churn.horizon_days,
        feels_cut=cuts[0],
        achieves_cut=cuts[1],
        quadrants=tuple(
            _one(
                name, table[table["quadrant"] == name], len(table), stayed_share(stayed, past & (names == name), bucket)
            )
            for name in QUADRANTS.values()
        ),
        unplaced=int((alive & ~placed).sum()),
        accounts=table,
    )


def _one(name: str, inside: pd.DataFrame, of: int, stayed: Measure) -> Quadrant:
    return Quadrant(
        name=name,
        accounts=len(inside),
        share=len(inside) / of,
        mrr=float(inside["mrr"].sum()),
        risk=float(inside["risk"].mean()) if len(inside) else None,
        stayed=stayed,
    )


def _mean(parts: Array) -> Array:
    """Mean of what is known of each row; NaN where nothing is."""
    seen = np.isfinite(parts)
    count = seen.sum(1)
    mean: Array = np.divide(np.where(seen, parts, 0).sum(1), count, out=np.full(len(parts), np.nan), where=count > 0)
    return mean
