"""What if: a journey with other shares, one source at a time by a rank-one step, several solved anew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from journey.analysis.chain import NORMAL, Array, Chain, Edges, duration, never_ends, spread
from journey.errors import JourneyError, suggest
from journey.model import END, START, Measure, Place

__all__ = ["WhatIf", "what_if"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A journey as it would be, if those sent elsewhere went on as those who are there today.

    goal_rate   chance of the goal after the change; `gain` is the difference to today, with its own interval (the
                given shares are taken as certain, all others as estimated, to first order)
    cases       the gain in cases of this journey
    steps       expected events per case after the change
    duration_s  expected seconds after the change; None where a wait is not known, as after a new transition
    """

    changes: Mapping[tuple[Place, Place], float]
    goal_rate: Measure
    gain: Measure
    cases: float
    steps: float
    duration_s: float | None


def what_if(chain: Chain, changes: Mapping[tuple[Place, Place], float], *, cases: int, interval: bool) -> WhatIf:
    """See `Flow.what_if`."""
    rows: dict[int, dict[int, float]] = {}
    for (source, target), share in changes.items():
        i, j = _state(chain, source, source=True), _state(chain, target, source=False)
        if not (math.isfinite(share) and 0 <= share <= 1):
            raise JourneyError(f"{source} → {target}: a share lies between 0 and 1, got {share}.")
        rows.setdefault(i, {})[j] = float(share)
    filled = {k: _filled(chain, k, row) for k, row in rows.items()}
    visits, chance, steps, wait = _one(chain, filled) if _simple(chain, filled) else _several(chain, filled)
    before, rate = float(chain.chance[0]), float(np.clip(chance[0], 0, 1))
    low = high = less = more = None
    if interval:
        one, sd = _sds(chain, rows, visits, chance)
        gained = rate - before
        low, high = max(rate - NORMAL * one, 0.0), min(rate + NORMAL * one, 1.0)
        less, more = max(gained - NORMAL * sd, -1.0), min(gained + NORMAL * sd, 1.0)
    return WhatIf(
        changes=dict(changes),
        goal_rate=Measure(rate, low, high, cases),
        gain=Measure(rate - before, less, more, cases),
        cases=(rate - before) * cases,
        steps=steps,
        duration_s=duration(visits, wait),
    )


def _state(chain: Chain, place: Place, *, source: bool) -> int:
    if place is END and not source:
        return len(chain)
    if place not in chain.names or (place is START and not source):
        hint = suggest(place, [name for name in chain.names if isinstance(name, str)], known="touchpoints")
        raise JourneyError(f"What if: there is no touchpoint “{place}” to {'leave' if source else 'go to'}.{hint}")
    k = chain.names.index(place)
    if source and chain.goal[k]:
        raise JourneyError(f"What if: “{place}” is the goal, where a case has arrived; change what comes before it.")
    return k


def _filled(chain: Chain, k: int, given: Mapping[int, float]) -> dict[int, float]:
    """The whole new row: what is given, the other targets in their proportions."""
    name, total, at = chain.names[k], sum(given.values()), chain.row(k)
    others = {
        int(j): float(p) for j, p in zip(chain.edges.j[at], chain.edges.share[at], strict=True) if int(j) not in given
    }
    rest, whole = 1 - total, sum(others.values())
    if rest < -1e-9:
        raise JourneyError(f"What if: the shares given for “{name}” add up to {total:.4g}, more than 1.")
    if whole <= 0 and rest > 1e-9:
        raise JourneyError(
            f"What if: the shares given for “{name}” add up to {total:.4g}, and it has no other transition to take "
            "the rest: make them add up to 1."
        )
    scale = max(rest, 0.0) / whole if whole > 0 else 0.0
    return {**{j: p * scale for j, p in others.items()}, **given}


def _waits(chain: Chain, k: int, row: Mapping[int, float]) -> dict[int, float]:
    """Mean seconds of a new row's transitions: those of today; a new transition's wait is not known."""
    at = chain.row(k)
    known = {int(j): float(w) for j, w in zip(chain.edges.j[at], chain.edges.wait[at], strict=True)}
    return {j: known.get(j, 0.0 if k == 0 or j == len(chain) else math.nan) for j in row}


