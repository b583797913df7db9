"""Before an outcome: what each case had met by then, and how it had rated that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.events.engine import run
from journey.events.exposure import ANSWER, at_moments
from journey.events.log import EventLog
from journey.events.severity import coded, good_share
from journey.events.terms import terms_of
from journey.model import Scale
from journey.recipe import duration_us

__all__ = ["Before", "Outcome", "before", "outcomes"]

ROLES: Final = ("satisfaction", "effort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is looked at.

    name   as it was asked for
    kind   "answer" on a scale about the whole relation; or "yes or no": a bound on one, or a touchpoint met later
    scale  of the answers; None for a touchpoint
    good   whether more of it is good: higher answers, or yes
    after  the touchpoint from whose first visit on the outcome is looked for; None otherwise
    horizon_us   how far ahead it may come, in microseconds; None for answers, and where the tables tell no times
    """

    name: str
    kind: Literal["answer", "yes or no"]
    scale: Scale | None
    good: bool
    after: str | None = None
    horizon_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """N outcomes, and the E pairs of an outcome and a touchpoint that its case had met by then.

    value        [N] the answer as written in the data, or 1 and 0
    customer     [N] the customer's number, for a customer's outcomes are drawn together
    of, at       [E] number of the outcome, number of the touchpoint
    rating       [E] mean of the case's ratings there by then, as a share of the scale, 1 the good end; NaN: not rated
    scales       [M] the scale that each touchpoint was rated on: satisfaction, or effort where only that was asked;
                 None where nothing was
    """

    outcome: Outcome
    touchpoints: tuple[str, ...]
    scales: tuple[Scale | None, ...]
    value: NDArray[np.float64]
    customer: NDArray[np.int64]
    of: NDArray[np.int64]
    at: NDArray[np.int64]
    rating: NDArray[np.float64]


def outcomes(log: EventLog) -> tuple[str, ...]:
    """What can be asked for, likeliest first: relational scales with answers, then goals and allowed ends."""
    columns = log.index.stored.columns
    scales = [one.name for one in log.door.scales.values() if one.about == "relation" and f"r_{one.name}" in columns]
    nps = [log.scales["nps"].name] if "nps" in log.scales else []
    places = [name for name in (*log.recipe.goal, *log.recipe.ends) if name in log.touchpoints] if log.timed else []
    return tuple(dict.fromkeys([*nps, *scales, *places]))


def before(log: EventLog, outcome: str, *, after: str | None = None, horizon: str | None = None) -> Before:
    """What cases had met up to an outcome.

    outcome   a scale about the whole relation, by name or as “nps”; a bound on it (“nps<=6”); or a touchpoint
    after     with a touchpoint: look from each case's first visit here on; without, at twelve moments evenly over the
              log, as `journey.validate` does
    horizon   with a touchpoint: how far ahead it counts; default the recipe's window

    An answer counts from the visit that it was joined to: everything up to and with that visit stands before it, what
    came later does not. With a touchpoint, everything up to the moment or to the visit `after`; only those who were
    followed for the horizon are looked at, and the outcome itself is no part of what was met.
    Raises JourneyError for an unknown outcome, one that has no time, or one that nobody can be looked at for.
    """
    what, anchors = _anchors(log, outcome, after, horizon)
    anchors = _not_ended(anchors, log, what)
    rows = log.rows()
    anchors = anchors.mutate(of=ibis.row_number().over(order_by=[anchors.cid, anchors.t0, anchors.pos0]))
    whose = rows.filter(rows.pos == 0).select("cid", customer="cust" if log.has_customers else "cid")
    found = run(anchors.inner_join(whose, "cid").select("of", "outcome", "customer").order_by("of"))
    if found.empty:
        raise JourneyError(
            "Nobody can be looked at for “{outcome}”: no case has it, or none came that far.", outcome=outcome
        )
    met = run(_met(rows, anchors, log))
    return _assembled(log, what, found, met)


# --- what is looked at ------------------------------------------------------------------------------


def _anchors(log: EventLog, outcome: str, after: str | None, horizon: str | None) -> tuple[Outcome, Any]:
    """The outcome, and its rows: cid, pos0 and t0 of the last visit that counts, and the outcome."""
    bound = ANSWER.match(outcome)
    name = bound["name"] if bound else outcome
    scale = log.scales["nps"] if name == "nps" and "nps" in log.scales else log.door.scales.get(name)
    if scale is not None and f"r_{scale.name}" in log.index.stored.columns:
        return _answered(log, outcome, scale, bound)
    if outcome in log.touchpoints:
        if after is not None:
            return _after(log, outcome, after, horizon)
        if not log.timed:
            raise JourneyError(
                "The tables tell no times: say from which touchpoint on “{outcome}” is looked for (after=).",
                outcome=outcome,
            )
        return _at_moments(log, outcome, horizon)
    if outcome in log.attributes:
        raise JourneyError(
            "“{outcome}” is an attribute and has no time: what came before it can't be told from what came after. "
            "Choose a scale about the whole relation, or a touchpoint.",
            outcome=outcome,
        )
    known = outcomes(log)
    hint = suggest(outcome, known, known="outcomes")
    raise JourneyError("“{outcome}” is neither a scale nor a touchpoint.{hint}", outcome=outcome, hint=hint)


