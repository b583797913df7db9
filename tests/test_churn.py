"""Churn: nothing known later is used, chances mean what they say, and money is what the model says it is."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

import journey as jn
from journey.app.state import SAMPLE
from journey.draw import churn as figures
from journey.draw.churn_words import feature
from journey.draw.theme import DARK, LIGHT
from journey.errors import JourneyError
from journey.estimate.hazard import log_rank, risks
from journey.success.features import known
from journey.success.logit import calibration, fit, fit_chosen


@pytest.fixture(scope="module")
def found() -> jn.Churn:
    return jn.churn(jn.open(SAMPLE).accounts)


# --- the model -------------------------------------------------------------------------------------


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    p = expit(-2 + 0.8 * x[:, 0] - 0.4 * x[:, 1])
    return x, rng.random(n) < p, p


def test_the_model_is_the_logistic_model_of_statsmodels_with_clustered_errors() -> None:
    api = pytest.importorskip("statsmodels.api")
    x, y, _ = drawn(2000, 0)
    cluster = np.arange(2000) // 2
    ours = fit(x, y, names=("a", "b", "c"), cluster=cluster, ridge=1e-9)
    z = (x - x.mean(0)) / x.std(0)
    theirs = api.Logit(y.astype(float), api.add_constant(z)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    assert ours.weights == pytest.approx(theirs.params, abs=1e-5)
    assert np.sqrt(np.diagonal(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-3)


def test_chances_of_the_true_model_are_calibrated_and_extreme_ones_are_not() -> None:
    _, y, p = drawn(20_000, 1)
    slope, low, high = calibration(p, y, np.arange(y.size))
    assert low < 1 < high
    assert slope == pytest.approx(1, abs=0.06)
    extreme = expit(2 * np.log(p / (1 - p)))
    assert calibration(extreme, y, np.arange(y.size))[0] == pytest.approx(slope / 2, abs=0.01)
    with pytest.raises(JourneyError, match="all the same"):
        calibration(np.full(10, 0.3), y[:10], np.arange(10))


def test_noise_is_held_down_by_the_chosen_penalty() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(600, 40)), rng.random(600) < 0.1
    names = tuple(map(str, range(40)))
    plain = fit(x, y, names=names, cluster=np.arange(600), ridge=1e-6)
    chosen = fit_chosen(x, y, names=names, cluster=np.arange(600))
    assert np.abs(chosen.weights[1:]).max() < np.abs(plain.weights[1:]).max() / 3


def test_what_is_missing_gets_an_indicator_and_never_a_nan() -> None:
    x, y, _ = drawn(500, 3)
    x[::3, 1] = np.nan
    model = fit(x, y, names=("a", "b", "c"), cluster=np.arange(500))
    assert np.isfinite(model.predict(x)).all()
    assert model.weights.size == 1 + 3 + 1
    with pytest.raises(JourneyError, match="nothing to tell apart"):
        fit(x, np.zeros(500, bool), names=("a", "b", "c"), cluster=np.arange(500))


# --- the sample ------------------------------------------------------------------------------------


def test_the_sample_is_told_better_than_by_any_single_fact(found: jn.Churn) -> None:
    assert (found.quality.auc.low or 0) > 0.6
    assert found.quality.lift.value is not None
    assert found.quality.lift.value > 1.8
    for one in found.baselines:
        assert (one.gain.low or 0) > 0, one
    # What was planted: use falls before leaving, and terms end.
    assert {"use", "term_ends"} <= {one.name for one in found.factors[:4] if one.clear}
    assert found.expected.n == len(found.scores)
    assert found.expected.value == pytest.approx(found.scores["risk"].sum())
    assert found.scores["risk"].between(0, 1).all()


def test_learning_ends_a_horizon_before_trying_begins(found: jn.Churn) -> None:
    panel = found.panel
    assert found.split is not None
    limit = found.split - datetime.timedelta(days=found.horizon_days)
    learnt = [day for day in panel.days if day <= limit]
    rows = known(panel) & (panel.at < len(learnt))
    assert found.learnt == rows.sum()
    tried = known(panel) & np.array([panel.days[at] >= found.split for at in panel.at])
    assert found.quality.tried == tried.sum()
    assert not (rows & tried).any()


def test_bands_count_every_row_tried_once(found: jn.Churn) -> None:
    assert sum(one.left.n for one in found.quality.bands) == found.quality.tried
    told = [one.told for one in found.quality.bands]
    assert told == sorted(told, reverse=True) or told == sorted(told)


def test_revenue_at_risk_is_what_the_model_says_and_money_lies_in_its_interval(found: jn.Churn) -> None:
    money = jn.at_risk(found, currency="BRL")
    scores = found.scores
    assert money.revenue.value == pytest.approx((scores["risk"] * scores["mrr"]).sum())
    assert money.of == pytest.approx(scores["mrr"].sum())
    for one in money.stakes:
        assert one.revenue.low is not None
        assert one.revenue.high is not None
        assert one.revenue.low <= (one.revenue.value or 0) <= one.revenue.high
        assert one.revenue.n <= one.accounts


def test_the_change_in_money_has_the_spread_of_drawn_weights() -> None:
    x, y, _ = drawn(1500, 4)
    model = fit(x, y, names=("a", "b", "c"), cluster=np.arange(1500))
    other = x.copy()
    other[:, 0] -= 0.5
    (value,), (sd,) = model.change(x, other[None], np.full(1500, 10.0))
    rng = np.random.default_rng(0)
    now, then = model.design(x), model.design(other)
    draws = rng.multivariate_normal(model.weights, model.covariance, size=800)
    drawn_values = [10 * (expit(now @ w) - expit(then @ w)).sum() for w in draws]
    assert value == pytest.approx(10 * (model.predict(x) - model.predict(other)).sum())
    assert sd == pytest.approx(np.std(drawn_values), rel=0.12)


def test_why_names_what_raises_the_risk(found: jn.Churn) -> None:
    riskiest = found.scores.nlargest(1, "risk").iloc[0]
    why = found.why(int(riskiest["acc"]))
    assert why
    assert set(why) <= set(found.panel.names)
    assert all(feature(name) for name in found.panel.names)
    with pytest.raises(JourneyError, match="no account number"):
        found.why(10**9)


def test_figures_are_drawn_on_light_and_dark(found: jn.Churn) -> None:
    for theme in (LIGHT, DARK):
        assert figures.calibration(found.quality.bands, theme=theme).data
        assert figures.factors(found.factors[:8], theme=theme).data
        money = jn.at_risk(found, currency="BRL")
        if money.stakes:
            assert figures.stakes(money.stakes[:8], money, theme=theme).data


def test_too_little_to_learn_from_is_said() -> None:
    accounts = jn.open(SAMPLE).accounts
    with pytest.raises(JourneyError, match="Choose a shorter horizon"):
        jn.churn(accounts, horizon=500)
    with pytest.raises(JourneyError, match="1 or more"):
        jn.churn(accounts, horizon=0)
    with pytest.raises(JourneyError, match=r"fewer than 20|too short"):
        jn.churn(accounts.where(plan="Negócio"), horizon=7)


def test_telco_is_told_apart_and_calibrated(shared: Path) -> None:
    folder = shared / "data" / "telco"
    if not folder.exists():
        pytest.skip("the Telco table is not here")
    accounts = jn.accounts(SAMPLE.parents[1] / "recipes" / "telco.yaml", folder=folder)
    quality = jn.churn(accounts).quality
    # Each account is foretold by a model that has not seen it.
    assert (quality.auc.value or 0) >= 0.84
    assert 0.9 <= (quality.slope.value or 0) <= 1.1
    assert (quality.lift.value or 0) >= 2.7


# --- how long accounts stay by what they met ----------------------------------------------------------


def test_the_log_rank_test_finds_a_difference_and_no_other() -> None:
    rng = np.random.default_rng(5)
    times = rng.exponential(100, 800)
    group = np.arange(800) % 2 == 0
    gone = times < 150
    times = np.minimum(times, 150)
    start = np.zeros(800)
    apart = log_rank(risks(start, np.where(group, times / 2, times), gone, group))
    alike = log_rank(risks(start, times, gone, group))
    assert apart is not None
    assert alike is not None
    assert apart < 1e-4
    assert alike > 0.01


def test_meeting_a_touchpoint_early_is_compared_without_the_time_to_get_there() -> None:
    accounts = jn.open(SAMPLE).accounts
    found = jn.survival(accounts, touchpoint=["Welcome call", "First bill"], landmark=60)
    assert {one.at for one in found.touchpoints} | set(found.few) == {"Welcome call", "First bill"}
    for one in found.touchpoints:
        assert one.met.n + one.not_met.n == found.n
    with pytest.raises(JourneyError, match="no touchpoint"):
        jn.survival(accounts, touchpoint="Nowhere")
