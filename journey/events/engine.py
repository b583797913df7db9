"""The one place where a query runs: DuckDB embedded by default, any other engine that Ibis speaks for larger data."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend

from journey.errors import Cancelled

__all__ = [
    "Progress",
    "arrow_of",
    "cache_dir",
    "connect",
    "drop",
    "each",
    "is_duckdb",
    "keep",
    "keep_arrow",
    "keep_frame",
    "run",
    "tell",
    "watched",
]

GIB = 1 << 30

# Called five times a second with how far the running query is (0–1), or None where the engine does not tell.
# Where it raises Cancelled the query is stopped, and whoever asked gets Cancelled.
Progress = Callable[[float | None], None]
SPARK_TYPES = {"string": "string", "int16": "smallint", "int32": "int"}

# Kept Arrow tables by their unique names, for the cursors to see.
_arrow: dict[str, pa.Table] = {}
_watcher: ContextVar[Progress | None] = ContextVar("watcher", default=None)


def cache_dir() -> Path:
    """Where indexes, quarantined rows and spilled sorts live; safe to delete at any time.

    `JOURNEY_CACHE` names another place; else `$XDG_CACHE_HOME/journey`, else `~/.cache/journey`.
    """
    named = os.environ.get("JOURNEY_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "journey"
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    return base


def connect(*, file: Path | None = None, memory: int | None = None, read_only: bool = False) -> Any:
    """A DuckDB backend that never touches the network.

    file    a database file; None keeps it in memory
    memory  bytes it may use before it spills to `cache_dir()`; default a third of the machine, between 1 and 5 GiB
    """
    limit = memory or min(5 * GIB, max(GIB, _machine_memory() // 3))
    backend = ibis.duckdb.connect(
        file if file is not None else ":memory:",
        read_only=read_only,
        memory_limit=f"{limit // (1 << 20)}MiB",
        temp_directory=str(cache_dir() / f"spill-{os.getpid()}"),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    backend.raw_sql("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return backend


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 4 * GIB


def is_duckdb(backend: BaseBackend) -> bool:
    return bool(backend.name == "duckdb")


def run(expr: Any, *, opening: bool = False) -> pd.DataFrame:
    """Run a table expression and bring its (small) result home.

    On DuckDB each call takes a cursor of its own, so several threads can ask at once. While a log is being
    opened (`opening`) the connection itself asks: only it sees the temporary views over files and frames.
    """
    backend = expr.get_backend()
    if not is_duckdb(backend):
        result: pd.DataFrame = backend.to_pandas(expr)
        return result
    sql = backend.compile(expr)
    with _asking(backend, sql, opening) as connection, _watching(connection):
        return _frame(connection, sql)


@contextmanager
def _asking(backend: Any, sql: str, opening: bool) -> Iterator[Any]:
    """A connection that sees the kept tables which the query names.

    Never one that another thread may use: DuckDB waits for a busy connection without letting go of the interpreter,
    which whoever is busy reading an Arrow table needs.
    """
    connection = backend.con if opening else backend.con.cursor()
    named = [name for name in list(_arrow) if name in sql]
    for name in named:
        connection.register(name, _arrow[name])
    try:
        yield connection
    finally:
        for name in named:
            connection.unregister(name)
        if not opening:
            connection.close()


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a fetched table, as named tuples."""
    return frame.itertuples(index=False)


def _frame(connection: Any, sql: str) -> pd.DataFrame:
    table = connection.execute(sql).to_arrow_table()
    for at, column in enumerate(table.schema):
        if pa.types.is_decimal(column.type) and column.type.scale == 0:
            # DuckDB sums whole numbers in 128 bits; no count of ours needs more than 64.
            table = table.set_column(at, column.name, table.column(at).cast(pa.int64()))
    result: pd.DataFrame = table.to_pandas()
    return result


def keep(backend: Any, expr: Any, *, name: str, large: bool = False, opening: bool = False) -> Any:
    """Compute a large expression once and keep it where it was computed; returns the kept table.

    On DuckDB that is an Arrow table in memory, which is quicker to write and as quick to ask as a table of its own;
    with `large`, a table of the database, which may be larger than memory. While a log is being opened the latter is a
    draft that the connection alone sees, and that is never written into the database's file.
    """
    if not is_duckdb(backend):
        return expr.cache()
    sql = backend.compile(expr)
    with _asking(backend, sql, opening) as connection, _watching(connection):
        if not large:
            # As a relation, for only that is turned into Arrow by several threads.
            return keep_arrow(backend, connection.sql(sql).to_arrow_table(), name=name)
        unique, kind = _unique(name), "TEMP" if opening else ""
        # Not create_table, which inserts into an empty table: slower for large ones.
        connection.execute(f'CREATE {kind} TABLE "{unique}" AS {sql}')
    return _named(backend, unique, expr.schema())


def keep_arrow(backend: Any, table: pa.Table, *, name: str) -> Any:
    """An Arrow table as a table of DuckDB; nothing is copied."""
    unique = _unique(name)
    _arrow[unique] = table
    return _named(backend, unique, ibis.Schema.from_pyarrow(table.schema))


def _named(backend: Any, name: str, schema: Any) -> Any:
    """A table by its name, without asking the engine whether it is there."""
    return ops.DatabaseTable(name=name, schema=schema, source=backend, namespace=ops.Namespace()).to_expr()


def arrow_of(table: Any) -> pa.Table | None:
    """The Arrow table behind a kept one, if it is of that kind."""
    return _arrow.get(table.op().name)


@contextmanager
def watched(progress: Progress | None) -> Iterator[None]:
    """Report the progress of what is kept inside: `progress` is called five times a second while a query runs."""
    token = _watcher.set(progress)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(share: float | None) -> None:
    """Report how far work is that is no query (0–1). Raises Cancelled where whoever asked wants no more of it."""
    progress = _watcher.get()
    if progress is not None:
        progress(share)


@contextmanager
def _watching(connection: Any) -> Iterator[None]:
    progress = _watcher.get()
    if progress is None:
        yield
        return
    done, stopped = threading.Event(), threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            share = connection.query_progress()
            try:
                progress(share / 100 if share >= 0 else None)
            except Cancelled:
                stopped.set()
                connection.interrupt()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    except Exception as error:
        if stopped.is_set():
            raise Cancelled("Cancelled.") from error
        raise
    finally:
        done.set()
        watcher.join()


def keep_frame(backend: Any, frame: pd.DataFrame, *, schema: dict[str, str], name: str) -> Any:
    """A small pandas table as a table of the backend."""
    unique = _unique(name)
    if backend.name == "pyspark":
        # A cached expression would not bring a table in memory along.
        rows = [tuple(row) for row in frame.astype(object).itertuples(index=False)]
        types = ", ".join(f"{column} {SPARK_TYPES[kind]}" for column, kind in schema.items())
        backend._session.createDataFrame(rows, types).createOrReplaceTempView(unique)
        return backend.table(unique)
    return backend.create_table(unique, ibis.memtable(frame, schema=schema), temp=not is_duckdb(backend))


def drop(backend: Any, name: str) -> None:
    """Forget a kept table by its name."""
    if not is_duckdb(backend):
        return
    if _arrow.pop(name, None) is None:
        with backend.con.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"')


def _unique(name: str) -> str:
    return f"{name}_{uuid.uuid4().hex[:8]}"
