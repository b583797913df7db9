"""Scenarios: what-ifs with a name, saved for a journey."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, ColumnElement, DateTime, Engine, Executable, String, Table, Text, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from journey.analysis.whatif_changes import Scenario
from journey.errors import JourneyError
from journey.store.database import TABLES

__all__ = ["Scenarios"]

LONGEST = 80

_table = Table(
    "scenarios",
    TABLES,
    Column("journey", String(500), primary_key=True),
    Column("name", String(LONGEST), primary_key=True),
    Column("changes", Text, nullable=False),
    Column("saved", DateTime(timezone=True), nullable=False),
)


class Scenarios:
    """The saved scenarios of one journey, known by the path of its recipe."""

    def __init__(self, engine: Engine, journey: str) -> None:
        self._engine, self._journey = engine, journey

    def all(self) -> dict[str, Scenario]:
        """Name → scenario, in order of the names. One that can't be read hides no other."""
        wanted = select(_table.c.name, _table.c.changes).where(_table.c.journey == self._journey)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted.order_by(_table.c.name)).all()
        except SQLAlchemyError as error:
            raise JourneyError(
                "The saved scenarios can't be read ({error}).", error=error.__class__.__name__
            ) from error
        return {name: scenario for name, text in rows if (scenario := _read(name, text)) is not None}

    def save(self, scenario: Scenario) -> Scenario:
        """Save a scenario; one of that name is replaced. Returns it as it was saved, blanks around its name gone.

        Raises JourneyError for a name that is empty or longer than 80 letters, and for a scenario without changes.
        """
        kept = Scenario(scenario.name.strip(), scenario.changes)
        if not 0 < len(kept.name) <= LONGEST:
            raise JourneyError("A scenario's name has 1 to {most} letters.", most=LONGEST)
        if not kept.changes:
            raise JourneyError("A scenario without changes is today: change something first.")
        row = {"journey": self._journey, "name": kept.name, "changes": kept.to_json(), "saved": datetime.now(UTC)}
        self._change(delete(_table).where(*self._key(kept.name)), insert(_table).values(row))
        return kept

    def remove(self, name: str) -> None:
        """Forget the scenario of that name, if there is one."""
        self._change(delete(_table).where(*self._key(name)))

    def _key(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return _table.c.journey == self._journey, _table.c.name == name

    def _change(self, *statements: Executable) -> None:
        try:
            with self._engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)
        except SQLAlchemyError as error:
            raise JourneyError("The scenario can't be saved ({error}).", error=error.__class__.__name__) from error


def _read(name: str, text: str) -> Scenario | None:
    """A saved scenario; None if it can't be read, for one that can't must not hide the others."""
    try:
        return Scenario.from_json(name, text)
    except JourneyError:
        return None
