"""What is said of a flow: names, hovers, and the whole of it for those who can't see it."""

from __future__ import annotations

from journey.draw.sheet import percent
from journey.draw.words import Say, interval
from journey.events.paths import Link, Paths, Stop

__all__ = ["alt", "link_told", "stop_name", "stop_told"]


def stop_name(found: Paths, stop: Stop, say: Say) -> str:
    """A bar's name."""
    if stop.place is None:
        return say("{n} others", n=len(stop.others))
    if isinstance(stop.place, str):
        return stop.place
    return say("Begins here") if found.back else say("Ends here")


def stop_told(found: Paths, stop: Stop, part: int | None, say: Say) -> list[str]:
    """A bar, line by line; `part` of its cases are laid over."""
    lines = [
        stop_name(found, stop, say),
        say(
            "{n:,} of the {of:,} cases: {share}",
            n=stop.cases,
            of=found.cases,
            share=interval(stop.share, ".1%", say),
        ),
    ]
    if stop.step:
        where = (
            say("Step {n} before the first visit to {anchor}", n=stop.step, anchor=found.anchor)
            if found.back
            else say("Step {n} after the first visit to {anchor}", n=stop.step, anchor=found.anchor)
        )
        lines.append(where)
    if stop.others:
        lines.append(
            say("Among them: {names}", names=", ".join(stop.others[:6]) + (" …" if len(stop.others) > 6 else ""))
        )
    if part is not None:
        lines.append(say("{n:,} of the chosen cases", n=part))
    return lines


def link_told(found: Paths, link: Link, part: int | None, say: Say) -> list[str]:
    """A band, line by line; `part` of its cases are laid over."""
    near, far = found.stop(link.step, link.near), found.stop(link.step + 1, link.far)
    assert near is not None
    assert far is not None
    first, then = (far, near) if found.back else (near, far)
    lines = [
        f"{stop_name(found, first, say)} → {stop_name(found, then, say)}",
        say("{n:,} cases", n=link.cases),
        say(
            "{share} of the {of:,} at {name}",
            share=interval(link.share, ".1%", say),
            of=link.share.n,
            name=stop_name(found, near, say),
        ),
    ]
    if part is not None:
        lines.append(say("{n:,} of the chosen cases", n=part))
    return lines


def alt(found: Paths, say: Say) -> str:
    """The whole flow in words."""
    told = (
        say(
            "The {n} steps before the first visit to {anchor}, {cases:,} cases.",
            n=found.steps,
            anchor=found.anchor,
            cases=found.cases,
        )
        if found.back
        else say(
            "The {n} steps after the first visit to {anchor}, {cases:,} cases.",
            n=found.steps,
            anchor=found.anchor,
            cases=found.cases,
        )
    )
    steps = []
    for step in range(1, found.steps + 1):
        named = ", ".join(f"{stop_name(found, stop, say)} {percent(stop.share.value, say)}" for stop in found.at(step))
        if named:
            steps.append(say("Step {n}: {named}.", n=step, named=named))
    return " ".join([told, *steps])
