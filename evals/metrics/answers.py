"""How good an answer is: its facts, its citations, whose voice it gives, and whether to answer at all was right.

Every function judges one case; each score lies between 0 and 1 unless it says otherwise, higher is better. A score
that a case does not allow is left out, never counted as 0. None of them is blended with another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.claims import verify
from assistant.index import Generation
from assistant.records import Document, Quote, Sentence, Source, Span
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.text.speakers import reported_in
from evals.cases import Question
from evals.metrics.matching import share_stated
from evals.metrics.support import Need, Passage, holds
from evals.systems.outcomes import Outcome

Entails = Callable[[str, str], bool]
"""Does the context (second) support the claim (first)?"""

FACT_SCORES = ("fact_recall", "full_answer", "facts@1", "facts@5")
ABSTENTION_SCORES = ("refused_unanswerable", "refused_answerable", "refusal_right", "crag")
CITATION_SCORES = (
    "citation_recall",
    "citation_precision",
    "sentences_supported",
    "quote_exact",
    "section_right",
    "page_right",
    "support_cited",
)
AUTHORITY_SCORES = ("authority_labelled", "authority_first")
SIZE_SCORES = ("words", "milliseconds")
ENOUGH_FACTS = 0.5
"""Share of the key facts from which on an answer counts as right in `crag`."""


def supports(claim: str, context: str) -> bool:
    """Our verifier as the judge of entailment."""
    return verify(claim, context).verdict == "supported"


def fact_scores(question: Question, outcome: Outcome) -> dict[str, float]:
    """``fact_recall``: share of the key facts that the answer states; 0 for a refusal. ``full_answer``: 1 when all are.

    ``facts@1`` and ``facts@5``: share of them in the first passage found, and in the first five. Nothing for an
    unanswerable question.
    """
    if not question.answerable:
        return {}
    recall = 0.0 if outcome.refused else share_stated(outcome.answer, question.key_facts)
    scores = {"fact_recall": recall, "full_answer": float(recall == 1)}
    for k in (1, 5):
        words = "\n".join(item.text for item in outcome.found[:k])
        scores[f"facts@{k}"] = share_stated(words, question.key_facts)
    return scores


def abstention_scores(question: Question, outcome: Outcome) -> dict[str, float]:
    """Whether to answer at all was right.

    ``refused_unanswerable`` (recall of abstention) on unanswerable questions, ``refused_answerable`` (false refusals,
    lower is better) on the others, ``refusal_right`` (precision of abstention) on refused ones. ``crag``: +1 for an
    answer with at least half of the key facts and for a refusal of the unanswerable, 0 for a refusal of the
    answerable, -1 otherwise.

    Source: CRAG (Yang et al. 2024) gives +1, 0 and -1 for correct, missing and hallucinated; a refusal of what the
    library does not hold is correct here.
    """
    refused, answerable = outcome.refused, question.answerable
    scores = {("refused_answerable" if answerable else "refused_unanswerable"): float(refused)}
    if refused:
        scores["refusal_right"] = float(not answerable)
        scores["crag"] = 0.0 if answerable else 1.0
    else:
        right = answerable and share_stated(outcome.answer, question.key_facts) >= ENOUGH_FACTS
        scores["crag"] = 1.0 if right else -1.0
    return scores


def citation_scores(
    outcome: Outcome,
    needs: Sequence[Need],
    find: Callable[[Quote], Document],
    entails: Entails = supports,
) -> dict[str, float]:
    """What the citations are worth; nothing for a refusal.

    ``citation_recall``: share of the sentences that all their quotes together support. ``citation_precision``: share
    of the citations, over all sentences, whose sentence is supported and which are not irrelevant; one is irrelevant
    when it does not support the sentence alone and the others do without it. ``quote_exact``: share of the quotes that
    equal their document's text at their place. ``section_right``, ``page_right``: share whose section and page are
    those of that place. ``support_cited``: share of the passages that the question needs which stand in a quote.
    ``sentences_supported``: share of the sentences that the assistant itself calls supported.

    Source: ALCE (Gao et al. 2023, section 3.3), with ``entails`` in place of its model.
    """
    if outcome.refused or not outcome.sentences:
        return {}
    quotes = {quote.n: quote for quote in outcome.citations}
    recalls, precisions = [], []
    for sentence in outcome.sentences:
        recall, precision = _alce(sentence, [quotes[n].quote for n in sentence.citations if n in quotes], entails)
        recalls.append(recall)
        precisions += precision
    checks = [_place_checks(quote, find(quote)) for quote in outcome.citations]
    scores = {
        "citation_recall": _mean(recalls),
        "citation_precision": _mean(precisions) if precisions else 0.0,
        "sentences_supported": _mean([float(item.verdict == "supported") for item in outcome.sentences]),
    }
    if checks:
        for name in ("quote_exact", "section_right", "page_right"):
            scores[name] = _mean([check[name] for check in checks])
    if needs:
        cited = [Passage(quote.text_id, Span(quote.start, quote.end)) for quote in outcome.citations]
        scores["support_cited"] = _mean([float(_given(need, cited)) for need in needs])
    return scores


def authority_scores(question: Question, outcome: Outcome, sources: Mapping[str, Source]) -> dict[str, float]:
    """Whose voice the answer gives; nothing for a refusal or an answer without citations.

    ``authority_labelled``: 1 when each citation carries its speaker's authority and status, and the answer names each
    authority in words. ``authority_first``: 1 when the document that speaks first has the expected
    authority.
    """
    if outcome.refused or not outcome.citations:
        return {}
    true = all(
        _is_labelled(quote, sources) and quote.document_status == sources[quote.document].status
        for quote in outcome.citations
    )
    # A word of a pasted passage is no label: only an answer that says who speaks can name an authority.
    named = outcome.headings and all(AUTHORITY_WORDS[quote.authority] in outcome.answer for quote in outcome.citations)
    scores = {"authority_labelled": float(true and named)}
    if question.authority:
        first = outcome.citations[0]
        # A case speaks with the authority of its evidence; questions name that of the document that tells it.
        told = {first.authority, *([sources[first.document].authority] if first.part == "precedents" else [])}
        scores["authority_first"] = float(question.authority in told)
    return scores


def _is_labelled(quote: Quote, sources: Mapping[str, Source]) -> bool:
    """Whether a citation has a true authority: its document's, its note's, or for a case one of those of evidence."""
    source = sources[quote.document]
    if quote.part == "precedents":
        return quote.authority in EVIDENCE
    if not source.comments_on:
        return quote.authority == source.authority
    said = [reported_in(note).authority for note in quote.footnotes if note.attributes]
    # A table's header has no note: it is cited with a row, whose speaker it gets.
    return quote.authority in (said or ([quote.authority] if " | " in quote.quote else ["commentary"]))


def size_scores(outcome: Outcome) -> dict[str, float]:
    """``words`` of an answer (none for a refusal) and ``milliseconds`` that it took; neither has a better side."""
    scores = {"milliseconds": 1000 * outcome.seconds}
    if not outcome.refused:
        scores["words"] = float(len(outcome.answer.split()))
    return scores


def _alce(sentence: Sentence, quotes: Sequence[str], entails: Entails) -> tuple[float, list[float]]:
    """Recall of one sentence, and the precision of each of its citations."""
    if not quotes or not entails(sentence.text, "\n".join(quotes)):
        return 0.0, [0.0] * len(quotes)
    precisions = []
    for index, quote in enumerate(quotes):
        others = [*quotes[:index], *quotes[index + 1 :]]
        needless = bool(others) and not entails(sentence.text, quote) and entails(sentence.text, "\n".join(others))
        precisions.append(float(not needless))
    return 1.0, precisions


def _place_checks(quote: Quote, document: Document) -> dict[str, float]:
    """Read from the document afresh, not from the chunk that the quote was made of."""
    page = document.page_at(quote.start)
    return {
        "quote_exact": float(document.text[quote.start : quote.end] == quote.quote),
        "section_right": float(quote.section == section_at(document, quote.start)),
        "page_right": float((quote.page, quote.page_label) == ((page.number, page.label) if page else (None, None))),
    }


def section_at(document: Document, position: int) -> tuple[str, ...]:
    """The titles above a position, from the top heading down."""
    path: list[tuple[int, str]] = []
    for block in document.blocks:
        if block.start > position:
            break
        if block.kind == "heading":
            path = [item for item in path if item[0] < block.level]
            path.append((block.level, document.text[block.start : block.end]))
    return tuple(title for _, title in path)


def find_document(generation: Generation) -> Callable[[Quote], Document]:
    """Looks up the document of a quote."""
    return lambda quote: generation.document(quote.text_id)


def _given(need: Need, cited: Sequence[Passage]) -> bool:
    return any(holds(passage, wanted) for passage in cited for wanted in need)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
