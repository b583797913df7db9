"""Finding out what a source is: by what it contains rather than by what it is called."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any, Final

from journey.errors import InputError, suggest
from journey.events.formats.frames import frame
from journey.events.formats.lines import lines
from journey.events.formats.look import opened
from journey.events.formats.parquet import parquet
from journey.events.formats.sheet import sheet
from journey.events.formats.text import text
from journey.events.formats.xes import xes
from journey.events.source import Source, Spool
from journey.recipe import ReadOptions

__all__ = ["open_source"]

_PARTS: Final = ("_", ".")  # Spark's _SUCCESS, hidden files


def open_source(source: Any, *, con: Any, spool: Spool, options: ReadOptions, label: str) -> Source:
    """The table that a path names, or that an object is. Raises InputError if there is none or it cannot be read."""
    if not isinstance(source, str | Path):
        return frame(source, con, spool, label=label)
    label = str(label)
    files, root = _files(str(source), label)
    if all(_starts(file, b"PAR1") for file in files):
        return parquet(files, con, label=label, root=root)
    if len(files) > 1:
        raise InputError(
            f"{label}: {len(files)} files were found, from {files[0].name} to {files[-1].name}, and not all are "
            "Parquet. Several files can be read together as Parquet only: name one file, or put them into one table."
        )
    return _single(files[0], con, spool, options, label)


def _single(file: Path, con: Any, spool: Spool, options: ReadOptions, label: str) -> Source:
    name = file.name.lower()
    if name.endswith((".parquet", ".pq")):
        raise InputError(f"{label}: this is not a Parquet file, or it is damaged. Copy or export it again.")
    if (
        _starts(file, b"PK\x03\x04")
        or _starts(file, b"\xd0\xcf\x11\xe0")
        or name.endswith((".xlsx", ".xlsm", ".xls", ".ods"))
    ):
        return sheet(file, con, spool, label=label, name=options.sheet)
    start = _first(file, label)
    if name.removesuffix(".gz").endswith(".xes") or (start.startswith("<") and "<log" in start):
        return xes(file, con, spool, label=label)
    if name.removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json")):
        return lines(file, con, spool, label=label)
    return text(file, con, spool, label=label, delimiter=options.delimiter, encoding=options.encoding)


def _files(path: str, label: str) -> tuple[list[Path], Path | None]:
    """The files a path, folder or pattern names; and the folder, whose partitions become columns."""
    if "://" in path:
        raise InputError(
            f"{label}: only local files can be read by path. Download it, or open the table with the library of your "
            "store and pass it to journey.read."
        )
    try:
        return _found(path, label)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{label}: this is not a path that can be opened ({error}).") from error


def _found(path: str, label: str) -> tuple[list[Path], Path | None]:
    place = Path(path).expanduser()
    if place.is_dir():
        inside = sorted(file for file in place.rglob("*") if file.is_file() and not _hidden(file.relative_to(place)))
        files = [file for file in inside if _starts(file, b"PAR1")] or inside
        if not files:
            raise InputError(f"{label}: there are no files in this folder.")
        return files, place
    if place.exists():
        return [place], None
    found = sorted(Path(name) for name in glob.glob(str(place), recursive=True))  # noqa: PTH207 patterns with a root
    found = [file for file in found if file.is_file()]
    if found:
        return found, None
    if glob.has_magic(path):
        raise InputError(f"{label}: no file fits this pattern.")
    beside = [file.name for file in place.parent.iterdir()] if place.parent.is_dir() else []
    where = "" if place.parent.is_dir() else f" There is no folder {place.parent} either."
    raise InputError(f"{label}: there is no such file.{where}{suggest(place.name, beside, known='files')}")


def _hidden(path: Path) -> bool:
    return any(part.startswith(_PARTS) for part in path.parts)


def _starts(file: Path, magic: bytes) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(magic)) == magic
    except OSError as error:
        raise InputError(f"{file}: the file cannot be read ({error.strerror or error}).") from error


def _first(file: Path, label: str) -> str:
    """The beginning of a file as text; empty where it cannot be unpacked: the reader of the format says why."""
    try:
        with opened(file) as stream:
            return stream.read(2000).decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    except (OSError, EOFError):
        return ""
