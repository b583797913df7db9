"""Waits: how long it took customers to get to each touchpoint."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd

from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["waits"]

SECOND = 1_000_000
# Where the waits' quantiles are taken: dense at the middle, where the interval of a median of many lies.
_OUT: Final = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.16, 0.22, 0.3, 0.4, 0.5)
LEVELS: Final = (*(0.5 - out for out in reversed(_OUT)), 0.5, *(0.5 + out for out in _OUT))
Z: Final = 1.959964
FEWEST: Final = 6


def waits(log: EventLog) -> dict[str, Measure]:
    """The median wait before each touchpoint, in seconds, from the event before it in the same case.

    n is the visits that were not the first of their case; a touchpoint where all cases begin is absent, and so is every
    one of a log without times. The 95 % interval is that of the ranks n/2 ± z·√n/2, which assumes no distribution but
    takes visits as independent; between the quantiles taken it is interpolated. Fewer than six waits have none: not
    even from the least to the greatest would be 95 %. Source: Conover 1999, §3.2.
    """
    if not log.timed:
        return {}
    rows = log.rows()
    rows = rows.filter(rows.next_tp.notnull() & rows.wait_us.notnull())
    found = run(rows.group_by("next_tp").agg(n=rows.count(), quantiles=rows.wait_us.quantile(list(LEVELS))))
    return {log.touchpoints[int(row.next_tp)]: _median(int(row.n), row.quantiles) for row in each(found)}


def _median(n: int, quantiles: Any) -> Measure:
    at = np.asarray([0 if pd.isna(x) else x for x in quantiles], float) / SECOND
    out = min(0.5, Z / (2 * math.sqrt(n)))
    low, value, high = (float(x) for x in np.interp([0.5 - out, 0.5, 0.5 + out], LEVELS, at))
    return Measure(value, low, high, n) if n >= FEWEST else Measure(value, None, None, n)
