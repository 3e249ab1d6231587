"""Authored questions: what the sentences of a summary answer, written by hand; each is a way to find its sentence.

``corpus/questions/<id>.toml`` holds ``[[sentence]]`` entries (a heading id, how a sentence, list item or table row of
its section begins, and the questions that it answers) and ``[[section]]`` entries (questions that a section answers,
somewhere). In ``recommendations.toml`` and ``precedents.toml`` the sections are entries of the register.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shown

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CatalogueError
from assistant.records import Array, Chunk, Document, Part


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectionQuestions(_Model):
    """Questions that a section answers, somewhere."""

    id: str
    questions: tuple[str, ...] = Field(min_length=1)


class SentenceQuestions(_Model):
    """Questions that one sentence, list item or table row answers."""

    section: str
    starts_with: str = Field(min_length=3)
    questions: tuple[str, ...] = Field(min_length=1)


class AuthoredQuestions(_Model):
    """All authored questions of one summary."""

    section: tuple[SectionQuestions, ...] = ()
    sentence: tuple[SentenceQuestions, ...] = ()

    def of_sections(self, ids: Collection[str | None]) -> AuthoredQuestions:
        """Return those of sections with these ids."""
        return AuthoredQuestions(
            section=tuple(item for item in self.section if item.id in ids),
            sentence=tuple(item for item in self.sentence if item.section in ids),
        )


def questions_path(corpus: Path, document: str, part: Part = "body") -> Path:
    """Return where the authored questions of a document, or of all entries of a register, are or would be."""
    return corpus / "questions" / f"{document if part == 'body' else part}.toml"


def load_questions(path: Path) -> AuthoredQuestions:
    """Return the authored questions of one file; none where there is no such file.

    Raises:
        CatalogueError: the file is not of the form above.
    """
    try:
        return AuthoredQuestions.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return AuthoredQuestions()
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}). Check your rights to it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{path}, {where}: found {shown(first['input'])}; {first['msg']}.") from error


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a question's answer is."""

    chunks: tuple[int, ...]
    """The chunks that may hold it, by position; of several, :func:`nearest` picks one."""
    start: int | None = None
    """Start of the sentence that answers, where known."""


def place_questions(
    authored: AuthoredQuestions, document: Document, chunks: Sequence[Chunk]
) -> tuple[dict[str, Placed], list[str]]:
    """Return where each question is answered, and what could not be placed, as problems.

    A section's question belongs to any chunk of the section.
    """
    sections: dict[str, list[int]] = {}
    for number, chunk in enumerate(chunks):
        sections.setdefault(chunk.anchor or "", []).append(number)
    placed: dict[str, Placed] = {}
    problems = []
    for section in authored.section:
        if section.id in sections:
            placed.update(dict.fromkeys(section.questions, Placed(tuple(sections[section.id]))))
        else:
            problems.append(f"Authored questions name the section {section.id!r}, which holds no text.")
    for sentence in authored.sentence:
        place = _place(sentence, sections.get(sentence.section, ()), document, chunks)
        if place is None:
            problems.append(
                f"Authored questions name a sentence of {sentence.section!r} that is not there: "
                f"{sentence.starts_with!r}."
            )
        else:
            placed.update(dict.fromkeys(sentence.questions, place))
    return placed, problems


def nearest(question: Array, candidates: Sequence[int], whole: Array, sentences: Sequence[Array]) -> int:
    """Return the candidate chunk nearest to the question, by its whole text or its best sentence."""

    def similarity(number: int) -> float:
        own = float(whole[number] @ question)
        return max(own, float((sentences[number] @ question).max())) if len(sentences[number]) else own

    return max(candidates, key=similarity)


def nearest_to_both(question: Array, guide: Array, whole: Array, sentences: Sequence[Array]) -> int:
    """Return the chunk nearest to the question and to ``guide``, the vector of the summary's chunk that answers it.

    So an original inherits the questions of the summary that it replaces.
    """
    near = [float((own @ question).max()) if len(own) else -1.0 for own in sentences]
    return int(np.argmax(whole @ guide + np.array(near)))


def nearest_sentence(question: Array, chunk: Chunk, sentences: Array) -> int:
    """Return the start of the chunk's sentence nearest to the question."""
    return chunk.sentences[int(np.argmax(sentences @ question))].start


def _place(
    sentence: SentenceQuestions, numbers: Sequence[int], document: Document, chunks: Sequence[Chunk]
) -> Placed | None:
    for number in numbers:
        for span in chunks[number].sentences:
            if document.text[span.start : span.end].startswith(sentence.starts_with):
                return Placed((number,), span.start)
    return None
