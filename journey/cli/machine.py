"""Results as JSON, for machines."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from journey.model import END, Boundary

__all__ = ["print_json"]


def print_json(data: Any) -> None:
    """Print results as JSON on stdout: frozen dataclasses become objects, missing becomes null."""
    print(json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, indent=2))


def _plain(data: Any) -> Any:
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {field.name: _plain(getattr(data, field.name)) for field in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [_plain(value) for value in data]
    if isinstance(data, (date, pd.Timestamp)):
        return data.isoformat()
    if isinstance(data, Boundary):
        # An object, so that no touchpoint's name can be mistaken for it: as in Journey.to_json.
        return {"boundary": "end" if data is END else "start"}
    return str(data) if isinstance(data, Path) else data
