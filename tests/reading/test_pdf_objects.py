"""Layers that are switched off, and texts that a file gives in place of its glyphs."""

from __future__ import annotations

import pytest

from assistant.reading.pdf.objects import ActualText, with_actual_texts
from assistant.reading.pdf.reader import read_pdf
from assistant.reading.pdf.visibility import Glyph, Style
from tests.reading.test_pdf import raw_pdf

SEEN = "The board meets on Tuesday."
STYLE = Style(key=1, size=11, angle=0, bold=False, colour=(0, 0, 0), opacity=1.0, unseen=False, is_layer=False)


def page(content: str, *, catalogue: str = "", resources: str = "") -> bytes:
    """A PDF of one page; object 6 is a layer."""
    return raw_pdf(
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>".encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>%s>>>>"
        % resources.encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content.encode()),
        b"<</Type/OCG/Name(Draft)>>",
    )


def line(words: str, y: int) -> str:
    return f"BT /F1 11 Tf 1 0 0 1 72 {y} Tm ({words}) Tj ET\n"


@pytest.mark.parametrize("y", [700, 697, 500], ids=["over print", "beside print", "alone"])
def test_a_layer_that_is_switched_off_is_not_read(y: int) -> None:
    content = "/OC /draft BDC " + line("Praise the ferry", y) + "EMC " + line(SEEN, 700)
    off = "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>"
    document = read_pdf(page(content, catalogue=off, resources="/Properties<</draft 6 0 R>>"))
    assert document.text == SEEN
    assert document.problems == ("Page 1 holds text that a reader cannot see; it was left out.",)


def test_a_layer_that_is_switched_on_is_read() -> None:
    content = "/OC /draft BDC " + line(SEEN, 700) + "EMC"
    on = "/OCProperties<</OCGs[6 0 R]/D<</ON[6 0 R]>>>>"
    document = read_pdf(page(content, catalogue=on, resources="/Properties<</draft 6 0 R>>"))
    assert (document.text, document.problems) == (SEEN, ())


@pytest.mark.parametrize(
    ("actual", "shown", "read"),
    [
        ("(Praise the ferry.)", "Lamps are lit.", "Lamps are lit."),
        ("(LAMPS ARE LIT.)", "Lamps are lit.", "LAMPS ARE LIT."),
        ("<FEFF004C0061006D00700073>", "lamps", "Lamps"),
        ("(Praise the ferry.)", "......", ""),
        ("<FEFF00AD>", "-", "-"),
        ("()", "Lamps", "Lamps"),
    ],
    ids=["other words", "capitals", "utf-16", "leader", "soft hyphen", "nothing"],
)
def test_the_glyphs_are_read_and_not_what_the_file_says_in_their_place(actual: str, shown: str, read: str) -> None:
    content = line(SEEN, 700) + f"/Span <</ActualText {actual}>> BDC " + line(shown, 650) + "EMC"
    assert read_pdf(page(content)).text == f"{SEEN}\n\n{read}".strip()


def glyph(text: str, *, is_named: bool, at: float = 0.0) -> Glyph:
    return Glyph(text, STYLE, (at, 0, at + 5, 10), (at, 0), is_named)


@pytest.mark.parametrize(
    ("letters", "read"),
    [("ffi", "ffi"), ("Praise the ferry", "\x01")],
    ids=["a ligature", "words in place of one glyph"],
)
def test_a_glyph_without_a_letter_is_what_the_file_says_if_it_is_short(letters: str, read: str) -> None:
    kept = with_actual_texts([glyph("\x01", is_named=False), None], [ActualText(letters, [1])])
    assert [each and each.text for each in kept] == [read, None]


def test_a_glyph_of_private_use_without_a_letter_goes() -> None:
    assert with_actual_texts([glyph("", is_named=False)], [ActualText("Praise the ferry", [1])]) == []
