"""What an answer shows of the evidence, with no language model: the sentence that answers, and what it takes to use it.

The likeliest sentence comes first, then others that are nearly as likely, each with what it cannot be read without: the
lead-in of its list, or the sentence that a "This …" refers to. A list or table that is asked for comes whole, however
long; all else keeps within `PROSE_WORDS`, or `UNSURE_WORDS` where no sentence stands out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

import numpy as np

from assistant.answering.asked_for import is_advice, is_comparison
from assistant.answering.evidence import LONGEST_SENTENCE, Passage, shown
from assistant.index import Generation
from assistant.records import Array, Block, Document, Span
from assistant.text.chunking import CELL_END, block_at, stands_alone
from assistant.text.sentences import split_sentences
from assistant.text.terms import content_terms, stem

PROSE_WORDS = 140
"""Longest answer in prose, in words with headings, about."""
UNSURE_WORDS = 200
"""The same where no sentence is as likely as `CLEAR`: the answer may stand in any of several."""
CLEAR = 0.4
LEAST = 0.15
"""Least chance, as a share of the likeliest sentence's, at which another is shown as well."""
ENOUGH = 0.95
"""Chance that a sentence shown answers from which no other is looked for."""
SHORT_PARAGRAPH = 60
"""A paragraph of up to this many words is shown whole: its sentences seldom stand alone."""
ANNOUNCED = 2
"""Sentences shown after one that announces what follows."""
MANY = 2
"""Likely items or rows of one list or table from which on all of it is asked for."""
SAME = 0.7
"""A sentence repeats one of another section from this cosine similarity, unless it has a figure of its own, or more
than `NEW_TERMS` of its terms are."""
NEW_TERMS = 0.4
FOUND = 3.0
"""What a point of its chunk's score adds to the log-odds of a sentence's chance, where sentences are put in order.

The chunk's place would do as well, but a hostile file moves those of others.
"""
LABEL_CHARACTERS = 20
"""Up to this length a line that ends with a colon, such as "Recommendations:", says nothing by itself."""
HEADING_WORDS = 10
"""Words that the heading with the speaker takes, about."""
CHARACTERS_A_WORD = 10
"""Words longer than this on average count as several; prose has six or seven characters with the space."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_POINTS_BACK = re.compile(
    r"^(But|However|Yet|Both|So|Also|Another|The (latter|former|same|second|third|other))\b"
    r"|^((But|And|If|As|When|While|Because|Although|For|Of|In|To|By|With|On|From|Among|Under|After|Before|Since)\s+)?"
    r"(this|these|those|that|they|it|its|their|them|he|she|his|her|such)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"^(There (are|were) )?(two|three|four|five|six|several|both)\b.{0,60}[.]$"
    r"|\b(two|three|four|five|six|several) [\w -]{1,40}(matter|follow|stand out|are needed|apply)[.]$",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"[A-Za-z]{3,}[^su\W]s\b")
_VERB = re.compile(r"\b(?:do|does|did)\b(.*) \w+\W*$|^(?:name|list)\b(.*)", re.IGNORECASE)
_NUMBER = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\b", re.IGNORECASE)
_WANTS_LIST = re.compile(
    r"\b(what are|who are|list|name (the|all)|examples|everything|all the|each of|every)\b"
    r"|\b(what|which)( (?!is\b|was\b|does\b|has\b)[\w-]+){0,3}? [\w-]*[^su\W]s"
    r" (are|were|do|did|does|has|have|had|will|would|should|can|could|must|may|count|make|that|in|of|for|on|to)\b",
    re.IGNORECASE,
)


def select_passages(
    question: str, evidence: Sequence[Passage], scores: Mapping[str, float], generation: Generation, max_words: int
) -> list[Passage]:
    """Return the passages of an answer, best first; ``scores`` are those of the chunks that they are from, by id.

    Prose takes about `PROSE_WORDS` or `UNSURE_WORDS` words at most, a whole list or table ``max_words``, with headings.
    """
    if not evidence:
        return []
    evidence = sorted(evidence, key=lambda item: -_log_odds(item.score) - FOUND * scores[item.chunk.id])
    likely = _from_each_part(evidence) if is_advice(question) else list(_likely(evidence))
    asks_for_list = bool(_WANTS_LIST.search(question))
    named = _named_list(question, evidence, generation) if asks_for_list else _compared(question, evidence, generation)
    likely = [named] if named else likely
    led = Counter((passage.chunk.text_id, _lead_of(passage, generation)) for passage in likely)
    telling = {(item.chunk.id, item.span) for item in evidence}
    is_clear = evidence[0].score >= CLEAR
    prose = PROSE_WORDS if is_clear else UNSURE_WORDS
    selection = _Selection(generation, min(prose, max_words))
    for passage in likely:
        lead = _lead_of(passage, generation)
        are_many = lead is not None and led[passage.chunk.text_id, lead] >= MANY
        is_led = are_many or (lead is not None and asks_for_list)
        if (passage is named or is_led) and not selection.chosen:
            whole = _Selection(generation, max_words)
            if whole.take(_whole(passage, generation)):
                selection = whole
                selection.max_words = max(prose, selection.words)
                continue
        elif is_clear and are_many and selection.take(_whole(passage, generation)):
            continue
        for group in _completions(passage, telling, generation):
            if selection.take(group):
                break
    return list(selection.chosen.values())


def _likely(evidence: Sequence[Passage]) -> Iterator[Passage]:
    """Yield the passages that may be needed: until one of them answers almost surely, or the next is unlikely to."""
    unanswered = 1.0
    for passage in evidence:
        if unanswered <= 1 - ENOUGH or passage.score < LEAST * evidence[0].score:
            return
        is_label = passage.chunk.part == "precedents" and passage.span == passage.chunk.sentences[0]
        if is_label and passage is not evidence[0]:  # who, where, when and how it ended, as a form has them
            continue
        yield passage
        unanswered *= 1 - passage.score


def _named_list(question: str, evidence: Sequence[Passage], generation: Generation) -> Passage | None:
    """Return the likeliest item of a list or table that the question names: "Which milestones does the Plan set?".

    One speaker says all of it. Its heading, or the table's first column, has the plural that is asked for and no other
    word, and with the headings above and the speaker all words but the verb. Numbers are left aside, as in "Name the
    six milestones", but where there is one, a heading with a number comes first.
    """
    noun = next((stem(word.lower()) for word in _PLURAL.findall(question)), "")
    asked = set(content_terms(_NUMBER.sub("", _VERB.sub(r"\1\2", question))))
    if noun not in asked or question.rstrip(" ?").endswith(" for"):
        return None
    named: Passage | None = None
    for passage in evidence:
        lead = _list_of(passage, generation)
        if lead is None:
            continue
        heading, above = passage.chunk.section[-1], passage.chunk.section
        for name in (heading, _first_column(passage, lead, generation)):
            title = set(content_terms(_NUMBER.sub("", name)))
            told = set(content_terms(" ".join((*above, name, passage.speaker.name))))
            if noun in title <= asked <= told and _says_all(lead, passage, generation):
                if bool(_NUMBER.search(name)) == bool(_NUMBER.search(question)):
                    return passage
                named = named or passage
    return named


def _compared(question: str, evidence: Sequence[Passage], generation: Generation) -> Passage | None:
    """Return the likeliest row of a table that has two columns or more for what the question compares."""
    asked = set(content_terms(question)) if is_comparison(question) else set()
    for passage in evidence if asked else ():
        lead = _lead_of(passage, generation)
        document = generation.document(passage.chunk.text_id)
        header = document.blocks[lead] if lead is not None else None
        if header is None or header.kind != "table-header" or passage.speaker.kind != "publisher":
            continue
        columns = [set(content_terms(title)) for title in document.text[header.start : header.end].split(CELL_END)[1:]]
        if sum(bool(column) and column <= asked for column in columns) > 1:
            return passage
    return None


def _first_column(passage: Passage, lead: int, generation: Generation) -> str:
    """Return the title of a table's first column; empty for a list."""
    document = generation.document(passage.chunk.text_id)
    block = document.blocks[lead]
    return document.text[block.start : block.end].split(CELL_END)[0] if block.kind == "table-header" else ""


