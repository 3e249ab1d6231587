"""An answer across cases in words and as a plain dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.library import Library
from assistant.precedents.across_cases import CaseAnswer, CitedCase
from assistant.precedents.json_records import LESSON_BY, case_record
from assistant.registers.entries import Polarity

TITLES: Mapping[Polarity, str] = {
    "worked": "Worked",
    "cited": "Cited as good practice, no measured result told",
    "mixed": "Mixed results",
    "failed": "Failed",
    "ongoing": "Under way, no verdict yet",
    "proposed": "Only proposed",
}
STATUS: Mapping[Polarity, str] = {
    "ongoing": "Under way, no verdict yet",
    "proposed": "Proposed, not carried out",
}
"""Shown before the sentences of a case without a result."""
NO_RESULT_TOLD = "The register's sentences on it say what is proposed or planned, not what came of it."
NOT_ASKED_FOR = "On the same subject, though not what was asked for"
_COUNTED: Mapping[Polarity, str] = {
    "worked": "worked",
    "cited": "cited as good practice",
    "mixed": "with mixed results",
    "failed": "failed",
    "ongoing": "under way",
    "proposed": "only proposed",
}
_THAT: Mapping[Polarity, str] = {
    "worked": "worked",
    "cited": "is cited as good practice",
    "mixed": "had mixed results",
    "failed": "failed",
    "ongoing": "is under way",
    "proposed": "is only proposed",
}


def lead(answer: CaseAnswer, is_filtered: bool = False) -> str:
    """Return the first line: how many cases answer, their outcomes, and whether any has the outcome asked for."""
    if not answer.every:
        return "The filters leave no case."
    cases = f"{answer.every} case{'' if answer.every == 1 else 's'}"
    where = f"{cases} that the filters leave in" if is_filtered else cases
    if not answer.groups:
        return f"Nothing in the {where} comes near this." if is_filtered else "No case in the register comes near this."
    speaking = len(answer.cited)
    speak = f"{speaking} of {where} {'comes' if speaking == 1 else 'come'} near this"
    wanted, others = _counts(answer, asked=True), _counts(answer, asked=False)
    if not wanted:
        that = " or ".join(_THAT[outcome] for outcome in answer.asked)
        return f"No case that {that} was found on this; {', '.join(others)}. {speak}.{_missed(answer)}"
    rest = f"; also {', '.join(others)}" if others else ""
    # Asked what worked, "cited as good practice" must not pass for it.
    missing = [outcome for outcome in answer.asked[:1] if outcome not in {group.outcome for group in answer.groups}]
    none = "".join(f"none that {_THAT[outcome]}, " for outcome in missing)
    return f"{speak}: {none}{', '.join(wanted)}{rest}.{_missed(answer)}"


def _missed(answer: CaseAnswer) -> str:
    if answer.places_missed:
        none = "It does not name" if len(answer.cited) == 1 else "None of them names"
        return f" {none} {' or '.join(answer.places_missed)}."
    return f" No case has the word “{answer.word_missed}”." if answer.word_missed else ""


def lines_of(library: Library, answer: CaseAnswer, is_filtered: bool = False) -> Iterator[str]:
    """Yield the answer as lines of text, with its cases below."""
    nearest = "; ".join(entry.title for entry in answer.nearest)
    yield lead(answer, is_filtered) + (f" Nearest: {nearest}." if nearest else "")
    told_others = False
    for group in answer.groups:
        if not group.asked and not told_others:
            told_others = True
            yield f"\n{NOT_ASKED_FOR}:"
        yield f"\n{TITLES[group.outcome]}"
        for case in group.cases:
            yield f"- {told_sentences(case)} [{case.n}]"
            if case.entry.lesson:
                yield f"    Lesson ({LESSON_BY}): {case.entry.lesson}"
    if answer.groups:
        yield ""
    for case in answer.cited:
        yield from _case_lines(case.n, case_record(library, case.entry))


def told_sentences(case: CitedCase) -> str:
    """Return a case's sentences, which are the register's own words, after its status where it has no result."""
    words = " ".join(case.sentences) or NO_RESULT_TOLD
    status = STATUS.get(case.entry.polarity)
    return f"{status}: {words}" if status else words


def answer_record(library: Library, answer: CaseAnswer, is_filtered: bool = False) -> dict[str, Any]:
    """Return the answer as ``--json`` and the API give it."""
    return {
        "question": answer.question,
        "asked_for": list(answer.asked),
        "lead": lead(answer, is_filtered),
        "cases_searched": answer.every,
        "cases_speaking": len(answer.cited),
        "places_missed": list(answer.places_missed),
        "word_missed": answer.word_missed,
        "groups": [
            {
                "outcome": group.outcome,
                "title": TITLES[group.outcome],
                "asked_for": group.asked,
                "cases": [_cited_record(library, case) for case in group.cases],
            }
            for group in answer.groups
        ],
        "nearest": [{"id": entry.id, "title": entry.title} for entry in answer.nearest],
    }


def _counts(answer: CaseAnswer, *, asked: bool) -> list[str]:
    return [f"{len(group.cases)} {_COUNTED[group.outcome]}" for group in answer.groups if group.asked == asked]


def _cited_record(library: Library, case: CitedCase) -> dict[str, Any]:
    own = {"n": case.n, "status": STATUS.get(case.entry.polarity), "sentences": list(case.sentences)}
    return own | case_record(library, case.entry)


def _case_lines(n: int, record: Mapping[str, Any]) -> Iterator[str]:
    where = _joined((record["place"], record["country"] if record["country"] != record["place"] else ""))
    yield f"[{n}] {record['title']} ({record['id']}): {record['organisation']}; {where}; {record['period']}"
    yield f"    Who says so: {record['said_by']} ({record['evidence']['title'].lower()})"
    for source in record["sources"]:
        document = _joined((source["document_publisher"], source["document_title"], source["section_title"]))
        behind = _joined((source["publisher"], source["title"], source["published"], source["part"], source["url"]))
        yield f"    - {document or behind}" + (f" (rests on: {behind})" if document and behind else "")


def _joined(parts: Iterable[str | None]) -> str:
    return ", ".join(filter(None, parts))
