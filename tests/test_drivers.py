"""Drivers: shares of R² against brute force, effects against planted ones, and a sentence where nothing can be said."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey.analysis.driver_columns import columns_of, fitted, products, rows_of
from journey.analysis.driver_rewards import contrasts
from journey.analysis.drivers import settled
from journey.analysis.importance import importance_for
from journey.analysis.shares import explained, johnson, lmg
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.driver_words import asked, headline, notes
from journey.draw.driver_words import explained as told_explained
from journey.draw.drivers import driver_ranking, penalty_reward
from journey.draw.quadrant import quadrant
from journey.events.before import Before, Outcome, before, outcomes

SAMPLE = "data/lumo/journey.yaml"
STARS = jn.Scale("stars", 1, 5)
NPS = jn.Scale("nps", 0, 10, about="relation")


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def found(log: jn.EventLog) -> jn.Drivers:
    return jn.drivers(log)


@pytest.fixture(scope="module")
def sfo(shared: Path) -> jn.EventLog:
    return jn.open("data/recipes/sfo.yaml", folder=shared / "data" / "sfo")


def brute(covariance: Any, blocks: list[int]) -> Any:
    """The mean gain of each block over all orders, one order after the other."""
    starts = np.cumsum([0, *blocks])
    own = [list(range(starts[k], starts[k + 1])) for k in range(len(blocks))]

    def r2(chosen: tuple[int, ...]) -> float:
        at = [column for k in chosen for column in own[k]]
        if not at:
            return 0.0
        inner, along = covariance[np.ix_(at, at)], covariance[at, -1]
        return float(along @ np.linalg.pinv(inner, rcond=1e-9) @ along / covariance[-1, -1])

    total = np.zeros(len(blocks))
    for order in itertools.permutations(range(len(blocks))):
        for at, k in enumerate(order):
            total[k] += r2(order[: at + 1]) - r2(order[:at])
    return total / math.factorial(len(blocks))


def people(
    slopes: list[float], n: int = 1_500, *, met: float = 0.75, rated: float = 0.7, noise: float = 1.2, seed: int = 0
) -> Before:
    """Answers 0–10 that hang on what was met and how that was liked; ratings of one person go together."""
    random = np.random.default_rng(seed)
    k = len(slopes)
    mood = random.standard_normal((n, 1))
    stars = np.clip(np.round(3.6 + 0.4 * mood + random.standard_normal((n, k))), 1, 5)
    saw = random.random((n, k)) < met
    told = saw & (random.random((n, k)) < rated)
    value = 6 + (saw * np.array(slopes) * (stars - 3.6)).sum(1) + noise * random.standard_normal(n)
    return made(saw, np.where(told, stars, np.nan), np.clip(np.round(value), 0, 10))


def made(saw: Any, stars: Any, value: Any, *, good: bool = True) -> Before:
    of, at = np.nonzero(saw)
    return Before(
        outcome=Outcome(name="nps", kind="answer", scale=NPS, good=good),
        touchpoints=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: saw.shape[1]]),
        scales=(STARS,) * saw.shape[1],
        value=np.asarray(value, float),
        customer=np.arange(len(value)),
        of=of,
        at=at,
        rating=(stars[saw] - 1) / 4,
    )


# --- shares of R² -----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(blocks=st.lists(st.integers(1, 3), min_size=1, max_size=5), seed=st.integers(0, 10_000), twins=st.booleans())
def test_every_order_gives_what_brute_force_gives(blocks: list[int], seed: int, twins: bool) -> None:
    random, many = np.random.default_rng(seed), sum(blocks) + 1
    table = random.standard_normal((60, many)) @ random.standard_normal((many, many))
    if twins and many > 2:
        table[:, 0] = table[:, 1]
    covariance = np.cov(table.T)
    parts = lmg(covariance, blocks)
    assert parts == pytest.approx(brute(covariance, blocks), abs=1e-6)
    assert parts.sum() == pytest.approx(explained(covariance), abs=1e-6)
    assert johnson(covariance, blocks).sum() == pytest.approx(explained(covariance), abs=1e-6)
    assert lmg(covariance.astype(np.float32), blocks) == pytest.approx(parts, abs=5e-3)


def test_twins_share_and_idle_columns_get_nothing() -> None:
    random = np.random.default_rng(1)
    x = random.standard_normal(500)
    table = np.column_stack([x, x, np.zeros(500), random.standard_normal(500), x + random.standard_normal(500)])
    for share in (lmg, johnson):
        parts = share(np.cov(table.T), [1, 1, 1, 1])
        assert parts[0] == pytest.approx(parts[1], abs=1e-9)
        assert parts[2] == pytest.approx(0, abs=1e-9)
        assert parts[0] > 20 * parts[3]


def test_several_covariances_at_once_give_what_each_gives() -> None:
    random = np.random.default_rng(2)
    several = np.stack(
        [np.cov(random.standard_normal((40, 6)) @ random.standard_normal((6, 6)), rowvar=False) for _ in range(3)]
    )
    for share in (lmg, johnson):
        assert share(several, [2, 1, 2]) == pytest.approx(np.stack([share(one, [2, 1, 2]) for one in several]))


def test_fourteen_touchpoints_take_no_time() -> None:
    import time

    random = np.random.default_rng(3)
    covariance = np.cov((random.standard_normal((500, 29)) @ random.standard_normal((29, 29))).T)
    began = time.perf_counter()
    parts = lmg(covariance, [2] * 14)
    assert time.perf_counter() - began < 1.0
    assert parts.sum() == pytest.approx(explained(covariance))


def test_johnson_says_what_lmg_says() -> None:
    found = people(list(np.linspace(0.8, 0, 10)), seed=4)
    exact, quick = (settled(found, {}, method=method, draws=8) for method in ("lmg", "johnson"))
    of = [(one.importance.value, quick.of(one.at).importance.value) for one in exact.drivers]
    assert np.corrcoef(np.array(of).T)[0, 1] > 0.99


# --- columns ----------------------------------------------------------------------------------------


def test_the_regression_is_the_one_that_was_written_down() -> None:
    found = people([0.9, 0.3, 0.0], n=400, seed=5)
    columns = [one for one in columns_of(found) if one.what != "told"]
    assert [one.what for one in columns] == ["met", "rating"] * 3
    rows = rows_of(found, columns)
    assert len(rows) == 400, "no row is dropped"
    table = products(found, columns)
    wanted = np.linalg.lstsq(np.column_stack([np.ones(400), rows[:, :-1]]), rows[:, -1], rcond=None)[0][1:]
    assert fitted(table).value == pytest.approx(wanted)
    # Rated or not, a visit counts as met; the rating's column is zero where none was given, and sums to zero.
    assert rows[:, 1].sum() == pytest.approx(0, abs=1e-9)
    assert (rows[:, 0] == 1).sum() == (found.at == 0).sum()


def test_the_variance_is_the_sandwich_of_statsmodels() -> None:
    from statsmodels.regression.linear_model import OLS

    found = people([0.9, 0.3], n=300, seed=6)
    columns = columns_of(found)
    rows = rows_of(found, columns)
    groups = np.arange(300) % 60
    ours = fitted(products(Before(**{**{f: getattr(found, f) for f in found.__slots__}, "customer": groups}), columns))
    theirs = OLS(rows[:, -1], np.column_stack([np.ones(300), rows[:, :-1]])).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    assert np.sqrt(np.diag(ours.variance)) == pytest.approx(theirs.bse[1:], rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_products_don_t_hang_on_the_order_of_rows(seed: int) -> None:
    found = people([0.5, 0.2], n=120, seed=seed)
    shuffled = np.random.default_rng(seed).permutation(len(found.of))
    other = Before(
        **{
            **{name: getattr(found, name) for name in found.__slots__},
            "of": found.of[shuffled],
            "at": found.at[shuffled],
            "rating": found.rating[shuffled],
        }
    )
    columns = columns_of(found)
    assert products(other, columns).sums == pytest.approx(products(found, columns).sums)


def test_having_answered_counts_only_where_it_tells_something() -> None:
    assert not settled(people([0.8, 0.4], seed=7), {}, draws=8).told
    random = np.random.default_rng(8)
    saw = np.ones((800, 2), bool)
    stars = random.integers(1, 6, (800, 2)).astype(float)
    stars[random.random((800, 2)) < 0.5] = np.nan
    silent = np.isnan(stars[:, 0])
    value = 7 - 2.0 * silent + random.standard_normal(800)
    found = settled(made(saw, stars, value), {}, draws=8)
    assert found.told
    assert found.drivers[0].at == "A"


# --- known truth ------------------------------------------------------------------------------------


def test_planted_drivers_are_found_with_their_effects() -> None:
    found = settled(people([1.0, 0.5, 0.0, 0.0], n=3_000, rated=1.0), {}, draws=100)
    assert [one.at for one in found.drivers[:2]] == ["A", "B"]
    for at, truth in (("A", 1.0), ("B", 0.5), ("C", 0.0)):
        slope = found.of(at).slope
        assert slope.low <= truth <= slope.high
        assert slope.high - slope.low < 0.25
    assert found.of("A").clear and found.of("B").clear
    assert found.of("A").rank_high == 1
    assert sum(one.importance.value for one in found.drivers) == pytest.approx(1)
    assert found.r2.low <= found.r2.value <= found.r2.high
    assert found.r2.value <= found.r2_seen


def test_what_was_not_met_does_not_pull_the_effect_down() -> None:
    """Filling means in, or dropping rows, would: meeting A is bad news by itself, liking it is good news."""
    random = np.random.default_rng(9)
    saw = np.column_stack([random.random(2_000) < 0.5, random.random(2_000) < 0.8])
    stars = random.integers(1, 6, (2_000, 2)).astype(float)
    value = 6 + saw[:, 0] * (-1.5 + 0.8 * (stars[:, 0] - 3)) + 0.5 * random.standard_normal(2_000)
    found = settled(made(saw, stars, value), {}, draws=20)
    one = found.of("A")
    assert one.slope.low <= 0.8 <= one.slope.high
    assert one.meeting.low <= -1.5 <= one.meeting.high


def test_planted_basic_and_excitement_factors_are_told_apart() -> None:
    random = np.random.default_rng(10)
    n = 2_500
    stars = random.integers(1, 6, (n, 4)).astype(float)
    bad, good = stars <= 2, stars >= 4
    # A costs when bad and gains nothing; B gains only; C both alike; D nothing.
    value = 6 - 2 * bad[:, 0] + 2 * good[:, 1] - bad[:, 2] + good[:, 2] + random.standard_normal(n)
    found = settled(made(np.ones((n, 4), bool), stars, value), {}, draws=20)
    kinds = {one.at: one.kind for one in found.drivers}
    assert kinds == {"A": "basic", "B": "excitement", "C": "performance", "D": None}
    a, b = found.of("A"), found.of("B")
    assert a.penalty.low <= -2 <= a.penalty.high and b.reward.low <= 2 <= b.reward.high
    assert a.asymmetry.high < 0 < b.asymmetry.low
    # The same with an outcome of which less is good.
    turned = contrasts(made(np.ones((n, 4), bool), stars, 12 - value, good=False))
    assert [turned[k].kind for k in range(4)] == ["basic", "excitement", "performance", None]


def coverage(runs: int, seed: int) -> tuple[float, float]:
    slopes = [1.0, 0.5, 0.1, 0.0, 0.0, 0.0]
    truth = settled(people(slopes, 100_000, noise=2.0, seed=999), {}, draws=8)
    held, effects = [], []
    for run in range(runs):
        found = settled(people(slopes, 700, noise=2.0, seed=seed + run), {}, draws=120)
        for one in found.drivers:
            true = truth.of(one.at)
            held.append(one.importance.low <= true.importance.value <= one.importance.high)
            effects.append(one.slope.low <= true.slope.value <= one.slope.high)
    return float(np.mean(held)), float(np.mean(effects))


def test_intervals_hold_the_truth() -> None:
    importance, effect = coverage(14, 100)
    assert importance > 0.89
    assert effect > 0.88


@pytest.mark.slow
def test_intervals_hold_the_truth_in_many_runs() -> None:
    importance, effect = coverage(400, 1_000)
    assert 0.925 < importance < 0.985
    assert 0.92 < effect < 0.975


def test_noise_is_called_a_driver_as_seldom_as_promised() -> None:
    called = runs = 0
    for seed in range(40):
        try:
            found = settled(people([0.0] * 5, 300, seed=seed), {}, draws=8)
        except jn.JourneyError as error:
            assert "no more of it than chance" in str(error)
        else:
            called += any(one.clear for one in found.drivers)
        runs += 1
    assert called / runs < 0.25  # of all runs, at a false discovery rate of 10 %


# --- the sample -------------------------------------------------------------------------------------


def test_the_sample_s_answers_go_with_the_app_and_the_check(log: jn.EventLog, found: jn.Drivers) -> None:
    assert found.drivers[0].at == "App dashboard"
    assert found.drivers[0].rank_high <= 3
    assert {one.at for one in found.drivers if one.rank <= 7} >= {"ID check", "Installation visit"}
    assert found.n == 1_295 and found.customers == 1_032
    assert found.method == "johnson"
    assert found.left_out == {"Cancellation": "few"}
    assert set(found.alike[0]) == {"Friend's referral", "Search result", "Social ad", "Store demo"}
    journey = jn.mine(log)
    for one in found.drivers:
        satisfaction = journey[one.at].satisfaction.value
        if satisfaction is not None:
            assert one.performance.value == pytest.approx((satisfaction - 1) / 4), "the number of every page"
    table = jn.frame(found.drivers)
    assert not table["importance"].isna().any()
    assert "slope_low" in table


def test_exposure_ends_with_the_visit_that_the_answer_belongs_to() -> None:
    rows = pd.DataFrame(
        {
            "c": ["a", "a", "a", "b", "b"],
            "what": ["shop", "survey", "call", "shop", "survey"],
            "when": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-01", "2026-01-02"]),
            "stars": [2, None, 1, 5, None],
            "nps": [None, 3, None, None, 9],
        }
    )
    log = jn.read(rows, case="c", touchpoint="what", time="when", satisfaction=STARS, nps=jn.Scale("nps", 0, 10))
    seen = before(log, "nps")
    assert [seen.touchpoints[k] for k in seen.at[seen.of == 0]].count("call") == 0
    assert sorted(seen.value) == [3, 9]
    assert sorted(seen.rating[np.isfinite(seen.rating)]) == [0.25, 1.0]


def test_a_touchpoint_as_outcome_is_looked_for_after_the_moment(log: jn.EventLog) -> None:
    seen = before(log, "Renewed", after="Renewal notice", horizon="60d")
    rows = log.table(limit=200_000).sort_values(["case", "position"])
    first = rows[rows["touchpoint"] == "Renewal notice"].groupby("case")["time"].min()
    last = pd.Timestamp(rows["time"].max()) - pd.Timedelta(days=60)
    ended = rows[rows["touchpoint"] == "Cancellation"].groupby("case")["time"].min()
    watched = first[first <= last]
    watched = watched[[case not in ended.index or ended[case] > when for case, when in watched.items()]]
    renewed = rows[rows["touchpoint"] == "Renewed"]
    hits = sum(
        ((own["time"] > watched[case]) & (own["time"] <= watched[case] + pd.Timedelta(days=60))).any()
        for case, own in renewed[renewed["case"].isin(watched.index)].groupby("case")
    )
    assert len(seen.value) == len(watched)
    assert seen.value.sum() == hits
    assert "Renewed" not in seen.touchpoints and "Cancellation" not in seen.touchpoints


def test_fewer_touchpoints_go_through_every_order(log: jn.EventLog) -> None:
    chosen = ["App dashboard", "ID check", "Support call"]
    found = jn.drivers(log, "nps<=6", touchpoints=chosen, draws=40)
    assert found.method == "lmg" and {one.at for one in found.drivers} == set(chosen)
    assert found.kind == "yes or no" and found.of("App dashboard").slope.high < 0


def test_what_can_be_asked_for(log: jn.EventLog) -> None:
    assert outcomes(log) == ("nps", "Renewed", "Cancellation")


# --- the airport ------------------------------------------------------------------------------------


def test_johnson_and_lmg_agree_on_the_airport(sfo: jn.EventLog) -> None:
    chosen = list(sfo.touchpoints[:14])
    for outcome in ("nps", "overall"):
        exact, quick = (
            jn.drivers(sfo, outcome, touchpoints=chosen, method=method, draws=8) for method in ("lmg", "johnson")
        )
        both = [(one.importance.value, quick.of(one.at).importance.value) for one in exact.drivers]
        assert np.corrcoef(np.array(both).T)[0, 1] > 0.985


def test_the_airport_is_read_as_people_there_would(sfo: jn.EventLog) -> None:
    overall = jn.drivers(sfo, "overall", draws=100)
    assert overall.n == 2_688 and overall.r2.value == pytest.approx(0.556, abs=0.01)
    assert overall.drivers[0].at == "Restaurants"
    assert overall.of("Security").kind == "basic" and overall.of("Finding the way").kind == "basic"
    advised = jn.drivers(sfo, "nps", draws=100)
    assert {one.at for one in advised.drivers[:2]} == {"Security", "Finding the way"}
    assert advised.of("Long-term parking shuttle").rank > 12


# --- odds -------------------------------------------------------------------------------------------


def test_odds_of_answers_and_of_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    log = small(600)
    for outcome, higher in (("nps", True), ("nps<=6", False)):
        one = jn.driver_odds(log, outcome)[0]
        assert one.at == "shop"
        assert (one.rating.low > 1) if higher else (one.rating.high < 1)
        assert one.rating.low <= one.rating.value <= one.rating.high


def small(n: int, *, seed: int = 0, places: tuple[str, ...] = ("shop", "call"), same: bool = False) -> jn.EventLog:
    """n people who pass the places, rate them on 1–5, and answer; only the first place counts."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(n):
        stars = np.where(same, 4, random.integers(1, 6, len(places)))
        answer = int(np.clip(round(2 * stars[0] + random.normal(0, 1.5)), 0, 10))
        for at, place in enumerate(places):
            last = at == len(places) - 1
            when = pd.Timestamp("2026-01-01") + pd.Timedelta(minutes=person * 10 + at)
            rows.append((person, place, when, stars[at], answer if last else None))
    table = pd.DataFrame(rows, columns=["c", "what", "when", "stars", "nps"])
    return jn.read(table, case="c", touchpoint="what", time="when", satisfaction=STARS, nps=jn.Scale("nps", 0, 10))


