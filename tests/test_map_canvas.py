"""The journey map in a browser: density without a rerun, lanes rearranged by keys, texts that are only texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from journey.app.pages.map import other_view, typical
from journey.app.parts.map_canvas import named
from journey.app.state import View, arguments
from journey.events.comments import Comment
from journey.events.selection import Selection

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
NASTY = '<img src=x onerror="window.hit=1"> & *ad*'

SCRIPT = """
import streamlit as st
from journey import draw
from journey.app.parts.map_canvas import map_canvas
from journey.app.state import theme_name
from journey.draw.board import board
from journey.model import END, START, Journey, Measure, Scale, Touchpoint, Transition

def touch(name, stage, value, n=400):
    measure = Measure(value, value - 0.2, value + 0.2, n)
    return Touchpoint(name=name, stage=stage, visits=90, cases=90, satisfaction=measure, effort=measure,
                      channels=("web", "Zeppelin"))

journey = Journey(
    name="Shop",
    stages=("Find", "Buy", "Use"),
    touchpoints=(touch({nasty!r}, "Find", 4), touch("Basket", "Buy", 4), touch("Payment", "Buy", 2),
                 touch("Delivery", "Use", 4.5, 8), Touchpoint(name="Help", stage="Use", visits=9, cases=9)),
    transitions=(Transition(source={nasty!r}, target="Basket", moves=90, cases=90, share=1.0),),
    scales={{"satisfaction": Scale("csat", 1, 5), "effort": Scale("ces", 1, 7)}},
    cases=100,
)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if st.toggle("Another page"):
    st.write("elsewhere")
else:
    found = board(journey, quotes={{"Basket": [{nasty!r}]}}, pins={{"Basket": [{nasty!r}]}},
                  theme=draw.theme(theme_name()))
    map_canvas(found.data(), key="map")
