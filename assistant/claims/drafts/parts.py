"""A draft in its blocks, each cut into its checked sentences and what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.claims.drafts.check import CheckedSentence
from assistant.records import Block, Document


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a draft as they stand in it."""

    words: str
    number: int | None = None
    """Of the sentence, from 1; None for what stands between sentences."""


def parts_of(draft: Document, sentences: Sequence[CheckedSentence]) -> Iterator[tuple[Block, list[Part]]]:
    """Yield each block with its parts in order; together they are all its words."""
    waiting = list(enumerate(sentences, 1))
    for block in draft.blocks:
        parts, at = [], block.start
        while waiting and waiting[0][1].start < block.end:
            number, item = waiting.pop(0)
            parts += [Part(draft.text[at : item.start]), Part(draft.text[item.start : item.end], number)]
            at = item.end
        parts.append(Part(draft.text[at : block.end]))
        yield block, [part for part in parts if part.words]
