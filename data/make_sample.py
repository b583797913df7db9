"""Make the sample journey `data/lumo` again: `python data/make_sample.py [FOLDER]`. Deterministic.

From the first contact to the activated device, customers walk a known graph (`journey.simulate`) with friction planted
in it; from then on they live by the calendar: bills, reports, outages, terms of six months. README.md says what was
planted where.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lumo_life import live
from lumo_words import comment
from lumo_world import BEGIN, CUSTOMERS, DAY, END, NORTHEAST, PLANTED, SEED, STATES, TOUCHPOINTS, Person, acquisition

from journey.simulate import simulate
from journey.simulate.answers import CES_CUTS, CSAT_CUTS, LEVELS, MOOD, categories, reply


def people(rng: np.random.Generator) -> list[Person]:
    """Customers with their way to activation."""
    sizes = {"B2C": round(CUSTOMERS * 0.87), "B2B": round(CUSTOMERS * 0.13)}
    made: list[Person] = []
    for segment, size in sizes.items():
        drawn = simulate(acquisition(segment), customers=size, passages=1, planted=PLANTED, seed=SEED, response=0)
        levels = LEVELS[drawn.customers["level"].to_numpy()]
        paths = drawn.events.sort_values(["case", "time"], kind="stable").groupby("case", sort=True)
        for (_, path), level in zip(paths, levels, strict=True):
            made.append(
                Person(
                    number=0,
                    level=float(level),
                    segment=segment,
                    state=str(rng.choice(list(STATES), p=list(STATES.values()))),
                    language="en" if rng.random() < 0.17 else "pt",
                    preferred=str(rng.choice(["app", "WhatsApp", "web", "e-mail"], p=[0.42, 0.3, 0.16, 0.12])),
                )
            )
            elapsed = (path["time"] - path["time"].iloc[0]).tolist()
            approach(rng, made[-1], elapsed, path["touchpoint"].tolist())
    made.sort(key=lambda one: one.events[0][0])
    for number, one in enumerate(made, start=1):
        one.number = number
    return made


def approach(rng: np.random.Generator, one: Person, elapsed: list[pd.Timedelta], path: list[str]) -> None:
    """Put a walked path on the calendar: more beginnings in spring and summer, slower installation in the Northeast."""
    begin = season(rng)
    delay = pd.Timedelta(0)
    booked: pd.Timedelta | None = None
    for after, touchpoint in zip(elapsed, path, strict=True):
        feeling = 0.0
        if touchpoint == "Installation booking":
            booked = after
        if touchpoint == "Installation visit" and booked is not None:
            if one.state in NORTHEAST:
                delay += 0.55 * (after - booked)
            wait = (after + delay - booked) / DAY
            one.late = float(np.clip(np.log(max(wait, 0.1) / 5) / np.log(4), 0, 1))
            feeling = -1.9 * one.late
            if one.late > 0.15 and rng.random() < 0.4:
                one.meet(begin + booked + 5 * DAY + 0.5 * (wait - 5) * DAY, "Support call", -0.2)
        if touchpoint == "Contract signature" and one.segment == "B2B":
            feeling = -1.3
        one.meet(begin + after + delay, touchpoint, feeling)


def season(rng: np.random.Generator) -> pd.Timestamp:
    """A beginning: growth over the months, a peak in September to December."""
    while True:
        day = BEGIN + rng.uniform(0, (END - BEGIN) / DAY - 2) * DAY
        busy = 0.62 + 0.18 * (day - BEGIN) / (END - BEGIN) + (0.2 if 9 <= day.month <= 12 else 0.0)
        if rng.random() < busy:
            return day


def waking(time: pd.Timestamp) -> pd.Timestamp:
    """Day and night squeezed into 7:00–23:00, in the same order."""
    midnight = time.normalize()
    return (midnight + pd.Timedelta(hours=7) + (time - midnight) * (16 / 24)).floor("s")


def latent(target: float, cuts: np.ndarray) -> float:
    """The latent mean whose answers, over all kinds of people, average `target`."""
    low, high = -4.0, 5.0
    scores = np.arange(1, len(cuts) + 2)
    for _ in range(40):
        middle = (low + high) / 2
        mean = float((categories(middle - MOOD * LEVELS, cuts) @ scores).mean())
        low, high = (middle, high) if mean < target else (low, middle)
    return (low + high) / 2


def channelled(rng: np.random.Generator, one: Person, touchpoint: str, current: str | None) -> str:
    """People keep their channel where they can, else go to the one they prefer, else where the touchpoint lives."""
    options = TOUCHPOINTS[touchpoint][1]
    if TOUCHPOINTS[touchpoint][0] not in ("Use", "Renew") and current in options and rng.random() < 0.92:
        return str(current)
    if one.preferred in options and rng.random() < 0.93:
        return one.preferred
    return options[0] if rng.random() < 0.8 else str(rng.choice(options))


def tables(rng: np.random.Generator, persons: list[Person]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Events with their answers, relation answers (NPS), support tickets."""
    mean = {t: latent(s[2], CSAT_CUTS) if s[2] else np.nan for t, s in TOUCHPOINTS.items()}
    ease = {t: latent(s[3], CES_CUTS) if s[3] else np.nan for t, s in TOUCHPOINTS.items()}
    rows: list[Any] = []
    relations: list[Any] = []
    tickets: list[Any] = []
    for one in persons:
        path = sorted((waking(time), touchpoint, feeling) for time, touchpoint, feeling in one.events)
        path = [event for event in path if event[0] < END]
        channel: str | None = None
        felt: list[float] = []
        for step, (time, touchpoint, extra) in enumerate(path):
            channel = channelled(rng, one, touchpoint, channel)
            left = step + 1 == len(path) and touchpoint not in ("Renewed", "Cancellation") and one.account is None
            csat, ces, feeling = answered(rng, one, touchpoint, extra, mean, ease, left)
            felt.append(feeling)
            words = None
            if csat and rng.random() < (0.55, 0.5, 0.33, 0.2, 0.27)[csat - 1]:
                words = comment(rng, touchpoint, (csat - 1) / 4, one.language)
            rows.append((one.number, time, touchpoint, channel, csat, ces, words))
            if touchpoint.startswith("Support"):
                tickets.append(ticket(rng, one, time, path[step - 1][1] if step else "", channel))
        relations += asked(rng, one, path, felt)
    events = pd.DataFrame(rows, columns=["customer", "time", "touchpoint", "channel", "csat", "ces", "comment"])
    events = events.sort_values(["time", "customer"], kind="stable", ignore_index=True)
    events[["csat", "ces"]] = events[["csat", "ces"]].astype("Int8")
    nps = pd.DataFrame(relations, columns=["customer", "time", "nps", "comment"]).sort_values(["time", "customer"])
    names = ["customer", "opened", "first_reply", "solved", "channel", "topic", "reopened"]
    support = pd.DataFrame(tickets, columns=names).sort_values(["opened", "customer"], kind="stable", ignore_index=True)
    support.insert(0, "ticket", np.arange(1, len(support) + 1))
    return events, nps, support


