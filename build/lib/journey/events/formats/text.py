"""Delimited text (csv, tsv; gzipped too): encoding, delimiter and header found out, then decoded once into Parquet.

DuckDB reads every column as text, so that nothing is taken for a number, a date or a null on the way in; lines that do
not split into as many fields as the header has are kept apart with their reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import InputError
from journey.events.formats.columns import header_of
from journey.events.formats.look import LONGEST, look, transcoded
from journey.events.own import literal
from journey.events.source import ROW, Raw, Source, Spool, in_parquet, number, plain, scan, text_columns

__all__ = ["text"]

DELIMITERS: Final = (",", ";", "\t", "|")
NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}


def text(path: Path, con: Any, spool: Spool, *, label: str, delimiter: str | None, encoding: str | None) -> Source:
    """A delimited text file. Raises InputError if it is empty, binary, damaged, or holds a line that never ends."""
    seen = look(path, label, encoding)
    if not seen.sample.strip():
        raise InputError(f"{label}: the file is empty. It needs a header with the names of its columns, and rows.")
    skipped, body = _without_preamble(seen.sample)
    mark = delimiter or _delimiter(body, path.name)
    header, repeated = _header(body, mark, label)

    def load(names: Sequence[str]) -> Raw:
        source = path if seen.encoding == "utf-8" else transcoded(path, spool, seen.encoding, label)
        packed = seen.gzipped and source == path
        call = _read_call(source, mark, len(header), packed=packed, skip=skipped)
        places = [list(header).index(name) for name in names]
        table, rejected, rejections = _decoded(con, spool, call, places, label)
        understood = {
            "format": "text" + (", gzipped" if seen.gzipped else ""),
            "delimiter": NAMES.get(mark, mark),
            "encoding": seen.encoding,
        }
        return Raw(
            label=label,
            table=table,
            columns={name: f"c{i}" for i, name in enumerate(names)},
            text=True,
            rejected=rejected,
            rejections=rejections,
            understood=understood,
        )

    return Source(label=label, columns=text_columns(header), load=load, repeated=repeated, digest=seen.digest)


# --- dialect -----------------------------------------------------------------------------------------


def _without_preamble(sample: str) -> tuple[int, str]:
    """Lines before the header, and the sample from there: blank ones, and Excel's own “sep=;”."""
    lines = sample.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) - 1 and (not lines[skipped].strip() or lines[skipped].lower().startswith("sep=")):
        skipped += 1
    return skipped, "".join(lines[skipped:])


def _records(sample: str, delimiter: str, n: int = 200) -> list[list[str]]:
    csv.field_size_limit(LONGEST)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > n:
                break
    except csv.Error:
        pass
    return rows


def _delimiter(sample: str, name: str) -> str:
    """The delimiter under which most rows have as many fields as the header, and the header at least two."""
    best, score = ("\t" if ".tsv" in name.lower() else ","), (0.0, 0)
    for delimiter in DELIMITERS:
        rows = _records(sample, delimiter)
        rows = rows[:-1] if len(rows) > 2 else rows  # the last one may be cut
        if not rows or len(rows[0]) < 2:
            continue
        alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        if (round(alike, 1), len(rows[0])) > score:
            best, score = delimiter, (round(alike, 1), len(rows[0]))
    return best


def _header(sample: str, delimiter: str, label: str) -> tuple[list[str], frozenset[str]]:
    rows = _records(sample, delimiter, 1)
    if not rows:
        raise InputError(f"{label}: the header cannot be read; a quotation mark in it may never be closed.")
    return header_of(rows[0])


# --- decoding ----------------------------------------------------------------------------------------


def _read_call(path: Path, delimiter: str, fields: int, *, packed: bool, skip: int) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(fields))
    escaped = "".join(f"[{letter}]" if letter in "[*?" else letter for letter in str(path))
    return (
        f"read_csv({literal(escaped)}, delim={literal(delimiter)}, quote='\"', escape='\"', header=true, skip={skip}, "
        f"columns={{{columns}}}, auto_detect=false, compression='{'gzip' if packed else 'none'}', "
        f"max_line_size={LONGEST}, buffer_size={8 * LONGEST}, ignore_errors=true, store_rejects=true, "
        f"rejects_table='rejects_', rejects_scan='reject_scans_', nullstr='')"
    )


