"""Who is reading, for as long as a request is answered: whoever is signed in, or else a browser.

A browser keeps a random id, and is known by its digest; a person is known by their account. Either is a "reader".

Worker threads get a copy of the caller's context, and with it the reader. Where nothing says who is reading, it is
nobody in particular, who sees only what everybody sees.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from assistant.roles import Person

COOKIE = "steward-reader"
_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_CURRENT: ContextVar[tuple[str | None, Person | None] | None] = ContextVar("reader", default=None)
"""None where no request is answered, as on the command line."""
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
    return (_CURRENT.get() or (None, None))[0]


def current_person() -> Person | None:
    """Return who is signed in; None where nobody is."""
    return (_CURRENT.get() or (None, None))[1]


def current_account() -> str | None:
    """Return the digest of the account that is signed in; None where nobody is."""
    reader, person = _CURRENT.get() or (None, None)
    return reader if person else None


def acting() -> str:
    """Return who acts, for the audit log: the reader, "unknown" for nobody in particular, or "user NAME".

    The last is who runs the program, where no request is answered.
    """
    current = _CURRENT.get()
    if current is not None:
        return current[0] or "unknown"
    try:
        return f"user {getpass.getuser()}"
    except (OSError, KeyError):  # an account without a name, as in a container
        return f"user {os.getuid()}"


@contextmanager
def reading_as(reader: str | None, person: Person | None = None) -> Iterator[None]:
    """Answer what runs inside for this reader; ``person`` is who they are, if they are signed in."""
    token = _CURRENT.set((reader, person))
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
