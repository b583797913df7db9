"""Acting, in words: states, suggested tasks, what became of an initiative. The same in terminal, app and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.initiative import Became
from journey.draw.accounts_words import amount, money
from journey.draw.alert_words import called, named
from journey.draw.words import ENGLISH, N_, Say, interval, share
from journey.events.detractors import Detractor, Detractors
from journey.model import Scale
from journey.success.loop import ClosedLoop, Suggestion
from journey.voice.privacy import mask

__all__ = [
    "GUIDE",
    "ROLES",
    "SOURCES",
    "STATES",
    "answer_told",
    "became_told",
    "draft",
    "loop_told",
    "low_told",
    "state_told",
]

STATES: Final[Mapping[str, str]] = {
    "open": N_("To do"),
    "reached": N_("Reached"),
    "missed": N_("Missed"),
    "dropped": N_("Dropped"),
    "doing": N_("In progress"),
    "done": N_("Done"),
    "planned": N_("Planned"),
    "held": N_("Held"),
    "cancelled": N_("Cancelled"),
    "declined": N_("Declined"),
    "idea": N_("Idea"),
    "running": N_("Running"),
    "finished": N_("Finished"),
}
SOURCES: Final[Mapping[str, str]] = {
    "hand": N_("by hand"),
    "alert": N_("from an alert"),
    "detractor": N_("from a low answer"),
    "meeting": N_("from a meeting"),
    "plan": N_("from a plan"),
}
ROLES: Final[Mapping[str, str]] = {"nps": N_("NPS"), "satisfaction": N_("Satisfaction"), "effort": N_("Effort")}

# What to ask those who leave: open questions first, the reason last, so that it is theirs and not ours.
GUIDE: Final = (
    N_("What did you want to achieve when you came to us? How far did you get?"),
    N_("When did you first think of leaving? What had just happened?"),
    N_("What did you try before you decided? Whom did you ask, and what came of it?"),
    N_("What would have kept you?"),
    N_("What do you do instead now, and what is better there?"),
    N_("What should we keep as it is, because it was good?"),
    N_("If you had to name one reason, which is it?"),
)


def state_told(state: str, say: Say = ENGLISH) -> str:
    """The name of a record's state."""
    return say(STATES[state]) if state in STATES else state


def answer_told(one: Detractor, scales: Mapping[str, Scale], say: Say = ENGLISH) -> str:
    """A low answer with its scale: “NPS 3 of 0–10”."""
    scale = scales.get(one.role)
    said = say(ROLES[one.role])
    if scale is None:
        return f"{said} {say.number(one.answer, 'g')}"
    return say("{role} {answer:g} of {low:g}–{high:g}", role=said, answer=one.answer, low=scale.low, high=scale.high)


def draft(one: Suggestion, scales: Mapping[str, Scale], say: Say = ENGLISH) -> tuple[str, str]:
    """Title and note of a task that could be made; what the customer wrote is masked."""
    if one.detractor is None:
        title = say(
            "Find out what happened at {touchpoint}: {what}", touchpoint=one.at, what=called(one.component, say)
        )
        note = ""
        if one.since is not None:
            what = named(one.component, say)
            note = say("Since {day} it is worse than before: {what}.", day=say.day(one.since), what=what)
        return title, note
    low = one.detractor
    title = say("Call customer {customer} back about {touchpoint}", customer=low.customer, touchpoint=low.touchpoint)
    told = say("{answer} on {day}.", answer=answer_told(low, scales, say), day=say.day(low.time.date()))
    return title, f"{told} “{mask(low.comment)}”" if low.comment else told


def low_told(found: Detractors, scales: Mapping[str, Scale], say: Say = ENGLISH) -> str:
    """Of how many the unhappy are."""
    scale = scales[found.role]
    form = N_("{n:,} of {of:,} customers who answered from {first} to {last} gave {bound:g} or less ({role}).")
    if scale.good == "low":
        form = N_("{n:,} of {of:,} customers who answered from {first} to {last} gave {bound:g} or more ({role}).")
    return say(
        form,
        n=found.total,
        of=found.asked,
        first=say.day(found.since),
        last=say.day(found.last),
        bound=found.bound,
        role=say(ROLES[found.role]),
    )


def loop_told(loop: ClosedLoop, say: Say = ENGLISH) -> str:
    """How many of the unhappy were heard in time."""
    if not loop.n:
        return say(
            "Closed loop: nothing to tell yet. {waiting:,} answers are younger than {days:,} days.",
            waiting=loop.waiting,
            days=loop.within,
        )
    return say(
        "Closed loop: {share} of {n:,} unhappy customers were contacted within {days:,} days; {ever:,} at any time.",
        share=interval(loop.share, ".0%", say),
        n=loop.n,
        days=loop.within,
        ever=loop.ever,
    )


def became_told(one: Became, unit: str | None, say: Say = ENGLISH) -> str:
    """What became of an initiative, in a few sentences."""
    if one.state == "too early":
        if one.ready is None:
            return say("Not enough days are over yet to tell what it became.")
        return say("Too early: enough will be known on {day}.", day=say.day(one.ready))
    if one.state == "unseen" or one.after is None or one.before is None:
        return say("What was observed before or after is too little to tell what it became.")
    verdicts = {
        "better": N_("The burden is clearly lower."),
        "worse": N_("The burden is clearly higher."),
        "open": N_("The difference may be chance."),
    }
    told = say(
        "Burden {was} in the {days:,} days before it began, {now} in the {days:,} days after it finished.",
        was=amount(one.was, unit, say),
        now=amount(one.now, unit, say),
        days=one.days,
    )
    parts = [told, say(verdicts[one.state])]
    if one.state == "worse" and one.expected_cut is not None:
        parts.append(say("A cut of {expected} was expected.", expected=share(one.expected_cut, say)))
    elif one.cut.value is not None and one.expected_cut is not None:
        parts.append(
            say(
                "Cut: {cut} of it; {expected} was expected.",
                cut=interval(one.cut, ".0%", say),
                expected=share(one.expected_cut, say),
            )
        )
    elif one.cut.value is not None:
        parts.append(say("Cut: {cut} of it.", cut=interval(one.cut, ".0%", say)))
    elif one.expected_cut is not None and one.was.value is not None:
        hoped = money(one.was.value * one.expected_cut, unit, say)
        parts.append(
            say("There was too little burden before to tell a share of it; a cut of {hoped} was expected.", hoped=hoped)
        )
    return " ".join(parts)
