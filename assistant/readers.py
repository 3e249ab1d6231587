"""Who is reading: a random id that a browser keeps, known by its digest for as long as a request is answered.

Worker threads get a copy of the caller's context, and with it the reader. Where nothing says who is reading, it is
nobody in particular, who sees only what everybody sees.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

COOKIE = "steward-reader"
_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_CURRENT: ContextVar[str | None] = ContextVar("reader", default=None)
Given = TypeVar("Given")


def new_id() -> str:
    """Return a new id for a browser to keep, which is a secret."""
    return secrets.token_urlsafe(32)


def reader_of(cookies: Mapping[str, str]) -> str | None:
    """Return the SHA-256 of the id that a browser sent, in hexadecimal; None where it sent none that we gave."""
    given = cookies.get(COOKIE, "")
    return hashlib.sha256(given.encode()).hexdigest() if _ID.fullmatch(given) else None


def current_reader() -> str | None:
    """Return the digest of the reader who is being answered; None for nobody in particular."""
    return _CURRENT.get()


@contextmanager
def reading_as(reader: str | None) -> Iterator[None]:
    """Answer what runs inside for this reader."""
    token = _CURRENT.set(reader)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def for_everybody(current: Callable[[], Given]) -> Callable[[], Given]:
    """Return ``current`` as nobody in particular calls it, for what is shown to others afterwards."""

    def find() -> Given:
        with reading_as(None):
            return current()

    return find
