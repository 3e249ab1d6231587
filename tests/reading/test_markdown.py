"""Markdown, well kept and as converters leave it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document, Span
from tests.reading.document_checks import check_document, outline, words

CORPUS = Path(__file__).parents[2] / "corpus"
SUMMARIES = sorted(path for folder in ("digests", "commentary") for path in (CORPUS / folder).glob("*.md"))


def read(text: str) -> Document:
    document = read_markdown(text.encode())
    check_document(document)
    return document


def texts(document: Document) -> list[str]:
    return [words(document, block) for block in document.blocks]


def calls(document: Document) -> list[tuple[str, str]]:
    """Number of each mark and the words directly before it."""
    return [(mark.number, document.text[max(0, mark.position - 8) : mark.position]) for mark in document.marks]


# Front matter, headings, inline markup


def test_front_matter_gives_the_title_and_nothing_else() -> None:
    document = read('---\ntitle: "Harbour plan"\nlicence: open\n---\n\n# Another heading\n\nText.\n')
    assert document.title == "Harbour plan"
    assert texts(document) == ["Another heading", "Text."]


def test_a_folded_title_is_read() -> None:
    assert (
        read("---\nid: x\ntitle: >-\n  Harbour plan:\n  year two\nnote: y\n---\n\nText.\n").title
        == "Harbour plan: year two"
    )


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert texts(read("---\n\nText.\n\n---\n\nMore.\n")) == ["Text.", "More."]


def test_the_first_heading_of_level_one_is_the_title_without_its_mark() -> None:
    document = read("# Harbour *plan*[^1]\n\nText.\n\n[^1]: A note.\n")
    assert document.title == "Harbour plan"
    assert calls(document) == [("1", "our plan")]


def test_heading_attributes_give_the_anchor_and_leave_the_text() -> None:
    document = read(
        '# One {#one .wide}\n\n## Two {#two-b pages="9"}\n\n### Three {.unnumbered}\n\nFour {#x}\n====\n\n## Set {a}\n'
    )
    assert [(block.level, words(document, block), block.anchor) for block in document.blocks] == [
        (1, "One", "one"),
        (2, "Two", "two-b"),
        (3, "Three", None),
        (1, "Four", "x"),
        (2, "Set {a}", None),
    ]


def test_markup_leaves_plain_words() -> None:
    document = read(
        "See **the** _plan_ of [the port](https://port.example/x), <u>here</u>, `as is` &amp; H<sub>2</sub>O,\n"
        "the 3<sup>rd</sup> &lt;draft&gt;. <https://port.example/y> ![a crane](c.png) <!-- hidden --> End.\n"
    )
    assert texts(document) == [
        "See the plan of the port, here, as is & H2O, the 3rd <draft>. https://port.example/y End."
    ]


def test_html_scripts_and_comments_never_become_text() -> None:
    document = read(
        "Before.\n\n<script>\nalert('x')\n</script>\n\n<!-- secret\nplan -->\n\n<div>raw words</div>\n\n"
        "In <script>alert('y')</script>line.\n\n<style>p {}</style>\n"
    )
    assert texts(document) == ["Before.", "In line."]
    assert document.problems == ("Blocks of raw HTML that were left out: 1.",)


def test_indented_text_is_text() -> None:
    assert texts(read("Before.\n\n    indented by a converter\n")) == ["Before.", "indented by a converter"]


# Lists, tables, quotations


def test_lists_keep_numbers_levels_and_lead_in() -> None:
    document = read(
        "The steps are:\n\n1. Dredge\n   - by day\n   - by night\n\n     and at weekends\n2. Build\n\nOther text.\n"
    )
    assert [(block.kind, block.level, block.lead, words(document, block)) for block in document.blocks] == [
        ("paragraph", 0, None, "The steps are:"),
        ("list-item", 1, 0, "1. Dredge"),
        ("list-item", 2, 1, "by day"),
        ("list-item", 2, 1, "by night"),
        ("list-item", 2, 3, "and at weekends"),
        ("list-item", 1, 0, "2. Build"),
        ("paragraph", 0, None, "Other text."),
    ]


@pytest.mark.parametrize(
    ("before", "leads"),
    [
        pytest.param("Much was said. These matter:", True, id="colon"),
        pytest.param("The review makes two points.", True, id="short-sentence"),
        pytest.param("The first point was made. The second was not.", False, id="two-sentences"),
        pytest.param("The review, " + "and then the review, " * 9 + "closed.", False, id="long-sentence"),
        pytest.param("# Points", False, id="heading"),
        pytest.param("> Quoted:", False, id="quotation"),
    ],
)
def test_a_list_is_led_in_only_by_what_introduces_it(before: str, leads: bool) -> None:
    document = read(f"{before}\n\n- a point\n- another\n")
    assert [block.lead for block in document.blocks if block.kind == "list-item"] == [0 if leads else None] * 2


def test_a_list_in_a_bullet_without_words_stands_for_the_bullet() -> None:
    document = read("Shifts:\n\n- 1. From sea to land\n- 2. From land to sea\n")
    assert outline(document)[1:] == [("list-item", 1, "1. From sea to land"), ("list-item", 1, "2. From land to sea")]
    assert [block.lead for block in document.blocks] == [None, 0, 0]


def test_a_change_of_marker_keeps_the_lead_in() -> None:
    document = read("Steps:\n\n- one\n\n2. two\n3. three\n")
    assert [(block.lead, words(document, block)) for block in document.blocks[1:]] == [
        (0, "one"),
        (0, "2. two"),
        (0, "3. three"),
    ]


def test_tables_are_rows_under_their_header() -> None:
    document = read(
        "| Port | Tonnes |\n| --- | ---: |\n| Leith[^1] | 10 |\n| *Hull* | |\n\nTable 2: Ports\n\n[^1]: A note.\n"
    )
    assert outline(document) == [
        ("table-header", 0, "Port | Tonnes"),
        ("table-row", 0, "Leith | 10"),
        ("table-row", 0, "Hull |"),
        ("caption", 0, "Table 2: Ports"),
    ]
    assert [block.lead for block in document.blocks] == [None, 0, 0, None]
    assert calls(document) == [("1", "es\nLeith")]


def test_block_quotes_are_quotations_led_in_by_a_colon() -> None:
    document = read("The mayor said:\n\n> We build\n> it now.\n>\n> Or never.\n\nShe left.\n")
    assert outline(document)[1:3] == [("quotation", 0, "We build it now."), ("quotation", 0, "Or never.")]
    assert document.blocks[1].lead == 0


# Notes


@pytest.mark.parametrize(
    "mark",
    ["[^12]", "^{12}", "<sup>12</sup>", "¹²", "<sup>[12](#n12)</sup>"],
    ids=["label", "braces", "tag", "raised", "link"],
)
def test_every_form_of_mark_is_attached(mark: str) -> None:
    document = read(f"Ports grew.{mark} They will grow again.\n\n[^12]: Rao, P. Ports. Harbour Press, 2021.\n")
    assert calls(document) == [("12", "ts grew.")]
    assert document.text == "Ports grew. They will grow again."
    assert document.footnotes[0].title == "Ports"
    assert not [problem for problem in document.problems if "not in the file" in problem]


@pytest.mark.parametrize("mark", ["[^1][^2]", "^{1,2}", "¹,²", "<sup>1, 2</sup>", "^{1–2}"])
def test_lists_of_marks_are_split(mark: str) -> None:
    document = read(f"Ports grew.{mark}\n\n[^1]: One.\n[^2]: Two.\n")
    assert [mark.number for mark in document.marks] == ["1", "2"]
    assert document.notes_in(Span(0, len(document.text))) == ("1", "2")


@pytest.mark.parametrize(
    "text",
    [
        "A yard of 5 m² and 3 km².",
        "About 10⁶ tonnes.",
        "The 2030 target cost £1.5 million.",
        "Room 2 of 12.",
    ],
)
def test_figures_and_units_stay_in_the_text(text: str) -> None:
    document = read(f"{text} A fact.[^1]\n\n[^1]: One.\n[^2]: Two.\n[^6]: Six.\n\nAlso.[^2][^6]\n")
    assert texts(document)[0] == f"{text} A fact."
    assert [mark.number for mark in document.marks] == ["1", "2", "6"]


def test_raised_digits_without_any_note_stay() -> None:
    assert texts(read("Ports grew.¹² Area<sup>3</sup> too.\n")) == ["Ports grew.¹² Area³ too."]


def test_a_year_may_carry_a_mark() -> None:
    assert calls(read("It fell in 2010² again.\n\n[^2]: Two.\n")) == [("2", " in 2010")]


def test_lost_notes_and_lost_marks_are_reported() -> None:
    document = read("One.[^1] Two.[^2] Three.³\n\n[^1]: A note.\n[^4]: Never called.\n[^1]: Again.\n")
    assert document.text == "One. Two. Three."
    assert [mark.number for mark in document.marks] == ["1"]
    assert document.problems == (
        "Note 1 stands twice; the first is kept.",
        "Notes that nothing in the text calls: 4.",
        "Marks whose note is not in the file: 2, 3.",
    )


def test_notes_of_several_paragraphs_and_notes_in_place_are_read() -> None:
    document = read(
        "One.[^a] Two.^[Said at the *quay*.] End.\n\n[^a]: First part.\n\n    Second <https://a.example/b>.\n"
    )
    assert document.text == "One. Two. End."
    assert [(note.number, note.text, note.url) for note in document.footnotes] == [
        ("a", "First part. Second https://a.example/b.", "https://a.example/b"),
        ("1", "Said at the quay.", None),
    ]
    assert [mark.number for mark in document.marks] == ["a", "1"]


def test_a_heading_with_attributes_may_call_notes() -> None:
    document = read("# Ports^[Said there.] and tides[^1] {#ports}\n\n[^1]: One.\n")
    assert [mark.number for mark in document.marks] == ["2", "1"]
    assert (document.title, document.blocks[0].anchor) == ("Ports and tides", "ports")


def test_addresses_of_links_are_kept_in_notes() -> None:
    note = read("One.[^1]\n\n[^1]: Rao, P. [Ports](https://a.example/p). Harbour <u>Press</u>, 2021.\n").footnotes[0]
    assert (note.text, note.url) == ("Rao, P. Ports https://a.example/p. Harbour Press, 2021.", "https://a.example/p")


def test_names_and_values_in_braces_behind_a_note_are_not_its_words() -> None:
    document = read(
        "One.[^1] Two.[^2] Three.[^3]\n\n"
        '[^1]: Harbour Office, "On oars", 2025, https://a.example/o {speaker="Harbour Office" authority="guidance"}\n'
        '[^2]: Tide Trust, On ropes.{of="document"}\n'
        '[^3]: Tide Trust, On bells,\n    {speaker="Tide Trust, of Hull" date="2025-03"}\n'
    )
    assert [(note.text, note.attributes) for note in document.footnotes] == [
        (
            'Harbour Office, "On oars", 2025, https://a.example/o',
            (("speaker", "Harbour Office"), ("authority", "guidance")),
        ),
        ("Tide Trust, On ropes.", (("of", "document"),)),
        ("Tide Trust, On bells,", (("speaker", "Tide Trust, of Hull"), ("date", "2025-03"))),
    ]
    assert document.footnotes[0].url == "https://a.example/o"
    assert "{" not in document.text


@pytest.mark.parametrize(
    "words",
    [
        '{speaker="Tide Trust"} said so.',
        "A set {a, b}",
        'Of speaker="Tide Trust"',
        'Unclosed {speaker="Tide Trust"',
        "Bare {speaker=Trust}",
        'Nested {speaker="Tide {Trust}"}',
        f'Endless {{speaker="{"a" * 600}"}}',
    ],
    ids=["in-front", "no-values", "no-braces", "unclosed", "bare", "nested", "endless"],
)
def test_other_braces_in_a_note_are_its_words(words: str) -> None:
    (note,) = read(f"One.[^1]\n\n[^1]: {words}\n").footnotes
    assert (note.text, note.attributes) == (words, ())


def test_a_note_of_attributes_alone_has_no_words() -> None:
    (note,) = read('One.[^1]\n\n[^1]: {speaker="Tide Trust" authority="press"}\n').footnotes
    assert (note.text, note.attributes) == ("", (("speaker", "Tide Trust"), ("authority", "press")))


def test_empty_notes_are_no_notes() -> None:
    document = read("One.^[] Two.[^1] Three.^[![x](y)]\n\n[^1]:\n")
    assert document.text == "One. Two. Three."
    assert (document.footnotes, document.marks) == ((), ())
    assert document.problems == ("Marks whose note is not in the file: 1.",)


def test_marks_cannot_be_forged() -> None:
    document = read("Text \ue0009\ue001 and &#xE000;9&#xE001; here.[^1]\n\n[^1]: One.\n")
    assert [mark.number for mark in document.marks] == ["1"]
    assert document.text == "Text 9 and 9 here."


@pytest.mark.parametrize("path", SUMMARIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_summaries_read_perfectly(path: Path) -> None:
    source = path.read_text("utf-8")
    document = read(source)
    assert document.problems == ()
    defined = re.findall(r"^\[\^([^\]]+)\]:", source, re.M)
    assert [note.number for note in document.footnotes] == defined
    body = re.sub(r"^\[\^[^\]]+\]:.*$", "", source, flags=re.M)
    assert [mark.number for mark in document.marks] == re.findall(r"\[\^([^\]]+)\]", body)
    anchors = [block.anchor for block in document.blocks if block.anchor]
    assert anchors == re.findall(r"^#+ .*\{#([\w-]+)", source, re.M)
    assert len([block for block in document.blocks if block.kind == "heading"]) == len(
        re.findall(r"^#+ ", source, re.M)
    )
    assert all(note.url for note in document.footnotes if "http" in note.text)
    assert not any("{" in note.text for note in document.footnotes)
    assert not re.search(r"\[\^|\{#|\*\*|\]\(|<u>", document.text)


def test_the_summaries_are_there() -> None:
    assert len(SUMMARIES) == 9


# What converters leave

CONVERTED = """\
QUAY TRUST

