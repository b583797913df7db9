"""Designed and lived: what the page shows reconciles with the alignment; the overlay on graph and map."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.app.parts import plan_tables
from journey.app.state import SAMPLE
from journey.draw import DARK, LIGHT
from journey.draw.board import board
from journey.draw.conform_rows import detour_mark, detour_rows, segment_rows, step_rows
from journey.draw.conform_tiles import conform_tiles
from journey.draw.conform_words import between, deviations, headline, how_far
from journey.draw.scene import scene
from journey.draw.scene_plan import plan_overlay, with_plan
from journey.draw.words import ENGLISH
from journey.model import END, START, Touchpoint, Transition

ROOT = Path(__file__).parents[1]
PARTS = ("graph", "steps", "detours", "untaken", "parts")


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def lived(log: jn.EventLog) -> jn.Journey:
    return jn.mine(log)


@pytest.fixture(scope="module")
def found(log: jn.EventLog) -> jn.Conformance:
    return jn.conform(log, by="segment")


def page(monkeypatch: pytest.MonkeyPatch, *told: str, at: str = "plan", **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash(at)
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    told = " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind))
    html = " ".join(e.proto.body for e in test.get("html"))
    return f"{told} {html}".replace("\\", "")


def recipe(folder: Path, rows: str, more: str = "", *, rated: bool = False) -> str:
    header, extra = ("id,what,when,csat", ", answers: {csat: csat}") if rated else ("id,what,when", "")
    (folder / "events.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    scales = "scales: {csat: {metric: csat, low: 1, high: 5}}\n" if rated else ""
    path = folder / "journey.yaml"
    path.write_text(
        "tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when"
        + extra
        + "}]\n"
        + scales
        + more,
        encoding="utf-8",
    )
    return str(path)


# --- the page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_the_figures(monkeypatch: pytest.MonkeyPatch, found: jn.Conformance, part: str) -> None:
    test = page(monkeypatch, plan_show=part)
    told = said(test)
    assert headline(found).replace("*", "") in told and how_far(found) in told
    assert f"{found.fitness.value:.2f}" in told and f"{found.inserted:,}" in told
    labels = [button.label.replace("\\", "") for button in test.button]
    if part == "detours":
        assert "664 cases: Installation booking → Support call → Installation visit" in labels
    if part == "steps":
        assert "Support chat: 1,392 cases" in labels
    if part == "untaken":
        assert "First bill → Monthly bill" in told


def test_every_part_is_there_in_portuguese_and_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch, lang="pt")
    for part in PARTS:
        test.segmented_control(key="plan_show").set_value(part).run()
        assert not test.exception and "como planejado" in said(test)
        if part != "untaken":
            test.segmented_control(key=f"ways-plan-{part}").set_value("table").run()
        assert not test.exception and len(test.dataframe[0].value) > 1


def test_a_detour_opens_exactly_its_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch, plan_show="detours")
    button = next(b for b in test.button if b.label.startswith("664 cases"))
    button.click().run()
    assert not test.exception
    assert "**664** of the 6,000 cases" in said(test)
    assert "Installation booking → Support call → Installation visit in a row" in said(test)


def test_the_cases_looked_at_are_those_of_the_filter(monkeypatch: pytest.MonkeyPatch, log: jn.EventLog) -> None:
    own = jn.conform(log.met("Renewed"))
    test = page(monkeypatch, way='[["met", "Renewed"]]')
    assert headline(own) in said(test)


def test_without_a_map_the_page_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    test = page(monkeypatch, recipe(tmp_path, "1,A,2026-01-01\n1,B,2026-01-02\n"))
    assert "No map is designed yet" in said(test)
    for at in ("graph", "map"):
        assert not list(page(monkeypatch, recipe(tmp_path, "1,A,2026-01-01\n"), at=at).toggle)


KINDS = {
    "one case": ("graph", "steps", "parts"),
    "unrated": ("detours", "untaken"),
    "rated": ("detours",),
    "wide": ("graph", "steps"),
    "odd": ("graph", "detours"),
}


@pytest.mark.parametrize("kind, part", [(kind, part) for kind, parts in KINDS.items() for part in parts])
def test_data_of_every_kind_make_sense(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str, kind: str) -> None:
    rated = kind == "rated"
    names = [f"T{n}" for n in range(70)]
    ways = {
        "one case": ["A"],
        "wide": [names[n : n + 3] for n in range(60)],
        "odd": [["<b>x</b>", "a → b", "*2*", "(start)"]] * 9,
    }.get(kind, ["AxB", "AB"] * 20)
    rows = "".join(
        f'{n},"{one}",2026-01-0{k + 1}{f",{1 + n % 5}" if rated else ""}\n'
        for n, way in enumerate(ways)
        for k, one in enumerate(way)
    )
    more = {
        "wide": f"transitions: [{', '.join(f'[{a}, {b}]' for a, b in pairwise(names))}]",
        "odd": 'transitions: [["<b>x</b>", "*2*"], ["*2*", "(start)"], ["(start)", "never met"]]',
        "unrated": "transitions: [[A, B]], parallel: [[A, B]]",
    }.get(kind, "transitions: [[A, B]]")
    page(monkeypatch, recipe(tmp_path, rows, f"designed: {{{more}}}\n", rated=rated), plan_show=part)


def test_a_map_that_cannot_be_walked_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = recipe(tmp_path, "1,A,2026-01-01\n", "designed: {transitions: [[P, Q]]}\n")
    assert "None of the touchpoints on the designed map occurs in the data" in said(page(monkeypatch, told))


def test_graph_and_map_can_be_laid_against_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = page(monkeypatch, at="graph", graph_plan="true")
    assert "Shown: " in said(graph) and graph.toggle(key="graph_plan").value
    assert page(monkeypatch, at="map", map_plan="true").toggle(key="map_plan").value


# --- the overlay ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan(log: jn.EventLog) -> jn.Journey:
    map_ = log.recipe.map()
    assert map_ is not None
    return map_


def test_moves_are_planned_unplanned_or_nobodys(found: jn.Conformance, lived: jn.Journey, plan: jn.Journey) -> None:
    over = plan_overlay(found, lived, theme=LIGHT, say=ENGLISH)
    drawn = scene(with_plan(lived, plan), lived, overlay=over, coverage=0.9)
    names = [card["name"] for card in drawn.drawing["cards"]]
    moves = {(names[m["from"]], names[m["to"]]): m for m in drawn.drawing["moves"]}
    walked = {(e.source, e.target) for e in lived.transitions}
    assert moves["First bill", "Monthly bill"]["share"] == "∅" and moves["First bill", "Monthly bill"]["dash"] == "2 5"
    assert ("First bill", "Monthly bill") not in walked
    support = moves["Installation booking", "Support call"]
    assert support["share"].startswith("+ ") and "walked, but not planned" in support["tip"]
    signed = moves["Sign-up form", "ID check"]
    assert signed["dash"] == "" and not signed["share"].startswith("+") and "planned, and walked" in signed["tip"]
    # Every planned move is there, and the shares of what is shown are still of lived moves alone.
    assert {
        (e.source, e.target) for e in plan.transitions if isinstance(e.source, str) and isinstance(e.target, str)
    } <= {*moves}
    assert drawn.shown <= drawn.moves and drawn.kinds_shown < len(moves)
    assert drawn.pairs and set(drawn.pairs) == set(moves)


def test_cards_tell_who_skips_them(found: jn.Conformance, lived: jn.Journey, plan: jn.Journey) -> None:
    for theme in (LIGHT, DARK):
        over = plan_overlay(found, lived, theme=theme, say=ENGLISH)
        drawn = scene(with_plan(lived, plan), lived, overlay=over, theme=theme)
        cards = {card["name"]: card for card in drawn.drawing["cards"]}
        assert cards["Welcome call"]["value"] == f"{found.step['Welcome call'].skipped.value:.0%}"
        assert "detour by App dashboard: 693 cases" in cards["Welcome call"]["tip"]
        assert cards["Support call"]["aside"] and cards["Support call"]["value"] == "+"
        assert cards["Social ad"]["value"] == "–" and "aside" not in cards["Social ad"]
        legend = drawn.drawing["legend"]
        assert [one["sign"] for one in legend["marks"]] == ["", "+", "∅"] and not legend["back"]
        assert legend["ticks"][-1][1] == "50%"
        json.dumps(drawn.drawing, allow_nan=False)


def test_without_an_overlay_the_scene_is_as_it_was(lived: jn.Journey) -> None:
    drawn = scene(lived).drawing
    assert "marks" not in drawn["legend"] and all("dash" not in move for move in drawn["moves"])


def test_a_planned_touchpoint_that_nobody_met_has_its_place(found: jn.Conformance, lived: jn.Journey) -> None:
    new = jn.Journey(
        touchpoints=(*lived.touchpoints[:2], Touchpoint(name="New step", stage="Buy", source="assumed")),
        transitions=(Transition(source=START, target="New step"), Transition(source="New step", target=END)),
    )
    whole = with_plan(lived, new)
    over = plan_overlay(found, lived, theme=LIGHT, say=ENGLISH)
    cards = {card["name"]: card for card in scene(whole, lived, overlay=over).drawing["cards"]}
    assert not cards["New step"]["here"]


def test_the_map_has_a_lane_for_it(found: jn.Conformance, lived: jn.Journey) -> None:
    plain, laid = board(lived), board(lived, plan=found)
    assert [lane.id for lane in laid.lanes if lane.id != "plan"] == [lane.id for lane in plain.lanes]
    lane = next(lane for lane in laid.lanes if lane.id == "plan")
    notes = {laid.cards[note.at].name: [] for note in lane.notes}
    for note in lane.notes:
        notes[laid.cards[note.at].name].append(note.text)
    assert "33% skip it" in notes["Welcome call"] and "detour: App dashboard" in notes["Welcome call"]
    assert notes["Support call"] == ["not planned"] and "Contract signature" in notes
    json.dumps(laid.data(), allow_nan=False)


# --- figures and words -----------------------------------------------------------------------------------


def texts(shapes: Iterator[dict[str, object]] | list[dict[str, object]]) -> list[str]:
    return [str(shape["text"]) for shape in shapes if shape["kind"] == "text"]


def test_rows_tell_what_was_found(found: jn.Conformance) -> None:
    steps = step_rows(found)
    assert steps.opens == {one.at for one in found.steps if one.planned}
    assert f"{found.step['Welcome call'].skipped.value:.0%}" in texts(
        steps.shapes
    ) and "Quote call (optional)" in texts(steps.shapes)
    rows = detour_rows(found.detours, scale=None)
    assert len(rows.marks) == len(found.detours) and detour_mark(0) in rows.opens
    felt = detour_rows(found.detours, scale=jn.Scale("csat", 1, 5))
    assert "Satisfaction of those who took it" in texts(felt.shapes)
    assert "Satisfaction of those who took it" not in texts(rows.shapes)
    parts = segment_rows(found.segments, ["B2C", "B2B"], theme=DARK)
    assert not parts.opens and "B2B" in texts(parts.shapes)
    assert f"{found.segments[0].fitness.value:.3f}" in texts(parts.shapes)


def test_tables_reconcile(found: jn.Conformance, lived: jn.Journey) -> None:
    assert len(plan_tables.step_table(found, ENGLISH)) == len(found.steps)
    assert plan_tables.detour_table(found.detours, ENGLISH)["Cases"].tolist() == [d.cases for d in found.detours]
    moves = plan_tables.move_table(found, ENGLISH)
    assert len(moves) == len(found.moves) and moves["Cases"].is_monotonic_increasing
    every = plan_tables.graph_table(found, lived, ENGLISH)
    counts = every["Against the plan"].value_counts()
    assert counts.sum() == len(every) and counts["planned, but nobody goes straight there"] >= len(found.untaken)
    assert every["Moves"].sum() == sum(edge.moves for edge in lived.transitions)
    assert plan_tables.segment_table(found, ENGLISH)["segment"].tolist() == ["B2C", "B2B"]


def test_tiles_and_words(found: jn.Conformance) -> None:
    told = conform_tiles(found)
    assert f"{found.fitness.value:.2f}" in told and "105,478 events" in told
    assert deviations(found.step["Support chat"]) == ["not planned: 1,392 cases met it"]
    lines = deviations(found.step["ID check"])
    assert lines[0].startswith("34.2% (") and "left after it" in lines[0] and "meet it again" in lines[1]
    assert all("skip it" not in line for line in deviations(found.step["Welcome call"], skipped=False))
    first = dataclasses.replace(found.detours[0], after=START)
    assert between(first) == "before First bill"
    empty = dataclasses.replace(found, detours=(), steps=(), cases=1)
    assert "The commonest detour" not in headline(empty)
