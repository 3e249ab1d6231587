"""A checked draft as a Word file with comments.

A file that others wrote gets its comments in a child process with the limits of reading.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import DocumentError
from assistant.export.drafts.notes import SentenceNote, notes_of
from assistant.reading.child import GIVEN, Child, Task, run, serve
from assistant.reading.word.package import open_package

if TYPE_CHECKING:
    from assistant.claims.drafts import DraftCheck
    from assistant.records import Document
    from assistant.settings import ReadingSettings

_MOST_BYTES = 128 * 2**20
_TOO_LARGE = "With its comments the file takes too much room. Check its text without the pictures."
_REFUSED = "Comments cannot be added to it ({}). Open it in Word, save it as a Word document (.docx), and check that."


def checked_word(draft: Document, checked: DraftCheck, file: bytes | None, limits: ReadingSettings) -> bytes:
    """Return the Word ``file`` of the draft with comments; without one, a file of the draft's text with comments.

    Raises:
        DocumentError: as `comment_file`.
    """
    notes = notes_of(draft, checked)
    if file is not None:
        return comment_file(file, notes, limits)
    from assistant.export.drafts.word import draft_bytes  # slow to load

    return draft_bytes(draft, notes, checked.draft, date.fromisoformat(checked.as_at))


def comment_file(data: bytes, notes: Sequence[SentenceNote], limits: ReadingSettings) -> bytes:
    """Return a Word file with a comment at each sentence that has one; nothing else of it changes.

    Raises:
        DocumentError: it is not such a file, or took more time or memory than the limits allow.
    """
    given = json.dumps([asdict(note) for note in notes]).encode()
    with tempfile.TemporaryDirectory(prefix="steward-draft-") as folder:
        path = Path(folder, "draft.docx")
        path.write_bytes(data)
        child = Child(path, limits, Task(__name__, (), _MOST_BYTES, _TOO_LARGE, given))
        try:
            return child.result(_taken)
        except DocumentError as error:
            raise DocumentError(str(error).removeprefix(f"{path}: ")) from error
        finally:
            child.end()


def _taken(result: bytes) -> bytes:
    if not zipfile.is_zipfile(BytesIO(result)):
        raise DocumentError("The file with its comments is damaged. Try again.")
    return result


# The rest runs in the child.


def main(arguments: Sequence[str]) -> int:
    """Add comments to one file in this process; returns the exit code. Arguments: path, result, MiB, seconds."""
    given = json.loads(Path(arguments[1]).with_name(GIVEN).read_bytes())
    notes = [SentenceNote(item["words"], tuple(item["lines"])) for item in given]
    return run(arguments, _load, lambda data: _commented(data, notes), _MOST_BYTES, _TOO_LARGE)


def _load(data: bytes) -> None:
    import assistant.export.drafts.word  # noqa: F401


def _commented(data: bytes, notes: Sequence[SentenceNote]) -> bytes:
    import docx

    from assistant.export.drafts.word import add_comments

    open_package(data)  # refuses what unpacks to too much, and entities
    made = BytesIO()
    try:
        document = docx.Document(BytesIO(data))
        add_comments(document, notes)
        document.save(made)
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        # python-docx gives up in these ways on files that Word opens.
        raise DocumentError(_REFUSED.format(" ".join(str(error).split())[:200])) from error
    return made.getvalue()


if __name__ == "__main__":
    serve(main)
