"""Does a sentence follow from what it cites? Words are checked by words, meaning by a judge.

In this order: each quote is at its place; a claim in the quotes' own words is supported; facts and speakers may veto;
a judge decides what is left. Without one that is ``unjudged``, never ``supported``.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.claims.attribution import attribution_clash, is_government
from assistant.claims.facts import fact_clashes
from assistant.claims.verbatim import is_verbatim, sentences_of, without_citations
from assistant.claims.verification import Claim, FindDocument, Judge, Judgement, Verification
from assistant.records import Authority, Quote, Reason, Sentence, Speaker, Verdict
from assistant.text.dates import date_in_words

_SCORES: dict[Verdict, float] = {"supported": 1.0, "unjudged": 0.5}


def check_claims(claims: Sequence[Claim], find_document: FindDocument, judge: Judge | None = None) -> list[Judgement]:
    """Return a judgement for each claim; the judge is called at most once, for those that words cannot decide.

    Raises:
        JudgingError: the judge gave no verdicts.
    """
    return _settled([_misplaced(claim, find_document) or by_words(claim) for claim in claims], claims, judge)


def check_sentence(
    sentence: Sentence, quotes: Sequence[Quote], find_document: FindDocument, judge: Judge | None = None
) -> Sentence:
    """Return a sentence of an answer with its verdict and the reasons for it.

    Raises:
        JudgingError: the judge gave no verdict.
    """
    cited = tuple(quote for quote in quotes if quote.n in sentence.citations)
    (found,) = check_claims([Claim(sentence.text, cited)], find_document, judge)
    return Sentence(sentence.text, sentence.citations, found.verdict, found.reasons)


def verify(claim: str, context: str, speaker: str = "", judge: Judge | None = None) -> Verification:
    """Return whether a context, said by a speaker where one is given, supports each sentence of a claim.

    >>> verify("Boards meet monthly.", "The unit is small. Boards meet monthly.").verdict
    'supported'
    >>> verify("Boards meet in March.", "The unit is small. Boards meet in May.").verdict
    'contradicted'
    >>> verify("Boards convene often.", "The unit is small. Boards meet monthly.").verdict
    'unjudged'

    Raises:
        JudgingError: the judge gave no verdicts.
    """
    if is_verbatim(claim, context):
        return Verification("supported", 1.0)
    quotes = (loose_quote(context, speaker),)
    claims = [Claim(sentence, quotes) for sentence in sentences_of(without_citations(claim))]
    if not claims:
        return Verification("unsupported", 0.0, (Reason("words", claim, "the claim is empty"),))
    found = _settled([by_words(item, bool(speaker)) for item in claims], claims, judge)
    scores = [_SCORES.get(item.verdict, 0.0) if item.chance is None else item.chance for item in found]
    return Verification(
        _overall([item.verdict for item in found]),
        min(scores),
        tuple(reason for item in found for reason in item.reasons),
    )


def by_words(claim: Claim, attributes: bool = True) -> Judgement | None:
    """Return what words alone decide: verbatim, vetoed, or None; ``attributes`` says whether the speakers are known."""
    words = "\n".join(quote.quote for quote in claim.quotes)
    if is_verbatim(claim.text, words):
        return Judgement("supported")
    clashes = list(fact_clashes(claim.text, words, _around(claim)))
    if attributes and (wrong := attribution_clash(claim.text, claim.quotes)):
        clashes.append(wrong)
    if not clashes:
        return None
    contradicted = any(reason.context and reason.check not in ("authority", "speaker") for reason in clashes)
    return Judgement("contradicted" if contradicted else "unsupported", tuple(clashes))


def _misplaced(claim: Claim, find_document: FindDocument) -> Judgement | None:
    """Return the judgement on a claim that cites nothing, or a quote that its document does not have there."""
    if not claim.quotes:
        return Judgement("unsupported", (Reason("citation", claim.text, "no quote is cited"),))
    reasons = [
        Reason("quote", quote.quote, found)
        for quote in claim.quotes
        if (found := find_document(quote).text[quote.start : quote.end]) != quote.quote
    ]
    return Judgement("unsupported", tuple(reasons)) if reasons else None


def _settled(found: Sequence[Judgement | None], claims: Sequence[Claim], judge: Judge | None) -> list[Judgement]:
    """Return the judgements, with the judge's where words decided nothing."""
    left = [claim for claim, item in zip(claims, found, strict=True) if item is None]
    judged = iter(judge.judge(left) if judge and left else [Judgement("unjudged")] * len(left))
    return [next(judged) if item is None else item for item in found]


def _around(claim: Claim) -> str:
    """Return what may be taken for granted beside the quotes' words."""
    lines = [claim.question]
    for quote in claim.quotes:
        dates = (date_in_words(quote.published), date_in_words(quote.speaker.date))
        lines += [*quote.section, quote.title, quote.publisher, quote.speaker.name, *dates]
    return "\n".join(dict.fromkeys(lines))


def _overall(verdicts: Sequence[Verdict]) -> Verdict:
    for worst in ("contradicted", "unsupported", "partly", "unjudged"):
        if worst in verdicts:
            return "partly" if worst == "unsupported" and "supported" in verdicts else worst
    return "supported"


def loose_quote(context: str, speaker: str = "") -> Quote:
    """Return a text that no document holds as a quote."""
    authority: Authority = "government-policy" if is_government(speaker) else "evidence"
    return Quote(
        n=1, document="", title="", publisher=speaker, published="", speaker=Speaker(speaker, "publisher", authority),
        document_status="current", form="quote", part="body", section=(), page=None, page_label=None, quote=context,
        start=0, end=len(context), url="",
    )  # fmt: skip
