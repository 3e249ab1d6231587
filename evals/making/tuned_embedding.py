"""Tunes the packaged embedding model on authored questions, and writes `assistant.models.tuned.DIFFERENCE`.

Run ``python -m evals.making.tuned_embedding``: about five minutes on 2 cores with AMX. Only questions on dev sections
are used. Each is to be nearer to the passage that answers it, whole or its answering sentence, than to those of the
other questions of its batch and to passages that are near to it without answering it. The model itself stays as it is;
what is learned is a product of two narrow matrices for each weight matrix of its layers, which is added to it.

The order of sums differs between machines, so the file does not come out the same byte by byte; how well it does is
in ``assistant/models/tuned/README.md``.

Source: van den Oord et al. 2018 (the loss over a batch, InfoNCE); Hu et al. 2021 (LoRA).
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save
from torch import nn
from torch.nn import functional

from assistant.library import Library
from assistant.models.embedding import PACKAGED_MODEL, SentenceEmbedder, packaged_model
from assistant.models.tuned import DIFFERENCE
from assistant.records import Array, Chunk
from assistant.settings import EmbeddingSettings, load_settings
from assistant.text.chunking import embedded_text
from evals.calibration.dev import keep_record
from evals.cases import load_splits
from evals.libraries.shipped import open_shipped_library

RANK = 16
EPOCHS = 1
BATCH = 32
RATE = 1e-3
WARM_UP = 20
"""Steps in which the rate grows to `RATE`; after it, it falls linearly."""
LEAST_RATE = 0.05
TEMPERATURE = 0.05
HARD = 8
"""Near passages that do not answer a question; one of them is drawn for each batch."""
SHARE_OF_SENTENCES = 0.5
"""Of batches in which single sentences stand in for passages."""
KEPT = 0.75
"""Of what was learned: less leaves more of what the published model knows of other fields."""
SEED = 0


@dataclass(frozen=True)
class Pair:
    """An authored question, and the passage that answers it by its place in the list of passages."""

    question: str
    passage: int
    sentence: str


class Widened(nn.Module):
    """A linear layer to whose weights the product of two narrow matrices is added."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the layer's output, ``(…, out)``."""
        widened: torch.Tensor = self.layer(values) + values @ self.down.T @ self.up.T
        return widened


class Tuner:
    """The packaged model with widened layers."""

    def __init__(self, start: Mapping[str, Array] | None = None) -> None:
        """Load the model; ``start``, of the checkpoint's names, is added to its weights first."""
        os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
        from transformers import AutoModel, AutoTokenizer

        folder = str(packaged_model())
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model: Any = AutoModel.from_pretrained(folder, local_files_only=True).eval()
        self._model.requires_grad_(False)
        for name, added in (start or {}).items():
            self._model.get_parameter(name).add_(torch.from_numpy(added))
        layers = {name: layer for name, layer in self._model.named_modules() if _is_tuned(name, layer)}
        self._widened = {name: Widened(layer) for name, layer in layers.items()}
        for name, layer in self._widened.items():
            parent, _, own = name.rpartition(".")
            setattr(self._model.get_submodule(parent), own, layer)

    def learned(self) -> list[nn.Parameter]:
        """Return what is trained."""
        return [narrow for layer in self._widened.values() for narrow in (layer.down, layer.up)]

    def embed(self, texts: Sequence[str]) -> torch.Tensor:
        """Return unit vectors, ``(n_texts, dimensions)`` float32."""
        batch = self._tokenizer(list(texts), padding=True, truncation=True, max_length=256, return_tensors="pt")
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self._model(**batch).last_hidden_state.float()
        mask = batch["attention_mask"][..., None]
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    def save(self, path: Path, kept: float = 1.0) -> None:
        """Write the narrow matrices, a share ``kept`` of them, in half precision."""
        narrow = {}
        for name, layer in self._widened.items():
            narrow[f"{name}.weight.up"] = (layer.up.detach() * kept).half().numpy()
            narrow[f"{name}.weight.down"] = layer.down.detach().half().numpy()
        path.write_bytes(save(narrow))


