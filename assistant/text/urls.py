"""Web addresses, as register entries may give them."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_address(value: str) -> bool:
    """Return whether a value is a web address that contains no password.

    >>> is_address("https://example.org/report"), is_address("ftp://example.org"), is_address("https://me:key@a.org")
    (True, False, False)
    """
    try:
        parts = urlsplit(value)
        _ = parts.port  # the port is parsed, and may be wrong, only now
    except ValueError:
        return False
    own = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return own and not any(each.isspace() or not each.isprintable() for each in value)
