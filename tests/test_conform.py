"""Conform: alignments cost what they must, cases under way skip nothing, shares hold the truth."""

from __future__ import annotations

import dataclasses
import heapq
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey.analysis.conform_align import Alignment, align
from journey.analysis.conform_plan import machine
from journey.cli.verbs import app
from journey.draw.conform_words import between, deviations, headline, name
from journey.errors import Cancelled
from journey.events.engine import watched
from journey.events.lived import lived
from journey.events.selection import Selection
from journey.model import END, START, Place, Touchpoint, Transition

LUMO = "data/lumo/journey.yaml"


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(Path(__file__).parents[1] / LUMO)


@pytest.fixture(scope="module")
def found(lumo: jn.EventLog) -> jn.Conformance:
    return jn.conform(lumo, by="segment", limit=15)


def drawn(
    *transitions: tuple[Place, Place], optional: Sequence[str] = (), parallel: Sequence[Sequence[str]] = ()
) -> jn.Journey:
    names = dict.fromkeys(place for pair in transitions for place in pair if isinstance(place, str))
    return jn.Journey(
        touchpoints=tuple(Touchpoint(name=one, optional=one in optional, source="assumed") for one in names),
        transitions=tuple(Transition(source=a, target=b, origin="assumed") for a, b in transitions),
        parallel=tuple(tuple(group) for group in parallel),
    )


def chain(*names: str, **more: Any) -> jn.Journey:
    return drawn((START, names[0]), *pairwise(names), (names[-1], END), **more)


def logged(ways: Mapping[str, int] | Sequence[str], *, hours: int = 1, window: str = "1d", **more: Any) -> jn.EventLog:
    """A log of cases whose touchpoints are letters; all are long over but for the one that ends the log."""
    counted = ways if isinstance(ways, Mapping) else dict.fromkeys(ways, 1)
    rows, number = [], 0
    for way, times in counted.items():
        for _ in range(times):
            begin = pd.Timestamp("2026-01-01") + pd.Timedelta(hours=number % 97)
            rows += [(f"c{number}", step, begin + pd.Timedelta(hours=hours * at)) for at, step in enumerate(way)]
            number += 1
    rows.append(("last", "~", pd.Timestamp("2027-01-01")))
    table = pd.DataFrame(rows, columns=["case", "what", "when"])
    log = jn.read(table, case="case", touchpoint="what", time="when", window=window, **more)
    return log.not_met("~")


def aligned(plan: jn.Journey, ways: Sequence[str], *, ended: bool = True) -> Alignment:
    states = machine(plan)
    code = {one: at for at, one in enumerate(states.labels)}
    labels = np.array([code.get(step, -1) for way in ways for step in way], np.int64)
    begins = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
    return align(states, labels, begins, ended=np.full(len(ways), ended))


# --- cost: against other ways of finding it --------------------------------------------------------------


def cheapest(plan: jn.Journey, way: str, *, ended: bool = True) -> int:  # noqa: C901  all of it in one place
    """The cost by Dijkstra over (events seen, touchpoint, done in its group), written from the map itself."""
    group = {one: frozenset(members) for members in plan.parallel for one in members}
    cost = {one.name: 0 if one.optional else 1 for one in plan.touchpoints}
    after: dict[Place, list[Place]] = {}
    for edge in plan.transitions:
        after.setdefault(edge.source, []).append(edge.target)

    def onwards(at: Place, done: frozenset[str]) -> Iterator[tuple[Place, frozenset[str]]]:
        if at in group:
            yield from ((one, done | {one}) for one in group[str(at)] - done)
            if at in after.get(at, ()):
                yield at, done
            if done != group[str(at)]:
                return
        sources = group.get(str(at), {at}) if isinstance(at, str) else {at}
        for source in sources:
            for target in after.get(source, ()):
                if isinstance(target, str) and target in group:
                    if isinstance(at, str) and at in group and group[at] == group[target]:
                        continue
                    yield from ((one, frozenset({one})) for one in group[target])
                else:
                    yield target, frozenset()

    queue: list[tuple[int, int, int, Place, frozenset[str]]] = [(0, 0, 0, START, frozenset())]
    seen: set[tuple[int, Place, frozenset[str]]] = set()
    count = 0
    while queue:
        spent, _, place, at, done = heapq.heappop(queue)
        if (place, at, done) in seen:
            continue
        seen.add((place, at, done))
        if place == len(way) and (at is END or not ended):
            return spent
        steps: list[tuple[int, int, Place, frozenset[str]]] = []
        if place < len(way) and at is not END:
            steps.append((1, place + 1, at, done))
        for target, then in onwards(at, done) if at is not END else ():
            steps.append((0 if target is END else cost[str(target)], place, target, then))
            if place < len(way) and target == way[place]:
                steps.append((0, place + 1, target, then))
        for more, then_at, target, then in steps:
            count += 1
            heapq.heappush(queue, (spent + more, count, then_at, target, then))
    raise AssertionError("no way to the end")


