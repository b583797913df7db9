"""The kinds of tables a recipe can describe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from journey.recipe.parts import Codes, Name, Names, Part, ReadOptions, refusal

__all__ = ["Answers", "Attributes", "Events", "Milestones", "Survey", "Table"]


class _File(Part):
    path: Name
    read: ReadOptions = ReadOptions()


class Events(_File):
    """One row an event. All values but `kind`, `rename`, `only` and `read` are names of columns.

    case, touchpoint, time  what happened to whom, where and when
    customer    to whom the case belongs; without it the case is the customer
    order       breaks ties of equal times, before the order of the rows
    lifecycle   start/complete: such pairs become one event with a duration; or `end_time`, a second time
    answers     scale → the column with its answers;  comment: what was said
    attributes  columns kept for filters
    rename      touchpoint as written in the data → name;  only: column → the values of the rows to keep
    """

    kind: Literal["events"]
    case: Name
    touchpoint: Name
    time: Name
    customer: Name | None = None
    channel: Name | None = None
    order: Name | None = None
    lifecycle: Name | None = None
    end_time: Name | None = None
    comment: Name | None = None
    answers: dict[Name, Name] = Field(default_factory=dict)
    attributes: Names = ()
    rename: dict[Name, Name] = Field(default_factory=dict)
    only: dict[Name, Names] = Field(default_factory=dict)


class Milestones(_File):
    """One row a case, one date column a touchpoint.

    touchpoints  date column → touchpoint
    promises     touchpoint → the column with the date it was promised for (a date without time means its end)
    channel      a column; `channels`: touchpoint → its constant channel, which goes first
    """

    kind: Literal["milestones"]
    case: Name
    touchpoints: Annotated[dict[Name, Name], Field(min_length=1)]
    promises: dict[Name, Name] = Field(default_factory=dict)
    customer: Name | None = None
    channel: Name | None = None
    channels: dict[Name, Name] = Field(default_factory=dict)
    attributes: Names = ()
    only: dict[Name, Names] = Field(default_factory=dict)


class Answers(_File):
    """Answers in a table of their own, joined to a visit of the same case (or customer).

    with `touchpoint` (a column) or `at` (a touchpoint)  the last visit there at or before `time`, else its last
    with `time` only                                     the last visit at or before it
    without all three                                    the last visit of the case
    """

    kind: Literal["answers"]
    case: Name | None = None
    customer: Name | None = None
    time: Name | None = None
    touchpoint: Name | None = None
    at: Name | None = None
    answers: Annotated[dict[Name, Name], Field(min_length=1)]
    comment: Name | None = None
    attributes: Names = ()

    @model_validator(mode="after")
    def _joined_one_way(self) -> Answers:
        if self.case is None and self.customer is None:
            raise refusal("expected “case”: the column that says whose answer it is (or “customer”)")
        if self.touchpoint is not None and self.at is not None:
            raise refusal("“touchpoint” (a column) and “at” (a touchpoint) exclude each other")
        return self


class Survey(_File):
    """One row a person, one rating column a touchpoint: each person is a case of rated visits in an implied order.

    touchpoints   rating column → touchpoint, on `scale`;  efforts: likewise, on `effort_scale`
    missing       codes of no answer: the visit stays, unanswered. As is a blank
    not_used      codes of no visit
    answers       scale → column, about the whole relation. A code of `missing` or `not_used` that lies within the
                  scale is an answer there: 0 is a blank on 1 to 5 and an answer on 0 to 10
    """

    kind: Literal["survey"]
    case: Name
    touchpoints: dict[Name, Name] = Field(default_factory=dict)
    scale: Name | None = None
    efforts: dict[Name, Name] = Field(default_factory=dict)
    effort_scale: Name | None = None
    time: Name | None = None
    missing: Codes = ()
    not_used: Codes = ()
    answers: dict[Name, Name] = Field(default_factory=dict)
    comment: Name | None = None
    attributes: Names = ()
    customer: Name | None = None

    @model_validator(mode="after")
    def _rated(self) -> Survey:
        for ratings, scale, names in (
            (self.touchpoints, self.scale, ("touchpoints", "scale")),
            (self.efforts, self.effort_scale, ("efforts", "effort_scale")),
        ):
            if ratings and scale is None:
                raise refusal(f"“{names[0]}” needs “{names[1]}”: the scale of these ratings")
            if scale is not None and not ratings:
                raise refusal(f"“{names[1]}” is given, but no “{names[0]}” that are rated on it")
            twice = sorted({name for name in ratings.values() if list(ratings.values()).count(name) > 1})
            if twice:
                raise refusal(f"two columns of “{names[0]}” rate the same touchpoint, “{twice[0]}”")
        if not self.touchpoints and not self.efforts:
            raise refusal("expected “touchpoints”: rating column → touchpoint")
        return self


class Attributes(_File):
    """Facts about a case or customer in a table of their own.

    key       the column here that holds the id;  on: the column of the events or milestones it joins (default: same)
    columns   what to take over;  customer: the column that says to which customer the case belongs
    """

    kind: Literal["attributes"]
    key: Name
    on: Name | None = None
    columns: Names = ()
    customer: Name | None = None

    @model_validator(mode="after")
    def _brings_something(self) -> Attributes:
        if not self.columns and self.customer is None:
            raise refusal("expected “columns”: what to take over from this table")
        return self


Table = Annotated[Events | Milestones | Answers | Survey | Attributes, Field(discriminator="kind")]
