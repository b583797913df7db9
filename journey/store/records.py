"""Records: what people write down, change and close; with the history of their states. The ground of plans, tasks …

A record is a frozen dataclass; its table has a column for each of its fields. Whoever changes a record says which
version was read: the second of two writers gets a sentence, not the last word. Free text is masked at the door
(`journey.voice.privacy`): no phone number, e-mail address or document number is kept.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from journey.errors import JourneyError
from journey.store.database import TABLES
from journey.voice.privacy import mask

__all__ = ["LONG", "SHORT", "Limit", "Record", "Records", "Turn", "columns"]

SHORT: Final = 200  # letters of a name, an owner, a title
LONG: Final = 4000  # letters of a note

# Dates and numbers are kept as such, for other programs that read the tables.
TYPES: Final[Mapping[str, Any]] = {"date | None": Date, "date": Date, "float | None": Float, "int": Integer}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be. `told` is the sentence for one that is not, with {most} to be filled in.

    free   a text in which anything may be written: personal data in it are masked
    """

    told: str
    least: int = 0
    most: int = SHORT
    free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has beside its own fields.

    id        given by the store; empty before
    version   1 when it is made, one more with every change
    made, changed   UTC; None before it is kept
    """

    id: str = ""
    version: int = 0
    state: str = ""
    made: datetime | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of state: when (UTC), from which (None: it was made), to which, and what was said of it."""

    when: datetime
    before: str | None
    after: str
    note: str


R = TypeVar("R", bound=Record)

_turns = Table(
    "record_states",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("journey", String(500), nullable=False),
    Column("record", String(32), nullable=False, index=True),
    Column("moment", DateTime(timezone=True), nullable=False),
    Column("before", String(20)),
    Column("after", String(20), nullable=False),
    Column("note", Text, nullable=False),
)


def columns(kind: type[Record], limits: Mapping[str, Limit], *, once: str | None = None) -> list[Any]:
    """The columns of a record's table. `once` names one whose values stand once a journey."""
    listed: list[Any] = [
        Column("id", String(32), primary_key=True),
        Column("journey", String(500), nullable=False, index=True),
        Column("version", Integer, nullable=False),
        Column("state", String(20), nullable=False),
        Column("made", DateTime(timezone=True), nullable=False),
        Column("changed", DateTime(timezone=True), nullable=False),
    ]
    for field in _own(kind):
        column: Any = TYPES.get(str(field.type))
        if column is None:
            most = limits[field.name].most
            column = String(most) if most <= 500 else Text
        listed.append(Column(field.name, column, nullable=True))
    if once is not None:
        listed.append(UniqueConstraint("journey", once))
    return listed


def _own(kind: type[Record]) -> list[dataclasses.Field[Any]]:
    """A record's own fields; the first five are those of every record."""
    common = {field.name for field in dataclasses.fields(Record)}
    return [field for field in dataclasses.fields(kind) if field.name not in common]


