"""The pages Overview and Compare: what stands on a side, what is said, and what a click leads to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.analysis.compare_periods import changes, pulse
from journey.app.pages import compare, overview
from journey.app.parts.sides import FILTER, REST, WHOLE, defaults
from journey.app.state import SAMPLE, arguments, segments
from journey.events.selection import Selection

ROOT = Path(__file__).parents[1]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


def app(monkeypatch: pytest.MonkeyPatch, *told: str, page: str = "", **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash(page) if page else ""
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info", "html") for e in test.get(kind))


# --- what may stand on a side ----------------------------------------------------------------------


def test_at_first_two_values_of_the_first_attribute_are_compared() -> None:
    codes = {"is:channel:web": "", "is:segment:B2C": "", "is:segment:B2B": "", "is:segment:": "", REST: ""}
    assert defaults(codes) == ("is:segment:B2B", "is:segment:B2C")


def test_without_attributes_the_two_latest_periods_are() -> None:
    codes = {"in:2026-04-01:2026-06-30": "", "in:2026-01-01:2026-03-31": "", "from:2026-04-01:2026-06-30": "", REST: ""}
    assert defaults(codes) == ("in:2026-04-01:2026-06-30", "in:2026-01-01:2026-03-31")


def test_with_one_thing_alone_it_is_compared_with_the_rest() -> None:
    assert defaults({"saved:Late": "", REST: ""}) == ("saved:Late", REST)


# --- handlers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "pair"),
    [
        (None, None),
        ({}, None),
        ({"selection": {"points": [{"x": 1}]}}, None),
        ({"selection": {"points": [{"customdata": ["Cart"]}]}}, ("Cart", "")),
        ({"selection": {"points": [{"customdata": ["Cart", "Payment"]}]}}, ("Cart", "Payment")),
        ({"selection": {"points": [{"customdata": [1]}, {"customdata": ["Cart"]}]}}, ("Cart", "")),
    ],
)
def test_a_click_in_the_graph_names_a_move_or_a_touchpoint(event: Any, pair: Any) -> None:
    assert compare.picked_pair(event) == pair


def test_tables_hold_raw_numbers(log: jn.EventLog) -> None:
    found = jn.compare(log.where(segment="B2B"), log.where(segment="B2C"), names=("B2B", "B2C"), permutations=19)
    table = compare.table(found.touchpoints, found)
    row = table[(table["Where"] == "Contract signature") & (table["Measure"] == "Satisfaction")].iloc[0]
    assert row["B2B"] == pytest.approx(2.87, abs=0.01)
    assert row["Difference"] == pytest.approx(row["B2B"] - row["B2C"])
    assert row["Verdict"] == "clear"
    assert row["n of B2B"] == 70
    assert "Contract signature → Payment set-up" in set(compare.table(found.transitions, found)["Where"])
    assert "20 of 179 kinds of moves differ clearly; 42 were walked fewer than 10 times" in compare.flow_note(found)


def test_tables_of_the_overview_hold_every_period(log: jn.EventLog) -> None:
    found = pulse(log)
    table = overview.trend_table(found)
    assert set(table["Figure"]) == {"Cases", "Goal reached", "CSAT", "Effort (CES)", "NPS"}
    assert (table.groupby("Figure").size() == 18).all()
    assert set(table[table["Figure"] == "Goal reached"]["Final"]) == {"yes", "no"}
    moved = overview.changes_table(changes(log))
    assert moved.iloc[0]["Touchpoint"] == "App dashboard"
    assert moved.iloc[0]["Verdict"] == "clear"
    curve = overview.emotion_table(jn.mine(log))
    assert len(curve) == 31
    assert curve[curve["Touchpoint"] == "Social ad"]["Answers"].iloc[0] == 0


# --- the pages, without a browser ------------------------------------------------------------------


def test_the_overview_tells_the_whole_situation(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(monkeypatch)
    told = said(test)
    for words in ("6,000", "25.0%", "70.0%", "69.0% to 71.0%", "5.08", "worse", "Q2 2026 against Q1 2026"):
        assert words in told
    assert "**1\\. ID check:** 27% leave, 10% expected" in told.replace("**1. ", "**1\\. ")
    assert "a month" in told
    assert "What changed since Q1 2026" in told
    assert "**App dashboard:** satisfaction 4\\.44" in told
    assert "How it feels along the way" in told


def test_the_period_can_be_chosen_and_stands_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(monkeypatch, overview_period="month")
    assert "What changed since May 2026" in said(test)
    assert "Jun 2026 against May 2026; goal: began in Nov 2025" in said(test)
    test.button_group(key="overview_period").set_value("week").run()
    assert not test.exception
    assert "week of" in said(test)


def test_compare_opens_with_the_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(monkeypatch, page="compare")
    told = said(test)
    assert "### B2B and B2C walk differently" in told
    assert "**Contract signature:** median wait 28\\.5 h against 8\\.4 h" in told
    assert "**Renewal call:**" in told
    assert "780" in told
    assert "5,220" in told
    assert "Association is not cause" in told.replace("\\.", ".")


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("is:state:BA", "rest", "### BA and everything else walk differently"),
        ("in:2026-04-01:2026-06-30", "in:2026-01-01:2026-03-31", "**App dashboard:** satisfaction 3\\.41"),
        ("from:2025-07-01:2025-09-30", "from:2025-04-01:2025-06-30", "Cases that began later had less time"),
        ("is:segment:B2B", "is:segment:B2B", "are the same 780 cases"),
        ("rest", "rest", "needs something to be the rest of"),
        ("in:2026-04-01:2026-06-30", "is:segment:B2B", "choose one on both sides"),
        ("in:2026-06-01:2026-06-30", "in:2026-05-01:2026-05-31", "Jun 2026 and May 2026: what was measured"),
        ("is:language:en", "is:language:pt", "may well walk alike"),
    ],
)
def test_what_stands_in_the_address_is_compared(monkeypatch: pytest.MonkeyPatch, a: str, b: str, words: str) -> None:
    test = app(monkeypatch, page="compare", compare_a=a, compare_b=b)
    assert words.replace("\\", "") in said(test).replace("\\", "")


def test_an_address_that_names_nothing_known_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(monkeypatch, page="compare", compare_a="is:segment:B2X", compare_b="saved:gone")
    assert "B2B and B2C" in said(test)


def test_saved_segments_and_filters_can_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = segments(arguments([]))
    kept.save("Back and forth", Selection(steps=(("walked", "ID check", "ID check"),)))
    try:
        test = app(monkeypatch, page="compare", compare_a="saved:Back and forth", compare_b=REST)
        assert "Back and forth and everything else walk differently" in said(test).replace("\\", "")
        # Saved anew under the same name, it is another segment.
        kept.save("Back and forth", Selection(where=(("segment", ("B2B",)),)))
        test = app(monkeypatch, page="compare", compare_a="saved:Back and forth", compare_b=REST)
        assert "780" in said(test)
        # Values lie inside the filter that is set; the filter itself can stand on a side.
        test = app(monkeypatch, page="compare", is_state="SP", compare_a="is:segment:B2B", compare_b="is:segment:B2C")
        assert "270" in said(test)
        test = app(monkeypatch, page="compare", is_segment="B2B", compare_a=FILTER, compare_b=WHOLE)
        assert "780 cases stand on both sides" in said(test)
        test = app(monkeypatch, page="compare", is_segment="B2B", compare_a=FILTER, compare_b=REST)
        assert "the filter and everything else walk differently" in said(test)
    finally:
        kept.remove("Back and forth")


def test_another_measure_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(monkeypatch, page="compare")
    test.button_group(key="compare_by").set_value("reach").run()
    assert not test.exception
    test.toggle(key="compare_all").set_value(True).run()
    assert not test.exception
    test.button(key="compare-swap").click().run()
    assert "### B2C and B2B walk differently" in said(test)


# --- in the browser --------------------------------------------------------------------------------


def settled(page: Any) -> None:
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_timeout(600)
    page.wait_for_selector(READY, timeout=60_000)


def click(page: Any, mark: Any, done: Any) -> None:
    """Click a mark of a figure; plotly draws once more when its width is known, and a click in between is lost."""
    for _ in range(10):
        mark.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box = mark.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2 - 1, box["y"] + box["height"] / 2)
        page.wait_for_timeout(300)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.up()
        settled(page)
        if done().count():
            return
    pytest.fail("the click led nowhere")


def test_marks_lead_to_causes_and_cases(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    settled(page)
    points = page.locator(".js-plotly-plot .points path.point")
    click(page, points.nth(points.count() - 1), lambda: page.get_by_role("dialog"))
    assert page.get_by_role("dialog").get_by_text("Cancellation").first.is_visible()
    page.keyboard.press("Escape")
    page.goto(f"{address}/compare")
    settled(page)
    # The second mark of side A is that of the renewal call: its cases are exactly those who met it.
    mark = page.locator(".js-plotly-plot").first.locator(".points path.point").nth(1)
    click(page, mark, lambda: page.get_by_role("button", name="214 cases of B2B"))
    page.get_by_role("button", name="214 cases of B2B").click()
    page.get_by_role("dialog").get_by_text("of the 780 cases looked at").wait_for()
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="Swap").click()
    page.get_by_text("B2C and B2B walk differently").wait_for()
    assert "compare_a=is%3Asegment%3AB2C" in page.url
    context.close()


def test_the_whole_situation_fits_one_screen(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    settled(page)
    page.get_by_text("How it feels along the way").wait_for()
    for words in ("Where it hurts most", "What changed since Q1 2026", "How it feels along the way"):
        box = page.get_by_text(words).first.bounding_box()
        assert box["y"] + box["height"] < 700
    context.close()
