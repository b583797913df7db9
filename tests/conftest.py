"""What tests share: where the real data lie, if they do, folders of their own, a browser, and the app being served."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
# Chromium without anything that asks the network on its own account.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data sets and known answers beside the checkout; they are not part of the project."""
    found = ROOT.parent / "shared"
    if not (found / "data").is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEY_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("JOURNEY_STORE", f"sqlite:///{tmp_path_factory.mktemp('store') / 'journey.db'}")
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serves a script of Streamlit, the app unless another is named; returns its address. One server a command."""
    running: dict[tuple[str, ...], tuple[subprocess.Popen[bytes], str]] = {}

    def served(*told: str, script: Path = ROOT / "app.py") -> str:
        command = (str(script), *told)
        if command not in running:
            running[command] = _start(script, told)
        return running[command][1]

    yield served
    for server, _ in running.values():
        server.terminate()
    for server, _ in running.values():
        server.wait(10)


def _start(script: Path, told: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    options = ["--server.headless", "true", "--server.port", str(port), "--server.fileWatcherType", "none"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options, "--", *told]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) == 0:
                break
        time.sleep(0.1)
    return server, f"http://localhost:{port}"


@pytest.fixture(scope="session")
def address(serve: Callable[..., str]) -> str:
    """The app on the sample."""
    return serve()
