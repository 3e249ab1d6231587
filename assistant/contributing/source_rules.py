"""What the sources of a case must say: a place in a document of the library, or a dated publication by its address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.contributing.wording_rules import choice_problem, kind_of, nearest, shown, text_problem
from assistant.errors import AssistantError
from assistant.registers.entries import OUTSIDE, PrecedentSource
from assistant.text.dates import first_and_last_day
from assistant.text.urls import is_address

if TYPE_CHECKING:
    from assistant.contributing.known_values import KnownValues
    from assistant.contributing.passages import LibraryPassages

MOST_SOURCES = 20
MOST_NOTES = 50
LONGEST_ADDRESS = 500
LONGEST_QUOTE = 1000
MOST_STRANGE = 20
"""Unknown fields that are named."""
SHORTEST_QUOTE = 4
"""Words of a passage: fewer could stand anywhere."""
WORDS: Mapping[str, int] = {
    "document": 200,
    "section": 300,
    "quote": LONGEST_QUOTE,
    "pages": 60,
    "publisher": 300,
    "title": 300,
    "published": 10,
    "url": LONGEST_ADDRESS,
    "part": 300,
}
"""Fields of a source that hold words, with the most characters of each."""
ASK_SOURCE = (
    "Choose a document and a passage from the library, or give the publisher, title, web address and date of another "
    "publication."
)
_ADVICE = {
    "publisher": "Say who published it",
    "title": "Give the title of the publication",
    "url": "Give the web address, starting with https://",
    "published": "Give the date as 2025, 2025-03 or 2025-03-07",
}


class Problem(NamedTuple):
    """A field, such as ``url``, empty for the whole source, and what is wrong with it."""

    field: str
    message: str


def address_problem(value: str) -> str | None:
    """What is wrong with an address on the web; None where nothing is."""
    if is_address(value):
        return None
    if "@" in value.partition("//")[2].partition("/")[0]:
        return f"{shown(_without_secret(value))} contains a user name or password. Delete everything up to the @."
    return f"{shown(value)} is not a web address. Copy it from the browser, starting with https:// or http://."


def date_problem(value: str, today: date) -> str | None:
    """What is wrong with an ISO date as precise as known; None where nothing is."""
    try:
        first, _ = first_and_last_day(value)
    except AssistantError:
        return f"{shown(value)} is not a date. Enter a date like 2025, 2025-03 or 2025-03-07."
    if first > today.isoformat():
        return f"{shown(value)} is in the future. Give the date on which it was published."
    return None


def source_problems(source: Any, known: KnownValues, *, complete: bool) -> Iterator[Problem]:
    """What is wrong with one source; with ``complete`` also what is missing from it."""
    if not isinstance(source, Mapping):
        yield Problem("", f"Found {kind_of(source)}, {shown(source)}; expected a source with its fields.")
        return
    names = tuple(PrecedentSource.model_fields)
    for name in [name for name in source if name not in names][:MOST_STRANGE]:
        near = ", ".join(nearest(str(name), names)) or ", ".join(names)
        yield Problem(str(name)[:60], f"A source has no field {shown(name)}. Did you mean: {near}?")
    wrong = list(_wording(source))
    wrong += _notes(source.get("notes"))
    yield from wrong
    if wrong:
        return
    said = {name: " ".join(str(source.get(name) or "").split()) for name in WORDS}
    if said["url"] and (message := address_problem(said["url"])):
        yield Problem("url", message)
    if said["published"] and (message := date_problem(said["published"], known.today)):
        yield Problem("published", message)
    if said["document"]:
        yield from _place(said, known, complete)
    elif said["section"] or said["quote"]:
        yield Problem("document", "A section or passage has no document. Choose the document.")
    elif complete:
        yield from _outside(said)


def _wording(source: Mapping[str, Any]) -> Iterator[Problem]:
    for name, most in WORDS.items():
        value = source.get(name)
        if value is not None and (message := text_problem(value, most)):
            yield Problem(name, message)


def _notes(value: Any) -> Iterator[Problem]:
    if value is None or value == "":
        return
    if not isinstance(value, list | tuple) or not all(type(each) is int and 0 < each < 10_000 for each in value):
        yield Problem("notes", f"Found {shown(value)}. Give the numbers of the document's notes as a list: [12, 13].")
    elif len(value) > MOST_NOTES:
        yield Problem("notes", f"{len(value)} notes are given; the limit is {MOST_NOTES}. Keep the most important.")


def _place(said: Mapping[str, str], known: KnownValues, complete: bool) -> Iterator[Problem]:
    passages = known.passages
    document, section, quote = said["document"], said["section"], said["quote"]
    if document not in passages.titles:
        yield Problem("document", choice_problem(document, "document", passages.titles))
        return
    if quote:
        # The section says from which form the passage was chosen; without one it must be found here.
        is_held = not section or passages.is_briefing(document) == (section in passages.sections(document))
        if known.trusts_passages and not is_held:
            return
        if message := _quote_problem(document, quote, passages):
            yield Problem("quote", message)
        return
    sections = passages.sections(document)
    if section and section not in sections:
        if sections:
            yield Problem("section", choice_problem(section, "section of this document", sections))
        else:
            yield Problem("quote", f"{passages.titles[document]} has no briefing. Choose the passage about the case.")
    if not section and complete:
        yield Problem("quote", "The passage is missing. Choose the passage about the case.")


def _quote_problem(document: str, quote: str, passages: LibraryPassages) -> str | None:
    if len(quote.split()) < SHORTEST_QUOTE:
        return f"{shown(quote)} is too short to find again. Choose at least a whole clause."
    if passages.find(document, quote):
        return None
    title = passages.titles[document]
    if not passages.is_indexed(document):
        return f"{title} is not in the index. Update the index with `steward ingest`."
    form = "our briefing of it" if passages.is_briefing(document) else "the original"
    near = passages.nearest(document, quote)
    closest = f"The closest passage is: “{near}”" if near else "Nothing in it is similar"
    return f"{shown(quote)} is not word for word in {title} ({form}). {closest}. Choose the passage again."


def _outside(said: Mapping[str, str]) -> Iterator[Problem]:
    missing = [name for name in OUTSIDE if not said[name]]
    if len(missing) == len(OUTSIDE):
        yield Problem(
            "",
            f"The source is empty. {ASK_SOURCE}",
        )
        return
    for name in missing:
        yield Problem(name, f"A source outside the library needs this. {_ADVICE[name]}.")


def _without_secret(value: str) -> str:
    scheme, _, rest = value.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme}//…@{host.rpartition('@')[2]}{slash}{path}"
