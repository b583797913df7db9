"""Severities of friction as expressions over indexed rows: to which visits each applies, and how severe it was.

See `journey.events.tally` for what each means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from journey.events.log import EventLog
from journey.events.terms import Terms
from journey.model import Scale

__all__ = [
    "Severity",
    "arrival",
    "coded",
    "felt",
    "followed",
    "goes_on",
    "good_share",
    "left",
    "promise",
    "promised",
    "since",
    "watched",
]

# A wait of four times the promise, or more, is the worst there is.
WORST_WAIT = math.log(4)


@dataclass(frozen=True)
class Severity:
    """Ibis expressions over indexed rows: to which visits it applies, and how severe it was (0–1, or yes and no).

    total   the sum over those visits, where there is a cheaper way to it than adding up amounts
    """

    applies: Any
    amount: Any
    total: Any = None

    def sums(self, name: str) -> dict[str, Any]:
        total = self.total
        if total is None:
            yes_or_no = self.amount.type().is_boolean()
            total = (self.applies & self.amount).sum() if yes_or_no else self.amount.sum(where=self.applies)
        return {f"{name}_total": total, f"{name}_count": self.applies.sum()}


def felt(rows: Any, log: EventLog) -> dict[str, Severity]:
    found = {}
    for role, name in (("satisfaction", "dissatisfaction"), ("effort", "effort")):
        if role in log.rated:
            answer = rows[f"r_{log.scales[role].name}"]
            scale = log.scales[role]
            # 1 − u is linear in the answer, so its sum follows from theirs, which are whole numbers as a rule.
            slope = (-1 if scale.good == "high" else 1) / (scale.high - scale.low)
            start = (scale.high if scale.good == "high" else scale.low) * -slope
            total = answer.sum() * slope + answer.count() * start
            found[name] = Severity(answer.notnull(), 1 - good_share(answer, scale), total)
    return found


def good_share(answer: Any, scale: Scale) -> Any:
    """u: the answer as a share of the scale's range, 1 at the good end."""
    share = (answer.cast("float64") - scale.low) / (scale.high - scale.low)
    return share if scale.good == "high" else 1 - share


def goes_on(rows: Any, terms: Terms) -> Any:
    """The case has a next event within the window."""
    return (rows.wait_us <= terms.window_us).fill_null(False)


def watched(rows: Any, log: EventLog, terms: Terms) -> Any:
    """The log goes on for the whole window after the event; counting others where something came would flatter it."""
    return rows.t <= log.index.sizes.last_event - terms.window_us


def left(rows: Any, log: EventLog, terms: Terms) -> dict[str, Severity]:
    """Exit; only where times are known, and which ends are meant."""
    if not log.timed or not (terms.goal or terms.ends):
        return {}
    meant = rows.tp.isin(coded(log, {*terms.goal, *terms.ends}))
    return {"exit": Severity(watched(rows, log, terms), ~goes_on(rows, terms) & ~meant)}


def followed(rows: Any, log: EventLog, terms: Terms) -> dict[str, Severity]:
    """Rework, switch and help: what comes within the window after the visit; nothing where no times are known."""
    if not log.timed:
        return {}
    more, seen = goes_on(rows, terms), watched(rows, log, terms)
    again = (rows.again_us <= terms.window_us).fill_null(False)
    unplanned = ~rows.tp.isin(coded(log, terms.repeatable)) if terms.repeatable else ibis.literal(True)
    found = {"rework": Severity(seen & unplanned, again)}
    if "ch" in rows.columns:
        both = more & rows.ch.notnull() & rows.next_ch.notnull()
        found["switch"] = Severity(both, (rows.ch != rows.next_ch).fill_null(False))
    if terms.support:
        support = coded(log, terms.support)
        asked = more & rows.next_tp.isin(support).fill_null(False)
        found["help"] = Severity(seen & ~rows.tp.isin(support), asked)
    return found


def promised(rows: Any, log: EventLog, terms: Terms) -> Any:
    """The moves to touchpoints with a promised time, with `promise_us`."""
    moves = rows.filter(rows.next_tp.isin(coded(log, terms.promises)))
    return moves.mutate(promise_us=promise(moves.next_tp, log, terms.promises))


def arrival(moves: Any) -> Severity:
    """Wait for the next touchpoint of `promised` moves against its promised time."""
    return lateness(moves.wait_us, moves.promise_us)


def since(rows: Any, log: EventLog, terms: Terms) -> Severity:
    """Wait counted from a promised date's, or another touchpoint's, start."""
    allowed = promise(rows.tp, log, terms.since) if terms.since else ibis.null("int64")
    if "promised_us" in rows.columns:
        allowed = ibis.coalesce(rows.promised_us, allowed)
    return lateness(rows.taken_us, allowed)


def lateness(wait: Any, allowed: Any) -> Severity:
    """min(1, ln⁺(wait / promise) / ln 4); the logarithm of those alone that are late, for it is dear."""
    late = (wait.cast("float64") / allowed.cast("float64")).ln() / WORST_WAIT
    severity = ibis.ifelse(wait > allowed, late.clip(upper=1.0), 0.0)
    return Severity((wait >= 0).fill_null(False) & (allowed > 0).fill_null(False), severity)


def promise(code: Any, log: EventLog, promises: Mapping[str, int]) -> Any:
    """The promised time of each row's touchpoint, looked up by code in a literal list."""
    listed = [promises.get(name) for name in log.touchpoints]
    return ibis.literal(listed, type="array<int64>")[code.cast("int32")]


def coded(log: EventLog, names: Iterable[str]) -> list[int]:
    return sorted(log.codes(names))