st.code(f"run {{st.session_state['runs']}}: {{st.session_state.pop('open drawer', None)}}")
"""


def test_only_touchpoints_of_the_board_can_be_opened() -> None:
    board = {"cards": [{"name": "Cart"}]}
    assert named({"kind": "touchpoint", "name": "Cart"}, board) == "Cart"
    for told in (None, "Cart", {}, {"name": "Gone"}, {"name": ["Cart"]}):
        assert named(told, board) is None


def test_the_second_curve_keeps_the_filters_but_for_its_own_attribute() -> None:
    chosen = Selection(where=(("segment", ("B2C",)), ("state", ("SP",))), did=("ID check",))
    view = View(arguments([]), chosen)
    other = other_view(view, "is:segment:B2B")
    assert other is not None
    assert other.selection == chosen.with_(where=(("segment", ("B2B",)), ("state", ("SP",))))
    for nothing in ("-", "is:segment:never", "is:nothing:B2B", "saved:never"):
        assert other_view(view, nothing) is None


def test_the_quoted_comments_are_those_with_the_usual_rating() -> None:
    def said(text: str, rating: float | None) -> Comment:
        return Comment(case="1", time=None, touchpoint="a", channel=None, rating=rating, nps=None, text=text)  # type: ignore[arg-type]

    some = [said("awful", 1), said("none", None), said("fine", 4), said("fine", 4), said("good", 5)]
    assert typical(some, 4.1) == ["fine", "good", "awful"]
    assert typical(some, None) == ["awful", "none", "fine"]


@pytest.fixture(scope="module")
def here(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    script = tmp_path_factory.mktemp("map") / "map.py"
    script.write_text(SCRIPT.format(nasty=NASTY), encoding="utf-8")
    return serve(script=script)


@pytest.fixture
def page(browser: Any, here: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    scheme = getattr(request, "param", "light")
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(here)
    page.locator(".map .row").first.wait_for(timeout=30_000)
    page.wait_for_selector(READY)
    yield page
    assert not wrong
    context.close()


def runs(page: Any) -> str:
    return str(page.get_by_test_id("stCode").inner_text())


def lanes(page: Any) -> list[str]:
    return [str(name) for name in page.locator(".map .table .title").all_inner_texts()]


def test_texts_from_the_data_are_only_texts(page: Any) -> None:
    assert page.locator(".card .name", has_text="onerror").first.is_visible()
    assert page.locator(".map img").count() == 0
    assert page.evaluate("window.hit") is None


def test_density_changes_at_once_and_is_kept(page: Any) -> None:
    assert page.locator(".map").get_attribute("data-density") == "normal"
    assert page.locator(".is-cards .cell").count() == 5
    before = runs(page)
    page.get_by_role("button", name="Compact").click()
    assert page.locator(".is-cards .cell").count() == 3
    assert runs(page) == before
    page.wait_for_function(f"() => document.querySelector('[data-testid=stCode]').innerText !== {before!r}")
    page.get_by_text("Another page").click()
    page.get_by_text("elsewhere").wait_for()
    page.get_by_text("Another page").click()
    page.locator(".map .row").first.wait_for()
    assert page.locator(".map").get_attribute("data-density") == "compact"


def test_lanes_are_hidden_and_moved_by_keys_alone_and_stay_so(page: Any) -> None:
    assert lanes(page)[:3] == ["Touchpoints", "Doing", "Thinking"]
    page.get_by_role("button", name="Lanes").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Thinking", exact=True).focus()
    page.keyboard.press("Space")
    assert "Thinking" not in lanes(page)
    page.get_by_role("button", name="Move up: Emotion").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert lanes(page)[:2] == ["Emotion", "Touchpoints"]
    page.keyboard.press("Escape")
    assert not page.locator(".menu").is_visible()
    page.wait_for_timeout(700)
    page.wait_for_selector(READY)
    page.get_by_text("Another page").click()
    page.get_by_text("elsewhere").wait_for()
    page.get_by_text("Another page").click()
    page.locator(".map .row").first.wait_for()
    assert lanes(page)[:3] == ["Emotion", "Touchpoints", "Doing"]
    page.get_by_role("button", name="Lanes").click()
    page.get_by_role("button", name="As at first").click()
    assert lanes(page)[:3] == ["Touchpoints", "Doing", "Thinking"]


def test_the_arrows_walk_and_enter_opens(page: Any) -> None:
    first = page.locator(".card").first
    assert page.locator(".map .table [tabindex='0']").count() == 1
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    label = page.evaluate("document.activeElement.shadowRoot.activeElement.getAttribute('aria-label')")
    assert label.startswith("Payment, satisfaction 2.00")
    page.keyboard.press("Enter")
    page.get_by_test_id("stCode").get_by_text("('touchpoint', 'Payment')").wait_for()


def test_a_click_on_a_dot_opens_its_touchpoint(page: Any) -> None:
    page.locator(".is-curve .mark").nth(1).click()
    page.get_by_test_id("stCode").get_by_text("('touchpoint', 'Basket')").wait_for()


def test_few_answers_and_no_answers_look_so(page: Any) -> None:
    assert page.locator(".is-curve .dot").count() == 4
    assert page.locator(".is-curve .dot.few").count() == 1
    assert page.locator(".is-curve .mark .gap").count() == 1
    assert page.locator(".is-curve path.dot").count() == 1  # below the middle: pointed
    assert page.locator(".is-curve .band").get_attribute("d").startswith("M")


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_the_map_has_no_serious_barrier(page: Any) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")
    page.add_script_tag(path=str(AXE))
    for density in ("Compact", "Detailed"):
        page.get_by_role("button", name=density).click()
        page.get_by_role("button", name="Lanes").click()
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")] == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sample_fits_the_page_and_opens_the_drawer(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}/map?map_with=is:segment:B2B")
    page.locator(".map .row").first.wait_for(timeout=60_000)
    page.wait_for_selector(READY)
    assert page.locator(".card").count() == 31
    assert page.locator(".curve.second .thread").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator(".scroll.wide").count()
    page.locator(".card", has_text="First bill").click()
    page.get_by_role("dialog").get_by_text("First bill").first.wait_for()
    context.close()
