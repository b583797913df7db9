"""Filters that keep whole cases, as plain values: they can be compared, shown, and laid over any index.

Each looks for its cases in the whole index, not in what the filters before it kept: the cases are the same, but a
question that names the rows twice at every filter would double with each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from journey.errors import JourneyError, suggest
from journey.events.passage import Passage

if TYPE_CHECKING:
    from journey.events.build import Index

__all__ = ["Between", "Filter", "Met", "Rated", "Took", "Walked", "Where", "timestamp"]


@dataclass(frozen=True, slots=True)
class Where:
    """Cases where an attribute has one of the values (None: is missing)."""

    name: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, index: Index, name: str, values: Any) -> Where:
        """A checked filter: the attribute exists, and so do its text values."""
        listed = list(values) if isinstance(values, Iterable) and not isinstance(values, str) else [values]
        _, codes = index.column(name)
        listed = [None if missing(value) else value for value in listed]
        if codes is None:
            kind = index.stored[index.column(name)[0]].type()
            return cls(name, tuple(value if value is None else _fitting(name, kind, value) for value in listed))
        for value in listed:
            if value is not None and codes.of(str(value)) is None:
                raise JourneyError(f"{name} is never “{value}”.{suggest(value, codes.names, known='values')}")
        return cls(name, tuple(value if value is None else codes.of(str(value)) for value in listed))

    def apply(self, rows: Any, index: Index) -> Any:
        column, _ = index.column(self.name)
        if index.constant(column):
            return rows.filter(self._test(rows[column]))
        whole = index.table()
        return rows.semi_join(whole.filter(self._test(whole[column])).select("cid").distinct(), "cid")

    def _test(self, column: Any) -> Any:
        present = [value for value in self.values if value is not None]
        # Wrapped in fill_null, lest DuckDB hands the bare test to Arrow, which is four times as slow at it.
        test = column.isin(present).fill_null(False) if present else ibis.literal(False)
        return test | column.isnull() if None in self.values else test


@dataclass(frozen=True, slots=True)
class Between:
    """Cases whose first event lies in [start, end), microseconds since 1970 UTC."""

    start: int | None
    end: int | None

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        first = whole.filter(whole.pos == 0)
        if self.start is not None:
            first = first.filter(first.t >= self.start)
        if self.end is not None:
            first = first.filter(first.t < self.end)
        return rows.semi_join(first.select("cid"), "cid")


@dataclass(frozen=True, slots=True)
class Met:
    """Cases that met any of the touchpoints (`met`), or none of them."""

    touchpoints: tuple[int, ...]
    met: bool

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        those = whole.filter(whole.tp.isin(self.touchpoints)).select("cid").distinct()
        return rows.semi_join(those, "cid") if self.met else rows.anti_join(those, "cid")


@dataclass(frozen=True, slots=True)
class Walked:
    """Cases that went from one touchpoint straight to another; None is where a case begins, or ends."""

    source: int | None
    target: int | None

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        if self.source is None:
            those = whole.filter((whole.pos == 0) & (whole.tp == self.target).fill_null(False))
        elif self.target is None:
            those = whole.filter((whole.tp == self.source) & whole.next_tp.isnull())
        else:
            those = whole.filter((whole.tp == self.source) & (whole.next_tp == self.target).fill_null(False))
        return rows.semi_join(those.select("cid").distinct(), "cid")


@dataclass(frozen=True, slots=True)
class Took:
    """Cases that took exactly this way."""

    touchpoints: tuple[int, ...]

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        places = [((whole.pos == at) & (whole.tp == code)).fill_null(False) for at, code in enumerate(self.touchpoints)]
        by_case = whole.group_by("cid").agg(events=whole.count(), fits=_any(places).sum())
        length = len(self.touchpoints)
        return rows.semi_join(by_case.filter((by_case.events == length) & (by_case.fits == length)), "cid")


@dataclass(frozen=True, slots=True)
class Rated:
    """Cases with an answer from `low` to `high` (as written in the data) at a touchpoint, or anywhere (None)."""

    scale: str
    low: float
    high: float
    touchpoint: int | None

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        answer = whole[f"r_{self.scale}"]
        test = ((answer >= self.low) & (answer <= self.high)).fill_null(False)
        if self.touchpoint is not None:
            test = test & (whole.tp == self.touchpoint).fill_null(False)
        return rows.semi_join(whole.filter(test).select("cid").distinct(), "cid")


Filter = Where | Between | Met | Walked | Took | Rated | Passage


def _any(tests: Sequence[Any]) -> Any:
    """Whether any of the tests holds: as a tree, for a chain of hundreds would be too deep for the engine."""
    middle = len(tests) // 2
    return _any(tests[:middle]) | _any(tests[middle:]) if middle else tests[0]


def missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _fitting(name: str, kind: Any, value: Any) -> Any:
    """A value as the attribute's column has it. Raises JourneyError for one that it cannot have."""
    text = str(value).strip().casefold()
    if kind.is_string():
        return str(value)
    try:
        if kind.is_boolean():
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text]
        if kind.is_temporal():
            stamp = moment_of(value)
            return stamp.date() if kind.is_date() else stamp
        number = float(value)
        if not kind.is_floating() and number % 1 == 0:
            # Whole numbers beside missing ones are often written 3.0; as they stand, long ones keep every digit.
            number = int(number) if text.endswith(".0") else int(value)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        what = "yes or no" if kind.is_boolean() else "dates" if kind.is_temporal() else "numbers"
        raise JourneyError(f"{name} holds {what}, and “{value}” is none.") from error
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        raise JourneyError(f"{name} is never “{value}”.")
    return number


def timestamp(moment: str | date | datetime | None, name: str) -> int | None:
    """Microseconds since 1970 UTC. Naive moments are UTC."""
    if moment is None:
        return None
    try:
        stamp = moment_of(moment)
    except (ValueError, TypeError, OverflowError) as error:
        raise JourneyError(f"{name} is not a date: {moment!r}. Write it as 2026-01-31 or 2026-01-31T14:00.") from error
    return (stamp - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def moment_of(moment: Any) -> datetime:
    """A moment in UTC, without its zone. Text is ISO 8601, for 01/02/2026 would be a guess."""
    if isinstance(moment, str):
        stamp = datetime.fromisoformat(moment.strip())
    elif isinstance(moment, (date, np.datetime64)) and not missing(moment):
        stamp = pd.Timestamp(moment).to_pydatetime(warn=False)
    else:
        raise TypeError(f"{moment!r} is no moment")
    return stamp if stamp.tzinfo is None else stamp.astimezone(UTC).replace(tzinfo=None)
