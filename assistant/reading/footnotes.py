"""What a footnote says: who, which title, which publisher, when, where; fields that are not plain stay None.

Forms read, as reports print them::

    Surname, A. and Other, B. Title. Publisher, 5 December 2024, p. 3. Available at https://… [accessed 07/03/2025]
    A. Surname, B. Other: *Title*. Publisher, 2024-12-05. <https://…>
    Organisation, "Title", 11 June 2025, https://…
    Surname, A. (2024) Title. Publisher.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.records import Footnote

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SYMBOLS = "*†‡§"
"""That call a note where there are few."""
ACCESSED = re.compile(r"[\[(]\s*(?:last\s+)?accessed\b[^\])]{0,60}[\])]", re.I)
"""The note of a visit that closes a web reference; behind it nothing belongs to the note."""

_PLAIN_DIGITS = str.maketrans(SUPERSCRIPTS + "⁻", "0123456789-")
_MARKS = re.compile(r"\d{1,4}(?:\s*[,;–-]\s*\d{1,4}|\s+\d{1,4})*")
_LONGEST_RANGE = 20
_LONGEST_PARSED = 2000
"""Characters: a longer note is prose, and what it cites cannot be told with confidence."""

_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Autumn|Winter)[a-z]*\.?"
# With a day in front any word passes for the month, since the date is kept as printed, misprints and all.
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+[A-Z][a-z]{{2,9}}\s+\d{{4}}|{_MONTHS}\s+\d{{4}}"
    r"|\d{4}-\d\d(?:-\d\d)?|\d{1,2}/\d{1,2}/\d{4}|(?:1[5-9]|20)\d\d)"
)
_NO_DATE = r"\(?(?:no date|n\.\s?d\.?|undated|date not given|date unknown)\)?"
_TAIL = re.compile(rf"(?:(?P<publisher>.+?),\s+)?(?:(?P<date>{_DATE})|{_NO_DATE})")
_STANDING_DATE = re.compile(rf"(?:^|,\s+)(?:(?:updated|enacted|published|revised)\s+)?({_DATE})(?=\s*(?:[,;.(]|$))")
_PAGES = re.compile(r",\s*(?:pp?\.\s*)\d+[\d\s,–-]*$|,\s*\d+\s*[–-]\s*\d+$")

_PARENTHESIS = re.compile(r"[\s.;]*\([^()]*\)[\s.]*$")

_UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_PARTICLE = r"(?:(?:van|von|de|der|den|du|la|le|di|da)\s+){0,3}"
_PERSON = rf"{_PARTICLE}[{_UPPER}][\w'’-]+(?:\s[{_UPPER}][\w'’-]+){{0,2}},?\s[{_UPPER}]\.(?:\s?-?[{_UPPER}]\.){{0,3}}"
_PERSONS = re.compile(
    rf"{_PERSON}(?:(?:,\s+(?:and\s+)?|\s+(?:and|&)\s+){_PERSON}){{0,30}}(?:,?\s+(?:and\s+others|et\s+al)\.?)?(?=\s+\S|$)"
)
_SENTENCE_END = re.compile(r"(?<=[.?!])[\"'”’)]?\s+(?=[^a-z])")
_ABBREVIATION = re.compile(
    rf"(?:(?:^|[\s.(-])[{_UPPER}]|\b(?:No|no|vol|Vol|ed|eds|Dr|Mr|Mrs|Ms|St|Sir|al|Ltd|Co|Inc|pp?|c|v))\.$"
)
_SMALL_WORDS = frozenset(
    re.findall(r"\S+", "and of for the in on to with others at by & / van von de der den du la le di da")
)
_QUOTED = re.compile(
    r"(?:^|[,:]\s+)(?:[a-z][a-z ]{0,30}\s)?"
    r"(?:\"(?P<a>[^\"]+)\"|“(?P<b>[^“”]+)”|['‘](?P<c>(?:[^'’]|['’](?=\w))+(?:'s\s)?)['’])(?=\s*(?:[,.(;]|$|[a-z]))"
)
_EMPHASISED = re.compile(r"(?<![\w*])\*(?P<a>[^*]+)\*(?![\w*])")
_YEAR_BEHIND_AUTHOR = re.compile(rf"(?P<author>[^()]{{2,200}}?),?\s+\((?P<date>{_DATE})\)[.,:]?\s+(?P<rest>\S.*)")

_ADDRESS = re.compile(r"https?://\S*")
_ADDRESS_PART = re.compile(r"(?=\S*[./_=&?%\d-])[\w%~./=&?#+,()'!:@–-]+")
_HOST = re.compile(r"https?://(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.I)
_LEAD_TO_ADDRESS = re.compile(r"\b(?:available\s+(?:online\s+)?(?:at|from|via)|retrieved\s+from|online)[:\s]*$", re.I)


@dataclass(frozen=True, slots=True)
class _Fields:
    author: str | None = None
    title: str | None = None
    publisher: str | None = None
    date: str | None = None


def parse_footnote(number: str, text: str) -> Footnote:
    """The note with the fields that can be read with confidence; the others are None.

    ``text`` may hold light Markdown (``*title*``, ``<address>``); the note keeps it as plain words, whole. ``date`` is
    as printed. An address that a line end broke is made whole in ``url``.

    >>> parse_footnote("4", "Rao, P. Ports and growth. Harbour Press, 3 May 2021, p. 9.").title
    'Ports and growth'
    """
    marked = re.sub(r"\s+", " ", text).strip()
    marked = re.sub(r"<(https?://[^<>\s]*)>", r"\1", marked)
    plain = _EMPHASISED.sub(r"\g<a>", marked.replace("**", ""))
    head = marked[:_LONGEST_PARSED]
    url, said = _split_address(head)
    fields = _Fields() if len(marked) > _LONGEST_PARSED else _read_fields(said)
    return Footnote(number, plain, fields.author, fields.title, fields.publisher, fields.date, url)


def split_marks(raw: str) -> list[str]:
    """The note numbers that a mark names, in order; empty where it names none.

    >>> split_marks("26,27"), split_marks("³–⁵"), split_marks("2024")
    (['26', '27'], ['3', '4', '5'], [])
    """
    plain = raw.strip().translate(_PLAIN_DIGITS)
    if not _MARKS.fullmatch(plain):
        return []
    numbers: list[str] = []
    for part in re.split(r"\s*[,;]\s*|(?<=\d)\s+(?=\d)", plain):
        bounds = [int(bound) for bound in re.split(r"\s*[–-]\s*", part)]
        first, last = bounds[0], bounds[-1]
        # A year or a quantity set high is no mark.
        if len(bounds) > 2 or not 0 < first <= last < 1800 or last - first > _LONGEST_RANGE:
            return []
        numbers.extend(str(value) for value in range(first, last + 1))
    return numbers


def _split_address(text: str) -> tuple[str | None, str]:
    """The first address, repaired, and what the note says without it and without the note of the visit."""
    found = _ADDRESS.search(text)
    if not found:
        return None, ACCESSED.sub("", text).strip()
    before, tail = text[: found.start()], text[found.start() :]
    closed = ACCESSED.search(tail)
    words = tail[: closed.start() if closed else len(tail)].split()
    address = words[0]
    used = 1
    while used < len(words) and _is_cut(address, words[used], closed=closed is not None):
        address += words[used]
        used += 1
    after = " ".join(words[used:]) + (tail[closed.end() :] if closed else "")
    after = after.strip(" ,;.>")
    said = _LEAD_TO_ADDRESS.sub("", before.rstrip()).rstrip(" ,;<(")
    return _clean_address(address), (said + (" " if after.startswith("(") else "; ") + after if after else said).strip()


def _is_cut(address: str, following: str, *, closed: bool) -> bool:
    """Whether a line end stood between an address and the word behind it."""
    if not _ADDRESS_PART.fullmatch(following):
        return False
    if address[-1] in "/-_=&?%" or address.endswith(("www.", "://")):
        return True
    # A stop may also end the sentence: only what has the shape of a path goes on behind it.
    shaped = "/" in following or "_" in following
    return (address[-1] == "." and shaped and following[0].islower()) or (closed and shaped)


def _clean_address(address: str) -> str | None:
    address = address.rstrip(".,;:'\"”’>*")
    while address.endswith((")", "]")) and address.count(")") + address.count("]") > address.count("(") + address.count(
        "["
    ):
        address = address[:-1].rstrip(".,;:")
    return address if _HOST.match(address) else None


def _read_fields(said: str) -> _Fields:
    marked = (_QUOTED.search(said), _EMPHASISED.search(said))
    titles = [title for title in marked if title and _stands_as_title(said, title)]
    if titles:
        return _read_marked(said, min(titles, key=lambda title: title.start()))
    plain = _EMPHASISED.sub(r"\g<a>", said)
    if year := _YEAR_BEHIND_AUTHOR.fullmatch(plain):
        return _read_year_first(year)
    return _read_segments(plain)


def _stands_as_title(said: str, title: re.Match[str]) -> bool:
    before = said[: title.start()].rstrip()
    return title.re is _QUOTED or not before or before[-1] in ",:.)"


def _read_marked(said: str, title: re.Match[str]) -> _Fields:
    """Fields around a title that quotation marks or emphasis set off."""
    words = next(value for value in title.groupdict().values() if value).strip()
    before, after = said[: title.start()].rstrip(), said[title.end() :].strip()
    behind_colon = before.endswith(":") or said[title.start() : title.start() + 1] == ":"
    container = _EMPHASISED.search(after)
    rest = _EMPHASISED.sub(r"\g<a>", after)
    publisher = container["a"] if container else None
    date = None
    if behind_colon or rest.startswith("."):
        # The sentence behind the title names the publisher, then the date.
        tail = _tail(_PARENTHESIS.sub("", rest))
        if tail:
            publisher, date = _publisher(tail["publisher"]), tail["date"]
    if date is None and (standing := _STANDING_DATE.search(rest.lstrip(" ."))):
        date = standing[1]
    return _Fields(_name(before), _title(words), publisher, date)


def _read_year_first(year: re.Match[str]) -> _Fields:
    author = year["author"] if _PERSONS.fullmatch(year["author"]) else _name(year["author"])
    segments = _segments(year["rest"])
    if author is None:
        return _Fields(date=year["date"])
    publisher = segments[1].rstrip(".") if len(segments) == 2 else None
    return _Fields(author, _title(segments[0]), publisher, year["date"])


def _read_segments(said: str) -> _Fields:
    """Fields of a note whose parts are parted by full stops: author, title, publisher and date."""
    persons = _PERSONS.match(said)
    segments = _segments(said[persons.end() :] if persons else said)
    if len(segments) < 2:
        standing = _STANDING_DATE.search(said)
        return _Fields(date=standing[1] if standing else None)
    tail = _tail(segments[-1])
    publisher, date = (_publisher(tail["publisher"]), tail["date"]) if tail else (None, None)
    named = segments[:-1] if tail else segments[:1]
    if persons:
        return _Fields(_without_stop(persons[0]), _title(" ".join(named)), publisher, date)
    # Of two parts the first may be the author or the title: only three tell them apart.
    author = _name(named[0]) if len(named) > 1 else None
    title = _title(" ".join(named[1:])) if author else None
    return _Fields(author, title, publisher, date)


def _tail(segment: str) -> re.Match[str] | None:
    """The sentence that names publisher and date; None where it is none."""
    words = segment.strip(" .,;")
    # Unchanged first: a date like 2024-09 looks like a range of pages.
    return _TAIL.fullmatch(words) or _TAIL.fullmatch(_PAGES.sub("", words))


def _segments(said: str) -> list[str]:
    """Sentences, where the stop of an initial or an abbreviation ends none; pages are not split off."""
    parts: list[str] = []
    for piece in _SENTENCE_END.split(said):
        if parts and (_ABBREVIATION.search(parts[-1]) or not piece):
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return [part.strip() for part in parts if part.strip(" .")]


def _name(before: str) -> str | None:
    """The author named in front of a title: words with capitals only, without a description in small letters."""
    parts = before.strip(" ,:.").split(", ")
    while len(parts) > 1 and parts[-1][:1].islower():
        parts.pop()
    name = ", ".join(parts)
    words = re.sub(r"\([^()]*\)", "", name).replace(";", "").replace(",", "").split()
    if not words or len(name) > 200 or re.match(r"(?:see|cf|ibid|quoted|source|note)\b", name, re.I):
        return None
    proper = all(word in _SMALL_WORDS or word != word.lower() or "." in word or word.isdigit() for word in words)
    return name if proper and any(character.isalpha() for character in name) else None


def _without_stop(persons: str) -> str:
    """The stop of the sentence goes, that of an initial stays."""
    return re.sub(r"(others|et al)\.$", r"\1", persons)


def _publisher(name: str | None) -> str | None:
    if name is None or name.lower().startswith("publisher not given"):
        return None
    return _PAGES.sub("", name).strip(" .")


def _title(words: str) -> str | None:
    title = words.strip(" ,").removesuffix(".").strip()
    if len(title) > 1 and title[0] + title[-1] in ('""', "“”", "''", "‘’"):
        title = title[1:-1].removesuffix(".").strip()
    return title or None
