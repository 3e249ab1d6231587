"""Addresses on the web, as entries of the register may give them."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_address(value: str) -> bool:
    """Whether a value is an address on the web that gives nobody's password away.

    >>> is_address("https://example.org/report"), is_address("ftp://example.org"), is_address("https://me:key@a.org")
    (True, False, False)
    """
    try:
        parts = urlsplit(value)
        _ = parts.port  # which is read, and may be wrong, only now
    except ValueError:
        return False
    own = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return own and not any(each.isspace() or not each.isprintable() for each in value)


def address_or_nothing(value: str) -> str:
    """The value, for pydantic; raises ValueError where it is neither empty nor an address."""
    if value and not is_address(value):
        raise ValueError("expected an address that begins with https:// or http://, or nothing")
    return value
