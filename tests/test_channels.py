"""Channel consistency: false alarms and coverage by simulation, planted differences, verb and page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import journey as jn
from journey.analysis.channels import _aspect, _settled
from journey.app.parts import channels as part
from journey.app.state import SAMPLE
from journey.cli.verbs import app
from journey.draw import DARK, LIGHT
from journey.draw.channel_table import channels_of, table_of
from journey.draw.channel_words import headline, reading
from journey.draw.words import ENGLISH
from journey.events.by_channel import ByChannel
from journey.events.contrast_sums import Sums

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def found(lumo: jn.EventLog) -> jn.Channels:
    return jn.channels(lumo)


# --- simulation: customers with moods and favourite channels -------------------------------------------


def world(rng: np.random.Generator, *, many: int, binary: bool, effect: float = 0.0, places: int = 20) -> ByChannel:
    """1,500 customers whose mood colours all their visits; the first channel is worse at the first touchpoint."""
    people = 1500
    mood, favourite, bucket = (
        rng.normal(0, 0.8, people),
        rng.integers(many, size=people),
        rng.integers(256, size=people),
    )
    total, count = np.zeros((many, places, 256)), np.zeros((many, places, 256))
    base = rng.normal(-1.2 if binary else 0, 0.7, places)
    for k in range(places):
        who = np.repeat(np.arange(people), rng.poisson(rng.uniform(0.02, 1.2), people))
        channel = np.where(rng.random(who.size) < 0.8, favourite[who], rng.integers(many, size=who.size))
        bad = base[k] + mood[who] + effect * ((channel == 0) & (k == 0)) + rng.normal(0, 0.8, who.size)
        y = (bad > 0).astype(float) if binary else np.clip(np.round(bad + 2), 0, 4) / 4
        np.add.at(total, (channel, k, bucket[who]), y)
        np.add.at(count, (channel, k, bucket[who]), 1)
    return ByChannel(
        channels=tuple("abcdef"[:many]),
        touchpoints=tuple(f"T{k}" for k in range(places)),
        visits=count.sum(2),
        parts={"exit": Sums(total, count)},
        unknown=0,
    )


def alarms(runs: int, *, many: int, binary: bool, seed: int) -> tuple[float, float, float]:
    """Where no channel differs: p < .05, screens with any that is called clear, and intervals that hold 0."""
    rng, p, screens, held = np.random.default_rng(seed), [], 0, []
    for _ in range(runs):
        judged = _settled(_aspect(world(rng, many=many, binary=binary), "exit", {}))
        p += [one.p for _, one in judged]
        screens += any(one.clear for _, one in judged)
        held += [(one.apart.low or 0) <= 0 for _, one in judged]
    return float(np.mean(np.array(p) < 0.05)), screens / runs, float(np.mean(held))


def test_equal_channels_are_rarely_called_different() -> None:
    small, screens, held = alarms(25, many=3, binary=True, seed=1)
    assert small < 0.09
    assert screens <= 0.24
    assert held > 0.92


@pytest.mark.slow
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("many", [2, 3, 6])
def test_false_alarms_are_as_rare_as_promised(many: int, binary: bool) -> None:
    small, screens, held = alarms(200, many=many, binary=binary, seed=2)
    assert 0.03 <= small <= 0.065
    assert screens <= 0.15
    assert held >= 0.94


def test_a_worse_channel_is_found() -> None:
    rng, hits, drawn = np.random.default_rng(4), 0, []
    for _ in range(10):
        judged = dict(_settled(_aspect(world(rng, many=3, binary=True, effect=1.2), "exit", {})))
        if "T0" in judged:
            hits += judged["T0"].clear and judged["T0"].worst == "a"
        drawn += [(one.shrunken, one.apart.value or 0) for one in judged.values()]
    assert hits >= 6
    # Shrunken is nearer to nothing, never past what was seen.
    assert all(0 <= shrunken <= seen + 1e-12 for shrunken, seen in drawn)


# --- the sample ---------------------------------------------------------------------------------------


def test_values_are_those_of_the_visits(lumo: jn.EventLog, found: jn.Channels) -> None:
    events = pd.read_parquet(ROOT / "data" / "lumo" / "events.parquet")
    for name in ("ID check", "First bill"):
        one = found.of(name)
        here = events[events["touchpoint"] == name]
        assert one.visits == here["channel"].value_counts().to_dict()
        felt = one.of("satisfaction")
        assert felt is not None
        means = here.groupby("channel")["csat"].mean()
        for channel, measure in felt.values.items():
            assert measure.value == pytest.approx(means[channel])
            assert measure.low < measure.value < measure.high  # type: ignore[operator]
        best, worst = max(felt.values, key=means.__getitem__), min(felt.values, key=means.__getitem__)
        assert (felt.best, felt.worst) == (best, worst)
        assert felt.apart.value == pytest.approx((means[best] - means[worst]) / 4)


def test_shares_add_up_to_what_friction_ranks_by(lumo: jn.EventLog, found: jn.Channels) -> None:
    raw = jn.friction(lumo).of("ID check").raw
    for aspect, component in (("exit", "exit"), ("help", "help")):
        one = found.of("ID check").of(aspect)
        assert one is not None
        total = sum((m.value or 0) * m.n for m in one.values.values())
        assert total / sum(m.n for m in one.values.values()) == pytest.approx(raw[component])


def test_nothing_was_planted_by_channel(found: jn.Channels) -> None:
    # data/README.md plants no difference between channels: at q = .10 one false alarm may stand among many touchpoints.
    assert len(found.found) == 25
    assert sum(one.reading == "depends" for one in found.found) <= 2
    assert sum(one.reading == "alike" for one in found.found) >= 8
    for one in found.found:
        assert one.index.low <= one.index.value <= one.index.high  # type: ignore[operator]
        assert (one.index.low or 0) >= 0
        assert (one.index.high or 0) <= 100
    assert set(found.single) >= {"Support call", "Store demo"}


def planted(seed: int = 0) -> pd.DataFrame:
    """Visits at three touchpoints through web and store; “Pay” is worse in the store."""
    rng = np.random.default_rng(seed)
    rows = []
    for case in range(400):
        channel = "web" if case % 2 else "store"
        for at, name in enumerate(("Browse", "Pay", "Fetch")):
            bad = 1.2 if name == "Pay" and channel == "store" else 0.0
            stars = int(np.clip(round(4 - bad + rng.normal(0, 0.9)), 1, 5))
            rows.append(
                (case, name, pd.Timestamp("2026-01-01") + pd.Timedelta(days=case % 90, hours=at), channel, stars)
            )
    return pd.DataFrame(rows, columns=["case", "what", "when", "channel", "stars"])


def read(table: pd.DataFrame) -> jn.EventLog:
    return jn.read(
        table, case="case", touchpoint="what", time="when", channel="channel", satisfaction=jn.Scale("stars", 1, 5)
    )


def test_a_planted_difference_is_told() -> None:
    found = jn.channels(read(planted()))
    first = found.found[0]
    assert (first.touchpoint, first.reading) == ("Pay", "depends")
    assert "satisfaction" in reading(first)
    assert "in store" in reading(first)
    felt = first.of("satisfaction")
    assert felt is not None
    assert (felt.best, felt.worst, felt.clear) == ("web", "store", True)
    assert (felt.apart.low or 0) <= 0.28 <= (felt.apart.high or 0)
    assert all(one.reading == "alike" for one in found.found[1:])


def test_bad_input_is_said_in_a_sentence(lumo: jn.EventLog) -> None:
    table = planted()
    bare = jn.read(table, case="case", touchpoint="what", time="when")
    with pytest.raises(jn.JourneyError, match="tell no channel"):
        jn.channels(bare)
    with pytest.raises(jn.JourneyError, match="through two channels"):
        jn.channels(read(table.assign(channel="web")))
    few = table[(table["channel"] == "web") | (table["case"] < 6)]
    told = jn.channels(read(few))
    assert told.found == ()
    assert set(told.few) == {"Browse", "Pay", "Fetch"}
    with pytest.raises(jn.JourneyError, match="not met through several"):
        told.of("Pay")
    # Constant ratings are no certainty, and no difference.
    same = jn.channels(read(table.assign(stars=4)))
    assert {one.reading for one in same.found} <= {"alike", "unknown"}
    assert all(one.of("satisfaction").p > 0.5 for one in same.found)  # type: ignore[union-attr]
    gaps = table.assign(channel=table["channel"].where(table["case"] % 10 != 0))
    assert jn.channels(read(gaps)).unknown == 120


# --- pictures, verb, page -----------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("aspect", ["satisfaction", "exit"])
def test_the_table_of_colours_tells_every_row(found: jn.Channels, theme: object, aspect: str) -> None:
    sheet = table_of(found, found.found[:6], aspect, theme=theme)  # type: ignore[arg-type]
    assert [mark["tip"][0] for mark in sheet.marks.values()] == [one.touchpoint for one in found.found[:6]]
    assert sheet.label == headline(found)
    heads = [shape["text"] for shape in sheet.shapes if shape["kind"] == "text" and shape["y"] == 18]
    assert set(channels_of(found.found[:6])) <= set(heads)


def test_the_verb_tells_and_prints_json(monkeypatch: pytest.MonkeyPatch, lumo: jn.EventLog) -> None:
    monkeypatch.setattr("journey.cli.channels.opened", lambda *_told: lumo)
    told = CliRunner().invoke(app, ["channels", str(SAMPLE), "--top", "2"]).output
    assert "touchpoints met through several channels" in " ".join(told.split())
    data = json.loads(CliRunner().invoke(app, ["channels", str(SAMPLE), "--json"]).output)
    assert len(data["channels"]["found"]) == 25
    assert data["channels"]["found"][0]["aspects"][0]["values"]


def test_an_online_shop_is_alike_on_every_device(shared: Path) -> None:
    log = jn.open(ROOT / "data" / "recipes" / "ecom.yaml", folder=shared / "data" / "retentioneering")
    found = jn.channels(log)
    assert found.channels == ("desktop", "mobile", "tablet")
    assert not any(one.reading == "depends" for one in found.found)


def shown(monkeypatch: pytest.MonkeyPatch, *told: str, **address: str) -> AppTest:
    monkeypatch.setattr("sys.argv", ["app.py", *told])
    test = AppTest.from_string(
        "from journey.app.parts import channels\nfrom journey.app.state import View, arguments\n"
        "channels.show(View(arguments()))",
        default_timeout=120,
    )
    for name, value in address.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error
    return test


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info") for e in test.get(kind)).replace("\\", "")


def test_the_part_shows_it(monkeypatch: pytest.MonkeyPatch, found: jn.Channels) -> None:
    for address in ({}, {"channels_of": "exit", "channels_all": "true"}):
        told = said(shown(monkeypatch, **address))
        assert headline(found) in told
        assert "Customers choose their channel" in told
    table = part.table(found, ENGLISH)
    assert len(table) == sum(len(aspect.values) for one in found.found for aspect in one.aspects)


def test_the_part_says_where_no_channel_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("c,w,t\n1,a,2026-01-01 10:00\n")
    recipe = tmp_path / "journey.yaml"
    recipe.write_text("tables:\n  - {kind: events, path: e.csv, case: c, touchpoint: w, time: t}\n")
    assert "tell no channel" in said(shown(monkeypatch, str(recipe)))
