"""The absorbing Markov chain of a journey, and its exact linear algebra.

A case begins at START, moves by the shares of the transitions, and ends at its first goal or where it leaves (END).
With Q the shares between touchpoints, N = (I − Q)⁻¹ holds the expected visits, and b = N r the chance of the goal, from
every touchpoint at once (Kemeny & Snell, Finite Markov Chains, 1960, ch. III). Nothing is simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetri, dgetri_lwork
from scipy.sparse import csr_array, eye_array
from scipy.sparse.csgraph import breadth_first_order
from scipy.sparse.linalg import splu

from journey.errors import JourneyError
from journey.model import END, START, Journey, Place

__all__ = [
    "NORMAL",
    "SURE",
    "Array",
    "Chain",
    "Edges",
    "chain_of",
    "duration",
    "first_order",
    "never_ends",
    "sampled",
    "spread",
]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

FILL: Final = 0.02  # a factor denser than this share is inverted faster by LAPACK than column by column
TANGLED: Final = 3  # with more ways out of a state than this, a sparse factor fills up, and is not tried
MOST_DENSE: Final = 6000  # states whose whole inverse fits into memory with ease
COLUMNS: Final = 64  # looked at together, so that they fit into the processor's cache
SURE: Final = 1e-9  # nearer than this to 0 or 1 is what the counts say without exception
NORMAL: Final = 1.959963984540054  # standard deviations to either end of 95 %
BLOCK: Final = 4_000_000  # numbers of drawn chains held at a time


@dataclass(frozen=True)
class Edges:
    """Transitions sorted by source: state i to state j, where j = n is END. `moves` is 0 where nobody was counted."""

    i: Ints
    j: Ints
    share: Array
    moves: Array
    wait: Array  # mean seconds, NaN where unknown, 0 to END and from START


@dataclass(frozen=True)
class Chain:
    """States (START first, then the touchpoints), the transitions that leave them, and which states are goals."""

    names: tuple[Place, ...]
    goal: NDArray[np.bool_]
    edges: Edges

    def __getstate__(self) -> dict[str, Any]:
        # A factor cannot be pickled; it is found again when it is asked for.
        return {name: value for name, value in self.__dict__.items() if name != "factor"}

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def q(self) -> csr_array:
        live = self.edges.j < len(self)
        at = (self.edges.i[live], self.edges.j[live])
        return csr_array((self.edges.share[live], at), shape=(len(self), len(self)))

    @cached_property
    def reached(self) -> NDArray[np.bool_]:
        """[n] states that a case can come to before it ends."""
        return self._met(0, backwards=False)

    @cached_property
    def stuck(self) -> NDArray[np.bool_]:
        """[n] states from which no case would ever end."""
        return ~self._met(len(self), backwards=True)

    def _met(self, start: int, *, backwards: bool) -> NDArray[np.bool_]:
        n = len(self)
        goals = np.flatnonzero(self.goal)
        i, j = np.r_[self.edges.i, goals], np.r_[self.edges.j, np.full(goals.size, n)]
        some = np.r_[self.edges.share, np.ones(goals.size)] > 0
        i, j = (j, i) if backwards else (i, j)
        graph = csr_array((np.ones(int(some.sum())), (i[some], j[some])), shape=(n + 1, n + 1))
        met = np.zeros(n + 1, bool)
        met[breadth_first_order(graph, start, return_predecessors=False)] = True
        return met[:n]

    def _ends(self) -> None:
        """Raises JourneyError if a case could come to a place that it never leaves."""
        trapped = np.flatnonzero(self.reached & self.stuck)
        if trapped.size:
            raise JourneyError(never_ends([self.names[k] for k in trapped]))

    @cached_property
    def factor(self) -> Any:
        """The sparse LU factors of I − Q. States that nobody comes to and nobody leaves count as ends."""
        self._ends()
        q = self.q.copy()
        q.data[np.repeat(self.stuck, np.diff(q.indptr))] = 0
        return splu((eye_array(len(self), format="csr") - q).tocsc())

    @cached_property
    def visits(self) -> Array:
        """[n, n] N: expected visits to k of a case that stands at i."""
        n = len(self)
        tangled = n <= MOST_DENSE and self.q.nnz > TANGLED * n
        if not tangled and self.factor.nnz < FILL * n * n:
            columns: Array = self.factor.solve(np.eye(n))
            return columns
        self._ends()
        away = -self.q.toarray()
        away[self.stuck] = 0
        away[np.arange(n), np.arange(n)] += 1
        return _inverse(away)

    def solve(self, right: Array) -> Array:
        """[n] N·right, by the inverse where it is known."""
        found: Array = self.visits @ right if "visits" in self.__dict__ else self.factor.solve(right)
        return found

    @cached_property
    def chance(self) -> Array:
        """[n] b: the chance of reaching the goal from each state, exactly 0 where there is no way."""
        b = np.clip(self.solve(self.goal.astype(float)), 0, 1)
        ways = csr_array((np.ones(self.q.nnz), self.q.indices, self.q.indptr), shape=self.q.shape).T.tocsr()
        can = self.goal.copy()
        for g in np.flatnonzero(self.goal):
            can[breadth_first_order(ways, int(g), return_predecessors=False)] = True
        chance: Array = np.where(can, b, 0.0)
        return chance

    @cached_property
    def once(self) -> Array:
        """[n] an event each, but START is none."""
        count = np.ones(len(self))
        count[0] = 0
        return count

    @cached_property
    def steps(self) -> Array:
        """[n] t: expected events until a case ends, its own included."""
        return self.solve(self.once)

    @cached_property
    def wait(self) -> Array:
        """[n] τ: expected seconds from an event to the next, 0 when there is none, NaN where a wait is not known."""
        waited = np.zeros(len(self))
        np.add.at(waited, self.edges.i, self.edges.share * self.edges.wait)
        return waited

    @cached_property
    def seen(self) -> Array:
        """[n] posterior visits behind each row, Jeffreys' ½ on every observed target; infinite where not counted."""
        moves = np.bincount(self.edges.i, self.edges.moves, len(self))
        targets = np.bincount(self.edges.i, None, len(self))
        return np.where(moves > 0, moves + targets / 2, np.inf)

    @cached_property
    def starts(self) -> Ints:
        """Where the edges of each source begin."""
        return np.flatnonzero(np.r_[True, np.diff(self.edges.i) > 0]).astype(np.int64)

    def row(self, k: int) -> slice:
        """The edges that leave state k."""
        return slice(int(np.searchsorted(self.edges.i, k)), int(np.searchsorted(self.edges.i, k, side="right")))


