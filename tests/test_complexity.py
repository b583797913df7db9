"""Path complexity and loops: by hand, against known chains, reconciled with the loops of the Paths page."""

from __future__ import annotations

import dataclasses
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
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from typer.testing import CliRunner

import journey as jn
from journey.analysis.tangles import tangles
from journey.app.parts import paths_complexity as part
from journey.app.state import SAMPLE
from journey.cli.verbs import app
from journey.draw import DARK
from journey.draw.complexity_words import about_many, many
from journey.draw.forks import forks
from journey.draw.trip_rows import trip_name, trips
from journey.draw.words import ENGLISH
from journey.events.loops import loops as known_loops
from journey.events.round_trips import round_trips
from journey.events.selection import Selection
from journey.model import END, START, Journey, Touchpoint, Transition

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(SAMPLE)


def log_of(*ways: str, **more: Any) -> jn.EventLog:
    """A case a way, an event a letter, an hour apart."""
    rows = [
        (case, letter, pd.Timestamp("2026-01-01") + pd.Timedelta(days=case, hours=at))
        for case, way in enumerate(ways)
        for at, letter in enumerate(way)
    ]
    table = pd.DataFrame(rows, columns=["case", "what", "when"])
    return jn.read(table, case="case", touchpoint="what", time="when", **more)


@pytest.fixture(scope="module")
def around(lumo: jn.EventLog) -> jn.Loops:
    return jn.loops(lumo, limit=200)


# --- complexity ---------------------------------------------------------------------------------------


def test_one_way_has_no_complexity() -> None:
    found = jn.complexity(log_of("abc", "abc", "abc"))
    assert (found.bits.value, found.paths.value, found.choices) == (0.0, 1.0, 1.0)
    assert (found.steps, found.cases) == (3.0, 3)
    assert found.variety is not None
    assert found.variety.ways == 1


def test_two_equal_ways_are_two() -> None:
    found = jn.complexity(log_of(*["ab", "ac"] * 500))
    assert found.plain == pytest.approx(1.0)
    assert found.paths.value == pytest.approx(2.0, rel=0.01)
    fork = found.forks[0]
    assert (fork.at, fork.visits, fork.share) == ("a", 1.0, pytest.approx(1.0))
    # Miller: half a nat a spare target and a visit.
    assert found.bits.value == pytest.approx(1 + 1 / (2 * 1000 * math.log(2)))


@settings(max_examples=7, deadline=None)
@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=2, max_size=8))
def test_plain_bits_are_the_mean_surprise_of_the_ways(ways: list[str]) -> None:
    log = log_of(*ways)
    found, same = jn.complexity(log), jn.complexity(jn.mine(log))
    moves: dict[Any, dict[Any, int]] = {}
    for way in ways:
        for one, other in itertools.pairwise([START, *way, END]):
            moves.setdefault(one, {})[other] = moves.setdefault(one, {}).get(other, 0) + 1
    surprise = [
        sum(
            -math.log2(moves[one][other] / sum(moves[one].values()))
            for one, other in itertools.pairwise([START, *way, END])
        )
        for way in ways
    ]
    assert found.plain == pytest.approx(np.mean(surprise), abs=1e-9)
    assert same.plain == pytest.approx(found.plain, abs=1e-9)
    assert same.bits.value == pytest.approx(found.bits.value or 0, abs=1e-9)
    assert sum(one.share for one in found.forks) == pytest.approx(1 if found.bits.value else 0)
    assert found.steps == pytest.approx(np.mean([len(way) for way in ways]))


def chain(rng: np.random.Generator, states: int = 5) -> tuple[Any, Any, float]:
    """Shares of a chain, where it starts, and its true trajectory entropy in bits."""
    p = rng.dirichlet(np.ones(states + 1) * 0.7, size=states)
    p[:, -1] += 0.25
    p /= p.sum(1, keepdims=True)
    start = rng.dirichlet(np.ones(states))
    visits = start @ np.linalg.inv(np.eye(states) - p[:, :states])
    rows = -(p * np.log2(np.where(p > 0, p, 1))).sum(1)
    return p, start, float(-(start * np.log2(start)).sum() + visits @ rows)


