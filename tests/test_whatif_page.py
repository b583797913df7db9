"""The page What if: changes with sliders, what they bring, scenarios, in both languages and on odd data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.analysis.whatif_changes import Leave, Rating, Scenario, Send, Share, Wait
from journey.app.parts.whatif_result import ends_table, table
from journey.draw import DARK, LIGHT
from journey.draw.whatif import ends_alt, ends_figure, scenarios_figure
from journey.draw.whatif_tiles import tiles
from journey.model import END, START, Measure
from journey.store import Scenarios, address, connect

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "lumo" / "journey.yaml"
ALL = (
    Leave("ID check", -0.2),
    Send("ID check", END, "Support chat", 0.1),
    Share("Sign-up form", "ID check", 0.9),
    Wait("Installation visit", 0.5),
    Rating("App dashboard", 0.5),
)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path}/store.db")


def opened(monkeypatch: pytest.MonkeyPatch, recipe: Path = SAMPLE, **query: str) -> AppTest:
    monkeypatch.setattr("sys.argv", ["app.py", str(recipe)])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    test._page_hash = calc_hash("what-if")
    for name, value in query.items():
        test.query_params[name] = value
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.value for one in test.exception]
    return test


def said(test: AppTest) -> str:
    texts = [*test.markdown, *test.caption, *test.info, *test.warning]
    return " ".join(str(one.value).replace("\\", "") for one in texts)


def address_of(test: AppTest) -> Any:
    told = test.query_params["whatif"]
    return json.loads(told if isinstance(told, str) else told[0])


def asked(*changes: Any) -> str:
    return Scenario("", changes).to_json()


def test_the_sample_starts_with_what_is_worth_most(monkeypatch: pytest.MonkeyPatch) -> None:
    test = opened(monkeypatch)
    assert "154 more of 6,000 cases would reach Renewed: 25.0% today, 27.6% then." in said(test)
    assert "This supposes that" in said(test)
    # A slider is moved, and the answer follows.
    slider = next(one for one in test.slider if "leave there today" in one.label)
    fine(slider.set_value(-50.0).run())
    assert "more of 6,000 cases" in said(test)
    assert "154 more" not in said(test)
    assert address_of(test)[0]["by"] == -0.5
    # Taken away, it is as today.
    fine(next(one for one in test.button if "drop" in str(one.key)).click().run())
    assert "reach Renewed today" in said(test)
    assert "whatif" not in test.query_params


def test_a_change_of_every_kind_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    test = opened(monkeypatch, whatif=asked(Leave("ID check", 0.0)))
    for kind in ("leave", "send", "share", "wait", "rating"):
        fine(test.selectbox(key="whatif-at").select("App dashboard").run())
        fine(test.selectbox(key="whatif-kind-App dashboard").select(kind).run())
        fine(test.button(key="whatif-add").click().run())
    told = address_of(test)
    assert [one["kind"] for one in told] == ["leave", "leave", "send", "share", "wait", "rating"]
    assert "goes with the ratings" in said(test)
    assert test.warning == [] or "What if" in said(test)


def test_an_address_opens_a_what_if(monkeypatch: pytest.MonkeyPatch) -> None:
    test = opened(monkeypatch, whatif=asked(*ALL))
    text = said(test)
    for part in ("20% fewer leave at ID check", "10% of those who leave at ID check go to Support chat instead"):
        assert part in text
    assert "90% of those at Sign-up form go to ID check" in text
    # One that makes no sense is left out, not shown as an error.
    assert "Renewed" in said(opened(monkeypatch, whatif="[{]"))
    gone = opened(monkeypatch, whatif=asked(Leave("Nowhere", -0.2)))
    assert "None of these cases comes there" in said(gone)
    never = opened(monkeypatch, whatif=asked(Share("ID check", "ID check", 1.0)))
    assert "for ever" in said(never)


def test_scenarios_are_saved_opened_and_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = str(SAMPLE.resolve())
    kept = Scenarios(connect(address()), recipe)
    kept.save(Scenario("Photos *again*", (Leave("ID check", -0.4),)))
    kept.save(Scenario("Nowhere", (Leave("No such place", -0.4),)))
    test = opened(monkeypatch)
    text = said(test)
    assert "Not for these cases: Nowhere" in text
    test.text_input(key="whatif-name").input("Mine")
    fine(next(one for one in test.button if one.label == "Save").click().run())
    assert "Mine" in kept.all()
    assert kept.all()["Mine"].changes == (Leave("ID check", -0.2),)
    fine(test.button(key="whatif-open-Photos *again*").click().run())
    assert address_of(test)[0]["by"] == -0.4
    against = test.selectbox(key="whatif_against")
    fine(against.set_value("is:Mine").run())
    assert "beyond Mine" in said(test)
    fine(test.button(key="whatif-forget-Mine").click().run())
    assert "Mine" not in kept.all()


def test_the_page_speaks_portuguese(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(opened(monkeypatch, whatif=asked(*ALL), lang="pt_BR"))
    assert "fewer leave" not in text
    assert "supposes" not in text
    assert "Renewed" in text


def test_the_other_parts_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("goal", "attribution"):
        assert "Renewed" in said(opened(monkeypatch, whatif_show=part))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: pd.DataFrame, **keys: Any) -> Path:
        rows.to_csv(tmp_path / "events.csv", index=False)
        table = {"kind": "events", "path": "events.csv", "case": "c", "touchpoint": "what", "time": "when"}
        recipe = tmp_path / "journey.yaml"
        recipe.write_text(json.dumps({"name": "Odd", "tables": [table], **keys}), encoding="utf-8")
        return recipe

    return write


def events(ways: list[list[str]]) -> pd.DataFrame:
    rows = [(n, name, f"2026-01-0{1 + step}T10:00:00") for n, way in enumerate(ways) for step, name in enumerate(way)]
    return pd.DataFrame(rows, columns=["c", "what", "when"])


@pytest.mark.parametrize(
    ("ways", "goal", "told"),
    [
        ([["A", "B"], ["A"]], "B", "of 2 cases would reach B"),  # nothing rated
        ([["A", "B"]], "B", "1 cases reach B today"),  # one case, all reach it
        ([["A", "C"], ["A"]], "B", "cases reach A today"),  # the goal is never met: another is asked for
        ([["A", "B"], ["A"]], None, "cases reach A today"),
        ([["B"], ["B"]], "B", "no touchpoint before the goal"),
    ],
)
def test_odd_data(
    monkeypatch: pytest.MonkeyPatch, written: Callable[..., Path], ways: list[list[str]], goal: str | None, told: str
) -> None:
    keys = {} if goal is None else {"goal": goal}
    assert told in said(opened(monkeypatch, written(events(ways), **keys)))


def test_two_hundred_touchpoints(monkeypatch: pytest.MonkeyPatch, written: Callable[..., Path]) -> None:
    ways = [[f"T{(7 * n + 13 * step) % 199}" for step in range(4)] + (["Goal"] if n % 3 else []) for n in range(300)]
    assert "more of 300 cases" in said(opened(monkeypatch, written(events(ways), goal="Goal")))


# --- figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_are_drawn_from_the_results(theme: Any) -> None:
    names = ["A <b>", "B", "C"]
    moves = {(START, names[0]): 40, (names[0], "B"): 20, (names[0], END): 20, ("B", "C"): 10, ("B", END): 10}
    frame = [(n, way) for n, way in enumerate([[names[0]]] * 20 + [[names[0], "B"]] * 10 + [[names[0], "B", "C"]] * 10)]
    assert moves
    log = jn.read(events([way for _n, way in frame]), case="c", touchpoint="what", time="when", goal="C")
    basis = jn.suppose(log, value=10)
    effect = basis.what_if([Leave(names[0], -0.5)])
    figure = ends_figure(effect, "C", theme=theme)
    assert "NaN" not in figure.to_json()
    assert "A <b>" not in figure.layout.yaxis.ticktext[1]
    assert "Leave at A <b>" in ends_alt(effect, "C")
    shown = tiles(effect, currency="EUR & co", unit="customers", theme=theme)
    assert "EUR &amp; co" in shown
    assert "nan" not in shown.casefold().replace("satisfaction", "")
    many = {f"S{n}": Measure(0.01 * n, 0.01 * n - 0.02, 0.01 * n + 0.02, 40) for n in range(3)}
    assert scenarios_figure(many, "goal_rate", theme=theme).layout.height > 100
    assert "NaN" not in scenarios_figure({"none": Measure(0.0, 0.0, 0.0, 1)}, "steps", theme=theme).to_json()


def test_tables_hold_what_the_figures_show() -> None:
    log = jn.read(events([["A", "B"], ["A"], ["A"]]), case="c", touchpoint="what", time="when", goal="B")
    effect = jn.suppose(log).what_if([Leave("A", -0.5)])
    told = table(effect, "", "customers")
    assert told["Then"].iloc[0] == pytest.approx(2 / 3, abs=1e-4)
    ends = ends_table(effect, "B")
    assert ends["Difference"].sum() == pytest.approx(0, abs=0.02)
    assert ends["Today"].sum() == pytest.approx(3, abs=0.02)
