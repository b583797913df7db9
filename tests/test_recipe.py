"""Recipes: what is read from them, and what each mistake says: the file, the line, the key and what was expected."""

from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey import recipe as recipes
from journey.errors import JourneyError, RecipeError
from journey.model import COMPONENTS, END, START, Scale
from journey.recipe.parts import Component

DATA = Path(__file__).parents[1] / "data" / "recipes"

EVENTS = """\
name: Shop
tables:
  - kind: events
    path: events.csv
    case: order_id
    touchpoint: event
    time: ts
"""

FULL = """\
name: Shop
time_zone: America/Sao_Paulo
language: pt-BR
tables:
  - kind: events
    path: "events/*.parquet"
    case: order_id
    touchpoint: event
    time: ts
    customer: customer_id
    channel: channel
    order: seq
    lifecycle: state
    end_time: done
    comment: text
    answers: {csat: score}
    attributes: [segment, plan]
    rename: {pay: Payment}
    only: {country: [no, se]}
    read: {dayfirst: yes, decimal: ",", delimiter: tab, encoding: cp1252, sheet: 2024}
  - kind: answers
    path: answers.csv
    case: order_id
    time: answered
    at: Payment
    answers: {effort: ces}
  - kind: attributes
    path: customers.csv
    key: id
    on: customer_id
    columns: [state]
scales:
  csat: {metric: csat, low: 1, high: 5, question: "How was it?"}
  effort: {metric: ces, low: 1, high: 7, good: low}
  nps: {metric: nps}
stages:
  Buy: [Cart, Payment]
  Use: [Delivered, Chat]
channels: {Chat: chat}
goal: Delivered
ends: [Chat]
support: [Chat]
repeatable: [Cart]
promises:
  Payment: 30m
  Delivered: {within: 1w 2d, since: Payment}
window: 30d
weights: {effort: 2, wait: 0}
targets: {exit: 0.1}
costs: {exit: 12.5}
currency: BRL
designed:
  transitions:
    - [Cart, Payment]
    - [Payment, Delivered]
  touchpoints: [Cart, Payment, Delivered]
  optional: [Cart]
"""


def fails(text: str) -> str:
    """What is said about a recipe that cannot be understood."""
    with pytest.raises(RecipeError) as caught:
        recipes.parse(text)
    return str(caught.value)


def events_and(text: str) -> str:
    return EVENTS + text


# What is understood


def test_every_key_is_read() -> None:
    recipe = recipes.parse(FULL, file="shop/journey.yaml")
    events, answers, attributes = recipe.tables
    assert isinstance(events, recipes.Events) and isinstance(answers, recipes.Answers)
    assert isinstance(attributes, recipes.Attributes)
    assert (events.case, events.touchpoint, events.time, events.customer) == ("order_id", "event", "ts", "customer_id")
    assert (events.order, events.lifecycle, events.end_time, events.comment) == ("seq", "state", "done", "text")
    assert events.answers == {"csat": "score"} and events.attributes == ("segment", "plan")
    assert events.rename == {"pay": "Payment"} and events.only == {"country": ("no", "se")}
    assert events.read == recipes.ReadOptions(
        dayfirst=True, decimal=",", delimiter="\t", encoding="cp1252", sheet="2024"
    )
    assert answers.at == "Payment" and attributes.on == "customer_id"
    assert recipe.goal == ("Delivered",) and recipe.ends == recipe.support == ("Chat",)
    assert recipe.promises["Payment"].within_us == 30 * 60 * 10**6 and recipe.promises["Payment"].since is None
    assert recipe.promises["Delivered"].within_us == 9 * 86_400 * 10**6
    assert recipe.promises["Delivered"].since == "Payment"
    assert recipe.window_us == 30 * 86_400 * 10**6
    assert recipe.weights == {"effort": 2.0, "wait": 0.0} and recipe.targets == {"exit": 0.1}
    assert recipe.costs == {"exit": 12.5} and recipe.currency == "BRL"
    assert recipe.touchpoints == ("Cart", "Payment", "Delivered", "Chat")
    assert recipe.stage_of("Chat") == "Use" and recipe.stage_of("Nowhere") is None


def test_scales_carry_their_instrument_and_take_their_roles() -> None:
    recipe = recipes.parse(FULL)
    assert recipe.scale("csat") == Scale("csat", 1, 5, metric="csat", question="How was it?")
    assert recipe.scale("effort") == Scale("effort", 1, 7, good="low", metric="ces")
    assert recipe.scale("nps") == Scale("nps", 0, 10, metric="nps", about="relation")
    assert recipe.roles == {"satisfaction": "csat", "effort": "effort", "nps": "nps"}
    with pytest.raises(RecipeError, match=r"There is no scale “cast”\. Did you mean “csat”\?"):
        recipe.scale("cast")


