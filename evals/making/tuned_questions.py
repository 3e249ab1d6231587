"""Tunes the vector of a question by which evidence is weighed, and writes `assistant.models.tuned.WEIGHING`.

Run ``python -m evals.making.tuned_questions``: about six minutes on 2 cores. Only the question's side is tuned, from
the tuning of the search on; the library's vectors stay as they are. It learns from graded candidates, see
`evals.calibration.judged`: which sentence answers, and which only looks like it.

The order of sums differs between machines, so the file does not come out the same byte by byte; how well it does is
in ``assistant/models/tuned/README.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from assistant.library import Library
from assistant.models.tuned import WEIGHING, read_difference
from assistant.records import Array
from assistant.text.chunking import block_at
from evals.calibration.dev import keep_record
from evals.calibration.fitting import folds_of
from evals.calibration.judged import RIGHT, Judged, graded, load_judged
from evals.libraries.shipped import open_shipped_library
from evals.making.tuned_embedding import BATCH, RATE, SEED, Tuner, take_step

EPOCHS = 4
TARGETS = (0.0, 0.0, 0.3, 1.0)
"""The chance that each grade is taught as."""
START = (8.0, 8.0, -10.0)
"""What likeness to the sentence and to its nearest authored question add to a candidate's log odds, and the rest."""
SHARE_OF_ORDER = 0.3
"""How much it counts that what answers comes before a question's other candidates."""
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question and the vectors of its candidates."""

    question: str
    sentences: torch.Tensor
    """``(n_candidates, dimensions)``"""
    asked: torch.Tensor
    """Vectors of the authored questions, ``(n_questions, dimensions)``."""
    written_for: torch.Tensor
    """Whether each is written for a candidate's paragraph, ``(n_candidates, n_questions)``."""
    grades: torch.Tensor
    """``(n_candidates,)``"""


def main() -> None:
    """Tune on all of the questions and write."""
    judged = load_judged()
    library = open_shipped_library()
    lessons = [_lesson(item, library) for item in judged]
    print(f"{len(lessons)} questions with {sum(len(lesson.grades) for lesson in lessons)} candidates")
    _tuned(lessons).save(WEIGHING)
    keep_record("tuned_questions", {item.near for item in judged if item.near})
    print(f"{WEIGHING}: {WEIGHING.stat().st_size:,} bytes")


def unseen_vectors(judged: Sequence[Judged], library: Library) -> list[Array]:
    """Return the vector of each question by a tuning that saw no question of its section, ``(dimensions,)`` each."""
    lessons = [_lesson(item, library) for item in judged]
    folds = folds_of([item.cluster for item in judged], FOLDS, SEED)
    vectors: dict[int, Array] = {}
    for fold in range(FOLDS):
        tuner = _tuned([lesson for lesson, own in zip(lessons, folds, strict=True) if own != fold])
        for number in map(int, np.flatnonzero(folds == fold)):
            with torch.no_grad():
                vectors[number] = tuner.embed([judged[number].question])[0].numpy()
    return [vectors[number] for number in range(len(judged))]


def _lesson(item: Judged, library: Library) -> Lesson:
    generation = library.generation
    candidates = list(graded(item, library))
    chunks = {chunk.id: chunk for chunk, _, _, _ in candidates}
    of_sentence = dict(zip(chunks, generation.sentence_vectors(list(chunks)), strict=True))
    of_question = zip(chunks.values(), generation.question_vectors(list(chunks)), strict=True)
    asked, paragraphs = [], []
    for chunk, vectors in of_question:
        document = generation.document(chunk.text_id)
        asked += [vectors[number] for number in range(len(chunk.questions))]
        paragraphs += [(chunk.id, block_at(document, place).start) for place in chunk.question_places]
    own = [
        (chunk.id, block_at(generation.document(chunk.text_id), span.start).start) for chunk, span, _, _ in candidates
    ]
    sentences = [of_sentence[chunk.id][chunk.sentences.index(span)] for chunk, span, _, _ in candidates]
    dimensions = len(sentences[0])
    return Lesson(
        item.question,
        torch.tensor(np.array(sentences), dtype=torch.float32),
        torch.tensor(np.array(asked).reshape(-1, dimensions), dtype=torch.float32),
        torch.tensor([[place == paragraph for paragraph in paragraphs] for place in own]).reshape(len(own), -1),
        torch.tensor([grade for _, _, _, grade in candidates]),
    )


def _tuned(lessons: Sequence[Lesson]) -> Tuner:
    torch.manual_seed(SEED)
    draw = np.random.default_rng(SEED)
    tuner, scale = Tuner(read_difference()[0]), torch.nn.Parameter(torch.tensor(START))
    optimiser = torch.optim.AdamW([*tuner.learned(), scale], lr=RATE, weight_decay=0.01)
    steps = EPOCHS * (len(lessons) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = draw.permutation(len(lessons))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            batch = [lessons[number] for number in order[first : first + BATCH]]
            vectors = tuner.embed([lesson.question for lesson in batch])
            losses = [_loss(lesson, vector, scale) for lesson, vector in zip(batch, vectors, strict=True)]
            take_step(optimiser, torch.stack(losses).mean(), step, steps)
            step += 1
    return tuner


def _loss(lesson: Lesson, vector: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of a question's candidates, and of what answers among them."""
    nearest = torch.zeros(len(lesson.grades))
    if len(lesson.asked):
        likeness = (lesson.asked @ vector).expand(lesson.written_for.shape)
        nearest = likeness.masked_fill(~lesson.written_for, 0.0).amax(1)
    odds = scale[0] * (lesson.sentences @ vector) + scale[1] * nearest + scale[2]
    loss = functional.binary_cross_entropy_with_logits(odds, torch.tensor(TARGETS)[lesson.grades])
    right = lesson.grades == RIGHT
    if right.any():
        loss = loss - SHARE_OF_ORDER * functional.log_softmax(odds, 0)[right].mean()
    return loss


if __name__ == "__main__":
    main()
