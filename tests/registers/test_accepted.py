"""The register in force: what was accepted in the database is searched beside the register's file, at the next look."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant import answering
from assistant.contributing.register_export import as_csv
from assistant.errors import StorageUnavailableError
from assistant.library import CurrentLibrary, Library
from assistant.precedents import CaseFilters, find_precedents, search_cases, similar_cases
from assistant.precedents.cases import cases_of, load_cases
from assistant.precedents.grounds import cases_behind
from assistant.precedents.json_records import case_record
from assistant.registers.accepted import RETRY_S, AcceptedCases, accepted_cases
from assistant.registers.entries import Precedent
from assistant.settings import load_settings
from assistant.storage import CaseStore, Person, open_cases
from tests.embedders import HashEmbedder

HULL, LEITH, TIDES = "hull-lamp-scheme", "leith-bell-scheme", "tide-school"
BUOYS = "hull-painted-buoys"
REVIEWER = Person("Reviewer", "reviewer")


class CountingEmbedder(HashEmbedder):
    """Notes what it was asked for one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """The unit vector of a text."""
        self.asked.append(question)
        return super().embed_question(question)


@pytest.fixture
def library(register: Library, tmp_path: Path) -> Iterator[Library]:
    """The register with a database of its own, which is not there yet."""
    storage = register.settings.storage.model_copy(update={"url": _secret(f"sqlite:///{tmp_path / 'cases.db'}")})
    settings = register.settings.model_copy(update={"storage": storage})
    own = replace(register, settings=settings, accepted=accepted_cases(settings))
    yield own
    own.accepted.close()


@pytest.fixture
def store(library: Library) -> Iterator[CaseStore]:
    opened = open_cases(library.settings)
    yield opened
    opened.close()


