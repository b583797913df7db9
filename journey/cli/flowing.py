"""How flow looks in a terminal."""

from __future__ import annotations

import dataclasses

from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.machine import print_json
from journey.draw.words import interval, place, share, span
from journey.model import Measure

__all__ = ["flow"]


def flow(log: jn.EventLog, found: jn.Flow, *, top: int, as_json: bool) -> None:
    """The goal rate, and what it passes through, waits for and could gain from."""
    if as_json:
        fields = [field.name for field in dataclasses.fields(found) if field.name != "chain"]
        print_json({**show.about(log), "flow": {name: getattr(found, name) for name in fields}})
        return
    show.heading(log)
    seen = f"; {share(found.observed.value)} of the cases did" if found.observed.value is not None else ""
    goal = " or ".join(f"“{name}”" for name in found.goal)
    show.line(f"Goal {goal}: reached with a chance of {interval(found.goal_rate, '.1%')}{seen}.")
    if _outside(found):
        show.line(
            "The two differ because the chain remembers only where a case stands, not how it came there, and counts "
            "the visits after a goal too: read what follows as directions, not as forecasts."
        )
    lasts = f", {span(found.duration_s)}" if found.duration_s is not None else ""
    show.line(f"A case takes {interval(found.steps, '.1f')} steps (sd {found.steps_sd:.1f}){lasts} until goal or end.")
    _removal(found, top)
    _bottlenecks(found, top)
    _levers(found, top)
    show.line(
        f"Shares are of visits; intervals are 95%, n = {found.cases:,} cases. Association is not cause: a lever says "
        "what a shift is worth if those who are moved go on like those who are there; an experiment tells."
    )


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, justify="left")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _removal(found: jn.Flow, top: int) -> None:
    rows = [at for at, one in found.removal.items() if at not in found.goal and one.value]
    if not rows:
        if not found.goal_rate.value:
            show.line("No case reaches the goal, so no touchpoint can be said to carry it.")
        return
    rows.sort(key=lambda at: -_value(found.removal[at]))
    table = _table("goal passes through", "removal effect", "reach", "returns")
    for at in rows[:top]:
        flag = " (mandatory)" if at in found.mandatory else ""
        effect, reach = interval(found.removal[at], ".0%"), interval(found.reach[at], ".0%")
        table.add_row(escape(f"{at}{flag}"), effect, reach, f"{found.returns[at]:.2f}")
    show.out.print(table)
    if found.mandatory:
        show.line("Mandatory: nobody reached the goal without it; that is the order of steps, not its value.")


def _bottlenecks(found: jn.Flow, top: int) -> None:
    if not found.bottlenecks:
        return
    table = _table("time goes by after", "per case", "of all time", "per visit")
    for one in found.bottlenecks[:top]:
        table.add_row(escape(one.at), span(one.seconds), share(one.share), span(one.wait_s))
    show.out.print(table)


def _levers(found: jn.Flow, top: int) -> None:
    if not found.levers:
        return
    table = _table("1% of the visits to", "instead of", "to", "goal rate", "cases")
    for one in found.levers[:top]:
        less, more = escape(place(one.less)), escape(place(one.more))
        table.add_row(
            escape(one.at),
            less,
            more,
            f"{100 * one.gain:+.2f} points",
            f"{one.cases:+,.{0 if one.cases >= 10 else 1}f}",
        )
    show.out.print(table)


def _value(measure: Measure) -> float:
    return measure.value or 0.0


def _outside(found: jn.Flow) -> bool:
    """Whether the chain's goal rate and the observed one have no common ground in their intervals."""
    one, other = found.goal_rate, found.observed
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low
