"""The verbs on what carries the goal: `flow` and `attribution`, and how they look in a terminal."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.analysis.levers import shifts
from journey.cli import show
from journey.cli.common import Folder, Goal, Json, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.words import interval, place, share, span
from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["attribution", "flow"]

Recipe = Annotated[
    Path | None, typer.Argument(metavar="[RECIPE]", help="journey.yaml: where the tables are, what they mean.")
]
Paths = Annotated[
    Path | None,
    typer.Option("--paths", metavar="FILE", help="Instead of a recipe: a CSV of path; total_conversions; total_null."),
]
Separator = Annotated[
    str | None, typer.Option(metavar="TEXT", help="With --paths: what stands between touchpoints (default “ > ”).")
]
Remembers = Annotated[
    str,
    typer.Option("--order", metavar="1|2|auto", help="How far back the chain remembers (auto: what foretells best)."),
]


@app.command()
def flow(
    recipe: Recipe = None,
    folder: Folder = None,
    paths: Paths = None,
    separator: Separator = None,
    goal: Goal = None,
    order: Remembers = "auto",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 8,
    json: Json = False,
) -> None:
    """What carries the goal, where the time goes, and which shift of visits is worth most.

    Cases are followed to their first goal.

    Example: python -m journey flow data/lumo/journey.yaml --where segment=B2B
    """
    source = _source(recipe, folder, paths, separator, where, since, until)
    found = jn.flow(source, goal=goal or None, order=_order(order))
    if json:
        fields = [field.name for field in dataclasses.fields(found) if field.name != "chain"]
        print_json({**_about(source), "flow": {name: getattr(found, name) for name in fields}})
        return
    _heading(source)
    _goal(found)
    _memory(found)
    _removal(found, top)
    _bottlenecks(found, top)
    _levers(found, top)
    show.line(
        f"Shares are of visits; intervals are 95%, n = {found.cases:,} cases. Association is not cause: a lever says "
        "what a shift is worth if those who are moved go on like those who are there; an experiment tells."
    )


@app.command()
def attribution(
    recipe: Recipe = None,
    folder: Folder = None,
    paths: Paths = None,
    separator: Separator = None,
    goal: Goal = None,
    order: Remembers = "auto",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 15,
    json: Json = False,
) -> None:
    """Share the goals out among the touchpoints met before: Markov and Shapley side by side.

    Example: python -m journey attribution data/lumo/journey.yaml --goal "Contract signature"
    """
    source = _source(recipe, folder, paths, separator, where, since, until)
    found = jn.attribution(source, goal=goal or None, order=_order(order))
    if json:
        print_json({**_about(source), "attribution": found})
        return
    _heading(source)
    show.line(
        f"{_named(found.goal)}: {found.reached:,} of {found.cases:,} cases reached it, {found.split:,} of them by way "
        "of another touchpoint. These are shared out:"
    )
    _credits(found, top)
    apart = sum(one.disagree for one in found.credits)
    show.line(
        f"Each column adds up to {found.split:,} cases over all {len(found.credits)} touchpoints. Markov: removal "
        f"effects of a chain of {_th(found.order)} order, scaled to add up; Shapley: each goal split equally among the "
        f"touchpoints that its case met. On {apart} they disagree (⚠): one gives a fifth more than the other at least, "
        "and the interval of the difference leaves out 0. Intervals are 95%. Neither is a cause: a step that everyone "
        "takes gets much credit wherever it stands; only an experiment tells what a touchpoint brings."
    )


def _source(
    recipe: Path | None,
    folder: Path | None,
    paths: Path | None,
    separator: str | None,
    where: list[str] | None,
    since: str | None,
    until: str | None,
) -> jn.EventLog | jn.PathJourney:
    if (recipe is None) == (paths is None):
        raise JourneyError("Name a recipe (journey.yaml), or a table of paths by --paths FILE.")
    if paths is not None:
        if where or since or until or folder:
            raise JourneyError(
                "--paths takes no --where, --since, --until or --folder: a table of paths has no events."
            )
        return jn.read_paths(paths, separator=separator)
    if separator is not None:
        raise JourneyError("--separator goes with --paths.")
    assert recipe is not None
    return part(opened(recipe, folder), where, since, until)


def _order(text: str) -> Literal[1, 2, "auto"]:
    known: dict[str, Literal[1, 2, "auto"]] = {"1": 1, "2": 2, "auto": "auto"}
    if text not in known:
        raise JourneyError(f"--order {text}: it is 1, 2 or auto.")
    return known[text]


def _about(source: jn.EventLog | jn.PathJourney) -> dict[str, object]:
    return show.about(source) if isinstance(source, jn.EventLog) else {"cases": source.cases}


def _heading(source: jn.EventLog | jn.PathJourney) -> None:
    if isinstance(source, jn.EventLog):
        show.heading(source)
    else:
        show.line(f"{source.cases:,} cases on {len(source.paths):,} paths")


def _named(goal: tuple[str, ...]) -> str:
    return "Goal " + " or ".join(f"“{name}”" for name in goal)


def _th(order: int) -> str:
    return "second" if order == 2 else "first"


def _goal(found: jn.Flow) -> None:
    counted = f" ({round(found.cases * (found.observed.value or 0)):,} of {found.cases:,} cases)"
    show.line(f"{_named(found.goal)}: reached by {interval(found.goal_rate, '.1%')}{counted}.")
    lasts = f", {span(found.duration_s)}" if found.duration_s is not None else ""
    show.line(f"A case takes {interval(found.steps, '.1f')} steps (sd {found.steps_sd:.1f}){lasts} until goal or end.")


def _memory(found: jn.Flow) -> None:
    """How the order was chosen, and how far the chain can be believed."""
    if found.memory is not None:
        matters = "matters" if found.memory.best == 2 else "tells nothing more"
        show.line(
            f"Chain of {_th(found.order)} order, for where a case came from {matters}: knowing it changes the "
            f"log-likelihood of a move of unseen customers by {interval(found.memory.gain, '+.4f')} nats."
        )
    gaps = {at: abs(_value(one) - _value(found.reach[at])) for at, one in found.met.items() if at in found.reach}
    if gaps:
        worst = max(gaps, key=lambda at: gaps[at])
        show.line(
            f"The chain gives the counted goal rate exactly. Its reach is farthest off at “{worst}”: "
            f"{share(found.reach[worst].value)}, and {share(found.met[worst].value)} of the cases were there."
        )


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, justify="left")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _removal(found: jn.Flow, top: int) -> None:
    rows = [at for at, one in found.removal.items() if at not in found.goal and one.value]
    if not rows:
        if not found.goal_rate.value:
            show.line("No case reaches the goal, so no touchpoint can be said to carry it.")
        else:
            show.line("Every goal is reached at once, so no touchpoint comes before it.")
        return
    rows.sort(key=lambda at: -_value(found.removal[at]))
    counted = ["counted"] if found.through else []
    table = _table("goal passes through", "removal effect", *counted, "reach", "returns")
    for at in rows[:top]:
        flag = " (mandatory)" if at in found.mandatory else ""
        effect, reach = interval(found.removal[at], ".0%"), interval(found.reach[at], ".0%")
        passed = [share(found.through[at].value)] if counted else []
        table.add_row(escape(f"{at}{flag}"), effect, *passed, reach, f"{found.returns[at]:.2f}")
    show.out.print(table)
    if counted:
        show.line("Counted: the share of the cases with the goal that were there; the chain's is the removal effect.")
    if found.mandatory:
        show.line("Mandatory: nobody reached the goal without it; that is the order of steps, not its value.")


def _bottlenecks(found: jn.Flow, top: int) -> None:
    if not found.bottlenecks:
        return
    table = _table("time goes by after", "per case", "of all time", "per visit")
    for one in found.bottlenecks[:top]:
        table.add_row(escape(one.at), span(one.seconds), share(one.share), span(one.wait_s))
    show.out.print(table)


def _levers(found: jn.Flow, top: int) -> None:
    if not found.levers:
        if found.goal_rate.value == 1:
            show.line("Every case reaches the goal, so no shift of visits could win more.")
        return
    table = _table("1% of the visits to", "instead of", "to", "goal rate", "cases")
    for one in shifts(found.levers, found.goal)[:top]:
        less, more = escape(place(one.less)), escape(place(one.more))
        table.add_row(
            escape(one.at),
            less,
            more,
            f"{100 * one.gain:+.2f} points",
            f"{one.cases:+,.{0 if one.cases >= 10 else 1}f}",
        )
    show.out.print(table)


def _credits(found: jn.Attribution, top: int) -> None:
    wide = show.out.width >= 120
    table = _table("touchpoint", "Markov", "Shapley", "", "first", "last", "linear", "met")
    for one in found.credits[:top]:
        both = (one.markov, one.shapley)
        table.add_row(
            escape(one.at),
            *(interval(m, ",.0f") if wide else f"{_value(m):,.0f}" for m in both),
            "⚠" if one.disagree else "",
            *(f"{x:,.0f}" for x in (one.first, one.last, one.linear, one.met)),
        )
    show.out.print(table)


def _value(measure: Measure) -> float:
    return measure.value or 0.0