def answered(
    rng: np.random.Generator, one: Person, touchpoint: str, extra: float, mean: dict[str, float],
    ease: dict[str, float], left: bool,
) -> tuple[int | None, int | None, float]:  # fmt: skip
    """CSAT and CES of one visit, None without an answer, and how it felt (mean of the touchpoint = 0)."""
    shared, own, other = rng.standard_normal(3) * (0.77, 0.63, 0.63)
    mood = extra - MOOD * one.level + shared
    response = TOUCHPOINTS[touchpoint][4]
    willing = rng.random()
    csat = ces = None
    if response and not left:
        score = int(np.searchsorted(CSAT_CUTS, mean[touchpoint] + mood + own)) + 1
        if willing < reply(response, 1 - (score - 1) / 4):
            csat = score
            if not np.isnan(ease[touchpoint]) and rng.random() < 0.9:
                ces = int(np.searchsorted(CES_CUTS, ease[touchpoint] + mood + other)) + 1
    level = 0.0 if np.isnan(mean[touchpoint]) else mean[touchpoint] - 0.6
    return csat, ces, level + mood


def asked(rng: np.random.Generator, one: Person, path: list[Any], felt: list[float]) -> list[Any]:
    """The relation survey of subscribers: two months after activation and every quarter from then on."""
    if one.account is None:
        return []
    rows: list[Any] = []
    at = pd.Timestamp(one.account["activated"]) + 60 * DAY
    gone = one.account["churn_date"]
    while at < (END if gone is None else pd.Timestamp(gone)):
        when = waking(at + rng.uniform(0, 4) * DAY)
        before = [feeling for (time, _, _), feeling in zip(path, felt, strict=True) if time <= when]
        if rng.random() < 0.2 and when < END and before:
            recent = float(np.mean(before[-8:])) + 0.2 * min(before)
            score = int(np.clip(round(8.95 + 1.7 * recent + 1.1 * rng.standard_normal() - 0.9 * one.late), 0, 10))
            words = comment(rng, "(relation)", score / 10, one.language) if rng.random() < 0.45 else None
            rows.append((one.number, when, score, words))
        at += 91 * DAY
    return rows


