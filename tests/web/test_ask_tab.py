"""The Ask tab: what the page's events do. What a browser makes of it is tested in `tests/browser`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from lxml import html
from sqlalchemy import text
from starlette.datastructures import QueryParams

from assistant.library import Library
from assistant.settings import load_settings
from assistant.storage import Conversations, ConversationSummary, StoredConversation, open_cases, open_conversations
from assistant.web.app import build_app
from assistant.web.ask.conversation import EMPTY
from assistant.web.ask.examples import example_questions
from assistant.web.ask.filters import QUOTED, WRITTEN
from assistant.web.ask.rail import rail_html
from assistant.web.ask.tab import GONE, NEW, AskTab
from assistant.web.door.permissions import Openness
from assistant.web.precedents.tab import PrecedentsTab
from tests.web.pages import parsed, unserved, words_of
from tests.writers import able

QUESTION = "How many boats will the office license by 2027?"
FILTERS: tuple[Any, ...] = ([], [], "", "", "", QUOTED)


class Page:
    """The tab as a reader's browser holds it: what each event changes stays until the next."""

    def __init__(self, library: Library, conversations: Conversations) -> None:
        with unserved() as blocks:
            self.tab = AskTab(lambda: library, conversations)
            views = gr.Tabs()
            with gr.Tabs() as tabs:
                self.precedents = PrecedentsTab(
                    lambda: library, open_cases(library.settings), Openness(library.settings.web)
                )
            self.tab.connect_page(blocks, tabs, views, self.precedents)
        self.values: dict[str, Any] = {"_key": "", "_conversation": "", "_held": EMPTY}

    def take(self, update: dict[Any, Any]) -> None:
        cases, recommendations = self.precedents._cases, self.precedents._recommendations
        held = vars(self.tab) | vars(self.tab._filters)
        held |= {"case_query": cases.query, "case": cases.pane, "recommendation": recommendations.only}
        held |= {
            "comparison": cases.comparison,
            "opened": recommendations.opened,
            "view": self.precedents._view,
        } | self.precedents._views
        names = {component: name for name, component in held.items() if isinstance(component, gr.blocks.Block)}
        self.values |= {names[component]: value for component, value in update.items() if component in names}

    @property
    def reader(self) -> tuple[str, str]:
        return self.values["_key"], self.values["_conversation"]

    @property
    def here(self) -> tuple[str, str, StoredConversation]:
        """The reader, and what the page holds of the conversation."""
        return (*self.reader, self.values["_held"])

    def ask(self, question: str, *filters: Any) -> None:
        for update in self.tab._respond(question, *(filters or FILTERS), *self.here):
            self.take(update)

    def load(self, address: str = "") -> None:
        self.take(self.tab._load(SimpleNamespace(query_params=QueryParams(address)), *self.reader))

    def choose(self, action: str, chosen: str = "", words: str = "") -> None:
        """Do what a button or form in the list of conversations does."""
        self.take(self.tab._act(SimpleNamespace(action=action, entry=chosen, words=words), *self.here))

    def listed(self) -> list[tuple[str, str]]:
        """The list of conversations: title and id of each."""
        buttons = html.fromstring(f"<div>{self.tab._list(*self.reader)}</div>").iter("button")
        return [(item.text, item.get("data-id")) for item in buttons if item.get("data-action") == "open"]

    def press(self, action: str, turn: int = 0, reason: str = "") -> Any:
        return SimpleNamespace(action=action, turn=turn, reason=reason)

    @property
    def questions(self) -> list[str]:
        return [item.text for item in parsed(self.values["_thread"]).iter("h2") if item.get("class") == "question"]

    @property
    def text(self) -> str:
        return words_of(parsed(self.values["_thread"]))

    @property
    def message(self) -> str:
        return words_of(parsed(self.values["_message"]))


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "steward.db"


@pytest.fixture
def conversations(database_file: Path) -> Iterator[Conversations]:
    opened = open_conversations(load_settings(storage={"url": f"sqlite:///{database_file}"}))
    yield opened
    opened.close()


@pytest.fixture
def page(library: Library, conversations: Conversations) -> Page:
    return Page(library, conversations)


