"""From a draft to its checked sentences.

The check of answers (:mod:`assistant.claims`) is not used: it expects sentences close to their quotes, and a draft is
in its writer's own words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from assistant.claims.drafts.claims import draft_sentences, points_back, speaks_for_government
from assistant.claims.drafts.evidence import Evidence, find_evidence
from assistant.deadlines import within_deadline
from assistant.json_records import quote_record
from assistant.library import Library
from assistant.records import Chunk, Document, Quote, Reason
from assistant.text.quoting import AUTHORITY_WORDS, make_quote
from assistant.text.sentences import split_sentences
from assistant.text.speakers import GOVERNMENT

DraftVerdict = Literal["supported", "contradicted", "not mentioned", "not a claim"]
VERDICTS: tuple[DraftVerdict, ...] = get_args(DraftVerdict)

SAME_MATTER = 0.5
"""Least chance at which a passage is about the same matter as a claim."""
AS_NEAR = 0.08
"""How much less near than the likeliest another passage may be, in meaning and words, and still decide."""


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of a draft: what the library says of it, with which quotes, and why."""

    text: str
    start: int
    """Offsets of the sentence in the text of the draft as read: ``start``, and ``end``."""
    end: int
    verdict: DraftVerdict
    citations: tuple[int, ...] = ()
    """Numbers of the quotes; for a sentence that is not mentioned, of the nearest passage."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """A draft's sentences in reading order, with all the quotes that they rest on."""

    draft: str
    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Quote, ...]
    problems: tuple[str, ...]
    """What could not be read of the draft; one sentence each."""
    library_version: str
    as_at: str
    seconds: float

    def count(self, verdict: DraftVerdict) -> int:
        """Return how many sentences got this verdict."""
        return sum(item.verdict == verdict for item in self.sentences)


def check_draft(
    draft: Document, name: str, library: Library, on_progress: Callable[[int, int], None] | None = None
) -> DraftCheck:
    """Return which sentences of a draft the library supports, contradicts or does not mention.

    Args:
        draft: the draft as :mod:`assistant.reading` returns it.
        name: what the record calls it.
        library: what it is checked against.
        on_progress: called with how many sentences are done, and of how many.
    """
    started = time.perf_counter()
    quotes = _Quotes(library)
    checked: list[CheckedSentence] = []
    before = ""
    rests_on: tuple[Chunk, ...] = ()
    sentences = list(draft_sentences(draft))
    for number, sentence in enumerate(within_deadline(sentences), 1):
        place = (sentence.text, sentence.span.start, sentence.span.end)
        if not sentence.is_claim:
            checked.append(CheckedSentence(*place, "not a claim"))
            before, rests_on = "", ()
            continue
        finding = check_claim(sentence.text, before if points_back(sentence.text) else "", library, rests_on)
        cited = tuple(quotes.number(item) for item in finding.evidence)
        checked.append(CheckedSentence(*place, finding.verdict, cited, finding.reasons))
        before, rests_on = sentence.text, tuple(item.chunk for item in finding.evidence)
        if on_progress is not None:
            on_progress(number, len(sentences))
    return DraftCheck(
        name,
        tuple(checked),
        tuple(quotes.made),
        draft.problems,
        library.generation.manifest.library_version,
        date.today().isoformat(),
        time.perf_counter() - started,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What the library says of a claim."""

    verdict: DraftVerdict
    evidence: tuple[Evidence, ...]
    reasons: tuple[Reason, ...]


def check_claim(claim: str, before: str, library: Library, rests_on: Sequence[Chunk] = ()) -> Finding:
    """Return the finding on one claim; ``before`` and ``rests_on`` as in `find_evidence`."""
    return judge(claim, find_evidence(claim, before, library, rests_on), library)


def judge(claim: str, found: Sequence[Evidence], library: Library) -> Finding:
    """Return the verdict on a claim from the passages nearest to it, likeliest first.

    Beside the likeliest, only passages about as near decide. One that supports the claim outweighs one that contradicts
    it: a figure may be true of one year and false of another.
    """
    least = _nearness(found[0]) - AS_NEAR if found else 0.0
    near = [item for item in found if item.chance >= SAME_MATTER and _nearness(item) >= least]
    if not near:
        return Finding("not mentioned", (), (Reason("matter", claim, "nothing in the library comes near enough"),))
    if speaks_for_government(claim):
        official = [item for item in near if item.speaker.authority in GOVERNMENT]
        if not official:
            speaker = near[0].speaker
            said = f"{speaker.name}, {AUTHORITY_WORDS[speaker.authority]}, and no government document says so"
            return Finding("not mentioned", (near[0],), (Reason("authority", claim, said),))
        near = official
    against: list[Evidence] = []
    for item in near:
        if _says_verbatim(item.text, claim) or not (item.wording.clashes or item.wording.missing):
            return Finding("supported", (item,), ())
        if item.wording.clashes:
            against.append(item)
    if against:
        return Finding("contradicted", (against[0],), against[0].wording.clashes)
    return Finding("not mentioned", (near[0],), near[0].wording.missing)


def _says_verbatim(passage: str, claim: str) -> bool:
    said = " ".join(claim.split())
    return any(" ".join(passage[start:end].split()) == said for start, end in split_sentences(passage))


def _nearness(evidence: Evidence) -> float:
    return evidence.signals.meaning + evidence.signals.here


@dataclass
class _Quotes:
    """Quotes made so far; a passage that two sentences rest on is one quote."""

    library: Library
    made: list[Quote] = field(default_factory=list)

    def number(self, evidence: Evidence) -> int:
        chunk, span = evidence.chunk, evidence.span
        document = self.library.generation.document(chunk.text_id)
        quote = make_quote(len(self.made) + 1, chunk, span, document, self.library.sources[chunk.document])
        for known in self.made:
            if (known.document, known.part, known.start, known.end) == (quote.document, quote.part, *span):
                return known.n
        self.made.append(quote)
        return quote.n


def draft_record(checked: DraftCheck) -> dict[str, Any]:
    """Return what `steward check --json` prints."""
    return {
        "draft": checked.draft,
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
