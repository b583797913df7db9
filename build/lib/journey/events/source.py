"""A table before it is understood: its columns by name, and a way to load those that are asked for."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from journey.errors import InputError, suggest
from journey.events.engine import cache_dir, is_duckdb, run
from journey.events.own import literal

__all__ = ["Raw", "Source", "Spool", "ask", "counted", "number", "plain", "scan"]

ROW = "row_"


class Spool:
    """A folder for what had to be decoded on the way in; removed with the door that owns it, or at exit."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="spool-", dir=cache_dir()))
        self._files = 0
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def file(self, suffix: str = ".parquet") -> Path:
        self._files += 1
        return self.folder / f"{self._files}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Some columns of a table, as they were written.

    table      lazy; columns c0, c1, … (names in files may differ in case only, which SQL cannot) and `row_`, the
               place of the row from 0; on an engine that knows no order, `row_` is 0 throughout
    columns    name in the file → its column in `table`
    text       the file knows no types: every column is text as written
    rejected   a Parquet file with row_ (from 1), reason and line of what could not be split into fields
    """

    label: str
    table: Any
    columns: Mapping[str, str]
    text: bool = False
    rejected: Path | None = None
    rejections: Mapping[str, int] = field(default_factory=dict)
    understood: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """The column called `name` in the file; a dotted path reaches into a nested column."""
        alias, *path = self.columns[name].split(".")
        column = self.table[alias]
        for part in path:
            column = column[part]
        return column


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table that was found and whose header was read, but not its rows.

    label     how messages call it
    columns   name → type, in order; text where the file knows no types
    repeated  names that stand in the header more than once
    digest    of the content; None for tables in memory or on another engine
    lifecycle the column that by the format's own rules tells start from complete
    load      names → Raw
    """

    label: str
    columns: Mapping[str, Any]
    load: Callable[[Sequence[str]], Raw]
    repeated: frozenset[str] = frozenset()
    digest: str | None = None
    lifecycle: str | None = None

    def raw(self, names: Iterable[str]) -> Raw:
        """The columns of these names. Raises InputError for one that is missing, doubled or nested."""
        wanted = list(dict.fromkeys(names))
        found = {name: self.find(name) for name in wanted}
        raw = self.load(list(dict.fromkeys(top for top, _ in found.values())))
        columns = {name: ".".join([raw.columns[top], *path]) for name, (top, path) in found.items()}
        return Raw(**{**vars(raw), "columns": columns})

    def find(self, name: str) -> tuple[str, list[str]]:
        """The column of that name, and the path inside it where it is nested."""
        if name in self.repeated:
            raise InputError(
                f"{self.label}: the header has more than one column “{name}”. Rename or remove the one you do not need."
            )
        known = name if name in self.columns else _only_match(name, self.columns)
        top, *path = [known] if known is not None else name.split(".")
        if top not in self.columns:
            raise InputError(
                f"{self.label}: there is no column “{name}”.{suggest(name, self.columns, known='columns')}"
            )
        kind = self.columns[top]
        for part in path:
            if not (kind.is_struct() and part in kind.fields):
                inside = list(kind.fields) if kind.is_struct() else self.columns
                raise InputError(f"{self.label}: there is no column “{name}”.{suggest(part, inside, known='columns')}")
            kind = kind.fields[part]
        if kind.is_nested():
            raise InputError(f"{self.label}: the column “{name}” is nested ({_shape(name, kind)}")
        return top, path


def _only_match(name: str, columns: Iterable[str]) -> str | None:
    """A header cell that differs in outer blanks only."""
    same = [column for column in columns if column.strip() == name.strip()]
    return same[0] if len(same) == 1 else None


def _shape(name: str, kind: Any) -> str:
    if kind.is_struct():
        inside = ", ".join(f"“{name}.{field}”" for field in list(kind.fields)[:6])
        return f"it holds fields). Name one of them: {inside}."
    return "it holds lists or maps). Only single values can be read: unnest it first, one row an element."


def ask(table: Any, label: str, /, **questions: Any) -> dict[str, Any]:
    """Several aggregates of one table in one pass; missing is None. Raises InputError if the file cannot be read."""
    if not questions:
        return {}
    try:
        row = run(table.aggregate(**questions), opening=True).iloc[0]
    except duckdb.Error as error:
        raise InputError(plain(label, error)) from error
    return {name: None if _missing(row[name]) else row[name] for name in questions}


def _missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def scan(con: Any, sql: str, label: str) -> Any:
    """A lazy table from DuckDB's own SQL. Raises InputError where DuckDB cannot read the file."""
    try:
        return con.sql(sql)
    except duckdb.Error as error:
        raise InputError(plain(label, error)) from error


def plain(label: str, error: Exception) -> str:
    """DuckDB's complaint as one sentence, without its hints about SQL."""
    first = re.sub(r"^[A-Za-z ]*(Error|Exception): ", "", str(error).strip().split("\n")[0])
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{label}: reading it needs more memory than allowed. Give more, or split the file."
    return f"{label}: the file is damaged or not what its name says ({first.rstrip('.')})."


def digest_of(parts: Iterable[object]) -> str:
    """One digest of several digests or texts."""
    return hashlib.sha256("\x00".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


def number(n: int) -> str:
    """A count as people read it."""
    return f"{n:,}"


def counted(n: int, noun: str) -> str:
    """``1 row``, ``1,200 rows``."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def in_parquet(con: Any, path: Path, names: Sequence[str], label: str) -> Any:
    """The lazy table over a spooled Parquet whose columns are c0, c1, … in the order of `names`."""
    columns = ", ".join(f"c{i}" for i in range(len(names)))
    return scan(
        con,
        f"SELECT {columns}, file_row_number AS {ROW} FROM read_parquet({literal(path)}, file_row_number=true)",
        label,
    )


def settled(con: Any, spool: Spool, expr: Any, label: str) -> Any:
    """A costly expression computed once, into the spool; on an engine other than DuckDB, that engine's own cache."""
    if not is_duckdb(expr.get_backend()):
        return expr.cache()
    target = spool.file()
    try:
        con.con.execute(f"COPY ({con.compile(expr)}) TO {literal(target)} (FORMAT parquet, COMPRESSION lz4)")
    except duckdb.Error as error:
        raise InputError(plain(label, error)) from error
    return scan(con, f"SELECT * FROM read_parquet({literal(target)})", label)


def text_columns(names: Iterable[str]) -> dict[str, Any]:
    return {name: ibis.dtype("string") for name in names}
