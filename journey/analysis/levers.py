"""What a chain says beyond its goal rate: where time goes, which shift is worth most, how converters walk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from journey.analysis.chain import SURE, Array, Chain, duration
from journey.model import END, Place

__all__ = ["Bottleneck", "Converter", "Lever", "bottlenecks", "converters", "levers", "shifts"]

EPSILON: Final = 0.01  # the share that a lever moves
LEVERS: Final = 50
TARGETS: Final = 3  # ways to go instead, for each touchpoint and what it gives up
OF_ONE: Final = 6  # shifts at one touchpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """Time that a case spends after a touchpoint.

    seconds  expected seconds per case, N_sk τ_k: visits a case pays here × mean wait until what comes next
    share    of the whole expected duration (0–1)
    wait_s   mean seconds after one visit, exits counting as none
    """

    at: str
    seconds: float
    share: float
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """What it is worth that one visit in a hundred of `at` goes on to `more` instead of `less`.

    gain   change of the goal rate (0–1), N_sk (b_more − b_less) ε with ε = 0.01, to first order; b is the chance of the
           goal from there (of those who came from `at`, where the chain is of second order)
    cases  the same in cases of this journey
    share  share of the visits to `at` that go on to `less` today
    """

    at: str
    less: Place
    more: Place
    gain: float
    cases: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """A transition as those who will reach the goal walk it: `share` is P_ij b_j / b_i, `of_all` the plain P_ij."""

    source: Place
    target: Place
    share: float
    of_all: float


def bottlenecks(chain: Chain, s: Array) -> tuple[Bottleneck, ...]:
    whole = duration(s, chain.wait)
    if whole is None:
        return ()
    seconds = np.where(s > 0, s * chain.wait, 0.0)
    return tuple(
        Bottleneck(
            at=str(chain.names[k]),
            seconds=float(seconds[k]),
            share=float(seconds[k]) / whole,
            wait_s=float(chain.wait[k]),
        )
        for k in np.argsort(-seconds, kind="stable")
        if seconds[k] > 0
    )


def levers(chain: Chain, s: Array, cases: int, worth: Array) -> tuple[Lever, ...]:
    """N_sk (b_l − b_j) ε over the transitions of every touchpoint, for shares that have ε to give.

    worth  [E] chance of the goal after each transition

    At most six of one touchpoint, three for the same thing given up, or one touchpoint would fill the list.
    """
    edges, starts = chain.edges, chain.starts
    row = edges.i[starts]
    most = s[row] * (np.maximum.reduceat(worth, starts) - np.minimum.reduceat(worth, starts))
    most[row == 0] = 0
    best: list[tuple[float, int, int]] = []  # gain, edge that gives, edge that takes
    for at in np.argsort(-most, kind="stable").tolist():
        # No row that follows has more to give than the fiftieth so far.
        if most[at] <= 0 or (len(best) >= LEVERS and EPSILON * most[at] <= best[LEVERS - 1][0]):
            break
        span = chain.row(int(row[at]))
        value = worth[span]
        most_worth = np.argsort(-value, kind="stable")[:TARGETS]
        gain = s[row[at]] * (value[most_worth][None, :] - value[:, None]) * EPSILON
        gain[edges.share[span] < EPSILON] = 0
        gives, takes = np.nonzero(gain > SURE * EPSILON)
        found = [
            (float(gain[less, more]), span.start + int(less), span.start + int(most_worth[more]))
            for less, more in zip(gives, takes, strict=True)
        ]
        best += sorted(found, key=lambda one: (-one[0], *one[1:]))[:OF_ONE]
        best.sort(key=lambda one: (-one[0], *one[1:]))
        del best[LEVERS:]
    places = (*chain.names, END)
    return tuple(
        Lever(
            at=str(places[edges.i[less]]),
            less=places[edges.j[less]],
            more=places[edges.j[more]],
            gain=gained,
            cases=gained * cases,
            share=float(edges.share[less]),
        )
        for gained, less, more in best
    )


def shifts(found: Iterable[Lever], goal: Sequence[str]) -> tuple[Lever, ...]:
    """The levers to read: the best for each touchpoint and what it gives up, shifts to the goal itself left out."""
    best: dict[tuple[str, Place], Lever] = {}
    for one in found:
        if one.more not in goal:
            best.setdefault((one.at, one.less), one)
    return tuple(best.values())


def converters(chain: Chain, worth: Array) -> tuple[Converter, ...]:
    """P_ij b_j / Σ_j P_ij b_j, the chain of those who will reach the goal (Doob's h-transform), by place.

    worth  [E] chance of the goal after each transition
    """
    edges = chain.edges
    reached = edges.share * worth
    whole = np.bincount(edges.i, reached, len(chain))
    walked = (reached > 0) & chain.reached[edges.i]
    return tuple(
        Converter(
            source=chain.names[i],
            target=chain.names[j],
            share=float(min(won / whole[i], 1)),
            of_all=float(p),
        )
        for i, j, won, p in zip(edges.i[walked], edges.j[walked], reached[walked], edges.share[walked], strict=True)
    )
