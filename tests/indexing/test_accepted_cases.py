"""Cases accepted in the database are in the next answer, as a build of the same register would have them."""

from __future__ import annotations

import gc
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import answering
from assistant.contributing.register_file import register_toml
from assistant.errors import LibraryIndexError
from assistant.index.overlay import Overlay
from assistant.indexing.adding import add_document
from assistant.indexing.ingestion import ingest
from assistant.library import CurrentLibrary, Library, open_library
from assistant.precedents import search_cases
from assistant.precedents.cases import cases_of
from assistant.readers import reading_as
from assistant.records import Answer
from assistant.settings import Settings
from assistant.storage import CaseStore, Person, open_cases
from tests.embedders import HashEmbedder
from tests.library_making import add_cases, index_library, make_library

REVIEWER = Person("Reviewer", "reviewer")
HULL, LEITH, BUOYS = "hull-lamp-scheme", "leith-shared-ropes", "painted-buoys"
HELD_TEXT = "harbour-plan/precedents"
ASKED = "Who painted the buoys in bright stripes?"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = make_library(tmp_path)
    add_cases(settings)
    index_library(settings)
    monkeypatch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
    return settings


@pytest.fixture
def current(settings: Settings) -> Iterator[CurrentLibrary]:
    """What the web app asks."""
    following = CurrentLibrary(settings)
    yield following
    following.close()


@pytest.fixture
def store(settings: Settings) -> Iterator[CaseStore]:
    opened = open_cases(settings)
    yield opened
    opened.close()


def buoys(library: Library, **others: Any) -> dict[str, Any]:
    """Fields of a case that the register's file does not have."""
    fields = library.registers.precedents[0].model_dump(mode="json") | {
        "id": BUOYS,
        "title": "Painted buoys off Hull",
        "theme": "painting",
        "said_by": "Hull Herald, May 2023",
        "summary": "Pupils painted the buoys in bright stripes. Skippers saw them sooner.",
        "lesson": "Let those who live by the water choose the colours.",
    }
    return fields | others


def changed(library: Library, name: str, **others: Any) -> dict[str, Any]:
    (entry,) = [entry for entry in library.registers.precedents if entry.id == name]
    return entry.model_dump(mode="json") | others


def quoted(answer: Answer) -> str:
    return " ".join(quote.quote for quote in answer.citations)


def test_an_accepted_case_is_in_the_next_answer_with_its_speaker_and_link(
    current: CurrentLibrary, store: CaseStore
) -> None:
    before = current()
    assert "stripes" not in quoted(answering.ask(before, ASKED))
    draft = store.begin(REVIEWER, buoys(before))
    store.take(REVIEWER, BUOYS, store.submit(REVIEWER, BUOYS, draft.version).version)
    assert current() is before
    store.accept(REVIEWER, BUOYS, 3)
    library = current()
    answer = answering.ask(library, ASKED)
    assert answer.status == "answered"
    (quote,) = [quote for quote in answer.citations if "bright stripes" in quote.quote]
    assert library.document_of(quote).text[quote.start : quote.end] == quote.quote
    assert (quote.text_id, quote.speaker.name) == (HELD_TEXT, "Hull Herald, May 2023")
    assert all(sentence.verdict == "supported" for sentence in answer.sentences)
    assert answer.library_version != before.generation.manifest.library_version
    assert "stripes" not in quoted(answering.ask(before, ASKED))  # whoever holds a library sees one state
    assert search_cases(library, "buoys in stripes").found[0].entry.id == BUOYS
    assert cases_of(library).unindexed == ()


def test_a_changed_and_a_withdrawn_case_take_effect(current: CurrentLibrary, store: CaseStore) -> None:
    asked = "What came of the lamps that boatmen shared?"
    assert "fell by half" in quoted(answering.ask(current(), asked))
    store.import_cases(REVIEWER, [changed(current(), HULL, summary="Boatmen shared lamps, and nobody counted.")])
    answer = answering.ask(current(), asked)
    assert "nobody counted" in quoted(answer)
    assert "fell by half" not in quoted(answer)
    store.retire(REVIEWER, HULL, store.get(HULL).version, "told twice")
    answer = answering.ask(current(), asked)
    assert "lamps" not in quoted(answer)
    assert "5 precedents" not in answer.answer


def test_lists_have_the_accepted_cases(current: CurrentLibrary, store: CaseStore) -> None:
    count = len(current().registers.precedents)
    store.import_cases(REVIEWER, [buoys(current())])
    answer = answering.ask(current(), "Which precedents are there?")
    assert f"All {count + 1} precedents" in answer.answer
    assert "Painted buoys off Hull" in answer.answer


