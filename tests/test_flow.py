"""Flow: small chains by hand, every formula against brute force, intervals that cover, and mistakes in a sentence."""

from __future__ import annotations

import json
import math
import pickle
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import journey as jn
from journey.analysis import carried as flow_module
from journey.analysis.chain import first_order, sampled
from journey.analysis.levers import shifts
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.carried import carriers, converted, gains, times
from journey.model import Journey, Place, Touchpoint, Transition

Moves = Mapping[tuple[Place, Place], int]
S, E = jn.START, jn.END


@pytest.fixture(scope="module")
def sample(root: Path) -> jn.EventLog:
    return jn.open(root / "data" / "lumo" / "journey.yaml")


def made(moves: Moves, *, goal: str = "G", wait: float | None = 10.0, **fields: Any) -> Journey:
    names = dict.fromkeys(p for edge in moves for p in edge if isinstance(p, str))
    cases = sum(n for (source, _), n in moves.items() if source is S)
    edges = tuple(Transition(source=a, target=b, moves=n, wait_mean_s=wait) for (a, b), n in moves.items())
    return Journey(
        touchpoints=tuple(Touchpoint(name=name) for name in names),
        transitions=edges,
        **{"goal": (goal,), "cases": cases, **fields},
    )


# From A half go to B, a quarter back to A, a quarter leave; from B four in five reach the goal.
SMALL: Moves = {(S, "A"): 100, ("A", "B"): 50, ("A", "A"): 25, ("A", E): 25, ("B", "G"): 40, ("B", E): 10}


def solved(moves: Moves, *, without: str | None = None, goal: str = "G") -> float:
    """The goal rate by value iteration, the slow and sure way; whoever comes to `without` is lost."""
    total: dict[Place, int] = {}
    for (source, _), n in moves.items():
        total[source] = total.get(source, 0) + n
    worth: dict[Place, float] = dict.fromkeys(total, 0.0)
    for _ in range(5000):
        new: dict[Place, float] = dict.fromkeys(total, 0.0)
        for (source, target), n in moves.items():
            if target is E or target == without:
                continue
            new[source] += n / total[source] * (1.0 if target == goal else worth.get(target, 0.0))
        if max(abs(new[k] - worth[k]) for k in total) < 1e-14:
            break
        worth = new
    return worth[S]


def test_a_small_chain_by_hand() -> None:
    flow = jn.flow(made(SMALL))
    assert flow.goal_rate.value == pytest.approx(2 / 3 * 0.8)
    assert flow.reach["A"].value == 1
    assert flow.reach["B"].value == pytest.approx(2 / 3)
    assert flow.returns["A"] == pytest.approx(1 / 3)
    assert flow.removal["B"].value == 1
    assert set(flow.mandatory) == {"A", "B", "G"}
    # 4/3 visits to A, 2/3 to B, .8 · 2/3 to the goal.
    assert flow.steps.value == pytest.approx(4 / 3 + 2 / 3 + 2 / 3 * 0.8)
    # Three in four of A's visits and four in five of B's wait ten seconds for what comes next.
    assert flow.duration_s == pytest.approx(4 / 3 * 7.5 + 2 / 3 * 8)
    worst = flow.bottlenecks[0]
    assert (worst.at, worst.seconds, worst.wait_s) == ("A", pytest.approx(10), pytest.approx(7.5))
    assert sum(one.share for one in flow.bottlenecks) == pytest.approx(1)
    best = flow.levers[0]
    assert (best.at, best.less, best.more) == ("A", E, "B")
    assert best.gain == pytest.approx(4 / 3 * 0.8 * 0.01)
    assert best.cases == pytest.approx(100 * best.gain)
    walked = {(one.source, one.target): one.share for one in flow.converters}
    assert walked[("A", "B")] == pytest.approx(0.75)
    assert walked[("B", "G")] == pytest.approx(1)
    for measure in (flow.goal_rate, flow.steps, *flow.reach.values(), *flow.removal.values()):
        assert measure.low <= measure.value <= measure.high  # type: ignore[operator]
        assert measure.n == 100
    assert list(jn.frame(flow.levers).columns) == ["at", "less", "more", "gain", "cases", "share"]


