"""The tally: severities of friction summed by place and customer bucket, straight from the indexed events."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.mine import goals_of
from journey.model import COMPONENTS, Scale, Tally
from journey.recipe import duration_us

__all__ = ["Terms", "tally", "terms_of"]

# A wait of four times the promise, or more, is the worst there is.
WORST_WAIT = math.log(4)
# Where the recipe sets no window, the first of these that 99 % of next events come within.
WINDOWS = ("30m", "2h", "1d", "7d", "30d", "90d", "365d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What friction was measured by: stated with every ranking.

    window_us   time in which a next event, a return, a contact counts; `window_from` "recipe", "asked" or "data"
    promises    touchpoint → promised microseconds since the event before; `since` likewise, since another touchpoint
    promises_from   touchpoint → "recipe", "date" (a promised date in the data) or "data" (the median of the cases
                that reached the goal)
    """

    goal: tuple[str, ...]
    ends: tuple[str, ...]
    support: tuple[str, ...]
    repeatable: tuple[str, ...]
    window_us: int
    window_from: str
    promises: Mapping[str, int]
    since: Mapping[str, int]
    promises_from: Mapping[str, str]


def terms_of(log: EventLog, *, goal: str | Sequence[str] | None = None, window: str | None = None) -> Terms:
    """The terms that apply to a log: the recipe's, and where it is silent the data's own, labelled so.

    What the data decide is taken from all cases, whatever the filters, so that segments are measured alike.
    """
    recipe, known = log.recipe, set(log.touchpoints)
    goals = goals_of(log, goal)
    promised = {name: promise for name, promise in recipe.promises.items() if promise.within and name in known}
    declared = {name: duration_us(p.within) for name, p in promised.items() if not p.since}
    since = {name: duration_us(p.within) for name, p in promised.items() if p.since}
    dated = {name for table in recipe.tables for name in getattr(table, "promises", {})} & known
    chosen = window or recipe.window
    whole = dataclasses.replace(log, filters=())
    # Where people said which waits matter, the others are the customer's own time; where nobody did, the data stand in.
    usual = {} if promised or dated else log.index.once(("waits", goals), lambda: _usual_waits(whole, goals))
    return Terms(
        goal=goals,
        ends=tuple(name for name in recipe.ends if name in known),
        support=tuple(name for name in recipe.support if name in known),
        repeatable=tuple(name for name in recipe.repeatable if name in known),
        window_us=duration_us(chosen) if chosen else log.index.once("window", lambda: _usual_window(whole)),
        window_from="asked" if window else "recipe" if chosen else "data",
        promises={**declared, **usual},
        since=since,
        promises_from={**dict.fromkeys(promised, "recipe"), **dict.fromkeys(dated, "date"), **dict.fromkeys(usual, "data")},
    )


def _usual_window(log: EventLog) -> int:
    rows = log.rows()
    usual = run(rows.agg(wait=rows.wait_us.quantile(0.99)))["wait"].iloc[0]
    # Longer than a third of the log, hardly a visit could be followed for the whole window.
    span = (log.index.last_event - log.index.first_event) / 3
    choices = [us for us in map(duration_us, WINDOWS) if us <= span] or [duration_us(WINDOWS[0])]
    return next((us for us in choices if pd.isna(usual) or us >= usual), choices[-1])


def _usual_waits(log: EventLog, goals: Sequence[str]) -> dict[str, int]:
    """Median wait for each touchpoint among the cases that reached the goal, at least a second."""
    if not goals:
        return {}
    rows = log.rows()
    reached = rows.filter(rows.tp.isin(log.codes(goals))).select("cid").distinct()
    moves = rows.filter(rows.next_tp.notnull()).semi_join(reached, "cid")
    medians = run(moves.group_by("next_tp").agg(wait=moves.wait_us.median()))
    return {log.touchpoints[int(row.next_tp)]: max(1_000_000, round(row.wait)) for row in medians.itertuples()}


def tally(log: EventLog, terms: Terms, *, transitions: bool = False) -> Tally:
    """Severities summed by place and customer bucket.

    A visit's severities lie in [0, 1]; a component counts only the visits to which it applies:

    dissatisfaction, effort   1 − u, u the answer as a share of the scale's range, good end 1; rated visits
    exit      no next event within the window, at no goal or allowed end, and no goal met before; visits that the log
              follows for the window
    rework    a visit to the same touchpoint within the window; the same visits, repeatable touchpoints left out
    wait      min(1, ln⁺(wait / promise) / ln 4), the wait for this touchpoint; visits with a promise
    switch    the next event, within the window, is in another channel; visits whose next event is within it
    help      the next event, within the window, is a support contact; visits outside support

    A transition carries wait, switch and rework of its source's visit, the exit right after it, and as dissatisfaction
    the fall (u source − u target)⁺ where both were rated.
    """
    rows = bucketed(log.rows(marked=True), log.index.customers)
    parts = _transition_parts(rows, log, terms) if transitions else _touchpoint_parts(rows, log, terms)
    tables = [run(part) for part in parts]
    return _assembled(log, pd.concat(tables), ["source", "target"] if transitions else ["place"])


