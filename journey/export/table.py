"""Tables on their way to spreadsheets."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journey.events.cases import FORMULA

__all__ = ["csv"]


def csv(table: pd.DataFrame) -> bytes:
    """A table as CSV that spreadsheets read in every language: UTF-8 with its mark; formulas are only text.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, in the header as well.
    """
    columns = [values if pd.api.types.is_numeric_dtype(values) else values.map(_as_text) for _, values in table.items()]
    safe = pd.concat(columns, axis="columns") if columns else table
    return safe.to_csv(index=False, header=[_as_text(str(name)) for name in table]).encode("utf-8-sig")


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
