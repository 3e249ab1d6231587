"""What a file is, by its content: names and declared types are not to be trusted."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from io import BytesIO
from typing import Literal

from assistant.errors import DocumentError

Kind = Literal["pdf", "html", "markdown", "word"]

_READABLE = "PDF, HTML, Markdown, plain text and Word (.docx) can be read"
_CONVERT = f"{_READABLE}; save it as one of these."
_SCAN = f"{_READABLE}; make a PDF with a text layer (OCR) of it."
_UNPACK = "Unpack it and add the files that it holds."

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "an image (PNG)", _SCAN),
    (b"\xff\xd8\xff", "an image (JPEG)", _SCAN),
    (b"II*\x00", "an image (TIFF)", _SCAN),
    (b"MM\x00*", "an image (TIFF)", _SCAN),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", _CONVERT),
    (b"\x7fELF", "a program", _CONVERT),
    (b"MZ\x90", "a program", _CONVERT),
)
# Formats whose mark is made of letters, as a text about them may be: what follows the mark counts too.
_MAGIC_WORDS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"GIF8[79]a.{0,6}[^\t\n\r -~]", re.S), "an image (GIF)", _SCAN),
    (re.compile(rb"RIFF....WEBPVP8[ LX]", re.S), "an image (WebP)", _SCAN),
    (re.compile(rb"BZh[1-9]1AY&SY"), "a bzip2 archive", _UNPACK),
    (re.compile(rb"\{\\rtf\d?[\\\s{].*\}[\s\x00]*\Z", re.S), "a Rich Text file", _CONVERT),
    (re.compile(rb"%!PS(?:-Adobe-\d[^\r\n]{0,40})?\s*[\r\n]"), "a PostScript file", _CONVERT),
    (re.compile(rb"\x00...ftyp", re.S), "a video, a sound or a phone's picture", _CONVERT),
)
_PDF_HEADER = re.compile(rb"%PDF-\d\.\d[ \t\x00]*(?:[\r\n%\x80-\xff]|\Z)")
"""The header with nothing but its version on the line: a sentence about it goes on."""
_PDF_OBJECT = re.compile(rb"\b\d+[ \r\n]+\d+[ \r\n]+obj\b")
_BLANK = b"\x00\t\n\x0b\x0c\r \xef\xbb\xbf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "an Office file with a password", "Remove the password and save it again."),
    ("WordDocument", "an old Word file (.doc)", "Save it as .docx or PDF."),
    ("Workbook", "an old spreadsheet (.xls)", _CONVERT),
    ("PowerPoint Document", "an old presentation (.ppt)", "Save it as PDF."),
)
_WORD_TYPES = re.compile(rb"wordprocessingml\.(document|template)\.main\+xml|ms-word\.\w+\.macroEnabled\w*\.main\+xml")
# Atomic groups: without them, a run of comments could be divided in more ways than can be tried.
_HTML_START = re.compile(
    r"(?>(?:<!--.*?-->|<\?xml[^>]*>|\s)*)<(?:!doctype\s+html|html|head|body)\b[^>]*>?", re.I | re.S
)
_XML_START = re.compile(r"\s*(?:<\?xml\b|<(?:svg|rss|feed|w:document)\b)[^>]*>?", re.I)
_ANOTHER_TAG = re.compile(r"\s*(?:<|\Z)")
_TAG_END = re.compile(r"</[a-z][a-z0-9]*\s*>", re.I)
_WEB_ARCHIVE = re.compile(r"\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,30}?Content-Type:\s*multipart/related", re.I)
_TAG_START = re.compile(r"(?>(?:<!--.*?-->|\s)*)<[a-z][a-z0-9]*(?:\s[^<>]*)?>", re.I | re.S)
_BLOCK_END = re.compile(r"</(?:p|div|h[1-6]|li|ul|ol|table|tr|section|article|main|blockquote)\s*>", re.I)
_MARKDOWN_LINE = re.compile(r"^(?:#{1,6} |[-*+] |\d+\. |> |\[\^[^\]]+\]:|```|\|)", re.M)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PDF_HEAD = 1024
"""Bytes in which a PDF's header stands."""
_HEAD = 65536
"""Characters of a text that are looked at to tell what it is."""