@st.composite
def plans(draw: st.DrawFn) -> jn.Journey:
    names = "ABCDE"[: draw(st.integers(2, 5))]
    pairs = [(a, b) for a in names for b in names]
    inner = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=9, unique=True))
    spine = list(pairwise(names))
    edges = list(dict.fromkeys([*spine, *inner]))
    optional = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    group = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    starts, ends = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    told = [(START, names[0]), (START, starts), *edges, (names[-1], END), (ends, END)]
    return drawn(*dict.fromkeys(told), optional=optional, parallel=[group] if len(group) > 1 else [])


@settings(max_examples=40, deadline=None)
@given(plans(), st.lists(st.text("ABCDEx", min_size=1, max_size=7), min_size=1, max_size=4), st.booleans())
def test_the_cost_is_the_cheapest_there_is(plan: jn.Journey, ways: list[str], ended: bool) -> None:
    found = aligned(plan, ways, ended=ended)
    assert found.cost.tolist() == [cheapest(plan, way, ended=ended) for way in ways]


def words(plan: jn.Journey) -> list[tuple[str, ...]]:
    """Every way through a map without loops, the groups in every order."""
    after: dict[Place, list[Place]] = {}
    for edge in plan.transitions:
        after.setdefault(edge.source, []).append(edge.target)
    group = {one: members for members in plan.parallel for one in members}

    def from_(at: Place) -> Iterator[tuple[str, ...]]:
        for target in after[at]:
            if target is END:
                yield ()
            elif target in group:
                members = group[str(target)]
                exits = {one for m in members for one in after.get(m, ()) if one not in members}
                for order in permutations(members):
                    yield from ((*order, *rest) for out in exits for rest in into(out))
            else:
                yield from into(target)

    def into(target: Place) -> Iterator[tuple[str, ...]]:
        if target is END:
            yield ()
        else:
            yield from ((str(target), *rest) for rest in from_(target))

    return list(dict.fromkeys(from_(START)))


def edits(way: str, word: Sequence[str], optional: set[str]) -> int:
    """Events put in and steps left out on the way from one to the other; optional ones are left out for nothing."""
    row = [0]
    for step in word:
        row.append(row[-1] + (step not in optional))
    for event in way:
        new = [row[0] + 1]
        for at, step in enumerate(word):
            best = min(row[at + 1] + 1, new[at] + (step not in optional))
            new.append(min(best, row[at]) if event == step else best)
        row = new
    return row[-1]


def test_the_cost_is_the_distance_to_the_nearest_planned_way() -> None:
    plan = drawn(
        (START, "A"), (START, "B"), ("A", "C"), ("B", "C"), ("A", "E"), ("C", "F"), ("D", "F"), ("E", "F"), ("F", END),
        optional=["E"], parallel=[["C", "D"]],
    )  # fmt: skip
    planned = words(plan)
    assert {"".join(word) for word in planned} == {"ACDF", "ADCF", "BCDF", "BDCF", "AEF"}
    ways = ["".join(way) for size in (1, 2, 3, 4) for way in product("ABCDEF", repeat=size)][::7]
    found = aligned(plan, ways)
    assert found.cost.tolist() == [min(edits(way, word, {"E"}) for word in planned) for way in ways]


def test_the_sample_costs_what_a_process_mining_library_says(lumo: jn.EventLog) -> None:
    """`benchmarks/conform.py` compares each of 2 × 2,000 alignments with pm4py's; these are their totals."""
    plan = lumo.recipe.map()
    assert plan is not None
    every = [one.steps for one in jn.variants(lumo)]
    random = np.random.default_rng(0)
    group = ("Contract signature", "Payment set-up", "Installation booking")
    for map_, total in ((plan, TOTALS[0]), (dataclasses.replace(plan, parallel=(group,)), TOTALS[1])):
        states = machine(map_)
        code = {one: at for at, one in enumerate(states.labels)}
        ways = [every[at] for at in random.choice(len(every), 1000, replace=False).tolist()]
        labels = np.array([code.get(step, -1) for way in ways for step in way], np.int64)
        begins = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
        assert int(align(states, labels, begins).cost.sum()) == total


