"""How answers look in a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

import journey as jn
from journey.cli.machine import print_json
from journey.draw.words import interval, place, share, span, why
from journey.model import COMPONENTS
from journey.simulate import Simulated

__all__ = ["about", "error", "friction", "funnel", "heading", "line", "progress", "simulated", "validation", "variants"]

out = Console()
err = Console(stderr=True)
# A bar before two seconds would only flicker.
PATIENCE = 2.0
# Columns for every component need this many characters; else the largest one is named.
WIDE = 150
LEFT = ("where it hurts", "mostly", "way", "touchpoint", "score of")


def line(text: str) -> None:
    out.print(Text(text))


def error(text: str) -> None:
    err.print(Text(text, style="bold"), soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[float | None], None]]:
    """A bar on stderr for what takes longer than two seconds; in a terminal only, for files and pipes want no bars."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, transient=True)
    task = bar.add_task(escape(title), total=None)
    began, started = time.monotonic(), False

    def step(done: float | None) -> None:
        nonlocal started
        if err.is_terminal and not started and time.monotonic() - began > PATIENCE:
            bar.start()
            started = True
        bar.update(task, total=None if done is None else 1.0, completed=done or 0.0)

    try:
        yield step
    finally:
        if started:
            bar.stop()


def about(log: jn.EventLog) -> dict[str, Any]:
    """What every answer begins with: how much was looked at, of how much."""
    sizes = log.index.sizes
    return {
        "journey": log.recipe.name,
        "events": log.events,
        "cases": log.cases,
        "customers": log.customers,
        "of_cases": sizes.cases,
        "of_customers": sizes.customers,
    }


def heading(log: jn.EventLog) -> None:
    part = f" ({share(log.cases / log.index.sizes.cases)} of all cases)" if log.filters else ""
    out.print(
        Text(log.recipe.name, style="bold"),
        Text(f"{log.cases:,} cases of {log.customers:,} customers, {log.events:,} events{part}"),
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in LEFT else "right", no_wrap=name not in LEFT)
    return table


def friction(log: jn.EventLog, ranking: jn.Ranking, *, top: int, as_json: bool) -> None:
    """The ranking with its components, and a sentence on each of the worst."""
    if as_json:
        print_json({**about(log), "terms": ranking.terms, "friction": list(ranking)})
        return
    heading(log)
    used = [name for name in COMPONENTS if any(name in one.components for one in ranking)]
    wide = out.width >= WIDE
    table = _table("", "where it hurts", "burden", "top 3", "score", *(used if wide else ["mostly"]), "visits")
    for one in ranking[:top]:
        most = max(one.contributions, key=lambda name: one.contributions[name], default="–")
        most = most if one.contributions.get(most) else "–"
        points = [f"{one.contributions[name]:.1f}" if name in one.contributions else "–" for name in used]
        table.add_row(
            str(one.rank),
            escape(place(one.at)),
            interval(one.burden, ",.0f"),
            f"{one.p_top3:.0%}",
            interval(one.score, ".1f") if wide else f"{one.score.value or 0:.1f}",
            *(points if wide else [most]),
            f"{one.score.n:,}",
        )
    out.print(table)
    for one in ranking[: min(top, 3)]:
        line(f"• {why(one)}")
    out.print(Text(_terms(ranking, log.recipe.goal), style="dim"))


def _terms(ranking: jn.Ranking, named: Sequence[str]) -> str:
    terms = ranking.terms
    source = {"recipe": "from the recipe", "asked": "as asked", "data": "from the data"}[terms.window_from]
    unmet = "no event is at " + ", ".join(named) if named else "none named"
    goal = ", ".join(terms.goal) if terms.goal else f"{unmet}, so exits are not judged unless ends are"
    usual = sum(origin == "data" for origin in terms.promises_from.values())
    waits = f" {usual} waits are held against the median of the cases that reached the goal." if usual else ""
    return (
        f"Goal: {goal}. Window: {span(terms.window_us / 1e6)} ({source}).{waits} "
        "Burden is visits × excess over what is expected, times its cost; top 3 is the probability of being one of the "
        "three largest; points of the components add up to the score (0–100, high is bad). Intervals are 95%. "
        "Association is not cause."
    )


def validation(log: jn.EventLog, found: jn.Validation, *, as_json: bool) -> None:
    """How well friction foretells an outcome on later cases, against simpler scores."""
    if as_json:
        print_json({**about(log), "validation": found})
        return
    heading(log)
    happened = share(found.with_outcome / found.tried)
    line(
        f"“{found.outcome}”: learnt from {found.learnt:,} cases before {found.split:%Y-%m-%d}, tried on "
        f"{found.tried:,} later ones; {found.with_outcome:,} of these ({happened}) had it."
    )
    table = _table("score of", "AUC", "friction gains")
    for one in found.scores:
        gains = "" if one.friction_gains is None else interval(one.friction_gains, "+.3f")
        table.add_row(one.name, interval(one.auc, ".3f"), gains)
    out.print(table)
    line("AUC: 0.5 is chance, 1 is perfect. A gain whose interval holds 0 is none. Association is not cause.")


def variants(log: jn.EventLog, found: Sequence[jn.Variant], *, as_json: bool) -> None:
    """The commonest ways, and how much of the log they are."""
    if as_json:
        print_json({**about(log), "variants": list(found)})
        return
    heading(log)
    table = _table("cases", "share", "median time", "way")
    for one in found:
        steps = escape(" → ".join(one.steps))
        table.add_row(f"{one.cases:,}", f"{one.share.value:.1%}", span(one.duration_s), steps)
    out.print(table)
    shown = sum(one.cases for one in found)
    line(f"These {len(found)} ways were taken by {shown:,} of {log.cases:,} cases ({share(shown / log.cases)}).")


def funnel(log: jn.EventLog, steps: Sequence[jn.FunnelStep], *, as_json: bool) -> None:
    """Cases at each step, as shares of the step before and of the first."""
    if as_json:
        print_json({**about(log), "funnel": list(steps)})
        return
    heading(log)
    table = _table("touchpoint", "cases", "of the step before", "of the first", "median time")
    for at, step in enumerate(steps):
        shares = ["", ""] if at == 0 else [interval(step.of_previous, ".1%"), interval(step.of_first, ".1%")]
        table.add_row(escape(step.touchpoint), f"{step.cases:,}", *shares, "" if at == 0 else span(step.wait_median_s))
    out.print(table)


def simulated(drawn: Simulated, recipe: Path, *, as_json: bool) -> None:
    """What was drawn and where it was written."""
    told = {"recipe": recipe, "events": len(drawn.events), "cases": int(drawn.events["case"].nunique())}
    if as_json:
        print_json({**told, "planted": drawn.planted})
        return
    line(f"{told['events']:,} events of {told['cases']:,} cases. Read them with: python -m journey open {recipe}")
    for one in drawn.planted:
        line(f"• planted at {one.at}: {one.component} +{one.size:g}")
