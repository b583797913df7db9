"""Selections in words."""

from __future__ import annotations

from journey.app.parts.paths_words import way_described
from journey.draw.words import Say
from journey.events.selection import Selection, Step

__all__ = ["MISSING", "described", "step_described", "written"]

MISSING = "–"  # how a missing value is written
MOST = 4  # touchpoints of a way that are named


def written(value: str | None) -> str:
    """A value of an attribute as the reader sees it; one that looks like the sign for missing stands in quotes."""
    if value is None:
        return MISSING
    return f"“{value}”" if value.strip("“”") == MISSING else value


def described(selection: Selection, say: Say) -> list[str]:
    """Each condition of a selection as a short phrase."""
    told = [f"{name}: {', '.join(map(written, values))}" for name, values in selection.where]
    if selection.start or selection.end:
        first = say.day(selection.start) if selection.start else "…"
        last = say.day(selection.end) if selection.end else "…"
        told.append(say("began {first} – {last}", first=first, last=last))
    told += [say("met {touchpoint}", touchpoint=name) for name in selection.did]
    told += [say("did not meet {touchpoint}", touchpoint=name) for name in selection.did_not]
    return told + [step_described(step, say) for step in selection.steps]


def step_described(step: Step, say: Say) -> str:
    """One condition on the way as a short phrase."""
    kind, *words = step
    if kind == "walked" and len(words) == 2:
        return say("{source} → {target}", source=words[0], target=words[1])
    if kind == "met":
        return say("met {touchpoint}", touchpoint=", ".join(words))
    if kind == "began" and words:
        return say("begins at {touchpoint}", touchpoint=words[0])
    if kind == "ended" and words:
        return say("ends at {touchpoint}", touchpoint=words[0])
    if kind == "took":
        way = " → ".join(words if len(words) <= MOST else [*words[: MOST - 1], "…", words[-1]])
        return say("exactly {way}", way=way)
    if kind == "without" and len(words) == 2:
        return say("{met} without {other}", met=words[0], other=words[1])
    if kind == "answered" and len(words) >= 3:
        role = {"satisfaction": say("Satisfaction"), "effort": say("Effort"), "nps": say("NPS")}.get(words[0], words[0])
        where = words[3] if len(words) > 3 else say("anywhere")
        return say("{role} {low}–{high} at {touchpoint}", role=role, low=words[1], high=words[2], touchpoint=where)
    return way_described(step, say) or " · ".join(step)
