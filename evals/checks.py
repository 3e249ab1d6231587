"""Checks the data sets: nothing dangles, nothing stands twice, nothing for reporting was used for tuning.

`steward eval run` makes these checks before it asks a question; `steward eval check` makes them alone.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.text.terms import content_terms
from evals.cases import CaseError, Place, PlacedQuestion, Question, Split, Splits
from evals.claims import AlteredQuote
from evals.making.sections import section_ids
from evals.metrics.matching import states, tokens
from evals.metrics.support import SupportFinder, section_span, supporting_words

TUNED_ON = Path(__file__).parent / "calibration" / "tuned_on.json"
"""Which sections each calibration used; the calibrations write it."""
SAME_QUESTION = 0.8
"""Share of two questions' content words in common (Jaccard) from which on they count as one question."""
FEW_WORDS = 0.5
"""A question shares few words with its passage when less than this part of its content words stand there."""
LEAST_COUNTS = {"unanswerable": 40, "false-premise": 15, "authority": 20, "date": 10}
LEAST_QUESTIONS = 240


def question_problems(cases: Sequence[Question], splits: Splits, library: Library) -> Iterator[str]:
    """What is wrong with a set of questions, one sentence each."""
    yield from _section_problems(splits, library)
    finder = SupportFinder(library.generation)
    earlier: dict[str, Question] = {}
    for case in cases:
        yield from _split_problems(case, splits)
        try:
            finder.needs(case)
        except AssistantError as error:
            yield str(error)
        else:
            yield from _fact_problems(case, library)
        if case.followup_of is not None:
            parent = earlier.get(case.followup_of)
            if parent is None:
                yield f"Case {case.id}: followup_of names {case.followup_of!r}, which no earlier line has."
            elif parent.split != case.split:
                yield f"Case {case.id} is {case.split}, its parent {parent.id} is {parent.split}."
        earlier[case.id] = case
    yield from _duplicates(cases, library)


def quote_problems(quotes: Sequence[AlteredQuote], splits: Splits, library: Library) -> Iterator[str]:
    """What is wrong with a set of altered quotes, one sentence each."""
    seen: set[tuple[str, str]] = set()
    for quote in quotes:
        split = splits.of(quote.document, quote.section)
        if split != quote.split:
            yield f"Quote {quote.id} is {quote.split}, but {quote.document}#{quote.section} is {split or 'not listed'}."
        if quote.document not in library.generation.manifest.texts:
            yield f"Quote {quote.id}: the library holds no text {quote.document!r}."
        elif quote.context not in library.generation.document(quote.document).text:
            yield f"Quote {quote.id}: its context does not stand in {quote.document}; make the set again."
        if (quote.claim, quote.context) in seen:
            yield f"Quote {quote.id}: the same claim stands with the same context twice."
        seen.add((quote.claim, quote.context))


def place_problems(cases: Sequence[PlacedQuestion], splits: Splits, library: Library) -> Iterator[str]:
    """What is wrong with the passages that cases name, and with their ids, one sentence each."""
    counts = Counter(case.id for case in cases)
    yield from (f"Case {name} is there {count} times." for name, count in counts.items() if count > 1)
    for case in cases:
        yield from placed_problems(case.id, case.split, case.place, splits, library)


def placed_problems(case_id: str, split: Split, place: Place, splits: Splits, library: Library) -> Iterator[str]:
    """What is wrong with a passage that a case names, one sentence each."""
    expected = splits.of(place.document, place.section)
    if expected != split:
        yield f"Case {case_id} is {split}, but {place.document}#{place.section} is {expected}."
    try:
        SupportFinder(library.generation).find(place, case_id)
    except CaseError as error:
        yield str(error)


def tuning_problems(splits: Splits, path: Path = TUNED_ON) -> Iterator[str]:
    """Sections for reporting on which a constant of the code was tuned, by the record that calibration keeps."""
    for command, names in load_tuned_on(path).items():
        for name in names:
            text_id, _, section = name.partition("#")
            if splits.of(text_id, section) != "dev":
                yield f"{path.name}: {command} was tuned on {name}, which is no dev section."


def load_tuned_on(path: Path = TUNED_ON) -> dict[str, list[str]]:
    """For each calibration the sections it used, as ``text id#section id``; none where nothing was recorded."""
    if not path.exists():
        return {}
    try:
        content: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"{path} is no record of calibrations: {error}. The calibrations write it anew.") from error
    return content


def own_question_problems(cases: Sequence[Question], library: Library) -> Iterator[str]:
    """What is wrong with questions of one's own, which belong to no split of ours: dangling places and parents."""
    finder = SupportFinder(library.generation)
    earlier: set[str] = set()
    for case in cases:
        try:
            finder.needs(case)
        except AssistantError as error:
            yield str(error)
        if case.followup_of is not None and case.followup_of not in earlier:
            yield f"Case {case.id}: followup_of names {case.followup_of!r}, which no earlier line has."
        earlier.add(case.id)


