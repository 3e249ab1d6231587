"""Bytes in, a :class:`~assistant.records.Document` out: PDF, HTML, Markdown (and plain text) and Word.

Files that others wrote are read through :func:`assistant.reading.sandbox.read_file`, in a child process with limits.
"""

from __future__ import annotations

from assistant.errors import DocumentError
from assistant.records import Document

READER_VERSION: str = "4"
"""Raise it with any change that makes a reader give another text, other blocks or other notes for the same bytes.

The index keeps it beside what it holds: texts read by another version are read again.
"""


def read_bytes(data: bytes) -> Document:
    """The document that the bytes hold, read in this process by the reader for what they are.

    Raises:
        DocumentError: the bytes are of no kind that can be read, are damaged, or nest too deeply.
    """
    # Readers are imported when needed, so that a child process loads the libraries of one kind only.
    from assistant.reading.detection import detect_kind

    try:
        match detect_kind(data):
            case "pdf":
                from assistant.reading.pdf.reader import read_pdf

                return read_pdf(data)
            case "html":
                from assistant.reading.html.reader import read_html

                return read_html(data)
            case "word":
                from assistant.reading.word.reader import read_word

                return read_word(data)
            case "markdown":
                from assistant.reading.markdown.reader import read_markdown

                return read_markdown(data)
    except RecursionError as error:
        raise DocumentError(
            "Its parts nest too deeply to be read. Save it again from the program it came from."
        ) from error