def test_satisfaction_is_what_was_asked_at_touchpoints_before_the_relation() -> None:
    scales = """\
scales:
  whole: {metric: csat, low: 1, high: 5, about: relation}
  stars: {metric: rating, low: 1, high: 5, good: high}
  visit: {metric: csat, low: 1, high: 5}
"""
    assert recipes.parse(events_and(scales)).roles == {"satisfaction": "visit"}


def test_recipes_are_frozen_equal_by_content_and_picklable() -> None:
    recipe = recipes.parse(FULL)
    with pytest.raises(ValueError, match="frozen"):
        recipe.name = "other"  # type: ignore[misc]
    moved = recipes.parse("# a comment moves every line\n" + FULL)
    assert moved == recipe and pickle.loads(pickle.dumps(recipe)) == recipe
    assert moved.where("goal") != recipe.where("goal")


def test_text_stays_as_written() -> None:
    recipe = recipes.parse(events_and("stages:\n  no: [404, 2024-01-02, yes, 1e3, 007, =, 12:30]\n"))
    assert recipe.stages == {"no": ("404", "2024-01-02", "yes", "1e3", "007", "=", "12:30")}
    assert recipes.parse(events_and("language: no")).language == "no"
    assert recipes.parse(events_and("goal: 'null'")).goal == ("null",)


@pytest.mark.parametrize(
    "name", ["a -> b", "a > b", "a, b", "🛒", "(start)", "START", "NA", "a: b", "# x", "{x}", "%s"]
)
def test_any_touchpoint_name_will_do(name: str) -> None:
    recipe = recipes.parse(events_and(yaml.safe_dump({"stages": {name: [name]}, "goal": name})))
    assert recipe.goal == (name,) and recipe.stage_of(name) == name
    assert f"“{name}x”" in fails(events_and(yaml.safe_dump({"stages": {name: [name]}, "goal": name + "x"})))


def test_a_byte_order_mark_windows_lines_and_utf_16_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        path = tmp_path / f"{encoding}.yaml"
        path.write_bytes(EVENTS.replace("Shop", "Café").replace("\n", "\r\n").encode(encoding))
        assert recipes.load(path).name == "Café"


def test_aliases_are_read() -> None:
    recipe = recipes.parse(events_and("stages: {Buy: &all [Cart, Pay]}\ngoal: *all\n"))
    assert recipe.goal == ("Cart", "Pay")


def test_an_explicit_null_is_no_value() -> None:
    assert recipes.parse(events_and("window: null\ntime_zone: ~\n")).window is None


# Where the tables are


def test_the_folder_is_the_recipes_own_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "journey.yaml"
    path.write_text(EVENTS, encoding="utf-8")
    assert recipes.load(path).locate("events.csv") == str(tmp_path / "events.csv")
    assert recipes.load(path, folder="/elsewhere").locate("events.csv") == str(Path("/elsewhere/events.csv"))
    assert recipes.load(path, folder="/elsewhere").locate("/x/events.csv") == "/x/events.csv"
    path.write_text(EVENTS + "folder: ~", encoding="utf-8")
    assert recipes.load(path).folder == str(tmp_path)
    path.write_text(EVENTS + "folder: raw", encoding="utf-8")
    assert recipes.load(path).locate("events/*.csv") == str(tmp_path / "raw" / "events/*.csv")
    assert recipes.load(path, folder="s3://bucket/x/").locate("events.csv") == "s3://bucket/x/events.csv"
    assert recipes.load(path, folder=tmp_path).locate("https://host/e.csv") == "https://host/e.csv"


def test_a_recipe_without_a_name_is_called_like_its_file_or_folder(tmp_path: Path) -> None:
    text = EVENTS.replace("name: Shop\n", "")
    (tmp_path / "lumo").mkdir()
    for name, expected in (("journey.yaml", "lumo"), ("orders.yaml", "orders")):
        (tmp_path / "lumo" / name).write_text(text, encoding="utf-8")
        assert recipes.load(tmp_path / "lumo" / name).name == expected


def test_parameters_replace_keys_of_the_recipe() -> None:
    recipe = recipes.parse(FULL, window="7d", goal=["Payment"])
    assert recipe.window == "7d" and recipe.goal == ("Payment",)
    with pytest.raises(RecipeError, match=r"^journey.yaml, window: expected a duration .* got “soon”\.$"):
        recipes.parse(FULL, window="soon")
    with pytest.raises(RecipeError, match=r"^journey.yaml, windw: unknown key “windw”. Did you mean “window”\?$"):
        recipes.parse(FULL, windw="7d")


# The designed map


