"""Traps that other tools fall into: each is tried at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journey.errors import InputError
from journey.events.engine import connect, run
from journey.events.read import Door, door_for

Enter = Callable[..., Door]


@pytest.fixture(scope="module")
def con() -> Any:
    return connect()


@pytest.fixture
def enter(con: Any, tmp_path: Path) -> Enter:
    """A door for a CSV text with columns case, event, time."""

    def opened(text: str, name: str = "events.csv", **options: Any) -> Door:
        file = tmp_path / name
        file.write_text(text, encoding=options.pop("written", "utf-8"), newline="")
        return door_for(file, con=con, **{"case": "case", "touchpoint": "event", "time": "time", **options})

    return opened


def rows(door: Door) -> pd.DataFrame:
    return run(door.table.order_by("row"), opening=True)


def times(door: Door) -> list[datetime]:
    return [moment.to_pydatetime() for moment in rows(door)["time"]]


# --- order and ties ----------------------------------------------------------------------------------


def test_unsorted_input_keeps_its_rows_and_equal_times_their_order(enter: Enter) -> None:
    door = enter("case,event,time\n1,c,2024-01-03\n1,a,2024-01-01\n1,b1,2024-01-02\n1,b2,2024-01-02\n")
    table = rows(door)
    assert list(table["row"]) == [0, 1, 2, 3]
    assert list(table.sort_values(["time", "row"])["touchpoint"]) == ["a", "b1", "b2", "c"]


def test_an_order_column_breaks_ties_as_numbers(enter: Enter) -> None:
    text = "case,event,time,n\n1,c,2024-01-01,10\n1,a,2024-01-01,2\n1,b,2024-01-01,9\n"
    assert list(rows(enter(text, order="n"))["touchpoint"]) == ["a", "b", "c"]


def test_rows_of_a_large_file_keep_their_place(con: Any, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    lines = [
        f'{i % 1000},"step\n{i}",2024-01-01' if i % 97 == 0 else f"{i % 1000},step {i},2024-01-01"
        for i in range(300_000)
    ]
    file.write_text("case,event,time\n" + "\n".join(lines), encoding="utf-8")
    door = door_for(file, con=con, case="case", touchpoint="event", time="time")
    number = door.table.touchpoint.re_extract("([0-9]+)$", 1).cast("int64")
    assert run(door.table.agg(n=door.table.count(), off=(number != door.table.row).sum()), opening=True).iloc[
        0
    ].tolist() == [300_000, 0]


# --- times -------------------------------------------------------------------------------------------


def test_gaps_below_a_second_stay(enter: Enter) -> None:
    door = enter("case,event,time\n1,a,2024-01-01T10:00:00.000001\n1,b,2024-01-01T10:00:00.25\n")
    assert [moment.microsecond for moment in times(door)] == [1, 250_000]


def test_offsets_are_applied_not_dropped(enter: Enter) -> None:
    door = enter(
        "case,event,time\n1,a,2024-01-01T10:00:00+02:00\n1,b,2024-01-01T10:00:00Z\n1,c,2024-01-01 10:00:00 -0330\n"
    )
    assert [moment.hour * 60 + moment.minute for moment in times(door)] == [8 * 60, 10 * 60, 13 * 60 + 30]


def test_offsets_win_over_the_zone_of_the_recipe(enter: Enter) -> None:
    door = enter("case,event,time\n1,a,2024-01-01T10:00:00+02:00\n", time_zone="America/New_York")
    assert times(door) == [datetime(2024, 1, 1, 8)]


def test_daylight_saving_is_followed(enter: Enter) -> None:
    door = enter("case,event,time\n1,a,2024-01-15 12:00\n1,b,2024-07-15 12:00\n", time_zone="Europe/Berlin")
    assert times(door) == [datetime(2024, 1, 15, 11), datetime(2024, 7, 15, 10)]
    assert not door.report.notes


def test_times_in_a_gap_or_twice_are_read_one_way_and_reported(enter: Enter) -> None:
    text = "case,event,time\n1,a,2024-03-31 02:30\n1,b,2024-10-27 02:30\n1,c,2024-10-27 03:00\n"
    door = enter(text, time_zone="Europe/Berlin")
    assert times(door) == [datetime(2024, 3, 31, 1, 30), datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 27, 2, 0)]
    gap, twice = door.report.notes
    assert "row 1" in gap and "skipped" in gap
    assert "row 2" in twice and "twice" in twice


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
def test_zones_agree_with_the_standard_library(con: Any, zone: str) -> None:
    from zoneinfo import ZoneInfo

    walls = [datetime(2015, 1, 1) + timedelta(hours=7 * i, minutes=13 * i) for i in range(9000)]
    frame = pd.DataFrame({"case": 1, "event": "a", "time": walls})
    door = door_for(frame, con=con, case="case", touchpoint="event", time="time", time_zone=zone)
    utc = ZoneInfo("UTC")
    assert times(door) == [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(utc).replace(tzinfo=None) for wall in walls]


def test_a_wrong_zone_is_refused(enter: Enter) -> None:
    with pytest.raises(ValueError, match="Europe/Berlin"):
        enter("case,event,time\n1,a,2024-01-01\n", time_zone="Europe/Berln")


def test_mixed_zones_are_refused_with_both_rows(enter: Enter) -> None:
    with pytest.raises(InputError, match=r"row 2.*2024-01-02T10:00:00Z.*has a time zone.*2024-01-01 10:00:00.*row 1"):
        enter("case,event,time\n1,a,2024-01-01 10:00:00\n1,b,2024-01-02T10:00:00Z\n")


@pytest.mark.parametrize("separator", ["/", ".", "-"])
def test_ambiguous_dates_are_refused_with_the_row(enter: Enter, separator: str) -> None:
    text = f"case,event,time\n1,a,02{separator}03{separator}2024\n1,b,04{separator}05{separator}2024\n"
    with pytest.raises(InputError, match=r"events\.csv, row 1, column “time”: “02.03.2024” could be .*dayfirst: true"):
        enter(text)
    assert times(enter(text, dayfirst=True))[0] == datetime(2024, 3, 2)
    assert times(enter(text, dayfirst=False))[0] == datetime(2024, 2, 3)


def test_one_day_above_twelve_decides_the_column(enter: Enter) -> None:
    door = enter("case,event,time\n1,a,02/03/2024 10:00\n1,b,13/03/2024 9:05\n")
    assert times(door) == [datetime(2024, 3, 2, 10), datetime(2024, 3, 13, 9, 5)]
    assert door.report.tables[0].understood["times in “time”"] == "day/month/year"
    assert times(enter("case,event,time\n1,a,02/03/2024\n1,b,03/13/2024\n"))[0] == datetime(2024, 2, 3)


def test_both_orders_in_one_column_are_refused(enter: Enter) -> None:
    with pytest.raises(InputError, match=r"13/03/2024.*row 1.*03/13/2024.*row 2"):
        enter("case,event,time\n1,a,13/03/2024\n1,b,03/13/2024\n")


def test_slashes_beside_iso_are_refused_and_can_be_told(enter: Enter) -> None:
    text = "case,event,time\n1,a,2024-03-01\n1,b,02/03/2024\n"
    with pytest.raises(InputError, match=r"row 2.*02/03/2024.*2024-03-01.*row 1.*dayfirst"):
        enter(text)
    assert times(enter(text, dayfirst=True)) == [datetime(2024, 3, 1), datetime(2024, 3, 2)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2024/02/29 7:05", datetime(2024, 2, 29, 7, 5)),
        ("2024-02-29 7:05:06,5", datetime(2024, 2, 29, 7, 5, 6, 500_000)),
        ("20240229", datetime(2024, 2, 29)),
        ("20240229T070506", datetime(2024, 2, 29, 7, 5, 6)),
        ("29 Feb 2024 07:05", datetime(2024, 2, 29, 7, 5)),
        ("29-February-2024", datetime(2024, 2, 29)),
        ("Feb 29, 2024 7:05 PM", datetime(2024, 2, 29, 19, 5)),
        ("29.02.2024 07:05:06", datetime(2024, 2, 29, 7, 5, 6)),
        ("2/29/2024 7:05:06 PM", datetime(2024, 2, 29, 19, 5, 6)),
        ("29/02/24 07:05", datetime(2024, 2, 29, 7, 5)),
        ("1709190306", datetime(2024, 2, 29, 7, 5, 6)),
        ("1709190306250", datetime(2024, 2, 29, 7, 5, 6, 250_000)),
        ("1709190306250001", datetime(2024, 2, 29, 7, 5, 6, 250_001)),
    ],
)
def test_ways_to_write_a_time(enter: Enter, written: str, expected: datetime) -> None:
    assert times(enter(f'case,event,time\n1,a,"{written}"\n')) == [expected]


@pytest.mark.parametrize("word", ["infinity", "epoch", "soon", "2024-13-45", "0000-00-00", "24:00"])
def test_what_is_no_time_is_set_aside(enter: Enter, word: str) -> None:
    door = enter(f"case,event,time\n1,a,2024-01-01\n1,b,{word}\n")
    assert door.report.quarantined == {"unreadable time": 1}
    assert (door.report.read, door.report.kept) == (2, 1)


def test_seconds_beside_dates_are_refused(enter: Enter) -> None:
    with pytest.raises(InputError, match="seconds"):
        enter("case,event,time\n1,a,2024-01-01\n1,b,1709190306\n")


# --- ids and names -----------------------------------------------------------------------------------


def test_ids_are_compared_as_text(con: Any) -> None:
    frame = pd.DataFrame({"case": [1, "1", 1.0, "x"], "event": list("abcd"), "time": pd.Timestamp("2024-01-01")})
    door = door_for(frame, con=con, case="case", touchpoint="event", time="time")
    assert list(rows(door)["case"]) == ["1", "1", "1", "x"]


def test_leading_zeros_stay(enter: Enter) -> None:
    assert list(rows(enter("case,event,time\n007,a,2024-01-01\n7,b,2024-01-01\n"))["case"]) == ["007", "7"]
    assert rows(enter("case,event,time\n-7,a,2024-01-01\n7,b,2024-01-01\n"))["case"].dtype == "int64"


def test_ids_too_long_for_a_number_stay_text(enter: Enter) -> None:
    door = enter("case,event,time\n123456789012345678901234567890,a,2024-01-01\n1,b,2024-01-01\n")
    assert list(rows(door)["case"]) == ["123456789012345678901234567890", "1"]


@pytest.mark.parametrize("name", ["NA", "null", "None", "nan", "NULL", "#N/A", "TRUE", "-", " x "])
def test_a_case_may_be_called_anything(enter: Enter, name: str) -> None:
    door = enter(f"case,event,time\n{name},{name},2024-01-01\nB,b,2024-01-01\n")
    table = rows(door)
    assert list(table["case"]) == [name, "B"]
    assert list(table["touchpoint"]) == [name, "b"]


NAMES = [
    "(end)",
    "(start)",
    "->",
    ">",
    "a,b",
    "a -> b",
    "😀 smile",
    "ação",
    'say "hi"',
    "two\nlines",
    "0",
    "'); DROP TABLE x; --",
]


def test_touchpoints_may_be_called_anything(con: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"case": range(len(NAMES)), "event": NAMES, "time": pd.Timestamp("2024-01-01")})
    frame.to_csv(tmp_path / "names.csv", index=False)
    frame.to_json(tmp_path / "names.jsonl", orient="records", lines=True, date_format="iso")
    frame.to_excel(tmp_path / "names.xlsx", index=False)
    frame.to_parquet(tmp_path / "names.parquet")
    for name in ("names.csv", "names.jsonl", "names.xlsx", "names.parquet"):
        table = rows(door_for(tmp_path / name, con=con, case="case", touchpoint="event", time="time"))
        assert list(table["touchpoint"]) == NAMES, name
        assert list(table["case"]) == list(range(len(NAMES))), name


def test_cases_of_one_event_stay(enter: Enter) -> None:
    assert enter("case,event,time\n1,a,2024-01-01\n2,a,2024-01-01\n").report.kept == 2


def test_the_case_called_na_of_the_sepsis_log(con: Any, shared: Path) -> None:
    door = door_for(
        shared / "data/logs/sepsis.csv.gz", con=con, case="case_id", touchpoint="activity", time="timestamp"
    )
    assert door.report.kept == 15_214
    assert (
        run(door.table.agg(n=door.table["case"].nunique(), na=(door.table["case"] == "NA").sum()), opening=True)
        .iloc[0]
        .tolist()[0]
        == 1050
    )
    assert run(door.table.filter(door.table["case"] == "NA").count().as_table(), opening=True).iloc[0, 0] > 0


# --- missing -----------------------------------------------------------------------------------------


def test_missing_values_are_set_aside_with_their_reason_and_raw_values(enter: Enter, tmp_path: Path) -> None:
    door = enter(
        "case,event,time\n1,a,2024-01-01\n,b,2024-01-02\n1, ,2024-01-03\n1,d,\n1,e,later\n,,\n1,f,2024-01-06\n"
    )
    assert door.report.quarantined == {
        "missing case": 2,
        "missing touchpoint": 1,
        "missing time": 1,
        "unreadable time": 1,
    }
    assert (door.report.read, door.report.kept) == (7, 2)
    file = door.write_quarantine(tmp_path / "aside.csv")
    assert file is not None
    aside = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert list(aside.columns) == ["table", "row", "reason", "case", "event", "time", "line"]
    assert list(aside["row"]) == ["2", "3", "4", "5", "6"]
    assert aside.iloc[3].tolist()[1:6] == ["5", "unreadable time", "1", "e", "later"]


# --- start and complete ------------------------------------------------------------------------------


def test_start_and_complete_are_one_event(enter: Enter) -> None:
    text = (
        "case,event,time,state\n"
        "A,x,2024-01-01 00:01,complete\n"  # without a start
        "A,x,2024-01-01 00:02,start\n"
        "A,x,2024-01-01 00:03,START\n"
        "A,x,2024-01-01 00:04,Complete\n"  # first in, first out
        "A,x,2024-01-01 00:06,complete\n"
        "A,x,2024-01-01 00:08,start\n"  # never completed
        "A,y,2024-01-01 00:09,schedule\n"
        "A,y,2024-01-01 00:09,complete\n"
        "A,y,2024-01-01 00:09,start\n"  # a start before a complete of the same time
    )
    door = enter(text, lifecycle="state")
    table = rows(door)
    assert list(table["touchpoint"]) == ["x", "x", "x", "x", "y"]
    minutes = [None if pd.isna(length) else length / 60e6 for length in table["duration_us"]]
    assert minutes == [None, 2, 3, None, 0]
    (report,) = door.report.tables
    assert (report.read, report.kept, report.events) == (8, 8, 5)
    assert report.left_out == {"lifecycle other than start and complete": 1}
    assert any("1 start never completed" in note for note in door.report.notes)


def test_another_column_is_no_lifecycle(enter: Enter) -> None:
    with pytest.raises(InputError, match="should say start or complete, but says “open”"):
        enter("case,event,time,state\n1,a,2024-01-01,open\n", lifecycle="state")


def test_an_undeclared_lifecycle_is_noticed(enter: Enter) -> None:
    door = enter("case,event,time,Lifecycle\n1,a,2024-01-01,start\n1,a,2024-01-02,complete\n")
    assert any("lifecycle: Lifecycle" in note for note in door.report.notes)


def test_the_patients_log_pairs_up(con: Any, shared: Path) -> None:
    file = shared / "data/logs/patients.csv.gz"
    door = door_for(file, con=con, case="patient", touchpoint="handling", time="time", lifecycle="registration_type")
    (report,) = door.report.tables
    assert (report.read, report.kept, report.events) == (5442, 5442, 2721)
    assert run(door.table.agg(n=door.table.duration_us.count()), opening=True).iloc[0, 0] == 2721


def test_a_scheduled_activity_is_not_counted(con: Any, shared: Path) -> None:
    file = shared / "data/logs/bpic2012.flat.csv.gz"
    columns = {"case": "case:concept:name", "touchpoint": "concept:name", "time": "time:timestamp"}
    (report,) = door_for(file, con=con, **columns, lifecycle="lifecycle:transition").report.tables
    raw = pd.read_csv(file, usecols=["lifecycle:transition"])["lifecycle:transition"].value_counts()
    assert report.left_out == {"lifecycle other than start and complete": raw["SCHEDULE"]}
    assert report.kept == raw["START"] + raw["COMPLETE"]
    assert raw["COMPLETE"] <= report.events <= raw["COMPLETE"] + 5


def test_an_end_time_gives_a_duration(enter: Enter) -> None:
    text = (
        "case,event,time,end\n1,a,2024-01-01 10:00,2024-01-01 10:30\n"
        "1,b,2024-01-01 11:00,2024-01-01 10:00\n1,c,2024-01-01 12:00,\n"
    )
    door = enter(text, end_time="end")
    assert [None if pd.isna(x) else x for x in rows(door)["duration_us"]] == [1_800_000_000, None, None]
    assert any("in 1 row the end is before the start" in note for note in door.report.notes)