# --- bad input --------------------------------------------------------------------------------------


def test_two_touchpoints_and_twins_are_answered() -> None:
    found = jn.drivers(small(300))
    assert [one.at for one in found.drivers] == ["shop", "call"]
    assert found.of("shop").importance.value > 0.95
    random = np.random.default_rng(11)
    stars = np.repeat(random.integers(1, 6, (400, 1)), 2, axis=1).astype(float)
    twins = settled(made(np.ones((400, 2), bool), stars, stars[:, 0] + random.standard_normal(400)), {}, draws=20)
    assert twins.alike == (("A", "B"),)
    assert [one.importance.value for one in twins.drivers] == pytest.approx([0.5, 0.5])
    assert all(one.slope.value is None for one in twins.drivers)
    assert "A, B" in " ".join(notes(twins))


@pytest.mark.parametrize(
    ("log", "options", "sentence"),
    [
        (small(40), {"outcome": "npx"}, "Did you mean “nps”"),
        (small(40), {"outcome": "stars"}, "asked about single touchpoints"),
        (small(40, same=True), {}, "no touchpoint was met by some"),
        (small(15), {}, "at least: there is nothing to explain 15 outcomes by"),
        (small(23), {}, "can't tell 2 quantities at 2 touchpoints apart"),
        (small(60), {"outcome": "nps<=10"}, "All 60 outcomes of “nps<=10” are the same, 1"),
        (small(60), {"outcome": "call", "after": "call"}, "can't be looked for from itself on"),
        (small(60), {"outcome": "call", "horizon": "900d"}, "too short"),
        (small(60), {"touchpoints": ["shpo"]}, "Did you mean “shop”"),
    ],
)
def test_what_can_t_be_said_is_said_in_a_sentence(log: jn.EventLog, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(jn.JourneyError, match=sentence.replace("(", r"\(")):
        jn.drivers(log, **options)


def test_attributes_and_surveys_without_times_have_no_before(log: jn.EventLog) -> None:
    with pytest.raises(jn.JourneyError, match="is an attribute and has no time"):
        jn.drivers(log, "plan")
    with pytest.raises(jn.JourneyError, match="no more of it than chance would"):
        jn.drivers(log, "Renewed", after="Renewal notice")


def test_too_many_touchpoints_for_every_order() -> None:
    with pytest.raises(jn.JourneyError, match="All orders of 22 touchpoints"):
        settled(people([0.2] * 22, seed=12), {}, method="lmg", draws=8)


# --- how it looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_are_drawn_from_the_results(log: jn.EventLog, found: jn.Drivers, theme: Any) -> None:
    standings = importance_for(found, jn.friction(log), declared=True)
    assert standings is not None and standings.target == pytest.approx(0.7)
    by_name = {one.name: one for one in standings.standings}
    assert by_name["ID check"].quadrant == "improve" and by_name["App dashboard"].quadrant == "keep"
    shown = [one for one in found.drivers if one.penalty.value is not None]
    for figure in (
        driver_ranking(found.drivers, found, theme=theme),
        penalty_reward(shown, found, theme=theme),
        quadrant(standings, theme=theme),
    ):
        assert "NaN" not in figure.to_json()
        assert figure.layout.height > 300
    assert list(driver_ranking(found.drivers, found).data[0].customdata) == [one.at for one in found.drivers]


def test_it_is_told_in_words(found: jn.Drivers) -> None:
    assert "App dashboard" in headline(found)
    assert "1,295 answers of 1,032 customers" in asked(found)
    assert "relative weights of 30 touchpoints" in told_explained(found)
    assert any("Cancellation" in text for text in notes(found))


def test_the_verb_prints_tables_and_json(found: jn.Drivers) -> None:
    told = CliRunner().invoke(app, ["drivers", SAMPLE, "--json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)["drivers"]
    assert data["drivers"][0]["at"] == "App dashboard"
    assert data["drivers"][0]["importance"]["value"] == pytest.approx(found.drivers[0].importance.value)
    told = CliRunner().invoke(app, ["drivers", SAMPLE, "--method", "magic"])
    assert told.exit_code == 1
