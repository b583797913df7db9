"""Exit interviews: why a customer left, in coded reasons and in their words; and the editable list of reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Column, Engine, Integer, String, Table, Text, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from journey.draw.words import N_
from journey.errors import JourneyError
from journey.store.database import TABLES
from journey.store.records import LONG, Limit, Record, Records, columns
from journey.voice.privacy import mask

__all__ = ["MOST_REASONS", "REASONS", "Interview", "Interviews", "Reason", "Reasons"]

MOST_REASONS: Final = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for leaving: its code, its name, and when it is chosen."""

    code: str
    name: str
    definition: str


# Few enough to tell apart; what a product can't change (moved, closed) stands apart from what it can.
REASONS: Final = (
    Reason("value", N_("Too little value"), N_("The goal they bought it for was not reached, or not soon enough.")),
    Reason("price", N_("Price"), N_("They would have stayed for less; the value itself is not in doubt.")),
    Reason("product", N_("Product"), N_("Something is missing, does not work, or is too hard to use.")),
    Reason("service", N_("Service"), N_("Support, delivery or installation: late, often, or without a result.")),
    Reason("billing", N_("Billing and contract"), N_("Bills that surprise, payments that fail, terms that bind.")),
    Reason("competitor", N_("Went to another"), N_("Another offer was better for them; ask in what.")),
    Reason("need", N_("No need any more"), N_("They moved, closed, or changed: nothing we did or could have done.")),
    Reason("other", N_("Other"), N_("None of these; write it down, and add a reason if it comes again.")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview(Record):
    """An exit interview. State: planned → held, or declined (they did not want to talk).

    account     as the accounts name it
    day         on which they spoke, or will
    reason      the code of the main reason; empty before it is held
    others      codes of further reasons, with commas
    at          the last touchpoint before they left
    path        the touchpoints before that, as walked; both are copied when the interview is made
    said        their words
    would_stay  what would have kept them, in their words
    """

    account: str = ""
    day: date | None = None
    reason: str = ""
    others: str = ""
    at: str = ""
    path: str = ""
    said: str = ""
    would_stay: str = ""


_LIMITS: Final = {
    "account": Limit(N_("An exit interview needs an account, of at most {most} letters."), 1),
    "reason": Limit(N_("A reason's code has at most {most} letters."), most=40),
    "others": Limit(N_("The other reasons have at most {most} letters."), most=500),
    "at": Limit(N_("A touchpoint's name has at most {most} letters."), most=500),
    "path": Limit(N_("A path has at most {most} letters."), most=LONG),
    "said": Limit(N_("What the customer said has at most {most} letters."), most=LONG, free=True),
    "would_stay": Limit(N_("What the customer said has at most {most} letters."), most=LONG, free=True),
}
_STATES: Final = {"planned": ("held", "declined"), "held": ("planned",), "declined": ("planned", "held")}


class Interviews(Records[Interview]):
    """The exit interviews of one journey."""

    kind = Interview
    limits = _LIMITS
    states = _STATES
    table = Table("exit_interviews", TABLES, *columns(Interview, _LIMITS))

    def _fit(self, record: Interview) -> Interview:
        if record.state == "held" and not record.reason.strip():
            raise JourneyError("An interview that was held needs its main reason; “other” is one.")
        return Records._fit(self, record)


_reasons = Table(
    "exit_reasons",
    TABLES,
    Column("journey", String(500), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("definition", Text, nullable=False),
)


class Reasons:
    """The reasons for leaving that one journey uses: the list above until somebody changes it."""

    def __init__(self, engine: Engine, journey: str) -> None:
        self._engine, self._journey = engine, journey

    def all(self) -> Mapping[str, Reason]:
        """Code → reason, in their order."""
        wanted = select(_reasons).where(_reasons.c.journey == self._journey).order_by(_reasons.c.place)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted).all()
        except SQLAlchemyError as error:
            raise JourneyError("What is kept can't be read ({error}).", error=error.__class__.__name__) from error
        own = [Reason(row.code, row.name, row.definition) for row in rows]
        return {one.code: one for one in own or REASONS}

    def save(self, reasons: list[Reason]) -> Mapping[str, Reason]:
        """Use these instead. A reason without a code gets one from its name; “other” is always there.

        Raises JourneyError for more than 20, for one without a name, and for a code that stands twice.
        """
        kept = [_checked(one) for one in reasons]
        if "other" not in {one.code for one in kept}:
            kept.append(REASONS[-1])
        if len(kept) > MOST_REASONS:
            raise JourneyError("More than {most} reasons can't be told apart: join some.", most=MOST_REASONS)
        codes = [one.code for one in kept]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise JourneyError("The reason “{code}” stands there twice.", code=twice[0])
        rows = [
            {"journey": self._journey, "code": one.code, "place": place, "name": one.name, "definition": one.definition}
            for place, one in enumerate(kept)
        ]
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(_reasons).where(_reasons.c.journey == self._journey))
                connection.execute(insert(_reasons), rows)
        except SQLAlchemyError as error:
            raise JourneyError("This can't be kept ({error}).", error=error.__class__.__name__) from error
        return {one.code: one for one in kept}


def _checked(reason: Reason) -> Reason:
    name, definition = reason.name.strip(), mask(reason.definition.strip())
    code = re.sub(r"[^\w]+", "-", (reason.code or name).strip().casefold()).strip("-")[:40]
    if not (0 < len(name) <= 80 and code):
        raise JourneyError("A reason's name has 1 to {most} letters.", most=80)
    if len(definition) > 500:
        raise JourneyError("A reason's definition has at most {most} letters.", most=500)
    return Reason(code, name, definition)
