"""Rows decoded in Python, written column by column into a spooled Parquet, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journey.events.own import literal
from journey.events.source import ROW, scan

__all__ = ["header_of", "text_table", "write_rejected"]

BATCH = 50_000


def text_table(con: Any, rows: Iterable[tuple[int, Sequence[str | None]]], width: int, target: Path, label: str) -> Any:
    """The lazy table of (row from 0, texts) with columns c0, c1, … and row_. Memory: one batch."""
    schema = pa.schema([*((f"c{i}", pa.string()) for i in range(width)), (ROW, pa.int64())])
    batch: list[tuple[int, Sequence[str | None]]] = []
    with pq.ParquetWriter(target, schema) as writer:
        for row in rows:
            batch.append(row)
            if len(batch) >= BATCH:
                writer.write_table(_arrow(batch, width, schema))
                batch = []
        writer.write_table(_arrow(batch, width, schema))
    return scan(con, f"SELECT * FROM read_parquet({literal(target)})", label)


def _arrow(batch: Sequence[tuple[int, Sequence[str | None]]], width: int, schema: pa.Schema) -> pa.Table:
    arrays = [pa.array([_letters(texts[i]) for _, texts in batch], pa.string()) for i in range(width)]
    return pa.Table.from_arrays([*arrays, pa.array([row for row, _ in batch], pa.int64())], schema=schema)


def _letters(text: str | None) -> str | None:
    """Half a letter (a lone surrogate, as JSON can hold) has no place in any encoding."""
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def write_rejected(lines: Sequence[tuple[int, str, str]], target: Path) -> Path:
    """(row from 1, reason, line) of what could not be decoded."""
    rows, reasons, texts = zip(*lines, strict=True)
    pq.write_table(
        pa.table({ROW: pa.array(rows, pa.int64()), "reason": reasons, "line": [_letters(t) for t in texts]}), target
    )
    return target


def header_of(cells: Iterable[str], *, trim: bool = True) -> tuple[list[str], frozenset[str]]:
    """Names of columns (without outer blanks), each once, and those that were there more than once."""
    names: list[str] = []
    repeated = set()
    for i, cell in enumerate(cells, 1):
        name = (cell.strip() if trim else cell) or f"column {i}"
        if name in names:
            repeated.add(name)
            name = f"{name} ({i})"
        names.append(name)
    return names, frozenset(repeated)
