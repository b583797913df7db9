"""Trends: whole periods only, the same numbers as everywhere else, and what changed since the last period."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import journey as jn
from journey.analysis.compare_periods import changes, equal_rates, pulse
from journey.draw.overview import emotion, emotion_alt, extremes, felt
from journey.draw.overview_tiles import compared, counted_when, period_name, tiles
from journey.draw.overview_words import by_touchpoint, changed, costs, hurts
from journey.draw.theme import DARK, LIGHT
from journey.draw.words import Say
from journey.events import trend
from journey.events.trend import Period, calendar, months, pace, periods

SAMPLE = Path(__file__).parents[1] / "data" / "lumo" / "journey.yaml"


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


def daily(first: str, last: str, *, step: str = "6h", **more: Any) -> jn.EventLog:
    """A case every few hours from one moment to another."""
    times = pd.date_range(first, last, freq=step)
    table = pd.DataFrame({"case": range(len(times)), "touchpoint": "a", "time": times})
    for name, column in more.pop("columns", {}).items():
        table[name] = column(times)
    return jn.read(table, case="case", touchpoint="touchpoint", time="time", **more)


# --- periods ---------------------------------------------------------------------------------------


def test_only_whole_periods_count() -> None:
    log = daily("2026-01-15 00:00", "2026-05-20 12:00")
    assert [p.start for p in periods(log, "month")] == [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    weeks = periods(log, "week")
    assert weeks[0].start == date(2026, 1, 19)  # the first Monday inside
    assert weeks[-1].end == date(2026, 5, 18)
    assert all(p.start.weekday() == 0 and p.days == 7 for p in weeks)
    assert periods(log, "quarter") == ()


def test_a_month_is_whole_when_its_last_day_is_reached() -> None:
    assert len(periods(daily("2026-01-01 00:00", "2026-03-31 06:00"), "month")) == 3
    assert len(periods(daily("2026-01-01 00:00", "2026-03-30 18:00"), "month")) == 2


def test_where_events_are_rare_their_gap_is_allowed_for() -> None:
    log = daily("2026-01-03 00:00", "2026-12-29 00:00", step="5D")
    assert len(periods(log, "month")) == 12


def test_days_begin_where_the_recipe_stands(log: jn.EventLog) -> None:
    assert [p.start for p in periods(log, "quarter")][-1] == date(2026, 4, 1)
    start, end = periods(log, "month")[-1].bounds(trend.zone_of(log))
    assert pd.Timestamp(start, unit="us") == pd.Timestamp("2026-06-01 03:00")  # midnight in São Paulo
    assert pd.Timestamp(end, unit="us") == pd.Timestamp("2026-07-01 03:00")


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        ("2025-01-01", "2026-06-30", "quarter"),
        ("2026-01-01", "2026-06-30", "month"),
        ("2026-01-01", "2026-02-20", "week"),
        ("2026-01-05", "2026-01-20", "week"),
        ("2026-01-01", "2026-01-04", None),
    ],
)
def test_the_pace_follows_from_the_span(first: str, last: str, unit: str | None) -> None:
    assert pace(daily(f"{first} 00:00", f"{last} 23:00", step="5h")) == unit


def test_at_most_sixty_periods_the_latest() -> None:
    found = periods(daily("2001-01-01", "2026-12-31", step="7D"), "month")
    assert len(found) == 60
    assert found[-1].end == date(2027, 1, 1)


def test_an_unknown_period_is_said(log: jn.EventLog) -> None:
    with pytest.raises(jn.JourneyError, match="There is no period “fortnight”"):
        periods(log, "fortnight")


@pytest.mark.parametrize(
    ("start", "end", "unit"),
    [
        (date(2026, 4, 1), date(2026, 7, 1), "quarter"),
        (date(2026, 12, 1), date(2027, 1, 1), "month"),
        (date(2026, 6, 29), date(2026, 7, 6), "week"),
        (date(2026, 4, 1), date(2026, 6, 30), None),
    ],
)
def test_a_stretch_of_the_calendar_is_recognised(start: date, end: date, unit: str | None) -> None:
    found = calendar(start, end)
    assert (found.unit if found else None) == unit


def test_periods_have_names() -> None:
    assert period_name(Period(date(2026, 4, 1), date(2026, 7, 1), "quarter")) == "Q2 2026"
    assert period_name(Period(date(2026, 4, 1), date(2026, 5, 1), "month")) == "Apr 2026"
    assert period_name(Period(date(2026, 4, 6), date(2026, 4, 13), "week")) == "week of 6 Apr 2026"
    brazil = Say("pt_BR")
    assert period_name(Period(date(2026, 4, 6), date(2026, 4, 13), "week"), brazil) == "week of 06/04/2026"


# --- figures by period -----------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["week", "month", "quarter"])
def test_all_in_all_the_figures_are_the_journey_s(log: jn.EventLog, unit: str) -> None:
    journey, found = jn.mine(log), pulse(log, unit=unit)
    whole = {line.of: line.whole for line in found.lines}
    assert whole["cases"].value == journey.cases
    assert whole["goal"].value == pytest.approx((journey.reached or 0) / journey.cases)
    assert whole["nps"] == journey.nps
    answers = log.table(limit=10**6)
    assert whole["csat"].value == pytest.approx((answers["csat"].dropna() >= 4).mean())
    assert whole["satisfaction"].value == pytest.approx(answers["csat"].mean())
    assert whole["effort"].value == pytest.approx(answers["ces"].mean())


def test_each_month_holds_its_own_answers(log: jn.EventLog) -> None:
    answers = log.table(limit=10**6)
    local = answers["time"].dt.tz_convert("America/Sao_Paulo")
    month = local.dt.strftime("%Y-%m-01")
    found = pulse(log, unit="month")
    line = found.of("satisfaction")
    assert line is not None
    for period, point in line.points:
        here = answers["csat"][month == str(period.start)].dropna()
        assert point.n == len(here)
        assert point.value == pytest.approx(here.mean())
        assert point.low < point.value < point.high
    cases = found.of("cases")
    assert cases is not None
    began = local.groupby(answers["case"]).min().dt.strftime("%Y-%m-01").value_counts()
    assert [point.value for _, point in cases.points] == [began[str(p.start)] for p, _ in cases.points]


def test_late_cohorts_are_not_final(log: jn.EventLog) -> None:
    goal = pulse(log).of("goal")
    assert goal is not None
    assert goal.last is not None
    assert goal.last.end <= date(2025, 12, 1)
    assert goal.settled < len(goal.points)
    # Those who could be followed reach it alike; counted with the young ones they would seem to collapse.
    settled = [point.value for _, point in goal.points[: goal.settled]]
    assert min(settled) > 0.3
    assert goal.points[-1][1].value == 0
    assert goal.change is not None
    assert not goal.change.clear


def test_the_change_since_the_last_quarter_is_clear_where_one_was_planted(log: jn.EventLog) -> None:
    found = pulse(log)
    assert found.unit == "quarter"
    csat = found.of("csat")
    assert csat is not None
    assert csat.change is not None
    assert csat.change.better == "b"
    assert (csat.last.start, csat.before.start) == (date(2026, 4, 1), date(2026, 1, 1))
    assert len(csat.points) == 18  # drawn by month
    cases = found.of("cases")
    assert cases is not None
    assert not cases.change.clear


def test_daily_rates_allow_for_the_length_of_the_month() -> None:
    log = daily("2026-01-01", "2026-03-31 23:00", step="1h")  # 28 days in February, 31 in March
    cases = pulse(log, unit="month").of("cases")
    assert cases is not None
    assert cases.change.a.value == 31 * 24
    assert cases.change.difference.value == pytest.approx(0, abs=1e-9)
    assert not cases.change.clear


def test_equal_daily_rates_raise_few_alarms() -> None:
    random = np.random.default_rng(0)
    for daily_rate in (0.3, 4.0):
        counts = random.poisson([31 * daily_rate, 28 * daily_rate], (4000, 2))
        p = np.array([equal_rates(int(a), int(b), 31, 28) for a, b in counts if a + b])
        assert 0.03 <= (p <= 0.05).mean() <= 0.07


# --- what changed ----------------------------------------------------------------------------------


def test_the_release_of_april_is_what_changed(log: jn.EventLog) -> None:
    found = changes(log)
    assert (found.before.start, found.last.start) == (date(2026, 1, 1), date(2026, 4, 1))
    by = by_touchpoint(found.clear)
    assert next(iter(by)) == "App dashboard"
    moved = {one.of: one for one in by["App dashboard"]}
    assert {"satisfaction", "effort", "help"} <= set(moved)
    assert moved["satisfaction"].a.value == pytest.approx(3.4, abs=0.1)
    assert moved["satisfaction"].b.value == pytest.approx(4.4, abs=0.1)
    assert moved["help"].better == "b"
    assert len(by) <= 3
    assert changed(moved["satisfaction"]) == "satisfaction 4.44 → 3.41"


def test_visits_that_could_not_be_followed_are_left_out(log: jn.EventLog) -> None:
    found = changes(log, unit="month")
    # June ends with the log: within 45 days nobody can be followed, so exits of June are not judged.
    assert not [one for one in found.found if one.of == "exit"]
    assert [one for one in found.found if one.of == "satisfaction"]


def test_nothing_moves_where_nothing_changed() -> None:
    alarms = 0
    for seed in range(8):
        random = np.random.default_rng(seed)
        stars = {"stars": lambda times, random=random: random.integers(1, 6, len(times))}
        log = daily(
            "2026-01-01", "2026-02-28 23:00", step="2h", columns=stars, satisfaction=jn.Scale("stars", 1, 5)
        )  # fmt: skip
        alarms += bool(changes(log, unit="month").clear)
    assert alarms <= 2


def test_a_log_of_three_days_has_nothing_to_compare() -> None:
    log = daily("2026-01-01", "2026-01-03", step="1h")
    with pytest.raises(jn.JourneyError, match="two whole periods"):
        changes(log)
    found = pulse(log)
    assert found.unit is None
    assert "no two whole periods" in compared(found)
    assert tiles(found, jn.mine(log)).count("<h4") == 1


def test_months_of_what_is_looked_at(log: jn.EventLog) -> None:
    assert months(log) == pytest.approx(18, abs=0.1)
    assert months(log.between("2026-06-01")) == pytest.approx(1, abs=0.1)
    assert months(daily("2026-01-01", "2026-01-01")) is None


def test_a_survey_without_times_has_figures_and_no_trend(tmp_path: Path) -> None:
    rows = "\n".join(f"{i},{1 + i % 5},{1 + i % 4}" for i in range(60))
    (tmp_path / "survey.csv").write_text(f"id,Shop,Till\n{rows}\n", encoding="utf-8")
    (tmp_path / "journey.yaml").write_text(
        """
