"""The translations: gathers every text for readers from the source, and keeps the catalogues up with them.

    python tools/messages.py            write journey/locale/*/LC_MESSAGES/journey.po and .mo anew
    python tools/messages.py --missing  list what has no translation yet

A text that is gone from the source is dropped from the catalogue; a new one stands there empty, to be translated.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "journey" / "locale"
LANGUAGES = ("pt_BR",)
KEYWORDS = {"_": None, "say": None, "speak": None, "N_": None}
# Errors are raised as templates; only those that the app can meet are translated.
ERRORS = ("JourneyError",)


def texts() -> dict[str, list[tuple[str, int]]]:
    """Every text for readers, and where it stands."""
    found: dict[str, list[tuple[str, int]]] = {}
    for file, line, message, _comments, _context in extract_from_dir(
        ROOT / "journey", [("**.py", "python")], keywords=KEYWORDS
    ):
        if isinstance(message, str):
            found.setdefault(message, []).append((f"journey/{file}", 0 if line is None else line))
    for message, place in (*_errors(), *_definitions()):
        found.setdefault(message, []).append(place)
    return found


def _errors() -> Iterator[tuple[str, tuple[str, int]]]:
    """Templates of errors: those raised with a plain text, not with one put together in place."""
    for file in sorted((ROOT / "journey").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS):
                continue
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.args[0].value, (str(file.relative_to(ROOT)), 0)


def _definitions() -> Iterator[tuple[str, tuple[str, int]]]:
    """The documentation that the Data page shows."""
    sys.path.insert(0, str(ROOT))
    from journey.app.definitions import DEFINITIONS, definition  # noqa: PLC0415

    for group in DEFINITIONS.values():
        for what in group.values():
            yield definition(what), ("journey/app/definitions.py", 0)


def file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "journey.po"


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands."""
    path = file(language)
    if not path.exists():
        return Catalog(locale=language, project="Journey", charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str) -> Catalog:
    """The catalogue with exactly the texts of the source, translated where they were before."""
    old = catalogue(language)
    new = Catalog(
        locale=language,
        project="Journey",
        version="",
        charset="utf-8",
        fuzzy=False,
        header_comment="# The texts of Journey. Gathered by tools/messages.py; translate by hand, then run it again.",
    )
    new.creation_date = new.revision_date = old.creation_date  # only texts change the file
    for text, places in sorted(texts().items(), key=lambda item: (item[1][0], item[0])):
        known = old.get(text)
        new.add(
            text, known.string if known and not known.fuzzy else "", locations=[(name, 0) for name, _ in places[:1]]
        )
    return new


def missing(language: str) -> list[str]:
    """Texts without a translation."""
    return [message.id for message in updated(language) if message.id and not message.string]


def written(catalogue: Catalog) -> str:
    """The catalogue as text, without the header's lines that nobody filled in."""
    stream = BytesIO()
    write_po(stream, catalogue, width=120, include_lineno=False)
    empty = ('"Report-Msgid', '"Last-Translator', '"Language-Team', '"Project-Id', '"Generated-By')
    return "".join(line for line in stream.getvalue().decode().splitlines(True) if not line.startswith(empty))


def main() -> None:
    for language in LANGUAGES:
        if "--missing" in sys.argv:
            print(*missing(language), sep="\n----\n")
            continue
        new = updated(language)
        path = file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(new), encoding="utf-8")
        with path.with_suffix(".mo").open("wb") as stream:
            write_mo(stream, new)
        print(f"{language}: {len(new):,} texts, {len(missing(language)):,} without a translation")


if __name__ == "__main__":
    main()
