"""Exposure: the friction that cases had met up to a moment, and what happened to them after it.

What is known at the moment t₀ alone counts: a return, a switch, a support contact that came later is not yet there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.events import severity
from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.terms import Terms
from journey.model import COMPONENTS

__all__ = ["Exposure", "at_moments", "exposure"]

MOMENTS = 12
ANSWER = re.compile(r"^\s*(?P<name>[^<>=]+?)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>-?\d+(\.\d+)?)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Cases at moments, N rows; the earlier ones to learn from, the later ones to try.

    severities  component → [N] mean severity of the visits up to t₀ to which it applies; NaN where none did
    visits      [N] events up to t₀
    idle_s      [N] seconds since the event before t₀
    outcome     [N] whether it happened within (t₀, t₀ + horizon]
    customer    [N] the case's customer, for they are drawn together
    learn       [N] True: for learning, its outcome known before the split; False: for trying
    """

    outcome_name: str
    severities: dict[str, NDArray[np.float64]]
    visits: NDArray[np.float64]
    idle_s: NDArray[np.float64]
    outcome: NDArray[np.bool_]
    customer: NDArray[np.int64]
    learn: NDArray[np.bool_]
    horizon_us: int
    split: pd.Timestamp


def exposure(log: EventLog, terms: Terms, outcome: str, *, horizon_us: int) -> Exposure:
    """Exposure of a log's cases to friction, and an outcome.

    outcome   a touchpoint (“Cancellation”): the case meets it within the horizon; or a bound on a scale (“csat<=2”)
              among those who answer: t₀ is then the moment of the rated visit, whose own answers do not count

    For a touchpoint t₀ are twelve moments evenly over the log; cases count that began before and were seen within the
    window. The split is at 60 % of the time; what is learnt from ends a horizon before what is tried.
    Raises JourneyError for an unknown outcome, or a log too short for the horizon.
    """
    rows = log.rows(marked=True)
    bound = ANSWER.match(outcome)
    if bound:
        anchors, left_out = _rated(rows, log, bound)
    elif outcome in log.touchpoints:
        anchors, left_out = at_moments(rows, log, terms, outcome, horizon_us), ""
    else:
        scales = {scale.name for scale in log.scales.values()}
        hint = suggest(outcome, {*log.touchpoints, *scales} - {outcome}, known="touchpoints and scales")
        raise JourneyError(f"“{outcome}” is neither a touchpoint nor a bound on a scale such as “csat<=2”.{hint}")
    found = run(_known(rows, anchors, log, terms, left_out)).sort_values(["t0", "cid"], ignore_index=True)
    return _assembled(log, found, outcome, horizon_us)


def _rated(rows: Any, log: EventLog, bound: re.Match[str]) -> tuple[Any, str]:
    """Anchors at rated visits: (cid, pos0, t0, outcome)."""
    name, sign, limit = bound["name"], bound["sign"], float(bound["limit"])
    names = [scale.name for scale in log.scales.values()]
    if name not in names:
        raise JourneyError(f"There is no scale “{name}”.{suggest(name, names, known='scales')}")
    answer = rows[f"r_{name}"]
    met = {"<=": answer <= limit, ">=": answer >= limit, "<": answer < limit, ">": answer > limit}[sign]
    rated = rows.mutate(outcome=met).filter(answer.notnull())
    return rated.select("cid", pos0="pos", t0="t", outcome="outcome"), name


def at_moments(rows: Any, log: EventLog, terms: Terms, outcome: str, horizon_us: int) -> Any:
    """Anchors at moments of the calendar, at the last event of each case before."""
    sizes = log.index.sizes
    first, last = sizes.first_event + terms.window_us, sizes.last_event - horizon_us
    if last <= first:
        raise JourneyError(
            f"The log is too short: it must last longer than the window and the horizon "
            f"({(terms.window_us + horizon_us) / 86.4e9:.0f} days together). Choose a shorter --horizon."
        )
    code = log.codes([outcome])[0]
    when = rows.filter(rows.tp == code)
    parts = []
    for t0 in np.linspace(first, last, MOMENTS).astype("int64").tolist():
        past = rows.filter(rows.t <= t0)
        seen = past.group_by("cid").agg(pos0=past.pos.max(), last=past.t.max(), met=(past.tp == code).any())
        active = seen.filter(~seen.met & (seen["last"] >= t0 - terms.window_us))
        after = when.filter((when.t > t0) & (when.t <= t0 + horizon_us)).select("cid").distinct()
        after = after.mutate(hit=True)
        joined = active.left_join(after, "cid")
        parts.append(joined.select("cid", "pos0", t0=ibis.literal(t0, "int64"), outcome=joined.hit.fill_null(False)))
    return ibis.union(*parts)


