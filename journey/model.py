"""The nouns of a journey: small, frozen, without a line of input or output."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest

__all__ = [
    "COMPONENTS",
    "END",
    "START",
    "WEIGHTS",
    "Boundary",
    "Friction",
    "Journey",
    "Measure",
    "Place",
    "Scale",
    "Tally",
    "Touchpoint",
    "Transition",
    "frame",
]

# What friction is made of: the first two are felt, the others observed.
COMPONENTS: Final = ("dissatisfaction", "effort", "exit", "rework", "wait", "switch", "help")
# Half the weight on what is felt, half on what is observed, equal inside each half.
WEIGHTS: Final[Mapping[str, float]] = {name: 0.25 if i < 2 else 0.1 for i, name in enumerate(COMPONENTS)}

Good = Literal["high", "low"]
Source = Literal["measured", "said", "assumed"]


class Boundary:
    """Where a case begins or ends: a node of the graph that no touchpoint's name can equal.

    There are two, `START` and `END`. They print as ``(start)`` and ``(end)``, sort before and after every
    name, and survive copying and pickling as the same object.
    """

    __slots__ = ("_label",)

    def __init__(self, label: str) -> None:
        self._label = label

    def __repr__(self) -> str:
        return self._label

    def __lt__(self, other: object) -> bool:
        return self is START and other is not START

    def __gt__(self, other: object) -> bool:
        return self is END and other is not END

    def __reduce__(self) -> str:
        return "START" if self is START else "END"


START: Final = Boundary("(start)")
END: Final = Boundary("(end)")

Place = str | Boundary


@dataclass(frozen=True, slots=True)
class Scale:
    """The instrument behind an answer: its column, range and direction.

    name      the column that holds the answers (in a recipe: the scale's own name)
    low, high  the least and greatest answer that can be given, as written in the data
    good      which end is good: "high" (satisfaction; ease) or "low" (effort). Never guessed.
    metric    "csat", "ces", "nps" or "rating"; None takes the role it is given (satisfaction=, effort=, nps=)
    question  the words that were asked, where known
    about     "touchpoint" (transactional) or "relation" (the whole relation)
    """

    name: str
    low: float
    high: float
    _: dataclasses.KW_ONLY
    good: Good = "high"
    metric: str | None = None
    question: str | None = None
    about: Literal["touchpoint", "relation"] = "touchpoint"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise JourneyError(f"Scale “{self.name}”: low ({self.low}) must be less than high ({self.high}).")
        if self.good not in ("high", "low"):
            raise JourneyError(f"Scale “{self.name}”: good is “high” or “low”, not {self.good!r}.")
        if self.about not in ("touchpoint", "relation"):
            raise JourneyError(f"Scale “{self.name}”: about is “touchpoint” or “relation”, not {self.about!r}.")
        if self.metric == "nps" and (self.low, self.high, self.good) != (0, 10, "high"):
            raise JourneyError(f"Scale “{self.name}”: NPS is asked on 0–10 only, and high is good.")

    def pomp(self, answer: float) -> float:
        """Percent of maximum possible as a share in [0, 1]; 1 is always the good end (Cohen et al. 1999)."""
        share = (answer - self.low) / (self.high - self.low)
        return share if self.good == "high" else 1 - share


@dataclass(frozen=True, slots=True)
class Measure:
    """An estimate with its interval: 95 % unless named otherwise. All None and n = 0 where nothing was observed."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def missing(cls) -> Measure:
        """No evidence: missing is missing, neither neutral nor zero."""
        return cls(None, None, None, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """A place where customer and company meet, with what was measured there.

    visits        events; `cases` distinct cases that met it, `customers` is not kept here
    starts, ends  cases whose first / last event was here
    satisfaction  shrunken mean on the answers' own scale, high is good only if the scale says so
    effort        likewise for the effort scale
    csat          share of answers in the top two boxes (0–1), where the satisfaction scale has five or more steps
    response_rate  share of visits with a satisfaction or effort answer (0–1), None where nothing was asked
    optional      a step that the designed map lets customers skip
    source        where these facts come from: measured, said (research) or assumed
    """

    name: str
    stage: str | None = None
    channels: tuple[str, ...] = ()
    visits: int = 0
    cases: int = 0
    starts: int = 0
    ends: int = 0
    satisfaction: Measure = Measure(None, None, None, 0)
    satisfaction_raw: float | None = None
    effort: Measure = Measure(None, None, None, 0)
    effort_raw: float | None = None
    csat: Measure = Measure(None, None, None, 0)
    response_rate: float | None = None
    optional: bool = False
    source: Source = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """From one event of a case to the next: an edge.

    moves     how often it was walked; `cases` by how many distinct cases
    share     moves / all moves that leave the source, exits included (0–1): shares leaving a touchpoint sum to 1
    wait_*_s  seconds between the two events: mean, median, 90th percentile, least and greatest;
              None at the start and the end of a case
    """

    source: Place
    target: Place
    moves: int = 0
    cases: int = 0
    share: float | None = None
    wait_mean_s: float | None = None
    wait_median_s: float | None = None
    wait_p90_s: float | None = None
    wait_min_s: float | None = None
    wait_max_s: float | None = None
    origin: Source = "measured"


@dataclass(frozen=True, kw_only=True)
class Journey:
    """The directed graph of touchpoints and transitions: mined from a log, drawn by people, or both.

    touchpoints  in order of stage, then of first appearance
    transitions  every edge, those from `START` and to `END` included, commonest first
    cases        all cases behind it; `customers` and `events` likewise (0 on a designed map)
    reached      cases that met a goal; None where no goal is known
    nps          Net Promoter Score in points, −100 … 100, of all answers on the relation
    scales       the satisfaction and effort scales, keyed "satisfaction", "effort", "nps"
    parallel     groups of touchpoints that a designed map lets happen in any order, all of them but the optional ones
                 once whoever comes by has met one; an edge to or from any of a group leads to or from the group
    """

    touchpoints: tuple[Touchpoint, ...]
    transitions: tuple[Transition, ...]
    name: str = ""
    goal: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    cases: int = 0
    customers: int = 0
    events: int = 0
    reached: int | None = None
    nps: Measure = Measure(None, None, None, 0)
    scales: Mapping[str, Scale] = dataclasses.field(default_factory=dict)
    parallel: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def graph(self) -> nx.DiGraph[Any]:
        """A `networkx.DiGraph` with `START` and `END` as real nodes; attributes are the fields of the nouns."""
        graph: nx.DiGraph[Any] = nx.DiGraph(name=self.name)
        graph.add_nodes_from([START, END])
        for touchpoint in self.touchpoints:
            graph.add_node(touchpoint.name, **_fields(touchpoint))
        for transition in self.transitions:
            graph.add_edge(transition.source, transition.target, **_fields(transition))
        return graph

    def __getitem__(self, name: str) -> Touchpoint:
        for touchpoint in self.touchpoints:
            if touchpoint.name == name:
                return touchpoint
        names = [touchpoint.name for touchpoint in self.touchpoints]
        raise JourneyError(f"There is no touchpoint “{name}”.{suggest(name, names, known='touchpoints')}")

    def to_json(self) -> str:
        """The whole journey as JSON text; `from_json` gives back an equal journey."""
        data = _fields(self)
        data["touchpoints"] = [dataclasses.asdict(touchpoint) for touchpoint in self.touchpoints]
        data["transitions"] = [
            {**_fields(edge), "source": _place_out(edge.source), "target": _place_out(edge.target)}
            for edge in self.transitions
        ]
        data["nps"] = dataclasses.asdict(self.nps)
        data["scales"] = {role: dataclasses.asdict(scale) for role, scale in self.scales.items()}
        return json.dumps({"journey": 1, **data}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Journey:
        """The journey that `to_json` wrote. Raises JourneyError if the text is something else."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data.pop("journey") != 1:
                raise JourneyError("This journey was written by a newer version: update Journey to read it.")
            data["touchpoints"] = tuple(_touchpoint(row) for row in data["touchpoints"])
            data["transitions"] = tuple(
                Transition(**{**row, "source": _place_in(row["source"]), "target": _place_in(row["target"])})
                for row in data["transitions"]
            )
            data["nps"] = Measure(**data["nps"])
            data["scales"] = {role: Scale(**scale) for role, scale in data["scales"].items()}
            for field in ("goal", "ends", "stages"):
                data[field] = tuple(data[field])
            data["parallel"] = tuple(tuple(group) for group in data.get("parallel", ()))
            return cls(**data)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise JourneyError(f"This text is not a journey as Journey writes it ({error}).") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Friction:
    """How much a touchpoint, or a transition, hurts; and how sure that is.

    at             the touchpoint's name, or a (source, target) pair
    score          0–100, 100 · weighted mean of the components' shrunken severities; high is bad; n is visits
    burden         reach × excess over target × unit cost, in customers (or money where costs are given); high is bad
    contributions  component → points of the score; they sum to `score.value`. A component without evidence is absent
    components     component → Measure of its severity (0–1, shrunken), n visits to which it applies
    raw            component → its severity before shrinkage
    expected       component → the severity that is acceptable (0–1): declared, or this journey's own average
    p_top3         probability of being among the three largest burdens (0–1)
    rank           1 is the largest burden; rank_low … rank_high holds 95 % of the draws
    coverage       share of the weights whose components were observed here (0–1)
    """

    at: str | tuple[str, str]
    score: Measure
    burden: Measure
    contributions: Mapping[str, float]
    components: Mapping[str, Measure]
    raw: Mapping[str, float]
    expected: Mapping[str, float]
    p_top3: float
    rank: int
    rank_low: int
    rank_high: int
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Sums of severities by place and customer bucket: all that friction needs to know of the events.

    at          P touchpoints, or (source, target) pairs
    components  M names out of COMPONENTS, in that order
    visits      [P] visits, or moves
    total       [M, P, B] sum of the severities, each in [0, 1]
    count       [M, P, B] visits to which the component applies; all zero where it was not observed
    """

    at: tuple[str | tuple[str, str], ...]
    components: tuple[str, ...]
    visits: NDArray[np.float64]
    total: NDArray[np.float64]
    count: NDArray[np.float64]


def _fields(noun: Any) -> dict[str, Any]:
    """The fields of a dataclass one level deep (nested Measures stay objects)."""
    return {field.name: getattr(noun, field.name) for field in dataclasses.fields(noun)}


def _touchpoint(row: dict[str, Any]) -> Touchpoint:
    measures = {name: Measure(**row[name]) for name in ("satisfaction", "effort", "csat")}
    return Touchpoint(**{**row, **measures, "channels": tuple(row["channels"])})


def _place_out(place: Place) -> str | dict[str, str]:
    """A boundary is written as an object, so that no touchpoint's name can be mistaken for it."""
    return place if isinstance(place, str) else {"boundary": "start" if place is START else "end"}


def _place_in(place: str | dict[str, str]) -> Place:
    return place if isinstance(place, str) else {"start": START, "end": END}[place["boundary"]]


def _spread(mapping: Mapping[str, Any]) -> dict[str, Any]:
    spread: dict[str, Any] = {}
    for key, value in mapping.items():
        if isinstance(value, Measure):
            spread |= {key: value.value, f"{key}_low": value.low, f"{key}_high": value.high, f"{key}_n": value.n}
        else:
            spread[key] = value
    return spread


def frame(rows: Iterable[Any]) -> pd.DataFrame:
    """Frozen results as a pandas table, one row each.

    A `Measure` x spreads into x, x_low, x_high, x_n; a mapping m into one column m_key a key (friction's contributions
    into the bare names of the components); tuples stay tuples.
    `START` and `END` stay the objects they are. An empty iterable gives an empty table.
    """
    table = []
    for row in rows:
        flat: dict[str, Any] = {}
        for name, value in _fields(row).items():
            if isinstance(value, Mapping):
                prefix = "" if name == "contributions" else f"{name}_"
                flat |= _spread({f"{prefix}{key}": part for key, part in value.items()})
            else:
                flat |= _spread({name: value})
        table.append(flat)
    return pd.DataFrame(table)
