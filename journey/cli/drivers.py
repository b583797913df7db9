"""The verb `drivers`: which touchpoints go with an overall outcome, and how its answer looks."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.driver_words import CAUTION, amount, asked, effect, explained, headline, kind, notes, ranks
from journey.draw.words import interval
from journey.errors import JourneyError

__all__ = ["drivers"]

# Characters from which all columns have room.
WIDE = 140


@app.command()
def drivers(
    recipe: Recipe,
    folder: Folder = None,
    outcome: Annotated[
        str,
        typer.Option(help="A scale about the whole relation, a bound on it such as nps<=6, or a touchpoint met later."),
    ] = "nps",
    touchpoints: Annotated[
        list[str] | None, typer.Option("--touchpoint", metavar="NAME", help="Look at these alone; may be repeated.")
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="TOUCHPOINT", help="With a touchpoint: look from each case's first visit here."),
    ] = None,
    horizon: Annotated[str | None, typer.Option(help="With a touchpoint: how far ahead it counts, 30d …")] = None,
    method: Annotated[
        str | None, typer.Option(help="lmg (every order; up to 14 touchpoints by itself) or johnson (beyond).")
    ] = None,
    odds: Annotated[
        bool, typer.Option("--odds", help="Odds ratios too, by a model of ordered answers or of yes and no; slow.")
    ] = False,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 10,
    json: Json = False,
) -> None:
    """Which touchpoints drive an overall outcome: importance, effects, penalty and reward, and how sure that is.

    Example: python -m journey drivers data/lumo/journey.yaml
    Example: python -m journey drivers data/lumo/journey.yaml --outcome Renewed --horizon 60d --top 5
    """
    if method not in (None, "lmg", "johnson"):
        raise JourneyError(f"--method {method}: choose lmg or johnson.")
    log = part(opened(recipe, folder), where, since, until)
    how = {"touchpoints": touchpoints or None, "after": after, "horizon": horizon}
    found = jn.drivers(log, outcome, method=method, **how)  # type: ignore[arg-type]
    ratios = jn.driver_odds(log, outcome, **how) if odds else ()  # type: ignore[arg-type]
    if json:
        print_json({**show.about(log), "drivers": found, **({"odds": ratios} if odds else {})})
        return
    show.heading(log)
    show.line(f"{headline(found)}.")
    show.line(f"{asked(found)} {explained(found)}")
    show.out.print(_table(found, top))
    show.out.print(_rewards(found, top))
    if ratios:
        show.out.print(_odds(ratios[:top]))
    for text in notes(found):
        show.line(f"• {text}")
    unit = "points of the answer" if found.kind == "answer" else "percentage points of probability (pp)"
    show.line(
        f"Effects are {unit}: of one scale step better, of meeting it against not, all other touchpoints as they are. "
        "Penalty and reward, of a bad and a good rating against one between, count toward the outcome's good end. "
        "Intervals are 95%, by customer; * stands out among all at a false discovery rate of 10%. " + CAUTION
    )


def _columns(*names: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        left = name == "touchpoint"
        table.add_column(name, justify="left" if left else "right", no_wrap=not left)
    return table


def _table(found: jn.Drivers, top: int) -> Table:
    wide = show.out.width >= WIDE
    more = ("meeting it", "met", "rated", "mean rating") if wide else ()
    table = _columns("", "touchpoint", "importance", "rank", "one step better", *more)
    for one in found.drivers[:top]:
        cells = [
            str(one.rank),
            escape(one.at) + ("*" if one.clear else ""),
            interval(one.importance, ".0%"),
            ranks(one),
            effect(one.slope, found),
        ]
        if wide:
            cells += [effect(one.meeting, found), f"{one.met:,}", f"{one.rated:,}", interval(one.performance, ".0%")]
        table.add_row(*cells)
    return table


def _rewards(found: jn.Drivers, top: int) -> Table | str:
    """Penalty and reward, of those with enough ratings of all kinds."""
    known = [one for one in found.drivers[:top] if one.penalty.value is not None]
    if not known:
        return "Too few bad, middling and good ratings to tell penalty from reward."
    wide = show.out.width >= WIDE
    table = _columns("touchpoint", "penalty of a bad rating", "reward of a good one", "asymmetry", "kind")
    for one in known:
        table.add_row(
            escape(one.at),
            effect(one.penalty, found) if wide else amount(one.penalty.value, found),
            effect(one.reward, found) if wide else amount(one.reward.value, found),
            interval(one.asymmetry, "+.2f"),
            kind(one),
        )
    return table


def _odds(ratios: tuple[jn.Odds, ...]) -> Table:
    table = _columns("touchpoint", "odds ratio, one step better", "odds ratio, meeting it")
    for one in ratios:
        table.add_row(escape(one.at), interval(one.rating, ".2f"), interval(one.meeting, ".2f"))
    return table