def test_an_answer_is_shown_announced_and_found_again_after_a_reload(
    page: Page, library: Library, conversations: Conversations
) -> None:
    page.ask(QUESTION)
    assert page.questions == [QUESTION]
    assert page.values["_question"] == ""
    assert page.message == "Answer: 1 quote."
    restarted = Page(library, conversations)
    restarted.values |= {"_key": page.reader[0], "_conversation": page.reader[1]}
    restarted.load()
    assert restarted.values["_thread"] == page.values["_thread"]
    elsewhere = Page(library, conversations)
    elsewhere.load()
    # Nothing is put in place of what may have been typed or asked while the page was loading.
    assert "_thread" not in elsewhere.values
    assert elsewhere.values["_asked"] == ""


def test_what_cannot_be_asked_leaves_the_question_in_its_box(page: Page) -> None:
    page.ask(QUESTION)
    del page.values["_question"]
    page.ask(QUESTION, [], [], "", "", "June", QUOTED)
    assert page.message.startswith("'June' is not a date")
    assert "_question" not in page.values
    assert page.questions == [QUESTION]


def test_an_address_fills_the_filters_and_starts_a_conversation_of_its_own(page: Page) -> None:
    page.ask(QUESTION)
    before = page.values["_conversation"]
    page.load("q=What+pays%3F&document=tide-report&authority=evidence&as_at=2025-06&tab=ask")
    assert page.values["_conversation"] == NEW
    assert page.values["_question"] == "What pays?"
    assert page.values["documents"]["value"] == ["tide-report"]
    assert page.values["authorities"] == ["evidence"]
    assert page.values["as_at"] == "2025-06-30"
    assert page.values["_tabs"].selected == "ask"
    for update in page.tab._respond_to_view("What pays?", *FILTERS, *page.here):
        page.take(update)
    assert page.questions == ["What pays?"]
    assert page.values["_conversation"] not in (NEW, before)
    ((skipped),) = page.tab._respond_to_view("", *FILTERS, *page.here)
    assert not set(skipped) & {page.tab._thread, page.tab._conversation}


def test_what_is_searched_shows_at_the_field(page: Page) -> None:
    def words(chips: str) -> list[str]:
        return [words_of(item).removeprefix("Filters: ") for item in html.fromstring(f"<p>{chips}</p>").iter("button")]

    drawn_with_page = page.tab._chips.value
    assert words(drawn_with_page) == words(page.tab._filters.chips(*FILTERS)) == ["All documents", "As at today"]
    narrowed = page.tab._filters.chips(["tide-report"], ["evidence", "audit"], "2024-01-01", "", "2025-06-30", QUOTED)
    assert words(narrowed) == ["1 document", "2 authorities", "Published from 1 January 2024", "As at 30 June 2025"]


def test_filters_set_while_the_page_loads_stay(page: Page) -> None:
    page.load()
    assert page.values["documents"].keys().isdisjoint({"value"})
    assert all(page.values[name] == gr.skip() for name in ("authorities", "published_from", "published_to", "as_at"))
    assert page.values["mode"] == gr.skip()


def test_what_an_address_looks_for_in_the_cases_is_handed_on_and_not_asked(page: Page) -> None:
    page.ask(QUESTION)
    conversation = page.values["_conversation"]
    page.load("q=shared+lamps&tab=precedents")
    assert page.values["_tabs"].selected == "precedents"
    assert page.values["case_query"] == "shared lamps"
    assert "Choose a case" in page.values["case"]
    assert page.values["view"] == "cases"
    page.load("tab=precedents&recommendation=longer-licences")
    assert (page.values["recommendation"], page.values["view"]) == ("longer-licences", "recommendations")
    assert page.values["_asked"] == ""
    assert page.values["_conversation"] == conversation


@pytest.mark.parametrize("name", ["document=sold-off", "authority=royal"])
def test_an_address_that_names_what_there_is_not_asks_nothing_and_leaves_no_conversation(page: Page, name: str) -> None:
    page.ask(QUESTION)
    conversation = page.values["_conversation"]
    page.load(f"q=What+pays%3F&{name}")
    assert page.values["_asked"] == ""
    assert name.partition("=")[2] in page.message
    assert page.values["_conversation"] == conversation
    assert page.questions == [QUESTION]


def test_a_question_of_an_address_is_not_cut_but_refused(page: Page) -> None:
    page.load(f"q={'a' * 2001}")
    page.ask(page.values["_question"])
    assert "2,001 characters; the limit is 2,000" in page.message


