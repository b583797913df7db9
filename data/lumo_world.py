"""Lumo, an invented Brazilian subscription for solar energy and a smart meter: its touchpoints, prices and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from journey.simulate import Planted, World

SEED = 20260630
CUSTOMERS = 6000
BEGIN = pd.Timestamp("2025-01-01")
END = pd.Timestamp("2026-07-01")
APP_RELEASE = pd.Timestamp("2026-04-01")
DAY = pd.Timedelta(days=1)
TERM = 182  # days

# touchpoint: (stage, home channel and others it also happens in, mean CSAT, mean CES or None, response rate)
Spec = tuple[str, tuple[str, ...], float | None, float | None, float]
TOUCHPOINTS: dict[str, Spec] = {
    "Social ad": ("Discover", ("web", "WhatsApp"), None, None, 0),
    "Search result": ("Discover", ("web",), None, None, 0),
    "Friend's referral": ("Discover", ("WhatsApp", "web"), None, None, 0),
    "Store demo": ("Discover", ("store",), 4.1, None, 0.12),
    "Website visit": ("Consider", ("web", "app"), 3.9, 5.3, 0.09),
    "Savings simulator": ("Consider", ("web", "app", "WhatsApp"), 4.0, 5.4, 0.10),
    "WhatsApp question": ("Consider", ("WhatsApp",), 4.0, 5.3, 0.18),
    "Plan comparison": ("Consider", ("web", "app", "store"), 3.9, 5.2, 0.10),
    "Quote call": ("Consider", ("phone", "WhatsApp"), 4.0, 5.2, 0.18),
    "Sign-up form": ("Buy", ("web", "app", "store"), 3.9, 5.1, 0.14),
    "ID check": ("Buy", ("app", "web", "store"), 2.75, 2.6, 0.18),
    "Contract signature": ("Buy", ("e-mail", "app", "web", "WhatsApp"), 4.2, 5.6, 0.14),
    "Payment set-up": ("Buy", ("web", "app", "WhatsApp"), 4.0, 5.4, 0.14),
    "Installation booking": ("Onboard", ("WhatsApp", "app", "web", "phone"), 4.0, 5.3, 0.16),
    "Installation visit": ("Onboard", ("store",), 4.35, 5.4, 0.22),
    "Device activation": ("Onboard", ("store", "app"), 4.0, 5.2, 0.18),
    "Welcome call": ("Onboard", ("phone", "WhatsApp"), 4.75, 6.3, 0.24),
    "First bill": ("Use", ("e-mail", "app", "WhatsApp"), 3.5, 4.4, 0.16),
    "Monthly bill": ("Use", ("e-mail", "app", "WhatsApp"), 4.05, 5.4, 0.09),
    "App dashboard": ("Use", ("app", "web", "WhatsApp"), 4.3, 5.7, 0.12),
    "Energy report": ("Use", ("e-mail", "app", "WhatsApp"), 4.1, None, 0.10),
    "First savings message": ("Use", ("WhatsApp", "app", "e-mail"), 4.5, None, 0.18),
    "Outage notice": ("Use", ("WhatsApp", "app"), 3.7, None, 0.10),
    "Smart-plug set-up": ("Use", ("app",), 3.9, 4.9, 0.17),
    "Plan change": ("Use", ("app", "web", "phone"), 4.0, 5.1, 0.18),
    "Support call": ("Use", ("phone",), 3.95, 5.0, 0.20),
    "Support chat": ("Use", ("WhatsApp", "app", "web"), 4.0, 5.2, 0.18),
    "Renewal notice": ("Renew", ("e-mail", "app", "WhatsApp"), 3.9, None, 0.10),
    "Renewal call": ("Renew", ("phone", "WhatsApp"), 4.0, 5.2, 0.18),
    "Renewed": ("Renew", ("app", "web", "e-mail", "WhatsApp"), 4.3, 5.6, 0.14),
    "Cancellation": ("Renew", ("phone", "WhatsApp", "app"), 3.0, 3.9, 0.12),
}
STAGES = ("Discover", "Consider", "Buy", "Onboard", "Use", "Renew")
PLANS = {"Essencial": 89.9, "Plus": 139.9, "Família": 199.9}
SEAT = 49.9
STATES = {"SP": 0.34, "RJ": 0.16, "MG": 0.16, "PR": 0.10, "BA": 0.12, "PE": 0.12}
NORTHEAST = ("BA", "PE")
GOALS = {
    "B2C": ("cut the bill by 15 %", "know where energy goes", "clean energy at home", "be ready for outages"),
    "B2B": ("cut energy cost by 20 %", "report emissions", "compare branches"),
}
STORMS = tuple((pd.Timestamp(day), states) for day, states in (
    ("2025-02-11 17:00", ("SP", "RJ")), ("2025-03-20 16:00", ("MG", "RJ")), ("2025-10-28 18:00", ("PR", "SP")),
    ("2026-01-15 16:30", ("SP", "MG")), ("2026-02-09 17:30", ("RJ", "SP")), ("2026-03-03 18:00", ("BA", "PE")),
))  # fmt: skip


@dataclass
class Person:
    """One customer while the sample is made; `events` holds [time, touchpoint, extra feeling]."""

    number: int
    level: float
    segment: str
    state: str
    language: str
    preferred: str
    events: list[tuple[pd.Timestamp, str, float]] = field(default_factory=list)
    late: float = 0.0
    account: dict[str, Any] | None = None

    def meet(self, time: pd.Timestamp, touchpoint: str, feeling: float = 0.0) -> None:
        self.events.append((time, touchpoint, feeling))


def acquisition(segment: str) -> World:
    """First contact to activated device, as a graph; friction of every day included."""
    business = segment == "B2B"
    stages = {s: [t for t, spec in TOUCHPOINTS.items() if spec[0] == s] for s in STAGES}
    moves = {
        ("Social ad", "Website visit"): 0.85, ("Social ad", "WhatsApp question"): 0.15,
        ("Search result", "Website visit"): 0.9, ("Search result", "Savings simulator"): 0.1,
        ("Friend's referral", "Website visit"): 0.45, ("Friend's referral", "WhatsApp question"): 0.35,
        ("Friend's referral", "Savings simulator"): 0.2,
        ("Store demo", "Plan comparison"): 0.5, ("Store demo", "Quote call"): 0.3,
        ("Store demo", "Savings simulator"): 0.2,
        ("Website visit", "Savings simulator"): 0.6, ("Website visit", "Plan comparison"): 0.3,
        ("Website visit", "WhatsApp question"): 0.1,
        ("Savings simulator", "Plan comparison"): 0.6, ("Savings simulator", "WhatsApp question"): 0.12,
        ("Savings simulator", "Quote call"): 0.5 if business else 0.08, ("Savings simulator", "Sign-up form"): 0.2,
        ("WhatsApp question", "Plan comparison"): 0.4, ("WhatsApp question", "Savings simulator"): 0.3,
        ("WhatsApp question", "Quote call"): 0.1, ("WhatsApp question", "Sign-up form"): 0.2,
        ("Plan comparison", "Sign-up form"): 0.75, ("Plan comparison", "Quote call"): 0.8 if business else 0.12,
        ("Plan comparison", "WhatsApp question"): 0.07, ("Plan comparison", "Savings simulator"): 0.06,
        ("Quote call", "Sign-up form"): 0.9, ("Quote call", "Plan comparison"): 0.1,
        ("Sign-up form", "ID check"): 1, ("ID check", "Contract signature"): 1,
        ("Contract signature", "Payment set-up"): 1, ("Payment set-up", "Installation booking"): 1,
        ("Installation booking", "Installation visit"): 1, ("Installation visit", "Device activation"): 1,
        ("Support chat", "ID check"): 0.85, ("Support chat", "Contract signature"): 0.15,
    }  # fmt: skip
    return World.build(
        stages,
        moves,
        start={"Social ad": 0.42, "Search result": 0.27, "Friend's referral": 0.21, "Store demo": 0.10},
        goal="Device activation",
        support=["Support chat"],
        leave={
            "Social ad": 0.05, "Search result": 0.04, "Friend's referral": 0.03, "Store demo": 0.04,
            "Website visit": 0.06, "Savings simulator": 0.05, "WhatsApp question": 0.05, "Plan comparison": 0.06,
            "Quote call": 0.06, "Sign-up form": 0.06, "ID check": 0.05, "Contract signature": 0.03,
            "Payment set-up": 0.04, "Installation booking": 0.015, "Installation visit": 0.01, "Support chat": 0.04,
        },
        hours={
            "Website visit": 5, "Savings simulator": 8, "WhatsApp question": 14, "Plan comparison": 20,
            "Quote call": 30, "Sign-up form": 40, "ID check": 3, "Contract signature": 30 if business else 9,
            "Payment set-up": 7, "Installation booking": 10, "Installation visit": 4.1 * 24, "Device activation": 1.5,
            "Support chat": 5,
        },
        promised_hours={"Installation visit": 5 * 24},
        again={"Sign-up form": 0.04, "Website visit": 0.05, "Contract signature": 0.30 if business else 0.02},
        help={"ID check": 0.02},
        spread=0.6,
    )  # fmt: skip


PLANTED = (
    Planted("ID check", "exit", 0.22),
    Planted("ID check", "rework", 0.18),
    Planted("ID check", "help", 0.06),
    Planted("Installation visit", "wait", 0.22),
)
