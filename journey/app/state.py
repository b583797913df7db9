"""What the app was started with, and what is looked at in it."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from journey import store
from journey.errors import JourneyError
from journey.events.selection import Selection

__all__ = ["SAMPLE", "Source", "View", "arguments", "clicked", "picked_row", "saved_segments", "segments", "theme_name"]

ALL: Final = Selection()
SAMPLE = Path(__file__).parents[2] / "data" / "lumo" / "journey.yaml"


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


@dataclass(frozen=True, slots=True)
class View:
    """The cases of a source that are looked at: what every page is a function of, and every cache is keyed by."""

    source: Source
    selection: Selection = ALL

    @property
    def whole(self) -> View:
        """All cases of the source."""
        return View(self.source)

    def of(self, selection: Selection) -> View:
        """Other cases of the same source."""
        return View(self.source, selection)

    def with_(self, **changes: Any) -> View:
        """The view with some fields of its selection changed."""
        return View(self.source, dataclasses.replace(self.selection, **changes))


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


def segments(source: Source) -> store.Segments:
    """The saved segments of a source. Raises JourneyError if they can't be kept."""
    return store.Segments(store.connect(store.address()), str(Path(source.recipe).resolve()))


def saved_segments(source: Source) -> dict[str, Selection]:
    """Name → selection; none where they can't be read."""
    try:
        return segments(source).all()
    except JourneyError:
        return {}


def clicked(event: Mapping[str, Any] | None, names: Iterable[str]) -> str | None:
    """The name whose mark was clicked in a chart; None if nothing known was."""
    points = ((event or {}).get("selection") or {}).get("points") or []
    known = set(names)
    for point in points:
        data = point.get("customdata")
        name = data[0] if isinstance(data, (list, tuple)) and data else data
        if isinstance(name, str) and name in known:
            return name
    return None


def picked_row(event: Mapping[str, Any] | None, names: Sequence[str]) -> str | None:
    """The name of the row that was picked in a table; None if none was."""
    rows = ((event or {}).get("selection") or {}).get("rows") or []
    return names[rows[0]] if rows and 0 <= rows[0] < len(names) else None
