"""Shrinkage: between raw and common, ordered, closer to the truth, and honest about it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import beta

from journey.errors import JourneyError
from journey.estimate import shrink
from journey.model import Measure

ROUNDS = 120


def columns(units: tuple[Measure, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    value, low, high = np.array([(u.value, u.low, u.high) for u in units], float).T
    return value, low, high


def test_rat_tumours() -> None:
    # BDA3 table 5.1 and §5.3: posterior mean of m about .14, of s about 17.6; experiment 71 (4 of 14) about .21.
    yes = [0] * 14 + [1] * 8 + [2] * 9 + [1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4, 4, 4, 4, 10, 4, 4, 4]
    yes += [5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4]
    n = [20] * 7 + [19] * 4 + [18] * 2 + [17] + [20] * 4 + [19] * 2 + [18] * 2 + [25, 24, 23] + [20] * 6
    n += [10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19]
    n += [22, 46, 49, 20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14]
    found = shrink.beta_binomial(yes, n)
    assert len(yes) == len(n) == 71
    assert found.centre == pytest.approx(0.143, abs=0.004)
    assert found.units[-1].value == pytest.approx(0.21, abs=0.008)


def test_shares_lie_between_raw_and_common_mean_in_order() -> None:
    random = np.random.default_rng(2)
    n = np.full(40, 20)
    yes = random.binomial(n, random.beta(6, 14, 40))
    found = shrink.beta_binomial(yes, n)
    value, low, high = columns(found.units)
    raw = yes / n
    assert found.centre is not None
    assert ((value - raw) * (value - found.centre) <= 1e-6).all()
    assert (np.diff(value[np.argsort(raw, kind="stable")]) >= -1e-9).all()
    assert ((low >= 0) & (low <= value) & (value <= high) & (high <= 1)).all()


def test_fewer_answers_are_pulled_further() -> None:
    found = shrink.beta_binomial([4, 40, 10, 20, 30, 25, 15], [5, 50, 50, 50, 50, 50, 50])
    few, many = found.units[0], found.units[1]
    assert (few.value or 0) < (many.value or 0) < 0.8
    assert (few.high or 0) - (few.low or 0) > (many.high or 0) - (many.low or 0)


@pytest.mark.parametrize("units", [1, 2, 2000])
def test_any_number_of_units(units: int) -> None:
    random = np.random.default_rng(units)
    n = random.integers(1, 60, units)
    parts = np.array([random.multinomial(k, [0.5, 0.3, 0.2]) for k in n])
    started = time.perf_counter()
    every = [
        shrink.beta_binomial(parts[:, 0], n),
        shrink.nps(*parts.T),
        shrink.ratings(n, 3 + random.uniform(-1, 1, units), np.ones(units), low=1, high=5),
    ]
    assert time.perf_counter() - started < 20
    for found, (least, most) in zip(every, [(0, 1), (-100, 100), (1, 5)], strict=True):
        value, low, high = columns(found.units)
        assert ((least <= low) & (low <= value) & (value <= high) & (high <= most)).all()
        assert (high > low).all()


def test_units_without_answers_are_missing() -> None:
    for found in (
        shrink.beta_binomial([0, 3, 0], [0, 10, 0]),
        shrink.nps([0, 3, 0], [0, 3, 0], [0, 4, 0]),
        shrink.ratings([0, 10, 0], [np.nan, 4, np.nan], [np.nan, 1, np.nan], low=1, high=5),
    ):
        assert found.units[0] == found.units[2] == Measure.missing()
        assert found.units[1].n == 10
    for none in (shrink.beta_binomial([0], [0]), shrink.nps([], [], []), shrink.ratings([0], [0], [0], low=1, high=5)):
        assert none.centre is None and none.spread is None and all(u == Measure.missing() for u in none.units)


def test_one_unit_alone_is_near_its_raw_share() -> None:
    (unit,) = shrink.beta_binomial([300], [1000]).units
    assert unit.value == pytest.approx(0.3, abs=0.002)
    assert [unit.low, unit.high] == pytest.approx(beta(300.5, 700.5).ppf([0.025, 0.975]), abs=0.002)


@pytest.mark.parametrize("yes", [0, 8])
def test_all_alike_is_not_certainty(yes: int) -> None:
    (unit,) = shrink.beta_binomial([yes], [8]).units
    assert unit.low is not None and unit.high is not None and unit.high - unit.low > 0.2
    rating = shrink.ratings([5, 5], [5, 5], [0, 0], low=1, high=5).units[0]
    assert rating.low is not None and rating.high is not None and rating.high - rating.low > 0.2


def test_equal_input_gives_equal_output() -> None:
    assert shrink.nps([3, 8], [1, 5], [4, 2]) == shrink.nps([3, 8], [1, 5], [4, 2])


@pytest.mark.parametrize("counts", [[[6, 2, 2], [3, 4, 8], [9, 1, 0], [2, 2, 2]], [[6, 0], [1, 8], [3, 5]]])
def test_quadrature_agrees_with_weighted_draws(counts: list[list[int]]) -> None:
    """The same posterior by brute force: hyperparameters from the prior, weighted by the likelihood."""
    random = np.random.default_rng(4)
    x = np.array(counts, float)
    m = random.dirichlet(np.ones(x.shape[1]), 200_000)
    s = np.square(1 / random.uniform(1e-3, 1, len(m)))  # uniform in s^(−1/2), s from 1
    alpha = s[:, None] * m
    log_weight = sum(gammaln(s) - gammaln(s + row.sum()) + (gammaln(alpha + row) - gammaln(alpha)).sum(1) for row in x)
    weight = np.exp(log_weight - np.max(log_weight))
    picked = random.choice(len(m), 20_000, p=weight / weight.sum())
    found = shrink.nps(*x.T) if x.shape[1] == 3 else shrink.beta_binomial(x[:, 0], x.sum(1))
    for unit, row in zip(found.units, x, strict=True):
        part = random.standard_gamma(alpha[picked] + row)
        part = part / part.sum(1, keepdims=True)
        value = 100 * (part[:, 0] - part[:, 2]) if x.shape[1] == 3 else 100 * part[:, 0]
        factor = 1 if x.shape[1] == 3 else 100
        expected = [value.mean(), *np.quantile(value, [0.025, 0.975])]
        assert [factor * (e or 0) for e in (unit.value, unit.low, unit.high)] == pytest.approx(expected, abs=2.5)


def simulate(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    truth = random.beta(4, 9, 25)
    n = random.integers(2, 60, truth.size)
    return truth, random.binomial(n, truth), n


def test_closer_to_the_truth_and_covering_it() -> None:
    """Integrated hyperparameters against raw shares, and against plugging one estimate in."""
    random = np.random.default_rng(11)
    error, raw_error, held, plug = [], [], [], []
    for _ in range(ROUNDS):
        truth, yes, n = simulate(random)
        value, low, high = columns(shrink.beta_binomial(yes, n).units)
        error.append(np.square(value - truth).mean())
        raw_error.append(np.square(yes / n - truth).mean())
        held.append(((low <= truth) & (truth <= high)).mean())
        plug.append(plugged_in(truth, yes, n))
    print(f"MSE {np.mean(error):.4f}, raw {np.mean(raw_error):.4f}; cover {np.mean(held):.3f}, not {np.mean(plug):.3f}")
    assert np.mean(error) < 0.6 * np.mean(raw_error)
    assert 0.93 <= np.mean(held) <= 0.97
    assert np.mean(plug) < np.mean(held) - 0.02


def plugged_in(truth: np.ndarray, yes: np.ndarray, n: np.ndarray) -> float:
    """Coverage of moment-matched empirical Bayes, for comparison."""
    m = yes.sum() / n.sum()
    excess = np.var(yes / n) - m * (1 - m) * np.mean(1 / n)
    s = m * (1 - m) / max(excess, 1e-4) - 1
    low, high = beta(m * s + yes, (1 - m) * s + n - yes).ppf([[0.025], [0.975]])
    return float(((low <= truth) & (truth <= high)).mean())


def test_ratings_cover() -> None:
    random = np.random.default_rng(5)
    held, error, raw_error = [], [], []
    for _ in range(150):
        truth = random.normal(3.4, 0.35, 20)
        n = random.integers(2, 40, 20)
        answers = [np.clip(np.rint(random.normal(t, 1.0, k)), 1, 5) for t, k in zip(truth, n, strict=True)]
        mean, sd = (np.array([f(a) for a in answers]) for f in (np.mean, lambda a: np.std(a, ddof=1)))
        goal = np.array([expected(t) for t in truth])
        value, low, high = columns(shrink.ratings(n, mean, sd, low=1, high=5).units)
        held.append(((low <= goal) & (goal <= high)).mean())
        error.append(np.square(value - goal).mean())
        raw_error.append(np.square(mean - goal).mean())
    assert 0.93 <= np.mean(held) <= 0.97
    assert np.mean(error) < 0.7 * np.mean(raw_error)


def expected(t: float) -> float:
    """Mean of a rounded and clipped normal."""
    x = np.linspace(t - 5, t + 5, 2001)
    weight = np.exp(-np.square(x - t) / 2)
    return float(np.clip(np.rint(x), 1, 5) @ weight / weight.sum())


def test_nps_covers() -> None:
    random = np.random.default_rng(8)
    held = []
    for _ in range(60):
        shares = random.dirichlet([5, 3, 2], 15)
        n = random.integers(2, 40, 15)
        counts = np.array([random.multinomial(k, p) for k, p in zip(n, shares, strict=True)])
        truth = 100 * (shares[:, 0] - shares[:, 2])
        _, low, high = columns(shrink.nps(*counts.T).units)
        held.append(((low <= truth) & (truth <= high)).mean())
    assert 0.93 <= np.mean(held) <= 0.975


@pytest.mark.parametrize(
    "call",
    [
        lambda: shrink.beta_binomial([3], [2]),
        lambda: shrink.beta_binomial([1, 2], [3]),
        lambda: shrink.nps([1], [1, 2], [1]),
        lambda: shrink.ratings([3], [6], [1], low=1, high=5),
        lambda: shrink.normal([3], [0], n=[4], low=1, high=5),
        lambda: shrink.beta_binomial([1], [2], level=2),
    ],
)
def test_nonsense_is_refused(call: object) -> None:
    with pytest.raises(JourneyError):
        call()  # type: ignore[operator]