PORTS THAT SHARE

JUNE 2021

This paper was made with care by a great many people at the quay.

CONTENTS

	UMMARY	PAGE 2
SEC	TION ONE: TIDES	PAGE 4
	TION TWO: CRANES	PAGE 9

SUMMARY

Ports that share their cranes unload more ships.¹ Most of them have known it since the long-term review.

The steps are set out in Table 1.

STEP 1	STEP 2
Count the cranes	Share the cranes

TABLE 1 STEPS TOWARDS SHARING

¹ Rao, P. Ports and cranes. Harbour Press, 3 May 2019. Available at https://harbour.example/

cranes/2019.pdf [accessed 01/02/2021]

SECTION ONE TIDES

WHY TIDES MATTER TO SMEs

The height of the tide

Tides decide when ships come in.^{2,3} In the words of the harbour master, who was there when the

² Lee, D. Tides of the north. Tide Weekly, 4 June 2018. Available at https://tide.example/north [accessed 01/02/2021]
3 Silva, R. The moon and the quay. Quay Trust, 9 July 2017. Available at https://quay.example/moon [accessed 01/02/2021]
Mbeki, T. Night tides. Docks, 1 March 2016. Available at https://d.example/n [accessed 01/02/2021] 5 Lee, D. Day tides.
Tide Weekly, 2 March 2016. Available at https://t.example/d [accessed 01/02/2021] longest pier was built,
the night is best.⁴ He also says:

