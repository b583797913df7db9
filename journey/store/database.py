"""Where what people save is kept."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, MetaData, create_engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from journey.errors import JourneyError

__all__ = ["TABLES", "address", "connect"]

TABLES = MetaData()


def address() -> str:
    """The database's address: `JOURNEY_STORE` (any that SQLAlchemy speaks), else a file of SQLite of the user's own.

    That file is `$XDG_DATA_HOME/journey/journey.db`, or `~/.local/share/journey/journey.db`.
    """
    named = os.environ.get("JOURNEY_STORE")
    if named:
        return named
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "journey"
    return f"sqlite:///{base / 'journey.db'}"


@cache
def connect(url: str) -> Engine:
    """The database at an address, with its tables made. Raises JourneyError if it can't be reached."""
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        TABLES.create_all(engine)
    except (ArgumentError, SQLAlchemyError, OSError, ModuleNotFoundError) as error:
        raise JourneyError(
            f"What is saved can't be kept at “{url}” ({error}). Set JOURNEY_STORE to another place."
        ) from error
    return engine
