"""Compare: two sides of one log. The same numbers as everywhere else, honest intervals, no false alarms."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import journey as jn
from journey.analysis import compare_walks
from journey.analysis.compare import compare
from journey.analysis.compare_differences import Difference
from journey.analysis.compare_means import benjamini_hochberg, judge
from journey.analysis.compare_periods import changes
from journey.analysis.compare_walks import shuffle
from journey.draw.compare import dumbbells
from journey.draw.compare_graph import difference_graph
from journey.draw.compare_tiles import key_tiles
from journey.draw.compare_words import apart, heads
from journey.draw.theme import DARK, LIGHT
from journey.events import walks as units
from journey.events.contrast import contrast
from journey.events.contrast_sums import Sums
from journey.events.part import during, rest
from journey.events.terms import terms_of
from journey.events.walks import Walks

SAMPLE = Path(__file__).parents[1] / "data" / "lumo" / "journey.yaml"


@pytest.fixture(scope="module")
def log() -> jn.EventLog:
    return jn.open(SAMPLE)


@pytest.fixture(scope="module")
def segments(log: jn.EventLog) -> jn.Comparison:
    return compare(log.where(segment="B2B"), log.where(segment="B2C"), names=("B2B", "B2C"))


def one(found: jn.Comparison, of: str, at: str | None = None) -> Difference:
    among = found.key if at is None else found.touchpoints
    return next(each for each in among if each.of == of and each.at == at)


# --- what it finds ---------------------------------------------------------------------------------


def test_the_planted_segments_are_found_first(segments: jn.Comparison) -> None:
    assert segments.walk.p <= 0.001
    named = heads(segments)
    assert list(named)[:2] == ["Contract signature", "Renewal call"]
    signature, renewal = (
        one(segments, "satisfaction", "Contract signature"),
        one(segments, "satisfaction", "Renewal call"),
    )
    assert signature.clear
    assert signature.better == "b"
    assert renewal.clear
    assert renewal.better == "a"
    rework = one(segments, "rework", "Contract signature")
    assert rework.a.value == pytest.approx(0.28, abs=0.02)
    assert rework.b.value == pytest.approx(0.02, abs=0.01)
    wait = one(segments, "wait_median_s", "Contract signature")
    assert wait.a.value / 3600 == pytest.approx(30, abs=3)
    assert wait.b.value / 3600 == pytest.approx(9, abs=1)


def test_where_installation_is_late_is_found(log: jn.EventLog) -> None:
    found = compare(log.where(state=["BA", "PE"]), log.where(state="SP"))
    assert found.clear[0].at == "Installation visit"
    assert found.clear[0].of in ("wait", "wait_median_s")


def test_numbers_are_those_of_the_mined_sides(log: jn.EventLog, segments: jn.Comparison) -> None:
    for name, side in (("B2B", "a"), ("B2C", "b")):
        part = log.where(segment=name)
        mined = jn.mine(part)
        for touchpoint in mined.touchpoints:
            reach = getattr(one(segments, "reach", touchpoint.name), side)
            assert reach.value == pytest.approx(touchpoint.cases / mined.cases)
            for role in ("satisfaction", "effort"):
                found = [d for d in segments.of(role) if d.at == touchpoint.name]
                if found:
                    assert getattr(found[0], side).value == pytest.approx(getattr(touchpoint, f"{role}_raw"))
                    assert getattr(found[0], side).n == getattr(touchpoint, role).n
        shares = {(e.source, e.target): e.share for e in mined.transitions}
        for edge in segments.transitions:
            assert getattr(edge, side).value == pytest.approx(shares.get(edge.at, 0.0))
        assert getattr(one(segments, "goal"), side).value == pytest.approx((mined.reached or 0) / mined.cases)
        assert getattr(one(segments, "nps"), side) == mined.nps
        raw = {str(f.at): f.raw for f in jn.friction(part)}
        for component in ("exit", "rework", "help", "switch", "wait"):
            for each in segments.of(component):
                assert getattr(each, side).value == pytest.approx(raw[str(each.at)][component])


def test_median_waits_are_those_of_the_rows(log: jn.EventLog, segments: jn.Comparison) -> None:
    rows = log.where(segment="B2B").table(limit=10**6)
    rows["wait"] = rows.groupby("case")["time"].diff().dt.total_seconds()
    waits = rows[rows["touchpoint"] == "ID check"]["wait"].dropna()
    assert one(segments, "wait_median_s", "ID check").a.value == pytest.approx(waits.median())
    assert one(segments, "wait_median_s", "ID check").a.n == len(waits)


def test_sides_can_be_swapped(log: jn.EventLog, segments: jn.Comparison) -> None:
    other = compare(log.where(segment="B2C"), log.where(segment="B2B"))
    assert other.walk.divergence == pytest.approx(segments.walk.divergence)
    theirs = {(each.of, each.at): each for each in (*other.key, *other.touchpoints, *other.transitions)}
    for mine in (*segments.key, *segments.touchpoints, *segments.transitions):
        twin = theirs[mine.of, mine.at]
        assert mine.clear == twin.clear
        for measure, same in ((mine.a, twin.b), (mine.b, twin.a)):
            assert (measure.value, measure.low, measure.high) == pytest.approx((same.value, same.low, same.high))
        if mine.difference.value is not None:
            assert mine.difference.value == pytest.approx(-twin.difference.value)
            assert mine.difference.low == pytest.approx(-twin.difference.high)
            assert mine.p == pytest.approx(twin.p)


def test_intervals_hold_their_values_and_clear_leaves_out_zero(segments: jn.Comparison) -> None:
    for each in (*segments.key, *segments.touchpoints, *segments.transitions):
        for measure in (each.a, each.b, each.difference):
            if measure.value is not None:
                assert measure.low <= measure.value + 1e-9
                assert measure.value <= measure.high + 1e-9
        if each.clear:
            assert each.difference.low > 0 or each.difference.high < 0
            assert each.p <= segments.q


def test_clear_comes_first_by_what_the_data_vouch_for(segments: jn.Comparison) -> None:
    clear = [each.clear for each in segments.touchpoints]
    assert clear == sorted(clear, reverse=True)
    least = [each.least for each in segments.clear]
    assert least == sorted(least, reverse=True)


def test_it_is_a_frame_and_json(segments: jn.Comparison) -> None:
    table = jn.frame(segments.touchpoints)
    assert {"of", "at", "a", "a_low", "b_n", "difference_high", "clear"} <= set(table)
    assert len(jn.frame(segments.transitions)) == len(segments.transitions)


# --- two parts that have something in common -------------------------------------------------------


def test_cases_on_both_sides_count_once(log: jn.EventLog) -> None:
    whole, part = log, log.where(segment="B2B")
    found = compare(whole, part)
    assert (found.a.cases, found.b.cases, found.both_sides, found.kept_by) == (5220, 780, 780, "b")
    assert compare(part, whole).b.cases == 5220
    crossed = compare(part, log.where(state="SP"))
    assert crossed.kept_by == "a"
    assert crossed.a.cases == 780
    assert crossed.b.cases == log.where(state="SP").where(segment="B2C").cases


def test_the_rest_is_what_is_not_there(log: jn.EventLog) -> None:
    part = log.where(segment="B2B").met("Quote call")
    others = rest(log, part)
    assert others.cases == log.cases - part.cases
    assert rest(others, log).cases == 0


def two_years(customers: int, *, better: float = 0.0, seed: int = 0) -> jn.EventLog:
    """Customers with a case in each of two years; in the second, more go on from the shop to the till."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        likes = random.beta(2, 2)
        for year, gain in ((2024, 0.0), (2025, better)):
            case, day = f"{customer}-{year}", f"{year}-03-{1 + customer % 28:02d}"
            rows.append((case, customer, "Shop", f"{day} 10:00", 1 + random.binomial(4, likes)))
            if random.random() < min(1.0, likes * 0.8 + gain):
                rows.append((case, customer, "Till", f"{day} 11:00", None))
    table = pd.DataFrame(rows, columns=["case", "customer", "touchpoint", "time", "stars"])
    return jn.read(
        table, case="case", customer="customer", touchpoint="touchpoint", time="time",
        satisfaction=jn.Scale("stars", 1, 5),
    )  # fmt: skip


