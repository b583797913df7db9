"""The ground and the small parts of a recipe, as pydantic models: frozen, with no key beyond those named here."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from journey.errors import JourneyError
from journey.model import Scale
from journey.recipe.duration import duration_us

__all__ = [
    "Codes",
    "Component",
    "Designed",
    "Duration",
    "Listening",
    "Name",
    "Names",
    "Part",
    "Promise",
    "ReadOptions",
    "ScaleSpec",
    "refusal",
]


def _as_list(value: Any) -> Any:
    """One name is a list of one."""
    return (value,) if isinstance(value, str) else value


def refusal(why: str) -> PydanticCustomError:
    """Why a part is refused; the words go in as context, because braces in them are not a template's."""
    return PydanticCustomError("refused", "{why}", {"why": why})


def _duration(text: str) -> str:
    duration_us(text)
    return text


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError) as error:
        raise refusal("expected an encoding such as utf-8, cp1252 or utf-16") from error
    return name


Name = Annotated[str, Field(pattern=r"\S")]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list)]
Code = Annotated[float | str, Field(union_mode="left_to_right")]  # a number where it reads as one
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_list)]
Delimiter = Annotated[
    str, Field(min_length=1, max_length=1), BeforeValidator(lambda text: "\t" if text == "tab" else text)
]
Duration = Annotated[str, AfterValidator(_duration)]
# As journey.model.COMPONENTS, written out because a type must be; a test holds them together.
Component = Literal["dissatisfaction", "effort", "exit", "rework", "wait", "switch", "help"]


class Part(BaseModel):
    """What every part shares: frozen, finite numbers only, and unknown keys refused with the known ones at hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _no_unknown_keys(cls, data: Any) -> Any:
        unknown = [key for key in data if key not in cls.model_fields] if isinstance(data, Mapping) else []
        if unknown:
            # Not left to `extra="forbid"`, which does not know what the key could have been.
            context = {"unknown": unknown, "known": list(cls.model_fields)}
            raise PydanticCustomError("unknown_keys", "unknown keys", context)
        return data


class ReadOptions(Part):
    """How a file is written, where it cannot be, or should not be, found out: under ``read:`` of a table.

    dayfirst   whether 02/03/2024 is the second of March
    decimal    “.” or “,”
    delimiter  one character; “tab” for tabs
    encoding   utf-8, cp1252, …
    sheet      name of the sheet in a workbook
    """

    dayfirst: bool | None = None
    decimal: Literal[".", ","] | None = None
    delimiter: Delimiter | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    sheet: Name | None = None


class ScaleSpec(Part):
    """A scale as a recipe declares it. NPS is always 0 to 10 and, unless said otherwise, about the relation.

    `good` may be left out for csat and nps only: effort and other ratings are asked in both directions.
    """

    metric: Literal["csat", "ces", "nps", "rating"]
    low: float | None = None
    high: float | None = None
    good: Literal["high", "low"] | None = None
    question: str | None = None
    about: Literal["touchpoint", "relation"] | None = None

    _RANGE: ClassVar[str] = "expected “low” and “high”: the least and greatest answer that can be given"
    _GOOD: ClassVar[str] = (
        "expected “good”: which end is good. “good: high” if a high answer is good (“it was easy”), "
        "“good: low” if it is bad (“how much effort”)"
    )

    @model_validator(mode="after")
    def _complete(self) -> ScaleSpec:
        if self.metric != "nps" and (self.low is None or self.high is None):
            raise refusal(self._RANGE)
        if self.metric in ("ces", "rating") and self.good is None:
            raise refusal(self._GOOD)
        try:
            self.scale("")
        except JourneyError as error:
            raise refusal(str(error).split(": ", 1)[-1].rstrip(".")) from error
        return self

    def scale(self, name: str) -> Scale:
        """The instrument under its name."""
        nps = self.metric == "nps"
        return Scale(
            name,
            0.0 if self.low is None else self.low,
            10.0 if self.high is None else self.high,
            good=self.good or "high",
            metric=self.metric,
            question=self.question,
            about=self.about or ("relation" if nps else "touchpoint"),
        )


class Promise(Part):
    """A visit is promised within a time since the last visit of another touchpoint (None: the event before it)."""

    within: Duration
    since: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        return {"within": data} if isinstance(data, str) else data

    @property
    def within_us(self) -> int:
        """The promised time in microseconds."""
        return duration_us(self.within)


class Listening(Part):
    """How comments are to be heard.

    names        attributes of the tables whose values are people's names: they are masked wherever a comment has them
    spontaneous  touchpoints whose texts nobody asked for (reviews, chats, tickets), though they may bring a rating.
                 Elsewhere a comment beside an answer was asked for, one without any answer was not
    """

    names: Names = ()
    spontaneous: Names = ()


class Designed(Part):
    """The map as people drew it. Stages and touchpoints default to the recipe's.

    transitions   pairs [from, to] that are expected;  optional: touchpoints that may be skipped
    parallel      groups of touchpoints that may come in any order: [[Device activation, Welcome call]]
    starts, ends  where cases may begin and end (default: what nothing leads to; what leads nowhere, goal and ends)
    """

    stages: dict[Name, Names] = Field(default_factory=dict)
    touchpoints: Names = ()
    transitions: tuple[tuple[Name, Name], ...] = ()
    optional: Names = ()
    parallel: tuple[tuple[Name, ...], ...] = ()
    starts: Names = ()
    ends: Names = ()
