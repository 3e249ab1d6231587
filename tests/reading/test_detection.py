"""What a file is, whatever it is called."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.reading import read_bytes
from assistant.reading.detection import decode_text, detect_kind
from tests.reading.document_checks import check_document
from tests.reading.hostile_files import HOSTILE, noise, printed_pdf
from tests.reading.word_making import paragraph, plain_word_file, word_file, zipped

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\nrest", "pdf"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + printed_pdf("x"), "pdf"),
        (plain_word_file("x"), "word"),
        (word_file(paragraph("x"), main_type=MACROS), "word"),
        (b"<!DOCTYPE html><title>x</title>", "html"),
        (b"\xef\xbb\xbf\r\n<!-- saved --><HTML lang=en>", "html"),
        ("<html><p>x".encode("utf-16"), "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml"/>', "html"),
        (b"<div class=govspeak><h2>Aims</h2><p>Words</p></div>", "html"),
        (b"<!DOCTYPE html>\nPlain <b>words</b> of a page", "html"),
        (b"<body>Words <b>in bold</b></body>", "html"),
        (b"# Aims\n\nWords", "markdown"),
        (b"Plain words.", "markdown"),
        (b'<!-- licence -->\n<div align="center">\n\n# Aims\n\n- one\n- two\n</div>', "markdown"),
        (b"The mark %PDF-1.7 opens a PDF.", "markdown"),
        ("Café".encode("cp1252"), "markdown"),
        ("Words".encode("utf-16"), "markdown"),
        (b"x < y and <b>z</b>", "markdown"),
    ],
)
def test_the_kind_follows_from_the_content(data: bytes, kind: str) -> None:
    assert detect_kind(data) == kind


EXPLAINED = b"""# The form

```
%PDF-1.7
1 0 obj
<< /Type /Catalog >>
endobj
trailer << /Root 1 0 R >>
startxref
9
%%EOF
```

That is the whole of it.
"""


@pytest.mark.parametrize(
    "data",
    [
        b"# What %PDF-1.7 means\n\nThe objectives: 1 objection, 2 objects.",
        b"%PDF-1.7 is the first line of such a file.\n\nIts first object is often 1 0 obj.",
        b"% %PDF-1.7\n\nA title as Pandoc writes it, and 1 0 obj below.",
        "# %PDF-1.7\n\nWords".encode("utf-16"),
        EXPLAINED,
        b"GIF89a is a form of image.",
        b"BZh begins what bzip2 packs.",
        b"%!PS begins a file for a printer.",
        b"{\\rtf1 begins a file of rich text.",
        b"The ftyp box begins a film.",
        b"PK begins an archive, word/document.xml lies in it.",
        b"<html> is the root of every page.\n\n- first\n- second",
        b"<!DOCTYPE html> is what a page begins with.\n\n# Why\n\nWords.",
        b"<?xml version='1.0'?> is what such a file begins with.",
        b"# Letters\n\nMIME-Version: 1.0\nContent-Type: multipart/related\n\nis what a saved page has.",
    ],
)
def test_a_text_about_a_form_is_not_taken_for_it(data: bytes) -> None:
    assert detect_kind(data) == "markdown"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b" \n\x00", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_pdf_after_blanks_or_lines_of_a_server_is_read(before: bytes) -> None:
    assert "Boats" in read_bytes(before + printed_pdf("Boats sail at noon.")).text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\x00", "is empty"),
        (b"\x89PNG\r\n\x1a\n....", r"an image \(PNG\).*OCR"),
        (b"\xff\xd8\xff\xe0....", r"an image \(JPEG\)"),
        (b"RIFF1234WEBPVP8 ", r"an image \(WebP\)"),
        (b"\x00\x00\x00\x18ftypheic....", "phone's picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), r"old Word file \(\.doc\).*\.docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), r"spreadsheet \(\.xls\)"),
        (zipped({"xl/workbook.xml": b""}), r"spreadsheet \(\.xlsx\)"),
        (zipped({"ppt/presentation.xml": b""}), "presentation"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        (zipped({"mimetype": b"application/epub+zip"}), "EPUB"),
        (zipped({"notes.txt": b"x"}), "ZIP archive.*Unpack"),
        (b"PK\x03\x04" + noise(500), "ZIP or Word file but is cut off or damaged"),
        (b"{\\rtf1 words}", "Rich Text"),
        (b"{\\rtf1\\ansi words}\r\n\x00", "Rich Text"),
        (b"GIF89a\x10\x00\x10\x00", r"an image \(GIF\)"),
        (b"BZh91AY&SY....", "bzip2"),
        (b"%!PS-Adobe-3.0\n%%Title: x", "PostScript"),
        (
            b"From: <Saved>\r\nSubject: x\r\n folded\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;",
            "archive",
        ),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"<?xml version='1.0'?><rss><item/></rss>", "XML"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; x", "web archive"),
        (noise(5000), "binary data"),
        ("words".encode("utf-16")[2:], "binary data"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        detect_kind(data)


def test_a_run_of_comments_costs_no_time() -> None:
    assert detect_kind(b"<!---->" * 9000 + b"words") == "markdown"


def test_one_broken_character_does_not_turn_a_whole_text_into_another() -> None:
    assert decode_text("Café, naïve, £5 ".encode() + b"\xff") == "Café, naïve, £5 \ufffd"


@given(st.text())
def test_text_survives_utf_8(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode_text(text.encode("utf-8", "replace")) == text.encode("utf-8", "replace").decode()


_STARTS = [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"# x\n", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml ?>", b"[^1]: "]


@given(st.sampled_from(_STARTS), st.binary(max_size=200))
@example(b"", b"\x00")
def test_nothing_but_our_error_escapes_from_any_bytes(start: bytes, rest: bytes) -> None:
    try:
        document = read_bytes(start + rest)
    except DocumentError:
        return
    check_document(document)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_our_error(name: str) -> None:
    with pytest.raises(DocumentError):
        read_bytes(HOSTILE[name]())


def test_nesting_beyond_the_stack_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.reading.word import reader as word

    def dig(data: bytes) -> None:
        dig(data)

    monkeypatch.setattr(word, "read_word", dig)
    monkeypatch.setattr(sys, "tracebacklimit", 1, raising=False)
    with pytest.raises(DocumentError, match="nest too deeply"):
        read_bytes(plain_word_file("x"))
