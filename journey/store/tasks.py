"""Tasks: what is to be done, by whom and when; and whether the customer who complained was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from journey.draw.words import N_
from journey.errors import JourneyError
from journey.store.database import TABLES
from journey.store.records import LONG, Limit, Record, Records, columns
from journey.success.loop import Suggestion

__all__ = ["SOURCES", "Task", "Tasks", "suggested"]

SOURCES: Final = ("hand", "alert", "detractor", "meeting", "plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Record):
    """A task. State: open → doing → done, or dropped (it will not be done); both can be opened again.

    title       what is to be done
    owner, due  who does it (a role or a name), by which day
    source      "hand", "alert", "detractor", "meeting" or "plan"
    key         what it was made from: of one alert, one answer, one decision there is one task. None: made by hand
    at, component, since, until   of an alert: where, what, from which day until before which; of an answer: where
    account     as the accounts name it; customer: as the events do
    note        what is known of it
    contacted   the day on which the customer was contacted; None where that did not happen (yet)
    said        what the customer said then
    outcome     what came of it
    """

    title: str = ""
    owner: str = ""
    due: date | None = None
    source: str = "hand"
    key: str | None = None
    at: str = ""
    component: str = ""
    since: date | None = None
    until: date | None = None
    account: str = ""
    customer: str = ""
    note: str = ""
    contacted: date | None = None
    said: str = ""
    outcome: str = ""


_LIMITS: Final = {
    "title": Limit(N_("A task's title has 1 to {most} letters."), 1, 500, free=True),
    "owner": Limit(N_("An owner's name has at most {most} letters.")),
    "source": Limit(N_("A task's source has 1 to {most} letters."), 1, 20),
    "key": Limit(N_("A task's key has at most {most} letters."), most=100),
    "at": Limit(N_("A touchpoint's name has at most {most} letters."), most=500),
    "component": Limit(N_("A component's name has at most {most} letters."), most=40),
    "account": Limit(N_("An account's name has at most {most} letters.")),
    "customer": Limit(N_("A customer's name has at most {most} letters.")),
    "note": Limit(N_("A note has at most {most} letters."), most=LONG, free=True),
    "said": Limit(N_("What the customer said has at most {most} letters."), most=LONG, free=True),
    "outcome": Limit(N_("What came of it has at most {most} letters."), most=LONG, free=True),
}
_STATES: Final = {
    "open": ("doing", "done", "dropped"),
    "doing": ("open", "done", "dropped"),
    "done": ("open", "doing"),
    "dropped": ("open", "doing"),
}


class Tasks(Records[Task]):
    """The tasks of one journey."""

    kind = Task
    limits = _LIMITS
    states = _STATES
    table = Table("tasks", TABLES, *columns(Task, _LIMITS, once="key"))

    def _fit(self, record: Task) -> Task:
        if record.source not in SOURCES:
            raise JourneyError(
                "A task comes from one of {known}, not “{source}”.", known=", ".join(SOURCES), source=record.source
            )
        # The loop is closed by words: what was done, or what the customer said.
        if record.state == "done" and not (record.outcome.strip() or record.said.strip()):
            raise JourneyError("Before a task is done, write what came of it, or what the customer said.")
        if record.said.strip() and record.contacted is None:
            raise JourneyError("What the customer said needs the day on which you spoke.")
        return Records._fit(self, record)


def suggested(one: Suggestion, title: str, note: str) -> Task:
    """The task that a suggestion becomes, with its words (`journey.draw.acting_words.draft`)."""
    low = one.detractor
    return Task(
        title=title,
        note=note,
        source=one.source,
        key=one.key,
        at=one.at,
        component=one.component,
        since=one.since,
        until=one.until,
        account=(low.account or "") if low else "",
        customer=low.customer if low else "",
    )
