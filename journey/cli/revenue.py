"""The verb `revenue`: where revenue came from and went, who stays, and what a customer is worth."""

from __future__ import annotations

from typing import Annotated

import typer

import journey as jn
from journey.cli import accounts as shared
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Until, Where, app
from journey.cli.machine import print_json
from journey.draw.accounts_words import amount, money, unsaid
from journey.draw.words import interval, share
from journey.success.revenue import Window

__all__ = ["revenue"]


@app.command()
def revenue(
    recipe: Recipe,
    folder: Folder = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    margin: Annotated[float | None, typer.Option(help="What is left of a unit of revenue: 0.6 (default 1).")] = None,
    discount: Annotated[float, typer.Option(help="What a year's wait takes off money, for lifetime value.")] = 0.10,
    horizon: Annotated[int, typer.Option(help="Months that lifetime value looks ahead at most.")] = 36,
    months: Annotated[int, typer.Option(min=1, help="How many months of movements to show.")] = 6,
    json: Json = False,
) -> None:
    """MRR movements, ARPU, churn, gross and net retention, lifetime value and cohorts of accounts.

    Example: python -m journey revenue data/lumo/journey.yaml --where segment=B2B
    """
    accounts = shared.accounts_of(recipe, folder, where, since, until)
    found = jn.revenue(accounts, margin=margin, discount=discount, horizon=horizon)
    if json:
        print_json({**shared.as_json(accounts), "revenue": found})
        return
    shared.heading(accounts)
    _now(found)
    _movements(found, months)
    _windows(found)
    _watched(found)
    _worth(found)
    _cohorts(found)
    for told in unsaid(found.missing):
        show.line(told)
    shared.notes(accounts)


def _now(found: jn.Revenue) -> None:
    if found.customers is None or not found.customers:
        return
    show.line(
        f"MRR {money(found.mrr, found.currency)} of {found.customers:,} paying customers: ARPU "
        f"{amount(found.arpu, found.currency)} a month."
    )


def _watched(found: jn.Revenue) -> None:
    """How many left, where no month can be looked at."""
    if found.month is None and found.churned.value is not None:
        show.line(f"{interval(found.churned, '.1%')} of {found.churned.n:,} accounts left while they were watched.")


def _movements(found: jn.Revenue, months: int) -> None:
    if not found.months:
        return
    table = shared.table(
        "month", "start", "+ new", "+ expansion", "+ reactivation", "− contraction", "− churn", "= end"
    )
    for one in found.months[-months:]:
        amounts = (one.start, one.new, one.expansion, one.reactivation, one.contraction, one.churn, one.end)
        name = f"{one.month:%Y-%m}" + ("" if one.complete else " (so far)")
        table.add_row(name, *(f"{value:,.0f}" for value in amounts))
    show.out.print(table)


def _windows(found: jn.Revenue) -> None:
    windows = [(name, one) for name, one in (("last month", found.month), ("last 12 months", found.year)) if one]
    if not windows:
        return
    table = shared.table("", "customers at start", "logo churn", "gross retention", "net retention")
    for name, one in windows:
        churn, grr, nrr = (interval(m, ".1%") for m in (one.logo_churn, one.grr, one.nrr))
        table.add_row(f"{name} (to {one.end:%Y-%m-%d})", f"{one.customers:,}", churn, grr, nrr)
    show.out.print(table)
    if found.month is not None and found.month.yearly_churn.value is not None:
        show.line(
            f"If every month were like the last, {interval(found.month.yearly_churn, '.0%')} would leave within a year."
        )
    for name, one in windows:
        _sources(name, one)


def _sources(name: str, one: Window) -> None:
    """Logo churn by each source, where there are several."""
    if len(one.logo_churn_by) < 2:
        return
    told = "; ".join(f"by {by} {interval(m, '.1%')} of {m.n:,}" for by, m in one.logo_churn_by.items())
    show.line(f"Logo churn, {name}: {told}.")


def _worth(found: jn.Revenue) -> None:
    worth = found.lifetime
    if worth is None:
        return
    basis = "revenue, not profit" if worth.margin == 1 else f"at a margin of {share(worth.margin)}"
    shorter = (
        f" ({worth.asked} were asked, but customers were not watched for longer)" if worth.months < worth.asked else ""
    )
    show.line(
        f"Lifetime value over {worth.months} months{shorter}: {amount(worth.ltv, found.currency)}, {basis}, discounted "
        f"by {share(worth.discount)} a year; {share(worth.stay[-1].value)} of customers are still there then."
    )


def _cohorts(found: jn.Revenue) -> None:
    cohorts = [one for one in found.cohorts if len(one.retention) > 1]
    if not cohorts:
        return
    ages = [age for age in (1, 3, 6, 12, 18, 24) if any(len(one.retention) > age for one in cohorts)]
    table = shared.table("began in", "customers", *(f"after {age} m" for age in ages))
    for one in cohorts[-8:]:
        kept = [f"{one.retention[age].value:.0%}" if len(one.retention) > age else "" for age in ages]
        table.add_row(f"{one.month:%Y-%m}", f"{one.customers:,}", *kept)
    show.out.print(table)
    show.line(
        "Cohorts: share of those who first paid in a month that still pays. Intervals are 95%; --json has them all."
    )
