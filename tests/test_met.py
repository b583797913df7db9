"""Who stays longer: nobody is favoured for having lived long enough, and ratios are those of Cox's model."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from typer.testing import CliRunner

import journey as jn
from journey.app.state import SAMPLE
from journey.cli.verbs import app
from journey.draw.churn_words import changing
from journey.errors import JourneyError
from journey.estimate.hazard import hazard_ratio, log_rank, risks, steady
from journey.success.features import panel_of
from journey.success.logit import RIDGES, fit, fit_chosen
from journey.success.met import survival_of

ROOT = Path(__file__).parents[1]
END = 720.0
DATED = {"nps.csv": "time", "mrr.csv": "date", "tickets.csv": "opened", "usage.csv.gz": "month_start"}


def lived(n: int, rng: np.random.Generator, *, ratio: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts that leave at a constant rate, times `ratio` once they have met a touchpoint; and those meetings."""
    meets = rng.exponential(200.0, n)
    before = rng.exponential(400.0, n)
    left_at = np.where(before < meets, before, meets + rng.exponential(400.0 / ratio, n))
    watched = rng.uniform(100.0, END, n)
    days = np.minimum(left_at, watched)
    lives = pd.DataFrame({"acc": np.arange(n), "days": days, "left": left_at <= watched})
    met = meets <= days
    first = pd.DataFrame({"acc": np.flatnonzero(met), "touchpoint": "Call", "day": meets[met]})
    return lives, first


