"""Prints how well chunks are found, beside two floors: a check on the weights in ``assistant/retrieval.py``.

Run ``python -m evals.calibration.retrieval`` after `steward ingest` (about a minute). Each authored question is asked
as if it had not been written; what counts as found is a chunk of the paragraph or section that it was written for. MRR
is cut at rank 10. Intervals are percentile bootstraps over questions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.answering import Assistant
from assistant.library import open_assistant
from assistant.questions import load_questions, place_questions, questions_path
from assistant.settings import load_settings
from assistant.terms import content_words
from evals.calibration.fit_abstention import Unprompted

QUESTIONS = 600
SEED = 5
Search = Callable[[str], list[str]]


def main() -> None:
    """Ask, rank, print a Markdown table."""
    assistant = open_assistant(load_settings())
    cases = random.Random(SEED).sample(_cases(assistant), QUESTIONS)
    searches: dict[str, Search] = {
        "Steward": lambda question: _steward(assistant, question),
        "BM25 alone": lambda question: [
            hit.chunk_id for hit in assistant.generation.search_words(content_words(question), 10)
        ],
        "whole-chunk vectors alone": lambda question: _whole(assistant, question),
    }
    ranks = {name: np.array([_rank(search(q), gold) for q, gold in cases]) for name, search in searches.items()}
    print("| measure | " + " | ".join(searches) + " |")
    measures: dict[str, Callable[[NDArray[np.int64]], NDArray[np.float64]]] = {
        "MRR@10": lambda rank: np.where(rank > 0, 1 / np.maximum(rank, 1), 0.0),
        "first chunk right": lambda rank: (rank == 1).astype(float),
        "right chunk in the first five": lambda rank: ((rank > 0) & (rank <= 5)).astype(float),
    }
    for name, measure in measures.items():
        figures = (_interval(measure(ranks[search])) for search in searches)
        print(f"| {name} (n = {len(cases)}) | " + " | ".join(figures) + " |")


def _cases(assistant: Assistant) -> list[tuple[str, frozenset[str]]]:
    """Each authored question with the ids of the chunks that may answer it."""
    cases = []
    for text_id, entry in assistant.generation.manifest.texts.items():
        if entry.part == "body":
            chunks = assistant.generation.text_chunks(text_id)
            authored = load_questions(questions_path(assistant.settings.corpus, text_id))
            placed, _ = place_questions(authored, assistant.generation.document(text_id), chunks)
            cases += [(question, frozenset(chunks[i].id for i in numbers)) for question, numbers in placed.items()]
    return cases


def _steward(assistant: Assistant, question: str) -> list[str]:
    retriever = Unprompted(assistant.generation, assistant.embedder, assistant.settings.retrieval, asked=question)
    return [item.chunk.id for item in retriever.retrieve(question)]


def _whole(assistant: Assistant, question: str) -> list[str]:
    generation = assistant.generation
    count = sum(entry.chunks for entry in generation.manifest.texts.values())
    hits = generation.search_vectors(assistant.embedder.embed_question(question), count)
    return [hit.chunk_id for hit in sorted(hits, key=lambda hit: -(hit.whole or -1.0))][:10]


def _rank(found: Sequence[str], gold: frozenset[str]) -> int:
    """1-based rank of the first right chunk; 0 when none was found."""
    return next((rank for rank, chunk_id in enumerate(found, 1) if chunk_id in gold), 0)


def _interval(values: NDArray[np.float64]) -> str:
    samples = np.random.default_rng(SEED).choice(values, (2000, len(values))).mean(axis=1)
    low, high = np.quantile(samples, (0.025, 0.975))
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    main()
