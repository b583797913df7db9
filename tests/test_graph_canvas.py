"""The graph canvas in a browser: hovering asks nothing of the server, clicks and keys open, texts are only texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
NASTY = '<img src=x onerror="window.hit=1"> & *ad*'

SCRIPT = """
import streamlit as st
from journey import draw
from journey.app.parts.graph_canvas import graph_canvas
from journey.app.state import theme_name
from journey.draw.scene import scene
from journey.model import END, START, Journey, Measure, Scale, Touchpoint, Transition

def touch(name, stage, value, n=400):
    measure = Measure(value, value - 0.2, value + 0.2, n)
    return Touchpoint(name=name, stage=stage, visits=90, cases=90, satisfaction=measure)

def move(source, target, moves):
    return Transition(source=source, target=target, moves=moves, cases=moves, share=moves / 100, wait_median_s=60.0)

journey = Journey(
    name="Shop",
    stages=("Find", "Buy", "Use"),
    touchpoints=(touch({nasty!r}, "Find", 4), touch("Basket", "Buy", 4), touch("Payment", "Buy", 2),
                 touch("Delivery", "Use", 5, 8), touch("Help", "Use", 3)),
    transitions=(move({nasty!r}, "Basket", 90), move("Basket", "Payment", 80), move("Payment", "Delivery", 60),
                 move("Delivery", "Help", 10), move("Help", "Payment", 5), move("Help", "Help", 4),
                 move("Payment", END, 20), move(START, {nasty!r}, 90)),
    scales={{"satisfaction": Scale("csat", 1, 5)}},
    cases=100,
)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
scene = scene(journey, coverage=1.0, theme=draw.theme(theme_name()))
graph_canvas(scene, key="graph", on_pick=lambda found: st.session_state.update(found=found.at))
st.code(f"run {{st.session_state['runs']}}: {{st.session_state.get('found')}}")
"""


@pytest.fixture(scope="module")
def here(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    script = tmp_path_factory.mktemp("canvas") / "canvas.py"
    script.write_text(SCRIPT.format(nasty=NASTY), encoding="utf-8")
    return serve(script=script)


@pytest.fixture
def page(browser: Any, here: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    scheme = getattr(request, "param", "light")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(here)
    page.wait_for_selector(READY)
    page.locator(".journey-figure").wait_for()
    yield page
    context.close()
    assert not wrong


def card(page: Any, name: str) -> Any:
    return page.locator(".card").filter(has_text=name)


def told(page: Any, text: str) -> None:
    page.locator("code", has_text=text).wait_for()


def test_hover_keeps_the_neighbourhood_bright_without_a_run(page: Any) -> None:
    card(page, "Help").hover()
    page.locator(".journey-figure.focused").wait_for()
    near = page.locator(".card.near .button").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label').split(',')[0])"
    )
    assert set(near) == {"Help", "Delivery", "Payment"}
    assert page.locator(".move.near").count() == 3
    shares = page.locator(".shares.now text").all_text_contents()
    assert sorted(shares) == ["10%", "4%", "5%"]
    tip = page.locator(".tip").inner_text()
    assert "satisfaction 3.0 (2.8–3.2), n = 400" in tip
    page.mouse.move(5, 5)
    page.locator(".journey-figure:not(.focused)").wait_for()
    told(page, "run 1: None")


def test_a_click_opens_a_touchpoint_or_a_move(page: Any) -> None:
    card(page, "Payment").click()
    told(page, "run 2: Payment")
    page.locator(".move[aria-label^='Payment → Delivery'] .hit").click(force=True)
    told(page, "run 3: ('Payment', 'Delivery')")
    assert page.locator(".near.move").count() == 1, "what was opened stays bright"


def test_the_keyboard_walks_everywhere_from_one_stop(page: Any) -> None:
    def at() -> str:
        label = page.evaluate("() => { let e = document.activeElement; while (e.shadowRoot?.activeElement) "
                              "e = e.shadowRoot.activeElement; return e.getAttribute('aria-label') }")  # fmt: skip
        return str(label).split(",", maxsplit=1)[0]

    assert page.locator(".canvas [tabindex='0']").count() == 1
    page.locator(".canvas [tabindex='0']").focus()
    assert at() == NASTY
    for key, name in (
        ("ArrowRight", "Basket"),
        ("ArrowDown", "Payment"),
        ("ArrowRight", "Help"),
        ("ArrowUp", "Delivery"),
        ("ArrowLeft", "Basket"),
        ("End", "Help"),
        ("e", "Help → Payment"),
        ("ArrowDown", "Help → Help"),
        ("ArrowDown", "Delivery → Help"),
        ("ArrowLeft", "Delivery"),
        ("e", "Delivery → Help"),
        ("Escape", "Delivery"),
    ):
        page.keyboard.press(key)
        if key == "ArrowRight" and at() != name:  # which of two stands nearer is the layout's choice
            page.keyboard.press("ArrowDown")
        assert at() == name, key
    assert page.locator(".canvas [tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    told(page, "run 2: Delivery")
    assert at() == "Delivery", "and the keyboard stays where it was"


def test_names_from_the_data_are_no_markup(page: Any) -> None:
    assert page.locator(".canvas img").count() == 0
    assert page.evaluate("() => window.hit") is None
    card(page, "<img").click()
    told(page, "onerror")


def test_zoom_and_fit_leave_the_picture_whole(page: Any) -> None:
    wide = page.locator(".sheet").bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".sheet").bounding_box()["width"] > wide * 1.1
    card(page, "Payment").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, 200)
    page.keyboard.up("Control")
    page.get_by_role("button", name="Fit the graph").click()
    assert page.locator(".sheet").bounding_box()["width"] <= wide + 1
    shape = page.locator(".journey-figure").evaluate("svg => [svg.getAttribute('width'), svg.viewBox.baseVal.width]")
    assert float(shape[0]) == shape[1], "a copy of the figure has its own size"


def test_a_copy_of_the_figure_needs_no_style_sheet(page: Any) -> None:
    """Whatever is painted is painted by attributes: files look as the page does."""
    bare = page.locator(".journey-figure").evaluate(
        "svg => [...svg.querySelectorAll('text, .body, .line, .head')].filter(one => !one.getAttribute('fill')).length"
    )
    assert bare == 0
    assert page.locator(".journey-figure").get_by_text("Satisfaction: mean answer, 1 to 5").count() == 1


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_the_canvas_has_no_serious_barrier(page: Any) -> None:
    assert page.locator(".journey-figure").get_attribute("role") == "application"
    assert page.get_by_role("button", name="Payment, 90 cases").count() == 1
    assert "Arrow keys walk" in page.locator("#about").inner_text()
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("() => axe.run('.stBidiComponent', {resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")] == []
