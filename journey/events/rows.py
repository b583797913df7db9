"""Tables with one row an event: columns renamed, times in UTC, answers on their scales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis

from journey.errors import InputError, suggest
from journey.events.cast import attributes, decimal_mark, filled, id_type, ids, numbers
from journey.events.check import Judged, Offence, judge
from journey.events.clock import Clock, Shift, clock_of, shifts, to_utc, zone_of
from journey.events.pairs import STATES, paired, refuse_other_words, state_of, told
from journey.events.report import Observed, TableReport
from journey.events.source import ROW, Raw, Source, Spool, ask, number, settled
from journey.model import Scale
from journey.recipe import Events

__all__ = ["OUTSIDE", "Context", "Piece", "answer_columns", "answer_values", "chosen", "in_utc", "read_events", "renamed"]


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


def read_events(spec: Events, source: Source, context: Context) -> Piece:
    """A table of events. Raises InputError for a missing column, or times that cannot be told for certain."""
    keys = [key for key in context.keys if key in source.columns]
    lifecycle = spec.lifecycle or (source.lifecycle if spec.end_time is None else None)
    raw = source.raw(_columns(spec, [*keys, *([lifecycle] if lifecycle else [])]))
    mark = decimal_mark(raw, list(spec.answers.values()), spec.read.decimal)
    clock = clock_of(raw, spec.time, dayfirst=spec.read.dayfirst)
    ends = clock_of(raw, spec.end_time, dayfirst=spec.read.dayfirst) if spec.end_time else None

    table = raw.table.mutate(
        case=ids(raw[spec.case], id_type(raw, spec.case)),
        touchpoint=raw[spec.touchpoint].cast("string"),
        wall=clock.read(raw[spec.time]),
        **{f"k_{key}": filled(raw[key]) for key in keys},
        **answer_columns(raw, spec.answers, context.scales, mark),
        **{f"a_{name}": column for name, column in attributes(raw, spec.attributes, spec.read.decimal).items()},
    )
    for name, column in (("channel", spec.channel), ("comment", spec.comment)):
        if column is not None:
            table = table.mutate(**{name: filled(raw[column])})
    if spec.customer is not None:
        table = table.mutate(customer=ids(raw[spec.customer], id_type(raw, spec.customer)))
    if ends is not None and spec.end_time is not None:
        table = table.mutate(wall_end=ends.read(raw[spec.end_time]))

    if lifecycle is not None:
        refuse_other_words(raw, lifecycle)
        table = table.mutate(state=state_of(raw[lifecycle]))

    judged = _judged(raw, spec, table, context, ends, mark)
    table, notes = _timed(raw, spec, judged, clock, ends, context)
    table = table.mutate(row=_order(raw, spec, table))
    if spec.rename:
        table = renamed(table, spec.rename)
    table, events = canonical(table), judged.kept
    if lifecycle is not None:
        table = settled(context.con, context.spool, paired(table), raw.label)
        counted = ask(table, raw.label, events=table.count(), unfinished=table.open_.sum())
        events, table = int(counted["events"]), table.drop("open_")
        notes += told(raw, int(counted["unfinished"] or 0))
    else:
        notes += _undeclared(source, raw)
    report = report_of(spec, raw, judged, events=events, times={spec.time: clock.says}, mark=mark if spec.answers else None)
    return Piece(
        table=table,
        report=report,
        attributes=tuple(spec.attributes),
        offences=judged.offences,
        notes=tuple(notes),
        scales=observed(judged.facts, spec.answers, context.scales),
        rows=judged.rows,
        keys=tuple(keys),
    )


def _undeclared(source: Source, raw: Raw) -> list[str]:
    """A column that tells start from complete, if nobody said so, would make two events of one."""
    suspects = [name for name in source.columns if "lifecycle" in name.casefold()]
    if not suspects:
        return []
    return [
        f"{raw.label}: the column “{suspects[0]}” may tell start from complete. If it does, say lifecycle: {suspects[0]}, "
        "or each visit counts twice."
    ]


def _columns(spec: Events, keys: Sequence[str]) -> list[str]:
    single = [spec.case, spec.touchpoint, spec.time, spec.customer, spec.channel, spec.order, spec.end_time, spec.comment]
    return [name for name in (*single, *spec.answers.values(), *spec.attributes, *spec.only, *keys) if name is not None]


def _judged(raw: Raw, spec: Events, table: Any, context: Context, ends: Clock | None, mark: str) -> Judged:
    time_blank = blank(raw[spec.time])
    unusable = {
        "missing case": table["case"].isnull(),
        "missing touchpoint": blank(raw[spec.touchpoint]),
        "missing time": time_blank,
    }
    values = answer_values(raw, spec.answers, table, mark)
    if raw[spec.time].type().is_string():
        unusable["unreadable time"] = ~time_blank & table.wall.isnull()
    if spec.end_time is not None:
        values["unreadable end time"] = ~blank(raw[spec.end_time]) & table.wall_end.isnull()

    def facts(rows: Any, kept: Any = None) -> dict[str, Any]:
        found = {"low": rows.wall.min(where=kept), "high": rows.wall.max(where=kept), **scale_facts(rows, spec.answers, kept)}
        if ends is not None:
            found |= {"end_low": rows.wall_end.min(where=kept), "end_high": rows.wall_end.max(where=kept)}
        return found

    left_out = chosen(raw, spec.only)
    if "state" in table.columns:
        left_out["lifecycle other than start and complete"] = ~table.state.isin(STATES)
    clean = None if raw.text or left_out else _at_a_glance(raw, spec, table, context)
    if clean is not None:
        return Judged(table=table, rows=int(clean["rows_"]), facts=clean)
    return judge(raw, table, left_out=left_out, unusable=unusable, values=values, facts=facts)


def _at_a_glance(raw: Raw, spec: Events, table: Any, context: Context) -> dict[str, Any] | None:
    """The facts if nothing is wrong with a typed table, else None.

    Counts, least and greatest values are cheap (Parquet keeps them at hand), so a clean file costs no full scan.
    """
    time, touchpoint = raw[spec.time], raw[spec.touchpoint]
    given = {name: raw[source] for name, source in spec.answers.items()}
    if time.type().is_string() or spec.end_time or any(not column.type().is_numeric() for column in given.values()):
        return None
    questions = {"case_": table["case"].count(), "touchpoint_": touchpoint.count(), "time_": time.count()}
    questions |= {"low": table.wall.min(), "high": table.wall.max()}
    questions |= {"blank_": blank(touchpoint).sum()} if touchpoint.type().is_string() else {}
    for name, column in given.items():
        questions |= {f"n_{name}": column.count(), f"low_{name}": column.min(), f"high_{name}": column.max()}
    found = ask(table, raw.label, rows_=table.count(), **questions)
    whole = all(found[name] == found["rows_"] for name in ("case_", "touchpoint_", "time_"))
    # A NaN would be the greatest answer, or come back as missing: both fail here.
    inside = all(
        found[f"n_{name}"] == 0 or _lies_in(context.scales[name], found[f"low_{name}"], found[f"high_{name}"])
        for name in given
    )
    return found if whole and inside and not found.get("blank_") else None


def _lies_in(scale: Scale, low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and scale.low <= low and high <= scale.high


def _timed(
    raw: Raw, spec: Events, judged: Judged, clock: Clock, ends: Clock | None, context: Context
) -> tuple[Any, list[str]]:
    """Clock times as UTC, and durations where there is an end."""
    spans = {"wall": (clock, judged.facts["low"], judged.facts["high"])}
    if ends is not None:
        spans["wall_end"] = (ends, judged.facts["end_low"], judged.facts["end_high"])
    table, notes = judged.table, []
    for column, (how, low, high) in spans.items():
        expr, said = in_utc(raw, judged.table, column, how, low, high, context.zone)
        table = table.mutate(**{column: expr})
        notes += said
    table = table.rename(time="wall")
    if ends is not None:
        length = table.wall_end.delta(table.time, unit="microsecond")
        table = table.mutate(duration_us=ibis.ifelse(length >= 0, length, ibis.null("int64")))
        backward = int(ask(table, raw.label, n=(length < 0).sum())["n"] or 0)
        if backward:
            notes.append(f"{raw.label}: {number(backward)} events end before they begin; their durations are left empty.")
    return table, notes


def in_utc(
    raw: Raw, table: Any, column: str, clock: Clock, low: Any, high: Any, zone: str | None
) -> tuple[Any, list[str]]:
    """The column of clock times in UTC, and sentences about times that a change of the clocks leaves in doubt."""
    wall = table[column]
    if clock.zoned or zone is None or low is None:
        return wall, []
    first, changes = shifts(zone_of(zone), _plain(low), _plain(high))
    notes = []
    if changes:
        inside = {kind: _within(wall, [c for c in changes if c.gap == gap]) for kind, gap in (("gap", True), ("twice", False))}
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
    where = f"{raw.label}: {number(n)} time{'s' if n > 1 else ''} (first in row {number(row + 1)})"
    if kind == "gap":
        return f"{where} fell into an hour that the clocks of {zone} skipped; read as if they had not been put forward yet."
    return f"{where} fell into an hour that the clocks of {zone} showed twice; read as the first of the two."


def _order(raw: Raw, spec: Events, table: Any) -> Any:
    """The place of each row: as it stands in the file, or by the `order` column first."""
    if spec.order is None:
        return table[ROW].cast("int64")
    column = raw.columns[spec.order]
    value = table[column]
    keys = [value.strip().try_cast("float64"), value] if value.type().is_string() else [value]
    return ibis.row_number().over(order_by=[*keys, table[ROW]]).cast("int64")


# --- what other kinds of tables use too --------------------------------------------------------------


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


def answer_columns(
    raw: Raw, answers: Mapping[str, str], scales: Mapping[str, Scale], mark: str
) -> dict[str, Any]:
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
        readable = numbers(column, mark).notnull()
        conditions[f"{OUTSIDE}\t{i}"] = given & readable & table[f"r_{name}"].isnull()
        if kind.is_string():
            conditions[f"unreadable answer\t{i}"] = given & ~readable
    return conditions


def scale_facts(table: Any, answers: Iterable[str], kept: Any = None) -> dict[str, Any]:
    """Questions about the answers in the rows that are kept."""
    facts = {}
    for name in answers:
        column = table[f"r_{name}"]
        facts |= {
            f"n_{name}": column.count(where=kept),
            f"low_{name}": column.min(where=kept),
            f"high_{name}": column.max(where=kept),
        }
    return facts


def observed(facts: Mapping[str, Any], answers: Iterable[str], scales: Mapping[str, Scale]) -> tuple[Observed, ...]:
    """The scales with what was seen on them."""
    found = []
    for name in answers:
        scale = scales[name]
        found.append(Observed(
            name=name, low=scale.low, high=scale.high, good=scale.good,
            lowest=_float(facts[f"low_{name}"]), highest=_float(facts[f"high_{name}"]), n=int(facts[f"n_{name}"] or 0),
        ))
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
        path=raw.label, kind=spec.kind, read=judged.read, kept=judged.kept, events=events, quarantined=judged.quarantined,
        set_aside=judged.set_aside, left_out=judged.left_out, understood=understood,
    )


_CANONICAL = ("case", "customer", "touchpoint", "time", "row", "channel", "duration_us", "due", "comment", "state")


def canonical(table: Any) -> Any:
    """The canonical columns alone, in their order."""
    names = [name for name in _CANONICAL if name in table.columns]
    names += [name for name in table.columns if name.startswith(("r_", "a_", "k_"))]
    return table.select(*names)
