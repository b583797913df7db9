"""The app: handlers as pure functions, and every page without a browser, on data of every kind."""

from __future__ import annotations

import random
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pages import PAGES
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.app.parts.described import described
from journey.app.parts.figure import csv
from journey.app.parts.patience import Job
from journey.app.parts.steps import around, bounds
from journey.app.parts.terms import duration
from journey.app.state import SAMPLE, arguments, clicked, picked_row, saved_segments, segments
from journey.app.text import plain
from journey.draw.words import ENGLISH
from journey.errors import Cancelled
from journey.events.engine import run
from journey.events.selection import Selection
from journey.model import END, START, Journey, Touchpoint, Transition
from journey.store import connect

ROOT = Path(__file__).parents[1]
# What the frame says is the same on every page.
FEW = (PAGES[0], PAGES[4], PAGES[-1])


# --- handlers --------------------------------------------------------------------------------------


def test_without_arguments_the_sample_opens() -> None:
    assert arguments([]).recipe == str(SAMPLE)
    assert SAMPLE.exists()


def test_arguments_are_a_recipe_and_a_folder(tmp_path: Path) -> None:
    source = arguments(["my.yaml", "--folder", str(tmp_path)])
    assert (source.recipe, source.folder) == ("my.yaml", str(tmp_path))


def test_a_changed_file_changes_the_key_of_the_caches(tmp_path: Path) -> None:
    recipe, table = tmp_path / "journey.yaml", tmp_path / "events.csv"
    recipe.write_text("a")
    table.write_text("b")
    before = arguments([str(recipe)])
    assert before == arguments([str(recipe)])
    table.write_text("longer")
    assert before != arguments([str(recipe)])
    assert hash(before)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (None, None),
        ({}, None),
        ({"selection": {"points": []}}, None),
        ({"selection": {"points": [{"x": 1}]}}, None),
        ({"selection": {"points": [{"customdata": "Payment"}]}}, "Payment"),
        ({"selection": {"points": [{"customdata": ["Payment"]}]}}, "Payment"),
        ({"selection": {"points": [{"customdata": "gone"}, {"customdata": "Payment"}]}}, "Payment"),
        ({"selection": {"points": [{"customdata": []}]}}, None),
    ],
)
def test_a_click_names_a_touchpoint_or_nothing(event: Any, name: str | None) -> None:
    assert clicked(event, ["Payment", "Help"]) == name


@pytest.mark.parametrize(("rows", "name"), [([], None), ([1], "b"), ([7], None)])
def test_a_row_names_a_touchpoint_or_nothing(rows: list[int], name: str | None) -> None:
    assert picked_row({"selection": {"rows": rows}}, ["a", "b"]) == name


def test_names_from_the_data_are_no_markdown() -> None:
    assert plain("*a* [b](c) $x$ :red[y]") == r"\*a\* \[b\]\(c\) \$x\$ \:red\[y\]"


def test_bounds_of_a_share_by_the_silent() -> None:
    assert bounds(0.8, 0.25) == pytest.approx((0.2, 0.95))


def test_shares_before_and_after_sum_to_one_and_never_hide_the_end() -> None:
    names = [f"n{i}" for i in range(15)]
    out = [Transition(source="x", target=name, moves=20 - i, cases=1) for i, name in enumerate(names)]
    journey = Journey(
        touchpoints=tuple(Touchpoint(name=name) for name in ("x", *names)),
        transitions=(
            *out,
            Transition(source="x", target=END, moves=1, cases=1),
            Transition(source=START, target="x", moves=5, cases=5),
        ),
    )
    before, after = around(journey, "x")
    assert sum(step.share.value or 0 for step in after) == pytest.approx(1)
    assert [step.kind for step in after].count("end") == 1
    assert after[-1].name == "8 others"
    assert [step.kind for step in before] == ["start"]
    assert around(journey, "n0")[1] == []