def _secret(url: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(url)


def buoys(library: Library, **others: Any) -> dict[str, Any]:
    """Fields of a case that the file does not have."""
    fields = library.registers.precedents[0].model_dump(mode="json") | {
        "id": BUOYS,
        "title": "Painted buoys off Hull",
        "theme": "painting",
        "polarity": "mixed",
        "summary": "Pupils painted buoys in bright stripes. Skippers saw them sooner.",
        "lesson": "Let those who live by the water choose the colours.",
        "source": [
            {
                "publisher": "Hull Herald",
                "title": "Stripes",
                "url": "https://example.org/stripes",
                "published": "2023-05",
            }
        ],
    }
    return fields | others


def ids(library: Library, query: str = "", filters: CaseFilters | None = None) -> list[str]:
    return [item.entry.id for item in search_cases(library, query, filters).found]


def test_without_a_database_the_file_is_searched_and_none_is_made(library: Library, tmp_path: Path) -> None:
    assert ids(library, "lamps")[0] == HULL
    assert list(tmp_path.iterdir()) == []


def test_an_accepted_case_is_in_everything_at_the_next_look(library: Library, store: CaseStore) -> None:
    assert len(cases_of(library).entries) == 3
    before = cases_of(library)
    draft = store.begin(REVIEWER, buoys(library))
    assert cases_of(library) is before
    store.take(REVIEWER, BUOYS, store.submit(REVIEWER, BUOYS, draft.version).version)
    assert BUOYS not in cases_of(library).entries
    store.accept(REVIEWER, BUOYS, 3)
    found = search_cases(library, "who painted the buoys in stripes").found[0]
    assert (found.entry.id, found.sentences[0]) == (BUOYS, "Pupils painted buoys in bright stripes.")
    assert ids(library, "", CaseFilters(themes=("painting",))) == [BUOYS]
    assert BUOYS in [item.entry.id for item in similar_cases(library, HULL)]
    assert next(item.entry.id for item in find_precedents(library, "painted stripes")) == BUOYS
    assert case_record(library, cases_of(library).entry(BUOYS))["lesson"].startswith("Let those who live")
    assert "Painted buoys off Hull" in as_csv(library)
    # Its line of fields and the label of its lesson are no sentences of its own, as with any case.
    told = cases_of(library).sentences[BUOYS].texts
    assert told == (
        "Pupils painted buoys in bright stripes.",
        "Skippers saw them sooner.",
        "Let those who live by the water choose the colours.",
    )
    assert len(cases_of(library).sentences[BUOYS].vectors) == 3


def test_other_words_of_a_case_stand_in_place_of_the_files(library: Library, store: CaseStore) -> None:
    own = library.registers.precedents[0].model_dump(mode="json")
    told = [{"document": "tide-report", "section": "wardens"}]
    words = {"summary": "Trawlers rented lanterns from a shed.", "source": told}
    store.import_cases(REVIEWER, [own | words])
    assert list(cases_of(library).entries) == [HULL, LEITH, TIDES]
    assert ids(library, "trawlers rented lanterns")[0] == HULL
    assert HULL not in cases_of(library).indexed
    sentences = cases_of(library).sentences[HULL].texts
    assert sentences == ("Trawlers rented lanterns from a shed.", "Share the cost of what protects everybody.")
    # The index still holds what is no longer said; nothing of it counts.
    scores = {item.entry.id: item.score for item in search_cases(library, "collisions fell by half").found}
    fresh = search_cases(replace(library, registers=cases_of(library).registers), "collisions fell by half").found
    assert scores == {item.entry.id: item.score for item in fresh}
    assert HULL in [item.entry.id for item in cases_behind(cases_of(library).registers, "appoint-tide-wardens")]


def test_a_case_accepted_as_the_file_has_it_stays_in_the_index(library: Library, store: CaseStore) -> None:
    scores = [item.score for item in search_cases(library, "lamps").found]
    store.adopt(REVIEWER, library.registers.precedents[0].model_dump(mode="json"))
    assert HULL in cases_of(library).indexed
    assert [item.score for item in search_cases(library, "lamps").found] == scores


def test_a_retired_case_is_gone_from_everything(library: Library, store: CaseStore) -> None:
    case = store.adopt(REVIEWER, library.registers.precedents[1].model_dump(mode="json"))
    store.retire(REVIEWER, LEITH, case.version, "told twice")
    assert ids(library, "bells") == [HULL, TIDES]
    assert ids(library, "like the Leith bells") == [HULL, TIDES]
    assert not any(value == "noise" for facet in search_cases(library).facets for value, _, _ in facet.counts)
    assert cases_behind(cases_of(library).registers, "appoint-tide-wardens")[0].entry.id == TIDES
    assert "Leith" not in as_csv(library)


def test_an_answer_neither_quotes_nor_lists_a_case_that_is_not_in_force_as_the_index_has_it(
    library: Library, store: CaseStore
) -> None:
    question, broad = "What did the Leith bell scheme do?", "Which precedents are there?"

    def quoted(asked: str) -> set[str | None]:
        return {item.chunk.anchor for item in answering.ask(library, asked).retrieved} | {
            item.chunk.anchor for item in answering.search(library, asked)
        }

    assert {HULL, LEITH} <= quoted(question)
    assert "3 precedents" in answering.ask(library, broad).answer
    leith, hull = library.registers.precedents[1], library.registers.precedents[0]
    case = store.adopt(REVIEWER, leith.model_dump(mode="json"))
    assert {HULL, LEITH} <= quoted(question)
    store.retire(REVIEWER, LEITH, case.version, "told twice")
    store.import_cases(REVIEWER, [hull.model_dump(mode="json") | {"summary": "Trawlers rented lanterns."}])
    assert not {HULL, LEITH} & quoted(question)
    told = answering.ask(library, broad).answer
    assert "1 precedent" in told
    assert leith.title not in told


def test_only_the_new_case_is_embedded(library: Library, store: CaseStore, tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    index = library.settings.index.model_copy(update={"folder": tmp_path / "indexes"})
    own = replace(library, embedder=embedder, settings=library.settings.model_copy(update={"index": index}))
    store.import_cases(REVIEWER, [buoys(own)])
    assert BUOYS in cases_of(own).entries
    first, embedder.asked = embedder.asked, []
    assert len(first) == len(set(first)) == 5  # the whole, its line of fields, three sentences
    other = buoys(own, id="buoys-again", summary="Nobody repainted them.", lesson="Paint again each spring.")
    store.import_cases(REVIEWER, [other])
    assert "buoys-again" in cases_of(own).entries
    assert len(embedder.asked) == 4 - 1  # its line of fields is the same
    assert not {*first} & {*embedder.asked}
    own.accepted.close()
    later = replace(own, embedder=CountingEmbedder())  # as in another process, which knows what is on the disk
    vectors = cases_of(later).sentences[BUOYS].vectors
    assert later.embedder.asked == []
    assert np.array_equal(vectors, cases_of(own).sentences[BUOYS].vectors)
    later.accepted.close()


def test_where_no_vector_can_be_kept_the_cases_are_searched_all_the_same(
    library: Library, store: CaseStore, tmp_path: Path
) -> None:
    (tmp_path / "indexes").write_text("a file where the folder should be")
    index = library.settings.index.model_copy(update={"folder": tmp_path / "indexes"})
    own = replace(library, settings=library.settings.model_copy(update={"index": index}))
    store.import_cases(REVIEWER, [buoys(own)])
    assert ids(own, "who painted the buoys in stripes")[0] == BUOYS
    own.accepted.close()


def test_a_long_case_is_cut_as_the_index_cuts_it(library: Library) -> None:
    summary = " ".join(f"In year {number} the crews painted buoy number {number} anew." for number in range(40))
    cases = load_cases(library, {BUOYS: Precedent.model_validate(buoys(library, summary=summary))})
    assert len(cases.unindexed) > 1
    assert cases.sentences[BUOYS].texts[-2:] == (
        "In year 39 the crews painted buoy number 39 anew.",
        "Let those who live by the water choose the colours.",
    )


@pytest.mark.parametrize("name", [HULL, LEITH, TIDES])
def test_in_memory_a_case_has_the_vectors_and_words_that_the_index_has(register: Library, name: str) -> None:
    moved = cases_of(register).entry(name).model_copy(update={"id": "moved"})
    cases = load_cases(register, {name: None, "moved": moved})
    held, own = cases_of(register).sentences[name], cases.sentences["moved"]
    assert own.texts == held.texts
    assert np.allclose(own.vectors, held.vectors)


class Stored:
    """A store that can fail."""

    def __init__(self) -> None:
        self.error: str | None = None
        self.fields: dict[str, Mapping[str, Any] | None] = {}
        self.closed = 0

    def stamp(self) -> int:
        """Differs with what is in force."""
        if self.error:
            raise StorageUnavailableError(self.error)
        return len(self.fields)

    def in_force(self) -> Mapping[str, Mapping[str, Any] | None]:
        """Fields by id."""
        return self.fields

    def close(self) -> None:
        """Nothing is open."""
        self.closed += 1


def test_a_database_that_fails_is_reported_and_left_alone_for_a_while(
    register: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    stored, now = Stored(), [0.0]
    stored.fields[BUOYS] = buoys(register)
    accepted = AcceptedCases(lambda: stored, lambda: now[0])
    assert list(accepted.look()) == [BUOYS]
    stored.error = "The database cannot be used; see that it runs."
    stored.fields[TIDES] = None
    assert list(accepted.look()) == [BUOYS]
    said = capsys.readouterr().err
    assert said.startswith("Warning: The database cannot be used; see that it runs. The register is searched without")
    now[0] += RETRY_S - 1
    stored.error = None
    assert list(accepted.look()) == [BUOYS]
    now[0] += 2
    assert accepted.look()[TIDES] is None
    assert capsys.readouterr().err == ""
    accepted.close()
    accepted.close()
    assert stored.closed == 1


def test_where_a_database_failed_only_one_thread_waits_for_it(register: Library) -> None:
    class Slow(Stored):
        asked, answers = threading.Event(), threading.Event()

        def stamp(self) -> int:
            if self.error is None and self.fields:
                self.asked.set()
                assert self.answers.wait(60)
            return super().stamp()

    stored, now = Slow(), [0.0]
    accepted = AcceptedCases(lambda: stored, lambda: now[0])
    stored.error = "The database cannot be used; see that it runs."
    assert accepted.look() == {}
    stored.error, stored.fields = None, {BUOYS: buoys(register)}
    now[0] += RETRY_S
    trying = threading.Thread(target=accepted.look)
    trying.start()
    assert stored.asked.wait(60)
    assert accepted.look() == {}
    stored.answers.set()
    trying.join()
    assert list(accepted.look()) == [BUOYS]


def test_a_database_that_cannot_be_opened_leaves_the_file(
    register: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases.db").write_text("no database at all, whatever its name", encoding="utf-8")
    storage = register.settings.storage.model_copy(update={"url": _secret(f"sqlite:///{tmp_path / 'cases.db'}")})
    settings = register.settings.model_copy(update={"storage": storage})
    own = replace(register, settings=settings, accepted=accepted_cases(settings))
    assert ids(own, "bells")[0] == LEITH
    assert "cannot be used" in capsys.readouterr().err


def test_an_accepted_case_that_cannot_be_read_is_left_out_and_named(
    register: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = Stored()
    stored.fields = {BUOYS: buoys(register), "of-later": {"id": "of-later", "colour": "red"}}
    assert list(AcceptedCases(lambda: stored).look()) == [BUOYS]
    assert "The accepted case 'of-later' cannot be read, field " in capsys.readouterr().err


def test_each_request_of_the_app_sees_one_state(
    library: Library, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.library.open_published", lambda _: library)
    current = CurrentLibrary(library.settings)
    first = current()
    assert current() is first
    assert BUOYS not in cases_of(first).entries
    store.import_cases(REVIEWER, [buoys(library)])
    assert BUOYS not in cases_of(first).entries
    assert BUOYS in cases_of(current()).entries


def test_another_database_in_place_of_the_first_is_noticed_though_it_has_as_many_events(
    library: Library, store: CaseStore, tmp_path: Path
) -> None:
    store.import_cases(REVIEWER, [buoys(library)])
    assert BUOYS in cases_of(library).entries
    other = open_cases(load_settings(storage={"url": f"sqlite:///{tmp_path / 'backup.db'}"}))
    other.import_cases(REVIEWER, [buoys(library, id="other-buoys")])
    other.close()
    (tmp_path / "backup.db").replace(tmp_path / "cases.db")
    assert {"other-buoys"} == {*cases_of(library).entries} - {HULL, LEITH, TIDES}


def test_after_a_build_the_accepted_cases_are_still_known_where_the_database_fails(
    library: Library, store: CaseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.import_cases(REVIEWER, [buoys(library)])
    accepted = accepted_cases(library.settings)
    assert BUOYS in cases_of(replace(library, accepted=accepted)).entries
    (tmp_path / "cases.db").unlink()
    assert BUOYS in cases_of(replace(library, accepted=accepted)).entries
    accepted.close()
    assert "its file was deleted or moved" in capsys.readouterr().err