def test_steps_spread_as_a_geometric_distribution() -> None:
    flow = jn.flow(made({(S, "A"): 9, ("A", "A"): 60, ("A", "G"): 40}))
    assert flow.steps.value == pytest.approx(1 / 0.4 + 1)
    assert flow.steps_sd == pytest.approx(math.sqrt(0.6) / 0.4)


@pytest.mark.parametrize("up", [30, 50, 70])
def test_gamblers_ruin(up: int) -> None:
    rungs, start = 8, 3
    moves: dict[tuple[Place, Place], int] = {(S, f"{start}"): 10}
    for rung in range(1, rungs):
        moves[f"{rung}", "G" if rung == rungs - 1 else f"{rung + 1}"] = up
        moves[f"{rung}", E if rung == 1 else f"{rung - 1}"] = 100 - up
    odds = (100 - up) / up
    known = start / rungs if odds == 1 else (1 - odds**start) / (1 - odds**rungs)
    assert jn.flow(made(moves), draws=0).goal_rate.value == pytest.approx(known, abs=1e-12)


@st.composite
def chains(draw: st.DrawFn) -> Moves:
    names: list[Place] = [*"ABCDE"[: draw(st.integers(2, 5))], "G"]
    counts = st.integers(0, 9)
    moves: dict[tuple[Place, Place], int] = {}
    for source in names[:-1]:
        moves |= {(source, target): n for target in names if (n := draw(counts))}
        moves[source, E] = draw(st.integers(1, 9))
        moves[S, source] = draw(counts)
    moves[S, "A"] = draw(st.integers(1, 9))
    return {edge: n for edge, n in moves.items() if n} | {("G", "A"): 3, ("G", E): 1}


@settings(max_examples=25, deadline=None)
@given(chains(), st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_formulas_equal_brute_force(moves: Moves, x: float, y: float) -> None:
    flow = jn.flow(made(moves), draws=0)
    rate = solved({edge: n for edge, n in moves.items() if edge[0] != "G"})
    assert flow.goal_rate.value == pytest.approx(rate, abs=1e-9)
    before = {edge: n for edge, n in moves.items() if edge[0] != "G"}
    for name, lost in flow.removal.items():
        if rate == 0:
            assert lost.value is None
        elif name != "G":
            assert lost.value == pytest.approx(1 - solved(before, without=name) / rate, abs=1e-7)
            cut = {(a, b): n for (a, b), n in before.items() if a != name}
            assert flow.reach[name].value == pytest.approx(solved(cut, goal=name), abs=1e-7)
    # One row and several, against a journey with these shares from the start.
    for changes in ({"A": {E: x}}, {"A": {E: x}, "B": {"G": y}}):
        asked = {(source, target): p for source, row in changes.items() for target, p in row.items()}
        known = _redone(before, changes)
        if math.isnan(known):
            with pytest.raises(jn.JourneyError, match="add up to 1"):
                flow.what_if(asked)
        else:
            assert flow.what_if(asked).goal_rate.value == pytest.approx(known, abs=1e-7)
    walked: dict[Place, float] = {}
    for step in flow.converters:
        walked[step.source] = walked.get(step.source, 0) + step.share
    assert all(total == pytest.approx(1) for total in walked.values())


def _redone(moves: Moves, given_: Mapping[Place, Mapping[Place, float]]) -> float:
    shares: dict[tuple[Place, Place], float] = {}
    for source in {a for a, _ in moves}:
        row = {b: float(n) for (a, b), n in moves.items() if a == source}
        new = given_.get(source, {})
        rest = sum(n for b, n in row.items() if b not in new)
        if not rest and sum(new.values()) < 1:
            return math.nan
        scale = (1 - sum(new.values())) / rest if rest else 0
        shares |= {(source, b): n * scale for b, n in row.items() if b not in new}
        shares |= {(source, b): p for b, p in new.items()}
    return solved(shares)  # type: ignore[arg-type]


def test_a_lever_is_the_slope_of_what_if() -> None:
    flow = jn.flow(made(SMALL))
    lever = next(one for one in flow.levers if one.at == "A" and one.less is E)
    moved = flow.what_if({("A", E): 0.25 - 1e-4, ("A", "B"): 0.5 + 1e-4})
    assert moved.gain.value == pytest.approx(lever.gain / 100, rel=1e-3)
    assert moved.gain.low < moved.gain.value < moved.gain.high  # type: ignore[operator]
    same = flow.what_if({})
    assert (same.gain.value, same.cases) == (0, 0)
    assert flow.what_if({("A", "G"): 0.1}).duration_s is None  # nobody has waited from A to G yet
    assert flow.what_if({("B", E): 0.1}).duration_s == pytest.approx(4 / 3 * 7.5 + 2 / 3 * 9)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({("A", "A"): 1.0}, "for ever"),
        ({("A", "A"): 1.0, ("B", E): 0.0}, "for ever"),
        ({("A", "X"): 0.1}, "no touchpoint “X”"),
        ({("A", "B"): 1.2}, "between 0 and 1"),
        ({("A", "B"): 0.7, ("A", E): 0.6}, "more than 1"),
        ({("A", "B"): 0.2, ("A", E): 0.2, ("A", "A"): 0.2}, "add up to 1"),
        ({("G", "A"): 0.2}, "is the goal"),
    ],
)
def test_what_if_says_what_cannot_be(changes: Any, message: str) -> None:
    with pytest.raises(jn.JourneyError, match=message):
        jn.flow(made(SMALL)).what_if(changes)


