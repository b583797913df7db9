"""Segments: selections of cases with a name, saved for a journey."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, ColumnElement, DateTime, Engine, Executable, String, Table, Text, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from journey.errors import JourneyError
from journey.events.selection import Selection
from journey.store.database import TABLES

__all__ = ["Segments"]

LONGEST = 80

_table = Table(
    "segments",
    TABLES,
    Column("journey", String(500), primary_key=True),
    Column("name", String(LONGEST), primary_key=True),
    Column("selection", Text, nullable=False),
    Column("saved", DateTime(timezone=True), nullable=False),
)


class Segments:
    """The saved segments of one journey, known by the path of its recipe."""

    def __init__(self, engine: Engine, journey: str) -> None:
        self._engine, self._journey = engine, journey

    def all(self) -> dict[str, Selection]:
        """Name → selection, in order of the names."""
        wanted = select(_table.c.name, _table.c.selection).where(_table.c.journey == self._journey)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted.order_by(_table.c.name)).all()
        except SQLAlchemyError as error:
            raise JourneyError(f"The saved segments can't be read ({error.__class__.__name__}).") from error
        return {name: selection for name, text in rows if (selection := _read(text)) is not None}

    def save(self, name: str, selection: Selection) -> None:
        """Save a selection under a name; one of that name is replaced.

        Raises JourneyError for a name that is empty or longer than 80 letters.
        """
        name = name.strip()
        if not 0 < len(name) <= LONGEST:
            raise JourneyError(f"A segment's name has 1 to {LONGEST} letters.")
        row = {"journey": self._journey, "name": name, "selection": selection.to_json(), "saved": datetime.now(UTC)}
        self._change(delete(_table).where(*self._key(name)), insert(_table).values(row))

    def remove(self, name: str) -> None:
        """Forget the segment of that name, if there is one."""
        self._change(delete(_table).where(*self._key(name)))

    def _key(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return _table.c.journey == self._journey, _table.c.name == name

    def _change(self, *statements: Executable) -> None:
        try:
            with self._engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)
        except SQLAlchemyError as error:
            raise JourneyError(f"The segment can't be saved ({error.__class__.__name__}).") from error


def _read(text: str) -> Selection | None:
    """A saved selection; None if it can't be read, for one that can't must not hide the others."""
    try:
        return Selection.from_json(text)
    except JourneyError:
        return None