def test_it_is_what_a_build_of_the_same_register_gives(
    settings: Settings, current: CurrentLibrary, store: CaseStore, tmp_path: Path
) -> None:
    (settings.corpus / "questions" / "precedents.toml").write_text(
        f'[[section]]\nid = "{HULL}"\nquestions = ["Who shared lamps in Hull?"]\n', encoding="utf-8"
    )
    first = current()
    store.import_cases(REVIEWER, [buoys(first), changed(first, HULL, lesson="Share what protects everybody.")])
    case = store.adopt(REVIEWER, changed(first, LEITH))
    store.retire(REVIEWER, LEITH, case.version, "told twice")
    over = current()
    shutil.copytree(settings.corpus, tmp_path / "other" / "corpus")
    index = settings.index.model_copy(update={"folder": tmp_path / "other" / "indexes"})
    other = settings.model_copy(update={"corpus": tmp_path / "other" / "corpus", "index": index})
    (other.corpus / "registers" / "precedents.toml").write_text(register_toml(over.registers.precedents))
    ingest(other, HashEmbedder())
    built = open_library(other)
    assert over.registers == built.registers
    assert over.generation.manifest.texts.keys() == built.generation.manifest.texts.keys()
    for name in built.generation.manifest.texts:
        chunks = built.generation.text_chunks(name)
        assert over.generation.document(name) == built.generation.document(name)
        if name.endswith("/precedents"):  # the questions were written after the first build, which has none
            assert over.generation.text_chunks(name) == chunks
            ids = [chunk.id for chunk in chunks]
            for read in ("sentence_vectors", "question_vectors"):
                own, held = getattr(over.generation, read)(ids), getattr(built.generation, read)(ids)
                assert all(map(np.array_equal, own, held))
    for asked in (ASKED, "Who shared lamps in Hull?", "Who should pay for the lights?", "Who bought ropes for all?"):
        assert answering.ask(over, asked).answer == answering.ask(built, asked).answer
    built.close()


def test_what_the_library_cannot_hold_is_left_out_of_answers_and_costs_nobody_else(
    current: CurrentLibrary, store: CaseStore
) -> None:
    outside = [{"publisher": "Hull Herald", "title": "Stripes", "published": "2023", "url": "https://example.org"}]
    unknown = [{"document": "harbour-plan", "section": "no-such-section"}]
    store.import_cases(
        REVIEWER,
        [
            buoys(current()),
            buoys(current(), id="outside", source=outside),
            buoys(current(), id="unknown", source=unknown),
        ],
    )
    library = current()
    held = {chunk.anchor for chunk in library.generation.text_chunks(HELD_TEXT)}
    assert BUOYS in held
    assert not {"outside", "unknown"} & held
    assert {"outside", "unknown"} <= {item.entry.id for item in search_cases(library, "buoys").found}


def test_a_case_accepted_as_the_file_has_it_changes_nothing(current: CurrentLibrary, store: CaseStore) -> None:
    before = current().generation
    store.adopt(REVIEWER, changed(current(), HULL))
    assert current().generation is before


def test_one_that_cannot_be_laid_over_is_said_and_the_last_build_answers(
    current: CurrentLibrary, store: CaseStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise LibraryIndexError("The words of the index cannot be copied: No space left on device.")

    monkeypatch.setattr("assistant.library.overlaid", full)
    before = current().generation
    store.import_cases(REVIEWER, [buoys(current()), changed(current(), HULL, summary="Nobody counted.")])
    assert current().generation is before
    assert capsys.readouterr().err.startswith("Warning: The words of the index cannot be copied: No space left")
    assert "fell by half" not in quoted(answering.ask(current(), "What came of the lamps that boatmen shared?"))
    assert search_cases(current(), "buoys in stripes").found[0].entry.id == BUOYS


def test_a_library_opened_once_has_them_too(settings: Settings, current: CurrentLibrary, store: CaseStore) -> None:
    store.import_cases(REVIEWER, [buoys(current())])
    library = open_library(settings)
    assert "bright stripes" in quoted(answering.ask(library, ASKED))
    library.close()
    assert library.generation.is_closed


def test_an_earlier_state_is_freed_without_waiting_for_the_garbage_collector(
    current: CurrentLibrary, store: CaseStore
) -> None:
    store.import_cases(REVIEWER, [buoys(current())])
    gc.collect()
    gc.disable()
    try:
        earlier = weakref.ref(current().generation)
        assert answering.ask(current(), ASKED).status == "answered"
        store.import_cases(REVIEWER, [buoys(current(), id="buoys-again", summary="Nobody repainted the buoys.")])
        assert answering.ask(current(), ASKED).status == "answered"
        assert earlier() is None
    finally:
        gc.enable()


def test_a_copy_of_the_words_shows_nobody_anothers_private_file(
    settings: Settings, store: CaseStore, tmp_path: Path
) -> None:
    """Words are searched in a copy that holds every text of the generation below."""
    note, owner, other = tmp_path / "ledger.md", "a" * 64, "b" * 64
    note.write_text("# Ledger\n\nThe kestrel ledger tells of seventy boats.\n", encoding="utf-8")
    told = {"title": "Ledger", "publisher": "Quay Board", "published": "2026", "authority": "evidence"}
    add_document(note, settings, HashEmbedder(), **told, reader=owner)
    following = CurrentLibrary(settings)
    try:
        draft = store.begin(REVIEWER, buoys(following()))
        store.take(REVIEWER, BUOYS, store.submit(REVIEWER, BUOYS, draft.version).version)
        store.accept(REVIEWER, BUOYS, 3)
        for reader, sees in ((other, False), (None, False), (owner, True)):
            with reading_as(reader):
                library = following()
            generation = library.generation
            assert isinstance(generation, Overlay)
            vector = library.embedder.embed_question("What does the kestrel ledger tell of?")
            hits = [*generation.search_words("kestrel ledger", 50), *generation.search_vectors(vector, 50)]
            texts = {chunk.text_id for chunk in generation.chunks([hit.chunk_id for hit in hits])}
            assert (texts <= generation.manifest.texts.keys(), HELD_TEXT in texts) == (True, True)
            assert any("kestrel" in chunk.text for chunk in generation.chunks([hit.chunk_id for hit in hits])) == sees
            assert (generation.count_holding("kestrel", 9) > 0) == sees
            assert "bright stripes" in quoted(answering.ask(library, ASKED))
    finally:
        following.close()
