"""A note as a Word file.

python-docx makes no footnotes, and a footnote of Word can be called once only. So the sources stand numbered at the
end, and the marks in the text are links to them and back.
"""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from assistant.notes.records import Note, NoteFootnote, NoteSection, Paragraph
from assistant.notes.words import clean, date_in_words, shortened

LANGUAGE = "en-GB"
FONT = "Arial"
INK = RGBColor(0x1F, 0x29, 0x37)
LINK = RGBColor(0x1D, 0x4E, 0x89)
PROPERTY_CHARACTERS = 255
"""Longest document property that the format allows."""
INDENT = Cm(0.9)


def write_word(note: Note, file: Path | BinaryIO) -> None:
    """Write the note as a Word file; one that is there is written over (`save_note` does not).

    Sources' words are plain runs of text; the only link out of the file is a document's address in the catalogue.
    """
    writer = _Writer(note)
    writer.write()
    writer.document.save(str(file) if isinstance(file, Path) else file)


class _Writer:
    """Writes one note into one document."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.document = docx.Document()
        self._called: set[int] = set()
        self._bookmarks = 0

    def write(self) -> None:
        """Fill the document from its title to how it was made."""
        _set_up(self.document, self.note)
        self._add("Title", self.note.title)
        for section in self.note.sections:
            self._section(section)
        if self.note.footnotes:
            self._add("Heading 1", "Sources")
            for footnote in self.note.footnotes:
                self._footnote(footnote)
        self._add("Heading 1", "How this note was made")
        for line in self.note.made:
            self._add("List Bullet", line)

    def _add(self, style: str, text: str = "") -> WordParagraph:
        return self.document.add_paragraph(clean(text), style)

    def _section(self, section: NoteSection) -> None:
        self._add("Heading 1", section.heading)
        labelled = [("Question", section.asked), ("Searched as", section.searched_as)]
        for label, words in [*labelled, *(("Note", warning) for warning in section.warnings)]:
            if words:
                paragraph = self._add("Normal")
                paragraph.paragraph_format.keep_with_next = True
                paragraph.add_run(f"{label}: ").bold = True
                paragraph.add_run(clean(words))
        for item in section.paragraphs:
            self._paragraph(item)

    def _paragraph(self, item: Paragraph) -> None:
        style = {"voice": "Heading 2", "list-item": "List Bullet"}.get(item.kind, "Normal")
        paragraph = self._add(style, f"{item.number} {item.text}" if item.number else item.text)
        for place, number in enumerate(item.footnotes):
            if place:
                paragraph.add_run(", ").font.superscript = True
            mark = paragraph.add_run(str(number))
            mark.font.superscript = True
            link = _link_within(mark, f"source_{number}")
            if number not in self._called:
                self._called.add(number)
                self._bookmark(link, f"mark_{number}")

    def _footnote(self, footnote: NoteFootnote) -> None:
        first = self._add("Source")
        number = first.add_run(f"{footnote.number}.")
        self._bookmark(_link_within(number, f"mark_{footnote.number}"), f"source_{footnote.number}")
        first.add_run(f"\t{clean(footnote.source)}. {clean(footnote.standing)}.")
        if footnote.place:
            self._add("Source detail", footnote.place)
        for part in clean(footnote.quote).split("\n\n"):
            self._add("Quote", part)
        for line in footnote.notes:
            self._add("Source detail", line)
        if footnote.url:
            last = self._add("Source detail")
            _link_out(last, footnote.url)
            last.add_run(f" (accessed {date_in_words(self.note.accessed.isoformat())})")

    def _bookmark(self, element: BaseOxmlElement, name: str) -> None:
        """Put a bookmark around an element."""
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for one in (start, end):
            one.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), name)
        element.addprevious(start)
        element.addnext(end)


def _link_within(run: Run, bookmark: str) -> BaseOxmlElement:
    """Make a run a link to a bookmark of the document."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark)
    link.set(qn("w:history"), "1")
    run.font.color.rgb = LINK
    run._r.addprevious(link)
    link.append(run._r)
    return link


def _link_out(paragraph: WordParagraph, url: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url)
    run.font.underline = True
    run.font.color.rgb = LINK
    run._r.addprevious(link)
    link.append(run._r)


def _set_up(document: Document, note: Note) -> None:
    """Page, styles, language and properties."""
    properties = document.core_properties
    properties.title = shortened(note.title, PROPERTY_CHARACTERS)
    properties.language = LANGUAGE
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.combine(note.accessed, time())
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]  # a picture of the template
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # below, Word opens it in its compatibility mode
    _set_fonts(document)
    _set_spacing(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    _number_pages(section.footer.paragraphs[0])


def _set_fonts(document: Document) -> None:
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # a theme's font would go before a named one
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    for name, size in {"Normal": 11, "Title": 20, "Heading 1": 15, "Heading 2": 12, "Quote": 10.5}.items():
        style = _style(document, name)
        style.font.size = Pt(size)
        style.font.color.rgb = INK
        style.font.italic = False


def _set_spacing(document: Document) -> None:
    _style(document, "Normal").paragraph_format.space_after = Pt(6)
    _style(document, "Heading 1").paragraph_format.space_before = Pt(18)
    _style(document, "Heading 1").paragraph_format.space_after = Pt(6)
    _style(document, "Heading 2").paragraph_format.space_before = Pt(12)
    _style(document, "Heading 2").paragraph_format.space_after = Pt(4)
    for name in ("Source", "Source detail"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(10)
        style.paragraph_format.left_indent = INDENT
        style.paragraph_format.space_after = Pt(3)
    source = _style(document, "Source").paragraph_format
    source.first_line_indent, source.space_before, source.keep_with_next = -INDENT, Pt(10), True
    source.tab_stops.add_tab_stop(INDENT)
    quote = _style(document, "Quote").paragraph_format
    quote.left_indent, quote.space_after = 2 * INDENT, Pt(4)


def _style(document: Document, name: str) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    return style


def _number_pages(paragraph: WordParagraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = paragraph.add_run("1")
    run._r.addprevious(field)
    field.append(run._r)
