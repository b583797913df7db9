"""The friction page and the drawer: what they say reconciles with the ranking, and moves when it is moved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.analysis.importance import importance
from journey.analysis.rank import WEIGHTS
from journey.app.parts import walked, why
from journey.app.parts.said import quoted
from journey.app.parts.weights import moved
from journey.app.state import SAMPLE, View, arguments
from journey.draw import DARK, LIGHT, ranking
from journey.draw.answers import distribution
from journey.draw.labels import Spot, beside
from journey.draw.quadrant import quadrant
from journey.draw.sensitivity import ranks, turns
from journey.draw.words import ENGLISH
from journey.events.answers import answers
from journey.events.comments import comments
from journey.events.selection import Selection
from journey.model import END, START, Scale

ROOT = Path(__file__).parents[1]
PARTS = ("ranking", "quadrant", "moves", "weights")


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def found(log: jn.EventLog) -> jn.Ranking:
    return jn.friction(log)


@pytest.fixture
def view() -> View:
    return View(arguments([]))


def page(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("friction")
    return fine(test.run())


def drawer(monkeypatch: pytest.MonkeyPatch, *opened: Any, part: str = "why", **address: str) -> AppTest:
    """The page with the drawer open on something."""
    monkeypatch.setattr(sys, "argv", ["app.py"])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("friction")
    test.session_state["open drawer"] = opened
    test.session_state["why-part"] = part
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    told = " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind))
    html = " ".join(e.proto.body for e in test.get("html"))
    return f"{told} {html}".replace("\\", "")


# --- the page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_the_three_worst_with_their_causes(
    monkeypatch: pytest.MonkeyPatch, found: jn.Ranking, part: str
) -> None:
    test = page(monkeypatch, friction_show=part)
    told = said(test)
    for one in found[:3]:
        assert f"**{one.at}**" in told
        assert f"{one.burden.value:,.0f}" in told
    assert "70% of it comes from Exit" in told
    labels = [button.label for button in test.button]
    assert "4,606 cases" in labels


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_every_part_is_there_for_other_data_and_languages(
    monkeypatch: pytest.MonkeyPatch, shared: Path, part: str, lang: str
) -> None:
    recipe = str(ROOT / "data" / "recipes" / "olist.yaml")
    page(monkeypatch, recipe, "--folder", str(shared / "data" / "olist"), friction_show=part, lang=lang)


def test_a_part_of_the_cases_has_a_ranking_of_its_own(monkeypatch: pytest.MonkeyPatch, log: jn.EventLog) -> None:
    own = jn.friction(log.walked("ID check", "ID check"))
    test = page(monkeypatch, way='[["walked", "ID check", "ID check"]]')
    assert f"{own[0].burden.value:,.0f}" in said(test)
    assert f"{jn.friction(log)[0].burden.value:,.0f}" not in said(test)


def test_the_weights_move_the_ranking_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch, friction_show="weights")
    assert "**ID check, Cancellation, Support call** are the three worst" in said(test)
    test.slider(key="w_wait").set_value(1.0)
    fine(test.slider(key="w_dissatisfaction").set_value(0.0).run())
    changed = said(test)
    assert "**ID check, Cancellation, Support call** are the three worst" not in changed
    fine(test.button(key="friction-reset-score").click().run())
    assert test.slider(key="w_wait").value == pytest.approx(0.1)
    assert "**ID check, Cancellation, Support call** are the three worst" in said(test)


def test_weights_of_nothing_are_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch, friction_show="weights")
    for name in WEIGHTS:
        test.slider(key=f"w_{name}").set_value(0.0)
    fine(test.run())
    assert "All weights are zero" in test.warning[0].value


def test_costs_move_the_burden(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch, friction_show="weights", friction_by="burden")
    assert "**ID check, Installation visit, First bill** are the three worst" in said(test)
    assert test.number_input(key="c_exit").value == 400
    fine(test.number_input(key="c_switch").set_value(4000.0).run())
    assert "**ID check, Installation visit, First bill** are the three worst" not in said(test)


def test_with_the_recipes_settings_the_pages_own_numbers_come_out(
    view: View, found: jn.Ranking, log: jn.EventLog
) -> None:
    _, scores = moved(view, "score", tuple(WEIGHTS.items()))
    _, burdens = moved(view, "burden", tuple((str(k), float(v)) for k, v in log.recipe.costs.items()))
    for one in found:
        for mine, own in ((scores[str(one.at)], one.score), (burdens[str(one.at)], one.burden)):
            assert mine.n == own.n
            # The engine adds in an order of its own, so the last digits may differ.
            assert (mine.value, mine.low, mine.high) == pytest.approx((own.value, own.low, own.high), rel=1e-6)


def test_only_the_commonest_transitions_are_ranked_where_there_are_many(log: jn.EventLog) -> None:
    every = jn.friction(log, transitions=True)
    assert [one.at for one in jn.friction(log, transitions=True, commonest=1000)] == [one.at for one in every]
    some = jn.friction(log, transitions=True, commonest=20)
    assert {one.at for one in some} == {one.at for one in sorted(every, key=lambda one: -one.score.n)[:20]}


# --- the drawer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("why", "How the burden adds up"),
        ("answers", "How satisfied are you with this contact?"),
        ("steps", "Shares of all 6,140 visits"),
        ("cases", "**4,606** of the 6,000 cases"),
        ("comments", "**324** of 6,140 visits have a comment"),
    ],
)
def test_the_drawer_of_a_touchpoint(monkeypatch: pytest.MonkeyPatch, part: str, wanted: str) -> None:
    told = said(drawer(monkeypatch, "touchpoint", "ID check", part=part))
    assert wanted in told
    for number in ("590,914", "95%: 560,681–620,814", "1 of 31", "2.77", "4,606"):
        assert number in told


def test_the_drawer_of_a_place_nobody_was_asked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nobody was asked here" in said(drawer(monkeypatch, "touchpoint", "Social ad", part="answers"))


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("Sign-up form", "ID check", "1 of 188"),
        ("ID check", "ID check", "2 of 188"),
        ("ID check", END, "by 1,673 cases"),
        (START, "Social ad", "of all cases"),
        ("Renewed", "Social ad", "None of the cases"),
    ],
)
def test_the_drawer_of_a_transition(monkeypatch: pytest.MonkeyPatch, source: Any, target: Any, wanted: str) -> None:
    assert wanted in said(drawer(monkeypatch, "transition", source, target))


def test_comments_in_the_drawer_are_masked(monkeypatch: pytest.MonkeyPatch, log: jn.EventLog) -> None:
    planted = [one for one in comments(log, limit=10_000).shown if "example.com" in one.text]
    assert planted
    test = drawer(monkeypatch, "touchpoint", planted[0].touchpoint, part="comments")
    test.session_state["why-comments-limit"] = {planted[0].touchpoint: 10_000}
    test.session_state["open drawer"] = ("touchpoint", planted[0].touchpoint)
    told = said(fine(test.run()))
    assert "[e-mail]" in told
    assert "example.com" not in told


def test_what_adds_up_to_the_burden_adds_up(view: View, found: jn.Ranking) -> None:
    for one in found:
        assert sum(why.burden_parts(view, one).values()) == pytest.approx(one.burden.value, abs=0.01)


def test_every_count_of_the_drawer_is_the_size_of_what_it_opens(view: View, log: jn.EventLog) -> None:
    journey = jn.mine(log)
    for name in ("ID check", "Social ad", "First bill", "Monthly bill"):
        listed = walked.groups(view, journey[name])
        assert listed
        for group in listed:
            assert Selection(steps=group.conditions).of(log).cases == group.cases


@pytest.mark.parametrize(
    ("scale", "expected"),
    [(Scale("s", 1, 5), (1, 2)), (Scale("s", 1, 5, good="low"), (4, 5)), (Scale("s", 0, 10), (0, 2.5))],
)
def test_low_answers_are_the_bad_quarter(scale: Scale, expected: tuple[float, float]) -> None:
    assert walked.bad_quarter(scale) == expected


def test_what_customers_write_is_no_html(log: jn.EventLog) -> None:
    one = comments(log, limit=1).shown[0]
    told = quoted([one], ["<script>alert(1)</script> & more"], log.scales["satisfaction"], ENGLISH)
    assert "<script>" not in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in told
    assert "1 of 5" in told


# --- figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_are_drawn_from_the_results(log: jn.EventLog, found: jn.Ranking, view: View, theme: Any) -> None:
    journey = jn.mine(log)
    sensitive, measured = moved(view, "score", tuple(WEIGHTS.items()))
    listed = importance(journey, found, declared=True)
    assert listed is not None
    figures = [
        ranking(found, theme=theme),
        quadrant(listed, theme=theme),
        ranks(sensitive, before={"ID check": 4}, values=measured, theme=theme),
        turns(sensitive, theme=theme),
        distribution(answers(log, touchpoint="ID check"), log.scales["satisfaction"], theme=theme),
    ]
    for figure in figures:
        assert "NaN" not in figure.to_json()
        assert figure.layout.height > 100
    names = figures[1].data[0].customdata
    assert set(names) == {one.name for one in listed.standings}


def test_quadrants_say_where_each_stands(log: jn.EventLog, found: jn.Ranking) -> None:
    listed = importance(jn.mine(log), found, declared=True)
    assert listed is not None and listed.target == pytest.approx(0.7)
    by_name = {one.name: one for one in listed.standings}
    assert (by_name["ID check"].quadrant, by_name["ID check"].sure) == ("improve", True)
    assert by_name["ID check"].performance.value == pytest.approx((jn.mine(log)["ID check"].satisfaction.value - 1) / 4)
    assert by_name["Welcome call"].quadrant == "enough"
    assert not by_name["Sign-up form"].sure, "its interval crosses the target"
    assert set(listed.left_out) == {"Social ad", "Search result", "Friend's referral"}
    by_burden = importance(jn.mine(log), found, by="burden")
    assert by_burden is not None
    assert {one.name for one in by_burden.standings if one.quadrant == "improve"} == {str(one.at) for one in found[:3]}


def test_without_answers_there_are_no_quadrants() -> None:
    rows = pd.DataFrame({"c": [1, 1], "what": ["a", "b"], "when": pd.to_datetime(["2026-01-01", "2026-01-02"])})
    assert importance(jn.mine(jn.read(rows, case="c", touchpoint="what", time="when")), []) is None


def test_names_never_cover_names_or_marks() -> None:
    random = np.random.default_rng(0)
    spots = [Spot(x, y, 6.0, f"Touchpoint {i}") for i, (x, y) in enumerate(random.random((40, 2)) * (800, 400))]
    places = beside(spots, width=800, height=400)
    assert sum(place is not None for place in places) > 20
    assert beside([Spot(400, 200, 5, "alone")], width=800, height=400) == ["middle right"]
    assert beside([Spot(2, 2, 5, "a name wider than the picture")], width=30, height=30) == [None]


# --- in the browser ----------------------------------------------------------------------------------

READY = "[data-testid=stApp][data-test-script-state=notRunning]"


def test_a_click_on_a_bar_opens_what_is_behind_it(browser: Any, serve: Callable[..., str]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    opened = context.new_page()
    opened.goto(f"{serve()}/friction")
    opened.wait_for_selector(READY)
    bar = opened.locator(".js-plotly-plot .bars .point path").first
    bar.wait_for()
    for _ in range(10):  # plotly draws once more when its width is known, and a click in between is lost
        opened.wait_for_timeout(500)
        box = bar.bounding_box()
        opened.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
        opened.wait_for_timeout(300)
        opened.mouse.down()
        opened.mouse.up()
        opened.wait_for_timeout(700)
        if opened.get_by_role("dialog").count():
            break
    dialog = opened.get_by_role("dialog")
    dialog.get_by_text("How the burden adds up").wait_for()
    dialog.get_by_text("Comments").click()
    dialog.get_by_text("visits have a comment").wait_for()
    opened.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    # By keyboard: the list beside the parts.
    opened.locator(".st-key-friction-closer input").focus()
    opened.keyboard.type("First bill")
    opened.keyboard.press("Enter")
    opened.get_by_role("dialog").get_by_text("First bill: ").first.wait_for()
    assert opened.get_by_test_id("stException").count() == 0
    context.close()
