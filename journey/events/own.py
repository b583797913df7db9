"""DuckDB's own functions and SQL, where Ibis has no word for them."""

from __future__ import annotations

from datetime import datetime

import ibis

__all__ = ["arg_max", "epoch_us", "literal", "make_timestamp", "quoted", "timezone", "translate", "try_strptime"]


def literal(text: object) -> str:
    """A text inside SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name inside SQL."""
    return '"' + name.replace('"', '""') + '"'


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def timezone(zone: str, time: datetime) -> datetime:  # type: ignore[empty-body]
    """An instant as the clock time of a zone."""


@ibis.udf.scalar.builtin(name="try_strptime")  # type: ignore[untyped-decorator]
def try_strptime(text: str, formats: list[str]) -> datetime:  # type: ignore[empty-body]
    """The first format that fits, else null."""


@ibis.udf.scalar.builtin(name="translate")  # type: ignore[untyped-decorator]
def translate(text: str, letters: str, others: str) -> str:  # type: ignore[empty-body]
    """Letters replaced one by one."""


@ibis.udf.scalar.builtin(name="make_timestamp")  # type: ignore[untyped-decorator]
def make_timestamp(micros: int) -> datetime:  # type: ignore[empty-body]
    """Microseconds since 1970."""


@ibis.udf.agg.builtin(name="arg_max")  # type: ignore[untyped-decorator]
def arg_max(value: int, place: int) -> int:  # type: ignore[empty-body]
    """The value (not null) at the greatest place. Ibis's argmax would count nulls as values."""


@ibis.udf.scalar.builtin(name="epoch_us")  # type: ignore[untyped-decorator]
def epoch_us(time: datetime) -> int:  # type: ignore[empty-body]
    """Microseconds since 1970-01-01 of a time without zone."""