def _known(rows: Any, anchors: Any, log: EventLog, terms: Terms, left_out: str) -> Any:
    """For each anchor: sums and counts of the severities known by then."""
    if terms.promises:
        rows = rows.mutate(promise_us=severity.promise(rows.next_tp, log, terms.promises))
    felt = {
        name: one
        for name, one in severity.felt(rows, log).items()
        if left_out != log.scales["satisfaction" if name == "dissatisfaction" else "effort"].name
    }
    severities = felt | severity.followed(rows, log, terms)
    if terms.promises:
        severities["wait"] = severity.arrival(rows)
    if "taken_us" in rows.columns:
        severities["since"] = severity.since(rows, log, terms)
    kept = {f"{name}_amount": one.amount.cast("float64") for name, one in severities.items()}
    kept |= {f"{name}_applies": one.applies for name, one in severities.items()}
    narrow = rows.select(
        "cid",
        "pos",
        "t",
        customer=rows.cust if "cust" in rows.columns else rows.cid,
        next_t=rows.t + rows.wait_us,
        back_t=rows.t + rows.again_us,
        **kept,
    )
    both = narrow.inner_join(anchors, "cid")
    both = both.filter(both.pos <= both.pos0)
    # A visit's future counts only as far as it had come by t₀: its own answers at the anchor, its next event, a return.
    earlier, followed = both.pos < both.pos0, (both.next_t <= both.t0).fill_null(False)
    known = {"dissatisfaction": earlier, "effort": earlier, "rework": both.pos.notnull(), "since": both.pos.notnull()}
    returned = (both.back_t <= both.t0).fill_null(False).cast("float64")
    sums: dict[str, Any] = {}
    for name in severities:
        amount = both[f"{name}_amount"] * returned if name == "rework" else both[f"{name}_amount"]
        counts = both[f"{name}_applies"] & known.get(name, followed)
        sums |= {f"{name}_total": amount.sum(where=counts), f"{name}_count": counts.sum()}
    return both.group_by("cid", "t0", "pos0").agg(
        visits=both.count(),
        customer=both.customer.max(),
        outcome=both.outcome.any(),
        before=both.t.max(where=earlier),
        **sums,
    )


def _assembled(log: EventLog, found: pd.DataFrame, outcome: str, horizon_us: int) -> Exposure:
    if found.empty:
        raise JourneyError(f"No case can be looked at for “{outcome}”: none was met, or none answered.")
    table = {name: found[name].fillna(0).to_numpy(float) for name in found if str(name).endswith(("_total", "_count"))}
    for part in ("_total", "_count"):
        if f"since{part}" in table:
            table[f"wait{part}"] = table.get(f"wait{part}", 0) + table.pop(f"since{part}")
    severities = {}
    for name in COMPONENTS:
        if f"{name}_count" in table and table[f"{name}_count"].any():
            count = table[f"{name}_count"]
            severities[name] = np.divide(
                table[f"{name}_total"], count, out=np.full(len(count), np.nan), where=count > 0
            )
    t0 = found["t0"].to_numpy(np.int64)
    split = int(log.index.sizes.first_event + 0.6 * (log.index.sizes.last_event - log.index.sizes.first_event))
    last_learnt = split if ANSWER.match(outcome) else split - horizon_us
    used = (t0 <= last_learnt) | (t0 >= split)
    return Exposure(
        outcome_name=outcome,
        severities={name: values[used] for name, values in severities.items()},
        visits=found["visits"].to_numpy(float)[used],
        idle_s=((t0 - found["before"].fillna(found["t0"]).to_numpy(float)) / 1e6)[used],
        outcome=found["outcome"].to_numpy(bool)[used],
        customer=found["customer"].to_numpy(np.int64)[used],
        learn=(t0 <= last_learnt)[used],
        horizon_us=horizon_us,
        split=pd.Timestamp(split, unit="us", tz="UTC"),
    )
