"""XES event logs (gzipped too), streamed. Columns are named as process mining names them: `concept:name`,
`time:timestamp`, `lifecycle:transition` of the event, and `case:…` for the attributes of its trace.

Parsed with expat itself: no tree is built, and a document type, the way to entity bombs, is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from journey.errors import InputError
from journey.events.formats.columns import text_table
from journey.events.formats.look import opened, unpacking
from journey.events.source import Raw, Source, Spool, text_columns

__all__ = ["LIFECYCLE", "xes"]

LIFECYCLE: Final = "lifecycle:transition"
HEAD: Final = 20_000  # events looked at for the names of columns
_VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})


def xes(path: Path, con: Any, spool: Spool, *, label: str) -> Source:
    """An XES log. Raises InputError for what is no well-formed XML or holds no event."""
    names: dict[str, None] = {}
    for event in islice(_events(path, label), HEAD):
        names |= dict.fromkeys(event)
    if not names:
        raise InputError(f"{label}: there is no event in this log.")

    def load(wanted: Sequence[str]) -> Raw:
        rows = ((i, [event.get(name) for name in wanted]) for i, event in enumerate(_events(path, label)))
        table = text_table(con, rows, len(wanted), spool.file(), label)
        return Raw(
            label=label,
            table=table,
            columns={name: f"c{i}" for i, name in enumerate(wanted)},
            text=True,
            understood={"format": "XES"},
        )

    lifecycle = LIFECYCLE if LIFECYCLE in names else None
    return Source(label=label, columns=text_columns(names), load=load, digest=_digest(path, label), lifecycle=lifecycle)


class _Walk:
    """What expat calls: keeps the trace's attributes, and finished events until they are fetched."""

    def __init__(self) -> None:
        self.depth: list[str] = []
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] = {}
        self.inside: list[dict[str, str]] = []
        self.done: list[dict[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        parent = self.depth[-1] if self.depth else ""
        if name == "trace":
            self.trace, self.inside = {}, []
        elif name == "event":
            self.event = {}
        elif name in _VALUES and "key" in attributes:
            if parent == "event":
                self.event[attributes["key"]] = attributes.get("value", "")
            elif parent == "trace":
                self.trace[f"case:{attributes['key']}"] = attributes.get("value", "")
        self.depth.append(name)

    def end(self, tag: str) -> None:
        name = self.depth.pop()
        if name == "event":
            self.inside.append(self.event)
        elif name == "trace":
            # Attributes of a trace may stand behind its events.
            self.done += [{**self.trace, **event} for event in self.inside]
            self.inside = []

    def refuse(self, *_: Any) -> None:
        raise InputError(
            "a document type (<!DOCTYPE …>) is not read, because it can make a small file explode. Remove it."
        )


def _events(path: Path, label: str) -> Iterator[dict[str, str]]:
    walk, parser = _Walk(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.StartDoctypeDeclHandler = walk.refuse
    parser.buffer_text = True
    try:
        with unpacking(label), opened(path) as file:
            while chunk := file.read(1 << 18):
                parser.Parse(chunk, False)
                yield from walk.done
                walk.done = []
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InputError(
            f"{label}, line {error.lineno}: this is not well-formed XML ({expat.ErrorString(error.code)}); "
            "the file may be cut short. Export it again."
        ) from error
    except InputError as error:
        raise InputError(str(error) if str(error).startswith(label) else f"{label}: {error}") from error


def _digest(path: Path, label: str) -> str:
    digest = hashlib.sha256()
    with unpacking(label), opened(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
