"""Parquet: a file, a folder (partitions too) or a pattern. Never loaded: queries read what they need."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from journey.errors import InputError
from journey.events.formats.columns import header_of
from journey.events.own import literal, quoted
from journey.events.source import ROW, Raw, Source, digest_of, plain, scan

__all__ = ["parquet"]


def parquet(files: Sequence[Path], con: Any, *, label: str, root: Path | None = None) -> Source:
    """Parquet files of one shape as one table, in order of their paths; `root` is the folder of the partitions.

    Raises InputError for a damaged file, or files whose columns do not fit together.
    """
    scanned = _scan_call(files, partitions=root is not None)
    schema = scan(con, f"SELECT * EXCLUDE (file_row_number) FROM {scanned}", label).schema()
    names, repeated = _names(files[0], list(schema))
    digest = digest_of(_digest(file) for file in files)

    def load(wanted: Sequence[str]) -> Raw:
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        chosen = ", ".join(f"{quoted(names[name])} AS {alias}" for name, alias in columns.items())
        sql = f"SELECT {chosen}, {_row(con, files, label)} AS {ROW} FROM {scanned}"
        understood = {"format": "Parquet" + (f", {len(files):,} files" if len(files) > 1 else "")}
        return Raw(label=label, table=scan(con, sql, label), columns=columns, understood=understood)

    kinds = {name: schema[column] for name, column in names.items()}
    return Source(label=label, columns=kinds, load=load, repeated=repeated, digest=digest)


def _names(file: Path, columns: Sequence[str]) -> tuple[dict[str, str], frozenset[str]]:
    """Names in the file → names in SQL, which tells apart what differs in case only; and names that are there twice."""
    written = pq.read_schema(file).names
    names, repeated = header_of(written, trim=False)
    if len(names) > len(columns):
        return dict(zip(columns, columns, strict=True)), repeated
    # What follows the file's own columns are the partitions.
    return dict(zip([*names, *columns[len(names) :]], columns, strict=True)), repeated


def _scan_call(files: Sequence[Path], *, partitions: bool) -> str:
    # [ ] * ? in a file's own name would be read as a pattern.
    paths = ", ".join(literal(_escaped(file)) for file in files)
    options = "file_row_number=true, union_by_name=true" if len(files) > 1 else "file_row_number=true"
    return f"read_parquet([{paths}], {options}, hive_partitioning={'true' if partitions else 'false'})"


def _escaped(path: Path) -> str:
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in str(path))


def _row(con: Any, files: Sequence[Path], label: str) -> str:
    """The place of a row in all files together, from 0."""
    if len(files) == 1:
        return "file_row_number"
    paths = ", ".join(literal(_escaped(file)) for file in files)
    try:
        counted = con.con.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{paths}])").fetchall()
    except duckdb.Error as error:
        raise InputError(plain(label, error)) from error
    rows, starts, start = dict(counted), [], 0
    for file in files:
        starts.append(start)
        start += rows[str(file)]
    return f"([{', '.join(map(str, starts))}]::BIGINT[])[file_index::BIGINT + 1] + file_row_number"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
