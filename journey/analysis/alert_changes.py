"""Change points of all charts, looking back: those that stand out together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.alert_results import ChangePoint
from journey.analysis.changepoints import chance, splits
from journey.analysis.compare_means import benjamini_hochberg
from journey.analysis.cusum import MR, Rule, Series
from journey.estimate.measures import mean_t, wilson
from journey.events.drift import Drifts
from journey.model import Measure

__all__ = ["hindsight", "mean_of"]

Q: Final = 0.10  # share of false alarms among the change points told


def mean_of(series: Series, s: int, start: int, end: int, sigma: float = 1.0) -> Measure:
    """The mean of a stretch of periods, with an interval as wide as if n were n/σ_z²."""
    n, total, squares = (float(x[s, start:end].sum()) for x in (series.count, series.total, series.squares))
    if not n:
        return Measure.missing()
    total = min(max(total, 0.0), n)
    if series.yes_or_no[s]:
        found = wilson(total / sigma**2, n / sigma**2)
    else:
        spread = math.sqrt(max(squares - total * total / n, 0.0) / (n - 1)) if n > 1 else None
        found = mean_t(int(n), total / n, None if spread is None else spread * sigma, low=0, high=1)
    return Measure(found.value, found.low, found.high, int(n))


def hindsight(found: Drifts, series: Series, at: Sequence[tuple[str, str]], rule: Rule) -> tuple[ChangePoint, ...]:
    """Change points that stand out among all that were looked for, newest first."""
    told: list[ChangePoint] = []
    for s, (name, component) in enumerate(at):
        told += _changes_of(found, series, s, name, component, rule)
    clear = benjamini_hochberg(np.array([one.p for one in told], float), Q)
    kept = [
        one
        for one, stands_out in zip(told, clear, strict=True)
        if stands_out and abs((one.after.value or 0.0) - (one.before.value or 0.0)) >= rule.minimum_effect
    ]
    return tuple(sorted(kept, key=lambda one: (-one.when.toordinal(), one.p, one.at, one.component)))


def _changes_of(found: Drifts, series: Series, s: int, name: str, component: str, rule: Rule) -> list[ChangePoint]:
    """All that one series proposes, whether or not it stands out."""
    there = np.flatnonzero(series.count[s, : series.final[s]] > 0)
    n, total = series.count[s, there], series.total[s, there]
    if n.sum() < 2 * rule.minimum_n:
        return []
    value = total / n
    mean = min(max(float(total.sum() / n.sum()), 0.0), 1.0)
    variance = max(_variance(series, s, there, mean), 1e-12)
    z = (value - mean) / np.sqrt(variance / n)
    sigma = max(1.0, float(np.abs(np.diff(z)).mean()) / MR) if len(z) > 1 else 1.0
    weight = n / (variance * sigma**2)
    out = []
    for begin, split, end in splits(value, weight):
        first, change, last = (int(there[x]) for x in (begin, split, end - 1))
        out.append(
            ChangePoint(
                at=name,
                component=component,
                when=found.periods[change].start,
                before=mean_of(series, s, first, change, sigma),
                after=mean_of(series, s, change, last + 1, sigma),
                p=chance(value[begin:end], weight[begin:end], seed=s),
            )
        )
    return out


def _variance(series: Series, s: int, there: NDArray[np.int64], mean: float) -> float:
    """Of one visit: of a yes or no by its mean, of a severity pooled within the periods."""
    n, total, squares = (x[s, there] for x in (series.count, series.total, series.squares))
    if series.yes_or_no[s]:
        smooth = (mean * n.sum() + 0.5) / (n.sum() + 1)
        return float(smooth * (1 - smooth))
    within = np.maximum(squares - np.square(total) / n, 0.0).sum()
    return float((within + 1 / 16) / (np.maximum(n - 1, 0.0).sum() + 1))
