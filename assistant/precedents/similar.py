"""Cases similar to another: what they share, and which of their sentences are nearest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.facets import FIELDS
from assistant.records import Array
from assistant.registers.entries import Precedent

COMPARED = ("themes", "shifts", "sectors", "places", "levels", "polarities")
"""The facets that make two cases similar; the document and the publisher say nothing of that."""
FACET_WEIGHT = 0.3
"""What a case with all the same facets gains over one of the same meaning with none in common. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class SharedFacet:
    """What two cases have in common in one facet."""

    name: str
    title: str
    values: tuple[str, ...]
    """As readers see them."""


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A similar case. ``rank`` is 1-based; a higher ``score`` is more similar, within one list."""

    entry: Precedent
    rank: int
    score: float
    shared: tuple[SharedFacet, ...]
    sentences: tuple[str, str] | None
    """The two nearest sentences, of the case asked for and of this one; None where the index lacks one."""


def similar_cases(library: Library, case_id: str, limit: int = 5) -> tuple[SimilarCase, ...]:
    """Return the ``limit`` cases most similar to one, best first, by meaning and by what they share.

    Raises:
        AssistantError: there is no such case.
    """
    cases = cases_of(library)
    entry = cases.entry(case_id)
    scores = likeness(cases, entry.id)
    ordered = sorted(scores, key=lambda name: (-scores[name], name))[:limit]
    return tuple(
        SimilarCase(
            cases.entries[name],
            rank,
            scores[name],
            _shared(cases, entry.id, name),
            _nearest_pair(cases, entry.id, name),
        )
        for rank, name in enumerate(ordered, 1)
    )


def likeness(cases: Cases, case_id: str) -> dict[str, float]:
    """Return how similar every other case is to one, by id: by meaning, -1 to 1, plus a share for common facets.

    A facet's value counts by how few cases have it: that two are national says little.
    """
    meaning = _meaning(cases, case_id)
    weights = _value_weights(cases)
    own = _values(cases, case_id)
    scores = {}
    for name in cases.entries:
        if name != case_id:
            other = _values(cases, name)
            both = sum(weights[value] for value in own & other)
            either = sum(weights[value] for value in own | other)
            scores[name] = meaning[name] + FACET_WEIGHT * (both / either if either else 0.0)
    return scores


def _meaning(cases: Cases, case_id: str) -> dict[str, float]:
    """Return the cosine of every case with one: the mean of that by sentences and that by written questions.

    For a case without written questions, by sentences alone.
    """
    names = list(cases.entries)
    by_sentences = _cosines([cases.sentences[name].vectors for name in names], names.index(case_id))
    asked = [name for name in names if len(cases.questions[name])]
    meaning = dict(zip(names, by_sentences, strict=True))
    if case_id in asked:
        by_questions = _cosines([cases.questions[name] for name in asked], asked.index(case_id))
        for name, cosine in zip(asked, by_questions, strict=True):
            meaning[name] = (meaning[name] + cosine) / 2
    return meaning


def _cosines(vectors: Sequence[Array], number: int) -> list[float]:
    """Return the cosine of one case's mean vector with every other's."""
    middles = _apart(np.stack([rows.sum(axis=0) for rows in vectors]))
    return [float(cosine) for cosine in middles @ middles[number]]


def _apart(vectors: Array) -> Array:
    """Return unit vectors without what all have in common; otherwise the vaguest case would resemble every other."""
    plain = _unit(vectors)
    return _unit(plain - plain.mean(axis=0))


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _values(cases: Cases, name: str) -> set[tuple[str, str]]:
    return {(facet, value) for facet in COMPARED for value in FIELDS[facet].values(cases, name)}


def _value_weights(cases: Cases) -> Mapping[tuple[str, str], float]:
    """Return each value's weight: 1 for a value of one case alone, 0 for one of all."""
    counts = Counter(value for name in cases.entries for value in _values(cases, name))
    every = math.log(max(len(cases.entries), 2))
    return {value: 1 - math.log(count) / every for value, count in counts.items()}


def _shared(cases: Cases, one: str, other: str) -> tuple[SharedFacet, ...]:
    shared = []
    for facet in COMPARED:
        field = FIELDS[facet]
        theirs = {*field.values(cases, other)}
        values = tuple(field.words(cases, value) for value in field.values(cases, one) if value in theirs)
        if values:
            shared.append(SharedFacet(facet, field.title, values))
    return tuple(shared)


def _nearest_pair(cases: Cases, one: str, other: str) -> tuple[str, str] | None:
    own, theirs = cases.sentences[one], cases.sentences[other]
    if not own.texts or not theirs.texts:
        return None
    every = np.concatenate([sentences.vectors for sentences in cases.sentences.values()]).mean(axis=0)
    cosines = _unit(own.vectors - every) @ _unit(theirs.vectors - every).T
    first, second = np.unravel_index(int(cosines.argmax()), cosines.shape)
    return own.texts[int(first)], theirs.texts[int(second)]
