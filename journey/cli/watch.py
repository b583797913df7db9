"""`watch`: alerts for a scheduler. What is new is printed, and posted to a webhook if one is named; once each."""

from __future__ import annotations

import hashlib
import json as text
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import journey as jn
from journey import store
from journey.analysis.alerts import Alert, Alerts
from journey.analysis.alerts import alerts as watched
from journey.cli import show
from journey.cli.alerts import BaselineOption, ComponentOption, CoolDown, EffectOption, Every, LeastN
from journey.cli.common import Folder, Goal, Json, Recipe, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.alert_words import line
from journey.errors import JourneyError
from journey.export.webhook import checked, post
from journey.model import Measure
from journey.store.alerts import Sent, SentAlerts

__all__ = ["message", "payload"]

NEWS: Final = 1  # the exit code of --exit-code where there is something new
DAYS: Final = {"day": 1, "week": 7, "month": 31}
MOST: Final = 50  # alerts in one message


@app.command()
def watch(
    recipe: Recipe,
    folder: Folder = None,
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="Post what is new to this address, as JSON.")
    ] = None,
    every: Every = "week",
    component: ComponentOption = None,
    minimum_effect: EffectOption = 0.05,
    minimum_n: LeastN = 30,
    cool_down: CoolDown = None,
    baseline: BaselineOption = None,
    told_since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Only alerts that could be told on or after this day (default: in the first run those of the last few "
            "periods, later all that are new).",
        ),
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 1 if there is something new.")] = False,
    goal: Goal = None,
    where: Where = None,
    json: Json = False,
) -> None:
    """Tell new alerts, each once: for a scheduler. Without --webhook nothing leaves the machine.

    Ends with 0, with 1 if --exit-code is set and something is new, with 2 if it could not do its work.

    Example: python -m journey watch data/lumo/journey.yaml
    Example: python -m journey watch data/lumo/journey.yaml --where segment=B2C --exit-code
    """
    address = checked(webhook) if webhook else None
    first_day = _day(told_since)
    log = part(opened(recipe, folder), where, None, None)
    found = watched(
        log,
        every=every,
        components=component or None,
        minimum_effect=minimum_effect,
        minimum_n=minimum_n,
        cool_down=cool_down,
        baseline=baseline,
        goal=goal or None,
        hindsight=False,
    )
    memory = _memory(recipe, address, every, where or [], goal or [])
    before = memory.all()
    unknown = [one for one in found.alerts if not any(_sent(one).same(other) for other in before or ())]
    start = first_day or (_recently(found) if before is None else date.min)
    new = [one for one in unknown if one.raised_at >= start]
    if address and new:
        post(address, payload(log, found, new))
    # What was there before the first run is old news: it is remembered, and never sent.
    memory.add(_sent(one) for one in unknown)
    _told(log, found, new, old=len(unknown) - len(new), as_json=json)
    if exit_code and new:
        raise typer.Exit(NEWS)


def _day(text_: str | None) -> date | None:
    try:
        return None if text_ is None else date.fromisoformat(text_)
    except ValueError as error:
        raise JourneyError(f"--told-since {text_}: write the day as 2026-04-01.") from error


def _memory(recipe: Path, address: str | None, every: str, where: list[str], goal: list[str]) -> SentAlerts:
    """What this watch has sent to this address; of the address only a fingerprint is kept, for it holds a secret."""
    told = text.dumps([address, every, sorted(where), sorted(goal)])
    key = hashlib.sha256(told.encode()).hexdigest()
    return SentAlerts(store.connect(store.address()), str(recipe.resolve()), key)


def _sent(one: Alert) -> Sent:
    return Sent(one.at, one.component, one.direction, one.since, one.until)


def _recently(found: Alerts) -> date:
    """The first run tells of as many periods as an alert stays alone for."""
    return found.periods[-1].end - timedelta(days=DAYS[found.unit] * max(1, found.cool_down))


def payload(log: jn.EventLog, found: Alerts, new: list[Alert]) -> dict[str, Any]:
    """What is posted: `text` for people, as Slack and Mattermost show it, and the alerts as fields for machines.

    Touchpoints, components and sums only: nothing of any customer. At most 50 alerts; `count` tells of how many.
    """
    return {
        "text": message(log, found, new),
        "journey": log.recipe.name,
        "every": found.unit,
        "until": found.periods[-1].end.isoformat(),
        "count": len(new),
        "alerts": [
            {
                "touchpoint": one.at,
                "component": one.component,
                "direction": one.direction,
                "since": one.since.isoformat(),
                "until": one.until.isoformat(),
                "told": one.raised_at.isoformat(),
                "before": _plain(one.before),
                "after": _plain(one.after),
            }
            for one in new[:MOST]
        ],
    }


def _plain(measure: Measure) -> dict[str, float | int | None]:
    return {"value": measure.value, "low": measure.low, "high": measure.high, "n": measure.n}


def message(log: jn.EventLog, found: Alerts, new: list[Alert]) -> str:
    """The new alerts as text, a line each."""
    head = f"{log.recipe.name}: {len(new)} new {'alert' if len(new) == 1 else 'alerts'}"
    told = "\n".join([head, *(line(one, found) for one in new[:MOST])])
    # As Slack asks, lest a touchpoint's name call everybody.
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(log: jn.EventLog, found: Alerts, new: list[Alert], *, old: int, as_json: bool) -> None:
    if as_json:
        print_json({**show.about(log), "new": new, "older": old})
        return
    show.heading(log)
    for one in new:
        show.line(line(one, found))
    last = found.periods[-1].end
    if not new:
        show.line(f"Nothing new up to {last}.")
    if old:
        show.line(f"{old} older alerts were noted and not told; --told-since DATE tells them in the first run.")
