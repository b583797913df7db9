"""The app against hostile names, addresses, data and stores: a sentence or a way back, never markup or a traceback."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ibis
import pandas as pd
import pytest
import yaml
from pages import PAGES
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import journey as jn
from journey import draw
from journey.app.pages import data
from journey.app.pages.map import options, other_view
from journey.app.parts.described import described, written
from journey.app.parts.figure import csv
from journey.app.parts.filters import _steps, unknown
from journey.app.state import SAMPLE, View, arguments, saved_segments, segments
from journey.app.text import plain
from journey.draw.words import ENGLISH
from journey.events.selection import Selection
from journey.store import address as store_address
from journey.store import connect

ROOT = Path(__file__).parents[1]
# Beyond this file's reach when it was written; the mark goes when they are mended.

NAMES = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "**bold**",
    "$x$ and $y$",
    ":red[x]",
    "[a](javascript:alert(3))",
    "![i](nowhere.png)",
    "{n}",
    "{0}",
    "{name!r:>{w}}",
    "%s %(x)s",
    "😀 emoji",
    "مرحبا",
    "L" * 300,
    "line\nbreak",
    "tab\there",
    '“quo”te\'s "x"',
    "a -> b",
    "a → b",
    "(end)",
    "(start)",
    "None",
    "NA",
    "–",
    "“–”",
    "=1+1",
    "constructor",
    "__proto__",
    "8 others",
    "&amp; &lt;b&gt;",
]
ATTRIBUTES = ["a", "a:b", "period", "did", "way", "channel", "data", "**bold**", "<b>x</b>", "{n}", "embed", "case"]
ZERO = dict.fromkeys(("dissatisfaction", "effort", "exit", "rework", "wait", "switch", "help"), 0)


def app(monkeypatch: pytest.MonkeyPatch, *told: str, page: str = "data", **address: Any) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["app.py", *told])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        test.query_params[name] = value
    test._page_hash = calc_hash(page) if page != PAGES[0] else ""
    return test.run()


def fine(test: AppTest) -> AppTest:
    """No traceback; a mistake may be told in a sentence."""
    assert not test.exception, [one.message for one in test.exception]
    return test


def said(test: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "caption", "info", "error", "toast") for e in test.get(kind))


def recipe(folder: Path, rows: Iterable[Sequence[Any]], *attributes: str, **more: Any) -> str:
    """A recipe for events of case, what, when, stars and attributes; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = ["_case", "_what", "_when", "_stars", *attributes]
    pd.DataFrame(list(rows), columns=columns).to_csv(folder / "events.csv", index=False)
    table = {
        "kind": "events",
        "path": "events.csv",
        "case": "_case",
        "touchpoint": "_what",
        "time": "_when",
        "answers": {"stars": "_stars"},
        "attributes": list(attributes),
        **more.pop("table", {}),
    }
    scales = {"stars": {"metric": "csat", "low": 1, "high": 5, "good": "high", "question": "How **was** {it} <b>?"}}
    file = folder / "journey.yaml"
    text = yaml.safe_dump({"tables": [table], "scales": scales, **more}, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return str(file)


def walks(
    names: Sequence[str],
    n: int = 80,
    *,
    start: str = "2026-01-01",
    stars: Sequence[Any] = ("", 1, 2, 3, 4, 5),
    still: bool = False,
    also: Callable[[int], Sequence[Any]] = lambda _case: (),
) -> list[list[Any]]:
    """Cases that wander over names; `also` are the values of their attributes; `still`: nothing takes any time."""
    chance, rows, first = random.Random(1), [], datetime.fromisoformat(start)
    for case in range(n):
        at = chance.randrange(len(names))
        for step in range(chance.randrange(1, 7)):
            when = first if still else first + timedelta(hours=7 * case, minutes=10 * step)
            rows.append([f"c{case}", names[at], when.isoformat(" "), chance.choice(stars), *also(case)])
            at = (at + chance.choice([0, 1, 1, 2, 7])) % len(names)
    return rows


@pytest.fixture(scope="module")
def sample() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def strange(hostile: str) -> jn.EventLog:
    return jn.open(hostile)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Everything that has a name has one that is meant to do harm."""
    some = len(NAMES)
    rows = walks(NAMES, 150, also=lambda case: [NAMES[(case * 5 + i) % (9 + i)] for i in range(len(ATTRIBUTES))])
    rows = [[NAMES[int(row[0][1:]) % some] + row[0], *row[1:]] for row in rows]
    return recipe(
        tmp_path_factory.mktemp("hostile"),
        [[*row, NAMES[at % some], NAMES[(3 * at) % some]] for at, row in enumerate(rows)],
        *ATTRIBUTES,
        "_channel",
        "_comment",
        table={"channel": "_channel", "comment": "_comment", "attributes": ATTRIBUTES},
        name="**J** <b>{n}</b> $x$ :red[y]",
        stages={"<b>s</b> {n}": NAMES[:10], ":red[t]": NAMES[10:]},
        goal=[NAMES[5]],
        support=[NAMES[3]],
        promises={NAMES[1]: "1h"},
        currency="R$ {x} **y**",
        costs={"exit": 10},
    )


# --- names from the data ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_hostile_names_break_no_page(monkeypatch: pytest.MonkeyPatch, hostile: str, page: str) -> None:
    test = fine(app(monkeypatch, hostile, page=page))
    assert "**150** cases" in said(test)
    assert not test.error


@pytest.mark.parametrize(
    ("page", "address"),
    [
        *(("friction", {"friction_show": show}) for show in ("quadrant", "moves", "weights")),
        *(("graph", {"graph_colour": colour}) for colour in ("friction", "wait")),
        *(("data", {"data": part}) for part in ("scales", "rows")),
        ("map", {"map_with": f"is:**bold**:{NAMES[0]}"}),
    ],
)
def test_hostile_names_break_no_part(
    monkeypatch: pytest.MonkeyPatch, hostile: str, page: str, address: dict[str, str]
) -> None:
    assert not fine(app(monkeypatch, hostile, page=page, **address)).error


@pytest.mark.parametrize("part", ["why", "answers", "steps", "cases", "comments"])
def test_hostile_names_break_no_drawer(monkeypatch: pytest.MonkeyPatch, hostile: str, part: str) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py", hostile])
    for name in (NAMES[0], "{n}", "(end)"):
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test._page_hash = calc_hash("data")
        test.session_state["open drawer"] = ("touchpoint", name)
        test.session_state["why-part"] = part
        assert not fine(test.run()).error


def test_attributes_called_like_controls_are_attributes(
    monkeypatch: pytest.MonkeyPatch, hostile: str, strange: jn.EventLog
) -> None:
    for name in ("period", "did", "way", "embed"):
        value = strange.values(name).index[0]
        test = fine(app(monkeypatch, hostile, **{f"is_{name}": written(value)}))
        assert f"**{strange.where({name: value}).cases}** of 150 cases" in said(test)


def test_labels_are_no_markup(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    labels = [one.label for one in app(monkeypatch, hostile).multiselect]
    assert plain("**bold**") in labels
    assert plain("<b>x</b>") in labels
    # What needs no change stays as it is: labels are read aloud, too.
    assert "period" in labels


def test_a_value_that_looks_like_missing_is_not_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = ["", "–", "“–”", "None", "NA"]
    path = recipe(tmp_path, walks("abc", 50, also=lambda case: [values[case % 5]]), "x")
    for value in (None, *values[1:]):
        test = fine(app(monkeypatch, path, is_x=written(value)))
        assert "**10** of 50 cases" in said(test), value
    assert len({written(value) for value in (None, *values[1:])}) == 5
    told = described(Selection(where=(("x", (None, "–")),)), ENGLISH)
    assert told == ["x: –, “–”"]


@pytest.mark.parametrize(
    "name",
    [":material/delete:", ":streamlit:", "a -> b", "http://example.org", "www.example.org", "me@example.org"],
)
def test_what_escaping_does_not_stop_is_kept_apart(name: str) -> None:
    # Streamlit turns these into icons, arrows and links after the escapes are gone.
    bare = re.sub(r"\\(.)", r"\1", plain(name))
    assert bare.replace("\u2060", "") == name
    assert not re.search(r":material/|:streamlit:|(^|\s)->(\s|$)|https?://\w|www\.|@\w", bare)


def test_a_name_is_one_line_of_markdown() -> None:
    assert "\n" not in plain("a\n===\n\n    code")


def test_long_names_leave_room_for_the_figure(strange: jn.EventLog) -> None:
    found = jn.friction(strange)
    ranked = draw.ranking(found)
    assert max(len(str(label)) for label in ranked.layout.yaxis.ticktext) < 70
    assert any("L" * 300 in str(trace.hovertext) for trace in ranked.data)
    steps = [draw.Step("L" * 300, found[0].score, 3)]
    assert max(len(str(label)) for label in draw.steps(steps, steps).layout.yaxis.ticktext) < 40


def test_a_second_curve_knows_names_with_colons(hostile: str) -> None:
    view = View(arguments([hostile]))
    codes = [code for code in options(view) if code.startswith("is:a:b:")]
    assert codes
    for code in codes:
        other = other_view(view, code)
        assert other is not None
        assert other.selection.where == (("a:b", (code.removeprefix("is:a:b:"),)),)
    assert other_view(view, "is:nothing:x") is None


def test_nothing_is_run_or_fetched_in_the_browser(browser: Any, serve: Callable[..., str], hostile: str) -> None:
    page, alarms = browser.new_page(viewport={"width": 1440, "height": 1000}), []
    address = serve(hostile)
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: alarms.append(str(error)))
    page.on("request", lambda request: alarms.append(request.url) if request.url.endswith("nowhere.png") else None)
    way = json.dumps([["met", "![i](nowhere.png)"]])
    page.goto(f"{address}/friction?way={quote(way)}")
    page.wait_for_selector("[data-testid=stMain] h3")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.get_by_role("button", name="More filters").click()
    page.get_by_text("<b>x</b>").first.wait_for()
    markup = ":is(img, .katex, script, .stMarkdownColoredText, a[href^=javascript])"
    assert page.locator(f"[data-testid=stMarkdownContainer] {markup}").count() == 0
    assert not alarms
    page.close()


# --- addresses -------------------------------------------------------------------------------------

UNREADABLE = [
    "garbage",
    "[[",
    "{}",
    "null",
    "1",
    '"abc"',
    "[1]",
    "[[]]",
    '[["met", null]]',
    '[["met", ["a"]]]',
    '[["met", "\\ud800"]]',
    "[" * 40_000,
    "9" * 5_000,
    json.dumps([["met", "a", str(i)] for i in range(10_000)]),
    json.dumps([["again", f"a{i}"] for i in range(13)]),
]
UNFIT = [
    ["zzz", "{n}"],
    ["met", "nope"],
    ["met", "a\x00"],
    ["walked", "{n}"],
    ["took"],
    ["answered", "satisfaction", "x", "y"],
    ["answered", "joy", "1", "2"],
    ["answered"],
    ["after", "{n}", "1e9"],
    ["among", "99999999999999999999", "{n}", "{n}"],
    ["lasted", "directly", "9" * 30, "", "{n}", "{0}"],
    ["lost", "", ""],
    ["reached", "in order", "99999999999999d", "{n}", "{0}"],
]


@pytest.mark.parametrize("way", UNREADABLE, ids=lambda way: way[:20])
def test_what_is_no_list_of_conditions_is_not_read(way: str) -> None:
    assert _steps(way) is None


def test_an_unreadable_address_is_told_and_shows_all_cases(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    for way in ("garbage", '[["met", "\\ud800"]]', UNREADABLE[-2]):
        test = fine(app(monkeypatch, hostile, way=way))
        assert "can't be read" in said(test)
        assert "**150** cases" in said(test)
        assert "way" not in test.query_params
    # It is told once.
    assert "can't be read" not in said(fine(test.run()))


@pytest.mark.parametrize("step", UNFIT, ids=lambda step: step[0])
def test_a_condition_that_fits_nothing_is_told(strange: jn.EventLog, step: list[str]) -> None:
    found = _steps(json.dumps([step]))
    assert found == (tuple(step),)
    assert described(Selection(steps=found), ENGLISH)
    with pytest.raises(jn.JourneyError):
        Selection(steps=found).of(strange)


def test_a_condition_that_fits_nothing_can_be_taken_away(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    for step in (["zzz", "{n}"], ["met", "a\x00"], ["answered"]):
        test = fine(app(monkeypatch, hostile, way=json.dumps([step])))
        assert len(test.error) == 1
        test.button(key=f"way-{json.dumps(step)}").click().run()
        assert "**150** cases" in said(fine(test))
        assert not test.error


def test_conditions_that_look_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = recipe(tmp_path, walks(["a", "b", "a-b"], 40))
    steps = [["met", "a-b"], ["met", "a", "b"], ["met", "a-b"]]
    test = fine(app(monkeypatch, path, way=json.dumps(steps)))
    kept = jn.open(path).met("a").met("b").met("a-b").cases
    assert f"**{kept}** of 40 cases" in said(test)
    test.button(key=f"way-{json.dumps(steps[1])}").click().run()
    assert f"**{jn.open(path).met('a-b').cases}** of 40 cases" in said(fine(test))


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("data", {"is_a": "unknown", "did": "unknown", "did_not": "unknown", "lang": "xx"}),
        ("data", {"data": "unknown", "lang": "../../etc/passwd", "period": ["words", "2026-01-05"]}),
        ("data", {"data": "", "lang": "", "is_a": "", "period": ["1900-01-01", "2100-01-01"], "way": "[]"}),
        ("data", {"period": ["9999-12-31"]}),
        *(("graph", {"graph_cover": told}) for told in ("-5", "abc", "nan", "1e400", "7")),
        ("graph", {"graph_colour": "unknown", "graph_cards": "unknown", "graph_cover": "1000"}),
        *(("map", {"map_with": told}) for told in ("is:a:nope", "saved:gone", "is:")),
        ("friction", {"friction_show": "unknown", "friction_all": "perhaps", "friction_importance": "x"}),
    ],
)
def test_an_address_that_names_nothing_shows_all_cases(
    monkeypatch: pytest.MonkeyPatch, hostile: str, page: str, address: dict[str, Any]
) -> None:
    test = fine(app(monkeypatch, hostile, page=page, **address))
    assert "**150** cases" in said(test)
    assert not test.error


def test_a_period_that_ends_before_it_begins_has_a_way_back(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    test = fine(app(monkeypatch, hostile, period=["2026-01-09", "2026-01-03"]))
    assert "No case fits" in said(test)
    test.button(key="clear-all").click().run()
    assert "**150** cases" in said(fine(test))


def test_a_period_of_a_day_holds_the_cases_of_that_day(
    monkeypatch: pytest.MonkeyPatch, hostile: str, strange: jn.EventLog
) -> None:
    day = date(2026, 1, 3)
    log = Selection(start=day, end=day).of(strange)
    assert f"**{log.cases}** of 150" in said(fine(app(monkeypatch, hostile, period=[str(day), str(day)])))
    assert Selection(start=date.min, end=date.max).of(strange).cases == 150


@pytest.mark.parametrize(
    "kind",
    ["met", "answered", "walked", "did", "again"],
)
def test_a_question_grows_by_its_conditions_and_does_not_double(strange: jn.EventLog, kind: str) -> None:
    names = strange.touchpoints

    def asked(n: int) -> int:
        steps = {
            "answered": [("answered", "satisfaction", "1", str(5 + i)) for i in range(n)],
            "walked": [("walked", names[i], names[i + 1]) for i in range(n)],
        }.get(kind, [(kind, name) for name in names[:n]])
        chosen = Selection(did=names[:n]) if kind == "did" else Selection(steps=tuple(steps))
        return len(str(ibis.to_sql(chosen.of(strange).rows())))

    assert asked(8) < 3 * asked(4)


def test_a_way_may_be_long(tmp_path: Path) -> None:
    way = [str(at % 3) for at in range(500)]
    rows = [["long", name, f"2026-01-01 {at // 60:02}:{at % 60:02}", ""] for at, name in enumerate(way)]
    log = jn.open(recipe(tmp_path, [*rows, ["short", "0", "2026-01-01", ""]]))
    assert Selection(steps=(("took", *way),)).of(log).cases == 1
    assert Selection(steps=(("took", *way[:-1]),)).of(log).cases == 0


# --- odd data --------------------------------------------------------------------------------------

ODD: dict[str, Callable[[Path], str]] = {
    "one touchpoint": lambda at: recipe(at, walks("a")),
    "all at the same time": lambda at: recipe(at, walks("abcd", still=True)),
    "no rating": lambda at: recipe(at, walks("abcd", stars=[""])),
    "attribute without values": lambda at: recipe(at, walks("abcd", also=lambda _: [""]), "x"),
    "attribute of many values": lambda at: recipe(at, walks("abcd", 3000, also=lambda case: [f"v{case}"]), "x"),
    "the year 1, all ratings equal": lambda at: recipe(at, walks("abcd", start="0001-01-01", stars=[5])),
    "before 1970, stages of nothing": lambda at: recipe(
        at, walks("abcd", start="1890-05-05"), stages={"s": ["nope"]}, goal=["nope"], weights={**ZERO, "exit": 1}
    ),
    "costs of nothing, everything is support": lambda at: recipe(
        at, walks("abcd"), goal=["a"], support=list("abcd"), ends=list("abcd"), costs=ZERO, currency="€"
    ),
    "two cases": lambda at: recipe(at, [["1", "a", "2026-01-01", ""], ["2", "b", "2026-01-02", ""]]),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_data_have_pages_that_make_sense(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    path = ODD[kind](tmp_path)
    for page in ("map", "graph", "friction", "data"):
        test = fine(app(monkeypatch, path, page=page))
        assert "cases" in said(test)
        assert not re.search(r"\b(nan|nat|inf)\b", said(test).casefold()), page


def test_touchpoints_may_stand_in_no_stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = recipe(tmp_path, walks("abcd"), stages={"s": ["a", "b"]})
    for page in ("map", "graph"):
        fine(app(monkeypatch, path, page=page))


def test_every_kind_of_value_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def values(case: int) -> list[Any]:
        return ["" if case % 5 == 0 else case % 7, case % 4, case % 3 + 0.5, case % 2 == 0, f"2026-0{1 + case % 3}-01"]

    names = ("gaps", "whole", "real", "yes", "day")
    path = recipe(tmp_path, walks("abcd", 60, also=values), *names)
    log = jn.open(path)
    test = fine(app(monkeypatch, path))
    for name in names:
        for option, cases in zip(test.multiselect(key=f"is_{name}").options, log.values(name), strict=True):
            test.multiselect(key=f"is_{name}").set_value([option]).run()
            assert f"**{cases}** of 60 cases" in said(fine(test)), (name, option)
        test.multiselect(key=f"is_{name}").set_value([]).run()


# --- saved segments --------------------------------------------------------------------------------


def test_segments_may_have_any_name(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    source = arguments([hostile])
    odd = ["a/b\\c", '“quo”te\'s "x"', "😀", "<b>{n}</b> **x**"]
    for at, name in enumerate(odd):
        segments(source).save(name, Selection(did=(NAMES[at],)))
    # The second of the same name takes the first one's place.
    segments(source).save("😀", Selection(did=("{n}",)))
    test = fine(app(monkeypatch, hostile))
    assert saved_segments(source)["😀"] == Selection(did=("{n}",))
    for name in odd:
        test.button(key=f"open-{name}").click().run()
        assert " of 150 cases" in said(fine(test))
        test.button(key=f"remove-{name}").click().run()
        fine(test)
    assert saved_segments(source) == {}


GONE = {
    "touchpoint": Selection(did=("gone",)),
    "value": Selection(where=(("period", ("gone",)),)),
    "attribute": Selection(where=(("gone", ("x",)),)),
    "time": Selection(start=date(2031, 1, 1)),
}


@pytest.mark.parametrize("what", GONE)
def test_a_segment_that_fits_the_data_no_more_is_not_opened_in_part(
    monkeypatch: pytest.MonkeyPatch, hostile: str, what: str
) -> None:
    source = arguments([hostile])
    assert unknown(source, GONE[what]) == GONE[what]
    segments(source).save("old", GONE[what].with_(did_not=("{n}",)))
    test = fine(app(monkeypatch, hostile, did="{0}"))
    before = next(str(one.value) for one in test.markdown if "150 cases" in str(one.value))
    test.button(key="open-old").click().run()
    assert "not in the data any more" in said(fine(test))
    assert before in said(test)
    second = fine(app(monkeypatch, hostile, page="map", map_with="saved:old"))
    assert "Journey map" in said(second)
    segments(source).remove("old")


def test_a_segment_whose_way_is_gone_is_told_and_can_be_left(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    source = arguments([hostile])
    segments(source).save("old", Selection(steps=(("met", "gone"),)))
    test = fine(app(monkeypatch, hostile))
    test.button(key="open-old").click().run()
    assert len(fine(test).error) == 1
    test.button(key="clear").click().run()
    assert "**150** cases" in said(fine(test))
    segments(source).remove("old")


def test_a_period_beyond_the_data_is_cut_to_it(
    monkeypatch: pytest.MonkeyPatch, hostile: str, strange: jn.EventLog
) -> None:
    source = arguments([hostile])
    segments(source).save("wide", Selection(start=date(1999, 1, 1), end=date(2099, 1, 1), did=("{n}",)))
    test = fine(app(monkeypatch, hostile))
    test.button(key="open-wide").click().run()
    assert f"**{strange.met('{n}').cases}** of 150 cases" in said(fine(test))
    segments(source).remove("wide")


def test_a_store_that_takes_nothing_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    source = arguments([])
    segments(source).save("kept", Selection(where=(("segment", ("B2B",)),)))
    with connect(store_address()).begin() as connection:
        for what in ("DELETE", "INSERT"):
            connection.execute(
                text(f"CREATE TRIGGER no_{what} BEFORE {what} ON segments BEGIN SELECT RAISE(FAIL, 'read-only'); END")
            )
    test = fine(app(monkeypatch, is_segment="B2B"))
    test.button(key="remove-kept").click().run()
    assert "can't be saved" in said(fine(test))
    test.text_input(key="name-bar").set_value("more")
    next(button for button in test.button if button.key == "press-bar").click().run()
    assert "can't be saved" in said(fine(test))
    # Gone altogether: nothing is saved, and the app goes on.
    with connect(store_address()).begin() as connection:
        connection.execute(text("DROP TABLE segments"))
    assert "**6,000** cases" in said(fine(app(monkeypatch)))


def test_a_segment_that_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    source = arguments([])
    for name in ("good", "bad"):
        segments(source).save(name, Selection(did=("x",)))
    with connect(store_address()).begin() as connection:
        connection.execute(text("UPDATE segments SET selection = '[]' WHERE name = 'bad'"))
    assert list(saved_segments(source)) == ["good"]


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "3",
        "null",
        '{"where": 3}',
        '{"where": [["a", "bc"]]}',
        '{"where": [["a", [[1]]]]}',
        '{"did": "abc"}',
        '{"did": [null]}',
        '{"did": ["\\udfff"]}',
        '{"start": 3}',
        '{"steps": [[]]}',
        '{"steps": ["met"]}',
        "[" * 9999,
    ],
)
def test_what_is_no_selection_is_refused(told: str) -> None:
    with pytest.raises(jn.JourneyError, match="not a selection"):
        Selection.from_json(told)


# --- sessions and caches ---------------------------------------------------------------------------


def test_two_sessions_do_not_see_each_other(monkeypatch: pytest.MonkeyPatch, sample: jn.EventLog) -> None:
    one, other = app(monkeypatch, is_segment="B2B"), app(monkeypatch, way='[["walked", "ID check", "ID check"]]')
    looped = sample.walked("ID check", "ID check").cases
    for _ in range(2):
        assert "**780** of 6,000 cases" in said(one.run())
        assert f"**{looped:,}** of 6,000 cases" in said(other.run())
    one.button(key="clear").click().run()
    assert "**6,000** cases" in said(one)
    assert f"**{looped:,}** of 6,000 cases" in said(other.run())


def counted(log: jn.EventLog) -> list[Any]:
    """How often each touchpoint was met, and each move made."""
    journey = jn.mine(log)
    moves = [(str(edge.source), str(edge.target), edge.moves, edge.cases) for edge in journey.transitions]
    return [*((one.name, one.visits, one.cases, one.satisfaction.n) for one in journey.touchpoints), *moves]


def test_the_order_of_conditions_changes_no_number(sample: jn.EventLog) -> None:
    log = sample
    one, other = log.touchpoints[2:4]
    some = ["B2C", "B2B"]
    pairs = [
        (Selection(did=(one, other)), Selection(did=(other, one))),
        (Selection(did=(one,)), Selection(steps=(("met", one),))),
        (Selection(where=(("segment", tuple(some)),)), Selection(where=(("segment", tuple(reversed(some))),))),
        (Selection(did=(one,), start=date(2025, 6, 1)), Selection(steps=(("met", one),), start=date(2025, 6, 1))),
    ]
    for first, second in pairs:
        a, b = first.of(log), second.of(log)
        assert a.size == b.size
        assert counted(a) == counted(b)
    # Sums may differ in their last digit, as they do when the same is asked twice.
    ranked = [(one.at, one.rank, pytest.approx(one.burden.value)) for one in jn.friction(a)]
    assert [(one.at, one.rank, one.burden.value) for one in jn.friction(b)] == ranked


# --- tables to take away ---------------------------------------------------------------------------


def test_no_table_holds_a_formula_even_in_its_header() -> None:
    table = pd.DataFrame({"=a": ["=1+1", "", None, "a\nb"], "@n": [-1, 2, 3, 4], "+c": [True, "\tx", "-y", 'q"']})
    lines = csv(table).decode("utf-8-sig")
    assert lines == "'=a,'@n,'+c\n'=1+1,-1,True\n,2,'\tx\n,3,'-y\n\"a\nb\",4,\"q\"\"\"\n"


def test_columns_of_the_same_name_are_all_taken_away() -> None:
    table = pd.DataFrame([["=x", 1], ["y", 2]], columns=["n", "n"])
    assert csv(table).decode("utf-8-sig").splitlines() == ["n,n", "'=x,1", "y,2"]
    assert csv(pd.DataFrame()).decode("utf-8-sig").strip() == ""


def test_what_was_set_aside_holds_no_formula(tmp_path: Path) -> None:
    rows = [["=1+1", "a", "nope", 1], ["@x", "=b", "2026-01-01", 99], ["ok", "c", "2026-01-02", 3]]
    path = recipe(tmp_path, [*rows, ["ok", "d", "2026-01-02", "=cmd|' /C calc'!A0"]])
    lines = data._quarantine(arguments([path])).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert not [cell for line in lines for cell in line.split(",") if cell[:1] in ("=", "@")]