@pytest.mark.parametrize(
    "moves, options, message",
    [
        (SMALL, {"goal": ()}, "needs a goal"),
        ({(S, "A"): 3, ("A", "G"): 1, ("A", "B"): 2}, {}, "“B” no transition leads"),
        ({(S, "A"): 3, ("A", "G"): 1, ("A", "B"): 2, ("B", "C"): 9, ("C", "B"): 8}, {}, "“B”, “C” no transition"),
        ({("A", "G"): 3, ("G", E): 3}, {}, "mined journey"),
        ({}, {}, "mined journey"),
    ],
)
def test_what_cannot_flow_is_said(moves: Moves, options: dict[str, Any], message: str) -> None:
    with pytest.raises(jn.JourneyError, match=message):
        jn.flow(replace(made(moves), **options))
    with pytest.raises(jn.JourneyError, match=r"Did you mean “Paid”|no touchpoint"):
        jn.flow(made({(S, "A"): 1, ("A", "Paid"): 1}), goal="Payd")


def test_the_edges_of_what_flows() -> None:
    nobody = jn.flow(made({(S, "A"): 20, ("A", E): 20}))
    assert (nobody.goal_rate.value, nobody.goal_rate.low) == (0, 0)
    assert 0.1 < nobody.goal_rate.high < 0.3  # type: ignore[operator]
    assert nobody.removal == {"A": jn.Measure.missing()}
    assert nobody.levers == nobody.converters == nobody.mandatory == ()

    all_ = jn.flow(made({(S, "G"): 20, ("G", "A"): 5, ("G", E): 15, ("A", E): 5}))
    assert (all_.goal_rate.value, all_.goal_rate.high) == (1, 1)
    assert all_.goal_rate.low < 0.9  # type: ignore[operator]
    assert all_.reach["A"].value == 0
    assert all_.duration_s == 0
    assert (all_.bottlenecks, all_.steps.value) == ((), 1)

    # A loop that no case can come to changes nothing.
    apart = jn.flow(made({**SMALL, ("X", "Y"): 4, ("Y", "X"): 4}))
    assert apart.goal_rate.value == pytest.approx(2 / 3 * 0.8)
    assert apart.reach["X"].value == apart.removal["X"].value == 0
    unknown = jn.flow(made(SMALL, wait=None), draws=0)
    assert unknown.duration_s is None
    assert unknown.goal_rate.low is None
    assert unknown.what_if({("A", E): 0.1}).gain.low is None
    two = jn.flow(made(SMALL), goal=["B", "G"])
    assert two.goal_rate.value == pytest.approx(2 / 3)
    assert pickle.loads(pickle.dumps(two)).what_if({}).gain.value == 0


