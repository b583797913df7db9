"""Answers one by one: how many gave which."""

from __future__ import annotations

from journey.errors import JourneyError, suggest
from journey.events.engine import run
from journey.events.log import EventLog

__all__ = ["answers"]

MOST = 21  # different answers: beyond it a scale is no list of boxes


def answers(log: EventLog, role: str = "satisfaction", *, touchpoint: str | None = None) -> dict[float, int]:
    """Answer as written in the data → visits that gave it, lowest first; empty for a scale of very many steps.

    role        "satisfaction", "effort" or "nps";  touchpoint  where; None: anywhere
    Raises JourneyError for a role that was not asked, or an unknown touchpoint.
    """
    if role not in log.scales:
        hint = suggest(role, log.scales, known="scales")
        raise JourneyError("{role} was not asked.{hint}", role=role, hint=hint)
    rows = log.rows()
    if touchpoint is not None:
        rows = rows.filter(rows.tp == log.codes([touchpoint])[0])
    rows = rows.select(answer=rows[f"r_{log.scales[role].name}"].cast("float64"))
    rows = rows.filter(rows.answer.notnull())
    found = run(rows.group_by("answer").agg(n=rows.count()).order_by("answer").limit(MOST + 1))
    if len(found) > MOST:
        return {}
    return {float(answer): int(n) for answer, n in found.itertuples(index=False, name=None)}
