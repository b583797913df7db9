"""The verb `value`: how soon customers get what they came for."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

import journey as jn
from journey.cli import accounts as shared
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Until, Where, app
from journey.cli.machine import print_json
from journey.draw.accounts_words import term, unsaid
from journey.draw.words import interval
from journey.model import Measure

__all__ = ["value"]

WAITS = (("d", 86400), ("h", 3600), ("min", 60))


@app.command()
def value(
    recipe: Recipe,
    folder: Folder = None,
    by: Annotated[str | None, typer.Option(help="Compare by this attribute of accounts: plan, segment …")] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """How soon customers get what they came for, how much they use it, and how long they wait for support.

    Example: python -m journey value data/lumo/journey.yaml --by segment
    """
    accounts = shared.accounts_of(recipe, folder, where, since, until)
    found = _value(accounts, by)
    use, support = _engagement(accounts), _resolution(accounts)
    if json:
        print_json({**shared.as_json(accounts), "value": found, "engagement": use, "resolution": support})
        return
    shared.heading(accounts)
    if found is None:
        show.line("The recipe does not say what first value is: add “value” under “accounts”.")
    else:
        _first_value(found)
    _use(use)
    _support(support)
    shared.notes(accounts)


def _value(accounts: jn.Accounts, by: str | None) -> jn.TimeToValue | None:
    """Time to value; None where only use and support can be told. Raises JourneyError where nothing can."""
    spec = accounts.recipe.accounts
    told = spec is not None and spec.value is not None
    return None if not told and (accounts.has("usage") or accounts.has("tickets")) else jn.value(accounts, by=by)


def _first_value(found: jn.TimeToValue) -> None:
    show.line(
        f"First value is “{found.what}”: {found.reached:,} of {found.n:,} accounts have reached it, {found.left:,} "
        f"left before, {found.waiting:,} still wait."
    )
    names = [f"by day {day}" for day in found.share_by]
    table = shared.table("", "accounts", "half of those who stay", "three in four", *names, f"by day {found.days}")
    for one in (found, *found.groups):
        shares = [interval(one.share_by[day], ".0%") if day in one.share_by else "–" for day in found.share_by]
        name = "all" if one.group is None else escape(one.group)
        table.add_row(
            name, f"{one.n:,}", term(one.median), term(one.three_quarters), *shares, interval(one.share, ".0%")
        )
    show.out.print(table)
    if found.achievers_median is not None and found.median.value is not None:
        show.line(
            f"The median of those alone who have reached it, {found.achievers_median:.0f} d, forgets who still waits: "
            "it is too short wherever some do."
        )
    show.line(
        "Times: Kaplan–Meier, if they stay. Shares: Aalen–Johansen, of all accounts, with leaving as the other end. "
        "Intervals are 95%."
    )
    if found.early:
        show.line(f"{found.early:,} accounts met it before their start only; that is not counted.")


def _engagement(accounts: jn.Accounts) -> jn.Engagement | None:
    return jn.engagement(accounts) if accounts.has("usage") else None


def _resolution(accounts: jn.Accounts) -> jn.Resolution | None:
    if not accounts.has("tickets"):
        return None
    spec = accounts.recipe.accounts
    return jn.resolution(accounts, by="topic" if spec and spec.tickets and spec.tickets.topic else None)


def _use(found: jn.Engagement | None) -> None:
    if found is None:
        return
    last = found.last
    told = [f"{interval(last.active, '.1%')} of {last.customers:,} customers used it from {last.start} to {last.end}"]
    users = "people" if found.people else "accounts"
    for name, measure, form in (("DAU/MAU", last.dau_mau, ".2f"), ("WAU/MAU", last.wau_mau, ".2f")):
        told += [f"{name} {interval(measure, form)}"] if measure.value is not None else []
    if last.breadth.value is not None:
        told.append(f"{interval(last.breadth, '.1f')} features each")
    show.line(f"Use: {', '.join(told)} (n = {last.users:,} {users}).")
    if found.fell.value is not None:
        show.line(
            f"{interval(found.fell, '.0%')} of {found.fell.n:,} customers use it half as much or less than in the time "
            "before that."
        )
    if last.others:
        show.line(f"{last.others:,} accounts used it although they were no customers then; they are left out.")
    for sentence in unsaid(found.missing):
        show.line(sentence)


def _support(found: jn.Resolution | None) -> None:
    if found is None or not found.n:
        return
    table = shared.table("tickets", "n", "open", "half answered", "9 in 10 answered", "half solved", "9 in 10 solved")
    for one in (found, *found.groups[:6]):
        waits = (one.reply_median_s, one.reply_p90_s, one.solved_median_s, one.solved_p90_s)
        still = "–" if one.open is None else f"{one.open:,}"
        table.add_row("all" if one.group is None else escape(one.group), f"{one.n:,}", still, *map(_wait, waits))
    show.out.print(table)
    show.line("Waits count open tickets for as long as they have waited.")


def _wait(measure: Measure) -> str:
    """A wait with its interval, in the unit it is thought in."""
    unit, size = next((pair for pair in WAITS if (measure.value or 0) >= pair[1]), WAITS[-1])
    value, low, high = (None if end is None else end / size for end in (measure.value, measure.low, measure.high))
    return term(Measure(value, low, high, measure.n), unit, ".1f")
