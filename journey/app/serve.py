"""Serves the app, and reads the tables while the server starts and the browser opens: the first page waits for less.

    python -m journey.app.serve [RECIPE] [--folder FOLDER] [--port 8501] [--headless]

`streamlit run app.py` serves the same app without the head start.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from streamlit.web import cli

from journey.app import cached
from journey.app.state import SAMPLE, Source, View
from journey.errors import JourneyError

__all__ = ["serve"]

PAGE = Path(__file__).parent / "main.py"


def serve(recipe: Path, folder: Path | None = None, *, port: int = 8501, headless: bool = False) -> None:
    """Serve the app on this machine until it is stopped."""
    source = Source.of(recipe, folder)
    threading.Thread(target=_warm, args=(View(source),), daemon=True).start()
    told = [str(recipe), *(["--folder", str(folder)] if folder else [])]
    # Without being told, Streamlit opens a browser where there is a screen.
    options = ["--server.port", str(port), *(["--server.headless", "true"] if headless else [])]
    cli.main(["run", str(PAGE), *options, "--", *told], prog_name="journey app")


def _warm(view: View) -> None:
    """Ask what the first page will ask; what fails is said there."""
    try:
        cached.journey(view)
        cached.friction(view)
    except JourneyError:
        pass


def _main() -> None:
    parser = argparse.ArgumentParser(prog="journey app")
    parser.add_argument("recipe", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--headless", action="store_true")
    told = parser.parse_args()
    sys.argv = sys.argv[:1]
    serve(told.recipe, told.folder, port=told.port, headless=told.headless)


if __name__ == "__main__":
    _main()
