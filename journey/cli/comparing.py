"""How a comparison is asked for in a terminal, and how it looks there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.analysis.compare_differences import Difference
from journey.cli import show
from journey.cli.machine import print_json
from journey.draw.compare_words import amount, apart, headline, title, told, verdict
from journey.draw.words import place, share
from journey.errors import JourneyError
from journey.events.part import during, rest

__all__ = ["comparison", "sides"]

REST = "everything else"
# Characters from which both sides' intervals have room.
WIDE = 120


def sides(log: jn.EventLog, a: Sequence[str], b: Sequence[str]) -> tuple[jn.EventLog, jn.EventLog, tuple[str, str]]:
    """The two parts of a log and what they are called; without B, everything else."""
    if not a:
        raise JourneyError("Say what to compare: --a NAME=VALUE or --a FROM..TO, and the same with --b.")
    one = _part(log, a, "--a")
    other = _part(log, b, "--b") if b else rest(log, one)
    return one, other, (", ".join(a), ", ".join(b) or REST)


def _part(log: jn.EventLog, conditions: Sequence[str], option: str) -> jn.EventLog:
    for condition in conditions:
        name, equals, value = condition.partition("=")
        start, dots, end = (value if name == "began" else condition).partition("..")
        if dots and name == "began":
            log = log.between(start or None, end or None)
        elif equals:
            log = log.where({name: log.typed(name, value)})
        elif dots:
            log = during(log, start, end)
        else:
            raise JourneyError(
                f"{option} {condition}: write it as NAME=VALUE, “segment=B2B”; as FROM..TO, “2026-01-01..2026-04-01” "
                "(visits from the first day to before the second); or as began=FROM..TO (cases that began then)."
            )
    return log


def comparison(log: jn.EventLog, found: jn.Comparison, *, top: int, as_json: bool) -> None:
    """The verdict on the graphs, the journey as a whole, and the clear differences."""
    if as_json:
        fields = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
        print_json({**show.about(log), "comparison": fields})
        return
    show.heading(log)
    show.line(headline(found))
    show.line(f"{found.a.name}: {found.a.cases:,} cases; {found.b.name}: {found.b.cases:,} cases.")
    if found.walk is not None:
        show.line(
            f"Divergence of what comes next {found.walk.divergence:.4f} bits, {found.walk.chance:.4f} by chance "
            f"({found.walk.permutations:,} permutations)."
        )
    if found.both_sides:
        kept = found.a.name if found.kept_by == "a" else found.b.name
        show.line(f"{found.both_sides:,} cases stand on both sides; they count for “{kept}” only.")
    _table("the journey as a whole", found.key, found)
    _table("touchpoint", [one for one in found.touchpoints if one.clear][:top], found)
    _table("transition", [one for one in found.transitions if one.clear][:top], found)
    clear = sum(one.clear for one in found.touchpoints), sum(one.clear for one in found.transitions)
    show.line(
        f"Clear are {clear[0]} of {len(found.touchpoints)} differences of touchpoints and {clear[1]} of "
        f"{len(found.transitions)} of transitions: they stand out at a false discovery rate of {share(found.q)}, and "
        "the 95% interval leaves out 0. Differences are A less B; pp: percentage points. Association is not cause."
    )


def _table(first: str, rows: Sequence[Difference], found: jn.Comparison) -> None:
    """The sides with their intervals where there is room, and always the difference with its own."""
    if not rows:
        return
    wide, whole = show.out.width >= WIDE, rows[0].at is None
    measured = whole or len({one.of for one in rows}) > 1
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in [first] if whole else [first, "measure"] if measured else [first]:
        table.add_column(name, justify="left")
    for name in (found.a.name, found.b.name, "difference"):
        table.add_column(escape(name), justify="right", no_wrap=name == "difference")
    for one in rows:
        at = " → ".join(place(end) for end in one.at) if isinstance(one.at, tuple) else one.at or ""
        names = [*([] if whole else [escape(at)]), *([title(one.of)] if measured else [])]
        values = [told(one.of, m) if wide else amount(one.of, m.value) for m in (one.a, one.b)]
        table.add_row(*names, *values, apart(one) + ("" if one.clear else f" {verdict(one)}"))
    show.out.print(table)
