"""Cases as rows: exactly those of the log, in the order asked for, on the screen and in a file."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

import journey as jn
from journey.app.state import SAMPLE
from journey.errors import JourneyError
from journey.events import cached
from journey.events import cases as module
from journey.events.cases import cases, write_cases

ROWS = pd.DataFrame(
    [
        ("a", "Ana", "Cart", "2026-03-01 10:00", 4),
        ("a", "Ana", "Payment", "2026-03-01 12:00", 2),
        ("a", "Ana", "Paid, thanks", "2026-03-02 10:00", None),
        ("b", "Ana", "Cart", "2026-01-05 10:00", None),
        ("NA", "Bo", "Cart", "2026-02-01 10:00", 1),
        ("NA", "Bo", "Payment", "2026-02-05 10:00", 5),
    ],
    columns=["order", "person", "what", "when", "stars"],
).assign(when=lambda rows: pd.to_datetime(rows["when"]))


def read(rows: object = ROWS, *, good: str = "high", **more: object) -> jn.EventLog:
    told = {"case": "order", "customer": "person", "goal": ["Paid, thanks"], "time_zone": "Europe/Lisbon", **more}
    scale = jn.Scale("stars", 1, 5, good=good)  # type: ignore[arg-type]
    return jn.read(rows, touchpoint="what", time="when", satisfaction=scale, **told)  # type: ignore[arg-type]


def test_a_row_says_what_happened_to_the_case() -> None:
    row = cases(read()).iloc[0]
    assert (row["case"], row["customer"], row["events"]) == ("a", "Ana", 3)
    assert row["begin"] == pd.Timestamp("2026-03-01 10:00", tz="Europe/Lisbon")
    assert str(row["begin"].tz) == "Europe/Lisbon"
    assert row["duration_s"] == 86400
    assert row["steps"] == ["Cart", "Payment", "Paid, thanks"]
    assert (row["last"], row["reached"], row["worst"]) == ("Paid, thanks", True, 2)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("latest", ["a", "NA", "b"]),
        ("earliest", ["b", "NA", "a"]),
        ("longest", ["NA", "a", "b"]),
        ("most", ["a", "NA", "b"]),
        ("worst", ["NA", "a", "b"]),
    ],
)
def test_orders(order: module.CaseOrder, expected: list[str]) -> None:
    assert cases(read(), order=order)["case"].to_list() == expected


def test_where_low_is_good_the_worst_is_the_highest() -> None:
    found = cases(read(good="low"), order="worst")
    assert found["case"].to_list() == ["NA", "a", "b"]
    assert found["worst"].to_list()[:2] == [5, 4]
    assert pd.isna(found["worst"].to_list()[2])


def test_pages_make_up_all_cases_once() -> None:
    log = read()
    pages = [cases(log, limit=2, offset=at)["case"].to_list() for at in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert sorted(name for page in pages for name in page) == ["NA", "a", "b"]


def test_customers_are_told_where_they_are_not_the_cases() -> None:
    assert "customer" not in cases(read(customer=None))
    assert "customer" not in cases(read(customer="order"))
    numbered = ROWS.assign(person=ROWS["person"].map({"Ana": 7, "Bo": 8}))
    assert cases(read(numbered), order="earliest")["customer"].to_list() == ["7", "8", "7"]


def test_without_goal_and_ratings_their_columns_are_absent() -> None:
    log = jn.read(ROWS, case="order", touchpoint="what", time="when")
    assert list(cases(log)) == ["case", "begin", "events", "duration_s", "steps", "last"]
    with pytest.raises(JourneyError, match="not asked"):
        cases(log, order="worst")


def test_a_very_long_case_is_cut_in_the_list_and_whole_in_the_file() -> None:
    times = pd.date_range("2026-01-01", periods=500, freq="min")
    log = jn.read(pd.DataFrame({"c": 1, "what": "x", "when": times}), case="c", touchpoint="what", time="when")
    row = cases(log).iloc[0]
    assert (len(row["steps"]), row["events"]) == (module.MOST_STEPS, 500)
    assert saved(log)["steps"][0].count("→") == 499


def saved(log: jn.EventLog) -> pd.DataFrame:
    file = io.BytesIO()
    written = write_cases(log, file)
    table = pd.read_csv(io.BytesIO(file.getvalue()), keep_default_na=False, dtype=str)
    assert len(table) == written == log.cases
    return table


def test_the_file_holds_every_case_with_text_that_reads_back() -> None:
    table = saved(read())
    assert list(table["case"]) == ["NA", "a", "b"]
    assert table["steps"][1] == "Cart → Payment → Paid, thanks"
    assert table["begin"][1] == "2026-03-01T10:00:00+00:00"
    assert list(table["worst"]) == ["1.0", "2.0", ""]


def test_a_formula_in_the_file_is_only_text() -> None:
    rows = ROWS.assign(order=ROWS["order"].replace("a", "=1+1"))
    assert list(saved(read(rows))["case"]) == ["'=1+1", "NA", "b"]


def test_a_file_in_portions_is_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    log = jn.open(SAMPLE).where(segment="B2B")
    whole = saved(log)
    monkeypatch.setattr(module, "PORTION", 100)
    assert saved(log).equals(whole)


def test_filters_and_changed_sequences() -> None:
    log = read()
    assert cases(log.met("Payment"))["case"].to_list() == ["a", "NA"]
    parts = cases(log.split(gap="12h"), order="earliest")
    assert parts["case"].to_list() == ["b#1", "NA#1", "NA#2", "a#1", "a#2"]
    assert parts["customer"].to_list() == ["Ana", "Bo", "Bo", "Ana", "Ana"]
    assert cases(log.only(["Payment"]))["steps"].to_list() == [["Payment"], ["Payment"]]
    assert cases(log.not_met("Cart")).empty


def test_an_empty_log_is_an_empty_file() -> None:
    assert saved(read().not_met("Cart")).empty


def test_a_large_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cached, "LARGE", dict.fromkeys(cached.LARGE, 1))
    ROWS.to_parquet(tmp_path / "events.parquet")
    log = read(str(tmp_path / "events.parquet"))
    assert log.index.large
    assert cases(log)["customer"].to_list() == ["Ana", "Bo", "Ana"]
    assert len(saved(log)) == 3


def test_the_sample_reconciles() -> None:
    log = jn.open(SAMPLE)
    journey = jn.mine(log)
    table = cases(log, limit=10_000)
    assert len(table) == journey.cases == 6000
    assert table["events"].sum() == journey.events
    assert table["reached"].sum() == journey.reached
    assert (table["last"] == "ID check").sum() == journey["ID check"].ends
    assert "customer" not in table


@pytest.mark.parametrize("wrong", [{"limit": -1}, {"offset": -1}, {"order": "best"}])
def test_mistakes_are_said(wrong: dict[str, object]) -> None:
    with pytest.raises(JourneyError):
        cases(read(), **wrong)  # type: ignore[arg-type]
