"""Friction scores: they add up, stay in range, bear thin data, find what was planted, and cover the truth."""

from __future__ import annotations

import importlib.util
import math
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from journey.analysis.auc import auc, auc_difference, logistic
from journey.analysis.rank import WEIGHTS, rank
from journey.errors import JourneyError
from journey.model import COMPONENTS, Friction, Measure, Tally


def tally(
    *, places: int = 12, buckets: int = 60, seed: int = 0, components: tuple[str, ...] = COMPONENTS, visits: float = 1.5
) -> Tally:
    random = np.random.default_rng(seed)
    shape = (len(components), places, buckets)
    count = random.poisson(visits, shape)
    total = random.binomial(count, random.beta(3, 12, shape[:2])[:, :, None])
    return made(components, count, total)


def made(components: tuple[str, ...], count: np.ndarray, total: np.ndarray) -> Tally:
    return Tally(
        at=tuple(f"place {p}" for p in range(count.shape[1])),
        components=components,
        visits=count.max(0).sum(1).astype(float),
        total=total.astype(float),
        count=count.astype(float),
    )


def sound(found: tuple[Friction, ...], given: Tally) -> None:
    """What must hold of every ranking, whatever the tally."""
    assert sorted(f.at for f in found) == sorted(given.at)
    assert [f.rank for f in found] == list(range(1, len(found) + 1))
    burdens = [f.burden.value for f in found if f.burden.value is not None]
    assert burdens == sorted(burdens, reverse=True)
    for f in found:
        assert 0 <= f.p_top3 <= 1 and 1 <= f.rank_low <= f.rank <= f.rank_high <= len(found) and 0 <= f.coverage <= 1
        assert set(f.contributions) <= set(f.components) == set(f.raw)
        if f.score.value is None:
            assert f.score == f.burden == Measure.missing() and not f.contributions and f.p_top3 == 0
            continue
        assert f.score.value == sum(f.contributions.values())
        for measure, most in [(f.score, 100.0), (f.burden, math.inf), *[(m, 1.0) for m in f.components.values()]]:
            assert measure.value is not None and measure.low is not None and measure.high is not None
            assert 0 <= measure.low <= measure.value <= measure.high <= most + 1e-5
            assert math.isfinite(measure.high)


def test_scores_add_up_and_can_be_recomputed() -> None:
    given = tally()
    found = rank(given)
    sound(found, given)
    for f in found:
        parts = {name: 100 * WEIGHTS[name] * (m.value or 0) for name, m in f.components.items()}
        assert f.contributions == pytest.approx(parts)
        assert f.coverage == pytest.approx(1) and f.score.n == given.visits[given.at.index(str(f.at))]


def test_burden_is_reach_times_excess_times_cost() -> None:
    given = tally()
    target, cost = dict.fromkeys(COMPONENTS, 0.1), {"wait": 7.0, "help": 0.0}
    for f in rank(given, targets=target, costs=cost):
        visits = given.visits[given.at.index(str(f.at))]
        excess = sum(cost.get(n, 1.0) * max((m.value or 0) - 0.1, 0) for n, m in f.components.items())
        assert f.burden.value == pytest.approx(visits * excess)


def test_weights_are_half_felt_half_observed() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert WEIGHTS["dissatisfaction"] + WEIGHTS["effort"] == pytest.approx(0.5)
    only = rank(tally(), weights={name: float(name == "wait") for name in COMPONENTS})
    assert all(f.score.value == pytest.approx(100 * (f.components["wait"].value or 0)) for f in only)


def test_severities_lie_between_raw_and_common() -> None:
    found = rank(tally(places=30, buckets=40))
    for name in COMPONENTS:
        raw = np.array([f.raw[name] for f in found])
        value = np.array([f.components[name].value for f in found], float)
        assert np.ptp(value) < np.ptp(raw)
        assert ((raw.min() <= value) & (value <= raw.max())).all()


def test_a_component_unobserved_everywhere_or_somewhere() -> None:
    given = tally()
    given.count[1] = given.total[1] = 0
    given.count[4, :3] = given.total[4, :3] = 0
    found = rank(given)
    sound(found, given)
    for f in found:
        missing = {"effort"} | ({"wait"} if f.at in ("place 0", "place 1", "place 2") else set())
        assert set(f.components) == set(COMPONENTS) - missing
        assert f.coverage == pytest.approx(1 - sum(WEIGHTS[name] for name in missing))


def test_a_place_without_evidence_is_missing_and_last() -> None:
    given = tally()
    given.count[:, 5] = given.total[:, 5] = 0
    found = rank(given)
    sound(found, given)
    assert found[-1].at == "place 5" and found[-1].score == Measure.missing() and found[-1].coverage == 0


@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("buckets", [1, 2, 30])
def test_few_places_and_few_customers(places: int, buckets: int) -> None:
    given = tally(places=places, buckets=buckets, visits=3)
    sound(rank(given), given)