def test_draws_and_first_order_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    moves = {edge: 20 * n for edge, n in SMALL.items()} | {("A", "C"): 300, ("C", "G"): 100, ("C", E): 200}
    journey = made(moves)
    drawn = jn.flow(journey, draws=2000)
    assert drawn == jn.flow(journey, draws=2000)
    chain = drawn.chain
    goal, steps, reach, lost = sampled(chain, 4000, 1)
    by_hand = first_order(chain)
    for sample, sd in zip((goal, steps, reach, lost), by_hand, strict=True):
        assert np.allclose(sample.std(0), sd, rtol=0.08, atol=1e-6)
    monkeypatch.setattr(flow_module, "MOST_WORK", 0.0)
    plain = jn.flow(journey)
    for name in "BC":
        assert plain.removal[name].low == pytest.approx(drawn.removal[name].low, abs=0.01)


def test_intervals_cover_the_truth() -> None:
    random = np.random.default_rng(3)
    truth = jn.flow(made(SMALL | {("A", "C"): 50, ("C", "G"): 20, ("C", E): 30}), draws=0)
    assert truth.goal_rate.value is not None
    held = np.zeros(4)
    wished: Any = {("A", E): 0.1}
    trials = 300
    for trial in range(trials):
        a, b, c = (
            random.multinomial(n, p)
            for n, p in ((150, [1 / 3, 1 / 6, 1 / 6, 1 / 3]), (60, [0.8, 0.2]), (50, [0.4, 0.6]))
        )
        keys = [("A", "B"), ("A", "A"), ("A", E), ("A", "C"), ("B", "G"), ("B", E), ("C", "G"), ("C", E)]
        moves = {(S, "A"): 100, **dict(zip(keys, [*a, *b, *c], strict=True))}
        got = jn.flow(made({edge: int(n) for edge, n in moves.items()}), draws=200, seed=trial)
        pairs = [(got.goal_rate, truth.goal_rate), (got.reach["C"], truth.reach["C"])]
        pairs.append((got.removal["B"], truth.removal["B"]))
        pairs.append((got.what_if(wished).gain, truth.what_if(wished).gain))
        held += [one.low <= known.value <= one.high for one, known in pairs]  # type: ignore[operator]
    assert (held / trials > 0.89).all(), held / trials


def test_the_sample_flows(sample: jn.EventLog) -> None:
    log = sample
    journey = jn.mine(log)
    start = time.perf_counter()
    flow = jn.flow(journey)
    assert time.perf_counter() - start < 3  # under a second where nothing else runs
    assert flow.goal == ("Renewed",)
    assert 0.15 < flow.goal_rate.value < 0.25 < flow.observed.value + 0.01  # type: ignore[operator]
    assert "ID check" in flow.mandatory
    assert "Store demo" not in flow.mandatory
    assert len(flow.levers) == 50
    assert flow.duration_s == pytest.approx(sum(one.seconds for one in flow.bottlenecks))
    # To keep half of those who leave at the ID check would help.
    leave = next(e.share for e in journey.transitions if e.source == "ID check" and e.target is E)
    assert leave is not None
    assert flow.what_if({("ID check", E): leave / 2}).gain.low > 0  # type: ignore[operator]


def test_the_running_example_flows(root: Path, shared: Path) -> None:
    log = jn.open(root / "data" / "recipes" / "running_example.yaml", folder=shared / "data" / "logs")
    flow = jn.flow(jn.mine(log))
    # Nothing follows the goal here, so the chain gives back the counts: 3 of 6 cases, 42 events.
    assert flow.goal_rate.value == pytest.approx(0.5)
    assert flow.observed.value == 0.5
    assert flow.steps.value == pytest.approx(7)
    assert set(flow.mandatory) == {"register request", "decide", "pay compensation"}
    assert flow.removal["examine thoroughly"].value < 1  # type: ignore[operator]