def _from_each_part(evidence: Sequence[Passage]) -> list[Passage]:
    """Return passages by turns: what is recommended, what was tried, and what else is said, each likeliest first."""
    parts = [
        [item for item in evidence if item.chunk.part == part] for part in ("recommendations", "precedents", "body")
    ]
    return [item for turn in zip_longest(*parts) for item in turn if item is not None]


def _lead_of(passage: Passage, generation: Generation) -> int | None:
    """Return the block that introduces a passage's list or table, or that it is itself; None for prose."""
    document = generation.document(passage.chunk.text_id)
    block = block_at(document, passage.span.start)
    if block.kind in ("list-item", "table-row"):
        return block.lead
    return document.blocks.index(block) if document.text[passage.span.end - 1] == ":" else None


def _list_of(passage: Passage, generation: Generation) -> int | None:
    """Return the same, and for an item of a list without a lead-in the first item."""
    document = generation.document(passage.chunk.text_id)
    block = block_at(document, passage.span.start)
    if block.kind != "list-item" or block.lead is not None:
        return _lead_of(passage, generation)
    place = document.blocks.index(block)
    while place and document.blocks[place - 1].kind == "list-item":
        place -= 1
    return place


@dataclass
class _Selection:
    """Passages taken so far; takes only what fits and does not repeat another."""

    generation: Generation
    max_words: int
    chosen: dict[tuple[str, Span], Passage] = field(default_factory=dict)
    words: int = 0

    def take(self, group: Sequence[Passage]) -> bool:
        """Take the new passages of a group, all or none; return whether any was taken."""
        new = [item for item in group if (item.chunk.text_id, item.span) not in self.chosen]
        if not new:
            return False
        document = self.generation.document(new[0].chunk.text_id)
        texts = [shown(document, item.span) for item in new]
        if any(len(text) > LONGEST_SENTENCE for text in texts):
            return False
        # A table's column titles are shown once.
        cost = sum(1 + _length_in_words(text.rpartition("\n")[2] or text) for text in texts)
        told = (new[0].chunk.text_id, new[0].speaker)
        if all((item.chunk.text_id, item.speaker) != told for item in self.chosen.values()):
            cost += HEADING_WORDS
        # One sentence may be longer than an answer should be; it is never cut.
        if self.words + cost > self.max_words and (self.chosen or len(new) > 1):
            return False
        if any(repeats(item, shown, self.generation) for item in new for shown in self.chosen.values()):
            return False
        self.chosen.update(((item.chunk.text_id, item.span), item) for item in new)
        self.words += cost
        return True


