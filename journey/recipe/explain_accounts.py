"""The accounts of a recipe in plain sentences."""

from __future__ import annotations

from journey.recipe.accounts import Accounts, Movements, Subscriptions, Tickets, Usage

__all__ = ["accounts_told"]

FACTS = ("plan", "segment", "seats", "goal", "renewal", "churn", "churned", "reason", "mrr", "paid")
OVERLAPS = {
    "add": "; several at a time add up",
    "last": "; a new one replaces the one before",
    None: "; one at a time",
}


def accounts_told(accounts: Accounts, currency: str | None) -> list[str]:
    """One sentence a table, and one on each thing that was said about them all."""
    said = [f"Accounts, {accounts.path}: {_own(accounts)}."]
    if accounts.movements is not None:
        said.append(f"MRR over time, {accounts.movements.path}: {_movements(accounts.movements)}.")
    if accounts.subscriptions is not None:
        said.append(f"MRR over time, {accounts.subscriptions.path}: {_subscriptions(accounts.subscriptions)}.")
    if (left := accounts.churn_events) is not None:
        said.append(
            f"Leaving, {left.path}: one row each time an account (“{left.account}”) left, on “{left.date}”; these "
            "dates go before every other sign of churn."
        )
    if accounts.usage is not None:
        said.append(f"Usage, {accounts.usage.path}: {_usage(accounts.usage)}.")
    if accounts.tickets is not None:
        said.append(f"Tickets, {accounts.tickets.path}: {_tickets(accounts.tickets)}.")
    if (people := accounts.people) is not None:
        said.append(f"People, {people.path}: “{people.person}” belongs to the account “{people.account}”.")
    said += _value(accounts)
    if accounts.as_of is not None:
        said.append(f"The accounts are as known on {accounts.as_of:%Y-%m-%d}.")
    if currency:
        said.append(f"Money is in {currency}.")
    if accounts.margin is not None:
        said.append(f"Of a unit of revenue {accounts.margin:g} is left, for lifetime value.")
    return said


def _own(accounts: Accounts) -> str:
    said = f"one row an account (“{accounts.account}”)"
    if accounts.start is not None:
        said += f" since “{accounts.start}”"
    else:
        said += f" for “{accounts.tenure_months}” months, without dates"
    if accounts.observed_months is not None:
        said += f"; leaving was recorded for {accounts.observed_months:g} months"
    if accounts.people is None:
        said += f"; “{accounts.customer or accounts.account}” is the customer of the events"
    facts = [f"{name} “{column}”" for name in FACTS if (column := getattr(accounts, name)) is not None]
    said += f"; {', '.join(facts)}" if facts else ""
    return said + (f"; kept for filters: {', '.join(accounts.attributes)}" if accounts.attributes else "")


def _movements(table: Movements) -> str:
    amounts = [f"“{table.mrr}” after it"] if table.mrr else []
    amounts += [f"changed by “{table.change}”"] if table.change else []
    named = f"; called “{table.movement}”" if table.movement else ""
    return f"one row a change of “{table.account}” on “{table.date}”, {' and '.join(amounts)}{named}"


def _subscriptions(table: Subscriptions) -> str:
    until = f" until “{table.end}”" if table.end else ""
    return (
        f"one row a subscription of “{table.account}” from “{table.start}”{until}, “{table.mrr}” a month"
        f"{OVERLAPS[table.overlaps]}"
    )


def _usage(table: Usage) -> str:
    whose = table.account or table.person or table.subscription
    if table.date is not None:
        what = f" of “{table.feature}”" if table.feature else ""
        return f"one row a use{what} by “{whose}” on “{table.date}”"
    facts = [f"{name} “{column}”" for name in ("days", "times", "features") if (column := getattr(table, name))]
    return f"one row a month of “{whose}” from “{table.month}” on; {', '.join(facts)}"


def _tickets(table: Tickets) -> str:
    whose = table.account or table.person or table.subscription
    facts = [f"first reply “{table.first_reply}”"] if table.first_reply else []
    facts += [f"first reply after “{table.first_reply_minutes}” minutes"] if table.first_reply_minutes else []
    facts += [f"{name} “{column}”" for name in ("solved", "topic", "channel") if (column := getattr(table, name))]
    return f"one row a ticket of “{whose}”, opened “{table.opened}”; {', '.join(facts)}"


def _value(accounts: Accounts) -> list[str]:
    value = accounts.value
    if value is None:
        return []
    if value.column is not None:
        return [f"First value is the day in “{value.column}”."]
    if value.touchpoint:
        return ["First value is the first visit of " + " or ".join(f"“{name}”" for name in value.touchpoint) + "."]
    if value.feature == ("any",):
        return ["First value is the first use."]
    return ["First value is the first use of " + " or ".join(f"“{name}”" for name in value.feature) + "."]
