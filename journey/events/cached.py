"""Large logs: indexed into a DuckDB file of the cache folder, found again by the content's fingerprint."""

from __future__ import annotations

import dataclasses
import glob
import json
import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from journey.events import marks
from journey.events.build import Index, Sizes, build
from journey.events.engine import arrow_of, cache_dir, connect, run
from journey.events.index import Codes
from journey.events.read import Door

__all__ = ["find_or_build", "is_large"]

# A new number makes older files stale.
EDITION = 1
# Columnar files above a quarter GiB hold some twenty million events and more; text is three times as wide.
LARGE = {".parquet": 256 << 20, ".gz": 256 << 20, "": 1 << 30}


def is_large(paths: Sequence[str]) -> bool:
    """Whether the files together are too many bytes to index in memory."""
    sizes = dict.fromkeys(LARGE, 0)
    for path in paths:
        try:
            for file in _files(path):
                kind = file.suffix.lower() if file.suffix.lower() in LARGE else ""
                sizes[kind] += file.stat().st_size
        except OSError:
            # What cannot be opened is not large; the door says why.
            continue
    return sum(sizes[kind] / limit for kind, limit in LARGE.items()) > 1


def _files(path: str) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        return [file for file in place.rglob("*") if file.is_file()]
    return [place] if place.is_file() else [Path(found) for found in glob.glob(path, recursive=True)]  # noqa: PTH207 the pattern may be absolute


def find_or_build(enter: Callable[[Any], Door]) -> tuple[Door, Index]:
    """The index of what `enter` opens: from the cache if it is there, else built and put there in one step."""
    draft = cache_dir() / f"draft-{os.getpid()}-{uuid.uuid4().hex[:8]}.duckdb"
    backend = connect(file=draft)
    try:
        entered = enter(backend)
        place = cache_dir() / f"{entered.fingerprint}-{EDITION}.duckdb"
        if not place.exists():
            _write(build(entered, backend, large=True), backend)
            backend.disconnect()
            # Another process may have been quicker; both files say the same, so the last one may win.
            draft.replace(place)
    finally:
        backend.disconnect()
        for spare in cache_dir().glob(f"{draft.name}*"):
            spare.unlink(missing_ok=True)
    return entered, _found(place, entered)


def _write(index: Index, backend: Any) -> None:
    """Everything the index knows, under fixed names; what was needed on the way is dropped."""
    plain = index.table().op().name
    backend.con.register("marks", marks.in_chunks(backend.con, plain))
    # Both hold their rows in the same order.
    backend.con.execute(f'CREATE TABLE events AS SELECT * FROM "{plain}" POSITIONAL JOIN marks')
    backend.con.unregister("marks")
    if index.case_ids is not None:
        backend.con.register("ids", arrow_of(index.case_ids))
        backend.con.execute("CREATE TABLE case_ids AS FROM ids")
        backend.con.unregister("ids")
    facts = {
        "touchpoints": index.touchpoints.names,
        "channels": index.channels.names if index.channels else None,
        "attributes": {name: codes.names if codes else None for name, codes in index.attributes.items()},
        "sizes": dataclasses.asdict(index.sizes),
    }
    backend.con.execute("CREATE TABLE facts AS SELECT $1::VARCHAR AS told", [json.dumps(facts)])
    backend.con.execute("CHECKPOINT")


def _found(place: Path, entered: Door) -> Index:
    """The index in a cached file, read only; what is derived from it is kept in memory, or spilled."""
    backend = connect()
    quoted = str(place).replace("'", "''")
    backend.raw_sql(f"ATTACH '{quoted}' AS cached (READ_ONLY)")
    stored = {name: backend.table(name, database="cached.main") for name in backend.list_tables(database="cached.main")}
    facts = json.loads(run(stored["facts"])["told"].iloc[0])
    return Index(
        backend=backend,
        stored=stored["events"],
        touchpoints=Codes(tuple(facts["touchpoints"])),
        channels=Codes(tuple(facts["channels"])) if facts["channels"] is not None else None,
        attributes={
            name: None if codes is None else Codes(tuple(codes)) for name, codes in facts["attributes"].items()
        },
        scales={role: entered.scales[name] for role, name in entered.roles.items()},
        case_ids=stored.get("case_ids"),
        sizes=Sizes(**facts["sizes"]),
        large=True,
    )
