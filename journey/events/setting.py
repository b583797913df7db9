"""What kind of relation a log tells of: how long it takes to win a customer, through which channels, and who leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from journey.events.engine import run
from journey.events.log import EventLog
from journey.events.terms import terms_of

__all__ = ["Setting", "setting"]

# Channels by what people call them; others are left out and counted as unknown.
PEOPLE: Final = re.compile(
    r"phone|call|store|branch|shop|visit|meeting|field|agent|telefone|liga|loja|agência|agencia|presencial|visita|reuni",
    re.IGNORECASE,
)
DIGITAL: Final = re.compile(
    r"web|site|app|mail|sms|whats|chat|bot|social|push|search|ads?\b|online|portal|mobile|desktop|ios|android",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Facts of a log as a whole; None where it does not tell.

    cycle_days      middle days from a case's first event to its first goal
    digital_share   events in digital channels / events in channels known as digital or as manned (0–1)
    unknown_share   events in other channels, or in none (0–1)
    exit_share      cases without a goal whose last event is longer ago than the window, of cases followed so long
    measured_share  touchpoints with an answer / touchpoints (0–1)
    """

    cycle_days: float | None
    digital_share: float | None
    unknown_share: float
    exit_share: float | None
    measured_share: float


def setting(log: EventLog, *, goal: str | None = None) -> Setting:
    """Facts of a log; `goal` is the touchpoint that makes a customer (default: the recipe's goals)."""
    terms = terms_of(log, goal=goal)
    rows = log.rows()
    cycle = exits = None
    if log.timed and terms.goal:
        codes = log.codes(terms.goal)
        cases = rows.group_by("cid").agg(
            first=rows.t.min(), last=rows.t.max(), won=rows.t.min(where=rows.tp.isin(list(codes)))
        )
        over = cases.last <= log.index.sizes.last_event - terms.window_us
        told = run(
            cases.agg(
                cycle=(cases.won - cases.first).median(),
                gone=(over & cases.won.isnull()).sum(),
                over=(over | cases.won.notnull()).sum(),
            )
        ).iloc[0]
        cycle = None if told["cycle"] != told["cycle"] or told["cycle"] is None else float(told["cycle"]) / 86.4e9
        exits = float(told["gone"]) / float(told["over"]) if told["over"] else None
    digital, unknown = _channels(log)
    rated = [name for name in log.scales if name != "nps" and f"r_{log.scales[name].name}" in rows.columns]
    measured = 0
    if rated:
        answered = rows.group_by("tp").agg(**{name: rows[f"r_{log.scales[name].name}"].count() for name in rated})
        measured = int((run(answered)[rated].sum(axis=1) > 0).sum())
    return Setting(
        cycle_days=cycle,
        digital_share=digital,
        unknown_share=unknown,
        exit_share=exits,
        measured_share=measured / max(len(log.touchpoints), 1),
    )


def _channels(log: EventLog) -> tuple[float | None, float]:
    """Digital share of the events in known channels, and share of events in others or none."""
    codes = log.index.channels
    if codes is None:
        return None, 1.0
    rows = log.rows()
    rows = rows.filter(rows.ch.notnull())
    counts = run(rows.group_by("ch").agg(n=rows.count()))
    named = {codes.names[int(ch)]: int(n) for ch, n in zip(counts["ch"], counts["n"], strict=True)}
    manned = sum(n for name, n in named.items() if PEOPLE.search(name))
    digital = sum(n for name, n in named.items() if DIGITAL.search(name) and not PEOPLE.search(name))
    known = manned + digital
    return (digital / known if known else None), 1 - known / max(log.events, 1)
