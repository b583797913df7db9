"""Path complexity: how hard it is to foretell the way of a case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from journey.analysis.chain import Chain, chain_of
from journey.errors import JourneyError
from journey.events.log import EventLog
from journey.events.surprise import Walked, walked
from journey.events.variants import Variety, variety
from journey.model import START, Journey, Measure, Place

__all__ = ["Complexity", "Fork", "complexity"]

Array = NDArray[np.float64]

BITS: Final = math.log(2)
NORMAL: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """How far ways part at one place.

    at       a touchpoint, or `START`
    visits   expected visits of a case (START: one)
    bits     entropy of where a visit goes next, corrected: 0 where all go the same way
    choices  2^bits: as many equally likely ways on
    share    of the whole complexity that arises here (0–1); shares sum to 1
    """

    at: Place
    visits: float
    bits: float
    choices: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Complexity:
    """How many ways there are, in effect.

    cases     behind it
    bits      entropy of the way of a case, from its start to its end, Miller–Madow corrected; 95 % interval, n is cases
    plain     the same before the correction
    paths     2^bits: it is as hard to foretell a case's way as to pick one of so many equally likely ways
    steps     expected touchpoints of a case
    choices   the same, move by move: as many equally likely ways on at each, 2^(bits / moves)
    forks     where ways part, most first
    variety   distinct ways that were taken, taken once, and needed for 80 % of the cases; None where no log is there
    """

    cases: int
    bits: Measure
    plain: float
    paths: Measure
    steps: float
    choices: float
    forks: tuple[Fork, ...]
    variety: Variety | None = None


def complexity(what: Journey | EventLog) -> Complexity:
    """Path complexity of a journey, or of a log: trajectory entropy of the walk from start to end.

    H = Σ N_si H(P_i·), where N_si are the expected visits to i and H(P_i·) the entropy of where a visit goes next, both
    exact (Ekroot & Cover 1993); each row corrected by (targets − 1) / 2 visits nats (Miller 1955), for few visits look
    simpler than they are. A walk remembers only where it stands: ways that hang on what came before are fewer than
    that, which the count of distinct ways shows (`variety`, of a log). Of a log the interval counts customers; of a
    journey it takes cases as independent walks.
    Raises JourneyError for a journey without counts (a designed map), for one in which a case would never end, and for
    a log without cases.
    """
    if isinstance(what, EventLog):
        if not what.cases:
            raise JourneyError("No case is left by these filters: widen the period or the segment.")
        return _of_log(what)
    return _of_journey(what)


def _of_journey(journey: Journey) -> Complexity:
    chain = chain_of(journey, ())
    if not journey.cases or not chain.edges.moves.sum():
        raise JourneyError("Nobody was counted on this journey: its complexity needs a mined one.")
    visits = np.where(chain.reached, chain.visits[0], 0.0)
    plain, extra = _entropies(chain.edges.i, chain.edges.moves, chain.edges.share, len(chain))
    # A way's surprise is what its moves add up to: its variance, by the second moment of that sum.
    spread = _surprise_variance(chain, plain)
    half = NORMAL * math.sqrt(spread / journey.cases)
    steps = float(visits[1:].sum())
    return _told(journey.cases, chain.names, visits, plain, extra, half, steps, None)


def _of_log(log: EventLog) -> Complexity:
    moves = walked(log)
    names: tuple[Place, ...] = (START, *moves.touchpoints)
    edge, at = np.unique((moves.source + 1) * (len(names) + 1) + moves.target + 1, return_inverse=True)
    counted = np.asarray(np.bincount(at, moves.moves), float)
    source = edge // (len(names) + 1)
    total = np.bincount(source, counted, len(names))
    share = counted / total[source]
    plain, extra = _entropies(source, counted, share, len(names))
    cases = moves.cases.sum()
    visits = total / cases
    half = _half(moves, -np.log(share)[at] / BITS, float(visits @ plain))
    return _told(int(cases), names, visits, plain, extra, half, float(visits[1:].sum()), variety(log))


def _half(moves: Walked, surprise: Array, mean: float) -> float:
    """Half the 95 % interval of the mean surprise of a case, by buckets of customers (linearised)."""
    buckets = moves.cases.size
    if buckets < 2:
        return math.inf
    total = np.bincount(moves.bucket, moves.moves * surprise, buckets)
    error = (total - mean * moves.cases) / moves.cases.sum()
    variance = buckets / (buckets - 1) * float(error @ error)
    return float(stdtrit(buckets - 1, 0.975)) * math.sqrt(variance)


def _entropies(source: NDArray[np.int64], moves: Array, share: Array, n: int) -> tuple[Array, Array]:
    """[n] entropy in bits of each row, and Miller's correction of it."""
    plain = np.asarray(np.bincount(source, -share * np.log(share) / BITS, n), float)
    targets, seen = np.bincount(source, None, n), np.bincount(source, moves, n)
    extra = np.divide(np.maximum(targets - 1, 0), 2 * seen * BITS, out=np.zeros(n), where=seen > 0)
    return plain, np.asarray(extra, float)


def _surprise_variance(chain: Chain, plain: Array) -> float:
    """Variance of −log₂ P(way) over ways: E[S²] − E[S]², by first-step equations on the factored chain."""
    edges, n = chain.edges, len(chain)
    live = edges.j < n
    own = -np.log(edges.share) / BITS
    onwards = chain.factor.solve(plain)  # expected surprise still to come
    ahead = np.zeros(edges.j.size)
    ahead[live] = onwards[edges.j[live]]
    square = np.bincount(edges.i, edges.share * (own * own + 2 * own * ahead), n)
    return float(max(chain.factor.solve(square)[0] - onwards[0] ** 2, 0.0))


def _told(
    cases: int,
    names: tuple[Place, ...],
    visits: Array,
    plain: Array,
    extra: Array,
    half: float,
    steps: float,
    found: Variety | None,
) -> Complexity:
    bits = plain + extra
    parts = visits * bits
    value = float(parts.sum())
    known = math.isfinite(half)
    low, high = (max(value - half, 0.0), value + half) if known else (None, None)
    forks = [
        Fork(
            at=names[k],
            visits=float(visits[k]),
            bits=float(bits[k]),
            choices=float(2 ** bits[k]),
            share=float(parts[k] / value) if value > 0 else 0.0,
        )
        for k in range(len(names))
        if visits[k] > 0
    ]
    forks.sort(key=lambda one: (-one.share, str(one.at)))
    return Complexity(
        cases=cases,
        bits=Measure(value, low, high, cases),
        plain=float(visits @ plain),
        paths=Measure(_power(value), _power(low), _power(high), cases),
        steps=steps,
        # A case of k touchpoints makes k + 1 moves, the one in and the one out counted.
        choices=float(2 ** (value / (steps + 1))),
        forks=tuple(forks),
        variety=found,
    )


def _power(bits: float | None) -> float | None:
    """2^bits; no further than numbers go."""
    return None if bits is None else float(2.0 ** min(bits, 1000.0))
