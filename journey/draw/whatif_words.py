"""What-ifs in words: what is changed, what that rests on, and what can't be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.whatif_changes import Change, Leave, Rating, Send, Share, Wait
from journey.analysis.whatif_effect import Effect, Note
from journey.analysis.whatif_ratings import Tie
from journey.analysis.whatif_totals import Shift
from journey.draw.words import ENGLISH, N_, Say, place, share, span
from journey.model import END, Measure

__all__ = ["ASSUMPTION", "FIGURES", "amount", "changed", "difference", "figures", "headline", "noted", "tied", "to_end"]

MINUS: Final = "−"

ASSUMPTION: Final = N_(
    "This supposes that those who are kept, or sent another way, go on as those who are there today. The data show "
    "what goes together, not what causes what: those who leave today may be other people, and would go on less often. "
    "Try it in an experiment before you count on it."
)

# Figure → its name; True where more is better, False where less is, None where neither.
FIGURES: Final[Mapping[str, tuple[str, bool | None]]] = {
    "goal_rate": (N_("Goal rate"), True),
    "reached": (N_("Cases with the goal"), True),
    "money": (N_("Their value"), True),
    "burden": (N_("Burden of friction"), False),
    "satisfaction": (N_("Mean satisfaction"), True),
    "steps": (N_("Steps of a case"), None),
    "duration_s": (N_("Time of a case"), None),
}

NOTES: Final[Mapping[str, str]] = {
    "nobody reaches the goal": N_(
        "No case reaches the goal, so the data don't say who would: only a way straight to it changes the goal rate."
    ),
    "everybody reaches the goal": N_("Every case reaches the goal already: no change can raise the goal rate."),
    "nobody comes there": N_("No case comes to {at} on the way to the goal, so a change there changes nothing."),
    "new ways": N_("Nobody takes one of these ways today, so how long it takes is not known."),
    "second order": N_(
        "Where a case came from matters here as well: a chain that remembers it puts the difference at {n} cases."
    ),
    "second order differs": N_(
        "Where a case came from matters here as well: a chain that remembers it puts the difference at {n} cases, "
        "outside the interval above. Read the answer as a direction, not as a forecast."
    ),
    "remembers more": N_(
        "Where a case came from matters here as well, and this chain remembers only where it stands: read the answer "
        "as a direction, not as a forecast."
    ),
    "no times": N_("Not every wait is known, so the time of a case is not."),
    "no promise": N_("Nothing was promised for {at}, so its wait adds nothing to the burden."),
}


def changed(change: Change, say: Say = ENGLISH) -> str:
    """A change as a short sentence."""
    match change:
        case Leave(at, by):
            if by <= -1:
                return say("Nobody leaves at {at}", at=at)
            text = N_("{share} fewer leave at {at}") if by <= 0 else N_("{share} more leave at {at}")
            return say(text, share=_share(abs(by), say), at=at)
        case Send():
            return _sent(change, _share(change.share, say), say)
        case Share(at, to, part):
            if to is END:
                return say("{share} of those at {at} leave", share=_share(part, say), at=place(at, say))
            return say(
                "{share} of those at {at} go to {to}", share=_share(part, say), at=place(at, say), to=place(to, say)
            )
        case Wait(at, times, after):
            much = _share(abs(times - 1), say)
            if after is not None:
                way = place((after, at), say)
                shorter, longer = (
                    N_("The wait from {way} is {share} shorter"),
                    N_("The wait from {way} is {share} longer"),
                )
                return say(shorter if times <= 1 else longer, way=way, share=much)
            shorter, longer = N_("The wait for {at} is {share} shorter"), N_("The wait for {at} is {share} longer")
            return say(shorter if times <= 1 else longer, at=at, share=much)
        case Rating(at, by):
            better, worse = (
                N_("Satisfaction at {at} is {by} points better"),
                N_("Satisfaction at {at} is {by} points worse"),
            )
            return say(better if by >= 0 else worse, at=at, by=say.number(abs(by), ",.4g"))


def _sent(change: Send, part: str, say: Say) -> str:
    told = {
        "share": part,
        "at": place(change.at, say),
        "less": place(change.less, say),
        "more": place(change.more, say),
    }
    if change.less is END:
        return say("{share} of those who leave at {at} go to {more} instead", **told)
    if change.more is END:
        return say("{share} of those who go from {at} to {less} leave instead", **told)
    return say("{share} of those who go from {at} to {less} go to {more} instead", **told)


def _share(value: float, say: Say) -> str:
    percent = round(100 * value, 6)
    return f"{say.number(percent, ',.0f' if percent == round(percent) else ',.4g')}%"


def figures(effect: Effect) -> dict[str, Shift]:
    """The figures that are known, in order."""
    found = {name: getattr(effect, name) for name in FIGURES}
    return {name: shift for name, shift in found.items() if shift is not None}


def amount(name: str, value: float | None, say: Say = ENGLISH) -> str:
    """A figure's value as people say it."""
    if value is None:
        return "–"
    if name == "goal_rate":
        return say.number(value, ".1%")
    if name == "duration_s":
        return span(value, say)
    if name == "satisfaction":
        return say.number(value, ".2f")
    if name == "steps":
        return say.number(value, ",.1f")
    return say.number(round(value), ",")


