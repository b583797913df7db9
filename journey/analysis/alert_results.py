"""What a watch over the journey found: alerts, control charts, change points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from journey.errors import JourneyError
from journey.events.trend import Period
from journey.model import Measure, Scale

__all__ = ["Alert", "Alerts", "ChangePoint", "Chart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A component of friction left its level at a touchpoint.

    since, until   first day of the drift and the day after the last that raised it: the CUSUM left zero at `since`
    raised_at      the day on which it could be told: `until`, and the window later where visits are followed for it
    before, after  mean severity (0–1, high is bad) of the level before `since`, and from `since` to `until`; 95 %
                   intervals, widened by σ_z². `after` overshoots a little, for it was large when it was noticed
    direction      "worse" where the severity rose, else "better"
    n              visits or answers from `since` to `until`
    later          the mean of the periods after `until`, which had no part in raising it, up to the next alert
    state          "held" where `later` is still clearly off `before` on that side (one-sided 5 %), by at least the
                   least effect; "passed" where it is not, though as much was seen as raised the alert; else "open"
    height         the CUSUM when it was raised, in standard deviations
    """

    at: str
    component: str
    since: date
    until: date
    raised_at: date
    before: Measure
    after: Measure
    direction: Literal["worse", "better"]
    n: int
    later: Measure
    state: Literal["held", "passed", "open"]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One component at one touchpoint, period by period; None where nothing could be said.

    mean, n       mean severity of the period's visits (0–1, high is bad) and how many there were
    centre        the mean it was held against: of the level's periods before
    low, high     control limits, centre ± 3 standard errors of a period with n visits
    z, up, down   the score, and the cumulative sums for worse and for better; an alarm lies above `Alerts.h`
    final         the first so many periods are known in full
    """

    at: str
    component: str
    mean: tuple[float | None, ...]
    n: tuple[int, ...]
    centre: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    z: tuple[float | None, ...]
    up: tuple[float | None, ...]
    down: tuple[float | None, ...]
    final: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """In hindsight a component changed its level at a touchpoint on the day `when`.

    before, after  mean severity between the change before and this one, and from here to the next; 95 % intervals
    p              of no change between those two, by permutation of the periods; all that are told stand out together
                   (Benjamini–Hochberg, false discovery rate 10 %)
    """

    at: str
    component: str
    when: date
    before: Measure
    after: Measure
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """What drifted, newest first, with the control chart of every touchpoint and component that was watched.

    periods     the whole periods of the log, oldest first; `unit` is "day", "week" or "month"
    follow_s    exits, returns, switches and calls for help are known once a visit was followed for so many seconds, so
                their charts end earlier
    years       touchpoint-and-component years in which an alarm could have been raised
    by_chance   alerts to expect in these if nothing ever changed, at most (Siegmund 1985)
    scales      satisfaction and effort scales, for severities that are to be told as answers
    changes     change points in hindsight, newest first; None where they were not asked for
    """

    unit: str
    periods: tuple[Period, ...]
    alerts: tuple[Alert, ...]
    charts: tuple[Chart, ...]
    changes: tuple[ChangePoint, ...] | None
    follow_s: float
    years: float
    by_chance: float
    k: float
    h: float
    minimum_effect: float
    minimum_n: int
    cool_down: int
    baseline: int
    scales: Mapping[str, Scale]

    def of(self, at: str, component: str) -> Chart:
        """The chart of a component at a touchpoint. Raises JourneyError where that was not watched."""
        for chart in self.charts:
            if (chart.at, chart.component) == (at, component):
                return chart
        raise JourneyError("{component} was not watched at “{touchpoint}”.", component=component, touchpoint=at)
