"""The app's speed as a reader feels it: in a browser, and with fifty of them at once.

    python benchmarks/browser.py                    # the sample: first page, pages, filters, drawer; 50 sessions
    python benchmarks/browser.py --events 10000000  # filters on that many events (the file benchmarks/run.py makes)
    python benchmarks/browser.py --sessions 0       # leave the fifty out

Seconds of wall clock from the click until the server has run the page and the browser has drawn what was waited for.
Fifty sessions are clients that speak Streamlit's protocol: each has one of seven filters and turns to another page
every ten seconds; the time is from asking until the page has run. Everything is on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

PAGES = ("", "map", "graph", "friction", "paths", "compare", "data")
FILTERS = ("", "is_segment=B2B", "is_segment=B2C", "is_channel=web", "is_state=SP", "is_state=RJ", "did=ID+check")
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
TARGETS = {
    "first page": 2.5,
    "page switch": 0.5,
    "filter": 0.7,
    "filter, large": 1.5,
    "drawer": 0.3,
    "50 sessions, p95": 0.5,
}


@contextmanager
def server(*told: str) -> Iterator[tuple[str, int, float]]:
    """The app, freshly started: its address, its process and when it was started."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp()
    env = {**os.environ, "JOURNEY_STORE": f"sqlite:///{folder}/journey.db"}
    command = [sys.executable, "-m", "journey.app.serve", *told, "--headless", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while socket.socket().connect_ex(("localhost", port)):
            time.sleep(0.02)
        yield f"http://localhost:{port}", process.pid, began
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


def settled(page: Any) -> None:
    page.wait_for_selector(READY)
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')")


def seconds(act: Callable[[], None], done: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    done()
    return time.perf_counter() - began


def first_page(browser: Any) -> tuple[float, float, float]:
    """A server and a browser that were never there before: seconds from the command until the server answers, until the
    page stands with its head and its numbers, and until its last figure stands."""
    with server() as (address, _, began):
        answers = time.perf_counter() - began
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(address)
        page.locator(".journey-figure").first.wait_for()
        painted = time.perf_counter() - began
        page.get_by_test_id("stPlotlyChart").first.wait_for()
        settled(page)
        return answers, painted, time.perf_counter() - began


def switches(page: Any) -> list[float]:
    """Each page once to warm its caches, then each again."""
    links = ("Map", "Graph", "Friction", "Paths", "Compare", "Data", "Overview")
    times = []
    for number, name in enumerate(links * 2):
        link = page.get_by_role("link", name=name, exact=True)
        address = "/" if name == "Overview" else f"/{name.lower()}"
        took = seconds(link.click, lambda address=address: arrived(page, address))
        if number >= len(links):
            times.append(took)
        print(f"    {name} {took:.2f} s", file=sys.stderr)
        time.sleep(0.4)
    return times


def arrived(page: Any, address: str) -> None:
    page.wait_for_function("path => location.pathname === path", arg=address)
    page.wait_for_function(f"() => document.querySelector('{READY}')")
    settled(page)


def filters(page: Any, attribute: str, values: list[str]) -> list[float]:
    """Choosing each value of an attribute on the graph, from the click on it until the new picture stands."""
    times = []
    for value in values:
        box = page.locator(f".st-key-is_{attribute}")
        box.get_by_role("combobox").click()
        option = page.get_by_role("option", name=value, exact=True)
        option.wait_for()
        head = page.locator("[data-testid=stMain] p").first
        before = head.inner_text()
        done = functools.partial(redrawn, page, head, before)
        times.append(seconds(option.click, done))
        print(f"    {value} {times[-1]:.2f} s", file=sys.stderr)
        page.keyboard.press("Escape")
        box.get_by_role("button", name="Clear").first.click()
        page.wait_for_timeout(300)
        settled(page)
        page.wait_for_timeout(600)
    return times


def redrawn(page: Any, head: Any, before: str) -> None:
    """The head says another number of cases, and nothing is still being drawn."""
    page.wait_for_function("([one, old]) => one.innerText !== old", arg=[head.element_handle(), before])
    settled(page)


def drawers(page: Any, names: list[str]) -> list[float]:
    """From a click on a card of the graph until the drawer says why."""
    times = []
    for name in names:
        card = page.locator(f'[role=button][aria-label^="{name},"]').first
        drawer = page.get_by_role("dialog")
        times.append(seconds(card.click, lambda d=drawer: d.get_by_test_id("stMarkdown").first.wait_for()))
        print(f"    {name} {times[-1]:.2f} s", file=sys.stderr)
        settled(page)
        page.wait_for_timeout(400)
        page.keyboard.press("Escape")
        drawer.wait_for(state="detached")
        page.wait_for_timeout(400)
    return times


# --- fifty at once ---------------------------------------------------------------------------------


async def ask(line: Any, page: str, address: str) -> float:
    """Turn to a page with an address; seconds until it has run."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.util import calc_hash

    message = BackMsg()
    message.rerun_script.page_script_hash = calc_hash(page) if page else ""
    message.rerun_script.query_string = address
    began = time.perf_counter()
    await line.send(message.SerializeToString())
    while ForwardMsg.FromString(await line.recv()).WhichOneof("type") != "script_finished":
        pass
    return time.perf_counter() - began


def connected(address: str) -> Any:
    import websockets

    url = address.replace("http", "ws") + "/_stcore/stream"
    return websockets.connect(url, subprotocols=["streamlit"], max_size=None)


async def warm(address: str) -> None:
    """Every page with every filter once: what is measured is a day's work, not its first minute."""
    for told in FILTERS:
        async with connected(address) as line:
            times = [await ask(line, page, told) for page in PAGES]
            again = [await ask(line, page, told) for page in PAGES]
        print(f"    {told or 'all'}: first {max(times):.2f} s, again {max(again):.2f} s", file=sys.stderr)


async def client(address: str, until: float, chance: random.Random, every: float, took: list[float]) -> None:
    """A reader with a filter of their own, who turns to another page now and then."""
    told = chance.choice(FILTERS)
    await asyncio.sleep(chance.uniform(0, every))
    async with connected(address) as line:
        while time.perf_counter() < until:
            took.append(await ask(line, chance.choice(PAGES), told))
            await asyncio.sleep(chance.uniform(0.8, 1.2) * every)


def fifty(sessions: int, *, every: float = 10.0, length: float = 90.0) -> tuple[list[float], float]:
    """Seconds of every action, and the server's memory at its highest, in GiB."""
    with server() as (address, pid, _):

        async def all_of_them() -> list[float]:
            await warm(address)
            took: list[float] = []
            until = time.perf_counter() + length
            await asyncio.gather(*(client(address, until, random.Random(i), every, took) for i in range(sessions)))
            return took

        took = asyncio.run(all_of_them())
        return took, peak_gib(pid)


def peak_gib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / (1 << 20)


# --- all of it -------------------------------------------------------------------------------------


def told(what: str, times: list[float], target: str) -> None:
    middle, worst = statistics.median(times), max(times)
    verdict = "met" if middle <= TARGETS[target] else "MISSED"
    print(f"{what}: median {middle:.2f} s, worst {worst:.2f} s of {len(times)} (target {TARGETS[target]} s: {verdict})")


def recipe(events: int) -> Path:
    """A recipe for the file of so many events that benchmarks/run.py makes."""
    file = Path(tempfile.gettempdir()) / "journey-bench" / f"events-{events}.parquet"
    if not file.exists():
        sys.exit(f"{file} is not there: make it by python benchmarks/run.py --events {events}")
    text = f"""\
tables:
  - kind: events
    path: {file}
    case: case
    touchpoint: touchpoint
    time: time
    channel: channel
    answers: {{csat: csat, ces: ces}}
    attributes: [segment]
scales:
  csat: {{metric: csat, low: 1, high: 5, good: high}}
  ces: {{metric: ces, low: 1, high: 7, good: high}}
goal: Goal reached
"""
    path = file.with_suffix(".yaml")
    path.write_text(text, encoding="utf-8")
    return path


def large(browser: Any, events: int) -> None:
    with server(str(recipe(events))) as (address, pid, _):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{address}/graph")
        page.locator(".journey-figure").first.wait_for()
        settled(page)
        told(f"Filter on {events:,} events", filters(page, "segment", ["pro", "basic"]), "filter, large")
        print(f"memory at its highest: {peak_gib(pid):.2f} GiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--sessions", type=int, default=50)
    asked = parser.parse_args()
    with chromium() as browser:
        if asked.events:
            large(browser, asked.events)
            return
        starts = [first_page(browser) for _ in range(3)]
        print(f"From the command until the server answers: {statistics.median(s[0] for s in starts):.2f} s")
        told("First page painted, after the server answers", [s[1] - s[0] for s in starts], "first page")
        print(f"First page complete, after the server answers: {statistics.median(s[2] - s[0] for s in starts):.2f} s")
        with server() as (address, _, _began):
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(address)
            settled(page)
            told("Page switch", switches(page), "page switch")
            page.get_by_role("link", name="Graph", exact=True).click()
            arrived(page, "/graph")
            page.locator(".journey-figure").first.wait_for()
            told("Filter to new picture", filters(page, "segment", ["B2B", "B2C"]), "filter")
            told("Click to drawer", drawers(page, ["ID check", "First bill", "Welcome call"]), "drawer")
    if asked.sessions:
        took, memory = fifty(asked.sessions)
        ordered = sorted(took)
        p50, p95 = ordered[len(took) // 2], ordered[int(len(took) * 0.95)]
        verdict = "met" if p95 <= TARGETS["50 sessions, p95"] and memory <= 1 else "MISSED"
        print(
            f"{asked.sessions} sessions, an action every 10 s: p50 {p50:.2f} s, p95 {p95:.2f} s of {len(took)} "
            f"actions, memory {memory:.2f} GiB (targets .5 s, 1 GB: {verdict})"
        )


if __name__ == "__main__":
    main()
