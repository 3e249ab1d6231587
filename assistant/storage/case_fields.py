"""What the database keeps of a case's words: any JSON within limits. What they may say is checked by those above."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from assistant.errors import StorageError

MOST_ID_CHARACTERS = 100
MOST_COMMENT_CHARACTERS = 2_000
MOST_FIELDS_BYTES = 200_000
"""Longest words of one case, as JSON in ASCII."""
_ID = re.compile(r"[a-z0-9-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All of them but the tab and the end of a line."""


def checked_id(fields: Mapping[str, Any]) -> str:
    """The id of the case that has these fields.

    Raises:
        StorageError: it is missing, too long or of other characters than an id has.
    """
    case_id = fields.get("id")
    if not isinstance(case_id, str) or not _ID.fullmatch(case_id):
        shown = repr(case_id) if len(repr(case_id)) <= MOST_ID_CHARACTERS else f"{repr(case_id)[:MOST_ID_CHARACTERS]}…"
        raise StorageError(f"The id of the case is {shown}; make it of small letters a-z, digits and hyphens.")
    if len(case_id) > MOST_ID_CHARACTERS:
        raise StorageError(f"The id of the case has {len(case_id):,} characters; shorten it to {MOST_ID_CHARACTERS}.")
    return case_id


def checked_comment(comment: str) -> str:
    """The comment as it is kept: without control characters, which a terminal that shows it would obey.

    Raises:
        StorageError: it is too long.
    """
    comment = _CONTROL.sub("", storable(comment.strip()))
    if len(comment) > MOST_COMMENT_CHARACTERS:
        raise StorageError(
            f"The comment has {len(comment):,} characters; shorten it to {MOST_COMMENT_CHARACTERS:,} or fewer."
        )
    return comment


def fields_to_json(fields: Mapping[str, Any]) -> str:
    r"""The fields as JSON in ASCII, so that NUL and halves of surrogate pairs, which databases refuse, are kept too.

    Keys are sorted: equal fields give equal text.

    Raises:
        StorageError: they are too long, or no JSON.

    >>> fields_to_json({"id": "a", "at": "A\0b"})
    '{"at": "A\\u0000b", "id": "a"}'
    """
    try:
        text = json.dumps(dict(fields), allow_nan=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise StorageError(f"The fields of the case {fields.get('id')!r} cannot be kept as JSON ({error}).") from error
    if len(text) > MOST_FIELDS_BYTES:
        raise StorageError(
            f"The case {fields.get('id')!r} takes {len(text):,} bytes; shorten its texts until it takes "
            f"{MOST_FIELDS_BYTES:,} or fewer."
        )
    return text


def fields_from_json(text: str) -> dict[str, Any]:
    """What :func:`fields_to_json` was given, with keys in their order in the alphabet."""
    fields: dict[str, Any] = json.loads(text)
    return fields


def storable(text: str) -> str:
    """The text without what a database refuses: NUL on PostgreSQL, halves of surrogate pairs everywhere."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
