"""How long listening takes: 100,000 comments through masking, language, sentiment and themes.

    python benchmarks/voice.py                    # 100,000 comments, nearly all of them different
    python benchmarks/voice.py --comments 20000
    python benchmarks/voice.py --folder ../shared/data/olist   # words of real comments, put together anew

Comments are drawn: sentences of the sample, or of the real comments in --folder, up to three together and most of them
with a number, so that nearly all texts differ; with the rating of the first. Target: 60 s on two cores.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

import pandas as pd

import journey as jn
from journey.events.spoken import spoken
from journey.voice.listen import voice

ROOT = Path(__file__).parents[1]
RECIPE = """
language: pt
tables:
  - kind: events
    path: events.parquet
    case: case
    touchpoint: touchpoint
    time: time
    answers: {csat: csat}
    comment: text
scales:
  csat: {metric: csat, low: 1, high: 5, good: high}
"""


def drawn(comments: int, folder: Path | None) -> pd.DataFrame:
    """A table of events with a comment each, most of whose texts are different."""
    recipe = ROOT / "data" / ("recipes/olist.yaml" if folder else "lumo/journey.yaml")
    said = spoken(jn.open(recipe, folder=folder))
    known = [(text, rating) for text, rating in zip(said.text, said.satisfaction, strict=True) if rating > 0]
    chance = random.Random(0)
    sides = {low: [one for one in known if (one[1] <= 2) == low] for low in (True, False)}
    rows = []
    for n in range(comments):
        side = sides[chance.random() < 0.3]
        picked = [chance.choice(side) for _ in range(chance.randint(1, 3))]
        text = " ".join(one[0] for one in picked) + (f" {chance.randint(1, 99999)}" if chance.random() < 0.8 else "")
        rows.append((n // 2, f"Step {chance.randint(1, 40)}", n, picked[0][1], text))
    table = pd.DataFrame(rows, columns=["case", "touchpoint", "time", "csat", "text"])
    table["time"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(table["time"] * 300, unit="s")
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = drawn(asked.comments, asked.folder)
        table.to_parquet(Path(folder) / "events.parquet")
        recipe = Path(folder) / "journey.yaml"
        recipe.write_text(RECIPE, encoding="utf-8")
        log = jn.open(recipe)
        told: list[float | None] = []
        began, spent = time.perf_counter(), time.process_time()
        found = voice(log, progress=told.append)
        took, cpu = time.perf_counter() - began, time.process_time() - spent
        steps = len(told)
        again = time.perf_counter()
        voice(log.met("Step 1"))
        again = time.perf_counter() - again
    texts = table["text"].nunique()
    print(f"{found.comments:,} comments, {texts:,} of them different: {took:.1f} s, {cpu:.1f} s of processor time")
    print(f"the same of another part of the cases: {again:.2f} s; progress told {steps} times")
    print(f"AUC {found.model.auc.value:.3f}, {len(found.themes)} themes, languages {found.languages}")


if __name__ == "__main__":
    main()
