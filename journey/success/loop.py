"""Closing the loop: what an alert or an unhappy customer asks for as a task, and how many customers were answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Protocol

from journey.errors import JourneyError
from journey.estimate.measures import wilson
from journey.events.detractors import Detractor
from journey.model import Measure

__all__ = ["ClosedLoop", "Drift", "Made", "Suggestion", "closed_loop", "suggested_tasks"]

WITHIN: Final = 7  # days


class Drift(Protocol):
    """What is needed of an alert (`journey.Alert`)."""

    @property
    def at(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def direction(self) -> Literal["worse", "better"]: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date: ...
    @property
    def state(self) -> Literal["held", "passed", "open"]: ...


class Made(Protocol):
    """What is needed of a task that is there already (`journey.store.Task`)."""

    @property
    def key(self) -> str | None: ...
    @property
    def at(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def contacted(self) -> date | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A task that could be made. `key` is that of what it comes from: the same whenever it is suggested.

    source      "alert" or "detractor"
    at          the touchpoint; of an alert also component, since, until
    detractor   the customer's answer, its comment as it was written: mask it before it is shown
    """

    key: str
    source: Literal["alert", "detractor"]
    at: str
    component: str = ""
    since: date | None = None
    until: date | None = None
    detractor: Detractor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLoop:
    """How many unhappy customers were contacted in time.

    share      of `n` whose days are over, with a 95 % interval (Wilson)
    within     days from the answer
    ever       contacted so far, in time or not
    waiting    answers whose days are not over yet; they count nowhere else
    """

    share: Measure
    n: int
    within: int
    ever: int
    waiting: int


def suggested_tasks(
    alerts: Iterable[Drift] = (), detractors: Iterable[Detractor] = (), *, made: Iterable[Made] = ()
) -> tuple[Suggestion, ...]:
    """Tasks that alerts and low answers ask for, those of alerts first; each once, and none that was made before.

    made   the tasks there are, in whatever state: one that was dropped is not suggested again

    Of alerts count those for the worse that did not pass by themselves. Data that arrive late may shift an alert's
    days, so two that overlap at one touchpoint and component are one.
    """
    known = list(made)
    keys = {one.key for one in known if one.key}
    drifts = [(one.at, one.component, one.since, one.until) for one in known if one.since and one.until]
    found: list[Suggestion] = []
    for drift in alerts:
        if drift.direction != "worse" or drift.state == "passed":
            continue
        key = alert_key(drift)
        same = any(
            (drift.at, drift.component) == (at, component) and drift.since < until and since < drift.until
            for at, component, since, until in drifts
        )
        if key in keys or same:
            continue
        keys.add(key)
        drifts.append((drift.at, drift.component, drift.since, drift.until))
        found.append(
            Suggestion(
                key=key,
                source="alert",
                at=drift.at,
                component=drift.component,
                since=drift.since,
                until=drift.until,
            )
        )
    for one in detractors:
        if one.key not in keys:
            keys.add(one.key)
            found.append(Suggestion(key=one.key, source="detractor", at=one.touchpoint, detractor=one))
    return tuple(found)


def alert_key(drift: Drift) -> str:
    """The key of an alert: where, what, since when."""
    told = f"{drift.at}\n{drift.component}\n{drift.direction}\n{drift.since.isoformat()}"
    return "alert:" + hashlib.sha256(told.encode()).hexdigest()[:40]


def closed_loop(
    detractors: Iterable[Detractor], made: Iterable[Made], *, within: int = WITHIN, today: date
) -> ClosedLoop:
    """The share of unhappy customers who were contacted within so many days of their answer.

    detractors   all of a period, whether a task was made of their answer or not
    made         the tasks; `contacted` tells when. One before the answer was given counts for nothing
    within       days, 1 or more

    Denominator: answers whose days are over today. Raises JourneyError for days below 1.
    """
    if within < 1:
        raise JourneyError("The days to answer in are 1 or more; got {days}.", days=within)
    when: Mapping[str, date] = {one.key: one.contacted for one in made if one.key and one.contacted}
    in_time = n = ever = waiting = 0
    for one in detractors:
        answered, contacted = one.time.date(), when.get(one.key)
        last = answered + timedelta(days=within)
        heard = contacted is not None and contacted >= answered
        ever += heard
        if last >= today:
            waiting += 1
            continue
        n += 1
        in_time += contacted is not None and answered <= contacted <= last
    share = wilson(in_time, n) if n else Measure.missing()
    return ClosedLoop(share=share, n=n, within=within, ever=ever, waiting=waiting)
