"""Times until something happens, where not all have been watched to the end: survival and competing ends.

Everything starts from counts by time, so the same functions serve ten customers and a GROUP BY over ten million.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["Curve", "aalen_johansen", "kaplan_meier"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A share that changes with time in steps, with its pointwise 95 % interval.

    times     increasing; the share holds from each time (that one included) until the next; before the first it is
              `origin`
    value, low, high   shares (0–1)
    at_risk   how many were still watched and waiting just before each time
    n         how many were watched at all;  events: how many of them met the event
    origin    1.0 of those who wait (Kaplan–Meier), 0.0 of those who have met it (Aalen–Johansen)
    """

    times: tuple[float, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[float, ...]
    n: int
    events: int
    origin: float

    def at(self, time: float) -> Measure:
        """The share at a time. Missing after the last time at which anyone was watched."""
        if not self.n or not self.times or time > self.times[-1]:
            return Measure.missing()
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return Measure(self.origin, self.origin, self.origin, self.n)
        return Measure(float(self.value[place]), float(self.low[place]), float(self.high[place]), self.n)

    def when(self, share: float) -> Measure:
        """The time by which a share (0–1) has met the event, in the unit of `times`.

        The interval is where the bands cross (Brookmeyer & Crowley 1982); `high` is None where the upper one never
        does, and all are None where the curve itself does not come so far.
        """
        met, least, most = (np.asarray(band) for band in (self.value, self.low, self.high))
        if self.origin:
            met, least, most = 1 - met, 1 - most, 1 - least
        value, low, high = (self._first(band, share) for band in (met, most, least))
        if value is None:
            return Measure(None, None, None, self.n)
        return Measure(value, low, high, self.n)

    def _first(self, met: Array, share: float) -> float | None:
        reached = np.flatnonzero(met >= share - 1e-12)
        return self.times[reached[0]] if reached.size else None


def kaplan_meier(
    times: ArrayLike, events: ArrayLike, censored: ArrayLike, *, entered: ArrayLike | None = None, level: float = 0.95
) -> Curve:
    """Share still waiting after a time, S(t) = Π (1 − dᵢ / nᵢ), where the censored left before it could happen to them.

    times     increasing; events, censored: how many met it, and how many stopped being watched, at each time
    entered   how many began to be watched at each time (late entry: at risk afterwards); default all at the start

    Greenwood's variance on the log(−log) scale, so that the interval stays in 0–1. Where another end competes, this
    is how long it takes those who stay, not what share will meet it: see `aalen_johansen`.
    Source: Kaplan & Meier 1958; Kalbfleisch & Prentice 2002, §1.4.
    """
    t, d, c = _counts(times, events, censored)
    risk = _at_risk(d + c, None if entered is None else np.asarray(entered, float))
    steps = np.divide(d, risk, out=np.zeros_like(d), where=risk > 0)
    survival = np.cumprod(1 - steps)
    left = risk - d
    spread = np.cumsum(np.divide(d, risk * left, out=np.zeros_like(d), where=(risk > 0) & (left > 0)))
    low, high = _log_log(survival, np.sqrt(spread), level)
    total = float((d + c).sum())
    return _curve(t, survival, low, high, risk, n=int(total), events=int(d.sum()), origin=1.0)


def aalen_johansen(
    times: ArrayLike, events: ArrayLike, competing: ArrayLike, censored: ArrayLike, *, level: float = 0.95
) -> Curve:
    """Share that has met the event by a time, F(t) = Σ S(tᵢ₋) dᵢ / nᵢ, where another end may come first.

    times     increasing; events, competing, censored: how many met it, ended otherwise, stopped being watched

    S counts both ends. The interval is the delta method's on the log(−log) scale. Unlike 1 − Kaplan–Meier it does not
    pretend that who left would have stayed. Source: Aalen & Johansen 1978; variance: Marubini & Valsecchi 1995, §10.4.
    """
    t, d, other = _counts(times, events, competing)
    c = np.asarray(censored, float)
    both = d + other
    risk = _at_risk(both + c, None)
    rate = np.divide(d, risk, out=np.zeros_like(d), where=risk > 0)
    survival = np.cumprod(1 - np.divide(both, risk, out=np.zeros_like(d), where=risk > 0))
    before = np.concatenate([[1.0], survival[:-1]])
    share = np.cumsum(before * rate)
    low, high = _mirrored(share, np.sqrt(_spread(share, before, risk, d, both)), level)
    return _curve(t, share, low, high, risk, n=int((both + c).sum()), events=int(d.sum()), origin=0.0)


def _curve(*bands: Array, n: int, events: int, origin: float) -> Curve:
    times, value, low, high, risk = (tuple(band.tolist()) for band in bands)
    return Curve(
        times=times, value=value, low=low, high=high, at_risk=risk, n=n, events=events, origin=origin
    )  # fmt: skip


def _spread(share: Array, before: Array, risk: Array, d: Array, both: Array) -> Array:
    """Variance of the cumulative incidence F at every time: Σ (F − Fᵢ)² aᵢ + Σ bᵢ − 2 Σ (F − Fᵢ) cᵢ by running sums."""
    left = risk - both
    a = np.divide(both, risk * left, out=np.zeros_like(d), where=(risk > 0) & (left > 0))
    b = before**2 * np.divide(d * (risk - d), risk**3, out=np.zeros_like(d), where=risk > 0)
    c = before * np.divide(d, risk**2, out=np.zeros_like(d), where=risk > 0)
    first = share**2 * np.cumsum(a) - 2 * share * np.cumsum(share * a) + np.cumsum(share**2 * a)
    second = share * np.cumsum(c) - np.cumsum(share * c)
    found: Array = np.maximum(first + np.cumsum(b) - 2 * second, 0.0)
    return found


def _counts(*columns: ArrayLike) -> tuple[Array, Array, Array]:
    t, d, c = (np.asarray(column, float).ravel() for column in columns)
    if not t.shape == d.shape == c.shape:
        raise JourneyError("Times and counts must be lists of one length.")
    if (np.diff(t) <= 0).any():
        raise JourneyError("Times must increase.")
    if (d < 0).any() or (c < 0).any():
        raise JourneyError("Counts must be 0 or more.")
    return t, d, c


def _at_risk(gone: Array, entered: Array | None) -> Array:
    """Those watched just before each time."""
    before = np.concatenate([[0.0], np.cumsum(gone)[:-1]])
    come = gone.sum() if entered is None else np.concatenate([[0.0], np.cumsum(entered)[:-1]])
    found: Array = np.maximum(come - before, 0.0)
    return found


def _log_log(survival: Array, spread: Array, level: float) -> tuple[Array, Array]:
    """The interval of S on the scale of log(−log S); where S is 0 or 1 it is known from the risk set alone."""
    z = float(ndtri((1 + level) / 2))
    inside = (survival > 0) & (survival < 1) & (spread > 0)
    logs = np.log(survival, out=np.full_like(survival, -1.0), where=inside)
    width = np.divide(z * spread, np.abs(logs), out=np.zeros_like(survival), where=inside)
    base = np.where(inside, survival, 1.0)
    low = np.where(inside, base ** np.exp(np.minimum(width, 700.0)), survival)
    high = np.where(inside, base ** np.exp(-width), survival)
    return low, high


def _mirrored(share: Array, spread: Array, level: float) -> tuple[Array, Array]:
    """The interval of a share that grows: that of its complement, turned around."""
    complement = 1 - share
    relative = np.divide(spread, complement, out=np.zeros_like(share), where=complement > 0)
    low, high = _log_log(complement, relative, level)
    return 1 - high, 1 - low
