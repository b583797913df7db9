"""The drivers page: what it shows is what the analysis found, whatever the data and the language."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ROOT = Path(__file__).parents[1]
PARTS = ("ranking", "map", "kinds")

RECIPE = """
name: Small
tables:
  - kind: events
    path: events.csv
    case: who
    touchpoint: what
    time: when
    {answers}
{scales}
goal: [{goal}]
"""
ANSWERS = "answers: {stars: stars, nps: nps}"
SCALES = """
scales:
  stars: {metric: csat, low: 1, high: 5, good: high}
  nps: {metric: nps, about: relation}
"""


def written(folder: Path, people: int, places: int, *, rated: bool = True) -> str:
    """A recipe with so many people who pass most of so many places, and answer at the last."""
    random, rows = np.random.default_rng(0), []
    for who in range(people):
        stars = random.integers(1, 6, places)
        seen = np.flatnonzero((random.random(places) < 0.8) | (np.arange(places) == places - 1))
        for at in seen:
            when = pd.Timestamp("2026-01-01") + pd.Timedelta(hours=who * 8 + at / 100)
            nps = min(10, int(stars[:2].sum())) if at == places - 1 else None
            rows.append((who, f"Place <b>{at}</b>", when, stars[at], nps))
    pd.DataFrame(rows, columns=["who", "what", "when", "stars", "nps"]).to_csv(folder / "events.csv", index=False)
    told = RECIPE.format(
        answers=ANSWERS if rated else "attributes: [stars]",
        scales=SCALES if rated else "",
        goal=f"Place <b>{places - 1}</b>",
    )
    (folder / "journey.yaml").write_text(told, encoding="utf-8")
    return str(folder / "journey.yaml")


def page(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("drivers")
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error, [one.value for one in test.error]
    return test


def said(test: AppTest) -> str:
    told = " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind))
    return told.replace("\\", "")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_sample_in_every_part_and_language(monkeypatch: pytest.MonkeyPatch, part: str, lang: str) -> None:
    told = said(page(monkeypatch, drivers_show=part, lang=lang))
    assert "App dashboard" in told
    assert ("1,295" if lang == "en" else "1.295") in told
    assert "Cancellation" in told, "what was left out is told"


def test_a_table_holds_what_the_figure_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(monkeypatch)
    test.segmented_control(key="ways-drivers-ranking").set_value("table").run()
    shown = test.dataframe[0].value
    assert list(shown["Touchpoint"][:2]) == ["App dashboard", "ID check"]
    assert shown["Importance"].sum() == pytest.approx(1, abs=0.01)


def test_an_outcome_that_is_a_touchpoint_can_be_looked_for_from_a_step_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(page(monkeypatch, drivers_outcome="Renewed"))
    assert "Renewal notice" in told and "Look from one step on" in told
    told = said(page(monkeypatch, drivers_outcome="Renewed", drivers_after="Renewal notice"))
    assert "explains no more of it than chance would" in told


def test_small_wide_and_unrated_data_have_their_page_or_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, people, places, rated, wanted in (
        ("one", 1, 4, True, "the same"),
        ("few", 30, 12, True, "apart"),
        ("wide", 250, 40, True, "relative weights of 40 touchpoints"),
        ("unrated", 60, 3, False, ""),
    ):
        folder = tmp_path / name
        folder.mkdir()
        recipe = written(folder, people, places, rated=rated)
        for part in PARTS if name == "wide" else PARTS[:1]:
            told = said(page(monkeypatch, recipe, drivers_show=part))
            assert wanted in told, (name, part)
            assert "nan" not in told.lower().split()
