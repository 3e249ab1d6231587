"""A conversation as HTML: each question, its answer with numbered links, and the evidence beside it. All escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby

from assistant.export.notes import as_plain_text, note_of, paragraphs_of
from assistant.export.notes.note import Paragraph
from assistant.library import Library
from assistant.records import Answer, AnswerStatus, Quote, Reason, Sentence, Verdict
from assistant.storage import StoredAnswer, StoredConversation
from assistant.text.dates import date_in_words
from assistant.web.deep_links import link_to
from assistant.web.evidence import NEW_TAB, Cards, evidence_html
from assistant.web.html_parts import problem_html
from assistant.web.library.originals import page_image_address, page_image_words, pdf_address, quote_pages

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
LONG_CHARACTERS = 200
"""A question longer than this is pasted text and is not set as a heading."""


def conversation_html(stored: StoredConversation, library: Library, writing: str | None = None) -> str:
    """Return all turns, oldest first; ``writing`` is what a model has written of the last one, None once done."""
    *earlier, last = stored.answers or (None,)
    turns = "".join(_turn(turn, library) for turn in earlier if turn)
    lost = f'<p role="note">{_unreadable_html(stored.unreadable)}</p>' if stored.unreadable else ""
    return lost + turns + (_turn(last, library, writing, is_last=True) if last else "")


def announcement_html(answer: Answer) -> str:
    """Return what a screen reader says about a new answer."""
    count = len(answer.citations)
    found = f": {count} {'quote' if count == 1 else 'quotes'}" if count else ""
    return f'<p class="visually-hidden">{STATUS_WORDS[answer.status]}{found}.</p>'


def not_kept_html(turn: StoredAnswer) -> str:
    """Return why an answer is not saved; empty if it is."""
    return problem_html(NOT_KEPT.format(turn.not_kept)) if turn.not_kept else ""


def _unreadable_html(count: int) -> str:
    answers = "1 answer" if count == 1 else f"{count} answers"
    return f"{answers} in this conversation cannot be shown, because an older version of Steward gave it. Ask again."


def _turn(turn: StoredAnswer, library: Library, writing: str | None = None, is_last: bool = False) -> str:
    place, answer, name = turn.position, turn.answer, f"turn-{turn.position + 1}"
    cards = Cards(
        library.generation,
        f"{name}-evidence",
        level=3,
        about=f"for question {place + 1}",
        back=_link_back(name) if writing is None else None,
        page=lambda quote: _page(quote, library),
    )
    evidence = evidence_html(answer, library, cards)
    body, tools = _written_so_far(writing) if writing is not None else _answer(answer, name), not_kept_html(turn)
    if writing is None and evidence:
        body += _checks(answer, library)
        tools += _tools(turn, library, is_last)
    status = f"<h3>{STATUS_WORDS[answer.status]}</h3>" if evidence else ""
    long = " long" if len(answer.question) > LONG_CHARACTERS else ""
    return (
        f'<article class="turn" id="{name}" aria-labelledby="{name}-question">'
        f'<h2 class="question{long}" id="{name}-question" tabindex="-1">{escape(answer.question)}</h2>'
        f'<div class="said">{_searched(place, answer)}{status}{body}{tools if writing is None else ""}</div>'
        f"{evidence}</article>"
    )


def _link_back(name: str) -> Callable[[Quote], str]:
    # The label tells the links apart when a screen reader lists them.
    return lambda quote: (
        f'<a class="back" href="#{name}-mark-{quote.n}" aria-label="Back to the answer, citation {quote.n}">'
        "Back to the answer</a>"
    )


def _searched(place: int, answer: Answer) -> str:
    """Return the question as it was understood, with a button to change it; empty if it was taken as it is."""
    if answer.standalone_question.split() == answer.question.split():
        return ""
    return (
        f'<p class="searched">Searched for: <q>{escape(answer.standalone_question)}</q> '
        f"{_button(place, 'edit', 'Change this question')}</p>"
    )


def _answer(answer: Answer, name: str) -> str:
    numbers = {quote.n: quote.n for quote in answer.citations}
    quotes = {quote.n: quote for quote in answer.citations}
    marked: set[int] = set()

    def mark(number: int) -> str:
        # A citation's card links back to its first mark.
        place = "" if number in marked else f' id="{name}-mark-{number}"'
        marked.add(number)
        label = f"Evidence {number}: {quotes[number].speaker.name}"
        return f' <a class="mark"{place} href="#{name}-evidence-{number}" aria-label="{escape(label)}">[{number}]</a>'

    def written(item: Paragraph) -> str:
        number = f"{escape(item.number)} " if item.number else ""
        return f"{number}{escape(item.text)}{''.join(map(mark, item.footnotes))}"

    parts = []
    for kind, items in groupby(paragraphs_of(answer, numbers), key=lambda item: "table" if item.cells else item.kind):
        if kind == "table":
            parts.append(_table(list(items), mark))
        elif kind == "list-item":
            parts.append("<ul>" + "".join(f"<li>{written(item)}</li>" for item in items) + "</ul>")
        elif kind == "voice":
            parts += [f"<h4>{written(item)}</h4>" for item in items]
        else:
            parts += [f'<p class="{kind}">{written(item)}</p>' for item in items]
    return "".join(parts)


def _table(rows: Sequence[Paragraph], mark: Callable[[int], str]) -> str:
    """Return a table; its rows' citations stand in their last cell."""
    parts = []
    for row in rows:
        opening = '<th scope="col">' if row.kind == "table-header" else "<td>"
        closing = "</th>" if row.kind == "table-header" else "</td>"
        *cells, last = map(escape, row.cells)
        cells = [*cells, last + "".join(map(mark, row.footnotes))]
        parts.append("<tr>" + "".join(f"{opening}{cell}{closing}" for cell in cells) + "</tr>")
    return (
        f'<div class="table-frame" tabindex="0" role="group" aria-label="Table"><table>{"".join(parts)}</table></div>'
    )


