"""Importance and performance: how well a touchpoint does against how much hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from journey.analysis.drivers import Drivers
from journey.model import Friction, Journey, Measure, Touchpoint

__all__ = ["Importance", "Quadrant", "Quadrants", "Standing", "importance", "importance_for"]

Importance = Literal["reach", "burden", "outcome"]
Quadrant = Literal["improve", "keep", "later", "enough"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One touchpoint's place in the quadrants.

    performance   satisfaction as a share of its scale, 1 the good end (POMP); n is answers
    importance    share of all cases that met it (0–1; a count, so without doubt), its burden, or its share of what is
                  explained of an outcome (0–1), these with their intervals
    quadrant      "improve" (important, below the target), "keep" (important, at it), "later", "enough"
    sure          whether the whole interval of the performance lies on the same side of the target
    """

    name: str
    performance: Measure
    importance: Measure
    quadrant: Quadrant
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quadrants:
    """Touchpoints by importance and performance (Martilla and James 1977).

    target      performance that is acceptable: 1 − the dissatisfaction that friction expects. `declared` says whether
                a person chose it; else it is this journey's own average
    average     mean importance of the touchpoints shown
    left_out    touchpoints without an answer
    """

    by: Importance
    standings: tuple[Standing, ...]
    target: float
    declared: bool
    average: float
    left_out: tuple[str, ...]


def importance(
    journey: Journey, friction: Iterable[Friction], *, by: Importance = "reach", declared: bool = False
) -> Quadrants | None:
    """Where each touchpoint with answers stands; None where satisfaction was not asked at touchpoints.

    friction   the ranking's touchpoints: they hold the burdens and the target
    declared   whether that target was declared

    Performance is the journey's shrunken mean satisfaction (see `journey.mine`) on its scale's range, so a linear map
    of the same number with the same interval.
    """
    found = {str(one.at): one for one in friction}
    scale = journey.scales.get("satisfaction")
    shown = [t for t in journey.touchpoints if t.satisfaction.value is not None and (by == "reach" or t.name in found)]
    if scale is None or not shown:
        return None
    performance = {t.name: _good(t.satisfaction, scale.pomp) for t in shown}
    weight = {t.name: _weight(t, journey, found.get(t.name), by) for t in shown}
    left_out = tuple(t.name for t in journey.touchpoints if t.name not in performance)
    return _quadrants(by, performance, weight, found.values(), declared, left_out)


def importance_for(drivers: Drivers, friction: Iterable[Friction], *, declared: bool = False) -> Quadrants | None:
    """Where each touchpoint stands by its bearing on an outcome; None where none of them was rated.

    friction, declared   as for `importance`. Performance is likewise the number of `journey.mine`, of effort where only
    that was asked; importance the share of what is explained.
    """
    performance = {one.at: one.performance for one in drivers.drivers if one.performance.value is not None}
    if not performance:
        return None
    weight = {one.at: one.importance for one in drivers.drivers}
    left_out = tuple(name for name in weight if name not in performance)
    return _quadrants("outcome", performance, weight, friction, declared, left_out)


def _quadrants(
    by: Importance,
    performance: Mapping[str, Measure],
    weight: Mapping[str, Measure],
    friction: Iterable[Friction],
    declared: bool,
    left_out: tuple[str, ...],
) -> Quadrants:
    known = (one.expected["dissatisfaction"] for one in friction if "dissatisfaction" in one.expected)
    expected = next(known, None)
    usual = sum((m.value or 0) * m.n for m in performance.values()) / sum(m.n for m in performance.values())
    target = usual if expected is None else 1 - expected
    average = sum(m.value or 0 for m in weight.values()) / len(weight)
    return Quadrants(
        by=by,
        standings=tuple(_standing(name, performance[name], weight[name], target, average) for name in performance),
        target=target,
        declared=declared and expected is not None,
        average=average,
        left_out=left_out,
    )


def _good(answers: Measure, pomp: object) -> Measure:
    values = sorted(pomp(v) for v in (answers.low, answers.value, answers.high) if v is not None)  # type: ignore[operator]
    return Measure(values[1], values[0], values[2], answers.n)


def _weight(touchpoint: Touchpoint, journey: Journey, one: Friction | None, by: Importance) -> Measure:
    if by == "burden":
        return one.burden if one is not None and one.burden.value is not None else Measure(0.0, 0.0, 0.0, 0)
    reach = touchpoint.cases / journey.cases
    return Measure(reach, reach, reach, journey.cases)


def _standing(name: str, performance: Measure, weight: Measure, target: float, average: float) -> Standing:
    good, much = (performance.value or 0) >= target, (weight.value or 0) >= average
    quadrant: Quadrant = ("keep" if good else "improve") if much else ("enough" if good else "later")
    sure = (performance.low or 0) >= target if good else (performance.high or 0) < target
    return Standing(name, performance, weight, quadrant, sure)
