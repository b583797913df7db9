"""What a hostile or clumsy user found: each is an answer, a sentence, or a row set aside, and never a traceback."""

from __future__ import annotations

import gc
import math
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import journey as jn
from journey.cli.verbs import main
from journey.errors import InputError, JourneyError, RecipeError
from journey.events.engine import _arrow
from journey.recipe import minimal

COLUMNS = {"case": "case", "touchpoint": "event", "time": "time"}


def read(options: dict[str, Any] | None = None, **columns: Any) -> jn.EventLog:
    """Three events of two cases, with these columns instead or besides."""
    table = {"case": [1, 1, 2], "event": ["a", "b", "a"], "time": ["2026-01-01", "2026-01-02", "2026-01-01"]}
    return jn.read(pd.DataFrame({**table, **columns}), **COLUMNS, **(options or {}))


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    days = pd.to_datetime(["2026-01-01", "2026-01-02", None])
    facts = {"i": [1, 2, 3], "f": [1.5, None, 2.0], "b": [True, None, False], "d": days}
    return read({"attributes": list(facts), "goal": "b"}, **facts)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text("case,event,time\n1,a,2026-01-01\n1,b,2026-01-02\n2,,2026-01-01\n")
    file = tmp_path / "journey.yaml"
    file.write_text("tables: [{kind: events, path: events.csv, case: case, touchpoint: event, time: time}]\ngoal: b\n")
    return file


def refused(words: list[object], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """What a verb says on stderr as it ends with code 2."""
    monkeypatch.setattr(sys, "argv", ["journey", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    err = capfd.readouterr().err
    assert err
    assert "Traceback" not in err
    return " ".join(err.split())


# --- ids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ids, n",
    [
        ([3.0, 3.4, 4.4], 3),
        ([1e300, 1.0, 2.0], 3),
        ([math.inf, 1.0, 2.0], 3),
        ([1.0, 2.0, 1.0], 2),
        ([Decimal(10) ** 30, Decimal(1), Decimal(2)], 3),
    ],
)
def test_ids_that_are_numbers_with_a_point(ids: list[Any], n: int) -> None:
    assert read(case=ids).cases == n
    assert read({"customer": "who"}, who=ids).customers == n


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InputError, match=r"case.*half a character"):
        read(case=pd.Series(["\ud800", "a", "b"], dtype=object))


def test_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(RecipeError, match="“X” and “x” differ in upper and lower case only"):
        minimal(**COLUMNS, attributes=["x", "X"])


# --- times -------------------------------------------------------------------------------------------


def test_times_with_a_zone_and_no_seconds() -> None:
    found = read(time=["2026-01-01T10:00Z", "2026-01-01T10:00-05:00", "2026-01-01 10:00 +02"])
    assert found.report.quarantined == {}
    assert [f"{time:%H:%M}" for time in found.table()["time"]] == ["10:00", "15:00", "08:00"]


@pytest.mark.parametrize("time", ["-0044-03-15", "9999-12-31T23:59:59.999999", "10000-01-01"])
def test_times_outside_the_calendar_are_refused(time: str) -> None:
    with pytest.raises(InputError, match="outside the years 1 to 9998"):
        read(time=[time, "2026-01-01", "2026-01-02"])


def test_the_largest_whole_number_is_no_time() -> None:
    table = {"case": [1, 2], "event": ["a", "b"], "time": pa.array([2**63 - 1, -(2**63) + 1], pa.timestamp("us"))}
    with pytest.raises(InputError, match="outside the years"):
        jn.read(pa.table(table), **COLUMNS)


def test_the_first_year_is_a_year() -> None:
    found = read(time=["0001-01-01", "2026-01-01", "9998-12-31"])
    assert found.report.first is not None and found.report.first.year == 1
    assert found.between("0001-01-02").cases == 1


@pytest.mark.parametrize("moment", ["", "NaT", "nan", "01/02/2026", "now", "2026", 5, pd.NaT])
def test_a_bound_that_is_no_date(log: jn.EventLog, moment: Any) -> None:
    with pytest.raises(JourneyError, match="start is not a date"):
        log.between(moment)


# --- filters and options -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, value", [("i", "x"), ("i", 10**30), ("f", "x"), ("b", "maybe"), ("d", "x"), ("d", "01/02/2026")]
)
def test_a_value_that_the_attribute_cannot_have(log: jn.EventLog, name: str, value: Any) -> None:
    with pytest.raises(JourneyError, match=f"{name} (holds|is never)"):
        log.where({name: value})


