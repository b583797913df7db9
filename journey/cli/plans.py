"""`plans`: what was written down to be done, what data suggest to do, and the ways out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

import journey as jn
from journey import store
from journey.analysis.alerts import alerts
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.acting_words import draft, loop_told, low_told, state_told
from journey.draw.brief import brief, brief_markdown
from journey.errors import JourneyError, suggest
from journey.events.accounts_one import account_facts
from journey.events.detractors import Detractors, detractors
from journey.export.records import record_payload, record_table
from journey.export.table import csv
from journey.export.webhook import checked, post
from journey.recipe import load
from journey.store.records import Records
from journey.store.tasks import suggested
from journey.success.loop import closed_loop, suggested_tasks

KINDS: Final[dict[str, type[Records[Any]]]] = {
    "plans": store.Plans,
    "tasks": store.Tasks,
    "meetings": store.Meetings,
    "interviews": store.Interviews,
    "initiatives": store.Initiatives,
}
# What stands in the list, of each.
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "plans": ("goal", "account", "owner", "due"),
    "tasks": ("title", "owner", "due", "source", "contacted"),
    "meetings": ("account", "day", "roles", "decisions"),
    "interviews": ("account", "day", "reason", "at"),
    "initiatives": ("name", "at", "component", "start", "finish"),
}


@app.command()
def plans(
    recipe: Recipe,
    folder: Folder = None,
    what: Annotated[
        str, typer.Option(metavar="KIND", help="plans, tasks, meetings, interviews or initiatives.")
    ] = "tasks",
    to: Annotated[Path | None, typer.Option("--csv", metavar="FILE.csv", help="Write them to this file.")] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="Post them to this address, as JSON.")] = None,
    suggest_tasks: Annotated[
        bool, typer.Option("--suggest-tasks", help="Tasks that alerts and low answers ask for.")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="With --suggest-tasks: make these tasks.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How far back low answers count, from the last day.")] = 30,
    account: Annotated[str | None, typer.Option("--brief", metavar="ACCOUNT", help="One page on an account.")] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 20,
    json: Json = False,
) -> None:
    """Success plans, tasks, meetings, exit interviews and initiatives; nothing leaves the machine without --webhook.

    Example: python -m journey plans data/lumo/journey.yaml --suggest-tasks
    Example: python -m journey plans data/lumo/journey.yaml --brief 84
    """
    if what not in KINDS:
        raise JourneyError(f"--what {what}: there is no such kind.{suggest(what, KINDS, known='kinds')}")
    address = checked(webhook) if webhook else None
    engine, key = store.connect(store.address()), str(recipe.resolve())
    if account is not None:
        _brief(opened(recipe, folder), account, engine, key, as_json=json)
        return
    if suggest_tasks or accept:
        _suggest(part(opened(recipe, folder), where, since, until), engine, key, days, top, accept, as_json=json)
        return
    found = KINDS[what](engine, key).all()
    if to is not None:
        to.write_bytes(csv(record_table(found, KINDS[what].kind)))
        if not json:
            show.line(f"Wrote {to}.")
    if address:
        post(address, record_payload(load(recipe).name or recipe.stem, what, found))
    if json:
        print_json({"recipe": recipe, "kind": what, "records": found})
        return
    _list(what, found, top)


def _list(what: str, found: Sequence[Any], top: int) -> None:
    if not found:
        show.line(f"No {what} yet. The Success page of the app is where they are written down.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("state", *SHOWN[what]):
        table.add_column(name)
    for one in found[-top:][::-1]:
        values = [getattr(one, name) for name in SHOWN[what]]
        table.add_row(state_told(one.state), *("–" if value in (None, "") else Text(str(value)) for value in values))
    show.out.print(table)
    states = sorted({one.state for one in found}, key=[*KINDS[what].states].index)
    counts = ", ".join(f"{sum(one.state == state for one in found)} {state_told(state).lower()}" for state in states)
    show.line(f"{len(found)} {what}: {counts}.")


def _suggest(log: jn.EventLog, engine: Any, key: str, days: int, top: int, accept: bool, *, as_json: bool) -> None:
    kept = store.Tasks(engine, key)
    made = kept.all()
    drifts, low, missing = _asked(log, days)
    found = suggested_tasks(drifts, low.shown if low else (), made=made)
    drafts = [(one, *draft(one, log.scales)) for one in found]
    if accept:
        for one, title, note in drafts:
            kept.add(suggested(one, title, note))
    loop = closed_loop(low.shown, kept.all(), today=datetime.now(UTC).date()) if low else None
    if as_json:
        listed = [
            {"key": one.key, "source": one.source, "touchpoint": one.at, "title": title, "note": note}
            for one, title, note in drafts
        ]
        print_json({**show.about(log), "suggested": listed, "made": accept, "closed_loop": loop, "missing": missing})
        return
    show.heading(log)
    for _, title, note in drafts[:top]:
        show.line(f"• {title}")
        if note:
            show.line(f"  {note}")
    if len(drafts) > top:
        show.line(f"… and {len(drafts) - top} more: --top {len(drafts)} shows them.")
    show.line(f"{len(drafts)} tasks {'made' if accept else 'suggested'}; {len(made)} were there.")
    if low and loop:
        show.line(low_told(low, log.scales))
        show.line(loop_told(loop))
    for sentence in missing:
        show.line(sentence)


def _asked(log: jn.EventLog, days: int) -> tuple[Sequence[Any], Detractors | None, list[str]]:
    """Alerts and detractors, as far as the tables can tell; sentences for what they can't."""
    missing: list[str] = []
    drifts: Sequence[Any] = ()
    try:
        drifts = alerts(log, hindsight=False).alerts
    except JourneyError as error:
        missing.append(str(error))
    try:
        return drifts, detractors(log, days=days, limit=10_000), missing
    except JourneyError as error:
        missing.append(str(error))
    return drifts, None, missing


def _brief(log: jn.EventLog, account: str, engine: Any, key: str, *, as_json: bool) -> None:
    facts = account_facts(log, account)
    plans = [one for one in store.Plans(engine, key).all(state="open") if one.account == account]
    tasks = [one for one in store.Tasks(engine, key).all() if one.account == account and one.state in ("open", "doing")]
    if as_json:
        print_json({**show.about(log), "account": facts, "plans": plans, "tasks": tasks})
        return
    print(brief_markdown(brief(facts, plans=plans, tasks=tasks, scales=dict(log.scales))))
