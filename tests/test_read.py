"""Reading: every kind of file and of table comes through the door as the same events."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.errors import InputError
from journey.events.engine import cache_dir, connect, run
from journey.events.read import Door, door, door_for
from journey.model import Scale
from journey.recipe import load, parse

COLUMNS = {"case": "case", "touchpoint": "event", "time": "time"}
FRAME = pd.DataFrame(
    {
        "case": [1, 1, 2],
        "event": ["Besuch", "Käse", "日本"],
        "time": pd.to_datetime(["2024-01-01 10:00", "2024-01-02 11:30", "2024-01-03 00:00"]),
        "csat": [4.5, None, 2.0],
        "plan": ["a", None, "b"],
    }
)


# Ibis 12 asks pandas for an option that pandas 3 is about to remove.
IBIS_ASKS_PANDAS = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")


@pytest.fixture(scope="module")
def con() -> Any:
    return connect()


def rows(opened: Door) -> pd.DataFrame:
    return run(opened.table.order_by("row"), opening=True)


def opened(con: Any, source: Any, **options: Any) -> Door:
    more = {"satisfaction": Scale("csat", 1, 5), "attributes": ["plan"], "channel": "plan"}
    return door_for(source, con=con, **{**COLUMNS, **more, **options})


def check(con: Any, source: Any, **options: Any) -> Door:
    """The door of `source` shows the events of FRAME."""
    found = opened(con, source, **options)
    table = rows(found)
    assert list(table.columns) == ["case", "touchpoint", "time", "row", "channel", "r_csat", "a_plan"]
    assert list(table["case"]) == [1, 1, 2]
    assert list(table["touchpoint"]) == ["Besuch", "Käse", "日本"]
    assert list(table["time"]) == list(FRAME["time"])
    assert list(table["row"]) == [0, 1, 2]
    assert [None if pd.isna(x) else x for x in table["r_csat"]] == [4.5, None, 2.0]
    assert [None if pd.isna(x) else x for x in table["a_plan"]] == ["a", None, "b"]
    assert (found.report.read, found.report.kept, found.report.quarantined) == (3, 3, {})
    kinds = {name: str(kind) for name, kind in found.table.schema().items()}
    assert kinds == {
        "case": "int64",
        "touchpoint": "string",
        "time": "timestamp(6)",
        "row": "int64",
        "channel": "string",
        "r_csat": "float64",
        "a_plan": "string",
    }
    return found


# --- one table, many formats -------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", "."), ("|", ".")])
def test_text(con: Any, tmp_path: Path, encoding: str, delimiter: str, decimal: str) -> None:
    file = tmp_path / "events.csv"
    FRAME.to_csv(file, index=False, sep=delimiter, decimal=decimal, encoding=encoding)
    understood = check(con, file).report.tables[0].understood
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    assert (understood["delimiter"], understood["decimal mark"]) == (names[delimiter], decimal)
    assert understood["encoding"] == {"utf-8-sig": "utf-8"}.get(encoding, encoding)


def test_cp1252(con: Any, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes("case,event,time\n1,“Käse” – 5 €,2024-01-01\n".encode("cp1252"))
    found = door_for(file, con=con, **COLUMNS)
    assert list(rows(found)["touchpoint"]) == ["“Käse” – 5 €"]
    assert found.report.tables[0].understood["encoding"] == "cp1252"
    file.write_bytes("case,event,time\n1,Grün,2024-01-01\n".encode("cp850"))
    with pytest.raises(InputError, match="neither UTF-8 nor Windows-1252"):
        door_for(file, con=con, **COLUMNS)
    assert list(rows(door_for(file, con=con, **COLUMNS, encoding="cp850"))["touchpoint"]) == ["Grün"]
    with pytest.raises(InputError, match="are not letters in utf-8"):
        door_for(file, con=con, **COLUMNS, encoding="utf-8")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\n\n", "sep=,\n"])
def test_line_endings_and_what_stands_before_the_header(con: Any, tmp_path: Path, ending: str, before: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text((before + FRAME.to_csv(index=False)).replace("\n", ending), encoding="utf-8", newline="")
    check(con, file)


def test_packed_text(con: Any, tmp_path: Path) -> None:
    text = FRAME.to_csv(index=False)
    for name in ("events.csv.gz", "events.csv"):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
        check(con, tmp_path / name)
    (tmp_path / "events.tsv.gz").write_bytes(gzip.compress(text.replace(",", "\t").encode("utf-16")))
    check(con, tmp_path / "events.tsv.gz")


def test_parquet_file_folder_pattern_and_odd_names(con: Any, tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "it's [1] *.parquet")
    check(con, tmp_path / "it's [1] *.parquet")
    (tmp_path / "parts").mkdir()
    FRAME.iloc[:2].to_parquet(tmp_path / "parts" / "1.parquet")
    FRAME.iloc[2:].to_parquet(tmp_path / "parts" / "2.parquet")
    (tmp_path / "parts" / "_SUCCESS").touch()
    check(con, tmp_path / "parts")
    check(con, str(tmp_path / "parts" / "*.parquet"))


def test_partitions_are_columns(con: Any, tmp_path: Path) -> None:
    for year, part in ((2023, FRAME.iloc[:2]), (2024, FRAME.iloc[2:])):
        (tmp_path / f"year={year}").mkdir()
        part.to_parquet(tmp_path / f"year={year}" / "x.parquet")
    found = check(con, tmp_path)
    assert found.report.tables[0].understood["format"] == "Parquet, 2 files"
    assert list(rows(opened(con, tmp_path, attributes=["year"]))["a_year"]) == [2023, 2023, 2024]


def test_typed_times_of_parquet(con: Any, tmp_path: Path) -> None:
    moment = datetime(2024, 7, 1, 12, 0, 0, 250)
    kinds = {
        pa.timestamp("ns"): moment,
        pa.timestamp("us"): moment,
        pa.timestamp("us", "America/New_York"): moment.replace(tzinfo=UTC),
        pa.timestamp("ms", "UTC"): moment.replace(microsecond=0, tzinfo=UTC),
        pa.date32(): moment.date(),
        pa.string(): moment.isoformat(),
    }
    for kind, value in kinds.items():
        pq.write_table(pa.table({"case": [1], "event": ["a"], "time": pa.array([value], kind)}), tmp_path / "x.parquet")
        found = rows(door_for(tmp_path / "x.parquet", con=con, **COLUMNS))["time"][0].to_pydatetime()
        assert found.date() == moment.date(), kind
        assert found.hour == (0 if kind == pa.date32() else 12), kind
    pq.write_table(pa.table({"case": [1], "event": ["a"], "time": [1_719_835_200]}), tmp_path / "x.parquet")
    assert rows(door_for(tmp_path / "x.parquet", con=con, **COLUMNS))["time"][0] == pd.Timestamp("2024-07-01 12:00")


def test_workbook(con: Any, tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "events.xlsx") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Notes", index=False)
        FRAME.to_excel(book, sheet_name="Events", index=False, startrow=3)
    with pytest.raises(InputError, match="there is no column “case”"):
        opened(con, tmp_path / "events.xlsx")
    with pytest.raises(InputError, match=r"no sheet “Event”. Did you mean “Events”"):
        opened(con, tmp_path / "events.xlsx", sheet="Event")
    assert check(con, tmp_path / "events.xlsx", sheet="Events").report.tables[0].understood["other sheets"] == "Notes"
    pd.DataFrame().to_excel(tmp_path / "empty.xlsx")
    with pytest.raises(InputError, match="is empty"):
        opened(con, tmp_path / "empty.xlsx")


def test_json_lines(con: Any, tmp_path: Path) -> None:
    FRAME.to_json(tmp_path / "events.jsonl", orient="records", lines=True, date_format="iso")
    check(con, tmp_path / "events.jsonl")
    inside = [
        json.dumps({"event": row.event, "properties": {"case": row.case, "time": str(row.time)}})
        for row in FRAME.itertuples()
    ]
    (tmp_path / "deep.jsonl.gz").write_bytes(gzip.compress("\n".join(inside).encode()))
    deep = door_for(
        tmp_path / "deep.jsonl.gz", con=con, case="properties.case", touchpoint="event", time="properties.time"
    )
    assert list(rows(deep)["case"]) == [1, 1, 2]


XES = """<?xml version="1.0" encoding="utf-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="default"/></global>
  {traces}
