"""Does a publication of known blocks come back word for word, in order, with its notes at the words that call them?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from difflib import SequenceMatcher

from assistant.records import Document


def judge_shape(
    read: Document, wanted: Document, apart: Collection[int] = ()
) -> tuple[dict[str, float], dict[str, int], str]:
    """Compare what was read with what the publication holds, from its first chapter on: what stands before is left out.

    ``blocks_read``: share of the publication's blocks that were read word for word and in order. ``blocks_extra``:
    share of the blocks read that the publication does not hold, as a running head or half a paragraph; numbers alone,
    as along a chart, are not counted. ``notes_placed``: share of the calls of notes that stand behind the words that
    carry them and lead to the words of the note; left out where no note is called.

    Args:
        read: what the reader made of the publication.
        wanted: what it holds.
        apart: indexes of the blocks that are set apart from the running text, and may be read anywhere.

    Returns:
        The scores, over how many things each is a mean, and what is wrong.
    """
    ours, theirs = _texts(read), _texts(wanted)
    ours = [text for text in ours[_first(theirs[1], ours) :] if re.search(r"[^\W\d]", text)]
    running = [text for n, text in enumerate(theirs) if n and n not in apart]
    inset = Counter(theirs[n] for n in apart)
    found = _in_order(running, [text for text in ours if text not in inset])
    found += (inset & Counter(ours)).total()
    extra = Counter(ours) - Counter(theirs)
    scores = {"blocks_read": found / (len(theirs) - 1), "blocks_extra": extra.total() / max(len(ours), 1)}
    counts = {"blocks_read": len(theirs) - 1, "blocks_extra": len(ours)}
    calls = _calls(wanted)
    lost_calls = calls - _calls(read)
    if calls:
        scores["notes_placed"] = 1 - lost_calls.total() / calls.total()
        counts["notes_placed"] = calls.total()
    lost = Counter(theirs[1:]) - Counter(ours)
    faults = [f"not read: {text}" for text in lost.elements()]
    faults += [f"not held: {text}" for text in extra.elements()]
    faults += [f"note not placed: {words!r}: {note}" for words, note in lost_calls.elements()]
    return scores, counts, "\n".join(faults)


def _texts(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def _first(text: str, texts: list[str]) -> int:
    return texts.index(text) if text in texts else 0


def _in_order(wanted: list[str], read: list[str]) -> int:
    """How many texts are in both in one order."""
    return sum(match.size for match in SequenceMatcher(None, wanted, read, autojunk=False).get_matching_blocks())


def _calls(document: Document) -> Counter[tuple[str, str]]:
    notes = {note.number: note.text for note in document.footnotes}
    return Counter((document.text[: mark.position][-20:], notes.get(mark.number, "")) for mark in document.marks)
