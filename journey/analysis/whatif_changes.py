"""What a what-if may change: frozen, written as JSON, each said against how things are today."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final

from journey.errors import JourneyError
from journey.model import END, START, Boundary, Place

__all__ = ["KINDS", "Change", "Leave", "Rating", "Scenario", "Send", "Share", "Wait"]


@dataclass(frozen=True, slots=True)
class Leave:
    """More or fewer leave at a touchpoint; those kept go on as the others who go on from there.

    by   relative: −0.2 is a fifth fewer than leave there today, −1 nobody, +0.5 half as many again
    """

    kind: ClassVar[str] = "leave"
    at: str
    by: float

    def __post_init__(self) -> None:
        _number(self.by, -1, math.inf, "Leaving at “{at}” changes by −100% or more, not {got}.", at=self.at)


@dataclass(frozen=True, slots=True)
class Send:
    """Some of those who go from a touchpoint to `less` go to `more` instead.

    at      the touchpoint they come from, or `START`: then they begin elsewhere
    share   of those who go from `at` to `less` today (0–1)
    """

    kind: ClassVar[str] = "send"
    at: Place
    less: Place
    more: Place
    share: float

    def __post_init__(self) -> None:
        _number(self.share, 0, 1, "“{at}”: from 0% to 100% can be sent elsewhere, not {got}.", at=self.at)
        if self.less == self.more:
            raise JourneyError("“{at}”: “{more}” is where they go already.", at=self.at, more=self.more)


@dataclass(frozen=True, slots=True)
class Share:
    """The share itself of those who go from a touchpoint to another; the other ways share the rest as they do today.

    share   of the visits to `at` (0–1). Several shares of one touchpoint hold together, before any other change
    """

    kind: ClassVar[str] = "share"
    at: Place
    to: Place
    share: float

    def __post_init__(self) -> None:
        text = "{at} → {to}: a share lies between 0 and 1, got {got}."
        _number(self.share, 0, 1, text, at=self.at, to=self.to)


@dataclass(frozen=True, slots=True)
class Wait:
    """The wait for a touchpoint, the time since the event before, takes longer or shorter.

    times   what every wait is multiplied by: 0.5 halves them (above 0, at most 10)
    after   only the waits of those who come from there
    """

    kind: ClassVar[str] = "wait"
    at: str
    times: float
    after: str | None = None

    def __post_init__(self) -> None:
        text = "The wait for “{at}” is multiplied by a number above 0, at most 10, not by {got}."
        _number(self.times, 0, 10, text, at=self.at)
        if self.times == 0:
            raise JourneyError(text, at=self.at, got="0")


@dataclass(frozen=True, slots=True)
class Rating:
    """The mean satisfaction at a touchpoint rises or falls.

    by   points of the scale towards its good end: +0.5 is half a point better
    """

    kind: ClassVar[str] = "rating"
    at: str
    by: float

    def __post_init__(self) -> None:
        text = "“{at}”: a rating changes by a number of points, not by {got}."
        _number(self.by, -math.inf, math.inf, text, at=self.at)


Change = Leave | Send | Share | Wait | Rating
KINDS: Final[Mapping[str, type[Change]]] = {one.kind: one for one in (Leave, Send, Share, Wait, Rating)}
_NUMBERS: Final = frozenset({"by", "share", "times"})


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes with a name, to be kept and compared."""

    name: str
    changes: tuple[Change, ...]

    def to_json(self) -> str:
        """The changes as JSON text, a list of objects with a `kind`; `START` and `END` are objects of their own."""
        return json.dumps([_written(change) for change in self.changes], ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, name: str, text: str) -> Scenario:
        """The scenario that `to_json` wrote. Raises JourneyError if the text is something else."""
        try:
            told = json.loads(text)
            json.dumps(told, ensure_ascii=False).encode()  # fails for lone surrogates, which no other text can hold
        except (ValueError, RecursionError) as error:
            raise JourneyError("These are not changes as Journey writes them ({error}).", error=str(error)) from error
        return cls(name, read(told))


def read(told: Any) -> tuple[Change, ...]:
    """Changes from what JSON holds. Raises JourneyError with the place of the first that can't be read."""
    if not isinstance(told, Sequence) or isinstance(told, str):
        raise JourneyError("Changes are a list of objects, each with a “kind”.")
    return tuple(_read(one, n) for n, one in enumerate(told, start=1))


def _written(change: Change) -> dict[str, Any]:
    values = {field.name: getattr(change, field.name) for field in fields(change)}
    places = {
        name: {"boundary": "start" if value is START else "end"} if isinstance(value, Boundary) else value
        for name, value in values.items()
        if value is not None
    }
    return {"kind": change.kind, **places}


def _read(told: Any, n: int) -> Change:
    kind = told.get("kind") if isinstance(told, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise JourneyError("Change {n}: its “kind” is one of {known}.", n=n, known=", ".join(KINDS))
    made = KINDS[kind]
    known = {field.name: field for field in fields(made)}
    given = {name: value for name, value in told.items() if name != "kind"}
    for name in given:
        if name not in known:
            raise JourneyError(
                "Change {n} ({kind}) has no “{name}”: it takes {known}.",
                n=n,
                kind=kind,
                name=str(name)[:60],
                known=", ".join(known),
            )
    lacking = [name for name in known if name not in given and name != "after"]
    if lacking:
        raise JourneyError("Change {n} ({kind}) lacks “{name}”.", n=n, kind=kind, name=lacking[0])
    boundaries = kind in ("send", "share")
    values: dict[str, Any] = {
        name: _amount(value, n, name) if name in _NUMBERS else _place(value, n, name, boundaries=boundaries)
        for name, value in given.items()
        if value is not None or name != "after"
    }
    return made(**values)


def _amount(value: Any, n: int, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise JourneyError("Change {n}: “{name}” is a number.", n=n, name=name)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _place(value: Any, n: int, name: str, *, boundaries: bool) -> Any:
    if isinstance(value, str):
        return value
    if boundaries and value in ({"boundary": "start"}, {"boundary": "end"}):
        return START if value["boundary"] == "start" else END
    raise JourneyError("Change {n}: “{name}” is the name of a touchpoint.", n=n, name=name)


def _number(got: float, low: float, high: float, text: str, **values: Any) -> None:
    if not (math.isfinite(got) and low <= got <= high):
        raise JourneyError(text, got=f"{got:g}", **{name: str(value) for name, value in values.items()})
