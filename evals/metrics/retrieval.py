"""How well the right passages are ranked. All values lie between 0 and 1, higher is better; ranks are 1-based.

A question may need several passages, each of which may stand in several places (`evals.metrics.support.Need`). What is
counted is needs, so that systems which cut their passages differently are judged alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from evals.metrics.support import Need, Passage, first_rank, holds

CUTOFFS = (1, 3, 5, 10)
DEPTH = 10
"""MRR and nDCG look at so many passages."""
RETRIEVAL_SCORES = (*(f"hit@{k}" for k in CUTOFFS), "mrr@10", "ndcg@10", "spans@5", "spans@10")


def retrieval_scores(found: Sequence[Passage], needs: Sequence[Need], cut: Sequence[Passage]) -> dict[str, float]:
    """Every retrieval score of one question; ``cut`` is all that the system could have found.

    ``hit@k``: 1 when one of the first ``k`` passages gives one of the needs. ``mrr@10``: 1 / rank of the first passage
    that gives a need, 0 when none of the first ten does. ``spans@k``: share of the needs given within the first ``k``.
    ``ndcg@10``: `ndcg`, where a passage's relevance is how many needs it gives that none before it gave.

    Raises:
        ValueError: the question needs nothing, so nothing can be scored.
    """
    if not needs:
        raise ValueError("no supporting passages to look for")
    ranks = [first_rank(found, need) for need in needs]
    first = min((rank for rank in ranks if rank is not None), default=math.inf)
    scores = {f"hit@{k}": float(first <= k) for k in CUTOFFS}
    scores["mrr@10"] = 1 / first if first <= DEPTH else 0.0
    for k in (5, 10):
        scores[f"spans@{k}"] = sum(rank is not None and rank <= k for rank in ranks) / len(needs)
    scores["ndcg@10"] = ndcg(new_needs(found, needs), _ideal(cut, needs))
    return scores


def ndcg(gains: Sequence[float], ideal: Sequence[float], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain, cut at ``depth``; 0 when there is nothing to find.

    ``gains`` are the relevances of what was found, in order; ``ideal`` those of the best possible list. The gain is
    linear, the discount log2(rank + 1).

    Source: Järvelin and Kekäläinen 2002, with the linear gain of trec_eval's ``ndcg_cut``, which BEIR reports.

    >>> round(ndcg([0, 1], [1]), 4)
    0.6309
    """
    best = _discounted(ideal[:depth])
    return _discounted(gains[:depth]) / best if best else 0.0


def ranked_ndcg(ranked: Sequence[str], relevances: Mapping[str, float], depth: int = DEPTH) -> float:
    """`ndcg` of ids in their order, by the relevance of each id; ids without one count 0."""
    return ndcg([relevances.get(name, 0.0) for name in ranked], sorted(relevances.values(), reverse=True), depth)


def new_needs(found: Sequence[Passage], needs: Sequence[Need]) -> list[float]:
    """How many needs each passage gives that none before it gave: two cuts of one paragraph do not count twice."""
    open_needs = list(needs)
    gains = []
    for passage in found:
        given = [need for need in open_needs if any(holds(passage, wanted) for wanted in need)]
        gains.append(float(len(given)))
        open_needs = [need for need in open_needs if need not in given]
    return gains


def _ideal(cut: Sequence[Passage], needs: Sequence[Need]) -> list[float]:
    """The gains of the best list that this cut allows; a need that the cut broke apart counts as one more to find."""
    given = {
        frozenset(number for number, need in enumerate(needs) if any(holds(passage, wanted) for wanted in need))
        for passage in cut
    } - {frozenset()}

    # All orders are tried, the best-first one would not do: of two passages that give as much, one may lead nowhere.
    @cache
    def best(known: frozenset[int], rank: int) -> tuple[float, tuple[float, ...]]:
        found: tuple[float, tuple[float, ...]] = (0.0, ())
        for new in {give - known for give in given} - {frozenset()}:
            value, gains = best(known | new, rank + 1)
            found = max(found, (len(new) / math.log2(rank + 1) + value, (float(len(new)), *gains)))
        return found

    gains = list(best(frozenset(), 1)[1])
    return gains + [1.0] * (len(needs) - int(sum(gains)))


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
