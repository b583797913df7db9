"""The speed table of docs/benchmarks.md.

    python benchmarks/run.py                      # 10⁵ … 10⁷ events
    python benchmarks/run.py --events 100000000   # one size
    python benchmarks/run.py --write              # 10⁵ … 10⁸, into docs/benchmarks.md

Each size runs in a process of its own, so that peak memory is that run's alone. Times are seconds of wall clock, best
of three for what is short; every ratio is to DuckDB's own window query over the same file in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

WINDOW = """
WITH moves AS (
    SELECT touchpoint, lead(touchpoint) OVER w AS target, epoch_us(lead(time) OVER w) - epoch_us(time) AS wait
    FROM read_parquet('{file}') WINDOW w AS (PARTITION BY "case" ORDER BY time)
)
SELECT touchpoint, target, count(*) AS moves, avg(wait) AS wait FROM moves GROUP BY ALL
"""


def timed(act: Callable[[], Any], *, best_of: int = 1) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(best_of):
        began = time.perf_counter()
        result = act()
        best = min(best, time.perf_counter() - began)
    return best, result


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def baseline(file: Path) -> dict[str, float]:
    """DuckDB's window query over the file, best of three, in a process that does nothing else."""
    import duckdb

    query = WINDOW.format(file=file)
    connection = duckdb.connect()
    seconds, _ = timed(lambda: connection.execute(query).fetchall(), best_of=3)
    return {"window query": seconds, "window query, GiB": peak_gib()}


def journey(file: Path) -> dict[str, float]:
    """What a session asks: open, mine, filter, friction."""
    import journey as jn

    def opened() -> jn.EventLog:
        return jn.read(
            file,
            case="case",
            touchpoint="touchpoint",
            time="time",
            channel="channel",
            satisfaction=jn.Scale("csat", 1, 5),
            effort=jn.Scale("ces", 1, 7),
            attributes=["segment"],
            goal="Goal reached",
        )

    found: dict[str, float] = {}
    found["open and index"], log = timed(opened)
    found["first mine"], _ = timed(lambda: jn.mine(log))
    found["open, index and mine"] = found["open and index"] + found["first mine"]
    found["open, index and mine, GiB"] = peak_gib()
    segment = log.values("segment").index[0]
    part = log.where(segment=segment)
    found["first filtered mine"], _ = timed(lambda: jn.mine(part))
    found["first friction"], _ = timed(lambda: jn.friction(log))
    found["friction again"], _ = timed(lambda: jn.friction(log), best_of=3)
    found["friction, filtered"], _ = timed(lambda: jn.friction(part), best_of=3)
    found["friction of transitions"], _ = timed(lambda: jn.friction(log, transitions=True))
    found["filtered mine"], _ = timed(lambda: jn.mine(part), best_of=3)
    found["variants, first 20"], _ = timed(lambda: jn.variants(log, limit=20))
    names = [*(t.name for t in jn.mine(log).touchpoints[:2]), "Goal reached"]
    found["funnel of three"], _ = timed(lambda: jn.funnel(log, names))
    found["all, GiB"] = peak_gib()
    found["events"], found["cases"] = log.events, log.cases
    return found


def sample() -> dict[str, float]:
    """`journey friction` on the sample, in a cold process."""
    command = [sys.executable, "-m", "journey", "friction", str(ROOT / "data" / "lumo" / "journey.yaml"), "--json"]
    seconds, _ = timed(lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT), best_of=3)
    return {"journey friction on the sample, cold": seconds}


def child(name: str, file: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as cache:
        told = subprocess.run(
            [sys.executable, __file__, "--child", name, "--file", str(file)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "JOURNEY_CACHE": cache},
        )
    return dict(json.loads(told.stdout.splitlines()[-1]))


def measure(events: int, folder: Path) -> dict[str, float]:
    from journey.simulate import write_parquet

    file = folder / f"events-{events}.parquet"
    if not file.exists():
        write_parquet(file, events=events, customers=max(events // 10, 1), touchpoints=40)
    # The file is read once, so that no run pays for a cold disk alone.
    child("baseline", file)
    return {**child("baseline", file), **child("journey", file), "file, MB": file.stat().st_size / 1e6}


TARGETS = {
    "open, index and mine": 2.0,
    "filtered mine": 0.1,
    "first friction": 2.0,
    "friction again": 0.5,
    "friction, filtered": 0.5,
}


def report(results: dict[int, dict[str, float]], cold: dict[str, float]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench` (`python benchmarks/run.py --write`): simulated events in Parquet, a tenth as many",
        f"customers, 40 touchpoints; {os.cpu_count()} cores, Python {platform.python_version()}.",
        "The yardstick is DuckDB's own window query (successor and wait by case) over the same file in the same run.",
        "",
    ]
    middle = results.get(10_000_000) or results[max(results)]
    lines += [
        f"## {middle['events']:,.0f} events",
        "",
        "| what | seconds | × window query | target |",
        "|---|---|---|---|",
    ]
    for name in [key for key in middle if key not in ("events", "cases", "file, MB") and "GiB" not in key]:
        ratio, target = middle[name] / middle["window query"], TARGETS.get(name)
        goal = "" if target is None else f"≤ {target:g} {'✓' if ratio <= target else '✗'}"
        lines.append(f"| {name} | {middle[name]:.2f} | {ratio:.2f} | {goal} |")
    memory = middle["open, index and mine, GiB"]
    lines += [
        "",
        f"Peak memory of open, index and mine: {memory:.2f} GiB (target ≤ 2 GB); of all: {middle['all, GiB']:.2f} GiB.",
        "",
    ]
    lines += ["## From 10⁵ to 10⁸", "", "Seconds; microseconds per event in brackets.", ""]
    shown = [
        "window query",
        "open, index and mine",
        "first friction",
        "friction again",
        "filtered mine",
        "variants, first 20",
        "funnel of three",
    ]
    lines += ["| events | " + " | ".join(shown) + " | peak GiB |", "|---" * (len(shown) + 2) + "|"]
    for events, row in sorted(results.items()):
        cells = [f"{row[name]:.2f} ({row[name] / events * 1e6:.2f})" for name in shown]
        lines.append(f"| {events:,} | " + " | ".join(cells) + f" | {row['all, GiB']:.2f} |")
    for name, seconds in cold.items():
        lines += ["", f"{name}: {seconds:.2f} s (target ≤ 3 s)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, action="append", help="number of events; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "journey-bench")
    parser.add_argument("--write", action="store_true", help="all sizes, and write docs/benchmarks.md")
    parser.add_argument("--child", choices=["baseline", "journey"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.child:
        print(json.dumps({"baseline": baseline, "journey": journey}[told.child](told.file)))
        return
    told.folder.mkdir(parents=True, exist_ok=True)
    sizes = told.events or [10**5, 10**6, 10**7, *([10**8] if told.write else [])]
    results = {}
    for events in sizes:
        results[events] = measure(events, told.folder)
        print(f"{events:,}: " + ", ".join(f"{k} {v:.2f}" for k, v in results[events].items()), file=sys.stderr)
    text = report(results, sample())
    print(text)
    if told.write:
        notes = ROOT / "docs" / "benchmarks-notes.md"
        (ROOT / "docs" / "benchmarks.md").write_text(
            text + (notes.read_text() if notes.exists() else ""), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
