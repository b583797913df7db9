"""Transitions counted by units of customers: what a permutation test shuffles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.engine import run

__all__ = ["MOST_UNITS", "Walks", "walks"]

# So many units say as much about chance as a million would, and shuffling them a thousand times takes a second.
MOST_UNITS: Final = 8192
# Customers share a unit only as long as each side has this many units.
FEW_UNITS: Final = 256
PRIME: Final = 2_147_483_647

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Walks:
    """How often the customers of each of U units walked each of T transitions, as long lists.

    A unit is a customer or, where there are too many of them, a group of about `size` customers of one side, chosen by
    a hash of their number. If the sides walk alike, units of equally many customers can change sides and nothing is
    lost. Customers who stand on both sides make units with a part on either; there the two parts can change places.

    kind     [U] 0 or 1, the side of the unit; 2 where it has a part on both
    source   [T] the number of each transition's source; the start of a case is one, too
    unit, part, transition, moves   [R] the unit, the side of this part of it, and how often it walked the transition
    """

    kind: Ints
    source: Ints
    unit: Ints
    part: Ints
    transition: Ints
    moves: Ints
    size: int

    @property
    def both(self) -> bool:
        """Whether anyone walked on either side."""
        return bool(np.isin((0, 1), self.part).all())


def walks(rows: Any, customers: tuple[int, int, int]) -> Walks:
    """Count transitions by unit.

    rows       of `journey.events.contrast.sided`
    customers  how many stand on side A, on side B, on both
    """
    a, b, both = customers
    rows = rows.mutate(customer=rows.cust if "cust" in rows.columns else rows.cid)
    if a + b - both <= MOST_UNITS:
        return _assembled(_counted(rows.mutate(unit=rows.customer)), 1)
    kinds = (a - both, b - both, both)
    size = _size(kinds)
    units = [max(1, round(n / size)) for n in kinds]
    by = rows.group_by("customer").agg(low=rows.side.min(), high=rows.side.max())
    rows = rows.inner_join(by.select("customer", kind=(by.low == by.high).ifelse(by.low, 2)), "customer")
    # A hash below 2^31: its share of that range is the unit's place among those of its kind. Squared, for the multiples
    # of neighbouring numbers lie on a grid, and units would be of one size on the larger side only.
    scattered = (rows.customer.abs() % 2_147_483_629) * 2_654_435 % PRIME
    of_kind = rows.kind.cases((0, units[0]), (1, units[1]), else_=units[2]).cast("int64")
    place = (scattered * scattered % PRIME * of_kind) >> 31
    # Far more customers on one side than on the other: of the many, a sample tells as much.
    rows = rows.mutate(unit=place * 3 + rows.kind).filter(place < MOST_UNITS)
    return _assembled(_counted(rows), size)


def _size(kinds: Sequence[int]) -> int:
    """Customers a unit."""
    least = min((n for n in kinds[:2] if n), default=sum(kinds))
    return max(1, min(-(-sum(kinds) // MOST_UNITS), least // FEW_UNITS))


def _counted(rows: Any) -> pd.DataFrame:
    return run(rows.group_by("unit", "side", "tp", "next_tp").agg(moves=rows.count(), starts=(rows.pos == 0).sum()))


def _assembled(counts: pd.DataFrame, size: int) -> Walks:
    """Long counts with small numbers for units, transitions and sources; a case begins with a move from the start."""
    starts = counts[counts["starts"] > 0]
    unit = np.concatenate([counts["unit"], starts["unit"]])
    part = np.concatenate([counts["side"], starts["side"]]).astype(np.int64)
    source = np.concatenate([counts["tp"], np.full(len(starts), -1)]).astype(np.int64) + 1
    target = np.concatenate([counts["next_tp"].fillna(-1), starts["tp"]]).astype(np.int64) + 1
    moves = np.concatenate([counts["moves"], starts["starts"]]).astype(np.int64)
    if not len(source):
        none = np.zeros(0, np.int64)
        return Walks(none, none, none, none, none, none, size)
    width = int(max(source.max(), target.max())) + 1
    pairs, transition = np.unique(source * width + target, return_inverse=True)
    _, source_of = np.unique(pairs // width, return_inverse=True)
    units, unit = np.unique(unit, return_inverse=True)
    on = np.zeros((2, len(units)), bool)
    on[part, unit] = True
    kind = np.where(on.all(0), 2, np.where(on[0], 0, 1))
    return Walks(kind.astype(np.int64), source_of, unit, part, transition, moves, size)
