"""Every comment with the visit it was left at: its answers, and the touchpoints before and after it.

This is what listening starts from. Texts are as they were written, cut where they are very long: mask them before they
are kept or shown.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.events.comments import written
from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.told import tells

__all__ = ["LONGEST", "Asked", "Spoken", "asked", "listed_names", "speakers", "spoken"]

LONGEST: Final = 4000  # letters of a comment that are looked at
MOST_STEPS: Final = 21  # different answers: beyond it a scale is no list of boxes
ROLES: Final = ("satisfaction", "nps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """N comments, in order of case and time. Answers are as written in the data, NaN where none was given.

    cid, case       [N] number and id of the case;  customer: the customer's number
    t               [N] time of the visit, microseconds since 1970 UTC
    touchpoint      [N] code of the visit's touchpoint; `before` and `after` of the visits around it, −1 where none is
    channel         [N] names; None where unknown
    satisfaction, effort, nps   [N]
    text            [N] as written, at most `LONGEST` letters;  letters: how many there were
    """

    cid: NDArray[np.int64]
    case: NDArray[Any]
    customer: NDArray[np.int64]
    t: NDArray[np.int64]
    touchpoint: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    channel: NDArray[Any]
    satisfaction: NDArray[np.float64]
    effort: NDArray[np.float64]
    nps: NDArray[np.float64]
    text: tuple[str, ...]
    letters: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answered, and who wrote.

    visits      by touchpoint code;  moves: by (code, code of the next touchpoint)
    answers     visits with an answer of any kind
    given       (role, apart) → answer → visits that gave it; role is "satisfaction" or "nps", `apart` whether at one of
                the touchpoints asked about apart. Empty for a scale of very many steps. A visit with both answers
                counts under satisfaction only
    """

    visits: dict[int, int]
    moves: dict[tuple[int, int], int]
    answers: int
    given: dict[tuple[str, bool], dict[float, int]]


def spoken(log: EventLog) -> Spoken:
    """All comments of the cases in the log. One without comments gives none."""
    if not tells(log, "comment"):
        return _of(pd.DataFrame(columns=[*COLUMNS]))
    there = written(log)
    there = there.mutate(letters=there.comment.length(), comment=there.comment.substr(0, LONGEST))
    found = run(log.index.with_case_names(there))
    rows = log.rows()
    whose = {"cust": rows.cust} if log.has_customers else {"cust": rows.cid}
    visits = rows.semi_join(written(log), ["cid", "tp", "t"])
    visits = run(visits.select("cid", "tp", "t", "pos", "prev_tp", "next_tp", **whose))
    # Two visits of a case to one touchpoint at one moment are told apart by nothing: the first stands for both.
    visits = visits.sort_values(["cid", "pos"]).drop_duplicates(["cid", "tp", "t"])
    return _of(found.merge(visits, on=["cid", "tp", "t"]).sort_values(["cid", "pos"], kind="stable"))


COLUMNS: Final = (
    "cid",
    "case",
    "cust",
    "t",
    "tp",
    "prev_tp",
    "next_tp",
    "channel",
    "rating",
    "effort",
    "nps",
    "comment",
    "letters",
)


def _of(found: pd.DataFrame) -> Spoken:
    def whole(name: str) -> NDArray[np.int64]:
        return np.asarray(found[name].astype("Float64").fillna(-1), np.int64)

    def answer(name: str) -> NDArray[np.float64]:
        return np.asarray(found[name].astype("Float64").to_numpy(np.float64, na_value=np.nan), np.float64)

    channel = found["channel"].astype(object)
    return Spoken(
        cid=whole("cid"),
        case=found["case"].astype(str).to_numpy(object),
        customer=whole("cust"),
        t=whole("t"),
        touchpoint=whole("tp"),
        before=whole("prev_tp"),
        after=whole("next_tp"),
        channel=channel.where(channel.notna(), None).to_numpy(object),
        satisfaction=answer("rating"),
        effort=answer("effort"),
        nps=answer("nps"),
        text=tuple(str(text) for text in found["comment"]),
        letters=whole("letters"),
    )


def asked(log: EventLog, apart: tuple[int, ...] = ()) -> Asked:
    """How many answered, and what: whom the comments stand for. `apart`: codes of touchpoints counted apart."""
    rows = log.rows()
    roles = {role: f"r_{log.scales[role].name}" for role in ("satisfaction", "effort", "nps") if role in log.scales}
    answered = reduce(or_, (rows[column].notnull() for column in roles.values())) if roles else None
    sums = {"answers": rows.count() * 0 if answered is None else answered.sum()}
    found = run(rows.group_by("tp", "next_tp").agg(n=rows.count(), **sums))
    visits = found.groupby("tp", as_index=False).agg(n=("n", "sum")).astype("int64")
    moves = found.dropna(subset=["next_tp"])[["tp", "next_tp", "n"]].astype("int64")
    given: dict[tuple[str, bool], dict[float, int]] = {}
    left = rows
    for role in ROLES:
        if role in roles:
            answer = left[roles[role]].cast("float64")
            there = left.tp.isin(apart) if apart else ibis.literal(False)
            _count(given, role, left.select(answer=answer, apart=there))
            left = left.filter(left[roles[role]].isnull())
    return Asked(
        visits=dict(visits.itertuples(index=False, name=None)),
        moves={(int(one), int(other)): int(n) for one, other, n in moves.itertuples(index=False, name=None)},
        answers=int(found["answers"].fillna(0).to_numpy().sum()),
        given=given,
    )


def _count(given: dict[tuple[str, bool], dict[float, int]], role: str, answers: Any) -> None:
    answers = answers.filter(answers.answer.notnull())
    counted = answers.group_by("apart", "answer").agg(n=answers.count()).order_by("apart", "answer")
    found = run(counted.limit(2 * MOST_STEPS + 1))
    if found["answer"].nunique() > MOST_STEPS:
        return
    for apart, answer, n in found.itertuples(index=False, name=None):
        given.setdefault((role, bool(apart)), {})[float(answer)] = int(n)


def speakers(log: EventLog) -> NDArray[np.int64]:
    """Numbers of the cases in the log that hold a comment."""
    if not tells(log, "comment"):
        return np.array([], np.int64)
    return np.asarray(run(written(log).select("cid").distinct())["cid"], np.int64)


def listed_names(log: EventLog) -> frozenset[str]:
    """What the recipe names as people's names: the values of those attributes, whatever the log's filters."""
    found: set[str] = set()
    whole = dataclasses.replace(log, filters=())
    for attribute in log.recipe.listening.names:
        found |= {str(value) for value in whole.values(attribute).index if not pd.isna(value)}
    return frozenset(found)