def test_customers_of_two_periods_change_their_own_parts() -> None:
    log = two_years(300, better=0.2)
    found = compare(log.between("2025-01-01"), log.between(None, "2025-01-01"), names=("2025", "2024"))
    assert found.shared_customers == 300
    assert found.walk.p <= 0.01
    terms = terms_of(log)
    walks = contrast(log.between("2025-01-01"), log.between(None, "2025-01-01"), terms).walks
    assert set(walks.kind.tolist()) == {2}
    # What customers bring along on both sides makes their difference surer, not less sure.
    sums = contrast(log.between("2025-01-01"), log.between(None, "2025-01-01"), terms).shares
    apart_, together = judge(sums), judge(sums, shared=True)
    at = next(k for k in range(len(found.transitions)) if apart_.difference[k] not in (0.0, -1.0, 1.0))
    assert together.most[at] - together.least[at] < apart_.most[at] - apart_.least[at]


def test_periods_alike_are_called_alike() -> None:
    p = [
        compare(
            (log := two_years(60, seed=seed)).between("2025-01-01"), log.between(None, "2025-01-01"), permutations=99
        ).walk.p
        for seed in range(12)
    ]
    assert min(p) > 0.01
    assert np.mean(np.array(p) <= 0.05) <= 0.25


def test_visits_of_two_periods_are_compared_by_their_time(log: jn.EventLog) -> None:
    spring, winter = (
        during(log, "2026-04-01T03:00", "2026-07-01T03:00"),
        during(log, "2026-01-01T03:00", "2026-04-01T03:00"),
    )
    found = compare(spring, winter, names=("spring", "winter"))
    assert found.by_time
    assert next(iter(heads(found))) == "App dashboard"
    assert {each.of for each in found.clear if each.at == "App dashboard"} >= {"satisfaction", "effort", "help"}
    assert "goal" not in {each.of for each in found.key}
    # The same visits as in what changed since the last period.
    theirs = {(each.of, each.at): each for each in changes(log).found}
    for each in found.touchpoints:
        if (each.of, each.at) in theirs:
            assert (each.a, each.b) == (theirs[each.of, each.at].a, theirs[each.of, each.at].b)
    # What comes next is told of visits that could be followed: nobody seems to leave because the log ends.
    ends = [each for each in found.transitions if each.at[1] is jn.END and each.clear]
    assert not [each for each in ends if each.difference.value > 0.1]
    rows = log.table(limit=10**6)
    here = rows[(rows["time"] >= "2026-04-01T03:00Z") & (rows["time"] < "2026-07-01T03:00Z")]
    assert found.a.cases == here["case"].nunique()
    met = here[here["touchpoint"] == "Monthly bill"]["case"].nunique()
    assert one(found, "reach", "Monthly bill").a.value == pytest.approx(met / found.a.cases)