TOTALS = (6974, 7042)


@settings(max_examples=25, deadline=None)
@given(plans(), st.lists(st.text("ABCDEx", min_size=1, max_size=9), min_size=1, max_size=5), st.booleans())
def test_an_alignment_tells_what_it_costs(plan: jn.Journey, ways: list[str], ended: bool) -> None:
    """Events put in and steps left out add up to the cost; each step as planned follows the one before."""
    states, found = machine(plan), aligned(plan, ways, ended=ended)
    for at, way in enumerate(ways):
        own = found.state[found.begins[at] : found.begins[at + 1]]
        assert [states.labels[states.label[s]] for s in own if s >= 0] == [
            w for w, s in zip(way, own, strict=True) if s >= 0
        ]
        path = [0, *(int(s) for s in own if s >= 0)]
        left = [label for a, b in pairwise(path) for label in states.between(a, b)]
        left += states.between(path[-1], None) if ended else ()
        assert path[-1] == found.last[at]
        assert found.cost[at] == (own < 0).sum() + sum(not states.optional[label] for label in left)
        assert found.tail[at] == (0 if ended else states.finish[path[-1]] // 10**12)


# --- what is told of steps ---------------------------------------------------------------------------------


def test_skipped_repeated_out_of_order_and_put_in() -> None:
    plan = chain("A", "B", "C", "D", "E")
    log = logged({"ABCDE": 60, "ACDE": 20, "ABBCDE": 10, "ABDCE": 5, "ABxCDE": 5})
    found = jn.conform(log, plan)
    step = found.step
    assert (found.cases, found.ways, found.shortest, found.finished) == (100, 5, 5, 100)
    assert step["B"].skipped.value == pytest.approx(0.20) and step["B"].skipped.n == 100
    assert step["B"].repeated.value == pytest.approx(10 / 80)
    moved = [one for one in "CD" if (step[one].out_of_order.value or 0) > 0]
    assert len(moved) == 1 and step[moved[0]].out_of_order.value == pytest.approx(0.05)
    assert step["C"].skipped.value == step["D"].skipped.value == 0
    assert not step["x"].planned and step["x"].met == 5
    assert found.fitting.value == pytest.approx(0.60)
    # A skip costs 1 of 4 + 5, a repeat 1 of 6 + 5, two that change places 2 of 5 + 5, a detour 1 of 6 + 5.
    lost = 20 / 9 + 10 / 11 + 5 * 2 / 10 + 5 / 11
    assert found.fitness.value == pytest.approx(1 - lost / 100)
    assert (found.inserted, found.skipped) == (20, 25)


def test_optional_steps_choices_and_loops_fit() -> None:
    plan = drawn(
        (START, "A"), ("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", "A"), ("D", "D"), ("D", "E"), ("E", END),
        optional=["C"],
    )  # fmt: skip
    found = jn.conform(logged(["ABDE", "ACDE", "ADE", "ABDABDE", "ADDDE"]), plan)
    assert found.fitting.value == found.fitness.value == 1
    assert found.step["C"].skipped.value is None and found.step["C"].optional


def test_what_is_parallel_comes_in_any_order_and_all_of_it() -> None:
    plan = chain("A", "B", "C", "D", "E", parallel=[["B", "C", "D"]])
    log = logged({"ABCDE": 1, "ADCBE": 1, "ACDBE": 1, "ABDE": 1})
    found = jn.conform(log, plan)
    assert found.fitting.value == 0.75 and found.step["C"].skipped.value == 0.25
    assert found.step["B"].out_of_order.value == 0
    loose = jn.conform(log, chain("A", "B", "C", "D", "E", parallel=[["B", "C", "D"]], optional=["C"]))
    assert loose.fitting.value == 1


def test_nobody_is_said_to_have_taken_a_way_with_a_step_left_out() -> None:
    plan = drawn((START, "A"), ("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", END))
    found = jn.conform(logged({"ABD": 50, "ABxD": 10, "AD": 3}), plan)
    taken = {(one.source, one.target): one.cases for one in found.moves}
    assert taken == {(START, "A"): 63, ("A", "B"): 60, ("A", "C"): 0, ("B", "D"): 60, ("C", "D"): 0, ("D", END): 63}
    assert [(one.source, one.target) for one in found.untaken] == [("A", "C"), ("C", "D")]
    # Of A's two ways one is taken; nobody comes to C; every other way is the only one.
    assert found.precision.value == pytest.approx(1 - 63 / (63 + 2 * 63 + 60 + 63))
    assert found.precision.low is not None and found.precision.low <= found.precision.value
    assert found.unused == pytest.approx(63) and found.opened == 63 + 2 * 63 + 60 + 63


def test_where_there_is_a_choice_of_what_was_skipped_it_is_the_commoner() -> None:
    plan = drawn((START, "A"), ("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", END))
    found = jn.conform(logged({"ACD": 9, "ABD": 1, "AD": 5}), plan)
    assert found.step["C"].skipped.value == pytest.approx(5 / 14) and found.step["B"].skipped.value == 0


# --- cases that are not at their end -----------------------------------------------------------------------


def test_who_left_or_is_under_way_has_not_skipped_the_rest() -> None:
    plan = chain("A", "B", "C", "D")
    rows = [(f"left{n}", step, day) for n in range(30) for step, day in (("A", 1), ("B", 2))]
    rows += [(f"on{n}", step, day) for n in range(20) for step, day in (("A", 98), ("B", 99))]
    rows += [(f"done{n}", step, day) for n in range(50) for step, day in (("A", 1), ("C", 3), ("D", 4))]
    rows.append(("end", "A", 100))
    table = pd.DataFrame(rows, columns=["case", "what", "day"])
    table["when"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(table.day, unit="D")
    log = jn.read(table, case="case", touchpoint="what", time="when", window="7d")
    found = jn.conform(log, plan)
    assert (found.finished, found.left, found.under_way) == (50, 30, 21)
    assert found.skipped == 50  # B, by those who are done
    step = found.step
    assert step["C"].cases == step["D"].cases == 50 and step["C"].skipped.value == 0
    assert step["B"].skipped.value == pytest.approx(0.5)
    assert step["B"].left.value == 1 and step["B"].left.n == 30 and step["B"].under_way == 20
    assert found.fitting.value == pytest.approx(51 / 101)
    whole = jn.conform(log, plan, complete=True)
    assert whole.skipped == 50 + 30 * 2 + 20 * 2 + 3 and (whole.finished, whole.left) == (50, 30)
    assert whole.step["D"].skipped.value == pytest.approx(51 / 101)


def test_a_case_at_the_end_has_skipped_what_it_jumped() -> None:
    """Alone, the end put in would be cheaper than three steps left out; but the case did come to the end."""
    found = jn.conform(logged({"AE": 10}), chain("A", "B", "C", "D", "E"))
    assert found.skipped == 30 and found.inserted == 0 and found.finished == 10


def test_cutting_the_log_short_moves_no_share() -> None:
    """What was not followed to the end tells the same as what was; counting the rest as skipped would not."""
    random = np.random.default_rng(4)
    plan = chain(*"ABCDEFGH")
    rows = []
    for n in range(3000):
        begin = random.uniform(0, 100)
        way = [one for one in "ABCDEFGH" if one != "F" or random.random() > 0.3]
        rows += [(f"c{n}", step, begin + 5 * at) for at, step in enumerate(way)]
    table = pd.DataFrame(rows, columns=["case", "what", "day"])
    table["when"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(table.day, unit="D")
    whole, cut = (
        jn.read(part, case="case", touchpoint="what", time="when", window="10d")
        for part in (table, table[table.day < 60])
    )
    full, short = jn.conform(whole, plan), jn.conform(cut, plan)
    for one in (full, short):
        skipped = one.step["F"].skipped
        assert skipped.low is not None and skipped.high is not None and skipped.low < 0.3 < skipped.high
    assert short.under_way > 500 and short.step["G"].skipped.value == 0
    naive = jn.conform(cut, plan, complete=True).step["H"].skipped
    assert (naive.value or 0) > 0.3


# --- detours -----------------------------------------------------------------------------------------------


def test_detours_lead_to_exactly_their_cases(lumo: jn.EventLog, found: jn.Conformance) -> None:
    assert len(found.detours) == 15 and found.kinds_of_detours > 300
    for one in found.detours:
        assert Selection(steps=(one.condition,)).of(lumo).cases == one.cases
    assert [one.cases for one in found.detours] == sorted((one.cases for one in found.detours), reverse=True)


def test_detours_at_the_start_at_the_end_and_repeated() -> None:
    plan = chain("A", "B", "C")
    log = logged({"xABC": 7, "ABxxyC": 6, "ABCz": 5, "ABBC": 4, "ABC": 20, "AyxBC": 3})
    found = {name(one): one for one in jn.conform(log, plan).detours}
    assert {key: one.cases for key, one in found.items()} == {
        "(start) → x → A": 7,
        "B → x → y → C": 6,
        "C → z → (end)": 5,
        "A → y → x → B": 3,
    }
    assert found["(start) → x → A"].share.n == 45 and found["B → x → y → C"].share.value == pytest.approx(6 / 45)
    for one in found.values():
        assert Selection(steps=(one.condition,)).of(log).cases == one.cases
    assert between(found["C → z → (end)"]) == "after C, and then nothing"


def test_the_planted_detour_is_found_and_costs_satisfaction(found: jn.Conformance) -> None:
    """In the sample, who waits too long for the installation calls support before it, and is less content with it."""
    (one,) = [d for d in found.detours if d.after == "Installation booking" and d.steps == ("Support call",)]
    assert one.before == "Installation visit" and one.cases == 664 and one.share.n == 2708
    assert one.difference.high is not None and one.difference.high < -0.2 and one.clear
    assert found.step["Welcome call"].skipped.low is not None and found.step["Welcome call"].skipped.low > 0.3
    assert not found.step["Support chat"].planned and found.step["Support chat"].met == 1392


def test_satisfaction_is_that_with_the_step_where_they_come_back() -> None:
    random = np.random.default_rng(1)
    rows = []
    for n in range(400):
        stray = n % 4 == 0
        way = "ABxC" if stray else "ABC"
        for at, step in enumerate(way):
            rating = int(np.clip(round(random.normal(2.5 if stray else 4, 0.8)), 1, 5)) if step == "C" else 5
            rows.append((f"c{n}", step, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=at), rating))
    table = pd.DataFrame(rows, columns=["case", "what", "when", "csat"])
    log = jn.read(table, case="case", touchpoint="what", time="when", satisfaction=jn.Scale("csat", 1, 5))
    (one,) = jn.conform(log, chain("A", "B", "C")).detours
    means = table[table.what == "C"].groupby(table.case.str[1:].astype(int) % 4 == 0).csat.mean()
    assert one.took.value == pytest.approx(means[True]) and one.others.value == pytest.approx(means[False])
    assert one.clear and (one.took.n, one.others.n) == (100, 300)


# --- known truth -------------------------------------------------------------------------------------------


def simulated(random: np.random.Generator, cases: int = 400) -> jn.EventLog:
    """Customers who differ: each with a leaning to skip C (20 % on average) and to stray after B (10 %)."""
    rows = []
    for n in range(cases // 2):
        skip, stray = random.beta(2, 8), random.beta(1, 9)
        for k in range(2):
            way = ["A", "B"] + (["x"] if random.random() < stray else []) + (["C"] if random.random() > skip else [])
            rows += [
                (f"{n}-{k}", f"u{n}", step, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=at))
                for at, step in enumerate([*way, "D"])
            ]
    table = pd.DataFrame(rows, columns=["case", "who", "what", "when"])
    return jn.read(table, case="case", customer="who", touchpoint="what", time="when")


def covered(runs: int, seed: int) -> tuple[float, float]:
    random, plan = np.random.default_rng(seed), chain("A", "B", "C", "D")
    # The mean fitness, from the chances alone: an event more costs 1 of 4 or 5 + 4, a step left out 1 of 3 or 4 + 4.
    hits = np.zeros((runs, 2))
    both = 0.1 * 0.2
    truth = 1 - ((0.1 - both) / 9 + (0.2 - both) / 7 + both * 2 / 8)
    for run in range(runs):
        found = jn.conform(simulated(random), plan)
        for at, (measure, value) in enumerate(((found.step["C"].skipped, 0.2), (found.fitness, truth))):
            assert measure.low is not None and measure.high is not None
            hits[run, at] = measure.low <= value <= measure.high
    skipped, fitness = hits.mean(axis=0)
    return float(skipped), float(fitness)


def test_intervals_hold_the_truth_in_a_few_runs() -> None:
    skipped, fitness = covered(5, 11)
    assert min(skipped, fitness) >= 4 / 5


@pytest.mark.slow
def test_intervals_hold_the_truth() -> None:
    skipped, fitness = covered(400, 5)
    assert 0.92 <= skipped <= 0.985 and 0.92 <= fitness <= 0.985


# --- parts of the cases ------------------------------------------------------------------------------------


def test_parts_have_figures_of_their_own() -> None:
    rows, number = [], 0
    for value, ways in (("good", {"ABC": 300}), ("bad", {"AC": 20, "ABC": 20}), (None, {"AxBC": 10})):
        for way, times in ways.items():
            for _ in range(times):
                rows += [
                    (f"c{number}", s, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=h), value)
                    for h, s in enumerate(way)
                ]
                number += 1
    log = jn.read(
        pd.DataFrame(rows, columns=["case", "what", "when", "kind"]),
        case="case", touchpoint="what", time="when", attributes=["kind"],
    )  # fmt: skip
    found = jn.conform(log, chain("A", "B", "C"), by="kind")
    assert [(one.value, one.cases) for one in found.segments] == [("good", 300), ("bad", 40), (None, 10)]
    assert [one.fitting.value for one in found.segments] == [1, 0.5, 0]
    alone = jn.conform(log.where(kind="bad"), chain("A", "B", "C"))
    assert found.segments[1].fitness == pytest.approx(alone.fitness) or (
        found.segments[1].fitness.value == pytest.approx(alone.fitness.value)
    )


def test_precision_of_parts_is_as_if_each_were_as_small_as_the_smallest() -> None:
    """Two parts that walk alike have about the same precision, though one is a hundred times as large."""
    random = np.random.default_rng(0)
    rows = []
    for n in range(4040):
        way = "A" + random.choice(list("BCDEFG"), p=[0.9, 0.06, 0.02, 0.01, 0.005, 0.005]) + "H"
        kind = "small" if n % 101 == 0 else "large"
        rows += [(f"c{n}", s, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=h), kind) for h, s in enumerate(way)]
    log = jn.read(
        pd.DataFrame(rows, columns=["case", "what", "when", "kind"]),
        case="case", touchpoint="what", time="when", attributes=["kind"],
    )  # fmt: skip
    plan = drawn((START, "A"), *(("A", b) for b in "BCDEFG"), *((b, "H") for b in "BCDEFG"), ("H", END))
    large, small = jn.conform(log, plan, by="kind").segments
    # Of 40 cases like these, so many would take each way out of A; what leads on from there is the only way.
    chance = np.array([0.9, 0.06, 0.02, 0.01, 0.005, 0.005])
    expected = (40 + 40 * (1 - (1 - chance) ** 40).sum() + 40 + 40) / (40 + 6 * 40 + 40 + 40)
    assert large.precision.value == pytest.approx(expected, abs=0.03)
    assert small.precision.value is not None and abs(small.precision.value - expected) < 0.15
    assert (jn.conform(log.where(kind="large"), plan).precision.value or 0) > expected + 0.2


