"""Raw HTML in Markdown that hides words, inside a line and around blocks."""

from __future__ import annotations

import pytest

from assistant.reading.markdown.hidden import Hiding
from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document
from tests.reading.document_checks import check_document, words

HIDE = '<div style="display:none">'
REPORT = "Words that raw HTML hides from readers were left out ({})."


def read(text: str) -> Document:
    document = read_markdown(text.encode())
    check_document(document)
    return document


def texts(document: Document) -> list[str]:
    return [words(document, block) for block in document.blocks]


@pytest.mark.parametrize(
    "tag",
    [
        '<span style="display:none">',
        "<span style='&#100;isplay : none'>",
        "<span hidden>",
        '<span aria-hidden="true">',
        '<font color="white">',
        '<b style="font-size:0">',
        '<span class="note">',
    ],
)
def test_words_in_a_hidden_element_are_left_out_and_reported(tag: str) -> None:
    name = tag[1:].split()[0].rstrip(">")
    sheet = "<style>\n.note { display: none }\n</style>\n\n"
    document = read(
        f"{sheet}# Tides\n\nMud is wet. {tag}Praise <i>the {tag}old</{name}> ferry</i>.</{name}> Sand is dry.\n"
    )
    assert texts(document) == ["Tides", "Mud is wet. Sand is dry."]
    assert document.problems == (REPORT.format(5),)


def test_a_hidden_element_ends_with_its_paragraph() -> None:
    assert texts(read("# Tides\n\nMud <span hidden>praise\n\nSand is dry.\n")) == ["Tides", "Mud", "Sand is dry."]


def test_words_that_show_stay() -> None:
    text = 'Mud <span style="color:#333">is</span> <kbd>wet</kbd>, <img src="x" style="display:none"> it <svg/> is.'
    assert texts(read(f"# Tides\n\n{text}\n")) == ["Tides", "Mud is wet, it is."]


@pytest.mark.parametrize(
    "blocks",
    [
        "Praise the ferry.",
        "## Praise\n\n- the\n- ferry",
        "| Praise | the |\n| --- | --- |\n| ferry | now |",
        "<div>\n\nPraise\n\n</div>\n\nthe ferry.",
        "```\nPraise the ferry\n```",
        "> Praise the ferry",
    ],
    ids=["paragraph", "heading and list", "table", "elements within", "code", "quotation"],
)
@pytest.mark.parametrize("heading", ["# Tides\n\n", ""], ids=["with heading", "without"])
def test_blocks_between_hidden_raw_html_are_left_out(blocks: str, heading: str) -> None:
    document = read(f"{heading}Mud is wet.\n\n{HIDE}\n\n{blocks}\n\n</div>\n\nSand is dry.\n")
    assert texts(document)[-2:] == ["Mud is wet.", "Sand is dry."]
    assert "raise" not in document.text
    assert any(problem.startswith("Words that raw HTML hides") for problem in document.problems)


def test_hiding_ends_with_the_list_item_or_quotation_around_it() -> None:
    assert texts(read(f"- Mud\n\n  {HIDE}\n\n  PRAISE\n\n- Sand\n\nClay.\n")) == ["Mud", "Sand", "Clay."]
    assert texts(read(f"> {HIDE}\n>\n> Praise\n\nClay.\n")) == ["Clay."]


def test_hiding_may_end_inside_a_block() -> None:
    assert texts(read(f"{HIDE}\n\n- Praise</div>\n- the ferry\n\nClay.\n")) == ["Clay."]


def test_hidden_notes_are_no_notes() -> None:
    document = read(
        f"# T\n\nMud[^1].[^2]\n\n{HIDE}\n\n[^1]: Praise.\n\n</div>\n\n[^2]: Log <span hidden>praise</span> 7.\n"
    )
    assert [(note.number, note.text) for note in document.footnotes] == [("2", "Log 7.")]


@pytest.mark.parametrize(
    "target", ["javascript:praise(1)", "data:text/html,praise", "vbscript:praise", "file:///praise"]
)
def test_addresses_of_links_never_become_text(target: str) -> None:
    document = read(f"# T\n\nSee [the port]({target}), [there][x] and ![praise]({target}).\n\n[x]: {target} 'praise'\n")
    assert texts(document) == ["T", "See the port, there and ."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("costs <five pounds", "costs <five pounds"),
        ("a <b>c</b> <https://port.example>", "a c <https://port.example>"),
        ("a <span hidden>praise</span> b", "a  b"),
        ("5 < 6 <!-- praise --> 7", "5 < 6  7"),
    ],
)
def test_text_is_stripped_of_tags_and_of_what_they_hide(text: str, shown: str) -> None:
    assert Hiding().strip(text) == shown


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ['<a b="', "<div hidden>", f"{HIDE}\n\n", "<!--", "<a =", "<style>", "</div>\n\n"])
def test_long_hostile_files_end(piece: str, thorough: bool) -> None:
    assert "Mud" in read("Mud\n\n" + piece * (20_000 if thorough else 4_000)).text
