"""Alignment meetings: when, which roles, what was noted and decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from journey.draw.words import N_
from journey.store.database import TABLES
from journey.store.records import LONG, Limit, Record, Records, columns

__all__ = ["Meeting", "Meetings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Record):
    """A meeting with a customer. State: planned → held or cancelled.

    account     as the accounts name it
    day         on which
    roles       who takes part, by role: “their head of operations, our success manager”. Names are not needed
    notes       what was said
    decisions   what was decided, a line each: each line can become a task
    """

    account: str = ""
    day: date | None = None
    roles: str = ""
    notes: str = ""
    decisions: str = ""

    @property
    def decided(self) -> tuple[str, ...]:
        """The decisions, one by one; each once."""
        lines = (line.strip(" \t-•*") for line in self.decisions.splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))


_LIMITS: Final = {
    "account": Limit(N_("A meeting needs an account, of at most {most} letters."), 1),
    "roles": Limit(N_("The roles have at most {most} letters."), most=500, free=True),
    "notes": Limit(N_("Notes have at most {most} letters."), most=LONG, free=True),
    "decisions": Limit(N_("Decisions have at most {most} letters."), most=LONG, free=True),
}
_STATES: Final = {"planned": ("held", "cancelled"), "held": ("planned",), "cancelled": ("planned",)}


class Meetings(Records[Meeting]):
    """The alignment meetings of one journey."""

    kind = Meeting
    limits = _LIMITS
    states = _STATES
    table = Table("meetings", TABLES, *columns(Meeting, _LIMITS))
