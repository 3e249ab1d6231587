"""The reader's conversations, listed beside Ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from assistant.storage import ConversationSummary
from assistant.web.ask.take_away import FORMATS
from assistant.web.templates import render

MANY = 10
"""More conversations than this can be searched."""


def rail_html(kept: Sequence[ConversationSummary], current: str = "", now: datetime | None = None) -> str:
    """Return the list, newest first, by when each was last added to; ``current`` is the id of the one shown."""
    today = (now or datetime.now(UTC)).date()

    def group(item: ConversationSummary) -> str:
        days = (today - item.updated.date()).days
        return "Today" if days < 1 else "Last 7 days" if days < 8 else "Earlier"

    groups = [(title, list(items)) for title, items in groupby(kept, group)]
    return render("rail", groups=groups, current=current, many=len(kept) > MANY, formats=FORMATS)
