"""Chains of either order from counted triples; in second order a touchpoint is a block of states.

The states of second order are pairs (previous touchpoint, touchpoint): where a case goes next depends on where it is
and on where it came from. A touchpoint is then all states that stand on it, and takes a block of (I − Q)⁻¹ where the
chain of first order takes a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.chain import SURE, Array, Chain, Edges
from journey.errors import JourneyError
from journey.events.triples import Triples
from journey.model import START, Place

__all__ = ["MOST_STATES", "Blocks", "Passage", "States", "blocks", "passages", "states_of"]

MOST_STATES: Final = 4000  # their inverse takes 128 MB and some seconds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class States:
    """A chain whose states stand on touchpoints: one state each, or in second order one for each place before it.

    at     [n] code of the touchpoint that a state stands on, 0 for START;  `came` of the one before, −1 for none
    edge   [R] the chain's edge that each row of the counts belongs to, −1 for what comes after a goal
    """

    chain: Chain
    names: tuple[str, ...]
    at: Ints
    came: Ints
    edge: Ints

    @cached_property
    def worth(self) -> dict[tuple[Place, Place], float]:
        """(previous touchpoint, touchpoint) → chance of the goal of a case that has just gone there."""
        places: tuple[Place, ...] = (START, *self.names)
        rows = zip(self.came.tolist(), self.at.tolist(), self.chain.chance.tolist(), strict=True)
        return {(places[came], places[at]): chance for came, at, chance in rows if at}


@dataclass(frozen=True)
class Passage:
    """How cases pass a touchpoint, whose states are the block.

    first    [B] chance that a case comes to the touchpoint, and first in this state
    without  [n] expected visits before the touchpoint is met, 0 in the block
    hit      [n] chance of ever meeting the touchpoint, from each state
    less     [n] chance of the goal without meeting it
    """

    block: Ints
    first: Array
    without: Array
    hit: Array
    less: Array


@dataclass(frozen=True)
class Blocks:
    """By touchpoint [K]: reach, removal effect and returns, and the standard deviations of the first two."""

    reach: Array
    lost: Array
    returns: Array
    reach_sd: Array
    lost_sd: Array


def states_of(counts: Triples, order: int) -> States:
    """The chain of first or second order of a log or a table of paths.

    Raises JourneyError where there are too many states to solve.
    """
    width = len(counts.names) + 2
    before = counts.before + 1 if order == 2 else np.zeros_like(counts.before)
    key, row = np.unique(before * width + counts.here, return_inverse=True)
    n = len(key)
    if n > MOST_STATES:
        raise JourneyError(
            "There are {n:,} touchpoints (pairs of them, if the order is 2), and {most:,} can be solved. Look at part "
            "of the touchpoints (log.only), or use order=1.",
            n=n,
            most=MOST_STATES,
        )
    # Whoever moves from here to there stands there next, having come from here. An end comes after all states.
    there = (counts.here + 1) * width + counts.after if order == 2 else counts.after
    column = np.where(counts.after == width - 1, n, np.searchsorted(key, there))
    at = key % width
    goals = np.isin(at, [counts.names.index(name) + 1 for name in counts.goal])
    live = ~goals[row]
    cell, inverse = np.unique((row * (n + 1) + column)[live], return_inverse=True)
    edge = np.full(len(row), -1)
    edge[live] = inverse
    moves = np.bincount(inverse, counts.moves[live]).astype(float)
    i, j = cell // (n + 1), cell % (n + 1)
    edges = Edges(i, j, moves / np.bincount(i, moves, n)[i], moves, np.zeros(len(i)))
    places: tuple[Place, ...] = (START, *counts.names)
    chain = Chain(tuple(places[k] for k in at), goals, edges)
    return States(chain, counts.names, at, key // width - 1, edge)


def passages(states: States) -> Iterator[tuple[int, Passage]]:
    """Each touchpoint that a case can come to, by its place among the names, with how cases pass it.

    With B its states, N_sB N_BB⁻¹ says where a case first comes into it, and N_·B N_BB⁻¹ the same from anywhere.
    """
    visits, b = states.chain.visits, states.chain.chance
    for k in range(len(states.names)):
        block = np.flatnonzero(states.at == k + 1)
        if not block.size or not states.chain.reached[block].any():
            continue
        entered = np.linalg.solve(visits[np.ix_(block, block)].T, visits[:, block].T)
        ways = np.asarray(entered, float)  # [B, n]
        first = ways[:, 0]
        hit, less = ways.sum(0), b - b[block] @ ways
        without = visits[0] - first @ visits[block]
        without[block], hit[block], less[block] = 0, 1, 0
        yield k, Passage(block, first, without, hit, less)


def blocks(states: States) -> Blocks:
    """Reach, removal and returns of every touchpoint, as a block of states.

    Variances to first order, from the rows' posteriors: ∂/∂P_ij is the visits to i before the block is met, times what
    j is worth without it.
    """
    chain = states.chain
    visits, b, q = chain.visits, chain.chance, chain.q
    weight = 1 / (chain.seen + 1)
    found = np.zeros((5, len(states.names)))
    mean_b = q @ b
    plain = np.maximum(q @ (b * b) - mean_b**2, 0)
    for k, one in passages(states):
        reach = float(np.clip(one.first.sum(), 0, 1))
        found[0, k] = reach
        found[2, k] = max(float(visits[0, one.block].sum()) / reach - 1, 0) if reach > SURE else 0
        met = np.maximum(q @ (one.hit * one.hit) - (q @ one.hit) ** 2, 0)
        found[3, k] = float((one.without**2 * weight) @ met) ** 0.5
        if b[0] <= 0:
            continue
        found[1, k] = float(np.clip(one.first @ b[one.block] / b[0], 0, 1))
        # 1 − less_s / b_s: both move with a row's shares, so does their ratio.
        x, y = -one.without / b[0], visits[0] * float(one.less[0]) / b[0] ** 2
        mean_less = q @ one.less
        square = np.maximum(q @ (one.less * one.less) - mean_less**2, 0)
        joint = q @ (b * one.less) - mean_b * mean_less
        spread = np.maximum(x * x * square + 2 * x * y * joint + y * y * plain, 0)
        found[4, k] = float(weight @ spread) ** 0.5
    return Blocks(*found)
