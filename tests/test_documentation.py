"""The READMEs: what the code knows is up to date in them, links lead somewhere, and the first one stays short."""

from __future__ import annotations

import ast
import gc
import re
from importlib import import_module
from pathlib import Path

import pytest
import typer

from assistant.cli import app
from tests.documentation import PARTS, ROOT, written_part

PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "docs/*/README.md", "*/README.md", "assistant/*/README.md")
    for page in ROOT.glob(pattern)
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.mark.parametrize("name", PARTS)
def test_what_the_code_knows_is_up_to_date(name: str) -> None:
    path, make = PARTS[name]
    assert written_part(name) == make(), f"The {name} in {path} are out of date. Run `make docs`."


def test_the_first_readme_is_short() -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(words.encode()) < 10_000
    assert max(map(len, words.splitlines())) < 120


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@each_page
def test_commands_that_are_shown_exist(page: Path) -> None:
    shown = re.findall(r"(?:`|^\$? ?|/bin/)steward (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(shown) <= {"COMMAND", *typer.main.get_command(app).commands}


@each_page
def test_names_that_examples_import_exist(page: Path) -> None:
    gc.collect()  # what apps of other tests left; reported while a module is parsed, it breaks Python 3.11's parser
    for example in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        imported = [node for node in ast.walk(ast.parse(example)) if isinstance(node, ast.ImportFrom)]
        missing = [f"{node.module}.{name.name}" for node in imported for name in node.names if not _exists(node, name)]
        assert missing == []


def test_every_room_stands_in_the_picture_of_the_house() -> None:
    (house,) = re.findall(r"^```text\nassistant/\n(.*?)^```", _read("assistant/README.md"), re.DOTALL | re.MULTILINE)
    rooms = {path.parent.name for path in ROOT.glob("assistant/*/__init__.py")}
    assert set(re.findall(r"^  (\w+)/", house, re.MULTILINE)) == rooms


def test_places_to_add_something_exist() -> None:
    table = _read("assistant/README.md").partition("## Where do I add")[2].partition("\n## ")[0]
    places = re.findall(r"`([\w/]+/|[\w/]+\.py)`", table)
    assert len(places) > 10
    outside = ("corpus/", "evals/")
    missing = [place for place in places if not (ROOT / "assistant" / place).exists() and not place.startswith(outside)]
    assert missing == []


def _exists(node: ast.ImportFrom, name: ast.alias) -> bool:
    return hasattr(import_module(str(node.module)), name.name)


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")
