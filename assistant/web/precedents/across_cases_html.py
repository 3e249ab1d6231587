"""An answer across cases as HTML: groups by outcome, with each case's sentences and sources."""

from __future__ import annotations

from assistant.precedents.across_cases import CaseAnswer
from assistant.precedents.across_cases_text import NO_RESULT_TOLD, NOT_ASKED_FOR, STATUS, TITLES, lead
from assistant.precedents.citations import Places
from assistant.web.precedents.picks import cases_in_words
from assistant.web.templates import render


def answer_html(answer: CaseAnswer, is_filtered: bool, places: Places, address: str) -> str:
    """Return the answer to a question with this ``address``.

    It says how many cases answer, then gives those asked for, then others on the same subject.
    """
    return render(
        "case_answer",
        address=address,
        answer=answer,
        cases_in_words=cases_in_words,
        lead=lead(answer, is_filtered),
        no_result=NO_RESULT_TOLD,
        others="" if all(group.asked for group in answer.groups) else NOT_ASKED_FOR,
        places=places,
        status=STATUS,
        titles=TITLES,
    )
