"""Revenue: the identity of its movements, retention against a count by hand, and intervals that hold what they say."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey import recipe as recipes
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.cohorts import cohorts
from journey.draw.revenue import bridge, bridged, movements
from journey.draw.words import Say
from journey.errors import JourneyError
from journey.estimate.bootstrap import draws_of, ratios
from journey.events.revenue_sums import Lives
from journey.success.lifetime import lifetime

ROOT = Path(__file__).parents[1]
LUMO = "data/lumo/journey.yaml"
RECIPE = """\
name: Shop
currency: EUR
accounts:
  path: accounts.csv
  account: id
  start: start
  as_of: {as_of}
  movements: {{path: moves.csv, account: id, date: date, mrr: mrr}}
"""


def shop(moves: pd.DataFrame, *, as_of: str = "2026-06-30", text: str = RECIPE) -> jn.Accounts:
    first = moves.groupby("id", as_index=False)["date"].min().rename(columns={"date": "start"})
    return jn.accounts(recipes.parse(text.format(as_of=as_of)), sources={"accounts": first, "movements": moves})


def moved(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", "date", "mrr"])


@pytest.fixture(scope="module")
def lumo() -> jn.Revenue:
    return jn.revenue(ROOT / LUMO)


# --- the identity ------------------------------------------------------------------------------------


def adds_up(months: Sequence[Any]) -> None:
    for one in months:
        whole = one.start + one.new + one.expansion + one.reactivation - one.contraction - one.churn
        assert one.end == pytest.approx(whole, abs=1e-6)
        heads = one.customers_start + one.customers_new + one.customers_back - one.customers_lost
        assert one.customers_end == heads
        assert min(one.new, one.expansion, one.reactivation, one.contraction, one.churn) >= 0
        assert one.grr.value is None or 0 <= one.grr.value <= 1
        if one.nrr.value is not None:
            assert one.grr.value is not None and one.nrr.value >= one.grr.value - 1e-9
    for one, other in pairwise(months):
        assert other.start == pytest.approx(one.end, abs=1e-6)


def test_the_sample_s_months_add_up_to_what_is_known_of_it(lumo: jn.Revenue) -> None:
    adds_up(lumo.months)
    assert lumo.mrr == pytest.approx(406_149.80)
    assert lumo.customers == 2253
    assert lumo.arpu.value == pytest.approx(406_149.80 / 2253)
    assert sum(one.customers_lost for one in lumo.months) == 343
    assert sum(one.customers_back for one in lumo.months) == 11
    assert lumo.churned.value == pytest.approx(343 / 2585)
    assert not lumo.missing


walk = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 180), st.sampled_from([0.0, 5.0, 9.9, 20.0])), min_size=1, max_size=25
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walk)
def test_any_movements_add_up(steps: list[tuple[int, int, float]]) -> None:
    rows = [(f"a{who}", str(date.fromordinal(date(2026, 1, 1).toordinal() + day)), mrr) for who, day, mrr in steps]
    frame = moved(*rows)
    found = jn.revenue(shop(frame), draws=20)
    adds_up(found.months)
    last = frame.sort_values("date", kind="stable").groupby("id")["mrr"].last()
    if found.months:
        assert found.mrr == pytest.approx(last.sum(), abs=1e-6)
        assert found.customers == (last > 0).sum()
    else:
        assert found.missing["movements"] == "nobody pays"
    for one in found.cohorts:
        assert all(0 <= (m.value or 0) <= 1 for m in one.retention)


# --- by hand -----------------------------------------------------------------------------------------


def by_hand(moves: pd.DataFrame, start: str, end: str) -> dict[str, float]:
    """Logo churn, GRR and NRR of those who paid before `start`, by the end of `end`, customer by customer."""
    moves = moves.sort_values("date", kind="stable")
    before = moves[moves["date"] < start].groupby("customer")["mrr_brl"].last()
    before = before[before > 0]
    after = moves[moves["date"] <= end].groupby("customer")["mrr_brl"].last().reindex(before.index)
    return {
        "n": len(before),
        "churn": (after == 0).mean(),
        "grr": np.minimum(after, before).sum() / before.sum(),
        "nrr": after.sum() / before.sum(),
    }


def test_windows_of_the_sample_are_those_counted_customer_by_customer(lumo: jn.Revenue) -> None:
    moves = pd.read_csv(ROOT / "data/lumo/mrr.csv")
    for window, start in ((lumo.month, "2026-06-01"), (lumo.year, "2025-07-01")):
        assert window is not None
        hand = by_hand(moves, start, "2026-06-30")
        assert (window.start.isoformat(), window.end.isoformat()) == (start, "2026-06-30")
        assert window.customers == hand["n"]
        assert window.logo_churn.value == pytest.approx(hand["churn"])
        assert window.grr.value == pytest.approx(hand["grr"])
        assert window.nrr.value == pytest.approx(hand["nrr"])
        for measure in (window.logo_churn, window.grr, window.nrr):
            assert measure.low is not None and measure.high is not None and measure.value is not None
            assert measure.low < measure.value < measure.high
    month = lumo.month
    assert month is not None and month.logo_churn.value is not None
    assert month.yearly_churn.value == pytest.approx(1 - (1 - month.logo_churn.value) ** 12)


def test_cohorts_are_those_counted_customer_by_customer(lumo: jn.Revenue) -> None:
    moves = pd.read_csv(ROOT / "data/lumo/mrr.csv").sort_values("date", kind="stable")
    first = moves.groupby("customer").first()
    march = first[first["date"].str.startswith("2025-03")]
    one = next(one for one in lumo.cohorts if one.month == date(2025, 3, 1))
    assert (one.customers, one.mrr) == (len(march), pytest.approx(march["mrr_brl"].sum()))
    assert len(one.retention) == 16
    later = moves[(moves["date"] <= "2025-09-30") & moves["customer"].isin(march.index)]
    left = later.groupby("customer")["mrr_brl"].last()
    assert one.retention[6].value == pytest.approx((left > 0).mean())
    assert one.revenue[6].value == pytest.approx(left.sum() / march["mrr_brl"].sum())


def test_kinds_of_movements_by_hand() -> None:
    found = jn.revenue(
        shop(
            moved(
                ("a", "2026-01-10", 10.0),
                ("a", "2026-02-10", 15.0),
                ("a", "2026-03-10", 12.0),
                ("a", "2026-04-10", 0.0),
                ("a", "2026-05-10", 8.0),
                ("b", "2026-01-05", 20.0),
                ("b", "2026-01-05", 25.0),  # a second movement of the day: the last one holds
                ("b", "2026-03-01", 25.0),  # no change
            )
        )
    )
    kinds = ("new", "expansion", "contraction", "churn", "reactivation")
    assert [[getattr(one, kind) for kind in kinds] for one in found.months] == [
        [35, 0, 0, 0, 0],
        [0, 5, 0, 0, 0],
        [0, 0, 3, 0, 0],
        [0, 0, 0, 12, 0],
        [0, 0, 0, 0, 8],
        [0, 0, 0, 0, 0],
    ]
    april = found.months[3]
    assert (april.logo_churn.value, april.grr.value, april.nrr.value) == (
        0.5,
        pytest.approx(25 / 37),
        pytest.approx(25 / 37),
    )
    assert found.month is not None and found.month.grr.value == 1.0
    assert "year" in found.missing and found.missing["year"] == "short"


def test_a_month_that_is_not_over_is_shown_and_not_judged() -> None:
    found = jn.revenue(shop(moved(("a", "2026-01-10", 10.0), ("b", "2026-02-01", 5.0)), as_of="2026-03-15"))
    assert [one.complete for one in found.months] == [True, True, False]
    assert found.month is not None and found.month.end == date(2026, 2, 28)
    assert [len(one.retention) for one in found.cohorts] == [2, 1]


def test_few_losses_are_no_certainty() -> None:
    rows = [(f"a{at}", "2026-01-10", 10.0) for at in range(30)]
    found = jn.revenue(shop(moved(*rows)))
    assert found.month is not None
    assert (found.month.grr.value, found.month.grr.high) == (1.0, 1.0)
    assert found.month.grr.low == pytest.approx(1 - 0.1135, abs=0.001), "Wilson's bound on 0 of 30"
    assert found.month.nrr.low is not None and found.month.nrr.low < 1


# --- lifetime ----------------------------------------------------------------------------------------


def test_lifetime_value_is_its_formula() -> None:
    # A hundred customers; every 30.4375 days one in ten of those left leaves, over ten months.
    days = np.floor(np.arange(1, 11) * 30.4375)
    left = np.array([[10.0, 9, 8, 7, 7, 6, 5, 5, 4, 4]]).T
    stayed = np.zeros_like(left)
    stayed[-1] = 100 - left.sum()
    entered = np.zeros_like(left)
    days, left, stayed = (np.concatenate([[z], x]) for z, x in ((0.0, days), ([0.0], left), ([0.0], stayed)))
    entered = np.zeros_like(left)
    entered[0] = 100
    arpu = jn.Measure(20.0, 19.0, 21.0, 100)
    lives = Lives(days=days, left=left, stayed=stayed, entered=entered)
    worth = lifetime(lives, arpu, margin=0.5, discount=0.1, horizon=36, draws=200, seed=0)
    assert worth is not None
    gone = np.concatenate([[0], np.cumsum(left[1:, 0])])
    stay = 1 - gone / 100
    by_hand = 0.5 * 20 * sum(stay[t] / 1.1 ** (t / 12) for t in range(worth.months))
    assert worth.ltv.value == pytest.approx(by_hand)
    assert (worth.months, worth.asked) == (10, 36)
    assert [m.value for m in worth.stay[:3]] == pytest.approx([1.0, 0.9, 0.81])
    assert worth.ltv.low is not None and worth.ltv.low < by_hand


def test_who_left_before_the_watch_began_is_not_forgotten() -> None:
    """A snapshot holds those who were there in its quarter: taken as watched from their start, they seem to stay."""
    rng = np.random.default_rng(5)
    months = np.ceil(rng.exponential(10, 200_000))
    began = rng.integers(0, 120, len(months))
    there = (began + months > 117) & (began < 120)
    tenure = np.minimum(began + months, 120)[there] - began[there]
    left = (began + months <= 120)[there]
    frame = pd.DataFrame({"id": np.arange(there.sum()), "tenure": tenure, "left": left, "paid": 10 * tenure})
    text = "accounts: {path: a, account: id, tenure_months: tenure, churned: left, paid: paid%s}\n"
    found, naive = (
        jn.revenue(jn.accounts(recipes.parse(text % more), sources={"accounts": frame}), horizon=12, draws=50)
        for more in (", observed_months: 3", "")
    )
    assert found.lifetime is not None and naive.lifetime is not None
    truth = math.exp(-12 / 10)
    assert found.lifetime.stay[12].value == pytest.approx(truth, abs=0.03)
    assert (naive.lifetime.stay[12].value or 0) > truth + 0.2
    assert found.arpu.value == pytest.approx(10)
    assert found.missing == dict.fromkeys(("movements", "month", "year", "cohorts"), "no days")


# --- intervals ---------------------------------------------------------------------------------------


def test_bootstrap_of_one_bucket_a_customer_holds_the_standard_error() -> None:
    rng = np.random.default_rng(2)
    paid = rng.lognormal(3, 0.5, (1, 800))
    (arpu,) = ratios(paid, np.ones((1, 800)), [800], draws_of(800))
    assert arpu.low is not None and arpu.high is not None
    assert (arpu.high - arpu.low) / (2 * 1.96) == pytest.approx(paid.std() / math.sqrt(800), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("customers", [400, 6000])
def test_intervals_hold_the_truth_as_often_as_they_say(customers: int) -> None:
    """GRR and ARPU of simulated customers, in own buckets and in 256 of them."""
    rng = np.random.default_rng(9)
    held = {"grr": 0, "arpu": 0}
    runs = 400
    buckets = customers if customers < 2560 else 256
    for _ in range(runs):
        paid = rng.lognormal(4, 0.6, customers)
        kept = np.where(rng.random(customers) < 0.12, 0.0, paid) * np.where(rng.random(customers) < 0.1, 0.7, 1.0)
        bucket = np.arange(customers) if buckets == customers else rng.integers(0, 256, customers)
        sums = [np.bincount(bucket, x, minlength=buckets) for x in (paid, kept, np.ones(customers))]
        weights = draws_of(buckets, draws=600)
        (grr,) = ratios(sums[1], sums[0], [customers], weights)
        (arpu,) = ratios(sums[0], sums[2], [customers], weights)
        truth = {"grr": 0.88 * 0.97, "arpu": math.exp(4 + 0.18)}
        for name, measure in (("grr", grr), ("arpu", arpu)):
            assert measure.low is not None and measure.high is not None
            held[name] += measure.low <= truth[name] <= measure.high
    assert all(0.93 <= n / runs <= 0.98 for n in held.values()), held


# --- real data ---------------------------------------------------------------------------------------


def test_ravenstack_shows_both_churns_and_follows_the_dated_one(shared: Path) -> None:
    found = jn.revenue(jn.accounts(ROOT / "data/recipes/ravenstack.yaml", folder=shared / "data/ravenstack"), draws=50)
    adds_up(found.months)
    subs = pd.read_csv(shared / "data/ravenstack/ravenstack_subscriptions.csv")
    open_ones = subs[subs["end_date"].isna() | (subs["end_date"] > "2024-12-31")]
    assert found.mrr == pytest.approx(open_ones["mrr_amount"].sum())
    events = (
        pd.read_csv(shared / "data/ravenstack/ravenstack_churn_events.csv").groupby("account_id")["churn_date"].min()
    )
    starts = pd.read_csv(shared / "data/ravenstack/ravenstack_accounts.csv").set_index("account_id")["signup_date"]
    gone = events.reindex(starts.index)
    cohort = (starts < "2024-01-01") & ~(gone < "2024-01-01")
    year = found.year
    assert year is not None and list(year.logo_churn_by) == ["churn events", "revenue"]
    assert year.logo_churn == year.logo_churn_by["churn events"]
    assert (year.logo_churn.n, year.logo_churn.value) == (cohort.sum(), pytest.approx(gone[cohort].notna().mean()))
    assert year.logo_churn_by["revenue"].value == 0.0


def test_telco_tells_what_it_can(shared: Path) -> None:
    found = jn.revenue(jn.accounts(ROOT / "data/recipes/telco.yaml", folder=shared / "data/telco"), draws=50)
    assert found.churned.value == pytest.approx(1869 / 7043)
    assert found.customers == 5174
    assert found.lifetime is not None and found.lifetime.months == 36
    assert set(found.missing) == {"movements", "month", "year", "cohorts"}


# --- figures, command line ---------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_say_the_numbers(lumo: jn.Revenue, theme: Any) -> None:
    months = lumo.months[-12:]
    sums = bridged(months)
    figure = bridge(months, currency="BRL", theme=theme)
    bars = figure.data[0]
    assert list(bars.y) == pytest.approx(list(sums.values()))
    assert figure.layout.yaxis.range[0] == 0, "bars begin at nothing"
    assert "−" in figure.data[1].text[5] and "+" in figure.data[1].text[1]
    assert "NaN" not in movements(lumo.months, currency=None, theme=theme).to_json()
    triangle = cohorts(lumo.cohorts, what="revenue", currency="BRL", theme=theme, say=Say("pt_BR"))
    assert len(triangle.data[0].text) == sum(len(one.retention) for one in lumo.cohorts)


@pytest.fixture(autouse=True)
def _at_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_verb_tells_what_the_function_finds(lumo: jn.Revenue) -> None:
    data = json.loads(CliRunner().invoke(app, ["revenue", LUMO, "--json"], catch_exceptions=False).output)
    assert data["revenue"]["mrr"] == pytest.approx(lumo.mrr)
    assert (data["accounts"], data["as_of"], data["churn_from"]) == (2585, "2026-06-30", "revenue")
    assert data["revenue"]["months"][-1]["month"] == "2026-06-01"
    told = run("revenue", LUMO, "--where", "segment=B2B", "--margin", "0.5")
    assert "325 of 2,585 accounts" in told and "at a margin of 50%" in told
    assert "194 of 3,557 rows could not be used" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["revenue", "data/recipes/olist.yaml"], "tells nothing of accounts"),
        (["revenue", LUMO, "--where", "plan=Gold"], "No account is left"),
        (["revenue", LUMO, "--margin", "2"], "A discount lies between 0 and 1"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], said: str) -> None:
    with pytest.raises(JourneyError, match=said):
        CliRunner().invoke(app, words, catch_exceptions=False)
