"""Logs drawn from known journeys: the truth they claim is the truth they show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from journey.errors import JourneyError
from journey.simulate import Planted, Simulated, World, random_world, simulate, write_parquet

FELT = ("dissatisfaction", "effort")
SEEN = ("exit", "rework", "wait", "switch", "help")
PLANTED = (
    Planted("Sign-up", "exit", 0.25),
    Planted("Activation", "switch", 0.3),
    Planted("Home page", "rework", 0.25),
    Planted("Payment", "wait", 0.3),
    Planted("Contract", "dissatisfaction", 0.3),
    Planted("Renewal notice", "effort", 0.3),
    Planted("First bill", "help", 0.25),
)


def raw_rates(drawn: Simulated) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Severities counted straight from the events, by the definitions and with the window; and how many counted."""
    world = drawn.world
    window = pd.Timedelta(seconds=world.window_s)
    events = drawn.events.sort_values(["case", "time"], kind="stable").copy()
    case = events.groupby("case", sort=False)
    after = case["time"].shift(-1) - events["time"]
    followed = after <= window
    again = events.groupby(["case", "touchpoint"], sort=False)["time"].shift(-1) - events["time"]
    fine = events["touchpoint"].isin([world.goal, *world.ends])
    events["exit"] = (~followed & ~fine).where(events["time"].max() - events["time"] >= window).astype(float)
    events["rework"] = (again <= window).astype(float)
    promise = events["touchpoint"].map(dict(zip(world.touchpoints, world.promise, strict=True)))
    ratio = (events["time"] - case["time"].shift(1)).dt.total_seconds() / promise
    events["wait"] = (np.log(ratio.clip(lower=1)) / np.log(4)).clip(upper=1)
    events["switch"] = (followed & (case["channel"].shift(-1) != events["channel"])).astype(float)
    events["help"] = (followed & case["touchpoint"].shift(-1).isin(world.support)).astype(float)
    events["dissatisfaction"] = 1 - (events["csat"].astype(float) - 1) / 4
    events["effort"] = 1 - (events["ces"].astype(float) - 1) / 6
    by = events.groupby("touchpoint")[[*FELT, *SEEN]]
    return by.mean().reindex(world.touchpoints), by.count().reindex(world.touchpoints)


@pytest.fixture(scope="module")
def large() -> Simulated:
    return simulate(random_world(seed=4), customers=12_000, planted=PLANTED, seed=4)


def test_the_same_seed_draws_the_same_log_and_another_seed_another() -> None:
    one, two, other = (simulate(customers=200, seed=seed, comments=True) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.events, two.events)
    pd.testing.assert_frame_equal(one.truth, two.truth)
    assert not one.events["time"].equals(other.events["time"])


def test_raw_rates_are_the_truth_within_chance(large: Simulated) -> None:
    rates, counts = raw_rates(large)
    truth = large.truth.set_index("touchpoint")
    for name in (*FELT, *SEEN):
        known = truth[name].notna() & (counts[name] >= 100)
        # A severity's deviation is at most a half; person effects widen it a little.
        error = 0.5 * 1.2 / np.sqrt(counts.loc[known, name])
        assert ((rates.loc[known, name] - truth.loc[known, name]).abs() < 4 * error).all(), name


@pytest.mark.parametrize("friction", PLANTED, ids=lambda one: one.component)
def test_planted_friction_shows_in_truth_and_in_raw_rates(large: Simulated, friction: Planted) -> None:
    before = simulate(random_world(seed=4), customers=1, seed=4).truth.set_index("touchpoint")
    after = large.truth.set_index("touchpoint")
    grown = after.at[friction.at, friction.component] - before.at[friction.at, friction.component]
    assert grown == pytest.approx(friction.size, abs=0.04)
    assert after.at[friction.at, f"planted_{friction.component}"] == friction.size
    assert raw_rates(large)[0][friction.component].drop([large.world.goal]).idxmax() == friction.at


