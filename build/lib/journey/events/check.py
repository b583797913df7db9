"""Setting aside what cannot be used: each row and value with its reason, counted, and kept where it can be seen."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq

from journey.events.engine import connect, is_duckdb
from journey.events.source import ROW, Raw, ask

__all__ = ["Judged", "Offence", "judge", "write_quarantine"]


@dataclass(frozen=True, kw_only=True)
class Offence:
    """Rows to show: a lazy table with row_ and reason_, and the raw columns under their aliases.

    rejected  instead of a table: a Parquet of lines that could not be split into fields (row_ from 1, reason, line)
    """

    label: str
    table: Any = None
    columns: Mapping[str, str] = field(default_factory=dict)
    rejected: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A table without the rows that cannot be used, and the counts. `facts` are the extra questions' answers."""

    table: Any
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    offences: tuple[Offence, ...] = ()

    @property
    def read(self) -> int:
        return self.rows - sum(self.left_out.values())

    @property
    def kept(self) -> int:
        return self.read - sum(self.quarantined.values())


def judge(
    raw: Raw,
    table: Any,
    *,
    left_out: Mapping[str, Any] | None = None,
    unusable: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    facts: Callable[[Any, Any], dict[str, Any]] = lambda table, kept: {},
) -> Judged:
    """Count and set aside, in one pass.

    table     the raw columns with the derived ones
    left_out  reason → condition for rows that were not asked for
    unusable  reason → condition for rows that cannot be used; the first that holds is the row's reason
    values    reason → condition for single values, already null in `table`, in rows that stay. Several conditions
              may have the same reason: end a key with digits after a tab
    facts     (table, condition for rows that are kept) → further aggregates, answered in the same pass
    """
    out, bad, single = dict(left_out or {}), dict(unusable or {}), dict(values or {})
    reasons = [*out, *bad]
    cases = [(condition.fill_null(False), code) for code, condition in enumerate([*out.values(), *bad.values()])]
    table = table.mutate(
        reason_=ibis.cases(*cases, else_=None).cast("int8") if cases else ibis.null("int8"),
        **{f"value_{i}": condition.fill_null(False) for i, condition in enumerate(single.values())},
    )
    kept = table.reason_.isnull()
    questions = {f"reason_{i}": (table.reason_ == i).sum() for i in range(len(reasons))}
    questions |= {f"value_{i}": (table[f"value_{i}"] & kept).sum() for i in range(len(single))}
    answers = ask(table, raw.label, rows_=table.count(), **questions, **facts(table, kept))
    counts = [int(answers[name] or 0) for name in questions]
    grouped = _Groups(counts, [*reasons, *single])
    return Judged(
        table=table.filter(kept) if any(counts[: len(reasons)]) else table,
        rows=int(answers["rows_"]) + sum(raw.rejections.values()),
        left_out=grouped.take(len(out)),
        quarantined=_added(raw.rejections, grouped.take(len(bad))),
        set_aside=grouped.take(len(single)),
        facts=answers,
        offences=tuple(_shown(raw, table, len(out), list(bad), list(single), counts[len(out) :])),
    )


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {reason: one.get(reason, 0) + other.get(reason, 0) for reason in [*one, *(r for r in other if r not in one)]}


class _Groups:
    """Counts by reason, taken in the order in which they were asked."""

    def __init__(self, counts: Sequence[int], reasons: Sequence[str]) -> None:
        self.pairs: Iterator[tuple[str, int]] = iter(list(zip(reasons, counts, strict=True)))

    def take(self, n: int) -> dict[str, int]:
        total: dict[str, int] = {}
        for _ in range(n):
            reason, count = next(self.pairs)
            if count:
                key = reason.split("\t")[0]
                total[key] = total.get(key, 0) + count
        return total


def _shown(
    raw: Raw, table: Any, first: int, bad: Sequence[str], single: Sequence[str], counts: Sequence[int]
) -> Iterator[Offence]:
    """What to show: lines that could not be split, rows whose code is `first` or more, and single values."""
    if raw.rejected is not None:
        yield Offence(label=raw.label, rejected=raw.rejected)
    aliases = sorted({column.split(".")[0] for column in raw.columns.values()})
    columns = dict(raw.columns)
    if any(counts[: len(bad)]):
        words = table.reason_.cases(*[(first + i, reason) for i, reason in enumerate(bad)], else_="")
        chosen = table.filter(table.reason_ >= first).mutate(words_=words)
        yield Offence(label=raw.label, table=chosen.select(ROW, *aliases, reason_="words_"), columns=columns)
    for i, reason in enumerate(single):
        if counts[len(bad) + i]:
            chosen = table.filter(table[f"value_{i}"] & table.reason_.isnull())
            chosen = chosen.select(ROW, *aliases, reason_=ibis.literal(reason.split("\t")[0]))
            yield Offence(label=raw.label, table=chosen, columns=columns)


# --- the file --------------------------------------------------------------------------------------

_FIRST = ("table", "row", "reason")


def write_quarantine(offences: Sequence[Offence], file: Path) -> Path:
    """A CSV (UTF-8) with table, row (from 1, the header not counted), reason, and the raw values by column.

    Lines that could not be split into fields stand whole in the column “line”. Written beside `file` first, then put
    in its place.
    """
    names = list(dict.fromkeys(name for offence in offences for name in offence.columns))
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*_FIRST, *names, "line"])
        for offence in offences:
            for row in _rows(_batches(offence)):
                if offence.rejected is not None:
                    writer.writerow([offence.label, row[ROW], row["reason"], *[""] * len(names), row["line"]])
                    continue
                raw = {name: _value(row, alias) for name, alias in offence.columns.items()}
                writer.writerow(
                    [offence.label, row[ROW] + 1, row["reason_"], *[raw.get(name, "") for name in names], ""]
                )
    return part.replace(file)


def _batches(offence: Offence) -> Iterator[Any]:
    if offence.rejected is not None:
        yield from pq.ParquetFile(offence.rejected).iter_batches()
        return
    table = offence.table.order_by(ROW)
    backend = table.get_backend()
    if not is_duckdb(backend):
        yield from backend.to_pyarrow_batches(table)
        return
    # A connection of its own: all that is behind a door is files, and the one that opened it may be closed by now.
    fresh = connect()
    try:
        yield from fresh.con.execute(backend.compile(table)).to_arrow_reader(10_000)
    finally:
        fresh.disconnect()


def _rows(batches: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _value(row: Mapping[str, Any], alias: str) -> Any:
    top, *path = alias.split(".")
    value = row[top]
    for part in path:
        value = None if value is None else value[part]
    return value
