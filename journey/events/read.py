"""The door: raw tables in, one canonical lazy table out, with a report of all that was understood and set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey.errors import InputError
from journey.events.assemble import assemble, joined_on
from journey.events.check import Offence, write_quarantine
from journey.events.find import open_source
from journey.events.piece import Context
from journey.events.report import ImportReport
from journey.events.source import Source, Spool, digest_of
from journey.model import Scale
from journey.recipe import Recipe, minimal

__all__ = ["Door", "door", "door_for"]

# Part of every fingerprint: a new number makes older indexes stale.
EDITION = 1


@dataclass(frozen=True, eq=False)
class Door:
    """What came in. The table is lazy; keep the door as long as it is used, since the door owns decoded files.

    table        one row an event; columns case, customer, touchpoint, time, row, channel, duration_us, due, comment,
                 r_<scale>, a_<attribute>; those that nobody declared are absent
    scales       name → scale;  roles: satisfaction, effort, nps → name
    fingerprint  of the contents and how they are read; None for tables in memory or on another engine
    timed        False where no table tells times, so that only the order means something
    """

    table: Any
    scales: Mapping[str, Scale]
    roles: Mapping[str, str]
    attributes: tuple[str, ...]
    recipe: Recipe
    report: ImportReport
    fingerprint: str | None
    timed: bool = True
    offences: tuple[Offence, ...] = ()
    spool: Spool | None = None

    def write_quarantine(self, file: Path) -> Path | None:
        """All that was set aside, as CSV with table, row, reason and raw values; None if there is nothing.

        Works as long as the door lives, on a connection of its own. Raises InputError for a file that must not be
        overwritten: a table of the recipe, or anything but a CSV.
        """
        tables = {Path(self.recipe.locate(table.path)).resolve() for table in self.recipe.tables}
        if file.resolve() in tables:
            raise InputError(f"{file} is a table of this journey: write the rows that were set aside to another file.")
        if file.suffix.lower() != ".csv":
            raise InputError(f"{file}: name a file that ends in .csv.")
        return write_quarantine(self.offences, file) if self.offences else None


def door(recipe: Recipe, *, con: Any, sources: Mapping[int, Any] | None = None) -> Door:
    """Open the tables of a recipe on the DuckDB backend `con`.

    sources  number of a table → an object in memory (pandas, Polars, Arrow, Ibis, PySpark) instead of its path

    Raises InputError, with file, column and row, for what cannot be read as told.
    """
    spool = Spool()
    opened = {
        i: open_source(
            (sources or {}).get(i, recipe.locate(spec.path)), con=con, spool=spool, options=spec.read, label=spec.path
        )
        for i, spec in enumerate(recipe.tables)
    }
    scales = {name: recipe.scale(name) for name in recipe.scales}
    keys = frozenset(joined_on(recipe, opened).values())
    made = assemble(recipe, opened, Context(con=con, spool=spool, zone=recipe.time_zone, scales=scales, keys=keys))
    return Door(
        table=made.table,
        scales=scales,
        roles={str(role): name for role, name in recipe.roles.items()},
        attributes=made.attributes,
        recipe=recipe,
        report=ImportReport(tables=made.reports, scales=made.scales, notes=made.notes),
        fingerprint=_fingerprint(recipe, list(opened.values())),
        timed=made.timed,
        offences=made.offences,
        spool=spool,
    )


def _fingerprint(recipe: Recipe, sources: list[Source]) -> str | None:
    digests = [source.digest for source in sources]
    if None in digests:
        return None
    how = recipe.model_dump_json(include={"time_zone", "tables", "scales", "channels", "stages"})
    return digest_of([EDITION, how, *digests])


def door_for(
    source: Any,
    *,
    con: Any,
    satisfaction: Scale | None = None,
    effort: Scale | None = None,
    nps: Scale | None = None,
    dayfirst: bool | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    **columns: Any,
) -> Door:
    """Open one table of events: a path, a pattern, a folder of Parquet, or a table in memory or on another engine.

    columns   case, touchpoint, time; customer, channel, order, lifecycle, end_time, comment, attributes, rename, only;
              time_zone of times without one; and other keys of a recipe
    satisfaction, effort, nps   `Scale`s whose names are columns
    dayfirst … sheet            how the file is written, where that cannot be found out

    Raises InputError; RecipeError for options that do not exist.
    """
    for name, scale in (("satisfaction", satisfaction), ("effort", effort), ("nps", nps)):
        if scale is not None and not isinstance(scale, Scale):
            raise InputError(
                f"{name}={scale!r}: say also which answers can be given and which end is good, "
                f'for example {name}=Scale({str(scale)!r}, 1, 5, good="high"). Direction is never guessed.'
            )
    read = {"dayfirst": dayfirst, "decimal": decimal, "delimiter": delimiter, "encoding": encoding, "sheet": sheet}
    is_path = isinstance(source, (str, Path))
    recipe = minimal(
        satisfaction=satisfaction,
        effort=effort,
        nps=nps,
        read={key: value for key, value in read.items() if value is not None},
        **({"path": str(source)} if is_path else {}),
        **columns,
    )
    return door(recipe, con=con, sources=None if is_path else {0: source})
