"""Writes ``evals/data/altered_quotes.jsonl``: claims that their context supports, and claims that it does not.

Run ``python -m evals.making.altered_quotes``. Every choice is drawn from the words of a sentence, so the file comes out
the same on every machine and changes only where the library or the rules do.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.index import Generation
from assistant.records import Authority
from assistant.text.sentences import split_sentences
from evals.cases import DATA, Split, Splits, load_splits
from evals.claims import SUPPORTED_KINDS, UNSUPPORTED_KINDS, AlteredQuote, QuoteKind
from evals.libraries.shipped import open_shipped_library
from evals.making.alterations.change import Alteration, shuffled
from evals.making.alterations.dates import date
from evals.making.alterations.figures import figure
from evals.making.alterations.force import modality, quantifier
from evals.making.alterations.names import name, place
from evals.making.alterations.negation import negation
from evals.making.alterations.paraphrase import light_paraphrase, short_forms_of
from evals.making.alterations.sources import attribution, other_passage, splice
from evals.making.alterations.units import unit

FILE = DATA / "altered_quotes.jsonl"
LEAST_WORDS, MOST_WORDS = 8, 45
MOST_OF_A_KIND: Mapping[str, int] = {"verbatim": 300, "light-paraphrase": 400}
MOST_UNSUPPORTED = 110
"""Of each kind that is altered so that its context does not support it."""
MOST_OF_ONE_CHANGE = 14
"""Of one kind with the same words replaced, so that no kind is mostly about one name or one word."""
MOST_OF_ONE_ENDING = 4
"""Of spliced claims that end alike."""

_LEAD = re.compile(r"^\d+\. ")
_OPENING = re.compile(r"[A-Z0-9£\"“]")
_NOT_PROSE = re.compile(
    r"(?:Lesson, in the register's reading|Organisation|Who should act|When|Caveat|Method|Stretch|Focus): "
)
FRAGMENTS = (
    "13,000 more people",
    "A pragmatic first step that",
    "A £100 million programme that",
    "An NHS fit for",
    "As formal delivery partners,",
    "At least one scored jobs",
    "Backing for groups",
    "Central funding reductions since",
    "Eight projects with",
    "Extra digital, data",
    "Falling emissions",
    "Mission Delivery Unit: greater",
    "Ministerial power to name",
    "More multidisciplinary test",
    "National Procurement Policy Statement (NPPS), issued",
    "No. 10 Partnerships Unit: greater",
    "Openings for small firms",
    "Over £500 million to bring",
    "Procurement Act 2023, in force",
    "Small taskforces modelled",
    "Sources for the timetable",
    "The digital centre of government in the",
    "The full PDF,",
    "Three-year SME and VCSE targets",
    "Training that closes",
    "Two cheaper, smaller methods:",
    "Two-way secondments with",
)
"""Openings of passages that end with a full stop and are no sentences."""
OVERVIEWS = frozenset(
    "about-this-report conclusion definition duties-table executive-summary five-shifts in-brief introduction later "
    "position-2026 summary what-it-is".split()
)
"""Sections that say again what others say, so another passage taken from or shown with them might be supported."""


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of the shipped library and the block that holds it."""

    document: str
    section: str
    split: Split
    authority: Authority
    text: str
    context: str

    @property
    def source(self) -> str:
        """The catalogue id of the document, whichever part of it this is."""
        return self.document.partition("/")[0]


Make = Callable[[SourceSentence], Alteration | None]
Alike = Mapping[tuple[str, Split], Sequence[SourceSentence]]
"""The sentences of each document and split."""


def main() -> None:
    """Make the set and write it."""
    library = open_shipped_library()
    quotes = make_altered_quotes(library.generation, load_splits())
    FILE.write_text(as_lines(quotes), encoding="utf-8")
    counts = Counter((quote.kind, quote.split) for quote in quotes)
    for kind in (*SUPPORTED_KINDS, *UNSUPPORTED_KINDS):
        print(f"{kind:18} dev {counts[kind, 'dev']:4} test {counts[kind, 'test']:4}")
    print(f"{len(quotes)} claims")


def as_lines(quotes: Iterable[AlteredQuote]) -> str:
    """The set as JSON Lines."""
    return "".join(quote.model_dump_json(exclude={"around"}) + "\n" for quote in quotes)


def make_altered_quotes(generation: Generation, splits: Splits) -> list[AlteredQuote]:
    """The set: by kind, and within a kind in the library's order.

    Args:
        generation: the shipped library.
        splits: the split of each section.
    """
    sentences = list(source_sentences(generation, splits))
    makers = _makers(sentences, generation)
    return [quote for kind, make in makers.items() for quote in _of_kind(kind, make, sentences)]


def source_sentences(generation: Generation, splits: Splits) -> Iterator[SourceSentence]:
    """The whole prose sentences of 8 to 45 words, each once, in order."""
    seen: set[str] = set()
    for text_id in sorted(generation.manifest.texts):
        document = generation.document(text_id)
        starts = [block.start for block in document.blocks]
        for chunk in generation.text_chunks(text_id):
            split = splits.of(text_id, chunk.anchor or "")
            if chunk.anchor is None or split is None:
                continue
            for span, who in zip(chunk.sentences, chunk.speakers, strict=True):
                block = document.blocks[bisect_right(starts, span.start) - 1]
                context = document.text[block.start : block.end]
                for text in prose_sentences(document.text[span.start : span.end]):
                    if text not in seen and "\n" not in context:
                        seen.add(text)
                        yield SourceSentence(text_id, chunk.anchor, split, who.authority, text, context)


