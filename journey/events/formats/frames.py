"""Tables in memory (pandas, Polars, Arrow) and tables of Ibis or Spark.

What is in memory, or in another DuckDB, goes through a spooled Parquet, so that every later query sees typed columns
and the order of the rows. A table on another engine stays there; it knows no order of its rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import InputError
from journey.events.formats.columns import header_of
from journey.events.source import ROW, Raw, Source, Spool, in_parquet

__all__ = ["frame"]


def frame(source: Any, con: Any, spool: Spool, *, label: str) -> Source:
    """The table that an object is. Raises InputError for an object that is none."""
    family = type(source).__module__.split(".")[0]
    if isinstance(source, pd.DataFrame):
        return _pandas(source, con, spool, label)
    if family == "polars" and hasattr(source, "lazy"):
        return _polars(source, con, spool, label)
    if isinstance(source, pa.Table | pa.RecordBatch):
        return _arrow(source if isinstance(source, pa.Table) else pa.Table.from_batches([source]), con, spool, label)
    if isinstance(source, ibis.Table):
        return _ibis(source, con, spool, label)
    if family == "pyspark" and hasattr(source, "sparkSession"):
        view = f"journey_{uuid.uuid4().hex[:8]}"
        source.createOrReplaceTempView(view)
        return _remote(ibis.pyspark.connect(source.sparkSession).table(view), label)
    raise InputError(
        "A table is read from a path, or from a pandas, Polars, Arrow, Ibis or Spark table; "
        f"not from {type(source).__name__}."
    )


def _pandas(source: pd.DataFrame, con: Any, spool: Spool, label: str) -> Source:
    names, repeated = header_of(str(name) for name in source.columns)
    arrays: dict[str, Any] = {}

    def array(name: str) -> Any:
        if name not in arrays:
            arrays[name] = _array(source.iloc[:, names.index(name)])
        return arrays[name]

    def load(wanted: Sequence[str]) -> Raw:
        return _spooled([array(name) for name in wanted], wanted, con, spool, label)

    return Source(label=label, columns=_Types(names, array), load=load, repeated=repeated)


class _Types(dict[str, Any]):
    """Types of columns, found out when asked: converting a column of Python objects takes time."""

    def __init__(self, names: Sequence[str], array: Any) -> None:
        super().__init__(dict.fromkeys(names))
        self.array = array

    def __getitem__(self, name: str) -> Any:
        return _kind(self.array(name).type)


def _kind(arrow: Any) -> Any:
    try:
        return ibis.dtype(arrow)
    except (TypeError, NotImplementedError, ValueError, KeyError):
        return ibis.dtype("string")


def _array(column: pd.Series[Any]) -> Any:
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, OverflowError):
        array = pa.array([_text(value) for value in column], pa.string())
    except UnicodeEncodeError as error:
        raise InputError(f"(table): the column “{column.name}” holds half a character (a lone surrogate).") from error
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks else pa.array([], array.type)
    return array.cast(array.type.value_type) if pa.types.is_dictionary(array.type) else array


def _text(value: Any) -> str | None:
    """A value of a column that mixes types, as a CSV would hold it: 1, 1.0 and "1" are the same id."""
    if value is None or (not isinstance(value, list | dict | tuple | set) and pd.isna(value) is True):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _spooled(arrays: Sequence[Any], names: Sequence[str], con: Any, spool: Spool, label: str) -> Raw:
    target = spool.file()
    columns = {name: f"c{i}" for i, name in enumerate(names)}
    try:
        _write(pa.table(dict(zip(columns.values(), arrays, strict=True))), target)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise InputError(f"{label}: a column cannot be read ({str(error).splitlines()[0]}).") from error
    return Raw(
        label=label, table=in_parquet(con, target, names, label), columns=columns, understood={"format": "in memory"}
    )


def _write(table: Any, target: Path) -> None:
    pq.write_table(
        table, target, compression="lz4", coerce_timestamps="us", allow_truncated_timestamps=True, store_schema=True
    )


def _polars(source: Any, con: Any, spool: Spool, label: str) -> Source:
    import polars as pl  # noqa: PLC0415 the caller has it

    lazy = source.lazy()
    schema = lazy.collect_schema()
    kinds = {
        name: _kind(pl.DataFrame(schema={"x": kind}).to_arrow().schema.field("x").type) for name, kind in schema.items()
    }

    def load(wanted: Sequence[str]) -> Raw:
        target = spool.file()
        lazy.select(pl.col(name).alias(f"c{i}") for i, name in enumerate(wanted)).sink_parquet(
            target, maintain_order=True
        )
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        return Raw(
            label=label,
            table=in_parquet(con, target, wanted, label),
            columns=columns,
            understood={"format": "in memory"},
        )

    return Source(label=label, columns=kinds, load=load)


def _arrow(source: Any, con: Any, spool: Spool, label: str) -> Source:
    names, repeated = header_of(source.column_names)

    def array(name: str) -> Any:
        column = source.column(names.index(name))
        return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column

    def load(wanted: Sequence[str]) -> Raw:
        return _spooled([array(name) for name in wanted], wanted, con, spool, label)

    return Source(label=label, columns={name: _kind(array(name).type) for name in names}, load=load, repeated=repeated)


def _ibis(source: Any, con: Any, spool: Spool, label: str) -> Source:
    backend = source.get_backend()
    if backend.name != "duckdb":
        return _remote(source, label)

    def load(wanted: Sequence[str]) -> Raw:
        target = spool.file()
        chosen = source.select(**{f"c{i}": source[name] for i, name in enumerate(wanted)})
        chosen.to_parquet(target)
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        return Raw(
            label=label,
            table=in_parquet(con, target, wanted, label),
            columns=columns,
            understood={"format": "DuckDB table"},
        )

    return Source(label=label, columns=dict(source.schema().items()), load=load)


def _remote(source: Any, label: str) -> Source:
    def load(wanted: Sequence[str]) -> Raw:
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        table = source.select(**{alias: source[name] for name, alias in columns.items()})
        table = table.mutate(**{ROW: ibis.literal(0, "int64")})
        return Raw(
            label=label, table=table, columns=columns, understood={"format": f"{source.get_backend().name} table"}
        )

    return Source(label=label, columns=dict(source.schema().items()), load=load)
