"""Counts to figures: known values, honest small samples, coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from journey.errors import JourneyError
from journey.estimate.measures import (
    ces,
    clustered_mean,
    csat_top2,
    mean_t,
    moments,
    net_sentiment,
    non_response_bounds,
    nps,
    nps_difference,
    response_rate,
    satisfaction_index,
    wilson,
)
from journey.model import Measure, Scale

CSAT = Scale("csat", 1, 5)
EASE = Scale("ease", 1, 7, good="high")
EFFORT = Scale("effort", 1, 5, good="low")


def test_wilson_known_value() -> None:
    found = wilson(81, 263)  # Newcombe 1998, table I: .2553 to .3662
    assert (found.value, found.n) == (pytest.approx(81 / 263), 263)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.2553, 0.3662)


def test_wilson_is_open_at_the_ends() -> None:
    none, every = wilson(0, 12), wilson(12, 12)
    assert none.low == 0 and none.high is not None and 0.2 < none.high < 0.3
    assert every.high == 1 and every.low is not None and 0.7 < every.low < 0.8


@pytest.mark.parametrize(
    "found",
    [
        wilson(0, 0),
        mean_t(0, None, None, low=1, high=5),
        nps(0, 0, 0),
        net_sentiment(0, 0, 0),
        nps_difference((1, 2, 3), (0, 0, 0)),
        csat_top2({}, CSAT),
        csat_top2({5: 0}, CSAT),
        ces({}, EASE).mean,
        satisfaction_index(0, None, None, CSAT),
        clustered_mean([0, 0], [0, 0], low=1, high=5),
    ],
)
def test_no_answers_are_missing_not_zero(found: Measure) -> None:
    assert found == Measure.missing()


def test_mean_t_known_value() -> None:
    found = mean_t(10, 3.4, 1.2, low=1, high=5)  # t(9, .975) = 2.262157
    half = 2.262157 * 1.2 / math.sqrt(10)
    assert found.low == pytest.approx(3.4 - half, abs=1e-5)
    assert found.high == pytest.approx(3.4 + half, abs=1e-5)


def test_one_answer_leaves_the_whole_scale_open() -> None:
    assert mean_t(1, 4, None, low=1, high=5) == Measure(4.0, 1.0, 5.0, 1)


@pytest.mark.parametrize("value", [1.0, 3.0, 5.0])
def test_equal_answers_are_not_certainty(value: float) -> None:
    five, many = (mean_t(n, value, 0.0, low=1, high=5) for n in (5, 500))
    for found in (five, many):
        assert found.low is not None and found.high is not None
        assert 1 <= found.low <= value <= found.high <= 5
        assert found.high > found.low
    assert (five.high or 0) - (five.low or 0) > 10 * ((many.high or 0) - (many.low or 0))


def test_moments_of_counts() -> None:
    answers = np.repeat([1, 2, 3, 4, 5], [3, 0, 2, 7, 1])
    n, mean, sd = moments({1: 3, 2: 0, 3: 2, 4: 7, 5: 1})
    assert (n, mean, sd) == (13, pytest.approx(answers.mean()), pytest.approx(answers.std(ddof=1)))
    assert moments({4: 1}) == (1, 4.0, None)
    assert moments({}) == (0, None, None)


def test_csat_is_the_top_two_boxes() -> None:
    counts = {1: 10, 2: 10, 3: 20, 4: 30, 5: 30}
    assert csat_top2(counts, CSAT) == wilson(60, 100)
    assert csat_top2({1: 10, 2: 10, 5: 80}, Scale("pain", 1, 5, good="low")) == wilson(20, 100)
    assert csat_top2({0: 1, 8: 1, 9: 1, 10: 1}, Scale("ten", 0, 10)) == wilson(2, 4)


def test_csat_refuses_thumbs_and_foreign_answers() -> None:
    with pytest.raises(JourneyError, match="fewer than five steps"):
        csat_top2({0: 3, 1: 4}, Scale("thumbs", 0, 1))
    with pytest.raises(JourneyError, match="Answer 6 is outside"):
        csat_top2({6: 1}, CSAT)


def test_both_effort_scores() -> None:
    ease = ces({2: 2, 4: 3, 5: 3, 7: 2}, EASE)
    assert ease.version == "2.0" and ease.easy == wilson(5, 10)
    assert ease.mean.value == pytest.approx(4.5)
    effort = ces({1: 6, 3: 2, 5: 2}, EFFORT)
    assert effort.version == "1.0" and effort.easy == wilson(6, 10)
    assert effort.mean.value == pytest.approx(2.2)


def test_nps_value_and_interval() -> None:
    found = nps(50, 30, 20)
    up, down = 50.75 / 103, 20.75 / 103
    half = 1.959964 * math.sqrt((up + down - (up - down) ** 2) / 103)
    assert found.value == pytest.approx(30) and found.n == 100
    assert found.low == pytest.approx(100 * (up - down - half), abs=1e-4)
    assert found.high == pytest.approx(100 * (up - down + half), abs=1e-4)


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 0, 0), (0, 0, 500)])
def test_nps_interval_holds_its_value_and_its_range(counts: tuple[int, int, int]) -> None:
    found = nps(*counts)
    assert found.value is not None and found.low is not None and found.high is not None
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert found.high > found.low


def test_nps_interval_covers_where_plain_wald_does_not() -> None:
    random = np.random.default_rng(1)
    counts = random.multinomial(10, [0.90, 0.05, 0.05], size=4000)
    found = [nps(*map(int, row)) for row in counts]
    adjusted = np.mean([(m.low or 0) <= 85 <= (m.high or 0) for m in found])
    score = (counts[:, 0] - counts[:, 2]) / 10
    half = 1.96 * np.sqrt(np.maximum((counts[:, 0] + counts[:, 2]) / 10 - score**2, 0) / 10)
    plain = np.mean((score - half <= 0.85) & (score + half >= 0.85))
    assert 0.945 <= adjusted <= 0.985
    assert plain < 0.70


def test_nps_difference() -> None:
    found = nps_difference((60, 20, 20), (40, 30, 30))
    assert found.value == pytest.approx(30) and found.n == 200
    assert found.low is not None and found.high is not None and 0 < found.low < 30 < found.high < 60
    opposite = nps_difference((40, 30, 30), (60, 20, 20))
    assert opposite.low == pytest.approx(-found.high) and opposite.high == pytest.approx(-found.low)


def test_net_sentiment_is_nps_as_a_share() -> None:
    net, score = net_sentiment(7, 2, 3), nps(7, 2, 3)
    assert [100 * (x or 0) for x in (net.value, net.low, net.high)] == pytest.approx(
        [score.value, score.low, score.high]
    )


def test_satisfaction_index_is_mean_pomp() -> None:
    assert satisfaction_index(50, 4, 1, CSAT).value == pytest.approx(75)
    low = satisfaction_index(50, 2, 1, EFFORT)
    assert low.value == pytest.approx(75)
    assert low.low is not None and low.high is not None and low.low < 75 < low.high


def test_non_response() -> None:
    assert non_response_bounds(0.8, 0.25) == pytest.approx((0.2, 0.95))
    assert non_response_bounds(0.8, 1) == pytest.approx((0.8, 0.8))
    assert response_rate(30, 120) == wilson(30, 120)
    with pytest.raises(JourneyError, match="between 0 and 1"):
        non_response_bounds(80, 0.2)


def test_clustered_mean_is_wider_where_customers_repeat_themselves() -> None:
    random = np.random.default_rng(3)
    person = random.integers(1, 6, 40).astype(float)
    once = clustered_mean(person, np.ones(40), low=1, high=5)
    often = clustered_mean(10 * person, np.full(40, 10.0), low=1, high=5)
    plain = mean_t(40, float(person.mean()), float(person.std(ddof=1)), low=1, high=5)
    assert [once.value, once.low, once.high] == pytest.approx([plain.value, plain.low, plain.high])
    assert [often.low, often.high] == pytest.approx([once.low, once.high])
    assert often.n == 400
    assert clustered_mean([20], [5], low=1, high=5) == Measure(4.0, 1.0, 5.0, 5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(5, 3),
        lambda: wilson(-1, 3),
        lambda: wilson(1, 3, level=95),
        lambda: nps(-1, 2, 3),
        lambda: mean_t(3, 6, 1, low=1, high=5),
        lambda: mean_t(3, 4, None, low=1, high=5),
        lambda: mean_t(3, 4, math.nan, low=1, high=5),
    ],
)
def test_nonsense_is_refused(call: object) -> None:
    with pytest.raises(JourneyError):
        call()  # type: ignore[operator]
