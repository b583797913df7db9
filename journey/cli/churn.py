"""The verb `churn`: who may leave, how well that can be told, what goes with it and what it may cost."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

import journey as jn
from journey.cli import accounts as shared
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app
from journey.cli.machine import print_json
from journey.draw.accounts_words import amount, money
from journey.draw.churn_words import BASELINES, calibrated, changing, drawn_from, factor, reason, told_apart
from journey.draw.words import interval, share
from journey.errors import JourneyError

__all__ = ["churn"]


@app.command()
def churn(
    recipe: Recipe,
    folder: Folder = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    horizon: Annotated[int, typer.Option(help="How many days ahead.")] = 90,
    top: Top = 10,
    stay: Annotated[
        bool, typer.Option("--stay", help="Instead: how long accounts stay by the touchpoints they had met.")
    ] = False,
    landmark: Annotated[int, typer.Option(help="With --stay: days after the start at which sides are fixed.")] = 30,
    json: Json = False,
) -> None:
    """Which accounts may leave, how well that can be told, what goes with leaving, and the revenue at risk.

    Example: python -m journey churn data/lumo/journey.yaml --top 5
    """
    accounts = shared.accounts_with_log(recipe, folder, where, since, until)
    if stay:
        _stay(accounts, landmark, top, json)
        return
    found = jn.churn(accounts, horizon=horizon)
    money_at_risk, why = _stakes(found)
    if json:
        print_json({**shared.as_json(accounts), "churn": _plain(found, top), "at_risk": money_at_risk, "no_money": why})
        return
    shared.heading(accounts)
    _quality(found)
    _factors(found, top)
    _highest(found, top)
    if money_at_risk is None:
        show.line(str(why))
    else:
        _money(money_at_risk, top)
    show.line("What goes with leaving need not cause it. Intervals are 95%.")
    shared.notes(accounts)


def _stakes(found: jn.Churn) -> tuple[jn.AtRisk | None, str | None]:
    try:
        return jn.at_risk(found), None
    except JourneyError as error:
        return None, str(error)


def _plain(found: jn.Churn, top: int) -> dict[str, Any]:
    """Without the model's inner tables; accounts at highest risk alone."""
    names = ("horizon_days", "at", "split", "learnt", "learnt_accounts", "quality", "baselines", "factors", "expected")
    return {**{name: getattr(found, name) for name in names}, "highest": _risky(found, top)}


def _risky(found: jn.Churn, top: int) -> list[dict[str, Any]]:
    rows = found.scores.nlargest(top, "risk")
    return [
        {"account": str(account), "risk": float(risk), "mrr": float(mrr), "why": found.reasons(int(acc))}
        for acc, account, risk, mrr in zip(rows["acc"], rows["account"], rows["risk"], rows["mrr"], strict=True)
    ]


def _quality(found: jn.Churn) -> None:
    quality = found.quality
    show.line(
        f"{interval(found.expected, ',.0f')} of {found.expected.n:,} accounts are expected to leave within "
        f"{found.horizon_days} days."
    )
    show.line(drawn_from(found))
    show.line(told_apart(quality.auc))
    show.line(calibrated(quality.slope))
    lead = "" if quality.lead_days is None else f" Half of those leave {quality.lead_days:.0f} days later or more."
    show.line(f"In the tenth at highest risk {interval(quality.lift, '.1f')} times as many left as in all.{lead}")
    for one in found.baselines:
        show.line(
            f"• {BASELINES[one.name]}: {interval(one.auc, '.0%')}; the model is {interval(one.gain, '+.0%')} above it"
        )


def _factors(found: jn.Churn, top: int) -> None:
    table = shared.table("what goes with leaving", "odds ×", "")
    for one in found.factors[:top]:
        table.add_row(escape(factor(one)), interval(one.odds, ".2f"), "clear" if one.clear else "")
    show.out.print(table)


def _highest(found: jn.Churn, top: int) -> None:
    show.line("Accounts at highest risk:")
    for one in _risky(found, top):
        why = "; ".join(map(reason, one["why"]))
        paid = f", MRR {one['mrr']:,.0f}" if one["mrr"] else ""
        show.line(f"• {one['account']}: {share(one['risk'])}{paid}: {why}")


def _money(found: jn.AtRisk, top: int) -> None:
    show.line(
        f"Revenue at risk within {found.horizon_days} days: {amount(found.revenue, found.currency)} a month of "
        f"{money(found.of, found.currency)}."
    )
    if not found.stakes:
        return
    table = shared.table("of it, associated with friction at", "a month", "accounts", "")
    for one in found.stakes[:top]:
        clear = "clear" if one.clear else ""
        table.add_row(escape(one.at), amount(one.revenue, found.currency), f"{one.revenue.n:,}", clear)
    show.out.print(table)
    show.line("Against the middle friction of those who met it. Touchpoints don't add up.")


def _stay(accounts: jn.Accounts, landmark: int, top: int, json: bool) -> None:
    found = jn.survival(accounts, landmark=landmark)
    if json:
        print_json({**shared.as_json(accounts), "survival": found})
        return
    shared.heading(accounts)
    show.line(
        f"{found.n:,} accounts were still there {found.landmark_days} days after their start; {found.left:,} of them "
        f"left later ({found.gone:,} had left before). Had they met a touchpoint by then, more or fewer stayed:"
    )
    days = sorted({day for one in found.touchpoints for day in one.difference})
    table = shared.table("met by then", "met", "not", *(f"+{day} d" for day in days), "p", "hazard ×")
    for one in found.touchpoints[:top]:
        gaps = [interval(_points(one.difference[day]), "+.0f") for day in days]
        p = "–" if one.p is None else f"{one.p:.3f}" + (" *" if one.clear else "")
        table.add_row(escape(one.at), f"{one.met.n:,}", f"{one.not_met.n:,}", *gaps, p, interval(one.hazard, ".1f"))
    show.out.print(table)
    show.line(
        "Points more (+) or fewer of them were still there so many days later. * stands out among all touchpoints."
    )
    for one in found.touchpoints[:top]:
        if one.clear:
            show.line(f"• {one.at}, hazard over time: {changing(one.steady_p)}.")
    show.line(
        "Time counts from then on, so that nobody is favoured for having lived long enough to meet a touchpoint. "
        "Hazard: Cox, changing sides on the day of the meeting. Who meets a touchpoint may differ from who does not."
    )


def _points(measure: jn.Measure) -> jn.Measure:
    """A difference of shares in percentage points."""
    value, low, high = (None if end is None else 100 * end for end in (measure.value, measure.low, measure.high))
    return jn.Measure(value, low, high, measure.n)
