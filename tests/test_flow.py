"""Flow: small chains by hand, every formula against brute force, intervals that cover, and mistakes in a sentence."""

from __future__ import annotations

import json
import math
import pickle
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey.analysis import flow as flow_module
from journey.analysis.chain import first_order, sampled
from journey.cli.verbs import app
from journey.model import Journey, Place, Touchpoint, Transition

Moves = Mapping[tuple[Place, Place], int]
S, E = jn.START, jn.END


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


def test_the_sample_flows(root: Path) -> None:
    log = jn.open(root / "data" / "lumo" / "journey.yaml")
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
