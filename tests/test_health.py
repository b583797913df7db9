"""Health: a score that can be recomputed by hand, what became of bands and quadrants, and where to begin."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.errors import JourneyError
from journey.success.advice import FACTORS, Facts, advise
from journey.success.churn import Churn
from journey.success.features import Panel
from journey.success.health import health, score_of
from journey.success.logit import fit
from journey.success.quadrant import quadrants
from journey.success.quality import quality_of


def facts(**columns: Any) -> pd.DataFrame:
    plain = {
        "at": 0,
        "plan": "Plus",
        "tenure_days": 200,
        "use": 10.0,
        "use_before": 10.0,
        "tickets": 0,
        "open_tickets": 0,
        "valued": True,
        "mrr": 100.0,
        "mrr_change": 0.0,
        "dissatisfaction": 0.2,
        "effort": 0.4,
    }
    size = max([len(values) for values in columns.values() if isinstance(values, list)], default=1)
    return pd.DataFrame({**plain, **columns}, index=range(size))


def test_the_score_is_what_one_recomputes_by_hand() -> None:
    table = score_of(
        facts(
            use=[10.0, 5.0, 10.0],
            use_before=[10.0, 10.0, 0.0],
            tickets=[0, 1, 5],
            open_tickets=[0, 1, 0],
            valued=[True, False, True],
            mrr_change=[0.0, -100.0, 50.0],
        )
    )
    # The middle account uses 10: usage is half the level, half the trend.
    assert table["usage"].tolist() == [1.0, 0.5, 1.0]
    assert table["sentiment"].tolist() == pytest.approx([0.7] * 3)
    assert table["support"].tolist() == [1.0, 0.25, 0.0]
    assert table["outcomes"].tolist() == [1.0, 0.0, 1.0]
    assert table["commercial"].tolist() == [1.0, 0.5, 1.0]
    assert table["score"].tolist() == pytest.approx([94.0, 39.0, 74.0])
    assert table["coverage"].tolist() == [1.0, 1.0, 1.0]


def test_what_is_missing_is_left_out_and_the_coverage_says_so() -> None:
    table = score_of(facts(dissatisfaction=[0.2, np.nan], effort=[0.4, np.nan], tenure_days=[200, 10], valued=False))
    assert table["score"][0] == pytest.approx(100 * (1 + 0.7 + 1 + 0 + 1) / 5)
    # The young are not held against their use, nor against not having come to their value.
    assert table["score"][1] == 100
    assert table["coverage"][1] == pytest.approx(2 / 5)
    nothing = score_of(pd.DataFrame({"at": [0], "seats": [3]}))
    assert nothing.empty


def test_weights_change_the_score_and_wrong_ones_are_refused() -> None:
    table = facts(tickets=4)
    assert score_of(table, {"support": 0})["score"][0] == pytest.approx(100 * (1 + 0.7 + 1 + 1) / 4)
    with pytest.raises(JourneyError, match="Did you mean “support”"):
        score_of(table, {"suport": 1})
    with pytest.raises(JourneyError, match="0 or more"):
        score_of(table, {"support": -1})
    with pytest.raises(JourneyError, match="above 0"):
        score_of(table, dict.fromkeys(("usage", "sentiment", "support", "outcomes", "commercial"), 0))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0, 100), st.integers(0, 9), st.floats(0, 500), st.floats(-500, 0)),
        min_size=1,
        max_size=8,
    )
)
def test_scores_lie_between_0_and_100_and_more_tickets_never_help(rows: list[tuple[float, ...]]) -> None:
    use, before, tickets, mrr, change = (list(column) for column in zip(*rows, strict=True))
    table = facts(use=use, use_before=before, tickets=tickets, mrr=mrr, mrr_change=change)
    found = score_of(table)
    assert found["score"].between(0, 100).all()
    worse = score_of(table.assign(tickets=table["tickets"] + 1))
    assert (worse["score"] <= found["score"] + 1e-9).all()


@pytest.fixture(scope="module")
def forecast() -> Churn:
    """2,000 accounts on two days; those who feel badly and use little leave more."""
    rng = np.random.default_rng(3)
    n = 2000
    feels, use = rng.uniform(0, 1, n), rng.integers(0, 20, n).astype(float)
    chance = np.clip(0.3 - 0.2 * feels - 0.008 * use, 0.01, 1)
    left = rng.random(n) < chance
    both = pd.concat(
        [
            facts(
                at=[number] * n,
                acc=list(range(n)),
                use=use.tolist(),
                dissatisfaction=(1 - feels).tolist(),
                effort=(1 - feels).tolist(),
            )
            for number in (0, 1)
        ],
        ignore_index=True,
    )
    x = np.c_[np.tile(feels, 2), np.tile(use, 2)]
    panel = Panel(
        days=(date(2026, 1, 1), date(2026, 4, 1)),
        at=both["at"].to_numpy(np.int64),
        acc=both["acc"].to_numpy(np.int64),
        mrr=np.full(2 * n, 100.0),
        features=x,
        names=("feels", "use"),
        left=np.r_[left.astype(object), np.full(n, None, dtype=object)],
        days_left=np.full(2 * n, 30.0),
        facts=both,
    )
    model = fit(x[:n], left, names=panel.names, cluster=np.arange(n))
    risk = model.predict(x[n:])
    made: dict[str, Any] = dict.fromkeys(Churn.__dataclass_fields__)
    made |= {
        "horizon_days": 90,
        "at": date(2026, 4, 1),
        "quality": quality_of(risk, left, np.arange(n), None),
        "scores": pd.DataFrame({"acc": np.arange(n), "risk": risk, "mrr": 100.0}),
        "model": model,
        "panel": panel,
    }
    return Churn(**made)


def test_bands_tell_what_became_of_accounts(forecast: Churn) -> None:
    found = health(forecast)
    assert sum(one.accounts for one in found.bands) == 2000
    left = forecast.panel.left[:2000].astype(bool)
    score = score_of(forecast.panel.facts)["score"].to_numpy()[:2000]
    for one in found.bands:
        inside = (score >= one.low) & ((score < one.high) | (one.high == 100))
        assert one.stayed.n == inside.sum()
        if inside.any():
            assert one.stayed.value == pytest.approx(1 - left[inside].mean())
            assert one.stayed.low is not None
            assert one.stayed.low <= one.stayed.value <= (one.stayed.high or 1)
    assert found.monotone is True
    assert set(found.accounts) >= {"score", "risk", "coverage"}


def test_a_score_that_goes_the_wrong_way_is_flagged(forecast: Churn) -> None:
    import dataclasses

    panel = forecast.panel
    turned = panel.facts.assign(
        dissatisfaction=1 - panel.facts["dissatisfaction"],
        effort=1 - panel.facts["effort"],
        use=20 - panel.facts["use"],
    )
    wrong = dataclasses.replace(forecast, panel=dataclasses.replace(panel, facts=turned))
    assert health(wrong).monotone is False


def test_quadrants_hold_every_account_once_and_the_unhappy_idle_leave_most(forecast: Churn) -> None:
    found = quadrants(forecast)
    assert sum(one.accounts for one in found.quadrants) + found.unplaced == 2000
    assert sum(one.share for one in found.quadrants) == pytest.approx(1)
    stayed = {one.name: one.stayed for one in found.quadrants}
    assert (stayed["thriving"].low or 0) > (stayed["in danger"].high or 1)
    assert sum(one.stayed.n for one in found.quadrants) == 2000


def test_quadrants_say_what_is_missing(forecast: Churn) -> None:
    import dataclasses

    panel = forecast.panel
    for columns, what in (
        (["dissatisfaction", "effort"], "how these accounts feel"),
        (["use", "use_before", "valued", "mrr_change"], "what these accounts achieve"),
    ):
        part = dataclasses.replace(panel, facts=panel.facts.drop(columns=columns))
        with pytest.raises(JourneyError, match=what):
            quadrants(dataclasses.replace(forecast, panel=part))


def test_the_adviser_weighs_facts_between_two_thresholds() -> None:
    success = Facts(cycle_days=180, customers=80, yearly_value=50_000, contact_cost=25, digital_share=0.2)
    experience = Facts(cycle_days=2, customers=90_000, yearly_value=40, contact_cost=5, digital_share=0.95)
    assert advise(success).first == "CS"
    assert advise(success).balance == 1
    assert advise(experience).first == "CX"
    assert advise(experience).balance == -1
    middle = advise(Facts(digital_share=0.6))
    assert (middle.first, middle.balance) == ("both", pytest.approx(0))
    assert middle.known == pytest.approx(1 / sum(one[2] for one in FACTORS.values()))
    with pytest.raises(JourneyError, match="nothing to advise"):
        advise(Facts())


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_pulls_stay_within_bounds_and_go_one_way(cycle: float, exits: float, churn: float) -> None:
    found = advise(Facts(cycle_days=cycle, exit_share=exits, yearly_churn=churn))
    assert -1 <= found.balance <= 1
    more = advise(Facts(cycle_days=cycle + 10, exit_share=exits, yearly_churn=churn))
    assert more.balance >= found.balance - 1e-12
