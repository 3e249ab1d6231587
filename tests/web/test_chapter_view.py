"""The view Chapter: what can be added, its preview as a browser reads it, and the files that it saves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.export.chapters import as_markdown, make_chapter, plan_of_toml
from assistant.export.chapters.word import as_word
from assistant.library import Library
from assistant.web.precedents.chapter_html import NOTHING_YET
from assistant.web.precedents.chapter_view import FILES, ChapterView
from tests.export.chapters.hostile_register import HOSTILE_ITEMS, URL, hostile_register
from tests.export.chapters.plans import FIELDS, plan
from tests.web.pages import HOSTILE, parsed, unserved, words_of

PAGE = FIELDS | {"date": "2026-11-27", "case_table": True}
"""The plan as the browser keeps it."""


class Page:
    """The view as a browser holds it: each event's changes by the names of the components."""

    def __init__(self, library: Library) -> None:
        with unserved() as self.blocks:
            self.view = ChapterView(lambda: library)
        named = {
            name: component
            for name, component in vars(self.view).items()
            if isinstance(component, gr.Blocks | gr.components.Component)
        }
        self.names = {component: name for name, component in named.items()}
        self.names |= {component: kind for kind, component in self.view._adders.items()}

    def named(self, update: dict[Any, Any]) -> dict[str, Any]:
        return {self.names[component]: value for component, value in update.items()}

    def open(self) -> dict[str, Any]:
        return self.named(self.view._open())

    def edit(self, fields: Any) -> dict[str, Any]:
        event: Any = SimpleNamespace(plan=json.dumps(fields))
        return self.named(self.view._show(event))

    def save(self, name: str, fields: Any = PAGE) -> dict[str, Any]:
        text = json.dumps({**fields, "date": "2026-11-27"}) if isinstance(fields, dict) else fields
        return self.named(self.view._save(name, text))


def with_known_links(page: str) -> str:
    """The page with the address that a case of the register names as one that `parsed` lets pass."""
    return page.replace(f'href="{URL}"', 'href="https://example.org/tide"')


@pytest.fixture(scope="module")
def page(register: Library) -> Page:
    return Page(register)


def test_opening_brings_what_can_be_added_by_its_title(page: Page) -> None:
    opened = page.open()
    assert opened["case"]["choices"] == [
        ("A school of tides", "tide-school"),
        ("Bells on the Leith quay", "leith-bell-scheme"),
        ("The Hull lamp scheme", "hull-lamp-scheme"),
    ]
    assert ("License boats by lamp", "license-boats-by-lamp") in opened["recommendation"]["choices"]


def test_an_edit_shows_the_chapter_with_marks_that_lead_to_its_references(page: Page) -> None:
    shown = page.edit(PAGE)
    assert (shown["_problem"], shown["_message"]) == ("", "")
    tree = parsed(with_known_links(shown["_preview"]))
    headings = [(item.tag, words_of(item)) for item in tree.iter("h2", "h3", "h4", "h5")]
    assert headings == [
        ("h2", "Preview"),
        ("h3", "Light on the water"),
        ("h4", "Tried"),
        ("h5", "Bells on the Leith quay"),
        ("h5", "The Hull lamp scheme"),
        ("h4", "Asked for"),
        ("h5", "Recommendation: license boats by lamp"),
        ("h5", "A school of tides"),
        ("h4", "References"),
        ("h4", "How this was made"),
    ]
    assert [words_of(item) for item in tree.xpath("//ul[1]/li")][:2] == ["lamps", "bells"]
    marks = {link.get("href") for link in tree.iter("a") if link.get("href").startswith("#")}
    assert marks == {f"#reference-{number}" for number in range(1, 7)}
    assert [words_of(cell) for cell in tree.xpath("//tbody/tr[1]/*")] == [
        "Bells on the Leith quay",
        "Leith and Granton (Scotland)",
        "2022 onwards",
        "Failed, presented as a warning",
        "1, 2, 3",
    ]


def test_what_is_sound_is_shown_under_what_is_still_missing(page: Page) -> None:
    draft = {"title": "", "section": [{"heading": "", "items": [{"case": "tide-school"}, {"case": "atlantis"}]}]}
    shown = page.edit(draft)
    assert "_message" not in shown
    words = words_of(parsed(shown["_preview"]))
    assert "Before you can save it: The chapter has no title. Add one." in words
    assert 'there is no case "atlantis"' in words
    assert "Untitled chapter Untitled section A school of tides" in words
    nothing = page.edit({"title": "", "introduction": "", "section": [], "case_table": True})
    assert words_of(parsed(nothing["_preview"])) == f"Preview {NOTHING_YET}"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_and_what_the_register_says_are_words_and_nothing_else(register: Library, text: str) -> None:
    page = Page(hostile_register(register, text))
    own = text.replace("<", "‹")
    items = [{"text": own}, *HOSTILE_ITEMS, {"case": text[:40]}]
    shown = page.edit({"title": own, "introduction": own, "section": [{"heading": own, "items": items}]})
    page_words = words_of(parsed(with_known_links(shown["_preview"])))
    assert page_words.count(own) >= 4
    assert text in page_words


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_the_command_writes_and_gradios_to_delete(
    name: str, page: Page, register: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    saved = page.save(name)
    assert saved["_message"] == ""
    path = Path(saved["_file"])
    assert path.name == FILES[name]
    assert str(path) in set().union(*page.blocks.temp_file_sets)
    assert list((tmp_path / "temporary").iterdir()) == []
    chapter = make_chapter(plan(), register)
    if name == "the plan":
        assert plan_of_toml(path.read_bytes(), "plan.toml") == plan()
    else:
        assert path.read_bytes() == (as_markdown(chapter).encode() if name == "Markdown" else as_word(chapter))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("", "There is no plan yet. Add a section or a case first."),
        ("{", "The plan, the plan: found '{'; expected JSON."),
        ("[]", "The plan, the plan: found []; expected a table of fields."),
        (PAGE | {"title": ""}, "The chapter has no title. Add one."),
        (PAGE | {"title": "a" * 300}, "The plan, field title: found 300 characters; the limit is 200."),
        (PAGE | {"introduction": "<b>x"}, "The plan, field introduction: found HTML"),
        ('{"title": "A", "date": "27/11"}', "field date: found '27/11'; expected a date such as 2026-11-27."),
        (PAGE | {"other": 1}, "The plan, field other: unknown field."),
    ],
    ids=["nothing", "no JSON", "a list", "title", "long", "HTML", "date", "field"],
)
def test_what_cannot_be_saved_costs_a_sentence_and_makes_no_file(fields: Any, message: str, page: Page) -> None:
    saved = page.save("Word", fields)
    assert saved["_file"] is None
    assert message in words_of(parsed(saved["_message"]))


def test_a_disk_that_is_full_costs_a_sentence_without_a_path(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    words = words_of(parsed(page.save("Markdown")["_message"]))
    assert words == "chapter.md cannot be written: No space left on device. Save the chapter elsewhere."


def test_the_choices_follow_the_register(register: Library) -> None:
    entries = [register, register]
    with unserved():
        view = ChapterView(lambda: entries[-1])
    assert len(view._open()[view._adders["case"]]["choices"]) == 3
    fewer = replace(register.registers, precedents=register.registers.precedents[:1])
    entries.append(replace(register, registers=fewer))
    assert [name for _, name in view._open()[view._adders["case"]]["choices"]] == ["hull-lamp-scheme"]
