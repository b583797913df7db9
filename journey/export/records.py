"""Plans, tasks, meetings, interviews and initiatives on their way out: as a table, and to a webhook."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

__all__ = ["MOST", "record_payload", "record_table"]

MOST: Final = 500  # records in one message


def record_table(records: Sequence[Any], kind: type[Any]) -> pd.DataFrame:
    """One row a record, a column a field; days and times as ISO 8601. `kind` names the columns where there is none."""
    names = _names(kind)
    rows = [{name: _plain(getattr(one, name)) for name in names} for one in records]
    return pd.DataFrame(rows, columns=list(names), dtype=object)


def record_payload(journey: str, what: str, records: Sequence[Any]) -> dict[str, Any]:
    """What is posted: `text` for people, as Slack and Mattermost show it, and the records as fields for machines.

        {"text": "Lumo: 2 tasks", "journey": "Lumo", "kind": "tasks", "count": 2, "records": [{"id": …, …}]}

    Free texts were masked when they were kept. At most 500 records; `count` tells of how many.
    """
    text = f"{journey}: {len(records)} {what}"
    return {
        # As Slack asks, lest a name call everybody.
        "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "journey": journey,
        "kind": what,
        "count": len(records),
        "records": [{name: _plain(getattr(one, name)) for name in _names(type(one))} for one in records[:MOST]],
    }


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