def repeats(passage: Passage, other: Passage, generation: Generation) -> bool:
    """Return whether a passage says what one of another section says, with no further figure and few further terms."""
    if passage.chunk.id == other.chunk.id or _vector(passage, generation) @ _vector(other, generation) < SAME:
        return False
    words, told = _text(passage, generation), _text(other, generation)
    terms = set(content_terms(words))
    has_new_terms = len(terms - set(content_terms(told))) > NEW_TERMS * len(terms)
    return not has_new_terms and set(_FIGURE.findall(words)) <= set(_FIGURE.findall(told))


def _vector(passage: Passage, generation: Generation) -> Array:
    (vectors,) = generation.sentence_vectors([passage.chunk.id])
    if passage.span not in passage.chunk.sentences:  # the lead-in of a list that stands in two chunks
        return np.zeros_like(vectors[0])
    return np.asarray(vectors[passage.chunk.sentences.index(passage.span)])


def _text(passage: Passage, generation: Generation) -> str:
    start, end = passage.span
    return generation.document(passage.chunk.text_id).text[start:end]


def _log_odds(chance: float) -> float:
    return math.log(max(chance, 1e-6) / max(1 - chance, 1e-6))


def _length_in_words(text: str) -> int:
    return max(len(text.split()), math.ceil(len(text) / CHARACTERS_A_WORD))


