"""An account on one page, for those who are about to meet it: on the screen, as Markdown and as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final, Protocol

from journey.draw.accounts_words import money
from journey.draw.acting_words import ROLES, state_told
from journey.draw.words import ENGLISH, N_, Say
from journey.events.accounts_one import AccountFacts, AnswerGiven
from journey.model import Scale

__all__ = ["Brief", "Section", "brief", "brief_html", "brief_markdown"]

ABOUT: Final = {"plan": N_("Plan"), "segment": N_("Segment"), "seats": N_("Seats"), "goal": N_("Goal")}


class Promise(Protocol):
    """What is needed of a success plan that is to stand in a brief."""

    @property
    def goal(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def due(self) -> date | None: ...


class Duty(Protocol):
    """What is needed of a task that is to stand in a brief."""

    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def due(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines: what it is, what is known. A line without a name stands by itself."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """An account on one page, in the reader's language."""

    title: str
    sections: tuple[Section, ...]
    foot: str


def brief(
    facts: AccountFacts,
    *,
    plans: Sequence[Promise] = (),
    tasks: Sequence[Duty] = (),
    scales: dict[str, Scale] | None = None,
    say: Say = ENGLISH,
) -> Brief:
    """One page on an account.

    plans, tasks   those of this account that are not closed
    """
    sections = [
        Section(say("The account"), tuple(_about(facts, say))),
        Section(say("Revenue"), tuple(_revenue(facts, say))),
        Section(say("Use"), tuple(_use(facts, say))),
        Section(say("Support"), tuple(_support(facts, say))),
        Section(say("What they answered"), tuple(_answers(facts, scales or {}, say))),
        Section(say("The way they came"), tuple(_path(facts, say))),
        Section(say("Success plan"), tuple(_owed([(one.goal, one) for one in plans], say))),
        Section(say("Open tasks"), tuple(_owed([(one.title, one) for one in tasks], say))),
    ]
    foot = "" if facts.as_of is None else say("As known on {day}.", day=say.day(facts.as_of))
    return Brief(say("Account {name}", name=facts.account), tuple(sections), foot)


def _about(facts: AccountFacts, say: Say) -> list[tuple[str, str]]:
    lines = [(say(ABOUT[name]) if name in ABOUT else name, value) for name, value in facts.about.items()]
    if facts.start is not None:
        lines.append((say("Customer since"), say.day(facts.start)))
    if facts.left:
        lines.append((say("Left"), "–" if facts.gone is None else say.day(facts.gone)))
        if facts.reason:
            lines.append((say("Reason"), facts.reason))
    if facts.renewal is not None:
        lines.append((say("Next renewal"), say.day(facts.renewal)))
    return lines or [("", say("The tables tell nothing more of it."))]


def _revenue(facts: AccountFacts, say: Say) -> list[tuple[str, str]]:
    lines = [] if facts.mrr is None else [(say("MRR"), money(facts.mrr, facts.currency, say))]
    before: float | None = None
    for day, level in facts.paid[-5:]:
        told = money(level, facts.currency, say)
        if before is not None:
            told = say("{before} → {after}", before=money(before, facts.currency, say), after=told)
        lines.append((say.day(day), told))
        before = level
    return lines or [("", say("The tables tell nothing of revenue."))]


def _use(facts: AccountFacts, say: Say) -> list[tuple[str, str]]:
    if not facts.use:
        return [("", say("The tables tell nothing of use."))]
    values = [value for _, value in facts.use]
    unit = say("active days a month") if facts.use_of == "days" else say("times a month")
    name = say("Last {n:,} months with use", n=len(values))
    lines = [(name, " · ".join(say.number(value, ",.0f") for value in values) + f" {unit}")]
    if len(values) >= 6:
        late, early = sum(values[-3:]) / 3, sum(values[-6:-3]) / 3
        lines.append(
            (
                say("Trend"),
                say("{late:,.1f} in the last three, {early:,.1f} in the three before", late=late, early=early),
            )
        )
    return lines