def test_of_very_many_cases_some_stand_for_all() -> None:
    log = logged({"ABC": 3000, "AC": 1000}, hours=0)
    found = jn.conform(log, chain("A", "B", "C"), most=1500)
    assert 1400 < found.cases < 1600 and found.of_cases == 4000
    assert found.step["B"].skipped.value == pytest.approx(0.25, abs=0.035)
    some = lived(log, most=1500)
    assert np.bincount(some.cid // 400, minlength=10).min() > 100  # from everywhere, for neighbours are of one time
    assert len(lived(log).cid) == 4000


# --- the recipe and the map's file ---------------------------------------------------------------------------


def test_a_recipe_tells_what_is_parallel(tmp_path: Path) -> None:
    recipe = small(tmp_path, "designed:\n  transitions: [[A, B], [B, D], [C, D]]\n  parallel: [[B, C]]\n")
    log = jn.open(recipe)
    plan = log.recipe.map()
    assert plan is not None and plan.parallel == (("B", "C"),)
    assert jn.Journey.from_json(plan.to_json()) == plan
    assert "“B” and “C” may come in any order." in log.recipe.explain()
    edges = {(edge.source, edge.target) for edge in plan.transitions}
    assert (START, "C") not in edges and ("B", END) not in edges and ("D", END) in edges
    assert jn.conform(log).fitting.value == 1


def test_a_journey_written_before_there_were_groups_is_still_read() -> None:
    text = json.loads(chain("A", "B").to_json())
    del text["parallel"]
    assert jn.Journey.from_json(json.dumps(text)) == chain("A", "B")


def test_touchpoints_that_no_transition_names_are_on_no_way(lumo: jn.EventLog) -> None:
    plan = lumo.recipe.map()
    assert plan is not None
    states = machine(plan)
    assert "Support call" in states.off and states.shortest == 11
    assert {edge.target for edge in plan.transitions if edge.source is START} == {
        "Social ad", "Search result", "Friend's referral", "Store demo",
    }  # fmt: skip


def small(folder: Path, more: str = "") -> Path:
    (folder / "events.csv").write_text(
        "id,what,when\n" + "".join(f"{n},{s},2026-01-0{d}\n" for n in (1, 2) for d, s in enumerate("ABCD", 1))
    )
    recipe = folder / "journey.yaml"
    recipe.write_text(
        "tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when}]\n" + more, encoding="utf-8"
    )
    return recipe


@pytest.mark.parametrize(
    "more, told",
    [
        ("parallel: [[A]]", "designed.parallel[0]: expected two to 6 different touchpoints"),
        ("parallel: [[A, B], [B, C]]", "designed.parallel[1][0]: “B” is in a group already"),
        ("parallel: [[A, Z]]", "designed.parallel[0][1]: the map has no touchpoint “Z”"),
        ("parallel: A", "designed.parallel: expected a list"),
    ],
)
def test_a_group_that_cannot_be_is_told_with_its_place(tmp_path: Path, more: str, told: str) -> None:
    recipe = small(tmp_path, f"designed:\n  transitions: [[A, B], [B, C]]\n  {more}\n")
    with pytest.raises(jn.RecipeError) as caught:
        jn.open(recipe)
    assert told in str(caught.value)


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan, told",
    [
        (None, "No map is designed"),
        (jn.Journey(touchpoints=(), transitions=()), "The designed map holds no ways"),
        (jn.Journey(touchpoints=(Touchpoint(name="A"),), transitions=()), "The designed map holds no ways"),
        (drawn((START, "A"), ("A", "B"), ("C", END)), "No way of the designed map leads from its start to its end"),
        (chain("P", "Q"), "None of the touchpoints on the designed map occurs in the data, “P” for one."),
        (chain("A", "B", parallel=[["A"]]), "holds two to 6 of them"),
        (chain("A", "B", "C", parallel=[["A", "B"], ["B", "C"]]), "“B” stands in a group"),
        (chain("A", "B", parallel=[["A", "Z"]]), "“Z” stands in a group"),
        (
            jn.Journey(
                touchpoints=(Touchpoint(name="A"),),
                transitions=(Transition(source=START, target="A"), Transition(source="A", target="Q")),
            ),
            "has a transition with “Q”, which is not on it",
        ),
    ],
)
def test_a_map_that_says_nothing_is_told_in_a_sentence(plan: jn.Journey | None, told: str) -> None:
    with pytest.raises(jn.JourneyError, match=told):
        jn.conform(logged(["ABC"]), plan)


