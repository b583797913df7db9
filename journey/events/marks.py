"""What counting distinct cases and rework need: is this visit, this move, the case's first; when does it come back.

In SQL these are two more sorts of the whole log. On DuckDB the rows of a case already stand together, so arrays find
them in a tenth of the time; other engines take the windows. A test holds the two together.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from journey.events.engine import is_duckdb, keep, keep_arrow

__all__ = ["marked", "windowed"]

# Rows brought home at a time, and rows looked at together, small enough for the processor's cache.
CHUNK = 8_000_000
BLOCK = 131_072


def marked(backend: Any, events: Any) -> tuple[Any, Any]:
    """The indexed events with again_us, first_visit and first_move; and the table that was kept for it."""
    if not is_duckdb(backend):
        kept = keep(backend, windowed(events), name="marked")
        return kept, kept
    marks = keep_arrow(backend, _marks(backend, events), name="marks")
    # Both tables hold their rows in the same order, and nothing ever changes them.
    name = f"marked_{uuid.uuid4().hex[:8]}"
    backend.con.execute(
        f'CREATE VIEW "{name}" AS SELECT * FROM "{events.op().name}" POSITIONAL JOIN "{marks.op().name}"'
    )
    return backend.table(name), marks


def windowed(events: Any) -> Any:
    """The same by window functions, for any engine."""
    visits = ibis.window(group_by=["cid", "tp"], order_by="pos")
    moves = ibis.window(group_by=["cid", "tp", "next_tp"], order_by="pos")
    table = events.mutate(
        again_us=events.t.lead().over(visits) - events.t,
        first_visit=events.t.lag().over(visits).isnull(),
    )
    return table.mutate(first_move=ibis.row_number().over(moves) == 0)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of events whose cases stand together in order."""

    cid: NDArray[np.int64]
    tp: NDArray[np.int64]
    next_tp: NDArray[np.int64]
    t: NDArray[np.int64]

    def __getitem__(self, at: Any) -> _Rows:
        return _Rows(self.cid[at], self.tp[at], self.next_tp[at], self.t[at])


@dataclass(frozen=True, slots=True)
class _Marks:
    first_visit: NDArray[np.bool_]
    first_move: NDArray[np.bool_]
    again: NDArray[np.int64]  # −1 where there is no later visit

    @classmethod
    def blank(cls, n: int) -> _Marks:
        return cls(np.ones(n, bool), np.ones(n, bool), np.full(n, -1, np.int64))

    def put(self, at: Any, other: _Marks) -> None:
        self.first_visit[at], self.first_move[at], self.again[at] = other.first_visit, other.first_move, other.again


def _marks(backend: Any, events: Any) -> pa.Table:
    name = events.op().name
    total = backend.con.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    found = _Marks.blank(total)
    heads: list[NDArray[np.int64]] = []
    for start in range(0, total, CHUNK):
        rows, _ = _fetched(backend, name, f"rowid >= {start} AND rowid < {start + CHUNK}")
        begins = np.flatnonzero(np.r_[True, rows.cid[1:] != rows.cid[:-1]])
        heads.append(rows.cid[begins])
        found.put(slice(start, start + len(rows.cid)), _marked_in_blocks(rows, begins))
    # Rows were written by several threads, so here and there a case is torn apart; those few are done again.
    cases, pieces = np.unique(np.concatenate(heads), return_counts=True)
    torn = cases[pieces > 1]
    if len(torn):
        listed = ",".join(map(str, torn.tolist()))
        rows, place = _fetched(backend, name, f"cid IN ({listed}) ORDER BY cid, pos")
        begins = np.flatnonzero(np.r_[True, rows.cid[1:] != rows.cid[:-1]])
        found.put(place, _marked_in_blocks(rows, begins))
    return pa.table(
        {
            "again_us": pa.array(found.again, mask=found.again < 0),
            "first_visit": found.first_visit,
            "first_move": found.first_move,
        }
    )


def _fetched(backend: Any, name: str, which: str) -> tuple[_Rows, NDArray[np.int64]]:
    columns = backend.con.execute(
        f'SELECT cid, tp, coalesce(next_tp, -1) AS next_tp, t, rowid FROM "{name}" WHERE {which}'  # noqa: S608 our own names
    ).fetchnumpy()
    return _Rows(columns["cid"], columns["tp"], columns["next_tp"], columns["t"]), columns["rowid"]


def _marked_in_blocks(rows: _Rows, begins: NDArray[np.intp]) -> _Marks:
    found = _Marks.blank(len(rows.cid))
    case = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(rows.cid)]))
    cut = begins[np.searchsorted(begins, np.arange(0, len(rows.cid), BLOCK))[1:].clip(max=len(begins) - 1)]
    edges = np.unique(np.r_[0, cut, len(rows.cid)])
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        part = slice(start, end)
        found.put(part, _marked(rows[part], case[part] - case[start]))
    return found


def _marked(rows: _Rows, case: NDArray[np.int64]) -> _Marks:
    """Marks of a block of whole cases, numbered from 0: a table of case × touchpoint remembers the first visit."""
    n, width = len(case), int(rows.tp.max()) + 1
    key, index = case * width + rows.tp, np.arange(n)
    first = np.empty((int(case[-1]) + 1) * width, np.int64)
    first[key[::-1]] = index[::-1]  # of equal keys the last write stays, which is the first visit
    found = _Marks(first[key] == index, np.ones(n, bool), np.full(n, -1, np.int64))
    if found.first_visit.all():
        return found
    # Only what is visited again needs to be sorted.
    returned = np.zeros(len(first), bool)
    returned[key[~found.first_visit]] = True
    some = np.flatnonzero(returned[key])
    order = some[np.argsort(key[some], kind="stable")]
    same = key[order][1:] == key[order][:-1]
    here, there = order[:-1][same], order[1:][same]
    found.again[here] = rows.t[there] - rows.t[here]
    move = key[order] * (int(rows.next_tp.max()) + 2) + rows.next_tp[order] + 1
    by_move = np.argsort(move, kind="stable")
    repeated = np.r_[False, move[by_move][1:] == move[by_move][:-1]]
    found.first_move[order[by_move[repeated]]] = False
    return found