def test_conversations_can_be_opened_renamed_started_and_deleted(page: Page) -> None:
    page.ask(QUESTION)
    first = page.values["_conversation"]
    page.choose("new")
    assert page.values["_thread"] == ""
    page.ask("What must each boat carry?")
    assert [chosen for _, chosen in page.listed()] == [page.values["_conversation"], first]
    assert page.listed()[1][0] == QUESTION
    page.choose("open", first)
    assert page.questions == [QUESTION]
    page.choose("rename", words="  <b>Boats</b> ")
    assert ("<b>Boats</b>", first) in page.listed()
    page.choose("rename", words=" ")
    assert page.message == "The name has 0 characters. Enter 1 to 200."
    page.choose("delete")
    assert page.values["_thread"] == ""
    assert len(page.listed()) == 1
    assert 'data-action="open"' not in page.tab._list("another reader", first)


def test_the_list_says_when_and_can_be_searched_if_it_is_long() -> None:
    now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    kept = [ConversationSummary(str(days), f"Day {days}", now - timedelta(days=days), 1) for days in range(11)]
    listed = rail_html(kept, "3", now)
    tree = html.fromstring(f"<div>{listed}</div>")
    assert [words_of(item) for item in tree.iter("h2")] == ["Today", "Last 7 days", "Earlier"]
    assert [item.get("data-id") for item in tree.iter("button") if item.get("aria-current")] == ["3"]
    assert 'type="search"' in listed
    assert 'type="search"' not in rail_html(kept[:10], "3", now)


def test_feedback_is_kept_changed_and_taken_back(page: Page, conversations: Conversations) -> None:
    page.ask(QUESTION)

    def kept() -> tuple[bool | None, str]:
        (item,) = conversations.answers(*page.reader).answers
        return item.liked, item.reason

    page.take(page.tab._rate(page.press("not-useful"), *page.reader))
    assert kept() == (False, "")
    page.take(page.tab._rate(page.press("not-useful", reason="The figure is old."), *page.reader))
    assert kept() == (False, "The figure is old.")
    assert "The figure is old." in page.values["_thread"]
    page.take(page.tab._rate(page.press("useful"), *page.reader))
    assert kept() == (True, "")
    page.take(page.tab._rate(page.press("useful"), *page.reader))
    assert kept() == (None, "")
    page.take(page.tab._rate(page.press("useful", reason="a" * 2001), *page.reader))
    assert "2,001 characters" in page.message


def test_a_question_can_be_tried_again_and_a_rewritten_one_changed(page: Page) -> None:
    page.ask(QUESTION)
    page.ask("And how long does it last?")
    page.take(page.tab._standalone(page.press("edit", 1), *page.reader))
    standalone = page.values["_question"]
    assert standalone != "And how long does it last?"
    assert standalone in page.values["_thread"]
    for update in page.tab._retry(page.press("retry", 1), ["tide-report"], [], "", "", "", QUOTED, *page.here):
        page.take(update)
    assert page.questions == [QUESTION, "And how long does it last?"]
    assert "1 document was searched" in page.values["_thread"]


def test_an_answer_that_another_window_deleted_is_said_to_be_gone(page: Page) -> None:
    page.ask(QUESTION)
    page.tab._forget(*page.reader)
    event = page.press("useful")
    page.take(page.tab._rate(event, *page.reader))
    assert page.message == GONE
    (update,) = page.tab._retry(event, *FILTERS, *page.here)
    page.take(update)
    assert page.message == GONE
    page.take(page.tab._save_one(page.press("word"), *page.reader))
    assert (page.values["_file"], page.message) == (None, GONE)
    page.values["_message"] = ""
    page.take(page.tab._standalone(page.press("edit"), *page.reader))
    assert page.message == GONE


def test_a_window_that_is_behind_does_not_delete_what_another_asked(page: Page) -> None:
    page.ask(QUESTION)
    page.ask("What must each boat carry?")
    (update,) = page.tab._retry(page.press("retry", 0), *FILTERS, *page.here)
    page.take(update)
    assert page.message == GONE
    assert len(page.tab._conversations.answers(*page.reader).answers) == 2


def test_a_new_reader_has_a_key_before_anything_is_asked_and_nothing_to_delete(page: Page) -> None:
    page.load()
    key, conversation = page.reader
    assert len(key) >= 32
    page.take(page.tab._forget(key, conversation))
    page.take(page.tab._forget("", conversation))
    page.values["_key"] = key
    page.load()
    assert page.reader == (key, NEW)


FOLLOW_UP = "And how long does it last?"


