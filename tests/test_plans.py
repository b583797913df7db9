"""Acting: what is written down is kept, with its history, for one writer at a time; and data suggest what to do."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from typer.testing import CliRunner

import journey as jn
from journey import store
from journey.analysis.initiative import became
from journey.app.state import SAMPLE
from journey.cli import plans as verb
from journey.cli.verbs import app as cli
from journey.draw.acting_words import GUIDE, became_told, draft, loop_told
from journey.draw.brief import brief, brief_html, brief_markdown
from journey.errors import JourneyError
from journey.estimate.measures import wilson
from journey.events.accounts_exits import departures
from journey.events.accounts_one import account_facts, account_names
from journey.events.detractors import Detractor, detractors
from journey.export.records import record_payload, record_table
from journey.export.table import csv
from journey.store import (
    Initiative,
    Initiatives,
    Interview,
    Interviews,
    Meeting,
    Meetings,
    Plan,
    Plans,
    Reason,
    Reasons,
    Task,
    Tasks,
)
from journey.store.database import TABLES
from journey.store.records import Records
from journey.store.tasks import suggested
from journey.success.exits import exit_reasons
from journey.success.loop import closed_loop, suggested_tasks

ROOT = Path(__file__).parents[1]
KINDS: dict[type[Records[Any]], Any] = {
    Plans: Plan(goal="Report emissions", account="84", owner="CSM", due=date(2026, 7, 1)),
    Tasks: Task(title="Call them"),
    Meetings: Meeting(account="84", decisions="- first\n\n* second\nfirst"),
    Interviews: Interview(account="3", at="Monthly bill", path="First bill → Monthly bill"),
    Initiatives: Initiative(name="Shorter form", at="ID check", expected_cut=0.3),
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return store.connect(f"sqlite:///{tmp_path}/store.db")


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def ranking(log: jn.EventLog) -> jn.Ranking:
    return jn.friction(log)


# --- what is kept ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_comes_back_as_it_was_kept(engine: Engine, kind: type[Records[Any]]) -> None:
    kept = kind(engine, "a")
    one = kept.add(KINDS[kind])
    assert kept.all() == (one,)
    assert kept.get(one.id) == one
    assert (one.version, one.state, one.made.tzinfo) == (1, next(iter(kind.states)), UTC)
    assert kind(engine, "b").all() == ()
    with pytest.raises(JourneyError, match="not there any more"):
        kind(engine, "b").get(one.id)
    kept.remove(one.id)
    assert kept.all() == ()
    assert kept.history(one.id) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_states_follow_each_other_as_told_and_leave_a_history(engine: Engine, kind: type[Records[Any]]) -> None:
    kept = kind(engine, "a")
    filled = {"outcome": "done", "reason": "price", "finish": date(2026, 5, 1)}
    known = {field.name for field in dataclasses.fields(kind.kind)}
    new = dataclasses.replace(KINDS[kind], **{name: value for name, value in filled.items() if name in known})
    for before, following in kind.states.items():
        for after in kind.states:
            one = kept.add(dataclasses.replace(new, state=before))
            if after == before:
                continue
            if after in following:
                turned = kept.turn(one, after, note="so it is")
                assert (turned.state, turned.version) == (after, 2)
                assert [(turn.before, turn.after) for turn in kept.history(one.id)] == [(None, before), (before, after)]
                assert kept.history(one.id)[-1].note == "so it is"
                assert kept.history(one.id)[-1].when.tzinfo is UTC
            else:
                with pytest.raises(JourneyError, match="can't become"):
                    kept.turn(one, after)
    with pytest.raises(JourneyError, match="There is no state “gone”"):
        kept.add(dataclasses.replace(new, state="gone"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_of_two_writers_gets_a_sentence(engine: Engine, kind: type[Records[Any]]) -> None:
    kept = kind(engine, "a")
    one = kept.add(KINDS[kind])
    text_field = next(name for name, limit in kind.limits.items() if limit.free)
    first = kept.change(dataclasses.replace(one, **{text_field: "mine"}))
    with pytest.raises(JourneyError, match="Someone else changed this"):
        kept.change(dataclasses.replace(one, **{text_field: "yours"}))
    assert getattr(kept.get(one.id), text_field) == "mine"
    kept.remove(one.id)
    with pytest.raises(JourneyError, match="not there any more"):
        kept.change(first)


def test_a_writer_who_comes_between_reading_and_writing_is_noticed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Tasks(engine, "a")
    one = kept.add(Task(title="Call"))
    read = Tasks.get

    def slow(self: Tasks, record: str) -> Task:
        found = read(self, record)
        with engine.begin() as connection:
            connection.execute(update(Tasks.table).values(version=Tasks.table.c.version + 1))
        return found

    monkeypatch.setattr(Tasks, "get", slow)
    with pytest.raises(JourneyError, match="Someone else changed this"):
        kept.turn(one, "doing")
    assert len(kept.history(one.id)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spoilt", ["made = ''", "state = 'lost'", "changed = 'yesterday'"])
def test_a_row_that_can_not_be_read_hides_no_other(engine: Engine, kind: type[Records[Any]], spoilt: str) -> None:
    kept = kind(engine, "a")
    one, other = kept.add(KINDS[kind]), kept.add(KINDS[kind])
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {kind.table.name} SET {spoilt} WHERE id = :id"), {"id": one.id})
    assert kept.all() == (other,)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_have_limits_with_sentences(engine: Engine, kind: type[Records[Any]]) -> None:
    kept = kind(engine, "a")
    for name, limit in kind.limits.items():
        if name == "source":
            continue
        with pytest.raises(JourneyError, match=str(limit.most)):
            kept.add(
                dataclasses.replace(KINDS[kind], contacted=date(2026, 1, 1), **{name: "x" * (limit.most + 1)})
                if kind is Tasks
                else dataclasses.replace(KINDS[kind], **{name: "x" * (limit.most + 1)})
            )
        if limit.least:
            with pytest.raises(JourneyError):
                kept.add(dataclasses.replace(KINDS[kind], **{name: " \n"}))
    assert kept.all() == ()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.text(min_size=1, max_size=200).filter(lambda t: t.replace("\0", "").strip() != ""))
def test_any_text_is_kept_and_nothing_of_it_is_run(note: str, title: str) -> None:
    kept = Tasks(store.connect("sqlite://"), f"{note[:20]}{title[:20]}")
    for one in kept.all():
        kept.remove(one.id)
    try:
        one = kept.add(Task(title=title, note=note))
    except JourneyError as error:
        # Lone surrogates are no text that a database takes.
        assert "can't be kept" in str(error)
        return
    assert kept.all() == (one,)


def test_personal_data_are_masked_at_the_door(engine: Engine) -> None:
    said = "Ring me on +55 11 98765-4321 or ana@example.com"
    tasks = Tasks(engine, "a")
    one = tasks.add(Task(title="Call +55 11 98765-4321", note=said, said=said, contacted=date(2026, 1, 2)))
    meeting = Meetings(engine, "a").add(Meeting(account="3", notes=said, roles="ana@example.com"))
    exit_ = Interviews(engine, "a").add(Interview(account="3", said=said, would_stay=said))
    done = tasks.change(dataclasses.replace(one, state="done", outcome=said), note=said)
    told = " ".join(map(str, (one, meeting, exit_, done, tasks.history(one.id))))
    assert "98765" not in told
    assert "ana@" not in told
    assert "[phone]" in told


def test_a_task_is_done_when_its_words_are_written(engine: Engine) -> None:
    tasks = Tasks(engine, "a")
    one = tasks.turn(tasks.add(Task(title="Call")), "doing")
    with pytest.raises(JourneyError, match="what came of it"):
        tasks.turn(one, "done")
    with pytest.raises(JourneyError, match="the day on which you spoke"):
        tasks.change(dataclasses.replace(one, said="fine now"))
    with pytest.raises(JourneyError, match="A task comes from one of"):
        tasks.add(Task(title="x", source="rumour"))
    done = tasks.change(dataclasses.replace(one, state="done", said="fine now", contacted=date(2026, 5, 2)))
    assert (done.state, done.version) == ("done", 3)


def test_other_bad_input_gets_a_sentence(engine: Engine) -> None:
    with pytest.raises(JourneyError, match="share of the burden"):
        Initiatives(engine, "a").add(Initiative(name="a", at="b", expected_cut=30))
    with pytest.raises(JourneyError, match="on or after the day it starts"):
        Initiatives(engine, "a").add(Initiative(name="a", at="b", start=date(2026, 2, 1), finish=date(2026, 1, 1)))
    with pytest.raises(JourneyError, match="needs the day"):
        Initiatives(engine, "a").add(Initiative(name="a", at="b", state="finished"))
    with pytest.raises(JourneyError, match="A burden is a number"):
        Initiatives(engine, "a").add(Initiative(name="a", at="b", burden_then=float("nan")))
    with pytest.raises(JourneyError, match="main reason"):
        Interviews(engine, "a").add(Interview(account="3", state="held"))
    with pytest.raises(JourneyError, match="A day is written"):
        Plans(engine, "a").add(Plan(goal="x", due="soon"))  # type: ignore[arg-type]
    with pytest.raises(JourneyError, match="can't be read"):
        _closed(engine).all()


def _closed(engine: Engine) -> Plans:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE success_plans"))
    return Plans(engine, "a")


def test_the_reasons_can_be_edited_and_other_always_stays(engine: Engine) -> None:
    reasons = Reasons(engine, "a")
    assert list(reasons.all())[:2] == ["value", "price"]
    assert all(one.definition for one in reasons.all().values())
    kept = reasons.save([Reason("", "Preço alto", "Caro."), Reason("moved", "Moved", "")])
    assert list(kept) == ["preço-alto", "moved", "other"]
    assert reasons.all() == kept
    assert next(iter(Reasons(engine, "b").all())) == "value"
    for bad, told in (
        ([Reason("a", "A", ""), Reason("A", "B", "")], "twice"),
        ([Reason("a", " ", "")], "1 to 80"),
        ([Reason(str(n), f"r{n}", "") for n in range(21)], "More than 20"),
    ):
        with pytest.raises(JourneyError, match=told):
            reasons.save(bad)
    assert reasons.all() == kept


# --- PostgreSQL --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_tables_and_statements_are_those_of_postgresql_too(kind: type[Records[Any]]) -> None:
    dialect = postgresql.dialect()
    made = str(CreateTable(kind.table).compile(dialect=dialect))
    assert "TIMESTAMP WITH TIME ZONE" in made
    assert "AUTOINCREMENT" not in made
    table = kind.table
    for statement in (
        select(table).where(table.c.journey == "a").order_by(table.c.made, table.c.id),
        insert(table).values(id="x", journey="a"),
        update(table).where(table.c.id == "x", table.c.version == 1).values(version=2),
        delete(table).where(table.c.id == "x"),
    ):
        assert str(statement.compile(dialect=dialect))
    for shared in ("record_states", "exit_reasons"):
        assert "CREATE TABLE" in str(CreateTable(TABLES.tables[shared]).compile(dialect=dialect))


# --- closing the loop --------------------------------------------------------------------------------


def _drift(at: str = "A", since: int = 1, **more: Any) -> Any:
    first = date(2026, 1, since)
    facts = {"component": "exit", "direction": "worse", "state": "held", "since": first}
    return SimpleNamespace(at=at, until=first + timedelta(days=14), **{**facts, **more})


def _low(n: int, when: date = date(2026, 1, 10), comment: str | None = None) -> Detractor:
    return Detractor(
        key=f"answer:{n}",
        case=str(n),
        customer=str(n),
        account=None,
        touchpoint="A",
        time=datetime(when.year, when.month, when.day, 12, tzinfo=UTC),
        role="nps",
        answer=2.0,
        comment=comment,
    )


def test_each_alert_and_answer_makes_one_task(engine: Engine) -> None:
    tasks = Tasks(engine, "a")
    drifts, low = [_drift(), _drift("B"), _drift()], [_low(1), _low(2), _low(1)]
    found = suggested_tasks(drifts, low)
    assert [(one.source, one.at) for one in found] == [
        ("alert", "A"),
        ("alert", "B"),
        ("detractor", "A"),
        ("detractor", "A"),
    ]
    for one in found:
        tasks.add(suggested(one, *draft(one, {})))
    assert suggested_tasks(drifts, low, made=tasks.all()) == ()
    with pytest.raises(JourneyError, match="there already"):
        tasks.add(suggested(found[0], "again", ""))
    assert len(tasks.all()) == 4
    # Another journey of the same store has tasks of its own.
    assert Tasks(engine, "b").add(suggested(found[0], "theirs", "")).key == found[0].key


def test_an_alert_whose_days_shift_is_the_same_until_they_are_others(engine: Engine) -> None:
    tasks = Tasks(engine, "a")
    (one,) = suggested_tasks([_drift(since=1)])
    tasks.turn(tasks.add(suggested(one, "x", "")), "dropped")
    assert suggested_tasks([_drift(since=4)], made=tasks.all()) == ()
    assert len(suggested_tasks([_drift(since=20)], made=tasks.all())) == 1
    assert suggested_tasks([_drift(direction="better"), _drift(state="passed")]) == ()


def test_the_closed_loop_counts_those_who_were_heard_in_time() -> None:
    low = [_low(n) for n in range(10)] + [_low(99, date(2026, 1, 28))]
    made = [SimpleNamespace(key=f"answer:{n}", contacted=date(2026, 1, 10 + n)) for n in range(9)]
    made.append(SimpleNamespace(key="answer:9", contacted=date(2026, 1, 9)))  # before it was asked for
    found = closed_loop(low, made, within=3, today=date(2026, 1, 30))
    assert (found.n, found.waiting, found.ever) == (10, 1, 9)
    assert found.share == wilson(4, 10)
    assert "40%" in loop_told(found)
    assert "of 10 unhappy customers" in loop_told(found)
    none = closed_loop([_low(1)], [], within=7, today=date(2026, 1, 12))
    assert none.share.value is None
    assert "nothing to tell yet" in loop_told(none)
    with pytest.raises(JourneyError, match="1 or more"):
        closed_loop([], [], within=0, today=date(2026, 1, 1))


def test_what_a_customer_wrote_is_masked_in_a_draft() -> None:
    (one,) = suggested_tasks((), [_low(1, comment="call +55 11 98765-4321")])
    title, note = draft(one, {})
    assert "customer 1" in title
    assert note.endswith("“call [phone]”")


def test_detractors_are_the_latest_low_answers_of_the_days(log: jn.EventLog) -> None:
    found = detractors(log, days=30)
    nps = pd.read_csv(ROOT / "data" / "lumo" / "nps.csv")
    assert (found.role, found.bound) == ("nps", 6)
    assert found.total == len(found.shown) < found.asked
    assert len({one.customer for one in found.shown}) == found.total
    assert all(one.answer <= 6 and found.since <= one.time.date() <= found.last for one in found.shown)
    assert [one.time for one in found.shown] == sorted((one.time for one in found.shown), reverse=True)
    assert all(one.account == one.customer for one in found.shown)
    everyone = detractors(log, days=10_000, limit=5)
    latest = nps.sort_values("time").groupby("customer")["nps"].last()
    # An answer belongs to the visit before it; where two belong to one visit the later stands.
    assert everyone.asked == pytest.approx(len(latest), rel=0.02)
    assert everyone.total / everyone.asked == pytest.approx((latest <= 6).mean(), abs=0.02)
    assert len(everyone.shown) == 5
    worst = detractors(log, role="satisfaction", days=30)
    assert {one.answer for one in worst.shown} == {1.0}
    assert any(one.comment for one in worst.shown)
    assert detractors(log, days=30).shown[0].key == found.shown[0].key
    for wrong in ({"days": 0}, {"limit": 0}):
        with pytest.raises(JourneyError, match="1 or more"):
            detractors(log, **wrong)  # type: ignore[arg-type]


def test_where_nobody_was_asked_there_are_no_detractors(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match="Neither NPS nor satisfaction"):
        detractors(_single(tmp_path))


def _single(folder: Path) -> jn.EventLog:
    (folder / "events.csv").write_text("case,at,time\n1,A,2026-01-01\n1,B,2026-01-02\n", encoding="utf-8")
    (folder / "journey.yaml").write_text(
        "name: One\ntables:\n  - {kind: events, path: events.csv, case: case, touchpoint: at, time: time}\ngoal: B\n",
        encoding="utf-8",
    )
    return jn.open(folder / "journey.yaml")


# --- an account, those who left ----------------------------------------------------------------------


def test_the_brief_tells_what_the_tables_tell(log: jn.EventLog) -> None:
    first = account_names(log.accounts, limit=3)
    accounts = pd.read_csv(ROOT / "data" / "lumo" / "accounts.csv")
    row = accounts.sort_values("mrr_brl", ascending=False, kind="stable").iloc[0]
    assert str(row["customer"]) == first[0]
    facts = account_facts(log, first[0])
    assert (facts.mrr, facts.about["plan"], facts.currency) == (row["mrr_brl"], row["plan"], "BRL")
    assert len(facts.path) == min(15, facts.visits)
    page = brief(facts, plans=[Plan(goal="Report", state="open")], scales=dict(log.scales))
    told = brief_markdown(page)
    assert "# Account 84" in told
    assert "Report" in told
    assert account_names(log.accounts, like="no such") == ()
    with pytest.raises(JourneyError, match="no account “x”"):
        account_facts(log, "x")


def test_a_brief_is_text_whatever_the_data_hold(log: jn.EventLog) -> None:
    bad = "<script>alert(1)</script> [a](http://x) =1+1"
    facts = dataclasses.replace(account_facts(log, "84"), account=bad, about={bad: bad}, reason=bad, left=True)
    page = brief(facts, tasks=[Task(title=bad, state="open")], scales=dict(log.scales))
    html, markdown = brief_html(page), brief_markdown(page)
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert "<script" not in markdown
    assert "[a](" not in markdown


def test_departures_hold_the_way_before_them(log: jn.EventLog) -> None:
    gone = departures(log)
    accounts = pd.read_csv(ROOT / "data" / "lumo" / "accounts.csv")
    left = accounts[accounts["churn_date"].notna()].set_index("customer")
    # Revenue that fell to nothing decides who left: more than those with a date of churn.
    assert set(gone["account"]) >= set(left.index.astype(str))
    assert len(gone) == log.accounts.frame(limit=10**6)["left"].sum()
    assert gone["gone"].is_monotonic_decreasing
    known = gone[gone["reason"].notna() & gone["account"].isin(left.index.astype(str))]
    assert len(known) > 300
    assert all(left.loc[int(row.account), "churn_reason"] == row.reason for row in known.itertuples())
    assert "Cancellation" not in set(gone["last"])
    assert all(path[-1] == last for path, last in zip(gone["path"], gone["last"], strict=True) if path)


def test_reasons_by_last_touchpoint_add_up(log: jn.EventLog) -> None:
    gone = departures(log)
    found = exit_reasons(zip(gone["reason"], gone["last"], strict=True), most=3)
    assert found.n == len(gone)
    assert found.told == gone["reason"].notna().sum()
    assert len(found.places) == 4
    for reason in found.reasons:
        assert sum(found.of(reason, at).count for at in found.places) == found.of(reason).count
    assert sum(found.left_at.values()) == found.told
    price = found.of("price")
    assert price.share == wilson(int((gone["reason"] == "price").sum()), found.told)
    few = exit_reasons([("a", "X"), ("b", None), (None, "X")])
    assert (few.n, few.told, few.of("a").share.value) == (3, 2, None)
    assert exit_reasons([]).reasons == ()


# --- what became of an initiative --------------------------------------------------------------------


def test_what_was_planted_is_found_after_its_day(log: jn.EventLog, ranking: jn.Ranking) -> None:
    # The app dashboard got worse in April 2026 (data/README.md).
    found = became(log, ranking, "App dashboard", start=date(2026, 3, 1), finish=date(2026, 4, 1), expected_cut=0.3)
    assert found.state == "worse"
    assert found.before is not None
    assert found.after is not None
    assert found.before[1] - found.before[0] == found.after[1] - found.after[0] == timedelta(days=found.days)
    assert found.after[1] + timedelta(days=45) <= date(2026, 7, 1)
    one = next(part for part in found.parts if part.of == "help")
    assert one.difference.low is not None
    assert one.difference.low > 0.05
    assert "clearly higher" in became_told(found, "BRL")
    for day in (date(2025, 9, 1), date(2025, 11, 1), date(2026, 1, 1)):
        felt = became(log, ranking, "ID check", start=day, finish=day, component="effort", longest=30)
        assert felt.change.low is not None
        assert felt.change.high is not None
        assert (felt.state == "open") == (felt.change.low <= 0 <= felt.change.high)
        assert felt.was.value == pytest.approx((felt.now.value or 0) - (felt.change.value or 0))
        assert ("may be chance" in became_told(felt, "BRL")) == (felt.state == "open")


def test_too_early_is_said_with_the_day_on_which_more_is_known(log: jn.EventLog, ranking: jn.Ranking) -> None:
    found = became(log, ranking, "ID check", start=date(2026, 5, 1), finish=date(2026, 6, 20))
    assert (found.state, found.ready, found.was.value) == ("too early", date(2026, 8, 18), None)
    assert "18 Aug 2026" in became_told(found, None)
    felt = became(log, ranking, "ID check", start=date(2026, 4, 1), finish=date(2026, 5, 1), component="effort")
    assert felt.days > 30  # an answer needs no window
    unseen = became(log, ranking, "ID check", start=date(2025, 1, 5), finish=date(2025, 3, 1))
    assert unseen.state == "unseen"
    with pytest.raises(JourneyError, match="not in this ranking"):
        became(log, ranking, "Nowhere", start=date(2026, 1, 1), finish=date(2026, 1, 1))
    with pytest.raises(JourneyError, match="Nothing is known of “wait”"):
        became(log, ranking, "ID check", start=date(2026, 1, 1), finish=date(2026, 1, 1), component="wait")


# --- ways out ----------------------------------------------------------------------------------------


def test_files_hold_no_formulas_and_payloads_are_json(engine: Engine) -> None:
    tasks = Tasks(engine, "a")
    tasks.add(Task(title="=HYPERLINK(1)", note="@x", due=date(2026, 7, 1)))
    table = record_table(tasks.all(), Task)
    written = csv(table)
    assert written.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(written))
    assert (back["title"][0], back["note"][0], back["due"][0]) == ("'=HYPERLINK(1)", "'@x", "2026-07-01")
    assert list(record_table((), Task)) == list(table)
    sent = json.loads(json.dumps(record_payload("Lumo <!channel>", "tasks", tasks.all()), allow_nan=False))
    assert (sent["count"], sent["records"][0]["due"]) == (1, "2026-07-01")
    assert "<" not in sent["text"]


def test_the_verb_suggests_makes_lists_and_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: jn.EventLog
) -> None:
    monkeypatch.setattr(verb, "opened", lambda *_: log)
    monkeypatch.setattr(verb, "alerts", lambda *_, **__: SimpleNamespace(alerts=[_drift("ID check")]))
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path}/cli.db")
    recipe, run = str(SAMPLE), CliRunner()
    told = run.invoke(cli, ["plans", recipe])
    assert "No tasks yet" in told.output
    first = json.loads(run.invoke(cli, ["plans", recipe, "--accept", "--json"]).output)
    again = json.loads(run.invoke(cli, ["plans", recipe, "--suggest-tasks", "--json"]).output)
    assert len(first["suggested"]) > 10
    assert again["suggested"] == []
    assert again["closed_loop"]["n"] > 0
    file = tmp_path / "tasks.csv"
    listed = json.loads(run.invoke(cli, ["plans", recipe, "--csv", str(file), "--json"]).output)
    assert len(listed["records"]) == len(first["suggested"]) == len(pd.read_csv(file))
    shown = run.invoke(cli, ["plans", recipe]).output
    assert f"{len(first['suggested'])} tasks" in shown
    page = run.invoke(cli, ["plans", recipe, "--brief", "84"]).output
    assert "# Account 84" in page
    bad = run.invoke(cli, ["plans", recipe, "--what", "task"])
    assert isinstance(bad.exception, JourneyError)
    assert "Did you mean “tasks”?" in str(bad.exception)
    assert isinstance(run.invoke(cli, ["plans", recipe, "--webhook", "ftp://x"]).exception, JourneyError)


# --- the page ----------------------------------------------------------------------------------------


def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path}/app.db")
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("success")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind)).replace("\\", "")


def test_tasks_go_over_the_board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    test = page(monkeypatch, tmp_path, success="plans")
    assert "No task yet" in said(test)
    fine(test.button(key="acting-all").click().run())
    tasks = Tasks(store.connect(store.address()), str(SAMPLE.resolve()))
    made = tasks.all()
    assert f"#### To do · {len(made)}" in said(test)
    fine(test.button(key=f"acting-doing-{made[0].id}").click().run())
    assert "#### In progress · 1" in said(test)
    # The form opens with “done” chosen.
    fine(test.button(key=f"acting-edit-{made[0].id}-done").click().run())
    key = f"tasks-{made[0].id}-2"
    assert test.text_area(key=f"acting-{key}-outcome").value == ""
    assert test.button(key=f"press-{key}").label == "Keep"
    done = dataclasses.replace(tasks.get(made[0].id), state="done", outcome="They got a new bill.")
    tasks.change(done)
    fine(test.run())
    assert "They got a new bill." in said(test)
    assert "#### Done · 1" in said(test)


@pytest.mark.parametrize("part", ["plans", "meetings", "exits", "initiatives"])
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_each_part_starts_empty_and_shows_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str, lang: str
) -> None:
    test = page(monkeypatch, tmp_path, success="plans", acting=part, lang=lang)
    assert test.info
    kinds = {"plans": Plans, "meetings": Meetings, "exits": Interviews, "initiatives": Initiatives}
    kind: type[Records[Any]] = kinds[part]  # type: ignore[assignment]
    new = dataclasses.replace(KINDS[kind])
    if part == "initiatives":
        new = dataclasses.replace(new, state="finished", start=date(2026, 3, 1), finish=date(2026, 4, 1))
    if part == "exits":
        new = dataclasses.replace(new, state="held", reason="price", said="too dear")
    kept = kind(store.connect(store.address()), str(SAMPLE.resolve())).add(new)
    fine(test.run())
    told = said(test)
    assert getattr(kept, {"plans": "goal", "initiatives": "name", "exits": "said"}.get(part, "account")) in told
    if part == "exits":
        assert (GUIDE[0] in told) == (lang == "en")
    if part == "meetings":
        fine(test.button(key=f"acting-decided-{kept.id}").click().run())
        made = Tasks(store.connect(store.address()), str(SAMPLE.resolve())).all()
        assert [(one.title, one.source, one.account) for one in made] == [
            ("first", "meeting", "84"),
            ("second", "meeting", "84"),
        ]
    test.button(key=f"acting-edit-{kept.id}-").click().run()
    fine(test)
    assert any(f"press-{kind.table.name}-{kept.id}" in str(one.key) for one in test.button)


@pytest.mark.parametrize("part", ["tasks", "plans", "meetings", "exits", "initiatives"])
def test_a_journey_of_one_case_without_accounts_can_be_acted_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str
) -> None:
    _single(tmp_path)
    test = page(monkeypatch, tmp_path, str(tmp_path / "journey.yaml"), acting=part)
    assert "nothing of accounts" in said(test)
    assert any(str(one.key).startswith("acting-new-") for one in test.button)
