"""The import report: what was read, how it was understood, and what was set aside and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

__all__ = ["ImportReport", "Observed", "TableReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A scale as declared, and the answers that were seen on it.

    low, high        as declared; `good` is the end that is good
    lowest, highest  least and greatest answer kept; None where there was none
    n                answers kept; outside: answers set aside because they lie outside the scale
    whole            whether all answers kept are whole numbers
    """

    name: str
    low: float
    high: float
    good: str
    lowest: float | None = None
    highest: float | None = None
    n: int = 0
    outside: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """One table. `read` = `kept` + all of `quarantined`; rows in `left_out` were not asked for and are in neither.

    read         rows that were asked for
    kept         rows used; two rows may make one event (start and complete), one row several (milestones)
    events       events made of them
    quarantined  reason → rows that could not be used
    set_aside    reason → single values (an answer, a date) that could not be used, in rows that were kept
    left_out     reason → rows left out on purpose (`only`, other lifecycle states)
    understood   how the file was read: delimiter, encoding, decimal, times of each column, …
    """

    path: str
    kind: str
    read: int
    kept: int
    events: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    understood: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What happened at the door, over all tables. `read` = `kept` + the sum of `quarantined`, in rows.

    quarantine_file  CSV with table, row, reason and the raw values of all that was quarantined or set aside
    ties             events at the same time as another of their case; their order is the order of the rows
    duplicates       events equal to another in case, touchpoint and time
    seen_once        touchpoints met by a single event
    answer_rates     scale → share of visits with an answer (0–1)
    first, last      times of the first and last event, UTC
    notes            sentences about what was understood or is worth a look
    """

    tables: tuple[TableReport, ...]
    quarantine_file: Path | None = None
    ties: int | None = None
    duplicates: int | None = None
    seen_once: tuple[str, ...] = ()
    scales: tuple[Observed, ...] = ()
    answer_rates: Mapping[str, float] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return sum(table.read for table in self.tables)

    @property
    def kept(self) -> int:
        return sum(table.kept for table in self.tables)

    @property
    def quarantined(self) -> dict[str, int]:
        """Reason → rows, over all tables."""
        return _added(table.quarantined for table in self.tables)

    @property
    def set_aside(self) -> dict[str, int]:
        """Reason → values set aside in rows that were kept, over all tables."""
        return _added(table.set_aside for table in self.tables)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for mapping in counts:
        for reason, n in mapping.items():
            total[reason] = total.get(reason, 0) + n
    return total
