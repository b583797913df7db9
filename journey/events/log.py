"""EventLog: one lazy, indexed table of events, and the ways to look at part of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from journey.errors import JourneyError, suggest
from journey.events import sequence
from journey.events.engine import run
from journey.events.filters import Between, Filter, Met, Rated, Took, Walked, Where, timestamp
from journey.model import Place, Scale
from journey.recipe import Recipe, duration_us

if TYPE_CHECKING:
    from pathlib import Path

    from journey.events.accounts import Accounts
    from journey.events.build import Index
    from journey.events.read import Door
    from journey.events.report import ImportReport

__all__ = ["EventLog"]


@dataclass(frozen=True, eq=False)
class EventLog:
    """Events of customers at touchpoints, indexed once; nothing is computed before it is asked for.

    `where`, `between`, `met` and `not_met` keep whole cases; `only`, `without`, `collapse` and `split` change the
    sequence itself, so that a touchpoint's successor is always the true one of the log you hold.
    Make one with `journey.open(recipe)` or `journey.read(table, …)`.
    """

    index: Index
    door: Door
    report: ImportReport
    filters: tuple[Filter, ...] = ()

    @property
    def recipe(self) -> Recipe:
        """What the log was opened with."""
        return self.door.recipe

    def write_quarantine(self, file: Path) -> Path | None:
        """Write the rows and values that were set aside, with reasons, as CSV; None if there were none."""
        return self.door.write_quarantine(file)

    # --- parts of a log: whole cases -------------------------------------------------------------

    def where(self, conditions: Mapping[str, Any] | None = None, /, **attributes: Any) -> EventLog:
        """Cases with the given values: ``log.where(segment="new")``, ``log.where(channel=["web", "app"])``.

        An attribute that varies inside a case counts as met where the case had the value at least once.
        Pass a mapping for names that are no Python words. Values are one value or several (any of them);
        None means missing. Raises JourneyError for an unknown attribute or a value that never occurs.
        """
        chosen = {**(conditions or {}), **attributes}
        added = tuple(Where.of(self.index, name, values) for name, values in chosen.items())
        return dataclasses.replace(self, filters=self.filters + added)

    def between(self, start: str | date | datetime | None, end: str | date | datetime | None = None) -> EventLog:
        """Cases that began at or after `start` and before `end` (UTC); either may be None."""
        bounds = Between(timestamp(start, "start"), timestamp(end, "end"))
        return dataclasses.replace(self, filters=(*self.filters, bounds))

    def met(self, *touchpoints: str) -> EventLog:
        """Cases that met any of these touchpoints."""
        return dataclasses.replace(self, filters=(*self.filters, Met(self.codes(touchpoints), True)))

    def not_met(self, *touchpoints: str) -> EventLog:
        """Cases that met none of these touchpoints."""
        return dataclasses.replace(self, filters=(*self.filters, Met(self.codes(touchpoints), False)))

    def walked(self, source: Place, target: Place) -> EventLog:
        """Cases that went from `source` straight to `target`; `START` and `END` stand for where a case begins or ends.

        ``log.walked("Cart", jn.END)`` keeps the cases whose last touchpoint was the cart.
        """
        if not (isinstance(source, str) or isinstance(target, str)):
            raise JourneyError("Nothing lies between the start and the end: name a touchpoint.")
        codes = [self.codes([place])[0] if isinstance(place, str) else None for place in (source, target)]
        return dataclasses.replace(self, filters=(*self.filters, Walked(*codes)))

    def took(self, steps: Sequence[str]) -> EventLog:
        """Cases that took exactly this way, from their first touchpoint to their last."""
        if not steps:
            raise JourneyError("A way has at least one touchpoint.")
        return dataclasses.replace(self, filters=(*self.filters, Took(self.codes(list(steps)))))

    def answered(self, role: str, low: float, high: float, *, at: str | None = None) -> EventLog:
        """Cases with an answer from `low` to `high`, as written in the data, at a touchpoint or anywhere.

        role   "satisfaction", "effort" or "nps". Raises JourneyError where that was not asked.
        """
        if role not in self.scales:
            raise JourneyError(f"{role} was not asked.{suggest(role, list(self.scales), known='scales')}")
        code = None if at is None else self.codes([at])[0]
        return dataclasses.replace(self, filters=(*self.filters, Rated(self.scales[role].name, low, high, code)))

    # --- other sequences from the same events ----------------------------------------------------

    def only(self, touchpoints: Iterable[str]) -> EventLog:
        """The log with these touchpoints alone; transitions run between the events that stay."""
        kept = self.codes(touchpoints)
        return self._rebuilt(sequence.keep_only(self.rows(), kept))

    def without(self, touchpoints: Iterable[str]) -> EventLog:
        """The log without these touchpoints; transitions run between the events that stay."""
        dropped = set(self.codes(touchpoints))
        kept = [code for code in range(len(self.touchpoints)) if code not in dropped]
        return self._rebuilt(sequence.keep_only(self.rows(), kept))

    def collapse(self) -> EventLog:
        """Immediate repeats of a touchpoint become one event at the first one's time, with the last answer given."""
        return self._rebuilt(sequence.collapse(self.rows()))

    def split(self, gap: str) -> EventLog:
        """Histories become cases: a new case begins where more than `gap` ("30m", "2h", "7d") passed without an event.

        The parts of case “42” are called “42#1”, “42#2”, …
        """
        limit = duration_us(gap)
        rows, cases = sequence.split(self.index.backend, self.rows(), limit, self.index.case_ids)
        return self._rebuilt(rows, case_ids=cases)

    # --- what it holds ---------------------------------------------------------------------------

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Names by code. A filtered log keeps all names, also of touchpoints that no remaining case met."""
        return self.index.touchpoints.names

    @property
    def attributes(self) -> tuple[str, ...]:
        """What `where` can ask for, besides channel."""
        return tuple(self.index.attributes)

    def typed(self, attribute: str, text: str) -> Any:
        """A value as the attribute has it, from text: numbers and yes/no where the attribute is one."""
        column, codes = self.index.column(attribute)
        if codes is not None or not text:
            return text or None
        kind = self.index.table()[column].type()
        if kind.is_boolean() and text.casefold() in ("true", "false"):
            return text.casefold() == "true"
        try:
            return float(text) if kind.is_floating() else int(text) if kind.is_integer() else text
        except ValueError as error:
            raise JourneyError(f"{attribute} holds numbers, and “{text}” is none.") from error

    @property
    def scales(self) -> Mapping[str, Scale]:
        """Scales by role: satisfaction, effort, nps."""
        return self.index.scales

    def values(self, attribute: str) -> pd.Series[Any]:
        """Cases by value of an attribute or of "channel", commonest first; a case counts under each value it met."""
        column, codes = self.index.column(attribute)
        pairs = self.rows().select("cid", value=column).distinct()
        counts = run(pairs.group_by("value").agg(cases=pairs.count()))
        names: Any = [codes.names[int(v)] if codes and not pd.isna(v) else v for v in counts["value"]]
        if codes is None and pairs.value.type().is_integer() and counts["value"].hasnans:
            names = counts["value"].astype("Int64")  # pandas tells whole numbers beside missing ones as 3.0
        ordered = pd.Series(counts["cases"].to_numpy(), index=names, name="cases")
        return ordered.sort_values(ascending=False, kind="stable")

    @property
    def accounts(self) -> Accounts:
        """The accounts whose customers have a case in this log; all of them where it is not filtered.

        Raises JourneyError where the recipe tells no accounts.
        """
        # Accounts stand on logs, so only here can a log know of them.
        from journey.events.accounts_open import accounts  # noqa: PLC0415

        opened: Accounts = self.index.once("accounts", lambda: accounts(self.recipe))
        return opened.of_log(self)

    @property
    def timed(self) -> bool:
        """Whether the tables tell times; in a survey of a journey only the order of touchpoints means something."""
        return self.door.timed

    @property
    def rated(self) -> tuple[str, ...]:
        """The roles (satisfaction, effort) that were asked about touchpoints, not about the whole relation."""
        return tuple(
            role
            for role in ("satisfaction", "effort")
            if role in self.scales and self.scales[role].about == "touchpoint"
        )

    @cached_property
    def size(self) -> tuple[int, int, int]:
        """Events, cases and customers in the log as filtered."""
        if not self.filters:
            return self.index.sizes.events, self.index.sizes.cases, self.index.sizes.customers
        rows = self.rows()
        sums = {"events": rows.count(), "cases": (rows.pos == 0).sum()}
        if self.has_customers:
            sums["customers"] = rows.cust.nunique()
        events, cases, *customers = (0 if pd.isna(x) else int(x) for x in run(rows.agg(**sums)).iloc[0])
        return events, cases, customers[0] if customers else cases

    @property
    def has_customers(self) -> bool:
        """Whether customers were declared; if not, each case is its own customer."""
        return "cust" in self.index.stored.columns

    @property
    def events(self) -> int:
        return self.size[0]

    @property
    def cases(self) -> int:
        return self.size[1]

    @property
    def customers(self) -> int:
        return self.size[2]

    def codes(self, touchpoints: Iterable[str]) -> tuple[int, ...]:
        """Codes of touchpoints by name. Raises JourneyError with the nearest name for one that does not exist."""
        names = [touchpoints] if isinstance(touchpoints, str) else list(touchpoints)
        codes = []
        for name in names:
            code = self.index.touchpoints.of(name)
            if code is None:
                raise JourneyError(
                    f"There is no touchpoint “{name}”.{suggest(name, self.touchpoints, known='touchpoints')}"
                )
            codes.append(code)
        return tuple(codes)

    def table(self, *, limit: int = 1000) -> pd.DataFrame:
        """The first `limit` events as pandas, with names for codes: case, position, touchpoint, time, channel, …"""
        rows = self.index.with_case_names(self.rows())
        shown = run(rows.order_by("cid", "pos").limit(max(0, min(limit, self.events))))
        return self.index.decoded(shown)

    def rows(self, *, marked: bool = False) -> Any:
        """The index's rows that the filters keep, as an Ibis expression (for the rooms of `events` alone)."""
        rows = self.index.table(marked=marked)
        for part in self.filters:
            rows = part.apply(rows, self.index)
        return rows

    def _rebuilt(self, rows: Any, *, case_ids: Any = None) -> EventLog:
        index = self.index.rebuilt(rows, case_ids=case_ids)
        if index.sizes.events == 0:
            raise JourneyError("No events are left: choose other touchpoints or a wider filter.")
        return dataclasses.replace(self, index=index, filters=())
