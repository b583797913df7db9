"""The app in a real browser: nothing from elsewhere, no barrier to anyone, and the walk of a newcomer."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import PAGES

import journey as jn

ROOT = Path(__file__).parents[1]
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
# Each page in both themes, and each of both languages; every other look is taken with the slow tests.
SCHEMES = (("light", "en-US"), ("dark", "pt-BR"))
LOOKS = [
    pytest.param(page, (scheme, lang), marks=[pytest.mark.slow] if (number + at) % 2 else [])
    for number, page in enumerate(("", *PAGES[1:]))
    for at, (scheme, lang) in enumerate(SCHEMES)
]


def settled(page: Any) -> None:
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_timeout(500)
    page.wait_for_selector(READY)


@pytest.fixture
def opened(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of a new browser; fails if it asked for anything from elsewhere."""
    asked: list[str] = []
    scheme, locale = getattr(request, "param", ("light", "en-US"))
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme, locale=locale)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    yield page
    here = ("http://localhost:", "ws://localhost:", "data:", "blob:")
    context.close()
    assert not [url for url in asked if not url.startswith(here)], "nothing is fetched from elsewhere"


def trouble(page: Any) -> list[str]:
    """What axe finds to be a serious or critical barrier, with the places."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']} · {node['html'][:160]} · {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("path", "opened"), LOOKS, indirect=["opened"])
def test_no_page_has_a_serious_barrier(opened: Any, address: str, path: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")
    opened.goto(f"{address}/{path}")
    settled(opened)
    assert opened.get_by_test_id("stException").count() == 0
    assert trouble(opened) == []


@pytest.mark.parametrize("opened", [("light", "pt-BR")], indirect=True)
def test_the_browser_chooses_the_language_and_the_reader_changes_it(opened: Any, address: str) -> None:
    opened.goto(f"{address}/data")
    settled(opened)
    assert opened.get_by_text("6.000").first.is_visible()
    assert opened.get_by_role("link", name="Dados").is_visible()
    opened.goto(f"{address}/data?lang=en")
    settled(opened)
    assert opened.get_by_text("6,000").first.is_visible()
    assert opened.get_by_role("link", name="Data").is_visible()


def test_a_filter_stays_on_every_page_and_in_the_address(opened: Any, address: str) -> None:
    opened.goto(f"{address}/?is_segment=B2B")
    opened.get_by_text("780").first.wait_for()
    settled(opened)
    opened.get_by_role("link", name="Graph").click()
    opened.wait_for_url("**/graph?*")
    settled(opened)
    assert opened.get_by_text("780").first.is_visible()
    assert "is_segment=B2B" in opened.url
    opened.locator(".st-key-clear button").click()
    opened.wait_for_function("() => !location.search.includes('is_segment')")


def test_a_filter_from_the_address_of_any_page_stays(opened: Any, address: str) -> None:
    opened.goto(f"{address}/data?is_segment=B2B")
    opened.get_by_text("780").first.wait_for()
    settled(opened)
    opened.get_by_role("link", name="Graph").click()
    opened.locator(".journey-figure").first.wait_for()
    settled(opened)
    assert opened.get_by_text("780").first.is_visible()


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
@pytest.mark.parametrize("path", ["graph", "map", "friction"])
def test_figures_are_taken_away_as_files(opened: Any, address: str, path: str, kind: str, tmp_path: Path) -> None:
    opened.goto(f"{address}/{path}")
    settled(opened)
    opened.get_by_role("radio", name="Download").first.click()
    settled(opened)
    with opened.expect_download() as waited:
        opened.get_by_role("button", name=kind, exact=True).first.click()
    file = tmp_path / waited.value.suggested_filename
    waited.value.save_as(file)
    start = file.read_bytes()[:200]
    assert start.startswith(b"\x89PNG") if kind == "PNG" else b"<svg" in start
    assert file.stat().st_size > 10_000


def shot(page: Any, name: str) -> None:
    """A picture for docs/walk.md, where one is asked for (JOURNEY_WALK names the folder)."""
    if folder := os.environ.get("JOURNEY_WALK"):
        page.wait_for_timeout(1200)  # what moves has come to rest
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("opened", [("light", "en-US"), ("dark", "pt-BR")], indirect=True)
def test_a_newcomer_finds_the_worst_touchpoint_its_cause_its_cases_and_compares_two_segments(
    opened: Any, address: str
) -> None:
    """By clicking alone, in less than two minutes. The sample's worst place is planted: data/README.md."""
    page, began = opened, time.perf_counter()
    english = page.evaluate("() => navigator.language").startswith("en")
    why, cases, compare = ("Why", "Cases", "Compare") if english else ("Por quê", "Casos", "Comparar")
    language = "en" if english else "pt"
    page.goto(address)
    settled(page)
    # The worst touchpoint stands first, in a sentence.
    page.get_by_text("ID check").first.wait_for()
    page.get_by_test_id("stPlotlyChart").first.wait_for()
    shot(page, f"1-worst-{language}")
    # Its cause.
    page.get_by_role("button", name=why).first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("heading", name="ID check").or_(drawer.get_by_text("ID check", exact=True)).first.wait_for()
    drawer.get_by_text("72%").first.wait_for()
    drawer.get_by_test_id("stPlotlyChart").first.wait_for()
    shot(page, f"2-cause-{language}")
    # Its cases, exactly as many as the count says.
    drawer.get_by_role("radio", name=cases, exact=True).click()
    drawer.get_by_test_id("stDataFrame").first.wait_for()
    met = jn.mine(jn.open(ROOT / "data" / "lumo" / "journey.yaml"))["ID check"].cases
    drawer.get_by_text(f"{met:,}" if english else f"{met:,}".replace(",", ".")).first.wait_for()
    shot(page, f"3-cases-{language}")
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    # Two segments.
    page.get_by_role("link", name=compare, exact=True).click()
    page.wait_for_url("**/compare*")
    page.get_by_text("B2B").first.wait_for()
    page.get_by_text("Contract signature").first.wait_for()
    page.get_by_test_id("stPlotlyChart").first.wait_for()
    shot(page, f"4-compared-{language}")
    assert time.perf_counter() - began < 120
    assert page.get_by_test_id("stException").count() == 0
