"""Cumulative sums: when a severity began to drift, told week by week from what was known by then.

Each period is held against the mean of the periods before it that belong to the same level:

    z_t = (p_t − p̄) / √(v (1/n_t + 1/N)),   σ_z = max(1, MR̄ / 1.128)   (Laney 2002)
    up_t = max(0, up_{t−1} + z_t/σ_z − k),   down_t likewise with −z_t   (Page 1954)

p̄ is the mean of the N visits before, v the variance of one: p̄(1 − p̄) of a yes or no, pooled within the periods of a
severity. 1/N stands for what is not known of p̄ yet: with it the z are independent with variance 1 from the first weeks
on, so the false alarms are those of a mean that is known (recursive residuals: Brown, Durbin and Evans 1975; Hawkins
1987). MR̄ is the mean distance of neighbouring raw z, and makes room where periods differ more than chance alone.
A shift too small to matter must not add up to an alarm because n is large: k is at least half the least effect that
matters, in standard errors, which is where a CUSUM for that shift is quickest (Hawkins and Olwell 1998, §3).

Arrays have one row a series and one column a period, so a thousand series take as many steps as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Alarm", "Charts", "Rule", "Series", "watch"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

MR: Final = 1.128  # the mean distance of two independent standard normal numbers
# What one visit is thought to spread before any did: a quarter of the scale.
SPREAD: Final = 1 / 16


@dataclass(frozen=True, slots=True)
class Series:
    """S series of severities over T periods: totals, squares and counts [S, T]; yes_or_no [S] whether each is 0 or 1;
    final [S] so many of the first periods are known in full."""

    total: Array
    squares: Array
    count: Array
    yes_or_no: NDArray[np.bool_]
    final: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When to raise an alarm.

    k, h            the slack a period and the bar, in standard deviations of z
    minimum_effect  the least shift of the mean that matters, 0–1; `minimum_n` visits before and after, at least
    baseline        periods to learn a level from before any alarm; cool_down periods of silence after one
    """

    k: float
    h: float
    minimum_effect: float
    minimum_n: int
    cool_down: int
    baseline: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Series `at` left its level in period `since`, known in period `raised`; the level began in period `start`."""

    at: int
    start: int
    since: int
    raised: int
    up: bool
    sigma: float


@dataclass(frozen=True, slots=True)
class Charts:
    """What was known in each period, [S, T]; not a number where nothing could be said.

    centre, error  the mean held against and the standard error of the period's own mean around it, times σ_z
    z, up, down    the scaled score and the cumulative sums; `sigma` is σ_z
    watching       whether an alarm could have been raised
    """

    centre: Array
    error: Array
    sigma: Array
    z: Array
    up: Array
    down: Array
    watching: NDArray[np.bool_]
    alarms: tuple[Alarm, ...]


@dataclass(slots=True)
class _State:
    """All series at once, as they stand before a period."""

    start: Ints  # first period of the level
    total: Array  # of the level so far
    count: Array
    seen: Ints  # periods with visits in the level
    need: Ints  # of them before any alarm
    quiet: Ints  # no alarm before this period
    within: Array  # squares around the periods' means, of all levels
    freedom: Array
    last: Array  # the raw z before
    moved: Array  # sum of the moving ranges
    moves: Ints
    up: Array
    down: Array
    since_up: Ints
    since_down: Ints

    @classmethod
    def fresh(cls, n: int, need: int) -> _State:
        def zeros() -> Array:
            return np.zeros(n)

        def whole(value: int = 0) -> Ints:
            return np.full(n, value, np.int64)

        return cls(
            start=whole(),
            total=zeros(),
            count=zeros(),
            seen=whole(),
            need=whole(need),
            quiet=whole(),
            within=zeros(),
            freedom=zeros(),
            last=np.full(n, np.nan),
            moved=zeros(),
            moves=whole(),
            up=zeros(),
            down=zeros(),
            since_up=whole(),
            since_down=whole(),
        )


@dataclass(frozen=True, slots=True)
class _Now:
    """What one period tells of each series."""

    here: NDArray[np.bool_]
    centre: Array
    error: Array  # with σ_z
    sigma: Array
    raw: Array
    z: Array
    watching: NDArray[np.bool_]


def watch(series: Series, rule: Rule) -> Charts:
    """Follow each series from its first period to its last, never looking ahead; there is at least one period."""
    n, periods = series.count.shape
    state = _State.fresh(n, rule.baseline)
    summed = tuple(np.concatenate([np.zeros((n, 1)), np.cumsum(x, 1)], 1) for x in (series.total, series.count))
    seen: list[tuple[Array, ...]] = []
    watching: list[NDArray[np.bool_]] = []
    alarms: list[Alarm] = []
    for t in range(periods):
        now = _look(state, series, rule, t)
        _add_up(state, now, rule, t)
        seen.append(
            (now.centre, now.error, now.sigma, now.z, *(_only(now.watching, x) for x in (state.up, state.down)))
        )
        watching.append(now.watching)
        _learn(state, series, now, t)
        for alarm in _alarms(state, summed[0], summed[1], now, rule, t):
            alarms.append(alarm)
            _restart(state, series, summed[0], summed[1], alarm, rule)
    centre, error, sigma, z, up, down = (np.stack(one, 1) for one in zip(*seen, strict=True))
    return Charts(centre, error, sigma, z, up, down, np.stack(watching, 1), tuple(alarms))


def _only(where: NDArray[np.bool_], values: Array) -> Array:
    return np.where(where, values, np.nan)


def _look(state: _State, series: Series, rule: Rule, t: int) -> _Now:
    """The period against the level so far."""
    n = series.count[:, t]
    here = (n > 0) & (t < series.final)
    known = here & (state.count > 0)
    size, before = np.where(known, n, 1.0), np.where(known, state.count, 1.0)
    centre = state.total / before
    # Half a visit of either kind more: none of 40 is not certainty.
    smooth = (state.total + 0.5) / (state.count + 1)
    variance = np.where(series.yes_or_no, smooth * (1 - smooth), (state.within + SPREAD) / (state.freedom + 1))
    error = np.sqrt(variance * (1 / size + 1 / before))
    raw = np.where(known, (series.total[:, t] / size - centre) / error, np.nan)
    sigma = np.maximum(1.0, state.moved / np.maximum(state.moves, 1) / MR)
    learnt = (state.seen >= state.need) & (state.count >= rule.minimum_n) & (t >= state.quiet)
    error = error * sigma
    return _Now(
        here=here,
        centre=_only(known, centre),
        error=_only(known, error),
        sigma=sigma,
        raw=raw,
        z=raw / sigma,
        watching=known & learnt,
    )


def _add_up(state: _State, now: _Now, rule: Rule, t: int) -> None:
    slack = np.where(
        now.watching, np.maximum(rule.k, rule.minimum_effect / 2 / np.where(now.watching, now.error, 1)), 0
    )
    step = np.where(now.watching, now.z, 0.0)
    for sign, name in ((1, "up"), (-1, "down")):
        before, since = getattr(state, name), getattr(state, f"since_{name}")
        # Periods without visits leave the sum as it is; a sum at zero begins anew with the next period.
        summed = np.where(now.watching, np.maximum(0.0, before + sign * step - slack), before)
        setattr(state, name, summed)
        setattr(state, f"since_{name}", np.where((before <= 0) & (summed > 0), t, since))


def _learn(state: _State, series: Series, now: _Now, t: int) -> None:
    n = np.where(now.here, series.count[:, t], 0.0)
    total = np.where(now.here, series.total[:, t], 0.0)
    squares = np.where(now.here, series.squares[:, t], 0.0)
    state.total = state.total + total
    state.count = state.count + n
    state.seen = state.seen + now.here
    state.within = state.within + np.maximum(squares - np.square(total) / np.maximum(n, 1.0), 0.0)
    state.freedom = state.freedom + np.maximum(n - 1, 0.0)
    both = np.isfinite(now.raw) & np.isfinite(state.last)
    state.moved = state.moved + np.where(both, np.abs(now.raw - state.last), 0.0)
    state.moves = state.moves + both
    state.last = np.where(np.isfinite(now.raw), now.raw, state.last)


def _alarms(state: _State, total: Array, count: Array, now: _Now, rule: Rule, t: int) -> list[Alarm]:
    """Those whose sum is above the bar, and whose means lie far enough apart, on enough visits."""
    found = []
    for at in np.flatnonzero(now.watching & (np.maximum(state.up, state.down) > rule.h)):
        up = bool(state.up[at] > state.down[at])
        since = int((state.since_up if up else state.since_down)[at])
        start = int(state.start[at])
        before, after = count[at, since] - count[at, start], count[at, t + 1] - count[at, since]
        if min(before, after) < max(rule.minimum_n, 1):
            continue
        shift = (total[at, t + 1] - total[at, since]) / after - (total[at, since] - total[at, start]) / before
        if (shift if up else -shift) >= rule.minimum_effect:
            found.append(Alarm(int(at), start, since, t, up, float(now.sigma[at])))
    return found


def _restart(state: _State, series: Series, total: Array, count: Array, alarm: Alarm, rule: Rule) -> None:
    """The new level is learnt from where the drift began."""
    at, since, end = alarm.at, alarm.since, alarm.raised + 1
    state.start[at] = since
    state.total[at] = total[at, end] - total[at, since]
    state.count[at] = count[at, end] - count[at, since]
    state.seen[at] = int((series.count[at, since:end] > 0).sum())
    state.need[at] = 0
    state.quiet[at] = end + rule.cool_down
    state.last[at] = np.nan
    state.up[at] = state.down[at] = 0.0
