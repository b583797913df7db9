"""Churn risk by landmarking: what was known on a day foretells who leaves after it, tried on later days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from journey.errors import JourneyError
from journey.estimate.auc import auc, auc_difference
from journey.estimate.difference import standing_out
from journey.events.accounts import Accounts
from journey.events.log import EventLog
from journey.model import Measure
from journey.success.features import MONTH, Panel, known, panel_of, snapshot_of
from journey.success.logit import Logit, fit, fit_chosen
from journey.success.quality import ROUNDS, Quality, quality_of

__all__ = ["Baseline", "Churn", "Factor", "Reason", "churn"]

Array = NDArray[np.float64]
Kind = Literal["friction", "lately", "fact"]

HORIZON: Final = 90
FEWEST: Final = 20
Q: Final = 0.10
FELT: Final = 0.05  # log-odds: less raises nothing to speak of
FOLDS: Final = 5
BASELINES: Final[dict[str, tuple[str, ...]]] = {
    "tenure": ("tenure_days", "tenure_months"),
    "use": ("use", "use, change"),
    "satisfaction": ("dissatisfaction",),
    "tickets": ("tickets", "open_tickets"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A simpler score, learnt and tried in the same way: its AUC, and how much the model's is above it."""

    name: str
    auc: Measure
    gain: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What goes with leaving, all other features as they are.

    name      of the feature;  kind: "friction" (0–1, of the account's visits to a touchpoint), "lately" (met in the
              last thirty days, yes or no), or "fact" (what it pays, uses, asks for, is)
    at        the touchpoint, of the first two kinds
    yes_no    whether odds compare yes with no; else one standard deviation more with the mean
    odds      odds ratio of leaving, drawn toward 1 by the penalty; its interval clustered by account; n rows
    clear     whether it stands out among all (false discovery rate 10 %)
    """

    name: str
    kind: Kind
    at: str | None
    yes_no: bool
    odds: Measure
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What raises an account's risk: a feature that it has, or has more of than the average (`above`), or less of."""

    name: str
    yes_no: bool
    above: bool


@dataclass(frozen=True, kw_only=True)
class Churn:
    """Who may leave within a time, how well that can be told, and what goes with it.

    horizon_days  how far ahead;  at: the day of the forecast (the last known), None where no days are told
    learnt        rows learnt from (accounts on days) when the forecast was tried
    split         the day from which it was tried; None: five folds of accounts, each foretold by the others
    quality       on the rows tried;  baselines: simpler scores on the same rows
    factors       what goes with leaving in the model learnt from everything known, strongest first
    expected      accounts among those alive that are expected to leave
    scores        one row an account alive: acc, account (number), risk (0–1), mrr
    """

    horizon_days: int
    at: date | None
    split: date | None
    learnt: int
    quality: Quality
    baselines: tuple[Baseline, ...]
    factors: tuple[Factor, ...]
    expected: Measure
    learnt_accounts: int
    currency: str | None
    scores: pd.DataFrame = field(repr=False, compare=False)
    model: Logit = field(repr=False, compare=False)
    panel: Panel = field(repr=False, compare=False)

    @property
    def touchpoints(self) -> tuple[Factor, ...]:
        """What goes with leaving among the touchpoints: friction there, and having been there lately."""
        return tuple(one for one in self.factors if one.at is not None)

    def reasons(self, acc: int, *, most: int = 3) -> tuple[Reason, ...]:
        """What raises an account's risk the most above that of an average one, strongest first."""
        row = np.flatnonzero((self.panel.acc == acc) & (self.panel.at == self.panel.at.max()))
        if not row.size:
            raise JourneyError("There is no account number {acc} among those alive.", acc=acc)
        k = len(self.panel.names)
        own = self.model.design(self.panel.features[row[:1]])[0, 1 : 1 + k]
        raised = own * self.model.weights[1 : 1 + k]
        yes_no = {one.name: one.yes_no for one in self.factors}
        names = self.panel.names
        return tuple(
            Reason(name=names[at], yes_no=yes_no[names[at]], above=bool(own[at] > 0))
            for at in np.argsort(-raised)[:most]
            if raised[at] > FELT
        )

    def why(self, acc: int, *, most: int = 3) -> tuple[str, ...]:
        """The names of `reasons`."""
        return tuple(one.name for one in self.reasons(acc, most=most))


