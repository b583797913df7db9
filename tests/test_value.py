"""Time to first value, use and support: against statsmodels, against a known truth, and counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey import recipe as recipes
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.accounts_words import term
from journey.draw.engagement import use, waits
from journey.draw.survival import Line, curves
from journey.draw.words import Say
from journey.errors import JourneyError
from journey.estimate.survival import aalen_johansen, kaplan_meier
from journey.model import Measure

ROOT = Path(__file__).parents[1]
LUMO = "data/lumo/journey.yaml"


def counted(times: Any, kinds: Any, *asked: int) -> list[np.ndarray]:
    """Increasing times, and how many of each kind fell on each."""
    days = np.unique(times)
    return [days, *(np.array([((times == day) & (kinds == kind)).sum() for day in days]) for kind in asked)]


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Days and what came first (1 value, 2 left, 0 neither): value after a median of 19.8 days, leaving in between."""
    rng = np.random.default_rng(seed)
    value = 19.8 * np.exp(rng.standard_normal(n))
    left, watched = rng.exponential(90, n), rng.uniform(0, 90, n)
    times = np.minimum(np.minimum(value, left), watched)
    return times, np.where(times == value, 1, np.where(times == left, 2, 0))


# --- the estimators ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_both_estimators_are_those_of_statsmodels() -> None:
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    times, kinds = drawn(500, 3)
    times = np.ceil(times)
    days, value, left, neither = counted(times, kinds, 1, 2, 0)
    waits_, reaches = kaplan_meier(days, value, left + neither), aalen_johansen(days, value, left, neither)
    theirs = SurvfuncRight(times, (kinds == 1).astype(int))
    known = np.isin(days, theirs.surv_times)
    assert np.allclose(np.array(waits_.value)[known], theirs.surv_prob)
    assert np.allclose(np.array(waits_.at_risk)[known], theirs.n_risk)
    assert waits_.when(0.5).value == theirs.quantile(0.5)
    share = CumIncidenceRight(times, kinds)
    known = np.isin(days, share.times)
    assert np.allclose(np.array(reaches.value)[known], share.cinc[0])
    # Back from the interval to the standard error it was made of.
    complement = 1 - np.array(reaches.value)[known]
    width = np.log(np.log(1 - np.array(reaches.low)[known]) / np.log(complement))
    error = np.abs(width) / 1.959964 * np.abs(np.log(complement)) * complement
    inside = (share.cinc[0] > 0.01) & (complement < 0.999)
    assert np.allclose(error[inside], share.cinc_se[0][inside], rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=60))
def test_shares_stay_shares_and_ends_add_up(ends: list[tuple[int, int]]) -> None:
    times, kinds = np.array([t for t, _ in ends]), np.array([k for _, k in ends])
    days, value, left, neither = counted(times, kinds, 1, 2, 0)
    reaches, leaves = aalen_johansen(days, value, left, neither), aalen_johansen(days, left, value, neither)
    either = kaplan_meier(days, value + left, neither)
    for at in range(len(days)):
        assert reaches.value[at] + leaves.value[at] + either.value[at] == pytest.approx(1)
        for curve in (reaches, leaves, either):
            assert (
                -1e-12 <= curve.low[at] <= curve.value[at] + 1e-9
                and curve.value[at] <= curve.high[at] + 1e-9 <= 1 + 2e-9
            )
    assert all(b >= a - 1e-12 for a, b in zip(reaches.value, reaches.value[1:], strict=False))
    # The share that ever has it is never more than those who stay would have it.
    alone = kaplan_meier(days, value, left + neither)
    assert all(share <= 1 - stay + 1e-9 for share, stay in zip(reaches.value, alone.value, strict=True))


def test_late_entry_counts_nobody_before_they_were_watched() -> None:
    curve = kaplan_meier([1, 2, 3], [1, 1, 0], [0, 0, 2], entered=[2, 2, 0])
    assert curve.at_risk == (0.0, 1.0, 2.0)
    with pytest.raises(JourneyError, match="Times must increase"):
        kaplan_meier([2, 1], [1, 1], [0, 0])


def test_the_median_of_achievers_is_12_7_days_where_the_truth_is_19_8() -> None:
    times, kinds = drawn(40_000)
    naive = float(np.median(times[kinds == 1]))
    assert naive == pytest.approx(12.7, abs=0.4)
    days, value, left, neither = counted(np.round(times, 1), kinds, 1, 2, 0)
    median = kaplan_meier(days, value, left + neither).when(0.5)
    assert median.value == pytest.approx(19.8, abs=0.5)
    assert median.low is not None and median.high is not None and median.low <= 19.8 <= median.high
    # What share will have it by day 60, when leaving comes first for some.
    many = np.random.default_rng(1)
    truth_v, truth_l = 19.8 * np.exp(many.standard_normal(2_000_000)), many.exponential(90, 2_000_000)
    share = aalen_johansen(days, value, left, neither).at(60)
    truth = float(((truth_v <= 60) & (truth_v <= truth_l)).mean())
    assert share.low is not None and share.high is not None and share.low <= truth <= share.high
    # One minus Kaplan–Meier is another question's answer.
    assert 1 - (kaplan_meier(days, value, left + neither).at(60).value or 0) > truth + 0.08


