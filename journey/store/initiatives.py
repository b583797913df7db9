"""Initiatives: what is being done about a friction, what was expected of it, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from journey.draw.words import N_
from journey.errors import JourneyError
from journey.store.database import TABLES
from journey.store.records import LONG, Limit, Record, Records, columns

__all__ = ["Initiative", "Initiatives"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative(Record):
    """An initiative. State: idea → running → finished; or dropped.

    name           what it is called
    at             the touchpoint it is about
    component      the component of friction it is to cut; empty: all of them
    owner          who leads it
    start, finish  the first day of work, and the first day on which customers met what is new
    expected_cut   the share of the burden that is expected to go, 0–1
    burden_then    the burden of that touchpoint (and component) when it was planned, as friction told it
    note           what is done, and why that should help
    """

    name: str = ""
    at: str = ""
    component: str = ""
    owner: str = ""
    start: date | None = None
    finish: date | None = None
    expected_cut: float | None = None
    burden_then: float | None = None
    note: str = ""


_LIMITS: Final = {
    "name": Limit(N_("An initiative's name has 1 to {most} letters."), 1),
    "at": Limit(N_("An initiative is about a touchpoint, of at most {most} letters."), 1, 500),
    "component": Limit(N_("A component's name has at most {most} letters."), most=40),
    "owner": Limit(N_("An owner's name has at most {most} letters.")),
    "note": Limit(N_("A note has at most {most} letters."), most=LONG, free=True),
}
_STATES: Final = {
    "idea": ("running", "dropped"),
    "running": ("idea", "finished", "dropped"),
    "finished": ("running",),
    "dropped": ("idea",),
}


class Initiatives(Records[Initiative]):
    """The initiatives of one journey."""

    kind = Initiative
    limits = _LIMITS
    states = _STATES
    table = Table("initiatives", TABLES, *columns(Initiative, _LIMITS))

    def _fit(self, record: Initiative) -> Initiative:
        cut, burden = record.expected_cut, record.burden_then
        if cut is not None and not 0 <= cut <= 1:
            raise JourneyError("The expected cut is a share of the burden, from 0 to 1.")
        if burden is not None and not math.isfinite(burden):
            raise JourneyError("A burden is a number.")
        if record.start and record.finish and record.finish < record.start:
            raise JourneyError("An initiative finishes on or after the day it starts.")
        if record.state == "finished" and record.finish is None:
            raise JourneyError("An initiative that is finished needs the day since when customers meet what is new.")
        return Records._fit(self, record)
