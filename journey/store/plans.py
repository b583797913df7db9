"""Success plans: what a customer is to achieve, by when, and who sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from journey.draw.words import N_
from journey.store.database import TABLES
from journey.store.records import LONG, Limit, Record, Records, columns

__all__ = ["Plan", "Plans"]

_ACCOUNT = N_("An account's name has at most {most} letters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """A success plan. State: open, then reached, missed or dropped; a closed one can be opened again.

    account   as the accounts name it; empty for a goal that no single account has
    goal      what is to be achieved, in the customer's words
    owner     who sees to it: a role or a name
    due       the day by which
    outcome   what came of it
    """

    account: str = ""
    goal: str = ""
    owner: str = ""
    due: date | None = None
    outcome: str = ""


_LIMITS: Final = {
    "account": Limit(_ACCOUNT),
    "goal": Limit(N_("A plan's goal has 1 to {most} letters."), 1, 500, free=True),
    "owner": Limit(N_("An owner's name has at most {most} letters.")),
    "outcome": Limit(N_("What came of it has at most {most} letters."), most=LONG, free=True),
}
_STATES: Final = {
    "open": ("reached", "missed", "dropped"),
    "reached": ("open",),
    "missed": ("open",),
    "dropped": ("open",),
}


class Plans(Records[Plan]):
    """The success plans of one journey."""

    kind = Plan
    limits = _LIMITS
    states = _STATES
    table = Table("success_plans", TABLES, *columns(Plan, _LIMITS))
