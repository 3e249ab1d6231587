"""Addresses that reproduce a view: ``?q=…&document=…`` asks a question, ``?tab=library`` opens a tab.

``?tab=precedents&q=…`` searches the cases, ``&case=ID`` opens one, ``&recommendation=ID`` a recommendation or `ALL`.
``?tab=library&document=ID`` opens a document, ``&at=START-END-VERSION`` at the words of a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import urlencode

from assistant.index.manifest import TextEntry
from assistant.library import Library
from assistant.records import Answer, Quote

PLACES = dict.fromkeys(("library", "compare", "glossary", "quality"), "library")
"""The place of each view that is not a place itself."""
TABS = ("ask", "precedents", "check", *PLACES)
WRITTEN = "written"
ALL = "all"
"""For an id: all recommendations."""


class Query(Protocol):
    """The parameters of an address; a name may repeat."""

    def get(self, name: str, default: str = "", /) -> str:
        """Return the last value of a name."""

    def getlist(self, name: str, /) -> Sequence[str]:
        """Return all values of a name."""


@dataclass(frozen=True, slots=True)
class View:
    """What an address asks for; a part it does not name is empty."""

    tab: str = ""
    question: str = ""
    documents: tuple[str, ...] = ()
    """Ids."""
    authorities: tuple[str, ...] = ()
    published_from: str = ""
    published_to: str = ""
    as_at: str = ""
    written: bool = False
    case: str = ""
    """Id of a case of the register."""
    recommendation: str = ""
    """Id of a recommendation."""

    @property
    def asked(self) -> str:
        """The question, or empty if it is meant for another tab than Ask."""
        return self.question if self.tab in ("", "ask") else ""


def view_of(parameters: Query) -> View:
    """Return the view that an address asks for; unknown tabs are ignored, other values are checked where used."""
    tab = parameters.get("tab", "")
    return View(
        tab if tab in TABS else "",
        parameters.get("q", "").strip(),
        # In the library it names what the reader opens, which the page does by itself.
        () if tab in PLACES else tuple(parameters.getlist("document")),
        tuple(parameters.getlist("authority")),
        parameters.get("from", ""),
        parameters.get("to", ""),
        parameters.get("as_at", ""),
        parameters.get("mode", "") == WRITTEN,
        parameters.get("case", "").strip(),
        parameters.get("recommendation", "").strip(),
    )


def link_to_case(case_id: str) -> str:
    """Return the address that opens a case."""
    return f"?{urlencode([('tab', 'precedents'), ('case', case_id)])}"


def link_to_recommendation(recommendation_id: str) -> str:
    """Return the address that opens a recommendation."""
    return f"?{urlencode([('tab', 'precedents'), ('recommendation', recommendation_id)])}"


def link_to_document(document: str, form: str = "") -> str:
    """Return the address that opens a document in the library; ``form`` chooses between its original and summary."""
    return f"?{urlencode([('tab', 'library'), ('document', document), *([('form', form)] if form else [])])}"


def link_to_quote(quote: Quote, library: Library) -> str | None:
    """Return the address that opens a document at the words of a quote; None where the library has no such text."""
    entry = library.generation.manifest.texts.get(quote.text_id)
    if quote.part != "body" or entry is None or quote.document not in library.sources:
        return None
    return f"{link_to_document(quote.document)}&at={quote.start}-{quote.end}-{text_version(entry)}"


def text_version(entry: TextEntry) -> str:
    """Return what tells one text of a document from a later one, so that no link marks other words than it did."""
    return entry.digest[:8]


def link_to(answer: Answer, library: Library) -> str:
    """Return the address that asks the question again, of the same documents and as at the same day."""
    parameters = [("q", answer.standalone_question)]
    searched = answer.documents_searched
    if searched and set(searched) != set(library.held):
        parameters += [("document", document) for document in searched]
    if answer.as_at != date.today().isoformat():
        parameters.append(("as_at", answer.as_at))
    if answer.writing is not None:
        parameters.append(("mode", WRITTEN))
    return f"?{urlencode(parameters)}"
