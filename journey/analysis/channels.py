"""Channel consistency: is the same touchpoint as good in every channel?

Every measure is a mean between 0 and 1 by channel, with a variance that counts customers (`compare_means`). Tests and
intervals are of the arcsines of the means, which stay honest near 0 and 1. Whether the channels are equal is tested by
Welch's analysis of variance; how far they are apart is told of the best and the worst, with an interval that holds for
all pairs of channels at once (Bonferroni), for they were picked by how far they are apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtrit

from journey.analysis.compare_differences import ROLES
from journey.analysis.compare_means import FEW, Estimates, estimate
from journey.errors import JourneyError
from journey.estimate.difference import standing_out
from journey.events.by_channel import ASPECTS, ByChannel, by_channel
from journey.events.contrast_sums import Sums
from journey.events.log import EventLog
from journey.events.terms import terms_of
from journey.model import Measure, Scale

__all__ = ["Across", "Channels", "Consistency", "channels"]

Array = NDArray[np.float64]
Reading = Literal["depends", "alike", "unknown"]

Q: Final = 0.10
ALIKE: Final = 85.0  # an index that is surely above this is called alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """One measure at one touchpoint, in every channel with enough customers.

    of          "satisfaction" or "effort" (means on the scale they were asked on), "exit" or "help" (shares of visits)
    values      channel → Measure, n answers or visits; only channels with five customers or more
    best, worst channels at either end
    apart       how much worse the worst is than the best, as a share of what is possible (0–1), with an interval that
                holds for all pairs of channels at once
    shrunken    the same after each channel was drawn to the common mean as far as chance explains the spread
    p           of all channels being equal; `clear` if it stands out among all touchpoints (Benjamini and Hochberg,
                q = .10)
    """

    of: str
    values: Mapping[str, Measure]
    best: str
    worst: str
    apart: Measure
    shrunken: float
    p: float
    clear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """One touchpoint across its channels.

    visits    channel → visits, commonest first
    aspects   what could be compared: "satisfaction", "effort", "exit", "help"
    index     0–100: 100 less the shrunken distance of best and worst channel in the aspect that differs most, in points
              of what is possible. 100 is the same everywhere; n is visits
    reading   "depends" (some aspect clearly differs), "alike" (none does, and the index is surely at 85 or more), or
              "unknown" (too few answers to tell)
    """

    touchpoint: str
    visits: Mapping[str, int]
    aspects: tuple[Across, ...]
    index: Measure
    reading: Reading

    def of(self, aspect: str) -> Across | None:
        """One aspect; None where it could not be compared."""
        return next((one for one in self.aspects if one.of == aspect), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Touchpoints that are met through several channels: those that depend on the channel first, worst index first.

    single    touchpoints with one channel
    few       touchpoints with several, of which fewer than two have five customers
    unknown   visits without a channel: they are left out
    """

    channels: tuple[str, ...]
    found: tuple[Consistency, ...]
    single: tuple[str, ...]
    few: tuple[str, ...]
    unknown: int
    scales: Mapping[str, Scale]
    q: float = Q

    def of(self, touchpoint: str) -> Consistency:
        """One touchpoint. Raises JourneyError if it was not compared."""
        for one in self.found:
            if one.touchpoint == touchpoint:
                return one
        raise JourneyError("“{touchpoint}” is not met through several channels.", touchpoint=touchpoint)


def channels(log: EventLog, *, goal: str | Sequence[str] | None = None, window: str | None = None) -> Channels:
    """Compare every touchpoint that is met through several channels: satisfaction, effort, exit and help.

    goal, window   as for `friction`, whose severities these are

    Per channel the mean with a 95 % interval that counts customers, not visits. Whether the channels are equal: Welch's
    analysis of variance (1951) on the arcsines of the means, Benjamini and Hochberg (1995) at q = .10 over touchpoints,
    for each aspect. How far best and worst are apart: an interval for all pairs at once, and a shrunken value
    (DerSimonian and Laird 1986), which is 0 where chance explains the spread; of it the index of consistency is made.
    Customers choose their channel: a channel may look worse because of who comes through it. Association is not cause.
    Raises JourneyError where no channel is told, or no touchpoint is met through two of them.
    """
    held = by_channel(log, terms_of(log, goal=goal, window=window))
    met = (held.visits > 0).sum(0)
    if not (met > 1).any():
        raise JourneyError("No touchpoint is met through two channels: there is nothing to compare.")
    rows: dict[str, list[Across]] = {}
    for name in ASPECTS:
        if name in held.parts:
            for at, one in _settled(_aspect(held, name, log.scales)):
                rows.setdefault(at, []).append(one)
    found = [_consistency(held, at, tuple(aspects)) for at, aspects in rows.items()]
    found.sort(key=lambda one: (one.reading != "depends", one.index.value or 0.0, one.touchpoint))
    several = [name for k, name in enumerate(held.touchpoints) if met[k] > 1]
    return Channels(
        channels=held.channels,
        found=tuple(found),
        single=tuple(name for k, name in enumerate(held.touchpoints) if met[k] == 1),
        few=tuple(name for name in several if name not in rows),
        unknown=held.unknown,
        scales={role: log.scales[role] for role in log.rated},
    )


def _settled(found: Sequence[tuple[str, Across]]) -> list[tuple[str, Across]]:
    """Those that stand out, and whose interval agrees."""
    stands = standing_out([one.p for _, one in found], q=Q)
    return [
        (at, replace(one, clear=out and (one.apart.low or 0) > 0)) for (at, one), out in zip(found, stands, strict=True)
    ]


