"""One look at the bytes of a text file: digest, encoding, how long its lines are; and what is no text at all."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from journey.errors import InputError
from journey.events.source import Spool, number

__all__ = ["LONGEST", "Look", "look", "opened", "transcoded", "unpacking"]

CHUNK: Final = 1 << 20
LONGEST: Final = 4 << 20  # bytes of one line; a comment of four million letters is none
SAMPLE: Final = 256 << 10
_UNDEFINED_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = (
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "a ZIP archive or a workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"BZh", "compressed with bzip2"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"ORC", "an ORC file"),
    (b"ARROW1", "an Arrow file"),
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


def look(path: Path, label: str, told: str | None) -> Look:
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
            raise InputError(
                f"{label}: this is {what}, not delimited text. Name it as what it is, or export it as CSV."
            )
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
                    f"{self.label}: line {number(self.lines + 1)} is longer than {LONGEST >> 20} MB, so this is hardly "
                    "a table of lines. Check that the file has line breaks."
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


def transcoded(path: Path, spool: Spool, encoding: str, label: str) -> Path:
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