def _written_so_far(words: str) -> str:
    """Return what a model has written, marked as unchecked; nothing of it is cited before it is checked."""
    if not words.strip():
        return f'<p class="written">{WRITING}</p>'
    lines = "".join(f'<p class="written">{escape(line)}</p>' for line in words.split("\n") if line.strip())
    return f'<p class="remark">{UNCHECKED}</p>{lines}'


def _checks(answer: Answer, library: Library) -> str:
    """Return how the answer was made, the verdict on each sentence, and the sentences that were removed."""
    parts = []
    if answer.writing is not None:
        parts.append(f'<p class="remark">{escape(answer.writing.note)}</p>')
    if answer.sentences:
        supported = sum(item.verdict == "supported" for item in answer.sentences)
        items = "".join(map(_checked, answer.sentences))
        summary = f"How each sentence was checked: {supported} of {len(answer.sentences)} supported"
        said = f'<p class="remark">{CHECKED}</p>'
        parts.append(f"<details><summary>{summary}</summary>{said}<ol>{items}</ol></details>")
    unkept = answer.writing.unkept if answer.writing else ()
    if unkept:
        number = "1 sentence" if len(unkept) == 1 else f"{len(unkept)} sentences"
        removed = "".join(f"<li><p>{escape(item.text)}</p>{_reasons(item.reasons)}</li>" for item in unkept)
        parts.append(f"<details><summary>{number} removed from the answer</summary><ol>{removed}</ol></details>")
    searched = _searched_documents(answer)
    # Most abstentions say it already.
    again = "" if searched in answer.answer else f" {searched}"
    parts.append(f'<p class="remark">As at {escape(date_in_words(answer.as_at))}.{again}</p>')
    if answer.refused and answer.documents_searched:
        # Filters or the date may have left out the document that was meant.
        sources = [library.sources.get(name) for name in answer.documents_searched]
        searched = "".join(f"<li>{escape(f'{item.publisher}: {item.title}')}</li>" for item in sources if item)
        parts.append(f"<details><summary>Documents searched</summary><ul>{searched}</ul></details>")
    return "".join(parts)


def _searched_documents(answer: Answer) -> str:
    count = len(answer.documents_searched)
    if not count:
        return "No documents were searched."
    return "1 document was searched." if count == 1 else f"{count} documents were searched."


def _checked(item: Sentence) -> str:
    cited = ", ".join(f"[{number}]" for number in item.citations)
    verdict = f"{VERDICT_WORDS[item.verdict]}{f' {cited}' if cited else ''}"
    return f"<li><p>{escape(item.text)}</p><p><strong>{verdict}</strong></p>{_reasons(item.reasons)}</li>"


def _reasons(reasons: Sequence[Reason]) -> str:
    items = "".join(f"<li>{escape(reason_words(reason))}</li>" for reason in reasons)
    return f"<ul>{items}</ul>" if items else ""


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


def _page(quote: Quote, library: Library) -> str:
    """Return a link to the page of the PDF, and its image with the quote boxed, fetched when opened."""
    address = pdf_address(quote, library)
    if address is None:
        return ""
    words = escape(page_image_words(quote), quote=True)
    addresses = [page_image_address(quote, library, number) or "" for number in quote_pages(quote, library)]
    images = "".join(f'<img src="{escape(item, quote=True)}" alt="{words}" loading="lazy">' for item in addresses)
    return (
        f'<a href="{escape(address, quote=True)}" target="_blank" rel="noopener">Open at this page{NEW_TAB}</a>'
        f"<details><summary>Show the page</summary>{images}</details>"
    )


def _tools(turn: StoredAnswer, library: Library, is_last: bool) -> str:
    place = turn.position
    copied = as_plain_text(note_of([turn.answer], accessed=date.today()))
    buttons = [
        _button(place, "copy", "Copy with references"),
        _button(place, "word", "Save as Word"),
        _button(place, "markdown", "Save as Markdown"),
        *([_button(place, "retry", "Try again")] if is_last else []),
        f'<a href="{escape(link_to(turn.answer, library), quote=True)}">Link to this question</a>',
    ]
    return (
        f'<div class="tools" role="group" aria-label="Use this answer">{"".join(buttons)}'
        f'<textarea class="copied" hidden readonly>{escape(copied)}</textarea></div>' + _feedback(turn)
    )


def _feedback(turn: StoredAnswer) -> str:
    place = turn.position
    useful = _button(place, "useful", "Useful", pressed=turn.liked is True)
    useless = _button(place, "not-useful", "Not useful", pressed=turn.liked is False)
    why = ""
    if turn.liked is not None:
        name = f"turn-{place + 1}-reason"
        thanks = "Thank you. Your reason is saved." if turn.reason else "Thank you."
        why = (
            f'<form data-turn="{place}" data-liked="{str(turn.liked).lower()}"><p id="{name}-kept">{thanks}</p>'
            f'<label for="{name}">Why? Do not include personal information.</label>'
            f'<textarea id="{name}" name="reason" maxlength="2000" rows="2">{escape(turn.reason)}</textarea>'
            # Focus returns to this button, so that the thanks are read out.
            f'<button type="submit" id="{name}-send" aria-describedby="{name}-kept">Send</button></form>'
        )
    return f'<div class="feedback" role="group" aria-label="Was this answer useful?">{useful}{useless}{why}</div>'


def _button(place: int, action: str, words: str, pressed: bool | None = None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return (
        f'<button type="button" id="turn-{place + 1}-{action}" data-turn="{place}" data-action="{action}"{state}>'
        f"{words}</button>"
    )
