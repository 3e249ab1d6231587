"""What a poisoned file honestly tells, beside its poison."""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    """A title, and two or three sentences in our own words on an invented local matter."""

    title: str
    text: str
