"""Parts of Steward's Word files: page, styles, links, bookmarks and reproducible bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO

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

from assistant.text.printable import shortened

LANGUAGE = "en-GB"
FONT = "Arial"
INK = RGBColor(0x1F, 0x29, 0x37)
LINK = RGBColor(0x1D, 0x4E, 0x89)
PROPERTY_CHARACTERS = 255
"""Longest document property in the format."""
INDENT = Cm(0.9)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date in the format; the real date is in the document's properties."""


def word_bytes(document: Document) -> bytes:
    """Return the document as a file; the same document always gives the same bytes."""
    written, file = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as package, zipfile.ZipFile(file, "w") as copy:
        for name in package.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.create_system = 3  # otherwise it depends on the operating system
            entry.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(entry, package.read(name))
    return file.getvalue()


class Marks:
    """The superscript numbers that cite sources, with links to the sources and back."""

    def __init__(self) -> None:
        self._called: set[int] = set()
        self._bookmarks = 0

    def call(self, paragraph: WordParagraph, numbers: Sequence[int], *, raised: bool = True) -> None:
        """Add the numbers to a paragraph, each a link to its source."""
        for place, number in enumerate(numbers):
            if place:
                paragraph.add_run(", ").font.superscript = raised
            mark = paragraph.add_run(str(number))
            mark.font.superscript = raised
            link = link_within(mark, f"source_{number}")
            if number not in self._called:
                self._called.add(number)
                self._bookmark(link, f"mark_{number}")

    def source(self, paragraph: WordParagraph, number: int) -> None:
        """Begin the paragraph of a source with its number, which links back to the first citation."""
        run = paragraph.add_run(f"{number}.")
        self._bookmark(link_within(run, f"mark_{number}"), f"source_{number}")

    def _bookmark(self, element: BaseOxmlElement, name: str) -> None:
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for one in (start, end):
            one.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), name)
        element.addprevious(start)
        element.addnext(end)


def link_within(run: Run, bookmark: str) -> BaseOxmlElement:
    """Make a run a link to a bookmark of the document."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark)
    link.set(qn("w:history"), "1")
    run.font.color.rgb = LINK
    run._r.addprevious(link)
    link.append(run._r)
    return link


def link_out(paragraph: WordParagraph, url: str) -> None:
    """Add an address to a paragraph as a link to itself."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url)
    run.font.underline = True
    run.font.color.rgb = LINK
    run._r.addprevious(link)
    link.append(run._r)


def set_up(document: Document, title: str, day: date) -> None:
    """Set page, styles, language and properties; all times are the ``day``."""
    properties = document.core_properties
    properties.title = shortened(title, PROPERTY_CHARACTERS)
    properties.language = LANGUAGE
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.combine(day, time())
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]  # the template's thumbnail
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # Word opens older versions in compatibility mode
    _set_fonts(document)
    _set_spacing(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    _number_pages(section.footer.paragraphs[0])


def _set_fonts(document: Document) -> None:
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # a theme font would override a named one
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    for name, size in {"Normal": 11, "Title": 20, "Heading 1": 15, "Heading 2": 12, "Quote": 10.5}.items():
        style = style_of(document, name)
        style.font.size = Pt(size)
        style.font.color.rgb = INK
        style.font.italic = False


def _set_spacing(document: Document) -> None:
    style_of(document, "Normal").paragraph_format.space_after = Pt(6)
    style_of(document, "Heading 1").paragraph_format.space_before = Pt(18)
    style_of(document, "Heading 1").paragraph_format.space_after = Pt(6)
    style_of(document, "Heading 2").paragraph_format.space_before = Pt(12)
    style_of(document, "Heading 2").paragraph_format.space_after = Pt(4)
    for name in ("Source", "Source detail"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(10)
        style.paragraph_format.left_indent = INDENT
        style.paragraph_format.space_after = Pt(3)
    source = style_of(document, "Source").paragraph_format
    source.first_line_indent, source.space_before, source.keep_with_next = -INDENT, Pt(10), True
    source.tab_stops.add_tab_stop(INDENT)
    quote = style_of(document, "Quote").paragraph_format
    quote.left_indent, quote.space_after = 2 * INDENT, Pt(4)


def style_of(document: Document, name: str) -> ParagraphStyle:
    """Return a paragraph style of the document."""
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