def walked(rng: np.random.Generator, p: Any, start: Any, cases: int) -> Journey:
    """The journey that so many cases walk on a chain."""
    n = len(start)
    counts = np.zeros((n + 1, n + 1))
    for _ in range(cases):
        at = rng.choice(n, p=start)
        counts[0, at] += 1
        while at < n:
            onwards = rng.choice(n + 1, p=p[at])
            counts[at + 1, onwards] += 1
            at = onwards
    edges = tuple(
        Transition(
            source=START if i == 0 else f"T{i - 1}",
            target=END if i and j == n else f"T{j}",
            moves=int(counts[i, j]),
            share=counts[i, j] / counts[i].sum(),
        )
        for i in range(n + 1)
        for j in range(n + 1)
        if counts[i, j]
    )
    return Journey(touchpoints=tuple(Touchpoint(name=f"T{k}") for k in range(n)), transitions=edges, cases=cases)


def repeated(cases: int, runs: int) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(0)
    p, start, truth = chain(rng)
    found = [jn.complexity(walked(rng, p, start, cases)) for _ in range(runs)]
    covered = np.mean([(one.bits.low or 0) <= truth <= (one.bits.high or 0) for one in found])
    return truth, float(np.mean([one.bits.value for one in found])), float(np.mean([o.plain for o in found])), covered


def test_the_correction_takes_most_of_the_bias_off() -> None:
    truth, corrected, plain, covered = repeated(60, 60)
    assert plain < truth - 0.2
    assert abs(corrected - truth) < 0.4 * (truth - plain)
    assert covered > 0.75


@pytest.mark.slow
def test_the_interval_of_complexity_covers() -> None:
    *_, covered = repeated(400, 300)
    assert 0.92 <= covered <= 0.985


def test_a_log_of_customers_with_many_cases_is_less_sure_than_one_of_as_many_customers() -> None:
    rng = np.random.default_rng(1)
    # A customer goes always the same way: twenty cases of one tell no more than one.
    ways = ["".join(rng.choice(list("abcdef"), 4)) for _ in range(30)]
    rows = [
        (f"{who}-{case}", who, letter, pd.Timestamp("2026-01-01") + pd.Timedelta(days=case, hours=at))
        for who, way in enumerate(ways)
        for case in range(20)
        for at, letter in enumerate(way)
    ]
    table = pd.DataFrame(rows, columns=["case", "who", "what", "when"])
    together = jn.complexity(jn.read(table, case="case", touchpoint="what", time="when", customer="who"))
    apart = jn.complexity(jn.read(table, case="case", touchpoint="what", time="when"))

    def width(found: jn.Complexity) -> float:
        return (found.bits.high or 0) - (found.bits.low or 0)

    assert together.bits.value == pytest.approx(apart.bits.value or 0)
    assert width(together) > 3 * width(apart)


@pytest.mark.slow
def test_traffic_fines_have_few_ways(shared: Path) -> None:
    log = jn.open(ROOT / "data" / "recipes" / "traffic_fines.yaml", folder=shared / "data" / "logs")
    found = jn.complexity(log)
    assert found.variety is not None
    assert (found.variety.ways, found.variety.most) == (231, 3)
    assert 7 < (found.paths.value or 0) < 8.5
    assert found.forks[0].at == "Create Fine"


def test_bad_input_is_said_in_a_sentence(lumo: jn.EventLog) -> None:
    drawn = Journey(
        touchpoints=(Touchpoint(name="A"),),
        transitions=(Transition(source=START, target="A"), Transition(source="A", target=END)),
    )
    with pytest.raises(jn.JourneyError, match="mined"):
        jn.complexity(drawn)
    endless = Journey(
        touchpoints=(Touchpoint(name="A"),),
        transitions=(
            Transition(source=START, target="A", moves=1, share=1.0),
            Transition(source="A", target="A", moves=2, share=1.0),
        ),
        cases=1,
    )
    with pytest.raises(jn.JourneyError, match="stay there for ever"):
        jn.complexity(endless)
    with pytest.raises(jn.JourneyError, match="No case is left"):
        jn.complexity(lumo.walked("Renewed", "Social ad"))
    one = jn.complexity(log_of("a"))
    assert (one.bits.value, one.bits.low, one.steps) == (0.0, None, 1.0)


