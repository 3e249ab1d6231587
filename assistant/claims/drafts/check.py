"""From a draft to its checked sentences.

Words decide first: a sentence that stands in the library, or that clashes with it in a fact or a speaker. What is left
goes to the judge, in batches. Without one nothing is called supported: the nearest passages are there to be read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from assistant.claims.checking import by_words
from assistant.claims.drafts.claims import draft_sentences, points_back, speaks_for_government
from assistant.claims.drafts.evidence import Passage, find_passages
from assistant.claims.drafts.words import DraftVerdict
from assistant.claims.facts import fact_clashes
from assistant.claims.verbatim import is_verbatim
from assistant.claims.verification import Claim, Judge, JudgingError
from assistant.deadlines import within_deadline
from assistant.json_records import quote_record
from assistant.library import Library
from assistant.records import Chunk, Document, Quote, Reason, Verdict
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.text.speakers import GOVERNMENT

NEARBY = 0.52
"""Least nearness of a passage that may be about the same matter; see `Passage.nearness`."""
SAME_MATTER = 0.6
"""Least nearness of a passage whose facts are compared with the claim's; both chosen on the dev drafts."""
AS_NEAR = 0.1
"""How much less near than the nearest a government's passage may be to show that it is the government's."""
JUDGED_AT_ONCE = 12
"""Claims that a judge gets in one call."""
PASSAGES_JUDGED = 4
"""Passages that it gets for each."""
_JUDGED: dict[Verdict, DraftVerdict] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "partly": "not mentioned",
    "unsupported": "not mentioned",
    "unjudged": "found nearby",
}


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of a draft: what the library says of it, with which quotes, and why."""

    text: str
    start: int
    """Offsets of the sentence in the text of the draft as read: ``start``, and ``end``."""
    end: int
    verdict: DraftVerdict
    citations: tuple[int, ...] = ()
    """Numbers of the quotes: what the verdict rests on, or the nearest passage."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """A draft's sentences in reading order, with all the quotes that they rest on."""

    draft: str
    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Quote, ...]
    problems: tuple[str, ...]
    """What could not be read of the draft, or not be judged; one sentence each."""
    library_version: str
    as_at: str
    seconds: float
    checker: str | None = None
    """The model that judged; None where words alone were compared."""

    def count(self, verdict: DraftVerdict) -> int:
        """Return how many sentences got this verdict."""
        return sum(item.verdict == verdict for item in self.sentences)