def test_the_verb(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    words = ["flow", "data/lumo/journey.yaml", "--where", "segment=B2B"]
    said = CliRunner().invoke(app, words, catch_exceptions=False)
    text = " ".join(said.output.split())
    for part in (
        "Goal “Renewed”",
        "removal effect",
        "(mandatory)",
        "of all time",
        "points",
        "Association is not cause:",
    ):
        assert part in text
    told = json.loads(CliRunner().invoke(app, [*words, "--json", "--goal", "Device activation"]).output)
    assert told["flow"]["goal"] == ["Device activation"]
    assert 0 < told["flow"]["removal"]["ID check"]["value"] <= 1
    assert told["cases"] < told["of_cases"]
    assert {"boundary": "end"} in [lever["less"] for lever in told["flow"]["levers"]]


def test_many_touchpoints() -> None:
    random = np.random.default_rng(0)
    names = [f"T{k}" for k in range(799)] + ["G"]
    moves: dict[tuple[Place, Place], int] = {(S, names[k]): 50 for k in range(20)}
    for name in names[:-1]:
        moves |= {(name, names[k]): int(random.integers(1, 200)) for k in random.integers(0, 800, 6)}
        moves[name, E] = int(random.integers(1, 300))
    flow = jn.flow(made(moves), draws=0)
    # A few of them the slow way: take the touchpoint out and solve again.
    q = flow.chain.q.toarray()
    for name in ("T3", "T500", "T700"):
        k = flow.chain.names.index(name)
        rest = np.delete(np.delete(q, k, 0), k, 1)
        b = np.linalg.solve(np.eye(len(rest)) - rest, np.delete(flow.chain.goal, k).astype(float))
        assert flow.removal[name].value == pytest.approx(1 - b[0] / flow.chain.chance[0], abs=1e-8)
    start = time.perf_counter()
    gain = flow.what_if({("T3", E): 0.0}).gain.value
    assert time.perf_counter() - start < 0.1  # a millisecond where nothing else runs
    assert gain is not None
    assert gain > 0


# --- followed to the first goal ----------------------------------------------------------------------


def test_followed_to_the_goal_the_chain_gives_the_counted_rate(sample: jn.EventLog) -> None:
    log = sample
    journey = jn.mine(log, until_goal=True)
    assert journey.cases == 6000
    assert journey.reached == 1502
    ends = {edge.source: edge for edge in journey.transitions if edge.target is E}
    assert ends["Renewed"].moves == ends["Renewed"].cases == journey["Renewed"].visits == 1502
    assert not [edge for edge in journey.transitions if edge.source == "Renewed" and edge.target is not E]
    assert sum(edge.moves for edge in ends.values()) == 6000
    flow = jn.flow(journey)
    assert flow.goal_rate == flow.observed
    assert flow.goal_rate.value == pytest.approx(1502 / 6000)
    assert flow.steps.value == pytest.approx(journey.events / 6000)
    assert flow.met["ID check"].value == journey["ID check"].cases / 6000
    assert flow.through == {}
    same = jn.flow(log)
    assert (same.goal_rate, same.removal, same.met) == (flow.goal_rate, flow.removal, flow.met)
    assert same.through["Renewal notice"].value == pytest.approx(1498 / 1502)
    # Where the same person may renew twice, only the first time counts; nothing else does.
    assert jn.mine(log)["Renewed"].visits >= 1502
    # The time until the goal, from the events themselves.
    table = log.table(limit=200_000).sort_values(["case", "position"])
    first = table[table["touchpoint"] == "Renewed"].groupby("case")["position"].min()
    until = table[table["position"] <= table["case"].map(first).fillna(np.inf)]
    spans = until.groupby("case")["time"].agg(lambda times: (times.max() - times.min()).total_seconds())
    assert flow.duration_s == pytest.approx(spans.mean())


@pytest.mark.parametrize("goal", [("Contract signature",), ("Renewed", "Cancellation"), ("Social ad",)])
def test_any_goal_reconciles_with_its_count(sample: jn.EventLog, goal: tuple[str, ...]) -> None:
    log = sample.where(segment="B2B")
    for order in (1, 2):
        flow = jn.flow(log, goal=goal, order=order, draws=0)  # type: ignore[arg-type]
        assert flow.goal_rate.value == pytest.approx(log.met(*goal).cases / log.cases)
        assert flow.order == order


# --- second order ------------------------------------------------------------------------------------


def brute(paths: jn.PathJourney, *, without: str | None = None, target: str = "Conversion") -> float:
    """The chance of the target in the chain of pairs, by value iteration; whoever comes to `without` is lost."""
    moves: dict[tuple[Place, Place, Place], int] = {}
    for path in paths.paths:
        for ended, n in (((*path.steps, "Conversion"), path.conversions), (path.steps, path.nulls)):
            places: list[Place] = [S, S, *ended, E]
            for three in zip(places, places[1:], places[2:], strict=False):
                moves[three] = moves.get(three, 0) + n
    total: dict[tuple[Place, Place], int] = {}
    for (a, b, _), n in moves.items():
        total[a, b] = total.get((a, b), 0) + n
    worth: dict[tuple[Place, Place], float] = {}
    for _ in range(3000):
        new: dict[tuple[Place, Place], float] = {}
        for (a, b, c), n in moves.items():
            if not n or c is E or c == without:
                continue
            gain = 1.0 if c == target else worth.get((b, c), 0.0)
            new[a, b] = new.get((a, b), 0.0) + n / total[a, b] * gain
        if worth and max(abs(new.get(k, 0) - worth.get(k, 0)) for k in {*new, *worth}) < 1e-13:
            break
        worth = new
    return worth.get((S, S), 0.0)


ways = st.lists(st.sampled_from("ABCD"), min_size=1, max_size=6).map(" > ".join)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(ways, st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=8))
def test_blocks_equal_brute_force(rows: dict[str, tuple[int, int]]) -> None:
    told = {"A > B": (3, 1), **rows}
    paths = jn.read_paths(
        pd.DataFrame([{"path": k, "total_conversions": a, "total_null": b} for k, (a, b) in told.items()])
    )
    flow = jn.flow(paths, order=2)
    rate = brute(paths)
    assert flow.goal_rate.value == pytest.approx(rate, abs=1e-9)
    assert flow.observed.value == pytest.approx(rate, abs=1e-9)
    for name in [one.name for one in paths.touchpoints if one.name != "Conversion"]:
        assert flow.removal[name].value == pytest.approx(1 - brute(paths, without=name) / rate, abs=1e-7)
        assert flow.reach[name].value == pytest.approx(brute(paths, target=name), abs=1e-7)
        for measure in (flow.reach[name], flow.removal[name]):
            assert measure.low <= measure.value <= measure.high  # type: ignore[operator]
    walked: dict[Place, float] = {}
    for step in flow.converters:
        walked[step.source] = walked.get(step.source, 0) + step.share
    assert all(total == pytest.approx(1) for total in walked.values())