tables: [{kind: survey, path: survey.csv, case: id, scale: stars, touchpoints: {Shop: Shop, Till: Till}}]
scales: {stars: {metric: csat, low: 1, high: 5, good: high}}
stages: {Here: [Shop, Till]}
""",
        encoding="utf-8",
    )
    log = jn.open(tmp_path / "journey.yaml")
    assert not log.timed
    found = pulse(log)
    assert found.unit is None
    assert [line.of for line in found.lines] == ["cases", "csat", "satisfaction"]
    assert counted_when(found) == ""
    assert pace(log) is None
    assert months(log) is None
    assert tiles(found, jn.mine(log)).count("<h4") == 2


# --- drawn -----------------------------------------------------------------------------------------


def test_tiles_say_how_sure_they_are(log: jn.EventLog) -> None:
    found, journey = pulse(log), jn.mine(log)
    for theme in (LIGHT, DARK):
        html = tiles(found, journey, theme=theme)
        assert html.count("<h4") == 5
        assert "70.0%" in html
        assert "69.0% to 71.0% · 12,775 answers" in html
        assert "worse" in html
        assert "not clear" in html
        assert html.count("<img alt=") == 5
        assert "nan" not in html.casefold().replace("nance", "")
    assert compared(found).startswith("Q2 2026 against Q1 2026; goal: began in Q3 2025")
    assert "too young" in counted_when(found)


def test_names_from_the_data_are_no_markup() -> None:
    times = pd.date_range("2026-01-01", "2026-03-31", freq="6h")
    table = pd.DataFrame({"case": range(len(times)), "touchpoint": "<b>x</b>", "time": times, "stars": 4})
    log = jn.read(
        table, case="case", touchpoint="touchpoint", time="time", satisfaction=jn.Scale("stars", 1, 5)
    )  # fmt: skip
    journey = jn.mine(log, goal="<b>x</b>")
    html = tiles(pulse(log, goal="<b>x</b>"), journey)
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x" in html
    assert "<b>x" not in emotion(journey).to_json().replace("<b>&lt;b&gt;", "")


def test_the_curve_runs_from_minus_two_to_two(log: jn.EventLog) -> None:
    journey = jn.mine(log)
    points = felt(journey)
    assert {one.name for one in points} == {t.name for t in journey.touchpoints if t.satisfaction.n}
    by = {one.name: one for one in points}
    assert by["Welcome call"].value == pytest.approx(1.77, abs=0.1)
    assert by["ID check"].value < 0 < by["ID check"].low + 1
    assert all(-2 <= one.low <= one.value <= one.high <= 2 for one in points)
    called = extremes(points)
    assert called["Welcome call"] == 1
    assert called["ID check"] == -1
    assert "Welcome call" in emotion_alt(journey)
    sizes = emotion(journey).data[-1].marker.size
    assert max(sizes) > min(sizes)


def test_a_journey_without_answers_has_no_curve() -> None:
    assert felt(jn.mine(daily("2026-01-01", "2026-01-05"))) == ()


def test_the_worst_is_said_with_what_it_costs(log: jn.EventLog) -> None:
    journey, found = jn.mine(log), jn.friction(log)
    told = hurts(found[0], costs=dict(log.recipe.costs), scales=journey.scales)
    assert told[0] == "27% leave, 10% expected"
    assert found[0].at == "ID check"
    said = costs(found[0], unit="BRL", months=18.0)
    assert said.endswith("BRL a month (31,300–34,600)") or "BRL a month (" in said
    assert costs(found[0], unit="BRL", months=0.2).count("a month") == 0
    value = found[0].burden.value / 18
    assert math.isclose(float(said.split(" ")[0].replace(",", "")), value, rel_tol=0.01)


def test_a_period_of_the_calendar_has_days() -> None:
    assert Period(date(2026, 2, 1), date(2026, 3, 1), "month").days == 28
    assert Period(date(2026, 2, 1), date(2026, 2, 1) + timedelta(days=7), "week").days == 7