def test_the_designed_map_is_a_journey_of_assumed_facts() -> None:
    journey = recipes.parse(FULL).map()
    assert journey is not None
    assert [(one.name, one.stage, one.optional, one.source) for one in journey.touchpoints] == [
        ("Cart", "Buy", True, "assumed"),
        ("Payment", "Buy", False, "assumed"),
        ("Delivered", "Use", False, "assumed"),
    ]
    edges = {(edge.source, edge.target) for edge in journey.transitions}
    assert edges == {(START, "Cart"), ("Cart", "Payment"), ("Payment", "Delivered"), ("Delivered", END)}
    assert {edge.origin for edge in journey.transitions} == {"assumed"}
    assert journey.goal == ("Delivered",) and journey.stages == ("Buy", "Use")
    assert recipes.parse(EVENTS).map() is None


def test_cases_may_begin_and_end_where_the_map_says() -> None:
    text = "designed:\n  transitions: [[A, B], [B, A], [B, C], [C, B]]\n"
    drawn = recipes.parse(events_and(text)).map()
    assert drawn is not None and drawn.graph.has_edge(START, "A") and drawn.graph.has_edge("C", END)
    drawn = recipes.parse(events_and("goal: B\n" + text)).map()
    assert drawn is not None and list(drawn.graph.predecessors(END)) == ["B"]
    drawn = recipes.parse(events_and(text + "  starts: B\n  ends: [A, C]\n")).map()
    assert drawn is not None and list(drawn.graph.successors(START)) == ["B"]
    assert list(drawn.graph.predecessors(END)) == ["A", "C"]