def test_removal_equals_what_simulated_cases_lose() -> None:
    # From A to B or C, which lead to each other and to the goal; C also from the start.
    moves: Moves = {(S, "A"): 60, (S, "C"): 40, ("A", "B"): 30, ("A", "C"): 20, ("A", E): 10, ("B", "C"): 20}
    moves = {**moves, ("B", "G"): 20, ("B", E): 20, ("C", "B"): 30, ("C", "G"): 20, ("C", E): 30, ("G", E): 40}
    flow = jn.flow(made(moves), draws=0)
    random, n = np.random.default_rng(1), 200_000
    names: list[Place] = [S, "A", "B", "C", "G", E]
    p = np.array([[moves.get((a, b), 0) for b in names] for a in names], float)
    p[-1, -1] = 1
    up_to = np.cumsum(p / p.sum(1, keepdims=True), axis=1)
    at, met = np.zeros(n, int), np.zeros((n, 6), bool)
    while (at != 5).any():
        at = np.minimum((random.random(n)[:, None] > up_to[at]).sum(1), 5)
        met[np.arange(n), at] = True
    won = met[:, 4]
    assert flow.goal_rate.value == pytest.approx(won.mean(), abs=0.006)
    for k, name in ((1, "A"), (2, "B"), (3, "C")):
        lost = (won & met[:, k]).sum() / won.sum()
        assert flow.removal[name].value == pytest.approx(lost, abs=0.008)
        assert flow.reach[name].value == pytest.approx(met[:, k].mean(), abs=0.006)


