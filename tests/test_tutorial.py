"""The tutorial: every command and line of Python in it is run, and the output it shows is what comes out.

A ```console block holds commands (`$ python -m journey …`), each followed by lines of its output; a line “…” stands for
any number of lines left out. A ```python block runs in one namespace a page; lines of a ```text block after it must be
among what was printed. Blocks about data outside the project are skipped where those are absent.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from journey.cli import show
from journey.cli.verbs import app

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for path in (ROOT / "docs" / "tutorial").glob("*.md") if path.name != "README.md")
OUTSIDE = re.compile(r"\.\./shared/[\w./-]+")


def blocks(text: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"^```(\w+)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield found[1], found[2]


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip() and line.strip() != "…"]


def absent(text: str) -> list[str]:
    return [path for path in OUTSIDE.findall(text) if not (ROOT / path).exists()]


def commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield command, shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tutorial_tells_what_comes_out(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    # A wide terminal, as tables are shown in full there.
    monkeypatch.setattr(show, "out", Console(width=160))
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path}/store.db")
    names: dict[str, object] = {}
    printed, left_out = "", []
    for kind, block in blocks(page.read_text(encoding="utf-8")):
        if missing := absent(block):
            left_out += missing
        elif kind == "python":
            exec(compile(block, str(page), "exec"), names)
            printed = capsys.readouterr().out
        elif kind == "text":
            came = words(printed)
            assert [line for line in words(block) if line not in came] == []
        elif kind == "console":
            for command, shown in commands(block):
                told = shlex.split(command)
                assert told[:3] == ["python", "-m", "journey"], command
                result = CliRunner().invoke(app, told[3:])
                assert result.exit_code == 0, (command, result.output, result.exception)
                came = words(result.output)
                assert [line for line in words(shown) if line not in came] == [], command
    if left_out:
        pytest.skip(f"the rest ran; absent: {', '.join(sorted(set(left_out)))}")