def test_periods_that_cannot_be_compared_are_said(log: jn.EventLog) -> None:
    one_, other = during(log, "2026-01-01", "2026-04-01"), during(log, "2026-03-01", "2026-05-01")
    with pytest.raises(jn.JourneyError, match="overlap"):
        compare(one_, other)
    with pytest.raises(jn.JourneyError, match="on both sides"):
        compare(one_, log.where(segment="B2B"))
    with pytest.raises(jn.JourneyError, match="no visit"):
        compare(one_, during(log, "2031-01-01", "2031-02-01"))
    with pytest.raises(jn.JourneyError, match="before it ends"):
        during(log, "2026-01-01", "2026-01-01")
    assert rest(log, one_).events == log.events - one_.events
    # Two segments of one period are fine.
    found = compare(one_.where(segment="B2B"), one_.where(segment="B2C"))
    assert found.shared_customers == 0


def test_a_month_that_nobody_was_followed_in_has_ratings_and_no_ways(log: jn.EventLog) -> None:
    found = compare(during(log, "2026-06-01", "2026-07-01"), during(log, "2026-05-01", "2026-06-01"))
    assert found.walk is None
    assert found.transitions == ()
    assert found.of("satisfaction")
    assert not found.of("wait_median_s")


@pytest.mark.slow
def test_periods_of_a_world_that_stays_the_same_raise_few_alarms(capsys: Any) -> None:
    walks, differences, many = [], [], 0
    for seed in range(60):
        drawn_ = jn.simulate(customers=250, seed=seed, days=360.0)
        log = jn.read(drawn_.events, **drawn_.columns)
        found = compare(
            during(log, "2025-07-01", "2026-01-01"),
            during(log, "2025-01-01", "2025-07-01"),
            permutations=199,
            seed=seed,
        )
        walks.append(found.walk.p <= 0.05)
        p = [each.p for each in found.touchpoints if each.p is not None and each.of != "reach"]
        differences.append(np.mean(np.array(p) <= 0.05))
        many += any(each.clear for each in found.touchpoints if each.of != "reach")
    with capsys.disabled():
        print(f"\ntwo periods alike: ways {np.mean(walks):.3f}, differences {np.mean(differences):.3f} at 5%")
        print(f"{many} of 60 comparisons call any difference clear")
    assert np.mean(walks) <= 0.15
    assert 0.02 <= np.mean(differences) <= 0.08


