"""Flow: the chance of the goal, what it passes through, where time goes, and what other shares would bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from journey.analysis.chain import NORMAL, SURE, Array, Chain, chain_of, duration, first_order, sampled
from journey.analysis.levers import Bottleneck, Converter, Lever, bottlenecks, converters, levers
from journey.analysis.whatif import WhatIf, what_if
from journey.errors import JourneyError, suggest
from journey.estimate import wilson
from journey.model import Journey, Measure, Place

__all__ = ["Flow", "flow"]

MOST_WORK: Final = 1e10  # draws × states³; past it intervals come from the posterior variances


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A journey as an absorbing chain: shares between 0 and 1, times in seconds, intervals 95 %, n is cases.

    goal_rate   chance that a case reaches a goal before it ends, by the chain
    observed    share of cases that did, where it was counted: the two differ where the way here matters (a chain
                remembers only where a case stands)
    steps       expected events until the goal or the end, both counted; `steps_sd` their standard deviation from case
                to case (not the uncertainty of the mean, which is the interval of `steps`)
    duration_s  expected seconds from the first to the last of these events; None where a wait is not known
    reach       touchpoint → chance that a case meets it before the goal or the end
    returns     touchpoint → expected further visits of a case that has met it
    removal     touchpoint → share of the goal rate that passes through it, and would be lost if every case that comes
                to it left. Missing where the goal is never reached
    mandatory   touchpoints without which nobody reached a goal: their removal effect is 1, which is not their value
    bottlenecks where the time goes, most first
    levers      the 50 shifts of 1 % of a touchpoint's visits that are worth most, best first
    converters  transitions as the cases walk them that will reach the goal
    """

    goal: tuple[str, ...]
    cases: int
    goal_rate: Measure
    observed: Measure
    steps: Measure
    steps_sd: float
    duration_s: float | None
    reach: Mapping[str, Measure]
    returns: Mapping[str, float]
    removal: Mapping[str, Measure]
    mandatory: tuple[str, ...]
    bottlenecks: tuple[Bottleneck, ...]
    levers: tuple[Lever, ...]
    converters: tuple[Converter, ...]
    chain: Chain = field(repr=False, compare=False)

    def what_if(self, changes: Mapping[tuple[Place, Place], float]) -> WhatIf:
        """The goal rate, steps and duration if these transitions had other shares.

        changes  (source, target) → new share (0–1) of the visits to the source; `jn.START` and `jn.END` may be used,
                 and targets that nobody goes to today. The shares of the source's other transitions keep their
                 proportions and fill the rest.

        One changed source is a rank-one step, b′_s = b_s + N_sk (Δq·b + Δr) / (1 − Δq·N_·k); several are solved
        anew. It supposes that those who are sent elsewhere go on as those who are there today: association is not
        cause, and an experiment tells. Raises JourneyError for unknown places, shares that exceed 1 or cannot be
        filled, and for changes by which a case would never end.
        """
        interval = self.goal_rate.low is not None
        return what_if(self.chain, changes, cases=self.cases, interval=interval)


def flow(journey: Journey, *, goal: str | Sequence[str] | None = None, draws: int = 400, seed: int = 0) -> Flow:
    """Follow the cases of a journey to the goal: an absorbing Markov chain, solved exactly.

    goal   touchpoints that count as success, on first reach (default: the journey's own)
    draws  chains drawn for the intervals, each row from its Dirichlet posterior with Jeffreys' ½ on every observed
           target; where that is too much work (about 300 touchpoints with 400 draws) the intervals come from the
           posterior variances to first order, on the logit scale; 0 gives no intervals
    seed   the same seed draws the same chains

    With N = (I − Q)⁻¹ and b = N r: hit probability N_sk / N_kk, returns N_kk − 1, removal effect N_sk b_k / (N_kk b_s),
    all from one inverse; steps N·1, their variance from second moments, bottlenecks N_sk τ_k (Kemeny & Snell 1960,
    ch. III; removal effects: Anderl et al. 2016, doi:10.1016/j.ijresmar.2016.03.001). Shares are of all visits, those
    after a goal included. Intervals treat transitions as independent, and are widened to hold the value.
    Raises JourneyError if no goal is known, it is no touchpoint of the journey, no counts are there (a designed map),
    or a case could come to a place that it never leaves.
    """
    goals = _goals(journey, goal)
    if draws < 0 or seed < 0:
        raise JourneyError(f"draws and seed are whole numbers of 0 or more, got {draws} and {seed}.")
    chain = chain_of(journey, goals)
    visits, b = chain.visits, chain.chance
    s, own = np.where(chain.reached, visits[0], 0.0), np.diagonal(visits)
    reach = np.minimum(s / own, 1)
    lost = np.minimum(reach * b / b[0], 1) if b[0] > 0 else np.zeros_like(b)
    lows, highs = _intervals(chain, draws, seed, reach, lost)
    n = journey.cases
    names = [str(name) for name in chain.names]
    known = draws > 0
    rate = float(b[0])
    return Flow(
        goal=goals,
        cases=n,
        goal_rate=_share(rate, lows.rate, highs.rate, n, n, known),
        observed=_observed(journey, goals),
        steps=_span(float(chain.steps[0]), lows.steps, highs.steps, n, known),
        steps_sd=_steps_sd(chain),
        duration_s=duration(s, chain.wait),
        reach={names[k]: _share(reach[k], lows.reach[k], highs.reach[k], n, n, known) for k in range(1, len(chain))},
        returns={names[k]: float(max(own[k] - 1, 0)) for k in range(1, len(chain))},
        removal={
            names[k]: _share(lost[k], lows.lost[k], highs.lost[k], n, round(n * rate), known)
            if rate > 0
            else Measure.missing()
            for k in range(1, len(chain))
        },
        mandatory=tuple(names[k] for k in range(1, len(chain)) if rate > 0 and lost[k] > 1 - SURE),
        bottlenecks=bottlenecks(chain, s),
        levers=levers(chain, s, n),
        converters=converters(chain),
        chain=chain,
    )


