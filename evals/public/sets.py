"""Public sets as their publishers hand them out: BEIR-form retrieval folders, and claims with a context and a label.

Nothing is shipped or fetched: a developer has them on disk. Every error names file and line.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from evals.cases import CaseError

QRELS_HEADER = "query-id\tcorpus-id\tscore"
_LFS_POINTER = "version https://git-lfs.github.com/spec/"
_LABELS: dict[int | str, bool] = {0: False, 1: True, "unsupported": False, "supported": True}


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PublicDocument(_Line):
    """A document of a BEIR-form corpus."""

    id: str = Field(alias="_id", min_length=1)
    title: str = ""
    text: str

    @property
    def whole(self) -> str:
        """Title and text as one."""
        return f"{self.title} {self.text}".strip()


class PublicQuery(_Line):
    """A query of a BEIR-form folder."""

    id: str = Field(alias="_id", min_length=1)
    text: str = Field(min_length=1)


def _label(value: object) -> bool:
    if isinstance(value, int | str) and value in _LABELS:  # True is 1
        return _LABELS[value]
    raise ValueError('a label is 0 or 1, true or false, "supported" or "unsupported"')


class Claim(_Line):
    """A claim, the text that should support it, and whether it does."""

    id: str | None = None
    claim: str = Field(min_length=1)
    context: str
    label: Annotated[bool, BeforeValidator(_label)]
    group: str | None = None
    """Claims of one group are not independent; without one, the context is the group."""


AnyLine = TypeVar("AnyLine", bound=_Line)


@dataclass(frozen=True)
class BeirSet:
    """A corpus, the queries that were judged, and their judgements."""

    documents: tuple[PublicDocument, ...]
    queries: Mapping[str, str]
    """Words of each query that has a relevant document, by id."""
    judgements: Mapping[str, Mapping[str, float]]
    """For each of these queries its relevant documents and how relevant they are, above 0."""
    unscored: int
    """Queries of the split for which no document was judged relevant: nothing can be found, so nothing is scored."""
    digest: str
    """SHA-256 of the corpus file, in hexadecimal."""


def load_beir(folder: Path, split: str = "test") -> BeirSet:
    """A BEIR-form folder. A judgement of 0 or below means not relevant, as in trec_eval.

    Raises:
        CaseError: a file is missing or a Git LFS pointer, a line is wrong, an id stands twice, a judgement names what
            is not there, or nothing is judged relevant.
    """
    documents = tuple(_unique(folder / "corpus.jsonl", PublicDocument))
    queries = {query.id: query.text for query in _unique(folder / "queries.jsonl", PublicQuery)}
    path = folder / "qrels" / f"{split}.tsv"
    judged = _judgements(path, frozenset(queries), frozenset(document.id for document in documents))
    relevant = {
        query: {document: score for document, score in scores.items() if score > 0} for query, scores in judged.items()
    }
    relevant = {query: scores for query, scores in relevant.items() if scores}
    if not relevant:
        raise CaseError(f"{path}: none of its judgements is above 0, so there is nothing to find. Take another split.")
    with (folder / "corpus.jsonl").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    words = {query: queries[query] for query in relevant}
    return BeirSet(documents, words, relevant, len(judged) - len(relevant), digest)


def load_claims(path: Path) -> tuple[Claim, ...]:
    """The claims of a JSON Lines file; one without an id gets ``line N``.

    Raises:
        CaseError: the file is missing or a Git LFS pointer, a line is wrong, an id stands twice, or the labels are all
            the same.
    """
    claims = tuple(
        claim.model_copy(update={"id": f"line {number}"}) if claim.id is None else claim
        for number, claim in _numbered(path, Claim)
    )
    if len({claim.label for claim in claims}) < 2:
        raise CaseError(f"{path} has {len(claims)} claims, but not of both labels; a comparison needs both.")
    return claims


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1. Only a line feed ends a line: JSON may hold others."""
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if number == 1 and line.startswith(_LFS_POINTER):
                    raise CaseError(
                        f"{path} is a Git LFS pointer, not the data. "
                        "Run `git lfs pull` where it comes from and copy it again."
                    )
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except FileNotFoundError as error:
        there = ", ".join(sorted(item.name for item in path.parent.glob("*"))) or "nothing"
        raise CaseError(f"{path} is missing; its folder holds {there}. Name another folder, file or split.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read as UTF-8 text: {error}.") from error


def _numbered(path: Path, model: type[AnyLine]) -> Iterator[tuple[int, AnyLine]]:
    """The records of a JSON Lines file with their line numbers; an id that stands twice is refused."""
    first_at: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            record = model.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the record"
            raise CaseError(
                f"{path}, line {number}, {place}: {first['msg']} (found {str(first['input'])[:120]!r})."
            ) from error
        identifier = getattr(record, "id", None)
        if identifier is not None and first_at.setdefault(identifier, number) != number:
            raise CaseError(
                f"{path}, line {number}: the id {identifier!r} stands in line {first_at[identifier]} already; "
                "ids must be unique."
            )
        yield number, record


def _unique(path: Path, model: type[AnyLine]) -> Iterator[AnyLine]:
    return (record for _, record in _numbered(path, model))


def _judgements(path: Path, queries: frozenset[str], documents: frozenset[str]) -> dict[str, dict[str, float]]:
    """Every judgement of a file, by query and document."""
    judged: dict[str, dict[str, float]] = {}
    dangling: list[str] = []
    lines = _lines(path)
    number, header = next(lines, (1, ""))
    if header != QRELS_HEADER:
        raise CaseError(f"{path}, line {number}: found {header[:120]!r}, expected the header {QRELS_HEADER!r}.")
    for number, line in lines:
        query, document, score = _judgement(line, f"{path}, line {number}")
        if document in judged.setdefault(query, {}):
            raise CaseError(f"{path}, line {number}: query {query!r} and document {document!r} were judged before.")
        judged[query][document] = score
        missing = [
            f"{kind} {name!r} of line {number}"
            for kind, name, known in (("query", query, queries), ("document", document, documents))
            if name not in known
        ]
        dangling += missing[:1]
    if dangling:
        raise CaseError(
            f"{path}: {len(dangling)} of its judgements name a query or a document that the folder does not hold, "
            f"the first {dangling[0]}. The files are not of one set, or one is cut short; fetch all three again."
        )
    if not judged:
        raise CaseError(f"{path} has a header and no judgement. Take another split.")
    return judged


def _judgement(line: str, where: str) -> tuple[str, str, float]:
    try:
        query, document, written = line.split("\t")
        score = float(written)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise CaseError(
            f"{where}: found {line[:120]!r}, expected a query id, a document id and a number, tabs between."
        )
    return query, document, score