# --- the test of the graph -------------------------------------------------------------------------


def jsd(a: np.ndarray, b: np.ndarray) -> float:
    """Visit-weighted Jensen–Shannon divergence of the rows in bits, as the textbook writes it."""

    def entropy(p: np.ndarray) -> float:
        return float(-sum(x * math.log2(x) for x in p if x > 0))

    total = 0.0
    for row_a, row_b in zip(a, b, strict=True):
        n_a, n_b = row_a.sum(), row_b.sum()
        n = n_a + n_b
        if n_a and n_b:
            mixed = entropy((row_a + row_b) / n)
            total += n * (mixed - n_a / n * entropy(row_a / n_a) - n_b / n * entropy(row_b / n_b))
    return total / (a.sum() + b.sum())


def walked(tables: np.ndarray, kind: np.ndarray) -> Walks:
    """Walks from counts [2, U, sources, targets]: the parts of each unit on either side."""
    part, unit, source, target = np.nonzero(tables)
    places = tables.shape[3]
    pairs, transition = np.unique(source * places + target, return_inverse=True)
    moves = tables[part, unit, source, target]
    _, row = np.unique(pairs // places, return_inverse=True)
    return Walks(kind, row, unit, part, transition, moves, 1)


def people(
    random: np.random.Generator, n: int, *, sources: int = 4, targets: int = 5, moves: float = 12.0
) -> np.ndarray:
    """Counts [n, sources, targets] of customers with ways of their own: what makes moves depend on each other."""
    common = random.dirichlet(np.full(targets, 1.5), sources)
    own = random.gamma(3 * common[None] + 1e-6, size=(n, sources, targets))
    own /= own.sum(2, keepdims=True)
    visits = random.poisson(random.gamma(1.5, moves / sources / 1.5, (n, 1)), (n, sources))
    return np.asarray(random.multinomial(visits, own))


def naive(a: np.ndarray, b: np.ndarray) -> float:
    """The χ² test of equal rows that takes moves for independent."""
    statistic = 2 * math.log(2) * (a.sum() + b.sum()) * jsd(a, b)
    freedom = sum(max(0, ((x + y) > 0).sum() - 1) for x, y in zip(a, b, strict=True) if x.sum() and y.sum())
    return float(chi2.sf(statistic, freedom))


def test_the_divergence_is_the_textbook_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_walks, "BLOCK", 3)  # several blocks
    random = np.random.default_rng(5)
    kind = np.array([0] * 20 + [1] * 30)
    tables = np.zeros((2, 50, 4, 5), int)
    counts = people(random, 50)
    tables[0, :20], tables[1, 20:] = counts[:20], counts[20:]
    found = shuffle(walked(tables, kind), permutations=50)
    assert found.divergence == pytest.approx(jsd(tables[0].sum(0), tables[1].sum(0)))
    dealt = [random.permutation(50) < 20 for _ in range(50)]
    by_hand = [jsd(counts[deal].sum(0), counts[~deal].sum(0)) for deal in dealt]
    assert found.chance == pytest.approx(np.mean(by_hand), rel=0.2)


