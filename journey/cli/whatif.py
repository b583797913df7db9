"""The verb `what-if`: how changes are asked for in a terminal, and how what they would bring looks there."""

from __future__ import annotations

import json as text
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.analysis.whatif_changes import Change, Leave, Rating, Scenario, Send, Share, Wait, read
from journey.analysis.whatif_effect import Effect
from journey.cli import show
from journey.cli.common import Folder, Goal, Json, Recipe, Since, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.whatif_words import (
    ASSUMPTION,
    FIGURES,
    amount,
    changed,
    difference,
    figures,
    headline,
    noted,
    tied,
    to_end,
)
from journey.errors import JourneyError, suggest
from journey.model import END, START, Place
from journey.store import Scenarios, address, connect

__all__ = ["options", "places", "scenarios", "what_if"]

CURRENT = "as asked"
ENDS = 6  # places where cases end that are listed
SIDE_BY_SIDE = ("goal_rate", "reached", "money", "burden")
WIDE = 130  # characters from which every difference has room for its interval


@app.command("what-if")
def what_if(
    recipe: Recipe,
    leave: Annotated[
        list[str] | None, typer.Option(metavar="AT=-20%", help="Fewer (−) or more (+) leave there, relative to today.")
    ] = None,
    send: Annotated[
        list[str] | None,
        typer.Option(metavar="AT>LESS>MORE=10%", help="So many of those who go from AT to LESS go to MORE instead."),
    ] = None,
    share: Annotated[
        list[str] | None, typer.Option(metavar="AT>TO=40%", help="So many of those at AT go to TO.")
    ] = None,
    wait: Annotated[
        list[str] | None, typer.Option(metavar="AT=-50%", help="The wait for AT (or FROM>AT) is shorter or longer.")
    ] = None,
    rating: Annotated[
        list[str] | None, typer.Option(metavar="AT=+0.5", help="Mean satisfaction there is so many points better.")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON: a list of changes, or of named scenarios."),
    ] = None,
    value: Annotated[
        float | None, typer.Option(help="What one more case with the goal is worth (default: the recipe's goal_value).")
    ] = None,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Save these changes as a scenario.")] = None,
    saved: Annotated[bool, typer.Option("--saved", help="Compare the scenarios that were saved.")] = False,
    folder: Folder = None,
    goal: Goal = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """What if fewer left, some were sent another way, waits were shorter, ratings better: goal rate, cases, money.

    Options may be repeated. (start) and (end) are where cases begin and leave. Names that hold “>” may need a file.

    Example: python -m journey what-if data/lumo/journey.yaml --leave "ID check=-20%"
    Example: python -m journey what-if data/lumo/journey.yaml --send "ID check>(end)>Support chat=10%" --value 500
    """
    log = part(opened(recipe, folder), where, since, until)
    asked = options(log, leave or [], send or [], share or [], wait or [], rating or [])
    basis = jn.suppose(log, goal=goal or None, value=value)
    store = Scenarios(connect(address()), str(recipe.resolve())) if save is not None or saved else None
    several = scenarios(asked, changes, store if saved else None)
    if not several:
        raise JourneyError(
            "Say what to change: --leave, --send, --share, --wait, --rating or --changes FILE; see what-if --help."
        )
    found = _answered(basis, several)
    if save is not None and store is not None:
        store.save(Scenario(save, _only(several)))
    if json:
        print_json({**show.about(log), "scenarios": [_plain(name, one, basis) for name, one in found.items()]})
        return
    show.heading(log)
    if len(found) == 1:
        _one(next(iter(found.values())), basis, log)
    else:
        _several(found, basis)
    show.line(ASSUMPTION)


def _answered(basis: jn.Basis, asked: dict[str, Scenario]) -> dict[str, Effect]:
    """What each scenario brings; of several, one that can't be is told of, and hides no other."""
    found = {}
    for name, one in asked.items():
        try:
            found[name] = basis.what_if(one.changes)
        except JourneyError as error:
            if len(asked) == 1 or name == CURRENT:
                raise
            show.error(f"{name}: {error}")
    return found


def _only(asked: dict[str, Scenario]) -> tuple[Change, ...]:
    if len(asked) > 1:
        raise JourneyError("--save keeps one scenario: leave --saved and files with several out.")
    return next(iter(asked.values())).changes


# --- what is asked for -----------------------------------------------------------------------------


def options(
    log: jn.EventLog,
    leave: Sequence[str],
    send: Sequence[str],
    share: Sequence[str],
    wait: Sequence[str],
    rating: Sequence[str],
) -> tuple[Change, ...]:
    """The changes that the options ask for: shares that are set first, then the others by kind."""
    found: list[Change] = []
    for told in share:
        (at, to), part_ = _told(log, told, "--share", (2,))
        found.append(Share(at, to, part_))
    for told in leave:
        (at,), by = _told(log, told, "--leave", (1,))
        found.append(Leave(_touchpoint(at, "--leave"), by))
    for told in send:
        (at, less, more), part_ = _told(log, told, "--send", (3,))
        found.append(Send(at, less, more, part_))
    for told in wait:
        way, by = _told(log, told, "--wait", (1, 2))
        names = [_touchpoint(place, "--wait") for place in way]
        found.append(Wait(names[-1], 1 + by, names[0] if len(names) == 2 else None))
    for told in rating:
        (at,), by = _told(log, told, "--rating", (1,), percent=False)
        found.append(Rating(_touchpoint(at, "--rating"), by))
    return tuple(found)


def _told(
    log: jn.EventLog, told: str, option: str, many: tuple[int, ...], *, percent: bool = True
) -> tuple[tuple[Place, ...], float]:
    """The places and the number of an option: what stands before the last “=”, and after it."""
    names, equals, number = told.rpartition("=")
    form = {"--leave": "AT=-20%", "--send": "AT>LESS>MORE=10%", "--share": "AT>TO=40%", "--wait": "AT=-50%"}
    if not equals:
        raise JourneyError(f"{option} {told}: write it as {form.get(option, 'AT=+0.5')}.")
    return places(log, names, option, many), _number(number, option, percent=percent)


def _number(told: str, option: str, *, percent: bool) -> float:
    found = re.fullmatch(r"\s*([+\-−]?\d*\.?\d+(?:e[+-]?\d+)?)\s*(%?)\s*", told, re.IGNORECASE)
    if not found or (found[2] and not percent):
        wanted = "a share such as 20% or 0.2" if percent else "a number of points such as 0.5"
        raise JourneyError(f"{option}: expected {wanted}, got “{told.strip()}”.")
    number = float(found[1].replace("−", "-"))
    return number / 100 if found[2] else number


def places(log: jn.EventLog, told: str, option: str, many: tuple[int, ...]) -> tuple[Place, ...]:
    """Places with “>” between them, however many of these are part of a name, if there is but one way to read them.

    many   how many places are allowed
    """
    known: dict[str, Place] = {name: name for name in log.touchpoints}
    known |= {str(end): end for end in (START, END) if str(end) not in known}
    by_trimmed = {name.strip(): place for name, place in known.items()}
    ways = [way for n in many for way in _split(told.split(">"), n) if all(name.strip() in by_trimmed for name in way)]
    if len(ways) == 1:
        return tuple(by_trimmed[name.strip()] for name in ways[0])
    if ways:
        raise JourneyError(f"{option} “{told}” can be read in {len(ways)} ways: write it into a file, see --changes.")
    parts = [one.strip() for one in told.split(">")]
    unknown = next((one for one in parts if one not in by_trimmed), None)
    if unknown is None or len(parts) not in many:
        expected = " or ".join(str(n) for n in many)
        raise JourneyError(f"{option} “{told}”: expected {expected} touchpoints with “>” between them.")
    raise JourneyError(
        f"{option}: there is no touchpoint “{unknown}”.{suggest(unknown, by_trimmed, known='touchpoints')}"
    )


def _split(pieces: Sequence[str], n: int) -> Iterable[tuple[str, ...]]:
    """All ways to make n names of the pieces, in order."""
    if n == 1:
        yield (">".join(pieces),)
        return
    for first in range(1, len(pieces) - n + 2):
        for rest in _split(pieces[first:], n - 1):
            yield (">".join(pieces[:first]), *rest)


def _touchpoint(place: Place, option: str) -> str:
    if not isinstance(place, str):
        raise JourneyError(f"{option}: {place} is no touchpoint.")
    return place


def scenarios(asked: tuple[Change, ...], file: Path | None, store: Scenarios | None) -> dict[str, Scenario]:
    """Scenarios by name: those that are saved, those of the file, and what the options ask for."""
    found = dict(store.all()) if store is not None else {}
    told = _file(file) if file is not None else []
    if told and not all(isinstance(one, dict) and "changes" in one for one in told):
        asked = (*read(told), *asked)
    else:
        for n, one in enumerate(told, start=1):
            name = str(one.get("name") or n)
            found[name] = Scenario(name, read(one["changes"]))
    if asked:
        found[CURRENT] = Scenario(CURRENT, asked)
    return found


def _file(file: Path) -> list[Any]:
    try:
        told = text.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise JourneyError(f"{file}: this is no JSON ({error}).") from error
    if not isinstance(told, list):
        raise JourneyError(f"{file}: expected a list of changes, or of scenarios with “name” and “changes”.")
    return told


# --- what it brings --------------------------------------------------------------------------------


def _plain(name: str, effect: Effect, basis: jn.Basis) -> dict[str, Any]:
    return {
        "name": name,
        "changes": text.loads(Scenario(name, effect.changes).to_json()),
        **{figure: getattr(effect, figure) for figure in FIGURES},
        "per_month": effect.per_month,
        "value": basis.value,
        "currency": basis.currency,
        "by": [{"at": place, "cases": cases} for place, cases in effect.by.items()],
        "ends": effect.ends,
        "ties": effect.ties,
        "notes": [noted(note) for note in effect.notes],
    }


def _one(effect: Effect, basis: jn.Basis, log: jn.EventLog) -> None:
    goal = " or ".join(f"“{name}”" for name in basis.flow.goal)
    for change in effect.changes:
        show.line(f"• {changed(change)}")
    show.line(headline(effect, goal))
    table = _table("", "today", "then", "difference (95%)")
    units = {"money": basis.currency or "", "burden": (basis.currency or "") if basis.costs else ""}
    for name, shift in figures(effect).items():
        unit = f", {units[name]}" if units.get(name) else ""
        title = f"{FIGURES[name][0]}{unit}"
        today, then = (amount(name, one.value) for one in (shift.today, shift.then))
        table.add_row(escape(title), today, then, difference(name, shift.gain))
    show.out.print(table)
    if effect.per_month is not None and effect.reached.gain.value:
        months = f"{basis.months:.1f}" if basis.months else ""
        told = difference("reached", effect.per_month)
        show.line(f"A month: {told} cases with the goal; the log spans {months} months.")
    _ends(effect, goal)
    for tie in effect.ties:
        show.line(tied(tie))
    for note in effect.notes:
        show.line(noted(note))


def _ends(effect: Effect, goal: str) -> None:
    """Where cases end instead; nothing where none does."""
    if len(effect.ends) < 2 or not any(end.gain.value for end in effect.ends[1:]):
        return
    kept = [end for end in effect.ends if not end.others][: ENDS + 1]
    table = _table("cases that", "today", "then", "difference (95%)")
    for end in kept:
        title = escape(to_end(end.at, 0, goal))
        table.add_row(title, f"{end.today:,.0f}", f"{end.then:,.0f}", difference("reached", end.gain))
    show.out.print(table)


def _several(found: dict[str, Effect], basis: jn.Basis) -> None:
    """Scenarios side by side: what each brings against today, and beyond the first."""
    wide = show.out.width >= WIDE
    named = [name for name in SIDE_BY_SIDE if any(getattr(one, name) is not None for one in found.values())]
    titles = [FIGURES[name][0] for name in named]
    table = _table("against today", *titles, *(["goal rate beyond the first"] if wide else []), wrap=not wide)
    first = next(iter(found.values()), None)
    for name, effect in found.items():
        cells = [
            _gain(one, getattr(effect, one).gain if getattr(effect, one) else jn.Measure.missing(), wide)
            for one in named
        ]
        if wide and first is not None:
            beyond = basis.contrast(first, effect).goal_rate
            cells.append("" if effect is first else difference("goal_rate", beyond))
        table.add_row(escape(name), *cells)
    show.out.print(table)
    for name, effect in found.items():
        show.line(f"{name}: {'; '.join(changed(change) for change in effect.changes)}")


def _gain(name: str, gain: jn.Measure, wide: bool) -> str:
    """A difference; where there is little room only the goal rate has its interval."""
    return difference(name, gain if wide or name == "goal_rate" else jn.Measure(gain.value, None, None, gain.n))


def _table(first: str, *others: str, wrap: bool = False) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, justify="left", min_width=12)
    for name in others:
        table.add_column(name, justify="right", no_wrap=not wrap)
    return table
