"""Ids, numbers and attributes from columns as they were written. Text stays what it is unless every value agrees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import ibis

from journey.errors import InputError
from journey.events.clock import clock_of_typed
from journey.events.source import Raw, ask, number

__all__ = ["attributes", "decimal_mark", "filled", "id_type", "ids", "numbers"]


def filled(column: Any) -> Any:
    """The column as text, null where it is blank. What is not blank stays as it is, outer blanks too."""
    if not column.type().is_string():
        return column.cast("string")
    return ibis.ifelse(column.strip() == "", ibis.null("string"), column)


# --- ids -------------------------------------------------------------------------------------------


def id_type(raw: Raw, name: str) -> str:
    """“int64” where every id is a whole number written as such (007 is not), else “string”."""
    column = raw[name]
    kind = column.type()
    if kind.is_integer():
        wide = kind.is_unsigned_integer() and kind.nbytes == 8
        facts = ask(raw.table, raw.label, high=column.max()) if wide else {"high": None}
        return "int64" if facts["high"] is None or facts["high"] < 2**63 else "string"
    if kind.is_nested() or kind.is_binary():
        raise InputError(f"{raw.label}: the column “{name}” holds values of type {kind}, which cannot be ids.")
    if kind.is_floating() or kind.is_decimal():
        # Not the floor, which is cast to a whole number and fails for large ones.
        whole = ((column % 1) == 0) & (column.abs() < 2.0**53)
        odd = ask(raw.table, raw.label, odd=(column.notnull() & ~whole.fill_null(False)).sum())["odd"]
        return "string" if odd else "int64"
    if not kind.is_string():
        return "string"
    text = filled(column)
    # The least and the greatest, which Parquet keeps at hand, usually tell that ids are no numbers.
    ends = ask(raw.table, raw.label, low=column.min(), high=column.max())
    if any(end is not None and end.strip() and not _is_whole(end) for end in ends.values()):
        return "string"
    same = text.try_cast("int64").cast("string") == text
    facts = ask(raw.table, raw.label, odd=(text.notnull() & ~same.fill_null(False)).sum(), n=text.count())
    return "int64" if facts["n"] and not facts["odd"] else "string"


def _is_whole(text: str) -> bool:
    try:
        return str(int(text)) == text and abs(int(text)) < 2**63
    except ValueError:
        return False


def ids(column: Any, kind: str) -> Any:
    """Ids of the type that `id_type` found; blank is null."""
    if column.type().is_string():
        text = filled(column)
        return text if kind == "string" else text.try_cast("int64")
    return column.cast(kind)


# --- numbers ---------------------------------------------------------------------------------------


def decimal_mark(raw: Raw, names: list[str], told: str | None) -> str:
    """“.” or “,”: as told, or as all the numbers of these columns are written. Raises InputError if they differ."""
    texts = [name for name in names if raw[name].type().is_string()]
    if told is not None or not texts:
        return told or "."
    questions: dict[str, Any] = {}
    for i, name in enumerate(texts):
        column = raw[name].strip()
        for mark, word in ((",", "comma"), (".", "point")):
            written = column.re_search(rf"^[+-]?[0-9]+[{mark}][0-9]+$")
            questions[f"{word}{i}"] = written.sum()
            questions[f"{word}{i}_row"] = raw.table.row_.min(where=written)
    facts = ask(raw.table, raw.label, **questions)
    marks = {word: [i for i in range(len(texts)) if facts[f"{word}{i}"]] for word in ("comma", "point")}
    if marks["comma"] and marks["point"]:
        comma, point = marks["comma"][0], marks["point"][0]
        raise InputError(
            f"{raw.label}: numbers are written with a comma in column “{texts[comma]}” "
            f"(row {number(int(facts[f'comma{comma}_row']) + 1)}) and with a point in “{texts[point]}” "
            f"(row {number(int(facts[f'point{point}_row']) + 1)}). Say which is the decimal mark: "
            "decimal: “,” or decimal: “.”."
        )
    return "," if marks["comma"] else "."


def numbers(column: Any, mark: str = ".") -> Any:
    """Numbers as float64; null where there is none, or what stands there is not a finite number."""
    kind = column.type()
    if kind.is_string():
        text = column.strip()
        # Else 1,234 would be read where the mark is a point, and 1.234 where it is a comma.
        plain = text.replace(".", "x").replace(",", ".") if mark == "," else text
        value = plain.try_cast("float64")
    else:
        value = column.cast("float64")
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


# --- attributes ------------------------------------------------------------------------------------


def attributes(raw: Raw, names: Iterable[str], mark: str | None = None) -> dict[str, Any]:
    """Column → its expression; a text column gets the type on which all its values agree, else it stays text.

    Whole numbers (without leading zeros), decimal numbers, true/false, ISO dates and times.
    """
    columns = {name: raw[name] for name in names}
    return {name: _typed(raw, column, mark) if raw.text else _as_read(column) for name, column in columns.items()}


_ISO: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?$"


def _typed(raw: Raw, column: Any, mark: str | None) -> Any:
    text = filled(column)
    values = raw.table.select(value_=text).distinct()
    facts = ask(values, raw.label, **_type_questions(values.value_))
    counts = {question: int(answer or 0) for question, answer in facts.items()}
    n = counts["n"]
    if not n:
        return text
    if counts["whole"] == n:
        return text.try_cast("int64")
    if counts["point"] == n and mark != ",":
        return numbers(text)
    # “1,234” may be a thousand or a little more than one: left as text unless the mark was told.
    if counts["comma"] == n and (mark == "," or (mark is None and not counts["thousands"])):
        return numbers(text, ",")
    if counts["boolean"] == n:
        return text.lower() == "true"
    return text.try_cast("timestamp").cast("timestamp(6)") if counts["stamp"] == n else text


def _type_questions(text: Any) -> dict[str, Any]:
    return {
        "n": text.count(),
        "whole": (text.try_cast("int64").cast("string") == text).sum(),
        "point": text.re_search(r"^[+-]?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$").sum(),
        "comma": text.re_search(r"^[+-]?(0|[1-9][0-9]*)(,[0-9]+)?$").sum(),
        "thousands": text.re_search(r"^[+-]?[0-9]{1,3},[0-9]{3}$").sum(),
        "boolean": text.lower().isin(("true", "false")).sum(),
        "stamp": (text.re_search(_ISO) & text.try_cast("timestamp").notnull()).sum(),
    }


def _as_read(column: Any) -> Any:
    kind = column.type()
    if kind.is_integer():
        return column.cast("float64" if kind.is_unsigned_integer() and kind.nbytes == 8 else "int64")
    if kind.is_floating() or kind.is_decimal():
        return numbers(column)
    if kind.is_boolean():
        return column
    if kind.is_timestamp() or kind.is_date():
        return clock_of_typed(column)
    return filled(column)