def churn(accounts: Accounts, *, log: EventLog | None = None, horizon: int = HORIZON) -> Churn:
    """Learn from what was known on earlier days who left within `horizon` days, and try it on later days.

    log      the journey's events, for what accounts lived through (default: the log that the accounts came with)

    Features: what an account pays, uses and asks for, and what it had met by then (nothing later: van Houwelingen
    2007). A ridge logistic model, its penalty chosen by cross-validation among the accounts learnt from. Tried on the
    days after 60 % of the time; what is learnt from ends a horizon earlier. Where no days are told (one row an
    account), five folds of accounts are foretold by each other. Errors are clustered by account. With very many
    accounts it learns from about 50,000 rows of a sample of them, and tells the risk of all. What goes with leaving is
    no cause. Raises JourneyError where fewer than 20 left or stayed on either side.
    """
    if horizon < 1:
        raise JourneyError("The horizon is a number of days of 1 or more, got {days}.", days=horizon)
    with threadpool_limits(1):  # small matrices: threads would only wait for each other
        return _churn(accounts, accounts.log if log is None else log, horizon)


def _churn(accounts: Accounts, log: EventLog | None, horizon: int) -> Churn:
    dated = accounts.as_of is not None
    panel = panel_of(accounts, log, horizon=horizon) if dated else snapshot_of(accounts)
    told = known(panel)
    happened = np.where(told, panel.left, False).astype(bool)
    learn, tried = _split(panel, told, horizon) if dated else (told, told)
    for side in (learn, tried):
        _enough(happened[side], horizon)
    every = _columns(panel, panel.names)
    risk = _risks(panel, happened, learn, tried, every)
    quality = quality_of(risk, happened[tried], panel.acc[tried], panel.days_left[tried] if dated else None)
    model = fit_chosen(panel.features[told], happened[told], names=panel.names, cluster=panel.acc[told])
    now = panel.at == len(panel.days) - 1 if dated else ~happened
    chance = model.predict(panel.features[now])
    spec = accounts.recipe.accounts
    if not dated and spec is not None and spec.observed_months is not None:
        horizon = round(spec.observed_months * MONTH)  # what the flags are about
    return Churn(
        horizon_days=horizon,
        at=accounts.as_of,
        split=panel.days[int(panel.at[tried].min())] if dated else None,
        learnt=int(learn.sum()),
        quality=quality,
        baselines=_baselines(panel, happened, learn, tried, risk),
        factors=_factors(model, panel, int(told.sum())),
        learnt_accounts=int(np.unique(panel.acc[told]).size),
        expected=_expected(model, panel.features[now], chance),
        currency=accounts.currency,
        scores=_scores(panel, now, chance),
        model=model,
        panel=panel,
    )


def _scores(panel: Panel, now: NDArray[np.bool_], chance: Array) -> pd.DataFrame:
    names = panel.facts["account"].to_numpy()[now]
    return pd.DataFrame({"acc": panel.acc[now], "account": names, "risk": chance, "mrr": panel.mrr[now]})