@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("places", [1, 2, 20])
def test_constant_severities_are_not_certainty(severity: float, places: int) -> None:
    count = np.ones((7, places, 12))
    given = made(COMPONENTS, count, severity * count)
    found = rank(given)
    sound(found, given)
    for f in found:
        assert f.score.value == pytest.approx(100 * severity, abs=1e-6)
        assert (f.score.high or 0) > (f.score.low or 0)
        assert f.burden.value == pytest.approx(0, abs=1e-6)
    if severity == 0 and places == 20:
        assert all(abs(f.p_top3 - 3 / 20) < 0.05 for f in found)


def test_nought_of_twelve_keeps_doubt() -> None:
    count, total = np.ones((1, 1, 12)), np.zeros((1, 1, 12))
    (found,) = rank(made(("exit",), count, total))
    high = found.components["exit"].high
    assert found.components["exit"].value == 0 and high is not None and 0.1 < high < 0.3


def test_one_customer_who_came_often_is_one_witness() -> None:
    count, total = np.zeros((2, 1, 1, 40))
    count[0, 0, 0], total[0, 0, 0] = 40, 20
    (alone,) = rank(made(("exit",), count, total))
    count, total = np.ones((1, 1, 40)), (np.arange(40) % 2)[None, None, :]
    (crowd,) = rank(made(("exit",), count, total))
    assert (alone.score.high or 0) - (alone.score.low or 0) > 2 * ((crowd.score.high or 0) - (crowd.score.low or 0))


def test_customers_who_repeat_themselves_widen_the_interval() -> None:
    random = np.random.default_rng(1)
    person = random.binomial(1, 0.3, (1, 15, 100)).astype(float)
    once = rank(made(("exit",), np.ones_like(person), person))
    often = rank(made(("exit",), np.full_like(person, 9.0), 9 * person))
    widths = [np.mean([(f.score.high or 0) - (f.score.low or 0) for f in found]) for found in (once, often)]
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_the_same_seed_gives_the_same_ranking() -> None:
    given = tally()
    assert rank(given) == rank(given)
    assert [f.score.value for f in rank(given)] == [f.score.value for f in rank(given, seed=9, draws=500)]


def test_transitions_and_a_subset_of_components() -> None:
    given = tally(components=("dissatisfaction", "exit", "wait"))
    pairs = tuple((a, "next") for a in given.at)
    found = rank(
        Tally(at=pairs, components=given.components, visits=given.visits, total=given.total, count=given.count)
    )
    assert found[0].at[1] == "next" and found[0].coverage == pytest.approx(1)
    assert found[0].contributions["dissatisfaction"] == pytest.approx(
        100 * 0.25 / 0.45 * (found[0].components["dissatisfaction"].value or 0)
    )


def test_an_empty_tally_ranks_nothing() -> None:
    none = np.zeros((7, 0, 4))
    assert rank(Tally(at=(), components=COMPONENTS, visits=np.zeros(0), total=none, count=none)) == ()


def test_empty_buckets_change_nothing() -> None:
    given = tally(buckets=40)
    wide = np.zeros((2, 7, 12, 30))
    more = made(COMPONENTS, np.concatenate([given.count, wide[0]], 2), np.concatenate([given.total, wide[1]], 2))
    for one, other in zip(rank(given), rank(more), strict=True):
        assert one.at == other.at and one.score.value == pytest.approx(other.score.value)
        assert one.components["exit"].low == pytest.approx(other.components["exit"].low)


def test_a_bad_place_with_few_visits_does_not_outrank_one_with_many() -> None:
    random = np.random.default_rng(6)
    visits = np.full(20, 300)
    visits[1] = 6
    truth = np.full(20, 0.1)
    truth[:2] = 0.4
    count = np.zeros((1, 20, 300))
    for p, n in enumerate(visits):
        count[0, p, random.choice(300, n, replace=False)] = 1
    found = rank(made(("exit",), count, random.binomial(count.astype(int), truth[None, :, None])))
    assert found[0].at == "place 0" and found[0].p_top3 > 0.99 and found[0].rank_high == 1
    few = next(f for f in found if f.at == "place 1")
    assert (few.score.high or 0) - (few.score.low or 0) > 3 * ((found[0].score.high or 0) - (found[0].score.low or 0))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"weights": {"waiting": 1.0}}, "Did you mean “wait”"),
        ({"weights": {"wait": -1.0}}, "0 or more"),
        ({"weights": dict.fromkeys(COMPONENTS, 0.0)}, "All weights are zero"),
        ({"targets": {"wait": 1.2}}, "from 0 to 1"),
        ({"costs": {"wait": math.nan}}, "0 or more"),
        ({"draws": 0}, "At least one draw"),
    ],
)
def test_bad_settings_are_refused(options: dict[str, object], text: str) -> None:
    with pytest.raises(JourneyError, match=text):
        rank(tally(), **options)  # type: ignore[arg-type]


def test_two_thousand_places() -> None:
    given = tally(places=2000, buckets=256)
    rank(tally())  # warm
    started = time.perf_counter()
    found = rank(given)
    assert time.perf_counter() - started < 5  # about 0.8 s on a quiet core
    sound(found, given)


