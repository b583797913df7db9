"""Odds: the same effects on a scale that takes the outcome for what it is, an order of answers or a yes or no."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from journey.analysis.driver_columns import Column, columns_of, rows_of
from journey.analysis.drivers import drivers
from journey.errors import JourneyError
from journey.events.before import Before, before
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["Odds", "driver_odds"]

Array = NDArray[np.float64]
MOST: Final = 20_000  # outcomes; of more, as many are drawn
LEVELS: Final = 11
RARE: Final = 10  # outcomes of each kind a column needs, or its odds run away
FAR: Final = 20.0  # standard errors of logits beyond which nothing was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """One touchpoint's odds ratios, all other touchpoints as they are; 1 is no bearing.

    rating   odds of a higher answer (or of yes) times this with one scale step better; n ratings
    meeting  with meeting it against not; missing where all met it
    """

    at: str
    rating: Measure
    meeting: Measure


def driver_odds(
    log: EventLog,
    outcome: str = "nps",
    *,
    touchpoints: Sequence[str] | None = None,
    after: str | None = None,
    horizon: str | None = None,
    seed: int = 0,
) -> tuple[Odds, ...]:
    """Effects of the drivers as odds ratios, in the order of their importance: options as in `journey.drivers`.

    Answers are taken as an order (proportional odds: McCullagh 1980), a yes or no by the logistic model, its variances
    clustered by customer; of answers those of a customer are taken as apart. Of more than 20,000 outcomes so many are
    drawn. It takes seconds where `journey.drivers` takes tenths.
    Raises JourneyError as `journey.drivers` does, for answers of more than eleven values, and where the model does not
    settle.
    """
    found = drivers(log, outcome, touchpoints=touchpoints, after=after, horizon=horizon, draws=8)
    table = before(log, outcome, after=after, horizon=horizon)
    kept = {one.at for one in found.drivers}
    chosen = [
        column
        for column in columns_of(table)
        if table.touchpoints[column.at] in kept and (found.told or column.what != "told")
    ]
    if found.kind == "answer" and len(np.unique(table.value)) > LEVELS:
        raise JourneyError(
            "“{outcome}” has more than {n} different answers: their order needs no model of its own.",
            outcome=outcome,
            n=LEVELS,
        )
    columns, rows, whose = _settled_columns(table, chosen, seed)
    with threadpool_limits(1, user_api="blas"):
        log_odds, spread = _model(rows, whose, yes_or_no=found.kind == "yes or no", outcome=outcome)
    steps = {table.touchpoints[k]: k for k in range(len(table.touchpoints))}
    return tuple(_odds(one.at, steps[one.at], table, columns, log_odds, spread, len(rows)) for one in found.drivers)


def _settled_columns(found: Before, columns: Sequence[Column], seed: int) -> tuple[list[Column], Array, Any]:
    """The columns that vary and are no sum of others; the rows [N, P + 1], the outcome last; and the customers."""
    rows = rows_of(found, columns)
    whose = found.customer
    if len(rows) > MOST:
        taken = np.sort(np.random.default_rng(seed).choice(len(rows), MOST, replace=False))
        rows, whose = rows[taken], whose[taken]
    kept: list[int] = []
    basis: list[Array] = [np.ones(len(rows)) / np.sqrt(len(rows))]
    for k in range(len(columns)):
        own = rows[:, k]
        if min((own != 0).sum(), (own == 0).sum() if columns[k].what == "met" else len(own)) < RARE:
            continue
        rest = own - sum((b @ own) * b for b in basis)
        if rest @ rest > 1e-6 * (own @ own):
            kept.append(k)
            basis.append(rest / np.sqrt(rest @ rest))
    return [columns[k] for k in kept], rows[:, [*kept, len(columns)]], whose


def _model(rows: Array, whose: Any, *, yes_or_no: bool, outcome: str) -> tuple[Array, Array]:
    """Log odds of the columns [P] and their standard errors."""
    # Imported here: they take a second, and nothing else needs them.
    from statsmodels.discrete.discrete_model import Logit  # noqa: PLC0415
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415

    x, y = rows[:, :-1], rows[:, -1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if yes_or_no:
                groups = {"groups": np.unique(whose, return_inverse=True)[1]}
                model = Logit(y, np.column_stack([x, np.ones(len(x))]))
                told = model.fit(disp=0, maxiter=200, cov_type="cluster", cov_kwds=groups)
            else:
                _, order = np.unique(y, return_inverse=True)
                told = OrderedModel(order, x, distr="logit").fit(method="bfgs", disp=0, maxiter=500)
    except (Warning, np.linalg.LinAlgError, ValueError) as error:
        raise JourneyError(
            "The odds of “{outcome}” don't settle: some touchpoint goes with one kind of outcome only, or there are "
            "too few outcomes. The linear effects stand all the same.",
            outcome=outcome,
        ) from error
    many = x.shape[1]
    value, spread = np.asarray(told.params[:many]), np.asarray(told.bse[:many])
    return np.where(spread < FAR, value, np.nan), spread


def _odds(at: str, place: int, found: Before, columns: Sequence[Column], value: Array, spread: Array, n: int) -> Odds:
    scale, rating = found.scales[place], found.rating[found.at == place]
    step = 1.0 if scale is None else 1 / (scale.high - scale.low)
    measures = {"rating": Measure.missing(), "met": Measure.missing()}
    for k, column in enumerate(columns):
        if column.at == place and column.what in measures and np.isfinite(value[k]):
            by = step if column.what == "rating" else 1.0
            ratio, low, high = (float(np.exp(by * (value[k] + z * spread[k]))) for z in (0.0, -1.96, 1.96))
            count = int(np.isfinite(rating).sum()) if column.what == "rating" else n
            measures[column.what] = Measure(ratio, low, high, count)
    return Odds(at=at, rating=measures["rating"], meeting=measures["met"])
