"""What can be asked of outcomes: those that differ, enough of them, and columns that tell something."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np

from journey.analysis.driver_columns import FEWEST, Products, columns_of, fitted
from journey.errors import JourneyError
from journey.events.before import Before
from journey.events.log import EventLog

__all__ = ["enough", "only", "telling", "worth_asking"]

TELLING: Final = 0.01  # p below which having answered at all counts as something told


def only(found: Before, log: EventLog, touchpoints: Sequence[str]) -> Before:
    log.codes(touchpoints)
    kept = [k for k, name in enumerate(found.touchpoints) if name in set(touchpoints)]
    number = np.full(len(found.touchpoints), -1)
    number[kept] = np.arange(len(kept))
    used = number[found.at] >= 0
    return dataclasses.replace(
        found,
        touchpoints=tuple(found.touchpoints[k] for k in kept),
        scales=tuple(found.scales[k] for k in kept),
        of=found.of[used],
        at=number[found.at[used]],
        rating=found.rating[used],
    )


def worth_asking(found: Before) -> None:
    if np.ptp(found.value) == 0:
        raise JourneyError(
            "All {n:,} outcomes of “{outcome}” are the same, {value:g}: there is nothing to explain.",
            n=len(found.value),
            outcome=found.outcome.name,
            value=float(found.value[0]),
        )
    if not columns_of(found):
        raise JourneyError(
            "Before “{outcome}” no touchpoint was met by some and not by others, or rated differently, {few} times at "
            "least: there is nothing to explain {n:,} outcomes by.",
            outcome=found.outcome.name,
            few=FEWEST,
            n=len(found.value),
        )


def enough(found: Before, table: Products) -> None:
    least = 2 * len(table.columns) + FEWEST
    if table.n < least or len(table.sums) < FEWEST:
        raise JourneyError(
            "{n:,} outcomes of {customers:,} customers can't tell {columns} quantities at {places} touchpoints apart: "
            "that takes {least:,} outcomes of {few} customers at least. Name fewer touchpoints, or take in more cases.",
            n=table.n,
            customers=len(np.unique(found.customer)),
            columns=len(table.columns),
            places=len(table.blocks),
            least=least,
            few=FEWEST,
        )


def telling(table: Products) -> tuple[Products, bool]:
    """Without the columns of having answered, unless these go with the outcome together."""
    answered = [k for k, column in enumerate(table.columns) if column.what == "told"]
    rest = [k for k in range(len(table.columns)) if k not in answered]
    if answered and (not rest or _goes_with(table, answered)):
        return table, True
    return table.only(rest), False


def _goes_with(table: Products, columns: Sequence[int]) -> bool:
    if table.n < 3 * len(table.columns) or len(table.sums) < 2 * len(table.columns):
        return False
    p = fitted(table).p(columns)
    return p is not None and p < TELLING
