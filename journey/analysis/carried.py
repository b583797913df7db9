"""What carries the goal: reach, removal and returns of every touchpoint, in either order, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from journey.analysis.chain import NORMAL, SURE, Array, Chain, first_order, sampled
from journey.analysis.second import States, blocks
from journey.estimate import wilson
from journey.model import END, Measure

__all__ = ["Carried", "Ends", "carried", "intervals", "share_of", "span_of"]

MOST_WORK: Final = 2e9  # draws × states³; past it intervals come from the posterior variances


@dataclass(frozen=True)
class Carried:
    """By state [n]: reach, removal effect and returns; by edge [E] the chance of the goal after it.

    reach_sd, lost_sd   [n] posterior standard deviations, of a second-order chain alone
    """

    reach: Array
    lost: Array
    returns: Array
    worth: Array
    reach_sd: Array | None = None
    lost_sd: Array | None = None


@dataclass(frozen=True)
class Ends:
    """The lower, or the upper, ends of all intervals."""

    rate: float
    steps: float
    reach: Array
    lost: Array


def carried(chain: Chain, pairs: States | None) -> Carried:
    """Of a chain, by the pairs where it is of second order."""
    visits, b, edges = chain.visits, chain.chance, chain.edges
    if pairs is None:
        own = np.diagonal(visits)
        reach = np.minimum(np.where(chain.reached, visits[0], 0.0) / own, 1)
        lost = np.minimum(reach * b / b[0], 1) if b[0] > 0 else np.zeros_like(b)
        return Carried(reach, lost, np.maximum(own - 1, 0), np.r_[b, 0.0][edges.j])
    found, code = blocks(pairs), {name: at for at, name in enumerate(pairs.names)}
    at = np.array([code.get(str(name), -1) for name in chain.names])
    at[0] = -1  # the start, whatever touchpoints are called
    by_state = [
        np.where(at >= 0, values[at], 0.0)
        for values in (found.reach, found.lost, found.returns, found.reach_sd, found.lost_sd)
    ]
    places = (*chain.names, END)
    worth = np.array([pairs.worth.get((places[i], places[j]), 0.0) for i, j in zip(edges.i, edges.j, strict=True)])
    reach, lost, returns, reach_sd, lost_sd = by_state
    return Carried(reach, lost, returns, worth, reach_sd, lost_sd)


def intervals(chain: Chain, parts: Carried, draws: int, seed: int) -> tuple[Ends, Ends]:
    """The ends of all 95 % intervals: from drawn chains, or to first order where that is too much work."""
    rate, steps = float(chain.chance[0]), float(chain.steps[0])
    if draws == 0:
        same = Ends(rate, steps, parts.reach, parts.lost)
        return same, same
    if parts.lost_sd is None and draws * float(len(chain)) ** 3 <= MOST_WORK:
        drawn = [np.quantile(one, [0.025, 0.975], axis=0) for one in sampled(chain, draws, seed)]
        low, high = (Ends(*(one[end] for one in drawn)) for end in (0, 1))
        return low, high
    sd_rate, sd_steps, sd_reach, sd_lost = first_order(chain)
    if parts.reach_sd is not None and parts.lost_sd is not None:
        sd_reach, sd_lost = parts.reach_sd, parts.lost_sd
    ends = []
    for sign in (-NORMAL, NORMAL):
        one = float(_logit(np.array([rate]), np.array([sd_rate]), sign)[0])
        reach, lost = _logit(parts.reach, sd_reach, sign), _logit(parts.lost, sd_lost, sign)
        ends.append(Ends(one, steps + sign * sd_steps, reach, lost))
    return ends[0], ends[1]


def _logit(p: Array, sd: Array, sign: float) -> Array:
    """p moved by `sign` standard deviations on the logit scale; 0 and 1 stay."""
    inside = (p > SURE) & (p < 1 - SURE)
    safe = np.where(inside, p, 0.5)
    odds = np.log(safe / (1 - safe)) + sign * np.where(inside, sd, 0) / (safe * (1 - safe))
    moved: Array = np.where(inside, 1 / (1 + np.exp(-np.clip(odds, -700, 700))), p)
    return moved


def share_of(value: float, low: float, high: float, n: int, base: int, known: bool) -> Measure:
    """A share; where the counts hold no exception (0 or 1) its interval is Wilson's, of `base` cases."""
    value = float(0 if value < SURE else 1 if value > 1 - SURE else value)
    if not known or not n:
        return Measure(value, None, None, n)
    if value in (0, 1) and base:
        sure = wilson(base if value else 0, base)
        return Measure(value, sure.low, sure.high, n)
    return Measure(value, float(min(low, value)), float(max(high, value)), n)


def span_of(value: float, low: float, high: float, n: int, known: bool) -> Measure:
    """A number of steps with its interval."""
    if not known or not n:
        return Measure(value, None, None, n)
    return Measure(value, float(max(min(low, value), 0)), float(max(high, value)), n)