@pytest.mark.slow
def test_intervals_hold_the_truth_in_93_of_100_runs() -> None:
    rng = np.random.default_rng(0)
    v, left_ = 19.8 * np.exp(rng.standard_normal(4_000_000)), rng.exponential(90, 4_000_000)
    truth = float(((v <= 60) & (v <= left_)).mean())
    held = {"median": 0, "share": 0}
    runs = 1000
    for seed in range(runs):
        times, kinds = drawn(300, 100 + seed)
        days, value, left, neither = counted(np.round(times, 1), kinds, 1, 2, 0)
        median = kaplan_meier(days, value, left + neither).when(0.5)
        share = aalen_johansen(days, value, left, neither).at(60)
        held["median"] += (median.low or 0) <= 19.8 <= (median.high or np.inf)
        held["share"] += (share.low or 0) <= truth <= (share.high or 1)
    assert all(n / runs >= 0.93 for n in held.values()), held


# --- the sample --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def accounts() -> jn.Accounts:
    return jn.accounts(ROOT / LUMO)


def test_the_sample_s_value_is_that_of_its_touchpoint(accounts: jn.Accounts) -> None:
    found = jn.value(accounts, by="segment")
    table = pd.read_csv(ROOT / "data/lumo/accounts.csv")
    assert (found.n, found.reached) == (2585, table["first_value"].notna().sum())
    assert found.reached + found.left + found.waiting == found.n
    assert found.achievers_median is not None and found.median.value is not None
    assert found.achievers_median < found.median.value
    assert [one.group for one in found.groups] == ["B2C", "B2B"]
    assert sum(one.n for one in found.groups) == found.n
    assert found.share.value is not None and found.left_share.value is not None
    assert found.share.value + found.left_share.value <= 1 + 1e-9
    # The column and the visits of “First savings message” tell the same story.
    log = jn.open(ROOT / LUMO)
    spec = accounts.recipe.accounts
    assert spec is not None
    at = spec.model_copy(update={"value": recipes.accounts.FirstValue(touchpoint=("First savings message",))})
    by_visit = jn.value(jn.accounts(accounts.recipe.model_copy(update={"accounts": at})).of_log(log))
    assert (by_visit.reached, by_visit.median) == (found.reached, found.median)


def test_use_of_the_sample_is_that_counted_by_hand(accounts: jn.Accounts) -> None:
    found = jn.engagement(accounts)
    rows = pd.read_csv(ROOT / "data/lumo/usage.csv.gz", parse_dates=["month_start"])
    rows["over"] = rows["month_start"] + pd.Timedelta(days=29)
    last = rows[(rows["over"] > "2026-05-31") & (rows["over"] <= "2026-06-30")]
    gone = pd.read_csv(ROOT / "data/lumo/mrr.csv")
    gone = gone[gone["movement"] == "churn"].groupby("customer")["date"].min()
    last = last[~(last["customer"].map(gone) < "2026-06-01")]
    used = last[last["active_days"] > 0]
    assert found.last.users == used["customer"].nunique()
    assert found.last.dau_mau.value == pytest.approx(used["active_days"].sum() / 30 / used["customer"].nunique())
    assert found.last.breadth.value == pytest.approx(used["features"].mean(), abs=0.01)
    assert found.missing == {"wau_mau": "months"}
    assert found.last.wau_mau.value is None
    assert found.fell.n <= found.windows[-2].users
    # Who counts as a customer of a window hangs on the table, not on the accounts that are looked at.
    parts = [jn.engagement(accounts.where(segment=name), draws=20).last for name in ("B2B", "B2C")]
    assert sum(one.customers for one in parts) == found.last.customers


