"""`journey watch`: each alert is told once, and nothing leaves the machine but what was asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

import journey as jn
from journey.cli import show, watch
from journey.cli.verbs import app
from journey.errors import JourneyError
from journey.export.webhook import checked, post

SECRET = "T0P-SECRET"


@dataclass
class Hook:
    """A webhook of our own: what it was sent, and what it says to that."""

    url: str = ""
    says: list[int] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    state = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append(json.loads(body))
            state.headers.append(dict(self.headers))
            says = state.says.pop(0) if state.says else 200
            self.send_response(says)
            if 300 <= says < 400:
                self.send_header("Location", "http://example.com/elsewhere")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_told: Any) -> None:
            pass

    server = HTTPServer(("localhost", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://localhost:{server.server_port}/{SECRET}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join(5)


LOGS: dict[str, jn.EventLog] = {}


def opened(recipe: Path, folder: Path | None = None) -> jn.EventLog:
    """The log of a recipe, read once for all tests that write the same events."""
    events = recipe.with_name("events.csv").read_text(encoding="utf-8")
    if events not in LOGS:
        LOGS[events] = jn.open(recipe, folder=folder)
    return LOGS[events]


@pytest.fixture(autouse=True)
def _quick_and_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "opened", opened)
    monkeypatch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setattr(post, "__kwdefaults__", {"timeout": 5.0, "pause": 0.0})
    # Wide, so that a sentence stands on one line.
    monkeypatch.setattr(show.out, "width", 400, raising=False)


def journey(folder: Path, *, weeks: int = 26, drop: int = 22, back: int = 99, name: str = "Desk") -> str:
    """Forty answers a week; from week `drop` to `back` they are two stars lower."""
    rows = ["case,who,what,when,stars"]
    for week in range(weeks):
        for at in range(40):
            when = pd.Timestamp("2025-01-06 09:00") + pd.Timedelta(days=7 * week + at * 7 // 40, minutes=at)
            stars = (4 if at % 2 else 5) - (2 if drop <= week < back else 0)
            rows.append(f"{week}-{at},ana.souza{at}@example.com,{name},{when:%Y-%m-%d %H:%M},{stars}")
    (folder / "events.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "journey.yaml").write_text(
        "name: Small\ntime_zone: UTC\ntables:\n"
        "  - {kind: events, path: events.csv, case: case, customer: who, touchpoint: what, time: when,"
        " answers: {stars: stars}}\n"
        "scales:\n  stars: {metric: csat, low: 1, high: 5, good: high}\n",
        encoding="utf-8",
    )
    return str(folder / "journey.yaml")


def ran(*told: str) -> Result:
    return CliRunner().invoke(app, ["watch", *told])


def shown(result: Result) -> str:
    return " ".join(result.output.split())


def test_an_alert_is_posted_once(tmp_path: Path, hook: Hook) -> None:
    path = journey(tmp_path)
    first = ran(path, "--webhook", hook.url, "--exit-code")
    assert first.exit_code == 1, first.output
    assert "▼ worse Desk: satisfaction 4.50" in shown(first)
    (got,) = hook.got
    assert hook.headers[0]["Content-Type"] == "application/json; charset=utf-8"
    assert got["text"].splitlines()[0] == "Small: 1 new alert"
    assert got["text"].splitlines()[1].startswith("▼ worse Desk: satisfaction 4.50")
    assert (got["journey"], got["every"], got["until"], got["count"]) == ("Small", "week", "2025-07-07", 1)
    (alert,) = got["alerts"]
    assert alert["touchpoint"] == "Desk"
    assert (alert["component"], alert["direction"]) == ("dissatisfaction", "worse")
    assert (alert["since"], alert["until"], alert["told"]) == ("2025-06-09", "2025-06-16", "2025-06-16")
    assert alert["before"]["value"] == pytest.approx(0.125)
    assert alert["after"]["n"] == 40
    again = ran(path, "--webhook", hook.url, "--exit-code")
    assert again.exit_code == 0
    assert "Nothing new up to 2025-07-07." in shown(again)
    assert len(hook.got) == 1


def test_no_customer_is_told_of(tmp_path: Path, hook: Hook) -> None:
    ran(journey(tmp_path), "--webhook", hook.url)
    assert "ana.souza" not in json.dumps(hook.got)
    assert "example.com" not in json.dumps(hook.got)


def test_new_data_bring_new_alerts_only(tmp_path: Path, hook: Hook) -> None:
    ran(journey(tmp_path), "--webhook", hook.url)
    more = ran(journey(tmp_path, weeks=36, back=30), "--webhook", hook.url, "--exit-code")
    assert more.exit_code == 1
    assert [[one["direction"] for one in got["alerts"]] for got in hook.got] == [["worse"], ["better"]]


def test_what_failed_is_sent_next_time(tmp_path: Path, hook: Hook) -> None:
    path = journey(tmp_path)
    hook.says = [404]
    failed = ran(path, "--webhook", hook.url)
    assert isinstance(failed.exception, JourneyError)
    assert SECRET not in str(failed.exception)
    assert "did not take the message (404 Not Found)" in str(failed.exception)
    assert ran(path, "--webhook", hook.url).exit_code == 0
    assert len(hook.got) == 2
    ran(path, "--webhook", hook.url)
    assert len(hook.got) == 2


def test_the_first_run_leaves_old_news_alone(tmp_path: Path, hook: Hook) -> None:
    path = journey(tmp_path, weeks=40)
    first = ran(path, "--webhook", hook.url, "--exit-code")
    assert first.exit_code == 0
    assert "1 older alerts were noted and not told" in shown(first)
    assert hook.got == []
    assert ran(path, "--webhook", hook.url).exit_code == 0
    assert hook.got == []
    # Asked for from the beginning, by a watch of its own.
    told = ran(path, "--told-since", "2025-01-01", "--exit-code")
    assert told.exit_code == 1


def test_a_watch_without_a_webhook_has_a_memory_of_its_own(tmp_path: Path, hook: Hook) -> None:
    path = journey(tmp_path)
    assert ran(path, "--exit-code").exit_code == 1
    assert ran(path, "--exit-code").exit_code == 0
    assert hook.got == []
    assert ran(path, "--webhook", hook.url, "--exit-code").exit_code == 1
    assert len(hook.got) == 1


def test_a_quiet_journey_is_remembered_too(tmp_path: Path, hook: Hook) -> None:
    path = journey(tmp_path, weeks=20)
    assert "Nothing new" in shown(ran(path, "--webhook", hook.url))
    # Not the first run any more: what comes now is new, however long ago it was.
    journey(tmp_path, weeks=40)
    assert ran(path, "--webhook", hook.url, "--exit-code").exit_code == 1
    assert len(hook.got) == 1


def test_json_holds_what_is_new(tmp_path: Path) -> None:
    told = json.loads(ran(journey(tmp_path), "--json").output)
    assert [one["at"] for one in told["new"]] == ["Desk"]
    assert told["older"] == 0


def test_a_touchpoint_cannot_call_everybody(tmp_path: Path, hook: Hook) -> None:
    ran(journey(tmp_path, name="<!channel> & co"), "--webhook", hook.url)
    assert "&lt;!channel&gt; &amp; co" in hook.got[0]["text"]
    assert hook.got[0]["alerts"][0]["touchpoint"] == "<!channel> & co"


@pytest.mark.parametrize(("says", "tries"), [([500, 503, 200], 3), ([429, 200], 2)])
def test_a_busy_server_is_asked_again(hook: Hook, says: list[int], tries: int) -> None:
    hook.says = list(says)
    assert post(hook.url, {"text": "é"}) == 200
    assert hook.got == [{"text": "é"}] * tries


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.says = [302]
    with pytest.raises(JourneyError, match="302"):
        post(hook.url, {"text": "x"})
    assert len(hook.got) == 1


def test_a_server_that_is_not_there_is_said_without_the_secret() -> None:
    with pytest.raises(JourneyError) as raised:
        post(f"http://localhost:1/{SECRET}", {"text": "x"})
    assert "The webhook at localhost:1 did not take the message (Connection refused)." in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    ["ftp://host/x", "file:///etc/passwd", "host/x", "https://", "http://host:0/", "http://host:99999/", "http://a b/",
     "http://[::1/", "javascript:alert(1)", "https://user:pass@host/x", "http://host/\r\nX: y"],
)  # fmt: skip
def test_other_addresses_are_refused_before_anything_is_read(address: str) -> None:
    with pytest.raises(JourneyError, match="begins with https"):
        checked(address)
    assert isinstance(ran("no/such.yaml", "--webhook", address).exception, JourneyError)


def test_a_day_that_is_none_is_said(tmp_path: Path) -> None:
    failed = ran(journey(tmp_path), "--told-since", "yesterday")
    assert isinstance(failed.exception, JourneyError)
    assert "write the day as 2026-04-01" in str(failed.exception)


def test_a_store_that_cannot_be_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = journey(tmp_path)
    monkeypatch.setenv("JOURNEY_STORE", "sqlite:////proc/nowhere/store.db")
    failed = ran(path)
    assert isinstance(failed.exception, JourneyError)
    assert "JOURNEY_STORE" in str(failed.exception)
