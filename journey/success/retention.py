"""Retention: who stays and pays, of those who were there when a window began or who began together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.estimate.bootstrap import ratios
from journey.estimate.measures import wilson
from journey.events.accounts_report import ChurnFrom
from journey.events.revenue_sums import MoneySums, Pairs, Spells, first_of
from journey.model import Measure

__all__ = ["Cohort", "Window", "cohorts", "leaving", "retained", "windows"]

Array = NDArray[np.float64]
FEW: Final = 10  # customers who lost something; with fewer a bootstrap knows too little of how many could have


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A fixed cohort: those who were customers at the start of a window, and what of them is left at its end.

    start, end   its first and last day;  months: how long it is
    customers, mrr   who paid at the start, and how much
    logo_churn   lost / customers at the start, by what decides churn (0–1, low is good); Wilson interval
    logo_churn_by   the same by each source that tells who left: where they differ, the tables contradict each other
    grr          Σ min(MRR₁, MRR₀) / Σ MRR₀ (0–1, high is good): what is kept of it without anyone's paying more
    nrr          Σ MRR₁ / Σ MRR₀ of the same customers: above 1 those who stay pay more than those who leave paid
    yearly_churn   1 − (1 − m)¹² of a monthly churn m: what it comes to in a year if every month is like this one;
                 missing for a window of another length
    """

    start: date
    end: date
    months: int
    customers: int
    mrr: float
    logo_churn: Measure
    logo_churn_by: Mapping[str, Measure]
    grr: Measure
    nrr: Measure
    yearly_churn: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Customers who first paid in one month, and what of them is left at the end of it and of each month after.

    retention   share that pays (0–1), by months since; Wilson intervals, n is the cohort
    revenue     MRR / what they first paid, by months since; above 1 they pay more than they began with
    """

    month: date
    customers: int
    mrr: float
    retention: tuple[Measure, ...]
    revenue: tuple[Measure, ...]


def retained(pairs: Pairs, weights: Array) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    """GRR and NRR of every window; where few customers lost anything, as wide as Wilson says of how many could have."""
    n, losing = pairs.customers.sum(axis=1), pairs.losing.sum(axis=1)
    kept = pairs.mrr - pairs.lost_mrr
    gross = ratios(kept, pairs.mrr, n, weights, least=0.0, most=1.0)
    net = ratios(kept + pairs.gained_mrr, pairs.mrr, n, weights, least=0.0)
    lost, mrr = pairs.lost_mrr.sum(axis=1), pairs.mrr.sum(axis=1)
    wide_gross, wide_net = [], []
    for at in range(len(n)):
        one, two = gross[at], net[at]
        if one.value is not None and one.low is not None and two.value is not None and losing[at] < FEW:
            could = wilson(float(losing[at]), float(n[at])).high or 0.0
            each = min(1.0, float(lost[at] / losing[at] * n[at] / mrr[at])) if losing[at] else 1.0
            low = max(0.0, min(one.low, 1 - could * each))
            assert two.low is not None
            two = Measure(two.value, max(0.0, min(two.low, two.value - (one.value - low))), two.high, two.n)
            one = Measure(one.value, low, one.high, one.n)
        wide_gross.append(one)
        wide_net.append(two)
    return tuple(wide_gross), tuple(wide_net)


def leaving(pairs: Pairs, spells: Spells | None, decides: str) -> tuple[Array, Array]:
    """Customers at the start of each window and those lost by its end, by what decides churn."""
    if decides in ("churn events", "churn dates") and spells is not None:
        return spells.cohort(pairs.ends, pairs.months)
    return pairs.customers.sum(axis=1), pairs.lost.sum(axis=1)


# --- windows -----------------------------------------------------------------------------------------


def windows(sums: MoneySums, spells: Spells | None, decides: ChurnFrom, last: int, weights: Array) -> dict[str, Window]:
    """The last complete month, and the year that ends with it, where customers were there at their start."""
    found = {}
    for name, pairs in (("month", sums.month), ("year", sums.year)):
        if pairs is None or last not in pairs.ends:
            continue
        at = int(np.flatnonzero(pairs.ends == last)[0])
        if not pairs.customers[at].sum():
            continue
        found[name] = _window(pairs, at, spells, decides, weights)
    return found


def _window(pairs: Pairs, at: int, spells: Spells | None, decides: ChurnFrom, weights: Array) -> Window:
    end = int(pairs.ends[at])
    one = Pairs(
        months=pairs.months,
        ends=pairs.ends[at : at + 1],
        **{
            name: getattr(pairs, name)[at : at + 1]
            for name in ("mrr", "customers", "lost_mrr", "gained_mrr", "lost", "losing")
        },
    )
    (grr,), (nrr,) = retained(one, weights)
    by: dict[str, Measure] = {}
    for source in dict.fromkeys((decides, "revenue")):
        there, lost = leaving(one, spells, source)
        by[source] = wilson(float(lost[0]), float(there[0]))
    churn = by[decides]
    return Window(
        start=first_of(end - pairs.months + 1),
        end=date.fromordinal(first_of(end + 1).toordinal() - 1),
        months=pairs.months,
        customers=round(float(one.customers.sum())),
        mrr=float(one.mrr.sum()),
        logo_churn=churn,
        logo_churn_by=by,
        grr=grr,
        nrr=nrr,
        yearly_churn=_yearly(churn) if pairs.months == 1 else Measure.missing(),
    )


def _yearly(monthly: Measure) -> Measure:
    """1 − (1 − m)¹², and the same of the interval's ends."""
    if monthly.value is None or monthly.low is None or monthly.high is None:
        return monthly
    value, low, high = (1 - (1 - m) ** 12 for m in (monthly.value, monthly.low, monthly.high))
    return Measure(value, low, high, monthly.n)


# --- cohorts -----------------------------------------------------------------------------------------


def cohorts(sums: MoneySums, last: int, weights: Array) -> tuple[Cohort, ...]:
    found = []
    for at, month in enumerate(sums.months):
        ages = int(last - month) + 1
        n = float(sums.began[at].sum())
        if ages < 1 or not n:
            continue
        kept = sums.kept[at, :ages].sum(axis=1)
        found.append(
            Cohort(
                month=first_of(int(month)),
                customers=round(n),
                mrr=float(sums.mrr_began[at].sum()),
                retention=tuple(wilson(min(float(k), n), n) for k in kept),
                revenue=ratios(sums.mrr_kept[at, :ages], sums.mrr_began[at], np.full(ages, n), weights, least=0.0),
            )
        )
    return tuple(found)
