"""Alerts in words: what moved, from what to what, and whether it lasted. The same in terminal, app and messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.alerts import Alert, Alerts
from journey.analysis.compare_differences import ROLES, answers
from journey.draw.compare_words import amount, counted, small, title, told
from journey.draw.words import ENGLISH, N_, Say
from journey.model import Measure, Scale

__all__ = ["STATES", "asked", "called", "in_units", "line", "moved", "named", "passage", "state", "worse"]

STATES: Final[Mapping[str, str]] = {
    "held": N_("still so"),
    "passed": N_("back again"),
    "open": N_("too early to tell"),
}


def asked(component: str) -> str:
    """The measure that a component is told as: ratings as answers, all else as itself."""
    return ROLES.get(component, component)


def called(component: str, say: Say = ENGLISH) -> str:
    """The name of what a component is told as, for a heading."""
    return title(asked(component), say)


def named(component: str, say: Say = ENGLISH) -> str:
    """The same, inside a sentence."""
    return small(asked(component), say)


def in_units(component: str, measure: Measure, scales: Mapping[str, Scale]) -> Measure:
    """A mean severity as it is told: ratings as answers on their scale, all else as it is."""
    scale = scales.get(asked(component))
    return answers(measure, scale) if scale else measure


def passage(component: str, before: Measure, after: Measure, scales: Mapping[str, Scale], say: Say = ENGLISH) -> str:
    """From what to what, each with its interval: “4.39 (4.33–4.45) → 3.70 (3.47–3.93)”."""
    of = asked(component)
    one, other = (told(of, in_units(component, measure, scales), say) for measure in (before, after))
    return f"{one} → {other}"


def worse(one: Alert, say: Say = ENGLISH) -> str:
    """The direction, by a mark and a word."""
    return f"▼ {say('worse')}" if one.direction == "worse" else f"▲ {say('better')}"


def state(one: Alert, scales: Mapping[str, Scale], say: Say = ENGLISH) -> str:
    """Whether it lasted, with what was seen since: “still so: 3.40, n = 507 answers”."""
    word = say(STATES[one.state])
    if not one.later.n:
        return word
    of = asked(one.component)
    value = amount(of, in_units(one.component, one.later, scales).value, say)
    return say("{state}: {value}, {n}", state=word, value=value, n=counted(of, one.later.n, say))


def moved(one: Alert, scales: Mapping[str, Scale], say: Say = ENGLISH) -> str:
    """What moved, in a phrase: “satisfaction 4.39 (4.33–4.45) → 3.70 (3.47–3.93) since 30 Mar 2026, 78 answers”."""
    return say(
        "{what} {passage} since {day}, {n}",
        what=named(one.component, say),
        passage=passage(one.component, one.before, one.after, scales, say),
        day=say.day(one.since),
        n=counted(asked(one.component), one.n, say),
    )


def line(one: Alert, found: Alerts, say: Say = ENGLISH) -> str:
    """An alert in one line, for a message."""
    return say("{mark} {where}: {moved}", mark=worse(one, say), where=one.at, moved=moved(one, found.scales, say))