"The sea waits for no crane and no clerk."⁵

We ask ports to:

- Measure the tide every hour of every day, at the longterm cost of the
  port and its regional/
  local partners

6 Rao, P. The cost of clocks. Harbour Press, 5 May 2020, p. 4. Available at https://h.example/c [accessed 01/02/2021]

and at night as well.⁶

• Publish the heights

A long-term plan helps. Long-term plans are rare, and mobili-
sation of long-term funds rarer.

SECTION TWO CRANES

75% of cranes stand idle before 2030 comes.
"""


@pytest.fixture(scope="module")
def converted() -> Document:
    return read(CONVERTED)


def test_loose_notes_are_lifted_numbered_and_attached(converted: Document) -> None:
    assert [(note.number, note.author, note.date) for note in converted.footnotes] == [
        ("1", "Rao, P.", "3 May 2019"),
        ("2", "Lee, D.", "4 June 2018"),
        ("3", "Silva, R.", "9 July 2017"),
        ("4", "Mbeki, T.", "1 March 2016"),
        ("5", "Lee, D.", "2 March 2016"),
        ("6", "Rao, P.", "5 May 2020"),
    ]
    assert converted.footnotes[0].url == "https://harbour.example/cranes/2019.pdf"
    assert sorted(mark.number for mark in converted.marks) == ["1", "2", "3", "4", "5", "6"]
    assert "accessed" not in converted.text
    assert converted.problems == ()


def test_plain_headings_get_levels(converted: Document) -> None:
    assert converted.title == "PORTS THAT SHARE"
    assert [(level, text) for kind, level, text in outline(converted) if kind == "heading"] == [
        (1, "PORTS THAT SHARE"),
        (2, "SUMMARY"),
        (2, "SECTION ONE TIDES"),
        (3, "WHY TIDES MATTER TO SMEs"),
        (4, "The height of the tide"),
        (2, "SECTION TWO CRANES"),
    ]


def test_a_table_of_contents_is_dropped(converted: Document) -> None:
    assert "PAGE" not in converted.text
    assert "CONTENTS" not in converted.text


def test_tabs_make_a_table_with_its_caption(converted: Document) -> None:
    kinds = [block.kind for block in converted.blocks]
    at = kinds.index("table-header")
    assert texts(converted)[at : at + 3] == [
        "STEP 1 | STEP 2",
        "Count the cranes | Share the cranes",
        "TABLE 1 STEPS TOWARDS SHARING",
    ]
    assert kinds[at : at + 3] == ["table-header", "table-row", "caption"]


def test_what_a_page_cut_is_joined_and_broken_words_are_healed(converted: Document) -> None:
    found = texts(converted)
    assert "at the long-term cost of the port and its regional/local partners and at night as well." in found[-5]
    assert converted.blocks[-5].kind == "list-item"
    assert found[-4] == "Publish the heights"
    assert converted.blocks[-4].lead == converted.blocks[-5].lead is not None
    assert found[-3].endswith("and mobilisation of long-term funds rarer.")


def test_text_behind_a_note_goes_back_to_the_body(converted: Document) -> None:
    (healed,) = [text for text in texts(converted) if text.startswith("Tides decide")]
    assert healed.endswith("who was there when the longest pier was built, the night is best. He also says:")


def test_words_of_others_become_quotations(converted: Document) -> None:
    quotations = [block for block in converted.blocks if block.kind == "quotation"]
    assert [words(converted, block) for block in quotations] == ['"The sea waits for no crane and no clerk."']
    assert quotations[0].lead is not None
    assert words(converted, converted.blocks[quotations[0].lead]).endswith("says:")


def test_a_line_that_starts_with_a_figure_is_no_note(converted: Document) -> None:
    assert texts(converted)[-1] == "75% of cranes stand idle before 2030 comes."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# Cranes\n\n12 ports agreed. Available at http://x.example/a\n", id="figure-before-a-reference"),
        pytest.param("# Cranes\n\n1 Definitions\n\nA crane lifts.\n", id="numbered-clause"),
        pytest.param("# A\n\nIt ends without a stop\n\nand so it goes on.\n", id="headed-markdown-is-not-mended"),
    ],
)
def test_well_kept_text_is_left_alone(text: str) -> None:
    document = read(text)
    assert document.footnotes == ()
    assert texts(document) == [part.strip().removeprefix("# ") for part in text.split("\n\n")]


def test_a_reference_without_a_number_stays_where_none_is_missing() -> None:
    note = "Lee, D. Tides. Tide Weekly, 2018. Available at https://tide.example/x [accessed 01/02/2021]"
    document = read(f"# T\n\nOne.¹ Two.²\n\n¹ First. 2019.\n² Second. 2019.\n\nBody.\n\n{note}\n")
    assert [found.number for found in document.footnotes] == ["1", "2"]
    assert note in texts(document)


# Bytes


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("\ufeffThe café’s quay".encode(), id="utf-8-bom"),
        pytest.param("The café’s quay".encode("cp1252"), id="windows-1252"),
        pytest.param("The café’s quay".encode("utf-16"), id="utf-16-bom"),
        pytest.param("The café’s\r\nquay\r".encode(), id="line-ends"),
    ],
)
def test_encodings_are_told_apart(data: bytes) -> None:
    assert read_markdown(data).text == "The café’s quay"


@pytest.mark.parametrize("data", [b"", b" \n\t", b"---\ntitle: X\n---\n", b"<!-- only -->", b"![x](y.png)"])
def test_files_without_words_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="no words"):
        read_markdown(data)


def test_files_that_are_not_text_are_refused() -> None:
    with pytest.raises(DocumentError, match="null characters"):
        read_markdown(b"PK\x03\x04\x00\x00 text")


def reads_or_refuses(data: bytes) -> None:
    try:
        document = read_markdown(data)
    except DocumentError:
        return
    check_document(document)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_sound_document_or_our_error(data: bytes) -> None:
    reads_or_refuses(data)


PIECES = st.sampled_from(
    [
        *"[]()*_`<>|!#\t-=~\\^{}:,.'\"&•¹1",
        *("\n", "\n\n", "\n\n", "  ", "    ", "- ", "1. ", "> ", "# ", "```\n", "---\n", "| a | b |\n|---|---|\n"),
        *("[^1]", "[^1]: ", "^[", "² ", "^{3}", "<sup>", "</sup>", "12 ", "2024", "[accessed 1/2/2024]"),
        *("https://a.example/", "Available at ", "Rao, P. Ports. 2021.", "word", "Word ", "WORDS", "Table 1 A"),
        *("CONTENTS", "PAGE 3", "title: x", "{#a}", "<!--", "-->", "<script>", "</script>"),
        *("&#xE000;", "\u00a0", "\u0301", "\u200b"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_markup_gives_a_sound_document_or_our_error(text: str) -> None:
    reads_or_refuses(text.encode())


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "piece",
    [
        *("[", "*", ">", "|", "<", "[^", "^[", "_", "- ", "> ", "a\n", "a\n\n", "A\tb\n", "a-\n", "**a ", "# a {#b}\n"),
        *("A b\n\nthe\n\n", "¹ A. 2020\n\nthe\n\n", "a¹", "<sup>", "see https://a. ", "[accessed 1] "),
        *("1 A [accessed 1] ", "[^1]: a [^1]\n\n"),
    ],
)
def test_long_hostile_files_end(piece: str, thorough: bool) -> None:
    """A quadratic step would take hours on the longest; the limit is far above what a busy machine needs."""
    reads_or_refuses((piece * ((100_000 if thorough else 15_000) // len(piece))).encode())
