"""What the app was started with, and what is chosen in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["SAMPLE", "TOUCHPOINT", "Source", "arguments", "chosen", "clicked", "picked_row", "theme_name"]

SAMPLE = Path(__file__).parents[2] / "data" / "lumo" / "journey.yaml"
# The touchpoint all pages talk of; the name of its widget, and so of its place in the address.
TOUCHPOINT = "touchpoint"


@dataclass(frozen=True, slots=True)
class Source:
    """The recipe, where its tables are, and the stamp by which a changed file is noticed: the key of every cache."""

    recipe: str
    folder: str | None = None
    stamp: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, recipe: Path, folder: Path | None = None) -> Source:
        """The source with the stamp of the recipe and of the files beside it, or in the folder."""
        beside = folder or recipe.parent
        files = [recipe, *sorted(path for path in beside.glob("*") if path.is_file())] if beside.is_dir() else [recipe]
        return cls(str(recipe), None if folder is None else str(folder), tuple(_stamp(file) for file in files))


def _stamp(file: Path) -> tuple[str, int, int]:
    try:
        facts = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), facts.st_mtime_ns, facts.st_size


def arguments(told: Sequence[str] | None = None) -> Source:
    """What follows `--` on the command line: a recipe and --folder; the sample journey where there is none."""
    parser = argparse.ArgumentParser(prog="journey app", exit_on_error=False, add_help=False)
    parser.add_argument("recipe", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--folder", type=Path, default=None)
    known, _rest = parser.parse_known_args(sys.argv[1:] if told is None else told)
    return Source.of(known.recipe, known.folder)


def theme_name() -> str:
    """ "light" or "dark", as the reader's browser shows the app."""
    return "dark" if st.context.theme.type == "dark" else "light"


def chosen(names: Sequence[str], first: str | None = None) -> str | None:
    """The chosen touchpoint, if there is one of that name; else `first`."""
    name = st.session_state.get(TOUCHPOINT) or st.query_params.get(TOUCHPOINT)
    return name if name in names else first


def clicked(event: Mapping[str, Any] | None, names: Iterable[str]) -> str | None:
    """The touchpoint whose mark was clicked in a chart; None if nothing known was."""
    points = ((event or {}).get("selection") or {}).get("points") or []
    known = set(names)
    for point in points:
        data = point.get("customdata")
        name = data[0] if isinstance(data, (list, tuple)) and data else data
        if isinstance(name, str) and name in known:
            return name
    return None


def picked_row(event: Mapping[str, Any] | None, names: Sequence[str]) -> str | None:
    """The touchpoint of the row that was picked in a table; None if none was."""
    rows = ((event or {}).get("selection") or {}).get("rows") or []
    return names[rows[0]] if rows and 0 <= rows[0] < len(names) else None
