"""The page on paths: every part on data of every kind, what its clicks lead to, and the clicks themselves."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.app.parts import paths_flow, paths_funnel, paths_loops, paths_time, paths_variants
from journey.app.parts.described import step_described
from journey.app.parts.paths_common import main_path
from journey.app.parts.paths_words import way_described
from journey.app.parts.sheet import opened_mark
from journey.app.state import SAMPLE
from journey.draw import DARK, LIGHT
from journey.draw.chains import chains, way_mark
from journey.draw.flows import flow, link_mark, stop_mark
from journey.draw.funnels import alternatives, funnel
from journey.draw.hues import hues, stage_hues
from journey.draw.rounds import rounds
from journey.draw.sheet import Sheet
from journey.draw.spans import brief, spread
from journey.draw.theme import contrast
from journey.draw.words import ENGLISH
from journey.events.gaps import gap
from journey.events.instead import instead
from journey.events.loops import LOOPS, loops
from journey.events.onwards import KINDS
from journey.events.paths import paths
from journey.events.selection import Selection, Step
from journey.events.variants import variety

ROOT = Path(__file__).parents[1]
PARTS = ("flow", "variants", "funnel", "time", "loops")
READY = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(SAMPLE)


def app(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("paths")
    return test.run()


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info", "error") for e in test.get(kind))


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def count(log: jn.EventLog, *steps: Step) -> int:
    return Selection(steps=steps).of(log).cases


def written(folder: Path, rows: str, *more: str) -> str:
    (folder / "events.csv").write_text(rows, encoding="utf-8")
    recipe = folder / "journey.yaml"
    table = "  - kind: events\n    path: events.csv\n    case: case\n    touchpoint: what\n    time: when\n"
    recipe.write_text("tables:\n" + table + "\n".join(more), encoding="utf-8")
    return str(recipe)


# --- the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_the_sample(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    told = said(fine(app(monkeypatch, paths=part)))
    wanted = {
        "flow": "4,606 of 6,000 cases (77%)",
        "variants": "**10 of 3,519 ways**",
        "funnel": "What they did instead",
        "time": "2,619 of the 2,708 cases",
        "loops": "need not be the cause",
    }
    assert wanted[part] in told


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_selection_is_said_by_the_frame(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    test = fine(app(monkeypatch, paths=part, way='[["walked", "Renewed", "Social ad"]]'))
    assert "No case fits these filters" in said(test)


@pytest.mark.parametrize("part", PARTS)
def test_a_selection_in_which_the_touchpoint_is_not_met(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    test = fine(app(monkeypatch, paths=part, way='[["took", "Social ad"]]'))
    wanted = {"flow": "None of these cases met", "funnel": "None of these cases met", "time": "No case comes to"}
    assert wanted.get(part, "") in said(test)


@pytest.fixture(params=["bare", "one", "untimed"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Journeys without ratings, goal and stages; of one event; without times."""
    if request.param == "bare":
        rows = "1,a,2026-01-01 10:00\n1,b,2026-01-01 11:00\n2,a,2026-01-02 10:00\n3,a,2026-01-03 10:00\n"
        return written(tmp_path, f"case,what,when\n{rows}")
    if request.param == "one":
        return written(tmp_path, "case,what,when\n1,*a* [b],2026-01-01 10:00\n", "goal: '*a* [b]'")
    (tmp_path / "answers.csv").write_text("who,a,b\n1,5,1\n2,4,2\n3,3,\n")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text(
        "tables:\n"
        "  - {kind: survey, path: answers.csv, case: who, scale: stars, touchpoints: {a: First, b: Then}}\n"
        "scales:\n  stars: {metric: csat, low: 1, high: 5, good: high}\n"
        "stages: {Early: [First], Late: [Then]}\n"
    )
    return str(recipe)


@pytest.mark.parametrize("part", PARTS)
def test_data_of_every_kind_make_sense(monkeypatch: pytest.MonkeyPatch, odd: str, part: str) -> None:
    test = fine(app(monkeypatch, odd, paths=part))
    assert "nan" not in said(test).casefold().split()


