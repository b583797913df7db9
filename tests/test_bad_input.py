"""Bad input: a clear error that names the file, or a row set aside with its reason; never a traceback or silence."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.errors import InputError, JourneyError, RecipeError
from journey.events.engine import connect, run
from journey.events.read import Door, door_for
from journey.model import Scale

COLUMNS = {"case": "case", "touchpoint": "event", "time": "time"}
GOOD = "case,event,time\n1,a,2024-01-01\n1,b,2024-01-02\n"


@pytest.fixture(scope="module")
def con() -> Any:
    return connect()


@pytest.fixture
def enter(con: Any, tmp_path: Path) -> Callable[..., Door]:
    """A door for what is written into a file: text or bytes."""

    def opened(content: str | bytes, name: str = "events.csv", **options: Any) -> Door:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return door_for(file, con=con, **{**COLUMNS, **options})

    return opened


Enter = Callable[..., Door]


def rows(door: Door) -> pd.DataFrame:
    return run(door.table.order_by("row"), opening=True)


def aside(door: Door, folder: Path) -> pd.DataFrame:
    file = door.write_quarantine(folder / "aside.csv")
    assert file is not None
    return pd.read_csv(file, dtype=str, keep_default_na=False)


# --- files that are no tables ------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n\n", " ", "\ufeff"])
def test_an_empty_file(enter: Enter, content: str) -> None:
    with pytest.raises(InputError, match=r"events\.csv: the file is empty"):
        enter(content)


@pytest.mark.parametrize("name", ["events.csv", "events.tsv", "events.csv.gz"])
def test_only_a_header(enter: Enter, name: str) -> None:
    header = "\t".join(["case", "event", "time"]) if "tsv" in name else "case,event,time"
    door = enter(gzip.compress(header.encode()) if name.endswith("gz") else header, name)
    assert (door.report.read, door.report.kept, len(rows(door))) == (0, 0, 0)


def test_a_missing_file_or_folder(con: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    with pytest.raises(InputError, match=r"there is no such file\. Did you mean “orders\.csv”"):
        door_for(tmp_path / "order.csv", con=con, **COLUMNS)
    with pytest.raises(InputError, match="There is no folder"):
        door_for(tmp_path / "nowhere" / "order.csv", con=con, **COLUMNS)
    with pytest.raises(InputError, match="no file fits"):
        door_for(tmp_path / "*.parquet", con=con, **COLUMNS)
    with pytest.raises(InputError, match="no files in this folder"):
        (tmp_path / "empty").mkdir()
        door_for(tmp_path / "empty", con=con, **COLUMNS)
    with pytest.raises(InputError, match="only local files"):
        door_for("https://example.org/events.csv", con=con, **COLUMNS)
    with pytest.raises(InputError):
        door_for("events\0.csv", con=con, **COLUMNS)


def test_several_text_files_are_not_one_table(con: Any, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(InputError, match="2 files were found"):
        door_for(tmp_path, con=con, **COLUMNS)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (bytes(range(256)) * 50, "binary file"),
        (b"\x00" * 5000, "binary file"),
        (b"%PDF-1.7 something", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "a picture"),
        (b"SQLite format 3\x00" + b"\x00" * 100, "SQLite"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"),
    ],
)
def test_a_binary_file_named_csv(enter: Enter, content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=rf"events\.csv: .*{what}"):
        enter(content)


def test_a_line_of_a_hundred_megabytes(con: Any, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    with file.open("wb") as out:
        out.write(b"case,event,time\n1,a,2024-01-01\n2,")
        for _ in range(100):
            out.write(b"x" * (1 << 20))
        out.write(b",2024-01-01\n")
    started = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(InputError, match=r"long\.csv: line 3 is longer than 4 MB"):
        door_for(file, con=con, **COLUMNS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.perf_counter() - started < 5
    assert peak < 50 << 20


def test_a_long_json_line(con: Any, tmp_path: Path) -> None:
    (tmp_path / "long.jsonl").write_bytes(b'{"case": "' + b"x" * (20 << 20) + b'"}')
    with pytest.raises(InputError, match="line 1 is longer than 4 MB"):
        door_for(tmp_path / "long.jsonl", con=con, **COLUMNS)


def test_damaged_files(enter: Enter, tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode() * 5000)
    for broken in (packed[: len(packed) // 2], packed[:200] + b"\x00" * 50 + packed[250:]):
        with pytest.raises(InputError, match=r"events\.csv\.gz: the file is gzipped but damaged"):
            enter(broken, "events.csv.gz")
    pd.DataFrame({"case": range(1000), "event": "a", "time": pd.Timestamp("2024-01-01")}).to_parquet(
        tmp_path / "x.parquet"
    )
    whole = (tmp_path / "x.parquet").read_bytes()
    for broken in (whole[:1000], whole[: len(whole) - 4], whole[:4] + b"\xff" * 200 + whole[204:], b"not parquet"):
        with pytest.raises(InputError, match=r"events\.parquet: .*damaged"):
            enter(broken, "events.parquet")
    pd.DataFrame({"case": [1]}).to_excel(tmp_path / "x.xlsx")
    with pytest.raises(InputError, match=r"events\.xlsx: this is not a workbook, or it is damaged"):
        enter((tmp_path / "x.xlsx").read_bytes()[:2000], "events.xlsx")
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="not a workbook"):
        enter((tmp_path / "z.xlsx").read_bytes(), "events.xlsx")


# --- columns -----------------------------------------------------------------------------------------


def test_a_missing_column_suggests_the_nearest(enter: Enter) -> None:
    with pytest.raises(InputError, match=r"events\.csv: there is no column “tiem”\. Did you mean “time”"):
        enter(GOOD, time="tiem")
    with pytest.raises(InputError, match=r"Known columns: case, event, time"):
        enter(GOOD, time="zzz")


def test_a_doubled_column_matters_only_if_it_is_used(enter: Enter) -> None:
    text = "case,event,note,time,note\n1,a,x,2024-01-01,y\n"
    assert enter(text).report.kept == 1
    with pytest.raises(InputError, match="more than one column “note”"):
        enter(text, comment="note")


def test_doubled_columns_of_parquet(con: Any, tmp_path: Path) -> None:
    moment = pa.array([pd.Timestamp("2024-01-01")])
    arrays = [pa.array([1]), pa.array([2]), pa.array(["A"]), pa.array(["a"]), moment]
    pq.write_table(pa.Table.from_arrays(arrays, ["n", "n", "Case", "event", "time"]), tmp_path / "x.parquet")
    assert door_for(tmp_path / "x.parquet", con=con, **{**COLUMNS, "case": "Case"}).report.kept == 1
    with pytest.raises(InputError, match="more than one column “n”"):
        door_for(tmp_path / "x.parquet", con=con, **{**COLUMNS, "case": "n"})
    pq.write_table(pa.Table.from_arrays(arrays, ["n", "case", "Case", "event", "time"]), tmp_path / "y.parquet")
    assert list(rows(door_for(tmp_path / "y.parquet", con=con, **COLUMNS))["case"]) == [2]
    assert list(rows(door_for(tmp_path / "y.parquet", con=con, **{**COLUMNS, "case": "Case"}))["case"]) == ["A"]


def test_columns_that_differ_in_case_and_blanks(enter: Enter) -> None:
    door = enter("case,Case, event ,time\n1,A,a,2024-01-01\n", case="Case")
    assert list(rows(door)["case"]) == ["A"]


def test_nested_columns_of_parquet(con: Any, tmp_path: Path) -> None:
    table = pa.table(
        {
            "case": [1, 2],
            "event": ["a", "b"],
            "time": [pd.Timestamp("2024-01-01")] * 2,
            "detail": [{"channel": "web", "more": {"x": 1}}, {"channel": "app", "more": {"x": 2}}],
            "tags": [["x"], []],
        }
    )
    pq.write_table(table, tmp_path / "nested.parquet")
    opened = lambda **more: door_for(tmp_path / "nested.parquet", con=con, **{**COLUMNS, **more})  # noqa: E731
    assert opened().report.kept == 2
    assert list(rows(opened(channel="detail.channel"))["channel"]) == ["web", "app"]
    assert list(rows(opened(attributes=["detail.more.x"]))["a_detail.more.x"]) == [1, 2]
    with pytest.raises(InputError, match=r"“detail” is nested.*“detail.channel”"):
        opened(channel="detail")
    with pytest.raises(InputError, match="holds lists"):
        opened(channel="tags")
    with pytest.raises(InputError, match=r"there is no column “detail.chanel”. Did you mean “channel”"):
        opened(channel="detail.chanel")


def test_a_time_column_of_another_kind(con: Any) -> None:
    for values in ([True, False], [1.5, 2.5]):
        frame = pd.DataFrame({"case": [1, 2], "event": "a", "time": values})
        with pytest.raises(InputError, match="the column “time” holds"):
            door_for(frame, con=con, **COLUMNS)
    with pytest.raises(InputError, match="cannot be read as a time"):
        door_for(pd.DataFrame({"case": [1, 2], "event": "a", "time": ["web", "app"]}), con=con, **COLUMNS)


def test_a_scale_is_never_guessed(enter: Enter) -> None:
    with pytest.raises(InputError, match=r"effort='ces'.*Direction is never guessed"):
        enter(GOOD, effort="ces")


def test_options_that_do_not_exist(enter: Enter) -> None:
    with pytest.raises(RecipeError, match="chanel"):
        enter(GOOD, chanel="x")


def test_an_object_that_is_no_table(con: Any) -> None:
    with pytest.raises(InputError, match="not from list"):
        door_for([1, 2], con=con, **COLUMNS)


# --- lines -------------------------------------------------------------------------------------------


def test_lines_with_too_many_or_too_few_fields(enter: Enter, tmp_path: Path) -> None:
    door = enter(
        'case,event,time\n1,a,2024-01-01\n1,b\n1,"two\nlines",2024-01-02\n1,c,2024-01-03,x\n,d,2024-01-04\n1,e,2024-01-05\n'
    )
    assert door.report.quarantined == {"too few fields": 1, "too many fields": 1, "missing case": 1}
    assert (door.report.read, door.report.kept) == (6, 3)
    table = aside(door, tmp_path).sort_values("row")
    assert table[["row", "reason", "line"]].values.tolist() == [
        ["2", "too few fields", "1,b"],
        ["4", "too many fields", "1,c,2024-01-03,x"],
        ["5", "missing case", ""],
    ]
    assert list(rows(door)["row"]) == [0, 2, 5]


def test_the_wrong_delimiter(enter: Enter) -> None:
    with pytest.raises(InputError, match="there is no column “case”"):
        enter(GOOD, delimiter=";")
    with pytest.raises(InputError, match=r"lines have more or fewer fields.*delimiter"):
        enter("case,event,time\n" + "1;a;2024-01-01\n" * 10, delimiter=",")


def test_a_quotation_mark_that_is_never_closed(enter: Enter) -> None:
    lines = "".join(f"{i},a,2024-01-01\n" for i in range(1000))
    door = enter("case,event,time\n" + lines + '7,"never closed,2024-01-01\n')
    assert door.report.kept == 1000
    assert sum(door.report.quarantined.values()) == 1


def test_bytes_that_are_no_letters(enter: Enter) -> None:
    text = b"case,event,time\n" + "1,ação,2024-01-01\n".encode() * 50 + b"1,a\xff\xfeb,2024-01-01\n"
    door = enter(text)
    assert door.report.kept + sum(door.report.quarantined.values()) == door.report.read == 51
    assert door.report.quarantined == {"letters not in the encoding": 1}


def test_nul_bytes_inside_a_text(enter: Enter) -> None:
    door = enter(b"case,event,time\n" + b"1,a,2024-01-01\n" * 1000 + b"1,b\x00c,2024-01-01\n")
    assert door.report.kept + sum(door.report.quarantined.values()) == door.report.read == 1001


def test_json_lines_that_are_none(enter: Enter, tmp_path: Path) -> None:
    text = '{"case": 1, "event": "a", "time": "2024-01-01"}\nnot json\n\n[1]\n{"case": 1, "event": "b", "time": null}\n'
    door = enter(text, "events.jsonl")
    assert door.report.quarantined == {"not a JSON object": 2, "missing time": 1}
    assert (door.report.read, door.report.kept) == (4, 1)
    assert aside(door, tmp_path)["row"].tolist() == ["2", "4", "5"]
    with pytest.raises(InputError, match=r"events\.jsonl, line 1: expected one JSON object a line"):
        enter('[{"case": 1}]', "events.jsonl")
    with pytest.raises(InputError, match=r"“event” holds more than one value.*“event.name”"):
        enter('{"case": 1, "event": {"name": "a"}, "time": "2024-01-01"}', "events.jsonl")
    assert (
        enter(
            '{"case": 1, "event": {"name": "a"}, "time": "2024-01-01"}', "e.jsonl", touchpoint="event.name"
        ).report.kept
        == 1
    )


# --- XES ---------------------------------------------------------------------------------------------

XES = {"case": "case:concept:name", "touchpoint": "concept:name", "time": "time:timestamp"}
BOMB = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_an_entity_bomb(enter: Enter) -> None:
    for content in (f'<?xml version="1.0"?>{BOMB}<log>&b;</log>', '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'):
        with pytest.raises(InputError, match="document type"):
            enter(content, "log.xes", **XES)


@pytest.mark.parametrize("content", ["<log><trace><event>", "<log></trace></log>", "<log/>", "", "case,event"])
def test_xes_that_is_none(enter: Enter, content: str) -> None:
    with pytest.raises(InputError, match=r"log\.xes"):
        enter(content, "log.xes", **XES)


# --- answers -----------------------------------------------------------------------------------------


def test_answers_that_cannot_be_used_are_set_aside_and_the_rows_kept(enter: Enter, tmp_path: Path) -> None:
    text = "case,event,time,csat\n1,a,2024-01-01,5\n1,b,2024-01-02,9\n1,c,2024-01-03,good\n1,d,2024-01-04,\n1,e,,7\n"
    door = enter(text, satisfaction=Scale("csat", 1, 5))
    assert (door.report.read, door.report.kept) == (5, 4)
    assert door.report.set_aside == {"answer outside the scale": 1, "unreadable answer": 1}
    assert door.report.quarantined == {"missing time": 1}
    (seen,) = door.report.scales
    assert (seen.lowest, seen.highest, seen.n) == (5, 5, 1)
    assert aside(door, tmp_path)["csat"].tolist() == ["7", "9", "good"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, 5.5])
def test_typed_answers_outside_their_scale(con: Any, bad: float) -> None:
    frame = pd.DataFrame({"case": [1, 2], "event": "a", "time": pd.Timestamp("2024-01-01"), "csat": [4.0, bad]})
    door = door_for(
        pa.table({name: pa.array(frame[name].tolist()) for name in frame}),
        con=con,
        **COLUMNS,
        satisfaction=Scale("csat", 1, 5),
    )
    assert door.report.scales[0].n == 1
    assert door.report.set_aside == ({} if bad != bad else {"answer outside the scale": 1})


def test_decimal_commas(enter: Enter) -> None:
    text = "case;event;time;csat;price\n1;a;2024-01-01;4,5;10,25\n1;b;2024-01-02;3;7\n"
    door = enter(text, satisfaction=Scale("csat", 1, 5), attributes=["price"])
    assert rows(door)["r_csat"].tolist() == [4.5, 3]
    assert rows(door)["a_price"].tolist() == [10.25, 7]
    assert door.report.tables[0].understood["decimal mark"] == ","
    mixed = "case;event;time;csat\n1;a;2024-01-01;4,5\n1;b;2024-01-02;3.5\n"
    with pytest.raises(InputError, match="decimal"):
        enter(mixed + "", satisfaction=Scale("csat", 1, 5))
    assert enter(mixed, satisfaction=Scale("csat", 1, 5), decimal=".").report.set_aside == {"unreadable answer": 1}


# --- nothing lost ------------------------------------------------------------------------------------

cell = st.sampled_from(
    ["", " ", "a", "b", "NA", "1", "007", '"', '""', '"x,y"', '"two\nlines"', "2024-01-01", "2024-13-01", "x" * 50, "é"]
)
line = st.lists(cell, min_size=1, max_size=5).map(",".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(line, max_size=12))
def test_nothing_is_lost(con: Any, tmp_path: Path, lines: list[str]) -> None:
    """Rows read are rows kept and rows set aside, exactly, whatever stands in the file; or it is refused in words."""
    file = tmp_path / "any.csv"
    file.write_text("case,event,time\n" + "\n".join(lines) + "\n", encoding="utf-8")
    try:
        door = door_for(file, con=con, **COLUMNS)
    except JourneyError as error:
        assert "any.csv" in str(error)
        return
    assert door.report.read == door.report.kept + sum(door.report.quarantined.values())
    assert len(rows(door)) == door.report.kept
    written = door.write_quarantine(tmp_path / "aside.csv")
    shown = 0 if written is None else len(pd.read_csv(written, dtype=str, keep_default_na=False))
    assert shown == sum(door.report.quarantined.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-3, 3), st.text(max_size=3)),
            st.one_of(st.none(), st.text(max_size=3)),
            st.one_of(st.none(), st.datetimes()),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_nothing_of_a_frame_is_lost(con: Any, table: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(table, columns=["case", "event", "time"])
    door = door_for(frame, con=con, **COLUMNS)
    blank = frame.map(
        lambda value: value.strip(" \t\n\r\v\f") == "" if isinstance(value, str) else bool(pd.isna(value))
    )
    assert door.report.read == len(frame)
    assert door.report.kept == int((~blank.any(axis=1)).sum())
    assert door.report.read == door.report.kept + sum(door.report.quarantined.values())