def test_a_seed_gives_the_same_answer(segments: jn.Comparison, log: jn.EventLog) -> None:
    walks = contrast(log.where(segment="B2B"), log.where(segment="B2C"), terms_of(log)).walks
    assert shuffle(walks) == segments.walk
    assert shuffle(walks, seed=1).chance != segments.walk.chance
    with pytest.raises(jn.JourneyError, match="permutation"):
        shuffle(walks, permutations=0)


def alarms(runs: int, *, share: float, paired: float, permutations: int, seed: int) -> tuple[float, float]:
    """How often sides that are alike are called different at 5 %: by permutation, and by the naive χ²."""
    random = np.random.default_rng(seed)
    ours = theirs = 0
    for run in range(runs):
        n = 90
        first, second = people(random, n), people(np.random.default_rng(run), n)
        kind = np.where(random.random(n) < paired, 2, np.where(random.random(n) < share, 0, 1))
        tables = np.zeros((2, n, *first.shape[1:]), int)
        tables[0, kind == 0], tables[1, kind == 1] = first[kind == 0], first[kind == 1]
        # A customer of two periods: one way of walking, two draws of it.
        both = kind == 2
        tables[0, both] = random.binomial(first[both], 0.5)
        tables[1, both] = first[both] - tables[0, both]
        del second
        ours += shuffle(walked(tables, kind), permutations=permutations, seed=run).p <= 0.05
        theirs += naive(tables[0].sum(0), tables[1].sum(0)) <= 0.05
    return ours / runs, theirs / runs


@pytest.mark.parametrize(("share", "paired"), [(0.5, 0.0), (0.15, 0.0), (0.5, 0.6)])
def test_alike_sides_are_seldom_called_different(share: float, paired: float) -> None:
    found, _ = alarms(300, share=share, paired=paired, permutations=99, seed=1)
    assert 0.015 <= found <= 0.09


@pytest.mark.slow
@pytest.mark.parametrize(("share", "paired"), [(0.5, 0.0), (0.15, 0.0), (0.5, 0.6)])
def test_the_rate_of_false_alarms_is_five_percent(share: float, paired: float, capsys: Any) -> None:
    found, chi = alarms(3000, share=share, paired=paired, permutations=199, seed=2)
    with capsys.disabled():
        print(f"\nfalse alarms at 5%: permutation {found:.3f}, naive χ² {chi:.3f} (share {share}, paired {paired})")
    assert 0.038 <= found <= 0.062
    if not paired:
        assert chi > 0.09


def test_a_real_difference_is_seen() -> None:
    random = np.random.default_rng(3)
    seen = 0
    for run in range(20):
        kind = np.repeat([0, 1], 100)
        tables = np.zeros((2, 200, 4, 5), int)
        a, b = people(random, 100), people(random, 100)  # two ways of walking
        tables[0, :100], tables[1, 100:] = a, b
        seen += shuffle(walked(tables, kind), permutations=199, seed=run).p <= 0.05
    assert seen == 20


