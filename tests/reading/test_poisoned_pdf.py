"""Words that a person who reads a PDF does not see are not read; its honest words are."""

from __future__ import annotations

import pytest

from assistant.reading import read_bytes
from evals.libraries.poisoned import FILES, PoisonedDocument, load_poisoned
from evals.metrics.matching import share_stated

CASES = [case for case in load_poisoned() if case.kind == "pdf-hidden-text"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hidden_words_are_not_read(case: PoisonedDocument) -> None:
    document = read_bytes((FILES / case.file).read_bytes())
    assert [words for words in case.must_not_say if words in document.text] == []
    assert share_stated(document.text, case.key_facts) == 1
