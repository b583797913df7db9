"""Drivers: which touchpoints go with the overall outcome, how much of it is theirs, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from journey.analysis.driver_checks import enough, only, telling, worth_asking
from journey.analysis.driver_columns import FEWEST, Products, columns_of, fitted, products
from journey.analysis.driver_importance import noise, parts_of, shares_of
from journey.analysis.driver_rewards import Contrast, contrasts
from journey.errors import JourneyError, suggest
from journey.estimate.difference import standing_out
from journey.events.before import Before, before
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.model import Measure, Scale

__all__ = ["EXACT", "Driver", "Drivers", "Kind", "drivers", "settled"]

Array = NDArray[np.floating[Any]]
Kind = Literal["basic", "performance", "excitement"]
Left = Literal["few", "alike"]

EXACT: Final = 14  # touchpoints up to which every order is gone through
MOST_EXACT: Final = 20
DRAWS: Final = 500
Q: Final = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One touchpoint's bearing on the outcome. Outcome units are the answer's own, or a share (0–1) of yes.

    importance   share (0–1) of what is explained that is its own; over all drivers they sum to 1
    rank         1 is the most important; rank_low … rank_high holds 95 % of the draws
    met, rated   outcomes before which it was met, and rated
    scale        what it was rated on; None where it was not
    performance  mean rating as a share of the scale, 1 the good end (POMP), shrunken: as in `journey.mine`, over all
                 visits; n answers
    slope        outcome units that go with one scale step better, all other touchpoints as they are; n ratings
    meeting      outcome units that go with meeting it (and rating it as usual) against not; missing where all met it
    penalty, reward   outcome units, toward its good end, that go with a rating in the bad, the good quarter of the
                 scale against one between
    asymmetry    (reward − |penalty|) / (reward + |penalty|), −1 … 1: negative hurts more than it delights
    kind         "basic", "excitement" only where asymmetry's interval leaves out 0, also among all that were tested;
                 "performance" where both penalty and reward are clear and neither outweighs; else None, and where a
                 good rating does not go with clearly more than a bad one
    p, clear     of no bearing at all; whether it stands out among all drivers (false discovery rate 10 %)
    """

    at: str
    importance: Measure
    rank: int
    rank_low: int
    rank_high: int
    met: int
    rated: int
    scale: Scale | None
    performance: Measure
    slope: Measure
    meeting: Measure
    penalty: Measure
    reward: Measure
    asymmetry: Measure
    kind: Kind | None
    p: float | None
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """What goes with an outcome, most important first.

    outcome, kind, scale, after, horizon_s   what was asked: see `journey.events.before`
    n, customers  outcomes looked at, and customers behind them
    mean      of the outcomes
    r2        share of the outcome's variation (0–1) that is explained, less what chance would (adjusted); `r2_seen`
              is the plain one
    method    "lmg" or "johnson"
    told      whether having rated at all was counted as something told, because it goes with the outcome
    alike     touchpoints that can't be told apart, for they were met and rated together: they share
    left_out  touchpoint → "few" (met or rated before under twenty outcomes), "alike" (met before all, or rated alike)
    """

    outcome: str
    kind: Literal["answer", "yes or no"]
    scale: Scale | None
    after: str | None
    horizon_s: float | None
    n: int
    customers: int
    mean: float
    r2: Measure
    r2_seen: float
    method: Literal["lmg", "johnson"]
    told: bool
    drivers: tuple[Driver, ...]
    alike: tuple[tuple[str, ...], ...]
    left_out: Mapping[str, Left]

    def of(self, at: str) -> Driver:
        """The driver of one touchpoint. Raises JourneyError if it is none."""
        for one in self.drivers:
            if one.at == at:
                return one
        names = [one.at for one in self.drivers]
        raise JourneyError("“{at}” is no driver.{hint}", at=at, hint=suggest(at, names, known="drivers"))


