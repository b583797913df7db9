"""How far back a journey remembers: held-out likelihood of chains that know nothing, the place, or the one before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from journey.errors import JourneyError
from journey.events.channel_paths import PathJourney
from journey.events.log import EventLog
from journey.events.triples import Triples, triples
from journey.model import Measure

__all__ = ["FOLDS", "Order", "chosen", "order"]

FOLDS: Final = 20
ALPHA: Final = 0.5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How many places back tell where a case goes next.

    best      0 (nothing does, but that a case begins), 1 (where it stands), 2 (and where it came from): whichever
              foretells moves of customers it has not seen best; of equally good ones the lower
    zero, first, second   mean log-likelihood of a held-out move, in nats: 0 is foretold for sure, lower is worse; n is
              moves, intervals 95 % by groups of customers
    gain      second − first, with its own interval: where that leaves out 0, the better order is sure
    contexts  distinct situations that each order tells apart
    """

    best: int
    zero: Measure
    first: Measure
    second: Measure
    gain: Measure
    contexts: tuple[int, int, int]


def order(source: EventLog | PathJourney, *, goal: str | Sequence[str] | None = None) -> Order:
    """Choose the order of a journey's chain: by how well moves of other customers are foretold.

    goal   as in `mine`; cases are followed until their first goal

    Customers are dealt into 20 groups by a hash; each group's moves are foretold from all others', with ½ added to each
    count (α = ½), p = (c + α) / (n + α M), M the places a case can go to. The mean log-likelihood is compared. AIC and
    BIC, which judge by the data that were learnt from, often miss the order where there are many rare situations.
    Raises JourneyError for fewer than two customers.
    """
    return chosen(triples(source, goal=goal, groups=FOLDS))


def chosen(counts: Triples) -> Order:
    """See `order`; `counts` in at least two groups."""
    goals = [counts.names.index(name) + 1 for name in counts.goal if name in counts.names]
    live = ~np.isin(counts.here, goals)  # after a goal nothing is left to foretell
    if np.unique(counts.group[live]).size < 2:
        raise JourneyError("To choose an order takes customers to learn from and others to try it on: two at least.")
    group, moves = counts.group[live], counts.moves[live]
    before, here, after = counts.before[live], counts.here[live], counts.after[live]
    width = len(counts.names) + 2
    # That a case begins is known in any order.
    situations = [(here > 0).astype(np.int64), here, (before + 1) * width + here]
    targets = np.unique(after).size
    told = [_held_out(context, after, group, moves, counts.groups, targets) for context in situations]
    size = np.bincount(group, moves, counts.groups).astype(float)
    zero, first, second = (_mean(one, size) for one in told)
    best = max(range(3), key=lambda k: (float(told[k].sum()), -k))
    contexts = tuple(int(np.unique(one).size) for one in situations)
    return Order(
        best=best,
        zero=zero,
        first=first,
        second=second,
        gain=_mean(told[2] - told[1], size),
        contexts=(contexts[0], contexts[1], contexts[2]),
    )


def _held_out(
    context: NDArray[np.int64],
    after: NDArray[np.int64],
    group: NDArray[np.int64],
    moves: NDArray[np.int64],
    groups: int,
    targets: int,
) -> Array:
    """[G] log-likelihood of each group's moves by the counts of all others."""
    _, context = np.unique(context, return_inverse=True)
    _, pair = np.unique(context * (int(after.max()) + 1) + after, return_inverse=True)
    whole_pair, whole = np.bincount(pair, moves), np.bincount(context, moves)
    # Of each group: one line for each pair it walked, whatever stood before.
    key, line = np.unique(group * len(whole_pair) + pair, return_inverse=True)
    own_pair = np.bincount(line, moves)
    context_of = np.zeros(len(whole_pair), np.int64)
    context_of[pair] = context
    by, pair = key // len(whole_pair), key % len(whole_pair)
    at = context_of[pair]
    _, spot = np.unique(by * len(whole) + at, return_inverse=True)
    own = np.bincount(spot, own_pair)[spot]
    chance = (whole_pair[pair] - own_pair + ALPHA) / (whole[at] - own + ALPHA * targets)
    return np.asarray(np.bincount(by, own_pair * np.log(chance), groups), float)


def _mean(total: Array, size: Array) -> Measure:
    """Σ total / Σ size with the linearised variance of a ratio over groups, t interval."""
    some = size > 0
    n, b = float(size.sum()), int(some.sum())
    value = float(total.sum()) / n
    error = (total[some] - value * size[some]) / n
    half = float(stdtrit(b - 1, 0.975)) * math.sqrt(b / (b - 1) * float(error @ error))
    return Measure(value, value - half, value + half, round(n))
