"""Tables with one row a case: milestones (a date column a touchpoint) and surveys (a rating column a touchpoint)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import pairwise
from operator import and_, or_
from typing import Any

import ibis

from journey.events.cast import attributes, decimal_mark, filled, id_type, ids, numbers
from journey.events.check import judge
from journey.events.clock import Clock, clock_of
from journey.events.piece import (
    Context,
    Piece,
    blank,
    canonical,
    chosen,
    declared,
    in_utc,
    observed,
    report_of,
    scale_facts,
)
from journey.events.source import ROW, Raw, Source, ask, counted, settled
from journey.recipe import Milestones, Recipe, Survey

__all__ = ["read_milestones", "read_survey"]

# Surveys without times: all visits of a passenger at once, in the order of their rows.
NO_TIME = datetime(1970, 1, 1)


def read_milestones(spec: Milestones, source: Source, context: Context) -> Piece:
    """One event for each date that is there. Raises InputError for a missing column or times that cannot be told."""
    keys = [key for key in context.keys if key in source.columns]
    dates = [*spec.touchpoints, *spec.promises.values()]
    single = [name for name in (spec.case, spec.customer, spec.channel) if name is not None]
    raw = source.raw([*single, *dates, *spec.attributes, *spec.only, *keys])
    clocks = {name: clock_of(raw, name, dayfirst=spec.read.dayfirst) for name in dict.fromkeys(dates)}
    walls = {name: f"wall_{i}" for i, name in enumerate(clocks)}
    table = raw.table.mutate(
        **_about(raw, spec, keys), **{wall: clocks[name].read(raw[name]) for name, wall in walls.items()}
    )

    given = [~blank(raw[name]) for name in spec.touchpoints]
    readable = [table[walls[name]].notnull() for name in spec.touchpoints]
    judged = judge(
        raw,
        table,
        left_out=chosen(raw, spec.only),
        unusable={
            "missing case": table["case"].isnull(),
            "no date at all": ~reduce(or_, given),
            "unreadable time": ~reduce(or_, readable),
        },
        values={
            f"unreadable time\t{i}": ~blank(raw[name]) & table[wall].isnull()
            for i, (name, wall) in enumerate(walls.items())
            if raw[name].type().is_string()
        },
        facts=lambda rows, kept: {
            question: answer
            for i, wall in enumerate(walls.values())
            for question, answer in (
                (f"low_{i}", rows[wall].min(where=kept)),
                (f"high_{i}", rows[wall].max(where=kept)),
                (f"clock_{i}", (rows[wall] != rows[wall].truncate("D")).any(where=kept)),
            )
        },
    )
    notes: list[str] = []
    table = judged.table
    for i, (name, wall) in enumerate(walls.items()):
        if name in spec.promises.values() and not judged.facts[f"clock_{i}"]:
            # Promised for a day means by its end.
            table = table.mutate(**{wall: table[wall] + ibis.interval(days=1) - ibis.interval(microseconds=1)})
        low, high = judged.facts[f"low_{i}"], judged.facts[f"high_{i}"]
        expr, said = in_utc(raw, table, wall, clocks[name], low, high, context.zone)
        table, notes = table.mutate(**{wall: expr}), [*notes, *said]
    notes += _out_of_order(raw, spec, table, walls)

    parts = [_milestone(spec, table, i, walls) for i in range(len(spec.touchpoints))]
    events = canonical(ibis.union(*parts) if len(parts) > 1 else parts[0])
    made = int(ask(events, raw.label, n=events.count())["n"])
    return Piece(
        table=events,
        report=report_of(spec, raw, judged, events=made, times=_said(clocks)),
        attributes=tuple(spec.attributes),
        offences=judged.offences,
        notes=tuple(notes),
        rows=judged.rows * len(parts),
        keys=tuple(keys),
    )


def _about(raw: Raw, spec: Milestones | Survey, keys: Sequence[str]) -> dict[str, Any]:
    """What a row says about its case."""
    columns: dict[str, Any] = {"case": ids(raw[spec.case], id_type(raw, spec.case))}
    if spec.customer is not None:
        columns["customer"] = ids(raw[spec.customer], id_type(raw, spec.customer))
    if isinstance(spec, Milestones) and spec.channel is not None:
        columns["channel"] = filled(raw[spec.channel])
    columns |= {f"k_{key}": filled(raw[key]) for key in keys}
    typed = attributes(raw, spec.attributes, spec.read.decimal)
    return columns | {f"a_{name}": column for name, column in typed.items()}


def _milestone(spec: Milestones, table: Any, i: int, walls: Mapping[str, str]) -> Any:
    """The events of one date column."""
    column, touchpoint = list(spec.touchpoints.items())[i]
    events = table.mutate(
        touchpoint=ibis.literal(touchpoint, "string"),
        time=table[walls[column]],
        row=table[ROW] * len(spec.touchpoints) + i,
    )
    if touchpoint in spec.channels:
        events = events.mutate(channel=ibis.literal(spec.channels[touchpoint], "string"))
    elif spec.channels and spec.channel is None:
        events = events.mutate(channel=ibis.null("string"))
    if spec.promises:
        promised = spec.promises.get(touchpoint)
        events = events.mutate(due=table[walls[promised]] if promised else ibis.null("timestamp(6)"))
    return canonical(events.filter(events.time.notnull()))


def _said(clocks: Mapping[str, Clock]) -> dict[str, str]:
    return {name: clock.says for name, clock in clocks.items()}


def _out_of_order(raw: Raw, spec: Milestones, table: Any, walls: Mapping[str, str]) -> list[str]:
    """Neighbouring milestones that happened the other way round; events go by time, not by the order of columns."""
    columns = list(spec.touchpoints.items())
    pairs = list(pairwise(columns))
    questions = {f"n_{i}": (table[walls[b[0]]] < table[walls[a[0]]]).sum() for i, (a, b) in enumerate(pairs)}
    counts = ask(table, raw.label, **questions)
    return [
        f"{raw.label}: in {counted(int(counts[f'n_{i}']), 'row')} “{b[1]}” comes before “{a[1]}”; events go by time."
        for i, (a, b) in enumerate(pairs)
        if counts[f"n_{i}"]
    ]


# --- surveys -----------------------------------------------------------------------------------------


def read_survey(spec: Survey, source: Source, context: Context, recipe: Recipe) -> Piece:
    """A case a person: the rated touchpoints in their implied order. Answers about the whole go to the last visit."""
    keys = [key for key in context.keys if key in source.columns]
    steps = recipe.steps(spec)
    ratings = [column for _, *both in steps for column in both if column is not None]
    single = [name for name in (spec.case, spec.customer, spec.time, spec.comment) if name is not None]
    raw = source.raw([*single, *ratings, *spec.answers.values(), *spec.attributes, *keys])
    mark = decimal_mark(raw, [*ratings, *spec.answers.values()], spec.read.decimal)
    clock = clock_of(raw, spec.time, dayfirst=spec.read.dayfirst) if spec.time else None

    table = raw.table.mutate(**_about(raw, spec, keys), wall=_wall(raw, spec, clock))
    if spec.comment is not None:
        table = table.mutate(comment=filled(raw[spec.comment]))
    of_column = {**dict.fromkeys(spec.touchpoints, spec.scale), **dict.fromkeys(spec.efforts, spec.effort_scale)}
    cells = {
        column: _Cell(raw, column, declared(context.scales, str(of_column[column])), spec, mark) for column in ratings
    }
    wholes = {
        name: _Whole(raw, column, declared(context.scales, name), spec, mark) for name, column in spec.answers.items()
    }
    table = table.mutate(
        **{f"v_{i}": cells[column].value for i, column in enumerate(ratings)},
        **{f"w_{i}": whole.value for i, whole in enumerate(wholes.values())},
        **{f"used_{i}": _used([cells[column] for column in both if column]) for i, (_, *both) in enumerate(steps)},
    )
    used = [table[f"used_{i}"] for i in range(len(steps))]
    table = table.mutate(last_=reduce(ibis.greatest, [ibis.ifelse(one, i, -1) for i, one in enumerate(used)]))

    unusable = {"missing case": table["case"].isnull(), "no touchpoint used": ~reduce(or_, used)}
    if spec.time is not None:
        unusable |= {"missing time": blank(raw[spec.time]), "unreadable time": table.wall.isnull()}
    values: dict[str, Any] = {}
    for i, cell in enumerate([*cells.values(), *wholes.values()]):
        values |= {f"answer outside the scale\t{i}": cell.outside, f"unreadable answer\t{i}": cell.unreadable}
    judged = judge(
        raw,
        table,
        unusable=unusable,
        values=values,
        facts=lambda rows, kept: {"low": rows.wall.min(where=kept), "high": rows.wall.max(where=kept)},
    )

    notes: list[str] = []
    # Every touchpoint's visits are a question of their own to this table: computed once, they stay short.
    table = settled(context.con, context.spool, judged.table, raw.label)
    if clock is not None:
        expr, notes = in_utc(raw, table, "wall", clock, judged.facts["low"], judged.facts["high"], context.zone)
        table = table.mutate(wall=expr)
    names = {column: f"v_{i}" for i, column in enumerate(ratings)}
    parts = [_visit(spec, table, i, step, names, list(wholes), len(steps)) for i, step in enumerate(steps)]
    events = canonical(ibis.union(*parts) if len(parts) > 1 else parts[0])
    scales = dict.fromkeys(name for name in (spec.scale, spec.effort_scale, *spec.answers) if name is not None)
    facts = ask(events, raw.label, rows_=events.count(), **scale_facts(events, scales))
    notes = [*notes, *([] if clock else [f"{raw.label}: the survey tells no times; the order of visits is implied."])]
    return Piece(
        table=events,
        report=report_of(
            spec,
            raw,
            judged,
            events=int(facts["rows_"]),
            times={spec.time: clock.says} if spec.time and clock else {},
            mark=mark,
        ),
        attributes=tuple(spec.attributes),
        offences=judged.offences,
        notes=tuple(notes),
        scales=observed(facts, scales, context.scales),
        rows=judged.rows * len(steps),
        timed=clock is not None,
        keys=tuple(keys),
    )


def _wall(raw: Raw, spec: Survey, clock: Clock | None) -> Any:
    return (
        ibis.timestamp(NO_TIME).cast("timestamp(6)")
        if clock is None or spec.time is None
        else clock.read(raw[spec.time])
    )


class _Cell:
    """A rating: its value, and what its code says."""

    def __init__(self, raw: Raw, column: str, scale: Any, spec: Survey, mark: str) -> None:
        text, value = raw[column].cast("string").strip(), numbers(raw[column], mark)
        self.unused = _coded(text, value, spec.not_used)
        code = self.code(text, value, scale, spec)
        given = ~blank(raw[column]) & ~code
        inside = value.between(scale.low, scale.high).fill_null(False)
        self.value = ibis.ifelse(given & inside, value, ibis.null("float64"))
        self.outside = given & value.notnull() & ~inside
        self.unreadable = given & value.isnull()

    def code(self, text: Any, value: Any, scale: Any, spec: Survey) -> Any:
        return self.unused | _coded(text, value, spec.missing)


class _Whole(_Cell):
    """An answer about the whole relation: a code that lies within the scale is an answer."""

    def code(self, text: Any, value: Any, scale: Any, spec: Survey) -> Any:
        return super().code(text, value, scale, spec) & ~value.between(scale.low, scale.high).fill_null(False)


def _coded(text: Any, value: Any, codes: Sequence[float | str]) -> Any:
    if not codes:
        return ibis.literal(False)
    figures = [float(code) for code in codes if isinstance(code, int | float)]
    words = [str(code) for code in codes]
    return (value.isin(figures).fill_null(False) if figures else ibis.literal(False)) | text.isin(words).fill_null(
        False
    )


def _used(cells: Sequence[_Cell]) -> Any:
    """A touchpoint counts as met unless a code says that it was not used, and nothing was answered about it."""
    unused = reduce(or_, [cell.unused for cell in cells])
    silent = reduce(and_, [cell.value.isnull() for cell in cells])
    return ~(unused & silent)


def _visit(
    spec: Survey,
    table: Any,
    i: int,
    step: tuple[str, str | None, str | None],
    names: Mapping[str, str],
    wholes: Sequence[str],
    n: int,
) -> Any:
    touchpoint, rating, effort = step
    events = table.mutate(touchpoint=ibis.literal(touchpoint, "string"), time=table.wall, row=table[ROW] * n + i)
    none, last = ibis.null("float64"), table.last_ == i
    answers: dict[str, Any] = {}
    for scale, column in ((spec.scale, rating), (spec.effort_scale, effort)):
        if scale is not None:
            answers[f"r_{scale}"] = table[names[column]] if column is not None else answers.get(f"r_{scale}", none)
    for k, name in enumerate(wholes):
        whole = ibis.ifelse(last, table[f"w_{k}"], none)
        answers[f"r_{name}"] = answers[f"r_{name}"].coalesce(whole) if f"r_{name}" in answers else whole
    if spec.comment is not None:
        answers["comment"] = ibis.ifelse(last, table.comment, ibis.null("string"))
    return canonical(events.mutate(**answers).filter(table[f"used_{i}"]))
