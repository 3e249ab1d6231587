"""What every index must do, with its vectors embedded and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from assistant.index import ChunkVectors, Generation, IndexStore, WordHit, representations
from tests.index.conftest import KINDS, store_of
from tests.index.index_making import DIMENSIONS, EMBEDDING, Text, best_chunks, build, make_library, make_text, unit

FILTERS = {
    "none": None,
    "one": frozenset({"text-3"}),
    "some": frozenset(f"text-{n}" for n in range(0, 12, 4)),
    "broad": frozenset(f"text-{n}" for n in range(10)),
    "all": frozenset(f"text-{n}" for n in range(12)),
    "unknown": frozenset({"text-1", "no-such-text"}),
}


@pytest.fixture(scope="module")
def library() -> list[Text]:
    return make_library(12, n_chunks=25)


@pytest.fixture(scope="module", params=KINDS)
def generation(
    request: pytest.FixtureRequest, library: list[Text], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generation]:
    """An index of each kind, which no test changes."""
    store = store_of(request, tmp_path_factory.mktemp("index"))
    build(store, library)
    with store.open(EMBEDDING) as opened:
        yield opened


@pytest.mark.parametrize("exact_rows", [0, 6000], ids=["as-if-many", "as-few"])
@pytest.mark.parametrize("texts", FILTERS.values(), ids=FILTERS)
def test_vector_search_finds_what_an_exact_search_finds(
    generation: Generation,
    library: list[Text],
    texts: frozenset[str] | None,
    exact_rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(representations, "EXACT_ROWS", exact_rows)
    allowed = [text for text in library if texts is None or text.entry.id in texts]
    for vector in unit(np.random.default_rng(5), 5, DIMENSIONS):
        hits = generation.search_vectors(vector, 10, texts)
        expected = best_chunks(allowed, vector, 10)
        assert [hit.chunk_id for hit in hits] == [id_ for id_, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-6)


def test_a_hit_tells_the_best_cosine_of_each_kind(generation: Generation, library: list[Text]) -> None:
    vectors = library[2].vectors
    query = vectors.questions[4][0]
    hit = generation.search_vectors(query, 1)[0]
    assert hit.chunk_id == "text-2#4"
    assert hit.score == hit.question == pytest.approx(1, abs=1e-6)
    assert hit.whole == pytest.approx(float(vectors.whole[4] @ query), abs=1e-6)
    assert hit.sentence == pytest.approx(float((vectors.sentences[4] @ query).max()), abs=1e-6)
    unasked = generation.search_vectors(vectors.whole[3], 1)[0]
    assert (unasked.chunk_id, unasked.question) == ("text-2#3", None)


def test_chunks_that_are_named_are_compared_in_their_order(generation: Generation) -> None:
    vector = unit(np.random.default_rng(3), DIMENSIONS)
    hits = generation.search_vectors(vector, 20)[::-1]
    assert generation.compare_vectors(vector, [hit.chunk_id for hit in hits]) == hits
    assert generation.compare_vectors(vector, []) == []


def test_more_chunks_than_there_are_gives_them_all(generation: Generation) -> None:
    vector = unit(np.random.default_rng(1), DIMENSIONS)
    assert len(generation.search_vectors(vector, 1000)) == 300
    assert len({hit.chunk_id for hit in generation.search_vectors(vector, 1000, frozenset({"text-1"}))}) == 25
    assert generation.search_vectors(vector, 0) == []
    assert generation.search_vectors(vector, 5, frozenset()) == []


def test_a_vector_of_another_length_is_refused(generation: Generation) -> None:
    with pytest.raises(ValueError, match=r"vector of shape \(3,\); the index has 16 dimensions"):
        generation.search_vectors(np.ones(3, dtype=np.float32), 5)


@pytest.mark.parametrize("texts", FILTERS.values(), ids=FILTERS)
def test_filtered_words_are_the_words_of_those_texts_in_the_same_order(
    generation: Generation, texts: frozenset[str] | None
) -> None:
    everything = generation.search_words("funding board £7m", 1000)
    allowed = [hit for hit in everything if texts is None or hit.chunk_id.partition("#")[0] in texts]
    assert len(everything) > 50
    for k in (1, 7, 1000):
        hits = generation.search_words("funding board £7m", k, texts)
        # Adding an exact zero for the filter leaves scores as they were.
        assert hits == [WordHit(hit.chunk_id, pytest.approx(hit.score, rel=1e-6)) for hit in allowed[:k]]


def test_words_are_stemmed_folded_and_weighted(generation: Generation) -> None:
    assert {h.chunk_id for h in generation.search_words("FUNDED", 500)} == {
        h.chunk_id for h in generation.search_words(["funding"], 500)
    }
    assert len(generation.search_words("uno", 500)) == 300  # section titles say "ünö"
    assert len(generation.search_words("leadword", 500)) == 12 * 12  # every odd chunk has a lead-in
    light = generation.search_words({"funding": 1.0, "£7m": 0.01}, 1)[0]
    heavy = generation.search_words({"funding": 0.01, "£7m": 1.0}, 1)[0]
    assert not light.chunk_id.endswith("#7")
    assert heavy.chunk_id.endswith("#7")


@pytest.mark.parametrize(
    "query",
    [
        "",
        " \n\t",
        "?!()[]{}",
        'body:"funding" AND -(board',
        "funding^1e999 OR *",
        "text:[1 TO *]",
        "\x00",
        "\ud83d\ude00 \ud800",
        "ünïcödé 研究 مهمة",
        "a" * 70_000,
        "word " * 5_000,
        "/.*/",
        "~funding~",
        "\\",
    ],
    ids=range(14),
)
def test_no_words_of_a_user_are_read_as_query_syntax(generation: Generation, query: str) -> None:
    plain = "".join(char if char.isalnum() else " " for char in query if not "\ud800" <= char <= "\udfff")
    assert generation.search_words(query, 20) == generation.search_words(plain, 20)


def test_a_chunk_is_found_by_the_words_of_its_questions(any_store: IndexStore) -> None:
    text = make_text("a", 6, seed=1)
    asked = replace(text.chunks[4], questions=("Who pays for lighthouses?",))
    build(any_store, [replace(text, chunks=(*text.chunks[:4], asked, *text.chunks[5:]))])
    with any_store.open() as generation:
        assert [hit.chunk_id for hit in generation.search_words("lighthouse", 10)] == [asked.id]


def test_equal_scores_come_in_the_order_of_the_library(any_store: IndexStore) -> None:
    one = make_text("b", 6, seed=1)
    same = replace(one.vectors, whole=np.repeat(one.vectors.whole[:1], 6, axis=0))
    chunks = tuple(replace(chunk, text="equal words", questions=()) for chunk in one.chunks)
    first = replace(one, vectors=same, chunks=chunks)
    second = replace(
        first,
        entry=replace(first.entry, id="a"),
        chunks=tuple(replace(chunk, id=f"a#{n}") for n, chunk in enumerate(first.chunks)),
    )
    build(any_store, [first, second])
    order = [chunk.id for text in (first, second) for chunk in text.chunks]
    with any_store.open() as generation:
        for k in (3, 7, 12):
            assert [hit.chunk_id for hit in generation.search_vectors(same.whole[0], k)] == order[:k]
            assert [hit.chunk_id for hit in generation.search_words("equal", k)] == order[:k]


def test_what_was_put_comes_back(generation: Generation, library: list[Text]) -> None:
    text = library[5]
    assert generation.document("text-5") == text.document
    assert generation.text_chunks("text-5") == list(text.chunks)
    assert generation.text_chunks("text-5", 1, 1) == list(text.chunks[1:2])
    assert generation.text_chunks("text-5", len(text.chunks) - 1, 9) == list(text.chunks[-1:])
    assert generation.text_chunks("text-5", len(text.chunks), 9) == []
    wanted = ["text-5#7", "text-0#0", "text-5#7"]
    assert generation.chunks(wanted) == [text.chunks[7], library[0].chunks[0], text.chunks[7]]
    found = generation.sentence_vectors(["text-5#7", "text-0#0"])
    np.testing.assert_array_equal(found[0], text.vectors.sentences[7])
    np.testing.assert_array_equal(found[1], library[0].vectors.sentences[0])
    assert generation.glossary == {"VCSE": "voluntary, community and social enterprise"}
    assert generation.manifest.texts["text-5"] == text.entry
    assert list(generation.manifest.texts) == [each.entry.id for each in library]
    assert generation.manifest.left_out == {"broken.pdf": "It ends in the middle."}


def test_neighbours_stay_within_the_text(generation: Generation, library: list[Text]) -> None:
    chunks = library[5].chunks
    assert generation.neighbours("text-5#0") == (None, chunks[1])
    assert generation.neighbours("text-5#7") == (chunks[6], chunks[8])
    assert generation.neighbours("text-5#24") == (chunks[23], None)


def test_unknown_ids_are_key_errors(generation: Generation) -> None:
    with pytest.raises(KeyError):
        generation.chunks(["no-such-chunk"])
    with pytest.raises(KeyError):
        generation.document("no-such-text")


def test_many_threads_ask_at_once(generation: Generation, library: list[Text]) -> None:
    vectors = unit(np.random.default_rng(2), 40, DIMENSIONS)

    def ask(number: int) -> bool:
        vector = vectors[number % 40]
        hits = generation.search_vectors(vector, 5)
        words = generation.search_words("mission board", 5)
        text = library[number % 12]
        return (
            [hit.chunk_id for hit in hits] == [id_ for id_, _ in best_chunks(library, vector, 5)]
            and len(generation.chunks([hit.chunk_id for hit in words])) == 5
            and generation.document(text.entry.id) == text.document
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(160)))


def test_an_empty_library_answers_nothing(any_store: IndexStore) -> None:
    build(any_store, [make_text("empty", 0, seed=0)])
    with any_store.open(EMBEDDING) as generation:
        assert generation.search_vectors(unit(np.random.default_rng(0), DIMENSIONS), 5) == []
        assert generation.search_words("mission", 5) == []
        assert generation.text_chunks("empty") == []


def test_texts_are_kept_changed_added_and_dropped(any_store: IndexStore) -> None:
    library = make_library(9, n_chunks=20)
    build(any_store, library)
    for step in range(4):  # the last steps leave so many dead rows that the vectors are written afresh
        changed = make_text(f"text-{step}", 15, seed=100 + step)
        added = make_text(f"new-{step}", 5, seed=200 + step)
        kept = [text for text in library if text.entry.id != changed.entry.id][1:]
        library = [added, *kept[::-1], changed]
        build(any_store, library, keep=[text.entry.id for text in kept])
        with any_store.open(EMBEDDING) as generation:
            assert list(generation.manifest.texts) == [text.entry.id for text in library]
            for vector in unit(np.random.default_rng(step), 5, DIMENSIONS):
                expected = [id_ for id_, _ in best_chunks(library, vector, 10)]
                assert [hit.chunk_id for hit in generation.search_vectors(vector, 10)] == expected
            for text in library:
                assert generation.text_chunks(text.entry.id) == list(text.chunks)
                np.testing.assert_array_equal(
                    generation.sentence_vectors([text.chunks[3].id])[0], text.vectors.sentences[3]
                )
            assert {hit.chunk_id.partition("#")[0] for hit in generation.search_words("funding", 1000)} <= set(
                generation.manifest.texts
            )


def test_carried_over_equals_built_afresh(any_store: IndexStore) -> None:
    library = make_library(6, n_chunks=10)
    first = build(any_store, library)
    second = build(any_store, library, keep=[text.entry.id for text in library])
    assert first.generation != second.generation
    assert replace(first, generation="", built_at="", files={}) == replace(second, generation="", built_at="", files={})


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (
            ChunkVectors(
                np.ones((2, DIMENSIONS), np.float32), (np.ones((1, DIMENSIONS)),) * 2, (np.ones((1, DIMENSIONS)),) * 2
            ),
            "3 chunks, but vectors of 2",
        ),
        (
            ChunkVectors(np.ones((3, 4), np.float32), (np.ones((1, 4)),) * 3, (np.ones((1, 4)),) * 3),
            "vectors of 4 dimensions, not 16",
        ),
    ],
    ids=["too-few", "too-short"],
)
def test_vectors_that_do_not_fit_are_refused(store: IndexStore, vectors: ChunkVectors, message: str) -> None:
    text = replace(make_text("a", 3, seed=1), vectors=vectors)
    with pytest.raises(ValueError, match=message):
        build(store, [text])
    assert store.manifest() is None


def test_a_text_or_chunk_that_stands_twice_is_refused(store: IndexStore) -> None:
    text = make_text("a", 3, seed=1)
    with pytest.raises(ValueError, match="Text a or one of its chunks is in the library already"):
        build(store, [text, text])
    with pytest.raises(ValueError, match="Text b or one of its chunks"):
        build(store, [text, replace(text, entry=replace(text.entry, id="b"))])