def test_the_designed_map_may_be_a_file_beside_the_recipe(tmp_path: Path) -> None:
    path, plan = tmp_path / "journey.yaml", tmp_path / "map.yaml"
    path.write_text(EVENTS + "designed: map.yaml\n", encoding="utf-8")
    plan.write_text("stages:\n  Buy: [Cart, Pay]\ntransitions:\n  - [Cart, Pay]\n", encoding="utf-8")
    journey = recipes.load(path, folder="/elsewhere").map()
    assert journey is not None and [one.name for one in journey.touchpoints] == ["Cart", "Pay"]
    plan.write_text("stages:\n  Buy: [Cart, Pay]\ntransitions:\n  - [Cart, Pya]\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        recipes.load(path)
    assert str(caught.value) == (
        f"{plan}, line 4, designed.transitions[0][1]: the map has no touchpoint “Pya”. Did you mean “Pay”?"
    )
    plan.unlink()
    with pytest.raises(RecipeError, match=r"journey.yaml, line 8, designed: There is no recipe .*map.yaml"):
        recipes.load(path)


# A survey


SURVEY = """\
tables:
  - kind: survey
    path: survey.csv
    case: id
    touchpoints: {q1: Gate, q2: Shop}
    scale: rating
    efforts: {q3: Security, q2e: Shop}
    effort_scale: ease
    answers: {nps: net}
    missing: [0, n/a]
    not_used: 6
scales:
  rating: {metric: csat, low: 1, high: 5}
  ease: {metric: ces, low: 1, high: 5, good: high}
  nps: {metric: nps}
"""


def test_a_survey_has_an_implied_order() -> None:
    recipe = recipes.parse(SURVEY)
    survey = recipe.tables[0]
    assert isinstance(survey, recipes.Survey)
    assert survey.missing == (0.0, "n/a") and survey.not_used == (6.0,)
    assert recipe.steps(survey) == (("Gate", "q1", None), ("Shop", "q2", "q2e"), ("Security", None, "q3"))
    staged = recipes.parse(SURVEY + "stages: {In: [Security], Wait: [Shop, Gate]}\n")
    assert [name for name, _, _ in staged.steps(survey)] == ["Security", "Shop", "Gate"]


# Recipes made from keyword arguments


def test_a_minimal_recipe_from_arguments() -> None:
    recipe = recipes.minimal(
        case="order_id",
        touchpoint="event",
        time="ts",
        customer=None,
        satisfaction=Scale("csat", 1, 5),
        effort=Scale("ces", 1, 7, good="low"),
        nps=Scale("recommend", 0, 10),
        attributes=["segment"],
        goal="Delivered",
        read={"dayfirst": True},
    )
    (table,) = recipe.tables
    assert isinstance(table, recipes.Events)
    assert table.answers == {"csat": "csat", "ces": "ces", "recommend": "recommend"}
    assert table.attributes == ("segment",) and table.read.dayfirst is True and table.path == "(table)"
    assert recipe.roles == {"satisfaction": "csat", "effort": "ces", "nps": "recommend"}
    assert recipe.scale("ces").good == "low" and recipe.scale("recommend").about == "touchpoint"
    assert recipe.goal == ("Delivered",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"case": "c", "touchpoint": "t"}, "the arguments: the key “time” is missing: the column that says when."),
        ({"case": 3.5, "touchpoint": [], "time": "t"}, "touchpoint: expected text, got a list."),
        (
            {"case": "c", "touchpoint": "t", "time": "t", "chanel": "x"},
            "There is no option “chanel”. Did you mean “channel”?",
        ),
        ({"case": "c", "touchpoint": "t", "time": "t", "window": "x"}, "window: expected a duration"),
        (
            {"case": "c", "touchpoint": "t", "time": "t", "satisfaction": Scale("x", 1, 5), "nps": Scale("x", 0, 10)},
            "satisfaction, effort and nps are columns of their own; “x” is given twice.",
        ),
        (
            {"case": "c", "touchpoint": "t", "time": "t", "nps": Scale("x", 1, 5)},
            "scales.x: NPS is asked on 0–10 only, and high is good.",
        ),
        (
            {"case": "c", "touchpoint": "t", "time": "t", "read": {"decimal": ";"}},
            "read.decimal: expected “.” or “,”, got “;”.",
        ),
    ],
)
def test_arguments_are_checked_as_a_recipe_is(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipes.minimal(**arguments)
    assert str(caught.value).startswith(said)


# Mistakes: each names file, line and key, and says what was expected


def nth(text: str, line: int) -> str:
    return text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # unknown and missing keys
        (events_and("gaol: x"), "line 8, gaol: unknown key “gaol”. Did you mean “goal”?"),
        (EVENTS + "    custmer: x", "line 8, tables[0].custmer: unknown key “custmer”. Did you mean “customer”?"),
        (EVENTS.replace("    case: order_id\n", ""), "line 3, tables[0]: the key “case” is missing: the column that"),
        (EVENTS.replace("kind: events", "kind: event"), "line 3, tables[0].kind: expected “events”, “milestones”, "),
        (EVENTS.replace("kind: events", "kind: event"), "got “event”. Did you mean “events”?"),
        ("tables:\n  - path: x.csv", "line 2, tables[0]: the key “kind” is missing: events, milestones, answers, "),
        ("name: x", "journey.yaml: the key “tables” is missing: the list of tables"),
        ("tables: []", "line 1, tables: expected a table of visits: one of kind events, milestones or survey."),
        # wrong types
        ("tables: events.csv", "line 1, tables: expected a list, got “events.csv”."),
        ("tables: [events.csv]", "line 1, tables[0]: expected keys with values, got “events.csv”."),
        (EVENTS.replace("order_id", "[a, b]"), "line 5, tables[0].case: expected text, got a list."),
        (EVENTS.replace("order_id", "' '"), "line 5, tables[0].case: expected text that is not blank, got “ ”."),
        (events_and("stages: [A, B]"), "line 8, stages: expected keys with values, got a list."),
        (events_and("stages:\n  Buy: {A: B}"), "line 9, stages.Buy: expected a list, got keys with values."),
        (events_and("stages:\n  Buy: [A, [B]]"), "line 9, stages.Buy[1]: expected text, got a list."),
        (events_and("goal: [A, ~]"), "line 8, goal[1]: expected text, got nothing."),
        (EVENTS + "    read: {dayfirst: maybe}", "tables[0].read.dayfirst: expected true or false, got “maybe”."),
        (
            EVENTS + "    read:\n      delimiter: ab",
            "line 9, tables[0].read.delimiter: expected one character, got “ab”",
        ),
        (EVENTS + "    read: {encoding: utf-9}", "tables[0].read.encoding: expected an encoding such as utf-8, cp1252"),
        (EVENTS + "    read: {encodng: utf-8}", "unknown key “encodng”. Did you mean “encoding”?"),
        (EVENTS + "    only: {country: {a: b}}", "line 8, tables[0].only.country: expected a list, got keys"),
        # zones, languages, durations
        (events_and("time_zone: Europe/Lisbn"), "line 8, time_zone: expected a time zone such as Europe/Lisbon or UTC"),
        (events_and("time_zone: Europe/Lisbn"), "got “Europe/Lisbn”. Did you mean “Europe/Lisbon”?"),
        (events_and("time_zone: ../etc"), "line 8, time_zone: expected a time zone"),
        (events_and("time_zone: America"), "line 8, time_zone: expected a time zone"),
        (events_and("language: Portuguese"), "line 8, language: expected a language such as en or pt-BR, got “Port"),
        (
            events_and("window: 3 moons"),
            "line 8, window: expected a duration such as 30m, 2h, 3d or 1w, got “3 moons”.",
        ),
        (events_and("window: 0d"), "line 8, window: expected a duration"),
        (events_and("promises:\n  Pay: soon"), "line 9, promises.Pay.within: expected a duration such as 30m"),
        (
            events_and("promises:\n  Pay:\n    wihtin: 2d"),
            "line 10, promises.Pay.wihtin: unknown key “wihtin”. Did you",
        ),
        (events_and("promises:\n  Pay:\n    since: Cart"), "line 9, promises.Pay: the key “within” is missing"),
        (events_and("promises: {Pay: {within: 2d, since: Pay}}"), "a touchpoint cannot be promised since itself."),
        # scales
        (
            events_and("scales:\n  csat: {metric: csat, low: 1, high: 5, good: hihg}"),
            "line 9, scales.csat.good: expected “high” or “low”, got “hihg”. Did you mean “high”?",
        ),
        (
            events_and("scales:\n  x: {metric: cast}"),
            "line 9, scales.x.metric: expected “csat”, “ces”, “nps” or “rating”",
        ),
        (events_and("scales:\n  x: {metric: csat}"), "line 9, scales.x: expected “low” and “high”: the least"),
        (events_and("scales:\n  x: {metric: csat, low: one}"), "line 9, scales.x.low: expected a number, got “one”."),
        (events_and("scales:\n  x: {metric: csat, low: .inf, high: 3}"), "scales.x.low: expected a"),
        (
            events_and("scales:\n  x:\n    metric: ces\n    low: 1\n    high: 7"),
            "line 9, scales.x: expected “good”: which end is good. “good: high” if",
        ),
        (
            events_and("scales:\n  x: {metric: csat, low: 5, high: 1}"),
            "line 9, scales.x: low (5.0) must be less than high (1.0).",
        ),
        (events_and("scales:\n  x: {metric: nps, low: 1}"), "line 9, scales.x: NPS is asked on 0–10 only"),
        (
            EVENTS + "    answers: {cast: q}\nscales:\n  csat: {metric: csat, low: 1, high: 5}",
            "line 8, tables[0].answers.cast: the scale “cast” is not declared. Did you mean “csat”?",
        ),
        (EVENTS + "    answers: {csat: q}", "the scale “csat” is not declared. Declare it under “scales”."),
        # components
        (events_and("weights: {efort: 1}"), "line 8, weights.efort: expected “dissatisfaction”, “effort”, "),
        (events_and("weights: {efort: 1}"), "got “efort”. Did you mean “effort”?"),
        (events_and("weights: {effort: -1}"), "line 8, weights.effort: expected 0 or more, got “-1”."),
        (events_and("weights: {effort: 0}"), "line 8, weights: expected at least one weight above 0."),
        (events_and("targets: {effort: 20}"), "line 8, targets.effort: expected 1 or less, got “20”."),
        (events_and("costs: {effort: much}"), "line 8, costs.effort: expected a number, got “much”."),
        # touchpoints
        (
            events_and("stages: {Buy: [Cart, Payment]}\ngoal: Paymnet"),
            "line 9, goal[0]: no stage lists the touchpoint “Paymnet”. Did you mean “Payment”?",
        ),
        (
            events_and("stages: {Buy: [Cart]}\nends:\n  - Cart\n  - Crat"),
            "line 11, ends[1]: no stage lists the touchpoint",
        ),
        (
            events_and("stages: {Buy: [Cart]}\nsupport: Chat"),
            "line 9, support[0]: no stage lists the touchpoint “Chat”",
        ),
        (events_and("stages: {Buy: [Cart]}\nchannels: {Crat: web}"), "line 9, channels.Crat: no stage lists the touch"),
        (events_and("stages: {Buy: [Cart]}\npromises: {Crat: 2d}"), "line 9, promises.Crat: no stage lists"),
        (
            events_and("stages: {Buy: [Cart]}\npromises:\n  Cart:\n    within: 2d\n    since: Car"),
            "line 12, promises.Cart.since: no stage lists the touchpoint “Car”. Did you mean “Cart”?",
        ),
        (
            events_and("stages:\n  Buy: [Cart]\n  Use: [Cart]"),
            "line 10, stages.Use[0]: the touchpoint “Cart” is in the stage “Buy” already.",
        ),
        # the designed map
        (
            events_and("designed:\n  touchpoints: [A, B]\n  transitions:\n    - [A, C]"),
            "line 11, designed.transitions[0][1]: the map has no touchpoint “C”. Known touchpoints: A, B.",
        ),
        (
            events_and("designed:\n  transitions:\n    - [A]"),
            "line 10, designed.transitions[0]: expected two touchpoints",
        ),
        (
            events_and("designed:\n  transitions:\n    - [A, B, C]"),
            "line 10, designed.transitions[0]: expected two touch",
        ),
        (events_and("designed:\n  transitions: [[A, B], [A, B]]"), "designed.transitions[1]: this is listed already."),
        (
            events_and("designed: {touchpoints: [A], optional: [B]}"),
            "designed.optional[0]: the map has no touchpoint “B”",
        ),
        (
            events_and("designed: {optional: []}"),
            "line 8, designed: expected touchpoints: give “stages”, “touchpoints”",
        ),
        (events_and("designed: {transitons: []}"), "designed.transitons: unknown key “transitons”. Did you mean"),
        (events_and("designed: nowhere.yaml"), "line 8, designed: There is no recipe “nowhere.yaml”."),
        # tables that need each other
        (
            "tables:\n  - kind: attributes\n    path: x\n    key: id\n    columns: [a]",
            "line 1, tables: expected a table of visits: one of kind events, milestones or survey.",
        ),
        (
            EVENTS + "  - {kind: attributes, path: x, key: id}",
            "line 8, tables[1]: expected “columns”: what to take over",
        ),
        (
            EVENTS + "    customer: c\n  - {kind: attributes, path: x, key: id, customer: d}",
            "line 9, tables[1].customer: tables[0] says already which column is the customer: keep one.",
        ),
        (
            EVENTS + "    attributes: [plan]\n  - {kind: attributes, path: x, key: id, columns: plan}",
            "line 9, tables[1].columns: the attribute “plan” comes from another table already.",
        ),
        (
            EVENTS + "  - {kind: answers, path: x, answers: {a: b}}",
            "line 8, tables[1]: expected “case”: the column that",
        ),
        (
            EVENTS + "  - {kind: answers, path: x, case: c, at: A, touchpoint: t, answers: {a: b}}",
            "line 8, tables[1]: “touchpoint” (a column) and “at” (a touchpoint) exclude each other.",
        ),
        # milestones and surveys: their touchpoints are known
        (
            "tables:\n  - kind: milestones\n    path: x\n    case: id\n    touchpoints: {paid: Paid}\ngoal: Piad",
            "line 6, goal[0]: no table makes the touchpoint “Piad”. Did you mean “Paid”?",
        ),
        (
            "tables:\n  - kind: milestones\n    path: x\n    case: id\n    touchpoints: {a: Pay}\n    promises: {P: p}",
            "line 6, tables[0].promises.P: this table has no touchpoint “P”. Known touchpoints: Pay.",
        ),
        (
            "tables:\n  - kind: milestones\n    path: x\n    case: id\n    touchpoints: {a: Pay}\nstages: {S: [Pey]}",
            "line 6, stages.S[0]: no table makes the touchpoint “Pey”. Did you mean “Pay”?",
        ),
        (
            "tables:\n  - {kind: milestones, path: x, case: id, touchpoints: {}}",
            "touchpoints: expected at least one entry",
        ),
        (
            SURVEY.replace("    scale: rating\n", ""),
            "line 2, tables[0]: “touchpoints” needs “scale”: the scale of these",
        ),
        (
            SURVEY.replace("scale: rating", "scale: ratng"),
            "line 6, tables[0].scale: the scale “ratng” is not declared.",
        ),
        (SURVEY.replace("q2: Shop", "q2: Gate"), "two columns of “touchpoints” rate the same touchpoint, “Gate”."),
        (SURVEY.replace("missing: [0, n/a]", "missing: [[0]]"), "line 10, tables[0].missing[0]: expected "),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    message = fails(text)
    assert message.startswith("journey.yaml")
    assert said in message
    assert "Value error" not in message and "pydantic" not in message and "something else" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "journey.yaml: the file is empty. A recipe says at least where its “tables” are."),
        ("# only a comment\n", "journey.yaml: the file is empty."),
        ("order_id,event,ts\n1,Cart,2024-01-01\n", "journey.yaml: expected keys such as “tables:” and “goal:”."),
        ("- a\n- b\n", "journey.yaml: expected keys such as"),
        ("null", "journey.yaml: expected keys such as"),
        (EVENTS + "name: Again", "journey.yaml, line 8, name: this key is given twice, first in line 1."),
        (EVENTS + "    case: again", "journey.yaml, line 8, tables[0].case: this key is given twice, first in line 5."),
        ("a: &a [*a]", "journey.yaml, line 1, a[0]: an alias (*) refers to what it is part of, which makes a cycle."),
        ("a: &a\n  b: *a", "journey.yaml, line 1, a.b: an alias (*)"),
        ("a: *b", "journey.yaml, line 1: this is not YAML (found undefined alias 'b'): a text that begins with *"),
        ("a:\n  <<: {b: c}", "journey.yaml, line 2, a: merge keys (<<) are not understood"),
        ("a: !!python/object:os.system x", "the tag “!!python/object:os.system” has no meaning in a recipe."),
        ("a: !include x", "journey.yaml, line 1, a: the tag “!include” has no meaning in a recipe."),
        ("a: !!set {b, c}", "journey.yaml, line 1, a: the tag “!!set” has no meaning"),
        ("? [a, b]\n: c", "journey.yaml, line 1: expected text as a key, got a list or a mapping."),
        ("~: c", "journey.yaml, line 1: a key that reads as “nothing” needs quotes."),
        ("scales:\ncsat: {}", "journey.yaml, line 1, scales: there is no value here. Fill it in, remove the line"),
        ("goal:\n  -\n", "journey.yaml, line 2, goal[0]: there is no value here."),
        ("name: a: b", "journey.yaml, line 1: this is not YAML (mapping values are not allowed here): quote"),
        (
            "tables:\n\t- x",
            "journey.yaml, line 2: this is not YAML (found character '\\t' that cannot start any token):",
        ),
        ("a: {b: is it?}\nc: d", "journey.yaml, line 1: this is not YAML"),
        ("a: [1, 2", "journey.yaml, line 1: this is not YAML"),
        ("a: 'x", "journey.yaml, line 1: this is not YAML"),
        ("a: b\n---\nc: d", "journey.yaml, line 2: this is not YAML"),
        ("a: \x01", "journey.yaml, line 1: there is a character that no text holds."),
        ("a: 1\nb: \ud800", "journey.yaml, line 2: there is a character that no text holds."),
        ('a: "\\ud800"', "journey.yaml, line 1, a: this text holds half a character"),
        ('a: "\\UFFFFFFFF"', "journey.yaml: this is not YAML"),
        ("a: " + "[" * 40 + "]" * 40, "this is nested too deeply to be a recipe."),
        ("a: " + "[" * 5000, "journey.yaml: this is nested too deeply to be a recipe."),
        ("%YAML 9.9\n---\na: b", "journey.yaml, line 1: this is not YAML"),
    ],
)
def test_what_yaml_allows_and_a_recipe_does_not(text: str, said: str) -> None:
    assert said in fails(text)