def _split(panel: Panel, told: NDArray[np.bool_], horizon: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows to learn from, whose outcome was known before the first day tried; and rows to try."""
    number = len(panel.days) - 1
    first = min(max(int(np.ceil(0.6 * number)), 1), number - 1)
    limit = panel.days[first] - timedelta(days=horizon)
    early = np.array([day <= limit for day in panel.days])
    return told & early[panel.at], told & (panel.at >= first)


def _enough(happened: NDArray[np.bool_], horizon: int) -> None:
    left, stayed = int(happened.sum()), int((~happened).sum())
    if min(left, stayed) < FEWEST:
        raise JourneyError(
            "{left:,} accounts left and {stayed:,} stayed within {days} days on one side of the split: with fewer than "
            "{fewest} of either nothing can be foretold. Choose another horizon, or a wider selection.",
            left=left,
            stayed=stayed,
            days=horizon,
            fewest=FEWEST,
        )


def _columns(panel: Panel, names: Sequence[str]) -> list[int]:
    return [place for place, name in enumerate(panel.names) if name in names]


def _risks(
    panel: Panel,
    happened: NDArray[np.bool_],
    learn: NDArray[np.bool_],
    tried: NDArray[np.bool_],
    columns: list[int],
    learner: Callable[..., Logit] = fit_chosen,
) -> Array:
    """Chances of the rows tried, never learnt from themselves: from the earlier days, or from the other folds."""
    x, names = panel.features[:, columns], tuple(panel.names[k] for k in columns)
    if panel.days:
        model = learner(x[learn], happened[learn], names=names, cluster=panel.acc[learn])
        return model.predict(x[tried])
    fold = np.random.default_rng(1).permutation(len(x)) % FOLDS
    told = np.zeros(len(x))
    for k in range(FOLDS):
        rest = tried & (fold != k)
        model = learner(x[rest], happened[rest], names=names, cluster=panel.acc[rest])
        told[fold == k] = model.predict(x[fold == k])
    return told[tried]


def _baselines(
    panel: Panel, happened: NDArray[np.bool_], learn: NDArray[np.bool_], tried: NDArray[np.bool_], risk: Array
) -> tuple[Baseline, ...]:
    found = []
    for name, wanted in BASELINES.items():
        columns = _columns(panel, wanted)
        if columns:
            other = _risks(panel, happened, learn, tried, columns, fit)
            y, cluster = happened[tried], panel.acc[tried]
            found.append(
                Baseline(
                    name=name,
                    auc=auc(other, y, customer=cluster, rounds=ROUNDS),
                    gain=auc_difference(risk, other, y, customer=cluster, rounds=ROUNDS),
                )
            )
    return tuple(found)


def _factors(model: Logit, panel: Panel, n: int) -> tuple[Factor, ...]:
    table = panel.features
    yes_no = [bool(np.isin(column[np.isfinite(column)], (0, 1)).all()) for column in table.T]
    scale = np.where(yes_no, 1 / np.where(model.spread > 0, model.spread, 1), 1)
    odds, p = model.odds(scale)
    clear = standing_out([float(one) for one in p], q=Q)
    rows = []
    for k, name in enumerate(model.names):
        kind, _, at = name.partition(": ")
        told: Kind = "friction" if kind == "friction" else "lately" if kind == "lately" else "fact"
        low, value, high = (float(end) for end in odds[:, k])
        rows.append(
            Factor(
                name=name,
                kind=told,
                at=None if told == "fact" else at,
                yes_no=yes_no[k],
                odds=Measure(value, low, high, n),
                clear=clear[k],
            )
        )
    strength = dict(zip(model.names, np.abs(model.weights[1 : 1 + len(model.names)]), strict=True))
    return tuple(sorted(rows, key=lambda one: (not one.clear, -strength[one.name])))


def _expected(model: Logit, features: Array, chance: Array) -> Measure:
    """Σ p, with the spread of who happens to leave and of what is not known of the weights."""
    if not chance.size:
        return Measure.missing()
    x = model.design(features)
    gradient = (chance * (1 - chance)) @ x
    variance = float((chance * (1 - chance)).sum() + gradient @ model.covariance @ gradient)
    total = float(chance.sum())
    reach = 1.96 * variance**0.5
    return Measure(total, max(total - reach, 0.0), min(total + reach, float(chance.size)), int(chance.size))
