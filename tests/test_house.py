"""The rules of the house, read from the imports: arrows point downstairs only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    "errors": 0,
    "model": 0,
    "recipe": 1,
    "estimate": 1,
    "simulate": 1,
    "events": 2,
    "analysis": 3,
    "success": 3,
    "voice": 3,
    "draw": 4,
    "export": 5,
    "store": 5,
    "locale": 5,
    "app": 6,
    "cli": 6,
    "__main__": 7,
}
# The ground of a floor: what its rooms may share. errors lies under model, draw's layout and theme under its charts.
GROUND = {("model", "errors")}
ONLY_IN = {
    "ibis": {"events"},
    "duckdb": {"events"},
    "plotly": {"draw", "app"},
    "streamlit": {"app"},
    "typer": {"cli"},
    "rich": {"cli", "events"},
}
FILES = sorted((ROOT / "journey").rglob("*.py"))


def room(file: Path) -> str:
    return file.relative_to(ROOT / "journey").parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_arrows_point_downstairs(file: Path) -> None:
    here = room(file)
    if here == "__init__":
        return
    assert here in FLOORS, f"{file} is in no room of the house"
    for name in imports(file):
        parts = name.split(".")
        if parts[0] != "journey":
            continue
        # The public names are for those who stand on top of them.
        there = parts[1] if len(parts) > 1 else "export"
        allowed = there == here or FLOORS[there] < FLOORS[here] or (here, there) in GROUND
        assert allowed, f"{file.relative_to(ROOT)} (floor {FLOORS[here]}) imports {name} (floor {FLOORS[there]})"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(file: Path) -> None:
    for name in imports(file):
        library = name.split(".")[0]
        assert room(file) in ONLY_IN.get(library, {room(file)}), f"{file.relative_to(ROOT)} imports {name}"


def test_estimation_needs_numpy_and_scipy_only() -> None:
    for file in (ROOT / "journey" / "estimate").glob("*.py"):
        heavy = {name.split(".")[0] for name in imports(file)} & {"pandas", "networkx", "ibis", "plotly", "streamlit"}
        assert not heavy, f"{file.name} imports {heavy}"


def test_modules_stay_small() -> None:
    long = {str(f.relative_to(ROOT)): n for f in FILES if (n := f.read_text(encoding="utf-8").count("\n")) > 400}
    assert not long


def test_every_public_function_says_what_it_does() -> None:
    import journey

    silent = [name for name in journey.__all__ if name not in ("START", "END") and not getattr(journey, name).__doc__]
    assert not silent
