"""Authored questions: what the paragraphs of a briefing answer, written by hand; each becomes a way to find its chunk.

``corpus/questions/<id>.toml`` holds ``[[section]]`` entries (a heading id and the questions its section answers) and
``[[paragraph]]`` entries (the same for the paragraph or list item whose words begin with ``starts_with``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CatalogueError
from assistant.records import Chunk, Document

Array = NDArray[np.float32]

_NUMBER = re.compile(r"^\d+[.)] ")
"""What an ordered list puts before an item's words."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectionQuestions(_Model):
    """Questions that a section answers, somewhere."""

    id: str
    questions: tuple[str, ...] = Field(min_length=1)


class ParagraphQuestions(_Model):
    """Questions that one paragraph answers."""

    section: str
    starts_with: str = Field(min_length=3)
    questions: tuple[str, ...] = Field(min_length=1)


class AuthoredQuestions(_Model):
    """All authored questions of one briefing."""

    section: tuple[SectionQuestions, ...] = ()
    paragraph: tuple[ParagraphQuestions, ...] = ()


def questions_path(corpus: Path, document: str) -> Path:
    """Where a document's authored questions lie, if it has any."""
    return corpus / "questions" / f"{document}.toml"


def load_questions(path: Path) -> AuthoredQuestions:
    """The authored questions of one file; none where there is no such file.

    Raises:
        CatalogueError: the file is not of the form above.
    """
    try:
        return AuthoredQuestions.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return AuthoredQuestions()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{path}, {where}: found {first['input']!r}; {first['msg']}.") from error


def place_questions(
    authored: AuthoredQuestions, document: Document, chunks: Sequence[Chunk]
) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """For each question the chunks (by position) that may answer it, and what could not be placed, as problems.

    A paragraph's question belongs to the one chunk that holds the paragraph's first words; a section's question to any
    chunk of the section, of which :func:`nearest` picks one.
    """
    sections: dict[str, list[int]] = {}
    for number, chunk in enumerate(chunks):
        sections.setdefault(chunk.anchor or "", []).append(number)
    placed: dict[str, tuple[int, ...]] = {}
    problems = []
    for section in authored.section:
        if section.id in sections:
            placed.update(dict.fromkeys(section.questions, tuple(sections[section.id])))
        else:
            problems.append(f"Authored questions name the section {section.id!r}, which holds no text.")
    for paragraph in authored.paragraph:
        holder = _holder(paragraph, document, chunks)
        if holder is None:
            problems.append(
                f"Authored questions name a paragraph of {paragraph.section!r} that is not there: "
                f"{paragraph.starts_with!r}."
            )
        else:
            placed.update(dict.fromkeys(paragraph.questions, (holder,)))
    return placed, problems


def nearest(question: Array, candidates: Sequence[int], whole: Array, sentences: Sequence[Array]) -> int:
    """Of the candidate chunks the one nearest to the question, by its whole text or its best sentence."""

    def similarity(number: int) -> float:
        own = float(whole[number] @ question)
        return max(own, float((sentences[number] @ question).max())) if len(sentences[number]) else own

    return max(candidates, key=similarity)


def nearest_to_both(question: Array, guide: Array, whole: Array, sentences: Sequence[Array]) -> int:
    """The chunk that is nearest to the question and to ``guide``, the vector of the briefing's chunk that answers it.

    So an original inherits the questions of the briefing that it replaces.
    """
    near = [float((own @ question).max()) if len(own) else -1.0 for own in sentences]
    return int(np.argmax(whole @ guide + np.array(near)))


def _holder(paragraph: ParagraphQuestions, document: Document, chunks: Sequence[Chunk]) -> int | None:
    for block in document.blocks:
        if _NUMBER.sub("", document.text[block.start : block.end], count=1).startswith(paragraph.starts_with):
            for number, chunk in enumerate(chunks):
                if chunk.start <= block.start < chunk.end and chunk.anchor == paragraph.section:
                    return number
    return None
