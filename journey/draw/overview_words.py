"""The overview in words: what is worst and what it costs, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from journey.analysis.compare_differences import Difference
from journey.draw.compare_words import pair, small
from journey.draw.words import ENGLISH, N_, Say, place, share
from journey.model import Friction, Scale

__all__ = ["by_touchpoint", "changed", "costs", "hurts"]

# What goes wrong, as short as it can be said.
HURTS: Final[Mapping[str, str]] = {
    "exit": N_("{value} leave, {expected} expected"),
    "rework": N_("{value} have to come back, {expected} expected"),
    "help": N_("{value} need support next, {expected} expected"),
    "switch": N_("{value} go on in another channel, {expected} expected"),
    "wait": N_("waits at {value} of the worst counted, {expected} expected"),
    "dissatisfaction": N_("dissatisfaction {value} of the worst possible, {expected} expected"),
    "effort": N_("effort {value} of the worst possible, {expected} expected"),
}
ANSWERED: Final[Mapping[str, str]] = {
    "dissatisfaction": N_("satisfaction {value} of {low:g}–{high:g}, {expected} expected"),
    "effort": N_("effort scale {value} of {low:g}–{high:g}, {expected} expected"),
}
ROLES: Final = {"dissatisfaction": "satisfaction", "effort": "effort"}
ALL_FINE: Final = N_("nothing exceeds what is expected")


def hurts(
    one: Friction,
    *,
    costs: Mapping[str, float],
    scales: Mapping[str, Scale],
    most: int = 2,
    say: Say = ENGLISH,
) -> list[str]:
    """What is worst at a place, by its part in the burden: “27% leave, 10% expected”, and what comes next."""
    excess = {
        name: (measure.value - one.expected[name]) * costs.get(name, 1.0)
        for name, measure in one.components.items()
        if measure.value is not None and name in one.expected
    }
    worst = sorted((name for name in excess if excess[name] > 0), key=lambda name: -excess[name])[:most]
    if not worst:
        return [say(ALL_FINE)]
    return [_hurt(one, name, scales, say) for name in worst]


def _hurt(one: Friction, name: str, scales: Mapping[str, Scale], say: Say) -> str:
    value, expected = one.components[name].value, one.expected[name]
    scale = scales.get(ROLES.get(name, ""))
    if scale is None or value is None:
        return say(HURTS[name], value=share(value, say), expected=share(expected, say))
    answers = (_answer(severity, scale) for severity in (value, expected))
    told, wanted = (say.number(answer, ".1f") for answer in answers)
    return say(ANSWERED[name], value=told, expected=wanted, low=scale.low, high=scale.high)


def _answer(severity: float, scale: Scale) -> float:
    """A severity, 0–1, as the answer on the scale that means it."""
    good = 1 - severity if scale.good == "high" else severity
    return scale.low + good * (scale.high - scale.low)


def costs(one: Friction, *, unit: str, months: float | None, say: Say = ENGLISH) -> str:
    """The burden, by the month where the months are known: “312 customers a month (290–335)”."""
    burden = one.burden
    if burden.value is None or burden.low is None or burden.high is None:
        return "–"
    per = months if months and months >= 1 else 1.0
    value, low, high = (_rounded(x / per, say) for x in (burden.value, burden.low, burden.high))
    if per == 1.0:
        return say("{value} {unit} ({low}–{high})", value=value, unit=unit, low=low, high=high)
    return say("{value} {unit} a month ({low}–{high})", value=value, unit=unit, low=low, high=high)


def _rounded(value: float, say: Say) -> str:
    """A burden is an estimate: three digits say all that is known."""
    step = 10 ** max(0, len(f"{value:.0f}") - 3)
    return say.number(round(value / step) * step, ",.0f")


def by_touchpoint(found: Sequence[Difference]) -> dict[str, list[Difference]]:
    """Differences by their touchpoint, in the order of the largest of each."""
    out: dict[str, list[Difference]] = {}
    for one in found:
        out.setdefault(place(one.at[0]) if isinstance(one.at, tuple) else str(one.at), []).append(one)
    return out


def changed(one: Difference, say: Say = ENGLISH) -> str:
    """How one measure moved, from what to what: “satisfaction 4.44 → 3.41”."""
    now, before = pair(one, say)
    return say(
        "{what} {before} → {now}",
        what=small(one.of, say),
        before=before,
        now=now,
    )