def test_no_case_and_an_unknown_attribute() -> None:
    log = logged(["ABC", "AC"])
    with pytest.raises(jn.JourneyError, match="There is no case"):
        jn.conform(log.met("B").not_met("B"), chain("A", "B"))
    with pytest.raises(jn.JourneyError, match="no attribute"):
        jn.conform(log, chain("A", "B"), by="colour")


def test_two_touchpoints_one_case_and_one_event() -> None:
    for ways in (["A"], ["AB"], ["B"], ["BA"], ["x"], ["A" * 300]):
        found = (
            jn.conform(logged(ways), chain("A", "B"))
            if ways != ["x"]
            else jn.conform(logged(["x", "A"]), chain("A", "B"))
        )
        assert 0 <= (found.fitness.value or 0) <= 1
        for measure in every_measure(found):
            assert measure.value is None or (
                measure.low is not None and measure.low <= measure.value <= (measure.high or 0)
            )
            assert measure.value is None or math.isfinite(measure.value)
        headline(found)
        [deviations(one) for one in found.steps]


def every_measure(found: jn.Conformance) -> Iterator[jn.Measure]:
    yield from (found.fitness, found.fitting, found.precision)
    for one in (*found.steps, *found.moves, *found.detours, *found.segments):
        yield from (value for value in vars_of(one) if isinstance(value, jn.Measure))


