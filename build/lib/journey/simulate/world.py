"""A known journey: the Markov graph that simulated customers walk, and friction planted in it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.model import COMPONENTS
from journey.simulate.answers import CES_CUTS, CSAT_CUTS, LEVELS, MOOD, categories, normal_cdf, severity

__all__ = ["Planted", "World", "wait_severity"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# How much likelier the hard to please are to leave: odds times e^(0.35 · level).
_IMPATIENCE: Final = 0.35
_MOST: Final = 0.95


@dataclass(frozen=True, slots=True)
class Planted:
    """Friction put into a world on purpose.

    at         a touchpoint's name
    component  one of `journey.model.COMPONENTS`
    size       what is added: to the probability per visit (exit, rework, switch, help) or to the mean severity
               (dissatisfaction, effort, wait); 0 < size ≤ 1. Probabilities are capped at 0.95 in all.
    """

    at: str
    component: str
    size: float

    def __post_init__(self) -> None:
        if self.component not in COMPONENTS:
            raise JourneyError(
                f"There is no friction component “{self.component}”.{suggest(self.component, COMPONENTS)}"
            )
        if not 0 < self.size <= 1:
            raise JourneyError(f"The size of planted friction lies in (0, 1], not {self.size!r}.")


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """A first-order Markov journey over P touchpoints. Arrays are indexed as `touchpoints`.

    start         [P] where passages begin, sums to 1
    moves         [P, P] where those go who stay and need neither help nor a second try; rows sum to 1, or 0
                  where nobody stays (the goal)
    leave         [P] probability that the passage ends here, for a customer of level 0
    help, again   [P] probability, among those who stay, that the next event is a support contact / is here again
    switch        [P] probability, among those who stay, that the next event is in another channel
    home          [P] index into `channels`: where a switching customer tends to arrive
    wait          [P, P] log of the median seconds from one touchpoint to the next; `spread` is the log-deviation
    promise       [P] seconds promised between the event before and this one; nan without promise
    satisfaction, ease   [P] mean of the latent feeling (deviation 1); high is good
    window_s      the friction window W; waits are short against it

    Customers come in the five levels of `answers.LEVELS`; higher ones rate lower and leave sooner.
    """

    touchpoints: tuple[str, ...]
    stages: tuple[str, ...]
    stage: Ints
    channels: tuple[str, ...]
    home: Ints
    start: Floats
    moves: Floats
    leave: Floats
    help: Floats
    again: Floats
    switch: Floats
    wait: Floats
    promise: Floats
    satisfaction: Floats
    ease: Floats
    goal: str
    ends: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    spread: float = 0.8
    window_s: float = 30 * 86_400.0

    @classmethod
    def build(
        cls,
        stages: Mapping[str, Sequence[str]],
        moves: Mapping[tuple[str, str], float],
        *,
        start: Mapping[str, float],
        goal: str,
        ends: Sequence[str] = (),
        support: Sequence[str] = (),
        channels: Mapping[str, str] | None = None,
        leave: Mapping[str, float] | None = None,
        hours: Mapping[str, float] | None = None,
        promised_hours: Mapping[str, float] | None = None,
        satisfaction: Mapping[str, float] | None = None,
        ease: Mapping[str, float] | None = None,
        help: Mapping[str, float] | None = None,
        again: Mapping[str, float] | None = None,
        switch: Mapping[str, float] | None = None,
        spread: float = 0.8,
    ) -> World:
        """A world from names. Weights in `moves` and `start` are normalised; whatever is not named is typical.

        hours           median hours before arriving at a touchpoint (6 unless named)
        promised_hours  promises, none unless named
        leave, help, again, switch   probabilities as in the class (0.03, 0, 0, 0.05 unless named)
        """
        names = tuple(name for members in stages.values() for name in members)
        index = {name: i for i, name in enumerate(names)}

        def values(given: Mapping[str, float] | None, default: float) -> Floats:
            filled = np.full(len(names), default)
            for name, value in (given or {}).items():
                filled[_find(index, name)] = value
            return filled

        table = np.zeros((len(names), len(names)))
        for (source, target), weight in moves.items():
            table[_find(index, source), _find(index, target)] = weight
        totals = table.sum(axis=1, keepdims=True)
        table = np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
        leaving = np.where(totals[:, 0] > 0, values(leave, 0.03), 1.0)
        begins = values(start, 0.0)
        homes = {name: (channels or {}).get(name, "web") for name in names}
        known = tuple(dict.fromkeys(homes.values()))
        helped = values(help, 0.0)
        helped[[_find(index, name) for name in support]] = 0.0
        _find(index, goal)
        return cls(
            touchpoints=names,
            stages=tuple(stages),
            stage=np.array([i for i, members in enumerate(stages.values()) for _ in members], dtype=np.intp),
            channels=known,
            home=np.array([known.index(homes[name]) for name in names], dtype=np.intp),
            start=begins / begins.sum(),
            moves=table,
            leave=leaving,
            help=helped,
            again=values(again, 0.0),
            switch=values(switch, 0.05),
            wait=np.tile(np.log(values(hours, 6.0) * 3600), (len(names), 1)),
            promise=values(promised_hours, math.nan) * 3600,
            satisfaction=values(satisfaction, 0.65),
            ease=values(ease, 0.65),
            goal=goal,
            ends=tuple(ends),
            support=tuple(support),
            spread=spread,
        )

    @cached_property
    def index(self) -> dict[str, int]:
        """Name → position."""
        return {name: i for i, name in enumerate(self.touchpoints)}

    @cached_property
    def legitimate(self) -> NDArray[np.bool_]:
        """[P] whether a passage may end here: at the goal and the ends."""
        return np.isin(self.touchpoints, (self.goal, *self.ends))

    @cached_property
    def helping(self) -> NDArray[np.bool_]:
        """[P] whether this is a support touchpoint."""
        return np.isin(self.touchpoints, self.support)

    def leaving(self, level: float) -> Floats:
        """[P] probability that a customer of this level leaves after a visit; legitimate ends do not depend on it."""
        odds = self.leave / np.maximum(1 - self.leave, 1e-12) * math.exp(_IMPATIENCE * level)
        return np.where(self.legitimate | (self.leave >= 1), self.leave, odds / (1 + odds))

    def matrix(self, level: float = 0.0) -> Floats:
        """[P, P] probability of the next touchpoint after a visit; what is missing to 1 leaves."""
        rescue = self.helping / max(1, int(self.helping.sum()))
        stay = (1 - self.help - self.again)[:, None] * self.moves + self.help[:, None] * rescue
        stay += np.diag(self.again)
        return (1 - self.leaving(level))[:, None] * stay

    def plant(self, planted: Iterable[Planted]) -> World:
        """This world with friction added. Raises JourneyError where it cannot be put."""
        world = self
        for friction in planted:
            world = _plant(world, _find(world.index, friction.at), friction)
        return world


def wait_severity(log_ratio: Floats, spread: float) -> Floats:
    """Expected wait severity min(1, ln⁺(wait / promise) / ln 4) of log-normal waits, elementwise.

    `log_ratio` is ln(median wait / promise), `spread` the log-deviation. With z ~ N(m, s²) the expectation is
    (E z⁺ − E (z − ln 4)⁺) / ln 4, and E z⁺ = m Φ(m/s) + s φ(m/s).
    """

    def positive_part(mean: Floats) -> Floats:
        density = np.exp(-0.5 * (mean / spread) ** 2) / math.sqrt(2 * math.pi)
        part: Floats = mean * normal_cdf(mean / spread) + spread * density
        return part

    return (positive_part(log_ratio) - positive_part(log_ratio - math.log(4))) / math.log(4)


def _find(index: Mapping[str, int], name: str) -> int:
    if name not in index:
        raise JourneyError(f"There is no touchpoint “{name}”.{suggest(name, index, known='touchpoints')}")
    return index[name]


def _plant(world: World, i: int, friction: Planted) -> World:
    match friction.component:
        case "dissatisfaction":
            return dataclasses.replace(world, satisfaction=_sadder(world.satisfaction, i, CSAT_CUTS, friction.size))
        case "effort":
            return dataclasses.replace(world, ease=_sadder(world.ease, i, CES_CUTS, friction.size))
        case "wait":
            return dataclasses.replace(world, wait=_slower(world, i, friction.size))
    if world.leave[i] >= 1:
        raise JourneyError(f"Every passage ends at “{friction.at}”, so no {friction.component} can be planted there.")
    if friction.component == "exit":
        if world.legitimate[i]:
            raise JourneyError(f"“{friction.at}” is a legitimate end: leaving there is no friction.")
        return dataclasses.replace(world, leave=_raised(world.leave, i, friction.size, _MOST))
    if friction.component == "help" and (world.helping[i] or not world.support):
        raise JourneyError(f"Help cannot be planted at “{friction.at}”: it needs a support touchpoint to go to.")
    size = friction.size / (1 - world.leave[i])
    if friction.component == "switch":
        return dataclasses.replace(world, switch=_raised(world.switch, i, size, _MOST))
    # Help and a second try compete for the same next event.
    if friction.component == "help":
        return dataclasses.replace(world, help=_raised(world.help, i, size, _MOST - world.again[i]))
    return dataclasses.replace(world, again=_raised(world.again, i, size, _MOST - world.help[i]))


def _raised(values: Floats, i: int, size: float, most: float) -> Floats:
    raised = values.copy()
    raised[i] = min(values[i] + size, most)
    return raised


def _sadder(mean: Floats, i: int, cuts: Floats, size: float) -> Floats:
    """The latent mean of touchpoint i lowered until the expected severity has grown by `size`."""

    def expected(shift: float) -> float:
        return float((categories(mean[i] - shift - MOOD * LEVELS, cuts) @ severity(cuts)).mean())

    lowered = mean.copy()
    lowered[i] -= _solve(expected, min(expected(0.0) + size, 0.98), 8.0)
    return lowered


def _slower(world: World, i: int, size: float) -> Floats:
    """Waits before touchpoint i stretched by one factor until their expected severity has grown by `size`."""
    name = world.touchpoints[i]
    if math.isnan(world.promise[i]):
        raise JourneyError(f"“{name}” has no promise, so no wait can be planted there.")
    reach = world.start @ np.linalg.inv(np.eye(len(world.touchpoints)) - world.matrix())
    arrivals = reach * world.matrix()[:, i]
    if arrivals.sum() <= 0:
        raise JourneyError(f"Nobody moves to “{name}”, so no wait can be planted there.")
    log_ratio = world.wait[:, i] - math.log(world.promise[i])

    def expected(shift: float) -> float:
        return float(arrivals @ wait_severity(log_ratio + shift, world.spread) / arrivals.sum())

    stretched = world.wait.copy()
    stretched[:, i] += _solve(expected, min(expected(0.0) + size, 0.98), 8.0)
    return stretched


def _solve(rising: Callable[[float], float], target: float, most: float) -> float:
    """x in [0, most] where a rising function meets its target."""
    low, high = 0.0, most
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2
