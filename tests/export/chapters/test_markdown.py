"""A chapter as Markdown, read back by parsers that link whatever looks like an address."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.export.chapters import as_markdown, make_chapter
from assistant.library import Library
from tests.export.chapters.hostile_register import HOSTILE_ITEMS, URL, hostile_register
from tests.export.chapters.plans import plan, plan_with
from tests.export.notes.hostile import HOSTILE

GREEDY = MarkdownIt("gfm-like", {"linkify": True, "html": True, "typographer": False})
COMMONMARK = MarkdownIt("commonmark")
EXPECTED = {
    *("heading_open", "paragraph_open", "inline", "bullet_list_open", "ordered_list_open", "list_item_open"),
    *("text", "text_special", "code_inline", "hardbreak", "link_open", "strong_open"),
    *("table_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open"),
}
ADDRESSES = {URL, "https://example.org/harbour", "https://example.org/tide"}


def tokens(markdown: str, parser: MarkdownIt = GREEDY) -> list[Token]:
    return [found for token in parser.parse(markdown) for found in (token, *(token.children or ()))]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_inert(register: Library, text: str) -> None:
    own = text.replace("<", "‹").replace("\ud800", "")  # tags of one's own are refused with a sentence
    title = " ".join(own.split())[:200]
    made = make_chapter(
        plan_with({"text": own}, *HOSTILE_ITEMS, title=title, introduction=own), hostile_register(register, text)
    )
    found = tokens(as_markdown(made))
    assert {token.type for token in found if not token.type.endswith("_close")} <= EXPECTED
    assert {token.attrs["href"] for token in found if token.type == "link_open"} <= ADDRESSES
    headings = [found[place + 1] for place, token in enumerate(found) if token.type == "heading_open"]
    shown = ["".join(child.content for child in item.children or ()) for item in headings]
    section = made.sections[0]
    titles = [block.text for block in section.blocks if block.kind == "heading"]
    assert shown == [made.title, "Tried", *titles, "References", "How this was made"]
    cells = [found[place + 1] for place, token in enumerate(found) if token.type == "td_open"]
    row = ["".join(child.content for child in cell.children or ()) for cell in cells]
    assert row[:4] == [made.table[0].title, made.table[0].place, made.table[0].period, made.table[0].outcome]
    assert len(row) == 5


def test_a_chapter_reads_as_written(register: Library) -> None:
    written = as_markdown(make_chapter(plan_with({"text": "Two:\n- a\n- b"}, {"case": "hull-lamp-scheme"}), register))
    start, _, end = written.partition("## How this was made")
    assert start == (
        "# Light on the water\n\nWhat harbours tried.\n\n- lamps\n- bells\n\n"
        "## Tried\n\nTwo:\n\n- a\n- b\n\n"
        "### The Hull lamp scheme\n\n"
        "- **Who did it:** Hull Boatmen's Guild\n- **Where:** Hull (England)\n- **When:** 2019-2021\n"
        "- **Outcome:** Worked, with a measured result\n\n"
        "Boatmen shared the cost of lamps. Collisions fell by half. \\[1\\]\n\n"
        "**Who says so:** Harbour Office (kind of evidence: not stated)\n\n"
        "**Lesson (our interpretation):** Share the cost of what protects everybody.\n\n"
        "**Table 1. Cases**\n\n"
        "| Case | Where | When | Outcome | References |\n| --- | --- | --- | --- | --- |\n"
        "| The Hull lamp scheme | Hull (England) | 2019-2021 | Worked, with a measured result | 1 |\n\n"
        "## References\n\n"
        "1. Harbour Office, Harbour plan, 1 May 2024 (government policy).\\\n"
        "   Section in Steward’s summary: Boats.\\\n"
        '   Note 1 in the document: Harbour Office, "Boat register", 4 March 2024, `https://example.org/register`\\\n'
        "   <https://example.org/harbour>\n\n"
    )
    assert end.count("\n- ") == 4


def test_references_are_a_list_with_their_numbers_in_plain_commonmark(register: Library) -> None:
    chapter = make_chapter(plan(), register)
    found = tokens(as_markdown(chapter), COMMONMARK)
    assert [token.info for token in found if token.type == "list_item_open" and token.info] == list("123456")
    assert "code_block" not in {token.type for token in found}
    assert as_markdown(chapter).encode() == as_markdown(make_chapter(plan(), register)).encode()