def vars_of(one: Any) -> list[Any]:
    return [getattr(one, field.name) for field in dataclasses.fields(one)]


def test_a_planned_touchpoint_that_nobody_ever_met_is_told() -> None:
    found = jn.conform(logged({"AC": 5}), chain("A", "B", "C"))
    assert found.unknown == ("B",) and found.step["B"].skipped.value == 1 and found.step["B"].met == 0


def test_a_map_may_be_one_that_was_mined() -> None:
    log = logged({"ABC": 5, "ACB": 5})
    assert jn.conform(log, jn.mine(log)).fitting.value == 1


def test_frames_and_survey(tmp_path: Path, found: jn.Conformance) -> None:
    assert {"skipped", "skipped_low", "skipped_n"} <= set(jn.frame(found.steps))
    assert len(jn.frame(found.detours)) == len(found.detours) and len(jn.frame(found.segments)) == 2
    (tmp_path / "answers.csv").write_text("id,a,b\n1,5,4\n2,4,\n3,3,3\n")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text(
        "tables: [{kind: survey, path: answers.csv, case: id, scale: csat, touchpoints: {a: Arrive, b: Board}}]\n"
        "scales: {csat: {metric: csat, low: 1, high: 5}}\n"
    )
    told = jn.conform(jn.open(recipe), chain("Arrive", "Board"))
    assert (told.finished, told.left, told.under_way, told.window_s) == (3, 0, 0, None)


