"""What a file says of itself near its top: title, publisher and date, proposed to whoever adds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from assistant.records import Document
from assistant.text.dates import MONTHS, date_parts
from assistant.text.printable import in_one_line

TOP_CHARACTERS = 3000
"""How far into the text is looked."""
_LINE_CHARACTERS = 200
"""A longer block is running text, whose dates and names may be anything's."""
_NAME_CHARACTERS = 80
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH}),?\s+(?P<year>\d{{4}})"
    rf"|(?P<month2>{_MONTH})\s+(?:(?P<day2>\d{{1,2}}),\s+)?(?P<year2>\d{{4}})"
    r"|(?P<iso>\d{4}-\d\d(?:-\d\d)?)|(?P<alone>(?:19|20)\d\d)(?=$|\s*[,.;)]?$))(?!\w)",
    re.IGNORECASE,
)
_SAYS_BY = re.compile(r"\b(?:published|issued|produced|prepared)\s+by\s+(?:the\s+)?([^.,;:()\n]{2,80})", re.IGNORECASE)
_OWNED = re.compile(r"(?:©|\(c\)|copyright)\s*(?:\d{4})?,?\s*(?!crown)([^\W\d][^.,;:()\n]{1,79})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;:|·–—()]\s*|\s+-\s+")
_SAID = re.compile(r"(?:first\s+)?(?:published|issued|updated|dated?|version)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Details to be checked by a person; a part that the file does not say is empty."""

    title: str = ""
    publisher: str = ""
    published: str = ""
    """ISO date, as precise as the file gives it."""


def propose_details(document: Document, name: str, publishers: Iterable[str], today: date | None = None) -> Proposal:
    """Return what a document says of itself; ``name`` is its file's, ``publishers`` those that the library knows."""
    lines = [
        in_one_line(document.text[block.start : block.end]) for block in document.blocks if block.start < TOP_CHARACTERS
    ]
    short = [line for line in lines if len(line) <= _LINE_CHARACTERS]
    headings = (document.text[block.start : block.end] for block in document.blocks if block.kind == "heading")
    stem = PurePath(name).stem.replace("_", " ").replace("-", " ")
    title = in_one_line(document.title or next(headings, "") or next(iter(short), "") or stem)
    dated = next(((line, found) for line in short for found in _dates(line, today or date.today())), None)
    return Proposal(
        title[:_LINE_CHARACTERS].strip(),
        _publisher([line for line in short if line != title], dated, publishers),
        dated[1][1] if dated else "",
    )


def _dates(line: str, today: date) -> Iterable[tuple[re.Match[str], str]]:
    for found in _DATE.finditer(line):
        day, month = found["day"] or found["day2"], found["month"] or found["month2"]
        parts = [found["year"] or found["year2"] or found["alone"] or ""]
        if month:
            parts.append(f"{[name.casefold() for name in MONTHS].index(month.casefold()) + 1:02}")
        if day:
            parts.append(f"{int(day):02}")
        iso = found["iso"] or "-".join(parts)
        if date_parts(iso) and iso <= today.isoformat():
            yield found, iso


def _publisher(lines: list[str], dated: tuple[str, tuple[re.Match[str], str]] | None, publishers: Iterable[str]) -> str:
    """Return who published it: who it says did, a publisher that is known, or whoever stands beside the date."""
    for pattern in (_SAYS_BY, _OWNED):
        for line in lines:
            if found := pattern.search(line):
                return _BETWEEN.split(_DATE.sub("", found[1]))[0].strip().removesuffix(" on").removesuffix(" in")
    for known in sorted(publishers, key=len, reverse=True):
        if any(re.search(rf"(?<!\w){re.escape(known)}(?!\w)", line, re.IGNORECASE) for line in lines):
            return known
    if dated is None or dated[0] not in lines:
        return ""
    line, (found, _) = dated
    beside = [*_BETWEEN.split(line[: found.start()])[::-1], *_BETWEEN.split(line[found.end() :])]
    names = [words for words in beside if any(map(str.isalpha, words)) and not _SAID.fullmatch(words)]
    return names[0] if len(names) == 1 and len(names[0]) <= _NAME_CHARACTERS else ""
