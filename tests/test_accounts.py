"""Accounts: what a recipe says of them, what is set aside, where tables contradict each other, and who is looked at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import journey as jn
from journey import recipe as recipes
from journey.draw.accounts_words import contradiction, footnotes, set_aside
from journey.errors import InputError, JourneyError, RecipeError
from journey.events.accounts_state import outcome, state
from journey.events.engine import run

ROOT = Path(__file__).parents[1]
LUMO = ROOT / "data" / "lumo" / "journey.yaml"

ACCOUNTS = """\
name: Shop
currency: EUR
accounts:
  path: accounts.csv
  account: id
  start: start
  churn: churn
  mrr: mrr
  as_of: 2026-06-30
"""
MOVEMENTS = "  movements: {path: moves.csv, account: id, date: date, mrr: after, change: change, movement: kind}\n"
SUBSCRIPTIONS = "  subscriptions: {path: subs.csv, account: id, start: start, end: end, mrr: mrr}\n"


def table(*rows: tuple[Any, ...], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def accounts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return table(*rows, columns="id start churn mrr")


def opened(text: str, **sources: pd.DataFrame) -> jn.Accounts:
    return jn.accounts(recipes.parse(text), sources=sources)


@pytest.fixture(scope="module")
def lumo() -> jn.Accounts:
    return jn.accounts(LUMO)


@pytest.fixture(scope="module")
def ravenstack(shared: Path) -> jn.Accounts:
    return jn.accounts(ROOT / "data/recipes/ravenstack.yaml", folder=shared / "data/ravenstack")


@pytest.fixture(scope="module")
def telco(shared: Path) -> jn.Accounts:
    return jn.accounts(ROOT / "data/recipes/telco.yaml", folder=shared / "data/telco")


# --- the recipe --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "accounts: {path: a.csv}",
            "line 1, accounts: the key “account” is missing: the column that tells the accounts",
        ),
        ("accounts: {path: a, account: x}", "expected “start”: the column with the day an account began"),
        ("accounts: {path: a, account: x, start: s, as_of: soon}", "accounts.as_of: expected a day such as 2026-06-30"),
        ("accounts: {path: a, account: x, start: s, as_of: 2026-02-30}", "there is no day “2026-02-30”"),
        (
            "accounts: {path: a, account: x, start: s, margin: 60}",
            "accounts.margin: expected a share above 0 and up to 1",
        ),
        ("accounts: {path: a, account: x, start: s, usge: 3}", "unknown key “usge”. Did you mean “usage”?"),
        ("accounts: {path: a, account: x, start: s, movements: {path: m, account: a}}", "the key “date” is missing"),
        ("accounts: {path: a, account: x, start: s, movements: {path: m, account: a, date: d}}", "expected “mrr”"),
        ("accounts: {path: a, account: x, start: s, usage: {path: u, account: a, month: m}}", "expected “days”"),
        ("accounts: {path: a, account: x, start: s, usage: {path: u, account: a}}", "“date” (a row is one use)"),
        ("accounts: {path: a, account: x, start: s, usage: {path: u, date: d}}", "expected “account”"),
        ("accounts: {path: a, account: x, start: s, usage: {path: u, date: d, person: p}}", "give “people”"),
        ("accounts: {path: a, account: x, start: s, usage: {path: u, date: d, subscription: s}}", "with its “id”"),
        ("accounts: {path: a, account: x, start: s, tickets: {path: t, account: a, opened: o}}", "expected “solved”"),
        (
            "accounts: {path: a, account: x, start: s, value: {}}",
            "expected one of “column”, “touchpoint” and “feature”",
        ),
        ("accounts: {path: a, account: x, start: s, value: {touchpoint: A}}", "needs “tables” that tell visits"),
        (
            "accounts: {path: a, account: x, tenure_months: t, start: s}",
            "“start” and “tenure_months” exclude each other",
        ),
        ("accounts: {path: a, account: x, tenure_months: t, observed_months: 0}", "expected more than 0"),
        ("accounts: {path: a, account: x, start: s, paid: p}", "“paid” goes with “tenure_months”"),
        ("name: x", "the key “tables” is missing"),
    ],
)
def test_mistakes_in_the_recipe_name_key_and_line(text: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipes.parse(text)
    assert said in str(caught.value)
    assert "journey.yaml" in str(caught.value)


def test_what_was_understood_of_accounts_is_said() -> None:
    told = " ".join(recipes.load(LUMO).explain())
    assert "Accounts, accounts.csv: one row an account (“customer”) since “start”" in told
    assert "MRR over time, mrr.csv" in told and "First value is the day in “first_value”." in told
    assert "As known" not in told and "The accounts are as known on 2026-06-30." in told


# --- the sample --------------------------------------------------------------------------------------


def test_the_sample_opens_with_its_known_sizes(lumo: jn.Accounts) -> None:
    assert (lumo.n, lumo.of, lumo.as_of, lumo.currency) == (2585, 2585, date(2026, 6, 30), "BRL")
    assert lumo.attributes == ("plan", "segment", "goal", "state", "acquired_by")
    assert lumo.report.churn_from == "revenue"
    # 11 of those who left came back, so 332 of the 343 have a churn date.
    assert lumo.report.signs == {"revenue": 343, "churn dates": 332}
    assert not lumo.report.contradictions, "the sample's tables agree"
    tickets = lumo.report.tables[-1]
    assert tickets.quarantined == {"account not in the table of accounts": 194}
    assert tickets.read == tickets.kept + 194
    assert lumo.values("segment").to_dict() == {"B2C": 2260, "B2B": 325}
    assert len(lumo.frame(limit=5)) == 5


def test_accounts_of_a_filtered_log_are_those_of_its_customers(lumo: jn.Accounts) -> None:
    log = jn.open(LUMO)
    assert log.accounts.n == 2585
    part = log.where(segment="B2B").accounts
    assert (part.n, part.of) == (325, 2585)
    assert part.n == lumo.where(segment="B2B").n
    assert set(part.frame()["segment"]) == {"B2B"}
    with pytest.raises(JourneyError, match=r"no attribute “segmnt”. Did you mean “segment”"):
        lumo.where(segmnt="B2B")
    with pytest.raises(JourneyError, match=r"No account is left"):
        lumo.where(segment="B3B")


def test_nothing_later_is_known_at_a_landmark(lumo: jn.Accounts) -> None:
    day = date(2026, 3, 31)
    known, later = state(lumo, day), outcome(lumo, day, days=90)
    assert list(known["acc"]) == list(later["acc"])
    # The renewal date of an account that left later is blank today: on an earlier day it would betray that.
    assert "renewal_days" not in known
    assert "renewal_days" in state(lumo, date(2026, 6, 30))
    moves = pd.read_csv(LUMO.parent / "mrr.csv", parse_dates=["date"])
    by_then = moves[moves["date"] <= "2026-03-31"].groupby("customer")["mrr_brl"].last()
    ours = known.set_index("account")["mrr"]
    assert np.allclose(ours, by_then.reindex(ours.index).fillna(0))
    usage = pd.read_csv(LUMO.parent / "usage.csv.gz", parse_dates=["month_start"])
    over = usage[usage["month_start"] + pd.Timedelta(days=30) <= pd.Timestamp("2026-03-31")]
    recent = over[over["month_start"] + pd.Timedelta(days=30) > pd.Timestamp("2026-03-01")]
    use = recent.groupby("customer")["active_days"].sum()
    assert np.allclose(known.set_index("account")["use"], use.reindex(ours.index).fillna(0))
    assert later["left"].isin([True, False]).all()
    assert outcome(lumo, date(2026, 6, 1), days=90)["left"].isna().any(), "not watched for so long"


# --- real data ---------------------------------------------------------------------------------------


def test_ravenstack_s_contradictions_are_counted_and_not_averaged(ravenstack: jn.Accounts, shared: Path) -> None:
    folder = shared / "data/ravenstack"
    accounts = pd.read_csv(folder / "ravenstack_accounts.csv")
    events = pd.read_csv(folder / "ravenstack_churn_events.csv")
    gone = accounts["account_id"].isin(events["account_id"])
    report = ravenstack.report
    assert report.churn_from == "churn events"
    assert report.signs["churn events"] == events["account_id"].nunique() == 352
    assert report.signs["flags"] == accounts["churn_flag"].sum() == 110
    by_kind = {one.kind: one for one in report.contradictions}
    assert (by_kind["flag without date"].n, by_kind["flag without date"].of) == (
        (accounts["churn_flag"] & ~gone).sum(),
        110,
    )
    assert by_kind["date without flag"].n == (gone & ~accounts["churn_flag"]).sum() == 277
    assert by_kind["left but pays"].n == 352
    assert set(by_kind["date without flag"].examples) <= set(accounts.loc[gone, "account_id"])
    assert all(one.wins == "churn events" for one in (by_kind["date without flag"], by_kind["left but pays"]))
    said = contradiction(by_kind["date without flag"])
    assert said.startswith(
        "277 of 352 accounts that left by the churn events are not flagged as churned; numbers follow"
    )
    assert by_kind["used before start"].n == 490


def test_telco_is_accounts_without_a_single_day(telco: jn.Accounts) -> None:
    assert (telco.n, telco.as_of, telco.currency, telco.report.churn_from) == (7043, None, "USD", "flags")
    assert telco.report.signs == {"flags": 1869}
    with pytest.raises(JourneyError, match=r"tell no days"):
        state(telco, date(2026, 1, 1))
    with pytest.raises(JourneyError, match=r"no table “usage”. Add it under “accounts”"):
        jn.engagement(telco)
    assert telco.recipe.accounts is not None
    assert any("last 3 months only" in told for told in footnotes(telco.recipe.accounts, telco.report))


def test_a_recipe_of_accounts_alone_says_so_where_a_journey_is_asked_for(shared: Path) -> None:
    with pytest.raises(JourneyError, match=r"has accounts and no events, so there is no journey to show"):
        jn.open(ROOT / "data/recipes/telco.yaml", folder=shared / "data/telco")


def test_a_recipe_without_accounts_says_what_is_missing() -> None:
    with pytest.raises(JourneyError, match=r"tells nothing of accounts.*Add “accounts” to the recipe"):
        jn.accounts(recipes.load(ROOT / "data/recipes/olist.yaml"))


# --- bad input ---------------------------------------------------------------------------------------


def test_rows_that_cannot_be_used_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    found = opened(
        ACCOUNTS,
        accounts=accounts(
            ("a", "2026-01-01", None, 10.0),
            ("a", "2026-01-02", None, 10.0),
            (None, "2026-01-01", None, 10.0),
            ("b", None, None, 10.0),
            ("c", "2026-02-01", "2026-01-01", 10.0),
            ("d", "2026-07-15", None, 10.0),
            ("e", "2026-01-01", None, -5.0),
        ),
    )
    told = found.report.tables[0]
    assert told.quarantined == {
        "missing account": 1,
        "missing start": 1,
        "churn before start": 1,
        "account already seen in an earlier row": 1,
    }
    assert told.left_out == {"after 2026-06-30": 1}
    assert told.set_aside == {"mrr below zero": 1}
    assert found.n == 2
    written = found.write_quarantine(tmp_path / "aside.csv")
    assert written is not None and "churn before start" in written.read_text(encoding="utf-8")
    assert "4 of 6 rows could not be used" in next(iter(set_aside(found.report)))


def test_unknown_accounts_negative_amounts_and_missing_days_of_movements() -> None:
    found = opened(
        ACCOUNTS + MOVEMENTS,
        accounts=accounts(("a", "2026-01-01", None, 20.0)),
        movements=table(
            ("a", "2026-01-01", 10.0, 10.0, "new"),
            ("a", "2026-02-01", 20.0, 10.0, "expansion"),
            ("a", "2026-03-01", -3.0, -23.0, "contraction"),
            ("z", "2026-01-01", 5.0, 5.0, "new"),
            ("a", None, 5.0, 5.0, "new"),
            (None, "2026-01-01", 5.0, 5.0, "new"),
            ("a", "soon", 5.0, 5.0, "new"),
            columns="id date after change kind",
        ),
    )
    assert found.report.tables[1].quarantined == {
        "mrr below zero": 1,
        "account not in the table of accounts": 1,
        "missing date": 1,
        "missing account": 1,
        "unreadable date": 1,
    }
    assert jn.revenue(found).mrr == 20.0


def test_changes_that_add_up_to_less_than_zero_are_set_aside() -> None:
    text = ACCOUNTS + "  movements: {path: moves.csv, account: id, date: date, change: change}\n"
    found = opened(
        text,
        accounts=accounts(("a", "2026-01-01", None, None), ("b", "2026-01-01", None, None)),
        movements=table(
            ("a", "2026-01-01", 10.0),
            ("a", "2026-02-01", -15.0),
            ("b", "2026-01-01", 7.0),
            columns="id date change",
        ),
    )
    assert found.report.tables[1].quarantined == {"the changes of this account add up to less than zero": 2}
    assert jn.revenue(found).mrr == 7.0


def test_two_currencies_are_never_added_up() -> None:
    text = ACCOUNTS + MOVEMENTS.replace("kind}", "kind, currency: money}")
    rows = [("a", "2026-01-01", 10.0, 10.0, "new", "EUR"), ("a", "2026-02-01", 12.0, 2.0, "expansion", "USD")]
    columns = "id date after change kind money"
    own = accounts(("a", "2026-01-01", None, 12.0))
    with pytest.raises(InputError, match=r"several currencies: EUR .1 row., USD .1 row.. They are never added up"):
        opened(text, accounts=own, movements=table(*rows, columns=columns))
    kept = text.replace("currency: money}", "currency: money, only: {money: [EUR]}}")
    assert jn.revenue(opened(kept, accounts=own, movements=table(*rows, columns=columns))).mrr == 10.0
    with pytest.raises(InputError, match=r"several currencies: USD .moves.csv., EUR .the recipe."):
        opened(text, accounts=own, movements=table((*rows[0][:5], "USD"), columns=columns))


def test_overlapping_subscriptions_are_refused_until_it_is_said_what_they_mean() -> None:
    own = accounts(("a", "2026-01-01", None, None), ("b", "2026-01-01", None, None))
    subs = table(
        ("a", "2026-01-01", "2026-04-01", 10.0),
        ("a", "2026-03-01", None, 30.0),
        ("b", "2026-01-01", "2026-03-01", 5.0),
        ("b", "2026-03-01", None, 6.0),
        ("b", "2026-05-01", "2026-04-01", 6.0),
        columns="id start end mrr",
    )
    with pytest.raises(InputError, match=r"1 subscription of 1 account still ran when the next one.*overlaps: add"):
        opened(ACCOUNTS + SUBSCRIPTIONS, accounts=own, subscriptions=subs)
    added = opened(ACCOUNTS + SUBSCRIPTIONS.replace("mrr}", "mrr, overlaps: add}"), accounts=own, subscriptions=subs)
    last = opened(ACCOUNTS + SUBSCRIPTIONS.replace("mrr}", "mrr, overlaps: last}"), accounts=own, subscriptions=subs)
    assert added.report.tables[1].quarantined == {"end before start": 1}
    march = {name: jn.revenue(one).months[2] for name, one in (("add", added), ("last", last))}
    assert (march["add"].end, march["last"].end) == (46.0, 36.0)
    assert jn.revenue(added).mrr == jn.revenue(last).mrr == 36.0


def test_contradictions_between_money_and_dates_are_found() -> None:
    found = opened(
        ACCOUNTS + MOVEMENTS,
        accounts=accounts(
            ("a", "2026-01-01", "2026-03-01", 0.0),  # still pays
            ("b", "2026-01-01", None, 0.0),  # pays no more
            ("c", "2026-01-01", "2026-03-01", 0.0),  # left on another day
            ("d", "2026-01-01", None, 99.0),  # another MRR
        ),
        movements=table(
            ("a", "2026-01-01", 10.0, 10.0, "new"),
            ("b", "2026-01-01", 10.0, 10.0, "new"),
            ("b", "2026-02-01", 0.0, -10.0, "churn"),
            ("c", "2025-12-01", 10.0, 10.0, "new"),
            ("c", "2026-03-05", 0.0, -4.0, "contraction"),
            ("d", "2026-01-01", 10.0, 10.0, "new"),
            columns="id date after change kind",
        ),
    )
    told = {(one.kind, one.n, one.examples) for one in found.report.contradictions}
    assert told == {
        ("left but pays", 1, ("a",)),
        ("pays no more but stays", 1, ("b",)),
        ("churn date differs", 1, ("c",)),
        ("MRR differs", 2, ("a", "d")),
        ("change differs", 1, ("c",)),
        ("movement named otherwise", 1, ("c",)),
        ("pays before start", 1, ("c",)),
    }
    for one in found.report.contradictions:
        assert one.examples[0] in contradiction(one)


def test_ids_stay_what_they_are_and_people_belong_to_accounts() -> None:
    text = """\