@dataclass(frozen=True)
class _Severity:
    """Ibis expressions over indexed rows: does it apply, and how severe (0–1)."""

    applies: Any
    amount: Any

    def sums(self, name: str) -> dict[str, Any]:
        amount = self.amount.cast("float64")
        return {f"{name}_total": amount.sum(where=self.applies), f"{name}_count": self.applies.sum()}


def _touchpoint_parts(rows: Any, log: EventLog, terms: Terms) -> list[Any]:
    severities = _felt(rows, log) | _left(rows, log, terms) | _followed(rows, log, terms)
    by = {"place": rows.tp, "bucket": rows.bucket}
    parts = [rows.group_by(**by).agg(visits=rows.count(), **_sums(severities))]
    arrivals = rows.filter(rows.next_tp.isin(_coded(log, terms.promises)))
    if terms.promises:
        by_target = {"place": arrivals.next_tp, "bucket": arrivals.bucket}
        parts.append(arrivals.group_by(**by_target).agg(**_sums({"wait": _arrival(arrivals, log, terms)})))
    if "taken_us" in rows.columns:
        parts.append(rows.group_by(**by).agg(**_sums({"wait": _since(rows, log, terms)})))
    if terms.goal and "exit" in severities:
        left = _left_after_goal(rows, log, terms)
        parts.append(left.group_by(place=left.tp, bucket=left.bucket).agg(exit_total=-left.count().cast("float64")))
    return parts


def _transition_parts(rows: Any, log: EventLog, terms: Terms) -> list[Any]:
    moves = rows.filter(rows.next_tp.notnull())
    followed = {name: s for name, s in _followed(moves, log, terms).items() if name != "help"}
    by = {"source": moves.tp, "target": moves.next_tp, "bucket": moves.bucket}
    parts = [moves.group_by(**by).agg(visits=moves.count(), **_sums(followed))]
    if terms.promises:
        arrivals = moves.filter(moves.next_tp.isin(_coded(log, terms.promises)))
        by = {"source": arrivals.tp, "target": arrivals.next_tp, "bucket": arrivals.bucket}
        parts.append(arrivals.group_by(**by).agg(**_sums({"wait": _arrival(arrivals, log, terms)})))
    targets = rows.filter(rows.prev_tp.notnull())
    by = {"source": targets.prev_tp, "target": targets.tp, "bucket": targets.bucket}
    if "taken_us" in rows.columns:
        parts.append(targets.group_by(**by).agg(**_sums({"wait": _since(targets, log, terms)})))
    left = _left(targets, log, terms)
    if left:
        parts.append(targets.group_by(**by).agg(**_sums(left)))
        gone = _left_after_goal(targets, log, terms) if terms.goal else None
        if gone is not None:
            by = {"source": gone.prev_tp, "target": gone.tp, "bucket": gone.bucket}
            parts.append(gone.group_by(**by).agg(exit_total=-gone.count().cast("float64")))
    if "satisfaction" in log.scales:
        parts.append(_falls(rows, log.scales["satisfaction"]))
    return parts


def _sums(severities: Mapping[str, _Severity]) -> dict[str, Any]:
    return {key: expr for name, severity in severities.items() for key, expr in severity.sums(name).items()}


def _felt(rows: Any, log: EventLog) -> dict[str, _Severity]:
    found = {}
    for role, name in (("satisfaction", "dissatisfaction"), ("effort", "effort")):
        if role in log.scales:
            answer = rows[f"r_{log.scales[role].name}"]
            found[name] = _Severity(answer.notnull(), 1 - _good_share(answer, log.scales[role]))
    return found


def _good_share(answer: Any, scale: Scale) -> Any:
    """u: the answer as a share of the scale's range, 1 at the good end."""
    share = (answer.cast("float64") - scale.low) / (scale.high - scale.low)
    return share if scale.good == "high" else 1 - share


def _goes_on(rows: Any, terms: Terms) -> Any:
    """The case has a next event within the window."""
    return (rows.wait_us <= terms.window_us).fill_null(False)


def _watched(rows: Any, log: EventLog, terms: Terms) -> Any:
    """The log goes on for the whole window after the event; counting others where something came would flatter it."""
    return rows.t <= log.index.last_event - terms.window_us


def _left(rows: Any, log: EventLog, terms: Terms) -> dict[str, _Severity]:
    """Exit; only where it is known which ends are meant."""
    if not (terms.goal or terms.ends):
        return {}
    meant = rows.tp.isin(_coded(log, {*terms.goal, *terms.ends}))
    return {"exit": _Severity(_watched(rows, log, terms), ~_goes_on(rows, terms) & ~meant)}


