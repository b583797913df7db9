"""Delimited text (csv, tsv; gzipped too): encoding, delimiter and header found out, then decoded once into Parquet.

DuckDB reads every column as text, so that nothing is taken for a number, a date or a null on the way in; lines that do
not split into as many fields as the header has are kept apart with their reason.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import InputError
from journey.events.formats.columns import header_of
from journey.events.source import ROW, Raw, Source, Spool, in_parquet, literal, number, plain, scan, text_columns

__all__ = ["LONGEST", "opened", "text", "unpacking"]

CHUNK: Final = 1 << 20
LONGEST: Final = 4 << 20  # bytes of one line; a comment of four million letters is none
SAMPLE: Final = 256 << 10
DELIMITERS: Final = (",", ";", "\t", "|")
NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
_UNDEFINED_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = (
    (b"PAR1", "a Parquet file"), (b"PK\x03\x04", "a ZIP archive or a workbook"), (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"SQLite format 3", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"\x28\xb5\x2f\xfd", "compressed with zstd"), (b"BZh", "compressed with bzip2"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"\xfd7zXZ", "compressed with xz"), (b"ORC", "an ORC file"), (b"ARROW1", "an Arrow file"),
)


@dataclass(frozen=True)
class Look:
    """What one pass over the bytes told."""

    digest: str
    encoding: str
    sample: str
    gzipped: bool


def opened(path: Path) -> BinaryIO:
    """The file's bytes, unpacked if they are gzipped (whatever the file is called)."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def text(path: Path, con: Any, spool: Spool, *, label: str, delimiter: str | None, encoding: str | None) -> Source:
    """A delimited text file. Raises InputError if it is empty, binary, damaged, or holds a line that never ends."""
    look = _look(path, label, encoding)
    if not look.sample.strip():
        raise InputError(f"{label}: the file is empty. It needs a header with the names of its columns, and rows.")
    skipped, body = _without_preamble(look.sample)
    mark = delimiter or _delimiter(body, path.name)
    header, repeated = _header(body, mark, label)

    def load(names: Sequence[str]) -> Raw:
        source = path if look.encoding == "utf-8" else _transcoded(path, spool, look.encoding, label)
        packed = look.gzipped and source == path
        call = _read_call(source, mark, len(header), packed=packed, skip=skipped)
        places = [list(header).index(name) for name in names]
        table, rejected, rejections = _decoded(con, spool, call, places, label)
        understood = {"format": "text" + (", gzipped" if look.gzipped else ""), "delimiter": NAMES.get(mark, mark),
                      "encoding": look.encoding}
        return Raw(label=label, table=table, columns={name: f"c{i}" for i, name in enumerate(names)}, text=True,
                   rejected=rejected, rejections=rejections, understood=understood)

    return Source(label=label, columns=text_columns(header), load=load, repeated=repeated, digest=look.digest)


# --- one pass over the bytes -------------------------------------------------------------------------


def _look(path: Path, label: str, told: str | None) -> Look:
    """Digest, encoding and the first lines; refuses what is no text before anything tries to parse it."""
    digest, sample, watch = hashlib.sha256(), b"", _Watch(label, told)
    for chunk in _chunks(path, label):
        if not sample:
            _refuse_binary(chunk, label, told)
        if len(sample) < SAMPLE:
            sample += chunk[: SAMPLE - len(sample)]
        digest.update(chunk)
        watch.see(chunk)
    encoding = watch.encoding()
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    decoded = codecs.getincrementaldecoder(encoding)("replace").decode(sample).removeprefix("\ufeff")
    return Look(digest.hexdigest(), encoding, decoded, gzipped)