def test_many_customers_make_groups_of_one_size(log: jn.EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = log.where(segment="B2B"), log.where(segment="B2C")
    monkeypatch.setattr(units, "MOST_UNITS", 1500)
    monkeypatch.setattr(units, "FEW_UNITS", 100)
    found = contrast(a, b, terms_of(log)).walks
    assert found.size == 4
    assert (found.kind == 0).sum() == pytest.approx(780 / 4, abs=10)
    assert (found.kind == 1).sum() == pytest.approx(5220 / 4, abs=60)
    assert found.moves.sum() == log.events + log.cases
    whole = compare(a, b)
    assert whole.walk.p == 0.001
    # Far more on one side: of those a sample will do.
    monkeypatch.setattr(units, "FEW_UNITS", 10_000)
    sampled = contrast(a, b, terms_of(log)).walks
    assert sampled.size == 1
    assert (sampled.kind == 1).sum() <= 1500


def test_groups_of_alike_customers_raise_no_alarm(log: jn.EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "MOST_UNITS", 800)
    monkeypatch.setattr(units, "FEW_UNITS", 50)
    buying = log.only(log.recipe.stages["Buy"])
    found = compare(buying.where(state="SP"), buying.where(state="RJ"))
    assert found.walk.units <= 900
    assert found.walk.p > 0.02


def test_groups_keep_customers_of_both_sides_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "MOST_UNITS", 40)
    monkeypatch.setattr(units, "FEW_UNITS", 5)
    log = two_years(200, better=0.3)
    found = compare(log.between("2025-01-01"), log.between(None, "2025-01-01"))
    assert found.walk.units <= 45
    assert found.walk.p <= 0.02


# --- differences of means --------------------------------------------------------------------------


def drawn(
    random: np.random.Generator, *, things: int, customers: int, visits: Sequence[float], level: Sequence[float],
    yes_or_no: bool, same: bool,
) -> Sums:  # fmt: skip
    """Shares or ratings of customers who differ: some are pleased more easily than others, whatever they meet."""
    mood = random.normal(0, 0.7, (2, customers))
    if same:
        mood[1] = mood[0]
    total, count = np.zeros((2, things, customers)), np.zeros((2, things, customers))
    for side in (0, 1):
        n = random.poisson(visits[side], (things, customers))
        p = 1 / (1 + np.exp(-(math.log(level[side] / (1 - level[side])) + mood[side])))
        total[side] = random.binomial(n, p) if yes_or_no else random.binomial(4 * n, p) / 4
        count[side] = n
    return Sums(total, count)


def marginal(level: float) -> float:
    """The mean over customers whose mood is N(0, .7²) on the logit scale."""
    z = np.linspace(-6, 6, 2001)
    weight = np.exp(-z * z / 2)
    return float((weight / (1 + np.exp(-(math.log(level / (1 - level)) + 0.7 * z)))).sum() / weight.sum())


SETTINGS = {
    "many": {"customers": 300, "visits": (0.5, 0.5), "level": (0.2, 0.2)},
    "few on one side": {"customers": 300, "visits": (0.05, 0.5), "level": (0.3, 0.3)},
    "rare": {"customers": 300, "visits": (2.0, 2.0), "level": (0.03, 0.03)},
    "few": {"customers": 60, "visits": (0.3, 0.3), "level": (0.4, 0.4)},
    "apart": {"customers": 200, "visits": (0.6, 0.3), "level": (0.15, 0.4)},
}


@pytest.mark.parametrize("yes_or_no", [True, False])
@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("name", SETTINGS)
def test_intervals_cover_and_tests_hold_their_level(name: str, same: bool, yes_or_no: bool) -> None:
    random, setting = np.random.default_rng(11), SETTINGS[name]
    truth = marginal(setting["level"][0]) - marginal(setting["level"][1])  # type: ignore[index]
    p, covered, sides = [], [], []
    for _ in range(50):
        found = judge(drawn(random, things=30, yes_or_no=yes_or_no, same=same, **setting), shared=same)  # type: ignore[arg-type]
        known = np.isfinite(found.p)
        p += found.p[known].tolist()
        covered += ((found.least <= truth) & (truth <= found.most))[known].tolist()
        at = np.array([marginal(level) for level in setting["level"]])[:, None]  # type: ignore[attr-defined]
        sides += ((found.low <= at) & (at <= found.high))[np.isfinite(found.mean)].tolist()
    assert 0.925 <= np.mean(covered) <= 0.985
    assert 0.92 <= np.mean(sides) <= 0.985
    if truth == 0:
        assert np.mean(np.array(p) <= 0.05) <= 0.075
        # The far tail is where a screen of many differences looks.
        assert np.mean(np.array(p) <= 0.001) <= 0.006