def test_second_order_sees_what_the_first_cannot(sample: jn.EventLog) -> None:
    log = sample
    first, second = jn.flow(log, order=1, draws=0), jn.flow(log, order="auto")
    assert second.order == 2
    assert second.memory is not None
    assert second.memory.best == 2
    assert first.memory is None
    # Nobody renews without a device that works; the first order believes that one in five does.
    assert first.removal["Device activation"].value < 0.85  # type: ignore[operator]
    assert second.removal["Device activation"].value == second.through["Device activation"].value == 1
    counted = {at: one.value for at, one in second.through.items()}

    def off(flow: jn.Flow) -> float:
        return max(abs(flow.removal[at].value - value) for at, value in counted.items())  # type: ignore[operator]

    assert off(second) < off(first)
    assert second.goal_rate.value == pytest.approx(first.goal_rate.value)
    assert (second.steps.value, second.duration_s) == pytest.approx((first.steps.value, first.duration_s))


def test_intervals_of_second_order_cover_the_truth() -> None:
    random = np.random.default_rng(5)
    ways = {"A > B > C": (0.2, 0.5), "A > C": (0.25, 0.2), "B > C": (0.2, 0.1), "A > B > A > C": (0.15, 0.4)}
    ways["D"] = (0.2, 0.3)

    def paths(n: float, drawn: bool) -> jn.PathJourney:
        share = [p for p, _ in ways.values()]
        cases = random.multinomial(int(n), share) if drawn else np.round(n * np.array(share)).astype(int)
        rows = []
        for (way, (_, rate)), cases_ in zip(ways.items(), cases, strict=True):
            won = int(random.binomial(cases_, rate)) if drawn else round(cases_ * rate)
            rows.append({"path": way, "total_conversions": won, "total_null": int(cases_) - won})
        return jn.read_paths(pd.DataFrame(rows))

    truth = jn.flow(paths(100_000, False), order=2, draws=0)
    held, trials = np.zeros(3), 200
    for _ in range(trials):
        got = jn.flow(paths(300, True), order=2)
        pairs = [(got.removal["B"], truth.removal["B"]), (got.removal["D"], truth.removal["D"])]
        pairs.append((got.reach["B"], truth.reach["B"]))
        held += [one.low <= known.value <= one.high for one, known in pairs]  # type: ignore[operator]
    assert (held / trials > 0.9).all(), held / trials


def test_what_second_order_cannot_do_is_said(sample: jn.EventLog) -> None:
    log = sample.where(segment="B2B")
    journey = jn.mine(log, until_goal=True)
    with pytest.raises(jn.JourneyError, match="forgotten what came before"):
        jn.flow(journey, order=2)
    with pytest.raises(jn.JourneyError, match="1, 2 or “auto”"):
        jn.flow(log, order=3)  # type: ignore[arg-type]
    assert jn.flow(journey, order="auto").order == 1
    paths = jn.read_paths(pd.DataFrame({"path": ["A > B > C"], "total_conversions": [4], "total_null": [2]}))
    with pytest.raises(jn.JourneyError, match="with its own goal"):
        jn.flow(paths, goal="B", order=2)
    assert jn.flow(paths, goal="B").through == {}


@pytest.mark.parametrize(
    "events, goal, rate, said",
    [
        ("ab,ab,a", "c", None, "no touchpoint “c”"),  # misspelt
        ("ab,ab,a", "a", 1.0, None),  # everyone, at once
        ("a,a", "a", 1.0, None),  # one touchpoint
        ("ab,ab", "b", 1.0, None),  # everyone, two touchpoints
        ("aaaa", "a", 1.0, None),  # one case
        ("ab,a,b,ba", "b", 0.75, None),
        ("abab,ab", "b", 1.0, None),  # the goal is met again
    ],
)
@pytest.mark.parametrize("order", [1, 2, "auto"])
def test_small_logs_flow_or_are_told_why_not(
    events: str, goal: str, rate: float | None, said: str | None, order: Any
) -> None:
    rows = [(case, x) for case, way in enumerate(events.split(",")) for x in way]
    table = pd.DataFrame(rows, columns=["case", "what"])
    table["when"] = pd.date_range("2026-01-01", periods=len(table), freq="h")
    log = jn.read(table, case="case", touchpoint="what", time="when")
    with pytest.raises(jn.JourneyError, match="needs a goal"):
        jn.flow(log, order=order)
    if said:
        with pytest.raises(jn.JourneyError, match=said):
            jn.flow(log, goal=goal, order=order)
        return
    flow = jn.flow(log, goal=goal, order=order)
    assert flow.goal_rate.value == rate
    assert flow.goal_rate == flow.observed
    every = [flow.goal_rate, flow.steps, *flow.reach.values(), *flow.removal.values(), *flow.met.values()]
    for measure in every:
        assert measure.value is not None
        assert measure.low <= measure.value <= measure.high  # type: ignore[operator]
    assert json.dumps([flow.duration_s, flow.returns], allow_nan=False)


