"""How long it takes from one touchpoint to another: quantiles with their intervals, and a histogram."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.engine import drop, each, keep, run
from journey.events.log import EventLog
from journey.events.passage import gaps
from journey.model import Measure
from journey.recipe import duration_us

__all__ = ["Bin", "Gap", "gap"]

SECOND, DAY = 1_000_000, 86_400_000_000
Z: Final = 1.959964
# Widths of bins that people think in; a bin is never narrower than what the times can tell apart.
_NICE: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
WIDTHS: Final = tuple(w * SECOND for w in _NICE) + tuple(d * DAY for d in (2, 7, 14, 30, 60, 90, 180, 365, 730, 3650))
NONE: Final = Measure.missing()
UNITS: Final = (DAY, 3600 * SECOND, 60 * SECOND, SECOND)
MOST_BINS = 40
PER_DECADE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Passages that took at least `low_us` and less than `high_us` (None: or more), in microseconds.

    n   passages; `cases` the distinct cases they belong to
    """

    low_us: int
    high_us: int | None
    n: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How long it took from `source` to `target`.

    direct      True: each move straight from one to the other, n moves; False: from each case's first visit of the one
                to its first of the other after that, whatever lay between, n cases
    of          moves that leave the source, exits included; or cases that met the source
    median, p90 seconds, with 95 % intervals; n passages
    log         the bins widen by a constant factor; the first holds all that is shorter
    promise_s   the promised time, where it is the same for all of these passages
    kept        share of them (0–1) that came within the promised time or date, Wilson interval; missing where nothing
                was promised
    """

    source: str
    target: str
    direct: bool
    of: int
    cases: int = 0
    median: Measure = NONE
    p90: Measure = NONE
    bins: tuple[Bin, ...] = ()
    log: bool = False
    promise_s: float | None = None
    kept: Measure = NONE


def gap(log: EventLog, source: str, target: str, *, direct: bool = False) -> Gap:
    """The distribution of the time from one touchpoint to another, the same one again included.

    Intervals of the quantiles p are those of the ranks n·p ± z·√(n·p(1 − p)), which assume no distribution but take
    passages as independent; fewer than six (for P90: thirty) have none. Source: Conover 1999, §3.2.
    Bins are linear, or logarithmic where the slow take more than thirty times as long as the quick (5th to 95th
    percentile). Raises JourneyError for an unknown touchpoint, or a log that knows no times.
    """
    codes = log.codes([source, target])
    if not log.timed:
        raise JourneyError("This log knows no times, only the order of touchpoints: there is no time between them.")
    rows, backend = log.rows(), log.index.backend
    here = rows.filter(rows.tp == codes[0])
    leaving = int(run(here.agg(n=here.count() if direct else here.cid.nunique()))["n"].iloc[0])
    # Asked several times, so found once.
    found = keep(backend, gaps(rows, *codes, direct=direct), name="gaps")
    try:
        return _measured(log, found, Gap(source=source, target=target, direct=direct, of=leaving))
    finally:
        drop(backend, found.op().name)


def _measured(log: EventLog, found: Any, empty: Gap) -> Gap:
    facts = run(_facts(found)).iloc[0]
    n = int(facts["n"])
    if not n:
        return empty
    edges, logarithmic = _edges(facts)
    median, p90 = _quantiles(found, n)
    promise, kept = _kept(log, found, n, empty)
    return dataclasses.replace(
        empty,
        cases=int(facts["cases"]),
        median=median,
        p90=p90,
        bins=_bins(found, edges),
        log=logarithmic,
        promise_s=promise,
        kept=kept,
    )


def _facts(found: Any) -> Any:
    """Number, range and spread, and which units of time divide them all."""
    return found.agg(
        n=found.count(),
        cases=found.cid.nunique(),
        least=found.gap.min(),
        most=found.gap.max(),
        low=found.gap.quantile(0.05),
        high=found.gap.quantile(0.95),
        far=found.gap.quantile(0.99),
        **{f"odd_{at}": (found.gap % unit != 0).sum() for at, unit in enumerate(UNITS)},
    )


def _quantiles(found: Any, n: int) -> tuple[Measure, Measure]:
    """Median and P90, in seconds."""
    bounds = [_ranks(p, n) for p in (0.5, 0.9)]
    levels = [level for p, around in zip((0.5, 0.9), bounds, strict=True) for level in (p, *(around or (p, p)))]
    told = [float(value) / SECOND for value in run(found.agg(q=found.gap.quantile(levels)))["q"].iloc[0]]
    median, p90 = (
        Measure(told[at], told[at + 1], told[at + 2], n) if around else Measure(told[at], None, None, n)
        for at, around in zip((0, 3), bounds, strict=True)
    )
    return median, p90


def _ranks(p: float, n: int) -> tuple[float, float] | None:
    """Where the interval of a quantile begins and ends; None where not even the least and the greatest make 95 %."""
    out = Z * math.sqrt(p * (1 - p) / n)
    return (p - out, p + out) if p - out > 0 and p + out < 1 else None


def _edges(facts: Any) -> tuple[list[int], bool]:
    """Where bins begin, from the least to the last, which is open; and whether they are logarithmic."""
    least, most = int(facts["least"]), int(facts["most"])
    unit = next((u for at, u in enumerate(UNITS) if not int(facts[f"odd_{at}"])), 1)
    low, high = max(float(facts["low"]), float(unit)), float(facts["high"])
    if high > 30 * low and high > 40 * unit:
        start = math.floor(math.log10(max(low, SECOND)) * PER_DECADE)
        stop = math.ceil(math.log10(max(most, SECOND)) * PER_DECADE)
        edges = [edge for at in range(start, stop) if (edge := round(10 ** (at / PER_DECADE))) <= most]
        return ([0] if least < edges[0] else []) + edges, True
    far = max(float(facts["far"]), float(unit))
    base = least if far - least < least else 0
    width = next((w for w in WIDTHS if w >= unit and (far - base) / w < MOST_BINS), WIDTHS[-1])
    first = base // width * width
    last = math.floor(far / width) * width + width
    return list(range(first, int(min(last, most // width * width)) + 1, width)), False


def _bins(found: Any, edges: list[int]) -> tuple[Bin, ...]:
    if not edges:
        return ()
    place = ibis.literal(-1, "int32")
    for edge in edges:
        place = place + (found.gap >= edge).cast("int32")
    counts = run(found.group_by(place=place).agg(n=found.count(), cases=found.cid.nunique())).set_index("place")
    highs: list[int | None] = [*edges[1:], None]
    return tuple(
        Bin(
            low_us=low,
            high_us=high,
            n=int(counts["n"].get(at, 0)),
            cases=int(counts["cases"].get(at, 0)),
        )
        for at, (low, high) in enumerate(zip(edges, highs, strict=True))
    )


def _kept(log: EventLog, found: Any, n: int, asked: Gap) -> tuple[float | None, Measure]:
    """The promised time of these passages, and the share that kept it.

    A promise counts from the event before, so it is about direct moves; or since a touchpoint, then about the first
    visits of both. A promised date is about every arrival.
    """
    told = log.recipe.promises.get(asked.target)
    if told is not None and told.within and told.since == (None if asked.direct else asked.source):
        limit = duration_us(told.within)
        return limit / SECOND, wilson(int(run(found.agg(n=(found.gap <= limit).sum()))["n"].iloc[0]), n)
    rows = log.rows()
    if "promised_us" not in rows.columns:
        return None, NONE
    arrived = rows.filter(rows.promised_us.notnull()).select("cid", "pos", "taken_us", "promised_us")
    both = found.inner_join(arrived, ["cid", "pos"])
    counts = next(each(run(both.agg(n=both.count(), kept=(both.taken_us <= both.promised_us).sum()))))
    return None, wilson(0 if pd.isna(counts.kept) else int(counts.kept), int(counts.n))
