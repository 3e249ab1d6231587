"""Word files: structure, notes, changes, hidden words, and packages that mean harm."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.reading.word.reader import read_word
from assistant.records import Document
from tests.reading.document_checks import check_document, outline, words
from tests.reading.word_making import (
    R_NAME,
    W_NAME,
    note_call,
    notes,
    paragraph,
    plain_word_file,
    styles,
    word_file,
    zipped,
)


def read(data: bytes) -> Document:
    document = read_word(data)
    check_document(document)
    return document


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_headings_lists_tables_quotations_and_captions() -> None:
    made = docx.Document()
    made.add_heading("River plan", 0)
    made.add_heading("Aims", 1)
    made.add_paragraph("Each council should:")
    made.add_paragraph("test water", style="List Bullet")
    made.add_paragraph("each week", style="List Bullet 2")
    made.add_paragraph("publish", style="List Number")
    table = made.add_table(rows=3, cols=3)
    for row, line in enumerate((("Area", "2023", "2024"), ("North", "10", "20"), ("", "closed", ""))):
        for column, text in enumerate(line):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(2, 1).merge(table.cell(2, 2))
    made.add_paragraph("Tests by year", style="Caption")
    made.add_paragraph("We swam again.", style="Quote")
    saved = BytesIO()
    made.save(saved)
    document = read(saved.getvalue())
    assert document.title == "River plan"
    assert document.pages == ()
    assert document.problems == ()
    assert outline(document) == [
        ("heading", 1, "River plan"),
        ("heading", 1, "Aims"),
        ("paragraph", 0, "Each council should:"),
        ("list-item", 1, "test water"),
        ("list-item", 2, "each week"),
        ("list-item", 1, "publish"),
        ("table-header", 0, "Area | 2023 | 2024"),
        ("table-row", 0, "North | 10 | 20"),
        ("table-row", 0, "North | closed | closed"),
        ("caption", 0, "Tests by year"),
        ("quotation", 0, "We swam again."),
    ]
    assert [block.lead for block in document.blocks] == [None, None, None, 2, 3, 2, None, 6, 6, None, None]


def test_headings_are_known_by_base_style_outline_level_and_not_by_localised_identifiers() -> None:
    sheet = styles(
        ("berschrift2", "heading 2", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        ("Kapitel", "Kapitel", '<w:basedOn w:val="berschrift2"/>'),
        ("Kreis", "Kreis", '<w:basedOn w:val="Kreis"/>'),
        ("Toc1", "toc 1", ""),
    )
    body = (
        paragraph("Aims ........ 3", properties='<w:pStyle w:val="Toc1"/>')
        + paragraph("Aims", properties='<w:pStyle w:val="berschrift2"/>')
        + paragraph("Means", properties='<w:pStyle w:val="Kapitel"/>')
        + paragraph("Ends", properties='<w:outlineLvl w:val="2"/>')
        + paragraph("Words. " * 50, properties='<w:pStyle w:val="berschrift2"/>')
        + paragraph("Round.", properties='<w:pStyle w:val="Kreis"/>')
    )
    kinds = [(kind, level) for kind, level, _ in outline(read(word_file(body, {"styles": sheet})))]
    assert kinds == [("heading", 2), ("heading", 2), ("heading", 3), ("paragraph", 0), ("paragraph", 0)]


def test_numbered_paragraphs_are_items_by_their_numbering() -> None:
    def item(text: str, depth: int, number: int = 1) -> str:
        return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')

    document = read(
        word_file(paragraph("Do this:") + item("dig", 0) + item("deep", 1) + item("plant", 0) + item("no", 0, 0))
    )
    assert outline(document)[1:] == [
        ("list-item", 1, "dig"),
        ("list-item", 2, "deep"),
        ("list-item", 1, "plant"),
        ("paragraph", 0, "no"),
    ]
    assert [block.lead for block in document.blocks] == [None, 0, 1, 0, None]


def test_footnotes_and_endnotes_are_lifted_out_and_numbered_as_word_shows_them() -> None:
    links = f'<Relationship Id="a" Type="{R_NAME}/hyperlink" Target="https://rivers.example/a" TargetMode="External"/>'
    linked = '<w:hyperlink r:id="a"><w:r><w:t>Report on rivers</w:t></w:r></w:hyperlink>'
    body = paragraph("Mud", note_call(2), " is wet", note_call(1), ". Sand", note_call(1, "endnote"), " is not.")
    parts = {"footnotes": notes("footnote", "Second note.", linked), "endnotes": notes("endnote", "Last note.")}
    document = read(word_file(body, parts, links=links))
    assert document.text == "Mud is wet. Sand is not."
    assert [(note.number, note.text) for note in document.footnotes] == [
        ("1", "Report on rivers"),
        ("2", "Second note."),
        ("i", "Last note."),
    ]
    assert document.footnotes[0].url == "https://rivers.example/a"
    assert {document.text[: mark.position].split()[-1]: mark.number for mark in document.marks} == {
        "Mud": "1",
        "wet": "2",
        "Sand": "i",
    }


def test_a_note_that_calls_itself_and_one_that_is_missing_end_in_plain_words() -> None:
    parts = {"footnotes": notes("footnote", note_call(1))}
    document = read(word_file(paragraph("Mud", note_call(1), " is wet", note_call(7), "."), parts))
    assert document.text == "Mud is wet."
    assert document.problems == ("Notes are called that the file does not hold (1).",)


def test_changes_are_read_as_accepted_and_reported() -> None:
    body = paragraph(
        "Rivers ",
        '<w:del w:id="1"><w:r><w:delText>might</w:delText></w:r></w:del>',
        '<w:ins w:id="2"><w:r><w:t>must</w:t></w:r></w:ins>',
        " be clean.",
        '<w:moveFrom w:id="3"><w:r><w:t>Gone.</w:t></w:r></w:moveFrom>',
    )
    joined = paragraph("Half a ", properties="<w:rPr><w:del/></w:rPr>") + paragraph("sentence.")
    document = read(word_file(body + joined))
    assert document.text == "Rivers must be clean.\n\nHalf a sentence."
    assert document.problems == ("It holds tracked changes: insertions were read as accepted, deletions left out.",)


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        '<w:vanish w:val="1"/>',
        '<w:color w:val="FFFFFF"/>',
        '<w:sz w:val="2"/>',
        '<w:rStyle w:val="Hide"/>',
    ],
)
def test_hidden_words_are_left_out_and_reported(properties: str) -> None:
    sheet = styles(("Hide", "Hide", "<w:rPr><w:vanish/></w:rPr>"))
    document = read(word_file(paragraph("Seen.", run("secret words", properties)), {"styles": sheet}))
    assert document.text == "Seen."
    assert document.problems == ("Words that the file hides from its readers were left out (2).",)


@pytest.mark.parametrize(
    "properties",
    [
        '<w:vanish w:val="0"/>',
        '<w:color w:val="FFFFFF"/><w:shd w:fill="003078"/>',
        '<w:sz w:val="12"/>',
        "<w:webHidden/>",
    ],
)
def test_words_that_can_be_seen_stay(properties: str) -> None:
    document = read(word_file(paragraph(run("Seen.", properties))))
    assert document.text == "Seen."
    assert document.problems == ()


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    inner = f"<w:txbxContent>{paragraph('Boxed words.')}</w:txbxContent>"
    box = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{inner}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><v:textbox>{inner}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read(word_file(paragraph("Before", box, " and after."))).text == "Before and after.\n\nBoxed words."


def test_tabs_breaks_hyphens_fields_and_links_are_read_as_words() -> None:
    body = paragraph(
        "<w:r><w:t>One</w:t><w:br w:type='page'/><w:t>two</w:t><w:tab/></w:r>",
        "<w:r><w:t>three</w:t><w:noBreakHyphen/><w:t>four</w:t></w:r>",
        "<w:r><w:instrText>PAGEREF x</w:instrText></w:r>",
        "<w:hyperlink><w:r><w:t> five</w:t></w:r></w:hyperlink>",
        "<w:smartTag><w:r><w:t> six</w:t></w:r></w:smartTag>",
    )
    assert read(word_file(body)).text == "One two three-four five six"


def test_content_controls_are_read_and_a_table_of_contents_is_not() -> None:
    contents = "<w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
    body = (
        f"<w:sdt>{contents}<w:sdtContent>{paragraph('Aims 3')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtContent>{paragraph('Words.')}</w:sdtContent></w:sdt>"
    )
    assert read(word_file(body)).text == "Words."


def cell(*inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(inner)}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_nested_tables_are_flattened_and_deleted_rows_left_out() -> None:
    nested = table(cell(paragraph("a")) + cell(paragraph("b")), cell(paragraph("c")) + cell(paragraph("d")))
    header = "<w:trPr><w:tblHeader/></w:trPr>" + cell(paragraph("Area")) + cell(paragraph("Parts"))
    gone = "<w:trPr><w:del/></w:trPr>" + cell(paragraph("x")) + cell(paragraph("y"))
    document = read(word_file(table(header, cell(paragraph("North")) + cell(nested, paragraph()), gone)))
    assert outline(document) == [("table-header", 0, "Area | Parts"), ("table-row", 0, "North | a b c d")]
    assert document.blocks[1].lead == 0


def test_a_box_of_one_cell_is_ordinary_content() -> None:
    document = read(word_file(table(cell(paragraph("First."), paragraph("Second.")))))
    assert outline(document) == [("paragraph", 0, "First."), ("paragraph", 0, "Second.")]


@pytest.mark.parametrize(
    "main_type",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_macros_and_templates_change_nothing(main_type: str) -> None:
    assert read(word_file(paragraph("Words."), main_type=main_type)).text == "Words."


def test_the_strict_variant_is_read() -> None:
    usual = word_file(paragraph("Words."))
    with zipfile.ZipFile(BytesIO(usual)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    strict = {
        name: content.replace(W_NAME.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main").replace(
            R_NAME.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, content in files.items()
    }
    assert read(zipped(strict)).text == "Words."


def test_a_link_to_a_part_that_is_not_there_does_no_harm() -> None:
    data = word_file(paragraph("Words.", note_call(1)), {"footnotes": notes("footnote", "Note.")})
    with zipfile.ZipFile(BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "word/footnotes.xml"}
    assert read(zipped(files)).text == "Words."


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_BILLION_LAUGHS = f'<!DOCTYPE w:document [<!ENTITY l0 "ha">{_LAUGHS}]>'


@pytest.mark.parametrize(
    "body",
    [paragraph("&l11;"), paragraph("&l1;"), paragraph("Fine."), '<w:p w:rsid="&l11;"/>'],
    ids=["billion laughs", "a few laughs", "declared and not used", "in an attribute"],
)
def test_entities_are_refused(body: str) -> None:
    with pytest.raises(DocumentError, match=r"word/document\.xml"):
        read_word(word_file(body, declaration=_BILLION_LAUGHS))


def test_no_outside_file_is_brought_in() -> None:
    declaration = '<!DOCTYPE w:document [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(DocumentError, match="declares entities"):
        read_word(word_file(paragraph("&secret;"), declaration=declaration))


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    with zipfile.ZipFile(BytesIO(plain_word_file("Words."))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with pytest.raises(DocumentError, match=r"unpacks from [\d,]+ to [\d,]+ bytes"):
        read_word(zipped(files | {"word/media/image1.png": bytes(30_000_000)}))


def test_a_bomb_that_declares_a_small_size_is_read_no_further_than_that() -> None:
    data = word_file(paragraph("x" * 5_000_000))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = struct.pack("<I", archive.getinfo("word/document.xml").file_size)
    with pytest.raises(DocumentError, match="cut off or damaged"):
        read_word(data.replace(size, struct.pack("<I", 1000)))


def test_markup_that_nests_too_deeply_is_refused() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + paragraph("deep") + "</w:sdtContent></w:sdt>" * 5_000
    with pytest.raises(DocumentError, match="damaged"):
        read_word(word_file(deep))


@pytest.mark.parametrize("keep", [10, 100, 1000, -100, -22])
def test_a_truncated_file_is_an_error(keep: int) -> None:
    with pytest.raises(DocumentError, match="cut off or damaged"):
        read_word(plain_word_file("Words.")[:keep])


def test_a_file_without_words_is_an_error() -> None:
    with pytest.raises(DocumentError, match="holds no words"):
        read_word(plain_word_file())


_MARKUP = st.sampled_from(
    [
        "<w:p>",
        "</w:p>",
        "<w:r>",
        "</w:r>",
        "<w:t>words</w:t>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:tab/>",
        "</w:sdt>",
        "<w:pPr><w:outlineLvl w:val='x'/></w:pPr>",
        "<w:pPr><w:pStyle w:val='None'/></w:pPr>",
        "<w:tcPr><w:gridSpan w:val='99999'/><w:vMerge/></w:tcPr>",
        "<w:footnoteReference w:id='1'/>",
        "<w:sdt>",
        "<w:rPr><w:vanish/></w:rPr>",
        "<w:pPr><w:numPr><w:ilvl w:val='-3'/><w:numId w:val='1'/></w:numPr></w:pPr>",
        "<w:footnoteReference/>",
        "<w:t>\ue0001\ue001 • ²</w:t>",
        "<w:tblPr><w:tblLook w:val='zz'/></w:tblPr>",
    ]
)


def balanced(pieces: list[str]) -> str:
    """The pieces as well-formed markup: what is left open is closed, what closes nothing is left out."""
    made: list[str] = []
    open_tags: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if not open_tags or open_tags[-1] != piece:
                continue
            open_tags.pop()
        elif piece.count("<") == 1 and not piece.endswith("/>"):
            open_tags.append(piece.replace("<", "</"))
        made.append(piece)
    return "".join(made + open_tags[::-1])


@given(st.lists(_MARKUP, max_size=40).map(balanced))
def test_any_markup_gives_a_sound_document_or_our_error(body: str) -> None:
    try:
        document = read_word(word_file(body, {"footnotes": notes("footnote", "Note.")}))
    except DocumentError:
        return
    check_document(document)
    assert "words" in words(document, document.blocks[0]) or document.text


@given(st.integers(0, 2500), st.binary(min_size=1, max_size=40))
def test_any_damage_gives_a_sound_document_or_our_error(at: int, damage: bytes) -> None:
    data = word_file(paragraph("Mud", note_call(1)), {"footnotes": notes("footnote", "Note.")})
    at %= len(data)
    try:
        document = read_word(data[:at] + damage + data[at + len(damage) :])
    except DocumentError:
        return
    check_document(document)


@given(st.binary(max_size=300))
def test_any_bytes_give_our_error(data: bytes) -> None:
    with pytest.raises(DocumentError):
        read_word(data)