def _left_after_goal(rows: Any, log: EventLog, terms: Terms) -> Any:
    """Exits that `_left` counted although the case had met the goal before: to be taken off again."""
    meant = rows.tp.isin(_coded(log, {*terms.goal, *terms.ends}))
    exits = rows.filter(~_goes_on(rows, terms) & _watched(rows, log, terms) & ~meant)
    goals = log.rows(marked=True)
    goals = goals.filter(goals.tp.isin(_coded(log, terms.goal)))
    met = goals.group_by("cid").agg(goal_pos=goals.pos.min())
    joined = exits.inner_join(met, "cid")
    return joined.filter(joined.goal_pos < joined.pos)


def _followed(rows: Any, log: EventLog, terms: Terms) -> dict[str, _Severity]:
    """Rework, switch and help: what comes within the window after the visit."""
    goes_on, watched = _goes_on(rows, terms), _watched(rows, log, terms)
    again = (rows.again_us <= terms.window_us).fill_null(False)
    unplanned = ~rows.tp.isin(_coded(log, terms.repeatable)) if terms.repeatable else ibis.literal(True)
    found = {"rework": _Severity(watched & unplanned, again)}
    if "ch" in rows.columns:
        both = goes_on & rows.ch.notnull() & rows.next_ch.notnull()
        found["switch"] = _Severity(both, (rows.ch != rows.next_ch).fill_null(False))
    if terms.support:
        support = _coded(log, terms.support)
        asked = goes_on & rows.next_tp.isin(support).fill_null(False)
        found["help"] = _Severity(watched & ~rows.tp.isin(support), asked)
    return found


def _arrival(moves: Any, log: EventLog, terms: Terms) -> _Severity:
    """Wait for the next touchpoint against its promised time."""
    return _lateness(moves.wait_us, _promise(moves.next_tp, log, terms.promises))


def _since(rows: Any, log: EventLog, terms: Terms) -> _Severity:
    """Wait counted from a promised date's, or another touchpoint's, start."""
    promise = _promise(rows.tp, log, terms.since) if terms.since else ibis.null("int64")
    if "promised_us" in rows.columns:
        promise = ibis.coalesce(rows.promised_us, promise)
    return _lateness(rows.taken_us, promise)


def _lateness(wait: Any, promise: Any) -> _Severity:
    ratio = wait.cast("float64") / promise.cast("float64").nullif(0.0)
    severity = (ibis.greatest(ratio, 1.0).ln() / WORST_WAIT).clip(upper=1.0)
    return _Severity((wait >= 0).fill_null(False) & (promise > 0).fill_null(False), severity)


def _promise(code: Any, log: EventLog, promises: Mapping[str, int]) -> Any:
    """The promised time of each row's touchpoint, looked up by code in a literal list."""
    listed = [promises.get(name) for name in log.touchpoints]
    return ibis.literal(listed, type="array<int64>")[code.cast("int32")]


def _falls(rows: Any, scale: Scale) -> Any:
    """(u source − u target)⁺ of moves rated at both ends."""
    rated = rows.filter(rows[f"r_{scale.name}"].notnull())
    rated = rated.mutate(u=_good_share(rated[f"r_{scale.name}"], scale))
    target = rated.select("cid", target="tp", at="pos", u_target="u")
    pairs = rated.mutate(at=rated.pos + 1).inner_join(target, ["cid", "at"])
    fall = (pairs.u - pairs.u_target).clip(lower=0.0)
    by = {"source": pairs.tp, "target": pairs.target, "bucket": pairs.bucket}
    return pairs.group_by(**by).agg(dissatisfaction_total=fall.sum(), dissatisfaction_count=pairs.count())


def _coded(log: EventLog, names: Iterable[str]) -> list[int]:
    return sorted(log.codes(names))


def _assembled(log: EventLog, sums: pd.DataFrame, keys: list[str]) -> Tally:
    """Long sums by place and bucket as arrays [component, place, bucket]."""
    summed = sums.groupby([*keys, "bucket"]).sum(min_count=0).astype(float).reset_index()
    places = summed[keys].drop_duplicates().sort_values(keys)
    place = summed[keys].merge(places.reset_index(drop=True).reset_index(), on=keys, how="left")["index"].to_numpy()
    buckets, bucket_at = np.unique(summed["bucket"].to_numpy(), return_inverse=True)
    shape = (len(places), len(buckets))
    names = [name for name in COMPONENTS if f"{name}_count" in summed and summed[f"{name}_count"].sum() > 0]

    def spread(column: str) -> NDArray[np.float64]:
        table = np.zeros(shape)
        table[place, bucket_at] = summed[column].fillna(0).to_numpy(float)
        return table

    touchpoints = [[log.touchpoints[int(code)] for code in row] for row in places.to_numpy()]
    return Tally(
        at=tuple((row[0], row[1]) if len(row) == 2 else row[0] for row in touchpoints),
        components=tuple(names),
        visits=spread("visits").sum(axis=1),
        total=np.stack([spread(f"{name}_total") for name in names]) if names else np.zeros((0, *shape)),
        count=np.stack([spread(f"{name}_count") for name in names]) if names else np.zeros((0, *shape)),
    )
