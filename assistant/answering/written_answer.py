"""Written answers: what a chat model makes of the evidence, each sentence checked before it is shown as an answer.

The quoted answer comes first and stands whatever the model does. At most two calls write: the answer, and either a
second try after one more search, or its failed sentences again. `Writing` records what the model did.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from assistant.answering.abstention import NOT_STATED, abstained, gap_of
from assistant.answering.premises import ONLY_PROPOSED
from assistant.answering.understanding import Understood, is_of_question
from assistant.answering.written_evidence import NumberedEvidence, find_evidence
from assistant.claims import Claim, Judge, Judgement, JudgingError, check_claims, check_sentence
from assistant.claims.markup import markup_in
from assistant.library import Library
from assistant.models.reply import WritingError
from assistant.models.writers import Draft, Writer, Written, parse_line
from assistant.records import Answer, ModelStep, Quote, Reason, Sentence, Unkept, Writing
from assistant.search.scope import Scope
from assistant.steps import step
from assistant.text.quoting import as_shown, quote_heading, quoted

if TYPE_CHECKING:  # slow to load
    from assistant.models.metering import Meter

StepName = Literal["understand", "write", "check"]
MOST_WRITES = 2
"""Calls that write, for one answer."""
LONGEST_GAP = 200
"""Most characters that a model may say of what is not stated."""
REFUSAL = "These passages do not answer the question."
_CORRECTION = re.compile(rf"{re.escape(ONLY_PROPOSED)} \[(\d+)\]")


class Steps:
    """Counts what each step asks of chat models."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._meters: dict[StepName, Meter] = {}
        self._seconds: dict[StepName, float] = {}

    @contextmanager
    def count(self, name: StepName) -> Iterator[None]:
        """Count for a step the calls that begin inside, also where they end later, and the time inside."""
        from assistant.models.metering import Meter, metering  # slow to load

        started = time.monotonic()
        try:
            with metering(self._meters.setdefault(name, Meter())):
                yield
        finally:
            self.took(name, started)

    def took(self, name: StepName, started: float) -> None:
        """Add the time since ``started``, of `time.monotonic`."""
        self._seconds[name] = self._seconds.get(name, 0.0) + time.monotonic() - started

    def pieces(self, name: StepName) -> int:
        """Return in how many pieces the replies of a step came; 0 where they came whole."""
        return self._meters[name].pieces

    @property
    def record(self) -> tuple[ModelStep, ...]:
        """The counts so far, a step each."""
        return tuple(
            ModelStep(name, meter.calls, meter.tokens_read, meter.tokens_written, round(self._seconds[name], 3))
            for name, meter in self._meters.items()
        )


def write_answer(
    library: Library,
    answer: Answer,
    understood: Understood,
    scope: Scope,
    writer: Writer,
    judge: Judge | None,
    deadline: float,
    steps: Steps,
) -> Iterator[str | Answer]:
    """Yield the sentences as they are written, unchecked, and last the answer made of those that pass the check.

    ``answer`` is the quoted one, which stands where the model gives nothing of use. Where the model finds that the
    evidence does not answer, the last item is an abstention; where the rules abstained, it may answer all the same.
    """
    work = _Work(library, understood, scope, writer, judge, deadline, steps)
    started = time.monotonic()
    try:
        with step("write"):
            yield from work.write()
            if work.draft.says_nothing:
                work.check_refusal(answer)
        last = work.abstention(answer) if work.draft.says_nothing else work.finished(answer)
    except (WritingError, JudgingError) as error:
        last = replace(answer, writing=work.record(fallback=str(error)))
    took = sum(step.seconds for step in steps.record if step.step == "check")
    seconds = replace(answer.seconds, check=answer.seconds.check + took)
    yield replace(last, seconds=replace(seconds, answer=seconds.answer + time.monotonic() - started - took))