def test_a_side_with_few_customers_is_not_judged() -> None:
    count = np.zeros((2, 1, 50))
    count[0, 0, :4], count[1, 0, :] = 3, 2
    found = judge(Sums(count * 0.5, count))
    assert math.isnan(found.p[0])
    assert math.isnan(found.difference[0])
    assert found.mean[:, 0].tolist() == [0.5, 0.5]


def test_all_or_nothing_is_no_certainty() -> None:
    count = np.ones((2, 1, 12))
    total = np.stack([np.zeros((1, 12)), np.ones((1, 12))])
    found = judge(Sums(total, count))
    assert found.high[0, 0] > 0.2
    assert found.low[1, 0] < 0.8
    assert found.least[0] >= -1
    assert found.most[0] < -0.3
    assert judge(Sums(np.zeros((2, 1, 12)), count)).p[0] == pytest.approx(1)


def test_the_false_discovery_rate_is_held() -> None:
    assert benjamini_hochberg(np.array([0.001, 0.02, 0.04, 0.9, math.nan]), 0.1).tolist() == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert not benjamini_hochberg(np.array([0.2, 0.5]), 0.1).any()
    assert not benjamini_hochberg(np.array([math.nan]), 0.1).any()
    # Step up: a later one that passes takes the earlier along.
    assert benjamini_hochberg(np.array([0.06, 0.06]), 0.1).tolist() == [True, True]
    random = np.random.default_rng(0)
    share = []
    for _ in range(400):
        p = np.concatenate([random.random(80), random.random(20) * 1e-4])
        found = benjamini_hochberg(p, 0.1)
        share.append(found[:80].sum() / max(1, found.sum()))
    assert np.mean(share) <= 0.1


# --- bad input -------------------------------------------------------------------------------------


def read(rows: list[tuple[Any, ...]], **more: Any) -> jn.EventLog:
    names = ["case", "touchpoint", "time", *more.pop("names", [])]
    return jn.read(pd.DataFrame(rows, columns=names), case="case", touchpoint="touchpoint", time="time", **more)


def bare(n: int) -> jn.EventLog:
    """Cases without ratings, goal, customers: those of side x go on to b, half of the others do."""
    rows = []
    for case in range(n):
        side, day = "xy"[case % 2], f"2026-01-{1 + case % 28:02d}"
        rows.append((case, "a", f"{day} 10:00", side))
        if side == "x" or case % 4 == 1:
            rows.append((case, "b", f"{day} 12:00", side))
    return read(rows, names=["side"], attributes=["side"])