def _whole(passage: Passage, generation: Generation) -> list[Passage]:
    """Return the list or table of a passage with its lead-in, without what others say in it."""
    lead = _list_of(passage, generation)
    assert lead is not None
    document = generation.document(passage.chunk.text_id)
    block = document.blocks[lead]
    introduced = _led(lead, passage, generation)
    is_own = block.kind == "table-header" or any(block.start <= span.start < block.end for span in introduced)
    leading = [] if is_own else _leading(block, passage, generation)
    return _passages(passage, [*leading, *introduced]) if introduced else []


def _completions(passage: Passage, telling: Set[tuple[str, Span]], generation: Generation) -> Iterator[list[Passage]]:
    """Yield the passage with what it is best read with, in reading order; then, if too long, with less.

    ``telling`` are the sentences of all chunks that can be an answer. What others say in the same list or paragraph is
    left out.
    """
    document = generation.document(passage.chunk.text_id)
    block = block_at(document, passage.span.start)
    said = [span for span in passage.chunk.sentences if passage.chunk.speaker_of(span) == passage.speaker]
    if passage.chunk.part == "recommendations":
        yield _passages(passage, said)
    elif document.text[passage.span.end - 1] == ":":
        yield _whole(passage, generation)
    elif block.kind == "list-item" and block.lead is not None:
        alone = stands_alone(document.text[passage.span.start : passage.span.end])
        leading = [] if alone else _leading(document.blocks[block.lead], passage, generation)
        yield _passages(passage, [*leading, passage.span])
    else:
        # What ends with a colon introduces a list that is not shown here.
        own = [
            span
            for span in said
            if (passage.chunk.id, span) in telling
            and block_at(document, span.start) == block
            and document.text[span.end - 1] != ":"
        ]
        if sum(_length_in_words(shown(document, span)) for span in own) <= SHORT_PARAGRAPH:
            yield _passages(passage, own)
        if _ANNOUNCES.search(document.text[passage.span.start : passage.span.end]):
            # "Two changes matter." says nothing without what follows.
            yield _passages(passage, [span for span in said if span >= passage.span][: ANNOUNCED + 1])
        yield _passages(passage, [*_before(passage.span, said, document), passage.span])
        yield [passage]


def _leading(lead: Block, passage: Passage, generation: Generation) -> list[Span]:
    """Return the last sentence of a list's lead-in; none if that is only a label, or said by another."""
    text = generation.document(passage.chunk.text_id).text
    (last,) = split_sentences(text, lead.start, lead.end)[-1:]
    is_own = passage.speaker.kind == "publisher" or last in _said(passage, generation)
    return [last] if is_own and last.end - last.start > LABEL_CHARACTERS else []


def _led(lead: int, passage: Passage, generation: Generation) -> list[Span]:
    """Return every item or row by the passage's speaker in the list of a block, see `_list_of`, in any chunk."""
    document = generation.document(passage.chunk.text_id)
    starts = _items(lead, document)
    return [span for span in _said(passage, generation) if block_at(document, span.start).start in starts]


def _says_all(lead: int, passage: Passage, generation: Generation) -> bool:
    document = generation.document(passage.chunk.text_id)
    said = {block_at(document, span.start).start for span in _led(lead, passage, generation)}
    return said == _items(lead, document)


def _items(lead: int, document: Document) -> set[int]:
    """Return where the items or rows of a block's list start, whoever says them."""
    led = {block.start for block in document.blocks if block.lead == lead}
    below = takewhile(lambda block: block.kind == "list-item", document.blocks[lead:])
    return led or {block.start for block in below if block.lead is None}


def _said(passage: Passage, generation: Generation) -> list[Span]:
    """Return everything that the passage's speaker says in its text."""
    chunks = generation.text_chunks(passage.chunk.text_id)
    return [
        span
        for chunk in chunks
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
        if who == passage.speaker
    ]


def _before(span: Span, said: Sequence[Span], document: Document) -> list[Span]:
    """Return the sentence of the same paragraph and speaker before one that refers back to it; empty for others."""
    place = said.index(span)
    if not place or not _POINTS_BACK.match(document.text[span.start : span.end]):
        return []
    before = said[place - 1]
    return [before] if block_at(document, before.start) == block_at(document, span.start) else []


def _passages(passage: Passage, spans: Iterable[Span]) -> list[Passage]:
    return [Passage(passage.chunk, span, passage.score, passage.speaker) for span in spans]