class Records(Generic[R]):
    """The records of one kind that belong to one journey, known by the path of its recipe."""

    kind: ClassVar[type[Any]]
    table: ClassVar[Table]
    limits: ClassVar[Mapping[str, Limit]]
    # State → the states that may follow; the first is that of a new record.
    states: ClassVar[Mapping[str, tuple[str, ...]]]

    def __init__(self, engine: Engine, journey: str) -> None:
        self._engine, self._journey = engine, journey

    @property
    def journey(self) -> str:
        """Whose records these are."""
        return self._journey

    def all(self, *, state: str | None = None) -> tuple[R, ...]:
        """The records, or those in a state, oldest first. One that can't be read hides no other."""
        wanted = select(self.table).where(self.table.c.journey == self._journey)
        if state is not None:
            wanted = wanted.where(self.table.c.state == state)
        wanted = wanted.order_by(self.table.c.made, self.table.c.id)
        try:
            with self._engine.connect() as connection:
                found = [self._read(row) for row in _rows(connection, wanted, self.table)]
        except SQLAlchemyError as error:
            raise _unread(error) from error
        return tuple(one for one in found if one is not None)

    def get(self, record: str) -> R:
        """The record with that id. Raises JourneyError if there is none."""
        try:
            with self._engine.connect() as connection:
                row = connection.execute(select(self.table).where(*self._key(record))).one_or_none()
        except (SQLAlchemyError, ValueError) as error:
            raise _unread(error) from error
        found = None if row is None else self._read(row)
        if found is None:
            raise _gone()
        return found

    def add(self, record: R) -> R:
        """Keep a new record; returns it as it was kept, with its id. Raises JourneyError for one that can't be."""
        now, first = datetime.now(UTC), next(iter(self.states))
        state = record.state or first
        kept = dataclasses.replace(
            self._fit(record), id=uuid.uuid4().hex, version=1, state=state, made=now, changed=now
        )
        self._known(state)
        with self._changing() as connection:
            connection.execute(insert(self.table).values(self._row(kept)))
            connection.execute(insert(_turns).values(self._turn(kept, None, "")))
        return kept

    def change(self, record: R, *, note: str = "") -> R:
        """Keep a record that was read before and changed since; returns it as it is kept now.

        note   what to remember of a change of state

        Raises JourneyError where someone else changed or removed it meanwhile, and where its state can't follow the
        one it had.
        """
        before = self.get(record.id)
        if before.version != record.version:
            raise _late()
        self._known(record.state)
        if record.state != before.state and record.state not in self.states[before.state]:
            raise JourneyError(
                "What is “{before}” can't become “{after}”: it can become {known}.",
                before=before.state,
                after=record.state,
                known=", ".join(self.states[before.state]) or "–",
            )
        kept = dataclasses.replace(
            self._fit(record), version=record.version + 1, made=before.made, changed=datetime.now(UTC)
        )
        with self._changing() as connection:
            # The version stands in the condition: of two who write at once, one finds no row.
            changed = connection.execute(
                update(self.table)
                .where(*self._key(record.id), self.table.c.version == record.version)
                .values(self._row(kept))
            )
            if changed.rowcount != 1:
                raise _late()
            if kept.state != before.state:
                connection.execute(insert(_turns).values(self._turn(kept, before.state, note)))
        return kept

    def turn(self, record: R, state: str, *, note: str = "") -> R:
        """Put a record into another state; as `change`."""
        return self.change(dataclasses.replace(record, state=state), note=note)

    def remove(self, record: str) -> None:
        """Forget a record and its history, if it is there."""
        with self._changing() as connection:
            connection.execute(delete(_turns).where(_turns.c.record == record, _turns.c.journey == self._journey))
            connection.execute(delete(self.table).where(*self._key(record)))

    def history(self, record: str) -> tuple[Turn, ...]:
        """The states a record has been in, oldest first."""
        wanted = select(_turns).where(_turns.c.record == record, _turns.c.journey == self._journey)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted.order_by(_turns.c.id)).all()
        except (SQLAlchemyError, ValueError) as error:
            raise _unread(error) from error
        return tuple(Turn(_utc(row.moment), row.before, row.after, row.note) for row in rows)

    def _fit(self, record: R) -> R:
        """The record with its texts trimmed, within their limits, and free of personal data."""
        texts: dict[str, Any] = {}
        for name, limit in self.limits.items():
            text = getattr(record, name)
            if text is None:
                continue
            if not isinstance(text, str):
                raise JourneyError(limit.told, most=limit.most)
            # PostgreSQL keeps no letter of number 0.
            text = text.replace("\0", "").strip()
            if not limit.least <= len(text) <= limit.most:
                raise JourneyError(limit.told, most=limit.most)
            # The name of a kind, “[e-mail]”, can be longer than what it masks.
            texts[name] = mask(text)[: limit.most] if limit.free else text
        for field in _own(self.kind):
            value = getattr(record, field.name)
            if value is not None and str(field.type).startswith("date") and type(value) is not date:
                raise JourneyError("A day is written as 2026-04-01.")
        return dataclasses.replace(record, **texts)

    def _known(self, state: str) -> None:
        if state not in self.states:
            raise JourneyError(
                "There is no state “{state}”: it is one of {known}.", state=state, known=", ".join(self.states)
            )

    def _row(self, record: R) -> dict[str, Any]:
        return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)} | {
            "journey": self._journey
        }

    def _turn(self, record: R, before: str | None, note: str) -> dict[str, Any]:
        return {
            "journey": self._journey,
            "record": record.id,
            "moment": record.changed,
            "before": before,
            "after": record.state,
            "note": mask(note.strip())[:LONG],
        }

    def _read(self, row: Any) -> R | None:
        """A kept record; None if it can't be read."""
        told = dict(row._mapping)
        told.pop("journey", None)
        if told.get("state") not in self.states or any(told.get(name) is None for name in ("made", "changed")):
            return None
        told |= {name: _utc(told[name]) for name in ("made", "changed")}
        texts = {name: told[name] or "" for name, limit in self.limits.items() if limit.least and name in told}
        if not all(texts.values()):
            return None
        found: R = self.kind(**told)
        return found

    def _key(self, record: str) -> tuple[Any, ...]:
        return self.table.c.journey == self._journey, self.table.c.id == record

    def _changing(self) -> _Changing:
        return _Changing(self._engine)


class _Changing:
    """A transaction whose failures are sentences."""

    def __init__(self, engine: Engine) -> None:
        self._context = engine.begin()

    def __enter__(self) -> Connection:
        try:
            return self._context.__enter__()
        except SQLAlchemyError as error:
            raise _unkept(error) from error

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self._context.__exit__(kind, error, trace)
        except SQLAlchemyError as failed:
            raise _unkept(failed) from failed
        if isinstance(error, IntegrityError):
            raise JourneyError("This is there already.") from error
        if isinstance(error, SQLAlchemyError):
            raise _unkept(error) from error


def _rows(connection: Connection, wanted: Select[Any], table: Table) -> list[Any]:
    """All rows; where one of them can't be read, the others, each fetched by itself."""
    try:
        return list(connection.execute(wanted).all())
    except (ValueError, TypeError):
        found = []
        for name in connection.execute(wanted.with_only_columns(table.c.id)).scalars().all():
            try:
                found.append(connection.execute(select(table).where(table.c.id == name)).one())
            except (ValueError, TypeError):
                continue
        return found


def _utc(moment: datetime) -> datetime:
    """SQLite forgets the zone: what is kept is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _late() -> JourneyError:
    return JourneyError("Someone else changed this meanwhile. Look at it as it is now, then change it again.")


def _gone() -> JourneyError:
    return JourneyError("This is not there any more: it was removed meanwhile.")


def _unread(error: Exception) -> JourneyError:
    return JourneyError("What is kept can't be read ({error}).", error=error.__class__.__name__)


def _unkept(error: Exception) -> JourneyError:
    return JourneyError("This can't be kept ({error}).", error=error.__class__.__name__)
