"""The app: handlers as pure functions, every page without a browser, and the walk to the worst touchpoint in one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import journey as jn
from journey.app.parts.steps import around, bounds
from journey.app.parts.terms import duration
from journey.app.state import SAMPLE, arguments, clicked, picked_row
from journey.app.text import plain
from journey.model import END, START, Journey, Touchpoint, Transition

ROOT = Path(__file__).parents[1]
PAGES = ("friction", "graph", "detail")


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


def app(monkeypatch: pytest.MonkeyPatch, *told: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info", "error") for e in test.get(kind))


def goto(test: AppTest, page: str) -> AppTest:
    """AppTest can't click the navigation: a page is a function there, known by the hash of its path."""
    from streamlit.util import calc_hash

    test._page_hash = calc_hash(page)
    return test.run()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_the_sample(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    test = app(monkeypatch)
    if page != "friction":
        test = goto(test, page)
    assert not test.exception
    assert not test.error
    assert "6,000" in said(test)
    wanted = {"friction": "Ranking", "graph": "Shown: ", "detail": "What comes before and after"}[page]
    assert wanted in said(test)


def test_the_worst_touchpoint_is_named_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    ranking = jn.friction(jn.open(SAMPLE))
    test = app(monkeypatch)
    assert ranking[0].at == "ID check"
    assert "ID check" in said(test)
    assert f"{ranking[0].burden.value:,.0f}" in [metric.value for metric in test.metric]


def test_the_detail_opens_at_the_worst_and_follows_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    test = goto(app(monkeypatch), "detail")
    assert test.selectbox(key="touchpoint").value == "ID check"
    test.selectbox(key="touchpoint").select("Social ad").run()
    assert not test.exception
    assert "Nobody was asked here" in said(test)


def test_coverage_says_what_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    test = goto(app(monkeypatch), "graph")
    test.slider(key="coverage").set_value(50).run()
    assert not test.exception
    assert "hidden: 4" in said(test)


@pytest.mark.parametrize("page", PAGES)
def test_a_recipe_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    test = app(monkeypatch, "no/such/journey.yaml")
    if page != "friction":
        test = goto(test, page)
    assert not test.exception
    assert len(test.error) == 1
    assert "journey" in test.error[0].value


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A journey without ratings, goal, stages or promises: three cases."""
    (tmp_path / "events.csv").write_text(
        "case,what,when\n1,a,2026-01-01 10:00\n1,b,2026-01-01 11:00\n2,a,2026-01-02 10:00\n3,a,2026-01-03 10:00\n"
    )
    recipe = tmp_path / "journey.yaml"
    recipe.write_text(
        "tables:\n  - {kind: events, path: events.csv, case: case, touchpoint: what, time: when}\n", encoding="utf-8"
    )
    return str(recipe)


@pytest.mark.parametrize("page", PAGES)
def test_a_bare_log_has_pages_that_make_sense(monkeypatch: pytest.MonkeyPatch, bare: str, page: str) -> None:
    test = app(monkeypatch, bare)
    if page != "friction":
        test = goto(test, page)
    assert not test.exception
    assert "**3** cases" in said(test)


# --- in the browser --------------------------------------------------------------------------------

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_walk_to_the_worst_touchpoint(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector(READY)
    page.get_by_text("Where it hurts most").wait_for()
    assert page.get_by_text("ID check").first.is_visible()
    page.get_by_role("button", name="Open").first.click()
    page.wait_for_url("**/detail?touchpoint=ID+check")
    page.get_by_text("What comes before and after").wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    # A card of the graph: its neighbours stay bright, and its page is one click away.
    page.get_by_role("link", name="Graph").click()
    page.wait_for_url("**/graph*")
    card = page.locator(".textpoint text", has_text="First bill").first
    card.wait_for()
    for _ in range(10):  # plotly draws once more when its width is known, and a click in between is lost
        page.wait_for_timeout(400)
        box = card.bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
        page.wait_for_timeout(400)
        page.mouse.down()
        page.mouse.up()
        page.wait_for_timeout(400)
        if page.get_by_role("button", name="Open").count():
            break
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/detail?touchpoint=First+bill")
    page.get_by_text("First bill: ").first.wait_for()
    assert page.get_by_test_id("stException").count() == 0
    away = [url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))]
    assert not away, "nothing is fetched from elsewhere"
    context.close()
