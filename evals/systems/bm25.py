"""BM25 with its two parameters free: the floor of every retrieval table, and a match for published runs.

Tantivy, which keeps the product's words, has k1 = 1.2 and b = 0.75 built in; Anserini's published runs use 0.9 and 0.4.
Nothing here is used to answer a question.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import tantivy
from numpy.typing import NDArray

LUCENE_STOPWORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with"
).split()
"""The 33 words that Lucene's English analyser leaves out."""


@dataclass(frozen=True)
class Bm25:
    """BM25 over whole texts, held in memory.

    A term of the query that stands ``f`` times in a text and in ``n`` of the ``N`` texts scores
    ln(1 + (N - n + 0.5) / (n + 0.5)) * f / (f + k1 * (1 - b + b * length / mean length)), and again as often as the
    query repeats it. The constant factor k1 + 1, which changes no order, is left out.

    Source: Robertson and Zaragoza 2009, as Lucene has it (Kamphuis et al. 2020), with exact lengths. Words are cut as
    Lucene's English analyser does, but for two things: its stemmer is the older Porter, ours is Snowball's English one,
    and it keeps a number such as 1,000 in one piece.
    """

    texts: Sequence[str]
    k1: float = 0.9
    """How soon further occurrences of a term stop counting."""
    b: float = 0.4
    """How much the length of a text counts against it; 0 not at all, 1 in full."""
    _postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = [Counter(terms(text)) for text in self.texts]
        lengths = np.array([count.total() for count in counts], dtype=np.float64)
        penalties = self.k1 * (1 - self.b + self.b * lengths / max(float(lengths.mean()) if counts else 0.0, 1e-9))
        holding: dict[str, list[tuple[int, int]]] = {}
        for number, count in enumerate(counts):
            for term, often in count.items():
                holding.setdefault(term, []).append((number, often))
        postings = {}
        for term, entries in holding.items():
            numbers, often_in = np.array(entries, dtype=np.int64).T
            idf = math.log1p((len(counts) - len(entries) + 0.5) / (len(entries) + 0.5))
            postings[term] = (numbers, idf * often_in / (often_in + penalties[numbers]))
        object.__setattr__(self, "_postings", postings)

    def scores(self, query: str) -> NDArray[np.float64]:
        """The score of every text, ``(n_texts,)``: higher is better, 0 for one that has none of the query's words."""
        scores = np.zeros(len(self.texts))
        for term, often in Counter(terms(query)).items():
            if term in self._postings:
                numbers, weights = self._postings[term]
                scores[numbers] += often * weights
        return scores

    def search(self, query: str, k: int) -> list[int]:
        """The numbers of at most ``k`` texts that have words of the query, best first; equal ones in their order."""
        scores = self.scores(query)
        return [int(number) for number in np.argsort(-scores, kind="stable")[:k] if scores[number] > 0]


def terms(text: str) -> list[str]:
    """The stems of a text's words in order, without Lucene's stop words.

    >>> terms("The effects of ADAR1 on cells")
    ['effect', 'adar1', 'cell']
    """
    return list(_ANALYSER.analyze(text))


_ANALYSER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.custom_stopword(LUCENE_STOPWORDS))
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)
