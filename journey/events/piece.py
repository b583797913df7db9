"""What the kinds of tables share: their context, their result, and the columns they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import pandas as pd

from journey.errors import InputError, suggest
from journey.events.cast import numbers
from journey.events.check import Judged, Offence
from journey.events.clock import Clock
from journey.events.report import Observed, TableReport
from journey.events.source import ROW, Raw, Spool, ask, counted, number
from journey.events.zones import Shift, shifts, to_utc, zone_of
from journey.model import Scale

__all__ = [
    "OUTSIDE",
    "Context",
    "Piece",
    "answer_columns",
    "answer_values",
    "blank",
    "canonical",
    "chosen",
    "declared",
    "in_utc",
    "is_whole",
    "observed",
    "renamed",
    "report_of",
    "scale_facts",
]


_FIRST_DAY: Final = pd.Timestamp(datetime(1, 1, 1))
_LAST_DAY: Final = pd.Timestamp(datetime(9998, 12, 31))
OUTSIDE: Final = "answer outside the scale"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What all tables of a recipe share."""

    con: Any
    spool: Spool
    zone: str | None
    scales: Mapping[str, Scale]
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One table in canonical columns, with its part of the report.

    keys  raw columns kept as k_<name>, text, because another table joins them
    """

    table: Any
    report: TableReport
    attributes: tuple[str, ...] = ()
    offences: tuple[Offence, ...] = ()
    notes: tuple[str, ...] = ()
    scales: tuple[Observed, ...] = ()
    rows: int = 0
    timed: bool = True
    keys: tuple[str, ...] = ()


# --- times ---


def in_utc(
    raw: Raw, table: Any, column: str, clock: Clock, low: Any, high: Any, zone: str | None
) -> tuple[Any, list[str]]:
    """The column of clock times in UTC, and sentences about times that a change of the clocks leaves in doubt."""
    wall = table[column]
    for end in (low, high):
        if end is not None and not _FIRST_DAY <= end <= _LAST_DAY:
            raise InputError(
                f"{raw.label}: its times reach to {end}, which is outside the years 1 to 9998. "
                "Is that a code for no date? Leave such values blank."
            )
    if clock.zoned or zone is None or low is None:
        return wall, []
    first, changes = shifts(zone_of(zone), _plain(low), _plain(high))
    notes = []
    if changes:
        inside = {
            kind: _within(wall, [c for c in changes if c.gap == gap]) for kind, gap in (("gap", True), ("twice", False))
        }
        inside = {kind: condition for kind, condition in inside.items() if condition is not None}
        counted = {kind: condition.sum() for kind, condition in inside.items()}
        rows = {f"{kind}_row": table[ROW].min(where=condition) for kind, condition in inside.items()}
        facts = ask(table, raw.label, **counted, **rows)
        notes = [_doubt(raw, kind, int(facts[kind]), int(facts[f"{kind}_row"]), zone) for kind in inside if facts[kind]]
    return to_utc(wall, first, changes).cast("timestamp(6)"), notes


def _plain(time: Any) -> datetime:
    return datetime.fromisoformat(str(time)[:19])


def _within(wall: Any, changes: Sequence[Shift]) -> Any:
    condition = None
    for change in changes:
        here = (wall >= ibis.timestamp(change.start)) & (wall < ibis.timestamp(change.wall))
        condition = here if condition is None else condition | here
    return condition


def _doubt(raw: Raw, kind: str, n: int, row: int, zone: str) -> str:
    where = f"{raw.label}: {counted(n, 'time')} (first in row {number(row + 1)})"
    if kind == "gap":
        return f"{where} fell into an hour that the clocks of {zone} skipped; read as if they had not gone forward yet."
    return f"{where} fell into an hour that the clocks of {zone} showed twice; read as the first of the two."


# --- columns ---


def blank(column: Any) -> Any:
    return column.isnull() | (column.strip() == "") if column.type().is_string() else column.isnull()


def chosen(raw: Raw, only: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Conditions for rows left out because `only` names other values."""
    conditions = {}
    for name, values in only.items():
        column = raw[name].cast("string")
        conditions[f"only {name}: {', '.join(values)}"] = ~column.isin([str(v) for v in values]).fill_null(False)
    return conditions