def _inverse(matrix: Array) -> Array:
    """The inverse of a matrix, which is overwritten: half the work of solving for the unit matrix."""
    # LAPACK stores by column, so it sees the transpose, and gives back the transpose of the inverse.
    factors, pivots, failed = dgetrf(matrix.T, overwrite_a=True)
    if not failed:
        size, _ = dgetri_lwork(len(matrix))
        found, failed = dgetri(factors, pivots, lwork=int(size), overwrite_lu=True)
    if failed:
        raise JourneyError("This journey can't be solved: some touchpoints lead to nothing but each other.")
    inverse: Array = found.T
    return inverse


def never_ends(names: Sequence[Place]) -> str:
    listed = ", ".join(f"“{name}”" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        f"From {listed} no transition leads to the goal or to an end, so a case would stay there for ever: "
        "give it an exit (a transition to END)."
    )


def chain_of(journey: Journey, goals: Iterable[str]) -> Chain:
    """The chain of a journey whose goals end a case on first reach. JourneyError where there is nothing to walk."""
    wanted = set(goals)
    names: dict[Place, int] = {START: 0}
    for place in [t.name for t in journey.touchpoints] + [p for e in journey.transitions for p in (e.source, e.target)]:
        if place is not END:
            names.setdefault(place, len(names))
    moves: dict[Place, int] = {}
    for edge in journey.transitions:
        moves[edge.source] = moves.get(edge.source, 0) + edge.moves
    found: dict[tuple[int, int], tuple[float, float, float]] = {}
    for edge in journey.transitions:
        if edge.source is END or edge.target is START or edge.source in wanted:
            continue
        weight = float(edge.moves if moves[edge.source] else edge.share or 0)
        if weight <= 0:
            continue
        wait = 0.0 if edge.source is START or edge.target is END else edge.wait_mean_s
        at = (names[edge.source], len(names) if edge.target is END else names[edge.target])
        # Two edges between the same places are one.
        before = found.get(at, (0.0, 0.0, 0.0))
        waited = (before[2] * before[0] + (np.nan if wait is None else wait) * weight) / (before[0] + weight)
        found[at] = (before[0] + weight, before[1] + float(edge.moves), waited)
    if not any(i == 0 for i, _ in found):
        raise JourneyError("Nothing is known of where cases begin and how many go where: flow needs a mined journey.")
    order = sorted(found)
    i, j = np.array(order, np.int64).T
    weight_, counted, waits = np.array([found[at] for at in order], float).T
    total = np.bincount(i, weight_, len(names))
    edges = Edges(i, j, weight_ / total[i], counted, waits)
    return Chain(tuple(names), np.array([name in wanted for name in names]), edges)


