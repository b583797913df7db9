"""The app's frame: navigation, the head of every page, the filter bar, the drawer, and mistakes said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from journey.app import cached
from journey.app.pages import (
    alerts,
    compare,
    data,
    drivers,
    friction,
    graph,
    map,
    overview,
    paths,
    plan,
    success,
    voices,
    whatif,
)
from journey.app.parts.cases import adopt_asked
from journey.app.parts.choice import choice
from journey.app.parts.drawer import drawer
from journey.app.parts.filters import bar, clear
from journey.app.parts.header import header
from journey.app.parts.patience import patiently
from journey.app.state import Source, View, arguments, theme_name
from journey.app.text import LANGUAGES, _, browser_language, sentence, settle_language
from journey.errors import JourneyError

__all__ = ["main"]

ICON = Path(__file__).parent / "static" / "icon.png"
DARK = Path(__file__).parent / "canvas" / "dark.css"


def main() -> None:
    """Run the app once, as Streamlit does after every click."""
    cached.settle()
    st.set_page_config(page_title="Journey", page_icon=str(ICON), layout="wide")
    if theme_name() == "dark":
        st.html(DARK)
    settle_language()
    source = arguments()
    views: list[View] = []
    # The first page lives at the address itself.
    page = st.navigation(
        {
            "": [
                _page(overview.page, views, _("Overview"), "overview", default=True),
                _page(map.page, views, _("Map"), "map"),
                _page(graph.page, views, _("Graph"), "graph"),
                _page(friction.page, views, _("Friction"), "friction"),
                _page(paths.page, views, _("Paths"), "paths"),
                _page(compare.page, views, _("Compare"), "compare"),
                _page(data.page, views, _("Data"), "data"),
            ],
            _("Analysis"): [
                _page(whatif.page, views, _("What if"), "what-if"),
                _page(drivers.page, views, _("Drivers"), "drivers"),
                _page(plan.page, views, _("Designed and lived"), "plan"),
                _page(alerts.page, views, _("Alerts"), "alerts"),
            ],
            _("Customers"): [
                _page(success.page, views, _("Success"), "success"),
                _page(voices.page, views, _("Voices"), "voices"),
            ],
        },
        position="top",
    )
    try:
        # The bar stands in the frame, not in a page: so its filters stay when the page changes.
        view = _frame(source)
        if view is not None:
            views.append(view)
            page.run()
    except JourneyError as error:
        st.error(sentence(error))


def _page(show: Callable[[View], None], views: list[View], title: str, path: str, *, default: bool = False) -> st.Page:
    def shown() -> None:
        show(views[0])

    return st.Page(shown, title=title, url_path=path, default=default)


def _frame(source: Source) -> View | None:
    """The head of every page and the drawer; the cases looked at, or None where there are none."""
    patiently(_("Reading the tables"), lambda: cached.opened(source), key="open")
    adopt_asked(View(source))
    head = st.container()
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        with st.container():
            view = View(source, bar(source))
        choice(_("Language"), LANGUAGES, key="lang", default=browser_language(), as_="list", hidden=True, width=125)
    with head:
        header(view)
    if not cached.log(view).cases:
        st.info(_("No case fits these filters. Widen the period, or take a condition away."))
        st.button(_("All cases"), key="clear-all", on_click=clear, args=(source,))
        return None
    patiently(_("Counting the ways of the cases"), lambda: cached.journey(view), key=f"mine-{hash(view)}")
    drawer(view)
    return view


if __name__ == "__main__":
    main()
