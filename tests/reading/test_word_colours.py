"""Letters of a Word file in the colour of what lies beneath them, however that is said."""

from __future__ import annotations

import pytest

from assistant.reading.word.reader import read_word
from tests.reading.word_making import W_NAME, paragraph, styles, word_file

A_NAME = "http://schemas.openxmlformats.org/drawingml/2006/main"
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
WHITE = '<w:color w:val="FFFFFF"/>'
THEME = (
    f'<a:theme xmlns:a="{A_NAME}"><a:themeElements><a:clrScheme name="x">'
    '<a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>'
    '<a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>'
    '<a:accent1><a:srgbClr val="FEFEFE"/></a:accent1><a:accent2><a:srgbClr val="003078"/></a:accent2>'
    "</a:clrScheme></a:themeElements></a:theme>"
)
SHEET = styles(
    ("Margin", "Margin", f"<w:rPr>{WHITE}</w:rPr>"),
    ("Inner", "Inner", '<w:basedOn w:val="Margin"/>'),
    ("Tiny", "Tiny", '<w:rPr><w:sz w:val="2"/></w:rPr>'),
    ("Band", "Band", f'<w:pPr><w:shd w:val="clear" w:fill="003078"/></w:pPr><w:rPr>{WHITE}</w:rPr>'),
    ("Grid", "Grid", '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:fill="003078"/></w:tcPr></w:tblStylePr>'),
    ("Plain", "Plain", ""),
)
PARTS = {"styles": SHEET, "theme": THEME}


def run(properties: str, text: str = "secret words") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def body(properties: str = WHITE, *, of_paragraph: str = "") -> str:
    return paragraph(run(properties), properties=of_paragraph)


def table(cell: str = "", of_table: str = "") -> str:
    row = f"<w:tr><w:tc><w:tcPr>{cell}</w:tcPr>{body()}</w:tc><w:tc>{paragraph('Seen.')}</w:tc></w:tr>"
    return f"<w:tbl><w:tblPr>{of_table}</w:tblPr>{row}</w:tbl>"


def is_read(content: str, parts: dict[str, str] | None = None) -> bool:
    document = read_word(word_file(paragraph("Seen.") + content, parts or PARTS))
    hidden = "Words that the file hides from its readers were left out (2)." in document.problems
    assert hidden != ("secret words" in document.text)
    return not hidden


def behind(side: int) -> str:
    extent = f'<wp:extent cx="{side}" cy="{side}"/>'
    return f'<w:r><w:drawing><wp:anchor {WP} behindDoc="1">{extent}</wp:anchor></w:drawing></w:r>'


@pytest.mark.parametrize(
    "properties",
    [
        WHITE,
        '<w:color w:val="FEFDFE"/>',
        '<w:color w:val="000000" w:themeColor="background1"/>',
        '<w:color w:val="000000" w:themeColor="light1"/>',
        '<w:color w:val="000000" w:themeColor="accent1"/>',
        '<w:color w:val="000000" w:themeColor="text1" w:themeTint="05"/>',
        '<w:color w:val="000000" w:themeColor="background1" w:themeShade="F9"/>',
        '<w:rStyle w:val="Margin"/>',
        '<w:rStyle w:val="Inner"/>',
        '<w:rStyle w:val="Tiny"/>',
        f'{WHITE}<w:shd w:val="clear" w:fill="FFFFFF"/>',
        f'{WHITE}<w:shd w:val="clear" w:fill="auto"/>',
        f'{WHITE}<w:highlight w:val="white"/>',
        '<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>',
        '<w:color w:val="000000"/><w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>',
        f"<w14:textFill {W14}><w14:noFill/></w14:textFill>",
        f'<w14:textFill {W14}><w14:solidFill><w14:schemeClr w14:val="bg1"/></w14:solidFill></w14:textFill>',
    ],
)
def test_letters_in_the_colour_of_their_ground_are_not_read(properties: str) -> None:
    assert not is_read(body(properties))


@pytest.mark.parametrize("style", ["Margin", "Inner", "Tiny"])
def test_what_the_style_of_a_paragraph_says_counts(style: str) -> None:
    assert not is_read(body("", of_paragraph=f'<w:pStyle w:val="{style}"/>'))
    assert is_read(body('<w:color w:val="000000"/><w:sz w:val="22"/>', of_paragraph=f'<w:pStyle w:val="{style}"/>'))


@pytest.mark.parametrize(
    "properties",
    [
        '<w:color w:val="auto"/>',
        '<w:color w:val="FFFFFF" w:themeColor="accent2"/>',
        '<w:color w:val="FFFFFF" w:themeColor="text1" w:themeTint="80"/>',
        f'{WHITE}<w:shd w:val="clear" w:fill="FFFFFF" w:themeFill="accent2"/>',
        f'{WHITE}<w:highlight w:val="darkBlue"/>',
        f"<w14:textFill {W14}><w14:gradFill/></w14:textFill>",
    ],
)
def test_letters_that_can_be_seen_are_read(properties: str) -> None:
    assert is_read(body(properties))


def test_white_letters_on_a_shaded_paragraph_are_read() -> None:
    assert is_read(body("", of_paragraph='<w:pStyle w:val="Band"/>'))
    assert is_read(body(of_paragraph='<w:shd w:val="clear" w:fill="003078"/>'))


def test_white_letters_in_a_table_are_read_where_the_cell_may_be_dark() -> None:
    assert is_read(table('<w:shd w:val="clear" w:fill="003078"/>'))
    assert is_read(table(of_table='<w:tblStyle w:val="Grid"/>'))
    assert is_read(table(of_table='<w:tblStyle w:val="NotInTheFile"/>'))
    assert not is_read(table('<w:shd w:val="clear" w:fill="FFFFFF"/>', '<w:tblStyle w:val="Grid"/>'))
    assert not is_read(table(of_table='<w:tblStyle w:val="Plain"/>'))
    assert not is_read(table())


def test_white_letters_on_dark_paper_are_read() -> None:
    dark = '<w:background w:color="003078"/>'
    shows = {"settings": f'<w:settings xmlns:w="{W_NAME}"><w:displayBackgroundShape/></w:settings>'}

    def read(parts: dict[str, str]) -> str:
        made = word_file(paragraph("Seen.") + body(), parts, before_body=dark)
        return read_word(made).text

    assert "secret words" in read(shows)
    assert "secret words" not in read({})


def test_white_letters_on_a_page_with_a_large_picture_behind_them_are_read() -> None:
    new_page = '<w:r><w:br w:type="page"/></w:r>'
    assert is_read(paragraph(behind(5_000_000)) + body())
    assert is_read(body() + paragraph(behind(5_000_000)))
    assert not is_read(paragraph(behind(5_000)) + body())
    assert not is_read(paragraph(behind(5_000_000)) + paragraph(new_page, "Next page.") + body())


def test_a_damaged_theme_leaves_the_words_readable() -> None:
    assert is_read(body(""), {"theme": "<a:theme"})
