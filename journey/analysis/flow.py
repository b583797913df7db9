"""Flow: the chance of the goal, what it passes through, where time goes, and what other shares would bring."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from journey.analysis.carried import carried, intervals, share_of, span_of
from journey.analysis.chain import SURE, Chain, chain_of, duration
from journey.analysis.levers import Bottleneck, Converter, Lever, bottlenecks, converters, levers
from journey.analysis.order import FOLDS, Order, chosen
from journey.analysis.second import MOST_STATES, States, states_of
from journey.analysis.whatif import WhatIf, what_if
from journey.analysis.whatif_changes import Change
from journey.errors import JourneyError, suggest
from journey.estimate import wilson
from journey.events.channel_paths import PathJourney
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.events.triples import passed, triples
from journey.model import END, Journey, Measure, Place

__all__ = ["Flow", "flow"]

NO_GOAL: Final = "Flow needs a goal: name the touchpoint that counts as success, in the recipe (goal:) or as an option."


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A journey as an absorbing chain: shares between 0 and 1, times in seconds, intervals 95 %, n is cases.

    goal_rate   chance that a case reaches a goal before it ends, by the chain
    observed    share of cases that did, where it was counted. The two are equal where cases are followed to their first
                goal only (a log, `mine(log, until_goal=True)`, a table of paths); else what comes after a goal is
                mixed in and they differ
    steps       expected events until the goal or the end, both counted; `steps_sd` their standard deviation from case
                to case (not the uncertainty of the mean, which is the interval of `steps`)
    duration_s  expected seconds from the first to the last of these events; None where a wait is not known
    reach       touchpoint → chance that a case meets it before the goal or the end, by the chain
    met         touchpoint → share of cases that did, counted: how far the chain can be believed. Empty where not known
    returns     touchpoint → expected further visits of a case that has met it
    removal     touchpoint → removal effect, the share of the goal rate that passes through it and would be lost if
                every case that comes to it left. Missing where the goal is never reached
    through     touchpoint → share of the cases with a goal that met it before, counted. Empty where not known
    mandatory   touchpoints without which nobody reached a goal: their removal effect is 1, which is not their value
    bottlenecks where the time goes, most first
    levers      the 50 shifts of 1 % of a touchpoint's visits that are worth most, best first; at most six of one
                touchpoint
    converters  transitions as the cases walk them that will reach the goal
    order       1: the chain remembers where a case stands; 2: also where it came from
    memory      how the order was chosen; None where it was told
    """

    goal: tuple[str, ...]
    cases: int
    goal_rate: Measure
    observed: Measure
    steps: Measure
    steps_sd: float
    duration_s: float | None
    reach: Mapping[str, Measure]
    met: Mapping[str, Measure]
    returns: Mapping[str, float]
    removal: Mapping[str, Measure]
    through: Mapping[str, Measure]
    mandatory: tuple[str, ...]
    bottlenecks: tuple[Bottleneck, ...]
    levers: tuple[Lever, ...]
    converters: tuple[Converter, ...]
    order: int
    memory: Order | None
    chain: Chain = field(repr=False, compare=False)

    def what_if(self, changes: Mapping[tuple[Place, Place], float] | Iterable[Change]) -> WhatIf:
        """The goal rate, steps and duration if these transitions had other shares, if fewer left, if waits were others.

        changes  `Leave`, `Send`, `Share` and `Wait`, in the order in which they are made; or a mapping,
                 (source, target) → new share (0–1) of the visits to the source. `jn.START` and `jn.END` may be used,
                 and targets that nobody goes to today. The shares of the source's other transitions keep their
                 proportions and fill the rest.

        Changed rows are a small system beside the inverse that is known (Woodbury); with one, b′_s = b_s +
        N_sk (Δq·b + Δr) / (1 − Δq·N_·k). It is answered by the chain of first order. It supposes that those who are
        sent elsewhere go on as those who are there today: association is not cause, and an experiment tells. For
        ratings, burden and money see `jn.suppose`. Raises JourneyError for unknown places, shares that exceed 1 or
        cannot be filled, and for changes by which a case would never end.
        """
        return what_if(self.chain, changes, today=self.goal_rate, interval=self.goal_rate.low is not None)