@pytest.mark.parametrize(
    "address",
    [
        {"paths": "nonsense"},
        {"paths": "flow", "paths_at": "No such place", "paths_steps": "99"},
        {"paths": "variants", "paths_stage": "No such stage", "paths_ways": "-1"},
        {"paths": "funnel", "paths_funnel": "No such place"},
        {"paths": "funnel", "paths_within": "soon"},
        {"paths": "time", "paths_from": "No such place", "paths_how": "x"},
        {"paths": "loops", "paths_loop": "x"},
    ],
)
def test_nonsense_in_the_address_is_no_traceback(monkeypatch: pytest.MonkeyPatch, address: dict[str, str]) -> None:
    fine(app(monkeypatch, **address))


def test_settings_change_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    test = fine(app(monkeypatch, paths="flow", paths_at="Support call", paths_way="before"))
    assert "from its first visit to Support call" in said(test)
    assert test.selectbox(key="paths_at").value == "Support call"
    test.selectbox(key="paths_at").select("First bill").run()
    assert "from its first visit to First bill: 2,407" in said(fine(test))


def test_a_funnel_of_one_touchpoint_asks_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    test = fine(app(monkeypatch, paths="funnel"))
    test.multiselect(key="paths_funnel").set_value(["ID check"]).run()
    assert "Choose two touchpoints or more" in said(fine(test))
    test.multiselect(key="paths_funnel").set_value(["ID check", "Contract signature"]).run()
    assert "4,606 cases met ID check" in said(fine(test))


def test_a_time_limit_that_is_none_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    test = fine(app(monkeypatch, paths="funnel"))
    test.selectbox(key="paths_within").set_value("7d").run()
    assert "4,909 cases met Sign\\-up form" in said(fine(test))


# --- what a click leads to -------------------------------------------------------------------------


@pytest.mark.parametrize("back", [False, True])
def test_every_bar_and_band_of_the_flow_has_its_condition(lumo: jn.EventLog, back: bool) -> None:
    found = paths(lumo, "ID check", steps=3, top=2, back=back)
    for one in (*found.stops[::2], *found.links[::3]):
        assert count(lumo, *paths_flow.conditions(found, one)) == one.cases


def test_every_way_has_its_condition(lumo: jn.EventLog) -> None:
    for one in jn.variants(lumo, limit=3):
        assert count(lumo, *paths_variants.conditions(lumo, one, "", "reached")) == one.cases
    members = [name for name in lumo.recipe.stages["Buy"] if name in lumo.touchpoints]
    reached = lumo.met("Renewed").only(members)
    for one in jn.variants(reached, limit=2):
        assert count(lumo, *paths_variants.conditions(lumo, one, "Buy", "reached")) == one.cases


def test_every_step_of_the_funnel_has_its_condition(lumo: jn.EventLog) -> None:
    asked: paths_funnel.Asked = (("Sign-up form", "ID check", "Contract signature"), "in order", "7d")
    found = jn.funnel(lumo, asked[0], within="7d")
    for at, step in enumerate(found):
        assert count(lumo, paths_funnel.reached_step(asked, at)) == step.cases
        if at:
            assert count(lumo, paths_funnel.lost_step(asked, at)) == step.lost
    for one in instead(lumo, asked[0], within="7d").went:
        assert count(lumo, paths_funnel.went_step(asked, 2, one)) == one.cases


@pytest.mark.parametrize("direct", [False, True])
def test_every_bin_has_its_condition(lumo: jn.EventLog, direct: bool) -> None:
    found = gap(lumo, "ID check", "Contract signature", direct=direct)
    for one in found.bins[::9]:
        assert count(lumo, paths_time.lasted(found, one.low_us, one.high_us)) == one.cases


@pytest.mark.parametrize("kind", LOOPS)
def test_every_loop_has_its_condition(lumo: jn.EventLog, kind: Any) -> None:
    for one in loops(lumo, kind=kind, limit=3):
        assert count(lumo, paths_loops.condition(kind, one)) == one.cases


def test_a_browser_can_open_nothing_that_is_not_there(lumo: jn.EventLog) -> None:
    drawn = flow(paths(lumo, "ID check", steps=1), colours={})
    assert opened_mark({"picked": "stop-1"}, drawn) == "stop-1"
    for told in (None, {}, {"picked": None}, {"picked": "stop-99"}, {"picked": {"x": 1}}, {"picked": "stop-0"}):
        assert opened_mark(told, drawn) is None


