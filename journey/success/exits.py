"""Why customers leave, and where they were last: reasons by last touchpoint, from interviews and from the accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from journey.estimate.measures import wilson
from journey.model import Measure

__all__ = ["ReasonAt", "ReasonTable", "exit_reasons"]

MOST: Final = 6  # last touchpoints that stand by themselves
LEAST: Final = 5  # departures before a share is told


@dataclass(frozen=True, slots=True)
class ReasonAt:
    """One reason at one last touchpoint: `count`, and its share of those who left there, with a 95 % interval.

    reason   None: not told;  at   None: all of them together; "": other last touchpoints
    """

    reason: str | None
    at: str | None
    count: int
    share: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTable:
    """Reasons × last touchpoints.

    n         departures; `told` of them name a reason. Shares are of those that do
    reasons   commonest first;  places   the commonest last touchpoints, and "" for the others if there are any
    cells     each reason at each place, and at None for all
    left_at   place → departures with a reason there
    """

    n: int
    told: int
    reasons: tuple[str, ...]
    places: tuple[str, ...]
    cells: tuple[ReasonAt, ...]
    left_at: dict[str, int]

    def of(self, reason: str, at: str | None = None) -> ReasonAt:
        return next(cell for cell in self.cells if (cell.reason, cell.at) == (reason, at))


def exit_reasons(
    departures: Iterable[tuple[str | None, str | None]], *, most: int = MOST, least: int = LEAST
) -> ReasonTable:
    """Count departures, each told as (reason, last touchpoint), by both.

    most    last touchpoints that stand by themselves; the rest are together as “”
    least   departures with a reason that a place needs before shares are told there

    Shares are of the departures at that place that name a reason, with Wilson's 95 % interval. That a reason is common
    after a touchpoint does not say that the touchpoint caused it.
    """
    pairs = [(reason or None, at or None) for reason, at in departures]
    named = [(reason, at) for reason, at in pairs if reason is not None]
    total = Counter(reason for reason, _ in named)
    at_all = Counter(at for _, at in named if at is not None)
    places = [at for at, _ in sorted(at_all.items(), key=lambda item: (-item[1], item[0]))]
    shown = set(places[:most])
    both = Counter((reason, at if at in shown else "") for reason, at in named)
    others = sum(at not in shown for _, at in named)
    columns = [*places[:most], *([""] if others else [])]
    left_at = {at: (others if at == "" else at_all[at]) for at in columns}
    reasons = [reason for reason, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))]
    cells = []
    for reason in reasons:
        cells.append(ReasonAt(reason, None, total[reason], _share(total[reason], len(named), least)))
        for at in columns:
            count = both[(reason, at)]
            cells.append(ReasonAt(reason, at, count, _share(count, left_at[at], least)))
    return ReasonTable(
        n=len(pairs),
        told=len(named),
        reasons=tuple(reasons),
        places=tuple(columns),
        cells=tuple(cells),
        left_at=left_at,
    )


def _share(count: int, n: int, least: int) -> Measure:
    return wilson(count, n) if n >= max(least, 1) else Measure(None, None, None, n)
