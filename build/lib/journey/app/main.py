"""The app's frame: navigation, the head of every page, and mistakes said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from journey.app import cached
from journey.app.pages import friction, graph, touchpoint
from journey.app.parts.header import header
from journey.app.state import TOUCHPOINT, Source, arguments
from journey.app.text import _, plain
from journey.errors import JourneyError

__all__ = ["main"]

ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """Run the app once, as Streamlit does after every click."""
    cached.settle()
    st.set_page_config(page_title="Journey", page_icon=str(ICON), layout="wide")
    source = arguments()
    detail: list[st.Page] = []

    def go_to(name: str) -> None:
        st.session_state[TOUCHPOINT] = name
        st.switch_page(detail[0], query_params={TOUCHPOINT: name})

    # The first page lives at the address itself.
    pages = [
        _page(lambda: friction.page(source, go_to), source, _("Friction"), "friction", default=True),
        _page(lambda: graph.page(source, go_to), source, _("Graph"), "graph"),
        _page(lambda: touchpoint.page(source), source, _("Touchpoint"), "detail"),
    ]
    detail.append(pages[2])
    st.navigation(pages, position="top").run()


def _page(show: Callable[[], None], source: Source, title: str, path: str, *, default: bool = False) -> st.Page:
    def shown() -> None:
        try:
            header(source)
            show()
        except JourneyError as error:
            st.error(plain(error))

    return st.Page(shown, title=title, url_path=path, default=default)


if __name__ == "__main__":
    main()
