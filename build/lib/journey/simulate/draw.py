"""Customers walking a known journey: a log drawn from a world, with the truth beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.model import Scale
from journey.simulate.answers import CES_CUTS, CSAT_CUTS, LEVELS, MOOD, reply
from journey.simulate.truth import truth
from journey.simulate.world import Floats, Ints, Planted, World
from journey.simulate.worlds import random_world

__all__ = ["Simulated", "simulate"]

SCALES: Final = (
    Scale("csat", 1, 5, metric="csat", question="How satisfied were you?"),
    Scale("ces", 1, 7, metric="ces", question="The company made this easy for me.", good="high"),
    Scale("nps", 0, 10, metric="nps", question="How likely are you to recommend us?", about="relation"),
)
_BEGIN: Final = np.datetime64("2025-01-01T00:00:00", "us")
_SEGMENTS: Final = ("basic", "plus", "pro")
# Satisfaction and ease of one visit share this part of their latent variance.
_SHARED: Final = 0.6
_STEPS: Final = 5_000
_NOTES: Final = (
    ("Nothing worked here, I gave up twice.", "Demorou demais e ninguém explicou.", "Confusing and slow."),
    ("Não entendi o que fazer.", "Had to ask for help.", "Poderia ser mais simples."),
    ("It was fine.", "Foi ok, nada demais.", "Average, could be quicker."),
    ("Bom atendimento.", "Quick and clear.", "Gostei, foi simples."),
    ("Excellent, thank you!", "Tudo perfeito, recomendo.", "Could not have been easier."),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulated:
    """A log drawn from a known journey.

    events     one row an event, in order of time: case, customer, touchpoint, time (naive, UTC), channel, csat
               (1–5), ces (1–7, high is easy), nps (0–10, on the last event of a passage), segment, and comment if
               asked for. Missing answers are null
    customers  one row a customer: customer, segment, level (0 easy-going … 4 hard to please)
    truth      expected severities by touchpoint (`journey.simulate.truth`), with the planted size in
               `planted_<component>` columns (0 where nothing was planted)
    world      the world walked, friction included; `planted` the friction
    """

    events: pd.DataFrame
    customers: pd.DataFrame
    truth: pd.DataFrame
    world: World
    planted: tuple[Planted, ...]

    @cached_property
    def columns(self) -> dict[str, Any]:
        """What `journey.read` has to be told about the columns of `events`."""
        roles = dict(zip(("satisfaction", "effort", "nps"), SCALES, strict=True))
        told = {name: name for name in ("case", "customer", "touchpoint", "time", "channel")}
        comment = {"comment": "comment"} if "comment" in self.events else {}
        return {**told, **roles, **comment, "attributes": ["segment"]}

    def recipe(self, path: str = "events.parquet") -> dict[str, Any]:
        """The recipe that reads the events saved at `path`: the keys of a `journey.yaml`."""
        world = self.world
        table: dict[str, Any] = {"kind": "events", "path": path}
        table |= {name: name for name in ("case", "customer", "touchpoint", "time", "channel")}
        table |= {"answers": {scale.name: scale.name for scale in SCALES}, "attributes": ["segment"]}
        if "comment" in self.events:
            table["comment"] = "comment"
        names = np.array(world.touchpoints)
        stages = {stage: names[world.stage == k].tolist() for k, stage in enumerate(world.stages)}
        promised = {
            name: f"{round(float(seconds) / 60)}m"
            for name, seconds in zip(world.touchpoints, world.promise, strict=True)
            if np.isfinite(seconds)
        }
        return {
            "name": "Simulated",
            "tables": [table],
            "scales": {scale.name: _scale(scale) for scale in SCALES},
            "stages": {stage: members for stage, members in stages.items() if members},
            "goal": world.goal,
            "ends": list(world.ends),
            "support": list(world.support),
            "promises": promised,
            "window": f"{round(world.window_s / 86_400)}d",
        }

    def save(self, folder: str | Path) -> Path:
        """Write events.parquet, truth.csv and journey.yaml into a folder; returns the recipe's path."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        self.events.to_parquet(place / "events.parquet", index=False)
        self.truth.to_csv(place / "truth.csv", index=False)
        # JSON values are YAML: one readable line a key, and no YAML writer needed.
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.recipe().items()]
        recipe = place / "journey.yaml"
        recipe.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return recipe