def _aspect(held: ByChannel, name: str, scales: Mapping[str, Scale]) -> list[tuple[str, Across]]:
    sums = held.parts[name]
    several = np.flatnonzero(((sums.count > 0).sum(2) >= FEW).sum(0) > 1)
    if not several.size:
        return []
    # Touchpoints that have one channel only would tell of other things' dispersion.
    told = estimate(Sums(sums.total[:, several], sums.count[:, several]))
    scale = scales[ROLES[name]] if name in ROLES else None
    return [(held.touchpoints[int(at)], _across(told, k, held.channels, name, scale)) for k, at in enumerate(several)]


def _across(told: Estimates, k: int, names: tuple[str, ...], name: str, scale: Scale | None) -> Across:
    used = np.flatnonzero(told.buckets[:, k] >= FEW)
    mean, thin, degrees = (x[used, k] for x in (told.mean, told.thin, told.degrees))
    order = np.argsort(mean, kind="stable")
    best, worst = int(order[0]), int(order[-1])
    low, high = _apart(mean, thin, degrees, best, worst)
    value = float(mean[worst] - mean[best])
    counted = int(told.n[used, k].sum())
    return Across(
        of=ROLES.get(name, name),
        values={
            names[s]: _measure(
                scale, float(told.mean[s, k]), float(told.low[s, k]), float(told.high[s, k]), int(told.n[s, k])
            )
            for s in used
        },
        best=names[used[best]],
        worst=names[used[worst]],
        apart=Measure(value, min(low, value), max(high, value), counted),
        shrunken=_shrunken(mean, thin, degrees),
        p=_equal(mean, thin, degrees),
    )


def _measure(scale: Scale | None, mean: float, low: float, high: float, n: int) -> Measure:
    """A severity on the scale it was asked on; a share as it is."""
    if scale is None:
        return Measure(mean, low, high, n)
    width = scale.high - scale.low
    if scale.good == "high":
        return Measure(scale.high - width * mean, scale.high - width * high, scale.high - width * low, n)
    return Measure(scale.low + width * mean, scale.low + width * low, scale.low + width * high, n)


def _turned(mean: Array, thin: Array) -> tuple[Array, Array]:
    """Arcsines of the means with ⅜ added to either side, and their variances."""
    visits = 1 / thin
    return np.arcsin(np.sqrt((mean * visits + 0.375) / (visits + 0.75))), 0.25 / (visits + 0.5)


def _equal(mean: Array, thin: Array, degrees: Array) -> float:
    """p of equal means: Welch's analysis of variance."""
    y, variance = _turned(mean, thin)
    weight = 1 / variance
    share = weight / weight.sum()
    many = y.size
    centre = float(share @ y)
    doubt = float((np.square(1 - share) / degrees).sum())
    f = float(weight @ np.square(y - centre)) / (many - 1) / (1 + 2 * (many - 2) / (many**2 - 1) * doubt)
    return float(fdtrc(many - 1, (many**2 - 1) / (3 * doubt), f))


def _apart(mean: Array, thin: Array, degrees: Array, best: int, worst: int) -> tuple[float, float]:
    """Ends of the interval of mean[worst] − mean[best] that hold for all pairs at once (Zou and Donner 2008)."""
    pairs = mean.size * (mean.size - 1) / 2
    y, variance = _turned(mean, thin)
    half = stdtrit(degrees, 1 - 0.025 / pairs) * np.sqrt(variance)
    low, high = (np.square(np.sin(np.clip(y + sign * half, 0, math.pi / 2))) for sign in (-1, 1))
    low, high = np.minimum(low, mean), np.maximum(high, mean)
    value = mean[worst] - mean[best]
    below = math.hypot(mean[worst] - low[worst], high[best] - mean[best])
    above = math.hypot(high[worst] - mean[worst], mean[best] - low[best])
    return float(value - below), float(value + above)


def _shrunken(mean: Array, thin: Array, degrees: Array) -> float:
    """Distance of best and worst once each is drawn to the common mean as far as chance explains the spread."""
    room = float(np.clip(mean.mean(), 0.01, 0.99))
    variance = thin * room * (1 - room) * degrees / np.maximum(degrees - 2, 1)
    weight = 1 / variance
    centre = float(weight @ mean / weight.sum())
    q = float(weight @ np.square(mean - centre))
    scale = weight.sum() - np.square(weight).sum() / weight.sum()
    between = max((q - (mean.size - 1)) / float(scale), 0.0)
    kept = between / (between + variance)
    drawn = centre + kept * (mean - centre)
    return float(drawn.max() - drawn.min())


def _consistency(held: ByChannel, at: str, aspects: tuple[Across, ...]) -> Consistency:
    k = held.touchpoints.index(at)
    visits = {name: int(held.visits[s, k]) for s, name in enumerate(held.channels) if held.visits[s, k]}
    value = max(one.shrunken for one in aspects)
    # However wide one aspect is open, the others may be, too: the ends are the farthest of all.
    low = min(max(max(one.apart.low or 0.0, 0.0) for one in aspects), value)
    high = max(value, *(one.apart.high or 0.0 for one in aspects))
    index = Measure(100 * (1 - value), 100 * (1 - min(high, 1.0)), 100 * (1 - low), sum(visits.values()))
    reading: Reading = "unknown"
    if any(one.clear for one in aspects):
        reading = "depends"
    elif (index.low or 0) >= ALIKE:
        reading = "alike"
    return Consistency(
        touchpoint=at,
        visits=dict(sorted(visits.items(), key=lambda pair: -pair[1])),
        aspects=aspects,
        index=index,
        reading=reading,
    )