name: Firms
tables:
  - {kind: events, path: events.csv, case: visit, customer: person, touchpoint: what, time: when}
accounts:
  path: accounts.csv
  account: firm
  start: start
  value: {touchpoint: Used}
  as_of: 2026-06-30
  people: {path: people.csv, person: person, account: firm}
  usage: {path: usage.csv, person: person, date: day}
"""
    people = table(("007", "01"), ("7", "01"), ("8", "02"), ("9", "99"), ("8", "01"), columns="person firm")
    found = opened(
        text,
        accounts=table(("01", "2026-01-01"), ("02", "2026-02-01"), ("1", "2026-03-01"), columns="firm start"),
        people=people,
        usage=table(
            ("007", "2026-06-20"), ("7", "2026-06-20"), ("7", "2026-06-21"), ("8", "2026-06-29"), ("x", "2026-06-29"),
            columns="person day",
        ),
    )  # fmt: skip
    assert found.n == 3, "01 and 1 are two firms"
    told = {one.kind: one.quarantined for one in found.report.tables}
    assert told["people"] == {"account not in the table of accounts": 1, "person already seen in an earlier row": 1}
    assert told["usage"] == {"account not in the table of accounts": 1}
    used = jn.engagement(found)
    assert used.people
    assert (used.last.users, used.last.accounts, used.last.customers) == (3, 2, 3)
    assert used.last.dau_mau.value == pytest.approx(4 / (28 * 3))


def test_value_at_a_touchpoint_is_found_through_the_people(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "visit,person,what,when\n1,p1,Used,2026-01-05 23:30\n2,p2,Used,2026-01-03 10:00\n3,p3,Looked,2026-02-03 10:00\n"
        "4,p3,Used,2026-01-20 10:00\n",
        encoding="utf-8",
    )
    (tmp_path / "people.csv").write_text("person,firm\np1,A\np2,A\np3,B\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("firm,start\nA,2026-01-01\nB,2026-02-01\n", encoding="utf-8")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text(
        "tables: [{kind: events, path: events.csv, case: visit, customer: person, touchpoint: what, time: when}]\n"
        "time_zone: America/Sao_Paulo\n"
        "accounts: {path: accounts.csv, account: firm, start: start, as_of: 2026-06-30, value: {touchpoint: Used},\n"
        "  people: {path: people.csv, person: person, account: firm}}\n",
        encoding="utf-8",
    )
    found = jn.value(jn.accounts(recipe))
    # Firm B's only use was before it signed: that is told, and not counted.
    assert (found.n, found.reached, found.early, found.achievers_median) == (2, 1, 1, 2.0)
    log = jn.open(recipe)
    assert jn.value(log).median == found.median
    assert jn.value(log.met("Looked")).n == 1


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match=r"there is no account to read"):
        opened(ACCOUNTS, accounts=accounts().astype(object))


def test_only_events_floor_runs_queries(lumo: jn.Accounts) -> None:
    lives = lumo.table("lives")
    assert int(run(lives.agg(n=lives.count()))["n"].iloc[0]) == lumo.n
