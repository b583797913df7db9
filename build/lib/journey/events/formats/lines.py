"""JSON lines (gzipped too): one object a line; a dotted name reaches inside it (`properties.event`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from journey.errors import InputError
from journey.events.formats.columns import text_table, write_rejected
from journey.events.formats.look import LONGEST, opened, unpacking
from journey.events.source import Raw, Source, Spool, number, text_columns

__all__ = ["lines"]

HEAD: Final = 20_000  # objects looked at for the names of columns
MOST_BAD: Final = 100_000


def lines(path: Path, con: Any, spool: Spool, *, label: str) -> Source:
    """A file of JSON objects, one a line. Lines that are none are set aside; InputError if the first one is none."""
    names: dict[str, None] = {}
    for i, (place, line) in enumerate(islice(_lines(path, label), HEAD)):
        value = _object(line)
        if value is None and i == 0:
            raise InputError(
                f'{label}, line {place + 1}: expected one JSON object a line, such as {{"case": 1, "event": "Order"}}, '
                f"got “{line[:60].decode('utf-8', 'replace').strip()}”."
            )
        names |= dict.fromkeys(_names(value or {}))
    if not names:
        raise InputError(f"{label}: the file is empty. It needs one JSON object a line.")

    def load(wanted: Sequence[str]) -> Raw:
        bad: list[tuple[int, str, str]] = []
        table = text_table(con, _rows(path, label, wanted, bad), len(wanted), spool.file(), label)
        rejected = write_rejected(bad, spool.file()) if bad else None
        return Raw(
            label=label,
            table=table,
            columns={name: f"c{i}" for i, name in enumerate(wanted)},
            text=True,
            rejected=rejected,
            rejections={"not a JSON object": len(bad)} if bad else {},
            understood={"format": "JSON lines"},
        )

    return Source(label=label, columns=text_columns(names), load=load, digest=_digest(path, label))


def _lines(path: Path, label: str) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their place from 0. Raises InputError for one that never ends."""
    with unpacking(label), opened(path) as file:
        place = -1
        while line := file.readline(LONGEST + 1):
            place += 1
            if len(line) > LONGEST:
                raise InputError(
                    f"{label}: line {number(place + 1)} is longer than {LONGEST >> 20} MB. Write one object a line."
                )
            if line.strip():
                yield place, line


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _names(value: dict[str, Any], before: str = "") -> Iterator[str]:
    for key, inner in value.items():
        yield before + key
        if isinstance(inner, dict):
            yield from _names(inner, f"{before}{key}.")


def _rows(
    path: Path, label: str, wanted: Sequence[str], bad: list[tuple[int, str, str]]
) -> Iterator[tuple[int, list[str | None]]]:
    paths = [name.split(".") for name in wanted]
    for place, line in _lines(path, label):
        value = _object(line)
        if value is None:
            bad.append((place + 1, "not a JSON object", line[:2000].decode("utf-8", "replace").rstrip()))
            if len(bad) > MOST_BAD:
                raise InputError(f"{label}: more than {number(MOST_BAD)} lines are no JSON objects. Check the file.")
            continue
        yield place, [_text(value, name, path, label, place) for name, path in zip(wanted, paths, strict=True)]


def _text(value: dict[str, Any], name: str, path: Sequence[str], label: str, place: int) -> str | None:
    found: Any = value.get(name)
    if found is None and len(path) > 1:
        found = value
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, dict | list):
        inside = (
            f" Name what is inside, such as “{name}.{next(iter(found))}”." if isinstance(found, dict) and found else ""
        )
        raise InputError(f"{label}, line {number(place + 1)}: “{name}” holds more than one value.{inside}")
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(int(found)) if isinstance(found, float) and found.is_integer() and abs(found) < 2**53 else str(found)


def _digest(path: Path, label: str) -> str:
    digest = hashlib.sha256()
    with unpacking(label), opened(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
