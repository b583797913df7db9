"""Drawing: the layout stays put and crosses little, colours can be read, figures say what they show."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from journey.draw import DARK, LIGHT, Step, components, graph, ranking, ratings, steps, why
from journey.draw.cards import wrap
from journey.draw.layout import columns, crossings, ordered
from journey.draw.routes import CARD, HALF, routes, spots
from journey.draw.theme import Theme, contrast, diverging, ink_on
from journey.model import COMPONENTS, END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition

CSAT = Scale("csat", 1, 5, metric="csat")


def touch(name: str, stage: str | None = None, value: float | None = 3.5, visits: int = 100) -> Touchpoint:
    measure = Measure.missing() if value is None else Measure(value, value - 0.2, value + 0.2, 40)
    return Touchpoint(name=name, stage=stage, visits=visits, cases=visits, satisfaction=measure, satisfaction_raw=value)


def move(source: Any, target: Any, moves: int, share: float | None = 0.5) -> Transition:
    return Transition(source=source, target=target, moves=moves, cases=moves, share=share, wait_median_s=3600.0)


SHOP = Journey(
    name="Shop",
    stages=("Find", "Buy", "Use"),
    touchpoints=(
        touch("Ad <b>", "Find", None),
        touch("Search", "Find"),
        touch("Basket", "Buy", 4.2),
        touch("Payment", "Buy", 2.1),
        touch("Delivery", "Use", 4.8),
        touch("Help", "Use", 3.0),
        touch("Return of a very long parcel name", "Use", 3.0),
    ),
    transitions=(
        move(START, "Ad <b>", 100, 1.0),
        move("Ad <b>", "Basket", 60),
        move("Search", "Basket", 40),
        move("Basket", "Payment", 90),
        move("Payment", "Basket", 10),
        move("Payment", "Delivery", 70),
        move("Help", "Payment", 5),
        move("Delivery", "Help", 12),
        move("Help", "Help", 3),
        move("Payment", END, 20, 0.2),
    ),
    scales={"satisfaction": CSAT},
    cases=100,
)


def pain(at: str, rank: int = 1, *, share: float = 0.4) -> Friction:
    severity = Measure(share, share - 0.05, share + 0.05, 50)
    points = {name: 100 * share / len(COMPONENTS) for name in COMPONENTS}
    return Friction(
        at=at,
        score=Measure(sum(points.values()), 35.0, 45.0, 100),
        burden=Measure(30.0 / rank, 20.0 / rank, 40.0 / rank, 100),
        contributions=points,
        components=dict.fromkeys(COMPONENTS, severity),
        raw=dict.fromkeys(COMPONENTS, share),
        expected=dict.fromkeys(COMPONENTS, 0.2) | {"exit": 0.1},
        p_top3=0.9,
        rank=rank,
        rank_low=1,
        rank_high=2,
        coverage=1.0,
    )


# --- layout ----------------------------------------------------------------------------------------


def test_columns_are_the_stages_and_hold_every_touchpoint_once() -> None:
    found = columns(SHOP)
    assert [column.stage for column in found] == ["Find", "Buy", "Use"]
    assert sorted(name for column in found for name in column.names) == sorted(t.name for t in SHOP.touchpoints)
    assert found == columns(SHOP), "the same journey stays where it is"


def test_a_touchpoint_without_a_stage_gets_the_last_column() -> None:
    journey = Journey(stages=("A",), touchpoints=(touch("x", "A"), touch("y")), transitions=())
    assert [column.stage for column in columns(journey)] == ["A", None]


def test_a_journey_without_stages_reads_from_left_to_right() -> None:
    names = [f"step {i}" for i in range(12)]
    journey = Journey(
        touchpoints=tuple(touch(name) for name in names),
        transitions=tuple(move(a, b, 10) for a, b in itertools.pairwise(names)),
    )
    found = columns(journey)
    assert 2 <= len(found) <= 8
    place = {name: at for at, column in enumerate(found) for name in column.names}
    assert [place[name] for name in names] == sorted(place[name] for name in names)


def test_crossings_are_counted_and_undone() -> None:
    edges = [("a", "d", 1.0), ("b", "c", 1.0)]
    assert crossings([["a", "b"], ["c", "d"]], edges) == 1
    assert crossings([["a", "b"], ["d", "c"]], edges) == 0
    assert crossings([["a", "b"], ["c"]], [("a", "c", 1.0), ("b", "c", 1.0)]) == 0
    found = ordered([["a", "b", "x"], ["c", "d", "y"]], [*edges, ("x", "y", 1.0)])
    assert crossings(found, edges) == 0


def test_ways_leave_and_arrive_at_the_sides_they_should() -> None:
    at = spots(columns(SHOP))
    ways = routes(SHOP.transitions, at)
    assert ("Help", "Help") not in ways
    forward = ways["Payment", "Delivery"]
    assert forward.a[0] == pytest.approx(at["Payment"].x + HALF)
    assert forward.d[0] == pytest.approx(at["Delivery"].x - HALF)
    assert ways["Basket", "Payment"].kind in ("down", "up"), "neighbours in a column: a vertical arrow"
    back = ways["Help", "Payment"]
    assert back.kind == "back"
    assert back.a[1] == pytest.approx(at["Help"].y + CARD / 2), "backward moves leave from the bottom"
    assert back.at(0) == pytest.approx(back.a)
    assert back.at(1) == pytest.approx(back.d)


# --- colours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: str(theme.name))
def test_text_can_be_read(theme: Theme) -> None:
    for ground in (theme.ground, theme.band, theme.card):
        assert contrast(theme.ink, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5
        assert contrast(theme.back, ground) >= 3
        assert contrast(theme.accent, ground) >= 3
    assert all(contrast(colour, ink_on(colour)) >= 4.5 for colour in theme.components.values())
    assert set(theme.components) == set(COMPONENTS)


def test_numbers_on_every_colour_can_be_read() -> None:
    shades = [diverging(i / 200) for i in range(201)]
    assert min(contrast(shade, ink_on(shade)) for shade in shades) >= 4.5
    assert diverging(-1) == diverging(0)
    assert diverging(2) == diverging(1)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


# --- the graph -------------------------------------------------------------------------------------


def test_coverage_keeps_the_commonest_moves_and_says_what_is_hidden() -> None:
    everything = graph(SHOP, coverage=1.0)
    assert (everything.share, everything.shown, everything.transitions) == (1.0, 290, 8)
    part = graph(SHOP, coverage=0.5)
    assert part.shown == 90 + 70
    assert part.share == pytest.approx(160 / 290)
    assert part.transitions_shown == 2
    assert part.share >= 0.5, "never less than was asked for"


def test_starts_and_ends_are_no_moves_but_stand_on_the_card() -> None:
    drawn = graph(SHOP, coverage=1.0)
    text = " ".join(str(t) for trace in drawn.figure.data for t in (trace.text or ()))
    assert "⊣ 20%" in text


def test_every_card_has_its_number_and_a_missing_one_is_no_zero() -> None:
    drawn = graph(SHOP)
    numbers = [t for trace in drawn.figure.data if trace.mode == "markers+text" for t in trace.text]
    assert numbers.count("<b>–</b>") == 1
    assert "<b>2.1</b>" in numbers
    assert len(numbers) == len(SHOP.touchpoints)


def test_names_from_the_data_are_no_markup() -> None:
    drawn = graph(SHOP)
    everything = drawn.figure.to_json()
    assert "Ad &lt;b&gt;" in everything
    assert "Ad <b>" not in everything.replace('"Ad <b>"', ""), "only as data that a click returns"


def test_a_click_returns_the_name() -> None:
    (trace,) = [trace for trace in graph(SHOP).figure.data if trace.name == "touchpoints"]
    assert set(trace.customdata) == {t.name for t in SHOP.touchpoints}


def test_the_layout_stays_put_whatever_is_shown() -> None:
    def where(drawn: Any) -> Any:
        (trace,) = [trace for trace in drawn.figure.data if trace.name == "touchpoints"]
        return list(zip(trace.customdata, trace.x, trace.y, strict=True))

    whole = where(graph(SHOP, coverage=1.0))
    assert whole == where(graph(SHOP, coverage=0.1)) == where(graph(SHOP, focus="Payment", theme=DARK))


def test_the_graph_can_be_coloured_by_friction() -> None:
    drawn = graph(SHOP, colour="friction", friction={"Payment": pain("Payment")})
    numbers = [t for trace in drawn.figure.data if trace.mode == "markers+text" for t in trace.text]
    assert numbers.count("<b>40</b>") == 1
    assert numbers.count("<b>–</b>") == 6
    assert "Payment (40)" in drawn.alt


def test_low_is_good_where_the_scale_says_so() -> None:
    journey = Journey(
        touchpoints=(touch("x", "A", 1.2), touch("y", "A", 4.8)),
        transitions=(),
        stages=("A",),
        scales={"satisfaction": Scale("csat", 1, 5, good="low")},
    )
    assert "Worst: y (4.8), x (1.2)" in graph(journey).alt


def test_too_many_touchpoints_are_thinned_and_named() -> None:
    names = [f"t{i}" for i in range(200)]
    journey = Journey(
        stages=("A", "B"),
        touchpoints=tuple(touch(n, "A" if i % 2 else "B", visits=1000 - i) for i, n in enumerate(names)),
        transitions=tuple(move(a, b, 10) for a, b in zip(names, names[7:], strict=False)),
    )
    drawn = graph(journey, coverage=1.0)
    assert len(drawn.left_out) == 140
    assert drawn.share < 0.31


@pytest.mark.parametrize(
    "journey", [Journey(touchpoints=(), transitions=()), Journey(touchpoints=(touch("x"),), transitions=())]
)
def test_an_empty_journey_and_one_touchpoint_can_be_drawn(journey: Journey) -> None:
    drawn = graph(journey)
    assert drawn.share == 1.0
    assert drawn.alt


def test_a_designed_map_without_counts_shows_all_its_moves() -> None:
    journey = Journey(
        stages=("A",),
        touchpoints=(touch("x", "A", None, 0), touch("y", "A", None, 0)),
        transitions=(Transition(source="x", target="y"), Transition(source="y", target="x")),
    )
    assert graph(journey, coverage=0.2).transitions_shown == 2


def test_long_names_are_broken_into_two_lines() -> None:
    assert wrap("ID check") == ["ID check"]
    assert wrap("First savings message") == ["First savings", "message"]
    assert all(len(line) <= 14 for line in wrap("Return of a very long parcel name"))
    assert wrap("Donaudampfschifffahrt") == ["Donaudampfsch…"]


# --- charts ----------------------------------------------------------------------------------------


def test_the_components_in_the_bars_add_up_to_the_score() -> None:
    found = [pain("Payment"), pain("Help", 2, share=0.3)]
    figure = ranking(found, unit="BRL")
    bars = [trace for trace in figure.data if trace.type == "bar" and trace.xaxis == "x2"]
    assert len(bars) == len(COMPONENTS)
    for row, one in enumerate(found):
        assert sum(bar.x[row] for bar in bars) == pytest.approx(one.score.value)
    burden = figure.data[0]
    assert burden.error_x.array[0] == pytest.approx(10.0)
    assert burden.error_x.arrayminus[0] == pytest.approx(10.0)
    assert burden.customdata == ("Payment", "Help")


def test_a_component_without_evidence_has_no_bar() -> None:
    one = pain("Payment")
    part = {name: points for name, points in one.contributions.items() if name != "wait"}
    figure = ranking([Friction(**{f: getattr(one, f) for f in Friction.__slots__} | {"contributions": part})])
    assert "Wait" not in [trace.name for trace in figure.data]


def test_what_is_expected_is_marked_at_each_component() -> None:
    figure = components(pain("Payment"))
    ticks = [shape.x0 for shape in figure.layout.shapes]
    assert len(ticks) == len(COMPONENTS)
    assert ticks.count(0.1) == 1
    notes = " ".join(note.text for note in figure.layout.annotations)
    assert "n 50" in notes


def test_answers_stand_on_their_own_scale_with_n_and_interval() -> None:
    figure = ratings(SHOP["Payment"], SHOP.scales)
    assert "2.10</b> (1.90–2.30) · n 40" in " ".join(note.text for note in figure.layout.annotations)
    assert figure.data[0].x[0] == pytest.approx((2.1 - 1) / 4)
    assert ratings(touch("x", None, None), SHOP.scales).data == ()


def test_steps_show_shares_with_intervals() -> None:
    after = [
        Step("Delivery", Measure(0.7, 0.6, 0.8, 100), 70, 60.0),
        Step("ends", Measure(0.3, 0.2, 0.4, 100), 30, kind="end"),
    ]
    figure = steps([], after)
    assert "<b>70.0%</b>  70" in [t for trace in figure.data for t in (trace.text or ())]
    colours = [trace.marker.color for trace in figure.data if trace.type == "bar"][-1]
    assert colours[0] != colours[1], "leaving looks unlike going on"


def test_figures_fetch_nothing_and_send_nothing() -> None:
    for figure in (graph(SHOP).figure, ranking([pain("Payment")])):
        assert "http" not in figure.to_json().replace("https://plotly.com", "")


# --- words -----------------------------------------------------------------------------------------


def test_why_names_the_largest_excess_with_interval_and_n() -> None:
    assert why(pain("Payment")) == "Payment: 40% of visits end in leaving, 10% expected (95% interval 35%–45%, n = 50)."


def test_why_does_not_complain_where_nothing_is_wrong() -> None:
    assert why(pain("Payment", share=0.05)) == "Payment: nothing exceeds what is expected."
    one = pain("Payment")
    empty = Friction(**{f: getattr(one, f) for f in Friction.__slots__} | {"components": {}, "at": ("a", "b")})
    assert why(empty) == "a → b: nothing was observed here."


def test_angles_of_arrows_point_along_the_way() -> None:
    for way in routes(SHOP.transitions, spots(columns(SHOP))).values():
        dx, dy = way.d[0] - way.c[0], way.d[1] - way.c[1]
        # Across is in columns and down in pixels, so only the greater of the two, in its own measure, is compared.
        pointing = {90: dx > 0, 270: dx < 0, 180: dy > 0, 0: dy < 0}
        assert pointing[way.angle] or math.isclose(dx, 0, abs_tol=1e-9)
