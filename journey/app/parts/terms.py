"""What a ranking was measured by, in sentences."""

from __future__ import annotations

import journey as jn
from journey.app.text import _, plain

__all__ = ["duration", "terms"]


def terms(ranking: jn.Ranking) -> str:
    """Goal, window and promises of a ranking, and how to read it."""
    found = ranking.terms
    source = {"recipe": _("from the recipe"), "asked": _("as asked"), "data": _("from the data")}[found.window_from]
    goal = plain(", ".join(found.goal)) or _("none named")
    usual = sum(origin == "data" for origin in found.promises_from.values())
    waits = _("{n} waits are held against the median of the cases that reached the goal. ", n=usual) if usual else ""
    return _(
        "Goal: {goal}. Exits, returns and calls count within {window} ({source}). {waits}Burden is visits × "
        "excess over the expected severity × its cost. Intervals are 95%. Association is not cause: this says "
        "where it hurts, not what a change would bring.",
        goal=goal,
        window=duration(found.window_us),
        source=source,
        waits=waits,
    )


def duration(micros: int) -> str:
    """A window in the largest unit that fits it evenly."""
    seconds = micros // 1_000_000
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0 and seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
