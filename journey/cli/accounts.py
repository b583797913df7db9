"""What the verbs on accounts share: which accounts are asked for, and what is said of them all."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

import journey as jn
from journey.cli import show
from journey.cli.common import opened, part
from journey.draw.accounts_words import about, contradiction, footnotes, set_aside
from journey.errors import JourneyError
from journey.recipe import load

__all__ = ["accounts_of", "accounts_with_log", "as_json", "heading", "notes", "table"]


def accounts_of(
    recipe: Path, folder: Path | None, where: list[str] | None, since: str | None, until: str | None
) -> jn.Accounts:
    """The accounts of a recipe; with conditions, those that have the value, or whose customers' cases have it.

    A recipe of accounts alone has no cases that --since and --until could choose.
    """
    loaded = load(recipe, folder=None if folder is None else str(folder))
    found = jn.accounts(loaded)
    own = [one for one in where or [] if one.partition("=")[0] in found.attributes and "=" in one]
    others = [one for one in where or [] if one not in own]
    if others or since or until:
        if not loaded.tables:
            known = ", ".join(found.attributes)
            raise JourneyError(f"This recipe has no events to choose cases from. Accounts can be chosen by {known}.")
        log = part(opened(recipe, folder), others, since, until)
        found = log.accounts
        if not found.n:
            raise JourneyError("No account belongs to a customer of these cases.")
    for condition in own:
        name, _, value = condition.partition("=")
        found = found.where({name: value})
    return found


def accounts_with_log(
    recipe: Path, folder: Path | None, where: list[str] | None, since: str | None, until: str | None
) -> jn.Accounts:
    """As `accounts_of`, with the log that they come with where there is one, for what accounts lived through."""
    loaded = load(recipe, folder=None if folder is None else str(folder))
    found = accounts_of(recipe, folder, where, since, until)
    if found.log is None and loaded.tables:
        return dataclasses.replace(found, log=opened(recipe, folder))
    return found


def as_json(accounts: jn.Accounts) -> dict[str, Any]:
    """What every answer begins with: how much was looked at, and what is wrong with it."""
    report = accounts.report
    return {
        "journey": accounts.recipe.name,
        "accounts": accounts.n,
        "of_accounts": accounts.of,
        "as_of": None if report.as_of is None else report.as_of.isoformat(),
        "currency": report.currency,
        "churn_from": report.churn_from,
        "signs": report.signs,
        "contradictions": report.contradictions,
        "quarantined": report.quarantined,
    }


def heading(accounts: jn.Accounts) -> None:
    currency = f", money in {accounts.currency}" if accounts.currency else ""
    show.out.print(Text(accounts.recipe.name, style="bold"), Text(about(accounts.report, accounts.n) + currency))


def notes(accounts: jn.Accounts) -> None:
    """What decides who left, where the tables contradict each other, and what was set aside."""
    report = accounts.report
    spec = accounts.recipe.accounts
    assert spec is not None  # else there would be no accounts
    for told in footnotes(spec, report):
        show.line(told)
    if report.contradictions:
        show.line("The tables contradict each other; nothing was averaged:")
    for one in report.contradictions:
        show.line(f"• {contradiction(one)}")
    for told in set_aside(report):
        show.line(f"• {told}")


def table(first: str, *others: str) -> Table:
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    drawn.add_column(first, justify="left")
    for name in others:
        drawn.add_column(name, justify="right", no_wrap=True)
    return drawn