def test_truth_is_the_markov_chain_of_its_world(large: Simulated) -> None:
    visits = large.events["touchpoint"].value_counts() / large.events["case"].nunique()
    truth = large.truth.set_index("touchpoint")["visits"]
    assert (visits.reindex(truth.index) - truth).abs().max() < 0.02


def test_those_who_leave_a_step_never_rate_it_and_the_unhappy_answer_more(large: Simulated) -> None:
    events = large.events.sort_values(["case", "time"], kind="stable")
    last = ~events.duplicated("case", keep="last")
    left = last & ~events["touchpoint"].isin([large.world.goal, *large.world.ends])
    assert left.any()
    assert events.loc[left, ["csat", "ces"]].isna().all(axis=None)
    assert 0.3 < events.loc[~left, "csat"].notna().mean() < 0.4
    assert (large.truth["dissatisfaction"] > large.truth["dissatisfaction_felt"]).all()
    assert events.loc[~last, "nps"].isna().all()


def test_customers_have_repeat_passages_one_segment_and_a_temper() -> None:
    drawn = simulate(customers=3000, seed=1)
    cases = drawn.events.groupby("customer")["case"].nunique()
    assert cases.min() == 1
    assert cases.mean() == pytest.approx(1.6, abs=0.06)
    assert (drawn.events.groupby("customer")["segment"].nunique() == 1).all()
    rated = drawn.events.merge(drawn.customers[["customer", "level"]], on="customer").groupby("level")["csat"].mean()
    assert rated.is_monotonic_decreasing
    assert rated.iloc[0] - rated.iloc[-1] > 0.6
    alike = simulate(customers=3000, seed=1, people=0)
    rated = alike.events.merge(alike.customers[["customer", "level"]], on="customer").groupby("level")["csat"].mean()
    assert rated.max() - rated.min() < 0.2


def test_events_are_in_order_of_time_and_on_their_scales() -> None:
    events = simulate(customers=500, seed=2, comments=True).events
    assert events["time"].is_monotonic_increasing
    for name, low, high in (("csat", 1, 5), ("ces", 1, 7), ("nps", 0, 10)):
        assert events[name].dropna().between(low, high).all()
    assert events.loc[events["comment"].notna(), "csat"].notna().all()


def test_a_world_can_be_written_down_by_name() -> None:
    world = World.build(
        {"Buy": ["Cart", "Payment"], "After": ["Delivered", "Help"]},
        {("Cart", "Payment"): 1, ("Payment", "Delivered"): 1, ("Help", "Payment"): 1},
        start={"Cart": 1},
        goal="Delivered",
        support=["Help"],
        leave={"Payment": 0.2},
        promised_hours={"Delivered": 12},
    )
    np.testing.assert_allclose(world.matrix()[1], [0, 0, 0.8, 0])
    drawn = simulate(world, customers=800, planted=[Planted("Payment", "help", 0.4)], seed=3)
    assert set(drawn.events["touchpoint"]) == {"Cart", "Payment", "Delivered", "Help"}
    assert drawn.truth.set_index("touchpoint").at["Payment", "help"] == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("friction", "said"),
    [
        (("Paymnt", "exit", 0.2), "Did you mean “Payment”"),
        (("Payment", "exits", 0.2), "Did you mean “exit”"),
        (("Payment", "exit", 0.0), "size"),
        (("Goal reached", "exit", 0.2), "ends"),
        (("Support call", "help", 0.2), "support touchpoint"),
        (("Social ad", "wait", 0.2), "no promise"),
    ],
)
def test_friction_that_makes_no_sense_is_refused(friction: tuple[str, str, float], said: str) -> None:
    with pytest.raises(JourneyError, match=said):
        simulate(random_world(seed=4), customers=10, planted=[Planted(*friction)])


