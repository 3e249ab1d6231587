"""How far apart the scores of the chunks found are: what the reranker's weight goes by until results can choose it.

``python -m evals.calibration.reranker_weight`` (a few seconds) prints, over the dev questions, how far the first chunk
is above the fifth.
"""

from __future__ import annotations

import numpy as np

from evals.calibration.dev import dev_questions, keep_record, sections_of, standalone
from evals.libraries.shipped import open_shipped_library

BEHIND = 5


def main() -> None:
    """Search every dev question, print the quartiles."""
    retriever = open_shipped_library().retriever
    questions = dev_questions()
    parents = {question.id: question for question in questions}
    gaps = []
    for question in questions:
        found = retriever.retrieve(standalone(question, parents), BEHIND)
        gaps.append(found[0].score - found[-1].score)
    low, median, high = np.quantile(gaps, (0.25, 0.5, 0.75))
    print(f"first above chunk {BEHIND}: median {median:.2f}, quartiles {low:.2f} and {high:.2f}, n {len(gaps)}")
    keep_record("reranker_weight", sections_of(questions))


if __name__ == "__main__":
    main()
