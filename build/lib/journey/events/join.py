"""Tables that say more about events already read: answers about a visit, attributes of a case or customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ibis

from journey.events.cast import attributes, decimal_mark, filled, id_type, ids
from journey.events.check import Judged, Offence, judge
from journey.events.clock import Clock, clock_of
from journey.events.own import arg_max
from journey.events.piece import (
    OUTSIDE,
    Context,
    answer_columns,
    answer_values,
    blank,
    in_utc,
    observed,
    report_of,
    scale_facts,
)
from journey.events.report import Observed, TableReport
from journey.events.source import ROW, Raw, Source, ask, counted, settled
from journey.recipe import Answers, Attributes

__all__ = ["More", "join_answers", "join_attributes", "same_kind"]


@dataclass(frozen=True, kw_only=True)
class More:
    """Events with what a table had to say about them, and its part of the report."""

    table: Any
    report: TableReport
    attributes: tuple[str, ...] = ()
    offences: tuple[Offence, ...] = ()
    notes: tuple[str, ...] = ()
    scales: tuple[Observed, ...] = ()


def same_kind(one: Any, other: Any) -> tuple[Any, Any]:
    """Two columns of ids in one type: numbers if both are, else text."""
    if one.type().is_integer() and other.type().is_integer():
        return one.cast("int64"), other.cast("int64")
    return one.cast("string"), other.cast("string")


def _laid(table: Any, columns: dict[str, Any]) -> Any:
    """New columns where there were none; where there were, what was there stays and gaps are filled."""
    filled_in = {
        name: table[name].coalesce(column.cast(table[name].type())) if name in table.columns else column
        for name, column in columns.items()
    }
    return table.mutate(**filled_in)


# --- attributes --------------------------------------------------------------------------------------


def join_attributes(events: Any, on: str, spec: Attributes, source: Source, context: Context) -> More:
    """Columns of a table with one row a key, beside every event with that key in its column `on`.

    The first row of a key counts; others are set aside.
    """
    named = [spec.key, *spec.columns, *([spec.customer] if spec.customer else [])]
    raw = source.raw(named)
    table = raw.table.mutate(
        key_=ids(raw[spec.key], id_type(raw, spec.key)),
        **{f"a_{name}": column for name, column in attributes(raw, spec.columns, spec.read.decimal).items()},
    )
    if spec.customer is not None:
        table = table.mutate(customer=ids(raw[spec.customer], id_type(raw, spec.customer)))
    nth = ibis.row_number().over(ibis.window(group_by=table.key_, order_by=table[ROW]))
    table = table.mutate(again_=nth > 0)
    judged = judge(
        raw, table, unusable={"missing key": table.key_.isnull(), "key already seen in an earlier row": table.again_}
    )

    brought = [f"a_{name}" for name in spec.columns] + (["customer"] if spec.customer else [])
    facts = judged.table.select("key_", **{f"new_{name}": name for name in brought})
    ours, theirs = same_kind(events[on], facts.key_)
    joined = events.mutate(on_=ours).left_join(facts.mutate(key_=theirs), [("on_", "key_")])
    found = _laid(joined, {name: joined[f"new_{name}"] for name in brought})
    if spec.customer is not None and "customer" in events.columns:
        one, other = same_kind(joined.new_customer, joined.customer)
        found = found.mutate(customer=one.coalesce(other))
    missed = ask(joined, raw.label, n=joined.key_.isnull().sum())["n"]
    notes = (
        []
        if not missed
        else [f"{raw.label}: {counted(int(missed), 'event')} found no row with their “{on.removeprefix('k_')}”."]
    )
    return More(
        table=found.drop("on_", "key_", *[f"new_{name}" for name in brought]),
        report=report_of(spec, raw, judged, events=0, times={}),
        attributes=tuple(spec.columns),
        offences=judged.offences,
        notes=tuple(notes),
    )


# --- answers -----------------------------------------------------------------------------------------


def join_answers(events: Any, spec: Answers, source: Source, context: Context) -> More:
    """Answers beside the visits they are about; each goes to one visit, and a visit keeps the last answer it got."""
    raw = source.raw(
        [
            name
            for name in (
                spec.case,
                spec.customer if spec.case is None else None,
                spec.time,
                spec.touchpoint,
                spec.comment,
                *spec.answers.values(),
                *spec.attributes,
            )
            if name is not None
        ]
    )
    mark = decimal_mark(raw, list(spec.answers.values()), spec.read.decimal)
    clock = clock_of(raw, spec.time, dayfirst=spec.read.dayfirst) if spec.time else None
    whose, owner = ("case", spec.case) if spec.case is not None else ("customer", spec.customer)
    table = raw.table.mutate(
        key_=ids(raw[str(owner)], id_type(raw, str(owner))),
        **answer_columns(raw, spec.answers, context.scales, mark),
        **{f"a_{name}": column for name, column in attributes(raw, spec.attributes, spec.read.decimal).items()},
    )
    if spec.comment is not None:
        table = table.mutate(comment=filled(raw[spec.comment]))
    table, notes = _dated(raw, spec, table, clock, context)
    if spec.at is not None or spec.touchpoint is not None:
        place = ibis.literal(spec.at, "string") if spec.at is not None else raw[str(spec.touchpoint)].cast("string")
        table = table.mutate(place_=place)

    useful = [table[f"r_{name}"].notnull() for name in spec.answers]
    useful += [table.comment.notnull()] if spec.comment is not None else []
    table = table.mutate(silent_=~reduce(or_, useful))
    matched = _matched(events, table, whose)
    matched = settled(context.con, context.spool, matched, raw.label)
    raw = Raw(**{**vars(raw), "table": matched})
    judged = _judged_answers(raw, spec, matched, mark)
    brought = [f"r_{name}" for name in spec.answers] + [f"a_{name}" for name in spec.attributes]
    brought += ["comment"] if spec.comment is not None else []
    facts = judged.table.select(visit_row_="visit_", **{f"new_{name}": name for name in brought})
    joined = events.left_join(facts, events.row == facts.visit_row_)
    return More(
        table=_laid(joined, {name: joined[f"new_{name}"] for name in brought}).drop(
            "visit_row_", *[f"new_{name}" for name in brought]
        ),
        report=report_of(
            spec, raw, judged, events=0, times={spec.time: clock.says} if clock and spec.time else {}, mark=mark
        ),
        attributes=tuple(spec.attributes),
        offences=judged.offences,
        notes=tuple(notes),
        scales=observed(judged.facts, spec.answers, context.scales),
    )


def _dated(raw: Raw, spec: Answers, table: Any, clock: Clock | None, context: Context) -> tuple[Any, Sequence[str]]:
    """Answers with their time in UTC (null without one)."""
    if clock is None or spec.time is None:
        return table.mutate(when_=ibis.null("timestamp(6)")), ()
    table = table.mutate(when_=clock.read(raw[spec.time]))
    ends = ask(table, raw.label, low=table.when_.min(), high=table.when_.max())
    expr, notes = in_utc(raw, table, "when_", clock, ends["low"], ends["high"], context.zone)
    return table.mutate(when_=expr), notes


def _matched(events: Any, answers: Any, whose: str) -> Any:
    """Answers with `visit_` (row of the event they are about), `last_` (the last one it could be about), `known_`.

    One sort of visits and answers together by owner and time, so it costs n log n however many visits an owner has.
    """
    ours, theirs = same_kind(events[whose], answers.key_)
    placed = "place_" in answers.columns
    visits = events.select(
        key_=ours,
        when_="time",
        seq_="row",
        late_=ibis.literal(0),
        visit_="row",
        answer_=ibis.null("int64"),
        **({"place_": events.touchpoint} if placed else {}),
    )
    # What says nothing must not take the place of an answer.
    asked = answers.filter(~answers.silent_).select(
        key_=theirs,
        when_="when_",
        seq_=ROW,
        late_=ibis.literal(1),
        visit_=ibis.null("int64"),
        answer_=ROW,
        **({"place_": answers.place_} if placed else {}),
    )
    visits = visits.semi_join(asked, "key_")
    both = visits.union(asked)
    owner = ["key_", "place_"] if placed else ["key_"]
    order = [both.when_.asc(nulls_first=False), both.late_, both.seq_]
    both = both.mutate(
        nth_=ibis.row_number().over(ibis.window(group_by=owner, order_by=order)),
        known_=both.visit_.count().over(ibis.window(group_by="key_")) > 0,
    )
    before = ibis.window(group_by=owner, order_by="nth_", preceding=None, following=0)
    both = both.mutate(
        before_=arg_max(both.visit_, both.nth_).over(before),
        last_=arg_max(both.visit_, both.nth_).over(ibis.window(group_by=owner)),
    )
    found = both.filter(both.late_ == 1).select("answer_", "before_", "last_", "known_")
    # With a touchpoint the last visit there is meant, even if the clock of the survey was behind.
    found = found.mutate(visit_=found.before_.coalesce(found.last_) if placed else found.before_)
    joined = answers.left_join(found, answers[ROW] == found.answer_)
    newest = ibis.window(group_by="visit_", order_by=[joined.when_.desc(nulls_first=False), joined[ROW].desc()])
    return joined.mutate(replaced_=(ibis.row_number().over(newest) > 0) & joined.visit_.notnull())


def _judged_answers(raw: Raw, spec: Answers, table: Any, mark: str) -> Judged:
    given = [~blank(raw[column]) for column in (*spec.answers.values(), *([spec.comment] if spec.comment else []))]
    values = answer_values(raw, spec.answers, table, mark)
    unusable = {f"missing {'case' if spec.case is not None else 'customer'}": table.key_.isnull()}
    if spec.touchpoint is not None:
        unusable["missing touchpoint"] = blank(raw[spec.touchpoint])
    if spec.time is not None and "place_" not in table.columns:
        unusable |= {"missing time": blank(raw[spec.time]), "unreadable time": table.when_.isnull()}
    unusable["no answer"] = ~reduce(or_, given)
    outside = [condition for reason, condition in values.items() if reason.startswith(OUTSIDE)]
    unusable[OUTSIDE] = table.silent_ & reduce(or_, outside)
    unusable["unreadable answer"] = table.silent_
    unusable["answer without a case"] = ~table.known_.fill_null(False)
    if "place_" in table.columns:
        unusable["answer about a touchpoint that the case never met"] = table.visit_.isnull()
    else:
        unusable["answer before the first visit"] = table.visit_.isnull()
    unusable["a later answer to the same visit"] = table.replaced_
    return judge(
        raw, table, unusable=unusable, values=values, facts=lambda rows, kept: scale_facts(rows, spec.answers, kept)
    )
