"""A chain with some of its rows changed, from the inverse of the one it was.

With K the changed rows and D their changes, I − Q′ = I − Q − E_K D, so by Woodbury's formula
N′ = N + N_·K C⁻¹ D N with C = I − D N_·K, a matrix as small as there are changed rows. Where C is nearly singular, many
rows change, or a change touches places that nobody leaves, the chain is solved anew instead.
Source: Hager 1989, SIAM Review 31 (2), doi:10.1137/1031049.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np

from journey.analysis.chain import SURE, Array, Chain, Edges
from journey.analysis.whatif_rows import Ints, Row

__all__ = ["Solver", "solver"]

MANY: Final = 64  # changed rows
SINGULAR: Final = 1e-7  # least singular value of C; below it the small system loses digits


class Solver(Protocol):
    """The changed chain's N′, as far as it is asked for."""

    @property
    def visits(self) -> Array:
        """[n] N′_s·."""

    def value(self, then: Array, today: Array, before: Array) -> Array:
        """[n] N′ r′ where r and N r are known: `then` is r′, `today` r, `before` N r."""

    def columns(self, at: Ints, today: Array) -> Array:
        """[n, m] N′_·k, where N_·k is `today`."""


def solver(chain: Chain, rows: Sequence[Row]) -> Solver:
    """The quickest way that is sound. JourneyError if a case would come to a place that it never leaves."""
    walked = tuple(row for row in rows if np.abs(row.delta).max(initial=0.0) > 0)
    if len(walked) <= MANY and not _stuck(chain, walked):
        small = _Small(chain, walked)
        if small.sound:
            return small
    return _Anew(chain, walked)


def _stuck(chain: Chain, rows: Sequence[Row]) -> bool:
    """Whether a change touches a place that nobody leaves."""
    n = len(chain)
    return any(chain.stuck[row.k] or chain.stuck[row.j[row.j < n]].any() for row in rows)


class _Small:
    """N′ by way of the small system of the changed rows."""

    def __init__(self, chain: Chain, rows: Sequence[Row]) -> None:
        n = len(chain)
        self.chain, self.k = chain, np.array([row.k for row in rows], np.int64)
        self.there = [row.j < n for row in rows]
        self.j = [row.j[inside] for row, inside in zip(rows, self.there, strict=True)]
        self.delta = [row.delta[inside] for row, inside in zip(rows, self.there, strict=True)]
        self.onwards = np.zeros((len(rows), n))  # D N
        for one, (j, delta) in enumerate(zip(self.j, self.delta, strict=True)):
            self.onwards[one] = delta @ chain.visits[j]
        self.ahead = chain.visits[:, self.k]
        self.small = np.eye(len(rows)) - self.onwards[:, self.k]
        least = np.linalg.svd(self.small, compute_uv=False).min(initial=1.0)
        self.sound = bool(least > SINGULAR and np.linalg.det(self.small) > 0)

    @cached_property
    def visits(self) -> Array:
        start = self.chain.visits[0]
        if not self.k.size:
            return np.array(start)
        weight = np.linalg.solve(self.small.T, start[self.k])
        found: Array = start + weight @ self.onwards
        return found

    def value(self, then: Array, today: Array, before: Array) -> Array:
        """N r′ = N r + N (r′ − r)."""
        other = then - today
        there = np.flatnonzero(other)
        if there.size > other.size // 4:
            return self._beyond(before + self.chain.visits @ other)
        return self._beyond(before + self.chain.visits[:, there] @ other[there] if there.size else before)

    def columns(self, at: Ints, today: Array) -> Array:
        return self._beyond(today)

    def _beyond(self, base: Array) -> Array:
        """N′ x where N x is known: N x + N_·K C⁻¹ D N x."""
        if not self.k.size:
            return base
        gained = np.array([delta @ base[j] for j, delta in zip(self.j, self.delta, strict=True)])
        found: Array = base + self.ahead @ np.linalg.solve(self.small, gained)
        return found


class _Anew:
    """The chain solved again from its transitions."""

    def __init__(self, chain: Chain, rows: Sequence[Row]) -> None:
        old = chain.edges
        kept = ~np.isin(old.i, [row.k for row in rows])
        columns: list[tuple[Any, ...]] = [(old.i[kept], old.j[kept], old.share[kept])]
        for row in rows:
            walked = row.then > SURE * SURE
            columns.append((np.full(int(walked.sum()), row.k), row.j[walked], row.then[walked]))
        i, j, share = (np.concatenate(part) for part in zip(*columns, strict=True))
        order = np.lexsort((j, i))
        none = np.zeros(order.size)
        self.chain = replace(chain, edges=Edges(i[order], j[order], share[order], none, none))

    @cached_property
    def visits(self) -> Array:
        start = np.zeros(len(self.chain))
        start[0] = 1
        found: Array = np.where(self.chain.reached, self.chain.factor.solve(start, "T"), 0.0)
        return found

    def value(self, then: Array, today: Array, before: Array) -> Array:
        found: Array = self.chain.factor.solve(then)
        return found

    def columns(self, at: Ints, today: Array) -> Array:
        wanted = np.zeros((len(self.chain), at.size))
        wanted[at, np.arange(at.size)] = 1
        found: Array = self.chain.factor.solve(wanted)
        return found
