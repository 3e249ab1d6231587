"""A checked draft as HTML: as it was given, each sentence underlined by its verdict, and the evidence beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup

from assistant.claims.drafts import CheckedSentence, DraftCheck, DraftVerdict
from assistant.claims.drafts.parts import Part, parts_of
from assistant.claims.drafts.words import VERDICT_WORDS, reason_sentence
from assistant.export.drafts.notes import as_plain_text
from assistant.library import Library
from assistant.records import BlockKind, Document
from assistant.web.evidence import Cards
from assistant.web.templates import render

ADVICE = "Words, figures, dates, names and speakers were compared. No model judged meaning: read what was found nearby."
JUDGED_ADVICE = (
    "{model} judged the sentences in other words than the library's. Read the evidence before you rely on it."
)
SHORT_WORDS: Mapping[DraftVerdict, str] = {
    "contradicted": "Contradicted",
    "clashes": "Clashes",
    "not found": "Not found",
    "not mentioned": "Not mentioned",
    "found nearby": "Found nearby",
    "supported": "Supported",
    "verbatim": "Word for word",
}
"""What stands behind a sentence; those that need work come first."""
NEXT_STEPS: Mapping[DraftVerdict, str] = {
    "contradicted": "The library says otherwise. Correct it, or cite another source.",
    "clashes": "See below what differs and who says so. Correct the sentence, or cite a source for it.",
    "not found": "Cite another source, or leave it out.",
    "not mentioned": "The nearest passage does not say it. Cite another source, or leave it out.",
    "found nearby": "This is near, and may or may not say the same. Read it.",
    "supported": "The evidence says it in other words. Cite it.",
    "verbatim": "These words are in the library. Say whose they are.",
}
PREFIX = "check-evidence"
_GROUPS: Mapping[BlockKind, str] = {"list-item": "list", "table-header": "rows", "table-row": "rows"}
_NUMBERED = re.compile(r"\d{1,9}[.)]\s")


def check_html(draft: Document, checked: DraftCheck, library: Library) -> str:
    """Return the counts of verdicts, the draft, and the verdict, reasons and quotes of each sentence."""
    cards = Cards(library.generation, PREFIX, level=3, links_notes=False, library=library)
    notes = [_note(number, item, draft) for number, item in enumerate(checked.sentences, 1) if _is_claim(item)]
    return render(
        "check",
        title=checked.draft,
        size="1 sentence checked" if len(notes) == 1 else f"{len(notes)} sentences checked",
        counts=[(verdict, words, found) for verdict, words in SHORT_WORDS.items() if (found := checked.count(verdict))],
        advice=JUDGED_ADVICE.format(model=checked.checker) if checked.checker else ADVICE,
        problems=checked.problems,
        blocks=list(_blocks(draft, checked)),
        words=SHORT_WORDS,
        notes=notes,
        cards=[(quote.n, Markup(cards.quote(quote))) for quote in checked.citations],  # noqa: S704 made by a template
        as_at=checked.as_at,
        copied=as_plain_text(draft, checked),
    )


def _is_claim(item: CheckedSentence) -> bool:
    return item.verdict != "not a claim"


def _blocks(draft: Document, checked: DraftCheck) -> Iterator[dict[str, Any]]:
    """Yield what the draft is made of: headings, paragraphs, quotations, and lists and tables whole."""
    for kind, group in groupby(parts_of(draft, checked.sentences), lambda item: _GROUPS.get(item[0].kind, "")):
        found = [
            {
                "kind": block.kind,
                "level": block.level,
                "is_numbered": bool(_NUMBERED.match(draft.text, block.start, block.end)),
                "parts": [_part(part, checked) for part in parts],
            }
            for block, parts in group
        ]
        yield from [{"kind": kind, "items": found}] if kind else found


def _part(part: Part, checked: DraftCheck) -> dict[str, Any]:
    item = checked.sentences[part.number - 1] if part.number else None
    verdict = item.verdict if item and _is_claim(item) else ""
    return {"words": part.words, "number": part.number, "verdict": verdict}


def _note(number: int, item: CheckedSentence, draft: Document) -> dict[str, Any]:
    words = draft.text[item.start : item.end]
    return {
        "number": number,
        "verdict": item.verdict,
        "title": VERDICT_WORDS[item.verdict],
        "read_as": item.text if item.text != words else "",
        "reasons": [reason_sentence(reason) for reason in item.reasons],
        "next": NEXT_STEPS[item.verdict],
        "cards": " ".join(map(str, item.citations)),
    }