def _answered(log: EventLog, outcome: str, scale: Scale, bound: re.Match[str] | None) -> tuple[Outcome, Any]:
    if scale.about == "touchpoint" and scale is not log.scales.get("nps"):
        raise JourneyError(
            "“{scale}” is asked about single touchpoints: it is what may drive an outcome, not the outcome. A scale "
            "about the whole relation is declared with “about: relation”.",
            scale=scale.name,
        )
    rows = log.rows()
    answer = rows[f"r_{scale.name}"]
    rows = rows.filter(answer.notnull())
    high = scale.good == "high"
    if bound is None:
        kind, good, value = "answer", high, answer.cast("float64")
    else:
        sign, limit = bound["sign"], float(bound["limit"])
        kind, good = "yes or no", high == (sign in (">", ">="))
        value = {"<=": answer <= limit, ">=": answer >= limit, "<": answer < limit, ">": answer > limit}[sign]
        value = value.cast("float64")
    what = Outcome(name=outcome, kind="answer" if kind == "answer" else "yes or no", scale=scale, good=good)
    return what, rows.select("cid", pos0="pos", t0="t", outcome=value)


def _after(log: EventLog, outcome: str, after: str, horizon: str | None) -> tuple[Outcome, Any]:
    """From each case's first visit at `after`."""
    place, code = log.codes([after])[0], log.codes([outcome])[0]
    if place == code:
        raise JourneyError(
            "“{outcome}” can't be looked for from itself on: name an earlier touchpoint.", outcome=outcome
        )
    rows = log.rows()
    starts = rows.filter(rows.tp == place)
    starts = starts.group_by("cid").agg(pos0=starts.pos.min(), t0=starts.t.min())
    what, limit = _touchpoint(log, outcome, after, horizon)
    if limit is not None:
        starts = starts.filter(starts.t0 <= log.index.sizes.last_event - limit)
    ends = rows.filter(rows.tp == code).select("cid", pos1="pos", t1="t")
    both = starts.inner_join(ends, "cid")
    both = both.filter(both.pos1 > both.pos0)
    both = both if limit is None else both.filter(both.t1 - both.t0 <= limit)
    hits = both.select("cid").distinct().mutate(hit=True)
    joined = starts.left_join(hits, "cid")
    found = joined.select("cid", "pos0", "t0", outcome=joined.hit.fill_null(False).cast("float64"))
    return what, found


def _at_moments(log: EventLog, outcome: str, horizon: str | None) -> tuple[Outcome, Any]:
    what, limit = _touchpoint(log, outcome, None, horizon)
    assert limit is not None  # times are told
    found = at_moments(log.rows(), log, terms_of(log), outcome, limit)
    return what, found.mutate(outcome=found.outcome.cast("float64"))


def _not_ended(anchors: Any, log: EventLog, what: Outcome) -> Any:
    """With a touchpoint: without the cases that had come to another end by then."""
    ends = coded(log, {*log.recipe.ends} - {what.name}) if what.scale is None else []
    if not ends:
        return anchors
    rows = log.rows()
    over = rows.filter(rows.tp.isin(ends)).group_by("cid").agg(ended=rows.pos.min())
    both = anchors.left_join(over, "cid")
    both = both.filter((both.ended > both.pos0).fill_null(True))
    return both.select("cid", "pos0", "t0", "outcome")


def _touchpoint(log: EventLog, outcome: str, after: str | None, horizon: str | None) -> tuple[Outcome, int | None]:
    limit = None
    if log.timed:
        limit = duration_us(horizon) if horizon is not None else terms_of(log).window_us
    good = outcome not in log.recipe.ends
    return Outcome(name=outcome, kind="yes or no", scale=None, good=good, after=after, horizon_us=limit), limit


# --- what was met -----------------------------------------------------------------------------------


def _met(rows: Any, anchors: Any, log: EventLog) -> Any:
    """For each outcome and touchpoint met by then: the mean rating by role."""
    shares = {
        role: good_share(rows[f"r_{log.scales[role].name}"], log.scales[role]) for role in ROLES if role in log.rated
    }
    narrow = rows.select("cid", "pos", "tp", **shares)
    both = narrow.inner_join(anchors.select("cid", "pos0", "of"), "cid")
    both = both.filter(both.pos <= both.pos0)
    means = {role: both[role].mean().cast("float32") for role in shares}
    return both.group_by("of", "tp").agg(**means) if means else both.select("of", "tp").distinct()


def _assembled(log: EventLog, what: Outcome, found: pd.DataFrame, met: pd.DataFrame) -> Before:
    of, tp = met["of"].to_numpy(np.int64), met["tp"].to_numpy(np.int64)
    scales: list[Scale | None] = [None] * len(log.touchpoints)
    rating = np.full(len(met), np.nan)
    # Satisfaction wherever somebody told it; effort where only that was asked.
    for role in reversed([role for role in ROLES if role in met]):
        values = met[role].to_numpy(float)
        told = np.bincount(tp[np.isfinite(values)], minlength=len(scales)) > 0
        rating = np.where(told[tp], values, rating)
        scales = [log.scales[role] if any_ else scale for any_, scale in zip(told, scales, strict=True)]
    # Ends are no experience, and the outcome is not its own driver.
    own = [] if what.scale is not None else coded(log, {what.name, *log.recipe.ends})
    kept = ~np.isin(tp, own)
    used = np.unique(tp[kept])
    return Before(
        outcome=what,
        touchpoints=tuple(log.touchpoints[code] for code in used),
        scales=tuple(scales[code] for code in used),
        value=found["outcome"].to_numpy(float),
        customer=found["customer"].to_numpy(np.int64),
        of=of[kept],
        at=np.searchsorted(used, tp[kept]),
        rating=rating[kept],
    )
