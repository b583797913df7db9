"""Attribution and tables of paths: published examples, all coalitions, intervals that cover, mistakes in a sentence."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journey as jn
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.attribution import credits_shown


@pytest.fixture(scope="module")
def sample(root: Path) -> jn.EventLog:
    return jn.open(root / "data" / "lumo" / "journey.yaml")


def table(rows: dict[str, tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"path": path, "total_conversions": won, "total_null": lost} for path, (won, lost) in rows.items()]
    )


# The example that attribution by Markov chains is usually explained with: one of three ways converts.
THREE = table({"C1 > C2 > C3": (1, 0), "C1": (0, 1), "C2 > C3": (0, 1)})


def test_the_textbook_example() -> None:
    journey = jn.read_paths(THREE)
    flow = jn.flow(journey)
    assert flow.goal_rate.value == pytest.approx(1 / 3)
    assert {at: flow.removal[at].value for at in ("C1", "C2", "C3")} == pytest.approx({"C1": 0.5, "C2": 1, "C3": 1})
    assert flow.through["C1"].value == 1  # counted: the chain forgets that C2 alone never converted
    assert flow.duration_s is None
    found = jn.attribution(journey)
    assert [found[at].markov.value for at in ("C1", "C2", "C3")] == pytest.approx([0.2, 0.4, 0.4])
    assert [found[at].shapley.value for at in ("C1", "C2", "C3")] == pytest.approx([1 / 3] * 3)
    assert (found["C1"].first, found["C3"].last, found["C2"].linear) == pytest.approx((1, 1, 1 / 3))
    assert (found.cases, found.reached, found.split, found.order) == (3, 1, 1, 1)
    # One step back is not enough here: who stands at C3 came from C2, whatever was before.
    assert jn.flow(journey, order=2).removal["C1"].value == pytest.approx(0.5)


ways = st.lists(st.sampled_from("ABCD"), min_size=1, max_size=5).map(" > ".join)
tables = st.dictionaries(ways, st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(tables)
def test_shapley_equals_all_orders_of_coming(rows: dict[str, tuple[int, int]]) -> None:
    if not any(won for won, _ in rows.values()):
        rows = {**rows, "A": (1, 0)}
    found = jn.attribution(jn.read_paths(table(rows)))
    sets = [(frozenset(path.split(" > ")), won) for path, (won, _) in rows.items()]

    def worth(coalition: frozenset[str]) -> int:
        return sum(won for names, won in sets if names <= coalition)

    orders = list(permutations("ABCD"))
    for name in "ABCD":
        gains = [
            worth(frozenset(coming[: coming.index(name) + 1])) - worth(frozenset(coming[: coming.index(name)]))
            for coming in orders
        ]
        known = sum(gains) / len(orders)
        told = next((one.shapley.value for one in found.credits if one.at == name), 0.0)
        assert told == pytest.approx(known)
    total = sum(won for _, won in sets)
    for of in ("markov", "shapley"):
        measures = [getattr(one, of) for one in found.credits]
        assert sum(m.value for m in measures) == pytest.approx(total)
        assert all(-1e-9 <= m.low <= m.value + 1e-9 and m.value <= m.high + 1e-9 for m in measures)
    assert sum(one.first for one in found.credits) == sum(one.last for one in found.credits) == total
    assert sum(one.linear for one in found.credits) == pytest.approx(total)


@settings(max_examples=15, deadline=None)
@given(tables, st.sampled_from([1, 2]))
def test_markov_is_the_removal_effect_scaled(rows: dict[str, tuple[int, int]], order: Any) -> None:
    journey = jn.read_paths(table({**rows, "A > B": (2, 1)}))
    flow, found = jn.flow(journey, draws=0, order=order), jn.attribution(journey, order=order)
    removal = {at: one.value or 0 for at, one in flow.removal.items() if at not in flow.goal}
    for one in found.credits:
        assert one.markov.value == pytest.approx(found.split * removal[one.at] / sum(removal.values()))


def test_a_log_and_the_table_of_its_ways_agree(sample: jn.EventLog) -> None:
    log = sample.where(segment="B2B")
    goal = "Contract signature"
    rows: dict[str, list[int]] = {}
    for variant in jn.variants(log):
        steps = list(variant.steps)
        won = goal in steps
        path = " > ".join(steps[: steps.index(goal)] if won else steps)
        rows.setdefault(path, [0, 0])[not won] += variant.cases
    of_table = jn.attribution(jn.read_paths(table({k: (a, b) for k, (a, b) in rows.items()})))
    of_log = jn.attribution(log, goal=goal)
    assert (of_log.split, of_log.cases) == (of_table.split, of_table.cases)
    assert len(of_log.credits) == len(of_table.credits)
    for one in of_log.credits:
        same = of_table[one.at]
        assert (one.markov.value, one.shapley.value) == pytest.approx((same.markov.value, same.shapley.value))
        assert (one.first, one.last, one.met) == (same.first, same.last, same.met)
        assert one.linear == pytest.approx(same.linear)
        # The groups of customers differ, what they tell does not.
        assert one.difference.high - one.difference.low == pytest.approx(  # type: ignore[operator]
            same.difference.high - same.difference.low,  # type: ignore[operator]
            rel=0.45,
            abs=0.3,
        )


def drawn(customers: int, seed: int) -> jn.PathJourney:
    """Three channels and a shop, after which more convert."""
    random = np.random.default_rng(seed)
    names = np.array(["Search", "E-mail", "Social", "Shop"])
    length = np.minimum(random.geometric(0.5, customers), 6)
    first = np.searchsorted([0.5, 0.8], random.random(customers))
    later = np.searchsorted([0.3, 0.5, 0.6], random.random((customers, 6)))
    later[:, 0] = first
    last = later[np.arange(customers), length - 1]
    won = random.random(customers) < np.array([0.15, 0.05, 0.05, 0.5])[last]
    ways = [" > ".join(names[row[:n]]) for row, n in zip(later, length, strict=True)]
    counts = pd.crosstab(pd.Series(ways), won)
    return jn.read_paths(
        pd.DataFrame({"path": counts.index, "total_conversions": counts[True], "total_null": counts[False]})
    )


def shares(found: jn.Attribution, of: str) -> dict[str, Any]:
    return {one.at: getattr(one, of) for one in found.credits}


def test_intervals_cover_the_truth() -> None:
    truth = jn.attribution(drawn(40_000, 999))
    held, trials = np.zeros(3), 100
    for seed in range(trials):
        found = jn.attribution(drawn(400, seed))
        for k, of in enumerate(("markov", "shapley", "difference")):
            known = shares(truth, of)["Search"].value / truth.split
            got = shares(found, of)["Search"]
            held[k] += got.low / found.split <= known <= got.high / found.split
    assert (held / trials > 0.89).all(), held / trials


def test_where_the_methods_disagree_is_flagged() -> None:
    found = jn.attribution(jn.read_paths(table({"A > B > C": (300, 0), "A": (0, 900), "B > C": (0, 100)})))
    assert {one.at for one in found.credits if one.disagree} == {"A"}
    alike = jn.attribution(jn.read_paths(table({"A > B": (300, 100)})))
    assert not any(one.disagree for one in alike.credits)
    assert [one.markov.value for one in alike.credits] == pytest.approx([150, 150])


def test_the_sample(sample: jn.EventLog) -> None:
    log = sample
    found = jn.attribution(log, order="auto")
    assert (found.order, found.reached, found.split) == (2, 1502, 1502)
    assert found["ID check"].met == 1502
    # Nearly everyone who renews gets the renewal notice; a chain cannot see it.
    assert found["Renewal notice"].disagree
    assert found["Renewal notice"].markov.value < found["Renewal notice"].shapley.value  # type: ignore[operator]
    for theme in (LIGHT, DARK):
        figure = credits_shown(found, most=12, theme=theme)
        assert "NaN" not in figure.to_json()
        assert list(figure.data[0].customdata) == [one.at for one in found.credits[:12]]
    assert list(jn.frame(found.credits).columns[:5]) == ["at", "markov", "markov_low", "markov_high", "markov_n"]


# --- tables of paths ---------------------------------------------------------------------------------


def test_a_table_of_paths_is_a_journey(tmp_path: Path) -> None:
    text = 'path;total_conversions;total_conversion_value;total_null\n"A > B > B";4;9,5;6\nB;1;2;9\nA > B > B;1;1;0\n'
    file = tmp_path / "paths.csv"
    file.write_text(text, encoding="utf-8-sig")
    journey = jn.read_paths(file)
    assert (journey.cases, journey.reached, journey.goal) == (21, 6, ("Conversion",))
    assert journey["B"].visits == 11 * 2 + 10
    assert (journey["B"].cases, journey["A"].starts, journey["B"].ends) == (21, 11, 15)
    assert journey.events == 11 * 3 + 10 + 6
    moves = {(edge.source, edge.target): (edge.moves, edge.cases) for edge in journey.transitions}
    assert moves["B", "B"] == (11, 11)
    assert moves["B", "Conversion"] == moves["Conversion", jn.END] == (6, 6)
    leaving: dict[object, float] = {}
    for edge in journey.transitions:
        leaving[edge.source] = leaving.get(edge.source, 0) + (edge.share or 0)
    assert all(total == pytest.approx(1) for total in leaving.values())
    again = jn.Journey.from_json(journey.to_json())
    assert again.transitions == journey.transitions
    assert jn.flow(journey).goal_rate.value == pytest.approx(6 / 21)
    comma = jn.read_paths(table({"A > B": (1, 1)}).to_csv(tmp_path / "c.csv", index=False) or tmp_path / "c.csv")
    assert comma.cases == 2
    assert jn.read_paths(pd.DataFrame({"Path": ["A"], "Total_Conversions": [3]})).reached == 3


def test_names_may_hold_the_sign_and_blanks_are_cut() -> None:
    journey = jn.read_paths(table({" A>B >  C/D, “x” 🙂 ": (1, 1)}))
    assert {one.name for one in journey.touchpoints} == {"A>B", "C/D, “x” 🙂", "Conversion"}
    assert {one.name for one in jn.read_paths(table({"A>B": (1, 0)}), separator=">").touchpoints} >= {"A", "B"}
    assert jn.read_paths(table({"A>B": (1, 0)}), separator=" > ")["A>B"].cases == 1
    # A path of one touchpoint called NA is no missing value.
    assert jn.read_paths(table({"NA": (1, 0)}))["NA"].cases == 1


@pytest.mark.parametrize(
    "rows, options, message",
    [
        (table({"A": (1, 0)}).drop(columns="path"), {}, "no column “path”"),
        (table({"A": (1, 0)}).rename(columns={"total_conversions": "conversions"}), {}, "Did you mean “conversions”"),
        (table({"A": (1, 0), "": (1, 0)}), {}, "Row 2: the path is empty"),
        (table({"A >  > B": (1, 0)}), {}, "Row 1: step 2 of “A >  > B” is empty"),
        (table({"A": (1, -1)}), {}, "Row 1: total_null is “-1”"),
        (table({"A": (1.5, 0)}), {}, "Row 1: total_conversions is “1.5”"),  # type: ignore[dict-item]
        (pd.DataFrame({"path": ["A", None], "total_conversions": [None, 1], "total_null": ["x", 0]}), {}, "is missing"),
        (pd.DataFrame({"path": [f"A{k} > " for k in range(9)], "total_conversions": 1}), {}, "And 4 more rows"),
        (table({"A > Conversion": (1, 0)}), {}, "call the conversion something else"),
        (table({"A>B": (1, 0)}), {}, "say separator="),
        (table({"A": (1, 0)}), {"separator": " "}, "no blank"),
        (table({"A": (0, 0)}), {}, "taken by anyone"),
        (table({}), {}, "no row"),
        ("nowhere.csv", {}, "no file nowhere.csv"),
    ],
)
def test_bad_tables_are_told_row_by_row(rows: Any, options: dict[str, str], message: str) -> None:
    with pytest.raises(jn.InputError, match=message):
        jn.read_paths(rows, **options)


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "torn.csv").write_text('path;total_conversions\n"A;1\n')
    (tmp_path / "other.csv").write_bytes(b"path;total_conversions\n\xff\xfe;1\n")
    for name, message in (("empty", "is empty"), ("torn", "can't be read"), ("other", "can't be read")):
        with pytest.raises(jn.InputError, match=message):
            jn.read_paths(tmp_path / f"{name}.csv")


def test_what_cannot_be_attributed_is_said(root: Path) -> None:
    with pytest.raises(jn.JourneyError, match="nothing to share out"):
        jn.attribution(jn.read_paths(table({"A > B": (0, 5)})))
    journey = jn.read_paths(table({"A > B": (1, 5)}))
    with pytest.raises(jn.JourneyError, match="1, 2 or “auto”"):
        jn.attribution(journey, order=3)  # type: ignore[arg-type]
    with pytest.raises(jn.JourneyError, match="“X”"):
        jn.attribution(journey)["X"]
    rows = pd.DataFrame({"c": [1, 1, 2], "what": ["a", "b", "b"], "when": pd.date_range("2026-01-01", periods=3)})
    log = jn.read(rows, case="c", touchpoint="what", time="when")
    with pytest.raises(jn.JourneyError, match="needs a goal"):
        jn.attribution(log)
    with pytest.raises(jn.JourneyError, match="There is no touchpoint “bb”"):
        jn.attribution(log, goal="bb")
    with pytest.raises(jn.JourneyError, match="nothing to share out"):
        jn.attribution(log, goal="a")  # where every case begins with it
    one = jn.attribution(log, goal="b")
    assert (one.reached, one.split, one["a"].markov.value) == (2, 1, 1)
    assert jn.attribution(log, goal="b", order="auto").order == 1


def test_the_verb(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(root)
    THREE.to_csv(tmp_path / "paths.csv", sep=";", index=False)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0
        return " ".join(result.output.split())

    said = run("attribution", "data/lumo/journey.yaml", "--goal", "Contract signature", "--top", "3")
    assert "2,920 of 6,000 cases reached it" in said
    assert "Neither is a cause" in said
    told = json.loads(run("attribution", "--paths", str(tmp_path / "paths.csv"), "--order", "1", "--json"))
    assert told["attribution"]["credits"][0]["shapley"]["value"] == pytest.approx(1 / 3)
    assert "reached by 33.3%" in run("flow", "--paths", str(tmp_path / "paths.csv"), "--order", "2")
    for words, message in (
        ((), "Name a recipe"),
        (("data/lumo/journey.yaml", "--order", "3"), "1, 2 or auto"),
        (("--paths", str(tmp_path / "paths.csv"), "--where", "a=b"), "no events"),
        (("data/lumo/journey.yaml", "--separator", ">"), "goes with --paths"),
    ):
        result = CliRunner().invoke(app, ["attribution", *words])
        assert message in str(result.exception)