# --- loops --------------------------------------------------------------------------------------------


def brute(ways: list[str], longest: int) -> dict[tuple[str, ...], tuple[int, int]]:
    """Way around → cases and rounds, letter by letter."""
    rounds: dict[tuple[str, ...], list[int]] = {}
    for case, way in enumerate(ways):
        for at in range(len(way)):
            for moves in range(1, longest + 1):
                part_ = way[at : at + moves]
                if at + moves < len(way) and way[at + moves] == way[at] and len(set(part_)) == moves:
                    rounds.setdefault(tuple(part_), []).append(case)
    return {way: (len(set(cases)), len(cases)) for way, cases in rounds.items()}


@settings(max_examples=7, deadline=None)
@given(st.lists(st.text("abcd", min_size=1, max_size=9), min_size=1, max_size=6))
def test_rounds_are_those_that_were_walked(ways: list[str]) -> None:
    found, every = round_trips(log_of(*ways), limit=1000)
    known = brute(ways, 5)
    assert {one.way: (one.cases, one.rounds) for one in found} == known
    assert every == sum(rounds for _, rounds in known.values())


def test_short_loops_are_those_of_the_paths_page(lumo: jn.EventLog, around: jn.Loops) -> None:
    ours = {one.way: one for one in around.trips}
    seen = 0
    for kind in ("at once", "there and back"):
        for one in known_loops(lumo, kind=kind, limit=40):  # type: ignore[arg-type]
            way = (one.touchpoint,) if one.via is None else (one.touchpoint, one.via)
            same = ours[way]
            assert (same.cases, same.rounds, same.share) == (one.cases, one.returns, one.share)
            assert same.clear == one.clear
            for ours_, theirs in ((same.difference, one.difference), (same.looped, one.looped)):
                assert ours_.n == theirs.n
                assert [ours_.value, ours_.low] == [theirs.value, theirs.low] or ours_.value == pytest.approx(
                    theirs.value
                )
            seen += 1
    assert seen > 40


def test_a_round_leads_to_exactly_its_cases(lumo: jn.EventLog, around: jn.Loops) -> None:
    for length in (1, 2, 3, 4, 5):
        one = next(one for one in around.trips if len(one.way) == length and not one.planned)
        assert Selection(steps=(part.trip_step(one),)).of(lumo).cases == one.cases


def test_what_a_long_way_does_to_satisfaction_is_counted_by_case(lumo: jn.EventLog, around: jn.Loops) -> None:
    one = next(one for one in around.trips if len(one.way) == 3 and one.looped.n > 20)
    first, second, _third = one.way
    could = lumo.walked(first, second)
    came = Selection(steps=(part.trip_step(one),)).of(lumo)
    assert one.share.n == could.cases

    def mean(log: jn.EventLog) -> tuple[int, float]:
        table = log.table(limit=10**6)
        rated = table[(table["touchpoint"] == first) & table["csat"].notna()]
        by_case = rated.groupby("case")["csat"].mean()
        return len(by_case), float(by_case.mean())

    n, value = mean(came)
    assert (one.looped.n, one.looped.value) == (n, pytest.approx(value))
    every_n, every = mean(could)
    assert one.others.n == every_n - n
    assert one.others.value == pytest.approx((every * every_n - value * n) / (every_n - n))


def test_contract_signature_costs_most_satisfaction_on_the_sample(lumo: jn.EventLog) -> None:
    # Legal reviews send companies back, and anger them: see data/README.md.
    dearest = jn.loops(lumo, by="satisfaction", planned=False, limit=5).trips[0]
    assert dearest.way == ("Contract signature",)
    assert dearest.clear
    longest = jn.loops(lumo, by="time", planned=False, limit=3).trips
    assert [one.spent_s for one in longest] == sorted((one.spent_s for one in longest), reverse=True)  # type: ignore[type-var]


def test_tangles_are_what_can_be_reached_both_ways() -> None:
    log = log_of(*["abcabcd"] * 5, "de", "xyx")
    knots, covered = tangles(jn.mine(log), cover=1.0)
    assert [one.touchpoints for one in knots] == [("a", "b", "c"), ("x", "y")]
    assert covered == 1.0
    # The bridge c → d lies outside; of 33 moves 25 go round.
    assert knots[0].moves == 25
    assert knots[0].share == pytest.approx(25 / 33)
    few, covered = tangles(jn.mine(log), cover=0.6)
    assert covered < 1
    assert len(few) <= 1