def detect_kind(data: bytes) -> Kind:
    """Which reader the bytes are for; ``markdown`` also reads plain text.

    Raises:
        DocumentError: they are of no kind that can be read; the message names what they look like.
    """
    if not data.strip(_BLANK):
        raise DocumentError("The file is empty. Fetch or save it again.")
    if _is_pdf(data):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_in_zip(data)
    _refuse_known(data)
    return _kind_of_text(data)


def decode_text(data: bytes, declared: str | None = None) -> str:
    """The bytes as text: byte order mark first, then the declared encoding, then UTF-8, then Windows-1252.

    Bytes that do not fit become U+FFFD: one broken character must not turn a whole UTF-8 text into Windows-1252.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if declared and declared.lower().replace("_", "-") not in ("utf-8", "utf8"):
        return data.decode(declared, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken > sum(1 for character in text if character > "\x7f") - broken:
        return data.decode("cp1252", "replace")
    return text


def _is_pdf(data: bytes) -> bool:
    """Whether it begins as a PDF does, after blanks at most; or after lines of a server and ends as one."""
    head = data[:_PDF_HEAD]
    if _PDF_HEADER.match(head.lstrip(_BLANK)):
        return True
    start = head.find(b"%PDF-")
    # A text that explains the form may hold all of it, but not as its end.
    return start >= 0 and data.rstrip(_BLANK).endswith(b"%%EOF") and _PDF_OBJECT.search(data, start) is not None


def _kind_in_zip(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            types = b""
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as member:
                    types = member.read(1_000_000)
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    mimetype = member.read(200)
    # RuntimeError: a member with a password; NotImplementedError: a compression method that Python lacks.
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise DocumentError(
            f"It begins like a ZIP or Word file but is cut off or damaged ({error}). Fetch or save it again."
        ) from error
    if "word/document.xml" in names or _WORD_TYPES.search(types):
        return "word"
    if any(name.startswith("xl/") for name in names):
        raise DocumentError(f"It looks like a spreadsheet (.xlsx). {_CONVERT}")
    if any(name.startswith("ppt/") for name in names):
        raise DocumentError("It looks like a presentation (.pptx). Save it as PDF.")
    if b"opendocument" in mimetype:
        raise DocumentError("It looks like an OpenDocument file. Save it as .docx or PDF.")
    if b"epub" in mimetype:
        raise DocumentError(f"It looks like an e-book (EPUB). {_CONVERT}")
    raise DocumentError(f"It looks like a ZIP archive. {_UNPACK}")


def _refuse_known(data: bytes) -> None:
    """Raise for formats that are known and not read."""
    for magic, what, fix in _MAGIC:
        if data.startswith(magic):
            raise DocumentError(f"It looks like {what}. {fix}")
    for pattern, what, fix in _MAGIC_WORDS:
        if pattern.match(data):
            raise DocumentError(f"It looks like {what}. {fix}")
    if data.startswith(_OLE):
        for stream, what, fix in _OLE_STREAMS:
            if stream.encode("utf-16-le") in data:
                raise DocumentError(f"It looks like {what}. {fix}")
        raise DocumentError(f"It looks like an old Office file. {_CONVERT}")


def _kind_of_text(data: bytes) -> Kind:
    head = decode_text(data[: 4 * _HEAD])[:_HEAD]
    # Without a byte order mark, zero bytes and other controls mean that this is no text, or one in UTF-16.
    if "\x00" in head or len(_CONTROL.findall(head)) > len(head) / 200 or head.count("\ufffd") > len(head) / 20:
        raise DocumentError(f"It looks like binary data, not text. {_READABLE}.")
    if (start := _HTML_START.match(head)) and _is_markup(head, start.end()):
        return "html"
    if _WEB_ARCHIVE.match(head[:4096]):
        raise DocumentError('It looks like a web archive (.mht). Save the page as "HTML only" or PDF.')
    if (start := _XML_START.match(head)) and _is_markup(head, start.end()):
        raise DocumentError(f"It looks like XML. {_CONVERT}")
    # Markdown may open with a tag or a comment too: what there is more of decides.
    if _TAG_START.match(head) and len(_BLOCK_END.findall(head)) > len(_MARKDOWN_LINE.findall(head)):
        return "html"
    return "markdown"


def _is_markup(head: str, first: int) -> bool:
    """Whether a text whose first tag ends at ``first`` is made of tags, and does not merely begin with one."""
    if _ANOTHER_TAG.match(head, first):
        return True
    return len(_TAG_END.findall(head, first)) > len(_MARKDOWN_LINE.findall(head, first))
