"""The scene of the graph canvas: places that stay, ways that can be followed, colours and words that say what is so."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import pandas as pd
import pytest

import journey as jn
from journey.app.parts.graph_canvas import Picked, picked
from journey.draw import DARK, LIGHT
from journey.draw.layout import columns
from journey.draw.scene import MOST, Scene, readable, scene
from journey.draw.scene_grid import HALF, grid
from journey.draw.scene_paint import mixed, paint
from journey.draw.scene_ways import Way, ways
from journey.draw.theme import contrast, diverging
from journey.draw.words import ENGLISH
from journey.events.waits import waits
from journey.model import COMPONENTS, END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition

CSAT = Scale("csat", 1, 5, metric="csat")
EASE = Scale("ces", 1, 7, good="high", metric="ces")


def touch(name: str, stage: str | None = None, value: float | None = 3.5, n: int = 400) -> Touchpoint:
    measure = Measure.missing() if value is None else Measure(value, value - 0.2, value + 0.2, n)
    return Touchpoint(name=name, stage=stage, visits=100, cases=100, satisfaction=measure, effort=measure)


def move(source: Any, target: Any, moves: int, share: float | None = 0.5, wait: float = 3600.0) -> Transition:
    return Transition(source=source, target=target, moves=moves, cases=moves, share=share, wait_median_s=wait)


SHOP = Journey(
    name="Shop",
    stages=("Find", "Buy", "Use"),
    touchpoints=(
        touch("Ad <b>", "Find", None),
        touch("Search", "Find"),
        touch("Basket", "Buy", 4.2),
        touch("Payment", "Buy", 2.1),
        touch("Delivery", "Use", 4.8, n=8),
        touch("Help", "Use", 3.0),
    ),
    transitions=(
        move(START, "Ad <b>", 100, 0.8),
        move("Basket", "Payment", 90),
        move("Payment", "Delivery", 70, wait=86400.0),
        move("Ad <b>", "Basket", 60),
        move("Search", "Basket", 40),
        move("Payment", END, 20, 0.2),
        move("Delivery", "Help", 12),
        move("Payment", "Basket", 10),
        move("Help", "Payment", 5),
        move("Help", "Help", 3, 0.03, wait=60.0),
    ),
    scales={"satisfaction": CSAT, "effort": EASE},
    cases=125,
)
# Those who were never helped.
PART = dataclasses.replace(
    SHOP,
    touchpoints=SHOP.touchpoints[:5],
    transitions=tuple(edge for edge in SHOP.transitions if "Help" not in (edge.source, edge.target)),
    cases=90,
)


def dense(n: int, stages: int = 4) -> Journey:
    """Many touchpoints, each with moves to all sides."""
    names = [f"t{i}" for i in range(n)]
    return Journey(
        stages=tuple(f"s{i}" for i in range(stages)),
        touchpoints=tuple(touch(name, f"s{i * stages // n}") for i, name in enumerate(names)),
        transitions=tuple(
            move(a, names[(i * step + step) % n], 10 + step, 0.2)
            for step in (1, 3, 5, 7)
            for i, a in enumerate(names)
            if a != names[(i * step + step) % n]
        ),
    )


def cards(made: Scene) -> dict[str, dict[str, Any]]:
    return {card["name"]: card for card in made.drawing["cards"]}


def moves(made: Scene) -> dict[tuple[str, str], dict[str, Any]]:
    names = made.names
    return {(names[one["from"]], names[one["to"]]): one for one in made.drawing["moves"]}


def along(way: Way, steps: int = 12) -> list[tuple[float, float]]:
    found = []
    for at in range(0, len(way.points) - 1, 3):
        a, b, c, d = way.points[at : at + 4]
        for step in range(steps + 1):
            t = step / steps
            u = 1 - t
            weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            found.append((sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                          sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))))  # fmt: skip
    return found


# --- places ----------------------------------------------------------------------------------------


def test_a_filter_a_colour_and_a_coverage_move_nothing() -> None:
    def where(made: Scene) -> list[Any]:
        return [(card["name"], card["x"], card["y"]) for card in made.drawing["cards"]]

    whole = where(scene(SHOP))
    assert whole == where(scene(SHOP, PART)) == where(scene(SHOP, PART, coverage=0.1, theme=DARK, colour="wait"))


def test_a_filter_bends_no_way_that_stays() -> None:
    before, after = moves(scene(SHOP, coverage=1.0)), moves(scene(SHOP, PART, coverage=1.0))
    assert set(after) < set(before)
    assert all(before[pair]["d"] == after[pair]["d"] for pair in after)


def test_a_tall_stage_stands_in_several_columns_of_one_band() -> None:
    journey = Journey(
        stages=("A", "B"),
        touchpoints=(*(touch(f"a{i}", "A") for i in range(11)), touch("b", "B")),
        transitions=(move("a0", "b", 5),),
    )
    found = columns(journey, most=4)
    assert [len(column.names) for column in found] == [4, 3, 4, 1]
    assert [column.group for column in found] == [0, 0, 0, 1]
    assert set(found[0].names) == {"a0", "a1", "a2", "a3"}, "what customers meet first stands at the left"
    drawing = scene(journey).drawing
    assert [band["name"] for band in drawing["stages"]] == ["A", "B"]
    assert drawing["stages"][-1]["to"] == drawing["columns"]


def test_many_touchpoints_get_small_cards_and_all_of_them_a_place() -> None:
    found = grid(dense(200))
    assert found.density.name == "small"
    assert len(found.cells) == 200
    places = {(cell.column, cell.row) for cell in found.cells.values()}
    assert len(places) == 200
    assert max(cell.row for cell in found.cells.values()) < 30
    assert grid(SHOP).density.name == "roomy"
    assert grid(SHOP, small=True).density.name == "small"


@pytest.mark.parametrize("journey", [SHOP, dense(48), dense(90, 6)], ids=["shop", "dense", "many"])
def test_no_line_across_runs_behind_a_card(journey: Journey) -> None:
    found = grid(journey)
    pairs = [(str(e.source), str(e.target)) for e in journey.transitions if isinstance(e.source, str)]
    pairs = [pair for pair in pairs if pair[1] in found.cells]
    for (source, target), way in ways(pairs, found).items():
        if way.kind not in ("forward", "back", "aside"):
            continue
        others = [cell for name, cell in found.cells.items() if name not in (source, target)]
        for x, y in along(way):
            behind = [c for c in others if abs(x - c.x) < HALF - 0.01 and abs(y - c.y) < found.density.card / 2 - 1]
            assert not behind, (source, target, way.kind)


def test_ways_leave_and_arrive_where_they_should() -> None:
    found = moves(scene(SHOP, coverage=1.0))
    cells, half = grid(SHOP).cells, grid(SHOP).density.card / 2
    kinds = {pair: one["kind"] for pair, one in found.items()}
    assert kinds["Payment", "Delivery"] == "forward"
    assert {kinds["Basket", "Payment"], kinds["Payment", "Basket"]} == {"down", "up"}
    assert kinds["Help", "Payment"] == "back", "to an earlier stage"
    assert kinds["Help", "Help"] == "loop"
    back = found["Help", "Payment"]["d"]
    assert back[1] == pytest.approx(cells["Help"].y + half), "backward moves leave from the bottom"
    assert back[-1] == pytest.approx(cells["Payment"].y + half)
    forward = found["Payment", "Delivery"]["d"]
    assert (forward[0], forward[-2]) == (cells["Payment"].x + HALF, cells["Delivery"].x - HALF)


def test_leftwards_inside_a_stage_is_not_back() -> None:
    journey = Journey(
        stages=("A",),
        touchpoints=tuple(touch(f"a{i}", "A") for i in range(12)),
        transitions=(move("a11", "a0", 5), move("a0", "a11", 5)),
    )
    kinds = {pair: one["kind"] for pair, one in moves(scene(journey)).items()}
    assert kinds["a0", "a11"] == "forward"
    assert kinds["a11", "a0"] == "aside"


# --- what is shown ---------------------------------------------------------------------------------


def test_coverage_shows_the_commonest_and_says_what_is_hidden() -> None:
    everything, part = scene(SHOP, coverage=1.0), scene(SHOP, coverage=0.5)
    assert (everything.share, everything.shown, everything.kinds) == (1.0, 290, 8)
    assert (part.shown, part.kinds_shown) == (90 + 70, 2)
    assert set(part.rare) == {"Ad <b>", "Search", "Help"}
    assert cards(part)["Search"]["rare"]
    assert not cards(part)["Basket"]["rare"]


def test_what_nobody_in_the_selection_met_stays_and_says_so() -> None:
    made = scene(SHOP, PART)
    assert made.without == ("Help",)
    card = cards(made)["Help"]
    assert not card["here"]
    assert "fill" not in card
    assert card["tip"] == ["Help", "no cases in this selection"]


def test_a_journey_of_many_touchpoints_starts_readable() -> None:
    assert readable(SHOP) == 0.9
    journey = dense(200)
    assert readable(journey) < 0.5
    assert scene(journey, coverage=readable(journey)).kinds_shown <= 200
    assert scene(dense(400), coverage=1.0).kinds_shown == MOST, "never more than can be drawn at once"


def test_a_designed_map_without_counts_shows_all_its_moves() -> None:
    journey = Journey(
        stages=("A",),
        touchpoints=(touch("x", "A", None), touch("y", "A", None)),
        transitions=(Transition(source="x", target="y"), Transition(source="y", target="x")),
    )
    made = scene(journey, coverage=0.2)
    assert made.kinds_shown == 2
    assert made.share == 1.0


@pytest.mark.parametrize(
    "journey", [Journey(touchpoints=(), transitions=()), Journey(touchpoints=(touch("x"),), transitions=())]
)
def test_an_empty_journey_and_one_touchpoint_make_a_scene(journey: Journey) -> None:
    made = scene(journey)
    assert made.share == 1.0
    assert json.dumps(made.drawing, allow_nan=False)


def test_a_scene_is_plain_data_with_a_mark_of_its_own() -> None:
    made = scene(SHOP)
    assert json.loads(json.dumps(made.drawing, allow_nan=False)) == made.drawing
    assert made.drawing["id"] == scene(SHOP).drawing["id"]
    assert made.drawing["id"] != scene(SHOP, theme=DARK).drawing["id"]


def test_lines_are_as_wide_as_their_cases_and_the_legend_says_how_wide() -> None:
    made = scene(SHOP, coverage=1.0)
    found = moves(made)
    widest = found["Basket", "Payment"]["width"]
    assert found["Payment", "Delivery"]["width"] == pytest.approx(widest * 70 / 90, abs=0.01)
    told = made.drawing["legend"]["widths"]
    assert told[-1] == {"width": pytest.approx(widest), "text": "90 cases"}
    assert found["Ad <b>", "Basket"]["common"]
    assert not found["Delivery", "Help"]["common"], "rarer moves tell their share on hover alone"


def test_starts_ends_and_loops_stand_on_the_card() -> None:
    found = cards(scene(SHOP, coverage=1.0))
    assert found["Ad <b>"]["facts"] == [{"icon": "start", "text": "80%"}]
    assert found["Payment"]["facts"] == [{"icon": "end", "text": "20%"}]
    assert found["Help"]["facts"] == [{"icon": "loop", "text": "3%"}]
    assert "20% of its visits are the last of their case" in found["Payment"]["tip"]


# --- colours ---------------------------------------------------------------------------------------


def test_few_answers_don_t_look_like_many() -> None:
    found = cards(scene(SHOP))
    assert found["Delivery"]["few"]
    assert not found["Payment"]["few"]
    assert found["Payment"]["low"] == pytest.approx((1.9 - 1) / 4)
    assert found["Payment"]["high"] == pytest.approx((2.3 - 1) / 4)
    assert found["Payment"]["label"] == (
        "Payment, 100 cases, 100 visits, satisfaction 2.1 (1.9–2.3), n = 400, "
        "20% of its visits are the last of their case"
    )


def test_a_missing_value_is_no_zero_and_has_no_colour() -> None:
    card = cards(scene(SHOP))["Ad <b>"]
    assert card["value"] == "–"
    assert "fill" not in card
    assert "nobody was asked here, or nobody answered" in card["tip"]


def test_effort_is_coloured_by_the_direction_of_its_scale() -> None:
    easy = scene(SHOP, colour="effort")
    hard = scene(dataclasses.replace(SHOP, scales={"effort": Scale("ces", 1, 7, good="low")}), colour="effort")
    assert cards(easy)["Delivery"]["fill"] == diverging((4.8 - 1) / 6)
    assert cards(hard)["Delivery"]["fill"] == diverging(1 - (4.8 - 1) / 6)
    assert easy.drawing["legend"]["ends"] == ["hard", "easy"]
    assert hard.drawing["legend"]["ends"] == ["easy", "hard"]
    assert [text for _, text in hard.drawing["legend"]["ticks"]] == ["1", "2.5", "4", "5.5", "7"]


def test_friction_is_coloured_with_its_interval() -> None:
    severity = Measure(0.4, 0.3, 0.5, 90)
    one = Friction(
        at="Payment", score=Measure(40.0, 35.0, 45.0, 90), burden=severity, contributions={"exit": 40.0},
        components=dict.fromkeys(COMPONENTS, severity), raw={}, expected={}, p_top3=1.0, rank=1, rank_low=1,
        rank_high=1, coverage=1.0,
    )  # fmt: skip
    found = cards(scene(SHOP, colour="friction", friction={"Payment": one}))
    assert found["Payment"]["value"] == "40"
    assert found["Payment"]["fill"] == diverging(0.2)
    assert found["Basket"]["value"] == "–"
    assert "friction score 40 (35–45), n = 90 visits" in found["Payment"]["tip"]


def test_waits_are_coloured_on_a_logarithmic_scale_and_moves_with_them() -> None:
    known = {"Delivery": Measure(86400.0, 80000.0, 90000.0, 70), "Basket": Measure(3600.0, 3000.0, 4000.0, 100)}
    made = scene(SHOP, colour="wait", waits=known, coverage=1.0)
    found = cards(made)
    assert (found["Delivery"]["value"], found["Basket"]["value"]) == ("1 d", "1 h")
    assert found["Ad <b>"]["value"] == "–"
    ticks = {text: at for at, text in made.drawing["legend"]["ticks"]}
    assert ticks["1 min"] == 0
    assert ticks["1 d"] == 1
    assert ticks["1 h"] - ticks["10 min"] == pytest.approx(ticks["6 h"] - ticks["1 h"], abs=1e-6)
    assert moves(made)["Payment", "Delivery"]["colour"] == found["Delivery"]["fill"]
    assert "median wait before it 1.0 d (22.2 h–1.0 d), n = 70 waits" in found["Delivery"]["tip"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: str(theme.name))
def test_numbers_can_be_read_on_every_colour_of_the_waits(theme: Any) -> None:
    coat = paint("wait", SHOP, SHOP, friction={}, waits={}, theme=theme, say=ENGLISH)
    shades = [coat.colour(step / 50) for step in range(51)]
    assert min(max(contrast(shade, "#000000"), contrast(shade, "#FFFFFF")) for shade in shades) >= 4.5
    light = [contrast(shade, "#000000") for shade in shades]
    ordered = light if theme is DARK else light[::-1]
    assert all(a <= b for a, b in itertools.pairwise(ordered)), "longer is always further from the ground"
    assert mixed(("#000000", "#FFFFFF"), 0.5) == "#808080"


# --- what the canvas tells -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, None),
        ({}, None),
        ({"picked": None}, None),
        ({"picked": "Payment"}, None),
        ({"picked": {"kind": "touchpoint", "name": "Payment"}}, Picked("Payment")),
        ({"picked": {"kind": "touchpoint", "name": "gone"}}, None),
        ({"picked": {"kind": "touchpoint", "name": ["Payment"]}}, None),
        ({"picked": {"kind": "transition", "source": "Basket", "target": "Payment"}}, Picked(("Basket", "Payment"))),
        ({"picked": {"kind": "transition", "source": "Payment", "target": "Ad <b>"}}, None),
        ({"picked": {"kind": "cases", "name": "Payment"}}, None),
    ],
)
def test_a_click_names_what_stands_in_the_scene_or_nothing(told: Any, found: Picked | None) -> None:
    assert picked(told, scene(SHOP)) == found


# --- waits -----------------------------------------------------------------------------------------


def log_of(gaps: list[float]) -> jn.EventLog:
    """Cases of two events, so many seconds apart."""
    begin = pd.Timestamp("2026-01-01")
    rows = [
        (i, name, begin + pd.Timedelta(seconds=s)) for i, gap in enumerate(gaps) for name, s in (("a", 0), ("b", gap))
    ]
    frame = pd.DataFrame(rows, columns=["case", "touchpoint", "time"])
    return jn.read(frame, case="case", touchpoint="touchpoint", time="time")


def test_the_median_wait_before_a_touchpoint_has_an_interval_of_ranks() -> None:
    found = waits(log_of([float(gap) for gap in range(1, 1000)]))
    assert set(found) == {"b"}, "nobody waits for the first event of a case"
    assert found["b"].n == 999
    assert found["b"].value == pytest.approx(500)
    # 499.5 ± 1.96 · √999 / 2
    assert found["b"].low == pytest.approx(469, abs=1.5)
    assert found["b"].high == pytest.approx(531, abs=1.5)


def test_a_few_waits_have_a_median_but_no_interval() -> None:
    found = waits(log_of([10.0, 20.0, 40.0]))["b"]
    assert found == Measure(20.0, None, None, 3)
