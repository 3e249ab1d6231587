"""Ids made of words."""

from __future__ import annotations

import re
from unicodedata import combining, normalize


def slug(words: str) -> str:
    """Return words as an id of at most 100 characters.

    >>> slug("Civil Society Covenant: 2025 (draft)"), slug("Repair cafés")
    ('civil-society-covenant-2025-draft', 'repair-cafes')
    """
    plain = "".join(char for char in normalize("NFKD", words) if not combining(char))
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:100].strip("-")