@pytest.mark.parametrize(
    "name, value", [("i", "3"), ("i", 3.0), ("b", "yes"), ("b", 1), ("f", math.nan), ("d", pd.NaT), ("d", "2026-01-01")]
)
def test_a_value_said_in_another_way(log: jn.EventLog, name: str, value: Any) -> None:
    assert log.where({name: value}).cases == 1


def test_how_many(log: jn.EventLog) -> None:
    assert len(jn.variants(log, limit=10**30)) == 2
    assert (len(log.table(limit=10**30)), len(log.table(limit=-1))) == (3, 0)
    with pytest.raises(JourneyError, match="0 or more"):
        jn.variants(log, limit=-1)
    with pytest.raises(JourneyError, match="at most 15"):
        jn.funnel(log, ["a"] * 16)


def test_friction_of_no_case(log: jn.EventLog) -> None:
    with pytest.raises(JourneyError, match="No case is left"):
        jn.friction(log.between("2030-01-01"))


@pytest.mark.parametrize("option", ["weights", "costs"])
@pytest.mark.parametrize("number", [1e308, math.nan, "much", None])
def test_numbers_that_would_overflow(log: jn.EventLog, option: str, number: Any) -> None:
    with pytest.raises(JourneyError, match=f"{option}: exit must be a number"):
        jn.friction(log, **{option: {"exit": number}})


def test_the_hint_is_not_the_word_itself(log: jn.EventLog) -> None:
    rated = read({"satisfaction": jn.Scale("csat", 1, 5)}, csat=[1, 2, 3])
    with pytest.raises(JourneyError, match="Known touchpoints and scales: a, b"):
        jn.validate(rated, "csat")


def test_an_empty_window_is_not_no_window(log: jn.EventLog) -> None:
    with pytest.raises(JourneyError, match="expected a duration"):
        jn.friction(log, window="")
    with pytest.raises(JourneyError, match="expected a duration"):
        jn.funnel(log, ["a", "b"], within="")


# --- what was understood -----------------------------------------------------------------------------


def test_touchpoints_of_the_recipe_that_no_event_meets_are_told() -> None:
    notes = " ".join(read({"goal": "B", "support": "help", "promises": {"c": "1d"}}).report.notes)
    assert "goal: no event is at “B”, so it is left out of account. Did you mean “b”?" in notes
    assert "support: no event is at “help”" in notes
    assert "promises: no event is at “c”" in notes


def test_no_event_is_told_with_what_became_of_the_rows() -> None:
    with pytest.raises(InputError, match=r"none of the 3 rows can be used .3 × missing time"):
        read(time=[pd.NaT] * 3)
    with pytest.raises(InputError, match="there is a header, but no row"):
        read(**dict.fromkeys(("case", "event", "time"), pd.Series(dtype="str")))


def test_a_path_that_is_too_long() -> None:
    with pytest.raises(InputError):
        jn.read("x" * 5000, **COLUMNS)


# --- the command line --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, message",
    [
        (["variants", "RECIPE", "--since", "2030-01-01"], "No case is left"),
        (["friction", "RECIPE", "--since", "2030-01-01", "--json"], "No case is left"),
        (["friction", "RECIPE", "--since", ""], "not a date"),
        (["friction", "RECIPE", "--validate", ""], "neither a touchpoint"),
        (["open", "RECIPE", "--quarantine", "FOLDER/events.csv"], "is a table of this journey"),
        (["open", "RECIPE", "--quarantine", "FOLDER/journey.yaml"], "ends in .csv"),
        (["open", "RECIPE", "--quarantine", "FOLDER/events.csv/aside.csv"], "events.csv"),
        (["export", "RECIPE", "FOLDER/events.csv/x.json"], "x.json"),
        (["simulate", "FOLDER/events.csv", "--customers", "3"], "events.csv"),
        (["simulate", "FOLDER", "--customers", "3"], "overwritten"),
        (["simulate", "FOLDER/new", "--seed", "-1"], "--seed"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], message: str, recipe: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    before = {file.name: file.read_bytes() for file in recipe.parent.iterdir()}
    named = [word.replace("RECIPE", str(recipe)).replace("FOLDER", str(recipe.parent)) for word in words]
    assert message in refused(named, monkeypatch, capfd)
    assert {file.name: file.read_bytes() for file in recipe.parent.iterdir()} == before


# --- memory ------------------------------------------------------------------------------------------


def test_a_split_log_frees_its_tables() -> None:
    whole = read()
    before = set(_arrow)
    parts = whole.split("1h").collapse()
    gc.collect()
    assert parts.table()["case"].tolist() == ["1#1", "1#2", "2#1"]
    del parts
    gc.collect()
    assert set(_arrow) <= before