def _support(facts: AccountFacts, say: Say) -> list[tuple[str, str]]:
    if not facts.tickets_total:
        return [("", say("No tickets are known."))]
    still = sum(one.solved is None for one in facts.tickets)
    lines = [(say("Tickets"), say("{n:,}, of the latest {still:,} open", n=facts.tickets_total, still=still))]
    for one in facts.tickets[:5]:
        told = say("open") if one.solved is None else say("solved {day}", day=say.day(one.solved))
        lines.append((say.day(one.opened), f"{one.topic}, {told}" if one.topic else told))
    return lines


def _answers(facts: AccountFacts, scales: dict[str, Scale], say: Say) -> list[tuple[str, str]]:
    lines = [(say.day(one.when), _answer(one, scales, say)) for one in facts.answers[:8]]
    return lines or [("", say("They answered nothing."))]


def _answer(one: AnswerGiven, scales: dict[str, Scale], say: Say) -> str:
    scale, role = scales.get(one.role), say(ROLES[one.role])
    number = say.number(one.answer, "g")
    if scale is not None:
        number = say("{answer:g} of {low:g}–{high:g}", answer=one.answer, low=scale.low, high=scale.high)
    return f"{role} {number}, {one.touchpoint}"


def _path(facts: AccountFacts, say: Say) -> list[tuple[str, str]]:
    if not facts.path:
        return [("", say("No visit of theirs is known."))]
    steps = " → ".join(one.touchpoint for one in facts.path)
    first = say.day(facts.path[0].when)
    return [(say("Last {n:,} of {of:,} visits, since {day}", n=len(facts.path), of=facts.visits, day=first), steps)]


def _owed(listed: Sequence[tuple[str, Promise | Duty]], say: Say) -> list[tuple[str, str]]:
    lines = []
    for name, one in listed:
        due = say("by {day}", day=say.day(one.due)) if one.due is not None else ""
        lines.append((name, ", ".join(part for part in (state_told(one.state, say), one.owner, due) if part)))
    return lines or [("", say("None."))]


def brief_markdown(page: Brief) -> str:
    """As Markdown; texts from the data stand as they are written, none of them is read as a link, a heading or HTML."""
    lines = [f"# {_md(page.title)}", ""]
    for section in page.sections:
        lines += [f"## {_md(section.title)}", ""]
        lines += [f"- **{_md(name)}**: {_md(value)}" if name else f"- {_md(value)}" for name, value in section.lines]
        lines.append("")
    return "\n".join([*lines, _md(page.foot)]).rstrip() + "\n"


def brief_html(page: Brief, *, lang: str = "en") -> str:
    """As a page of HTML that needs nothing from elsewhere and runs nothing."""
    parts = [f"<h1>{escape(page.title)}</h1>"]
    for section in page.sections:
        parts.append(f"<h2>{escape(section.title)}</h2>")
        rows = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" if name else f"<dd>{escape(value)}</dd>"
            for name, value in section.lines
        )
        parts.append(f"<dl>{rows}</dl>")
    parts.append(f"<p>{escape(page.foot)}</p>")
    return PAGE.format(lang=escape(lang.replace("_", "-")), title=escape(page.title), body="\n".join(parts))


PAGE: Final = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{font: 15px/1.45 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430}}
h1 {{font-size: 1.5rem}} h2 {{font-size: 1.05rem; margin: 1.2rem 0 .3rem; border-bottom: 1px solid #ccd2da}}
dl {{display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .15rem 1rem; margin: 0}}
dt {{color: #556070}} dd {{margin: 0; grid-column: 2}}
</style></head><body>
{body}
</body></html>
"""


def _md(text: str) -> str:
    line = re.sub(r"\s+", " ", text)
    line = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", line)
    return line.replace("&", "&amp;").replace("<", "&lt;")