def test_the_first_funnel_is_what_those_who_arrive_have_met(lumo: jn.EventLog) -> None:
    reached = jn.mine(lumo.met("Renewed"))
    path = main_path(jn.mine(lumo), reached, lumo.recipe.repeatable)
    assert path[0] == "Sign-up form"
    assert path[-1] == "Renewed"
    assert "ID check" in path
    assert len(path) <= 9
    assert main_path(jn.mine(lumo), None, ())[0] == "Social ad"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (("after", "A", "2", "B", "C"), "step 2 after A: B / C"),
        (("after", "A", "2"), "ends before step 2 after A"),
        (("before", "A", "1"), "begins after step 1 before A"),
        (("reached", "in order", "7d", "A", "B"), "reached A → B (in this order, within 7d)"),
        (("lost", "any order", "", "A", "B"), "A, but not B (in any order)"),
        (("went", "directly", "", "0", "A", "B"), "A, but not B (directly); then nothing more"),
        (("lasted", "in order", "3600000000", "", "A", "B"), "A … B in 1 h and more"),
        (("around", "A", "B"), "A → B and straight back"),
        (("among", "2", "A", "B", "A", "A"), "exactly A → A, others left out"),
        (("lasted", "x"), "lasted · x"),
    ],
)
def test_conditions_are_said_in_words(step: Step, told: str) -> None:
    assert step_described(step, ENGLISH) == told


def test_no_condition_is_without_words() -> None:
    words = {
        "after": ("A", "1", "B"),
        "before": ("A", "1", "B"),
        "reached": ("in order", "", "A", "B"),
        "lost": ("in order", "", "A", "B"),
        "went": ("in order", "", "1", "C", "A", "B"),
        "lasted": ("directly", "0", "1000000", "A", "B"),
        "around": ("A", "B"),
        "again": ("A",),
        "any": ("A",),
        "none": ("A",),
        "among": ("1", "A", "A"),
        "row": ("anywhere", "A", "B"),
        "visited": ("A", "2026-04-01", "2026-05-01"),
    }
    assert set(words) == set(KINDS)
    for kind, told in words.items():
        assert way_described((kind, *told), ENGLISH)


# --- figures ---------------------------------------------------------------------------------------


def figures(log: jn.EventLog) -> dict[str, Sheet]:
    journey = jn.mine(log)
    steps = ["Sign-up form", "ID check", "Contract signature"]
    made: dict[str, Sheet] = {}
    for theme in (LIGHT, DARK):
        colours = hues(journey, theme)
        made |= {
            f"flow {theme.name}": flow(
                paths(log, "ID check"), colours=colours, stages=stage_hues(journey), theme=theme
            ),
            f"chains {theme.name}": chains(jn.variants(log, limit=5), colours=colours, goal=journey.goal, theme=theme),
            f"funnel {theme.name}": funnel(jn.funnel(log, steps), theme=theme, chosen=1),
            f"instead {theme.name}": alternatives(instead(log, steps), theme=theme),
            f"time {theme.name}": spread(gap(log, "ID check", "Contract signature", direct=True), theme=theme),
            f"loops {theme.name}": rounds(loops(log), scale=log.scales["satisfaction"], theme=theme),
        }
    return made


def test_figures_are_whole(lumo: jn.EventLog) -> None:
    for name, drawn in figures(lumo).items():
        used = {shape["mark"] for shape in drawn.shapes if shape.get("mark")}
        assert used <= set(drawn.marks), name
        assert drawn.opens <= used, f"{name}: what can be opened can be clicked"
        assert all(mark["tip"] and mark["label"] for mark in drawn.marks.values()), name
        assert drawn.label, name
        assert drawn.drawing["height"] > 0
        assert "nan" not in str(drawn.drawing), name
        for shape in drawn.shapes:
            assert shape.get("h", 0) >= 0, name


def test_bars_are_as_high_as_there_are_cases(lumo: jn.EventLog) -> None:
    found = paths(lumo, "ID check", steps=3)
    drawn = flow(found, colours={})
    for at, stop in enumerate(found.stops):
        bar = [s for s in drawn.shapes if s.get("mark") == stop_mark(at) and s["kind"] == "rect"][1]
        assert bar["h"] == pytest.approx(max(1.0, 400 * stop.cases / found.cases))
    for at, link in enumerate(found.links):
        band = next(s for s in drawn.shapes if s.get("mark") == link_mark(at))
        for _x, top, bottom in (band["from"], band["to"]):
            assert bottom - top == pytest.approx(max(0.6, 400 * link.cases / found.cases))


