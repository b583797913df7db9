"""The commercial side of customers, as a recipe describes it: under ``accounts:``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from journey.recipe.parts import Name, Names, Part, ReadOptions, refusal

__all__ = ["Accounts", "ChurnEvents", "FirstValue", "Movements", "People", "Subscriptions", "Tickets", "Usage"]


def _day(text: Any) -> Any:
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise refusal("expected a day such as 2026-06-30")
    try:
        return date.fromisoformat(text.strip()) if isinstance(text, str) else text
    except ValueError as error:
        raise refusal(f"there is no day “{text}”") from error


def _share(value: float) -> float:
    if not 0 < value <= 1:
        raise refusal("expected a share above 0 and up to 1, such as 0.6")
    return value


Day = Annotated[date, BeforeValidator(_day)]


class _File(Part):
    """What every table of accounts shares. `only`: column → the values of the rows to keep."""

    path: Name
    read: ReadOptions = ReadOptions()
    only: dict[Name, Names] = Field(default_factory=dict)


class Movements(_File):
    """MRR over time, one row a change: `mrr` after it, or `change`; both are held against each other where given.

    account, date  whose, and when;  currency: the column that says in which money
    movement       what the table calls it (new, expansion, contraction, churn, reactivation): held against the amounts
    """

    account: Name
    date: Name
    mrr: Name | None = None
    change: Name | None = None
    movement: Name | None = None
    currency: Name | None = None

    @model_validator(mode="after")
    def _tells_amounts(self) -> Movements:
        if self.mrr is None and self.change is None:
            raise refusal("expected “mrr”: the column with the MRR after the movement (or “change”: by how much)")
        return self


class Subscriptions(_File):
    """MRR over time, one row a subscription, from `start` until the day `end` (blank: it still runs).

    id        the subscription's own id, where other tables name it
    overlaps  what several at a time of one account mean: “add” up their MRR, or the “last” replaces those before
    """

    account: Name
    start: Name
    end: Name | None = None
    mrr: Name
    id: Name | None = None
    currency: Name | None = None
    overlaps: Literal["add", "last"] | None = None


class ChurnEvents(_File):
    """One row for each time that an account left, with the reason and what it said."""

    account: Name
    date: Name
    reason: Name | None = None
    comment: Name | None = None


class _Of(_File):
    """A table whose rows belong to an account, to a person of one, or to a subscription."""

    account: Name | None = None
    person: Name | None = None
    subscription: Name | None = None

    @model_validator(mode="after")
    def _of_one(self) -> _Of:
        if self.account is None and self.person is None and self.subscription is None:
            raise refusal("expected “account”: the column that says whose row it is (or “person”, or “subscription”)")
        if self.account is not None and self.subscription is not None:
            raise refusal("“account” and “subscription” exclude each other")
        return self


class Usage(_Of):
    """What was used: a row at a `date`, or the sums of a month that begins on `month`.

    date      with it a row is one use (of `feature`), `times` often
    month     with it a row is a month: `days` active in it, `times` used, `features` how many different ones
    """

    date: Name | None = None
    month: Name | None = None
    days: Name | None = None
    times: Name | None = None
    feature: Name | None = None
    features: Name | None = None

    @model_validator(mode="after")
    def _dated(self) -> Usage:
        if (self.date is None) == (self.month is None):
            raise refusal("expected “date” (a row is one use) or “month” (a row sums up a month), one of the two")
        if self.month is not None and self.days is None and self.times is None:
            raise refusal("expected “days”: the column with the active days of the month (or “times”: how often)")
        for name, given, other in (("days", self.days, "month"), ("features", self.features, "month")):
            if given is not None and self.month is None:
                raise refusal(f"“{name}” goes with “{other}”: a row at a date is one use")
        if self.feature is not None and self.date is None:
            raise refusal("“feature” goes with “date”; a month has “features”: how many different ones")
        return self


class Tickets(_Of):
    """Support tickets: `opened`, `first_reply` (or `first_reply_minutes`) and `solved`; blank: not yet."""

    opened: Name
    first_reply: Name | None = None
    first_reply_minutes: Name | None = None
    solved: Name | None = None
    topic: Name | None = None
    channel: Name | None = None

    @model_validator(mode="after")
    def _replied_one_way(self) -> Tickets:
        if self.first_reply is not None and self.first_reply_minutes is not None:
            raise refusal("“first_reply” (a time) and “first_reply_minutes” exclude each other")
        if self.first_reply is None and self.first_reply_minutes is None and self.solved is None:
            raise refusal("expected “solved” or “first_reply”: without either no time can be told")
        return self


class People(_File):
    """The people of an account: `person` is the customer of the events, `account` the account they belong to."""

    person: Name
    account: Name


class FirstValue(Part):
    """What first value is: a `column` of accounts with its date, the first visit of a `touchpoint`, or of a `feature`.

    Several touchpoints or features: whichever comes first. “any” feature is the first use at all.
    """

    column: Name | None = None
    touchpoint: Names = ()
    feature: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_of(self) -> FirstValue:
        if sum(map(bool, (self.column, self.touchpoint, self.feature))) != 1:
            raise refusal("expected one of “column”, “touchpoint” and “feature”: what first value is")
        return self


class Accounts(_File):
    """One row an account; all but `as_of`, `margin`, `observed_months`, `term_months` and the tables name columns.

    account      tells the accounts apart;  customer: the customer of the events it is (default: the same id)
    start        the day it began; or `tenure_months`, how long it has been (or was) a customer, where no dates are kept
    observed_months   with tenure: for how long leaving was recorded; who left before is not in the table, and who
                 left then is taken to have left in the middle of that time
    term_months  for how many months an account binds itself at a time, from its start
    plan, segment, seats, goal, renewal, churn, reason   as known on `as_of`; `churned`: a flag without a date
    mrr, paid    MRR as known on `as_of`; all that was paid so far (with tenure: its mean a month stands for MRR)
    currency     the column that says in which money; the recipe's own `currency` where all are alike
    as_of        the last day that the tables know of (default: the latest day in them)
    margin       what is left of a unit of revenue, for lifetime value (default 1: revenue, not profit)
    value        what first value is
    """

    account: Name
    customer: Name | None = None
    start: Name | None = None
    tenure_months: Name | None = None
    observed_months: Annotated[float, Field(gt=0)] | None = None
    term_months: Annotated[float, Field(gt=0)] | None = None
    plan: Name | None = None
    segment: Name | None = None
    seats: Name | None = None
    goal: Name | None = None
    renewal: Name | None = None
    churn: Name | None = None
    churned: Name | None = None
    reason: Name | None = None
    mrr: Name | None = None
    paid: Name | None = None
    currency: Name | None = None
    attributes: Names = ()
    as_of: Day | None = None
    margin: Annotated[float, AfterValidator(_share)] | None = None
    value: FirstValue | None = None
    movements: Movements | None = None
    subscriptions: Subscriptions | None = None
    churn_events: ChurnEvents | None = None
    usage: Usage | None = None
    tickets: Tickets | None = None
    people: People | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Accounts:
        if self.start is None and self.tenure_months is None:
            raise refusal("expected “start”: the column with the day an account began (or “tenure_months”)")
        for one, other, why in (
            ("start", "tenure_months", "a day and a length of time"),
            ("mrr", "paid", "MRR, and what was paid in all"),
            ("movements", "subscriptions", "two tables of MRR over time"),
            ("customer", "people", "the account is a customer, or has people"),
        ):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise refusal(f"“{one}” and “{other}” exclude each other: {why}")
        if self.tenure_months is None:
            for name in ("observed_months", "paid"):
                if getattr(self, name) is not None:
                    raise refusal(f"“{name}” goes with “tenure_months”")
        elif dated := [name for name, _ in self.tables() if name not in ("accounts", "people")]:
            raise refusal(f"“{dated[0]}” needs days: “tenure_months” tells none. Give “start”")
        if self.value is not None and self.value.feature and (self.usage is None or self.usage.date is None):
            raise refusal("first value by “feature” needs “usage” with a “date”")
        return self

    def tables(self) -> Iterator[tuple[str, _File]]:
        """Each table with the key it stands under; the accounts themselves first."""
        yield "accounts", self
        for name in ("movements", "subscriptions", "churn_events", "usage", "tickets", "people"):
            table = getattr(self, name)
            if table is not None:
                yield name, table

    def columns(self) -> Mapping[str, str]:
        """What it means → the column, of the accounts' own table."""
        names = (
            "customer", "start", "tenure_months", "plan", "segment", "seats", "goal", "renewal", "churn", "churned",
            "reason", "mrr", "paid", "currency",
        )  # fmt: skip
        found = {name: column for name in names if (column := getattr(self, name)) is not None}
        if self.value is not None and self.value.column is not None:
            found["value"] = self.value.column
        return found
