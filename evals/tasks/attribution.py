"""Is every sentence shown as said by whoever says it, and nobody else's words as the government's?

One suite looks at sentences of the library as the index holds them; the other asks questions that draw such sentences
out, and looks at the page, the note and the record. The true speakers were written down by hand from the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from lxml import html

from assistant import answering
from assistant.export.notes.making import note_of
from assistant.index import Generation
from assistant.json_records import answer_record
from assistant.library import Library
from assistant.records import Answer, Authority, Chunk, Quote, Span, Speaker
from assistant.text.speakers import GOVERNMENT
from assistant.web.evidence import evidence_html
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases, load_splits
from evals.tasks.shared import Judged, judged_task

SCORES = ("speaker_right", "not_raised")
QUESTION_SCORES = ("drawn", "shown_right")
NOTE_DAY = date(2026, 11, 30)


class SpokenWords(Record):
    """Words of the library that stand once in their section, and who says them."""

    id: Identifier
    split: Split
    document: Identifier
    section: Identifier
    snippet: Line
    speaker: Line
    aliases: tuple[Line, ...] = ()
    """Other names that a reader would take for the same speaker."""
    authority: Authority

    @property
    def cluster(self) -> str:
        """Its section: sentences of one section are not independent."""
        return f"{self.document}#{self.section}"

    @property
    def slices(self) -> Mapping[str, str]:
        """Whose words they are."""
        return {"document": self.document, "authority": self.authority}

    def is_named(self, shown: str) -> bool:
        """Whether words name the speaker."""
        return any(f" {_plain(name)} " in f" {_plain(shown)} " for name in (self.speaker, *self.aliases))


class Attributed(SpokenWords):
    """Such words as a case of their own."""

    @property
    def question(self) -> str:
        """The words."""
        return self.snippet


class AttributedQuestion(SpokenWords):
    """A question that such words answer."""

    question: Line


@task
def attribution(system: str = "steward", split: Split | None = None) -> Task:
    """Sentences of the library with their speakers, as indexed."""
    library = Bench.shared().library

    def judge(case: Attributed) -> Judged:
        shown = _speaker(case, library.generation)
        return Judged(sentence_scores(case, shown), shown.name, {"authority": shown.authority})

    return judged_task("attribution", load_attributed(), judge, SCORES, split)


@task
def attribution_questions(system: str = "steward", split: Split | None = None) -> Task:
    """Questions that draw such sentences out, end to end."""
    library = Bench.shared().library

    def judge(case: AttributedQuestion) -> Judged:
        answer = answering.ask(library, case.question)
        shown = list(speakers_shown(case, answer, library))
        scores = {"drawn": float(bool(shown))}
        if shown:
            scores["shown_right"] = float(all(map(case.is_named, shown)))
        return Judged(scores, answer.answer, {"shown": shown})

    return judged_task("attribution-questions", load_attributed_questions(), judge, QUESTION_SCORES, split)


def load_attributed(path: Path = DATA / "attribution.jsonl") -> list[Attributed]:
    """Return the sentences in order; see `evals.cases.load_cases`."""
    return load_cases(path, Attributed)


def load_attributed_questions(path: Path = DATA / "attribution_questions.jsonl") -> list[AttributedQuestion]:
    """Return the questions in order; see `evals.cases.load_cases`."""
    return load_cases(path, AttributedQuestion)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with both sets, one sentence each."""
    splits = load_splits()
    cases: Iterable[SpokenWords] = [*load_attributed(), *load_attributed_questions()]
    for case in cases:
        if case.document not in library.sources:
            yield f"Case {case.id}, field document: found {case.document!r}; expected a document of the library."
        elif len(found := _chunks(case, library.generation)) != 1:
            yield f"Case {case.id}, field snippet: {case.snippet!r} stands {len(found)} times; expected once."
        elif (split := splits.of(case.document, case.section)) != case.split:
            yield f"Case {case.id}, field split: found {case.split}; the section's is {split}."


def sentence_scores(case: SpokenWords, shown: Speaker) -> dict[str, float]:
    """Return the scores of a sentence with the speaker that it is shown with.

    ``speaker_right``: 1 when the speaker and the authority are the true ones. ``not_raised``: 1 when words that are not
    the government's are not shown as such; left out for its own.
    """
    scores = {"speaker_right": float(case.is_named(shown.name) and shown.authority == case.authority)}
    if case.authority not in GOVERNMENT:
        scores["not_raised"] = float(shown.authority not in GOVERNMENT)
    return scores


def speakers_shown(case: SpokenWords, answer: Answer, library: Library) -> Iterator[str]:
    """Yield who the record, the note and the page each name for the words; nothing where they are not cited."""
    cited = [quote for quote in answer.citations if quote.document == case.document and case.snippet in quote.quote]
    if not cited:
        return
    record = answer_record(answer)
    page: Any = html.fragment_fromstring(evidence_html(answer, library), create_parent="div")
    note = note_of([answer], NOTE_DAY)
    for quote in cited:
        yield record["citations"][answer.citations.index(quote)]["speaker"]["name"]
        yield page.xpath(f"string(.//article[@id='evidence-{quote.n}']/h3)")
        yield from _voices(note.sections[0].paragraphs, quote)


def _voices(paragraphs: Sequence[Any], quote: Quote) -> Iterator[str]:
    for paragraph in paragraphs:
        if quote.n in paragraph.footnotes and paragraph.says:
            yield paragraph.says


def _speaker(case: SpokenWords, generation: Generation) -> Speaker:
    """Return who the index says says the words; nobody where it takes them for several speakers'."""
    (chunk,) = _chunks(case, generation)
    start = chunk.start + chunk.text.index(case.snippet)
    return chunk.speaker_of(Span(start, start + len(case.snippet))) or Speaker("", "steward", "evidence")


def _chunks(case: SpokenWords, generation: Generation) -> list[Chunk]:
    return [
        chunk
        for chunk in generation.text_chunks(case.document)
        if chunk.anchor == case.section and case.snippet in chunk.text
    ]


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