def benchmark() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_of_friction", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_intervals_cover_quickly() -> None:
    """A small simulation: 1,200 intervals, so three standard errors are about two points."""
    row = benchmark().coverage("normal", 2000, 40, seed=3)
    print(row)
    assert 0.92 <= row["score"] <= 0.98
    assert 0.92 <= row["component"] <= 0.98
    assert row["score"] > row["raw bootstrap"] and row["width / raw"] < 0.95


@pytest.mark.slow
def test_intervals_cover_93_to_97_in_100() -> None:
    module = benchmark()
    rows = {
        (kind, customers): module.coverage(kind, customers, 150, seed=5)
        for kind in module.TRUTHS
        for customers in (400, 2000, 6000)
    }
    for key, row in rows.items():
        print(key, {name: round(float(value), 3) for name, value in row.items()})
    for name in ("score", "component"):
        assert all(0.93 <= row[name] <= 0.97 for row in rows.values()), name
        assert all(0.92 <= row[f"{name}, n < 40"] <= 0.98 for row in rows.values()), name


def test_auc_counts_ties_half_and_agrees_with_pairs() -> None:
    random = np.random.default_rng(0)
    outcome = random.random(200) < 0.3
    score = np.round(random.normal(size=200) + outcome, 1)
    pairs = score[outcome][:, None] - score[~outcome][None, :]
    found = auc(score, outcome)
    assert found.value == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
    assert found.low is not None and found.high is not None and found.low < (found.value or 0) < found.high
    assert found == auc(score, outcome) and found.n == 200
    assert auc(np.zeros(4), [0, 1, 0, 1]).value == 0.5


def test_auc_draws_customers_not_cases() -> None:
    random = np.random.default_rng(2)
    customer = np.repeat(np.arange(60), 8)
    outcome = np.repeat(random.random(60) < 0.4, 8)
    score = np.repeat(random.normal(size=60), 8) + 0.5 * outcome
    alone, together = auc(score, outcome), auc(score, outcome, customer=customer)
    assert (together.high or 0) - (together.low or 0) > 2 * ((alone.high or 0) - (alone.low or 0))


def test_auc_covers() -> None:
    random = np.random.default_rng(7)
    truth, held = 0.7602, 0  # Φ(1/√2)
    for _ in range(120):
        outcome = np.arange(160) % 4 == 0
        found = auc(random.normal(size=160) + outcome, outcome, rounds=300)
        held += (found.low or 0) <= truth <= (found.high or 0)
    assert 0.90 <= held / 120 <= 0.99


def test_auc_difference_is_paired() -> None:
    random = np.random.default_rng(4)
    outcome = random.random(600) < 0.5
    score = random.normal(size=600) + outcome
    close, noise = score + 0.05 * random.normal(size=600), random.normal(size=600)
    near, far = auc_difference(score, close, outcome), auc_difference(score, noise, outcome)
    assert (near.high or 0) - (near.low or 0) < 0.02
    assert far.low is not None and far.low > 0.1
    assert auc_difference(score, score, outcome) == Measure(0.0, 0.0, 0.0, 600)


def test_logistic_learns_out_of_sample() -> None:
    random = np.random.default_rng(5)
    x = random.normal(size=(3000, 3)) * [1, 10, 1] + [0, 50, 0]
    outcome = random.random(3000) < 1 / (1 + np.exp(-(x[:, 0] - 0.1 * (x[:, 1] - 50))))
    x[random.random(3000) < 0.2, 2] = np.nan
    score = logistic(x[:2000], outcome[:2000], x[2000:])
    best = auc(x[2000:, 0] - 0.1 * x[2000:, 1], outcome[2000:])
    assert auc(score, outcome[2000:]).value == pytest.approx(best.value, abs=0.01)
    assert ((score > 0) & (score < 1)).all()
    assert score.mean() == pytest.approx(outcome[2000:].mean(), abs=0.03)
    assert auc(logistic(-x[:2000, :1], outcome[:2000], -x[2000:, :1], nonnegative=True), outcome[2000:]).value == 0.5


def test_logistic_knows_not_met_from_average() -> None:
    x = np.where(np.arange(400)[:, None] % 2 == 0, np.nan, np.random.default_rng(0).normal(size=(400, 1)))
    outcome = np.arange(400) % 2 == 0
    assert auc(logistic(x[:200], outcome[:200], x[200:]), outcome[200:]).value == 1


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: auc([1, 2], [1, 1]), "“yes” for every case"),
        (lambda: auc([1, 2], [0, 0]), "“no” for every case"),
        (lambda: auc([], []), "no outcomes"),
        (lambda: auc([1, math.nan], [0, 1]), "score is missing"),
        (lambda: auc([1, 2, 3], [0, 1]), "one score for each"),
        (lambda: auc([1, 2], [0, 2]), "yes or no"),
        (lambda: auc([1, 2], [0, 1], customer=[1]), "one customer for each"),
        (lambda: logistic([[1], [2]], [1, 1], [[1]]), "for every case"),
        (lambda: logistic([[1], [2]], [0, 1], [[1, 2]]), "same columns"),
    ],
)
def test_what_cannot_be_validated_is_said(call: object, text: str) -> None:
    with pytest.raises(JourneyError, match=text):
        call()  # type: ignore[operator]
