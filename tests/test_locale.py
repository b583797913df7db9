"""Portuguese: every text for readers has a translation, with the same places to fill in."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
import string
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from pages import PAGES
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from journey.draw.words import ENGLISH, Say, interval, span
from journey.model import Measure

ROOT = Path(__file__).parents[1]
SHOWS = {
    "badge",
    "button",
    "caption",
    "checkbox",
    "date_input",
    "dialog",
    "download_button",
    "error",
    "expander",
    "form_submit_button",
    "header",
    "info",
    "markdown",
    "metric",
    "multiselect",
    "number_input",
    "pills",
    "popover",
    "progress",
    "radio",
    "segmented_control",
    "selectbox",
    "slider",
    "subheader",
    "success",
    "tabs",
    "text_input",
    "title",
    "toast",
    "toggle",
    "warning",
    "write",
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    pytest.importorskip("babel")
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_has_a_translation(tool: ModuleType) -> None:
    assert tool.missing("pt_BR") == [], "python tools/messages.py, then translate what is empty"


def test_the_catalogue_holds_exactly_the_texts_of_the_source(tool: ModuleType) -> None:
    assert {message.id for message in tool.catalogue("pt_BR") if message.id} == set(tool.texts())


def test_the_compiled_catalogue_is_that_of_the_texts(tool: ModuleType) -> None:
    from babel.messages.mofile import read_mo

    compiled = read_mo(BytesIO(tool.file("pt_BR").with_suffix(".mo").read_bytes()))
    told = {message.id: message.string for message in tool.catalogue("pt_BR") if message.id}
    assert {message.id: message.string for message in compiled if message.id} == told


def test_translations_have_the_same_places_and_tags(tool: ModuleType) -> None:
    def fields(text: str) -> list[tuple[str, str]]:
        return sorted((name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None)

    wrong = []
    for message in tool.catalogue("pt_BR"):
        if not message.id or not message.string or "\n" in message.id:
            continue
        same = fields(message.id) == fields(message.string)
        tags = sorted(re.findall(r"</?\w+>", message.id)) == sorted(re.findall(r"</?\w+>", message.string))
        ends = [message.id[:1].isspace(), message.id[-1:].isspace()] == [
            message.string[:1].isspace(),
            message.string[-1:].isspace(),
        ]
        if not (same and tags and ends):
            wrong.append((message.id, message.string))
    assert not wrong


def bare_texts(file: Path) -> Iterator[str]:
    """Texts that are shown to a reader as they stand in the source."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWS):
            continue
        shown = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("help", "label", "placeholder", "text"))]
        for part in (part for argument in shown for part in in_place(argument)):
            words = re.sub(r":material/\w+:|:[\w-]+\[", "", part.value)
            if re.search(r"[A-Za-z]{3}", words):
                yield f"{file.relative_to(ROOT)}:{part.lineno}: {part.value!r}"


def in_place(node: ast.AST) -> Iterator[ast.Constant]:
    """Pieces of text written in place; what a call gives back is not."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.JoinedStr, ast.BinOp, ast.IfExp)):
        for child in ast.iter_child_nodes(node):
            yield from in_place(child)


@pytest.mark.parametrize("file", sorted((ROOT / "journey" / "app").rglob("*.py")), ids=lambda file: file.stem)
def test_no_text_is_shown_untranslated(file: Path) -> None:
    # In f-strings the translated parts are calls, so only what is written in place is found.
    assert list(bare_texts(file)) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_portuguese_meets_no_text_without_translation(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    unknown: list[str] = []
    plain = gettext.GNUTranslations.gettext

    def watched(self: gettext.GNUTranslations, text: str) -> str:
        if text not in self._catalog:  # type: ignore[attr-defined]
            unknown.append(text)
        return plain(self, text)

    monkeypatch.setattr(gettext.GNUTranslations, "gettext", watched)
    monkeypatch.setattr(sys, "argv", ["app.py"])
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    test.query_params["lang"] = "pt_BR"
    test._page_hash = "" if page == PAGES[0] else calc_hash(page)
    test.run()
    assert not test.exception
    assert not unknown
    assert "6.000" in " ".join(str(one.value) for one in test.markdown)


def test_numbers_and_days_are_written_as_in_the_language() -> None:
    from datetime import date

    pt = Say("pt_BR")
    assert (ENGLISH("{n:,} cases", n=1234), pt("{n:,} cases", n=1234)) == ("1,234 cases", "1.234 cases")
    assert pt.number(1234.5, ",.1f") == "1.234,5"
    assert pt.number(None) == "–"
    assert (ENGLISH.day(date(2026, 1, 31)), pt.day(date(2026, 1, 31))) == ("31 Jan 2026", "31/01/2026")
    assert interval(Measure(3.8, 3.6, 4.0, 9), ".1f", pt) == "3,8 (3,6–4,0)"
    assert span(5400, pt) == "1,5 h"
    # Names from the data stay as they are, full stops and all.
    assert pt("{name}: {n:.1f}", name="v1.5, beta", n=2.5) == "v1.5, beta: 2,5"
