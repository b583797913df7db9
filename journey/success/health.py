"""Health in two numbers, never one: a score that anybody can recompute, and the chance of leaving that was learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.estimate import wilson
from journey.estimate.bootstrap import draws_of, ratios
from journey.model import Measure
from journey.success.churn import Churn
from journey.success.features import known

__all__ = ["BANDS", "PARTS", "Health", "HealthBand", "bucket_of", "health", "score_of", "stayed_share"]

Array = NDArray[np.float64]

PARTS: Final = ("usage", "sentiment", "support", "outcomes", "commercial")
# Where a band begins, in points of the score.
BANDS: Final[Mapping[str, float]] = {"at risk": 0.0, "watch": 70.0, "healthy": 85.0}
BUCKETS: Final = 256
FEWEST: Final = 30
# So young accounts are not held against their use (two periods), or against not having come to their value.
YOUNG: Final = {"usage": 60, "outcomes": 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthBand:
    """Accounts whose score lay in a band, on the days whose outcome is known.

    low, high   points of the score: from, and below
    accounts    accounts in the band now;  risk: their mean chance of leaving, as learnt; None where nobody is in it
    stayed      share of accounts (on days) in the band that were still there a horizon later, with its interval
    """

    name: str
    low: float
    high: float
    accounts: int
    risk: float | None
    stayed: Measure


@dataclass(frozen=True, kw_only=True)
class Health:
    """The health of accounts on the last day.

    parts     the parts that could be told here;  weights: their weights
    coverage  mean share of the weights that could be told of an account (0–1)
    bands     by score, lowest first, with what became of accounts in each
    monotone  whether more health went with more staying, from band to band of 30 rows or more; None with fewer than two
    accounts  one row an account: acc, score (0–100, high is good), a column for each part (0–1), coverage, risk, mrr
    """

    at: date | None
    horizon_days: int
    parts: tuple[str, ...]
    weights: Mapping[str, float]
    coverage: float
    bands: tuple[HealthBand, ...]
    monotone: bool | None
    accounts: pd.DataFrame = field(repr=False, compare=False)


def health(churn: Churn, *, weights: Mapping[str, float] | None = None) -> Health:
    """Score every account, and see what became of accounts with such scores.

    churn    the forecast whose days and chances are looked at
    weights  part → weight (0 or more); default: all equal

    Score = 100 · Σ w · part / Σ w over the parts that are known; what is missing is left out, never guessed, and
    `coverage` says how much is known. Parts, each 0–1, 1 is good:

    usage       half how much is used, against the middle account of the same plan on that day (at most 1), half against
                its own period before (at most 1); from 60 days on
    sentiment   mean of satisfaction and ease as it told them, as shares of their scales
    support     1 less ¼ for each ticket of the last 30 days, less ½ for each still open, at least 0
    outcomes    1 where first value was reached, 0 where it was not within 90 days
    commercial  MRR as a share of what it was 30 days before, at most 1

    Raises JourneyError for an unknown part, a negative weight, and where nothing of an account is told.
    """
    panel = churn.panel
    told = score_of(panel.facts, weights)
    if told.empty or not told["score"].notna().any():
        raise JourneyError("Nothing is told of these accounts that health could be told from.")
    shares = {name: float(w) for name, w in _weights(weights).items() if name in told}
    last = panel.at == panel.at.max()
    alive = last & np.isin(panel.acc, churn.scores["acc"].to_numpy())
    risk = churn.scores.set_index("acc")["risk"]
    now = told[alive].assign(acc=panel.acc[alive], mrr=panel.mrr[alive])
    now = now.assign(risk=risk.reindex(now["acc"]).to_numpy()).reset_index(drop=True)
    past = known(panel) & told["score"].notna().to_numpy()
    bands = _bands(told["score"].to_numpy(float), panel.left, panel.acc, past, now)
    stayed = [one.stayed.value for one in bands if one.stayed.value is not None and one.stayed.n >= FEWEST]
    return Health(
        at=churn.at,
        horizon_days=churn.horizon_days,
        parts=tuple(shares),
        weights=shares,
        coverage=float(now["coverage"].mean()) if len(now) else 0.0,
        bands=bands,
        monotone=None if len(stayed) < 2 else bool(np.all(np.diff(stayed) >= 0)),
        accounts=now[["acc", "score", *shares, "coverage", "risk", "mrr"]],
    )


def score_of(facts: pd.DataFrame, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The score and its parts for rows of facts (see `Panel.facts`): score 0–100, parts 0–1, coverage 0–1.

    NaN where a part is not known of a row; parts that no row tells are absent.
    """
    shares = _weights(weights)
    makers: Mapping[str, Callable[[pd.DataFrame], Array | None]] = {
        "usage": _usage,
        "sentiment": _sentiment,
        "support": _support,
        "outcomes": _outcomes,
        "commercial": _commercial,
    }
    found = {name: values for name in PARTS if shares[name] > 0 and (values := makers[name](facts)) is not None}
    if not found:
        return pd.DataFrame({"score": [], "coverage": []})
    table = pd.DataFrame(found)
    w = np.array([shares[name] for name in found])
    seen = np.isfinite(table.to_numpy(float))
    total = np.where(seen, table.to_numpy(float), 0) @ w
    weight = seen @ w
    score = np.divide(100 * total, weight, out=np.full(len(table), np.nan), where=weight > 0)
    return table.assign(score=score, coverage=weight / w.sum())


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    for name, weight in (weights or {}).items():
        if name not in PARTS:
            hint = suggest(name, PARTS, known="parts")
            raise JourneyError("There is no part of health “{name}”.{hint}", name=name, hint=hint)
        if not (np.isfinite(weight) and weight >= 0):
            raise JourneyError("The weight of “{name}” is a number of 0 or more.", name=name)
    shares = {name: float((weights or {}).get(name, 1.0)) for name in PARTS}
    if not sum(shares.values()):
        raise JourneyError("At least one part of health needs a weight above 0.")
    return shares


