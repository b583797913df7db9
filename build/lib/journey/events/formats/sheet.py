"""Workbooks (xlsx, xls, ods), read with python-calamine: Rust, many times faster than openpyxl, and it gives values
as they were computed. Cells become the text a CSV would hold, so that one way of understanding them is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine

from journey.errors import InputError, suggest
from journey.events.formats.columns import header_of, text_table
from journey.events.source import Raw, Source, Spool, text_columns

__all__ = ["sheet"]


def sheet(path: Path, con: Any, spool: Spool, *, label: str, name: str | None) -> Source:
    """One sheet of a workbook: the one named, else the first. The header is the first row that is not blank.

    Raises InputError for a damaged or protected workbook, a missing sheet, an empty one.
    """
    rows, found, others = _rows(path, label, name)
    start = next((i for i, row in enumerate(rows) if any(_cell(value) for value in row)), None)
    if start is None:
        raise InputError(
            f"{label}: the sheet “{found}” is empty. It needs a header with the names of its columns, and rows."
        )
    header, repeated = header_of(_cell(value) or "" for value in rows[start])
    body = rows[start + 1 :]
    while body and not any(_cell(value) for value in body[-1]):
        body.pop()

    def load(names: Sequence[str]) -> Raw:
        places = [header.index(column) for column in names]
        table = text_table(con, _texts(body, places), len(places), spool.file(), label)
        understood = {"format": "workbook", "sheet": found}
        if others:
            understood["other sheets"] = ", ".join(others)
        return Raw(
            label=label,
            table=table,
            text=True,
            columns={column: f"c{i}" for i, column in enumerate(names)},
            understood=understood,
        )

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Source(label=label, columns=text_columns(header), load=load, repeated=repeated, digest=digest)


def _rows(path: Path, label: str, name: str | None) -> tuple[list[list[Any]], str, list[str]]:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            sheets = list(workbook.sheet_names)
            if not sheets:
                raise InputError(f"{label}: the workbook has no sheet.")
            if name is not None and name not in sheets:
                raise InputError(f"{label}: there is no sheet “{name}”.{suggest(name, sheets, known='sheets')}")
            wanted = name or sheets[0]
            rows = workbook.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
            return rows, wanted, [other for other in sheets if other != wanted]
    except python_calamine.PasswordError as error:
        raise InputError(f"{label}: the workbook is protected by a password. Save it without one.") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise InputError(
            f"{label}: this is not a workbook, or it is damaged ({error}). Save it again as xlsx or CSV."
        ) from error


def _texts(rows: Sequence[Sequence[Any]], places: Sequence[int]) -> Iterator[tuple[int, list[str | None]]]:
    for i, row in enumerate(rows):
        yield i, [_cell(row[place]) if place < len(row) else None for place in places]


def _cell(value: Any) -> str | None:
    """A cell as a CSV would hold it; whole numbers without “.0”, times as ISO 8601."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)
