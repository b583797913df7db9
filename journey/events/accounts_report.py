"""What happened when the accounts were read: rows set aside, and where the tables contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from journey.events.report import TableReport

__all__ = ["AccountsReport", "ChurnFrom", "Contradiction"]

ChurnFrom = Literal["churn events", "revenue", "churn dates", "flags", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two sources that do not say the same. Neither is changed; `wins` says which one numbers follow.

    kind      what disagrees: "flag without date", "date without flag", "left but pays", "pays no more but stays",
              "churn date differs", "MRR differs", "movement named otherwise", "change differs", "left again",
              "pays before start", "used before start"
    n, of     accounts (or rows) that disagree, of so many that both sources speak of
    examples  ids of some
    one, other  the two sources;  wins: the one that numbers follow, None where it is no matter of choice
    """

    kind: str
    n: int
    of: int
    examples: tuple[str, ...]
    one: str
    other: str
    wins: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsReport:
    """What was understood of the accounts, what was set aside and why, and where tables contradict each other.

    as_of       the last day that the tables know of; None where they tell no days. `as_of_told`: the recipe says it
    currency    what money is in; None where nobody says
    churn_from  what decides who left and when; `signs` holds how many accounts each source says have left
    """

    tables: tuple[TableReport, ...]
    accounts: int
    as_of: date | None
    as_of_told: bool
    currency: str | None
    churn_from: ChurnFrom
    signs: Mapping[str, int]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def quarantined(self) -> dict[str, int]:
        """Reason → rows that could not be used, over all tables."""
        total: dict[str, int] = {}
        for table in self.tables:
            for reason, n in table.quarantined.items():
                total[reason] = total.get(reason, 0) + n
        return total
