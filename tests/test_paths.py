"""Paths, funnels, waits and loops: known answers on small logs, and counts that lead to exactly their cases."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import journey as jn
from journey.errors import JourneyError
from journey.estimate.difference import mean_difference, standing_out
from journey.events.gaps import gap
from journey.events.instead import instead
from journey.events.loops import LOOPS, loops
from journey.events.onwards import KINDS
from journey.events.paths import paths
from journey.events.selection import Selection, Step
from journey.events.variants import variety
from journey.model import END, START

SAMPLE = Path(__file__).parents[1] / "data" / "lumo" / "journey.yaml"
FUNNEL = ("Website visit", "Plan comparison", "Sign-up form", "ID check", "Contract signature")


def log_of(*cases: str, **options: Any) -> jn.EventLog:
    """Cases written as letters, an hour between events."""
    rows = [
        (i, step, pd.Timestamp("2026-01-01") + pd.Timedelta(hours=h))
        for i, case in enumerate(cases)
        for h, step in enumerate(case)
    ]
    frame = pd.DataFrame(rows, columns=["case", "touchpoint", "time"])
    return jn.read(frame, case="case", touchpoint="touchpoint", time="time", **options)


def timed(*waits_h: float) -> jn.EventLog:
    """A case for each wait: A, and B so many hours later."""
    start = pd.Timestamp("2026-01-01")
    rows = [
        row
        for i, wait in enumerate(waits_h)
        for row in ((i, "A", start), (i, "B", start + pd.Timedelta(seconds=round(wait * 3600))))
    ]
    frame = pd.DataFrame(rows, columns=["case", "touchpoint", "time"])
    return jn.read(frame, case="case", touchpoint="touchpoint", time="time")


def cases(log: jn.EventLog, *steps: Step) -> set[str]:
    """Ids of the cases for which the conditions hold."""
    part = Selection(steps=steps).of(log)
    return set(part.table(limit=10**6)["case"].map(str)) if part.cases else set()


def count(log: jn.EventLog, *steps: Step) -> int:
    return Selection(steps=steps).of(log).cases


@pytest.fixture(scope="module")
def lumo() -> jn.EventLog:
    return jn.open(SAMPLE)


# --- paths -----------------------------------------------------------------------------------------


def test_paths_follow_each_case_from_its_first_visit() -> None:
    found = paths(log_of("xAByA", "ABC", "AC", "A", "B"), "A", steps=3)
    assert (found.cases, found.of) == (4, 5)
    places = [{stop.place: stop.cases for stop in found.at(step)} for step in range(4)]
    assert places == [{"A": 4}, {"B": 2, "C": 1, END: 1}, {"y": 1, "C": 1, END: 1}, {"A": 1, END: 1}]
    assert {(link.near, link.far): link.cases for link in found.links if link.step == 1} == {
        ("B", "y"): 1,
        ("B", "C"): 1,
        ("C", END): 1,
    }


def test_paths_look_back_to_where_cases_began() -> None:
    found = paths(log_of("xyA", "yA", "A", "yAxA"), "A", steps=2, back=True)
    assert [{stop.place: stop.cases for stop in found.at(step)} for step in range(3)] == [
        {"A": 4},
        {"y": 3, START: 1},
        {"x": 1, START: 2},
    ]


def test_rare_touchpoints_stand_together_and_nothing_is_lost() -> None:
    found = paths(log_of("AB", "AB", "AB", "AC", "AC", "AD", "AE", "AF", "A"), "A", steps=1, top=2)
    assert [(stop.place, stop.cases, stop.others) for stop in found.at(1)] == [
        ("B", 3, ()),
        ("C", 2, ()),
        (None, 3, ("D", "E", "F")),
        (END, 1, ()),
    ]
    # A single touchpoint beyond the cut takes no more room under its own name.
    assert [stop.place for stop in paths(log_of("AB", "AC", "AD"), "A", steps=1, top=2).at(1)] == ["B", "C", "D"]


@pytest.mark.parametrize("back", [False, True])
def test_shares_leaving_a_stop_sum_to_one(lumo: jn.EventLog, back: bool) -> None:
    found = paths(lumo, "ID check", steps=6, back=back, top=4)
    for stop in found.stops:
        leaving = [link for link in found.links if (link.step, link.near) == (stop.step, stop.place)]
        if leaving:
            assert sum(link.cases for link in leaving) == stop.cases
            assert sum(link.share.value or 0 for link in leaving) == pytest.approx(1)
        arriving = [link for link in found.links if (link.step + 1, link.far) == (stop.step, stop.place)]
        if stop.step:
            assert sum(link.cases for link in arriving) == stop.cases


def test_paths_reconcile_with_the_journey(lumo: jn.EventLog) -> None:
    journey = jn.mine(lumo)
    for name in ("ID check", "Social ad", "Renewed"):
        found = paths(lumo, name, steps=1)
        assert found.cases == journey[name].cases
    # Social ad is met once, and first: what follows it is what the journey says.
    found = paths(lumo, "Social ad", steps=1, top=12)
    edges = {edge.target: edge.cases for edge in journey.transitions if edge.source == "Social ad"}
    assert {stop.place: stop.cases for stop in found.at(1)} == edges


@pytest.mark.parametrize("back", [False, True])
def test_a_click_on_the_flow_leads_to_exactly_those_cases(lumo: jn.EventLog, back: bool) -> None:
    found, kind = paths(lumo, "ID check", steps=4, back=back, top=3), "before" if back else "after"

    def condition(step: int, place: object) -> Step:
        stop = found.stop(step, place)  # type: ignore[arg-type]
        assert stop is not None
        places = stop.others if place is None else (place,) if isinstance(place, str) else ()
        return (kind, "ID check", str(step), *map(str, places))

    for stop in found.stops[1:]:
        assert count(lumo, condition(stop.step, stop.place)) == stop.cases
    for link in found.links[::3]:
        ends = [condition(link.step + 1, link.far)]
        if link.step:
            ends.append(condition(link.step, link.near))
        assert count(lumo, *ends) == link.cases


def test_part_of_the_cases_has_the_same_stops(lumo: jn.EventLog) -> None:
    whole = paths(lumo, "ID check", steps=4, top=3)
    part = Selection(steps=(("after", "ID check", "1", "Support chat"),)).of(lumo)
    through = paths(part, "ID check", steps=4, like=whole)
    assert {(stop.step, stop.place) for stop in through.stops} <= {(stop.step, stop.place) for stop in whole.stops}
    assert {(one.step, one.near, one.far) for one in through.links} <= {
        (one.step, one.near, one.far) for one in whole.links
    }
    for stop in through.stops:
        same = whole.stop(stop.step, stop.place)
        assert same is not None
        assert stop.cases <= same.cases


def test_paths_of_nobody_and_of_one_event() -> None:
    log = log_of("A", "B")
    assert [(stop.place, stop.cases) for stop in paths(log, "A").stops] == [("A", 1), (END, 1)]
    nobody = paths(log.not_met("A"), "A")
    assert (nobody.cases, nobody.stops, nobody.links) == (0, (), ())


@pytest.mark.parametrize(
    ("options", "told"),
    [({"steps": 0}, "from 1 to 12"), ({"steps": 13}, "from 1 to 12"), ({"top": 0}, "At least one")],
)
def test_paths_refuse_what_makes_no_sense(options: dict[str, Any], told: str) -> None:
    with pytest.raises(JourneyError, match=told):
        paths(log_of("AB"), "A", **options)
    with pytest.raises(JourneyError, match="Did you mean “AB”"):
        paths(jn.read(_table(["AB"]), case="case", touchpoint="touchpoint", time="time"), "ab")


def _table(names: list[str]) -> pd.DataFrame:
    times = pd.to_datetime("2026-01-01") + pd.to_timedelta(range(len(names)), unit="h")
    return pd.DataFrame({"case": 1, "touchpoint": names, "time": times})


# --- funnels ---------------------------------------------------------------------------------------


def by_hand(case: str, steps: str, order: str) -> int:
    """How many steps a case written as letters reaches."""
    if order == "any order":
        return next((at for at, step in enumerate(steps) if step not in case), len(steps))
    if order == "directly":
        return max(at for at in range(len(steps) + 1) if steps[:at] in case)
    place = 0
    for at, step in enumerate(steps):
        place = case.find(step, place) + 1
        if not place:
            return at
    return len(steps)


@pytest.mark.parametrize("order", ["in order", "directly", "any order"])
def test_funnels_count_what_counting_by_hand_gives(order: str) -> None:
    letters = ["".join(way) for n in range(1, 6) for way in itertools.product("ABC", repeat=n)]
    log = log_of(*letters)
    for steps in ("AB", "ABC", "CAB") if order == "any order" else ("AB", "ABC", "ABA", "AAB"):
        found = jn.funnel(log, list(steps), ordered=order != "any order", directly=order == "directly")
        reached = [by_hand(case, steps, order) for case in letters]
        assert [step.cases for step in found] == [sum(n > at for n in reached) for at in range(len(steps))]
        for at in range(1, len(steps)):
            kept = cases(log, ("reached", order, "", *steps[: at + 1]))
            assert kept == {str(i) for i, n in enumerate(reached) if n > at}
            lost = cases(log, ("lost", order, "", *steps[: at + 1]))
            assert lost == {str(i) for i, n in enumerate(reached) if n == at}
            assert found[at].lost == len(lost)


@pytest.mark.parametrize("order", ["in order", "directly", "any order"])
@pytest.mark.parametrize("within", ["", "5d"])
def test_who_is_lost_and_where_they_went_are_exactly_those_counted(lumo: jn.EventLog, order: str, within: str) -> None:
    options: dict[str, Any] = {
        "within": within or None,
        "ordered": order != "any order",
        "directly": order == "directly",
    }
    found = jn.funnel(lumo, FUNNEL, **options)
    assert [step.lost for step in found[1:]] == [a.cases - b.cases for a, b in itertools.pairwise(found)]
    for at in (2, 4):
        assert count(lumo, ("reached", order, within, *FUNNEL[: at + 1])) == found[at].cases
        assert count(lumo, ("lost", order, within, *FUNNEL[: at + 1])) == found[at].lost
    gone = instead(lumo, FUNNEL, **options)
    assert gone.cases == found[-1].lost == sum(one.cases for one in gone.went)
    assert gone.went[-1].place is END
    for one in gone.went:
        then = () if one.place is END else (str(one.place),)
        assert count(lumo, ("went", order, within, str(len(then)), *then, *FUNNEL)) == one.cases
    lost: Step = ("lost", order, within, *FUNNEL)
    assert count(lumo, lost, ("met", FUNNEL[-1])) == round((gone.other.value or 0) * gone.cases)


def test_what_lost_cases_did_instead() -> None:
    log = log_of("ABC", "ABx", "AB", "CAB", "AxB", "Bx")
    gone = instead(log, ["A", "B", "C"])
    assert [(one.place, one.cases) for one in gone.went] == [("x", 1), (END, 3)]
    assert (gone.after, gone.missed, gone.cases) == ("B", "C", 4)
    assert gone.other.value == pytest.approx(1 / 4)  # one met C, but before
    assert gone.went[0].wait_median_s == 3600
    assert gone.went[1].wait_median_s is None


def test_nobody_lost_did_nothing_instead() -> None:
    gone = instead(log_of("AB", "AB"), ["A", "B"])
    assert (gone.cases, gone.went, gone.other.value) == (0, (), None)


def test_a_funnel_directly_takes_the_earliest_run() -> None:
    start = pd.Timestamp("2026-01-01")
    hours = {"A": (0, 5), "x": (1,), "B": (7,)}
    rows = [("1", name, start + pd.Timedelta(hours=h)) for name, at in hours.items() for h in at]
    log = jn.read(
        pd.DataFrame(rows, columns=["case", "touchpoint", "time"]), case="case", touchpoint="touchpoint", time="time"
    )
    assert jn.funnel(log, ["A", "B"], directly=True)[1].wait_median_s == 2 * 3600
    assert jn.funnel(log, ["A", "B"])[1].wait_median_s == 7 * 3600
    # The limit counts from the visit that opens the run.
    assert jn.funnel(log, ["A", "B"], directly=True, within="3h")[1].cases == 1
    assert jn.funnel(log, ["A", "B"], within="3h")[1].cases == 0


def test_funnels_refuse_what_makes_no_sense() -> None:
    log = log_of("AB", "BA")
    with pytest.raises(JourneyError, match="choose one of the two"):
        jn.funnel(log, ["A", "B"], ordered=False, directly=True)
    with pytest.raises(JourneyError, match="at least two"):
        jn.funnel(log, "AB")
    with pytest.raises(JourneyError, match="There is no touchpoint"):
        instead(log, ["A", "Z"])


# --- times -----------------------------------------------------------------------------------------


def test_times_are_those_of_numpy() -> None:
    waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100.0]
    found = gap(timed(*waits), "A", "B")
    assert (found.median.value, found.p90.value) == pytest.approx(
        (np.quantile(waits, 0.5) * 3600, np.quantile(waits, 0.9) * 3600)
    )
    assert (found.cases, found.of, found.median.n) == (10, 10, 10)
    assert sum(one.n for one in found.bins) == 10


@pytest.mark.parametrize("pair", [("Installation booking", "Installation visit"), ("ID check", "Contract signature")])
@pytest.mark.parametrize("direct", [False, True])
def test_times_reconcile_with_journey_and_funnel(lumo: jn.EventLog, pair: tuple[str, str], direct: bool) -> None:
    found = gap(lumo, *pair, direct=direct)
    if direct:
        edge = next(e for e in jn.mine(lumo).transitions if (e.source, e.target) == pair)
        assert (found.median.n, found.cases) == (edge.moves, edge.cases)
        assert (found.median.value, found.p90.value) == pytest.approx((edge.wait_median_s, edge.wait_p90_s))
        assert found.of == jn.mine(lumo)[pair[0]].visits
    else:
        steps = jn.funnel(lumo, pair)
        assert (found.of, found.cases) == (steps[0].cases, steps[1].cases)
        assert found.median.value == pytest.approx(steps[1].wait_median_s)
    how = "directly" if direct else "in order"
    for one in found.bins[::5]:
        step = ("lasted", how, str(one.low_us), "" if one.high_us is None else str(one.high_us), *pair)
        assert count(lumo, step) == one.cases
    assert sum(one.n for one in found.bins) == found.median.n


def test_a_promise_is_held_to_the_times_it_is_about(lumo: jn.EventLog) -> None:
    promised = gap(lumo, "Installation booking", "Installation visit")
    assert promised.promise_s == 5 * 86400
    late = ("lasted", "in order", str(5 * 86_400_000_000 + 1), "", "Installation booking", "Installation visit")
    assert count(lumo, late) == promised.cases - round((promised.kept.value or 0) * promised.cases)
    # It counts from the first booking, so nothing is said of the last one; and nothing of other touchpoints.
    assert gap(lumo, "Installation booking", "Installation visit", direct=True).promise_s is None
    assert gap(lumo, "Payment set-up", "Installation visit").promise_s is None
    # A promise without “since” is about what comes straight after.
    assert gap(lumo, "ID check", "Contract signature", direct=True).promise_s == 86400
    assert gap(lumo, "ID check", "Contract signature").promise_s is None


def test_bins_widen_where_some_take_very_much_longer() -> None:
    days = gap(timed(*range(24, 24 * 30, 24)), "A", "B")
    assert not days.log
    assert all(one.low_us % 86_400_000_000 == 0 for one in days.bins), "days are all these times can tell apart"
    assert gap(timed(*(1.6**n / 60 for n in range(40))), "A", "B").log
    same = gap(timed(*[3.0] * 5), "A", "B")
    assert sum(one.n for one in same.bins) == 5
    at_once = gap(timed(*[0.0] * 5), "A", "B")
    assert (sum(one.n for one in at_once.bins), at_once.median.value) == (5, 0)
    mixed = gap(timed(0, 0, 0, 1, 10, 100, 1000), "A", "B")
    assert sum(one.n for one in mixed.bins) == 7


def test_times_of_nobody_and_of_few() -> None:
    log = log_of("AB", "BA")
    nobody = gap(log, "A", "A")
    assert (nobody.median.value, nobody.bins, nobody.cases) == (None, (), 0)
    assert gap(log, "A", "B").median == jn.Measure(3600.0, None, None, 1)
    again = gap(log_of("AxA", "AA"), "A", "A", direct=True)
    assert (again.median.n, again.of) == (1, 4)


def test_intervals_of_a_median_cover() -> None:
    """Forty times sixty waits, each to a touchpoint of its own."""
    rng, start = np.random.default_rng(4), pd.Timestamp("2026-01-01")
    rows = [
        row
        for i, wait in enumerate(rng.lognormal(0, 1, 40 * 60))
        for row in ((i, "A", start), (i, f"B{i % 40}", start + pd.Timedelta(seconds=round(wait * 3600))))
    ]
    frame = pd.DataFrame(rows, columns=["case", "touchpoint", "time"])
    log = jn.read(frame, case="case", touchpoint="touchpoint", time="time")
    medians = [gap(log, "A", f"B{i}").median for i in range(40)]
    covered = sum(one.low <= 3600 <= one.high for one in medians)  # type: ignore[operator]
    assert covered >= 35


# --- loops -----------------------------------------------------------------------------------------


def test_loops_of_every_kind() -> None:
    log = log_of("AAB", "AxAA", "ABA", "A", "ABAB", "Bx")
    at_once = loops(log)
    assert [(one.touchpoint, one.cases, one.returns, one.share.n) for one in at_once] == [("A", 2, 2, 5)]
    back = loops(log, kind="there and back")
    assert [(one.touchpoint, one.via, one.cases, one.share.n) for one in back] == [
        ("A", "B", 2, 3),
        ("A", "x", 1, 1),
        ("B", "A", 1, 2),
    ]
    again = loops(log, kind="at all")
    assert [(one.touchpoint, one.cases, one.returns, one.share.n) for one in again] == [("A", 4, 5, 5), ("B", 1, 1, 4)]
    assert loops(log_of("AB", "BA")) == ()


@pytest.mark.parametrize("kind", LOOPS)
def test_a_click_on_a_loop_leads_to_exactly_its_cases(lumo: jn.EventLog, kind: Any) -> None:
    for one in loops(lumo, kind=kind, limit=5):
        step: Step = ("around", one.touchpoint, one.via) if one.via else ("again", one.touchpoint)
        if kind == "at once":
            step = ("walked", one.touchpoint, one.touchpoint)
        assert count(lumo, step) == one.cases


def test_loops_reconcile_with_the_journey(lumo: jn.EventLog) -> None:
    journey = jn.mine(lumo)
    edges = {(edge.source, edge.target): edge for edge in journey.transitions}
    for one in loops(lumo):
        edge = edges[one.touchpoint, one.touchpoint]
        assert (one.cases, one.returns, one.share.n) == (edge.cases, edge.moves, journey[one.touchpoint].cases)
    for one in loops(lumo, kind="there and back"):
        assert one.share.n == edges[one.touchpoint, one.via].cases
    for one in loops(lumo, kind="at all"):
        assert one.returns == journey[one.touchpoint].visits - journey[one.touchpoint].cases


def test_what_was_planted_shows_in_the_loops(lumo: jn.EventLog) -> None:
    found = {one.touchpoint: one for one in loops(lumo)}
    assert found["Monthly bill"].planned
    assert not found["ID check"].planned
    # Contracts that come back were sent back by legal review, which companies are unhappy with.
    assert found["Contract signature"].difference.high < 0  # type: ignore[operator]
    assert found["Contract signature"].clear
    assert not found["ID check"].clear


def test_the_difference_is_that_of_the_cases_own_means(lumo: jn.EventLog) -> None:
    one = next(one for one in loops(lumo) if one.touchpoint == "Contract signature")
    events = lumo.table(limit=10**6)
    here = events[events["touchpoint"] == "Contract signature"]
    looped = cases(lumo, ("walked", "Contract signature", "Contract signature"))
    means = here.dropna(subset=["csat"]).groupby("case")["csat"].mean().astype(float)
    ours, others = means[means.index.map(str).isin(looped)], means[~means.index.map(str).isin(looped)]
    assert (one.looped.n, one.others.n) == (len(ours), len(others))
    assert one.difference.value == pytest.approx(ours.mean() - others.mean())


def test_loops_refuse_another_kind() -> None:
    with pytest.raises(JourneyError, match="“at once”"):
        loops(log_of("AA"), kind="twice")  # type: ignore[arg-type]


def test_a_difference_of_means_is_welchs() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    one, other = rng.integers(1, 6, 40), rng.integers(2, 6, 25)
    found = mean_difference(
        (40, float(one.mean()), float(one.std(ddof=1))),
        (25, float(other.mean()), float(other.std(ddof=1))),
        low=1,
        high=5,
    )
    interval = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert mean_difference((0, None, None), (5, 3.0, 1.0), low=1, high=5) == jn.Measure.missing()
    assert mean_difference((1, 4.0, None), (5, 3.0, 1.0), low=1, high=5) == jn.Measure(1.0, -4, 4, 6)
    # Equal answers are not certainty.
    sure = mean_difference((5, 4.0, 0.0), (5, 3.0, 0.0), low=1, high=5)
    assert sure.low < 1 < sure.high  # type: ignore[operator]


def test_what_stands_out_among_many() -> None:
    assert standing_out([0.001, 0.9, None, 0.04]) == (True, False, False, True)
    assert standing_out([0.06, 0.9, 0.8]) == (False, False, False)
    assert standing_out([None]) == (False,)
    assert standing_out([]) == ()


# --- variants --------------------------------------------------------------------------------------


def test_variety_counts_what_the_variants_are(lumo: jn.EventLog) -> None:
    found, ways = jn.variants(lumo), variety(lumo)
    assert ways.ways == len(found)
    assert ways.single == sum(one.cases == 1 for one in found)
    seen = list(itertools.accumulate(one.cases for one in found))
    assert ways.most == next(at for at, n in enumerate(seen, 1) if n >= 0.8 * lumo.cases)
    assert variety(log_of("AB", "AB", "A")) == variety(log_of("x", "x", "xy"))


def test_a_way_within_a_stage_leads_to_exactly_its_cases(lumo: jn.EventLog) -> None:
    members = lumo.recipe.stages["Buy"]
    part = lumo.met(*members).only(members)
    for one in jn.variants(part, limit=6):
        step = ("among", str(len(members)), *members, *one.steps)
        assert count(lumo, step) == one.cases
        goal = ("any", "Renewed")
        assert count(lumo, step, goal) + count(lumo, step, ("none", "Renewed")) == one.cases


# --- conditions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        ("after", "A", "1", "B"),
        ("before", "B", "2"),
        ("reached", "in order", "2h", "A", "B"),
        ("lost", "any order", "", "A", "B"),
        ("went", "directly", "", "1", "C", "A", "B"),
        ("lasted", "in order", "0", "", "A", "B"),
        ("around", "A", "B"),
        ("again", "A"),
        ("any", "A"),
        ("none", "A", "B"),
        ("among", "2", "A", "B", "A", "B"),
    ],
)
def test_conditions_are_plain_values(step: Step) -> None:
    chosen = Selection(steps=(step,))
    assert Selection.from_json(chosen.to_json()) == chosen
    assert step[0] in KINDS
    assert 0 <= chosen.of(log_of("ABC", "AB", "ABA", "CB")).cases <= 4


@pytest.mark.parametrize(
    "step",
    [
        ("after",),
        ("after", "A", "x", "B"),
        ("after", "A", "0", "B"),
        ("after", "A", "99", "B"),
        ("after", "A", "1", "Z"),
        ("before", "A"),
        ("reached", "backwards", "", "A", "B"),
        ("reached", "in order", "soon", "A", "B"),
        ("lost", "in order", "", "A"),
        ("went", "in order", "", "7", "A", "B"),
        ("lasted", "slowly", "0", "", "A", "B"),
        ("lasted", "in order", "-1", "", "A", "B"),
        ("lasted", "in order", "0", "", "A"),
        ("around", "A"),
        ("again",),
        ("any",),
        ("among", "1", "A", "B"),
        ("among", "9", "A", "B"),
    ],
)
def test_conditions_that_are_none_are_refused_in_a_sentence(step: Step) -> None:
    with pytest.raises(JourneyError):
        _ = Selection(steps=(step,)).of(log_of("AB", "BA")).cases


def test_tables_without_times_have_no_time_between(tmp_path: Path) -> None:
    """A survey of a journey knows the order alone."""
    (tmp_path / "answers.csv").write_text("who,a,b\n1,5,1\n2,4,2\n3,3,\n")
    (tmp_path / "journey.yaml").write_text(
        "tables:\n"
        "  - {kind: survey, path: answers.csv, case: who, scale: stars, touchpoints: {a: First, b: Then}}\n"
        "scales:\n  stars: {metric: csat, low: 1, high: 5, good: high}\n"
        "stages: {Early: [First], Late: [Then]}\n"
    )
    log = jn.open(tmp_path / "journey.yaml")
    assert not log.timed
    with pytest.raises(JourneyError, match="no times"):
        gap(log, "First", "Then")
    with pytest.raises(JourneyError, match="no time limit"):
        jn.funnel(log, ["First", "Then"], within="2h")
    assert jn.funnel(log, ["First", "Then"])[1].wait_median_s is None
    assert paths(log, "First", steps=1).cases == 3