def test_it_can_be_stopped() -> None:
    def stop(_: float | None) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled), watched(stop):
        jn.conform(logged(["ABC"]), chain("A", "B", "C"))


def test_many_ways_and_a_large_group_do_not_hang() -> None:
    random = np.random.default_rng(0)
    plan = chain(*"ABCDEFGHIJ", parallel=[list("BCDEFG")])
    ways = ["".join(random.permutation(list("ABCDEFGHIJ"))) for _ in range(3000)]
    found = aligned(plan, ways)
    assert found.cost.max() > 2 and found.cost[:20].tolist() == [cheapest(plan, way) for way in ways[:20]]


# --- known figures, and the command line -----------------------------------------------------------------------


def test_the_running_example_fits_its_map(root: Path, shared: Path) -> None:
    log = jn.open(root / "data" / "recipes" / "running_example.yaml", folder=shared / "data" / "logs")
    found = jn.conform(log)
    assert found.fitness.value == found.fitting.value == 1 and found.finished == 6
    known = json.loads((shared / "oracles" / "running-example.json").read_text())
    taken = {(one.source, one.target): one.cases for one in found.moves}
    for source, target, moves in known["moves"]:
        assert 0 < taken[source, target] <= moves
    assert taken["decide", "pay compensation"] == known["ends"]["pay compensation"]
    assert taken[START, "register request"] == 6
    strict = jn.conform(
        log, chain("register request", "examine casually", "check ticket", "decide", "pay compensation")
    )
    assert strict.step["examine casually"].skipped.n == 6 and strict.finished == 3


