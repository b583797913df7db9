"""What came after: moments at which cases are looked at, and their outcome; all that is known of a case lies before.

An outcome is a touchpoint (“Renewed”: whether the case met it within a horizon), a bound on a scale (“nps<=6”: whether
the answer keeps it) or a scale (“nps”: the answer itself).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import ibis

from journey.errors import JourneyError, suggest
from journey.events.exposure import ANSWER
from journey.events.log import EventLog
from journey.events.mine import goals_of
from journey.events.severity import good_share
from journey.model import Scale
from journey.recipe import duration_us

__all__ = ["Outcome", "anchors", "outcome_of", "pairs", "rated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is foretold.

    name        as asked for; `kind` "met" (a touchpoint), "bound" (yes or no) or "answer" (as a share of the scale)
    good        which end is good: "high", "low", or None where nobody said
    scale       of the answer; None for a touchpoint
    horizon_us  how far ahead a touchpoint counts; 0 for an answer
    """

    name: str
    kind: Literal["met", "bound", "answer"]
    good: Literal["high", "low"] | None
    scale: Scale | None = None
    sign: str = ""
    limit: float = 0.0
    horizon_us: int = 0

    @property
    def yes_or_no(self) -> bool:
        return self.kind != "answer"


def outcome_of(log: EventLog, outcome: str | None, *, horizon: str = "30d") -> Outcome:
    """The outcome that is asked for; without one the recommendation where it was asked, else the goal.

    Raises JourneyError where there is none, for an unknown one, or where satisfaction was not asked at touchpoints.
    """
    if "satisfaction" not in log.rated:
        raise JourneyError(
            "Emotion is satisfaction with touchpoints, and that was not asked: name a scale about a touchpoint under "
            "satisfaction."
        )
    told = _usual(log) if outcome is None else outcome.strip()
    scales = {scale.name: scale for scale in log.scales.values()}
    if told in log.touchpoints:
        return _met(log, told, horizon)
    if told in scales:
        return Outcome(name=told, kind="answer", good=scales[told].good, scale=scales[told])
    bound = ANSWER.match(told)
    if bound is None or bound["name"] not in scales:
        name = told if bound is None else bound["name"]
        known = scales if bound else {*log.touchpoints, *scales}
        raise JourneyError(
            "“{outcome}” is neither a touchpoint, nor a scale, nor a bound on one such as “nps<=6”.{hint}",
            outcome=told,
            hint=suggest(name, known, known="scales" if bound else "touchpoints and scales"),
        )
    scale = scales[bound["name"]]
    lower = bound["sign"].startswith("<")
    good: Literal["high", "low"] = "low" if lower == (scale.good == "high") else "high"
    return Outcome(name=told, kind="bound", good=good, scale=scale, sign=bound["sign"], limit=float(bound["limit"]))


def _usual(log: EventLog) -> str:
    if "nps" in log.scales:
        return log.scales["nps"].name
    goals = goals_of(log, None)
    if log.timed and goals:
        return goals[0]
    raise JourneyError(
        "Say which outcome is to be foretold: a touchpoint, a scale, or a bound on one such as “nps<=6”."
    )


def _met(log: EventLog, name: str, horizon: str) -> Outcome:
    if not log.timed:
        raise JourneyError(
            "This log knows no times, so nothing comes later than anything else: choose an answer as outcome."
        )
    horizon_us, sizes = duration_us(horizon), log.index.sizes
    if sizes.last_event - sizes.first_event <= horizon_us:
        raise JourneyError(
            "The log is too short: it must last longer than the horizon ({days:.0f} days). Choose a shorter one.",
            days=horizon_us / 86.4e9,
        )
    good: Literal["high"] | None = "high" if name in log.recipe.goal else None
    return Outcome(name=name, kind="met", good=good, horizon_us=horizon_us)


def rated(rows: Any, log: EventLog) -> Any:
    """Rated visits: cid, pos, t, tp, bucket, who; u, the satisfaction as a share of its scale, 1 the good end."""
    scale = log.scales["satisfaction"]
    answer = rows[f"r_{scale.name}"]
    found = rows.mutate(u=good_share(answer, scale)).filter(answer.notnull())
    who = found.cust if "cust" in found.columns else found.cid
    return found.select("cid", "pos", "t", "tp", "bucket", "u", who=who)


def anchors(rows: Any, log: EventLog, outcome: Outcome) -> Any:
    """Moments: cid, pos0, t0, place, and y (0–1), what came of it.

    For an answer each visit that it belongs to; for a touchpoint every rated visit before the case met it that the
    log follows for the horizon.
    """
    if outcome.scale is not None:
        answer = rows[f"r_{outcome.scale.name}"]
        given = rows.filter(answer.notnull())
        return given.select("cid", pos0="pos", t0="t", place="tp", y=_y(given[f"r_{outcome.scale.name}"], outcome))
    whole = log.index.table()
    target = whole.filter(whole.tp == log.codes([outcome.name])[0])
    first = target.group_by("cid").agg(met_pos=target.pos.min(), met_t=target.t.min())
    seen = rated(rows, log)
    seen = seen.filter(seen.t <= log.index.sizes.last_event - outcome.horizon_us).left_join(first, "cid")
    seen = seen.filter(seen.met_pos.isnull() | (seen.met_pos > seen.pos))
    y = (seen.met_t <= seen.t + outcome.horizon_us).fill_null(False).cast("float64")
    return seen.select("cid", pos0="pos", t0="t", place="tp", y=y)


def _y(answer: Any, outcome: Outcome) -> Any:
    if outcome.kind == "answer" and outcome.scale is not None:
        low, high = outcome.scale.low, outcome.scale.high
        return (answer.cast("float64") - low) / (high - low)
    limit = ibis.literal(outcome.limit)
    kept = {"<=": answer <= limit, ">=": answer >= limit, "<": answer < limit, ">": answer > limit}[outcome.sign]
    return kept.cast("float64")


def pairs(seen: Any, moments: Any, log: EventLog, outcome: Outcome) -> Any:
    """Each moment beside each rating known by then.

    An answer's own visit does not count, a rated visit's own rating does; where no times are known all other ratings
    of the case do, for they were given on one sheet.
    """
    both = seen.inner_join(moments, "cid")
    if outcome.kind == "met":
        return both.filter(both.pos <= both.pos0)
    if log.timed:
        return both.filter(both.pos < both.pos0)
    own = outcome.scale is not None and outcome.scale.name == log.scales["satisfaction"].name
    return both.filter(both.pos != both.pos0) if own else both
