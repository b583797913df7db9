"""Cases as they were lived, ready to be laid against a designed map: each way once, and which case took it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.engine import run
from journey.events.index import bucketed
from journey.events.log import EventLog
from journey.events.terms import terms_of
from journey.events.variants import signature

__all__ = ["MOST", "Lived", "by_value", "felt_at", "lived"]

# More cases than this are not looked at one by one: some of them, drawn by their number, stand for all.
MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """Cases and their ways; C cases, V different ways.

    touchpoint  codes of the touchpoints of all ways, one way after another; way v begins at `begins[v]`, [V + 1]
    cid         [C] the case's number; `way` [C] the way it took
    bucket      [C] of its customer, 0 … `buckets` − 1
    open        [C] whether it is still under way: its last event lies less than the window before the log's end
    felt        [C] mean of its answers on satisfaction, as written in the data; not a number where it gave none
    of_cases    cases in the log: more than C where they are too many to look at each
    window_s    seconds after which a case that did not go on is taken to have left; None where no times are known
    """

    touchpoint: NDArray[np.int64]
    begins: NDArray[np.int64]
    cid: NDArray[np.int64]
    way: NDArray[np.int64]
    bucket: NDArray[np.int64]
    buckets: int
    open: NDArray[np.bool_]
    felt: NDArray[np.float64]
    of_cases: int
    window_s: float | None


def lived(log: EventLog, *, most: int = MOST) -> Lived:
    """The cases of a log. Of more than `most`, about so many, drawn by their number, and always the same."""
    rows = _some(log, most)
    window_us = terms_of(log).window_us if log.timed else None
    by_case = _by_case(rows, log)
    cases = run(by_case).sort_values("cid", ignore_index=True)
    keys = ["key_0", "key_1", "key_2"]
    first = cases.groupby(keys)["cid"].transform("min")
    stands_for, way = np.unique(first.to_numpy(np.int64), return_inverse=True)
    codes, begins = _ways(rows, by_case, keys, stands_for)
    buckets, bucket = np.unique(cases["bucket"].to_numpy(np.int64), return_inverse=True)
    open_ = np.zeros(len(cases), bool)
    if window_us is not None:
        open_ = cases["last"].to_numpy(np.int64) > log.index.sizes.last_event - window_us
    return Lived(
        touchpoint=codes,
        begins=begins,
        cid=cases["cid"].to_numpy(np.int64),
        way=way.astype(np.int64),
        bucket=bucket.astype(np.int64),
        buckets=len(buckets),
        open=open_,
        felt=cases["felt"].to_numpy(float),
        of_cases=log.cases,
        window_s=None if window_us is None else window_us / 1e6,
    )


def by_value(log: EventLog, found: Lived, attribute: str) -> tuple[tuple[Any, ...], NDArray[np.int64], list[Any]]:
    """Who had which value of an attribute (or of "channel"): places in `found`'s cases, the value's number, values.

    Values are in order of their cases, commonest first. A case counts under each value it had; under None, which is
    missing, where it never had one.
    Raises JourneyError for an unknown attribute.
    """
    column, codes = log.index.column(attribute)
    rows = log.rows()
    pairs = run(rows.select("cid", value=rows[column]).distinct())
    pairs = pairs[pairs["value"].notna() | ~pairs["cid"].isin(pairs.loc[pairs["value"].notna(), "cid"])]
    place = pd.Index(found.cid).get_indexer(pd.Index(pairs["cid"].to_numpy(np.int64)))
    pairs = pairs.assign(place=place)[place >= 0]
    number, values = pd.factorize(pairs["value"], use_na_sentinel=False)
    told = [None if pd.isna(value) else codes.names[int(value)] if codes else _plain(value) for value in values]
    sizes = np.bincount(number, minlength=len(told))
    order = sorted(range(len(told)), key=lambda at: (-sizes[at], told[at] is None, str(told[at])))
    rank = np.empty(len(told), np.int64)
    rank[order] = np.arange(len(told))
    return tuple(told[at] for at in order), rank[number], pairs["place"].to_list()


def felt_at(log: EventLog, found: Lived, touchpoints: Iterable[int]) -> dict[int, NDArray[np.float64]]:
    """[C] the mean of each case's answers on satisfaction at each of the touchpoints, not a number where it gave none.

    Nothing where satisfaction was asked about the whole relation, or not at all.
    """
    codes = sorted(touchpoints)
    if not codes or "satisfaction" not in log.rated:
        return {}
    rows = log.rows()
    answer = rows[f"r_{log.scales['satisfaction'].name}"].cast("float64")
    rows = rows.mutate(answer=answer).filter(rows.tp.isin(codes) & answer.notnull())
    means = run(rows.group_by("cid", "tp").agg(felt=rows.answer.mean()))
    place = pd.Index(found.cid).get_indexer(pd.Index(means["cid"].to_numpy(np.int64)))
    code, felt = means["tp"].to_numpy(np.int64), means["felt"].to_numpy(float)
    known = {one: np.full(len(found.cid), np.nan) for one in codes}
    for one in codes:
        here = (code == one) & (place >= 0)
        known[one][place[here]] = felt[here]
    return known


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _some(log: EventLog, most: int) -> Any:
    """The rows of all cases, or of a part of them that their numbers choose."""
    rows = log.rows()
    if log.cases <= most:
        return rows
    # Twice scattered and squared: neighbours are of one time, and must not be drawn together.
    scattered = (rows.cid.abs() % 2_147_483_629 + 104_729) * 2_654_435 % 67_108_859
    return rows.filter(scattered * scattered % 2_147_483_647 < int(2_147_483_647 * most / log.cases))


def _by_case(rows: Any, log: EventLog) -> Any:
    """One row a case: the sums that name its way (see `journey.events.variants`), its bucket, last moment, answers."""
    rows = bucketed(rows, log.index.sizes.customers)
    told = {"bucket": rows.bucket.min(), "last": rows.t.max()}
    if "satisfaction" in log.scales:
        told["felt"] = rows[f"r_{log.scales['satisfaction'].name}"].cast("float64").mean()
    else:
        told["felt"] = ibis.null("float64")
    return rows.group_by("cid").agg(**signature(rows), **told)


def _ways(
    rows: Any, by_case: Any, keys: list[str], stands_for: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The touchpoints of one case of each way, in order of those cases' numbers."""
    examples = by_case.group_by(*keys).agg(example=by_case.cid.min()).select("example")
    joined = rows.semi_join(examples, rows.cid == examples.example)
    events = run(joined.select("cid", "pos", "tp")).sort_values(["cid", "pos"])
    place = np.searchsorted(stands_for, events["cid"].to_numpy(np.int64))
    begins = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(stands_for)))])
    return events["tp"].to_numpy(np.int64), begins.astype(np.int64)