def run(*told: str) -> str:
    result = CliRunner().invoke(app, list(told), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_verb_tells_machines_everything(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How it looks to people is in the tutorial, which is run."""
    monkeypatch.chdir(root)
    data = json.loads(CliRunner().invoke(app, ["conform", LUMO, "--json"]).output)
    assert data["conformance"]["fitting"]["n"] == data["cases"] == 6000
    assert data["conformance"]["detours"][0]["cases"] == 693
    assert {"boundary": "end"} in [one["target"] for one in data["conformance"]["moves"]]


def test_the_map_may_come_from_a_file(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = str(small(tmp_path))
    with pytest.raises(jn.JourneyError, match="No map is designed"):
        CliRunner().invoke(app, ["conform", recipe], catch_exceptions=False)
    plan = tmp_path / "map.yaml"
    plan.write_text("transitions: [[A, B], [B, D]]\n")
    assert "C (2 cases)" in run("conform", recipe, "--designed", str(plan))
    plan.write_text("designed:\n  transitions: [[A, B], [B, C], [C, D]]\n")
    told = run("conform", recipe, "--designed", str(plan), "--complete")
    assert "100% of the cases go as planned" in told and "counts as skipped" in told
    other = tmp_path / "map.json"
    other.write_text(chain("A", "C", "D").to_json())
    assert "B (2 cases)" in run("conform", recipe, "--designed", str(other))


@pytest.mark.parametrize(
    "file, text, told",
    [
        ("map.yaml", "transitions: [[A]]\n", "line 1, designed.transitions[0]: expected two touchpoints"),
        ("map.yaml", "optional: [A]\nparalel: []\n", "unknown key “paralel”. Did you mean “parallel”?"),
        ("map.yaml", "[1, 2]\n", "Is this a designed map?"),
        ("map.json", "{}", "not a journey"),
        ("map.json", "\udcff", "this is not UTF-8"),
    ],
)
def test_a_file_that_is_no_map_is_told(tmp_path: Path, file: str, text: str, told: str) -> None:
    recipe, path = small(tmp_path), tmp_path / file
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(jn.JourneyError) as caught:
        CliRunner().invoke(app, ["conform", str(recipe), "--designed", str(path)], catch_exceptions=False)
    assert told in str(caught.value)
    with pytest.raises(jn.JourneyError, match="There is no"):
        CliRunner().invoke(
            app, ["conform", str(recipe), "--designed", str(tmp_path / "no.json")], catch_exceptions=False
        )