def simulate(
    world: World | None = None,
    *,
    customers: int = 2000,
    seed: int = 0,
    planted: Iterable[Planted] = (),
    passages: float = 1.6,
    days: float = 365.0,
    response: float = 0.35,
    people: float = 1.0,
    comments: bool = False,
) -> Simulated:
    """Draw a log from a world (a random one of the same seed if None), deterministic by seed.

    planted   friction added to the world first
    passages  mean cases per customer (≥ 1): 1 + Poisson(passages − 1), starting anywhere in `days`
    response  share of contented visitors who rate; the unhappy answer more, those who leave a step never rate it
    people    size of the person effect: 0 makes all customers alike
    comments  add a comment to about a third of the answers

    Raises JourneyError for a world or friction that makes no sense.
    """
    if customers < 1 or passages < 1 or days <= 0 or not 0 <= response <= 1:
        raise JourneyError("simulate needs customers ≥ 1, passages ≥ 1, days > 0 and response between 0 and 1.")
    rng = np.random.default_rng(seed)
    friction = tuple(planted)
    walked = (random_world(seed=seed) if world is None else world).plant(friction)
    segment = rng.integers(0, len(_SEGMENTS), customers)
    level = rng.integers(0, len(LEVELS), customers)
    owner = np.repeat(np.arange(customers), 1 + rng.poisson(passages - 1, customers))
    events = _walk(rng, walked, level[owner], people, days * 86_400)
    events["owner"] = owner[events["case"]]
    mood = MOOD * people * LEVELS[level[events["owner"]]]
    answers = _answer(rng, walked, events, mood, response)
    order = np.argsort(events["seconds"], kind="stable")
    at, who = events["at"][order], events["owner"][order]
    table = pd.DataFrame(
        {
            "case": events["case"][order] + 1,
            "customer": who + 1,
            "touchpoint": np.array(walked.touchpoints, dtype=object)[at],
            "time": _BEGIN + (events["seconds"][order] * 1e6).astype("timedelta64[us]"),
            "channel": np.array(walked.channels, dtype=object)[events["channel"][order]],
            **{name: _nullable(values[order]) for name, values in answers.items()},
            "segment": np.array(_SEGMENTS, dtype=object)[segment[who]],
        }
    )
    if comments:
        table["comment"] = _comments(rng, table["csat"])
    people_table = pd.DataFrame(
        {"customer": np.arange(1, customers + 1), "segment": np.array(_SEGMENTS)[segment], "level": level}
    )
    expected = truth(walked, response=response, people=people)
    for one in friction:
        column = f"planted_{one.component}"
        expected[column] = expected.get(column, 0.0) + np.where(expected["touchpoint"] == one.at, one.size, 0.0)
    return Simulated(events=table, customers=people_table, truth=expected, world=walked, planted=friction)


def _walk(rng: np.random.Generator, world: World, level: Ints, people: float, span: float) -> dict[str, NDArray[Any]]:
    """All passages, step by step and all customers at once: case, at, channel, seconds, last."""
    ladder = np.stack([np.cumsum(world.matrix(one), axis=1) for one in LEVELS * people])
    case = np.arange(len(level))
    at = np.searchsorted(np.cumsum(world.start)[:-1], rng.random(len(level)), side="right")
    channel = world.home[at]
    seconds = rng.uniform(0, span, len(level))
    steps: list[tuple[NDArray[Any], ...]] = []
    while len(case):
        if len(steps) == _STEPS:
            raise JourneyError(f"After {_STEPS} steps some customers are still on their way: does the world end?")
        onward = (rng.random(len(case))[:, None] >= ladder[level[case], at]).sum(axis=1)
        stays = onward < len(world.touchpoints)
        steps.append((case, at, channel, seconds, ~stays))
        case, before, at, channel, seconds = case[stays], at[stays], onward[stays], channel[stays], seconds[stays]
        seconds = seconds + np.exp(world.wait[before, at] + world.spread * rng.standard_normal(len(case)))
        channel = _channel(rng, world, before, at, channel)
    names = ("case", "at", "channel", "seconds", "last")
    return {name: np.concatenate(column) for name, column in zip(names, zip(*steps, strict=True), strict=True)}


def _channel(rng: np.random.Generator, world: World, before: Ints, at: Ints, channel: Ints) -> Ints:
    """Customers keep their channel; those who switch go to the next touchpoint's home, or anywhere else."""
    many = len(world.channels)
    if many == 1:
        return channel
    other = (channel + rng.integers(1, many, len(at))) % many
    other = np.where(world.home[at] != channel, world.home[at], other)
    switched: Ints = np.where(rng.random(len(at)) < world.switch[before], other, channel)
    return switched


def _answer(
    rng: np.random.Generator, world: World, events: dict[str, NDArray[Any]], mood: Floats, response: float
) -> dict[str, Ints]:
    """csat, ces and nps of every event; −1 where there is no answer."""
    at, last, count = events["at"], events["last"], len(events["at"])
    shared = np.sqrt(_SHARED) * rng.standard_normal(count)
    own = np.sqrt(1 - _SHARED) * rng.standard_normal((2, count))
    willing = np.where(last & ~world.legitimate[at], np.inf, rng.random(count))
    feeling = world.satisfaction[at] - mood + shared + own[0]
    csat = np.searchsorted(CSAT_CUTS, feeling)
    ces = np.searchsorted(CES_CUTS, world.ease[at] - mood + shared + own[1])
    result = {
        "csat": np.where(willing < reply(response, 1 - csat / len(CSAT_CUTS)), csat + 1, -1),
        "ces": np.where(willing < reply(response, 1 - ces / len(CES_CUTS)), ces + 1, -1),
    }
    # The relation: what the whole passage felt like, asked once, at its end, of leavers too (who seldom reply).
    cases = int(events["case"].max()) + 1
    felt = np.bincount(events["case"], feeling, cases) / np.bincount(events["case"], minlength=cases)
    score = np.clip(np.rint(6.6 + 2.2 * felt[events["case"]] + 1.2 * rng.standard_normal(count)), 0, 10).astype(np.intp)
    asked = last & (rng.random(count) < response * np.where(world.legitimate[at], 1.0, 0.3))
    return {**result, "nps": np.where(asked, score, -1)}


def _nullable(values: Ints) -> Any:
    return pd.arrays.IntegerArray(np.where(values < 0, 0, values).astype(np.int8), values < 0)


def _comments(rng: np.random.Generator, csat: pd.Series[Any]) -> Any:
    score = csat.to_numpy(dtype=float, na_value=np.nan)
    chatty = rng.random(len(score)) < np.where(score <= 2, 0.6, 0.25)
    pick = rng.integers(0, len(_NOTES[0]), len(score))
    return [
        _NOTES[int(one) - 1][which] if talks and not math.isnan(one) else None
        for one, which, talks in zip(score, pick, chatty, strict=True)
    ]


def _scale(scale: Scale) -> dict[str, Any]:
    fields = ("metric", "low", "high", "good", "question", "about")
    return {name: getattr(scale, name) for name in fields}