def _goals(journey: Journey, goal: str | Sequence[str] | None) -> tuple[str, ...]:
    names = [touchpoint.name for touchpoint in journey.touchpoints]
    goals = journey.goal if goal is None else (goal,) if isinstance(goal, str) else tuple(goal)
    if not goals:
        raise JourneyError(
            "Flow needs a goal: name the touchpoint that counts as success, in the recipe (goal:) or as an option."
        )
    # A recipe's goal that nobody met in this part of the log is an answer (0 %), a misspelt one is not.
    for name in goals:
        if name not in names and name not in journey.goal:
            raise JourneyError(f"The goal “{name}” is no touchpoint.{suggest(name, names, known='touchpoints')}")
    return goals


def _observed(journey: Journey, goals: tuple[str, ...]) -> Measure:
    """The share of cases that met a goal, where the journey knows it."""
    met = {touchpoint.name: touchpoint.cases for touchpoint in journey.touchpoints}
    if not journey.cases:
        return Measure.missing()
    if set(goals) == set(journey.goal) and journey.reached is not None:
        return wilson(journey.reached, journey.cases)
    return wilson(met.get(goals[0], 0), journey.cases) if len(goals) == 1 else Measure.missing()


@dataclass(frozen=True)
class _Ends:
    rate: float
    steps: float
    reach: Array
    lost: Array


def _intervals(chain: Chain, draws: int, seed: int, reach: Array, lost: Array) -> tuple[_Ends, _Ends]:
    """The lower and the upper ends of all intervals."""
    rate, steps = chain.chance[0], chain.steps[0]
    if draws == 0:
        same = _Ends(rate, steps, reach, lost)
        return same, same
    if draws * float(len(chain)) ** 3 <= MOST_WORK:
        drawn = [np.quantile(one, [0.025, 0.975], axis=0) for one in sampled(chain, draws, seed)]
        low, high = (_Ends(*(one[end] for one in drawn)) for end in (0, 1))
        return low, high
    sd_rate, sd_steps, sd_reach, sd_lost = first_order(chain)
    ends = []
    for sign in (-NORMAL, NORMAL):
        one = float(_logit(np.array([rate]), np.array([sd_rate]), sign)[0])
        ends.append(_Ends(one, steps + sign * sd_steps, _logit(reach, sd_reach, sign), _logit(lost, sd_lost, sign)))
    return ends[0], ends[1]


def _logit(p: Array, sd: Array, sign: float) -> Array:
    """p moved by `sign` standard deviations on the logit scale; 0 and 1 stay."""
    inside = (p > SURE) & (p < 1 - SURE)
    safe = np.where(inside, p, 0.5)
    odds = np.log(safe / (1 - safe)) + sign * np.where(inside, sd, 0) / (safe * (1 - safe))
    moved: Array = np.where(inside, 1 / (1 + np.exp(-np.clip(odds, -700, 700))), p)
    return moved


def _share(value: float, low: float, high: float, n: int, base: int, known: bool) -> Measure:
    """A share; where the counts hold no exception (0 or 1) its interval is Wilson's, of `base` cases."""
    value = float(0 if value < SURE else 1 if value > 1 - SURE else value)
    if not known or not n:
        return Measure(value, None, None, n)
    if value in (0, 1) and base:
        sure = wilson(base if value else 0, base)
        return Measure(value, sure.low, sure.high, n)
    return Measure(value, float(min(low, value)), float(max(high, value)), n)


def _span(value: float, low: float, high: float, n: int, known: bool) -> Measure:
    if not known or not n:
        return Measure(value, None, None, n)
    return Measure(value, float(max(min(low, value), 0)), float(max(high, value)), n)


def _steps_sd(chain: Chain) -> float:
    """√(E[T²] − E[T]²): E[T²] = N (c ∘ (2t − c)), where c counts the events, START none."""
    count, t = chain.once, chain.steps
    second = chain.visits[0] @ (count * (2 * t - count))
    return math.sqrt(max(float(second - t[0] ** 2), 0.0))