@dataclass
class _Work:
    """One written answer in the making."""

    library: Library
    understood: Understood
    scope: Scope
    writer: Writer
    judge: Judge | None
    deadline: float
    steps: Steps
    found: NumberedEvidence = field(init=False)
    draft: Draft = field(default_factory=Draft)
    writes: int = 0
    kept: list[tuple[Written, Judgement]] = field(default_factory=list)
    rewritten: int = 0
    unkept: list[Unkept] = field(default_factory=list)

    def write(self) -> Iterator[str]:
        """Write, check and repair; yield what is written at first."""
        self.found = find_evidence(self.library, self.understood, self.scope)
        if not self.found.quotes:
            raise WritingError("there is no evidence to write from")
        yield from self._draft()
        if self.draft.says_nothing and self.draft.need:
            given = {(quote.text_id, quote.start) for quote in self.found.quotes}
            searches = (*self.understood.searches, self.draft.need)
            more = find_evidence(self.library, replace(self.understood, searches=searches), self.scope)
            if not given.issuperset((quote.text_id, quote.start) for quote in more.quotes):
                self.found = more
                yield from self._draft()
        if not self.draft.sentences and any(self.gaps):
            self.draft.says_nothing = True
        if not self.draft.says_nothing:
            self._check()

    def check_refusal(self, answer: Answer) -> None:
        """Ask the judge, too, where the model finds no answer and the rules found one: a document may order a refusal.

        Raises:
            WritingError: the quoted answer's words contradict the model.
            JudgingError: the judge gave no verdict.
        """
        if self.judge is None or not self.judge.reads_questions or answer.refused:
            return
        with self.steps.count("check"):
            (found,) = self.judge.judge([Claim(REFUSAL, answer.citations, self.understood.question)])
        if found.verdict == "contradicted":
            raise WritingError("it says that nothing answers the question, and the check found an answer")

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the model says that the evidence leaves open; only words of the question count."""
        asked = " ".join((self.understood.question, *self.understood.parts))
        told = (words for words in self.draft.not_stated if len(words) <= LONGEST_GAP and is_of_question(words, asked))
        return tuple(dict.fromkeys(map(gap_of, told)))

    def _draft(self) -> Generator[str, None, None]:
        self.draft, known = Draft(), {quote.n for quote in self.found.quotes}
        self.writes += 1
        with self.steps.count("write"):
            lines = self.writer.write(
                self.understood.question, self.understood.asked_for, self.found.lines, self.deadline
            )
        started = time.monotonic()
        try:
            for line in lines:
                for item in self.draft.add(line, known):
                    yield f"{as_shown(item.text)}\n"
        finally:
            self.steps.took("write", started)

    def _check(self) -> None:
        """Keep the sentences that pass; have those that fail written again once, if a call is left."""
        if not self.draft.sentences:
            raise WritingError("the model wrote nothing")
        judged = self._judged(self.draft.sentences)
        failed = [place for place, item in enumerate(judged) if item.verdict not in ("supported", "unjudged")]
        repairs = self._rewritten([(self.draft.sentences[place], judged[place]) for place in failed])
        for place, (written, judgement) in enumerate(zip(self.draft.sentences, judged, strict=True)):
            repaired = repairs[failed.index(place)] if place in failed else []
            if judgement.verdict == "supported":
                self.kept.append((written, judgement))
            elif repaired and all(item.verdict == "supported" for _, item in repaired):
                self.kept += repaired
                self.rewritten += 1
            else:
                reasons = next((item.reasons for _, item in repaired if item.reasons), judgement.reasons)
                self.unkept.append(Unkept(written.text, reasons or _bare_reason(written, judgement)))
        if not self.kept:
            nobody = all(item.verdict == "unjudged" for item in judged)
            raise WritingError(
                "nobody could judge its sentences" if nobody else "none of its sentences is supported by what it cites"
            )

    def _judged(self, sentences: Sequence[Written]) -> list[Judgement]:
        """Return the judgement of each; one that cites nothing, or is more than words, fails at once."""
        failed = {place: reason for place, item in enumerate(sentences) if (reason := self._unfit(item))}
        claims = [
            Claim(item.text, self._cited(item), self.understood.question)
            for place, item in enumerate(sentences)
            if place not in failed
        ]
        with self.steps.count("check"):
            judged = iter(check_claims(claims, self.library.document_of, self.judge) if claims else ())
        return [
            Judgement("unsupported", (failed[place],)) if place in failed else next(judged)
            for place in range(len(sentences))
        ]

    def _unfit(self, written: Written) -> Reason | None:
        if not self._cited(written):
            return Reason("citation", "", "the sentence cites nothing")
        piece = markup_in(written.text)
        return Reason("words", piece, "an answer holds words alone") if piece else None

    def _cited(self, written: Written) -> tuple[Quote, ...]:
        keys = self.found.with_leads(written.keys or written.neighbours)
        return tuple(self.found.quotes[key - 1] for key in keys)

    def _rewritten(self, failed: Sequence[tuple[Written, Judgement]]) -> list[list[tuple[Written, Judgement]]]:
        """Return for each failed sentence what was written in its place, with its judgement; empty without any.

        A model is not asked again if none of its sentences cites anything: it refused, or cannot write in this form.
        """
        repairs: list[list[tuple[Written, Judgement]]] = [[] for _ in failed]
        if not failed or self.writes >= MOST_WRITES or not any(map(self._cited, self.draft.sentences)):
            return repairs
        self.writes += 1
        told = [(written.text, _why(judgement)) for written, judgement in failed]
        known = {quote.n for quote in self.found.quotes}
        try:
            with self.steps.count("write"):
                lines = self.writer.rewrite(self.understood.question, self.found.lines, told, self.deadline)
            repaired = [(place, item) for place, line in lines.items() for item in parse_line(line, known)]
            judged = self._judged([item for _, item in repaired])
        except (WritingError, JudgingError):
            return repairs
        for (place, item), judgement in zip(repaired, judged, strict=True):
            repairs[place].append((item, judgement))
        return repairs

    def finished(self, answer: Answer) -> Answer:
        """Return the answer of the sentences that were kept, each under who says what it cites."""
        page = _Page()
        correction = _CORRECTION.match(answer.answer)
        if correction:
            number = page.number_of(next(quote for quote in answer.citations if quote.n == int(correction[1])))
            page.lines += [f"{ONLY_PROPOSED} [{number}]", ""]
        page.lines += [f"{NOT_STATED} {gap}" for gap in self.gaps]
        for written, judgement in self.kept:
            page.show(written.text, self._cited(written), judgement)
        return replace(
            answer,
            standalone_question=self.understood.question,
            status="partly-answered" if self.gaps else "answered",
            answer="\n".join(page.lines),
            sentences=tuple(page.sentences),
            citations=page.citations,
            retrieved=self.found.retrieved,
            model=self.writer.name,
            writing=self.record(),
            tables=(),
            gaps=self.gaps,
        )

    def abstention(self, answer: Answer) -> Answer:
        """Return an abstention with the nearest of the evidence that the model was given."""
        library, question = self.library, self.understood.question
        arranged = abstained(
            "not-in-library", question, self.found.passages, library.generation, self.scope.sources, self.scope
        )
        return replace(
            answer,
            standalone_question=question,
            status="not-in-library",
            answer=arranged.text,
            sentences=tuple(check_sentence(item, arranged.quotes, library.document_of) for item in arranged.sentences),
            citations=arranged.quotes,
            retrieved=self.found.retrieved,
            writing=self.record(found_nothing=True),
            tables=arranged.tables,
            gaps=arranged.gaps,
        )

    def record(self, fallback: str | None = None, found_nothing: bool = False) -> Writing:
        """Return what the model did."""
        return Writing(
            self.writer.name,
            self.judge.name if self.judge else "",
            self.steps.record,
            len(self.draft.sentences),
            0 if fallback else len(self.kept),
            0 if fallback else self.rewritten,
            tuple(key for item in self.draft.sentences for key in item.unknown),
            tuple(self.unkept),
            found_nothing,
            fallback,
        )


@dataclass
class _Page:
    """The lines of a written answer, and what they cite."""

    lines: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    _quotes: dict[tuple[str, int, int], Quote] = field(default_factory=dict)
    _voice: str = ""

    @property
    def citations(self) -> tuple[Quote, ...]:
        """What is cited, numbered from 1."""
        return tuple(self._quotes.values())

    def number_of(self, quote: Quote) -> int:
        """Return the number of a quote in the answer."""
        place = (quote.text_id, quote.start, quote.end)
        return self._quotes.setdefault(place, replace(quote, n=len(self._quotes) + 1)).n

    def show(self, text: str, cited: Sequence[Quote], judgement: Judgement) -> None:
        """Add a sentence, under who says what it cites."""
        voice = "; ".join(dict.fromkeys(quote_heading(quote).removesuffix(":") for quote in cited)) + ":"
        if voice != self._voice:
            self._voice = voice
            self.lines += [*([""] if self.sentences else []), voice]
        numbers = tuple(map(self.number_of, cited))
        is_verbatim = any(quote.form == "quote" and text in quote.quote for quote in cited)
        words = quoted(text, "quote" if is_verbatim else "summary")
        self.lines.append(f"{words} {' '.join(f'[{n}]' for n in numbers)}")
        self.sentences.append(Sentence(text, numbers, judgement.verdict, judgement.reasons))


def _why(judgement: Judgement) -> str:
    """Return what is wrong with a sentence, for whoever writes it again."""
    said = [f"{item.check}: “{item.claim}” against “{item.context}”" for item in judgement.reasons]
    return f"{judgement.verdict}; {'; '.join(said)}" if said else judgement.verdict


def _bare_reason(written: Written, judgement: Judgement) -> tuple[Reason, ...]:
    if judgement.verdict == "unjudged":
        return (Reason("judge", "", "nobody could judge the sentence"),)
    return (Reason("meaning", written.text, ""),)
