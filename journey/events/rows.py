"""Tables with one row an event: columns renamed, times in UTC, answers on their scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from journey.events.cast import attributes, decimal_mark, filled, id_type, ids
from journey.events.check import Judged, judge
from journey.events.clock import Clock, clock_of
from journey.events.engine import is_duckdb
from journey.events.pairs import STATES, paired, refuse_other_words, state_of, told
from journey.events.piece import (
    Context,
    Piece,
    answer_columns,
    answer_values,
    blank,
    canonical,
    chosen,
    in_utc,
    is_whole,
    observed,
    renamed,
    report_of,
    scale_facts,
)
from journey.events.source import ROW, Raw, Source, ask, counted, settled
from journey.model import Scale
from journey.recipe import Events

__all__ = ["read_events"]


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
    if spec.order is None and not is_duckdb(table.get_backend()):
        notes.append(f"{raw.label}: this table knows no order of its rows. Name an order column if times can be equal.")
    report = report_of(
        spec, raw, judged, events=events, times={spec.time: clock.says}, mark=mark if spec.answers else None
    )
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
        f"{raw.label}: the column “{suspects[0]}” may tell start from complete. If it does, say "
        f"lifecycle: {suspects[0]}, or each visit counts twice."
    ]


def _columns(spec: Events, keys: Sequence[str]) -> list[str]:
    single = [
        spec.case,
        spec.touchpoint,
        spec.time,
        spec.customer,
        spec.channel,
        spec.order,
        spec.end_time,
        spec.comment,
    ]
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
        found = {
            "low": rows.wall.min(where=kept),
            "high": rows.wall.max(where=kept),
            **scale_facts(rows, spec.answers, kept),
        }
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
        questions |= {} if column.type().is_integer() else {f"whole_{name}": is_whole(column).all()}
    found = ask(table, raw.label, rows_=table.count(), **questions)
    whole = all(found[name] == found["rows_"] for name in ("case_", "touchpoint_", "time_"))
    # A NaN would be the greatest answer, or come back as missing: both fail here.
    inside = all(
        found[f"n_{name}"] == 0 or _lies_in(context.scales[name], found[f"low_{name}"], found[f"high_{name}"])
        for name in given
    )
    return (
        {**{f"whole_{name}": True for name in given}, **found} if whole and inside and not found.get("blank_") else None
    )


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
            notes.append(
                f"{raw.label}: in {counted(backward, 'row')} the end is before the start; no duration is kept there."
            )
    return table, notes


def _order(raw: Raw, spec: Events, table: Any) -> Any:
    """The place of each row: as it stands in the file, or by the `order` column first."""
    if spec.order is None:
        return table[ROW].cast("int64")
    value = table[raw.columns[spec.order]]
    if not is_duckdb(table.get_backend()) and value.type().is_integer():
        return value.cast("int64")  # numbering a distributed table would bring it to one place
    keys = [value.strip().try_cast("float64"), value] if value.type().is_string() else [value]
    return ibis.row_number().over(order_by=[*keys, table[ROW]]).cast("int64")
