"""What the README shows is run, and what the documents point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import journey as jn
from journey.recipe import parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    code = blocks("python")
    assert len(code) >= 2
    for block in code:
        exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "6,000 cases" in printed
    assert "ID check" in printed


def test_the_recipe_of_the_readme_reads(tmp_path: Path) -> None:
    (recipe,) = blocks("yaml")
    assert parse(recipe).goal == ("Delivered",)
    (tmp_path / "journey.yaml").write_text(recipe, encoding="utf-8")
    (tmp_path / "events.csv").write_text(
        "order,step,at,channel,stars\n1,Cart,2026-01-01,web,\n1,Payment,2026-01-02,web,4\n1,Delivered,2026-01-09,,2\n"
        "2,Search,2026-01-01,app,\n2,Cart,2026-01-01 10:00,app,\n",
        encoding="utf-8",
    )
    assert jn.open(tmp_path / "journey.yaml").size == (5, 2, 2)


def test_the_two_commands_stand_first() -> None:
    first = README.split("```")[1]
    assert "make app" in first
    assert "make test" in first
    makefile = (ROOT / "Makefile").read_text()
    for target in ("app", "test", "check", "bench"):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")), ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (document.parent / target).exists(), target
    for path in re.findall(r"`((?:docs|data|tests|benchmarks|journey)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
