"""The Voices page: what it says reconciles with what was heard, in both languages and on other data."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.figure import csv
from journey.app.parts.voices_common import heard, quotes_table
from journey.app.state import View, arguments
from journey.draw import DARK, LIGHT, voices
from journey.draw.voices_telling import telling
from journey.draw.voices_tiles import quotes, tiles
from journey.draw.words import ENGLISH
from journey.voice.part import part

ROOT = Path(__file__).parents[1]
PARTS = ("themes", "trend", "words", "quotes", "odds")
SMALL = """
language: pt
tables:
  - {kind: events, path: events.csv, case: id, touchpoint: place, time: time, comment: text}
"""


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return cached.log(View(arguments([])))  # the app's own, which is listened to once for all of these tests


@pytest.fixture(scope="module")
def found(log: jn.EventLog) -> jn.Voice:
    assert log.cases
    return heard(View(arguments([])), "all")


def page(monkeypatch: pytest.MonkeyPatch, *told: str, state: dict[str, Any] | None = None, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    for name, value in address.items():
        test.query_params[name] = value
    for name, value in (state or {}).items():
        test.session_state[name] = value
    test._page_hash = calc_hash("voices")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    told = " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind))
    html = " ".join(e.proto.body for e in test.get("html"))
    return f"{told} {html}".replace("\\", "")


@pytest.mark.parametrize("lang", ["en", "pt"])
@pytest.mark.parametrize("show", PARTS)
def test_every_part_stands_on_the_sample(
    monkeypatch: pytest.MonkeyPatch, found: jn.Voice, show: str, lang: str
) -> None:
    told = said(page(monkeypatch, voices_show=show, lang=lang))
    assert (f"{found.comments:,}" if lang == "en" else "4.355") in told
    assert ("Own ratings" if lang == "en" else "Notas próprias") in told
    value = f"{found.heard.net.value:+.2f}"
    assert (value if lang == "en" else value.replace(".", ",")) in told


def test_search_finds_what_there_is(monkeypatch: pytest.MonkeyPatch, log: jn.EventLog) -> None:
    here = part(log)
    test = page(monkeypatch, voices_show="quotes", state={"voices_text": "NAO RECEBI"})
    n = len(here.find("não recebi"))
    assert f"**{n:,}** of {len(here):,} comments" in said(test)
    theme = here.corpus.themes[0].name
    test.text_input(key="voices_text").set_value("")
    test.selectbox(key="voices_theme").set_value(theme)
    fine(test.selectbox(key="voices_at").set_value("ID check").run())
    n = len(here.find(theme=theme, touchpoint="ID check"))
    assert f"**{n:,}** of" in said(test)
    fine(test.selectbox(key="voices_from").set_value("Sign-up form").run())
    n = len(here.find(theme=theme, touchpoint="ID check", before="Sign-up form"))
    assert f"**{n:,}** of" in said(test)
    fine(test.text_input(key="voices_text").set_value("xyzzy").run())
    assert "No comment holds these words here" in said(test)


def test_a_segment_has_its_own_figures(monkeypatch: pytest.MonkeyPatch, log: jn.EventLog) -> None:
    own = jn.voice(log.where(segment="B2B"))
    assert f">{own.comments:,}</div>" in said(page(monkeypatch, is_segment="B2B"))


def small(tmp_path: Path, *texts: str | None) -> str:
    rows = [(f"c{at}", "Order", f"2026-01-{at % 28 + 1:02}", text) for at, text in enumerate(texts)]
    pd.DataFrame(rows, columns=["id", "place", "time", "text"]).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "journey.yaml").write_text(SMALL, encoding="utf-8")
    return str(tmp_path / "journey.yaml")


@pytest.mark.parametrize("show", PARTS)
def test_one_unrated_comment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, show: str) -> None:
    recipe = small(tmp_path, "<b>péssimo</b> **atendimento** [x](javascript:alert(1))")
    told = said(page(monkeypatch, recipe, voices_show=show))
    assert "Lexicon" in told and "<b>péssimo" not in told
    if show == "quotes":
        assert "&lt;b&gt;péssimo" in told and "Names are not masked" in told


def test_no_comments_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared: Path) -> None:
    assert "Nobody left a comment" in said(page(monkeypatch, small(tmp_path, None)))
    recipe, folder = ROOT / "data" / "recipes" / "running_example.yaml", shared / "data" / "logs"
    assert "These tables hold no comments" in said(page(monkeypatch, str(recipe), "--folder", str(folder)))


def test_figures_are_drawn_in_both_themes(found: jn.Voice) -> None:
    names = [one.name for one in found.themes]
    for theme in (LIGHT, DARK):
        bars = voices.themes(found.themes, theme=theme)
        assert list(bars.to_dict()["data"][0]["customdata"]) == names
        cells = voices.matrix(found.touchpoints[:14], names, theme=theme).to_dict()["data"][0]
        counted = {
            (name, str(place.at)): measure.n
            for place in found.touchpoints[:14]
            for name, measure in place.themes.items()
        }
        assert {tuple(cell) for cell in cells["customdata"]} == set(counted)
        for cell, text in zip(cells["customdata"], cells["text"], strict=True):
            assert text.replace("<b>", "").replace("</b>", "") == f"{counted[tuple(cell)]:,}"
        assert voices.trend(found.periods, theme=theme).to_dict()["data"]
        assert voices.trend(found.periods, names[0], theme=theme).to_dict()["data"]
        assert telling(found.words, theme=theme).to_dict()["data"]
        assert "jv" in tiles(found, theme=theme)


def test_what_is_taken_away_holds_no_formulas_and_no_personal_data(tmp_path: Path) -> None:
    log = jn.open(small(tmp_path, "=1+1 ótimo", "escreva para ana@example.com", "-2 bom"))
    written = csv(quotes_table(part(log).quotes()))
    table = pd.read_csv(io.BytesIO(written))
    assert table["Comment"].tolist() == ["'=1+1 ótimo", "escreva para [e-mail]", "'-2 bom"]
    assert "example.com" not in written.decode("utf-8-sig")


def test_quotes_are_only_text(tmp_path: Path) -> None:
    log = jn.open(small(tmp_path, "<img src=x onerror=alert(1)>", "\u202eolleh"))
    html = quotes(part(log).quotes(), None, theme=draw.theme("light"), say=ENGLISH)
    assert "<img" not in html and "&lt;img" in html and 'dir="auto"' in html


# --- in the browser ----------------------------------------------------------------------------------

READY = "[data-testid=stApp][data-test-script-state=notRunning]"


def test_a_click_on_a_theme_leads_to_its_comments(browser: Any, serve: Callable[..., str]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    opened = context.new_page()
    opened.goto(f"{serve()}/voices")
    bar = opened.locator(".js-plotly-plot .bars .point path").first
    bar.wait_for(timeout=120_000)
    opened.wait_for_selector(READY)
    search = opened.get_by_placeholder("Search the comments")
    for _ in range(10):  # plotly draws once more when its width is known, and a click in between is lost
        opened.wait_for_timeout(500)
        box = bar.bounding_box()
        opened.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
        opened.wait_for_timeout(300)
        opened.mouse.down()
        opened.mouse.up()
        opened.wait_for_timeout(900)
        if search.count():
            break
    search.wait_for()
    opened.get_by_text("comments").first.wait_for()
    assert opened.locator(".jq li").count() == 20
    assert opened.get_by_test_id("stException").count() == 0
    context.close()
