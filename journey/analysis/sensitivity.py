"""How far a ranking of friction hangs on settings that people chose: the score on weights, the burden on unit costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from journey.analysis.rank import WEIGHTS
from journey.errors import JourneyError, suggest
from journey.model import COMPONENTS, Friction, Measure

__all__ = ["Change", "Held", "Sensitivity", "Turn", "sensitivity"]

Array = NDArray[np.float64]
At = str | tuple[str, str]

TOP: Final = 3
MOST_VALUES: Final = 8_000_000  # places × draws held at a time; past it fewer draws are taken
LEAST_DRAWS: Final = 200
MOST_PAIRS: Final = 50_000  # of places whose order is compared; of more, so many are drawn


@dataclass(frozen=True, slots=True)
class Held:
    """Where one place stands: its rank by the given settings, and over the drawn ones.

    low, high   ranks that hold 95 % of the draws;  p_top3  share of the draws in which it is among the three worst
    """

    at: At
    rank: int
    low: int
    high: int
    p_top3: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a ranking becomes when one setting is changed.

    agreement     Kendall's τ with the ranking as given: −1 reversed … 1 the same
    top           the three worst then;  moved, before, after  the place that moves most, its rank before and after
    """

    agreement: float
    top: tuple[At, ...]
    moved: At
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One component's setting left out, and doubled; `dropped` is None where nothing would be left."""

    component: str
    dropped: Change | None
    doubled: Change

    @property
    def least(self) -> float:
        """The lower agreement of the two."""
        return min(change.agreement for change in (self.dropped, self.doubled) if change is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How a ranking holds when its settings are moved.

    by          "score" (settings are weights) or "burden" (settings are costs)
    given       component → the setting around which others are drawn
    places      the places by rank, worst first
    agreement   Kendall's τ of the ranking as given with the draws': median, and what holds 95 % of them; n is draws.
                (1 + τ) / 2 is the share of pairs of places that keep their order
    same_top    share of the draws with the same three worst places, in any order; `same_first` with the same worst
    turns       one component at a time, the one that moves the ranking most first
    """

    by: Literal["score", "burden"]
    given: Mapping[str, float]
    places: tuple[Held, ...]
    agreement: Measure
    same_top: float
    same_first: float
    turns: tuple[Turn, ...]


def sensitivity(
    found: Sequence[Friction],
    *,
    by: Literal["score", "burden"] = "score",
    given: Mapping[str, float] | None = None,
    draws: int = 2000,
    strength: float = 20.0,
    factor: float = 2.0,
    seed: int = 0,
) -> Sensitivity:
    """Rank the same severities again by other weights, or by other costs.

    The score is 100 · Σ w_m f_m / Σ w_m over the components observed at a place, so its ranking depends on the weights
    w. The burden is visits × Σ κ_m (f_m − f⁰_m)⁺: no weight stands in it, so its ranking depends on the costs κ. Each
    is moved in the way people are unsure of it:

    weights   w ~ Dirichlet(strength · w̄), w̄ the given weights made to sum to 1: the larger `strength`, the nearer. At
              20 a weight of .25 lies between .09 and .46, one of .10 between .01 and .26, in 95 % of the draws
    costs     each κ_m times its own e^(z · ln(factor) / 1.96), z standard normal: in 95 % of the draws between κ_m /
              factor and κ_m · factor. Costs in proportion give the same ranking

    What was given as 0 stays 0. Severities and targets are held as estimated: how sure those are is the interval of
    the ranking itself (`journey.friction`); what moves here are opinions. Ties keep the order of `found`; places where
    nothing was observed are left out. The same arguments give the same result.

    Raises JourneyError for an unknown component, a setting below zero, or if no setting is above zero.
    """
    names, seen, severity, excess, visits, at = _arrays(found)
    base = _settings(names, given, WEIGHTS if by == "score" else dict.fromkeys(COMPONENTS, 1.0))
    if names and not base.sum() > 0:
        raise JourneyError("All settings are zero: give at least one component one above zero.")
    told = dict(zip(names, base.tolist(), strict=True))
    if not at:
        return Sensitivity(
            by=by, given=told, places=(), agreement=Measure.missing(), same_top=1.0, same_first=1.0, turns=()
        )

    def ranked(settings: Array) -> NDArray[np.intp]:
        return _ranks(_scores(seen, severity, settings) if by == "score" else visits[:, None] * (excess @ settings))

    given_ranks = ranked(base[:, None])[:, 0]
    worst_first = np.argsort(given_ranks, kind="stable")
    pairs = _pairs(worst_first)
    random = np.random.default_rng(seed)
    draws = min(draws, max(MOST_VALUES // len(at), LEAST_DRAWS))
    if by == "score":
        moved = _dirichlet(random, strength * base / base.sum(), draws)
    else:
        moved = base[:, None] * np.exp(random.standard_normal((len(names), draws)) * math.log(factor) / 1.96)
    ranks = ranked(moved)
    middle, least, most = np.quantile(_kendall(ranks, pairs), (0.5, 0.025, 0.975)).tolist()
    low, high = np.quantile(ranks, (0.025, 0.975), axis=1, method="nearest")
    among = ranks <= TOP
    top = min(TOP, len(at))
    return Sensitivity(
        by=by,
        given=told,
        places=tuple(
            Held(
                at[p],
                int(given_ranks[p]),
                min(int(low[p]), int(given_ranks[p])),
                max(int(high[p]), int(given_ranks[p])),
                float(among[p].mean()),
            )
            for p in worst_first
        ),
        agreement=Measure(middle, least, most, draws),
        same_top=float((among[worst_first[:top]].sum(0) == top).mean()),
        same_first=float((ranks[worst_first[0]] == 1).mean()),
        turns=_turns(names, base, ranked, given_ranks, pairs, at),
    )


def _arrays(
    found: Sequence[Friction],
) -> tuple[list[str], Array, Array, Array, Array, list[At]]:
    """Names of M components, [P, M] whether seen, severity and excess over the target, [P] visits; and the places."""
    judged = [one for one in found if one.score.value is not None]
    names = [name for name in COMPONENTS if any(name in one.components for one in judged)]
    shape = (len(judged), len(names))
    seen, severity, excess = (np.zeros(shape) for _ in range(3))
    for p, one in enumerate(judged):
        for m, name in enumerate(names):
            if name in one.components and (value := one.components[name].value) is not None:
                seen[p, m], severity[p, m] = 1.0, value
                excess[p, m] = max(value - one.expected[name], 0.0)
    return names, seen, severity, excess, np.array([one.score.n for one in judged], float), [one.at for one in judged]


def _settings(names: Sequence[str], given: Mapping[str, float] | None, default: Mapping[str, float]) -> Array:
    """[M] the settings of the components that were observed."""
    for name, number in (given or {}).items():
        if name not in COMPONENTS:
            hint = suggest(name, COMPONENTS)
            raise JourneyError("There is no component “{name}”.{hint}", name=name, hint=hint)
        if not (math.isfinite(number) and number >= 0):
            raise JourneyError("{name} must be a number of 0 or more, got {number}.", name=name, number=number)
    both = {**default, **(given or {})}
    return np.array([both[name] for name in names], float)


def _scores(seen: Array, severity: Array, weights: Array) -> Array:
    """[P, S] weighted means of the severities seen; −1 where all their weights are 0: nothing to rank by."""
    total = seen @ weights
    return np.divide(severity @ weights, total, out=np.full_like(total, -1.0), where=total > 0)


def _dirichlet(random: np.random.Generator, alpha: Array, draws: int) -> Array:
    """[M, S] draws that sum to 1; where α is 0 the share is."""
    positive = alpha > 0
    found = np.zeros((len(alpha), draws))
    found[positive] = random.dirichlet(alpha[positive], size=draws).T
    return found


def _ranks(values: Array) -> NDArray[np.intp]:
    """[P, S] ranks, 1 the largest; of equal values the earlier place first."""
    order = np.argsort(-values, axis=0, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(values) + 1)[:, None], axis=0)
    return ranks


def _pairs(worst_first: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of places, the one that hurts more first; of very many places a fixed sample of them."""
    size = len(worst_first)
    if size * (size - 1) // 2 <= MOST_PAIRS:
        upper, lower = np.triu_indices(size, 1)
    else:
        two = np.random.default_rng(size).integers(size, size=(2, MOST_PAIRS))
        two = two[:, two[0] != two[1]]
        upper, lower = two.min(0), two.max(0)
    return worst_first[upper], worst_first[lower]


def _kendall(ranks: NDArray[np.intp], pairs: tuple[NDArray[np.intp], NDArray[np.intp]]) -> Array:
    """[S] Kendall's τ: pairs in the order as given, less those in the other, as a share of all pairs (Kendall 1938)."""
    upper, lower = pairs
    if not len(upper):
        return np.ones(ranks.shape[1])
    return np.array([2 * (column[upper] < column[lower]).mean() - 1 for column in ranks.T])


def _turns(
    names: Sequence[str],
    base: Array,
    ranked: Any,
    given: NDArray[np.intp],
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
    at: Sequence[At],
) -> tuple[Turn, ...]:
    """Each component left out and doubled, the most moving first; those given as 0 have nothing to turn."""

    def change(m: int, times: float) -> Change | None:
        settings = base.copy()
        settings[m] *= times
        if not settings.sum() > 0:
            return None
        ranks = ranked(settings[:, None])
        now = ranks[:, 0]
        most = int(np.argmax(np.abs(now - given)))
        top = tuple(at[p] for p in np.argsort(now, kind="stable")[:TOP])
        return Change(float(_kendall(ranks, pairs)[0]), top, at[most], int(given[most]), int(now[most]))

    turns = []
    for m, name in enumerate(names):
        doubled = change(m, 2.0) if base[m] > 0 else None
        if doubled is not None:
            turns.append(Turn(name, change(m, 0.0), doubled))
    return tuple(sorted(turns, key=lambda turn: turn.least))
