"""What every verb shares: the command line's application, its options, and the cases that they ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import journey as jn
from journey.cli import show
from journey.errors import JourneyError

__all__ = ["Folder", "Goal", "Json", "Recipe", "Since", "Top", "Until", "Where", "app", "opened", "part"]

app = typer.Typer(
    name="journey",
    help="Customer journeys from real events and surveys: where it hurts, how sure that is, what it costs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Recipe = Annotated[Path, typer.Argument(metavar="RECIPE", help="journey.yaml: where the tables are, what they mean.")]
Folder = Annotated[Path | None, typer.Option(help="Where the tables are, if not where the recipe says.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help="Keep cases with this value; may be repeated.")
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Keep cases that began on or after this date.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Keep cases that began before this date.")]
Goal = Annotated[list[str] | None, typer.Option(help="Touchpoint that counts as success (default: the recipe's).")]
Top = Annotated[int, typer.Option(min=1, help="How many to show.")]


def opened(recipe: Path, folder: Path | None = None) -> jn.EventLog:
    """The log of a recipe, with a bar where reading takes long."""
    with show.progress(f"Reading {recipe}") as progress:
        return jn.open(recipe, folder=folder, progress=progress)


def part(log: jn.EventLog, where: list[str] | None, since: str | None, until: str | None) -> jn.EventLog:
    """The cases that --where, --since and --until keep. Raises JourneyError if none is left."""
    for condition in where or []:
        name, equals, value = condition.partition("=")
        if not equals:
            raise JourneyError(f"--where {condition}: write it as NAME=VALUE, for example channel=web.")
        log = log.where({name: log.typed(name, value)})
    log = log if since is None and until is None else log.between(since, until)
    if not log.cases:
        raise JourneyError("No case is left by these filters: widen the period or the segment.")
    return log
