"""What a case had met and how it had rated that, as columns of a regression, and their products by customer group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtrit

from journey.events.before import Before

__all__ = ["FEWEST", "HIGH", "LOW", "Column", "Fit", "Products", "columns_of", "fitted", "products", "rows_of"]

Array = NDArray[np.float64]
What = Literal["met", "told", "rating", "low", "high"]

FEWEST: Final = 20  # outcomes on either side of a yes or no, or rated, for a column to stand
LOW, HIGH, HAIR = 0.25, 0.75, 1e-6  # the bad and the good quarter of a scale
GROUPS: Final = 1_000  # customers are drawn in so many groups; fewer customers are groups of their own
HELD: Final = 16_000_000  # numbers held at a time
ALIKE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Column:
    """One column: of which touchpoint, and what of it.

    met      1 where the case had met it
    told     1 where it had rated it
    rating   its rating less the mean rating (`centre`) where it had rated it, else 0
    low, high   1 where that rating lies in the bad, the good quarter of the scale
    """

    at: int
    what: What
    centre: float = 0.0


@dataclass(frozen=True, slots=True)
class Products:
    """Products of columns summed by group of customers: all that a regression needs.

    columns   P columns, those of a touchpoint side by side
    sums      [G, P + 2, P + 2] of the constant, the columns and the outcome
    """

    columns: tuple[Column, ...]
    sums: Array

    @property
    def n(self) -> int:
        return round(float(self.sums[:, 0, 0].sum()))

    def only(self, kept: Sequence[int]) -> Products:
        """With some of the columns, in their order."""
        at = np.array([0, *(k + 1 for k in kept), len(self.columns) + 1])
        return Products(tuple(self.columns[k] for k in kept), self.sums[:, at[:, None], at])

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """Touchpoint and number of its columns, in order."""
        places = [column.at for column in self.columns]
        return tuple((place, places.count(place)) for place in dict.fromkeys(places))

    def covariance(self, weights: Array | None = None) -> Array:
        """[…, P + 1, P + 1] of the columns and the outcome; `weights` […, G] count each group so often."""
        size = self.sums.shape[1]
        if weights is None:
            sums = self.sums.sum(0)
        else:
            sums = (weights @ self.sums.reshape(len(self.sums), -1)).reshape(*weights.shape[:-1], size, size)
        n, mean = sums[..., :1, :1], sums[..., 0, 1:] / sums[..., 0, :1]
        return np.asarray(sums[..., 1:, 1:] / n - mean[..., :, None] * mean[..., None, :])


def columns_of(before: Before, *, quarters: bool = False) -> tuple[Column, ...]:
    """The columns that vary, touchpoint after touchpoint: met, told and rating; or met, told, low and high.

    Met, where at least twenty outcomes stand on either side; told likewise, among those who met it; the rating where
    twenty gave one and they differ.
    """
    n, found = len(before.value), []
    for k in range(len(before.touchpoints)):
        rating = before.rating[before.at == k]
        told = rating[np.isfinite(rating)]
        met, rated = len(rating), len(told)
        if min(met, n - met) >= FEWEST:
            found.append(Column(k, "met"))
        if min(rated, met - rated) >= FEWEST:
            found.append(Column(k, "told"))
        if rated < FEWEST:
            continue
        low, high = int((told <= LOW + HAIR).sum()), int((told >= HIGH - HAIR).sum())
        if not quarters and np.ptp(told) > HAIR:
            found.append(Column(k, "rating", float(told.mean())))
        if quarters and min(low, high, rated - low - high) >= FEWEST:
            found += [Column(k, "low"), Column(k, "high")]
    return tuple(found)


def products(before: Before, columns: Sequence[Column]) -> Products:
    """Products of the columns, a group of customers after the other, so many rows at a time."""
    _, customer = np.unique(before.customer, return_inverse=True)
    group = customer % GROUPS
    order = np.argsort(group, kind="stable")
    row_of = np.empty_like(order)
    row_of[order] = np.arange(len(order))
    row, value = row_of[before.of], before.value[order]
    entries = np.argsort(row, kind="stable")
    row, at, rating = row[entries], before.at[entries], before.rating[entries]
    ends = np.searchsorted(group[order], np.arange(group.max() + 2))
    width, many = len(columns) + 2, len(ends) - 1
    sums = np.zeros((many, width, width))
    step = max(1, int(HELD / width / max(1, len(value) / many)))
    for first in range(0, many, step):
        last = min(first + step, many)
        start, end = ends[first], ends[last]
        part = slice(*np.searchsorted(row, (start, end)))
        table = _table(columns, len(before.touchpoints), row[part] - start, at[part], rating[part], value[start:end])
        for g in range(first, last):
            own = table[ends[g] - start : ends[g + 1] - start]
            sums[g] = own.T @ own
    return Products(tuple(columns), sums)


def rows_of(before: Before, columns: Sequence[Column]) -> Array:
    """[N, P + 1] the columns and the outcome, row by row: for models that need more than products."""
    return _table(columns, len(before.touchpoints), before.of, before.at, before.rating, before.value)[:, 1:]


def _table(columns: Sequence[Column], places: int, row: Any, at: Any, rating: Array, value: Array) -> Array:
    """[rows, P + 2] the constant, the columns and the outcome."""
    table = np.zeros((len(value), len(columns) + 2))
    table[:, 0], table[:, -1] = 1, value
    told = np.isfinite(rating)
    centre = np.zeros(places)
    for column in columns:
        centre[column.at] = centre[column.at] or column.centre
    amounts = {
        "met": np.ones(len(rating)),
        "told": told.astype(float),
        "rating": np.where(told, rating - centre[at], 0.0),
        "low": (told & (rating <= LOW + HAIR)).astype(float),
        "high": (told & (rating >= HIGH - HAIR)).astype(float),
    }
    for what, amount in amounts.items():
        to = np.full(places, -1)
        for k, column in enumerate(columns):
            if column.what == what:
                to[column.at] = k + 1
        used = to[at] >= 0
        table[row[used], to[at[used]]] = amount[used]
    return table


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares with a variance that lets a customer's outcomes go together.

    value      [P] coefficients; NaN where the other columns determine the column, so that nothing can be told
    variance   [P, P] of them, sandwich over G groups of customers; `freedom` G − 1
    """

    value: Array
    variance: Array
    freedom: int

    def interval(self, k: int) -> tuple[float, float, float]:
        """Coefficient and its 95 % interval, Student's t."""
        half = float(stdtrit(self.freedom, 0.975)) * float(np.sqrt(self.variance[k, k]))
        return float(self.value[k]), float(self.value[k]) - half, float(self.value[k]) + half

    def p(self, columns: Sequence[int]) -> float | None:
        """Of the columns having no bearing, given all others (Wald's F); None where that can't be told."""
        known = [k for k in columns if np.isfinite(self.value[k])]
        if not known or self.freedom <= len(known):
            return None
        values, vectors = np.linalg.eigh(self.variance[np.ix_(known, known)])
        seen = values > ALIKE * max(values.max(), 0.0)
        if not seen.any():
            return None
        along = vectors[:, seen].T @ self.value[known]
        many = int(seen.sum())
        # Few groups make the sandwich too sure of many columns at once: Hotelling's correction.
        share = (self.freedom - many + 1) / self.freedom
        return float(fdtrc(many, self.freedom - many + 1, share * float(along**2 @ (1 / values[seen])) / many))


def fitted(found: Products) -> Fit:
    """The regression of the outcome on all columns. Source of the variance: Liang and Zeger 1986."""
    groups, n, many = len(found.sums), found.n, len(found.columns)
    total = found.sums.sum(0)
    scale = np.sqrt(np.diag(total)[:-1])
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(total[:-1, :-1] / scale[:, None] / scale)
    seen = values > ALIKE * len(values)
    inverse = (vectors[:, seen] / values[seen]) @ vectors[:, seen].T / scale[:, None] / scale
    beta = inverse @ total[:-1, -1]
    score = found.sums[:, :-1, -1] - found.sums[:, :-1, :-1] @ beta
    meat = score.T @ score * groups / max(groups - 1, 1) * (n - 1) / max(n - many - 1, 1)
    # A column with a part in what can't be told apart has no coefficient of its own.
    blurred = (np.abs(vectors[:, ~seen]) > 1e-6).any(1)
    return Fit(np.where(blurred, np.nan, beta)[1:], (inverse @ meat @ inverse)[1:, 1:], max(groups - 1, 1))
