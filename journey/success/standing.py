"""Where a relation stands, for the adviser: facts gathered from the log, the accounts and their revenue."""

from __future__ import annotations

from journey.errors import JourneyError
from journey.events.accounts import Accounts
from journey.events.log import EventLog
from journey.events.setting import setting
from journey.success.advice import Facts
from journey.success.revenue import Revenue, revenue

__all__ = ["facts_of"]


def facts_of(accounts: Accounts, log: EventLog | None, *, becomes: str | None = None) -> Facts:
    """What the advice is told from; what the tables don't tell stays unknown.

    becomes   the touchpoint at which a case becomes a customer (default: the recipe's goals)

    A customer's yearly revenue is twelve times the mean MRR of those who pay; what a support contact costs is the
    recipe's cost of help.
    """
    around = None if log is None else setting(log, goal=becomes)
    try:
        money = revenue(accounts)
    except JourneyError:
        money = None
    arpu = None if money is None else money.arpu.value
    customers = accounts.n if money is None or money.customers is None else money.customers
    return Facts(
        cycle_days=None if around is None else around.cycle_days,
        customers=customers,
        yearly_value=None if arpu is None else 12 * arpu,
        contact_cost=accounts.recipe.costs.get("help"),
        digital_share=None if around is None else around.digital_share,
        exit_share=None if around is None else around.exit_share,
        yearly_churn=_yearly(money),
        measured_share=None if around is None else around.measured_share,
    )


def _yearly(money: Revenue | None) -> float | None:
    """Share of customers that leave in a year: counted where a year is told, else the last month's, a year long."""
    if money is not None and money.year is not None and money.year.logo_churn.value is not None:
        return money.year.logo_churn.value
    return None if money is None or money.month is None else money.month.yearly_churn.value