FOREIGN: Final = "letters not in the encoding"
_REASONS: Final = {
    "MISSING COLUMNS": "too few fields",
    "TOO MANY COLUMNS": "too many fields",
    "UNQUOTED VALUE": "quotation mark never closed",
    "LINE SIZE OVER MAXIMUM": "line too long",
    "INVALID ENCODING": FOREIGN,
}


def _decoded(
    con: Any, spool: Spool, call: str, places: Sequence[int], label: str
) -> tuple[Any, Path | None, dict[str, int]]:
    """The wanted columns as a lazy table over a spooled Parquet, and the lines that could not be split."""
    target = spool.file()
    chosen = ", ".join(f"c{place} AS c{i}" for i, place in enumerate(places))
    connection = con.con
    try:
        connection.execute("DROP TABLE IF EXISTS rejects_; DROP TABLE IF EXISTS reject_scans_")
        # Projected or not, every line is split into all its fields, so that none is accepted by accident.
        connection.execute(f"COPY (SELECT {chosen} FROM {call}) TO {literal(target)} (FORMAT parquet)")
        rejected, counts = _rejected(connection, spool)
    except duckdb.Error as error:
        raise InputError(plain(label, error)) from error
    names = [str(i) for i in places]
    rows = pq.read_metadata(target).num_rows
    bad = sum(counts.values())
    if counts.get(FOREIGN, 0) > rows:
        raise InputError(
            f"{label}: in {number(counts[FOREIGN])} of {number(rows + bad)} lines are bytes that are not letters in "
            "utf-8. Say the right encoding."
        )
    if bad > rows:
        raise InputError(
            f"{label}: {number(bad)} of {number(rows + bad)} lines have more or fewer fields than the header, or "
            "quotation marks that do not match. Is the delimiter right? Say delimiter: “;” (or “,”, “tab”)."
        )
    if rejected is None:
        return in_parquet(con, target, names, label), None, {}
    numbers_file = _numbered(rejected, rows, spool)
    both = f"read_parquet({literal(target)}) POSITIONAL JOIN read_parquet({literal(numbers_file)})"
    spliced = spool.file()
    connection.execute(f"COPY (SELECT * FROM {both}) TO {literal(spliced)} (FORMAT parquet)")
    return scan(con, f"SELECT * FROM read_parquet({literal(spliced)})", label), rejected, counts


def _rejected(connection: Any, spool: Spool) -> tuple[Path | None, dict[str, int]]:
    """Lines that could not be split, in a Parquet (row_ from 1, reason, line); and how many for each reason."""
    if not connection.execute("SELECT count(*) FROM rejects_").fetchone()[0]:
        return None, {}
    target = spool.file()
    reasons = " ".join(f"WHEN {literal(kind)} THEN {literal(reason)}" for kind, reason in _REASONS.items())
    connection.execute(
        f"COPY (SELECT line::BIGINT - 1 AS {ROW}, first(CASE error_type::VARCHAR {reasons} ELSE 'unreadable line' END "
        f"ORDER BY byte_position) AS reason, first(csv_line) AS line FROM rejects_ GROUP BY 1 ORDER BY 1) "
        f"TO {literal(target)} (FORMAT parquet)"
    )
    found = connection.execute(f"SELECT reason, count(*) FROM read_parquet({literal(target)}) GROUP BY 1").fetchall()
    return target, dict(found)


def _numbered(rejected: Path, rows: int, spool: Spool) -> Path:
    """A Parquet of one column: the place in the file of each row that was split, counting those that were not."""
    bad = pq.read_table(rejected, columns=[ROW])[ROW].to_numpy() - 1
    before = bad - np.arange(len(bad))
    target = spool.file()
    schema = pa.schema([(ROW, pa.int64())])
    with pq.ParquetWriter(target, schema) as writer:
        for start in range(0, rows, 1 << 20):
            place = np.arange(start, min(rows, start + (1 << 20)))
            writer.write_table(pa.table({ROW: place + np.searchsorted(before, place, side="right")}, schema=schema))
    return target
