"""What a chat model gets to read: material that others wrote, between marks that it cannot know."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # slow to load
    from langchain_core.messages import BaseMessage


def fenced_messages(system: str, lines: Sequence[str], step: str = "") -> list[BaseMessage]:
    """Return ``system``, which names the marks as ``{mark}``, then the lines between them, then ``step``."""
    from langchain_core.messages import HumanMessage, SystemMessage  # slow to load

    mark = secrets.token_hex(8)
    content = "\n".join((f"BEGIN {mark}", *lines, f"END {mark}", step)).strip()
    return [SystemMessage(system.format(mark=mark)), HumanMessage(content)]
