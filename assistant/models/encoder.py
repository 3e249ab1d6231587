"""Computes the vectors of questions and short documents from a MiniLM (BERT) checkpoint with NumPy alone.

sentence-transformers takes seconds and half a gigabyte to load, too much for one question: this forward pass gives the
same vector (cosine above 0.9999, tested) a second after start. Long documents go through sentence-transformers, see
:mod:`assistant.models.embedding`.

Source: Devlin et al. 2019 (BERT encoder, post-layer-norm); mean pooling over tokens, unit length, as the model card
    says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.records import Array


class LightEncoder:
    """Turns short texts into unit vectors."""

    def __init__(self, folder: Path, difference: Mapping[str, Array] | None = None) -> None:
        """Load a sentence-transformers folder whose transformer is a BERT with mean pooling.

        ``difference`` is added to its weights, by their names in the file.
        """
        config = json.loads((folder / "config.json").read_text())
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._layers: int = config["num_hidden_layers"]
        weights = load_file(folder / "model.safetensors")
        for name, added in (difference or {}).items():
            weights[name] = weights[name] + added
        self._weights = {
            name: np.ascontiguousarray(
                value.T if name.endswith(".weight") and value.ndim == 2 and "embeddings" not in name else value
            )
            for name, value in weights.items()
            if value.dtype.kind == "f"
        }
        self._tokenizer = load_tokenizer(folder)

    def plus(self, difference: Mapping[str, Array]) -> LightEncoder:
        """Return an encoder to whose weights ``difference`` is added, ``(out, in)`` each; the others are shared."""
        other = copy(self)
        changed = {name: np.ascontiguousarray(self._weights[name] + added.T) for name, added in difference.items()}
        other._weights = self._weights | changed
        return other

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the unit vectors of texts, ``(n_texts, dimensions)`` float32; each is cut at the model's limit."""
        own = [self._tokenizer.encode(text).ids for text in texts]
        ends = np.cumsum([len(ids) for ids in own])
        spans = [slice(end - len(ids), end) for ids, end in zip(own, ends, strict=True)]
        # One below the other without padding: only attention looks at one text at a time.
        hidden = np.concatenate([self._embed(ids) for ids in own])
        for number in range(self._layers):
            hidden = self._layer(hidden, spans, f"encoder.layer.{number}.")
        pooled = np.stack([hidden[span].mean(axis=0) for span in spans])
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(norms, 1e-12), dtype=np.float32)

    def _embed(self, ids: list[int]) -> Array:
        table = self._weights
        summed = (
            table["embeddings.word_embeddings.weight"][ids]
            + table["embeddings.position_embeddings.weight"][: len(ids)]
            + table["embeddings.token_type_embeddings.weight"][0]
        )
        return self._normalise(summed, "embeddings.LayerNorm")

    def _layer(self, hidden: Array, spans: Sequence[slice], prefix: str) -> Array:
        query, key, value = (
            self._linear(hidden, f"{prefix}attention.self.{name}") for name in ("query", "key", "value")
        )
        context = np.concatenate([self._attend(query[span], key[span], value[span]) for span in spans])
        attended = self._linear(context, f"{prefix}attention.output.dense") + hidden
        attended = self._normalise(attended, f"{prefix}attention.output.LayerNorm")
        widened = _gelu(self._linear(attended, f"{prefix}intermediate.dense"))
        return self._normalise(self._linear(widened, f"{prefix}output.dense") + attended, f"{prefix}output.LayerNorm")

    def _attend(self, *inputs: Array) -> Array:
        length, width = inputs[0].shape
        size = width // self._heads
        query, key, value = (item.reshape(length, self._heads, size).transpose(1, 0, 2) for item in inputs)
        weights = _softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size)))
        return np.asarray((weights @ value).transpose(1, 0, 2).reshape(length, width))

    def _linear(self, hidden: Array, name: str) -> Array:
        return np.asarray(hidden @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])

    def _normalise(self, hidden: Array, name: str) -> Array:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return np.asarray(centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def load_tokenizer(folder: Path) -> Tokenizer:
    """Return the model's tokenizer, which truncates at the model's limit and does not pad."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    limit = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer.enable_truncation(limit)
    tokenizer.no_padding()
    return tokenizer


def _softmax(scores: Array) -> Array:
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def _gelu(values: Array) -> Array:
    return np.asarray(values * 0.5 * (1.0 + _erf(values / np.float32(np.sqrt(2.0)))), dtype=np.float32)


def _erf(values: Array) -> Array:
    """Return the error function, absolute error below 1.5e-7. Source: Abramowitz and Stegun 1964, 7.1.26."""
    positive = np.abs(values)
    t = 1.0 / (1.0 + 0.3275911 * positive)
    polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.asarray(np.sign(values) * (1.0 - polynomial * np.exp(-positive * positive)))
