"""Comments: what customers wrote, beside their rating, for the cases that a log's filters keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from journey.errors import JourneyError
from journey.events.answers import answers
from journey.events.engine import drop, each, keep_frame, run
from journey.events.log import EventLog
from journey.events.told import tells, told
from journey.model import Scale

__all__ = ["Comment", "Comments", "Wrote", "comments", "written"]

Order = Literal["worst", "latest"]
ORDERS: Final = ("worst", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment, as it was written: mask it before it is shown (`journey.voice.privacy`).

    time      of the visit, in the recipe's time zone
    rating    the satisfaction answered at that visit, as written in the data; None where none was
    nps       likewise the answer to the relation survey that belongs to the visit
    """

    case: str
    time: datetime
    touchpoint: str
    channel: str | None
    rating: float | None
    nps: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """How many of those who gave one rating wrote: `comments` of `answers`."""

    rating: float
    answers: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """Some comments, and of how many.

    shown    as many as were asked for, in the order asked for
    total    all comments on these visits; `visits` all visits, with or without one
    wrote    comments and answers by rating, lowest first: who writes is not who answers
    """

    shown: tuple[Comment, ...]
    total: int
    visits: int
    wrote: tuple[Wrote, ...] = ()


def comments(log: EventLog, *, touchpoint: str | None = None, limit: int = 20, order: Order = "worst") -> Comments:
    """Comments at a touchpoint, or anywhere, of the cases in the log.

    touchpoint  where they were left; None: anywhere
    limit       how many are fetched (0 or more); they are counted whatever the limit
    order       "worst": least satisfied first, the unrated last, later before earlier; or "latest" first

    A log without a column of comments has none. In a collapsed log a run of visits keeps the comments of its first.
    Comments are read once for a log and kept beside its index: in memory for small logs, in the engine's own table
    for large ones. Raises JourneyError for an unknown touchpoint, order, or a negative limit.
    """
    if order not in ORDERS:
        raise JourneyError("Comments are ordered by {known}, not “{order}”.", known=", ".join(ORDERS), order=order)
    if limit < 0:
        raise JourneyError("limit is how many to show, 0 or more; got {limit}.", limit=limit)
    codes = () if touchpoint is None else log.codes([touchpoint])
    rows = log.rows()
    rows = rows.filter(rows.tp.isin(codes)) if codes else rows
    scale = log.scales.get("satisfaction")
    visits = run(rows.agg(n=rows.count()))["n"].iloc[0]
    if not tells(log, "comment"):
        return Comments(shown=(), total=0, visits=int(visits))
    there = written(log)
    there = there.filter(there.tp.isin(codes)) if codes else there
    total = run(there.agg(n=there.count()))["n"].iloc[0]
    return Comments(
        shown=_fetched(log, there, limit, order, scale),
        total=int(total),
        visits=int(visits),
        wrote=() if scale is None else _wrote(answers(log, touchpoint=touchpoint), there),
    )


def written(log: EventLog) -> Any:
    """The comments of the cases in the log as an Ibis expression, read once (for the rooms of `events` alone).

    Columns: cid, tp, t, channel, rating, effort and nps (the answers of the visit, null where none), comment.
    """
    kept = log.index.once("comments", lambda: _kept(log))
    return kept.semi_join(log.rows().select("cid").distinct(), "cid") if log.filters else kept


def _kept(log: EventLog) -> Any:
    """All comments with their visit's case, touchpoint, time, channel and answers; only visits that the index has."""
    columns = {role: f"r_{log.scales[role].name}" for role in ("satisfaction", "effort", "nps") if role in log.scales}
    named = [name for name in ("channel", *columns.values()) if tells(log, name)]
    table = told(log, "comment", *named)
    table = table.filter(table.comment.notnull() & (table.comment.strip() != ""))
    table = table.mutate(
        channel=table.channel if "channel" in named else ibis.null("string"),
        rating=_answer(table, columns.get("satisfaction")),
        effort=_answer(table, columns.get("effort")),
        nps=_answer(table, columns.get("nps")),
    )
    names = pd.DataFrame({"touchpoint": list(log.touchpoints), "tp": range(len(log.touchpoints))})
    codes = keep_frame(log.index.backend, names, schema={"touchpoint": "string", "tp": "int32"}, name="names")
    table = table.inner_join(codes, "touchpoint")
    here = table.semi_join(log.index.table(), ["cid", "tp", "t"])
    kept = log.index.keep(here.select("cid", "tp", "t", "channel", "rating", "effort", "nps", "comment"))
    drop(log.index.backend, codes.op().name)
    return kept


def _answer(table: Any, column: str | None) -> Any:
    return ibis.null("float64") if column is None else table[column].cast("float64")


def _fetched(log: EventLog, written: Any, limit: int, order: Order, scale: Scale | None) -> tuple[Comment, ...]:
    latest = [ibis.desc("t"), "cid", "tp"]
    worst = written.rating.asc(nulls_first=False)
    if scale is not None and scale.good == "low":
        worst = written.rating.desc(nulls_first=False)
    keys = latest if order == "latest" else [worst, *latest]
    found = run(log.index.with_case_names(written.order_by(keys).limit(limit)).order_by(keys))
    zone = ZoneInfo(log.recipe.time_zone or "UTC")
    return tuple(
        Comment(
            case=str(row.case),
            time=pd.Timestamp(row.t, unit="us", tz="UTC").tz_convert(zone).to_pydatetime(),
            touchpoint=log.touchpoints[int(row.tp)],
            channel=None if pd.isna(row.channel) else str(row.channel),
            rating=_number(row.rating),
            nps=_number(row.nps),
            text=str(row.comment),
        )
        for row in each(found)
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _wrote(counted: Mapping[float, int], written: Any) -> tuple[Wrote, ...]:
    """Answers and comments by rating; nothing where there are too many different ones to list."""
    found = run(written.group_by("rating").agg(comments=written.count())).dropna()
    texts = dict(found.itertuples(index=False, name=None))
    return tuple(Wrote(rating, n, int(texts.get(rating, 0))) for rating, n in counted.items())
