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
    (b"GIF8", "an image (GIF)", _SCAN),
    (b"II*\x00", "an image (TIFF)", _SCAN),
    (b"MM\x00*", "an image (TIFF)", _SCAN),
    (b"{\\rtf", "a Rich Text file", _CONVERT),
    (b"%!PS", "a PostScript file", _CONVERT),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", _CONVERT),
    (b"\x7fELF", "a program", _CONVERT),
    (b"MZ\x90", "a program", _CONVERT),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "an Office file with a password", "Remove the password and save it again."),
    ("WordDocument", "an old Word file (.doc)", "Save it as .docx or PDF."),
    ("Workbook", "an old spreadsheet (.xls)", _CONVERT),
    ("PowerPoint Document", "an old presentation (.ppt)", "Save it as PDF."),
)
_WORD_TYPES = re.compile(rb"wordprocessingml\.(document|template)\.main\+xml|ms-word\.\w+\.macroEnabled\w*\.main\+xml")
# Atomic groups: without them, a run of comments could be divided in more ways than can be tried.
_HTML_START = re.compile(r"(?>(?:<!--.*?-->|<\?xml[^>]*>|\s)*)<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XML_START = re.compile(r"\s*(?:<\?xml\b|<(?:svg|rss|feed|w:document)\b)", re.I)
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
_HEAD = 65536
"""Characters of a text that are looked at to tell what it is."""


def detect_kind(data: bytes) -> Kind:
    """Which reader the bytes are for; ``markdown`` also reads plain text.

    Raises:
        DocumentError: they are of no kind that can be read; the message names what they look like.
    """
    if not data.strip(b"\x00\t\n\x0b\x0c\r \xef\xbb\xbf"):
        raise DocumentError("The file is empty. Fetch or save it again.")
    # Some servers put a few lines before the PDF; a text that merely mentions the mark has no objects.
    if data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b" obj" in data):
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
    for magic, what, mend in _MAGIC:
        if data.startswith(magic):
            raise DocumentError(f"It looks like {what}. {mend}")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        raise DocumentError(f"It looks like an image (WebP). {_SCAN}")
    if data[4:8] == b"ftyp":
        raise DocumentError(f"It looks like a video, a sound or a phone's picture. {_CONVERT}")
    if data.startswith(_OLE):
        for stream, what, mend in _OLE_STREAMS:
            if stream.encode("utf-16-le") in data:
                raise DocumentError(f"It looks like {what}. {mend}")
        raise DocumentError(f"It looks like an old Office file. {_CONVERT}")


def _kind_of_text(data: bytes) -> Kind:
    head = decode_text(data[: 4 * _HEAD])[:_HEAD]
    # Without a byte order mark, zero bytes and other controls mean that this is no text, or one in UTF-16.
    if "\x00" in head or len(_CONTROL.findall(head)) > len(head) / 200 or head.count("\ufffd") > len(head) / 20:
        raise DocumentError(f"It looks like binary data, not text. {_READABLE}.")
    if _HTML_START.match(head):
        return "html"
    if re.search(r"^MIME-Version:", head[:4096], re.M) and "multipart/related" in head[:4096]:
        raise DocumentError('It looks like a web archive (.mht). Save the page as "HTML only" or PDF.')
    if _XML_START.match(head):
        raise DocumentError(f"It looks like XML. {_CONVERT}")
    # Markdown may open with a tag or a comment too: what there is more of decides.
    if _TAG_START.match(head) and len(_BLOCK_END.findall(head)) > len(_MARKDOWN_LINE.findall(head)):
        return "html"
    return "markdown"