def prose_sentences(passage: str) -> Iterator[str]:
    """The whole sentences of a paragraph, list item or table row, without a list's number; no register's lesson.

    >>> list(prose_sentences("Money | The fund grew to nine million pounds in two years. | Small"))
    ['The fund grew to nine million pounds in two years.']
    """
    for cell in passage.split(" | "):
        text = _LEAD.sub("", cell)
        for start, end in split_sentences(text):
            sentence = text[start:end]
            fits = LEAST_WORDS <= len(sentence.split()) <= MOST_WORDS and sentence.endswith(".")
            if (
                fits
                and _OPENING.match(sentence)
                and not _NOT_PROSE.match(sentence)
                and not sentence.startswith(FRAGMENTS)
            ):
                yield sentence


def _makers(sentences: Sequence[SourceSentence], generation: Generation) -> dict[QuoteKind, Make]:
    alike: dict[tuple[str, Split], list[SourceSentence]] = defaultdict(list)
    for sentence in sentences:
        alike[sentence.source, sentence.split].append(sentence)
    short_forms = {text_id: short_forms_of(generation.document(text_id).text) for text_id in generation.manifest.texts}
    return {
        "verbatim": lambda own: Alteration(own.text, ""),
        "light-paraphrase": lambda own: light_paraphrase(own.text, short_forms[own.document]),
        "figure": lambda own: figure(own.text, own.context),
        "date": lambda own: date(own.text, own.context),
        "unit": lambda own: unit(own.text, own.context),
        "name": lambda own: name(own.text, own.context),
        "place": lambda own: place(own.text, own.context),
        "negation": lambda own: negation(own.text, own.context),
        "modality": lambda own: modality(own.text, own.context),
        "attribution": lambda own: attribution(own.text, own.context, own.authority),
        "spliced": lambda own: splice(own.text, own.context, [other.text for other in _elsewhere(own, alike)]),
        "other-passage": lambda own: _other_passage(own, alike),
        "quantifier": lambda own: quantifier(own.text, own.context),
    }


def _elsewhere(own: SourceSentence, alike: Alike) -> list[SourceSentence]:
    """Sentences of other sections of the same document and of the same split, so that nothing leaks between splits."""
    return [other for other in alike[own.source, own.split] if other.section != own.section]


def _other_passage(own: SourceSentence, alike: Alike) -> Alteration | None:
    """A sentence of the same text only: the registers say again what the summaries say."""
    if own.section in OVERVIEWS:
        return None
    others = {
        other.text: other
        for other in _elsewhere(own, alike)
        if other.document == own.document and other.section not in OVERVIEWS
    }
    found = other_passage(own.text, own.context, list(others))
    if found is None:
        return None
    there = others[found.claim]
    return Alteration(found.claim, f"stands in {there.document}#{there.section}")


def _of_kind(kind: QuoteKind, make: Make, sentences: Sequence[SourceSentence]) -> list[AlteredQuote]:
    """The claims of one kind: as many as are wanted, not too many with the same change, no claim twice."""
    most = MOST_OF_A_KIND.get(kind, MOST_UNSUPPORTED)
    changes: Counter[str] = Counter()
    chosen: dict[str, AlteredQuote] = {}
    for own in shuffled(sentences, key=lambda item: f"{kind}|{item.text}"):
        made = make(own)
        if made is None or made.claim in chosen or (kind != "verbatim" and _stands(made.claim, own.context)):
            continue
        change = (
            made.altered.partition(" → ")[0].lower() if kind in ("name", "place", "date", "negation") else made.altered
        )
        if kind not in SUPPORTED_KINDS and changes[change] >= (
            MOST_OF_ONE_ENDING if kind == "spliced" else MOST_OF_ONE_CHANGE
        ):
            continue
        changes[change] += 1
        chosen[made.claim] = _quote(kind, own, made)
        if len(chosen) == most:
            break
    place_of = {own.text: number for number, own in enumerate(sentences)}
    return sorted(chosen.values(), key=lambda quote: place_of[quote.original])


def _stands(claim: str, context: str) -> bool:
    """True when the context holds the claim's words, whatever their case and punctuation."""
    return _words(claim) in _words(context)


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9£€%]+', text.lower()))} "


def _quote(kind: QuoteKind, own: SourceSentence, made: Alteration) -> AlteredQuote:
    digest = hashlib.sha256(f"{own.document}#{own.section}|{own.text}|{made.claim}".encode()).hexdigest()
    return AlteredQuote(
        id=f"{kind}-{digest[:10]}",
        split=own.split,
        kind=kind,
        supported=kind in SUPPORTED_KINDS,
        claim=made.claim,
        context=own.context,
        document=own.document,
        section=own.section,
        original=own.text,
        altered=made.altered,
    )


if __name__ == "__main__":
    main()
