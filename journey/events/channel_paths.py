"""Tables of paths, as marketing tools export them: which touchpoints came before a conversion, and how often."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pandas as pd

from journey.errors import InputError, suggest
from journey.model import END, START, Journey, Place, Touchpoint, Transition

__all__ = ["ChannelPath", "PathJourney", "read_paths"]

COLUMNS: Final = ("path", "total_conversions", "total_null")
SEPARATOR: Final = " > "
NAMED: Final = 5  # bad rows told in full
LARGEST: Final = 2**53


@dataclass(frozen=True, slots=True)
class ChannelPath:
    """One way: its touchpoints in order, how many cases converted after it, and how many never did."""

    steps: tuple[str, ...]
    conversions: int
    nulls: int


@dataclass(frozen=True, kw_only=True)
class PathJourney(Journey):
    """A journey made of a table of paths, which it keeps: attribution and order need to know who met what together."""

    paths: tuple[ChannelPath, ...] = ()

    def to_json(self) -> str:
        """The journey as JSON text, which `Journey.from_json` reads back; the paths themselves are left out."""
        own = {field.name: getattr(self, field.name) for field in dataclasses.fields(Journey)}
        return Journey(**own).to_json()


def read_paths(
    table: pd.DataFrame | str | Path, *, separator: str | None = None, goal: str = "Conversion"
) -> PathJourney:
    """The journey behind a table of paths with the columns `path; total_conversions; total_null`.

    table      a DataFrame, or the path of a CSV file (semicolons, commas or tabs). A row is a way, “Search > E-mail >
               Shop”, with the cases that converted after it and those that never did. Without total_null all converted.
               Other columns are left alone
    separator  what stands between touchpoints; “ > ” if nothing is said, so that a name may hold “>” itself. Blanks
               around a name are cut off
    goal       what the conversion is called in the journey; no touchpoint may have that name

    Equal ways are added up. Moves are cases times steps; there are no times, so waits are missing. Raises InputError,
    with a sentence for each bad row, for empty ways and steps and for numbers that are no counts.
    """
    rows = table if isinstance(table, pd.DataFrame) else _read(Path(table))
    if rows.empty:
        raise InputError("The table of paths has no row.")
    names = _columns(rows)
    ways = [_text(value) for value in rows[names[0]]]
    between = separator if separator is not None else _between(ways)
    if not between.strip():
        raise InputError("The separator between touchpoints needs a character that is no blank, for example “ > ”.")
    bad: list[str] = []
    found: dict[tuple[str, ...], list[int]] = {}
    for at, way in enumerate(ways, start=1):
        steps = tuple(step.strip() for step in way.split(between))
        counts = [_count(rows[name].iloc[at - 1]) for name in names[1:]]
        wrong = _wrong(way, steps, goal, names[1:], counts, rows.iloc[at - 1])
        if wrong:
            bad.append(f"Row {at}: {wrong}")
            continue
        total = found.setdefault(steps, [0, 0])
        for k, count in enumerate(counts):
            total[k] += count or 0
    if bad:
        more = f" And {len(bad) - NAMED} more rows." if len(bad) > NAMED else ""
        raise InputError("This table of paths can't be used as it is. {bad}", bad=" ".join(bad[:NAMED]) + more)
    paths = tuple(ChannelPath(steps, *counts) for steps, counts in found.items() if any(counts))
    if not paths:
        raise InputError("No path of the table was taken by anyone: all its counts are 0.")
    return _journey(paths, goal)


def _read(file: Path) -> pd.DataFrame:
    """The table as text, cut at whichever separator its header holds most of."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            header = lines.readline()
        if not header.strip():
            raise InputError("{file} is empty.", file=str(file))
        cut = max(";,\t", key=header.count)
        return pd.read_csv(file, sep=cut, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except FileNotFoundError as error:
        raise InputError("There is no file {file}.", file=str(file)) from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError("{file} can't be read as a CSV table: {why}.", file=str(file), why=str(error)) from error


def _columns(rows: pd.DataFrame) -> list[str]:
    """The table's own names of the columns, whatever their case; the last may be absent."""
    known = {str(name).strip().casefold(): str(name) for name in rows.columns}
    for name in COLUMNS[:2]:
        if name not in known:
            hint = suggest(name, [str(column) for column in rows.columns], known="columns")
            raise InputError("The table of paths has no column “{name}”.{hint}", name=name, hint=hint)
    return [known[name] for name in COLUMNS if name in known]


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)


def _between(ways: Sequence[str]) -> str:
    """The usual separator, unless the table looks as if it had another one."""
    if any(">" in way for way in ways) and not any(SEPARATOR in way for way in ways):
        raise InputError(
            'No path holds “ > ” with blanks, but some hold “>”: say separator=">" if that stands between '
            'touchpoints, or separator=" > " if it belongs to their names.'
        )
    return SEPARATOR


def _count(value: Any) -> int | None:
    """A whole number of 0 or more; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if 0 <= number <= LARGEST and number == int(number) else None


def _wrong(
    way: str, steps: Sequence[str], goal: str, names: Sequence[str], counts: Sequence[int | None], row: Any
) -> str | None:
    """What is wrong with a row, in a sentence."""
    if not way.strip():
        return "the path is empty."
    if not all(steps):
        return f"step {steps.index('') + 1} of “{way}” is empty."
    if goal in steps:
        return f"“{goal}” is a touchpoint of “{way}”; call the conversion something else (goal=…)."
    for name, count in zip(names, counts, strict=True):
        if count is None:
            told = _text(row[name]).strip()
            return f"{name} is {f'“{told}”' if told else 'missing'}; it is a whole number of 0 or more."
    return None


def _journey(paths: tuple[ChannelPath, ...], goal: str) -> PathJourney:
    moves: Counter[tuple[Place, Place]] = Counter()
    walked: Counter[tuple[Place, Place]] = Counter()
    visits: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    place: Counter[str] = Counter()
    for steps, went, n in _walks(paths, goal):
        for at, name in enumerate(steps):
            visits[name] += n
            place[name] += n * at
        for name in set(steps):
            cases[name] += n
        for edge in went:
            moves[edge] += n
        for edge in set(went):
            walked[edge] += n
    leaving: Counter[Place] = Counter()
    for (source, _), n in moves.items():
        leaving[source] += n
    edges = [
        Transition(source=a, target=b, moves=n, cases=walked[a, b], share=n / leaving[a]) for (a, b), n in moves.items()
    ]
    names = sorted(visits, key=lambda name: (name == goal, place[name] / visits[name], name))
    total = leaving[START]
    return PathJourney(
        touchpoints=tuple(
            Touchpoint(
                name=name, visits=visits[name], cases=cases[name], starts=moves[START, name], ends=moves[name, END]
            )
            for name in names
        ),
        transitions=tuple(sorted(edges, key=lambda edge: (-edge.moves, str(edge.source), str(edge.target)))),
        goal=(goal,),
        cases=total,
        customers=total,
        events=sum(visits.values()),
        reached=sum(path.conversions for path in paths),
        paths=paths,
    )


def _walks(paths: Sequence[ChannelPath], goal: str) -> Iterator[tuple[tuple[str, ...], list[tuple[Place, Place]], int]]:
    """Each way with its moves, as those who converted and those who did not went it."""
    for path in paths:
        for steps, n in (((*path.steps, goal), path.conversions), (path.steps, path.nulls)):
            if n:
                places: list[Place] = [START, *steps, END]
                yield steps, list(pairwise(places)), n