def test_letters_can_be_read_on_what_lies_beneath(lumo: jn.EventLog) -> None:
    for theme in (LIGHT, DARK):
        drawn = chains(jn.variants(lumo, limit=5), colours=hues(jn.mine(lumo), theme), theme=theme)
        fills = [shape["fill"] for shape in drawn.shapes if shape["kind"] == "polygon"]
        inks = [shape["fill"] for shape in drawn.shapes if shape["kind"] == "text" and shape.get("lines") == 2]
        assert all(contrast(a, b) >= 4.5 for a, b in zip(fills, inks, strict=True))


def test_a_long_way_says_how_much_is_left_out() -> None:
    way = jn.Variant(steps=tuple("AB" * 40), cases=1, share=jn.Measure(1.0, 0.2, 1.0, 1), duration_s=9.0, example="1")
    drawn = chains([way], colours={})
    assert any("more" in str(shape.get("text")) for shape in drawn.shapes)
    assert way_mark(0) in drawn.opens


@pytest.mark.parametrize(
    ("micros", "told"),
    [(5 * 86_400e6, "5 d"), (5_400e6, "1.5 h"), (600e6, "10 min"), (0, "0 s"), (400 * 86_400e6, "400 d")],
)
def test_round_times_have_no_decimals(micros: float, told: str) -> None:
    assert brief(micros) == told


def test_tables_hold_the_figures_numbers(lumo: jn.EventLog) -> None:
    found = paths(lumo, "ID check", steps=2)
    assert paths_flow.table(found, ENGLISH)["Cases"].sum() == sum(link.cases for link in found.links)
    ways = jn.variants(lumo, limit=4)
    table = paths_variants.table(ways, lumo, ENGLISH)
    assert list(table["Cases"]) == [one.cases for one in ways]
    steps = jn.funnel(lumo, ["ID check", "Contract signature"])
    assert list(paths_funnel.table(steps, ENGLISH)["Lost before it"]) == [0, steps[1].lost]
    times = gap(lumo, "ID check", "Contract signature")
    assert paths_time.table(times, ENGLISH)["Cases"].sum() == times.cases
    back = loops(lumo)
    assert isinstance(paths_loops.table(back, ENGLISH), pd.DataFrame)
    told = paths_variants.coverage(ways, variety(lumo), lumo.cases, ENGLISH)
    assert re.search(r"\*\*4 of 3,519 ways\*\*.*\(\*\*\d", told)


# --- in the browser --------------------------------------------------------------------------------


def settled(page: Any) -> None:
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_timeout(500)
    page.wait_for_selector(READY)


def drawer(page: Any) -> str:
    told = page.get_by_role("dialog")
    told.get_by_text("cases looked at").wait_for()
    return str(told.inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_clicks_and_keys_lead_to_exactly_those_cases(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1200}, color_scheme=scheme, locale="en-US")
    page = context.new_page()
    page.goto(f"{address}/paths")
    settled(page)
    bar = page.get_by_role("button", name=re.compile("^Contract signature. 2,151 of the 4,606 cases"))
    bar.click(position={"x": 5, "y": 5}, force=True)
    assert "2,151 of the 6,000 cases looked at" in drawer(page)
    page.keyboard.press("Escape")
    settled(page)
    assert page.get_by_text("2,151 of 4,606").is_visible(), "its cases are lit up on the whole way"
    page.get_by_role("button", name="Show all").click()
    settled(page)
    # By keyboard: from the first bar, which opens nothing, to one that does.
    page.locator(".mark[tabindex='0']").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "of the 6,000 cases looked at" in drawer(page)
    page.goto(f"{address}/paths?paths=funnel")
    settled(page)
    page.get_by_role("button", name=re.compile("^ID check, but not Contract signature. 1,686")).click(force=True)
    assert "1,686 of the 6,000 cases looked at" in drawer(page)
    assert page.get_by_test_id("stException").count() == 0
    context.close()
