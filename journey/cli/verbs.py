"""`python -m journey VERB`: one verb for each question, all with --json for machines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import journey as jn
from journey.cli import (  # noqa: F401  (some hold verbs of their own)
    alerts,
    channels,
    churn,
    comparing,
    complexity,
    conform,
    drivers,
    emotion,
    flowing,
    health,
    imported,
    plans,
    revenue,
    show,
    value,
    voice,
    watch,
    whatif,
)
from journey.cli.common import Folder, Goal, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.errors import JourneyError
from journey.simulate import Planted

__all__ = ["main"]


@app.command("open")
def open_(
    recipe: Recipe,
    folder: Folder = None,
    quarantine: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the rows that were set aside, with reasons, to this CSV.")
    ] = None,
    json: Json = False,
) -> None:
    """Read the tables and print what was understood, and what was set aside and why.

    Example: python -m journey open data/lumo/journey.yaml
    """
    log = opened(recipe, folder)
    written = log.write_quarantine(quarantine) if quarantine else None
    imported.report(log, written, as_json=json)


@app.command()
def friction(
    recipe: Recipe,
    folder: Folder = None,
    goal: Goal = None,
    transitions: Annotated[
        bool, typer.Option("--transitions", help="Rank transitions instead of touchpoints.")
    ] = False,
    window: Annotated[str | None, typer.Option(help="How soon an exit, a return, a contact counts: 2h, 7d …")] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    validate: Annotated[
        str | None,
        typer.Option(metavar="OUTCOME", help="Try friction on an outcome: a touchpoint, or a bound such as csat<=2."),
    ] = None,
    horizon: Annotated[str, typer.Option(help="With --validate and a touchpoint: how far ahead.")] = "30d",
    top: Top = 10,
    json: Json = False,
) -> None:
    """Rank what hurts most: how much, why, and how sure that is.

    Example: python -m journey friction data/lumo/journey.yaml --where segment=B2B
    Example: python -m journey friction data/lumo/journey.yaml --validate "nps<=6"
    """
    log = part(opened(recipe, folder), where, since, until)
    if validate is not None:
        show.validation(log, jn.validate(log, validate, horizon=horizon, goal=goal or None), as_json=json)
        return
    ranking = jn.friction(log, goal=goal or None, transitions=transitions, window=window)
    show.friction(log, ranking, top=top, as_json=json)


@app.command()
def variants(
    recipe: Recipe,
    folder: Folder = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 10,
    json: Json = False,
) -> None:
    """The commonest ways through the journey.

    Example: python -m journey variants data/lumo/journey.yaml --top 5
    """
    log = part(opened(recipe, folder), where, since, until)
    show.variants(log, jn.variants(log, limit=top), as_json=json)


@app.command()
def funnel(
    recipe: Recipe,
    steps: Annotated[list[str], typer.Argument(metavar="TOUCHPOINT…", help="Two or more touchpoints, in order.")],
    folder: Folder = None,
    within: Annotated[str | None, typer.Option(help="Time allowed from the first to the last: 2h, 7d …")] = None,
    any_order: Annotated[bool, typer.Option("--any-order", help="Count the steps in any order.")] = False,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """How many cases reach each of these touchpoints, one after the other.

    Example: python -m journey funnel data/lumo/journey.yaml "Online ad" "Checkout" --within 30d
    """
    log = part(opened(recipe, folder), where, since, until)
    show.funnel(log, jn.funnel(log, steps, within=within, ordered=not any_order), as_json=json)


@app.command()
def compare(
    recipe: Recipe,
    a: Annotated[
        list[str] | None,
        typer.Option(
            "--a",
            metavar="NAME=VALUE|FROM..TO",
            help="One side: a value, visits in a period, or began=FROM..TO for cases begun then; may be repeated.",
        ),
    ] = None,
    b: Annotated[
        list[str] | None,
        typer.Option("--b", metavar="NAME=VALUE|FROM..TO", help="The other side (default: everything else)."),
    ] = None,
    folder: Folder = None,
    goal: Goal = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 15,
    json: Json = False,
) -> None:
    """Compare two segments or two periods: whether they walk differently, and what differs clearly.

    Example: python -m journey compare data/lumo/journey.yaml --a segment=B2B --b segment=B2C
    Example: python -m journey compare data/lumo/journey.yaml --a 2026-04-01..2026-07-01 --b 2026-01-01..2026-04-01
    """
    log = part(opened(recipe, folder), where, since, until)
    one, other, names = comparing.sides(log, a or [], b or [])
    comparing.comparison(log, jn.compare(one, other, names=names, goal=goal or None), top=top, as_json=json)


@app.command()
def export(
    recipe: Recipe,
    to: Annotated[Path, typer.Argument(metavar="FILE.json", help="Where to write the mined journey.")],
    folder: Folder = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the mined journey as JSON, which `Journey.from_json` reads back without loss.

    Example: python -m journey export data/lumo/journey.yaml lumo.json
    """
    if to.suffix.lower() != ".json":
        raise JourneyError(f"{to}: name a file that ends in .json.")
    log = part(opened(recipe, folder), where, since, until)
    to.write_text(jn.mine(log).to_json(), encoding="utf-8")
    show.line(f"Wrote {to}.")


@app.command()
def simulate(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write events, truth and recipe.")],
    customers: Annotated[int, typer.Option(min=1)] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same log.")] = 0,
    plant: Annotated[
        list[str] | None,
        typer.Option(metavar="TOUCHPOINT:COMPONENT:SIZE", help="Plant friction; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Draw a log from a known journey, with planted friction, and write it with its recipe.

    Example: python -m journey simulate /tmp/simulated --customers 500 --plant "Step 7:exit:0.2"
    """
    if (to / "journey.yaml").exists():
        raise JourneyError(f"{to} holds a journey.yaml already, which would be overwritten: name a new folder.")
    drawn = jn.simulate(customers=customers, seed=seed, planted=[_planted(text) for text in plant or []])
    show.simulated(drawn, drawn.save(to), as_json=json)


@app.command("app")
def app_(
    recipe: Annotated[Path | None, typer.Argument(metavar="[RECIPE]", help="Default: the sample journey.")] = None,
    folder: Folder = None,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
) -> None:
    """Open the app in the browser. It listens on this machine only.

    Example: python -m journey app data/lumo/journey.yaml
    """
    told = [str(recipe.resolve())] if recipe else []
    told += ["--folder", str(folder.resolve())] if folder else []
    sys.exit(subprocess.call([sys.executable, "-m", "journey.app.serve", *told, "--port", str(port)]))


def _planted(text: str) -> Planted:
    at, _, rest = text.partition(":")
    component, _, size = rest.partition(":")
    try:
        return Planted(at=at, component=component, size=float(size))
    except ValueError as error:
        reason = f" ({error})" if isinstance(error, JourneyError) else ""
        raise JourneyError(
            f"--plant {text}: write it as TOUCHPOINT:COMPONENT:SIZE, “Step 7:exit:0.2”{reason}."
        ) from error


def main() -> None:
    """Run a verb. A mistake of the user's ends with one sentence on stderr and exit code 2."""
    try:
        app()
    except JourneyError as error:
        show.error(str(error))
        sys.exit(2)
    except OSError as error:
        # A place that cannot be read or written: the name and the system's own reason say it all.
        show.error(f"{error.filename or 'A file'}: {error.strerror or error}.")
        sys.exit(2)
