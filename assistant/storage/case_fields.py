"""What the database keeps of a case's fields: any JSON within limits. Layers above check what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from assistant.errors import StorageError

MOST_ID_CHARACTERS = 100
MOST_COMMENT_CHARACTERS = 2_000
MOST_FIELDS_BYTES = 200_000
"""Most bytes of one case's fields, as JSON in ASCII."""
_ID = re.compile(r"[a-z0-9-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All control characters but the tab and the line feed."""


def checked_id(fields: Mapping[str, Any]) -> str:
    """Return the id of the case that has these fields.

    Raises:
        StorageError: it is missing, too long or has characters that an id cannot have.
    """
    case_id = fields.get("id")
    if not isinstance(case_id, str) or not _ID.fullmatch(case_id):
        shown = repr(case_id) if len(repr(case_id)) <= MOST_ID_CHARACTERS else f"{repr(case_id)[:MOST_ID_CHARACTERS]}…"
        raise StorageError(f"The id of the case is {shown}. Use only small letters a-z, digits and hyphens.")
    if len(case_id) > MOST_ID_CHARACTERS:
        raise StorageError(f"The id of the case has {len(case_id):,} characters. Shorten it to {MOST_ID_CHARACTERS}.")
    return case_id


def checked_comment(comment: str) -> str:
    """Return the comment without control characters, which a terminal would obey.

    Raises:
        StorageError: it is too long.
    """
    comment = _CONTROL.sub("", storable(comment.strip()))
    if len(comment) > MOST_COMMENT_CHARACTERS:
        raise StorageError(
            f"The comment has {len(comment):,} characters. Shorten it to {MOST_COMMENT_CHARACTERS:,} or fewer."
        )
    return comment


def fields_to_json(fields: Mapping[str, Any]) -> str:
    r"""Return the fields as JSON in ASCII, which keeps NUL and half surrogate pairs, though databases refuse them.

    Keys are sorted: equal fields give equal text.

    Raises:
        StorageError: they are too long, or not JSON.

    >>> fields_to_json({"id": "a", "at": "A\0b"})
    '{"at": "A\\u0000b", "id": "a"}'
    """
    try:
        text = json.dumps(dict(fields), allow_nan=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise StorageError(f"The fields of the case {fields.get('id')!r} cannot be kept as JSON ({error}).") from error
    if len(text) > MOST_FIELDS_BYTES:
        raise StorageError(
            f"The case {fields.get('id')!r} takes {len(text):,} bytes. Shorten its texts to "
            f"{MOST_FIELDS_BYTES:,} or fewer."
        )
    return text


def fields_from_json(text: str) -> dict[str, Any]:
    """Return what :func:`fields_to_json` was given, with keys in alphabetical order."""
    fields: dict[str, Any] = json.loads(text)
    return fields


def storable(text: str) -> str:
    """Return the text without what a database refuses: NUL on PostgreSQL, half surrogate pairs everywhere."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
