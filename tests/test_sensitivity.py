"""Sensitivity of a ranking: to weights where it ranks by score, to costs where it ranks by burden."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.stats import kendalltau

import journey as jn
from journey.analysis.rank import WEIGHTS
from journey.analysis.sensitivity import sensitivity
from journey.app.state import SAMPLE
from journey.errors import JourneyError
from journey.model import COMPONENTS, Friction, Measure


def place(name: str, visits: int = 100, expected: float = 0.0, **severities: float) -> Friction:
    parts = {key: Measure(value, value, value, visits) for key, value in severities.items()}
    total = sum(WEIGHTS[key] for key in parts)
    points = {key: 100 * WEIGHTS[key] * value / total for key, value in severities.items()} if parts else {}
    score = Measure(sum(points.values()), 0.0, 100.0, visits) if parts else Measure.missing()
    return Friction(
        at=name,
        score=score,
        burden=score,
        contributions=points,
        components=parts,
        raw=severities,
        expected=dict.fromkeys(parts, expected),
        p_top3=0.0,
        rank=1,
        rank_low=1,
        rank_high=1,
        coverage=1.0,
    )


CLEAR = [place("bad", wait=0.9, help=0.9), place("middling", wait=0.5, help=0.5), place("good", wait=0.1, help=0.1)]
TORN = [place("slow", wait=0.9, help=0.1), place("confusing", wait=0.1, help=0.9)]


def test_what_is_worse_in_everything_stays_worse() -> None:
    found = sensitivity(CLEAR)
    assert [(one.at, one.rank, one.low, one.high) for one in found.places] == [
        ("bad", 1, 1, 1),
        ("middling", 2, 2, 2),
        ("good", 3, 3, 3),
    ]
    assert (found.agreement.value, found.same_top, found.same_first) == (1, 1, 1)
    assert all(turn.least == 1 for turn in found.turns)


def test_places_that_are_bad_in_different_things_change_ranks_half_the_time() -> None:
    found = sensitivity(TORN, draws=20_000)
    assert found.same_first == pytest.approx(0.5, abs=0.02)
    assert [(one.low, one.high) for one in found.places] == [(1, 2), (1, 2)]
    assert {turn.component for turn in found.turns} == {"wait", "help"}
    without = next(turn.dropped for turn in found.turns if turn.component == "wait")
    assert without is not None
    assert (without.top, without.agreement) == (("confusing", "slow"), -1)
    assert (without.moved, without.before, without.after) == ("slow", 1, 2)


def test_surer_weights_move_less() -> None:
    rows = [place("a", wait=0.6, help=0.3), place("b", wait=0.4, help=0.45)]
    loose, tight = (sensitivity(rows, strength=strength).same_first for strength in (5, 500))
    assert loose < 0.8 < tight


def test_the_burden_hangs_on_costs_and_not_on_weights() -> None:
    rows = [place("many", visits=1000, wait=0.2), place("few", visits=10, help=0.9)]
    assert [one.at for one in sensitivity(rows, by="burden").places] == ["many", "few"]
    assert [one.at for one in sensitivity(rows).places] == ["few", "many"]
    dear = sensitivity(rows, by="burden", given={"help": 1000.0})
    assert [one.at for one in dear.places] == ["few", "many"]


def test_only_excess_is_a_burden() -> None:
    rows = [place("usual", visits=1000, expected=0.5, wait=0.5), place("odd", visits=10, expected=0.5, wait=0.9)]
    assert [one.at for one in sensitivity(rows, by="burden").places] == ["odd", "usual"]


def test_costs_in_proportion_are_the_same_costs() -> None:
    log = jn.friction(jn.open(SAMPLE))
    one = sensitivity(log, by="burden", given=dict.fromkeys(COMPONENTS, 2.0))
    other = sensitivity(log, by="burden")
    assert one.places == other.places


def test_a_setting_of_zero_stays_zero() -> None:
    found = sensitivity(TORN, given={"help": 0.0})
    assert found.same_first == 1
    assert [turn.component for turn in found.turns] == ["wait"]
    assert found.turns[0].dropped is None, "nothing would be left"


def test_places_without_evidence_are_left_out() -> None:
    found = sensitivity([*CLEAR, place("unknown")])
    assert len(found.places) == 3
    nothing = sensitivity([place("unknown")])
    assert (nothing.places, nothing.agreement, nothing.turns) == ((), Measure.missing(), ())


def test_agreement_is_kendalls_tau() -> None:
    random = np.random.default_rng(1)
    rows = [place(str(i), wait=w, help=h) for i, (w, h) in enumerate(random.random((25, 2)))]
    turn = next(turn for turn in sensitivity(rows).turns if turn.component == "wait")
    assert turn.dropped is not None
    before = [one.score.value for one in rows]
    after = [one.components["help"].value for one in rows]
    assert turn.dropped.agreement == pytest.approx(kendalltau(before, after).statistic)


def test_the_ranks_given_are_those_of_the_ranking() -> None:
    log = jn.open(SAMPLE)
    ranking = jn.friction(log)
    by_burden = sensitivity(ranking, by="burden", given=dict(log.recipe.costs.items()))
    kept = [one.at for one in ranking if (one.burden.value or 0) > 0]
    assert [one.at for one in by_burden.places][: len(kept)] == kept
    by_score = sensitivity(ranking)
    assert [one.at for one in by_score.places] == [
        one.at for one in sorted(ranking, key=lambda one: -(one.score.value or 0))
    ]


def test_the_samples_burden_holds_where_its_score_does_not() -> None:
    log = jn.open(SAMPLE)
    ranking = jn.friction(log)
    burden = sensitivity(ranking, by="burden", given=dict(log.recipe.costs.items()))
    score = sensitivity(ranking)
    assert burden.same_first == 1
    assert burden.same_top > 0.98 > 0.8 > score.same_top
    assert sum(one.p_top3 for one in score.places) == pytest.approx(3)


def test_very_many_places_take_a_second() -> None:
    random = np.random.default_rng(0)
    rows = [
        place(str(i), **dict(zip(COMPONENTS, row, strict=True))) for i, row in enumerate(random.random((20_000, 7)))
    ]
    start = time.perf_counter()
    found = sensitivity(rows)
    assert time.perf_counter() - start < 20  # on a busy machine; alone it is 3
    assert found.agreement.n >= 200


def test_the_same_question_has_the_same_answer() -> None:
    assert sensitivity(TORN) == sensitivity(TORN)


@pytest.mark.parametrize(
    "given", [{"wate": 1.0}, {"wait": -1.0}, {"wait": float("nan")}, dict.fromkeys(COMPONENTS, 0.0)]
)
def test_mistakes_are_said(given: dict[str, float]) -> None:
    with pytest.raises(JourneyError):
        sensitivity(TORN, given=given)
