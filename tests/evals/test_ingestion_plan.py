"""The simulation of a build agrees with times worked by hand."""

from __future__ import annotations

from argparse import Namespace

import pytest

from assistant.indexing.embedding import AT_ONCE
from assistant.indexing.reading import FILES_AT_ONCE
from evals.benchmarks.ingestion_plan import simulate

COSTS = Namespace(reading=1.0, cutting=2.0, embedding=4.0, writing=0.5, publishing=0.25, texts=float(AT_ONCE))
"""Each task of files fills a group."""
DOCUMENTS = 4 * FILES_AT_ONCE


def test_one_processor_takes_the_sum_of_all_work_before_what_is_written_last() -> None:
    _, hours, busy, _, again = simulate(DOCUMENTS, 1, 0.0, COSTS)
    last = FILES_AT_ONCE * 0.5 + DOCUMENTS * 0.25
    assert hours * 3600 == pytest.approx(DOCUMENTS * 7 + last)
    assert busy == pytest.approx(100 * DOCUMENTS * 7 / (DOCUMENTS * 7 + last))
    assert again == 0


def test_more_processors_shorten_all_but_the_writing() -> None:
    _, one, *_ = simulate(DOCUMENTS, 1, 0.0, COSTS)
    _, many, _, writing, _ = simulate(DOCUMENTS, 1000, 0.0, COSTS)
    assert many < one / 2
    assert writing * many * 36 == pytest.approx(DOCUMENTS * 0.75)


def test_tasks_that_fail_take_longer_and_are_counted() -> None:
    _, without, *_ = simulate(DOCUMENTS, 4, 0.0, COSTS)
    _, hours, _, _, again = simulate(DOCUMENTS, 4, 0.5, COSTS)
    assert again > 0
    assert hours > without
