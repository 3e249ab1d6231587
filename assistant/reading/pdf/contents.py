"""Contents pages: lines that end in page numbers which go up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.reading.pdf.lines import Line

_ENTRY = re.compile(r"\S.*?(?:[\s.…·_]{2,}|\s(?:page\s)?)(\d{1,4}|[ivxl]{1,6})\s*", re.IGNORECASE)
_TITLE = re.compile(r"(?:table of )?contents", re.IGNORECASE)


def is_contents_page(lines: Sequence[Line], page: int, page_count: int) -> bool:
    """True for a page near the front where most lines name a section and a rising page number."""
    if page > max(8, page_count // 5) or len(lines) < 4:
        return False
    found = [_ENTRY.fullmatch(line.text) for line in lines]
    numbers = [int(match.group(1)) for match in found if match and match.group(1).isdigit()]
    rising = all(a <= b for a, b in pairwise(numbers))
    has_title = any(_TITLE.fullmatch(line.text.strip()) for line in lines[:4])
    entries = sum(match is not None for match in found)
    needed = 0.3 if has_title else 0.6
    return rising and len(numbers) >= 3 and entries > needed * len(lines) and numbers[-1] <= page_count + 100