def test_a_bare_log_can_be_compared() -> None:
    log = bare(80)
    found = compare(log.where(side="x"), log.where(side="y"))
    assert found.key == ()
    assert set(found.measures) == {"reach", "rework", "wait_median_s"}
    assert one(found, "reach", "b").clear
    assert found.walk.p <= 0.01
    journey = jn.mine(log)
    for theme in (LIGHT, DARK):
        for of in found.measures:
            assert dumbbells(found.of(of), found, theme=theme).data
        assert difference_graph(journey, found, theme=theme).data
        assert "NPS" not in key_tiles(found, theme=theme)


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (lambda log: (log, log), "the same 20 cases"),
        (lambda log: (log.where(side="x"), log.where(side="x")), "the same 10 cases"),
        (lambda log: (log.where(side="x").not_met("a"), log), "no case"),
        (lambda log: (log.where(side="x"), bare(20).where(side="y")), "parts of one log"),
        (lambda log: (log.where(side="y").not_met("b"), log.where(side="x")), "no difference|clear|5"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(sides: Any, words: str) -> None:
    log = bare(20)
    a, b = sides(log)
    if words.endswith("5"):
        assert compare(a, b).a.cases == 5
        return
    with pytest.raises(jn.JourneyError, match=words):
        compare(a, b)


def test_one_case_on_a_side_is_too_few() -> None:
    log = read([(0, "a", "2026-01-01 10:00"), *((i, "b", f"2026-01-{i:02d} 10:00") for i in range(1, 9))])
    with pytest.raises(jn.JourneyError, match="fewer than 5"):
        compare(log.met("a"), log.not_met("a"))


def test_nothing_in_common_is_compared_without_a_number_that_is_none() -> None:
    rows = [(i, "ab"[i % 2], f"2026-01-{1 + i % 28:02d} 10:00") for i in range(40)]
    log = read(rows)
    found = compare(log.met("a"), log.met("b"))
    for each in (*found.touchpoints, *found.transitions):
        for measure in (each.a, each.b, each.difference):
            assert all(x is None or math.isfinite(x) for x in (measure.value, measure.low, measure.high))
    assert found.walk.p == 0.001
    assert one(found, "reach", "a").difference.value == 1


def test_equal_answers_are_no_certainty() -> None:
    rows = [(i, "a", f"2026-01-{1 + i % 28:02d} 10:00", 5, "xy"[i % 2]) for i in range(40)]
    log = read(rows, names=["stars", "side"], attributes=["side"], satisfaction=jn.Scale("stars", 1, 5))
    found = one(compare(log.where(side="x"), log.where(side="y")), "satisfaction", "a")
    assert found.difference.value == 0
    assert found.difference.low < 0 < found.difference.high
    assert not found.clear


def test_effort_where_low_is_good_is_judged_so() -> None:
    random = np.random.default_rng(0)
    rows = [
        (i, "a", f"2026-01-{1 + i % 28:02d} 10:00", int(random.integers(1, 4) + (2 if i % 2 else 0)), "xy"[i % 2])
        for i in range(200)
    ]
    log = read(rows, names=["work", "side"], attributes=["side"], effort=jn.Scale("work", 1, 5, good="low"))
    found = one(compare(log.where(side="x"), log.where(side="y")), "effort", "a")
    assert found.difference.value == pytest.approx(-2, abs=0.4)
    assert found.a.low < found.a.value < found.a.high
    assert found.better == "a"
    assert found.good == "low"


def test_words_carry_one_unit_and_a_sign(segments: jn.Comparison) -> None:
    told = {(each.of, each.at): apart(each) for each in (*segments.touchpoints, *segments.transitions, *segments.key)}
    assert told["wait_median_s", "Contract signature"].startswith("+20.1 h (+18")
    assert told["rework", "Contract signature"].startswith("+26 pp (+2")
    assert told["satisfaction", "Contract signature"].startswith("−1.37 (−1.")
    assert told["nps", None].startswith("+10 (−1 to +2")


# --- in a terminal ---------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    from journey.cli.verbs import main

    monkeypatch.setattr("sys.argv", ["journey", "compare", str(SAMPLE), *words])
    try:
        main()
    except SystemExit as end:
        assert end.code in (0, None, 2)
    told = capsys.readouterr()
    return told.out + told.err


def test_the_verb_tells_and_gives_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(capsys, monkeypatch, "--a", "segment=B2B", "--b", "segment=B2C")
    assert "walk differently" in told
    assert "Contract" in told
    data = json.loads(run(capsys, monkeypatch, "--a", "began=2026-01-01..2026-04-01", "--json"))
    assert data["comparison"]["b"]["name"] == "everything else"
    assert data["comparison"]["a"]["cases"] + data["comparison"]["b"]["cases"] == 6000
    assert {"p", "divergence", "chance"} <= set(data["comparison"]["walk"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say what to compare"),
        (("--a", "segment"), "write it as NAME=VALUE"),
        (("--a", "segment=B2X"), "never “B2X”"),
        (("--a", "segment=B2B", "--b", "segment=B2B"), "the same 780 cases"),
    ],
)
def test_the_verb_says_mistakes_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    assert said in run(capsys, monkeypatch, *words)