def ticket(rng: np.random.Generator, one: Person, opened: pd.Timestamp, cause: str, channel: str) -> tuple[Any, ...]:
    """A support ticket: some are still open at the end of the data."""
    topic = {
        "First bill": "bill", "Monthly bill": "bill", "ID check": "sign-up", "Installation booking": "installation",
        "App dashboard": "app", "Outage notice": "outage",
    }.get(cause, "other")  # fmt: skip
    first = opened + float(rng.lognormal(np.log(6 if channel == "phone" else 25), 0.9)) * pd.Timedelta(minutes=1)
    solved = first + float(rng.lognormal(np.log(30 if topic in ("installation", "app") else 9), 1.1)) * DAY / 24
    return (
        one.number, opened, first.floor("s") if first < END else None, solved.floor("s") if solved < END else None,
        channel, topic, bool(rng.random() < 0.11),
    )  # fmt: skip


def save(frame: pd.DataFrame, path: Path) -> None:
    """CSV with Unix line ends; gzip without name and time, so that the bytes repeat."""
    text = io.StringIO()
    frame.to_csv(text, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def main(folder: Path) -> None:
    rng = np.random.default_rng(SEED)
    persons = people(rng)
    movements: list[Any] = []
    usage: list[Any] = []
    for one in persons:
        if one.events[-1][1] == "Device activation" and one.events[-1][0] < END:
            moved, months = live(rng, one)
            movements += moved
            usage += months
    events, nps, tickets = tables(rng, persons)
    folder.mkdir(parents=True, exist_ok=True)
    events.to_parquet(folder / "events.parquet", index=False, compression="zstd")
    save(nps, folder / "nps.csv")
    save(tickets, folder / "tickets.csv")
    fields = [(p.number, p.segment, p.state, p.language, p.preferred) for p in persons]
    names = ["customer", "segment", "state", "language", "preferred_channel"]
    save(pd.DataFrame(fields, columns=names), folder / "customers.csv")
    save(pd.DataFrame([p.account for p in persons if p.account]), folder / "accounts.csv")
    mrr = pd.DataFrame(movements, columns=["date", "customer", "movement", "change_brl", "mrr_brl"])
    mrr = mrr[mrr["date"] < END].sort_values(["date", "customer"], kind="stable")
    mrr["date"] = mrr["date"].dt.date
    save(mrr.round(2), folder / "mrr.csv")
    names = ["month_start", "customer", "active_days", "sessions", "features", "kwh", "saved_brl"]
    save(pd.DataFrame(usage, columns=names).sort_values(["month_start", "customer"]), folder / "usage.csv.gz")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "lumo")
