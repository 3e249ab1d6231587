"""The rows of a comparison: the topic itself, what several documents speak of, and what one alone says plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

import numpy as np

from assistant.answering.comparison_topics import is_addressed
from assistant.answering.evidence import SURELY_WIDE, Passage
from assistant.deadlines import within_deadline
from assistant.library import Library
from assistant.records import Array
from assistant.text.chunking import readable
from assistant.text.terms import content_terms

MOST_ROWS = 5
"""Most rows, the topic's own included."""
SAME_THEME = 0.75
"""Least cosine similarity at which two rows are about one theme."""
SAME_MATTER = 0.6
"""Least cosine similarity at which passages of two documents share a row; below, they have too little in common."""
LONGEST_TITLE = 8
"""Words."""
# "Section two: ", "Priority 3. ", "2.1 "
_NUMBER = re.compile(
    r"^(?:(?i:section|chapter|part|annex|priority|step|theme) \w+ ?[:.–—-] *|\d{1,2}(?:\.\d+)*[.):]? +(?=[A-Z“]))"
)
_NAME = re.compile(r"\b(?!The )[A-Z][\w’'-]+(?: (?:(?:of|for|and|the) )?[A-Z][\w’'-]+)+")
_GENERIC = frozenset(
    "background conclusion conclusions contents context executive-summary foreword in-brief introduction key-points "
    "notes open-questions overview recommendations summary".split()
)
"""Headings that say nothing of what stands under them; a hyphen for a space."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A passage that may fill a cell."""

    passage: Passage
    vector: Array
    """``(dim,)``, unit length."""
    chance: float
    """That its paragraph is on the topic, between 0 and 1."""

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.passage.chunk.document

    @property
    def is_on_topic(self) -> bool:
        """Whether its paragraph says anything on the topic."""
        return is_addressed(self.chance)

    def likeness(self, other: Candidate) -> float:
        """Return the cosine similarity of the two passages."""
        return float(self.vector @ other.vector)


@dataclass(frozen=True, slots=True)
class Row:
    """A theme, with what was found on it in some documents, by id, and the nearest passage of each that has any."""

    title: str
    found: Mapping[str, Candidate]
    nearest: Mapping[str, Candidate]


def choose_rows(topic: str, candidates: Mapping[str, Sequence[Candidate]], library: Library) -> list[Row]:
    """Return the topic's own row, then further themes in the order in which the first document treats them.

    ``candidates`` are each document's passages, likeliest first. A theme that one document alone speaks of comes after
    those that are shared, and only if it does so plainly.
    """
    on_topic = {name: [item for item in own if item.is_on_topic] for name, own in candidates.items()}
    own_row = Row(
        topic,
        {name: own[0] for name, own in on_topic.items() if own},
        {name: max(own, key=lambda item: item.chance) for name, own in candidates.items() if own},
    )
    titles = _Titles(topic, library)
    rows: list[Row] = []
    shown = list(own_row.found.values())
    for opening in within_deadline(_openings(on_topic)):
        if len(rows) == MOST_ROWS - 1:
            break
        if any(opening.likeness(other) >= SAME_THEME for other in shown):
            continue
        found = _same_matter(opening, on_topic, shown)
        fresh = [item for item in found.values() if item not in shown]
        if len(fresh) < 2 and (len(found) > 1 or opening.passage.score < SURELY_WIDE):
            continue
        title = titles.take(list(found.values()))
        if title:
            near = {name: max(own, key=opening.likeness) for name, own in candidates.items() if own}
            rows.append(Row(title, found, near))
            shown += fresh
    return [own_row, *sorted(rows, key=lambda row: _place(row, list(candidates)))]


def _openings(on_topic: Mapping[str, Sequence[Candidate]]) -> Iterator[Candidate]:
    """Yield what may open a row: first what is most alike in several documents, then the likeliest passages."""
    every = list(chain.from_iterable(on_topic.values()))
    shared = [
        (max((item.likeness(other) for other in every if other.document != item.document), default=0.0), item)
        for item in every
    ]
    yield from (item for likeness, item in sorted(shared, key=lambda pair: -pair[0]) if likeness >= SAME_MATTER)
    yield from sorted(every, key=lambda item: -item.passage.score)


def _same_matter(
    opening: Candidate, on_topic: Mapping[str, Sequence[Candidate]], shown: Sequence[Candidate]
) -> dict[str, Candidate]:
    """Return one passage of each document that speaks of the same matter, preferably one that no row shows yet."""
    found = {opening.document: opening}
    for document, own in on_topic.items():
        alike = [item for item in own if fmean(map(item.likeness, found.values())) >= SAME_MATTER]
        if document not in found and alike:
            found[document] = max(alike, key=lambda item: (item not in shown, item.likeness(opening)))
    return found


def _place(row: Row, documents: Sequence[str]) -> tuple[bool, int, int]:
    """Return the key that puts shared themes first, then the documents' order, then that of the text."""
    first = next(name for name in documents if name in row.found)
    return len(row.found) == 1, documents.index(first), row.found[first].passage.span.start


class _Titles:
    """Finds a title for each row: a heading, or a name that all of its cells share."""

    def __init__(self, topic: str, library: Library) -> None:
        self._library = library
        self._taken = [set(content_terms(topic))]

    def take(self, cells: Sequence[Candidate]) -> str:
        """Return the title nearest to the cells' words that says more than the titles so far; empty for none."""
        middle = np.sum([item.vector for item in cells], axis=0)
        embed = self._library.embedder.embed_question
        for words in self._headings(cells, 1) + self._shared_names(cells), self._headings(cells, 2):
            free = [item for item in words if not any(taken.issuperset(content_terms(item)) for taken in self._taken)]
            if free:
                best = max(free, key=lambda item: float(embed(item) @ middle))
                self._taken.append(set(content_terms(best)))
                return best
            if len(cells) == 1:  # the heading above would promise more than the one passage says
                break
        return ""

    def _headings(self, cells: Sequence[Candidate], level: int) -> list[str]:
        """Return the headings that the cells stand under, level 1 the nearest, without numbers."""
        found = []
        for item in cells:
            section = item.passage.chunk.section
            words = _NUMBER.sub("", section[-level]) if len(section) >= level else ""
            is_title = _is_title(words, self._library.sources[item.document].title)
            is_short = 0 < len(words.split()) <= LONGEST_TITLE and not words.endswith("?")
            if is_short and not is_title and words.casefold().replace(" ", "-") not in _GENERIC:
                found.append(words[:1].upper() + words[1:])
        return found

    def _shared_names(self, cells: Sequence[Candidate]) -> list[str]:
        """Return the names of several words that stand in every cell."""
        document = self._library.generation.document
        first, *others = [readable(document(item.passage.chunk.text_id), item.passage.span) for item in cells]
        return [name for name in _NAME.findall(first) if others and all(name in text for text in others)]


def _is_title(heading: str, title: str) -> bool:
    """Return whether a heading is the document's title, with or without its subtitle."""
    return heading.partition(":")[0].casefold() == title.partition(":")[0].casefold()
