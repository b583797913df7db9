"""The life of a subscriber, month by month: bills, use, trouble, terms of six months, leaving and coming back."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from lumo_world import APP_RELEASE, DAY, END, GOALS, PLANS, SEAT, STORMS, TERM, Person

MONTH = 30.4 * DAY


@dataclass
class Subscription:
    """What one subscriber has, has met and has done so far. Trouble fades by a fifth a month; confusion stays."""

    rng: np.random.Generator
    one: Person
    activated: pd.Timestamp
    plan: str
    seats: int
    spirit: float
    trouble: float
    confused: bool = False
    value: pd.Timestamp | None = None
    gone: pd.Timestamp | None = None
    reason: str | None = None
    term: pd.Timestamp = END
    movements: list[Any] = field(default_factory=list)
    usage: list[Any] = field(default_factory=list)

    @property
    def business(self) -> bool:
        return self.one.segment == "B2B"

    @property
    def price(self) -> float:
        """MRR in BRL: by seat for companies, by plan for homes."""
        return SEAT * self.seats if self.business else PLANS[self.plan]

    def month(self, number: int, savings: pd.Timestamp) -> None:
        """One month from bill to bill: use, maybe the first savings, maybe leaving, the bill, the term, a change."""
        begins = self.activated + (number - 1) * MONTH
        bill = begins + MONTH
        billed = bill.normalize() + self.rng.uniform(7.5, 9.5) / 24 * DAY
        if billed >= savings and self.value is None and self.rng.random() < 0.9:
            self.value = max(savings, begins + 2 * DAY)
            self.one.meet(self.value, "First savings message", 0.2 * self.spirit)
        self.trouble += monthly(self.rng, self.one, begins, number, self.spirit)
        if bill < END:
            self.usage.append(used(self.rng, self.one, begins, number, self.spirit, self.seats))
        if self.rng.random() < self.hazard():
            return self.leave(begins + self.rng.uniform(3, 27) * DAY, silent=self.rng.random() < 0.15)
        name = "First bill" if number == 1 else "Monthly bill"
        self.one.meet(billed, name, 0.3 * self.spirit)
        called = asks(self.rng, self.one, billed, name)
        self.confused = self.confused or (number == 1 and called > 0)
        self.trouble = 0.8 * self.trouble + called
        if begins <= self.term - 30 * DAY < bill:
            self.one.meet((self.term - 30 * DAY).normalize() + 9 / 24 * DAY, "Renewal notice")
        if begins <= self.term < bill:
            self.decide()
        if self.gone is None and number > 1:
            self.change(begins + self.rng.uniform(12, 20) * DAY)
        return None

    def hazard(self) -> float:
        """Probability of leaving this month."""
        calm = 0.5 * self.spirit + 0.45 * self.business + 0.3 * (self.value is not None)
        return float(0.0078 * np.exp(0.7 * self.trouble + 0.6 * self.confused - calm))

    def decide(self) -> None:
        """The end of a term: renewed, or not."""
        called = self.rng.random() < (0.9 if self.business else 0.35)
        if called:
            when = self.term - self.rng.uniform(4, 16) * DAY
            self.one.meet(when, "Renewal call", 1.0 if self.business else -0.2)
        if self.rng.random() < 0.075 * np.exp(0.6 * self.trouble - 0.6 * self.spirit - 0.6 * called):
            return self.leave(self.term, silent=False)
        self.one.meet(self.term, "Renewed", 0.3 * self.spirit)
        self.term += TERM * DAY
        return None

    def change(self, when: pd.Timestamp) -> None:
        """Another plan or other seats."""
        changed = movement(self.rng, self.business, self.plan, self.seats)
        if changed is None or when >= END:
            return
        before = self.price
        self.plan, self.seats = changed
        kind = "expansion" if self.price > before else "contraction"
        self.movements.append((when, self.one.number, kind, self.price - before, self.price))
        self.one.meet(when, "Plan change", 0.3 * self.spirit)

    def leave(self, when: pd.Timestamp, *, silent: bool) -> None:
        """Gone, with or without a word; what the month held after that day never happened. Use had faded before."""
        self.one.events = [event for event in self.one.events if event[0] <= when]
        if self.value is not None and self.value > when:
            self.value = None
        self.reason = "payment failed" if silent else why(self.rng, self.one, self.trouble)
        self.gone = when
        if not silent:
            self.one.meet(when, "Cancellation", -0.35 * self.trouble)
        if when < END:
            self.movements.append((when, self.one.number, "churn", -self.price, 0.0))
            for back, share in zip(range(1, len(self.usage) + 1), (0.3, 0.55, 0.8), strict=False):
                self.usage[-back] = fade(self.usage[-back], share)

    def win_back(self) -> None:
        """A few come back after two or three months."""
        if self.gone is None:
            return
        returned = self.gone + self.rng.uniform(50, 110) * DAY
        if self.rng.random() >= 0.06 or returned >= END - 20 * DAY:
            return
        self.one.meet(returned - 3 * DAY, "Renewal call", 0.4)
        self.one.meet(returned, "Renewed", 0.2)
        self.movements.append((returned, self.one.number, "reactivation", self.price, self.price))
        self.gone, self.reason, self.term = None, None, returned + TERM * DAY
        after = returned + MONTH
        while after < END:
            self.one.meet(after.normalize() + 8.5 / 24 * DAY, "Monthly bill")
            self.usage.append(used(self.rng, self.one, after - MONTH, 2, self.spirit, self.seats))
            after += MONTH

    def account(self, signed: pd.Timestamp) -> dict[str, Any]:
        """The row of accounts.csv, as known on the last day of the data."""
        left = self.gone if self.gone is not None and self.gone < END else None
        while self.term < END:
            self.term += TERM * DAY
        return {
            "customer": self.one.number, "segment": self.one.segment, "plan": self.plan, "seats": self.seats,
            "state": self.one.state, "acquired_by": self.one.events[0][1],
            "goal": str(self.rng.choice(GOALS[self.one.segment])),
            "start": signed.date(), "activated": self.activated.date(),
            "first_value": day(self.value) if self.value is None or self.value < END else None,
            "renewal_date": None if left else self.term.date(), "churn_date": day(left),
            "churn_reason": self.reason if left else None, "mrr_brl": 0.0 if left else round(self.price, 2),
        }  # fmt: skip


def live(rng: np.random.Generator, one: Person) -> tuple[list[Any], list[Any]]:
    """From activation to the end of the data; returns MRR movements and usage, and fills `one.account`."""
    activated = one.events[-1][0]
    business = one.segment == "B2B"
    signed = next(time for time, touchpoint, _ in one.events if touchpoint == "Contract signature")
    welcomed = rng.random() < (0.85 if business else 0.6)
    if welcomed:
        one.meet(activated + rng.uniform(0.8, 3) * DAY, "Welcome call")
    spirit = -0.25 * one.level - 0.5 * one.late + 0.35 * welcomed + 0.4 * rng.standard_normal()
    life = Subscription(
        rng=rng,
        one=one,
        activated=activated,
        plan="Negócio" if business else str(rng.choice(list(PLANS), p=[0.45, 0.38, 0.17])),
        seats=int(np.clip(rng.lognormal(2.1, 0.6), 3, 60)) if business else 1,
        spirit=float(spirit),
        trouble=1.2 * one.late,
        term=activated + TERM * DAY,
    )
    life.movements.append((activated, one.number, "new", life.price, life.price))
    savings = activated + float(rng.lognormal(np.log(44 if spirit > -0.4 else 70), 0.35)) * DAY
    number = 1
    while life.gone is None and activated + (number - 1) * MONTH < END:
        life.month(number, savings)
        number += 1
    life.win_back()
    one.account = life.account(signed)
    return life.movements, life.usage


def monthly(rng: np.random.Generator, one: Person, begins: pd.Timestamp, month: int, spirit: float) -> float:
    """What happens between two bills; returns the trouble it adds."""
    trouble = 0.0
    for _ in range(rng.poisson(0.75 * np.exp(0.3 * spirit))):
        when = begins + rng.uniform(1, 29) * DAY
        broken = when >= APP_RELEASE
        one.meet(when, "App dashboard", 0.3 * spirit - (1.0 if broken else 0))
        if rng.random() < (0.14 if broken else 0.025):
            one.meet(when + rng.uniform(0.05, 1) * DAY, "Support chat", -0.2)
            trouble += 0.3
    if month % 2 == 0:
        one.meet((begins + 10 * DAY).normalize() + rng.uniform(9, 11) / 24 * DAY, "Energy report", 0.3 * spirit)
    for storm, states in STORMS:
        if begins <= storm < begins + 30.4 * DAY and one.state in states and rng.random() < 0.45:
            when = storm + rng.uniform(0.1, 3) / 24 * DAY
            one.meet(when, "Outage notice")
            if rng.random() < 0.12:
                one.meet(when + rng.uniform(0.02, 0.4) * DAY, "Support chat")
    pilot = pd.Timestamp("2026-02-10") + rng.uniform(0, 30) * DAY
    if begins <= pilot < begins + 30.4 * DAY and rng.random() < 0.045:
        one.meet(pilot, "Smart-plug set-up")
    return trouble


def asks(rng: np.random.Generator, one: Person, billed: pd.Timestamp, bill: str) -> float:
    """Support contacts a bill causes; returns the trouble they add."""
    first = bill == "First bill"
    draw = rng.random()
    if draw < (0.27 if first else 0.02):
        one.meet(billed + rng.uniform(0.05, 1.6) * DAY, "Support call")
        return 0.9 if first else 0.5
    if draw < (0.32 if first else 0.035):
        one.meet(billed + rng.uniform(0.05, 1.6) * DAY, "Support chat")
        return 0.4
    return 0.0


def movement(rng: np.random.Generator, business: bool, plan: str, seats: int) -> tuple[str, int] | None:
    """A change of plan or seats this month, if any."""
    draw = rng.random()
    if business:
        if draw < 0.035:
            return plan, seats + int(rng.integers(1, 1 + max(2, seats // 3)))
        return (plan, seats - int(rng.integers(1, max(2, seats // 4)))) if draw < 0.047 and seats > 4 else None
    order = list(PLANS)
    at = order.index(plan)
    if draw < 0.011 and at < 2:
        return order[at + 1], seats
    return (order[at - 1], seats) if 0.011 <= draw < 0.016 and at > 0 else None


def why(rng: np.random.Generator, one: Person, trouble: float) -> str:
    """A churn reason, likelier to name the friction that was met."""
    met = [touchpoint for _, touchpoint, _ in one.events]
    confused = any(b == "Support call" for a, b in pairwise(met) if a == "First bill")
    odds = {
        "price": 1.0, "moved home": 0.8, "competitor": 0.6, "savings too small": 0.7,
        "installation delay": 2.0 * one.late, "confusing bill": 1.6 if confused else 0.1,
        "app problems": 0.8 if one.events[-1][0] > APP_RELEASE else 0.2, "poor support": 0.5 * trouble + 0.05,
    }  # fmt: skip
    weight = np.array(list(odds.values()))
    return str(rng.choice(list(odds), p=weight / weight.sum()))


def used(
    rng: np.random.Generator, one: Person, begins: pd.Timestamp, month: int, spirit: float, seats: int
) -> list[Any]:
    """A month of use: active days, sessions, features used, kWh and money saved."""
    days = int(min(28, rng.poisson(8.5 * np.exp(0.3 * spirit) * (1.25 if month == 1 else 1))))
    sessions = days + int(rng.poisson(0.6 * days * seats**0.5)) if days else 0
    features = int(np.clip(rng.binomial(8, 0.36 + 0.06 * spirit), 1, 8)) if days else 0
    kwh = float(rng.gamma(9, 26 if seats == 1 else 60 * seats**0.8))
    return [
        begins.normalize(),
        one.number,
        days,
        sessions,
        features,
        round(kwh, 1),
        round(kwh * rng.uniform(0.10, 0.17), 2),
    ]


def fade(row: list[Any], share: float) -> list[Any]:
    """Less use in the months before leaving."""
    days = int(row[2] * share)
    return [*row[:2], days, int(row[3] * share), min(row[4], days), row[5], row[6]]


def day(time: pd.Timestamp | None) -> Any:
    """The calendar day; None where there is none."""
    return None if time is None else time.date()
