"""Large event files, written slice by slice: as long as you like in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from journey.errors import JourneyError
from journey.simulate.answers import CES_CUTS, CSAT_CUTS, LEVELS, MOOD, categories, reply, severity
from journey.simulate.world import World
from journey.simulate.worlds import random_world

__all__ = ["write_parquet"]

_SEGMENTS: Final = ("basic", "plus", "pro")
_BEGIN_US: Final = 1_735_689_600_000_000  # 2025-01-01 in microseconds since 1970
_YEAR_US: Final = 365 * 86_400_000_000
_SLICE: Final = 1_000_000  # events begun per slice: what bounds the memory
_ROW_GROUP: Final = 250_000
_RESPONSE: Final = 0.2
_GONE: Final = 255
# Bits of one random 64-bit word spent on each draw of one event.
_NEXT, _WAIT, _RATE, _SWITCH = 12, 12, 10, 10

Columns = dict[str, NDArray[Any]]


def write_parquet(
    path: str | Path,
    *,
    events: int = 10_000_000,
    customers: int = 1_000_000,
    touchpoints: int = 40,
    seed: int = 0,
) -> Path:
    """Write exactly `events` rows of a random world, in order of time, deterministic by seed; returns the path.

    Columns: case (int64, the customer's id 1 … `customers`), touchpoint, time (µs, no zone), channel, csat (1–5),
    ces (1–7, high is easy), segment (constant in a case). A passage has about eight events, or
    events / customers where that is fewer; customers with more events have several passages in their case. The file
    ends where an export would: with the last passages cut off.

    Memory depends on the slice, not on the length: passages begin in order of time, so each slice of them is walked
    at once, what lies before the next slice's beginning is written, and the rest waits.
    Raises JourneyError unless 1 ≤ `customers` ≤ `events` and `touchpoints` ≤ 250.
    """
    if not 1 <= customers <= events or touchpoints > 250:
        raise JourneyError("write_parquet needs 1 ≤ customers ≤ events and at most 250 touchpoints.")
    tables = _Tables.of(_shortened(random_world(touchpoints=touchpoints, seed=seed), events / customers))
    rng = np.random.default_rng(seed)
    left = events
    place = Path(path)
    with pq.ParquetWriter(place, _SCHEMA, compression="snappy", store_schema=False) as writer:
        for rows in _slices(rng, tables, events, customers):
            kept = {name: column[:left] for name, column in rows.items()}
            left -= len(kept["time"])
            writer.write_table(_arrow(kept, tables), row_group_size=_ROW_GROUP)
            if not left:
                break
    return place


_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_SCHEMA: Final = pa.schema(
    {
        "case": pa.int64(),
        "touchpoint": _TEXT,
        "time": pa.timestamp("us"),
        "channel": _TEXT,
        "csat": pa.int8(),
        "ces": pa.int8(),
        "segment": _TEXT,
    }
)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Tables:
    """A world as lookup tables: every draw is one load at a row of the table plus some random bits."""

    world: World
    length: float
    following: NDArray[np.uint8]  # [level, touchpoint, 2^12]
    wait_us: NDArray[np.int64]  # [touchpoint, 2^12]
    csat: NDArray[np.int8]  # [level, touchpoint, 2^10]; 0 is no answer
    ces: NDArray[np.int8]
    switch: NDArray[np.uint32]  # [touchpoint] threshold
    start: NDArray[np.uint8]  # [2^12]

    @classmethod
    def of(cls, world: World) -> _Tables:
        size = len(world.touchpoints)
        chain = np.stack([world.matrix(level) for level in LEVELS])
        usual = np.log(np.average(np.exp(world.wait), axis=0))
        quantile = _normal_quantiles(1 << _WAIT)
        wait = np.exp(usual[:, None] + world.spread * quantile[None, :]) * 1e6
        rates = {
            name: _quantised_answers(mean[None, :] - MOOD * LEVELS[:, None], cuts)
            for name, mean, cuts in (("csat", world.satisfaction, CSAT_CUTS), ("ces", world.ease, CES_CUTS))
        }
        return cls(
            world=world,
            length=_length(world),
            following=_quantised(chain, 1 << _NEXT, rest=_GONE).astype(np.uint8),
            wait_us=wait.astype(np.int64),
            switch=(world.switch * (1 << _SWITCH)).astype(np.uint32),
            start=_quantised(world.start, 1 << _NEXT, rest=size - 1).astype(np.uint8),
            **rates,
        )


def _slices(rng: np.random.Generator, tables: _Tables, events: int, customers: int) -> Iterator[Columns]:
    """Rows in order of time, each block later than the one before; somewhat more than `events` in all."""
    passages = math.ceil(events / tables.length * 1.02) + 50
    block = max(1, int(_SLICE / tables.length))
    stride = _coprime(customers)
    waiting: list[Columns] = []
    first = 0
    while True:
        number = np.arange(first, first + block, dtype=np.int64)
        begin = ((number + rng.random(block)) * (_YEAR_US / passages)).astype(np.int64)
        # Consecutive passages belong to far apart ids, and an id comes again only after all others.
        customer = (number % customers * stride) % customers + 1
        first += block
        rows = _joined([*waiting, _walk(rng, tables, customer, begin)])
        ready = rows["time"] < int(first * (_YEAR_US / passages))
        now = _ordered({name: column[ready] for name, column in rows.items()})
        waiting = [{name: column[~ready] for name, column in rows.items()}]
        yield now


def _walk(rng: np.random.Generator, tables: _Tables, customer: NDArray[np.int64], begin: NDArray[np.int64]) -> Columns:
    """The whole passages of these customers, step by step and all at once."""
    world = tables.world
    size, many = len(world.touchpoints), len(world.channels)
    mixed = (customer.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    level = (mixed % np.uint64(len(LEVELS))).astype(np.int64)
    segment = (mixed // np.uint64(8) % np.uint64(len(_SEGMENTS))).astype(np.int8)
    home = world.home.astype(np.int8)
    at = tables.start[rng.integers(0, 1 << _NEXT, len(customer))]
    channel, time = home[at], begin
    steps: list[Columns] = []
    while len(customer):
        bits = rng.integers(0, 1 << 64, len(customer), dtype=np.uint64)
        row = level * size + at
        onward = tables.following.reshape(-1)[(row << _NEXT) + _take(bits, 0, _NEXT)]
        stays = onward != _GONE
        rated = stays | world.legitimate[at]
        rate = (row << _RATE) + _take(bits, _NEXT, _RATE)
        # The two answers share most of their random bits, so that satisfied visits tend to be easy ones.
        steps.append(
            {
                "case": customer,
                "touchpoint": at,
                "time": time,
                "channel": channel,
                "csat": tables.csat.reshape(-1)[rate] * rated,
                "ces": tables.ces.reshape(-1)[rate ^ _take(bits, 60, 4)] * rated,
                "segment": segment,
            }
        )
        keep = np.flatnonzero(stays)
        bits, before, at, channel = bits[keep], at[keep], onward[keep], channel[keep]
        customer, level, segment = customer[keep], level[keep], segment[keep]
        wait = tables.wait_us.reshape(-1)[(at.astype(np.int64) << _WAIT) + _take(bits, 22, _WAIT)]
        time = time[keep] + wait + _take(bits, 44, 20)
        other = np.where(home[at] != channel, home[at], (channel + 1) % many)
        channel = np.where(_take(bits, 34, _SWITCH) < tables.switch[before], other, channel).astype(np.int8)
    return _joined(steps)


def _take(bits: NDArray[np.uint64], low: int, count: int) -> NDArray[np.int64]:
    """`count` bits of each word, from bit `low` on."""
    return ((bits >> np.uint64(low)) & np.uint64((1 << count) - 1)).astype(np.int64)


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _ordered(rows: Columns) -> Columns:
    order = np.argsort(rows["time"], kind="stable")
    return {name: column[order] for name, column in rows.items()}


def _arrow(rows: Columns, tables: _Tables) -> Any:
    texts = {"touchpoint": tables.world.touchpoints, "channel": tables.world.channels, "segment": _SEGMENTS}
    arrays = []
    for name in _SCHEMA.names:
        column = rows[name]
        if name in texts:
            arrays.append(pa.DictionaryArray.from_arrays(pa.array(column.astype(np.int32)), list(texts[name])))
        elif name == "time":
            arrays.append(pa.array(column + _BEGIN_US, type=pa.timestamp("us")))
        else:
            arrays.append(pa.array(column, mask=column == 0 if name in ("csat", "ces") else None))
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _shortened(world: World, length: float) -> World:
    """The world with more customers leaving, where its passages would be longer than `length` events."""
    shorter, low, high = world, 0.0, 1.0
    if _length(world) <= length:
        return world
    for _ in range(30):
        share = (low + high) / 2
        leave = world.leave + share * (1 - world.leave)
        shorter = World(**{**_fields(world), "leave": leave})
        low, high = (share, high) if _length(shorter) > length else (low, share)
    return shorter


def _fields(world: World) -> dict[str, Any]:
    return {name: getattr(world, name) for name in World.__dataclass_fields__}


def _length(world: World) -> float:
    """Expected events per passage."""
    unit = np.eye(len(world.touchpoints))
    visits = [world.start @ np.linalg.inv(unit - world.matrix(level)) for level in LEVELS]
    return float(np.mean([one.sum() for one in visits]))


def _quantised(share: NDArray[np.float64], cells: int, *, rest: int) -> NDArray[np.int64]:
    """Categorical draws as a table: cell c holds the category whose cumulative share covers (c + ½) / cells."""
    middle = (np.arange(cells) + 0.5) / cells
    flat = np.cumsum(share, axis=-1).reshape(-1, share.shape[-1])
    drawn = np.stack([np.searchsorted(row, middle, side="right") for row in flat])
    drawn = np.where(drawn == share.shape[-1], rest, drawn)
    return drawn.reshape(*share.shape[:-1], cells)


def _quantised_answers(mean: NDArray[np.float64], cuts: NDArray[np.float64]) -> NDArray[np.int8]:
    share = categories(mean, cuts) * reply(_RESPONSE, severity(cuts))
    drawn = _quantised(share, 1 << _RATE, rest=-1)
    return (drawn + 1).astype(np.int8)


def _normal_quantiles(cells: int) -> NDArray[np.float64]:
    """Quantiles of the standard normal in the middle of equal cells, from its integrated density."""
    grid = np.linspace(-5, 5, 200_001)
    below = np.cumsum(np.exp(-0.5 * grid**2))
    return np.interp((np.arange(cells) + 0.5) / cells, below / below[-1], grid)


def _coprime(number: int) -> int:
    """A stride near the golden section that visits every residue."""
    stride = max(1, int(number * 0.618034))
    while math.gcd(stride, number) != 1:
        stride += 1
    return stride
