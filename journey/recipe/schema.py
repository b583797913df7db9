"""The recipe: where the tables are, what their columns mean, and what the journey is meant to be."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from journey.errors import RecipeError, suggest
from journey.model import Journey, Scale
from journey.recipe.accounts import Accounts
from journey.recipe.designed import Plan, drawn
from journey.recipe.duration import duration_us
from journey.recipe.explain import sentences
from journey.recipe.nodes import Source
from journey.recipe.parts import Component, Designed, Duration, Listening, Name, Names, Part, Promise, ScaleSpec
from journey.recipe.tables import Events, Milestones, Survey, Table

__all__ = ["Recipe"]

Role = Literal["satisfaction", "effort", "nps"]


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        close = suggest(name, zoneinfo.available_timezones())
        hint = close if "Did you mean" in close else ""
        raise RecipeError(f"expected a time zone such as Europe/Lisbon or UTC, got “{name[:60]}”.{hint}") from error
    return name


class Recipe(Part):
    """What `journey.yaml` says; its keys are the fields. See `load`, `parse` and `minimal`, which make one.

    name, folder        what it is called; where relative paths start (default: the recipe's own folder)
    time_zone, language IANA zone of times without one (None: as written, read as UTC); language of the comments
    tables              events, milestones, answers, survey and attributes; their order matters for equal times only
    accounts            the commercial side of customers: start, plan, MRR, usage, tickets, renewal, churn
    scales              name → instrument
    stages              stage → touchpoints, both in order
    channels            touchpoint → channel, where the tables have none
    goal, ends          touchpoints that are the aim; those where a case may rightly end besides
    goal_value          what one more case that reaches the goal is worth, in `currency`
    support             touchpoints of help;  repeatable: those meant to be met again
    promises            touchpoint → how soon
    window              how long “soon after” is: exit, rework, switch and help count within it
    weights, targets, costs   component → weight (0 or more), acceptable severity (0 to 1), cost of one in `currency`
    listening           whose names to mask in comments; which touchpoints' texts nobody asked for
    designed            the map as people drew it: here, or the path of a file beside the recipe
    """

    name: str = ""
    folder: str | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    tables: tuple[Table, ...] = ()
    accounts: Accounts | None = None
    scales: dict[Name, ScaleSpec] = Field(default_factory=dict)
    stages: dict[Name, Names] = Field(default_factory=dict)
    channels: dict[Name, Name] = Field(default_factory=dict)
    goal: Names = ()
    ends: Names = ()
    support: Names = ()
    repeatable: Names = ()
    promises: dict[Name, Promise] = Field(default_factory=dict)
    window: Duration | None = None
    weights: dict[Component, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    targets: dict[Component, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    costs: dict[Component, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    currency: Name | None = None
    goal_value: Annotated[float, Field(ge=0)] | None = None
    listening: Listening = Field(default_factory=Listening)
    designed: Designed | None = None

    _source: Source = PrivateAttr(default_factory=Source)

    def model_post_init(self, context: Any, /) -> None:
        """Keep where the keys were written, for errors found later."""
        if isinstance(context, Source):
            self._source = context

    def where(self, *keys: str | int) -> str:
        """Where a key was written, to begin an error with: ``journey.yaml, line 12, tables[0].case``."""
        return self._source.where(keys)

    def locate(self, path: str) -> str:
        """The path of a table as it is to be opened: relative ones start at `folder`, URLs stay as they are."""
        if self.folder is None or "://" in path or Path(path).is_absolute():
            return path
        if "://" in self.folder:
            return f"{self.folder.rstrip('/')}/{path}"
        return str(Path(self.folder, path))

    def scale(self, name: str) -> Scale:
        """The scale of that name. Raises RecipeError, with the nearest name, if there is none."""
        if name not in self.scales:
            raise RecipeError(f"There is no scale “{name}”.{suggest(name, self.scales, known='scales')}")
        return self.scales[name].scale(name)

    @property
    def roles(self) -> dict[Role, str]:
        """Role → scale: the first declared whose metric fits, those asked at a touchpoint before relational ones."""
        metrics: dict[Role, tuple[str, ...]] = {"satisfaction": ("csat", "rating"), "effort": ("ces",), "nps": ("nps",)}
        found: dict[Role, str] = {}
        for role, fitting in metrics.items():
            scales = [self.scale(name) for name, spec in self.scales.items() if spec.metric in fitting]
            if scales:
                found[role] = min(
                    scales, key=lambda one: (one.about == "relation", fitting.index(str(one.metric)))
                ).name
        return found

    @property
    def window_us(self) -> int | None:
        """`window` in microseconds."""
        return None if self.window is None else duration_us(self.window)

    def stage_of(self, touchpoint: str) -> str | None:
        """The stage that lists the touchpoint."""
        return next((stage for stage, names in self.stages.items() if touchpoint in names), None)

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Every touchpoint the recipe itself can tell: those of the stages in order, then as the tables name them."""
        listed = (name for names in self.stages.values() for name in names)
        return tuple(dict.fromkeys((*listed, *self.made)))

    @property
    def made(self) -> tuple[str, ...]:
        """The touchpoints that the tables name: those of milestones and surveys, and the new names of events."""
        named: list[str] = []
        for table in self.tables:
            if isinstance(table, Milestones):
                named += table.touchpoints.values()
            elif isinstance(table, Survey):
                named += (*table.touchpoints.values(), *table.efforts.values())
            elif isinstance(table, Events):
                named += table.rename.values()
        return tuple(dict.fromkeys(named))

    def steps(self, survey: Survey) -> tuple[tuple[str, str | None, str | None], ...]:
        """The implied order of a survey: (touchpoint, its rating column, its effort column), one visit each.

        Stages set the order where they name the touchpoint; the rest follow as the survey lists them.
        """
        ratings = {name: column for column, name in survey.touchpoints.items()}
        efforts = {name: column for column, name in survey.efforts.items()}
        return tuple(
            (name, ratings.get(name), efforts.get(name)) for name in self.touchpoints if name in {*ratings, *efforts}
        )

    def map(self) -> Journey | None:
        """The designed map as a journey whose facts are *assumed*; None if the recipe draws none."""
        if self.designed is None:
            return None
        return drawn(self.plan, name=self.name, goal=self.goal, ends=self.ends, channels=self.channels)

    @property
    def plan(self) -> Plan:
        """The designed map with what it takes over from the recipe filled in."""
        designed = self.designed or Designed()
        stages = designed.stages or self.stages
        listed = designed.touchpoints or tuple(name for names in stages.values() for name in names)
        return Plan(
            stages=stages,
            touchpoints=listed or tuple(dict.fromkeys(name for pair in designed.transitions for name in pair)),
            transitions=designed.transitions,
            optional=designed.optional,
            parallel=designed.parallel,
            starts=designed.starts,
            ends=designed.ends,
        )

    def explain(self) -> list[str]:
        """What was understood, in plain sentences."""
        return sentences(self)
