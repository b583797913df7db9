"""Alerts that were sent, so that each is sent once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Column, Date, DateTime, Engine, Integer, String, Table, Text, insert, select
from sqlalchemy.exc import SQLAlchemyError

from journey.errors import JourneyError
from journey.store.database import TABLES

__all__ = ["Sent", "SentAlerts"]

_table = Table(
    "alerts_sent",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("journey", String(500), nullable=False, index=True),
    Column("watch", String(64), nullable=False),
    Column("touchpoint", Text),
    Column("component", String(40)),
    Column("direction", String(10)),
    Column("since", Date),
    Column("until", Date),
    Column("sent", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is remembered of an alert: where and what, and from which day until before which."""

    touchpoint: str
    component: str
    direction: str
    since: date
    until: date

    def same(self, other: Sent) -> bool:
        """Whether both tell of one drift. Data that arrive late may shift its days, so they only need to overlap."""
        named = (self.touchpoint, self.component, self.direction) == (
            other.touchpoint,
            other.component,
            other.direction,
        )
        return named and self.since < other.until and other.since < self.until


class SentAlerts:
    """The alerts that one watch has sent. A watch is a journey, known by the path of its recipe, and what it asks."""

    def __init__(self, engine: Engine, journey: str, watch: str) -> None:
        self._engine, self._journey, self._watch = engine, journey, watch

    def all(self) -> tuple[Sent, ...] | None:
        """What was sent so far, oldest first; None if this watch never ran."""
        wanted = select(_table).where(_table.c.journey == self._journey, _table.c.watch == self._watch)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted.order_by(_table.c.id)).all()
        except SQLAlchemyError as error:
            raise JourneyError(f"The alerts that were sent can't be read ({error.__class__.__name__}).") from error
        if not rows:
            return None
        told = [row for row in rows if row.touchpoint is not None]
        return tuple(Sent(row.touchpoint, row.component, row.direction, row.since, row.until) for row in told)

    def add(self, alerts: Iterable[Sent]) -> None:
        """Remember alerts, and that the watch ran even if there are none."""
        base = {"journey": self._journey, "watch": self._watch, "sent": datetime.now(UTC)}
        rows = [
            {
                **base,
                "touchpoint": one.touchpoint,
                "component": one.component,
                "direction": one.direction,
                "since": one.since,
                "until": one.until,
            }
            for one in alerts
        ]
        try:
            with self._engine.begin() as connection:
                if rows:
                    connection.execute(insert(_table), rows)
                else:
                    connection.execute(insert(_table).values(base))
        except SQLAlchemyError as error:
            raise JourneyError(f"The alerts sent can't be remembered ({error.__class__.__name__}).") from error