def declared(scales: Mapping[str, Scale], name: str) -> Scale:
    if name not in scales:
        raise InputError(f"There is no scale “{name}”.{suggest(name, scales, known='scales')}")
    return scales[name]


def answer_columns(raw: Raw, answers: Mapping[str, str], scales: Mapping[str, Scale], mark: str) -> dict[str, Any]:
    """r_<scale>: the answers as numbers; null where blank, unreadable or outside the scale."""
    columns = {}
    for name, source in answers.items():
        scale, value = declared(scales, name), numbers(raw[source], mark)
        columns[f"r_{name}"] = ibis.ifelse(value.between(scale.low, scale.high), value, ibis.null("float64"))
    return columns


def answer_values(raw: Raw, answers: Mapping[str, str], table: Any, mark: str) -> dict[str, Any]:
    """Conditions for single answers that are set aside."""
    conditions: dict[str, Any] = {}
    for i, (name, source) in enumerate(answers.items()):
        column, kind = raw[source], raw[source].type()
        if not (kind.is_numeric() or kind.is_string() or kind.is_null()):
            raise InputError(f"{raw.label}: the column “{source}” holds {kind} values, not answers on a scale.")
        given = ~blank(column)
        if kind.is_floating():
            given = given & ~column.isnan()
        readable = numbers(column, mark).notnull() if kind.is_string() else ibis.literal(True)
        conditions[f"{OUTSIDE}\t{i}"] = given & readable & table[f"r_{name}"].isnull()
        if kind.is_string():
            conditions[f"unreadable answer\t{i}"] = given & ~readable
    return conditions


def is_whole(column: Any) -> Any:
    """Whether an answer is a whole number; not by floor(), which infinity breaks."""
    return column % 1 == 0


def scale_facts(table: Any, answers: Iterable[str], kept: Any = None) -> dict[str, Any]:
    """Questions about the answers in the rows that are kept."""
    facts: dict[str, Any] = {}
    for name in answers:
        column = table[f"r_{name}"]
        facts |= {
            f"n_{name}": column.count(where=kept),
            f"low_{name}": column.min(where=kept),
            f"high_{name}": column.max(where=kept),
            f"whole_{name}": is_whole(column).all(where=kept),
        }
    return facts


def observed(facts: Mapping[str, Any], answers: Iterable[str], scales: Mapping[str, Scale]) -> tuple[Observed, ...]:
    """The scales with what was seen on them."""
    found = []
    for name in answers:
        scale = scales[name]
        found.append(
            Observed(
                name=name,
                low=scale.low,
                high=scale.high,
                good=scale.good,
                lowest=_float(facts[f"low_{name}"]),
                highest=_float(facts[f"high_{name}"]),
                n=int(facts[f"n_{name}"] or 0),
                whole=facts[f"whole_{name}"] is None or bool(facts[f"whole_{name}"]),
            )
        )
    return tuple(found)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def renamed(table: Any, names: Mapping[str, str]) -> Any:
    """Touchpoints under the names that people should read."""
    return table.mutate(touchpoint=table.touchpoint.cases(*names.items(), else_=table.touchpoint))


def report_of(
    spec: Any, raw: Raw, judged: Judged, *, events: int, times: Mapping[str, str], mark: str | None = None
) -> TableReport:
    understood = dict(raw.understood)
    if mark is not None and "delimiter" in understood:
        understood["decimal mark"] = mark
    understood |= {f"times in “{column}”": says for column, says in times.items()}
    return TableReport(
        path=raw.label,
        kind=spec.kind,
        read=judged.read,
        kept=judged.kept,
        events=events,
        quarantined=judged.quarantined,
        set_aside=judged.set_aside,
        left_out=judged.left_out,
        understood=understood,
    )


_CANONICAL = ("case", "customer", "touchpoint", "time", "row", "channel", "duration_us", "due", "comment", "state")


def canonical(table: Any) -> Any:
    """The canonical columns alone, in their order."""
    names = [name for name in _CANONICAL if name in table.columns]
    names += [name for name in table.columns if name.startswith(("r_", "a_", "k_"))]
    return table.select(*names)
