"""Where effort should go first: to the experience on the way (CX), or to the success of customers won (CS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from journey.errors import JourneyError

__all__ = ["FACTORS", "Advice", "Facts", "Reason", "Side", "advise"]

Side = Literal["CX", "CS", "both"]

# factor → (from here on CS, up to here CX, weight): see `advise`.
FACTORS: Final[dict[str, tuple[float, float, float]]] = {
    "cycle": (90.0, 14.0, 1.0),  # days from first contact to signature, or to the goal
    "value per customer": (500.0, 50.0, 1.0),  # yearly revenue as multiples of what one support contact costs
    "volume": (2_000.0, 20_000.0, 1.0),  # customers: few can be known by name, many cannot
    "digital share": (0.4, 0.8, 1.0),  # share of contacts without a person
    "early exits": (0.1, 0.4, 1.0),  # share of cases that leave before becoming customers
    "churn": (0.15, 0.05, 1.0),  # share of customers that leave in a year
    "maturity": (0.6, 0.2, 0.5),  # share of touchpoints that are measured
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the advice is told from; None is unknown, and then says nothing.

    cycle_days       middle days from the first contact to becoming a customer (or to the goal)
    customers        customers there are;  yearly_value: revenue a customer and year, in the currency of contact_cost
    contact_cost     what one contact with support costs
    digital_share    share of contacts without a person (0–1)
    exit_share       share of cases that end before becoming customers (0–1)
    yearly_churn     share of customers that leave in a year (0–1)
    measured_share   share of touchpoints where customers are asked how it was (0–1): maturity of listening
    """

    cycle_days: float | None = None
    customers: int | None = None
    yearly_value: float | None = None
    contact_cost: float | None = None
    digital_share: float | None = None
    exit_share: float | None = None
    yearly_churn: float | None = None
    measured_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A fact, where it points, and how hard: −1 all to CX … +1 all to CS, in proportion between two thresholds."""

    factor: str
    value: float
    points_to: Side
    pull: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Where to begin. `balance` is the weighted mean of the pulls (−1 CX … +1 CS); within ±0.2 it is both.

    known   share of the weights whose facts are known (0–1);  reasons: strongest first
    """

    first: Side
    balance: float
    known: float
    reasons: tuple[Reason, ...]


def advise(facts: Facts) -> Advice:
    """Weigh cycle length, value, volume, digital share, early exits, churn and maturity, each between two thresholds.

    Long cycles, much value a customer, few customers, many human contacts and much churn pull to Customer Success:
    there someone can own an account, and losing one is dear. Short cycles, many customers, digital ways and many who
    leave before they buy pull to Customer Experience: there the way itself has to work. Little listening pulls to CX,
    for what is not measured can't be acted on. The thresholds are conventions (`FACTORS`), no estimates: change them
    knowingly. Raises JourneyError where nothing is known.
    """
    worth = (
        facts.yearly_value / facts.contact_cost
        if facts.yearly_value is not None and facts.contact_cost is not None and facts.contact_cost > 0
        else None
    )
    values: dict[str, float | None] = {
        "cycle": facts.cycle_days,
        "value per customer": worth,
        "volume": None if facts.customers is None else float(facts.customers),
        "digital share": facts.digital_share,
        "early exits": facts.exit_share,
        "churn": facts.yearly_churn,
        "maturity": facts.measured_share,
    }
    reasons = [_reason(name, value) for name, value in values.items() if value is not None]
    if not reasons:
        raise JourneyError("Nothing is known of cycle, volume, channels or churn, so there is nothing to advise from.")
    weight = sum(one.weight for one in reasons)
    balance = sum(one.weight * one.pull for one in reasons) / weight
    return Advice(
        first=_side(balance),
        balance=balance,
        known=weight / sum(one[2] for one in FACTORS.values()),
        reasons=tuple(sorted(reasons, key=lambda one: -abs(one.pull * one.weight))),
    )


def _reason(name: str, value: float) -> Reason:
    success, experience, weight = FACTORS[name]
    # Linear between the thresholds, whichever of them is the higher.
    pull = max(-1.0, min(1.0, 2 * (value - experience) / (success - experience) - 1))
    return Reason(factor=name, value=value, points_to=_side(pull), pull=pull, weight=weight)


def _side(pull: float) -> Side:
    return "both" if abs(pull) <= 0.2 else "CS" if pull > 0 else "CX"
