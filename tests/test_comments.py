"""Comments beside their ratings: whose, how many, in which order; from small logs, large ones and changed ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import journey as jn
from journey.app.state import SAMPLE
from journey.errors import JourneyError
from journey.events import cached
from journey.events.comments import Comments, Wrote, comments


def events(rows: list[tuple[str, str, str, float | None, str | None]], **more: object) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["who", "what", "when", "stars", "said"])
    table["when"] = pd.to_datetime(table["when"])
    return table.assign(**more)


SHOP = [
    ("a", "Cart", "2026-01-01 10:00", 1, "slow"),
    ("a", "Payment", "2026-01-01 11:00", 5, "good"),
    ("a", "Payment", "2026-01-01 12:00", 2, None),
    ("b", "Cart", "2026-01-02 10:00", 3, "so-so"),
    ("b", "Payment", "2026-01-02 11:00", None, "no stars"),
    ("b", "Payment", "2026-01-03 11:00", 1, "   "),
    ("c", "Cart", "2026-01-04 10:00", 1, "slower"),
]


def read(good: str = "high", rows: pd.DataFrame | None = None, **more: object) -> jn.EventLog:
    table = events(SHOP) if rows is None else rows
    scale = jn.Scale("stars", 1, 5, good=good)  # type: ignore[arg-type]
    return jn.read(
        table,
        case="who",
        touchpoint="what",
        time="when",
        satisfaction=scale,
        comment="said",
        **more,  # type: ignore[arg-type]
    )


def texts(found: Comments) -> list[str]:
    return [one.text for one in found.shown]


def test_the_worst_come_first_the_later_before_the_earlier_and_the_unrated_last() -> None:
    assert texts(comments(read())) == ["slower", "slow", "so-so", "good", "no stars"]


def test_on_a_scale_where_low_is_good_the_high_are_worst() -> None:
    assert texts(comments(read("low"))) == ["good", "so-so", "slower", "slow", "no stars"]


def test_the_latest_come_first_when_asked() -> None:
    assert texts(comments(read(), order="latest")) == ["slower", "no stars", "so-so", "good", "slow"]


def test_a_comment_carries_its_visit() -> None:
    first = comments(read(rows=events(SHOP, via="web"), channel="via", time_zone="UTC"), limit=1).shown[0]
    assert (first.case, first.touchpoint, first.channel) == ("c", "Cart", "web")
    assert (first.rating, first.nps) == (1.0, None)
    assert first.time == datetime(2026, 1, 4, 10, tzinfo=UTC)


def test_counts_are_of_all_whatever_the_limit() -> None:
    found = comments(read(), touchpoint="Payment", limit=1)
    assert (len(found.shown), found.total, found.visits) == (1, 2, 4)
    assert found.wrote == (Wrote(1.0, 1, 0), Wrote(2.0, 1, 0), Wrote(5.0, 1, 1))
    assert comments(read(), limit=0).shown == ()


def test_filters_keep_the_comments_of_their_cases_alone() -> None:
    found = comments(read().met("Payment"), touchpoint="Cart")
    assert texts(found) == ["slow", "so-so"]
    assert (found.total, found.visits) == (2, 2)


def test_a_log_without_comments_has_none() -> None:
    log = jn.read(events(SHOP), case="who", touchpoint="what", time="when")
    assert comments(log) == Comments(shown=(), total=0, visits=7)


def test_without_ratings_there_are_still_comments() -> None:
    found = comments(jn.read(events(SHOP), case="who", touchpoint="what", time="when", comment="said"))
    assert (found.total, found.wrote, {one.rating for one in found.shown}) == (5, (), {None})


def test_changed_sequences_keep_the_comments_of_what_is_left() -> None:
    log = read()
    assert texts(comments(log.only(["Cart"]))) == ["slower", "slow", "so-so"]
    assert comments(log.without(["Cart"])).total == 2
    parts = comments(log.split(gap="90m"))
    assert texts(parts) == texts(comments(log))
    assert {one.case for one in parts.shown} == {"a#1", "b#1", "c#1"}


def test_cases_really_named_like_parts_are_taken_at_their_word() -> None:
    rows = [(who, "x", "2026-01-01 10:00", 1.0, who) for who in ("a#1", "a#2", "b#1")]
    found = comments(read(rows=events(rows)))
    assert {one.case: one.text for one in found.shown} == {"a#1": "a#1", "a#2": "a#2", "b#1": "b#1"}


def test_numbers_as_case_ids() -> None:
    table = events(SHOP)
    table["who"] = table["who"].map({"a": 7, "b": 8, "c": 9})
    log = read(rows=table)
    assert [one.case for one in comments(log, limit=2).shown] == ["9", "7"]
    assert {one.case for one in comments(log.split(gap="90m")).shown} == {"7#1", "8#1", "9#1"}


def test_a_large_log_finds_its_comments_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cached, "LARGE", dict.fromkeys(cached.LARGE, 1))
    file = tmp_path / "events.parquet"
    events(SHOP).to_parquet(file)
    log = read(rows=str(file))  # type: ignore[arg-type]
    assert log.index.large
    assert texts(comments(log)) == ["slower", "slow", "so-so", "good", "no stars"]


def test_the_sample_planted_more_comments_where_it_hurt() -> None:
    log = jn.open(SAMPLE)
    assert comments(log).total == 4355  # 3,811 at touchpoints, the others with the relation survey
    found = comments(log, touchpoint="ID check", limit=5)
    assert found.visits == 6140
    assert all(one.rating == 1 and one.time.tzinfo == ZoneInfo("America/Sao_Paulo") for one in found.shown)
    rate = {one.rating: one.comments / one.answers for one in found.wrote}
    assert rate[1.0] > 0.4 > rate[4.0]
    relation = [one for one in comments(log, limit=4355).shown if one.rating is None]
    assert relation and all(one.nps is not None for one in relation)


def test_mistakes_are_said() -> None:
    log = read()
    with pytest.raises(JourneyError, match="Did you mean"):
        comments(log, touchpoint="Carts")
    with pytest.raises(JourneyError, match="ordered by"):
        comments(log, order="best")  # type: ignore[arg-type]
    with pytest.raises(JourneyError, match="0 or more"):
        comments(log, limit=-1)
