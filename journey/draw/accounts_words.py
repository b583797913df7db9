"""Accounts in words: where tables contradict each other, what can't be said and why, and times that have no end yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from journey.draw.words import ENGLISH, N_, Say, interval
from journey.events.accounts_report import AccountsReport, Contradiction
from journey.model import Measure
from journey.recipe import Accounts as Spec

__all__ = [
    "CHURN_FROM",
    "WHY_NOT",
    "about",
    "amount",
    "contradiction",
    "footnotes",
    "money",
    "set_aside",
    "term",
    "unsaid",
]

# What decides who left, and what else tells of it.
SOURCES: Final[Mapping[str, str]] = {
    "churn events": N_("the churn events"),
    "revenue": N_("the revenue"),
    "churn dates": N_("the churn dates of the accounts"),
    "flags": N_("the churn flags of the accounts"),
    "accounts": N_("the table of accounts"),
    "usage": N_("the usage"),
    "changes": N_("the revenue"),
    "amounts": N_("the amounts"),
    "movement": N_("the names of the movements"),
    "change": N_("the amounts of the changes"),
    "mrr": N_("the MRR after them"),
}

CHURN_FROM: Final[Mapping[str, str]] = {
    "churn events": N_("An account has left on the day of its first churn event."),
    "revenue": N_("An account has left on the day on which its MRR first fell to nothing."),
    "churn dates": N_("An account has left on its churn date."),
    "flags": N_("An account has left if its churn flag says so; no table tells when."),
    "nothing": N_("No table tells who left."),
}

KINDS: Final[Mapping[str, str]] = {
    "flag without date": N_("{n:,} of {of:,} accounts flagged as churned have not left by {other}"),
    "date without flag": N_("{n:,} of {of:,} accounts that left by {one} are not flagged as churned"),
    "left but pays": N_("{n:,} of {of:,} accounts that left by {one} still pay on the last day"),
    "pays no more but stays": N_("{n:,} of {of:,} accounts that pay no more on the last day have not left by {other}"),
    "churn date differs": N_("{n:,} of {of:,} accounts that left by {one} and by {other} did so on different days"),
    "MRR differs": N_("{n:,} of {of:,} accounts have another MRR in {one} than in {other}"),
    "change differs": N_("{n:,} of {of:,} movements change the MRR by another amount than told"),
    "movement named otherwise": N_("{n:,} of {of:,} movements are called otherwise than their amounts say"),
    "left again": N_("{n:,} of {of:,} accounts left more than once; the first time counts"),
    "pays before start": N_("{n:,} of {of:,} accounts paid before their start"),
    "used before start": N_("{n:,} of {of:,} accounts used it before their start"),
}

WHY_NOT: Final[Mapping[str, str]] = {
    "no days": N_("the tables tell how long customers stayed, but no days"),
    "one day": N_("MRR is known on one day only; add “movements” or “subscriptions” to the recipe"),
    "no money": N_("no table tells what customers pay"),
    "nobody pays": N_("nobody pays anything"),
    "short": N_("nobody paid yet when that time began"),
    "young": N_("fewer than 30 customers were watched for a month"),
    "undated": N_("no table tells when customers left"),
    "months": N_("sums by month don't tell it"),
    "untold": N_("the table has no such column"),
}

WHAT: Final[Mapping[str, str]] = {
    "movements": N_("Movements of MRR"),
    "month": N_("Churn and retention of the month"),
    "year": N_("Churn and retention of the year"),
    "cohorts": N_("Cohorts"),
    "arpu": N_("ARPU"),
    "lifetime": N_("Lifetime value"),
    "dau_mau": N_("DAU/MAU"),
    "wau_mau": N_("WAU/MAU"),
    "breadth": N_("Breadth of use"),
}


def about(report: AccountsReport, n: int, say: Say = ENGLISH) -> str:
    """How many accounts are looked at, and as known on which day."""
    if report.as_of is None:
        return say("{n:,} of {of:,} accounts", n=n, of=report.accounts)
    return say("{n:,} of {of:,} accounts, as known on {day}", n=n, of=report.accounts, day=say.day(report.as_of))


def contradiction(one: Contradiction, say: Say = ENGLISH) -> str:
    """What disagrees, how often, which source goes, and examples."""
    first, second = (say(SOURCES[name]) for name in (one.one, one.other))
    said = [say(KINDS[one.kind], n=one.n, of=one.of, one=first, other=second)]
    if one.wins is not None:
        said.append(say("numbers follow {wins}", wins=say(SOURCES[one.wins])))
    return say("{said} (for example {examples}).", said="; ".join(said), examples=", ".join(one.examples))


def set_aside(report: AccountsReport, say: Say = ENGLISH) -> Iterator[str]:
    """A sentence for each table of which rows were set aside. Reasons are as the reader of tables writes them."""
    for table in report.tables:
        if n := sum(table.quarantined.values()):
            why = "; ".join(f"{say.number(k)} × {reason}" for reason, k in table.quarantined.items())
            yield say(
                "{path}: {n:,} of {of:,} rows could not be used ({why}).", path=table.path, n=n, of=table.read, why=why
            )


def footnotes(spec: Spec, report: AccountsReport, say: Say = ENGLISH) -> Iterator[str]:
    """What decides who left, and what stands for what, as far as it is not plain from the tables."""
    yield say(CHURN_FROM[report.churn_from])
    if spec.observed_months is not None:
        yield say(
            "Leaving was watched for the last {months:g} months only: who left before is not in the table, and nobody "
            "counts as watched for longer. Who left is taken to have left in the middle of that time.",
            months=spec.observed_months,
        )
    if spec.paid is not None:
        yield say("MRR is what each customer has paid so far, divided by its months.")
    if report.as_of is not None and not report.as_of_told:
        yield say(
            "The recipe does not say up to which day the tables are complete; {day} is the latest in them.",
            day=say.day(report.as_of),
        )


def unsaid(missing: Mapping[str, str], say: Say = ENGLISH) -> Iterator[str]:
    """A sentence for each reason why something can't be said."""
    reasons: dict[str, list[str]] = {}
    for what, why in missing.items():
        reasons.setdefault(why, []).append(say(WHAT[what]))
    for why, names in reasons.items():
        yield say("{what} can't be told: {why}.", what=", ".join(names), why=say(WHY_NOT[why]))


def money(value: float | None, currency: str | None, say: Say = ENGLISH) -> str:
    """An amount in its currency: whole where it is large."""
    if value is None:
        return "–"
    told = say.number(value, ",.0f" if abs(value) >= 1000 or value == 0 else ",.2f").replace("-", "−")
    return f"{told} {currency}" if currency else told


def term(measure: Measure, unit: str = "d", form: str = ".0f", say: Say = ENGLISH) -> str:
    """A time with its interval, ``60 d (58–61)``; where its end is not seen yet, ``60 d (58 or more)``."""
    if measure.value is None:
        return "–"
    value = f"{say.number(measure.value, form)} {unit}"
    if measure.high is None:
        return say("{value} ({low} or more)", value=value, low=say.number(measure.low, form))
    low = say.number(measure.low if measure.low is not None else measure.value, form)
    return f"{value} ({low}–{say.number(measure.high, form)})"


def amount(measure: Measure, currency: str | None, say: Say = ENGLISH) -> str:
    """An amount with its interval and its currency."""
    form = ",.0f" if (measure.value or 0) >= 1000 else ",.2f"
    told = interval(measure, form, say)
    return f"{told} {currency}" if currency and measure.value is not None else told
