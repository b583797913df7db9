"""What a case collects on its way, as it is and as it would be, and how both hang on what was counted.

The derivative of a total N_s· r by the share P_ij is N_si times what comes from j on; so a total's variance, to first
order, is one pass over the transitions, and that of a difference as well, for both hang on the same counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from journey.analysis.chain import Array, Chain
from journey.analysis.whatif_inverse import Solver, solver
from journey.analysis.whatif_rows import Row

__all__ = ["Influence", "Known", "Moved", "known", "moved", "variance"]


@dataclass(frozen=True)
class Influence:
    """How a total hangs on what was counted.

    shares  [E] what it changes with each share of the chain of today, up to a constant of each row
    moves   [E] what it changes with what each move brings (its mean wait)
    noise   what one standard deviation of something else changes, by its name
    """

    shares: Array
    moves: Array
    noise: dict[str, float]

    def __sub__(self, other: Influence) -> Influence:
        names = {*self.noise, *other.noise}
        noise = {name: self.noise.get(name, 0.0) - other.noise.get(name, 0.0) for name in names}
        return Influence(self.shares - other.shares, self.moves - other.moves, noise)

    def __rmul__(self, times: float) -> Influence:
        noise = {name: times * value for name, value in self.noise.items()}
        return Influence(times * self.shares, times * self.moves, noise)


def variance(chain: Chain, influence: Influence, errors: Array | None = None) -> float:
    """Variance of a total to first order: Dirichlet rows, moves with standard errors [E], and all other noise."""
    edges, first = chain.edges, chain.starts
    given = chain.seen[edges.i[first]] + 1
    weighed = edges.share * influence.shares
    mean = np.add.reduceat(weighed, first)
    square = np.add.reduceat(weighed * influence.shares, first)
    total = float((np.maximum(square - mean**2, 0.0) / given).sum())
    if errors is not None:
        total += float(((influence.moves * errors) ** 2).sum())
    return total + sum(amount**2 for amount in influence.noise.values())


@dataclass(frozen=True)
class Known:
    """What a case collects on its way, as it is today: worked out once for any number of questions.

    on         [E] what each move brings, beside what each visit brings
    reward     [n] what a visit brings, the moves that leave it included;  value [n] all that comes from there on
    total      of a case;  influence how it hangs on the counts;  sd its standard deviation
    """

    on: Array
    reward: Array
    value: Array
    total: float
    influence: Influence
    sd: float


def known(
    chain: Chain,
    states: Array,
    on: Array | None = None,
    *,
    value: Array | None = None,
    errors: Array | None = None,
) -> Known:
    """A quantity that a case collects: `states` [n] at every visit, `on` [E] with every move.

    value   [n] what comes from each state on, where it is known already;  errors [E] standard errors of `on`
    """
    edges = chain.edges
    brings = np.zeros(edges.i.size) if on is None else on
    reward = states if on is None else states + np.bincount(edges.i, edges.share * on, len(chain))
    ahead = chain.visits @ reward if value is None else value
    today = np.where(chain.reached, chain.visits[0], 0.0)
    at = today[edges.i]
    influence = Influence(at * (np.append(ahead, 0.0)[edges.j] + brings), at * edges.share, {})
    total = float((today * reward).sum())
    return Known(brings, reward, ahead, total, influence, math.sqrt(variance(chain, influence, errors)))


@dataclass(frozen=True)
class Moved:
    """A chain as it is and as it would be."""

    chain: Chain
    rows: tuple[Row, ...]
    solver: Solver

    @cached_property
    def visits(self) -> Array:
        """[n] expected visits of a case, then."""
        found: Array = np.maximum(self.solver.visits, 0.0)
        return found

    @cached_property
    def today(self) -> Array:
        """[n] expected visits of a case, today."""
        found: Array = np.where(self.chain.reached, self.chain.visits[0], 0.0)
        return found

    def then(self, of: Known, states: Array | None = None, on: Array | None = None) -> tuple[float, Influence]:
        """A quantity as it would be, and how it hangs on the counts.

        states   [n] what a visit brings besides what it does today;  on [E] what each move brings then
        Ways that nobody goes today bring nothing of their own.
        """
        chain, edges = self.chain, self.chain.edges
        brings = of.on if on is None else on
        reward = of.reward.copy() if states is None else of.reward + states
        if on is not None:
            reward += np.bincount(edges.i, edges.share * (on - of.on), len(chain))
        for row in self.rows:
            at = chain.row(row.k)
            reward[row.k] += float((row.delta[: at.stop - at.start] * brings[at]).sum())
        value = self.solver.value(reward, of.reward, of.value)
        return float((self.visits * reward).sum()), self._influence(value, brings)

    def _influence(self, value: Array, on: Array) -> Influence:
        edges, visits = self.chain.edges, self.visits
        ahead, at = np.append(value, 0.0), visits[edges.i]
        shares = at * (ahead[edges.j] + on)
        moves = at * edges.share
        noise: dict[str, float] = {}
        for row in self.rows:
            here = self.chain.row(row.k)
            size = here.stop - here.start
            worth = ahead[row.j]
            worth[:size] += on[here]
            pulled, loose = row.pulled(worth)
            shares[here] = visits[row.k] * pulled[:size]
            moves[here] = visits[row.k] * row.then[:size]
            for name, amount in loose.items():
                noise[name] = noise.get(name, 0.0) + float(visits[row.k]) * amount
        return Influence(shares, moves, noise)


def moved(chain: Chain, rows: tuple[Row, ...]) -> Moved:
    """The chain with these rows. JourneyError if a case would come to a place that it never leaves."""
    return Moved(chain, rows, solver(chain, rows))
