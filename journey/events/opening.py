"""Opening a log: through the door, into an index; large ones into a file that the next opening finds again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from journey.errors import InputError, JourneyError, suggest
from journey.events import cached
from journey.events.build import Index, build
from journey.events.engine import Progress, connect, each, run, watched
from journey.events.log import EventLog
from journey.events.read import Door, door, door_for
from journey.events.report import ImportReport
from journey.model import Scale
from journey.recipe import Recipe, load

__all__ = ["open", "read"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open(
    recipe: str | Path | Recipe, *, folder: str | Path | None = None, progress: Progress | None = None
) -> EventLog:
    """The log that a recipe (`journey.yaml`) describes.

    folder     where the tables are, if not where the recipe says
    progress   called now and then with what is being done and how far it is (0–1, or None)

    Small logs are indexed in memory. Large ones are indexed in a file in the cache folder, found again as long as
    recipe and tables keep their content, and safe to delete.
    Raises RecipeError for a recipe, InputError for a table, that cannot be understood.
    """
    loaded = recipe if isinstance(recipe, Recipe) else load(recipe, folder=None if folder is None else str(folder))
    if not loaded.tables:
        raise JourneyError(
            "{recipe} has accounts and no events, so there is no journey to show. Ask for what accounts can tell: "
            "revenue and value; or add “tables” with visits to the recipe.",
            recipe=loaded.name or "The recipe",
        )
    paths = [loaded.locate(table.path) for table in loaded.tables]
    return _opened(lambda con: door(loaded, con=con), paths, progress)


def read(
    source: Any,
    *,
    case: str,
    touchpoint: str,
    time: str,
    customer: str | None = None,
    channel: str | None = None,
    satisfaction: Scale | None = None,
    effort: Scale | None = None,
    nps: Scale | None = None,
    comment: str | None = None,
    attributes: Sequence[str] = (),
    progress: Progress | None = None,
    **options: Any,
) -> EventLog:
    """A log from one table of events; all names are columns.

    source     a path, pattern or folder (csv, tsv, Parquet, xlsx, JSONL, XES; gz), or a pandas, Polars, Arrow, Ibis or
               Spark table
    satisfaction, effort, nps   `Scale`s, whose names are columns: their direction is never guessed
    options    goal, ends, support, window, time_zone, order, lifecycle, end_time, rename, only, dayfirst, decimal,
               delimiter, encoding, sheet and the other keys of a recipe

    A Spark (or other remote) table is indexed and asked where it is. Raises InputError for what can't be understood.
    """
    columns = {"case": case, "touchpoint": touchpoint, "time": time, "customer": customer, "channel": channel}
    told: dict[str, Any] = {**columns, "comment": comment, "attributes": tuple(attributes) or None, **options}
    told |= {"satisfaction": satisfaction, "effort": effort, "nps": nps}
    paths = [str(source)] if isinstance(source, (str, Path)) else []
    return _opened(lambda con: door_for(source, con=con, **told), paths, progress)


def _opened(opened: Callable[[Any], Door], paths: Sequence[str], progress: Progress | None) -> EventLog:
    def enter(con: Any) -> Door:
        return _with_events(opened(con))

    with watched(progress):
        if cached.is_large(paths):
            entered, index = cached.find_or_build(enter)
        else:
            entered = enter(connect())
            index = build(entered, entered.table.get_backend())
        return EventLog(index, entered, reported(entered, index))


def _with_events(entered: Door) -> Door:
    """The door, if an event came through. Raises InputError with what became of the rows if none did."""
    told = entered.report
    if not any(table.events for table in told.tables):
        where = ", ".join(table.path for table in told.tables)
        why = "; ".join(f"{n:,} × {reason}" for table in told.tables for reason, n in table.left_out.items())
        why = "; ".join([*(f"{n:,} × {reason}" for reason, n in told.quarantined.items()), *([why] if why else [])])
        said = f"none of the {told.read:,} rows can be used ({why})" if why else "there is a header, but no row"
        raise InputError(f"{where}: there is no event to read: {said}.")
    return entered


def _unmet(recipe: Recipe, touchpoints: Sequence[str]) -> Iterator[str]:
    """Sentences on touchpoints that the recipe names and no event is at: a slip of the pen changes every number."""
    named: dict[str, Sequence[str]] = {"goal": recipe.goal, "ends": recipe.ends, "support": recipe.support}
    named |= {"repeatable": recipe.repeatable, "promises": tuple(recipe.promises), "channels": tuple(recipe.channels)}
    named["promises: since"] = tuple(promise.since for promise in recipe.promises.values() if promise.since)
    named |= {f"stages: {stage}": names for stage, names in recipe.stages.items()}
    for key, names in named.items():
        for name in names:
            if name not in touchpoints:
                hint = suggest(name, touchpoints, known="touchpoints")
                yield f"{key}: no event is at “{name}”, so it is left out of account.{hint}"


def reported(entered: Door, index: Index) -> ImportReport:
    """The door's report, with what only the index can tell."""
    rows = index.table()
    answers = {f"answers_{scale.name}": rows[f"r_{scale.name}"].count() for scale in index.scales.values()}
    tied = rows.wait_us == 0
    facts = run(rows.agg(ties=tied.sum(), **answers)).iloc[0]
    ties = 0 if pd.isna(facts["ties"]) else int(facts["ties"])
    once = run(rows.group_by("tp").agg(visits=rows.count()))
    return dataclasses.replace(
        entered.report,
        ties=ties,
        duplicates=_duplicates(rows) if ties else 0,
        seen_once=tuple(sorted(index.touchpoints.names[int(row.tp)] for row in each(once) if row.visits == 1)),
        answer_rates={
            scale.name: float(facts[f"answers_{scale.name}"]) / index.sizes.events for scale in index.scales.values()
        },
        first=EPOCH + timedelta(microseconds=index.sizes.first_event),
        last=EPOCH + timedelta(microseconds=index.sizes.last_event),
        quarantine_file=None,
        notes=(*entered.report.notes, *_unmet(entered.recipe, index.touchpoints.names)),
    )


def _duplicates(rows: Any) -> int:
    """Events equal to an earlier one in case, touchpoint and time; only tied events need a look."""
    tied = rows.filter(rows.wait_us == 0).select("cid", "t").distinct()
    same = rows.semi_join(tied, ["cid", "t"]).group_by("cid", "t", "tp").agg(n=lambda event: event.count())
    extra = run(same.agg(extra=(same.n - 1).sum()))["extra"].iloc[0]
    return 0 if pd.isna(extra) else int(extra)
