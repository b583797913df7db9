"""What a what-if changes beside the goal: the burden of friction, and how satisfied customers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from journey.analysis.chain import NORMAL, SURE
from journey.analysis.whatif_changes import Rating, Wait
from journey.analysis.whatif_solve import Moved, known
from journey.analysis.whatif_totals import Shift, Total, total
from journey.events.supposing import Lateness
from journey.model import Friction, Journey, Measure, Scale

__all__ = ["Severity", "burden", "satisfaction", "severities_then"]


@dataclass(frozen=True, slots=True)
class Severity:
    """One component at one touchpoint: severity today and then, and how much then moves with today's."""

    name: str
    today: float
    then: float
    slope: float
    sd: float
    expected: float
    cost: float

    def excess(self, *, then: bool) -> float:
        return self.cost * max((self.then if then else self.today) - self.expected, 0.0)

    def noise(self, *, then: bool) -> float:
        over = (self.then if then else self.today) > self.expected
        return self.cost * self.sd * (self.slope if then else 1.0) if over else 0.0


def severities_then(
    one: Friction,
    costs: Mapping[str, float],
    *,
    moved: Moved,
    waits: Sequence[Wait],
    ratings: Sequence[Rating],
    late: Mapping[tuple[str, str], Lateness],
    scale: Scale | None,
) -> tuple[Severity, ...]:
    """The components of friction at a touchpoint: those that a change touches move, the others stay.

    exit            as the share that leaves there
    wait            as the severity of the waits, each multiplied
    dissatisfaction less by the rating's rise as a share of the scale
    """
    at = str(one.at)
    found = []
    for name, measure in one.components.items():
        if measure.value is None or name not in one.expected:
            continue
        today, sd = measure.value, ((measure.high or 0.0) - (measure.low or 0.0)) / (2 * NORMAL)
        then, slope = today, 1.0
        if name == "exit":
            slope = _leaving(moved, at)
        elif name == "wait":
            slope, shifted = _lateness(late, at, waits)
            then = today + shifted
        elif name == "dissatisfaction" and scale is not None:
            then = today - sum(change.by for change in ratings if change.at == at) / (scale.high - scale.low)
        then = float(np.clip(slope * then, 0.0, 1.0))
        found.append(Severity(name, today, then, slope, sd, one.expected[name], costs.get(name, 1.0)))
    return tuple(found)


def _leaving(moved: Moved, at: str) -> float:
    """What the share that leaves is multiplied by."""
    n = len(moved.chain)
    for row in moved.rows:
        if moved.chain.names[row.k] == at:
            end = row.j == n
            today = float(row.today[end].sum())
            return float(row.then[end].sum()) / today if today > 0 else 1.0
    return 1.0


def _lateness(late: Mapping[tuple[str, str], Lateness], at: str, waits: Sequence[Wait]) -> tuple[float, float]:
    """What the severity of waits is multiplied by, and what is added where none was late so far."""
    mine = [change for change in waits if change.at == at]
    if not mine:
        return 1.0, 0.0
    today = then = n = 0.0
    for (source, target), one in late.items():
        if target == at:
            times = float(np.prod([c.times for c in mine if c.after in (None, source)]))
            today, then, n = today + one.severity(), then + one.severity(times), n + float(one.n.sum())
    if today > 0:
        return then / today, 0.0
    return 1.0, then / n if n else 0.0


def burden(moved: Moved, found: Mapping[str, tuple[Severity, ...]], visits: Mapping[str, float], cases: int) -> Total:
    """The burden of all touchpoints per case: visits, as the chain has them, times the excess of each visit."""
    chain = moved.chain
    place = {name: k for k, name in enumerate(chain.names) if moved.today[k] > SURE}
    today, then = np.zeros(len(chain)), np.zeros(len(chain))
    here: dict[str, float] = {}
    there: dict[str, float] = {}
    apart = 0.0
    for at, parts in found.items():
        if at not in place:  # met after the goal alone: as it is
            apart += visits[at] / cases * sum(one.excess(then=False) for one in parts)
            continue
        k = place[at]
        weight = visits[at] / cases / moved.today[k]  # all visits, those after the goal as well
        today[k] = weight * sum(one.excess(then=False) for one in parts)
        then[k] = weight * sum(one.excess(then=True) for one in parts)
        for one in parts:
            name = f"{one.name} at {at}"
            here[name] = weight * float(moved.today[k]) * one.noise(then=False)
            there[name] = weight * float(moved.visits[k]) * one.noise(then=True)
    of = known(chain, today)
    plain = total(moved, of, moved.then(of, then - today))
    gap = {name: there[name] - here[name] for name in here}
    return Total(
        plain.today + apart,
        plain.then + apart,
        _with(plain.sd, here),
        _with(plain.sd_then, there),
        replace(plain.difference, noise={**plain.difference.noise, **gap}),
        _with(plain.sd_gain, gap),
    )


def _with(sd: float, noise: Mapping[str, float]) -> float:
    return float(np.sqrt(sd**2 + sum(value**2 for value in noise.values())))


def satisfaction(moved: Moved, journey: Journey, ratings: Sequence[Rating], *, sign: int) -> Shift | None:
    """The mean of all satisfaction answers on the scale as it is, each touchpoint's as many as its visits bring.

    The means of the touchpoints and how the answers spread over them are uncertain, the changes are not.
    """
    chain, raised = moved.chain, dict[str, float]()
    for change in ratings:
        raised[change.at] = raised.get(change.at, 0.0) + sign * change.by
    rated = [one for one in journey.touchpoints if one.satisfaction_raw is not None and one.satisfaction.n]
    if not rated:
        return None
    n = np.array([one.satisfaction.n for one in rated], float)
    mean = np.array([one.satisfaction_raw for one in rated], float)
    error = np.array([_error(one.satisfaction) for one in rated])
    place = {name: k for k, name in enumerate(chain.names)}
    more = np.array([_ratio(moved, place[one.name]) if one.name in place else 1.0 for one in rated])
    up = np.array([raised.get(one.name, 0.0) for one in rated])
    w, v = n / n.sum(), n * more / max(float((n * more).sum()), SURE)
    today, then, gain = float(w @ mean), float(v @ (mean + up)), float(v @ (mean + up) - w @ mean)
    spread = float(v @ up**2 - (v @ up) ** 2) / float(n.sum())
    whole = int(n.sum())
    return Shift(
        today=_measure(today, float(w**2 @ error**2), whole),
        then=_measure(then, float(v**2 @ error**2) + spread, whole),
        gain=_measure(gain, float((v - w) ** 2 @ error**2) + spread, whole),
    )


def _ratio(moved: Moved, k: int) -> float:
    """How many visits there are then for each of today."""
    return float(moved.visits[k] / moved.today[k]) if moved.today[k] > SURE else 1.0


def _error(measure: Measure) -> float:
    return ((measure.high or 0.0) - (measure.low or 0.0)) / (2 * NORMAL)


def _measure(value: float, variance: float, n: int) -> Measure:
    half = NORMAL * float(np.sqrt(max(variance, 0.0)))
    return Measure(value, value - half, value + half, n)
