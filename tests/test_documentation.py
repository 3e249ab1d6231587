"""The READMEs: what the code knows is up to date in them, links lead somewhere, and the first one stays short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from assistant.cli import app
from tests.documentation import PARTS, ROOT, written_part

PAGES = sorted(
    page for pattern in ("*.md", "docs/*.md", "*/README.md", "assistant/*/README.md") for page in ROOT.glob(pattern)
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