def drivers(
    log: EventLog,
    outcome: str = "nps",
    *,
    touchpoints: Sequence[str] | None = None,
    after: str | None = None,
    horizon: str | None = None,
    method: Literal["lmg", "johnson"] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Drivers:
    """Which touchpoints drive an overall outcome: importance, effects, penalty and reward, all with their intervals.

    outcome      a scale about the whole relation, by name or as “nps”; a bound (“nps<=6”); or a touchpoint met later
    touchpoints  look at these alone; default all
    after, horizon   with a touchpoint: see `journey.events.before`
    method       default "lmg", exact, up to 14 touchpoints, "johnson" beyond

    Not met is not missing: y = β₀ + Σ [γ_k m_k + β_k t_k (r_k − r̄_k)], m_k met, t_k rated, r_k the mean rating up to
    the outcome. No row is dropped and no rating invented: a visit without one says that it was met, no more. Where
    having answered at all goes with the outcome (p < .01 over all touchpoints), t_k joins its touchpoint's block.

    Importance is the block's part of R² (see `journey.analysis.shares`) less what as many columns of noise would
    explain, q (1 − R²)/(n − P − 1), so that the parts sum to the adjusted R². Intervals by drawing customers, in up to
    1,000 groups; effects by least squares with variances clustered by customer; for yes or no they are points of
    probability. Penalty and reward: Mikulić and Prebežac 2008. Sources: Lindeman, Merenda and Gold 1980; Johnson 2000;
    Grömping 2007. Association is not cause, and whoever rates one touchpoint well tends to rate all well.
    Raises JourneyError for an unknown outcome, outcomes that don't differ, too few of them for so many touchpoints, or
    nothing explained beyond chance.
    """
    found = before(log, outcome, after=after, horizon=horizon)
    if touchpoints is not None:
        found = only(found, log, touchpoints)
    return settled(found, _performances(log), method=method, draws=draws, seed=seed)


def settled(
    found: Before,
    performances: Mapping[str, Measure],
    *,
    method: Literal["lmg", "johnson"] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Drivers:
    """Drivers of outcomes that are already at hand; `performances` by touchpoint, as shares of the scale."""
    # Many small matrices: threads that wait for each other would take ten times as long on a busy machine.
    with threadpool_limits(1, user_api="blas"):
        return _settled(found, performances, method, draws, seed)


def _settled(
    found: Before,
    performances: Mapping[str, Measure],
    method: Literal["lmg", "johnson"] | None,
    draws: int,
    seed: int,
) -> Drivers:
    worth_asking(found)
    table = products(found, columns_of(found))
    table, told = telling(table)
    enough(found, table)
    blocks = [many for _, many in table.blocks]
    way = method or ("lmg" if len(blocks) <= EXACT else "johnson")
    if way == "lmg" and len(blocks) > MOST_EXACT:
        raise JourneyError(
            "All orders of {n} touchpoints are too many to go through: at most {most}. Use method “johnson”.",
            n=len(blocks),
            most=MOST_EXACT,
        )
    parts, drawn = parts_of(table, blocks, way, draws, seed)
    r2, seen = float(parts.sum()), float(parts.sum() + noise(parts, table.n, blocks))
    if r2 <= 0:
        raise JourneyError(
            "What cases had met and rated before “{outcome}” explains no more of it than chance would: {r2:.1%} of "
            "what differs between {n:,} outcomes, {chance:.1%} by chance. No touchpoint can be called a driver of it.",
            outcome=found.outcome.name,
            r2=seen,
            n=table.n,
            chance=seen - r2,
        )
    listed = _drivers(found, table, performances, parts, drawn)
    low, high = np.quantile(drawn.sum(1), [0.025, 0.975])
    what = found.outcome
    return Drivers(
        outcome=what.name,
        kind=what.kind,
        scale=what.scale,
        after=what.after,
        horizon_s=None if what.horizon_us is None else what.horizon_us / 1e6,
        n=table.n,
        customers=len(np.unique(found.customer)),
        mean=float(found.value.mean()),
        r2=Measure(r2, max(0.0, min(float(low), r2)), min(1.0, max(float(high), r2)), table.n),
        r2_seen=seen,
        method="lmg" if way == "lmg" else "johnson",
        told=told,
        drivers=listed,
        alike=_alike(found, table),
        left_out=_left_out(found, {one.at for one in listed}),
    )


# --- drivers ----------------------------------------------------------------------------------------


def _drivers(
    found: Before, table: Products, performances: Mapping[str, Measure], parts: Array, drawn: Array
) -> tuple[Driver, ...]:
    shares, ranks = shares_of(parts, drawn, table.n)
    fit, contrast = fitted(table), contrasts(found)
    order = np.argsort(-parts, kind="stable")
    rank = np.empty(len(order), int)
    rank[order] = np.arange(1, len(order) + 1)
    ends = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    starts = np.cumsum([0, *(many for _, many in table.blocks)])
    columns = [range(starts[k], starts[k + 1]) for k in range(len(parts))]
    p = [fit.p(own) for own in columns]
    stands_out = standing_out(p, q=Q)
    listed = []
    for k, (place, _many) in enumerate(table.blocks):
        own = {table.columns[c].what: c for c in columns[k]}
        rating = found.rating[found.at == place]
        scale, name = found.scales[place], found.touchpoints[place]
        rated = int(np.isfinite(rating).sum())
        step = 1.0 if scale is None else 1 / (scale.high - scale.low)
        listed.append(
            Driver(
                at=name,
                importance=shares[k],
                rank=int(rank[k]),
                rank_low=int(min(ends[0, k], rank[k])),
                rank_high=int(max(ends[1, k], rank[k])),
                met=len(rating),
                rated=rated,
                scale=scale,
                performance=performances.get(name, Measure.missing()) if scale is not None else Measure.missing(),
                slope=_effect(fit, own.get("rating"), step, rated),
                meeting=_effect(fit, own.get("met"), 1.0, table.n),
                p=p[k],
                clear=stands_out[k],
                **_contrast(contrast.get(place)),
            )
        )
    return tuple(sorted(listed, key=lambda one: one.rank))


def _effect(fit: Any, column: int | None, step: float, n: int) -> Measure:
    if column is None or not np.isfinite(fit.value[column]):
        return Measure.missing()
    value, low, high = fit.interval(column)
    return Measure(value * step, low * step, high * step, n)


def _contrast(one: Contrast | None) -> dict[str, Any]:
    if one is None:
        return {**dict.fromkeys(("penalty", "reward", "asymmetry"), Measure.missing()), "kind": None}
    return {"penalty": one.penalty, "reward": one.reward, "asymmetry": one.asymmetry, "kind": one.kind}


def _alike(found: Before, table: Products) -> tuple[tuple[str, ...], ...]:
    """Touchpoints with a part in the same sum that is always zero."""
    correlation = table.covariance()[:-1, :-1]
    spread = np.sqrt(np.diag(correlation))
    values, vectors = np.linalg.eigh(correlation / spread[:, None] / spread)
    nothing = vectors[:, values < 1e-8 * len(values)]
    together = np.abs(nothing @ nothing.T) > 1e-6
    of = np.repeat(np.arange(len(table.blocks)), [many for _, many in table.blocks])
    groups: list[set[int]] = []
    for i, j in zip(*np.nonzero(together), strict=True):
        if of[i] != of[j]:
            joined = {int(of[i]), int(of[j])}
            for group in [one for one in groups if one & joined]:
                joined |= group
                groups.remove(group)
            groups.append(joined)
    names = [found.touchpoints[place] for place, _ in table.blocks]
    return tuple(tuple(names[k] for k in sorted(group)) for group in groups)


def _left_out(found: Before, kept: set[str]) -> dict[str, Left]:
    left: dict[str, Left] = {}
    for k, name in enumerate(found.touchpoints):
        if name not in kept:
            met = int((found.at == k).sum())
            left[name] = "few" if met < FEWEST else "alike"
    return left


def _performances(log: EventLog) -> dict[str, Measure]:
    """Mean ratings as shares of the scale: the numbers that every page shows."""
    journey, found = mine(log), {}
    for touchpoint in journey.touchpoints:
        for role in ("satisfaction", "effort"):
            measure: Measure = getattr(touchpoint, role)
            if measure.value is None or measure.low is None or measure.high is None or not measure.n:
                continue
            scale = journey.scales[role]
            low, value, high = sorted(map(scale.pomp, (measure.low, measure.value, measure.high)))
            found[touchpoint.name] = Measure(value, low, high, measure.n)
            break
    return found