def flow(
    source: Journey | EventLog,
    *,
    goal: str | Sequence[str] | None = None,
    order: Literal[1, 2, "auto"] = 1,
    draws: int = 400,
    seed: int = 0,
) -> Flow:
    """Follow the cases of a journey to the goal: an absorbing Markov chain, solved exactly.

    source  a log, whose cases are followed to their first goal; a table of paths (`read_paths`); or a mined journey, by
            `mine(log, until_goal=True)`, for in one mined to the end of its cases what follows a goal is mixed in
    goal    touchpoints that count as success, on first reach (default: the journey's own)
    order   what the chain remembers: 1 where a case stands; 2 also where it came from, for reach, returns, removal
            effects, levers and converters (a touchpoint is then all states that stand on it); "auto" whichever
            foretells unseen customers better (`jn.order`). Goal rate, steps and times are the same in both. Above 1 it
            takes a log or a table of paths, since a journey has forgotten what came before a move
    draws   chains drawn for the intervals, each row from its Dirichlet posterior with Jeffreys' ½ on every observed
            target; where that is too much work (about 170 touchpoints with 400 draws) and in second order the intervals
            come from the posterior variances to first order, on the logit scale; 0 gives no intervals
    seed    the same seed draws the same chains

    With N = (I − Q)⁻¹ and b = N r: hit probability N_sk / N_kk, returns N_kk − 1, removal effect N_sk b_k / (N_kk b_s),
    all from one inverse; steps N·1, their variance from second moments, bottlenecks N_sk τ_k (Kemeny & Snell 1960,
    ch. III; removal effects: Anderl et al. 2016, doi:10.1016/j.ijresmar.2016.03.001). Intervals treat transitions as
    independent, and are widened to hold the value; a goal rate that was counted has Wilson's.
    Raises JourneyError if no goal is known, it is no touchpoint of the journey, no counts are there (a designed map),
    or a case could come to a place that it never leaves.
    """
    if draws < 0 or seed < 0:
        raise JourneyError(
            "draws and seed are whole numbers of 0 or more, got {draws} and {seed}.", draws=draws, seed=seed
        )
    if order not in (1, 2, "auto"):
        raise JourneyError("The order of a chain is 1, 2 or “auto”, not {order}.", order=repr(order))
    journey = _mined(source, goal) if isinstance(source, EventLog) else source
    goals = _goals(journey, goal)
    memory, pairs = _remembered(source, journey, goals, order)
    chain = chain_of(journey, goals)
    parts, n = carried(chain, pairs), journey.cases
    low, high = intervals(chain, parts, draws, seed)
    names, states, known = [str(name) for name in chain.names], range(1, len(chain)), draws > 0
    rate, visits, observed = float(chain.chance[0]), chain.visits[0], _observed(journey, goals)
    of_goal = n if rate <= 0 else round(n * rate)
    counted = observed.value is not None and abs(observed.value - rate) < SURE and known
    return Flow(
        goal=goals,
        cases=n,
        goal_rate=observed if counted else share_of(rate, low.rate, high.rate, n, n, known),
        observed=observed,
        steps=span_of(float(chain.steps[0]), low.steps, high.steps, n, known),
        steps_sd=_steps_sd(chain),
        duration_s=duration(np.where(chain.reached, visits, 0.0), chain.wait),
        reach={names[k]: share_of(parts.reach[k], low.reach[k], high.reach[k], n, n, known) for k in states},
        met=_met(journey, goals),
        returns={names[k]: float(parts.returns[k]) for k in states},
        removal={
            names[k]: share_of(parts.lost[k], low.lost[k], high.lost[k], n, of_goal, known)
            if rate > 0
            else Measure.missing()
            for k in states
        },
        through=_through(source, goals, journey.reached),
        mandatory=tuple(names[k] for k in states if rate > 0 and parts.lost[k] > 1 - SURE),
        bottlenecks=bottlenecks(chain, np.where(chain.reached, visits, 0.0)),
        levers=levers(chain, np.where(chain.reached, visits, 0.0), n, parts.worth),
        converters=converters(chain, parts.worth),
        order=1 if pairs is None else 2,
        memory=memory,
        chain=chain,
    )


