"""How path complexity and loops look in a terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.complexity_words import about_many, many
from journey.draw.words import interval, place, share, span
from journey.errors import JourneyError

__all__ = ["complexity"]

FEWEST = 20  # cases of a value that is compared
WIDE = 120  # characters from which no column is broken


@app.command()
def complexity(
    recipe: Recipe,
    folder: Folder = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Side by side for the values of an attribute.")] = None,
    loops_by: Annotated[str, typer.Option(help="Order of loops: rounds, time or satisfaction.")] = "rounds",
    longest: Annotated[int, typer.Option(min=1, max=5, help="Moves of a way around.")] = 5,
    planned: Annotated[bool, typer.Option("--planned", help="With ways around that are planned to repeat.")] = False,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 8,
    json: Json = False,
) -> None:
    """How many ways there are in effect, where they part, and what cases come back to.

    Example: python -m journey complexity data/lumo/journey.yaml --by segment

    Example: python -m journey complexity data/lumo/journey.yaml --loops-by satisfaction
    """
    log = part(opened(recipe, folder), where, since, until)
    found = jn.complexity(log)
    parts = _parts(log, by) if by else {}
    loops = jn.loops(log, by=loops_by, longest=longest, planned=planned, limit=top)
    if json:
        print_json({**show.about(log), "complexity": found, "by": by, "parts": parts, "loops": loops})
        return
    show.heading(log)
    _whole(found, top)
    if parts:
        _compared(by or "", parts)
    _loops(log, loops)


def _parts(log: jn.EventLog, by: str) -> dict[str, jn.Complexity]:
    """Complexity of each value's cases, commonest first."""
    counts = log.values(by)
    if counts.empty:
        raise JourneyError("Nothing is known of {name}.", name=by)
    found = {}
    for value, cases in list(counts.items())[:12]:
        if cases >= FEWEST:
            found[str(value)] = jn.complexity(log.where({by: value}))
    return found


def _whole(found: jn.Complexity, top: int) -> None:
    show.line(about_many(found))
    table = _table("ways part after", "visits per case", "ways on, in effect", "of the complexity")
    for one in found.forks[:top]:
        table.add_row(escape(place(one.at)), f"{one.visits:.2f}", f"{one.choices:.1f}", share(one.share))
    show.out.print(table)
    bits = interval(found.bits, ".2f")
    show.line(
        f"Entropy of a way: {bits} bits ({found.plain:.2f} before the correction for few visits), n = {found.cases:,} "
        "cases. In effect: as many equally likely ones would be as hard to foretell."
    )


def _compared(by: str, parts: dict[str, jn.Complexity]) -> None:
    table = _table(by, "cases", "touchpoints", "bits", "ways in effect", "ways on a step")
    for value, one in parts.items():
        table.add_row(
            escape(value),
            f"{one.cases:,}",
            f"{one.steps:.1f}",
            interval(one.bits, ".1f"),
            many(one.paths.value),
            f"{one.choices:.2f}",
        )
    show.out.print(table)


def _loops(log: jn.EventLog, found: jn.Loops) -> None:
    for knot in found.tangles[:3]:
        listed = ", ".join(knot.touchpoints)
        show.line(f"Hangs together in circles: {listed} ({share(knot.share)} of all moves).")
    if found.tangles:
        show.line(
            f"Circles are of the commonest moves, {share(found.covered)} of all; {share(found.hidden)} are hidden."
        )
    if not found.trips:
        show.line("Nobody came back to a touchpoint, but for what is planned to repeat.")
        return
    felt = any(one.difference.value is not None for one in found.trips)
    names = ["cases", "rounds", "of those that could", *(["a round takes"] if log.timed else [])]
    table = _table("way around", *names, *(["satisfaction, difference"] if felt else []))
    for one in found.trips:
        row = [f"{one.cases:,}", f"{one.rounds:,}", interval(one.share, ".1%")]
        row += [span(one.seconds)] if log.timed else []
        row += [interval(one.difference, "+.2f").replace("-", "−") + (" clear" if one.clear else "")] if felt else []
        table.add_row(escape(" → ".join((*one.way, "↩"))), *row)
    show.out.print(table)
    show.line(
        f"These are {share(found.listed)} of the {found.rounds:,} rounds of at most {found.longest} moves, those "
        "planned to repeat included. Difference: those who came round, less those who could have and did not. "
        "Association is not cause."
    )


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, justify="left", min_width=12)
    for name in others:
        table.add_column(name, justify="right", no_wrap=show.out.width >= WIDE)
    return table
