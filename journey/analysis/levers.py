"""What a chain says beyond its goal rate: where time goes, which shift is worth most, how converters walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from journey.analysis.chain import SURE, Array, Chain, duration
from journey.model import END, Place

__all__ = ["Bottleneck", "Converter", "Lever", "bottlenecks", "converters", "levers"]

EPSILON: Final = 0.01  # the share that a lever moves
LEVERS: Final = 50


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

    gain   change of the goal rate (0–1), N_sk (b_more − b_less) ε with ε = 0.01, to first order
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


def levers(chain: Chain, s: Array, cases: int) -> tuple[Lever, ...]:
    """N_sk (b_l − b_j) ε over the transitions of every touchpoint, for shares that have ε to give."""
    edges = chain.edges
    worth = np.r_[chain.chance, 0.0]
    best: list[tuple[float, int, int, int]] = []
    for k in np.flatnonzero(s > 0).tolist():
        row = np.arange(*chain.row(k).indices(edges.i.size))
        if k == 0 or row.size < 2:
            continue
        value = worth[edges.j[row]]
        gain = s[k] * (value[None, :] - value[:, None]) * EPSILON
        gain[edges.share[row] < EPSILON] = 0
        flat = gain.ravel()
        top = np.argpartition(-flat, min(LEVERS, flat.size - 1))[:LEVERS]
        best += [(float(flat[cell]), k, *divmod(int(cell), row.size)) for cell in top if flat[cell] > SURE * EPSILON]
    best.sort(key=lambda one: (-one[0], *one[1:]))
    places = (*chain.names, END)
    found = []
    for gained, at, less, more in best[:LEVERS]:
        start = chain.row(at).start
        found.append(
            Lever(
                at=str(places[at]),
                less=places[edges.j[start + less]],
                more=places[edges.j[start + more]],
                gain=gained,
                cases=gained * cases,
                share=float(edges.share[start + less]),
            )
        )
    return tuple(found)


def converters(chain: Chain) -> tuple[Converter, ...]:
    """P_ij b_j / b_i, the chain of those who will reach the goal (Doob's h-transform), in the order of the places."""
    worth, edges = np.r_[chain.chance, 0.0], chain.edges
    walked = (worth[edges.j] > 0) & chain.reached[edges.i]
    return tuple(
        Converter(
            source=chain.names[i],
            target=chain.names[j],
            share=float(min(p * worth[j] / worth[i], 1)),
            of_all=float(p),
        )
        for i, j, p in zip(edges.i[walked], edges.j[walked], edges.share[walked], strict=True)
    )
