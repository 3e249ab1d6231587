"""What a chat model is given to read: material that others wrote, between marks that none of it can know."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


def fenced_messages(system: str, lines: Sequence[str], step: str = "") -> list[BaseMessage]:
    """``system``, which names the marks as ``{mark}``, and the lines between them, with ``step`` behind."""
    from langchain_core.messages import HumanMessage, SystemMessage  # slow to load, and not needed without a model

    mark = secrets.token_hex(8)
    content = "\n".join((f"BEGIN {mark}", *lines, f"END {mark}", step)).strip()
    return [SystemMessage(system.format(mark=mark)), HumanMessage(content)]
