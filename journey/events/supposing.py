"""What a what-if has to know of the events: who left after which answer, how waits spread, how late they were."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events import severity
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.events.terms import Terms
from journey.events.until import until_goal

__all__ = ["Answered", "Lateness", "lateness", "leaving", "wait_errors"]

Array = NDArray[np.float64]

BINS: Final = 12  # of the logarithm, a unit: waits that differ by 4 % stand apart
EDGE: Final = 48  # bins to either side of the promise: from a 55th of it to 55 times
SECOND: Final = 1e6


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers at one touchpoint on the way to the goal, and how many left right after each.

    level   [L] answers that were given, as written in the data
    n       [L] visits with that answer;  left: those of them that were the case's last
    visits  all visits, answered or not;  left_silent: those without an answer that were the last
    """

    level: Array
    n: Array
    left: Array
    visits: int
    left_silent: int


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long waits were against what was promised.

    log_ratio  [K] mean of ln(wait / promise) in a bin;  n: waits in it
    """

    log_ratio: Array
    n: Array

    def severity(self, times: float = 1.0) -> float:
        """Sum of min(1, ln⁺(wait / promise) / ln 4) if every wait took `times` as long."""
        late = np.clip((self.log_ratio + math.log(times)) / severity.WORST_WAIT, 0.0, 1.0)
        return float(late @ self.n)


def leaving(log: EventLog, goals: Sequence[str]) -> Mapping[str, Answered]:
    """Who left after which satisfaction answer, by touchpoint; up to the first goal. Empty where it was not asked."""
    if "satisfaction" not in log.rated:
        return {}
    rows = until_goal(log, goals)
    answer = rows[f"r_{log.scales['satisfaction'].name}"]
    left = rows.next_tp.isnull() & ~rows.tp.isin(sorted(log.codes(goals)))
    rows = rows.select("tp", answer=answer.cast("float64"), left=left)
    found = run(rows.group_by("tp", "answer").agg(n=rows.count(), left=rows.left.sum()))
    out = {}
    for code, part in found.groupby("tp"):
        at = log.touchpoints[int(str(code))]
        given = part[part["answer"].notna()].sort_values("answer")
        silent = part[part["answer"].isna()]
        if len(given):
            level, n, gone = (given[name].to_numpy(float) for name in ("answer", "n", "left"))
            whole = int(part["n"].sum())
            out[at] = Answered(level, n, gone, whole, int(silent["left"].sum()))
    return out


def wait_errors(log: EventLog, goals: Sequence[str]) -> Mapping[tuple[str, str], float]:
    """(source, target) → standard error of the mean wait in seconds, of waits that were counted at least twice."""
    if not log.timed:
        return {}
    rows = until_goal(log, goals)
    rows = rows.filter(rows.next_tp.notnull() & rows.wait_us.notnull())
    seconds = rows.wait_us.cast("float64") / SECOND
    found = run(rows.group_by("tp", "next_tp").agg(n=seconds.count(), sd=seconds.std(how="sample")))
    return {
        (log.touchpoints[int(row.tp)], log.touchpoints[int(row.next_tp)]): float(row.sd) / math.sqrt(row.n)
        for row in each(found)
        if row.n > 1 and not pd.isna(row.sd)
    }


def lateness(log: EventLog, terms: Terms) -> Mapping[tuple[str, str], Lateness]:
    """(source, target) → how late waits for the target were, where there is a promise for it.

    Waits counted from an earlier touchpoint, or from a promised date's start, are held as a whole against it.
    """
    parts = []
    rows = log.rows()
    if terms.promises:
        moves = severity.promised(rows, log, terms)
        ratio = _ratio(moves.wait_us, moves.promise_us)
        parts.append(_binned(moves.select(source=moves.tp, target=moves.next_tp, ratio=ratio)))
    if "taken_us" in rows.columns:
        arrived = rows.filter(rows.prev_tp.notnull())
        allowed = severity.promise(arrived.tp, log, terms.since) if terms.since else ibis.null("int64")
        if "promised_us" in rows.columns:
            allowed = ibis.coalesce(arrived.promised_us, allowed)
        ratio = _ratio(arrived.taken_us, allowed)
        parts.append(_binned(arrived.select(source=arrived.prev_tp, target=arrived.tp, ratio=ratio)))
    tables = [run(part) for part in parts]
    if not tables or not sum(map(len, tables)):
        return {}
    out = {}
    for (source, target), part in pd.concat(tables).groupby(["source", "target"]):
        at = (log.touchpoints[int(str(source))], log.touchpoints[int(str(target))])
        out[at] = Lateness(part["mean"].to_numpy(float), part["n"].to_numpy(float))
    return out


def _ratio(wait: Any, allowed: Any) -> Any:
    """ln(wait / allowed), held to what matters; a wait of nothing is as early as can be."""
    early = math.exp(-EDGE / BINS)
    share = wait.cast("float64") / allowed.cast("float64").nullif(0.0)
    return ibis.ifelse((wait >= 0) & (allowed > 0), share.clip(lower=early, upper=1 / early).ln(), None)


def _binned(waits: Any) -> Any:
    waits = waits.filter(waits.ratio.notnull())
    waits = waits.mutate(bin=(waits.ratio * BINS).floor().cast("int32"))
    return waits.group_by("source", "target", "bin").agg(n=waits.count(), mean=waits.ratio.mean())
