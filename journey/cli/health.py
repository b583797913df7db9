"""The verb `health`: how accounts are, in two numbers, what became of such accounts, and where to begin."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

import journey as jn
from journey.cli import accounts as shared
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Until, Where, app
from journey.cli.machine import print_json
from journey.draw.health import BAND_NAMES, QUADRANT_NAMES
from journey.draw.health_words import advice, because, order
from journey.draw.words import interval, share
from journey.errors import JourneyError
from journey.success.advice import advise
from journey.success.quadrant import Quadrants, quadrants
from journey.success.standing import facts_of

__all__ = ["health"]


@app.command()
def health(
    recipe: Recipe,
    folder: Folder = None,
    horizon: Annotated[int, typer.Option(min=1, help="How many days ahead leaving is looked at.")] = 90,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="PART=NUMBER", help="usage, sentiment, support, outcomes or commercial; may be repeated."),
    ] = None,
    becomes: Annotated[
        str | None, typer.Option(metavar="TOUCHPOINT", help="Where a case becomes a customer (default: the goal).")
    ] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """How accounts are: a score to recompute, the learnt chance of leaving, and whether effort goes to CX or CS first.

    Example: python -m journey health data/lumo/journey.yaml --becomes "Contract signature"
    """
    accounts = shared.accounts_with_log(recipe, folder, where, since, until)
    risk = jn.churn(accounts, horizon=horizon)
    found = jn.health(risk, weights=_weights(weight or []))
    feels = _quadrants(risk)
    first = advise(facts_of(accounts, accounts.log, becomes=becomes))
    if json:
        told: dict[str, Any] = {"health": {**_plain(found)}, "quadrants": None if feels is None else _plain(feels)}
        print_json({**shared.as_json(accounts), **told, "advice": first})
        return
    shared.heading(accounts)
    table = shared.table("score", "accounts now", f"stayed {horizon} days", "learnt chance of leaving")
    for one in found.bands:
        name = f"{BAND_NAMES[one.name]} ({one.low:.0f}–{one.high:.0f})"
        table.add_row(name, f"{one.accounts:,}", interval(one.stayed, ".1%"), share(one.risk))
    show.out.print(table)
    show.line(order(found))
    if feels is not None:
        table = shared.table("feels × achieves", "accounts now", "MRR", f"stayed {horizon} days", "chance of leaving")
        for quarter in feels.quadrants:
            name = escape(QUADRANT_NAMES[quarter.name])
            stayed = interval(quarter.stayed, ".1%")
            table.add_row(name, f"{quarter.accounts:,}", f"{quarter.mrr:,.0f}", stayed, share(quarter.risk))
        show.out.print(table)
        show.line(
            f"Feeling well begins at {share(feels.feels_cut)} of the scales, achieving at {share(feels.achieves_cut)}: "
            f"the middle accounts. {feels.unplaced:,} accounts told too little to be placed."
        )
    show.line(advice(first))
    for reason in first.reasons:
        show.line(f"• {because(reason)}")
    show.line(
        f"The score is the mean of {', '.join(found.parts)}; {share(found.coverage)} of its weights are known. "
        "Stayed: of accounts on earlier days, 95% intervals. Association is not cause."
    )


def _quadrants(risk: jn.Churn) -> Quadrants | None:
    try:
        return quadrants(risk)
    except JourneyError as error:
        show.line(str(error))
        return None


def _plain(found: Any) -> dict[str, Any]:
    """A result without the row for each account: those are no matter for a summary."""
    return {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "accounts"}


def _weights(told: list[str]) -> dict[str, float] | None:
    weights = {}
    for one in told:
        name, _, value = one.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError as error:
            raise JourneyError(f"--weight {one}: write it as PART=NUMBER, “usage=2”.") from error
    return weights or None
