"""Addresses that reproduce a view: ``?q=…&document=…`` asks a question, ``?tab=library`` opens a tab.

``?tab=precedents&q=…&themes=…`` searches and narrows down the cases, ``&case=ID`` opens one; ``&view=ask-cases`` asks
across them; ``&view=chapter`` shows another view, and ``&recommendation=ID`` a recommendation.
``?tab=library&document=ID`` opens a document, ``&at=START-END-VERSION`` at the words of a quote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from urllib.parse import urlencode

from assistant.index.manifest import TextEntry
from assistant.library import Library
from assistant.precedents.facets import FIELDS
from assistant.records import Answer, Quote

PLACES = dict.fromkeys(("library", "compare", "glossary", "quality"), "library")
"""The place of each view that is not a place itself."""
TABS = ("ask", "precedents", "check", *PLACES)
WRITTEN = "written"
ASK_CASES, RECOMMENDATIONS = "ask-cases", "recommendations"
YEARS = "years"
"""The facet whose values are ranges, such as ``2010-2014`` or ``2024-``."""
FACETS = (*FIELDS, YEARS)
"""What narrows down the cases, in the order in which addresses name it."""
NEAREST = "nearest"
"""How cases are sorted unless the reader chooses otherwise."""


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
    view: str = ""
    """A view of Precedents."""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that narrow down the cases, by facet."""
    sort: str = NEAREST
    """How the cases are sorted."""
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
    recommendation = parameters.get("recommendation", "").strip()
    facets = {name: tuple(dict.fromkeys(parameters.getlist(name))) for name in FACETS}
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
        RECOMMENDATIONS if recommendation else parameters.get("view", ""),
        {name: values for name, values in facets.items() if values},
        parameters.get("sort", NEAREST),
        parameters.get("case", "").strip(),
        # Older links say "all" for the view.
        "" if recommendation == "all" else recommendation,
    )


def link_to_search(query: str, facets: Mapping[str, Sequence[str]], sort: str = NEAREST, view: str = "") -> str:
    """Return the address that searches the cases, or asks across them; a facet without values narrows nothing."""
    named = [(name, value) for name, value in (("view", view), ("q", query)) if value]
    parameters = [("tab", "precedents"), *named]
    parameters += [(name, value) for name in FACETS for value in facets.get(name, ())]
    return f"?{urlencode(parameters + ([('sort', sort)] if sort != NEAREST else []))}"


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