def check_draft(
    draft: Document,
    name: str,
    library: Library,
    on_progress: Callable[[int, int], None] | None = None,
    judge: Judge | None = None,
) -> DraftCheck:
    """Return what the library says of each sentence of a draft.

    Args:
        draft: the draft as :mod:`assistant.reading` returns it.
        name: what the record calls it.
        library: what it is checked against.
        on_progress: called with how many sentences are done, and of how many.
        judge: decides whether passages in other words support a claim; without one, no claim is called supported.
    """
    started = time.perf_counter()
    quotes = _Quotes(library)
    checked: list[CheckedSentence] = []
    waiting: dict[int, Claim] = {}
    before = ""
    rests_on: tuple[Chunk, ...] = ()
    sentences = list(draft_sentences(draft))
    for number, sentence in enumerate(within_deadline(sentences), 1):
        place = (sentence.text, sentence.span.start, sentence.span.end)
        if not sentence.is_claim:
            checked.append(CheckedSentence(*place, "not a claim"))
            before, rests_on = "", ()
            continue
        told = before if points_back(sentence.text) else ""
        found = find_passages(sentence.text, told, library, rests_on)
        finding = compare(sentence.text, found)
        if finding.verdict == "found nearby" and judge:
            cited = tuple(item.quote(place, library) for place, item in enumerate(found[:PASSAGES_JUDGED], 1))
            waiting[len(checked)] = Claim(sentence.text, cited, told)
        shown = tuple(quotes.number(item.quote(0, library)) for item in finding.passages)
        checked.append(CheckedSentence(*place, finding.verdict, shown, finding.reasons))
        before, rests_on = sentence.text, tuple(item.chunk for item in finding.passages)
        if on_progress is not None:
            on_progress(number, len(sentences))
    problems = list(draft.problems)
    if judge:
        problems += _judge(checked, waiting, judge, quotes)
    return DraftCheck(
        name,
        tuple(checked),
        tuple(quotes.made),
        tuple(problems),
        library.generation.manifest.library_version,
        date.today().isoformat(),
        time.perf_counter() - started,
        judge.name if judge else None,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What words alone say of a claim."""

    verdict: DraftVerdict
    passages: tuple[Passage, ...]
    reasons: tuple[Reason, ...] = ()


def compare(claim: str, found: Sequence[Passage]) -> Finding:
    """Return the verdict on a claim by words, from the passages nearest to it, nearest first.

    A fact that any of the near passages gives is no clash: a figure may be true of one year and false of another.
    """
    near = [item for item in found if item.nearness >= NEARBY]
    for item in found:
        if is_verbatim(claim, item.text):
            return Finding("verbatim", (item,))
    if not near:
        return Finding("not found", (), (Reason("matter", claim, "nothing in the library comes near enough"),))
    best = near[0]
    if best.nearness >= SAME_MATTER:
        as_near = [item for item in near if item.nearness >= best.nearness - AS_NEAR]
        if speaks_for_government(claim) and not any(item.speaker.authority in GOVERNMENT for item in as_near):
            said = f"{best.speaker.name}, {AUTHORITY_WORDS[best.speaker.authority]}, and no government document says so"
            return Finding("clashes", (best,), (Reason("authority", claim, said),))
        around = "\n".join((best.around, *(f"{item.text}\n{item.around}" for item in near[1:])))
        missed = fact_clashes(claim, best.text, around)
        clashes = tuple(reason for reason in missed if reason.context)
        return Finding("clashes", (best,), clashes) if clashes else Finding("found nearby", (best,), missed)
    return Finding("found nearby", (best,))


def _judge(checked: list[CheckedSentence], waiting: dict[int, Claim], judge: Judge, quotes: _Quotes) -> list[str]:
    """Put the judge's verdicts in place of ``found nearby``; return what went wrong."""
    problems: dict[str, None] = {}
    places = list(waiting)
    for start in range(0, len(places), JUDGED_AT_ONCE):
        batch = places[start : start + JUDGED_AT_ONCE]
        try:
            found = judge.judge([waiting[place] for place in batch])
        except JudgingError as error:
            problems[f"{judge.name} gave no verdicts on some sentences, so words alone were compared: {error}."] = None
            continue
        for place, item in zip(batch, found, strict=True):
            claim = waiting[place]
            vetoed = by_words(claim, attributes=False)
            if vetoed is not None and item.verdict == "supported":
                item = vetoed
            cited = tuple(map(quotes.number, claim.quotes)) if item.verdict == "supported" else checked[place].citations
            verdict = _JUDGED[item.verdict]
            checked[place] = replace(checked[place], verdict=verdict, citations=cited, reasons=item.reasons)
    return list(problems)


@dataclass
class _Quotes:
    """Quotes made so far; a passage that two sentences rest on is one quote."""

    library: Library
    made: list[Quote] = field(default_factory=list)

    def number(self, quote: Quote) -> int:
        for known in self.made:
            if (known.text_id, known.start, known.end) == (quote.text_id, quote.start, quote.end):
                return known.n
        self.made.append(replace(quote, n=len(self.made) + 1))
        return len(self.made)


def draft_record(checked: DraftCheck) -> dict[str, Any]:
    """Return what `steward check --json` prints."""
    return {
        "draft": checked.draft,
        "checker": checked.checker,
        "sentences": [
            asdict(item) | {"citations": list(item.citations), "reasons": [asdict(reason) for reason in item.reasons]}
            for item in checked.sentences
        ],
        "citations": [quote_record(quote) for quote in checked.citations],
        "problems": list(checked.problems),
        "library_version": checked.library_version,
        "as_at": checked.as_at,
        "seconds": round(checked.seconds, 4),
    }
