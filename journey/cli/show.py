"""How answers look in a terminal, and as JSON."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

import journey as jn
from journey.draw.words import place, why
from journey.model import COMPONENTS

__all__ = ["error", "friction", "funnel", "line", "progress", "report", "variants"]

out = Console()
err = Console(stderr=True)
# A bar before two seconds would only flicker.
PATIENCE = 2.0


def line(text: str) -> None:
    out.print(Text(text))


def error(text: str) -> None:
    err.print(Text(text, style="bold"))


@contextmanager
def progress(title: str) -> Iterator[Callable[[float | None], None]]:
    """A bar on stderr for what takes longer than two seconds."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, transient=True)
    task = bar.add_task(escape(title), total=None)
    began, started = time.monotonic(), False

    def step(share: float | None) -> None:
        nonlocal started
        if not started and time.monotonic() - began > PATIENCE:
            bar.start()
            started = True
        bar.update(task, total=None if share is None else 1.0, completed=share or 0.0)

    try:
        yield step
    finally:
        if started:
            bar.stop()


def _json(data: Any) -> None:
    print(json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, indent=2))


def _plain(data: Any) -> Any:
    """Results as what JSON knows."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {field.name: _plain(getattr(data, field.name)) for field in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple, Sequence)) and not isinstance(data, str):
        return [_plain(value) for value in data]
    if isinstance(data, (Path, datetime)):
        return str(data) if isinstance(data, Path) else data.isoformat()
    return data


def _about(log: jn.EventLog) -> dict[str, Any]:
    whole = log.index
    return {
        "journey": log.recipe.name,
        "events": log.events,
        "cases": log.cases,
        "customers": log.customers,
        "of_cases": whole.sizes.cases,
        "of_customers": whole.sizes.customers,
    }


def _heading(log: jn.EventLog) -> None:
    about = _about(log)
    share = f" ({log.cases / log.index.sizes.cases:.1%} of all cases)" if log.filters else ""
    out.print(
        Text(f"{about['journey']}", style="bold"),
        Text(f"{log.cases:,} cases of {log.customers:,} customers, {log.events:,} events{share}"),
    )


# --- friction --------------------------------------------------------------------------------------


def friction(log: jn.EventLog, ranking: jn.Ranking, *, top: int, as_json: bool) -> None:
    """The ranking with its components, and a sentence on each of the worst."""
    if as_json:
        _json({**_about(log), "terms": ranking.terms, "friction": list(ranking)})
        return
    _heading(log)
    used = [name for name in COMPONENTS if any(name in one.components for one in ranking)]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", justify="right")
    table.add_column("where it hurts", min_width=16)
    for name in ("burden", "top 3", "score"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in used:
        table.add_column(name[:7], justify="right")
    table.add_column("visits", justify="right")
    for one in ranking[:top]:
        parts = [f"{one.contributions[name]:.1f}" if name in one.contributions else "–" for name in used]
        table.add_row(
            str(one.rank),
            escape(place(one.at)),
            _interval(one.burden, ",.0f"),
            f"{one.p_top3:.0%}",
            _interval(one.score, ".1f"),
            *parts,
            f"{one.score.n:,}",
        )
    out.print(table)
    for one in ranking[: min(top, 3)]:
        out.print(Text("  " + why(one)))
    out.print(Text(_terms(ranking), style="dim"))


def _terms(ranking: jn.Ranking) -> str:
    terms = ranking.terms
    source = {"recipe": "from the recipe", "asked": "as asked", "data": "from the data"}[terms.window_from]
    goal = ", ".join(terms.goal) if terms.goal else "none named, so exits are not judged unless ends are"
    usual = sum(origin == "data" for origin in terms.promises_from.values())
    waits = f" {usual} waits are held against the median of the cases that reached the goal." if usual else ""
    return (
        f"Goal: {goal}. Window: {_duration(terms.window_us)} ({source}).{waits} Points add up to the score; burden is visits × "
        "excess over expected severity. Intervals are 95 %. Association is not cause."
    )


def _duration(micros: int) -> str:
    seconds = micros // 1_000_000
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0 and seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _interval(measure: jn.Measure, form: str) -> str:
    if measure.value is None or measure.low is None or measure.high is None:
        return "–"
    return f"{measure.value:{form}} ({measure.low:{form}}–{measure.high:{form}})"


# --- variants, funnels -----------------------------------------------------------------------------


def variants(log: jn.EventLog, found: Sequence[jn.Variant], *, as_json: bool) -> None:
    if as_json:
        _json({**_about(log), "variants": list(found)})
        return
    _heading(log)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, side in (("cases", "right"), ("share", "right"), ("median time", "right"), ("way", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for one in found:
        table.add_row(f"{one.cases:,}", f"{one.share.value:.1%}", _time(one.duration_s), escape(" → ".join(one.steps)))
    out.print(table)
    shown = sum(one.cases for one in found)
    out.print(
        Text(
            f"These {len(found)} ways were taken by {shown:,} of {log.cases:,} cases ({shown / log.cases:.1%}).",
            style="dim",
        )
    )


def funnel(log: jn.EventLog, steps: Sequence[jn.FunnelStep], *, as_json: bool) -> None:
    if as_json:
        _json({**_about(log), "funnel": list(steps)})
        return
    _heading(log)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("touchpoint")
    for name in ("cases", "of the step before", "of the first", "median time"):
        table.add_column(name, justify="right")
    for step in steps:
        table.add_row(
            escape(step.touchpoint),
            f"{step.cases:,}",
            _interval(step.of_previous, ".1%"),
            _interval(step.of_first, ".1%"),
            "–" if step.wait_median_s is None else _time(step.wait_median_s),
        )
    out.print(table)


def _time(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


# --- what was read ---------------------------------------------------------------------------------


def report(log: jn.EventLog, quarantine: Path | None, *, as_json: bool) -> None:
    """What was understood of recipe and tables, and what was set aside."""
    told = log.report
    if as_json:
        _json(
            {
                **_about(log),
                "touchpoints": log.touchpoints,
                "report": told,
                "quarantined": told.quarantined,
                "quarantine_file": quarantine,
            }
        )
        return
    _heading(log)
    for sentence in log.recipe.explain():
        line(f"  {sentence}")
    for table in told.tables:
        out.print(
            Text(f"{table.path}", style="bold"),
            Text(f"{table.read:,} rows read, {table.kept:,} kept, {table.events:,} events"),
        )
        for name, how in table.understood.items():
            line(f"  {name}: {how}")
        for reason, n in {**table.quarantined, **table.set_aside}.items():
            line(f"  set aside: {n:,} × {reason}")
        for reason, n in table.left_out.items():
            line(f"  left out as asked: {n:,} × {reason}")
    for scale in told.scales:
        rate = told.answer_rates.get(scale.name)
        rated = "" if rate is None else f", {rate:.1%} of visits answered"
        line(f"Scale {scale.name} ({scale.low:g}–{scale.high:g}, {scale.good} is good): answers {_span(scale)}{rated}")
    if told.first and told.last:
        line(f"From {told.first:%Y-%m-%d %H:%M} to {told.last:%Y-%m-%d %H:%M} UTC, {len(log.touchpoints)} touchpoints.")
    if told.ties:
        line(f"{told.ties:,} events have the same time as the next of their case: they keep the order of the rows.")
    if told.duplicates:
        line(f"{told.duplicates:,} events repeat another (same case, touchpoint and time). They were kept.")
    if told.seen_once:
        line(f"Seen once only: {', '.join(told.seen_once[:12])}{' …' if len(told.seen_once) > 12 else ''}")
    for note in told.notes:
        line(note)
    if quarantine:
        line(f"Rows set aside are in {quarantine}.")


def _span(scale: Any) -> str:
    return "none" if not scale.n else f"{scale.lowest:g}–{scale.highest:g} (n = {scale.n:,})"
