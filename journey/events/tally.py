"""The tally: severities of friction summed by place and customer bucket, straight from the indexed events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events import severity
from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.severity import Severity, coded, goes_on, good_share, watched
from journey.events.terms import Terms
from journey.events.until import first_goals
from journey.model import COMPONENTS, Scale, Tally

__all__ = ["tally", "touchpoint_parts"]


def tally(log: EventLog, terms: Terms, *, transitions: bool = False, commonest: int | None = None) -> Tally:
    """Severities summed by place and customer bucket; of the `commonest` places alone where that is given.

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
    rows = bucketed(log.rows(marked=True), log.index.sizes.customers)
    parts = _transition_parts(rows, log, terms) if transitions else touchpoint_parts(rows, log, terms)
    tables = [run(part) for part in parts]
    keys = ["source", "target"] if transitions else ["place"]
    sums = pd.concat(tables)
    return _assembled(log, sums if commonest is None else _commonest(sums, keys, commonest), keys)


def _commonest(sums: pd.DataFrame, keys: list[str], most: int) -> pd.DataFrame:
    """The rows of the places with the most visits; of equally many, those with the lower codes."""
    visits = sums.groupby(keys)["visits"].sum().sort_values(ascending=False, kind="stable").head(most)
    return sums.merge(visits.index.to_frame(index=False), on=keys)


def touchpoint_parts(rows: Any, log: EventLog, terms: Terms) -> list[Any]:
    """Each part sums other components by the same keys; one pass of the rows for most of them."""
    here = {"place": rows.tp, "bucket": rows.bucket}
    exits = severity.left(rows, log, terms)
    visits = severity.felt(rows, log) | exits | severity.followed(rows, log, terms)
    parts = [rows.group_by(**here).agg(visits=rows.count(), **_sums(visits))]
    if terms.promises:
        moves = severity.promised(rows, log, terms)
        wait = _sums({"wait": severity.arrival(moves)})
        parts.append(moves.group_by(place=moves.next_tp, bucket=moves.bucket).agg(**wait))
    if "taken_us" in rows.columns:
        parts.append(rows.group_by(**here).agg(**_sums({"wait": severity.since(rows, log, terms)})))
    if terms.goal and exits:
        after = _left_after_goal(rows, log, terms)
        parts.append(after.group_by(place=after.tp, bucket=after.bucket).agg(**_taken_off(after)))
    return parts


def _transition_parts(rows: Any, log: EventLog, terms: Terms) -> list[Any]:
    """From the source's row what follows its visit; from the target's row how the move ended."""
    moves = rows.filter(rows.next_tp.notnull())
    sources = {"source": moves.tp, "target": moves.next_tp, "bucket": moves.bucket}
    after_source = severity.followed(moves, log, terms)
    after_source.pop("help", None)  # the support contact is a transition of its own
    parts = [moves.group_by(**sources).agg(visits=moves.count(), **_sums(after_source))]
    if terms.promises:
        late = severity.promised(moves, log, terms)
        by = {"source": late.tp, "target": late.next_tp, "bucket": late.bucket}
        parts.append(late.group_by(**by).agg(**_sums({"wait": severity.arrival(late)})))
    arrived = rows.filter(rows.prev_tp.notnull())
    targets = {"source": arrived.prev_tp, "target": arrived.tp, "bucket": arrived.bucket}
    at_target = severity.left(arrived, log, terms)
    if "taken_us" in rows.columns:
        at_target["wait"] = severity.since(arrived, log, terms)
    if at_target:
        parts.append(arrived.group_by(**targets).agg(**_sums(at_target)))
    if terms.goal and "exit" in at_target:
        after = _left_after_goal(arrived, log, terms)
        by = {"source": after.prev_tp, "target": after.tp, "bucket": after.bucket}
        parts.append(after.group_by(**by).agg(**_taken_off(after)))
    if "satisfaction" in log.rated:
        parts.append(_falls(rows, log.scales["satisfaction"]))
    return parts


def _sums(severities: Mapping[str, Severity]) -> dict[str, Any]:
    return {key: expr for name, one in severities.items() for key, expr in one.sums(name).items()}


def _taken_off(exits: Any) -> dict[str, Any]:
    return {"exit_total": -exits.count()}


def _left_after_goal(rows: Any, log: EventLog, terms: Terms) -> Any:
    """Exits that `left` counted although the case had met the goal before: to be taken off again."""
    meant = rows.tp.isin(coded(log, {*terms.goal, *terms.ends}))
    exits = rows.filter(~goes_on(rows, terms) & watched(rows, log, terms) & ~meant)
    joined = exits.inner_join(first_goals(log, terms.goal), "cid")
    return joined.filter(joined.goal_pos < joined.pos)


def _falls(rows: Any, scale: Scale) -> Any:
    """(u source − u target)⁺ of moves rated at both ends."""
    rated = rows.filter(rows[f"r_{scale.name}"].notnull())
    rated = rated.mutate(u=good_share(rated[f"r_{scale.name}"], scale))
    target = rated.select("cid", target="tp", at="pos", u_target="u")
    pairs = rated.mutate(at=rated.pos + 1).inner_join(target, ["cid", "at"])
    fall = (pairs.u - pairs.u_target).clip(lower=0.0)
    by = {"source": pairs.tp, "target": pairs.target, "bucket": pairs.bucket}
    return pairs.group_by(**by).agg(dissatisfaction_total=fall.sum(), dissatisfaction_count=pairs.count())


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
