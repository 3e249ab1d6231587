"""Documents as JSON: what a child process hands back, and what the index keeps."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.errors import DocumentError
from assistant.records import Document

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def document_to_json(document: Document) -> bytes:
    """The document as UTF-8 JSON, field by field, in a fixed order: equal documents give equal bytes."""
    text = json.dumps(document, default=_fields_of, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def document_from_json(raw: bytes) -> Document:
    """The document that `document_to_json` wrote, checked: types, spans, references between blocks.

    Raises:
        DocumentError: the bytes are no document, or one whose positions do not fit its text.
    """
    from pydantic import ValidationError

    try:
        document = _adapter().validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise DocumentError(f"Stored document is damaged: {where}: {first['msg']}. Read the file again.") from error
    if fault := _fault(document):
        raise DocumentError(f"Stored document is damaged: {fault}. Read the file again.")
    return document


def _fields_of(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


@cache
def _adapter() -> TypeAdapter[Document]:
    # Imported here: a child process only writes, and starts sooner without pydantic.
    from pydantic import TypeAdapter

    return TypeAdapter(Document)


def _fault(document: Document) -> str | None:
    """What is wrong with the positions of a document; None when all fit."""
    length = len(document.text)
    end = 0
    for index, block in enumerate(document.blocks):
        if not end <= block.start < block.end <= length:
            return f"block {index} spans {block.start}-{block.end} behind {end} in {length} characters"
        if block.lead is not None and not 0 <= block.lead < index:
            return f"block {index} is led in by block {block.lead}"
        end = block.end
    starts = [page.start for page in document.pages]
    if starts != sorted(starts) or (starts and not 0 <= starts[0] <= starts[-1] <= length):
        return f"pages do not follow each other within {length} characters"
    for mark in document.marks:
        if not 0 <= mark.position <= length:
            return f"the mark of note {mark.number} stands at {mark.position} in {length} characters"
    return None