def sampled(chain: Chain, draws: int, seed: int) -> tuple[Array, Array, Array, Array]:
    """Goal rate [S], steps [S], reach [S, n] and removal effects [S, n] of chains drawn from the rows' posteriors."""
    n, edges = len(chain), chain.edges
    random = np.random.default_rng(seed)
    counted = np.isfinite(chain.seen)[edges.i]
    first = chain.starts
    live = np.flatnonzero((edges.j < n) & ~chain.stuck[edges.i])
    size = np.diff(np.r_[first, edges.i.size])
    parts = []
    for start in range(0, draws, step := max(BLOCK // (n * n), 1)):
        some = min(step, draws - start)
        p = random.standard_gamma(edges.moves + 0.5, (some, edges.i.size))
        p /= np.repeat(np.add.reduceat(p, first, axis=1), size, axis=1)
        p[:, ~counted] = edges.share[~counted]
        away = np.zeros((some, n, n))
        away[:, edges.i[live], edges.j[live]] = -p[:, live]
        away[:, np.arange(n), np.arange(n)] += 1
        visits = np.linalg.inv(away)
        b = visits[:, :, chain.goal].sum(2)
        reach = visits[:, 0] / np.diagonal(visits, axis1=1, axis2=2)
        effect = np.divide(reach * b, b[:, :1], out=np.zeros_like(b), where=b[:, :1] > 0)
        parts.append((b[:, 0], visits[:, 0] @ chain.once, reach, effect))
    goal, steps, reached, removed = (np.concatenate(part) for part in zip(*parts, strict=True))
    return goal, steps, reached, removed


def spread(chain: Chain, value: Array, seen: Array) -> Array:
    """[n] variance of a row's mean of `value`, Dirichlet: (Σ p v² − (Σ p v)²) / (visits + 1)."""
    variance: Array = np.maximum(chain.q @ (value * value) - (chain.q @ value) ** 2, 0) / (seen + 1)
    return variance


def first_order(chain: Chain) -> tuple[float, float, Array, Array]:
    """Standard deviations of goal rate, steps, reach [n] and removal effects [n] from the rows' posterior variances.

    ∂b_s/∂P_ij = N_si b_j, and the same holds for the chain in which k is taken out, whose N and b are a rank-one step
    away; so all of them cost two sparse products. For journeys too large to be drawn.
    """
    visits, b, q = chain.visits, chain.chance, chain.q
    s, own = visits[0], np.diagonal(visits)
    goal = float(s**2 @ spread(chain, b, chain.seen))
    steps = float(s**2 @ spread(chain, chain.steps, chain.seen))
    reach, effect = np.zeros(len(chain)), np.zeros(len(chain))
    plain = np.maximum(q @ (b * b) - (q @ b) ** 2, 0)[:, None]
    weight, mean_b = 1 / (chain.seen + 1), (q @ b)[:, None]
    for start in range(0, len(chain), COLUMNS):
        k = slice(start, start + COLUMNS)
        hit = visits[:, k] / own[k]  # [j, k] the chance of ever meeting k
        without = s[:, None] - visits[k].T * (s[k] / own[k])  # [i, k] visits to i before k is met
        reach[k] = weight @ (without**2 * np.maximum(q @ (hit * hit) - hit**2, 0))
        if b[0] <= 0:
            continue
        less = b[:, None] - hit * b[k]  # [j, k] the chance of the goal without k
        square = q @ (less * less) - less**2
        joint = q @ (b[:, None] * less) - less * mean_b
        x, y = -without / b[0], s[:, None] * (less[0] / b[0] ** 2)
        effect[k] = weight @ np.maximum(x * x * square + 2 * x * y * joint + y * y * plain, 0)
    return goal**0.5, steps**0.5, np.sqrt(reach), np.sqrt(effect)


def duration(visits: Array, wait: Array) -> float | None:
    """Σ N_si τ_i in seconds; None if a wait that counts is not known."""
    met = visits > SURE * SURE
    seconds = float(visits[met] @ wait[met])
    return None if np.isnan(seconds) else seconds