def test_loops_of_nothing_and_bad_orders(lumo: jn.EventLog) -> None:
    plain = jn.loops(log_of("abc", "ab"))
    assert (plain.trips, plain.tangles, plain.rounds, plain.listed) == ((), (), 0, 0.0)
    one = jn.loops(log_of("a"))
    assert (one.covered, one.tangles) == (1.0, ())
    for options, told in [
        ({"by": "colour"}, "rounds, time, satisfaction"),
        ({"limit": 0}, "At least one"),
        ({"longest": 6}, "one to 5 moves"),
        ({"cover": 0}, "between 0 and 1"),
    ]:
        with pytest.raises(jn.JourneyError, match=told):
            jn.loops(lumo, **options)  # type: ignore[arg-type]
    with pytest.raises(jn.JourneyError, match="was not asked"):
        jn.loops(log_of("aba"), by="satisfaction")


# --- words, pictures, verb, page ----------------------------------------------------------------------


def test_many_ways_are_said_as_people_do() -> None:
    said = [many(x) for x in (1.0, 7.66, 1234.0, 108_126.0, 3.8e7, 3.8e10, 5e13, 1e20, None)]
    assert said[:6] == ["1.0", "7.7", "1,200", "110,000", "38 million", "38 billion"]
    assert said[6:] == ["50 trillion", "10 to the power of 20", "–"]


def test_pictures_tell_every_row(lumo: jn.EventLog, around: jn.Loops) -> None:
    found = jn.complexity(lumo)
    sheet = forks(found, found.forks[:5], theme=DARK)
    assert sheet.label == about_many(found)
    assert sum(mark["opens"] for mark in sheet.marks.values()) == sum(isinstance(f.at, str) for f in found.forks[:5])
    loops = dataclasses.replace(around, trips=around.trips[:6])
    drawn = trips(loops, scale=lumo.scales["satisfaction"], timed=True)
    assert [mark["tip"][0] for mark in drawn.marks.values()] == [trip_name(one) for one in loops.trips]


def test_the_verb_compares_segments_and_prints_json(monkeypatch: pytest.MonkeyPatch, lumo: jn.EventLog) -> None:
    monkeypatch.setattr("journey.cli.complexity.opened", lambda *_told: lumo)
    told = CliRunner().invoke(app, ["complexity", str(SAMPLE), "--by", "segment", "--top", "3"]).output
    assert "B2B" in told
    data = json.loads(CliRunner().invoke(app, ["complexity", str(SAMPLE), "--json", "--by", "segment"]).output)
    assert set(data["parts"]) == {"B2C", "B2B"}
    assert data["complexity"]["variety"]["ways"] == 3519
    assert data["loops"]["trips"]


def shown(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr("sys.argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"paths": "complexity", **address}.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("paths")
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error
    return test


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind)).replace("\\", "")


def test_the_page_shows_it(monkeypatch: pytest.MonkeyPatch, lumo: jn.EventLog) -> None:
    told = said(shown(monkeypatch, paths_parts="segment", paths_rounds="satisfaction"))
    assert about_many(jn.complexity(lumo)) in told
    assert "In one tangle" in told
    assert "rounds of at most 5 moves" in told


def test_the_page_stands_on_other_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("c,w,t\n1,a,2026-01-01 10:00\n")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text("tables:\n  - {kind: events, path: e.csv, case: c, touchpoint: w, time: t}\n")
    assert "one of 1.0 equally likely ways" in said(shown(monkeypatch, str(recipe)))
    assert "Nobody came back" in said(shown(monkeypatch, str(recipe)))


def test_tables_hold_the_numbers(lumo: jn.EventLog, around: jn.Loops) -> None:
    table = part.trips_table(around, timed=True, speak=ENGLISH)
    assert list(table["Rounds"]) == [one.rounds for one in around.trips]
    parts = {name: jn.complexity(lumo.where(segment=name)) for name in ("B2B", "B2C")}
    assert list(part.parts_table(parts, "segment", ENGLISH)["Cases"]) == [780, 5220]
