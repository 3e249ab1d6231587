"""A conversation as the page shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import answering
from assistant.answering import Turn
from assistant.library import Library
from assistant.records import Answer, Reason, Sentence, Unkept, Writing
from assistant.storage import StoredAnswer, StoredConversation
from assistant.text.dates import date_in_words
from assistant.web.ask.conversation_html import (
    CHECKED,
    MOST_TURNS,
    STATUS_WORDS,
    UNCHECKED,
    WRITING,
    conversation_html,
)
from tests.web.pages import HOSTILE, parsed, words_of

QUESTION = "How many boats will the office license by 2027?"


def page(*answers: Answer, library: Library, writing: str | None = None) -> str:
    stored = StoredConversation(tuple(StoredAnswer(answer, place) for place, answer in enumerate(answers)))
    return conversation_html(stored, library, writing)


def shown(*answers: Answer, library: Library, writing: str | None = None) -> object:
    return parsed(page(*answers, library=library, writing=writing))


def with_class(tree: object, name: str) -> list[object]:
    return [element for element in tree.iter() if name in (element.get("class") or "").split()]


def test_each_number_leads_to_its_card_and_the_card_back(library: Library) -> None:
    first, second = answering.ask(library, QUESTION), answering.ask(library, "What must each boat carry?")
    tree = shown(first, second, library=library)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    marks, backs = with_class(tree, "mark"), with_class(tree, "back")
    assert len(backs) == len(first.citations) + len(second.citations)
    cards = {card.get("id"): card for card in with_class(tree, "evidence-card")}
    for mark in marks:
        card = cards[mark.get("href")[1:]]
        assert mark.text in words_of(card)
        (back,) = with_class(card, "back")
        assert back.get("href")[1:] in ids
        # Where links are listed without their places, each can be told from the others.
        assert back.get("aria-label") == f"{back.text}, citation {mark.text.strip('[]')}"
    assert {mark.get("href")[1:] for mark in marks} == set(cards)


def test_a_table_is_marked_once_where_all_its_rows_cite_the_same(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    (cited, *_) = answer.citations
    voice = answer.answer.partition("\n")[0]

    def marks(last: int) -> list[list[str]]:
        table = f"| Boat | Oars | [1]\n|---|---|\n| Skiff | two | [1]\n| Gig | six | [{last}]"
        told = replace(answer, answer=f"{voice}\n{table}", citations=(cited, replace(cited, n=2))[:last])
        rows = shown(told, library=library).iterfind(".//div[@class='said']//tr")
        return [[mark.text for mark in with_class(row, "mark")] for row in rows]

    assert marks(last=1) == [["1"], [], []]
    assert marks(last=2) == [["1"], ["1"], ["2"]]


def test_a_long_conversation_shows_its_last_turns_until_the_earlier_are_asked_for(library: Library) -> None:
    stored = StoredConversation(
        tuple(StoredAnswer(answering.ask(library, "hello"), place) for place in range(MOST_TURNS + 3))
    )

    def turns(since: int | None = None) -> list[str]:
        tree = parsed(conversation_html(stored, library, since=since))
        assert bool(with_class(tree, "earlier")) == (since != 0)
        return [turn.get("id") for turn in with_class(tree, "turn")]

    every = [f"turn-{place + 1}" for place in range(MOST_TURNS + 3)]
    assert (turns(), turns(since=0)) == (every[3:], every)
    assert (turns(since=1), turns(since=MOST_TURNS)) == (every[1:], every[3:])  # the rated turn stays in sight
    last = replace(stored, answers=stored.answers[-1:], earlier=MOST_TURNS + 2)
    assert f"Show {MOST_TURNS + 2} earlier questions" in conversation_html(last, library)


def test_the_turn_of_an_answer_holds_what_was_asked_said_and_checked(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    turn, _ = shown(answer, library=library)
    words = words_of(turn)
    for line in filter(None, answer.answer.replace("- ", "").split("\n")):
        assert line.endswith(":") or line.partition(" [")[0] in words
    assert len(answer.sentences) == 2
    assert f"2 statements: 2 from Steward’s summaries {CHECKED}" in words
    assert "Supported by its quotes [1]" in words
    assert f"As at {date_in_words(answer.as_at)}. 2 documents were searched." in words


def test_who_speaks_is_dated_as_on_the_cards(library: Library) -> None:
    turn, _ = shown(answering.ask(library, QUESTION), library=library)
    voices = [words_of(item) for item in turn.find("div").iter("h4")]
    assert voices == ["Government policy Steward’s summary Harbour Office 1 May 2024 Harbour plan"]


def test_what_was_searched_is_said_once(library: Library) -> None:
    for question in (QUESTION, "What is the capital of Mongolia?"):
        tree = shown(answering.ask(library, question), library=library)
        for copied in with_class(tree, "copied"):
            copied.text = ""
        assert words_of(tree).count("2 documents were searched.") == 1


def test_pasted_text_is_not_shown_as_large_as_a_question(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    pasted = replace(answer, question=f"{QUESTION} " * 5)
    assert [bool(with_class(shown(item, library=library), "long")) for item in (answer, pasted)] == [False, True]


def test_a_sentence_that_fails_its_check_says_why_and_a_removed_one_can_be_seen(library: Library) -> None:
    reason = Reason("figure", "41", "40")
    sentence = Sentence("41 boats.", (1,), "unsupported", (reason,))
    unkept = (Unkept("All boats are free.", (Reason("words", "free", ""),)), Unkept("Many.", (reason,)))
    answer = replace(
        answering.ask(library, QUESTION),
        sentences=(sentence,),
        writing=Writing("fake:able", written=3, kept=1, unkept=unkept),
    )
    words = words_of(shown(answer, library=library))
    reasons = "41 boats. Not supported [1] Figure: the sentence says “41”, the quotes “40”."
    assert f"1 sentence: 1 not supported {CHECKED} {reasons}" in words
    assert "2 sentences removed from the answer All boats are free. Words: the sentence says “free”" in words
    assert "Written by fake:able and checked: 3 sentences written, 1 kept." in words


def test_a_rewritten_question_is_shown_and_can_be_changed(library: Library) -> None:
    first = answering.ask(library, QUESTION)
    assert "Searched for" not in page(first, library=library)
    second = answering.ask(library, "And how long does it last?", conversation=[Turn(QUESTION, first.answer)])
    tree = shown(first, second, library=library)
    (searched,) = with_class(tree, "searched")
    assert second.standalone_question in words_of(searched)
    assert [button.get("data-turn") for button in tree.iter("button") if button.get("data-action") == "edit"] == ["1"]


@pytest.mark.parametrize("status", ["not-in-library", "out-of-scope"])
def test_an_abstention_says_so_and_what_was_searched(library: Library, status: str) -> None:
    answer = replace(answering.ask(library, QUESTION), status=status, answer="It does not.", citations=(), sentences=())
    tree = shown(answer, library=library)
    words = words_of(tree)
    assert STATUS_WORDS[answer.status] in words
    assert "2 documents were searched" in words
    assert CHECKED not in words
    assert "Documents searched Harbour Office: Harbour plan" in words
    beside = [words_of(item) for item in with_class(tree, "evidence")]
    assert ["Harbour Office: Harbour plan" in words for words in beside] == [True] * (status == "not-in-library")


def test_while_a_model_writes_its_words_stand_beside_the_evidence(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    for said, seen in (("", WRITING), ("Boats <b>float</b>.\n", "Boats <b>float</b>.")):
        tree = shown(answer, answer, library=library, writing=said)
        last = tree.findall("article")[-1]
        assert seen in words_of(last)
        assert (UNCHECKED in words_of(last)) is bool(said)
        assert with_class(last, "evidence-card")
        assert not with_class(last, "mark")
        assert not with_class(last, "tools")


def test_only_the_last_answer_can_be_tried_again_and_every_one_taken_away(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    tree = shown(answer, answer, library=library)
    actions = [(item.get("data-turn"), item.get("data-action")) for item in tree.iter("button")]
    assert [turn for turn, action in actions if action == "retry"] == ["1"]
    for action in ("copy", "word", "markdown", "useful", "not-useful"):
        assert [turn for turn, name in actions if name == action] == ["0", "1"]
    copied = with_class(tree, "copied")[0].text
    assert "References\n[1] Summary of Harbour Office, Harbour plan (government policy, 1 May 2024)." in copied


def test_feedback_is_shown_as_it_is_kept(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    stored = StoredConversation((StoredAnswer(answer, 0, False, "Wrong source: </textarea><b>Wrong"),))
    tree = parsed(conversation_html(stored, library))
    pressed = {item.get("data-action"): item.get("aria-pressed") for item in tree.iter("button")}
    assert (pressed["useful"], pressed["not-useful"]) == ("false", "true")
    (form,) = tree.iter("form")
    assert form.find("textarea").text == "</textarea><b>Wrong"
    assert [item.get("value") for item in form.iter("input") if item.get("checked") is not None] == ["Wrong source"]
    assert form.find("label").get("for") == form.find("textarea").get("id")
    assert form.find("button").get("aria-describedby") == form.find("p").get("id")
    assert form.find("p").text == "Thank you. Your reason is saved."


def test_what_is_missing_stands_in_a_box_above_the_answer(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    gap = "This part may not be answered: what it costs."
    turn, _ = shown(replace(answer, answer=f"{answer.answer}\n\n{gap}"), library=library)
    (box,) = with_class(turn, "gap")
    assert words_of(box) == gap
    (said,) = with_class(turn, "said")
    assert [*said].index(box) < min(n for n, item in enumerate(said) if item.get("class") == "voice")
    assert not with_class(turn, "lead"), "what stands below a gap should not stand out as the answer"
    assert not with_class(shown(answering.ask(library, "thanks!"), library=library), "gap")


def test_an_answer_from_a_part_of_the_library_or_as_at_another_day_says_so(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    assert not with_class(shown(answer, library=library), "narrowed")
    (said,) = with_class(
        shown(replace(answer, documents_searched=("harbour-plan",), as_at="2025-06"), library=library), "narrowed"
    )
    assert words_of(said) == "1 document was searched. As at June 2025."


def test_the_last_answer_offers_authored_questions_that_are_not_the_one_asked(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answering.ask(library, QUESTION)
    asked = (QUESTION, "no capital?", "Who counts the answered ones?", "Where do <b>ferries</b> moor?")
    cited = answer.citations[0]
    places = (cited.end, cited.end, cited.start, cited.end)
    chunk = replace(answer.retrieved[0].chunk, questions=asked, question_places=places)
    held, chunks = {chunk.id: chunk}, library.generation.chunks
    monkeypatch.setattr(library.generation, "chunks", lambda ids: [held.get(id_) or chunks([id_])[0] for id_ in ids])
    gone = replace(answer.retrieved[0], chunk=replace(chunk, id="of an earlier library"))
    found = replace(answer, retrieved=(gone, answer.retrieved[0]))
    tree = shown(found, found, library=library)
    (offered,) = with_class(tree, "next")
    assert [button.text for button in offered.iter("button")] == ["Where do <b>ferries</b> moor?"]
    assert offered.getparent().getparent().get("id") == "turn-2"


def test_short_forms_that_an_answer_leaves_open_are_explained_below_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    glossary = {"IBC": "<b>International Boat Council</b>", "BBB": "Big Blue Boat", "NAO": "National Audit Office"}
    monkeypatch.setattr(library.generation, "glossary", glossary)
    answer = answering.ask(library, QUESTION)
    told = replace(answer, answer=f"{answer.answer}\nThe IBC and the NAO (National Audit Office) agree.")
    tree = shown(answer, told, library=library)
    first, second = with_class(tree, "foot")
    explained = "IBC: <b>International Boat Council</b>."
    assert words_of(second).startswith(f"{explained} Copy with references")
    assert words_of(first).startswith("Copy with references")
    assert explained not in with_class(second, "copied")[0].text
    small = replace(answering.ask(library, "thanks!"), answer="The IBC thanks you.")
    assert "Council" not in words_of(shown(small, library=library))


def test_small_talk_has_no_buttons(library: Library) -> None:
    tree = shown(answering.ask(library, "thanks!"), library=library)
    assert "You’re welcome" in words_of(tree)
    assert not [*tree.iter("button")]


def test_answers_that_cannot_be_read_any_more_are_counted(library: Library) -> None:
    kept = StoredConversation((StoredAnswer(answering.ask(library, QUESTION), 2),), unreadable=2)
    words = words_of(parsed(conversation_html(kept, library)))
    assert "2 answers in this conversation cannot be shown" in words
    assert QUESTION in words
    assert conversation_html(StoredConversation(()), library) == ""


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_was_typed_or_written_becomes_markup(library: Library, words: str) -> None:
    answer = answering.ask(library, QUESTION)
    unkept = (Unkept(words, (Reason("words", words, words),)),)
    hostile = replace(
        answer,
        question=words,
        standalone_question=f"{words} indeed",
        answer=f"{words}\n- {words} [1]",
        sentences=(Sentence(words, (1,), "partly", (Reason(words, words, words),)),),
        warnings=(words,),
        writing=Writing(words, words, unkept=unkept),
        as_at=words,
    )
    tree = shown(hostile, library=library)
    assert words_of(tree).count(" ".join(words.split())) >= 10
