"""The Success page: it shows what the functions find of the accounts of the cases looked at, and what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey.app.pages.success import PARTS
from journey.app.parts.success_revenue import cohort_table, month_table
from journey.app.parts.success_use import ticket_table, use_table
from journey.app.parts.success_value import value_table
from journey.app.state import SAMPLE
from journey.draw.words import ENGLISH

ROOT = Path(__file__).parents[1]
OWN = ("revenue", "value", "use")


def page(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("success")
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    return test


def said(test: AppTest) -> str:
    shown = [*test.markdown, *test.caption, *test.info, *test.get("html")]
    texts = " ".join(str(getattr(one, "value", None) or getattr(one, "body", "") or one.proto) for one in shown)
    return texts.replace("\\", "")


def test_every_part_shows_on_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(OWN) <= set(PARTS)
    expected = {
        "revenue": ("406,150 BRL", "of 2,253 paying customers", "Where the revenue came from"),
        "value": ("2,275", "Half of those who stay", "60 days"),
        "use": ("Do customers use what they pay for?", "How long do they wait for support?", "WAU/MAU can't be told"),
    }
    for part, texts in expected.items():
        test = page(monkeypatch, success=part)
        assert not test.error
        told = said(test)
        assert "2,585 of 2,585 accounts" in told
        for text in texts:
            assert text in told, (part, text)


def test_the_page_looks_at_the_accounts_of_the_selected_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = jn.open(SAMPLE).where(segment="B2B").accounts
    found = jn.revenue(accounts)
    told = said(page(monkeypatch, is_segment="B2B"))
    assert "325 of 2,585 accounts" in told
    assert "those whose customers have one of the cases you look at" in told
    assert f"{found.mrr:,.0f} BRL" in told


def test_in_portuguese_numbers_and_words_are_portuguese(monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(page(monkeypatch, lang="pt_BR"))
    assert "406.150 BRL" in told and "de 2.253 clientes pagantes" in told and "Retenção bruta" in told


RECIPE = """\
name: Small
tables: [{kind: events, path: events.csv, case: id, touchpoint: what, time: when}]
"""


def written(folder: Path, more: str = "") -> str:
    (folder / "events.csv").write_text("id,what,when\n1,Sign,2026-01-01\n1,Use,2026-01-09\n", encoding="utf-8")
    (folder / "accounts.csv").write_text("id,start,mrr\n1,2026-01-01,10\n2,2026-01-05,20\n", encoding="utf-8")
    (folder / "journey.yaml").write_text(RECIPE + more, encoding="utf-8")
    return str(folder / "journey.yaml")


def test_a_recipe_without_accounts_says_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    test = page(monkeypatch, written(tmp_path))
    assert "Add “accounts” to it" in " ".join(one.value for one in test.info)


@pytest.mark.parametrize("part", OWN)
def test_few_facts_are_enough_and_the_rest_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str) -> None:
    recipe = written(
        tmp_path, "accounts: {path: accounts.csv, account: id, start: start, mrr: mrr, as_of: 2026-06-30}\n"
    )
    told = said(page(monkeypatch, recipe, success=part))
    expected = {
        "revenue": "MRR is known on one day only",
        "value": "does not say what first value is",
        "use": "have no table “usage”",
    }
    assert expected[part] in told


def test_accounts_that_cannot_be_read_are_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    test = page(monkeypatch, written(tmp_path, "accounts: {path: nowhere.csv, account: id, start: start}\n"))
    assert "there is no such file" in " ".join(one.value for one in test.error).replace("\\", "")


def test_tables_hold_the_numbers_of_the_figures() -> None:
    accounts = jn.accounts(SAMPLE)
    revenue = jn.revenue(accounts, draws=50)
    months = month_table(revenue.months, ENGLISH)
    assert len(months) == len(revenue.months)
    parts = months["Start"] + months["New"] + months["Expansion"] + months["Reactivation"]
    assert (parts - months["Contraction"] - months["Churn"] - months["End"]).abs().max() < 0.02
    assert len(cohort_table(revenue.cohorts, ENGLISH)) == sum(len(one.retention) for one in revenue.cohorts)
    assert value_table(jn.value(accounts, by="plan"), ENGLISH)["Accounts"].iloc[0] == 2585
    assert "WAU/MAU" not in use_table(jn.engagement(accounts, draws=50), ENGLISH)
    waits = jn.resolution(accounts, by="topic")
    assert ticket_table((waits, *waits.groups), ENGLISH)["Tickets"].iloc[0] == waits.n


READY = "[data-testid=stApp][data-test-script-state=notRunning]"


def test_in_the_browser_parts_and_periods_are_chosen(browser: Any, serve: Callable[..., str]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1300})
    opened = context.new_page()
    opened.goto(f"{serve()}/success")
    opened.wait_for_selector(READY)
    opened.get_by_text("406,150 BRL").wait_for()
    opened.get_by_text("Last month", exact=True).click()
    opened.get_by_text("1 Jun 2026 to 30 Jun 2026", exact=False).wait_for()
    opened.get_by_text("First value", exact=True).click()
    opened.get_by_text("Half of those who stay").first.wait_for()
    assert "success=value" in opened.url
    assert opened.get_by_test_id("stException").count() == 0
    context.close()


@pytest.mark.parametrize("part", ["churn", "health", "quadrant"])
@pytest.mark.parametrize("lang", ["en", "pt_BR"])
def test_forecasts_have_their_figures(monkeypatch: pytest.MonkeyPatch, part: str, lang: str) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    test.query_params["success"] = part
    test.query_params["lang"] = lang
    test._page_hash = calc_hash("success")
    test.run()
    assert not test.exception
    assert not test.error
    assert test.get("plotly_chart")