def count_problems(cases: Sequence[Question]) -> Iterator[str]:
    """Which kinds of questions are too few."""
    counts = Counter(case.type for case in cases)
    for kind, least in LEAST_COUNTS.items():
        if counts[kind] < least:  # type: ignore[index]
            yield f"{counts[kind]} questions of type {kind}; at least {least} are wanted."  # type: ignore[index]
    if len(cases) < LEAST_QUESTIONS:
        yield f"{len(cases)} questions; at least {LEAST_QUESTIONS} are wanted."


def share_few_words(cases: Sequence[Question], library: Library) -> float:
    """Share of the answerable questions that share few content words with the passages that answer them."""
    shares = [shared_words(case, library) for case in cases if case.spans]
    return sum(share < FEW_WORDS for share in shares) / len(shares) if shares else 0.0


def shared_words(case: Question, library: Library) -> float:
    """Part of the question's content words that stand in its supporting paragraphs, in any form; between 0 and 1."""
    finder = SupportFinder(library.generation)
    held: set[str] = set()
    for need in finder.needs(case):
        for passage in need[:1]:
            held |= set(content_terms(supporting_words(library.generation.document(passage.text_id), passage)))
    asked = set(content_terms(case.question))
    return len(asked & held) / len(asked) if asked else 0.0


def _section_problems(splits: Splits, library: Library) -> Iterator[str]:
    generation = library.generation
    there = {(text_id, name) for text_id in generation.manifest.texts for name in section_ids(generation, text_id)}
    for text_id, section in sorted(there - splits.sections):
        yield f"sections.toml does not list {text_id}#{section}; run `python -m evals.making.sections`."
    for text_id, section in sorted(splits.sections - there):
        yield f"sections.toml lists {text_id}#{section}, which the library does not hold."


def _split_problems(case: Question, splits: Splits) -> Iterator[str]:
    named = [(place.document, place.section) for span in case.spans for place in span.places]
    if case.near:
        document, _, section = case.near.partition("#")
        named.append((document, section))
    for document, section in named:
        split = splits.of(document, section)
        if split is None:
            yield f"Case {case.id}: sections.toml does not list {document}#{section}."
        elif split != case.split:
            yield f"Case {case.id} is {case.split}, but {document}#{section} is {split}."


def _fact_problems(case: Question, library: Library) -> Iterator[str]:
    """A fact that no supporting section states cannot be asked for."""
    words = []
    for span in case.spans:
        for place in span.places:
            document = library.generation.document(place.document)
            section = section_span(document, place.section)
            if section is not None:
                words.append(document.text[section.start : section.end])
            source = library.sources[place.document.partition("/")[0]]
            words += [
                source.publisher,
                source.title,
                source.published,
                source.status,
                AUTHORITY_WORDS[source.authority],
            ]
    own = tokens("\n".join(words))
    for fact in case.key_facts:
        if not states(own, fact):
            yield f"Case {case.id}: no supporting section states the fact {list(fact)}."


def _duplicates(cases: Sequence[Question], library: Library) -> Iterator[str]:
    """Questions that are asked twice, or that the library's own authored questions ask."""
    generation = library.generation
    authored = {
        question
        for text_id in generation.manifest.texts
        for chunk in generation.text_chunks(text_id)
        for question in chunk.questions
    }
    seen: list[tuple[str, frozenset[str]]] = []
    holding: dict[str, list[int]] = defaultdict(list)

    def see(what: str, terms: frozenset[str]) -> None:
        for term in terms:
            holding[term].append(len(seen))
        seen.append((what, terms))

    for question in sorted(authored):
        see(f"the authored question {question!r}", _terms(question))
    for case in cases:
        if case.followup_of is not None:
            continue
        own = _terms(case.question)
        for number in sorted({number for term in own for number in holding[term]}):
            what, terms = seen[number]
            if _jaccard(own, terms) >= SAME_QUESTION:
                yield f"Case {case.id} asks {case.question!r}, which is {what}."
        see(f"case {case.id}, {case.question!r}", own)


def _terms(question: str) -> frozenset[str]:
    return frozenset(content_terms(question)) or frozenset(question.lower().split())


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def require_dev(cases: Iterable[Question]) -> list[Question]:
    """The cases, if all of them may be tuned on.

    Raises:
        CaseError: one belongs to the test split.
    """
    chosen = list(cases)
    for case in chosen:
        if case.split != "dev":
            raise CaseError(f"Case {case.id} belongs to the {case.split} split; tune on dev only.")
    return chosen
