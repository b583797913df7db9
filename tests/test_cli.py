"""The command line: every verb on the sample, JSON for machines, and mistakes in one sentence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from journey.cli.verbs import app, main

LUMO = "data/lumo/journey.yaml"


@pytest.fixture(autouse=True)
def _at_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def told(*words: str) -> dict[str, object]:
    found = json.loads(run(*words, "--json"))
    assert isinstance(found, dict)
    return found


def test_every_verb_has_help_with_an_example() -> None:
    names = re.findall(r"│ (\w+) ", run("--help"))
    assert {"open", "friction", "variants", "funnel", "simulate", "export", "app"} <= set(names)
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"python -m journey {(command.name or command.callback.__name__)}" in (command.callback.__doc__ or "")


def test_every_verb_stands_in_the_readme(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        assert f"python -m journey {name}" in text


def test_friction_as_json() -> None:
    data = told("friction", LUMO)
    worst = data["friction"][0]  # type: ignore[index]
    assert worst["at"] == "ID check"
    assert sum(worst["contributions"].values()) == pytest.approx(worst["score"]["value"])
    assert data["cases"] == data["of_cases"] == 6000
    assert data["terms"]["goal"] == ["Renewed"]  # type: ignore[index]


def test_friction_says_why_and_how_sure() -> None:
    out = " ".join(run("friction", LUMO, "--top", "3", "--where", "segment=B2B").split())
    assert "ID check" in out
    assert "interval" in out
    assert "of all cases" in out
    assert "Association is not cause" in out


def test_filters_give_their_share() -> None:
    data = told("variants", LUMO, "--where", "segment=B2B", "--since", "2025-06-01", "--until", "2026-01-01")
    assert 0 < data["cases"] < data["of_cases"]  # type: ignore[operator]


def test_open_tells_what_was_understood(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("id,what,when\n1,A,2026-01-01\n1,,2026-01-02\n2,B,2026-01-03\n")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text("tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when}]\n")
    data = told("open", str(recipe), "--quarantine", str(tmp_path / "aside.csv"))
    assert data["quarantined"] == {"missing touchpoint": 1}
    assert "missing touchpoint" in (tmp_path / "aside.csv").read_text()
    assert "missing touchpoint" in run("open", str(recipe))


def test_funnel_export_simulate_and_validate(tmp_path: Path) -> None:
    data = told("funnel", LUMO, "Sign-up form", "ID check", "Contract signature")
    cases = [step["cases"] for step in data["funnel"]]  # type: ignore[attr-defined]
    assert cases == sorted(cases, reverse=True)
    run("export", LUMO, str(tmp_path / "lumo.json"))
    assert json.loads((tmp_path / "lumo.json").read_text())["journey"] == 1
    drawn = told("simulate", str(tmp_path / "drawn"), "--customers", "200")
    assert Path(str(drawn["recipe"])).exists()
    data = told("friction", LUMO, "--validate", "nps<=6")
    assert data["validation"]["scores"][0]["name"] == "friction"  # type: ignore[index]


@pytest.mark.parametrize(
    "words, message",
    [
        (["friction", "nowhere.yaml"], "nowhere.yaml"),
        (["friction", "README.md"], "README.md"),
        (["friction", LUMO, "--goal", "Renewd"], "Did you mean “Renewed”"),
        (["friction", LUMO, "--where", "segment"], "NAME=VALUE"),
        (["friction", LUMO, "--where", "segmnt=B2B"], "Did you mean “segment”"),
        (["friction", LUMO, "--since", "soon"], "not a date"),
        (["friction", LUMO, "--window", "long"], "long"),
        (["funnel", LUMO, "ID check"], "at least two"),
        (["export", LUMO, "lumo.docx"], "json"),
        (["simulate", "somewhere", "--plant", "x"], "TOUCHPOINT:COMPONENT:SIZE"),
    ],
)
def test_mistakes_end_with_one_sentence_and_code_2(
    words: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["journey", *words])
    monkeypatch.setenv("COLUMNS", "400")
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    err = capfd.readouterr().err
    assert message in " ".join(err.split())
    assert "Traceback" not in err


def test_as_a_process(root: Path) -> None:
    command = [sys.executable, "-m", "journey", "friction", LUMO, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["friction"][0]["at"] == "ID check"
    assert done.stderr == ""
