"""What a what-if brings: the result, and where the cases come from that reach the goal besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from journey.analysis.chain import NORMAL, SURE, Array, Chain
from journey.analysis.whatif_changes import Change
from journey.analysis.whatif_ratings import Tie
from journey.analysis.whatif_rows import Ints, Row
from journey.analysis.whatif_solve import Moved
from journey.analysis.whatif_totals import Shift, Total
from journey.model import Measure, Place

__all__ = ["Effect", "End", "Note", "ends_of", "gains_of"]

LEAST: Final = 0.05  # cases that a place must gain or lose to be told of
MOST: Final = 8  # places where cases end that get an interval; the others stand together


@dataclass(frozen=True, slots=True)
class Note:
    """What can't be said, or has to be known: its kind, the place it is about, a number of cases."""

    kind: str
    at: str = ""
    number: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where cases end: at the goal (`at` None), by leaving after a touchpoint, or in one of `others` that move less.

    today, then   cases of this log;  gain their difference with its interval. The gains of all ends sum to 0
    """

    at: str | None
    today: float
    then: float
    gain: Measure
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What changes would bring: each figure today, then and as a difference with its own 95 % interval; n is cases.

    goal_rate     share of the cases that reach the goal (0–1)
    reached       cases of this log that reach it; `per_month` the difference by month, None where no times are known
    money         value of the cases that reach the goal, in the basis' currency; None where no value is known
    burden        cost of friction, in customers or money as friction has it; high is bad. None where nothing could be
                  judged. It is not part of `money`: both count those who leave, so they must not be added up
    steps         expected events of a case;  duration_s its expected seconds, missing where a wait is not known
    satisfaction  mean of all satisfaction answers on their own scale; None where nobody was asked; n is answers
    by            touchpoint → gain in cases that comes from the changes made there; they sum to the gain of `reached`
    ends          where cases end, the goal first, then the largest differences; their gains sum to 0
    ties          for each changed rating: what leaving has to do with it
    notes         what can't be said, and why
    """

    changes: tuple[Change, ...]
    goal_rate: Shift
    reached: Shift
    per_month: Measure | None
    money: Shift | None
    burden: Shift | None
    steps: Shift
    duration_s: Shift | None
    satisfaction: Shift | None
    by: Mapping[Place, float]
    ends: tuple[End, ...]
    ties: tuple[Tie, ...]
    notes: tuple[Note, ...]
    totals: Mapping[str, Total] = field(repr=False, compare=False)


def gains_of(moved: Moved, cases: int) -> Mapping[Place, float]:
    """N′_sk (Δq_k·b + Δr_k): what each changed row adds to the goal; exact, for b′ − b = N′ (ΔQ b + Δr)."""
    worth = np.append(moved.chain.chance, 0.0)
    return {
        moved.chain.names[row.k]: float(moved.visits[row.k] * (row.delta @ worth[row.j])) * cases for row in moved.rows
    }


def ends_of(moved: Moved, goal: Total, cases: int) -> tuple[End, ...]:
    """Cases that end at the goal and by leaving after each touchpoint, today and then."""
    chain = moved.chain
    today, then = _leaving(moved)
    gain = then - today
    order = np.argsort(-np.abs(gain), kind="stable")[:MOST]
    half = NORMAL * goal.sd_gain * cases
    value = (goal.then - goal.today) * cases
    found = [
        End(
            at=None,
            today=goal.today * cases,
            then=goal.then * cases,
            gain=Measure(value, value - half, value + half, cases),
        )
    ]
    chosen = order[np.abs(gain[order]) * cases >= LEAST]
    for k, sd in zip(chosen.tolist(), _sds(moved, chosen), strict=True):
        half, value = NORMAL * sd * cases, float(gain[k]) * cases
        sure = Measure(value, value - half, value + half, cases)
        found.append(End(at=str(chain.names[k]), today=float(today[k]) * cases, then=float(then[k]) * cases, gain=sure))
    others = np.maximum(today, then) > SURE
    others[[0, *chosen]] = False
    rest = np.flatnonzero(others)
    if rest.size:
        told = [float(x[rest].sum()) * cases for x in (today, then)]
        more = Measure(told[1] - told[0], None, None, cases)
        found.append(End(at=None, today=told[0], then=told[1], gain=more, others=int(rest.size)))
    return tuple(found)


def _leaving(moved: Moved) -> tuple[Array, Array]:
    """[n] share of the cases that leave after each state, today and then."""
    chain, n = moved.chain, len(moved.chain)
    out = chain.edges.j == n
    share = np.bincount(chain.edges.i[out], chain.edges.share[out], n)
    new = share.copy()
    for row in moved.rows:
        new[row.k] = float(row.then[row.j == n].sum())
    return moved.today * share, moved.visits * new


def _sds(moved: Moved, at: Ints) -> list[float]:
    """Standard deviations of the differences in leaving after these states: for each, leaving there brings 1."""
    chain, n = moved.chain, len(moved.chain)
    if not at.size:
        return []
    s, ahead = moved.today[:, None], moved.visits[:, None]
    left, new = (_left(chain, rows, at) for rows in ((), moved.rows))
    columns = chain.visits[:, at]
    v, w = columns * left, moved.solver.columns(at, columns) * new
    own = np.zeros((n, at.size))
    own[at, np.arange(at.size)] = left  # from a state itself, its END is worth 1
    # The rows that stay: Σ_j P_ij (N′_si w_j − N_si v_j)², and its mean.
    changed = [row.k for row in moved.rows]
    same, both, other = chain.q @ v**2 + own, chain.q @ (v * w) + own, chain.q @ w**2 + own
    mean = ahead * (chain.q @ w + own) - s * v
    spread = ahead**2 * other - 2 * ahead * s * both + s**2 * same - mean**2
    spread[changed] = 0.0
    total = (np.maximum(spread, 0.0) / (chain.seen + 1)[:, None]).sum(0)
    for m, k in enumerate(at.tolist()):
        total[m] += sum(_spread(moved, row, np.append(v[:, m], 0.0), np.append(w[:, m], 0.0), k) for row in moved.rows)
    return [float(value) for value in np.sqrt(total)]


def _left(chain: Chain, rows: Sequence[Row], at: Ints) -> Array:
    """[m] shares that leave after these states."""
    n = len(chain)
    by_row = {row.k: float(row.then[row.j == n].sum()) for row in rows}
    shares = [by_row.get(k, float(chain.edges.share[chain.row(k)][chain.edges.j[chain.row(k)] == n].sum())) for k in at]
    return np.array(shares)


def _spread(moved: Moved, row: Row, v: Array, w: Array, k: int) -> float:
    """A changed row's part of the variance."""
    v, w = v[row.j], w[row.j]
    if row.k == k:
        v[row.j == len(moved.chain)] = w[row.j == len(moved.chain)] = 1.0
    pulled, loose = row.pulled(w)
    gap = moved.visits[row.k] * pulled - moved.today[row.k] * v
    p = row.today
    noise = sum((moved.visits[row.k] * amount) ** 2 for amount in loose.values())
    known = float(moved.chain.seen[row.k]) + 1
    return float(max((p * gap**2).sum() - (p * gap).sum() ** 2, 0.0)) / known + float(noise)
