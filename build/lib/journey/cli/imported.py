"""What was understood of recipe and tables, and what was set aside and why."""

from __future__ import annotations

from pathlib import Path

import journey as jn
from journey.cli.machine import print_json
from journey.cli.show import about, heading, line
from journey.events.report import ImportReport, Observed, TableReport

__all__ = ["report"]


def report(log: jn.EventLog, quarantine: Path | None, *, as_json: bool) -> None:
    """The import report of a log; `quarantine` is the file that its rows set aside were written to."""
    told = log.report
    if as_json:
        print_json(
            {
                **about(log),
                "touchpoints": log.touchpoints,
                "report": told,
                "quarantined": told.quarantined,
                "set_aside": told.set_aside,
                "quarantine_file": quarantine,
            }
        )
        return
    heading(log)
    for sentence in log.recipe.explain():
        line(f"• {sentence}")
    for table in told.tables:
        _table(table)
    for scale in told.scales:
        rate = told.answer_rates.get(scale.name)
        rated = "" if rate is None else f", {rate:.1%} of visits answered"
        line(f"Scale {scale.name} ({scale.low:g}–{scale.high:g}, {scale.good} is good): answers {_span(scale)}{rated}")
    _remarks(log, told)
    if quarantine:
        line(f"Rows set aside are in {quarantine}.")


def _table(table: TableReport) -> None:
    made = f", {table.events:,} events" if table.events else ""
    line(f"{table.path}: {table.read:,} rows read, {table.kept:,} kept{made}")
    line("  " + "; ".join(f"{name}: {how}" for name, how in table.understood.items()))
    for reason, n in {**table.quarantined, **table.set_aside}.items():
        line(f"  set aside: {n:,} × {reason}")
    for reason, n in table.left_out.items():
        line(f"  left out as asked: {n:,} × {reason}")


def _remarks(log: jn.EventLog, told: ImportReport) -> None:
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
    if told.quarantined or told.set_aside:
        line("To see what was set aside: --quarantine FILE.csv")


def _span(scale: Observed) -> str:
    return "none" if not scale.n else f"{scale.lowest:g}–{scale.highest:g} (n = {scale.n:,})"