def test_daily_rows_tell_days_weeks_and_features() -> None:
    text = (
        "accounts: {path: a, account: id, start: start, as_of: 2026-06-28,"
        " usage: {path: u, account: id, date: day, feature: what}}\n"
    )
    start = pd.DataFrame({"id": ["a", "b", "c"], "start": "2026-01-01"})
    rows = [("a", day, "x") for day in pd.date_range("2026-06-01", "2026-06-28")]
    rows += [("b", pd.Timestamp("2026-06-02"), "x"), ("b", pd.Timestamp("2026-06-02"), "y")]
    rows += [("b", day, "x") for day in pd.date_range("2026-05-05", "2026-05-14")]
    usage = pd.DataFrame(rows, columns=["id", "day", "what"])
    found = jn.engagement(jn.accounts(recipes.parse(text), sources={"accounts": start, "usage": usage}), draws=20)
    assert (found.last.customers, found.last.accounts, found.last.users) == (3, 2, 2)
    assert found.last.dau_mau.value == pytest.approx((28 + 1) / 28 / 2)
    assert found.last.wau_mau.value == pytest.approx((4 + 1) / 4 / 2)
    assert found.last.breadth.value == pytest.approx(1.5)
    assert (found.fell.value, found.fell.n) == (1.0, 1), "only b used it before, and uses it a tenth as much"
    assert not found.missing


def test_open_tickets_count_for_as_long_as_they_wait(accounts: jn.Accounts) -> None:
    found = jn.resolution(accounts, by="topic")
    tickets = pd.read_csv(ROOT / "data/lumo/tickets.csv", parse_dates=["opened", "solved"])
    own = tickets[tickets["customer"].isin(pd.read_csv(ROOT / "data/lumo/accounts.csv")["customer"])]
    assert (found.n, found.open) == (len(own), own["solved"].isna().sum())
    assert sum(one.n for one in found.groups) == found.n
    solved = (own["solved"] - own["opened"]).dt.total_seconds()
    assert found.solved_median_s.value == pytest.approx(solved.median(), rel=0.01)
    # With half of them open, what is solved is quick, and the truth is not known yet.
    text = "accounts: {path: a, account: id, start: s, as_of: 2026-01-10,"
    text += " tickets: {path: t, account: id, opened: o, solved: d}}\n"
    table = pd.DataFrame({"id": "a", "o": "2026-01-01 00:00:00", "d": ["2026-01-01 01:00:00"] * 4 + [None] * 6})
    one = jn.resolution(
        jn.accounts(
            recipes.parse(text),
            sources={"accounts": pd.DataFrame({"id": ["a"], "s": ["2026-01-01"]}), "tickets": table},
        )
    )
    assert (one.n, one.open) == (10, 6)
    assert one.solved_median_s.value is None
    assert one.solved is not None and one.solved.at(3600).value == pytest.approx(0.6)


# --- figures, command line ---------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_are_drawn_from_the_results(accounts: jn.Accounts, theme: Any) -> None:
    found = jn.value(accounts, by="plan")
    figure = curves(
        [Line("Stay", found.waits, turned=True), Line("All <b>", found.reaches)],
        until=120, unit="days", at_risk="watched", theme=theme, say=Say("pt_BR"),
    )  # fmt: skip
    assert "NaN" not in figure.to_json()
    assert figure.data[3].name == "All &lt;b&gt;"
    assert [note.text for note in figure.layout.annotations].count("2.585") == 1, "one row: both watch the same"
    assert 0.49 < figure.data[1].y[list(figure.data[1].x).index(60.0)] < 0.53
    engaged, waited = jn.engagement(accounts), jn.resolution(accounts, by="channel")
    for drawn_ in (use(engaged, theme=theme), waits((waited, *waited.groups), what="reply", theme=theme)):
        assert "NaN" not in drawn_.to_json()


def test_times_without_an_end_say_so() -> None:
    assert term(Measure(60.0, 58.0, 61.0, 9)) == "60 d (58–61)"
    assert term(Measure(60.0, 58.0, None, 9)) == "60 d (58 or more)"
    assert term(Measure(None, None, None, 9)) == "–"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_verb_and_its_json(monkeypatch: pytest.MonkeyPatch, accounts: jn.Accounts) -> None:
    data = json.loads(run(monkeypatch, "value", LUMO, "--by", "segment", "--json"))
    assert data["value"]["reached"] == 2275
    assert len(data["value"]["groups"]) == 2
    assert data["engagement"]["missing"] == {"wau_mau": "months"}
    assert data["resolution"]["groups"][0]["group"] == "bill"
    told = " ".join(run(monkeypatch, "value", LUMO).split())
    assert "2,275 of 2,585 accounts have reached it" in told and "too short wherever some do" in told


def test_a_recipe_without_value_still_tells_of_use(monkeypatch: pytest.MonkeyPatch, shared: Path) -> None:
    with pytest.raises(JourneyError, match="does not say what first value is"):
        run(monkeypatch, "value", "data/recipes/telco.yaml", "--folder", str(shared / "data/telco"))
    told = run(monkeypatch, "value", "data/recipes/ravenstack.yaml", "--folder", str(shared / "data/ravenstack"))
    assert "450 of 500 accounts" in " ".join(told.split()) and "WAU/MAU" in told
    with pytest.raises(JourneyError, match="Accounts have no attribute “segmnt”"):
        run(monkeypatch, "value", LUMO, "--by", "segmnt")