</log>"""


def event(name: str, time: str, state: str = "complete") -> str:
    return (
        f'<event><string key="concept:name" value="{name}"><string key="inner" value="no"/></string>'
        f'<date key="time:timestamp" value="{time}"/><string key="lifecycle:transition" value="{state}"/></event>'
    )


def test_xes(con: Any, tmp_path: Path) -> None:
    trace = '<trace>{events}<string key="concept:name" value="{name}"/><int key="amount" value="7"/></trace>'
    first = (
        event("a", "2024-01-01T10:00:00+02:00", "start")
        + event("a", "2024-01-01T09:00:00Z")
        + event("b &amp; c", "2024-01-01T09:00:01Z")
    )
    text = XES.format(
        traces=trace.format(events=first, name="x")
        + trace.format(events=event("a", "2024-01-02T00:00:00Z", "schedule"), name="y")
    )
    for name, content in (("log.xes", text.encode()), ("log.xes.gz", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(content)
        found = door_for(
            tmp_path / name,
            con=con,
            case="case:concept:name",
            touchpoint="concept:name",
            time="time:timestamp",
            attributes=["case:amount"],
        )
        table = rows(found).sort_values("time")
        assert list(table["touchpoint"]) == ["a", "b & c"]
        assert table["duration_us"].tolist()[0] == 3_600_000_000
        assert list(table["a_case:amount"]) == [7, 7]
        assert found.report.tables[0].left_out == {"lifecycle other than start and complete": 1}


def test_the_running_example_is_the_same_in_both_formats(con: Any, shared: Path) -> None:
    folder = shared / "data" / "logs"
    columns = {"case": "case:concept:name", "touchpoint": "concept:name", "time": "time:timestamp"}
    one, other = (
        rows(door_for(folder / name, con=con, **columns))
        for name in ("running-example.xes", "running-example.flat.csv.gz")
    )
    assert len(one) == 42
    pd.testing.assert_frame_equal(one, other)


# --- tables in memory and elsewhere ------------------------------------------------------------------


@IBIS_ASKS_PANDAS
@pytest.mark.parametrize(
    "made",
    [
        lambda: FRAME,
        lambda: FRAME.astype({"event": "category", "plan": "object", "csat": "Float64"}),
        lambda: FRAME.set_index(pd.Index([5, 6, 7])),
        lambda: pl.from_pandas(FRAME),
        lambda: pl.from_pandas(FRAME).lazy(),
        lambda: pl.from_pandas(FRAME).with_columns(pl.col("event").cast(pl.Categorical)),
        lambda: pa.Table.from_pandas(FRAME),
        lambda: pa.Table.from_pandas(FRAME).to_batches()[0],
        lambda: ibis.memtable(FRAME),
        lambda: ibis.duckdb.connect().create_table("t", FRAME),
    ],
    ids=[
        "pandas",
        "pandas types",
        "pandas index",
        "polars",
        "polars lazy",
        "polars categorical",
        "arrow",
        "arrow batch",
        "ibis",
        "duckdb",
    ],
)
def test_tables_in_memory(con: Any, made: Callable[[], Any]) -> None:
    assert check(con, made()).fingerprint is None


def test_frames_that_mix_types(con: Any) -> None:
    frame = pd.DataFrame(
        {"case": ["x", 2, None], "event": ["a", 5, "b"], "time": [datetime(2024, 1, 1), "2024-01-02", None]},
        dtype=object,
    )
    found = door_for(frame, con=con, **COLUMNS)
    assert rows(found)[["case", "touchpoint"]].values.tolist() == [["x", "a"], ["2", "5"]]
    assert found.report.quarantined == {"missing case": 1}


@IBIS_ASKS_PANDAS
def test_another_engine_stays_where_it_is() -> None:
    """Ibis expressions on an engine other than DuckDB: renamed and checked there, never copied."""
    elsewhere = ibis.polars.connect({"t": pl.from_pandas(FRAME)})
    found = door_for(elsewhere.table("t"), con=connect(), **COLUMNS, satisfaction=Scale("csat", 1, 4))
    assert found.table.get_backend() is elsewhere
    assert found.report.set_aside == {"answer outside the scale": 1}
    assert elsewhere.to_pandas(found.table.order_by("time"))["touchpoint"].tolist() == list(FRAME["event"])


# --- fingerprints and spools -------------------------------------------------------------------------


def test_the_fingerprint_is_of_content_and_options(con: Any, tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    for file in (one, other):
        FRAME.to_csv(file, index=False)
    first = opened(con, one).fingerprint
    assert first is not None and len(first) == 64
    assert opened(con, one).fingerprint == first
    assert opened(con, one, channel=None).fingerprint != first
    assert opened(con, one, time_zone="Europe/Berlin").fingerprint != first
    one.write_text(one.read_text() + "3,x,2024-01-01,1,a\n")
    assert opened(con, one).fingerprint != first


def test_decoded_files_go_with_their_door(con: Any, tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    found = opened(con, tmp_path / "a.csv")
    assert found.spool is not None
    folder = found.spool.folder
    assert folder.parent == cache_dir() and list(folder.iterdir())
    del found
    assert not folder.exists()


def test_attributes_are_typed_only_where_all_values_agree(con: Any, tmp_path: Path) -> None:
    text = (
        "case,event,time,whole,zeros,decimal,flag,day,thousand,word,blank\n"
        '1,a,2024-01-01,1,007,1.5,true,2024-01-01,"1,234",x,\n'
        '1,b,2024-01-01,-20,1,2,FALSE,2024-02-30T10:00,"2,345",7,\n'
        '1,c,2024-01-01,,2,1e3,,2024-02-28 10:00:00.5,"3,456",,\n'
    )
    (tmp_path / "a.csv").write_text(text.replace("2024-02-30T10:00", "2024-02-29T10:00"))
    names = text.split("\n", maxsplit=1)[0].split(",")[3:]
    kinds = door_for(tmp_path / "a.csv", con=con, **COLUMNS, attributes=names).table.schema()
    found = {name: str(kinds[f"a_{name}"]) for name in names}
    assert found == {
        "whole": "int64",
        "zeros": "string",
        "decimal": "float64",
        "flag": "boolean",
        "day": "timestamp(6)",
        "thousand": "string",
        "word": "string",
        "blank": "string",
    }


# --- recipes: several tables -------------------------------------------------------------------------


def recipe(con: Any, folder: Path, tables: str, more: str = "", **files: str) -> Door:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return door(parse(f"tables:\n{tables}\n{more}", folder=folder), con=con)


EVENTS = "  - {kind: events, path: events.csv, case: case, touchpoint: event, time: time}"
LOG = "case,event,time,member\n1,a,2024-01-01,x\n1,b,2024-01-05,x\n1,a,2024-01-09,x\n2,a,2024-01-02,y\n"
SCALES = "scales: {csat: {metric: csat, low: 1, high: 5}}"


def test_only_and_rename(con: Any, tmp_path: Path) -> None:
    table = EVENTS[:-1] + ", only: {member: [x]}, rename: {a: Order, b: '->'}}"
    found = recipe(con, tmp_path, table, events=LOG)
    assert list(rows(found)["touchpoint"]) == ["Order", "->", "Order"]
    (report,) = found.report.tables
    assert (report.read, report.kept, report.left_out) == (3, 3, {"only member: x": 1})


def test_milestones(con: Any, tmp_path: Path) -> None:
    orders = (
        "id,store,bought,sent,got,promised\n"
        "1,web,2024-01-01 10:00,2024-01-02 09:00,2024-01-04 08:00,2024-01-03\n"
        "2,app,2024-01-01 10:00,2023-12-31 10:00,,2024-01-03\n"
        "3,app,,,,2024-01-03\n"
        ",app,2024-01-01 10:00,,,\n"
        "5,app,2024-01-01 10:00,whenever,,\n"
    )
    table = (
        "  - {kind: milestones, path: orders.csv, case: id, touchpoints: {bought: Buy, sent: Send, got: Get}, "
        "promises: {Get: promised}, channel: store, channels: {Send: parcel}, attributes: [store]}"
    )
    found = recipe(con, tmp_path, table, orders=orders)
    table_ = rows(found)
    assert table_[["case", "touchpoint", "channel"]].values.tolist() == [
        [1, "Buy", "web"],
        [1, "Send", "parcel"],
        [1, "Get", "web"],
        [2, "Buy", "app"],
        [2, "Send", "parcel"],
        [5, "Buy", "app"],
    ]
    # Promised for a day: by its end.
    assert table_["due"].dropna().tolist() == [pd.Timestamp("2024-01-03 23:59:59.999999")]
    (report,) = found.report.tables
    assert (report.read, report.kept, report.events) == (5, 3, 6)
    assert report.quarantined == {"missing case": 1, "no date at all": 1}
    assert report.set_aside == {"unreadable time": 1}
    assert any("in 1 row “Send” comes before “Buy”" in note for note in found.report.notes)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("time: at", [(0, 5), (1, 3)]),
        ("at: a", [(2, 5), (3, 2)]),
        ("time: at, at: a", [(0, 3), (2, 1), (3, 2)]),
        ("touchpoint: where", [(1, 3), (2, 5), (3, 2)]),
        ("time: at, touchpoint: where", [(0, 5), (1, 3), (3, 2)]),
        ("", [(2, 1), (3, 2)]),
    ],
)
def test_an_answer_goes_to_one_visit(con: Any, tmp_path: Path, how: str, expected: list[tuple[int, int]]) -> None:
    answers = (
        "id,at,where,score\n"
        "1,2024-01-03,a,5\n"  # between a and b
        "1,2024-01-06,b,3\n"  # after b
        "1,2024-01-20,c,1\n"  # after the last a
        "2,2024-01-01,a,2\n"  # before the first visit
        "9,2024-01-01,a,4\n"  # no such case
        ",2024-01-01,a,4\n"
        "1,2024-01-20,a,\n"
    )
    table = (
        EVENTS
        + "\n  - {kind: answers, path: answers.csv, case: id, answers: {csat: score}"
        + (f", {how}" if how else "")
        + "}"
    )
    found = recipe(con, tmp_path, table, SCALES, events=LOG, answers=answers)
    table_ = rows(found)
    rated = table_[table_["r_csat"].notna()]
    seen = list(zip(rated["row"], rated["r_csat"], strict=True))
    if how == "time: at":
        expected = [(0, 5), (1, 3), (2, 1)]
    if how == "at: a":
        expected = [(2, 1), (3, 2)]
    assert seen == expected
    report = found.report.tables[1]
    assert report.read == 7 == report.kept + sum(report.quarantined.values())
    assert report.kept == len(expected)
    assert report.quarantined["answer without a case"] == 1
    assert report.quarantined["missing case"] == 1
    assert report.quarantined["no answer"] == 1
    assert len(table_) == 4


def test_the_last_answer_to_a_visit_counts(con: Any, tmp_path: Path) -> None:
    answers = "id,at,score\n1,2024-01-03,5\n1,2024-01-04,2\n1,2024-01-04,\n1,2024-01-04 10:00,9\n"
    table = EVENTS + "\n  - {kind: answers, path: answers.csv, case: id, time: at, answers: {csat: score}}"
    found = recipe(con, tmp_path, table, SCALES, events=LOG, answers=answers)
    assert rows(found)["r_csat"].dropna().tolist() == [2]
    assert found.report.tables[1].quarantined == {
        "no answer": 1,
        "answer outside the scale": 1,
        "a later answer to the same visit": 1,
    }
    written = pd.read_csv(found.write_quarantine(tmp_path / "aside.csv") or "", dtype=str)
    assert dict(zip(written["row"], written["reason"], strict=True))["1"] == "a later answer to the same visit"


def test_equal_times_give_the_answer_to_the_last_row(con: Any, tmp_path: Path) -> None:
    log = "case,event,time,member\n1,a,2024-01-01,x\n1,b,2024-01-01,x\n"
    table = EVENTS + "\n  - {kind: answers, path: answers.csv, case: id, time: at, answers: {csat: score}}"
    found = recipe(con, tmp_path, table, SCALES, events=log, answers="id,at,score\n1,2024-01-01,5\n")
    assert rows(found).set_index("touchpoint")["r_csat"].dropna().to_dict() == {"b": 5}


def test_attributes_and_customers(con: Any, tmp_path: Path) -> None:
    members = "member,plan,person\nx,gold,P1\ny,basic,P2\nx,silver,P3\n,none,P4\nz,gold,P5\n"
    table = EVENTS + "\n  - {kind: attributes, path: members.csv, key: member, columns: [plan], customer: person}"
    found = recipe(con, tmp_path, table, events=LOG, members=members)
    assert rows(found)[["customer", "a_plan"]].values.tolist() == [["P1", "gold"]] * 3 + [["P2", "basic"]]
    assert found.report.tables[1].quarantined == {"key already seen in an earlier row": 1, "missing key": 1}
    with pytest.raises(
        InputError, match=r"no table of events has a column “membr” to join it on. Did you mean “member”"
    ):
        recipe(con, tmp_path, table.replace("key: member", "key: member, on: membr"), events=LOG, members=members)


def test_answers_of_customers(con: Any, tmp_path: Path) -> None:
    table = (
        EVENTS[:-1]
        + ", customer: member}\n  - {kind: answers, path: answers.csv, customer: who, time: at, answers: {csat: score}}"
    )
    found = recipe(con, tmp_path, table, SCALES, events=LOG, answers="who,at,score\nx,2024-01-06,4\n")
    assert rows(found)["r_csat"].tolist()[1] == 4


def test_ids_meet_as_text_between_tables(con: Any, tmp_path: Path) -> None:
    other = "case,event,time\n1,c,2024-01-07\nB7,c,2024-01-07\n"
    table = EVENTS + "\n" + EVENTS.replace("events.csv", "other.csv")
    found = recipe(con, tmp_path, table, events=LOG, other=other)
    table_ = rows(found)
    assert list(table_["case"]) == ["1", "1", "1", "2", "1", "B7"]
    assert list(table_["row"]) == list(range(6))
    assert found.report.read == found.report.kept == 6


def test_default_channels(con: Any, tmp_path: Path) -> None:
    found = recipe(con, tmp_path, EVENTS, "channels: {a: web}", events=LOG)
    assert [None if pd.isna(x) else x for x in rows(found)["channel"]] == ["web", None, "web", "web"]


def test_a_survey(con: Any, tmp_path: Path) -> None:
    survey = (
        "id,q1,q2,e1,nps,said\n"
        "1,5,0,2,10,good\n"  # q2 without answer
        "2,6,4,,0,\n"  # q1 not used, and 0 is an answer on 0–10
        "3,6,6,,7,\n"  # nothing used
        "4,,9,,11,\n"  # q2 and nps outside
        ",1,1,,1,\n"
    )
    table = (
        "  - {kind: survey, path: survey.csv, case: id, touchpoints: {q1: Find, q2: Pay}, scale: csat, "
        "efforts: {e1: Find}, "
        "effort_scale: ces, missing: 0, not_used: 6, answers: {nps: nps}, comment: said}"
    )
    scales = SCALES[:-1] + ", ces: {metric: ces, low: 1, high: 7, good: low}, nps: {metric: nps}}"
    found = recipe(con, tmp_path, table, scales, survey=survey)
    assert not found.timed
    table_ = rows(found).astype(object).where(rows(found).notna(), None)
    assert table_[["case", "touchpoint", "r_csat", "r_ces", "r_nps", "comment"]].values.tolist() == [
        [1, "Find", 5, 2, None, None],
        [1, "Pay", None, None, 10, "good"],
        [2, "Pay", 4, None, 0, None],
        [4, "Find", None, None, None, None],
        [4, "Pay", None, None, None, None],
    ]
    (report,) = found.report.tables
    assert (report.read, report.kept, report.events) == (5, 3, 5)
    assert report.quarantined == {"missing case": 1, "no touchpoint used": 1}
    assert report.set_aside == {"answer outside the scale": 2}


OLIST = """
tables:
  - kind: milestones
    path: olist_orders_dataset.csv.gz
    case: order_id
    touchpoints: {order_purchase_timestamp: Purchase, order_approved_at: Approved,
                  order_delivered_carrier_date: Handed over, order_delivered_customer_date: Delivered}
    promises: {Delivered: order_estimated_delivery_date}
  - {kind: answers, path: olist_order_reviews_dataset.csv.gz, case: order_id, time: review_answer_timestamp,
     answers: {review: review_score}, comment: review_comment_message}
  - {kind: attributes, path: olist_customers_dataset.csv.gz, key: customer_id, columns: [customer_state],
     customer: customer_unique_id}
scales: {review: {metric: csat, low: 1, high: 5}}
"""


def test_olist(con: Any, shared: Path) -> None:
    found = door(parse(OLIST, folder=shared / "data" / "olist"), con=con)
    orders, reviews, customers = found.report.tables
    assert (orders.read, orders.kept) == (15_000, 15_000)
    assert reviews.read == reviews.kept + sum(reviews.quarantined.values())
    assert customers.kept == 15_000
    assert any("in 206 rows “Handed over” comes before “Approved”" in note for note in found.report.notes)
    facts = run(
        found.table.agg(n=found.table.count(), rated=found.table.r_review.count(), whose=found.table.customer.count()),
        opening=True,
    )
    assert facts.iloc[0].tolist() == [orders.events, reviews.kept, orders.events]


def test_a_recipe_file(con: Any, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(LOG)
    (tmp_path / "journey.yaml").write_text(f"tables:\n{EVENTS}\n")
    assert door(load(tmp_path / "journey.yaml"), con=con).report.tables[0].path == "events.csv"