@pytest.mark.parametrize(("micros", "text"), [(172_800_000_000, "2 d"), (5_400_000_000, "90 min"), (5_000_000, "5 s")])
def test_windows_are_said_in_the_unit_that_fits(micros: int, text: str) -> None:
    assert duration(micros) == text


def test_both_ways_of_starting_the_app_have_the_same_settings() -> None:
    at_root, packaged = (
        tomllib.loads((ROOT / place / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
        for place in ("", "journey/app")
    )
    assert at_root == packaged
    assert at_root["server"]["address"] == "localhost"
    assert at_root["browser"]["gatherUsageStats"] is False


# --- pages, without a browser ----------------------------------------------------------------------


def app(monkeypatch: pytest.MonkeyPatch, *told: str, page: str = PAGES[0], **address: str) -> AppTest:
    """A page of the app, run once."""
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    # AppTest can't click the navigation: a page is a function there, known by the hash of its path.
    test._page_hash = calc_hash(page) if page != PAGES[0] else ""
    return test.run()


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info", "error") for e in test.get(kind))


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_the_sample(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    assert "6,000" in said(fine(app(monkeypatch, page=page)))


@pytest.mark.parametrize("page", FEW)
def test_an_empty_selection_says_so_and_offers_the_way_back(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    test = fine(app(monkeypatch, page=page, way='[["walked", "Renewed", "Social ad"]]'))
    assert "No case fits these filters" in said(test)
    assert "**0** of 6,000 cases" in said(test)
    test.button(key="clear-all").click().run()
    assert "**6,000** cases" in said(fine(test))


@pytest.mark.parametrize("page", PAGES)
def test_a_selection_is_the_same_on_every_page(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    log = jn.open(SAMPLE).walked("ID check", "ID check")
    test = fine(app(monkeypatch, page=page, way='[["walked", "ID check", "ID check"]]'))
    assert f"**{log.cases:,}** of 6,000 cases" in said(test)


@pytest.mark.parametrize("page", FEW)
def test_a_recipe_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    test = app(monkeypatch, "no/such/journey.yaml", page=page)
    assert not test.exception
    assert len(test.error) == 1
    assert "journey" in test.error[0].value


def written(folder: Path, rows: str, *more: str) -> str:
    """A recipe for a table of events with the columns case, what, when and whatever `more` of the recipe names."""
    (folder / "events.csv").write_text(rows, encoding="utf-8")
    recipe = folder / "journey.yaml"
    table = "  - kind: events\n    path: events.csv\n    case: case\n    touchpoint: what\n    time: when\n"
    recipe.write_text("tables:\n" + table + "\n".join(more), encoding="utf-8")
    return str(recipe)


@pytest.fixture
def unrated(tmp_path: Path) -> str:
    """No ratings, goal, stages or promises: three cases."""
    return written(
        tmp_path,
        "case,what,when\n1,a,2026-01-01 10:00\n1,b,2026-01-01 11:00\n2,a,2026-01-02 10:00\n3,a,2026-01-03 10:00\n",
    )


@pytest.fixture
def single(tmp_path: Path) -> str:
    """One case, one event, one rating."""
    return written(
        tmp_path,
        "case,what,when,stars\n1,a,2026-01-01 10:00,4\n",
        "    answers: {stars: stars}",
        "scales:",
        "  stars: {metric: csat, low: 1, high: 5, good: high}",
        "goal: a",
    )


@pytest.fixture
def wide(tmp_path: Path) -> str:
    """Two hundred touchpoints."""
    chance = random.Random(1)
    rows = ["case,what,when,stars"]
    for case in range(600):
        at = chance.randrange(200)
        for step in range(chance.randrange(2, 12)):
            stars = chance.choice(["", "", chance.randrange(1, 6)])
            rows.append(
                f"{case},Touchpoint {at:03},2026-01-{1 + case % 28:02} {step:02}:{chance.randrange(60):02},{stars}"
            )
            at = (at + chance.choice([1, 1, 2, 7, 40])) % 200
    return written(
        tmp_path,
        "\n".join(rows) + "\n",
        "    answers: {stars: stars}",
        "scales:",
        "  stars: {metric: csat, low: 1, high: 5, good: high}",
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("kind", "cases"), [("unrated", 3), ("single", 1), ("wide", 600)])
def test_data_of_every_kind_has_pages_that_make_sense(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, kind: str, cases: int, page: str
) -> None:
    test = app(monkeypatch, request.getfixturevalue(kind), page=page)
    assert not test.exception, [one.message for one in test.exception]
    assert f"**{cases}** cases" in said(test)
    assert "nan" not in said(test).casefold().split()


# --- segments --------------------------------------------------------------------------------------


def test_segments_are_saved_opened_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    test = fine(app(monkeypatch, page="data", is_segment="B2B"))
    assert "**780** of 6,000 cases" in said(test)
    test.text_input(key="name-bar").set_value("Companies")
    press = next(button for button in test.button if button.key == "press-bar")
    press.click().run()
    fine(test)
    test.button(key="clear").click().run()
    assert "**6,000** cases" in said(fine(test))
    test.button(key="open-Companies").click().run()
    assert "**780** of 6,000 cases" in said(fine(test))
    assert saved_segments(arguments([])) == {"Companies": Selection(where=(("segment", ("B2B",)),))}
    test.button(key="remove-Companies").click().run()
    assert saved_segments(arguments([])) == {}


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_segment_needs_a_name(name: str) -> None:
    with pytest.raises(jn.JourneyError, match="1 to 80 letters"):
        segments(arguments([])).save(name, Selection())


def test_a_store_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(jn.JourneyError, match="JOURNEY_STORE"):
        connect("nosuchdatabase://here")
    with pytest.raises(jn.JourneyError, match="JOURNEY_STORE"):
        connect("sqlite:////proc/nowhere/journey.db")


# --- conditions in words, tables to take away ------------------------------------------------------


def test_every_condition_is_said_in_words() -> None:
    steps = (
        ("walked", "a", "b"),
        ("met", "a"),
        ("began", "a"),
        ("ended", "a"),
        ("took", "a", "b", "c", "d", "e"),
        ("without", "a", "b"),
        ("answered", "satisfaction", "1", "2", "a"),
    )
    selection = Selection(
        where=(("segment", ("B2B", None)),), start=date(2026, 1, 31), did=("x",), did_not=("y",), steps=steps
    )
    told = described(selection, ENGLISH)
    assert told[:4] == ["segment: B2B, –", "began 31 Jan 2026 – …", "met x", "did not meet y"]
    assert told[4:] == [
        "a → b",
        "met a",
        "begins at a",
        "ends at a",
        "exactly a → b → c → … → e",
        "a without b",
        "Satisfaction 1–2 at a",
    ]


def test_a_table_to_take_away_holds_no_formula() -> None:
    table = pd.DataFrame({"what": ["=1+1", "-x", "plain"], "n": [-1, 2, 3]})
    lines = csv(table).decode("utf-8-sig").splitlines()
    assert lines == ["what,n", "'=1+1,-1", "'-x,2", "plain,3"]


# --- long work -------------------------------------------------------------------------------------


def test_work_can_be_stopped() -> None:
    log = jn.open(SAMPLE)
    rows = log.rows().select("cid", "t")
    # Every event with every other: hours, were it not stopped.
    pairs = rows.cross_join(rows.view())
    job = Job(lambda: run(pairs.agg(far=(pairs.t % (pairs.t_right + 1)).max())))
    assert not job.wait(0.3)
    job.stop()
    assert job.wait(20)
    with pytest.raises(Cancelled):
        job.result()


def test_work_that_fails_says_why() -> None:
    job = Job(lambda: jn.open("no/such.yaml"))
    assert job.wait(5)
    with pytest.raises(jn.JourneyError):
        job.result()
