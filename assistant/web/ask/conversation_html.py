"""A conversation as HTML: each question, its answer with numbered links, and the evidence beside it. All escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import groupby, islice
from typing import Any

from markupsafe import Markup

from assistant.export.notes import as_plain_text, note_of, paragraphs_of
from assistant.export.notes.note import Paragraph
from assistant.library import Library
from assistant.records import Answer, AnswerStatus, Quote, Reason, Verdict
from assistant.storage import StoredAnswer, StoredConversation
from assistant.text.glossary import unexplained
from assistant.text.printable import in_one_line
from assistant.text.quoting import quote_heading
from assistant.web.ask.examples import next_questions
from assistant.web.deep_links import link_to
from assistant.web.evidence import Cards, evidence_html
from assistant.web.html_parts import problem_html
from assistant.web.templates import render, shown_date

STATUS_WORDS: Mapping[AnswerStatus, str] = {
    "answered": "Answer",
    "partly-answered": "Answer to part of the question",
    "not-in-library": "Not in the library",
    "out-of-scope": "Outside the library’s subject",
}
VERDICT_WORDS: Mapping[Verdict, str] = {
    "supported": "Supported by its quotes",
    "partly": "Supported in part",
    "unsupported": "Not supported",
    "contradicted": "Contradicted by its quotes",
    "unjudged": "Not judged",
}
CHECK_WORDS: Mapping[str, str] = {
    "authority": "Who decided it",
    "citation": "Citation",
    "date": "Date",
    "denial": "Denial",
    "figure": "Figure",
    "judge": "Meaning",
    "meaning": "Meaning",
    "name": "Name",
    "quote": "Wording of the quote",
    "quoted words": "Words in quotation marks",
    "speaker": "Who says it",
    "words": "Words",
}
"""Names of the checks on screen."""
WRITING = "Writing from the evidence shown beside this…"
UNCHECKED = "Not yet checked. Sentences that the evidence does not support will be removed."
CHECKED = "This says whether the quotes support each sentence. It does not say whether they answer your question."
NOT_KEPT = (
    "This answer is not saved: Steward cannot use its database, because {}. Copy or save it if you need it: it will be "
    "lost when you leave or reload this page. Your next question here will try to save it again."
)
KINDS = ("Wrong source", "Out of date", "Not what I asked", "Incomplete", "Hard to read")
"""Reasons that a reader can choose for "Not useful"; one is stored before their own words."""
MOST_TURNS = 20
"""Turns drawn at first; a reader asks for the earlier ones."""
MOST_SHORT_FORMS = 5
"""Short forms explained below an answer."""
LONG_LEAD_CHARACTERS = 280
"""A first passage longer than this is set less large."""
LONG_CHARACTERS = 200
"""A question longer than this is pasted text and is not set as a heading."""


def conversation_html(
    stored: StoredConversation, library: Library, writing: str | None = None, since: int | None = None
) -> str:
    """Return the last `MOST_TURNS` turns, oldest first, and with ``since`` those from that position too.

    ``writing`` is what a model has written of the last one, None once done.
    """
    hidden = max(0, len(stored.answers) - MOST_TURNS)
    if since is not None:
        hidden = min(hidden, sum(item.position < since for item in stored.answers))
    *earlier, last = stored.answers[hidden:] or (None,)
    turns = [_turn(turn, library) for turn in earlier if turn]
    return render(
        "turns",
        turns=[*turns, _turn(last, library, writing, is_last=True)] if last else [],
        unreadable=stored.unreadable,
        hidden=stored.earlier + hidden,
        kinds=KINDS,
        checked=CHECKED,
        unchecked=UNCHECKED,
        verdicts=VERDICT_WORDS,
        reason_words=reason_words,
    ).strip()


def announcement_html(answer: Answer) -> str:
    """Return what a screen reader says about a new answer."""
    count = len(answer.citations)
    found = f": {count} {'quote' if count == 1 else 'quotes'}" if count else ""
    return f'<p class="visually-hidden">{STATUS_WORDS[answer.status]}{found}.</p>'


def not_kept_html(turn: StoredAnswer) -> str:
    """Return why an answer is not saved; empty if it is."""
    return problem_html(NOT_KEPT.format(turn.not_kept)) if turn.not_kept else ""


def _turn(turn: StoredAnswer, library: Library, writing: str | None = None, is_last: bool = False) -> dict[str, Any]:
    """Return what the template shows of a turn."""
    place, answer, name = turn.position, turn.answer, f"turn-{turn.position + 1}"
    back = name if writing is None else ""
    about = f"for question {place + 1}"
    cards = Cards(library.generation, f"{name}-evidence", level=3, about=about, turn=back, library=library)
    kind, _, words = turn.reason.partition(": ")
    marked: set[int] = set()

    def is_first(number: int) -> bool:
        # A citation's card links back to its first mark.
        return number not in marked and not marked.add(number)  # type: ignore[func-returns-value]

    evidence = evidence_html(answer, library, cards)
    gaps, blocks = _arranged(answer, library)
    searched = _searched_documents(answer)
    written = (writing or "").strip()
    same = answer.standalone_question.split() == answer.question.split()
    return {
        "place": place,
        "name": name,
        "answer": answer,
        "status": STATUS_WORDS[answer.status],
        "evidence": Markup(evidence),  # noqa: S704 made by a template
        "is_last": is_last,
        "is_long": len(answer.question) > LONG_CHARACTERS,
        "is_first": is_first,
        "quotes": {quote.n: quote for quote in answer.citations},
        "weak": {quote.n for quote in answer.citations if _is_weak(quote)},
        "searched_as": "" if same else answer.standalone_question,
        "narrowed": _narrowed(answer, library, searched) if evidence else "",
        # Nothing of it is cited before it is checked.
        "writing": None if writing is None else list(filter(str.strip, (written or WRITING).split("\n"))),
        "is_waiting": not written,
        "gaps": gaps,
        "blocks": blocks,
        "short_forms": list(islice(unexplained(answer.answer, library.generation.glossary).items(), MOST_SHORT_FORMS)),
        "problem": NOT_KEPT.format(turn.not_kept) if turn.not_kept else "",
        "copied": as_plain_text(note_of([answer], day=date.today())) if evidence else "",
        "link": link_to(answer, library),
        "liked": turn.liked,
        "kind": kind if kind in KINDS else "",
        "reason": words if kind in KINDS else turn.reason,
        "tally": _tally(answer),
        "searched": searched,
        "sources": _sources(answer, library),
        "next": next_questions(answer, library.generation) if is_last and answer.status != "out-of-scope" else (),
    }


def _arranged(answer: Answer, library: Library) -> tuple[list[Paragraph], list[dict[str, Any]]]:
    """Return the remarks on what is missing or doubtful, and the other lines in blocks of a kind; the first leads."""
    numbers = {quote.n: quote.n for quote in answer.citations}
    voices = {in_one_line(quote_heading(quote)).removesuffix(":"): quote for quote in reversed(answer.citations)}
    lines = list(paragraphs_of(answer, numbers))
    has_voices = bool(answer.citations) or (answer.refused and bool(answer.retrieved))
    gaps = [item for item in lines if has_voices and item.kind == "remark" and not item.footnotes]
    blocks: list[dict[str, Any]] = []
    for kind, group in groupby(lines, key=lambda item: "table" if item.cells else item.kind):
        items = [item for item in group if item not in gaps]
        if kind == "voice":
            blocks += [_voice(item, voices.get(item.text), library) for item in items]
        elif kind == "table" or (kind == "list-item" and len(items) > 1):
            blocks.append({"kind": "table" if kind == "table" else "list", "items": items})
        else:
            # A list of one item is a sentence.
            blocks += [{"kind": kind, "items": [item]} for item in items]
    # What stands below a gap is no answer that should stand out.
    lead = None if gaps else next((block for block in blocks if block["items"][0].footnotes), None)
    if lead is not None and lead["kind"] in ("quotation", "written", "list-item", "remark"):
        lead["kind"] += " lead long" if len(lead["items"][0].text) > LONG_LEAD_CHARACTERS else " lead"
    return gaps, blocks


def _voice(item: Paragraph, quote: Quote | None, library: Library) -> dict[str, Any]:
    """Return who speaks in what follows; ``source`` says where the words stand."""
    source = ""
    if quote is not None:
        title, document = quote.title.partition(": ")[0], library.sources.get(quote.document)
        told_in = "Steward’s commentary on " if document is not None and document.comments_on else ""
        kind = "as reported in " * (quote.speaker.kind == "reported")
        source = f"{kind}{told_in}{title}{'' if quote.part == 'body' else f', register of {quote.part}'}"
    return {"kind": "voice", "items": [item], "quote": quote, "source": source}


def _is_weak(quote: Quote) -> bool:
    """Return whether a mark should warn: the document is out of date, or only comments."""
    return quote.document_status != "current" or quote.authority in ("commentary", "press")


def _narrowed(answer: Answer, library: Library, searched: str) -> str:
    """Return which documents were searched, and as at when, if that was not all of them today; otherwise empty."""
    words = []
    if set(answer.documents_searched) != set(library.held) and answer.documents_searched and not answer.refused:
        words.append(searched)
    if answer.as_at != date.today().isoformat():
        words.append(f"As at {shown_date(answer.as_at)}.")
    return " ".join(words)


def _searched_documents(answer: Answer) -> str:
    count = len(answer.documents_searched)
    if not count:
        return "No documents were searched."
    return "1 document was searched." if count == 1 else f"{count} documents were searched."


def _sources(answer: Answer, library: Library) -> list[Any]:
    """Return what an abstention searched: filters or the date may have left out the document that was meant."""
    if not answer.refused:
        return []
    return [library.sources[name] for name in answer.documents_searched if name in library.sources]


def _tally(answer: Answer) -> str:
    """Return how many sentences or quoted statements there are, and what supports them: "6 statements: 6 quotes"."""
    if not answer.sentences:
        return ""
    forms = {quote.n: quote.form for quote in answer.citations}
    is_written = answer.writing is not None and not answer.writing.fallback
    counts: Counter[str] = Counter()
    for item in answer.sentences:
        if item.verdict != "supported":
            counts[VERDICT_WORDS[item.verdict].lower()] += 1
        elif is_written:
            counts["supported"] += 1
        else:
            counts["quote" if all(forms.get(n) == "quote" for n in item.citations) else "from Steward’s summaries"] += 1
    plurals = {"quote": "quotes"}
    kinds = [f"{number} {plurals.get(kind, kind) if number > 1 else kind}" for kind, number in counts.items()]
    count = len(answer.sentences)
    # What is quoted together, a row or a list item counts as one.
    noun = "sentence" if is_written else "statement"
    return f"{count} {noun}{'' if count == 1 else 's'}: {', '.join(kinds)}"


def reason_words(reason: Reason) -> str:
    """Return a reason as a sentence.

    >>> reason_words(Reason("figure", "60", "40"))
    'Figure: the sentence says “60”, the quotes “40”.'
    >>> reason_words(Reason("name", "Hull", ""))
    'Name: the sentence says “Hull”, the quotes do not.'
    """
    name = CHECK_WORDS.get(reason.check, reason.check.capitalize())
    if reason.check in ("citation", "judge"):
        return f"{name}: {reason.context}."
    said = f"the sentence says “{reason.claim}”" if reason.claim else "the sentence leaves it out"
    held = f"the quotes “{reason.context}”" if reason.context else "the quotes do not"
    return f"{name}: {said}, {held}."
