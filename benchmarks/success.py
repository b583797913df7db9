"""The speed of what is told of accounts, on a million customers.

    python benchmarks/success.py                      # a million
    python benchmarks/success.py --accounts 100000
    python benchmarks/success.py --write              # into docs/benchmarks-success.md

Accounts of three years with 2–3 movements of MRR each, twelve months of use and half a ticket, as Parquet. Times are
seconds in one process, of wall clock and of all processors together (which tells on a machine that is busy otherwise);
opening (reading, judging every row, joining, contradictions) is told apart from the metrics, asked once each after it.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FIRST = np.datetime64("2023-07-01")
DAYS = 1096
RECIPE = """
name: A million accounts
currency: EUR
accounts:
  path: accounts.parquet
  account: account
  start: start
  plan: plan
  churn: churn
  mrr: mrr
  value: first_value
  as_of: 2026-06-30
  movements: {path: movements.parquet, account: account, date: date, mrr: mrr, change: change}
  usage: {path: usage.parquet, account: account, month: month, days: days, features: features}
  tickets: {path: tickets.parquet, account: account, opened: opened, first_reply: replied, solved: solved, topic: topic}
"""


def written(folder: Path, n: int, seed: int = 0) -> Path:
    """Tables of n accounts and their recipe."""
    rng = np.random.default_rng(seed)
    account = np.arange(n)
    start = rng.integers(0, DAYS - 1, n)
    stays = np.ceil(rng.exponential(900, n)).astype(int)
    gone = start + stays
    left = gone < DAYS
    value = start + np.ceil(rng.lognormal(3.4, 0.7, n)).astype(int)
    price = np.round(rng.lognormal(4, 0.8, n), 2)
    end = np.minimum(gone, DAYS)
    changes = rng.random(n) < 0.6
    when = start + 1 + (rng.random(n) * np.maximum(end - start - 1, 1)).astype(int)
    changes &= when < end
    second = np.round(price * np.where(rng.random(n) < 0.75, 1.3, 0.7), 2)
    last = np.where(changes, second, price)
    moves = [
        pd.DataFrame({"account": account, "date": start, "mrr": price, "change": price}),
        pd.DataFrame({"account": account, "date": when, "mrr": second, "change": second - price})[changes],
        pd.DataFrame({"account": account, "date": gone, "mrr": 0.0, "change": -last})[left],
    ]
    movements = pd.concat(moves).sort_values("date", kind="stable")
    months = np.repeat(account, 12)
    which = np.tile(np.arange(12), n)
    usage = pd.DataFrame({"account": months, "month": DAYS - 30 * (which + 1), "days": rng.poisson(9, 12 * n)})
    usage["features"] = np.minimum(usage["days"], 8)
    usage = usage[(usage["month"] >= start[months]) & (usage["month"] < end[months])]
    asks = rng.integers(0, n, n // 2)
    opened = (start[asks] + rng.random(len(asks)) * np.maximum(end[asks] - start[asks], 1)) * 86400
    tickets = pd.DataFrame({"account": asks, "opened": _time(opened)})
    tickets["replied"] = _time(opened + rng.exponential(3600, len(asks)))
    tickets["solved"] = _time(opened + rng.exponential(86400, len(asks)))
    tickets["topic"] = rng.choice(["bill", "app", "delivery"], len(asks))
    tickets = tickets[tickets["solved"] < np.datetime64("2026-07-01")]
    accounts = pd.DataFrame({"account": account, "start": _day(start), "plan": rng.choice(["A", "B", "C"], n)})
    accounts["churn"] = pd.Series(_day(gone)).where(left)
    accounts["mrr"] = np.where(left, 0.0, last)
    accounts["first_value"] = pd.Series(_day(value)).where(value < end)
    movements["date"], usage["month"] = _day(movements["date"].to_numpy()), _day(usage["month"].to_numpy())
    for name, table in (("accounts", accounts), ("movements", movements), ("usage", usage), ("tickets", tickets)):
        table.to_parquet(folder / f"{name}.parquet", index=False)
    recipe = folder / "journey.yaml"
    recipe.write_text(RECIPE, encoding="utf-8")
    return recipe


def _day(days: np.ndarray) -> np.ndarray:
    return (FIRST + days.astype("timedelta64[D]")).astype("datetime64[us]")


def _time(seconds: np.ndarray) -> np.ndarray:
    return FIRST.astype("datetime64[us]") + (seconds * 1e6).astype("timedelta64[us]")


def measured(recipe: Path) -> dict[str, float]:
    """Seconds of each question, in this process."""
    import journey as jn

    found: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> Any:
        wall, worked = time.perf_counter(), time.process_time()
        result = act()
        found[name] = time.perf_counter() - wall
        found[f"{name}, processors"] = time.process_time() - worked
        return result

    accounts = timed("open", lambda: jn.accounts(recipe))
    timed("revenue", lambda: jn.revenue(accounts))
    timed("first value", lambda: jn.value(accounts))
    timed("engagement", lambda: jn.engagement(accounts))
    timed("resolution", lambda: jn.resolution(accounts, by="topic"))
    for kind in ("", ", processors"):
        names = ("revenue", "first value", "engagement", "resolution")
        found[f"all metrics{kind}"] = sum(found[f"{name}{kind}"] for name in names)
    found["peak, GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks-success.md")
    parser.add_argument("--recipe", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.recipe:
        print(json.dumps(measured(told.recipe)))
        return
    with tempfile.TemporaryDirectory() as folder:
        recipe = written(Path(folder), told.accounts)
        command = [sys.executable, __file__, "--recipe", str(recipe)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    asked = [name for name in found if f"{name}, processors" in found]
    rows = "\n".join(f"| {name} | {found[name]:.2f} | {found[f'{name}, processors']:.2f} |" for name in asked)
    head = f"| {told.accounts:,} accounts | seconds | of all processors |\n|---|---|---|"
    table = f"{head}\n{rows}\n| peak, GiB | {found['peak, GiB']:.2f} | |\n"
    print(table)
    if told.write:
        text = f"""# Speed of what is told of accounts

`python benchmarks/success.py --write`, {platform.system()}, {platform.machine()}, Python {platform.python_version()}.
Three years of accounts with their movements of MRR, twelve months of use and half a ticket each, from Parquet.
Opening reads and judges every row, joins it to its account and counts contradictions; the metrics are asked once each
after that, intervals by bootstrap included.

{table}"""
        (ROOT / "docs" / "benchmarks-success.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