def _simple(chain: Chain, rows: Mapping[int, Mapping[int, float]]) -> bool:
    """Whether a single step will do: one row, away from places that nobody leaves."""
    if len(rows) != 1:
        return False
    ((k, row),) = rows.items()
    return not any(chain.stuck[j] for j in (k, *row) if j < len(chain))


def _one(chain: Chain, rows: Mapping[int, Mapping[int, float]]) -> tuple[Array, Array, float, Array]:
    """N′_s·, b′, steps and waits after one row changed, by Sherman and Morrison's formula."""
    ((k, row),) = rows.items()
    n, at = len(chain), chain.row(k)
    delta = np.zeros(n + 1)
    delta[list(row)] = list(row.values())
    np.subtract.at(delta, chain.edges.j[at], chain.edges.share[at])
    there = np.flatnonzero(delta[:n])
    delta = delta[there]
    moved = delta @ chain.visits[there]
    bottom = 1 - float(moved[k])
    if bottom <= 1e-12:
        raise JourneyError(never_ends([chain.names[k]]))
    visits = chain.visits[0] + chain.visits[0, k] / bottom * moved
    chance = chain.chance + chain.visits[:, k] * float(delta @ chain.chance[there]) / bottom
    steps = float(chain.steps[0] + chain.visits[0, k] * float(delta @ chain.steps[there]) / bottom)
    wait = chain.wait.copy()
    wait[k] = sum(row[j] * seconds for j, seconds in _waits(chain, k, row).items() if row[j] > 0)
    return visits, chance, steps, wait


def _several(chain: Chain, rows: Mapping[int, Mapping[int, float]]) -> tuple[Array, Array, float, Array]:
    """The same after any number of rows changed, solved anew."""
    old = chain.edges
    kept = ~np.isin(old.i, list(rows))
    columns = [(old.i[kept], old.j[kept], old.share[kept], old.moves[kept], old.wait[kept])]
    for k, row in rows.items():
        waits = _waits(chain, k, row)
        walked = [j for j, p in row.items() if p > 0]
        share, wait = np.array([row[j] for j in walked]), np.array([waits[j] for j in walked])
        columns.append((np.full(len(walked), k), np.array(walked, np.int64), share, np.zeros(len(walked)), wait))
    i, j, share, moves, wait = (np.concatenate(part) for part in zip(*columns, strict=True))
    order = np.lexsort((j, i))
    new = replace(chain, edges=Edges(i[order], j[order], share[order], moves[order], wait[order]))
    start = np.zeros(len(chain))
    start[0] = 1
    return new.factor.solve(start, "T"), new.chance, float(new.steps[0]), new.wait


def _sds(chain: Chain, rows: Mapping[int, Mapping[int, float]], visits: Array, chance: Array) -> tuple[float, float]:
    """Standard deviations of the new goal rate and of the gain, to first order.

    A row that stays counts with N′_si b′_j, in the gain less N_si b_j. Of a changed row the given shares are certain,
    the proportions among the others are not: a Dirichlet of their own.
    """
    q, s, b = chain.q, chain.visits[0], chain.chance
    ahead = visits.copy()
    ahead[list(rows)] = 0
    mean = ahead * (q @ chance) - s * (q @ b)
    square = ahead**2 * (q @ chance**2) - 2 * ahead * s * (q @ (chance * b)) + s**2 * (q @ b**2)
    new = float(ahead**2 @ spread(chain, chance, chain.seen))
    gain = float((np.maximum(square - mean**2, 0) / (chain.seen + 1)).sum())
    after, today = np.append(chance, 0.0), np.append(b, 0.0)
    for k, given in rows.items():
        at = chain.row(k)
        free = ~np.isin(chain.edges.j[at], list(given))
        mass = float(chain.edges.share[at][free].sum())
        if mass <= 0 or not np.isfinite(chain.seen[k]):
            continue
        p, j = chain.edges.share[at][free] / mass, chain.edges.j[at][free]
        known = float((chain.edges.moves[at][free] + 0.5).sum()) + 1
        then = visits[k] * max(1 - sum(given.values()), 0.0) * after[j]
        now = s[k] * mass * today[j]
        new += _variance(p, then) / known
        gain += (_variance(p, then - now) - _variance(p, now)) / known
    return math.sqrt(max(new, 0.0)), math.sqrt(max(gain, 0.0))


def _variance(p: Array, value: Array) -> float:
    return float(p @ value**2 - (p @ value) ** 2)