def difference(name: str, gain: Measure, say: Say = ENGLISH) -> str:
    """A difference with its sign and interval: “+2.6 pp (+2.4 to +2.7)”."""
    if gain.value is None:
        return "–"
    # All three in the unit of the largest, so that they can be compared.
    largest = max(abs(x) for x in (gain.value, gain.low, gain.high) if x is not None)
    value, low, high = (_signed(name, x, largest, say) for x in (gain.value, gain.low, gain.high))
    unit = _unit(name, largest, say)
    if gain.low is None or gain.high is None or {value, low, high} == {"0"}:
        return f"{value}{unit}"
    return say("{value}{unit} ({low} to {high})", value=value, unit=unit, low=low, high=high)


def _signed(name: str, value: float | None, largest: float, say: Say) -> str:
    if value is None:
        return "–"
    if name == "goal_rate":
        told = say.number(100 * value, "+,.1f" if 100 * largest >= 1 or not largest else "+,.2f")
    elif name == "duration_s":
        told = say.number(value / _size(largest), "+,.1f")
    elif name in ("satisfaction", "steps"):
        told = say.number(value, "+,.2f" if largest >= 0.1 else "+,.3f")
    else:
        told = say.number(value, "+,.0f" if largest >= 10 else "+,.1f")
    return "0" if not told.strip("+-0.,") else told.replace("-", MINUS)


def _size(seconds: float) -> int:
    return 86400 if seconds >= 86400 else 3600 if seconds >= 3600 else 60 if seconds >= 60 else 1


def _unit(name: str, largest: float, say: Say) -> str:
    if name == "goal_rate":
        return " " + say("pp")
    if name == "duration_s":
        return {86400: " d", 3600: " h", 60: " min", 1: " s"}[_size(largest)]
    return ""


def headline(effect: Effect, goal: str, say: Say = ENGLISH) -> str:
    """The answer in a sentence."""
    gain = effect.reached.gain
    told = {
        "goal": goal,
        "n": say.number(abs(gain.value or 0.0), ",.0f" if abs(gain.value or 0.0) >= 10 else ",.1f"),
        "today": amount("goal_rate", effect.goal_rate.today.value, say),
        "then": amount("goal_rate", effect.goal_rate.then.value, say),
        "cases": effect.reached.today.n,
    }
    if not effect.changes:
        return say(
            "{today} of {cases:,} cases reach {goal} today. Change something to see what it would bring.", **told
        )
    if not gain.value or told["n"] in ("0.0", "0,0"):
        return say("The goal rate stays at {today}.", **told)
    if gain.value > 0:
        return say("{n} more of {cases:,} cases would reach {goal}: {today} today, {then} then.", **told)
    return say("{n} fewer of {cases:,} cases would reach {goal}: {today} today, {then} then.", **told)


def to_end(at: str | None, others: int, goal: str, say: Say = ENGLISH) -> str:
    """Where cases end, as a line of the figure."""
    if others:
        return say("Leave at {n} other places", n=others)
    return say("Reach {goal}", goal=goal) if at is None else say("Leave at {at}", at=at)


def noted(note: Note, say: Say = ENGLISH) -> str:
    """What can't be said, or has to be known."""
    return say(NOTES[note.kind], at=note.at, n=_signed("reached", note.number, abs(note.number or 0.0), say))


def tied(tie: Tie, say: Say = ENGLISH) -> str:
    """What leaving has to do with the ratings at a touchpoint."""
    told = {
        "at": tie.at,
        "low": share(tie.low.value, say),
        "high": share(tie.high.value, say),
        "n_low": tie.low.n,
        "n_high": tie.high.n,
        "answers": tie.answers,
    }
    if tie.verdict == "few answers":
        return say(
            "{at}: {n_low:,} low and {n_high:,} high answers are too few to say whether ratings and leaving go "
            "together, so the goal rate stays as it is.",
            **told,
        )
    if tie.verdict == "few leave":
        return say(
            "{at}: of {answers:,} who answered, next to nobody left right after; those who leave seldom answer. So the "
            "data can't say what better ratings would do to leaving here, and the goal rate stays as it is.",
            **told,
        )
    if tie.verdict == "not clear":
        return say(
            "{at}: after a low answer {low} leave (n {n_low:,}), after a high one {high} (n {n_high:,}). That is no "
            "clear difference, so the goal rate stays as it is.",
            **told,
        )
    less, more = sorted((1 - tie.times_low, 1 - tie.times_high))
    return say(
        "{at}: after a low answer {low} leave (n {n_low:,}), after a high one {high} (n {n_high:,}). With the ratings "
        "moved by {by} points, leaving there is taken to fall by {fall} (95%: {less} to {more}). It goes with the "
        "ratings; that they cause it is not known.",
        **told,
        by=say.number(tie.by, "+.2g").replace("-", MINUS),
        fall=_percent(1 - tie.times, say),
        less=_percent(less, say),
        more=_percent(more, say),
    )


def _percent(value: float, say: Say) -> str:
    return say.number(value, ".0%").replace("-", MINUS)
