"""The same code on Spark: equal moves, waits, measures and friction to DuckDB's."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import journey as jn

pytestmark = [
    pytest.mark.slow,  # Spark takes half a minute to warm up
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    # Spark 4.3 warns of pandas 3, and its own streams are closed late.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="the extra [spark] is not installed")
    folder = tmp_path_factory.mktemp("spark")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built = (
            sql.SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            .getOrCreate()
        )
        built.sparkContext.setLogLevel("ERROR")
        yield built
        built.stop()


@pytest.fixture(scope="module")
def both(session: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[jn.EventLog, jn.EventLog]:
    sample = jn.simulate(customers=300, seed=11)
    recipe = {k: v for k, v in sample.recipe().items() if k not in ("tables", "scales", "name")}
    file: Path = tmp_path_factory.mktemp("events") / "events.parquet"
    sample.events.assign(place=range(len(sample.events))).to_parquet(file, index=False, coerce_timestamps="us")
    told = {**sample.columns, **recipe, "order": "place"}
    return jn.read(file, **told), jn.read(session.read.parquet(str(file)), **told)


def test_spark_stays_on_spark(both: tuple[jn.EventLog, jn.EventLog]) -> None:
    assert both[1].index.backend.name == "pyspark"
    assert both[0].size == both[1].size


def test_moves_waits_and_measures_are_equal(both: tuple[jn.EventLog, jn.EventLog]) -> None:
    here, there = (jn.mine(log) for log in both)
    for ours, theirs in ((here.transitions, there.transitions), (here.touchpoints, there.touchpoints)):
        pd.testing.assert_frame_equal(jn.frame(ours), jn.frame(theirs), rtol=1e-9, check_dtype=False)
    assert here.nps == there.nps
    assert here.reached == there.reached


@pytest.mark.parametrize("transitions", [False, True])
def test_friction_is_equal(both: tuple[jn.EventLog, jn.EventLog], transitions: bool) -> None:
    here, there = (jn.friction(log, transitions=transitions) for log in both)
    assert here.terms == there.terms
    pd.testing.assert_frame_equal(jn.frame(here), jn.frame(there), rtol=1e-6, check_dtype=False)


def test_filters_and_sequences_are_equal(both: tuple[jn.EventLog, jn.EventLog]) -> None:
    segment = both[0].values("segment").index[0]
    names = both[0].touchpoints[:6]
    for change in (
        lambda log: log.where(segment=segment),
        lambda log: log.only(names),
        lambda log: log.split("2d"),
    ):
        here, there = (jn.mine(change(log)) for log in both)
        pd.testing.assert_frame_equal(
            jn.frame(here.transitions), jn.frame(there.transitions), rtol=1e-9, check_dtype=False
        )


def test_variants_and_funnels_are_equal(both: tuple[jn.EventLog, jn.EventLog]) -> None:
    here, there = (jn.variants(log, limit=10) for log in both)
    assert [(v.steps, v.cases) for v in here] == [(v.steps, v.cases) for v in there]
    steps = [t.name for t in jn.mine(both[0]).touchpoints][:3]
    assert jn.funnel(both[0], steps) == jn.funnel(both[1], steps)