def _mined(log: EventLog, goal: str | Sequence[str] | None) -> Journey:
    """The log's journey to its goal."""
    named = log.recipe.goal
    if goal is None and named and not any(name in log.touchpoints for name in named):
        raise JourneyError(
            "The goal is {goal}, but no event is there: nothing can be said of the way to it. Name another goal.",
            goal=" or ".join(f"“{name}”" for name in named),
        )
    if goal is None and not named:
        raise JourneyError(NO_GOAL)
    return mine(log, goal=goal, until_goal=True)


def _goals(journey: Journey, goal: str | Sequence[str] | None) -> tuple[str, ...]:
    names = [touchpoint.name for touchpoint in journey.touchpoints]
    goals = journey.goal if goal is None else (goal,) if isinstance(goal, str) else tuple(goal)
    if not goals:
        raise JourneyError(NO_GOAL)
    # A recipe's goal that nobody met in this part of the log is an answer (0 %), a misspelt one is not.
    for name in goals:
        if name not in names and name not in journey.goal:
            raise JourneyError(
                "The goal “{name}” is no touchpoint.{hint}", name=name, hint=suggest(name, names, known="touchpoints")
            )
    return goals


def _remembered(
    source: Journey | EventLog, journey: Journey, goals: tuple[str, ...], order: int | str
) -> tuple[Order | None, States | None]:
    """How the order was chosen, if it was to be, and the chain of pairs if it is of second order."""
    knows = isinstance(source, EventLog) or (isinstance(source, PathJourney) and set(goals) == set(journey.goal))
    if order == 2 and not knows:
        raise JourneyError(
            "A chain of second order takes the log, or a table of paths with its own goal: a mined journey has "
            "forgotten what came before a move. Use jn.flow(log, order=2)."
        )
    if order == 1 or not knows or not isinstance(source, EventLog | PathJourney):
        return None, None
    counts = triples(source, goal=goals, groups=FOLDS)
    if order == 2:
        return None, states_of(counts, 2)
    memory = chosen(counts) if journey.customers > 1 else None
    second = memory is not None and memory.best == 2 and memory.contexts[2] < MOST_STATES
    return memory, states_of(counts, 2) if second else None


def _observed(journey: Journey, goals: tuple[str, ...]) -> Measure:
    """The share of cases that met a goal, where the journey knows it."""
    met = {touchpoint.name: touchpoint.cases for touchpoint in journey.touchpoints}
    if not journey.cases:
        return Measure.missing()
    if set(goals) == set(journey.goal) and journey.reached is not None:
        return wilson(journey.reached, journey.cases)
    return wilson(met.get(goals[0], 0), journey.cases) if len(goals) == 1 else Measure.missing()


def _met(journey: Journey, goals: tuple[str, ...]) -> Mapping[str, Measure]:
    """The share of cases that met each touchpoint before the goal; nothing where the journey goes on after it."""
    if not journey.cases or any(edge.source in goals and edge.target is not END for edge in journey.transitions):
        return {}
    return {one.name: wilson(one.cases, journey.cases) for one in journey.touchpoints if one.cases <= journey.cases}


def _through(source: Journey | EventLog, goals: tuple[str, ...], reached: int | None) -> Mapping[str, Measure]:
    """The share of the cases with a goal that met each touchpoint before, where single cases are known."""
    if not reached or not isinstance(source, EventLog | PathJourney):
        return {}
    if isinstance(source, PathJourney) and set(goals) != set(source.goal):
        return {}
    return {name: wilson(met, reached) for name, met in passed(source, goals).items() if name not in goals}


def _steps_sd(chain: Chain) -> float:
    """√(E[T²] − E[T]²): E[T²] = N (c ∘ (2t − c)), where c counts the events, START none."""
    count, t = chain.once, chain.steps
    second = chain.visits[0] @ (count * (2 * t - count))
    return math.sqrt(max(float(second - t[0] ** 2), 0.0))
