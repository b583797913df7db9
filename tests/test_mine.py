"""Mining, variants and funnels, against known answers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pyarrow as pa
import pytest

import journey as jn
from journey.events import cached, marks
from journey.events.engine import arrow_of, run
from journey.model import END, START


def table(**columns: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame["time"] = pd.to_datetime(frame["time"])
    return frame


def log_of(*cases: str, **options: Any) -> jn.EventLog:
    """Cases written as letters, an hour between events."""
    rows = [
        (i, step, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=h))
        for i, c in enumerate(cases)
        for h, step in enumerate(c)
    ]
    frame = pd.DataFrame(rows, columns=["case", "touchpoint", "time"])
    return jn.read(frame, case="case", touchpoint="touchpoint", time="time", **options)


def moves(journey: jn.Journey) -> dict[tuple[Any, Any], int]:
    return {(edge.source, edge.target): edge.moves for edge in journey.transitions}


@pytest.fixture(scope="module", params=["running-example.xes", "running-example.flat.csv.gz"])
def running(request: pytest.FixtureRequest, shared: Path) -> jn.EventLog:
    file = shared / "data" / "logs" / request.param
    return jn.read(file, case="case:concept:name", touchpoint="concept:name", time="time:timestamp")


def test_running_example_holds_exactly(running: jn.EventLog, shared: Path) -> None:
    known = json.loads((shared / "oracles" / "running-example.json").read_text())
    assert running.size == (42, 6, 6)
    found = jn.mine(running)
    got = moves(found)
    assert {k: n for k, n in got.items() if isinstance(k[0], str) and isinstance(k[1], str)} == {
        (source, target): n for source, target, n in known["moves"]
    }
    assert {target: n for (source, target), n in got.items() if source is START} == known["starts"]
    assert {source: n for (source, target), n in got.items() if target is END} == known["ends"]
    edge = next(e for e in found.transitions if (e.source, e.target) == ("check ticket", "decide"))
    wait = known["check ticket -> decide wait_s"]
    assert edge.wait_mean_s == pytest.approx(wait["mean"], abs=1e-6)
    assert (edge.wait_median_s, edge.wait_min_s, edge.wait_max_s) == (wait["median"], wait["min"], wait["max"])
    assert len(jn.variants(running)) == 6


def test_running_example_durations_and_rework(running: jn.EventLog, shared: Path) -> None:
    known = json.loads((shared / "oracles" / "running-example.json").read_text())
    events = running.table()
    spans = events.groupby("case")["time"].agg(lambda t: (t.max() - t.min()).total_seconds())
    expected = known["case duration_s"]
    assert (spans.mean(), spans.median(), spans.min(), spans.max()) == pytest.approx(
        (expected["mean"], expected["median"], expected["min"], expected["max"])
    )
    assert sorted(v.duration_s for v in jn.variants(running)) == sorted(spans)
    again = {t.name: t.visits - t.cases for t in jn.mine(running).touchpoints}
    assert {name for name, n in again.items() if n} == set(known["cases with rework"])


def test_shares_leaving_a_touchpoint_sum_to_one_with_the_end(running: jn.EventLog) -> None:
    frame = jn.frame(jn.mine(running).transitions)
    assert frame.groupby(frame["source"].map(str))["share"].sum().to_numpy() == pytest.approx(1.0)
    assert (frame["cases"] <= frame["moves"]).all()


def test_cases_count_distinct_cases() -> None:
    found = jn.mine(log_of("ABABAB", "AB", "AC", goal="C"))
    edge = next(e for e in found.transitions if (e.source, e.target) == ("A", "B"))
    assert (edge.moves, edge.cases, edge.share) == (4, 2, pytest.approx(4 / 5))
    assert (found["A"].visits, found["A"].cases, found["A"].starts) == (5, 3, 3)
    assert found.reached == 1


def test_marks_by_arrays_are_those_of_the_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "CHUNK", 1000)
    monkeypatch.setattr(marks, "BLOCK", 64)
    sample = jn.simulate(customers=600, seed=5)
    index = jn.read(sample.events, **sample.columns).index
    connection = index.backend.con
    # Several writers may tear a case apart: here its odd events stand behind all others.
    torn = "cid IN (3, 77, 400) AND pos % 2 = 1"
    connection.register("stored", arrow_of(index.table()))
    connection.execute(f"CREATE TABLE kept AS FROM stored ORDER BY {torn}, cid, pos")
    plain = connection.execute("FROM kept").to_arrow_table()
    names = ["again_us", "first_visit", "first_move"]
    by_windows = run(marks.windowed(index.backend.table("kept"))).set_index(["cid", "pos"])[names]
    by_chunks = (
        marks.in_chunks(connection, "kept").to_pandas().set_index([plain["cid"].to_pandas(), plain["pos"].to_pandas()])
    )
    in_memory = marks.in_arrow(plain).to_pandas().set_index(["cid", "pos"])
    assert not by_windows["first_move"].all()
    for found in (by_chunks, in_memory[names]):
        pd.testing.assert_frame_equal(found.sort_index(), by_windows.sort_index(), check_names=False)


@pytest.mark.parametrize("batch", [None, 4, 3])
def test_marks_of_a_case_whose_pieces_stand_in_the_wrong_order(batch: int | None) -> None:
    log = log_of("ABABAC", "AB")
    whole = arrow_of(log.index.table())
    swapped = whole.take([3, 4, 5, 0, 1, 2, 6, 7])
    if batch:
        swapped = pa.Table.from_batches(swapped.to_batches(max_chunksize=batch))
    found = marks.in_arrow(swapped).to_pandas().sort_values(["cid", "pos"])
    assert list(found["first_visit"]) == [True, True, False, False, False, True, True, True]
    assert list(found["first_move"]) == [True, True, False, False, True, True, True, True]


def test_large_logs_are_indexed_in_a_file_that_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = jn.simulate(customers=600, seed=6)
    recipe = sample.save(tmp_path / "log")
    small = jn.open(recipe)
    monkeypatch.setenv("JOURNEY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cached, "LARGE", {".parquet": 1, ".gz": 1, "": 1})
    first = jn.open(recipe)
    files = list((tmp_path / "cache").glob("*.duckdb"))
    assert len(files) == 1
    written = files[0].stat().st_mtime_ns
    again = jn.open(recipe)
    assert files[0].stat().st_mtime_ns == written
    assert list((tmp_path / "cache").glob("draft*")) == []
    for log in (first, again):
        assert log.size == small.size
        assert jn.mine(log) == jn.mine(small)
        assert jn.variants(log, limit=9) == jn.variants(small, limit=9)
        some = small.touchpoints[:8]
        assert jn.mine(log.only(some)) == jn.mine(small.only(some))
        assert [one.at for one in jn.friction(log)] == [one.at for one in jn.friction(small)]
    files[0].unlink()
    assert jn.open(recipe).size == small.size
    (tmp_path / "log" / "events.parquet").unlink()
    sample.events.iloc[:-50].to_parquet(tmp_path / "log" / "events.parquet", index=False)
    assert jn.open(recipe).events == small.events - 50


def test_graph_is_networkx_with_start_and_end_as_nodes() -> None:
    graph = jn.mine(log_of("AB", "AB", "AC")).graph
    assert nx.has_path(graph, START, END)
    assert graph[START]["A"]["moves"] == 3
    assert graph.nodes["A"]["visits"] == 3
    assert sum(edge["share"] for _, _, edge in graph.out_edges("A", data=True)) == pytest.approx(1)


@pytest.mark.parametrize("name", ["(start)", "(end)", "->", "a > b", "a,b", "😀", "None", "NA", "“q”", "é" * 200])
def test_no_name_collides_with_start_or_end(name: str) -> None:
    frame = table(case=[1, 1], touchpoint=[name, "x"], time=["2026-01-01", "2026-01-02"])
    found = jn.mine(jn.read(frame, case="case", touchpoint="touchpoint", time="time"))
    assert moves(found) == {(START, name): 1, (name, "x"): 1, ("x", END): 1}
    assert jn.Journey.from_json(found.to_json()) == found


def test_json_loses_nothing() -> None:
    sample = jn.simulate(customers=200, seed=3)
    found = jn.mine(jn.read(sample.events, **sample.columns), goal=sample.world.goal)
    assert jn.Journey.from_json(found.to_json()) == found
    with pytest.raises(jn.JourneyError, match="not a journey"):
        jn.Journey.from_json("[1]")


def test_equal_times_keep_the_order_of_the_rows() -> None:
    frame = table(case=[1, 1, 1, 1], touchpoint=list("CABA"), time=["2026-01-01"] * 4)
    log = jn.read(frame, case="case", touchpoint="touchpoint", time="time")
    assert jn.variants(log)[0].steps == ("C", "A", "B", "A")
    assert (log.report.ties, log.report.duplicates) == (3, 1)


def test_variants_rank_by_cases_and_name_their_share() -> None:
    found = jn.variants(log_of("AB", "AB", "BA", "A", "AAB"))
    assert [(v.steps, v.cases) for v in found] == [
        (("A", "B"), 2),
        (("A",), 1),
        (("B", "A"), 1),
        (("A", "A", "B"), 1),
    ]
    assert found[0].share.value == pytest.approx(0.4)
    assert found[0].share.n == 5
    assert found[0].duration_s == 3600
    assert len(jn.variants(log_of("AB", "AB", "BA"), limit=1)) == 1


def test_funnel_takes_the_earliest_visit_after_the_step_before() -> None:
    log = log_of("ABC", "BAC", "ACB", "AB", "C", "BABC")
    steps = jn.funnel(log, ["A", "B", "C"])
    assert [s.cases for s in steps] == [5, 4, 2]
    assert steps[1].of_previous.value == pytest.approx(4 / 5)
    assert steps[2].of_first.value == pytest.approx(2 / 5)
    assert steps[1].wait_median_s == 3600
    assert [s.cases for s in jn.funnel(log, ["A", "B", "C"], ordered=False)] == [5, 5, 4]
    assert [s.cases for s in jn.funnel(log, ["A", "B"], within="1h")] == [5, 3]
    assert [s.cases for s in jn.funnel(log, ["B", "A", "B"])] == [5, 2, 1]
    with pytest.raises(jn.JourneyError, match=r"no touchpoint “D”"):
        jn.funnel(log, ["A", "D"])
    with pytest.raises(jn.JourneyError, match="at least two"):
        jn.funnel(log, ["A"])


def test_where_and_between_keep_whole_cases() -> None:
    frame = table(
        case=[1, 1, 2, 2, 3],
        touchpoint=list("ABABA"),
        time=["2026-01-01", "2026-02-01", "2026-01-15", "2026-01-16", "2026-03-01"],
        segment=["new", "new", "old", "old", None],
        device=["web", "app", "web", "web", "app"],
    )
    log = jn.read(frame, case="case", touchpoint="touchpoint", time="time", attributes=["segment", "device"])
    assert log.where(segment="new").size == (2, 1, 1)
    assert log.where(segment=["new", "old"]).cases == 2
    assert log.where(segment=None).cases == 1
    assert log.where(device="app").size == (3, 2, 2)  # the whole case that met it once
    assert log.where(device="app", segment="new").cases == 1
    assert log.between("2026-01-01", "2026-01-31").size == (4, 2, 2)
    assert log.between("2026-02-01").cases == 1
    assert log.met("B").cases == 2
    assert log.not_met("B").cases == 1
    assert dict(log.values("device")) == {"web": 2, "app": 2}
    with pytest.raises(jn.JourneyError, match=r"never “neww”.*Did you mean “new”"):
        log.where(segment="neww")
    with pytest.raises(jn.JourneyError, match=r"no attribute “segmnt”.*segment"):
        log.where(segmnt="new")
    with pytest.raises(jn.JourneyError, match="No case is left"):
        jn.mine(log.between("2030-01-01"))
    with pytest.raises(jn.JourneyError, match="not a date"):
        log.between("soon")


def test_sequences_are_rebuilt() -> None:
    log = log_of("ABBCA", "ACCC")
    assert moves(jn.mine(log.only(list("AC")))) == moves(jn.mine(log_of("ACA", "ACCC")))
    assert moves(jn.mine(log.without(["B"]))) == moves(jn.mine(log_of("ACA", "ACCC")))
    assert moves(jn.mine(log.collapse())) == moves(jn.mine(log_of("ABCA", "AC")))
    assert moves(jn.mine(log.where(touchpoint="B").collapse())) == moves(jn.mine(log_of("ABCA")))
    with pytest.raises(jn.JourneyError, match="No events are left"):
        log.where(touchpoint="B").only([])


def test_split_makes_cases_of_histories() -> None:
    frame = table(
        customer=["a", "a", "a", "b"],
        touchpoint=list("ABAB"),
        time=["2026-01-01 10:00", "2026-01-01 10:20", "2026-01-01 11:00", "2026-01-01 10:00"],
    )
    log = jn.read(frame, case="customer", touchpoint="touchpoint", time="time").split("30m")
    assert log.size == (4, 3, 2)
    assert sorted(set(log.table()["case"])) == ["a#1", "a#2", "b#1"]
    assert log.split("30m").cases == 3


def test_collapse_keeps_the_last_answer() -> None:
    days = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]
    frame = table(case=[1] * 4, touchpoint=list("AAAB"), time=days, stars=[2.0, 4.0, None, None])
    log = jn.read(frame, case="case", touchpoint="touchpoint", time="time", satisfaction=jn.Scale("stars", 1, 5))
    found = jn.mine(log.collapse())
    assert (found["A"].visits, found["A"].satisfaction.n, found["A"].satisfaction_raw) == (1, 1, 4.0)
    assert found["B"].satisfaction == jn.Measure.missing()


def test_marks_leave_the_table_to_those_who_hold_it() -> None:
    log = log_of("ABA", "AB")
    rows = log.rows()
    log.index.table(marked=True)
    assert run(rows.agg(n=rows.count()))["n"].iloc[0] == 5


def test_many_threads_get_the_answers_of_one() -> None:
    sample = jn.simulate(customers=150, seed=8)
    told = {**sample.columns, "goal": sample.world.goal}

    def answers(log: jn.EventLog) -> list[Any]:
        part = log.where(segment=log.values("segment").index[0])
        return [
            jn.mine(log),
            jn.mine(part),
            jn.mine(log.split("2d")),
            jn.variants(part, limit=5),
            list(jn.friction(log)),
        ]

    alone = answers(jn.read(sample.events, **told))
    shared_log = jn.read(sample.events, **told)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: answers(shared_log), range(16)):
            assert found == alone


def test_an_attribute_may_be_called_like_a_column_of_ours() -> None:
    frame = table(
        case=[1, 1], what=["A", "B"], time=["2026-01-01", "2026-01-02"], touchpoint=["x", "y"], position=[5, 6]
    )
    log = jn.read(frame, case="case", touchpoint="what", time="time", attributes=["touchpoint", "position"])
    shown = log.table()
    assert list(shown["touchpoint"]) == ["A", "B"]
    assert list(shown["touchpoint (attribute)"]) == ["x", "y"]
    assert list(shown["position (attribute)"]) == [5, 6]
    assert log.where(touchpoint="A").cases == 1
