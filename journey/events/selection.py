"""A selection of whole cases as plain values: it can be saved, named, put in an address, and laid over any log."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from journey.errors import JourneyError
from journey.events import onwards
from journey.events.log import EventLog
from journey.model import END, START

__all__ = ["KINDS", "Selection", "Step"]

# A condition on the way of a case: its kind, then the kind's own words.
Step = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cases are looked at; empty: all.

    where           attribute (or "channel") → values, any of which a case had; None among them: missing
    start, end      first and last day on which a case began, both included, in the recipe's time zone
    did, did_not    touchpoints that a case met (each of them), that it did not meet (any of them)
    steps           conditions on the way, each a kind with its words: ("walked", "Cart", "Payment"), ("ended", "Cart"),
                    ("began", …), ("took", …), ("met", …), ("without", met, not met),
                    ("answered", role, low, high[, touchpoint]); those of paths, funnels, waits and loops stand in
                    `journey.events.onwards`
    """

    where: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    start: date | None = None
    end: date | None = None
    did: tuple[str, ...] = ()
    did_not: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return self != Selection()

    def of(self, log: EventLog) -> EventLog:
        """The cases of a log that are selected. Raises JourneyError for what the log does not know."""
        for name, values in self.where:
            log = log.where({name: [value or None for value in values]})
        if self.start or self.end:
            zone = ZoneInfo(log.recipe.time_zone or "UTC")
            # No day follows the last that dates can name.
            after = self.end + timedelta(days=1) if self.end and self.end < date.max else None
            log = log.between(_midnight(self.start, zone), _midnight(after, zone))
        log = _each(log, self.did, lambda part, name: part.met(name))
        if self.did_not:
            log = log.not_met(*self.did_not)
        for kind, *words in self.steps:
            if kind not in KINDS:
                raise JourneyError(
                    "There is no condition “{kind}”: it is one of {known}.", kind=kind, known=", ".join(KINDS)
                )
            log = KINDS[kind](log, words)
        return log

    def and_(self, *steps: Step) -> Selection:
        """The selection with further conditions on the way; one that is there already changes nothing."""
        return dataclasses.replace(self, steps=tuple(dict.fromkeys((*self.steps, *steps))))

    def with_(self, **changes: Any) -> Selection:
        """The selection with some fields changed."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> str:
        """The selection as JSON text; what is empty is left out."""
        fields = {name: getattr(self, name) for name in ("where", "did", "did_not", "steps")}
        days = {name: day.isoformat() for name, day in (("start", self.start), ("end", self.end)) if day}
        return json.dumps({**{k: v for k, v in fields.items() if v}, **days}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Selection:
        """The selection that `to_json` wrote. Raises JourneyError if the text is something else."""
        try:
            data: dict[str, Any] = json.loads(text)
            # Fails for lone surrogates: JSON can hold them, no other text can.
            json.dumps(data, ensure_ascii=False).encode()
            days = {name: date.fromisoformat(data[name]) for name in ("start", "end") if name in data}
            where = tuple((str(name), _texts(values, None)) for name, values in data.get("where", ()))
            did, did_not = (_texts(data.get(name, [])) for name in ("did", "did_not"))
            steps = tuple(dict.fromkeys(_texts(step) for step in _listed(data.get("steps", []))))
            if not all(steps):
                raise ValueError("a condition without a kind")
            return cls(where=where, did=did, did_not=did_not, steps=steps, **days)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise JourneyError(
                "This text is not a selection as Journey writes it ({error}).", error=str(error)
            ) from error


def _listed(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise TypeError("a list was expected")
    return told


def _texts(told: Any, *also: Any) -> tuple[Any, ...]:
    """A list of texts and numbers in JSON as texts; `also` is kept as it is."""
    if any(not isinstance(one, (str, int, float)) and one not in also for one in _listed(told)):
        raise TypeError("texts were expected")
    return tuple(one if one in also else str(one) for one in told)


def _each(log: EventLog, names: Iterable[str], part: Callable[[EventLog, str], EventLog]) -> EventLog:
    for name in names:
        log = part(log, name)
    return log


def _exactly(words: Sequence[str], n: int) -> Sequence[str]:
    if len(words) != n:
        raise JourneyError("This condition takes {n} words, not {got}.", n=n, got=len(words))
    return words


def _answered(log: EventLog, told: Sequence[str]) -> EventLog:
    role, low, high, *at = told if len(told) in (3, 4) else ("", "", "")
    try:
        return log.answered(role, float(low), float(high), at=at[0] if at else None)
    except ValueError as error:
        if isinstance(error, JourneyError):
            raise
        raise JourneyError(
            "An answer lies between two numbers, not “{low}” and “{high}”.", low=low, high=high
        ) from error


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)


# Each kind of condition on the way, and what it keeps.
KINDS: Final[Mapping[str, Callable[[EventLog, Sequence[str]], EventLog]]] = {
    # met every one of the touchpoints
    "met": lambda log, names: _each(log, names, lambda part, name: part.met(name)),
    # went from one straight to the other
    "walked": lambda log, pair: log.walked(_exactly(pair, 2)[0], pair[1]),
    # had the touchpoint as the first, as the last
    "began": lambda log, name: log.walked(START, _exactly(name, 1)[0]),
    "ended": lambda log, name: log.walked(_exactly(name, 1)[0], END),
    # took exactly this way
    "took": lambda log, names: log.took(names),
    # met the first, but not the second
    "without": lambda log, pair: log.met(_exactly(pair, 2)[0]).not_met(pair[1]),
    # role, low, high, and a touchpoint where it matters
    "answered": _answered,
    **onwards.KINDS,
}
