"""Axes of control charts: days, values in the units they are told in, cumulative sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from journey.analysis.alert_results import Alerts, Chart
from journey.draw.alert_words import asked, in_units
from journey.draw.axes import x_axis
from journey.draw.overview_tiles import period_name
from journey.draw.theme import Theme
from journey.draw.words import Say
from journey.events.trend import Period
from journey.model import Measure

__all__ = ["LOWER", "MOST", "UPPER", "in_all", "levels", "reach", "shown", "span", "sums"]

UPPER: Final = (0.36, 1.0)  # of the height: the means; beneath them the CUSUM
LOWER: Final = (0.0, 0.25)
MOST: Final = 3  # bars the CUSUM is drawn up to


def span(found: Alerts, say: Say) -> dict[str, Any]:
    """The axis of time, its days as the reader's language writes them."""
    first, last = found.periods[0].start, found.periods[-1].end
    steps = max(1, round((last - first).days / 30.44 / 7))
    ticks: list[date] = []
    month = date(first.year, first.month, 1)
    while month < last:
        if month >= first:
            ticks.append(month)
        ahead = month.month - 1 + steps
        month = date(month.year + ahead // 12, ahead % 12 + 1, 1)
    names = [period_name(Period(day, day, "month"), say) for day in ticks]
    return {"type": "date", "range": [first, last], "tickvals": ticks, "ticktext": names, "showgrid": False}


def shown(chart: Chart, value: float | None, found: Alerts) -> float | None:
    """A mean severity in the units it is told in."""
    if value is None:
        return None
    return in_units(chart.component, Measure(value, value, value, 1), found.scales).value


def in_all(chart: Chart, values: Sequence[float | None], found: Alerts) -> list[float | None]:
    return [shown(chart, value, found) for value in values]


def reach(chart: Chart, found: Alerts) -> tuple[float, float]:
    """From the least to the greatest value that is drawn, with room around; as severities."""
    known = [x for x in (*chart.mean, *chart.centre) if x is not None]
    inner = sorted(x for x in (*chart.low, *chart.high) if x is not None)
    # The wide limits of a few periods with few visits may be cut.
    cut = inner[len(inner) // 10 : len(inner) - len(inner) // 10] if len(inner) > 20 else inner
    low, high = min([*known, *cut], default=0.0), max([*known, *cut], default=1.0)
    room = max(high - low, 0.02) * 0.08
    return low - room, high + room


def levels(chart: Chart, found: Alerts, theme: Theme, say: Say, low: float, high: float) -> dict[str, Any]:
    ends = sorted(x for x in (shown(chart, low, found), shown(chart, high, found)) if x is not None)
    step = _round((ends[1] - ends[0]) / 5)
    first = math.ceil(ends[0] / step)
    ticks = [(first + at) * step for at in range(9) if (first + at) * step <= ends[1]]
    ratings = asked(chart.component) in found.scales
    form = (".1f" if step >= 0.1 else ".2f") if ratings else (".0%" if step >= 0.01 else ".1%")
    return x_axis(
        theme,
        domain=list(UPPER),
        range=ends,
        tickvals=ticks,
        ticktext=[say.number(abs(tick) if abs(tick) < 1e-12 else tick, form) for tick in ticks],
        automargin=True,
    )


def _round(step: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step - 1e-12)


def sums(chart: Chart, found: Alerts, theme: Theme, say: Say) -> dict[str, Any]:
    most = max([found.h * 1.25, *(min(x, MOST * found.h) for x in (*chart.up, *chart.down) if x is not None)]) * 1.08
    bars = [-found.h, 0.0, found.h]
    return x_axis(
        theme,
        domain=list(LOWER),
        range=[-most, most],
        tickvals=bars,
        ticktext=[say.number(abs(bar), "g") for bar in bars],
        automargin=True,
        gridcolor="rgba(0,0,0,0)",
        anchor="x",
    )