def _numbers(facts: pd.DataFrame, name: str) -> Array:
    return facts[name].to_numpy(float, na_value=np.nan)


def _usage(facts: pd.DataFrame) -> Array | None:
    if "use" not in facts:
        return None
    use = _numbers(facts, "use")
    peers = [name for name in ("at", "plan") if name in facts]
    middle = facts["use"].groupby([facts[name] for name in peers], dropna=False).transform("median") if peers else None
    usual = np.maximum(np.nanmedian(use) if middle is None else middle.to_numpy(float), 1.0)
    level = np.minimum(use / usual, 1.0)
    if "use_before" not in facts:
        return level
    before = _numbers(facts, "use_before")
    # Who used nothing before can't fall.
    trend = np.where(before > 0, np.minimum(use / np.maximum(before, 1e-9), 1.0), 1.0)
    return _old_enough(facts, np.asarray((level + trend) / 2, float), "usage")


def _sentiment(facts: pd.DataFrame) -> Array | None:
    told = [1 - _numbers(facts, name) for name in ("dissatisfaction", "effort") if name in facts]
    if not told:
        return None
    both = np.stack(told)
    seen = np.isfinite(both)
    count = seen.sum(0)
    mean = np.divide(np.where(seen, both, 0).sum(0), count, out=np.full(both.shape[1], np.nan), where=count > 0)
    return np.asarray(mean, float)


def _support(facts: pd.DataFrame) -> Array | None:
    if "tickets" not in facts:
        return None
    still = _numbers(facts, "open_tickets") if "open_tickets" in facts else 0.0
    return np.asarray(np.maximum(1 - 0.25 * _numbers(facts, "tickets") - 0.5 * still, 0.0), float)


def _outcomes(facts: pd.DataFrame) -> Array | None:
    if "valued" not in facts:
        return None
    reached = facts["valued"].to_numpy(float, na_value=np.nan)
    return np.where(reached == 1, 1.0, _old_enough(facts, reached, "outcomes"))


def _old_enough(facts: pd.DataFrame, values: Array, part: str) -> Array:
    """The values of accounts that are old enough to be held to this part; NaN of the young."""
    if "tenure_days" not in facts:
        return values
    return np.where(_numbers(facts, "tenure_days") >= YOUNG[part], values, np.nan)


def _commercial(facts: pd.DataFrame) -> Array | None:
    if "mrr_change" not in facts:
        return None
    mrr, change = _numbers(facts, "mrr"), _numbers(facts, "mrr_change")
    was = mrr - change
    return np.where(was > 0, np.clip(mrr / np.where(was > 0, was, 1), 0, 1), np.where(mrr > 0, 1.0, np.nan))


def stayed_share(there: NDArray[np.bool_], inside: NDArray[np.bool_], bucket: NDArray[np.int64]) -> Measure:
    """The share of rows inside that stayed: accounts are drawn in buckets, not rows; Wilson's where all or none did."""
    n, k = int(inside.sum()), int((inside & there).sum())
    if n in (0, k) or k == 0:
        return wilson(k, n) if n else Measure.missing()
    stayed, every = (np.bincount(bucket[inside], w[inside], BUCKETS) for w in (there, np.ones(len(there))))
    return ratios(stayed, every, [n], draws_of(BUCKETS), least=0.0, most=1.0)[0]


def bucket_of(acc: NDArray[np.int64]) -> NDArray[np.int64]:
    """[N] bucket (0–255) of each account."""
    return np.asarray((acc * 2_654_435) % 2_147_483_629 % BUCKETS, np.int64)


def _bands(
    score: Array, left: NDArray[np.object_], acc: NDArray[np.int64], past: NDArray[np.bool_], now: pd.DataFrame
) -> tuple[HealthBand, ...]:
    """Accounts now, and what became of accounts on earlier days, by score; accounts are drawn, not days."""
    names, lows = list(BANDS), list(BANDS.values())
    highs = [*lows[1:], 100.0]
    bucket = bucket_of(acc)
    there = np.where(past, ~np.where(past, left, False).astype(bool), False)
    place = np.clip(np.searchsorted(lows, np.nan_to_num(score, nan=-1.0), side="right") - 1, 0, len(lows) - 1)
    own = np.clip(np.searchsorted(lows, now["score"].fillna(-1).to_numpy(float), side="right") - 1, 0, len(lows) - 1)
    own = np.where(now["score"].notna(), own, -1)
    found = []
    for number, name in enumerate(names):
        inside = past & (place == number)
        share = stayed_share(there, inside, bucket)
        risks = now["risk"].to_numpy(float)[own == number]
        found.append(
            HealthBand(
                name=name,
                low=lows[number],
                high=highs[number],
                accounts=int((own == number).sum()),
                risk=float(risks.mean()) if risks.size else None,
                stayed=share,
            )
        )
    return tuple(found)