def test_aliases_cannot_stand_for_billions() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "stand for too many values" in fails("\n".join(lines))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = EVENTS.replace("order_id", "[a]") + "goal: {}\nwindow: soon\nstages: x\n"
    lines = fails(text).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "journey.yaml, line 5, tables[0].case",
        "journey.yaml, line 8, goal",
        "journey.yaml, line 9, window",
        "journey.yaml, line 10, stages",
    ]
    many = fails(EVENTS + "".join(f"x{n}: 1\n" for n in range(15))).splitlines()
    assert len(many) == 11 and many[-1] == "… and 5 more."


def test_names_are_left_to_the_data_where_the_recipe_cannot_know_them() -> None:
    assert recipes.parse(events_and("goal: Payment\nsupport: [Chat]")).goal == ("Payment",)


# Files that are no recipe


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "olist.yaml").write_text(EVENTS, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"There is no recipe “.*olits\.yaml”\. Did you mean “olist\.yaml”\?"):
        recipes.load(tmp_path / "olits.yaml")
    with pytest.raises(RecipeError, match=r"There is no recipe “.*x\.yaml”\.$"):
        recipes.load(tmp_path / "nowhere" / "x.yaml")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", ": the file is empty."),
        (b"PK\x03\x04\x00\x00", "is a binary file: that is data, not a recipe."),
        (b"\x1f\x8b\x08\x00\xff\xff", "is a binary file"),
        (b"\xff\xfe\x00", "is a binary file"),
        (b"name: Caf\xe9\ntables: []\n", "line 1: this is not UTF-8. Save the recipe as UTF-8."),
        (b"name: x\n" * 200_000, "is larger than 1 MB: that is data, not a recipe."),
    ],
)
def test_a_file_that_is_no_recipe(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "journey.yaml"
    path.write_bytes(raw)
    with pytest.raises(RecipeError) as caught:
        recipes.load(path)
    assert said in str(caught.value) and "journey.yaml" in str(caught.value)


def test_a_folder_is_not_a_recipe(tmp_path: Path) -> None:
    (tmp_path / "journey.yaml").write_text(EVENTS, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"is a folder: name the recipe in it\. Did you mean “journey\.yaml”\?"):
        recipes.load(tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_an_impossible_path(path: str) -> None:
    with pytest.raises(RecipeError):
        recipes.load(path)


# Durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("30 min", 1800),
        ("2h", 7200),
        ("3d", 259_200),
        ("1w", 604_800),
        ("1.5h", 5400),
        ("1d 12h", 129_600),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert recipes.duration_us(text) == seconds * 10**6


@pytest.mark.parametrize("text", ["", "5", "h", "-2h", "2 fortnights", "1mo", "0s", "99999999w", "٣d", "1d,2h", "1e3s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(RecipeError, match="expected a duration such as 30m, 2h, 3d or 1w"):
        recipes.duration_us(text)


# Plain sentences


def test_what_was_understood_is_told_plainly() -> None:
    said = recipes.parse(FULL).explain()
    assert "Scale “effort”: effort (CES) from 1 to 7, 1 is best, asked at touchpoints." in said
    assert "Stages: Buy (“Cart” and “Payment”); Use (“Delivered” and “Chat”)." in said
    assert "“Delivered” is promised within 1w 2d of “Payment”." in said
    assert "The goal is “Delivered”." in said
    assert "Costs: exit 12.5 BRL." in said
    assert any(line.startswith("The designed map has 2 transitions between 3 touchpoints") for line in said)
    assert any("no times, so their order is implied" in line for line in recipes.parse(SURVEY).explain())


def test_an_error_found_later_can_name_the_line() -> None:
    recipe = recipes.parse(FULL)
    assert recipe.where("tables", 0, "touchpoint") == "journey.yaml, line 8, tables[0].touchpoint"
    assert recipe.where("tables", 1, "comment") == "journey.yaml, line 21, tables[1].comment"
    assert recipes.minimal(case="c", touchpoint="t", time="x").where("tables", 0, "case") == "case"


def test_components_are_those_of_the_model() -> None:
    assert get_args(Component) == COMPONENTS


# The recipes that come with the product


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_recipes_are_understood(path: Path) -> None:
    recipe = recipes.load(path, folder="/somewhere")
    # Accounts have a goal of their own; a journey has one in the recipe; reviews that are listened to have none.
    assert (recipe.goal or recipe.accounts or recipe.listening.spontaneous) and recipe.explain() and recipe.name
    assert path.read_text(encoding="utf-8").startswith("# ")
    if recipe.designed:
        journey = recipe.map()
        assert journey is not None and set(recipe.goal) <= {one.name for one in journey.touchpoints}


def test_the_recipes_of_real_data_name_columns_and_touchpoints_that_exist(shared: Path) -> None:
    pandas = pytest.importorskip("pandas")
    folders = {"olist": "olist", "sfo": "sfo", "simple_shop": "retentioneering", "traffic_fines": "logs"}
    for name, folder in folders.items():
        recipe = recipes.load(DATA / f"{name}.yaml", folder=shared / "data" / folder)
        for table in recipe.tables:
            frame = pandas.read_csv(recipe.locate(table.path), dtype=str)
            named = set(getattr(table, "attributes", ())) | set(getattr(table, "columns", ()))
            named |= set(getattr(table, "answers", {}).values()) | set(getattr(table, "only", {}))
            if isinstance(table, recipes.Events):
                named |= {table.case, table.touchpoint, table.time}
                assert set(recipe.touchpoints) <= set(frame[table.touchpoint])
            elif isinstance(table, recipes.Milestones):
                named |= {table.case, *table.touchpoints, *table.promises.values()}
            elif isinstance(table, recipes.Survey):
                named |= {table.case, *table.touchpoints, *table.efforts}
            elif isinstance(table, recipes.Answers):
                named |= {str(table.case), str(table.time), str(table.comment)}
            else:
                named |= {table.key, str(table.customer)}
            assert named <= set(frame.columns), f"{name}: {named - set(frame.columns)}"


# Whatever is written, the worst that happens is a RecipeError

KEYS = [*recipes.Recipe.model_fields, *recipes.Events.model_fields, *recipes.Survey.model_fields, "metric", "low"]
VALUES = [
    "events",
    "no",
    "null",
    "~",
    "1",
    "-1e999",
    "2024-01-02",
    "30d",
    "&a",
    "*a",
    "csat",
    "Cart",
    "",
    "'",
    "<<",
    "!x",
]
PIECES = (
    [f"{key}: " for key in dict.fromkeys(KEYS)] + VALUES + ["\n", "\n  ", "\n- ", "\n  - ", "{", "}", "[", "]", ", "]
)
QUICK = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def survives(text: str) -> None:
    try:
        recipe = recipes.parse(text)
    except RecipeError as error:
        assert str(error).strip()
        return
    assert recipe.explain() and recipe.touchpoints is not None
    recipe.map()


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    survives(text)


@QUICK
@given(st.sampled_from([FULL, SURVEY]), st.randoms(use_true_random=False))
def test_any_slip_of_the_keyboard_is_understood_or_refused(text: str, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(["", *PIECES, " ", "\t", ":", "#"]) + text[at + chance.randint(0, 8) :]
    survives(text)


DEEP = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@QUICK
@given(st.dictionaries(st.sampled_from(KEYS), DEEP, min_size=1, max_size=4))
def test_any_structure_is_understood_or_refused(keys: dict[str, object]) -> None:
    text = yaml.safe_dump({**yaml.safe_load(EVENTS), **keys}, allow_unicode=True)
    survives(text)
    try:
        recipes.minimal(case="c", touchpoint="t", time="x", **keys)  # type: ignore[arg-type]
    except (JourneyError, TypeError) as error:
        assert isinstance(error, RecipeError) or "minimal() got multiple values" in str(error)
