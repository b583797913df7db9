"""Totals of a case as they are and as they would be, each with its interval, and their difference with its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from journey.analysis.chain import NORMAL, SURE, Array, Chain
from journey.analysis.whatif_changes import Wait
from journey.analysis.whatif_rows import Row
from journey.analysis.whatif_solve import Influence, Known, Moved, known, variance
from journey.model import Measure

__all__ = [
    "Shift",
    "Total",
    "chance_shift",
    "goals",
    "plain_shift",
    "scaled",
    "seconds",
    "steps",
    "total",
    "unknown",
    "wait_times",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A figure today, then, and the difference: then less today, with an interval of its own."""

    today: Measure
    then: Measure
    gain: Measure


@dataclass(frozen=True, slots=True)
class Total:
    """A total per case today and then, the standard deviations of both, and how their difference hangs on the data."""

    today: float
    then: float
    sd: float
    sd_then: float
    difference: Influence
    sd_gain: float


def total(moved: Moved, of: Known, then: tuple[float, Influence], *, errors: Array | None = None) -> Total:
    """The total of a quantity before and after; `errors` [E] are standard errors of what moves bring."""
    value, there = then
    gain = there - of.influence
    sd_then, sd_gain = (math.sqrt(variance(moved.chain, one, errors)) for one in (there, gain))
    return Total(of.total, value, of.sd, sd_then, gain, sd_gain)


def goals(chain: Chain) -> Known:
    """Reaching the goal, which ends a case: one for each visit to it."""
    return known(chain, chain.goal.astype(float), value=chain.chance)


def steps(chain: Chain) -> Known:
    """Events until the case ends."""
    return known(chain, chain.once, value=chain.steps)


def seconds(chain: Chain, errors: Array | None = None) -> Known:
    """Seconds until the case ends; where a wait is not known it counts nothing (see `unknown`)."""
    return known(chain, np.zeros(len(chain)), np.nan_to_num(chain.edges.wait), errors=errors)


def unknown(moved: Moved) -> tuple[bool, bool]:
    """Whether a wait that counts is not known today, and would not be then."""
    chain, edges = moved.chain, moved.chain.edges
    missing = np.flatnonzero(np.isnan(edges.wait))
    share, fresh = edges.share[missing], False
    for row in moved.rows:
        at = chain.row(row.k)
        size = at.stop - at.start
        mine = edges.i[missing] == row.k
        share = np.where(mine, row.then[np.clip(missing - at.start, 0, row.then.size - 1)], share)
        fresh |= bool(moved.visits[row.k] > SURE) and _new_way(row, size, len(chain))
    today = bool((moved.today[edges.i[missing]] > SURE).any())
    then = bool(((moved.visits[edges.i[missing]] > SURE) & (share > 0)).any())
    return today, then or fresh


def _new_way(row: Row, size: int, n: int) -> bool:
    """Whether cases would take a way that nobody takes today, so that its wait is not known."""
    return row.k != 0 and bool(((row.j[size:] != n) & (row.then[size:] > 0)).any())


def wait_times(chain: Chain, changes: tuple[Wait, ...]) -> Array:
    """[E] what each transition's wait is multiplied by."""
    times = np.ones(chain.edges.i.size)
    for change in changes:
        chosen = chain.edges.j == chain.names.index(change.at)
        if change.after is not None:
            chosen &= chain.edges.i == chain.names.index(change.after)
        times[chosen] *= change.times
    return times


def chance_shift(found: Total, today: Measure, *, interval: bool) -> Shift:
    """A share: today's interval is carried along on the logit scale, so that nothing moves where nothing changes."""
    value, then = _share(found.today), _share(found.then)
    n, gained = today.n, then - value
    if abs(gained) <= SURE and found.sd_gain <= SURE:
        none = 0.0 if interval else None
        return Shift(today=today, then=today, gain=Measure(0.0, none, none, n))
    if not interval:
        return Shift(today=today, then=Measure(then, None, None, n), gain=Measure(gained, None, None, n))
    low, high = _carried(found, value, then, today)
    half = NORMAL * found.sd_gain
    gain = Measure(gained, max(gained - half, -value), min(gained + half, 1 - value), n)
    return Shift(today=today, then=Measure(then, low, high, n), gain=gain)


def _carried(found: Total, value: float, then: float, today: Measure) -> tuple[float, float]:
    if not SURE < then < 1 - SURE:
        half = NORMAL * found.sd_then
        return max(then - half, 0.0), min(then + half, 1.0)
    odds, sd = math.log(then / (1 - then)), found.sd_then / (then * (1 - then))
    less = more = NORMAL
    if SURE < value < 1 - SURE and found.sd > 0 and today.low and today.high and today.high < 1:
        mine, unit = math.log(value / (1 - value)), found.sd / (value * (1 - value))
        less = (mine - math.log(today.low / (1 - today.low))) / unit
        more = (math.log(today.high / (1 - today.high)) - mine) / unit
    low, high = (1 / (1 + math.exp(-min(max(at, -700.0), 700.0))) for at in (odds - less * sd, odds + more * sd))
    return min(low, then), max(high, then)


def plain_shift(found: Total, n: int, *, interval: bool, scale: float = 1.0, today: Measure | None = None) -> Shift:
    """A total of 0 or more, times `scale`; `today` is its measure where one is known already, carried along."""
    value, then, gain = (scale * x for x in (found.today, found.then, found.then - found.today))
    sd, sd_then, sd_gain = (scale * x for x in (found.sd, found.sd_then, found.sd_gain))
    if not interval:
        plain = (Measure(x, None, None, n) for x in (value, then, gain))
        return Shift(**dict(zip(("today", "then", "gain"), plain, strict=True)))
    if today is None or today.low is None or today.high is None:
        today = Measure(value, max(value - NORMAL * sd, 0.0), value + NORMAL * sd, n)
    less = more = NORMAL * sd_then
    if sd > 0 and today.value is not None and today.low is not None and today.high is not None:
        less, more = ((today.value - today.low) * sd_then / sd, (today.high - today.value) * sd_then / sd)
    return Shift(
        today=today,
        then=Measure(then, max(then - less, 0.0), then + more, n),
        gain=Measure(gain, gain - NORMAL * sd_gain, gain + NORMAL * sd_gain, n),
    )


def scaled(shift: Shift, by: float, n: int | None = None) -> Shift:
    """The same in another unit."""

    def one(m: Measure) -> Measure:
        value, low, high = (None if x is None else by * x for x in (m.value, m.low, m.high))
        return Measure(value, low, high, m.n if n is None else n)

    return Shift(today=one(shift.today), then=one(shift.then), gain=one(shift.gain))


def _share(value: float) -> float:
    held = float(np.clip(value, 0.0, 1.0))
    return 0.0 if held < SURE else 1.0 if held > 1 - SURE else held
