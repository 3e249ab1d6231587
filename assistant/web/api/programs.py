"""The app's functions for programs: typed, giving records, over HTTP and as MCP tools.

Programs see their signatures and docstrings, so each parameter has a type, bounds and a description.
"""
# ruff: noqa: B006 the lists are only read, and a default must be the list itself to be shown as one

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from assistant import answering
from assistant.answering import Turn
from assistant.answering.comparison import compare_documents, comparison_record
from assistant.claims import build_judge
from assistant.claims import verify as verify_claim
from assistant.claims.batch import verdict_record
from assistant.errors import AssistantError
from assistant.indexing.documents import list_documents
from assistant.json_records import answer_record, retrieved_record
from assistant.library import Library
from assistant.records import Authority, Status
from assistant.search.retrieval import Filters
from assistant.steps import step
from assistant.storage.audit import answer_details
from assistant.web.api.endpoints import add_endpoint, record_use
from assistant.web.api.parameters import shown
from assistant.web.api.values import Date, Ids, Limit, Query, different, filled
from assistant.web.compare_tab import TOPIC_CHARACTERS
from assistant.web.glossary_tab import glossary_entries, matching

READING = (
    "ask",
    "search",
    "verify",
    "compare",
    "documents",
    "glossary",
    "precedents",
    "precedents_search",
    "precedents_ask",
    "precedent",
)
"""The functions that change nothing and take no file; these are MCP tools too."""


NOT_NOTED = "This question is not in the audit log, because {}."


class Exchange(TypedDict):
    """An earlier question and its answer."""

    question: Annotated[str, Field(max_length=2_000, description="What was asked.")]
    answer: Annotated[str, Field(max_length=20_000, description="What was answered; may be empty.")]