def test_numbers_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match="customers"):
        simulate(customers=0)
    with pytest.raises(JourneyError, match="touchpoints"):
        random_world(touchpoints=8, stages=6)
    with pytest.raises(JourneyError, match="customers ≤ events"):
        write_parquet(tmp_path / "no.parquet", events=10, customers=20)


@pytest.mark.parametrize(("touchpoints", "stages"), [(5, 1), (12, 3), (200, 8)])
def test_worlds_of_any_size_end(touchpoints: int, stages: int) -> None:
    world = random_world(touchpoints=touchpoints, stages=stages, seed=1)
    assert len(set(world.touchpoints)) == touchpoints
    events = simulate(world, customers=300, seed=1).events
    assert 0.2 < (events["touchpoint"] == world.goal).sum() / events["case"].nunique() < 0.95


def test_saved_with_its_recipe(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    drawn = simulate(customers=50, seed=1, comments=True)
    recipe = yaml.safe_load(drawn.save(tmp_path).read_text(encoding="utf-8"))
    assert recipe == drawn.recipe()
    assert len(pd.read_parquet(tmp_path / recipe["tables"][0]["path"])) == len(drawn.events)
    listed = [name for members in recipe["stages"].values() for name in members]
    assert listed == pd.unique(pd.Series(listed)).tolist()
    assert set(listed) == set(drawn.world.touchpoints)


def test_a_large_file_is_ordered_repeatable_and_looks_like_journeys(tmp_path: Path) -> None:
    paths = [write_parquet(tmp_path / name, events=300_000, customers=30_000, seed=7) for name in ("a", "b")]
    one, two = (pq.read_table(path) for path in paths)
    assert one.equals(two)
    table = one.to_pandas()
    assert len(table) == 300_000
    assert table["time"].is_monotonic_increasing
    assert table["touchpoint"].nunique() == 40
    assert table["case"].between(1, 30_000).all()
    assert table["case"].nunique() > 29_000
    by_case = table.groupby("case")
    assert (by_case["segment"].nunique() == 1).all()
    assert 0.4 < (table["touchpoint"] == "Goal reached").groupby(table["case"]).any().mean() < 0.9
    assert 0.1 < table["csat"].notna().mean() < 0.3
    assert table["csat"].dropna().between(1, 5).all()
    assert table[["csat", "ces"]].corr().iloc[0, 1] > 0.3
    assert pq.ParquetFile(paths[0]).metadata.num_row_groups > 1


def test_few_events_per_customer_make_short_passages(tmp_path: Path) -> None:
    table = pd.read_parquet(write_parquet(tmp_path / "short.parquet", events=30_000, customers=10_000, seed=1))
    assert len(table) == 30_000
    assert table.groupby("case").size().mean() == pytest.approx(3, abs=0.3)


@pytest.mark.slow
def test_the_length_of_a_file_does_not_need_memory(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from journey.simulate import write_parquet\n"
        "write_parquet(sys.argv[1], events=500_000, customers=50_000)\n"
        "small = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "write_parquet(sys.argv[1], events=5_000_000, customers=500_000)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - small) / 1024)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "long.parquet")]
    grown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    # Ten times the rows are 250 MB more of columns; what is held at once is a slice.
    assert float(grown.stdout) < 200


@pytest.mark.slow
def test_the_checked_in_sample_is_what_the_script_makes(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "data"
    command = [sys.executable, str(data / "make_sample.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=data.parent, env={"PYTHONPATH": str(data.parent)})
    assert sum(file.stat().st_size for file in (data / "lumo").iterdir()) < 5_000_000
    made = sorted(file.name for file in tmp_path.iterdir())
    assert made == sorted(file.name for file in (data / "lumo").iterdir() if file.name != "journey.yaml")
    for name in made:
        if name.endswith(".parquet"):
            pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), pd.read_parquet(data / "lumo" / name))
        else:
            pd.testing.assert_frame_equal(pd.read_csv(tmp_path / name), pd.read_csv(data / "lumo" / name))