def test_a_conversation_that_cannot_be_read_is_said_in_a_readers_words_and_logged(
    page: Page, database_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page.ask(QUESTION)
    database_file.unlink()
    page.values["_held"] = EMPTY  # as after a reload
    page.load()
    assert page.message.startswith("Steward cannot use its database, because its file is missing. Try again.")
    assert str(database_file) in caplog.text
    assert "boats" not in caplog.text


def test_an_answer_that_cannot_be_kept_is_shown_with_why_and_is_followed_up_and_kept_later(
    page: Page, conversations: Conversations, database_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page.ask(QUESTION)
    conversation = page.values["_conversation"]
    database_file.rename(database_file.with_suffix(".away"))
    page.ask(FOLLOW_UP)
    assert page.questions == [QUESTION, FOLLOW_UP]
    assert "This answer is not saved: Steward cannot use its database, because its file is missing" in page.text
    assert page.text.count("This answer is not saved") == 1  # the first one is
    assert "Answer: " in page.message
    assert "This answer is not saved" in page.message
    assert str(database_file) in caplog.text
    assert str(database_file.parent) not in page.text + page.message
    # It was understood as a follow-up of what the database could not give.
    standalone = page.values["_held"].answers[1].answer.standalone_question
    assert standalone != FOLLOW_UP
    page.take(page.tab._standalone(page.press("edit", 1), *page.here))
    assert page.values["_question"] == standalone
    # What can be done with it is done, and what cannot says why.
    page.take(page.tab._rate(page.press("useful", 1), *page.here))
    assert page.message == (
        "Your feedback was not saved: Steward cannot use its database, because its file is missing."
    )
    page.take(page.tab._rate(page.press("useful", 0), *page.here))
    assert "because its file is missing" in page.message
    page.take(page.tab._forget(*page.here))
    assert page.message.startswith("The conversation was not deleted. Steward cannot use its database")
    page.take(page.tab._show(*page.here))  # as after a stop
    assert page.questions == [QUESTION, FOLLOW_UP]
    page.take(page.tab._save_all("Markdown", *page.here))
    assert FOLLOW_UP in Path(page.values["_file"]).read_text(encoding="utf-8")
    for update in page.tab._retry(page.press("retry", 1), *FILTERS, *page.here):
        page.take(update)
    assert page.questions == [QUESTION, FOLLOW_UP]
    # Once the database is there again, the next question brings all of it there.
    database_file.with_suffix(".away").rename(database_file)
    page.ask("What must each boat carry?")
    asked = [QUESTION, FOLLOW_UP, "What must each boat carry?"]
    assert page.questions == asked
    assert "not kept" not in page.text
    assert page.values["_conversation"] == conversation
    assert [item.answer.question for item in conversations.answers(*page.reader).answers] == asked


def test_a_conversation_none_of_which_could_be_kept_is_kept_later(
    page: Page, conversations: Conversations, database_file: Path
) -> None:
    database_file.rename(database_file.with_suffix(".away"))
    page.ask(QUESTION)
    assert page.values["_conversation"] == NEW
    page.ask(FOLLOW_UP)
    assert page.text.count("This answer is not saved") == 2
    database_file.with_suffix(".away").rename(database_file)
    page.ask("What must each boat carry?")
    kept = [item.answer.question for item in conversations.answers(*page.reader).answers]
    assert kept == page.questions == [QUESTION, FOLLOW_UP, "What must each boat carry?"]


def test_a_conversation_of_which_nothing_is_kept_can_be_left_and_its_page_emptied(
    page: Page, database_file: Path
) -> None:
    database_file.rename(database_file.with_suffix(".away"))
    page.ask(QUESTION)
    page.take(page.tab._forget(*page.here))
    assert page.values["_thread"] == ""
    assert page.values["_held"] == EMPTY


def test_an_answer_before_one_that_is_not_kept_can_be_rated_once_the_database_is_back(
    page: Page, conversations: Conversations, database_file: Path
) -> None:
    page.ask(QUESTION)
    database_file.rename(database_file.with_suffix(".away"))
    page.ask(FOLLOW_UP)
    database_file.with_suffix(".away").rename(database_file)
    page.take(page.tab._rate(page.press("useful", 0), *page.here))
    assert conversations.answers(*page.reader).answers[0].liked is True
    assert [item.liked for item in page.values["_held"].answers] == [True, None]
    assert page.questions == [QUESTION, FOLLOW_UP]


def test_a_written_answer_that_cannot_be_kept_is_shown_though_that_of_quotes_is_kept(
    library: Library, conversations: Conversations, database_file: Path
) -> None:
    writing = Page(replace(library, writer=able("The office will license boats.")), conversations)
    steps = writing.tab._respond(QUESTION, [], [], "", "", "", WRITTEN, "", "", EMPTY)
    writing.take(next(steps))
    database_file.rename(database_file.with_suffix(".away"))
    for update in steps:
        writing.take(update)
    assert "Supported by its quotes" in writing.values["_thread"]
    assert "This answer is not saved" in writing.text
    database_file.with_suffix(".away").rename(database_file)
    writing.ask(FOLLOW_UP)
    kept = conversations.answers(*writing.reader).answers
    # Nothing is lost: the one of quotes stays, and the written one comes behind it.
    assert [item.answer.writing is not None for item in kept] == [False, True, False]


def test_a_database_of_another_shape_costs_no_answer(page: Page, conversations: Conversations) -> None:
    with conversations._database.write() as session:
        session.execute(text("DROP TABLE feedback"))
    page.ask(QUESTION)
    assert page.questions == [QUESTION]


def test_a_box_that_nothing_was_put_into_asks_for_a_question(page: Page) -> None:
    (update,) = page.tab._respond(None, *FILTERS, *page.here)
    page.take(update)
    assert page.message == "Enter a question."


def test_half_a_character_is_no_bug(page: Page) -> None:
    page.ask(f"\ud83d {QUESTION}")
    assert page.questions == [f"? {QUESTION}"]


def test_one_answer_or_all_are_saved(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    page.take(page.tab._save_all("Markdown", *page.reader))
    assert page.message == "There is no answer to save. Ask a question first."
    page.ask(QUESTION)
    page.ask("What must each boat carry?")
    page.take(page.tab._save_all("Markdown", *page.reader))
    assert "(and 1 further question)" in Path(page.values["_file"]).read_text(encoding="utf-8")
    page.take(page.tab._save_one(page.press("markdown", 1), *page.reader))
    note = Path(page.values["_file"]).read_text(encoding="utf-8")
    assert note.startswith("# What must each boat carry?")
    assert "license" not in note


def test_stopping_shows_what_is_kept(page: Page, library: Library, conversations: Conversations) -> None:
    writing = Page(replace(library, writer=able("The office will license boats.")), conversations)
    steps = writing.tab._respond(QUESTION, [], [], "", "", "", WRITTEN, "", "", EMPTY)
    writing.take(next(steps))
    assert writing.values["_stop"].visible
    assert "Writing from the evidence" in writing.values["_thread"]
    steps.close()
    writing.take(writing.tab._show(*writing.reader))
    assert not writing.values["_stop"].visible
    assert "Supported by its quotes" in writing.values["_thread"]


def test_what_is_typed_while_a_model_writes_stays_in_its_box(library: Library, conversations: Conversations) -> None:
    writing = Page(replace(library, writer=able("The office will license boats.")), conversations)
    first, *further = writing.tab._respond(QUESTION, [], [], "", "", "", WRITTEN, "", "", EMPTY)
    assert first[writing.tab._question] == ""
    assert further
    assert not [update for update in further if writing.tab._question in update]


def test_the_written_mode_is_offered_where_there_is_a_model_which_it_names(
    page: Page, library: Library, conversations: Conversations
) -> None:
    assert not page.tab._filters.mode.visible
    page.load("mode=written")
    assert page.values["mode"] == gr.skip()
    writing = Page(replace(library, writer=able("")), conversations)
    assert ("Written by fake:able from the quotes", WRITTEN) in writing.tab._filters.mode.choices
    writing.load("mode=written")
    assert writing.values["mode"] == WRITTEN


def test_the_first_questions_come_from_the_library(page: Page, library: Library) -> None:
    asked = {question for chunk in library.generation.text_chunks("harbour-plan") for question in chunk.questions}
    (sample,) = html.fromstring(page.tab._home.value).iter("button")
    assert sample.text in asked
    examples = library.settings.corpus / "examples.txt"
    examples.write_text("Who <b>rows</b>?\n\nWho sails?\n", encoding="utf-8")
    assert example_questions(library) == ["Who <b>rows</b>?", "Who sails?"]
    examples.unlink()


def test_what_shows_no_progress_has_the_page_copy_nothing(library: Library) -> None:
    events = [item.get_config() for item in build_app(lambda: library).fns.values()]
    assert {tuple(item["show_progress_on"]) for item in events if item["show_progress"] == "hidden"} == {()}
