"""What counting distinct cases and rework need: is this visit, this move, the case's first; when does it come back.

In SQL these are two more sorts of the whole log. Where DuckDB has sorted it, the rows of a case already stand together,
and arrays find them in a tenth of the time; other engines take the windows. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["in_arrow", "in_chunks", "windowed"]

# Rows brought home at a time, and rows looked at together, small enough for the processor's cache.
CHUNK = 8_000_000
BLOCK = 131_072


def windowed(events: Any) -> Any:
    """Indexed events with again_us, first_visit and first_move by window functions, for any engine."""
    visits = ibis.window(group_by=["cid", "tp"], order_by="pos")
    moves = ibis.window(group_by=["cid", "tp", "next_tp"], order_by="pos")
    table = events.mutate(
        again_us=events.t.lead().over(visits) - events.t,
        first_visit=events.t.lag().over(visits).isnull(),
    )
    return table.mutate(first_move=ibis.row_number().over(moves) == 0)


def in_arrow(events: pa.Table) -> pa.Table:
    """The same for indexed events in memory: batch by batch, since nothing is copied then."""
    batches = [_Rows.of(batch) for batch in events.to_batches()]
    found = [_found(rows) for rows in batches]
    torn = _in_several([rows.heads for rows in batches])
    if len(torn):
        places = [np.flatnonzero(np.isin(rows.cid, torn)) for rows in batches]
        again = _found(_Rows.joined([rows[place] for rows, place in zip(batches, places, strict=True)]))
        ends = np.cumsum([len(place) for place in places])
        for marks, place, end in zip(found, places, ends.tolist(), strict=True):
            marks.put(place, again[end - len(place) : end])
    columns = [marks.columns() for marks in found]
    added = {name: pa.chunked_array([column[name] for column in columns]) for name in columns[0]}
    return pa.table({**dict(zip(events.column_names, events.columns, strict=True)), **added})


def _in_several(chunks: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Cases that lie in more than one of the chunks, by the heads of each."""
    cases, pieces = np.unique(np.concatenate([np.unique(heads) for heads in chunks]), return_counts=True)
    return np.asarray(cases[pieces > 1], np.int64)


def in_chunks(connection: Any, name: str) -> pa.Table:
    """The marks alone, in the order of its rows, of a DuckDB table too large to bring home in one piece."""
    total = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    found = _Marks.blank(total)
    heads, start = [], 0
    # One pass, for a pass for each range of rows would read the whole table each time.
    query = f'SELECT cid, tp, next_tp, t, pos FROM "{name}"'
    for batch in connection.execute(query).to_arrow_reader(CHUNK):
        rows = _Rows.of(batch)
        heads.append(rows.heads)
        found.put(slice(start, start + len(rows.cid)), _found(rows))
        start += len(rows.cid)
    # A case that lies in two chunks has to be seen as one.
    torn = ",".join(map(str, _in_several(heads).tolist()))
    if torn:
        query = f'SELECT cid, tp, next_tp, t, pos, rowid FROM "{name}" WHERE cid IN ({torn})'
        table = connection.execute(query).to_arrow_table()
        found.put(table["rowid"].to_numpy(), _found(_Rows.of(table)))
    return pa.table(found.columns())


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of indexed events; next_tp is −1 at the end of a case."""

    cid: NDArray[np.int64]
    tp: NDArray[np.int64]
    next_tp: NDArray[np.int64]
    t: NDArray[np.int64]
    pos: NDArray[np.int64]

    @classmethod
    def of(cls, table: pa.Table | pa.RecordBatch) -> _Rows:
        following = table["next_tp"].fill_null(-1)
        columns = (table["cid"], table["tp"], following, table["t"], table["pos"])
        return cls(*(np.asarray(column) for column in columns))

    @classmethod
    def joined(cls, parts: Sequence[_Rows]) -> _Rows:
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def begins(self) -> NDArray[np.intp]:
        """Where another case begins, or another piece of one: pieces may stand together in the wrong order."""
        follows = (self.cid[1:] == self.cid[:-1]) & (self.pos[1:] == self.pos[:-1] + 1)
        return np.flatnonzero(np.r_[True, ~follows])

    @property
    def heads(self) -> NDArray[np.int64]:
        return np.asarray(self.cid[self.begins], np.int64)

    def __getitem__(self, at: Any) -> _Rows:
        return _Rows(self.cid[at], self.tp[at], self.next_tp[at], self.t[at], self.pos[at])


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

    def __getitem__(self, at: Any) -> _Marks:
        return _Marks(self.first_visit[at], self.first_move[at], self.again[at])

    def columns(self) -> dict[str, pa.Array]:
        again = pa.array(self.again, mask=self.again < 0)
        return {"again_us": again, "first_visit": pa.array(self.first_visit), "first_move": pa.array(self.first_move)}


def _found(rows: _Rows) -> _Marks:
    begins = rows.begins
    found = _in_blocks(rows, begins)
    # The rows were written by several threads, so here and there a case is torn apart: those few are done again.
    heads, pieces = np.unique(rows.cid[begins], return_counts=True)
    if len(heads) < len(begins):
        torn = np.flatnonzero(np.isin(rows.cid, heads[pieces > 1]))
        torn = torn[np.lexsort((rows.pos[torn], rows.cid[torn]))]
        whole = rows[torn]
        found.put(torn, _in_blocks(whole, whole.begins))
    return found


def _in_blocks(rows: _Rows, begins: NDArray[np.intp]) -> _Marks:
    n = len(rows.cid)
    found = _Marks.blank(n)
    at = np.searchsorted(begins, np.arange(BLOCK, n, BLOCK))
    edges = np.unique(np.r_[0, begins[at[at < len(begins)]], n])
    for start, end in pairwise(edges.tolist()):
        found.put(slice(start, end), _marked(rows[start:end]))
    return found


def _marked(rows: _Rows) -> _Marks:
    """Marks of a block of whole cases: a table of case × touchpoint remembers the first visit."""
    n, width = len(rows.cid), int(rows.tp.max()) + 1
    case = np.cumsum(np.r_[False, rows.cid[1:] != rows.cid[:-1]])
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
