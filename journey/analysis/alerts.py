"""Alerts: which touchpoint drifted, in what, and since when; told from what was known at the time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from journey.analysis.alert_changes import hindsight as looking_back
from journey.analysis.alert_changes import mean_of
from journey.analysis.alert_results import Alert, Alerts, ChangePoint, Chart
from journey.analysis.cusum import Alarm, Charts, Rule, Series, watch
from journey.errors import JourneyError, suggest
from journey.events.drift import FOLLOWED, Drifts, drifts, stretches
from journey.events.log import EventLog
from journey.events.terms import terms_of
from journey.model import COMPONENTS, Measure

__all__ = ["Alert", "Alerts", "ChangePoint", "Chart", "alerts", "false_alarms"]

Array = NDArray[np.float64]

# Periods to learn from before the first alert, and of silence after one.
BASELINE: Final[Mapping[str, int]] = {"day": 28, "week": 12, "month": 6}
COOL_DOWN: Final[Mapping[str, int]] = {"day": 14, "week": 4, "month": 2}
A_YEAR: Final[Mapping[str, float]] = {"day": 365.25, "week": 365.25 / 7, "month": 12.0}
LEAST_WATCHED: Final = 2
ONE_SIDED: Final = 1.645


def alerts(
    log: EventLog,
    *,
    every: str = "week",
    components: Sequence[str] | None = None,
    minimum_effect: float = 0.05,
    minimum_n: int = 30,
    cool_down: int | None = None,
    k: float = 0.5,
    h: float = 5.0,
    baseline: int | None = None,
    goal: str | Sequence[str] | None = None,
    window: str | None = None,
    hindsight: bool = True,
) -> Alerts:
    """What drifted at the touchpoints, and since when: a CUSUM for each component of friction, told as it became known.

    every           "day", "week" (from Monday) or "month"; only whole ones count
    components      which components of friction to watch; default all that were observed
    minimum_effect  the least shift of the mean severity that matters (0–1: .05 is five percentage points of a share)
    minimum_n       visits or answers before and after, at least
    cool_down       periods of silence after an alert (default 14 days, 4 weeks, 2 months); the new level is learnt
    k, h            slack a period and the bar of the CUSUM, in standard deviations
    baseline        periods to learn a level from before any alert (default 28 days, 12 weeks, 6 months)
    goal, window    as for `friction`
    hindsight       also look for change points in the whole series

    Each period is held against the mean of the periods before it since the last alert, never of later ones, so a watch
    that runs every week says on the day what this says afterwards. z_t = (p_t − p̄)/√(v(1/n_t + 1/N)), divided by
    σ_z = max(1, MR̄/1.128); an alert where max(0, CUSUM + z − k) passes h. A season that the baseline has not seen is a
    drift like any other. Association is not cause.
    Raises JourneyError where no times are known, nothing was measured, or the periods are too few to learn from.
    Source: Page 1954; Laney 2002; Hawkins and Olwell 1998; Truong et al. 2020.
    """
    rule = Rule(
        k=_above(k, 0, "k"),
        h=_above(h, 0, "h"),
        minimum_effect=_effect(minimum_effect),
        minimum_n=int(_above(minimum_n, 0, "minimum_n")),
        cool_down=int(_above(COOL_DOWN.get(every, 0) if cool_down is None else cool_down, -1, "cool_down")),
        baseline=int(_above(BASELINE.get(every, 12) if baseline is None else baseline, 1, "baseline")),
    )
    if not log.timed:
        raise JourneyError("The tables tell no times, so there is no before and after to watch.")
    whole = stretches(log, every)
    if len(whole) < rule.baseline + LEAST_WATCHED:
        raise JourneyError(
            "The events cover {n} whole periods. Watching needs at least {least}: {baseline} to learn from, and two to "
            "watch. Choose shorter periods, or learn from fewer.",
            n=len(whole),
            least=rule.baseline + LEAST_WATCHED,
            baseline=rule.baseline,
        )
    found = _chosen(drifts(log, terms_of(log, goal=goal, window=window), whole), components)
    series, at = _series(found)
    charts = watch(series, rule)
    watched = int(charts.watching.sum())
    return Alerts(
        unit=every,
        periods=found.periods,
        alerts=_alerts(found, series, charts, at, rule),
        charts=tuple(_chart(*at[s], series, charts, s) for s in range(len(at))),
        changes=looking_back(found, series, at, rule) if hindsight else None,
        follow_s=found.window_us / 1e6,
        years=watched / A_YEAR[every],
        by_chance=false_alarms(watched, k=k, h=h),
        k=rule.k,
        h=rule.h,
        minimum_effect=rule.minimum_effect,
        minimum_n=rule.minimum_n,
        cool_down=rule.cool_down,
        baseline=rule.baseline,
        scales={role: log.scales[role] for role in log.rated},
    )


def false_alarms(periods: float, *, k: float, h: float) -> float:
    """Alarms to expect of a two-sided CUSUM in so many periods in which nothing changes.

    One per (e^{2kb} − 2kb − 1)/(4k²) periods, b = h + 1.166. Source: Siegmund 1985, §X.2.
    """
    reach = 2 * k * (h + 1.166)
    return periods * 4 * k * k / (math.exp(min(reach, 700.0)) - reach - 1)


def _above(value: float, least: float, name: str) -> float:
    if not (math.isfinite(value) and value > least):
        raise JourneyError("{name} must be a number above {least}; got {value}.", name=name, least=least, value=value)
    return value


def _effect(value: float) -> float:
    if not 0 <= value < 1:
        raise JourneyError("The least effect lies between 0 and 1, for example 0.05; got {value}.", value=value)
    return float(value)


def _chosen(found: Drifts, components: Sequence[str] | None) -> Drifts:
    """The components asked for. Raises JourneyError for unknown ones, and where nothing was observed."""
    for name in components or ():
        if name not in COMPONENTS:
            raise JourneyError(
                "There is no component “{name}”.{hint}", name=name, hint=suggest(name, COMPONENTS, known="components")
            )
    keep = [m for m, name in enumerate(found.components) if components is None or name in components]
    if not keep:
        raise JourneyError(
            "Nothing was measured that could drift: there are no ratings at touchpoints, no promises, and visits were "
            "not followed for long enough to tell exits and returns."
        )
    return Drifts(
        unit=found.unit,
        periods=found.periods,
        at=found.at,
        components=tuple(found.components[m] for m in keep),
        total=found.total[keep],
        squares=found.squares[keep],
        count=found.count[keep],
        yes_or_no=found.yes_or_no,
        final=found.final,
        window_us=found.window_us,
    )


def _series(found: Drifts) -> tuple[Series, list[tuple[str, str]]]:
    """Every touchpoint and component with any visits, one row each, and which it is."""
    final = [found.final[name] for name in found.components]
    rows = [
        (m, p)
        for p in range(len(found.at))
        for m in range(len(found.components))
        if found.count[m, p, : final[m]].any()
    ]
    m, p = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    return Series(
        total=found.total[m, p],
        squares=found.squares[m, p],
        count=found.count[m, p],
        yes_or_no=np.array([found.components[i] in found.yes_or_no for i in m], bool),
        final=np.array([final[i] for i in m], np.int64),
    ), [(found.at[j], found.components[i]) for i, j in rows]


# --- alerts ------------------------------------------------------------------------------------------


def _alerts(
    found: Drifts, series: Series, charts: Charts, at: Sequence[tuple[str, str]], rule: Rule
) -> tuple[Alert, ...]:
    """Newest first; of one day those that stand out most."""
    following: dict[int, int] = {}
    out = []
    for alarm in reversed(charts.alarms):
        end = following.get(alarm.at, int(series.final[alarm.at]))
        out.append(_alert(found, series, charts, alarm, at[alarm.at], end, rule))
        following[alarm.at] = alarm.since
    return tuple(sorted(out, key=lambda one: (-one.raised_at.toordinal(), -one.height)))


def _alert(
    found: Drifts, series: Series, charts: Charts, alarm: Alarm, at: tuple[str, str], end: int, rule: Rule
) -> Alert:
    name, component = at
    s, raised = alarm.at, alarm.raised + 1
    before, after, later = (
        mean_of(series, s, *ends, alarm.sigma)
        for ends in ((alarm.start, alarm.since), (alarm.since, raised), (raised, max(end, raised)))
    )
    until = found.periods[alarm.raised].end
    wait = timedelta(microseconds=found.window_us) if component in FOLLOWED else timedelta()
    return Alert(
        at=name,
        component=component,
        since=found.periods[alarm.since].start,
        until=until,
        raised_at=until + timedelta(days=math.ceil(wait / timedelta(days=1))),
        before=before,
        after=after,
        direction="worse" if alarm.up else "better",
        n=after.n,
        later=later,
        state=_state(before, after, later, 1 if alarm.up else -1, rule.minimum_effect),
        height=float((charts.up if alarm.up else charts.down)[s, alarm.raised]),
    )


def _state(
    before: Measure, after: Measure, later: Measure, sign: int, least: float
) -> Literal["held", "passed", "open"]:
    """What the periods since say, which had no part in raising the alert."""
    if later.value is None or before.value is None:
        return "open"
    error = math.hypot(_error(before), _error(later))
    if sign * (later.value - before.value) > max(ONE_SIDED * error, least):
        return "held"
    return "passed" if later.n >= after.n else "open"


def _error(measure: Measure) -> float:
    """The standard error that an interval speaks of."""
    return ((measure.high or 0.0) - (measure.low or 0.0)) / (2 * 1.959964)


# --- charts ------------------------------------------------------------------------------------------


def _chart(at: str, component: str, series: Series, charts: Charts, s: int) -> Chart:
    final = int(series.final[s])
    n = series.count[s]
    mean = np.where(n > 0, series.total[s] / np.maximum(n, 1.0), np.nan)
    mean[final:] = np.nan
    centre, room = charts.centre[s], 3 * charts.error[s]
    return Chart(
        at=at,
        component=component,
        mean=_known(mean),
        n=tuple(int(x) for x in n),
        centre=_known(centre),
        low=_known(np.clip(centre - room, 0, 1)),
        high=_known(np.clip(centre + room, 0, 1)),
        z=_known(charts.z[s]),
        up=_known(charts.up[s]),
        down=_known(charts.down[s]),
        final=final,
    )


def _known(values: Any) -> tuple[float | None, ...]:
    return tuple(float(x) if math.isfinite(x) else None for x in values)
