"""`conform`: the designed map against the cases as they were lived."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.analysis.conform_found import Conformance
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.conform_words import between, headline, how_far, move_name, reading, verdict, way
from journey.draw.words import interval, share
from journey.errors import JourneyError
from journey.events.engine import watched
from journey.model import Measure
from journey.recipe import redesigned

__all__ = ["conform", "designed_in"]


@app.command()
def conform(
    recipe: Recipe,
    folder: Folder = None,
    designed: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The designed map, as YAML or JSON (default: the recipe's)."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Tell the values of an attribute apart.")] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="Count the plan after a case's last event as skipped, too.")
    ] = False,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 8,
    json: Json = False,
) -> None:
    """The designed map against lived cases: what is skipped, put in, out of order, and what nobody takes.

    Example: python -m journey conform data/lumo/journey.yaml --by segment
    """
    log = part(opened(recipe, folder), where, since, until)
    plan = designed_in(log, designed) if designed else None
    with show.progress("Laying cases against the map") as progress, watched(progress):
        found = jn.conform(log, plan, by=by, complete=complete, limit=top)
    if json:
        fields = [field.name for field in dataclasses.fields(found) if field.name != "allowed"]
        print_json({**show.about(log), "conformance": {name: getattr(found, name) for name in fields}})
        return
    _shown(log, found, top)


def designed_in(log: jn.EventLog, path: Path) -> jn.Journey:
    """The designed map in a file: a journey as JSON, or as a recipe writes it. Raises JourneyError if it is neither."""
    if path.suffix.lower() == ".json":
        if not path.is_file():
            raise JourneyError(f"There is no file “{path}”.")
        try:
            return jn.Journey.from_json(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise JourneyError(f"{path}: this is not UTF-8. Save the map as UTF-8.") from error
    plan = redesigned(log.recipe, path).map()
    assert plan is not None
    return plan


def _shown(log: jn.EventLog, found: Conformance, top: int) -> None:
    show.heading(log)
    show.line(headline(found))
    show.line(
        f"Fitness {interval(found.fitness, '.3f')}; without a deviation {interval(found.fitting, '.1%')} of the cases; "
        f"precision {interval(found.precision, '.2f')}."
    )
    show.line(how_far(found))
    if found.cases < found.of_cases:
        show.line(f"{found.cases:,} of {found.of_cases:,} cases were looked at, drawn by their number.")
    if found.unknown:
        show.line(f"On the map, but never in the data: {', '.join(found.unknown)}.")
    _steps(found)
    _detours(found, top)
    _moves(found, top)
    _segments(found)
    show.line(reading(found))


def _table(*names: str, left: int = 1) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for at, name in enumerate(names):
        table.add_column(name, justify="left" if at < left else "right", no_wrap=at >= left)
    return table


def _steps(found: Conformance) -> None:
    table = _table("step", "came by", "skipped", "out of order", "met", "again", "off the plan", "left here")
    for one in found.steps:
        if not one.planned:
            continue
        label = f"{one.at} (optional)" if one.optional else one.at
        shares = [_short(m) for m in (one.skipped, one.out_of_order, one.repeated, one.unplanned, one.left)]
        table.add_row(escape(label), f"{one.cases:,}", *shares[:2], f"{one.met:,}", *shares[2:])
    show.out.print(table)
    others = [f"{one.at} ({one.met:,} cases)" for one in found.steps if not one.planned]
    if others:
        show.line(f"Not planned at all: {', '.join(others)}.")


def _short(measure: Measure) -> str:
    return share(measure.value)


def _detours(found: Conformance, top: int) -> None:
    if not found.detours:
        show.line("Nobody does anything between two planned steps that the plan does not have.")
        return
    felt = any(one.difference.value is not None for one in found.detours)
    table = _table(
        "detour", "between", "cases", "of those there", *(["satisfaction, difference", ""] if felt else []), left=2
    )
    for one in found.detours[:top]:
        row = [escape(way(one)), escape(between(one)), f"{one.cases:,}", interval(one.share, ".1%")]
        table.add_row(*row, *([interval(one.difference, "+.2f"), verdict(one)] if felt else []))
    show.out.print(table)
    show.line(f"{found.kinds_of_detours:,} different detours in all.")


def _moves(found: Conformance, top: int) -> None:
    nobody = [move_name(one) for one in found.untaken]
    if not nobody:
        show.line("Every planned transition is taken by someone.")
        return
    more = f" … and {len(nobody) - top} more" if len(nobody) > top else ""
    show.line(f"Planned, but nobody goes so: {'; '.join(nobody[:top])}{more}.")


def _segments(found: Conformance) -> None:
    if not found.segments:
        return
    table = _table(str(found.by), "cases", "fitness", "without a deviation", "precision")
    for one in found.segments:
        name = "–" if one.value is None else str(one.value)
        table.add_row(
            escape(name),
            f"{one.cases:,}",
            interval(one.fitness, ".3f"),
            interval(one.fitting, ".1%"),
            interval(one.precision, ".2f"),
        )
    show.out.print(table)
    show.line("Precision of a part is as if each held no more cases than the smallest: more cases find more ways.")