def main() -> None:
    """Train and write."""
    torch.manual_seed(SEED)
    published = EmbeddingSettings(model=PACKAGED_MODEL)
    # A question's passage is told by vectors: those of the published model, whatever was tuned before.
    library = open_shipped_library(load_settings().model_copy(update={"embedding": published}))
    passages = [c for text_id in library.generation.manifest.texts for c in library.generation.text_chunks(text_id)]
    pairs, sections = _dev_pairs(library, passages)
    hard = _near_misses(pairs, [embedded_text(chunk) for chunk in passages], SentenceEmbedder(published))
    print(f"{len(pairs)} questions on {len({pair.passage for pair in pairs})} passages")
    tuner = Tuner()
    _train(tuner, pairs, passages, hard)
    tuner.save(DIFFERENCE, KEPT)
    keep_record("tuned_embedding", sections)
    print(f"{DIFFERENCE}: {DIFFERENCE.stat().st_size:,} bytes")


def take_step(optimiser: torch.optim.Optimizer, loss: torch.Tensor, step: int, steps: int) -> None:
    """Learn from the loss of a batch, at a rate that first grows and then falls."""
    for group in optimiser.param_groups:
        group["lr"] = RATE * min((step + 1) / WARM_UP, 1, max(LEAST_RATE, 1 - step / steps))
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    if (step + 1) % 20 == 0:
        print(f"step {step + 1} of {steps}: loss {loss.item():.3f}", flush=True)


def _is_tuned(name: str, layer: nn.Module) -> bool:
    return name.startswith("encoder.") and isinstance(layer, nn.Linear)


def _dev_pairs(library: Library, passages: Sequence[Chunk]) -> tuple[list[Pair], set[str]]:
    splits = load_splits()
    pairs, sections = [], set()
    for number, chunk in enumerate(passages):
        if not chunk.anchor or splits.of(chunk.text_id, chunk.anchor) != "dev":
            continue
        sections.add(f"{chunk.text_id}#{chunk.anchor}")
        for question, place in zip(chunk.questions, chunk.question_places, strict=True):
            answering = next((span for span in chunk.sentences if span.start <= place < span.end), chunk.sentences[0])
            pairs.append(Pair(question, number, _words(chunk, answering.start, answering.end)))
    return pairs, sections


def _words(chunk: Chunk, start: int, end: int) -> str:
    return chunk.text[start - chunk.start : end - chunk.start]


def _near_misses(pairs: Sequence[Pair], texts: Sequence[str], published: SentenceEmbedder) -> list[list[int]]:
    """For each question the passages nearest to it by the published model, without its own."""
    near = published.embed([pair.question for pair in pairs]) @ published.embed(texts).T
    near[np.arange(len(pairs)), [pair.passage for pair in pairs]] = -np.inf
    nearest: list[list[int]] = np.argsort(-near, axis=1)[:, :HARD].tolist()
    return nearest


def _train(tuner: Tuner, pairs: Sequence[Pair], passages: Sequence[Chunk], hard: Sequence[Sequence[int]]) -> None:
    draw = np.random.default_rng(SEED)
    optimiser = torch.optim.AdamW(tuner.learned(), lr=RATE, weight_decay=0.01)
    whole = [embedded_text(chunk) for chunk in passages]
    sentences = [[_words(chunk, *span) for span in chunk.sentences] for chunk in passages]
    steps = EPOCHS * (len(pairs) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = draw.permutation(len(pairs))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            batch = [int(number) for number in order[first : first + BATCH]]
            others = [int(draw.choice(hard[number])) for number in batch]
            own = [pairs[number].passage for number in batch]
            if draw.random() < SHARE_OF_SENTENCES:
                texts = [pairs[number].sentence for number in batch]
                texts += [str(draw.choice(sentences[number])) for number in others]
            else:
                texts = [whole[number] for number in (*own, *others)]
            take_step(
                optimiser, _loss(tuner, [pairs[number].question for number in batch], texts, own, others), step, steps
            )
            step += 1


def _loss(
    tuner: Tuner, questions: Sequence[str], texts: Sequence[str], own: Sequence[int], others: Sequence[int]
) -> torch.Tensor:
    """Cross-entropy of each question's own text among all of the batch, texts of the same passage left out."""
    scores = tuner.embed(questions) @ tuner.embed(texts).T / TEMPERATURE
    passage = torch.tensor([*own, *others])
    same = passage[None, :] == torch.tensor(own)[:, None]
    rows = torch.arange(len(questions))
    same[rows, rows] = False
    return functional.cross_entropy(scores.masked_fill(same, -1e4), rows)


if __name__ == "__main__":
    main()
