"""The app's pages, by their address."""

PAGES = (
    "overview",
    "map",
    "graph",
    "friction",
    "paths",
    "compare",
    "data",
    "what-if",
    "drivers",
    "plan",
    "alerts",
    "success",
    "voices",
)