def split(lives: pd.DataFrame, first: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Stretches before and after the meeting: entered, until, left, met."""
    rows = lives.merge(first, on="acc", how="left")
    day = rows["day"].fillna(np.inf).to_numpy()
    end, left = rows["days"].to_numpy(), rows["left"].to_numpy()
    later = day < end
    return (
        np.r_[np.zeros(end.size), day[later]],
        np.r_[np.minimum(day, end), end[later]],
        np.r_[left & ~later, left[later]],
        np.r_[np.zeros(end.size, bool), np.ones(int(later.sum()), bool)],
    )


def test_the_hazard_ratio_is_that_of_statsmodels_with_exposures_that_change() -> None:
    duration = pytest.importorskip("statsmodels.duration.hazard_regression")
    lives, first = lived(600, np.random.default_rng(0), ratio=1.6)
    entered, until, left, met = split(lives, first)
    ours = hazard_ratio(risks(entered, until, left, met))
    theirs = duration.PHReg(until, met[:, None].astype(float), status=left.astype(float), entry=entered).fit()
    assert ours.value == pytest.approx(float(np.exp(theirs.params[0])), rel=1e-4)
    low, high = np.exp(theirs.conf_int()[0])
    assert ours.low == pytest.approx(float(low), rel=1e-3)
    assert ours.high == pytest.approx(float(high), rel=1e-3)


def test_the_log_rank_test_is_that_of_statsmodels() -> None:
    duration = pytest.importorskip("statsmodels.duration.survfunc")
    rng = np.random.default_rng(1)
    times, gone, group = rng.integers(1, 60, 400).astype(float), rng.random(400) < 0.6, rng.random(400) < 0.4
    _, p = duration.survdiff(times, gone.astype(int), group.astype(int))
    assert log_rank(risks(np.zeros(400), times, gone, group)) == pytest.approx(p, rel=1e-6)


def test_a_ratio_that_changes_is_found_and_a_steady_one_is_not() -> None:
    rng = np.random.default_rng(2)
    n = 3000
    group = np.arange(n) % 2 == 0
    early = np.where(group, rng.exponential(60, n), rng.exponential(120, n))
    # The second group leaves faster at first, more slowly after day 50.
    late = 50 + np.where(group, rng.exponential(400, n), rng.exponential(100, n))
    times = np.where(early < 50, early, late)
    gone = times < 300
    p = steady(risks(np.zeros(n), np.minimum(times, 300), gone, group))
    assert p is not None
    assert p < 1e-6
    assert "changes over time" in changing(p)
    plain = rng.exponential(np.where(group, 100, 150))
    p = steady(risks(np.zeros(n), np.minimum(plain, 300), plain < 300, group))
    assert p is not None
    assert p > 0.01
    assert changing(None) == "can't be told"


def null_runs(runs: int, n: int) -> tuple[float, float, float, float]:
    """Shares of runs without any true effect in which: naive p < .05, ours < .05, our interval holds 0, and 1."""
    naive = ours = holds = ratio = 0
    for seed in range(runs):
        lives, first = lived(n, np.random.default_rng(1000 + seed))
        ever = lives["acc"].isin(first["acc"]).to_numpy()
        p = log_rank(risks(np.zeros(n), lives["days"].to_numpy(), lives["left"].to_numpy(), ever))
        naive += p is not None and p < 0.05
        one = survival_of(lives, first, ["Call"], landmark=60, horizons=(180,)).touchpoints[0]
        ours += one.p is not None and one.p < 0.05
        gap, hazard = one.difference[180], one.hazard
        assert gap.low is not None
        assert gap.high is not None
        assert hazard.low is not None
        assert hazard.high is not None
        holds += gap.low <= 0 <= gap.high
        ratio += hazard.low <= 1 <= hazard.high
    return naive / runs, ours / runs, holds / runs, ratio / runs


def test_ever_met_against_never_met_is_biased_and_ours_is_not() -> None:
    naive, ours, holds, ratio = null_runs(40, 500)
    assert naive > 0.9
    assert ours <= 0.15
    assert holds >= 0.85
    assert ratio >= 0.85


@pytest.mark.slow
def test_coverage_of_the_landmark_comparison() -> None:
    naive, ours, holds, ratio = null_runs(1000, 500)
    assert naive > 0.95
    assert 0.03 <= ours <= 0.07
    assert holds >= 0.93
    assert ratio >= 0.93


def test_a_true_effect_is_found_in_its_size() -> None:
    lives, first = lived(6000, np.random.default_rng(5), ratio=1.8)
    one = survival_of(lives, first, ["Call"], landmark=60).of("Call")
    assert one.clear
    assert one.hazard.low is not None
    assert one.hazard.high is not None
    assert one.hazard.low < 1.8 < one.hazard.high
    assert (one.difference[180].high or 0) < 0


def test_too_few_are_said_and_named() -> None:
    lives, first = lived(300, np.random.default_rng(4))
    few = first.head(5).assign(touchpoint="Rare")
    found = survival_of(lives, pd.concat([first, few]), ["Call", "Rare", "Never"], landmark=60)
    assert set(found.few) == {"Rare", "Never"}
    with pytest.raises(JourneyError, match="was not compared"):
        found.of("Rare")
    with pytest.raises(JourneyError, match="too few to compare"):
        survival_of(lives.assign(left=False), first, ["Call"])


@pytest.mark.parametrize(
    ("stretch", "match"),
    [(([0.0], [1.0, 2.0]), "one length"), (([2.0], [1.0]), "not before"), (([0.0], [np.nan]), "end")],
)
def test_stretches_that_are_none_are_refused(stretch: tuple[list[float], list[float]], match: str) -> None:
    start, end = stretch
    with pytest.raises(JourneyError, match=match):
        risks(start, end, [True], [True])


def test_nothing_to_compare_is_missing_not_a_number() -> None:
    alone = risks(np.zeros(3), [1.0, 2.0, 3.0], [True, True, False], [True, True, True])
    assert hazard_ratio(alone).value is None
    assert log_rank(alone) is None
    assert steady(alone) is None


# --- the forecast ------------------------------------------------------------------------------------


def test_the_chosen_penalty_is_that_of_folds_learnt_to_the_end() -> None:
    rng = np.random.default_rng(5)
    n = 1500
    x = rng.normal(size=(n, 12))
    y = rng.random(n) < 1 / (1 + np.exp(2 - 0.5 * x[:, 0] - 0.3 * x[:, 1]))
    names = tuple(map(str, range(12)))
    fold = np.random.default_rng(0).permutation(n) % 5
    told = {}
    for ridge in RIDGES:
        z = np.zeros(n)
        for k in range(5):
            rest = fold != k
            p = fit(x[rest], y[rest], names=names, cluster=np.flatnonzero(rest), ridge=ridge).predict(x[~rest])
            z[~rest] = np.where(y[~rest], np.log(p), np.log1p(-p))
        told[ridge] = z
    best = max(told.values(), key=np.sum)
    wanted = max(r for r, z in told.items() if (best - z).sum() <= (best - z).std() * n**0.5)
    chosen = fit_chosen(x, y, names=names, cluster=np.arange(n))
    assert chosen.weights == pytest.approx(fit(x, y, names=names, cluster=np.arange(n), ridge=wanted).weights)


def test_what_came_after_a_day_changes_no_feature_of_it(tmp_path: Path) -> None:
    """The sample with everything after a day thrown away, against the whole of it."""
    day = datetime.date(2025, 12, 31)
    folder = SAMPLE.parent
    text = SAMPLE.read_text(encoding="utf-8").replace("as_of: 2026-06-30", f"as_of: {day}")
    (tmp_path / "journey.yaml").write_text(text, encoding="utf-8")
    after = pd.Timestamp(day) + pd.Timedelta(days=1)
    for name, column in (
        ("nps.csv", "time"),
        ("mrr.csv", "date"),
        ("tickets.csv", "opened"),
        ("usage.csv.gz", "month_start"),
    ):
        table = pd.read_csv(folder / name)
        table[pd.to_datetime(table[column]) < after].to_csv(tmp_path / name, index=False)
    events = pd.read_parquet(folder / "events.parquet")
    # Days end in UTC where accounts are looked at.
    local = pd.to_datetime(events["time"]).dt.tz_localize("America/Sao_Paulo").dt.tz_convert("UTC").dt.tz_localize(None)
    events[local < after].to_parquet(tmp_path / "events.parquet")
    (tmp_path / "customers.csv").write_bytes((folder / "customers.csv").read_bytes())
    accounts = pd.read_csv(folder / "accounts.csv")
    accounts["renewal_date"] = None
    for name in ("churn_date", "first_value", "activated"):
        accounts.loc[pd.to_datetime(accounts[name]) >= after, name] = None
    accounts[pd.to_datetime(accounts["start"]) < after].to_csv(tmp_path / "accounts.csv", index=False)
    early = jn.open(tmp_path / "journey.yaml").accounts
    whole = jn.open(SAMPLE).accounts
    from journey.events.accounts_state import state
    from journey.events.accounts_walk import walked
    from journey.events.terms import terms_of

    assert early.log is not None
    assert whole.log is not None
    cut, full = state(early, day), state(whole, day)
    names = [name for name in full.columns if name not in ("acc", "renewal_days", "plan", "seats")]
    both = cut.merge(full, on="account", suffixes=("", "_later"))
    assert len(both) == len(cut) == len(full) > 1000
    for name in names:
        if name != "account":
            assert both[name].fillna(-1).tolist() == both[f"{name}_later"].fillna(-1).tolist(), name
    terms = terms_of(whole.log)
    own, later = (
        walked(a, a.log, terms, [day]).merge(s[["acc", "account"]], on="acc") for a, s in ((early, cut), (whole, full))
    )
    joined = own.merge(later, on=["account", "touchpoint"], how="outer", suffixes=("", "_later"), indicator=True)
    assert (joined["_merge"] == "both").all()
    odd = set()
    for name in own.columns.difference(["acc", "account", "touchpoint", "at"]):
        differ = ~np.isclose(joined[name].to_numpy(float), joined[f"{name}_later"].to_numpy(float))
        odd |= {(name.partition("_")[2], row) for row in np.flatnonzero(differ)}
    # A log is watched until its last event, here minutes before the day ends: one visit's window is over by the day
    # but not by the end of the shorter log, so it is counted in one alone. No sum of severities differs.
    assert {name for name, _ in odd} <= {"count"}
    assert len({row for _, row in odd}) <= 1


def test_very_many_accounts_are_learnt_from_a_sample_and_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from journey.success import features

    monkeypatch.setattr(features, "MOST", 2700)
    monkeypatch.setattr(features, "LANDMARKS", 3)
    accounts = jn.open(SAMPLE).accounts
    some = accounts.sample(900)
    assert 500 < some.n < 1400
    assert accounts.sample(10**6) is accounts
    panel = panel_of(accounts, accounts.log, horizon=90)
    last = panel.at == panel.at.max()
    assert np.unique(panel.acc[~last]).size <= some.n
    assert last.sum() > 2000


# --- how it is shown ----------------------------------------------------------------------------------


def told(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_verb_tells_machines_who_stays() -> None:
    stay = json.loads(told("churn", str(SAMPLE), "--stay", "--json"))
    assert stay["survival"]["landmark_days"] == 30
    assert stay["survival"]["touchpoints"]
    assert not any(one["at"] == "Cancellation" for one in stay["survival"]["touchpoints"])


def test_the_verb_tells_machines_who_may_leave(shared: Path) -> None:
    folder = shared / "data" / "telco"
    if not folder.exists():
        pytest.skip("the Telco table is not here")
    recipe = SAMPLE.parents[1] / "recipes" / "telco.yaml"
    found = json.loads(told("churn", str(recipe), "--folder", str(folder), "--json", "--top", "2"))
    assert found["churn"]["quality"]["auc"]["low"] > 0.84
    assert len(found["churn"]["highest"]) == 2
    assert found["churn"]["highest"][0]["why"]
    assert found["at_risk"]["revenue"]["value"] > 0


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_page_shows_who_may_leave_and_who_stays(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    test.query_params["success"] = "churn"
    test.query_params["lang"] = language
    test._page_hash = calc_hash("success")
    test.run()
    assert not test.exception, [one.value for one in test.exception]
    assert not test.error
    titles = " ".join(one.value for one in test.markdown)
    assert ("Who stays longer" if language == "en" else "Quem fica mais tempo") in titles
