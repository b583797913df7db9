"""Several tables become one: events under each other, then what other tables say about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from journey.errors import InputError, suggest
from journey.events.check import Offence
from journey.events.engine import is_duckdb
from journey.events.join import More, join_answers, join_attributes
from journey.events.own import literal
from journey.events.piece import Context, Piece, canonical
from journey.events.report import Observed, TableReport
from journey.events.rows import read_events
from journey.events.source import Source, settled
from journey.events.wide import read_milestones, read_survey
from journey.recipe import Answers, Attributes, Events, Milestones, Recipe, Survey

__all__ = ["Assembled", "assemble", "joined_on"]


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The one table, and all that is to be reported, in the order of the recipe's tables."""

    table: Any
    reports: tuple[TableReport, ...]
    attributes: tuple[str, ...]
    offences: tuple[Offence, ...]
    notes: tuple[str, ...]
    scales: tuple[Observed, ...]
    timed: bool


def assemble(recipe: Recipe, sources: Mapping[int, Source], context: Context) -> Assembled:
    """Read every table and join them. Raises InputError."""
    done: dict[int, Piece | More] = {}
    pieces: list[Piece] = []
    for i, spec in enumerate(recipe.tables):
        piece = _read(spec, sources[i], context, recipe)
        if piece is not None:
            done[i] = piece
            pieces.append(piece)
    if not pieces:
        raise InputError("No table tells events: give one of kind events, milestones or survey.")
    table = _stacked(pieces)
    plain = len(recipe.tables) == 1 and isinstance(recipe.tables[0], Events)
    if not plain:
        table = settled(context.con, context.spool, table, "the tables")
    table, more = _joined(table, recipe, sources, context, pieces)
    done |= more
    table = canonical(_with_channels(context.con, table, recipe.channels))
    table = table.drop(*[name for name in table.columns if name.startswith("k_")])
    if not plain:
        table = settled(context.con, context.spool, table, "the tables")
    parts = [done[i] for i in sorted(done)]
    return Assembled(
        table=table,
        reports=tuple(part.report for part in parts),
        attributes=tuple(dict.fromkeys(name for part in parts for name in part.attributes)),
        offences=tuple(offence for part in parts for offence in part.offences),
        notes=tuple(note for part in parts for note in part.notes),
        scales=_seen(observed for part in parts for observed in part.scales),
        timed=any(piece.timed for piece in pieces),
    )


def _read(spec: Any, source: Source, context: Context, recipe: Recipe) -> Piece | None:
    if isinstance(spec, Events):
        return read_events(spec, source, context)
    if isinstance(spec, Milestones):
        return read_milestones(spec, source, context)
    return read_survey(spec, source, context, recipe) if isinstance(spec, Survey) else None


def joined_on(recipe: Recipe, sources: Mapping[int, Source]) -> dict[int, str]:
    """Number of an attributes table → the column of the events that it joins, or “case” or “customer” themselves."""
    columns = {
        name
        for i, spec in enumerate(recipe.tables)
        if isinstance(spec, Events | Milestones | Survey)
        for name in sources[i].columns
    }
    found = {}
    for i, spec in enumerate(recipe.tables):
        if isinstance(spec, Attributes):
            on = spec.on or spec.key
            if on not in columns and on not in ("case", "customer"):
                raise InputError(
                    f"{spec.path}: no table of events has a column “{on}” to join it on."
                    f"{suggest(on, columns, known='columns')} "
                    "Say on: the column there that holds the same ids."
                )
            found[i] = on
    return found


def _joined(
    table: Any, recipe: Recipe, sources: Mapping[int, Source], context: Context, pieces: Sequence[Piece]
) -> tuple[Any, dict[int, More]]:
    """Attributes first, because they may tell the customer; then answers."""
    done: dict[int, More] = {}
    for i, on in joined_on(recipe, sources).items():
        spec = recipe.tables[i]
        assert isinstance(spec, Attributes)
        column = f"k_{on}" if f"k_{on}" in table.columns else on
        if column not in table.columns:
            raise InputError(f"{spec.path}: it joins on the {on}, but no table says which column that is.")
        done[i] = join_attributes(table, column, spec, sources[i], context)
        table = done[i].table
    for i, answers in enumerate(recipe.tables):
        if isinstance(answers, Answers):
            if answers.case is None and "customer" not in table.columns:
                raise InputError(
                    f"{answers.path}: it tells the customer of each answer, but no other table has customers."
                )
            done[i] = join_answers(table, answers, sources[i], context)
            table = done[i].table
    return table, done


# --- one under the other -----------------------------------------------------------------------------


def _stacked(pieces: Sequence[Piece]) -> Any:
    """All events, their rows counted through; columns that a table lacks are null there."""
    tables = [piece.table for piece in pieces]
    if len(tables) == 1:
        return tables[0]
    kinds: dict[str, Any] = {}
    for table in tables:
        for name, kind in table.schema().items():
            kinds[name] = _common(kinds[name], kind) if name in kinds else kind
    rows, aligned = 0, []
    for piece in pieces:
        table = piece.table.mutate(row=piece.table.row + rows)
        rows += piece.rows
        aligned.append(
            table.select(
                **{
                    name: table[name].cast(kind) if name in table.columns else ibis.null(kind)
                    for name, kind in kinds.items()
                }
            )
        )
    if "customer" in kinds and any("customer" not in table.columns for table in tables):
        # Where nobody says to whom the case belongs, the case is the customer.
        aligned = [t.mutate(customer=t.customer.coalesce(t["case"].cast(kinds["customer"]))) for t in aligned]
    return ibis.union(*aligned)


def _common(one: Any, other: Any) -> Any:
    if one == other:
        return one
    if one.is_numeric() and other.is_numeric():
        return ibis.dtype("int64" if one.is_integer() and other.is_integer() else "float64")
    return ibis.dtype("timestamp(6)") if one.is_timestamp() and other.is_timestamp() else ibis.dtype("string")


def _with_channels(con: Any, table: Any, channels: Mapping[str, str]) -> Any:
    """The channel that a touchpoint has by default, where the table says none."""
    if not channels:
        return table
    if is_duckdb(table.get_backend()):
        rows = ", ".join(f"({literal(place)}, {literal(channel)})" for place, channel in channels.items())
        usual = con.sql(f"SELECT * FROM (VALUES {rows}) AS t(place_, usual_)")
        table = table.left_join(usual, table.touchpoint == usual.place_)
        channel = table.usual_
    else:
        channel = table.touchpoint.cases(*channels.items(), else_=ibis.null("string"))
    return table.mutate(channel=table.channel.coalesce(channel) if "channel" in table.columns else channel)


def _seen(scales: Iterable[Observed]) -> tuple[Observed, ...]:
    """What was seen on each scale over all tables."""
    found: dict[str, Observed] = {}
    for one in scales:
        other = found.get(one.name)
        found[one.name] = (
            one
            if other is None
            else Observed(
                name=one.name,
                low=one.low,
                high=one.high,
                good=one.good,
                n=one.n + other.n,
                whole=one.whole and other.whole,
                lowest=min((x for x in (one.lowest, other.lowest) if x is not None), default=None),
                highest=max((x for x in (one.highest, other.highest) if x is not None), default=None),
            )
        )
    return tuple(found.values())