def add_programs(current: Callable[[], Library]) -> None:
    """Offer the functions while the app is being built; ``current`` gives the library at each call."""

    def ask(
        question: Query,
        documents: Ids = [],
        authorities: list[Authority] = [],
        statuses: list[Status] = [],
        published_from: Date = "",
        published_to: Date = "",
        as_at: Date = "",
        mode: Literal["extractive", "generative"] = "extractive",
        conversation: Annotated[list[Exchange], Field(max_length=50)] = [],
    ) -> dict[str, Any]:
        """Answer a question on mission-led government in the UK from the library, in exact quotes.

        If the library does not have the answer, the result says so.

        Args:
            question: The question, in plain words; at most 2,000 characters.
            documents: Search these documents only, by the ids that `documents` gives; empty for all.
            authorities: Search documents of these kinds of authority only; empty for all.
            statuses: Search documents of these statuses only; empty for all.
            published_from: Only documents published on this ISO date or later, such as 2025 or 2025-03-07; empty
                for any.
            published_to: Only documents published on this ISO date or earlier; empty for any.
            as_at: ISO date: ask the library as it stood then; empty for today.
            mode: extractive gives sentences of the library; generative lets the configured chat model write, and
                checks each sentence.
            conversation: Earlier questions with their answers, oldest first, to understand a follow-up; at most 50.

        Returns:
            The answer record: status, answer, sentences with verdicts, citations with quote, document, section and
                page, passages retrieved, warnings.
        """
        library = current()
        with step("question") as asked:
            answer = answering.ask(
                library,
                question,
                _filters(library, documents, authorities, statuses, published_from, published_to),
                [Turn(item["question"], item["answer"]) for item in conversation],
                mode,
                as_at or None,
            )
            asked.result = answer.status
        not_noted = record_use("question", answer_details(answer), words=question)
        record = answer_record(answer)
        return record | {"warnings": [*record["warnings"], NOT_NOTED.format(not_noted)]} if not_noted else record

    def search(
        query: Query,
        limit: Limit = 10,
        documents: Ids = [],
        authorities: list[Authority] = [],
        statuses: list[Status] = [],
        published_from: Date = "",
        published_to: Date = "",
        as_at: Date = "",
    ) -> dict[str, Any]:
        """Find passages in the library, best first, word for word and with their places.

        Args:
            query: What to look for: a question or some words; at most 2,000 characters.
            limit: How many passages, 1 to 50.
            documents: Search these documents only, by the ids that `documents` gives; empty for all.
            authorities: Search documents of these kinds of authority only; empty for all.
            statuses: Search documents of these statuses only; empty for all.
            published_from: Only documents published on this ISO date or later, such as 2025 or 2025-03-07; empty
                for any.
            published_to: Only documents published on this ISO date or earlier; empty for any.
            as_at: ISO date: search the library as it stood then; empty for today.

        Returns:
            passages: rank, score, text, document, part, form, authority, section, page, start, end and footnotes
                of each.
        """
        library = current()
        filters = _filters(library, documents, authorities, statuses, published_from, published_to)
        found = answering.search(library, query, limit, filters, as_at or None)
        record_use("search", {"passages": [item.chunk.id for item in found]}, words=query)
        return {"passages": [retrieved_record(item) for item in found]}

    def verify(
        claim: Annotated[str, Field(max_length=5_000), AfterValidator(filled)],
        context: Annotated[str, Field(max_length=100_000), AfterValidator(filled)],
        speaker: Annotated[str, Field(max_length=200)] = "",
    ) -> dict[str, Any]:
        """Check whether a context supports a claim: its words, then figures, dates, names and denial, then by a model.

        The library is not read. Without a checking model a claim in other words than the context's is "unjudged".

        Args:
            claim: What is said: a sentence or a few; at most 5,000 characters.
            context: The text that should support it; at most 100,000 characters.
            speaker: Who says the context; a claim may then not give its words to another. Empty for not checked.

        Returns:
            verdict (supported, partly, unsupported, contradicted or unjudged), score (1 supported, 0.5 unjudged, 0
                otherwise, or the model's chance where it gives one), reasons (what clashes).
        """
        return verdict_record(verify_claim(claim, context, speaker, build_judge(current().settings)))

    def compare(
        topic: Annotated[str, Field(max_length=TOPIC_CHARACTERS), AfterValidator(filled)],
        documents: Annotated[list[str], Field(min_length=2, max_length=20), AfterValidator(different)],
    ) -> dict[str, Any]:
        """Compare what two or more documents say on a topic, theme by theme.

        Each is quoted in its own words. A cell's status is "found", or "nothing near enough" with the nearest passage:
        that the document says nothing on the theme is not known.

        Args:
            topic: What to compare them on, in a few words; at most 300 characters.
            documents: Ids of two or more documents, as `documents` gives them, in the order of the columns.

        Returns:
            The comparison record: documents, themes with one cell per document, citations with quote, section and page.
        """
        library = current()
        _check_ids(library, documents)
        comparison = compare_documents(topic.strip(), documents, library)
        record_use("comparison", {"documents": documents}, words=topic.strip())
        return comparison_record(comparison)

    def documents() -> dict[str, Any]:
        """List the documents of the library with their authority, status, dates, form and problems when read.

        Returns:
            documents: id, title, publisher, published, authority, status, form (original or summary), chunks and
                problems of each.
        """
        library = current()
        return {"documents": [asdict(row) for row in list_documents(library.settings, library.sources.values())]}

    def glossary(wanted: Annotated[str, Field(max_length=200)] = "") -> dict[str, Any]:
        """List the library's acronyms, what they stand for and where it says so.

        Args:
            wanted: Words to look for in acronyms, long forms and places, in any case; empty for all.

        Returns:
            entries: acronym, long_form, is_searched and places of each.
        """
        return {"entries": [asdict(item) for item in matching(glossary_entries(current().generation), wanted)]}

    for function in (ask, search, verify, compare, documents, glossary):
        add_endpoint(function)


def _filters(
    library: Library,
    documents: list[str],
    authorities: list[Authority],
    statuses: list[Status],
    published_from: str,
    published_to: str,
) -> Filters:
    _check_ids(library, documents)
    return Filters(tuple(documents), tuple(authorities), tuple(statuses), published_from or None, published_to or None)


def _check_ids(library: Library, documents: list[str]) -> None:
    known = sorted({text.document for text in library.generation.manifest.texts.values()})
    for name in documents:
        if name not in known:
            raise AssistantError(f"documents: no document {shown(name)}. Choose from: {', '.join(known)}.")