def test_goals_that_nobody_reaches(sample: jn.EventLog, tmp_path: Path) -> None:
    log = sample
    few = log.not_met("Renewed")
    for order in (1, 2, "auto"):
        none = jn.flow(few, order=order)  # type: ignore[arg-type]
        assert none.goal_rate.value == 0
        assert none.goal_rate.high < 0.01  # type: ignore[operator]
        assert set(none.removal.values()) == {jn.Measure.missing()}
        assert (none.levers, none.mandatory, none.through) == ((), (), {})
    (tmp_path / "events.csv").write_text("id,what,when\n1,A,2026-01-01\n1,B,2026-01-02\n2,B,2026-01-03\n")
    recipe = "tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when}]\n"
    (tmp_path / "journey.yaml").write_text(recipe)
    with pytest.raises(jn.JourneyError, match="needs a goal"):
        jn.flow(jn.open(tmp_path / "journey.yaml"))


# --- the app -----------------------------------------------------------------------------------------

PAGE = """
import sys
import streamlit as st
from journey.app.parts import flow_attribution, flow_goal
from journey.app.parts.drawer import drawer
from journey.app.state import View, arguments
from journey.app.text import settle_language
settle_language()
view = View(arguments(None))
flow_goal.show(view)
flow_attribution.show(view)
drawer(view)
"""


def parts(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_string(PAGE, default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    return test


def words_of(test: AppTest) -> str:
    kinds = ("markdown", "caption", "info")
    return " ".join(str(one.value) for kind in kinds for one in test.get(kind)).replace("\\", "")


@pytest.mark.parametrize("part", ["carriers", "time", "levers", "walks"])
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_parts_of_the_page(monkeypatch: pytest.MonkeyPatch, part: str, lang: str) -> None:
    test = parts(monkeypatch, flow_show=part, lang=lang)
    told = words_of(test)
    assert ("25.0%" if lang == "en" else "25,0%") in told
    assert "Renewal notice" in told
    if lang == "en":
        assert "Neither is a cause" in told
        assert "farthest off at First savings message: 24%" in told


def test_the_parts_without_what_they_need(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("id,what,when\n1,A,2026-01-01\n1,B,2026-01-02\n")
    recipe = "tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when}]\n"
    (tmp_path / "journey.yaml").write_text(recipe)
    # One case, no goal: the first touchpoint is offered, and every case begins there.
    assert "no touchpoint comes before it" in words_of(parts(monkeypatch, str(tmp_path / "journey.yaml")))
    (tmp_path / "journey.yaml").write_text(recipe + "goal: B\n")
    told = words_of(parts(monkeypatch, str(tmp_path / "journey.yaml")))
    assert "**100.0%** of 1 cases reach **B**" in told
    assert "They agree on every touchpoint" in told


def test_figures_of_the_flow(sample: jn.EventLog) -> None:
    flow = jn.flow(sample, order=2)
    names = ["ID check", "First bill"]
    for theme in (LIGHT, DARK):
        figures = [
            carriers(names, flow, theme=theme),
            times(flow, theme=theme),
            gains([("ID check", "ID check: stay", 0.01, "told")], theme=theme),
            converted([("ID check", "ID check → Contract signature", 0.7, 0.4)], theme=theme),
        ]
        for figure in figures:
            assert "NaN" not in figure.to_json()
            assert figure.layout.height > 60
    assert list(figures[0].data[0].customdata) == names
    best = shifts(flow.levers, flow.goal)
    assert len({(one.at, one.less) for one in best}) == len(best)
    assert "Renewed" not in {one.more for one in best}
    assert max(sum(one.at == at for one in flow.levers) for at in flow.reach) <= 6
