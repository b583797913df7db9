"""The journey map as a board: what is measured is drawn as it was measured, and what is missing stays a gap."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import journey as jn
from journey.draw import DARK, LIGHT
from journey.draw.board import Board, board
from journey.draw.board_paint import channel_icon, stage_paint
from journey.draw.board_parts import Lane, Note
from journey.draw.theme import contrast
from journey.draw.words import Say
from journey.events.stages import stages
from journey.model import END, START, Friction, Journey, Measure, Scale, Touchpoint, Transition

SAMPLE = Path(__file__).parents[1] / "data" / "lumo" / "journey.yaml"


@cache
def sample() -> tuple[jn.EventLog, Journey, jn.Ranking]:
    log = jn.open(SAMPLE)
    return log, jn.mine(log), jn.friction(log)


@cache
def drawn() -> Board:
    log, journey, ranking = sample()
    return board(journey, ranking, totals=stages(log), targets=dict(log.recipe.targets.items()), unit="BRL")


def lane(found: Board, name: str) -> Lane:
    return next(one for one in found.lanes if one.id == name)


def at(found: Board, name: str) -> int:
    return next(place for place, card in enumerate(found.cards) if card.name == name)


def notes(found: Board, lane_id: str, name: str) -> list[Note]:
    return [note for note in lane(found, lane_id).notes if note.at == at(found, name)]


def rated(name: str, value: float | None, n: int = 400, half: float = 0.2, **more: Any) -> Touchpoint:
    measure = Measure.missing() if value is None else Measure(value, value - half, value + half, n)
    return Touchpoint(name=name, visits=1000, cases=900, satisfaction=measure, satisfaction_raw=value, **more)


def made(*touchpoints: Touchpoint, scale: Scale | None = None, **more: Any) -> Journey:
    scales = {"satisfaction": scale or Scale("csat", 1, 5)}
    return Journey(touchpoints=touchpoints, transitions=(), scales=scales, cases=1000, **more)


# --- the curve -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "answer", "feeling"),
    [
        (Scale("csat", 1, 5), 5, 2),
        (Scale("csat", 1, 5), 3, 0),
        (Scale("csat", 1, 5), 1.5, -1.5),
        (Scale("pain", 0, 10, good="low"), 10, -2),
        (Scale("pain", 0, 10, good="low"), 2.5, 1),
    ],
)
def test_emotion_is_linear_in_the_scale_and_up_is_good(scale: Scale, answer: float, feeling: float) -> None:
    journey = made(rated("a", answer), scale=scale)
    point = lane(board(journey), "emotion").curves[0].points[0]
    assert point.value == pytest.approx(feeling)
    assert point.low is not None
    assert point.high is not None
    assert point.low < feeling < point.high


def test_who_did_not_answer_is_a_gap_and_not_neutral() -> None:
    found = board(made(rated("a", 4), rated("b", None)))
    points = lane(found, "emotion").curves[0].points
    assert points[1].value is None
    assert points[1].about[-1] == "no answers: a gap in the evidence"
    assert found.cards[1].score == "–"


def test_few_answers_look_different_from_many() -> None:
    found = board(made(*(rated(str(n), 4, n) for n in (8, 30, 100, 8000))))
    assert [point.size for point in lane(found, "emotion").curves[0].points] == [0, 1, 2, 3]
    assert [card.few for card in found.cards] == [True, False, False, False]


def test_only_extremes_are_written_out_and_only_on_enough_evidence() -> None:
    points = lane(drawn(), "emotion").curves[0].points
    called = {drawn().cards[point.at].name for point in points if point.call}
    assert {"ID check", "Welcome call", "Cancellation", "First bill"} <= called
    assert "Smart-plug set-up" not in called  # 11 answers
    assert len(called) <= 8
    assert sorted(point.call for point in points if point.call) == list(range(1, len(called) + 1))


def test_the_acceptable_line_stands_where_the_target_is() -> None:
    target = lane(drawn(), "emotion").target
    assert target is not None
    assert target[0] == pytest.approx(4 * (1 - 0.30) - 2)
    _, journey, ranking = sample()
    assert lane(board(journey, ranking), "emotion").target is None


def test_a_second_persona_is_a_second_curve_and_a_second_score() -> None:
    found = board(made(rated("a", 4), rated("b", 2)), other=made(rated("a", 3)), other_who="Companies")
    first, second = lane(found, "emotion").curves
    assert (first.style, second.style, second.name) == ("first", "second", "Companies")
    assert [point.value for point in second.points] == [0, None]
    assert found.cards[0].second is not None
    assert [card.second and card.second[2] for card in found.cards] == ["3.0", "–"]
    assert [one.style for one in found.personas] == ["first", "second"]


def test_what_is_wanted_is_a_curve_of_its_own_marked_as_assumed() -> None:
    found = board(made(rated("a", 3)), to_be={"a": 5})
    curve = lane(found, "emotion").curves[1]
    assert (curve.style, curve.points[0].value) == ("to-be", 2)
    assert "assumed" in curve.points[0].about[1]


# --- effort and friction ---------------------------------------------------------------------------


@pytest.mark.parametrize("good", ["high", "low"])
def test_the_taller_bar_is_the_harder_step_whichever_way_was_asked(good: Any) -> None:
    easy, hard = (6.0, 2.0) if good == "high" else (2.0, 6.0)
    steps = [Touchpoint(name=str(x), effort=Measure(x, x - 0.5, x + 0.5, 50)) for x in (easy, hard)]
    journey = Journey(touchpoints=tuple(steps), transitions=(), scales={"effort": Scale("ces", 1, 7, good=good)})
    first, second = lane(board(journey), "effort").bars
    assert sum(height for height, _ in first.parts) == pytest.approx(1 / 6)
    assert sum(height for height, _ in second.parts) == pytest.approx(5 / 6)
    assert second.low < 5 / 6 < second.high


def test_the_stack_of_friction_adds_up_to_its_score() -> None:
    _, _, ranking = sample()
    bars = lane(drawn(), "friction").bars
    one = ranking.of("ID check")
    bar = next(bar for bar in bars if bar.at == at(drawn(), "ID check"))
    full = (one.score.high or 0) / bar.high
    assert sum(height for height, _ in bar.parts) * full == pytest.approx(one.score.value)
    assert len(bars) == len(ranking)


# --- words about what was measured -----------------------------------------------------------------


def test_a_pain_lies_above_what_is_expected_with_its_whole_interval() -> None:
    _, _, ranking = sample()
    named = {drawn().cards[note.at].name for note in lane(drawn(), "pains").notes}
    for one in ranking:
        above = [name for name, m in one.components.items() if (m.low or 0) > one.expected[name]]
        assert bool(above) == (one.at in named), one.at
    assert notes(drawn(), "pains", "ID check")[0].text == "effort 72%, 30% expected"
    assert notes(drawn(), "pains", "Payment set-up") == []


def test_a_gain_is_felt_and_clear_and_an_exit_less_is_none() -> None:
    named = {drawn().cards[note.at].name for note in lane(drawn(), "gains").notes}
    assert {"Welcome call", "First savings message"} <= named
    assert "Payment set-up" not in named  # its exits are few, its ratings as expected


def test_the_opportunity_is_the_burden_with_its_interval() -> None:
    _, _, ranking = sample()
    (note,) = notes(drawn(), "opportunities", "ID check")
    burden = ranking.of("ID check").burden
    assert note.text == f"{burden.value:,.0f} BRL less burden"
    assert f"{burden.low:,.0f}–{burden.high:,.0f}" in note.more
    assert note.size == 1


def test_doing_tells_the_commonest_step_the_returns_and_the_ends() -> None:
    told = [note.text for note in notes(drawn(), "doing", "ID check")]
    assert told == ["47% go on to Contract signature", "27% end here", "19% come straight back"]


def test_moments_of_truth_are_the_great_burdens_and_the_great_joy() -> None:
    stars = {card.name for card in drawn().cards if card.star}
    assert stars == {"ID check", "Installation visit", "First bill", "Welcome call"}


def test_what_the_stages_say_is_what_their_touchpoints_add_up_to() -> None:
    found = lane(drawn(), "numbers")
    _, journey, _ = sample()
    for stage, cell in enumerate(found.stages):
        here = [t for t in journey.touchpoints if t.stage == journey.stages[stage]]
        assert dict(cell.pairs)["visits"] == f"{sum(t.visits for t in here):,}"


def test_quotes_and_remarks_stand_at_their_touchpoints() -> None:
    found = board(made(rated("a", 4), rated("b", 4)), quotes={"b": ["So slow"]}, pins={"a": ["Ask Ana"]})
    assert [(note.at, note.text) for note in lane(found, "thinking").notes] == [(1, "So slow")]
    assert found.cards[0].pins == ("Ask Ana",)
    assert lane(found, "thinking").empty == "no comments"


# --- gaps, kinds of journeys, languages ------------------------------------------------------------

BARE = Journey(
    touchpoints=(Touchpoint(name="a", visits=1, cases=1, starts=1, ends=1),),
    transitions=(
        Transition(source=START, target="a", moves=1, cases=1, share=1.0),
        Transition(source="a", target=END, moves=1, cases=1, share=1.0),
    ),
    cases=1,
    customers=1,
)


@pytest.mark.parametrize("journey", [BARE, Journey(touchpoints=(), transitions=()), made(rated("a", None))])
def test_a_map_of_nearly_nothing_is_still_a_map(journey: Journey) -> None:
    data = board(journey).data()
    json.dumps(data, allow_nan=False)
    assert len(data["cards"]) == len(journey.touchpoints)
    assert [one["id"] for one in data["lanes"]] == [one.id for one in drawn().lanes]


def test_without_friction_its_lanes_say_so() -> None:
    _, journey, _ = sample()
    found = board(journey)
    for name in ("friction", "pains", "gains", "opportunities"):
        assert lane(found, name).empty == "friction can't be judged here"
        assert not lane(found, name).notes
    assert not any(card.star for card in found.cards if card.name != "Welcome call")


def test_touchpoints_keep_the_journeys_order_and_their_stages() -> None:
    _, journey, _ = sample()
    assert [card.name for card in drawn().cards] == [t.name for t in journey.touchpoints]
    assert [one.name for one in drawn().stages] == list(journey.stages)
    assert [one.size for one in drawn().stages] == [4, 5, 4, 4, 10, 4]


def test_every_card_says_where_its_facts_come_from() -> None:
    parts = (rated("a", 4), dataclasses.replace(rated("b", 4), source="assumed"))
    found = board(made(*parts))
    assert [card.source for card in found.cards] == ["measured", "assumed"]
    assert {mark.mark for mark in found.legend} >= {"measured", "assumed"}


def test_equal_boards_have_one_stamp_and_another_theme_has_another() -> None:
    journey = made(rated("a", 4))
    assert board(journey).data()["stamp"] == board(journey).data()["stamp"]
    assert board(journey).data()["stamp"] != board(journey, theme=DARK).data()["stamp"]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts(one)


def test_every_word_goes_through_the_translation() -> None:
    log, journey, ranking = sample()
    marked = Say("pt_BR", lambda text: f"«{text}»")
    found = board(
        journey, ranking, totals=stages(log), other=journey, other_who="B2B", to_be={"ID check": 4}, say=marked,
        targets=dict(log.recipe.targets.items()),
    ).data()  # fmt: skip
    data = {t.name for t in journey.touchpoints} | {c for t in journey.touchpoints for c in t.channels}
    known = data | set(journey.stages) | {"B2B"}
    plain = ("stamp", "density", "paints", "id", "kind", "tone", "style", "mark", "source", "paint", "ink", "channels")

    def walk(value: Any, key: str = "") -> Iterator[str]:
        if key in plain:
            return
        if isinstance(value, dict):
            for name, one in value.items():
                yield from walk(one, name)
        elif isinstance(value, (list, tuple)):
            for one in value:
                yield from walk(one, key)
        elif isinstance(value, str) and value and value not in known:
            yield value

    untold = [text for text in walk(found) if "«" not in text and any(letter.isalpha() for letter in text)]
    # Colours and icons in pairs, durations in units.
    untold = [text for text in untold if not text.startswith("#") and text not in ("web", "app", "phone", "store")]
    assert [text for text in untold if text not in ("chat", "mail") and not text[0].isdigit()] == []


def test_numbers_are_written_as_the_language_does() -> None:
    _, journey, ranking = sample()
    found = board(journey, ranking, say=Say("pt_BR"))
    assert found.cards[at(found, "Social ad")].count == "2.619"
    assert found.cards[at(found, "ID check")].score == "2,8"


def test_nothing_on_the_board_is_not_a_number() -> None:
    assert not any("nan" in text.casefold().split() or text == "None" for text in texts(drawn().data()))


@pytest.mark.parametrize("of", [1, 2, 6, 7, 15])
def test_white_can_be_read_on_every_stage(of: int) -> None:
    assert all(contrast(stage_paint(one, of), "#FFFFFF") >= 4.5 for one in range(of))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_can_be_read_on_what_it_stands_on(theme: Any) -> None:
    paint = board(BARE, theme=theme).paints
    for ground in ("ground", "band", "badGround", "goodGround", "chanceGround"):
        assert contrast(paint["ink"], paint[ground]) >= 4.5
        assert contrast(paint["muted"], paint[ground]) >= 4.5
    for ink in ("bad", "good", "chance", "second", "star", "accent"):
        assert contrast(paint[ink], paint["ground"]) >= 4.5


@pytest.mark.parametrize(
    ("name", "icon"),
    [("WhatsApp", "chat"), ("web", "web"), ("Website", "web"), ("e-mail", "mail"), ("Loja física", "store"),
     ("Telefone", "phone"), ("Ligação", "phone"), ("mobile app", "app"), ("Zeppelin", ""), ("", "")],
)  # fmt: skip
def test_channels_have_icons_in_both_languages(name: str, icon: str) -> None:
    assert channel_icon(name) == icon


def test_components_that_nobody_knows_are_left_out_of_the_sentences() -> None:
    """Each component has its sentence as a pain and as a gain."""
    *_, ranking = sample()
    worst = ranking[0]
    for name in jn.model.COMPONENTS:
        high, low = Measure(0.9, 0.8, 0.95, 50), Measure(0.01, 0.0, 0.02, 50)
        for found, lane_id in ((high, "pains"), (low, "gains")):
            one: Friction = dataclasses.replace(
                worst, at="a", components={name: found}, contributions={name: 1.0}, expected={name: 0.3}
            )
            told = board(made(rated("a", 4)), dataclasses.replace(ranking, found=(one,)))
            assert len(lane(told, lane_id).notes) == 1


# --- totals of the stages --------------------------------------------------------------------------


def test_totals_of_stages_are_what_counting_by_hand_gives() -> None:
    log, journey, _ = sample()
    events = log.table(limit=200_000)
    stage_of = {t.name: t.stage for t in journey.touchpoints}
    events["stage"] = events["touchpoint"].map(stage_of)
    order = {name: place for place, name in enumerate(journey.stages)}
    events["place"] = events["stage"].map(order)
    first = events.groupby(["case", "place"])["position"].min()
    last = events.groupby(["case", "place"])["position"].max()
    for total in stages(log):
        assert total.stage is not None
        here = first.xs(order[total.stage], level="place")
        assert total.cases == len(here)
        assert total.visits == (events["stage"] == total.stage).sum()
        later = last[last.index.get_level_values("place") > order[total.stage]].groupby("case").max()
        on = (later.reindex(here.index) > here).sum()
        if total.stage == journey.stages[-1]:
            assert total.on == Measure.missing()
        else:
            assert (total.on.value, total.on.n) == (pytest.approx(on / len(here)), len(here))


def test_a_log_without_stages_is_one_nameless_stage(tmp_path: Path) -> None:
    table = pd.DataFrame({"case": [1, 1, 2], "what": ["a", "b", "a"], "when": pd.date_range("2026-01-01", periods=3)})
    log = jn.read(table, case="case", touchpoint="what", time="when")
    (total,) = stages(log)
    assert (total.stage, total.cases, total.visits, total.on, total.satisfaction.n) == (
        None, 2, 3, Measure.missing(), 0
    )  # fmt: skip
    found = board(jn.mine(log), totals=stages(log))
    assert [one.name for one in found.stages] == ["All touchpoints"]
    assert found.stages[0].facts == ("2 cases",)


def test_stages_follow_the_filters() -> None:
    log, _, _ = sample()
    part = log.where(segment="B2B")
    assert stages(part)[0].cases == part.cases
    assert math.isclose(stages(part)[0].on.n, part.cases)