@contextmanager
def unpacking(label: str) -> Iterator[None]:
    """What goes wrong while bytes are read and unpacked, said as an InputError."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{label}: the file is gzipped but damaged or cut short ({error}). Copy it again.") from error
    except OSError as error:
        raise InputError(f"{label}: the file cannot be read ({error.strerror or error}).") from error


def _chunks(path: Path, label: str) -> Iterator[bytes]:
    with unpacking(label), opened(path) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _refuse_binary(start: bytes, label: str, told: str | None) -> None:
    for magic, what in _MAGIC:
        if start.startswith(magic):
            raise InputError(f"{label}: this is {what}, not delimited text. Name it as what it is, or export it as CSV.")
    if any(start.startswith(bom) for bom, _ in _BOMS) or told is not None or _utf16(start) is not None:
        return
    head = start[: 64 << 10]
    control = sum(head.count(byte) for byte in (*range(9), *range(14, 27), *range(28, 32)))
    if b"\x00" in head[:4096] or control > len(head) / 100:
        raise InputError(f"{label}: this is a binary file, not text. Export it as CSV (UTF-8) and read that.")


def _utf16(start: bytes) -> str | None:
    """UTF-16 without a mark at its beginning: every second byte of western text is zero."""
    head = start[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head) / 2 and even < 0.05 * len(head):
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(head) / 2 and odd < 0.05 * len(head) else None


class _Watch:
    """Looks at the bytes going by: how long lines are, and which encoding they can be in."""

    def __init__(self, label: str, told: str | None) -> None:
        self.label, self.told = label, told
        self.sure = None if told is None else codecs.lookup(told).name
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.strict, self.first = True, True
        self.lines, self.open = 0, 0
        self.foreign, self.broken, self.odd = 0, 0, False

    def see(self, chunk: bytes) -> None:
        if self.first:
            self.first = False
            self.sure = self.sure or next((name for bom, name in _BOMS if chunk.startswith(bom)), None) or _utf16(chunk)
        self._measure(chunk)
        if chunk.isascii():
            return
        if self.strict:
            try:
                self.decoder.decode(chunk)
            except UnicodeDecodeError:
                self.strict = False
        self.odd = self.odd or any(byte in chunk for byte in _UNDEFINED_IN_CP1252)
        if not self.strict or self.foreign < CHUNK:
            self.foreign += len(chunk) - len(chunk.decode("ascii", "ignore"))
            self.broken += chunk.decode("utf-8", "replace").count("\ufffd")

    def _measure(self, chunk: bytes) -> None:
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        if last < 0:
            self.open += len(chunk)
            if self.open > LONGEST:
                raise InputError(
                    f"{self.label}: line {number(self.lines + 1)} is longer than {LONGEST >> 20} MB, so this is hardly a "
                    "table of lines. Check that the file has line breaks."
                )
        else:
            self.lines += chunk.count(b"\n")
            self.open = len(chunk) - last

    def encoding(self) -> str:
        if self.sure is not None:
            return "utf-8" if self.sure in ("utf-8", "utf_8_sig", "utf-8-sig", "ascii") else self.sure
        if self.strict:
            return "utf-8"
        # A few broken letters in a UTF-8 file are bad lines, not another encoding.
        if self.broken * 10 < self.foreign:
            return "utf-8"
        if self.odd:
            raise InputError(
                f"{self.label}: the letters are neither UTF-8 nor Windows-1252. Say which encoding it is, "
                "for example encoding: latin-1."
            )
        return "cp1252"


def _transcoded(path: Path, spool: Spool, encoding: str, label: str) -> Path:
    """The file as UTF-8. Raises InputError where a byte means nothing in that encoding."""
    target = spool.file(".csv")
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with target.open("wb") as out:
        for chunk in _chunks(path, label):
            try:
                out.write(decoder.decode(chunk).encode("utf-8", "surrogatepass"))
            except UnicodeError as error:
                raise InputError(
                    f"{label}: a letter near byte {number(done)} cannot be read as {encoding}. Say the right encoding."
                ) from error
            done += len(chunk)
    return target


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


_REASONS: Final = {
    "MISSING COLUMNS": "too few fields", "TOO MANY COLUMNS": "too many fields", "UNQUOTED VALUE": "quotation mark never closed",
    "LINE SIZE OVER MAXIMUM": "line too long", "INVALID ENCODING": "letters not in the encoding",
}


def _decoded(con: Any, spool: Spool, call: str, places: Sequence[int], label: str) -> tuple[Any, Path | None, dict[str, int]]:
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
    if bad > rows:
        raise InputError(
            f"{label}: {number(bad)} of {number(rows + bad)} lines have more or fewer fields than the header, or quotation "
            "marks that do not match. Is the delimiter right? Say delimiter: “;” (or “,”, “tab”)."
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
