"""Comments in Word files: where they stand, what they say, and that nothing else changes."""

from __future__ import annotations

import zipfile
from io import BytesIO
from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.export.drafts.commenting import checked_word, comment_file
from assistant.export.drafts.notes import SentenceNote
from assistant.export.drafts.word import NOT_PLACED, add_comments
from assistant.reading import read_bytes
from assistant.settings import ReadingSettings
from tests.export.drafts.making import checked_draft
from tests.reading.word_making import paragraph, word_file

LIMITS = ReadingSettings()


def commented(data: bytes) -> dict[str, str]:
    """The words of each comment by the words that it stands at."""
    document = docx.Document(BytesIO(data))
    found: dict[str, str] = {}
    for comment in document.comments:
        inside, words = False, ""
        for element in document.element.body.iter(qn("w:commentRangeStart"), qn("w:commentRangeEnd"), qn("w:t")):
            if element.tag == qn("w:t"):
                words += element.text if inside else ""
            elif element.get(qn("w:id")) == str(comment.comment_id):
                inside = element.tag == qn("w:commentRangeStart")
        found[words] = comment.text
    return found


def note(words: str, *lines: str) -> SentenceNote:
    return SentenceNote(words, lines or (f"On {words}",))


def test_a_pasted_text_becomes_a_file_with_comments_at_what_needs_one() -> None:
    data = checked_word(*checked_draft(), None, LIMITS)
    comments = commented(data)
    assert list(comments) == [
        "The office will license 60 boats by 2027.",
        "a lamp that burns until the morning comes;",
        "an oar that nobody in the harbour has seen.",
        "HeronGreen",
    ]
    assert comments["The office will license 60 boats by 2027."].split("\n") == [
        "Clashes with the library",
        "Figure: the draft says “60”, the library “40”.",
        "Harbour Office, Harbour plan (government policy, 1 May 2024): “The office will license 40 boats by 2027.”",
        "https://example.org/harbour",
    ]
    assert comments["an oar that nobody in the harbour has seen."].startswith("Not found\nNothing comes near enough.")
    styles = [each.style.name for each in docx.Document(BytesIO(data)).paragraphs if each.style]
    assert styles == ["Heading 1", "Normal", "Normal", "List Bullet", "List Bullet"]


def test_a_sentence_across_runs_is_marked_whole_and_keeps_its_formatting() -> None:
    document = docx.Document()
    line = document.add_paragraph("Leeds pays. The office “will ")
    line.add_run("license 60").bold = True
    line.add_run(" boats.” Hull pays.").italic = True
    file = BytesIO()
    document.save(file)
    data = comment_file(file.getvalue(), [note("Leeds pays."), note("The office “will license 60 boats.”")], LIMITS)
    assert commented(data) == {
        "Leeds pays.": "On Leeds pays.",
        "The office “will license 60 boats.”": "On The office “will license 60 boats.”",
    }
    runs = [(run.text, run.bold, run.italic) for run in docx.Document(BytesIO(data)).paragraphs[0].runs if run.text]
    assert runs == [
        ("Leeds pays.", None, None),
        (" ", None, None),
        ("The office “will ", None, None),
        ("license 60", True, None),
        (" boats.”", None, True),
        (" Hull pays.", None, True),
    ]
    assert read_bytes(data).text == read_bytes(file.getvalue()).text


@given(cuts=st.lists(st.integers(1, 70), max_size=8), tabs=st.booleans())
def test_however_a_sentence_is_cut_into_runs_it_is_marked_whole(cuts: list[int], tabs: bool) -> None:
    sentences = ["Café boats need “nine” lamps.", "(Hull) pays £13m, not less!", "Boats float."]
    words = "\t".join(sentences) if tabs else " ".join(sentences)
    document = docx.Document()
    paragraph = document.add_paragraph()
    for start, end in pairwise([0, *sorted({cut for cut in cuts if cut < len(words)}), len(words)]):
        paragraph.add_run(words[start:end])
    add_comments(document, [note(sentence) for sentence in sentences])
    file = BytesIO()
    document.save(file)
    assert commented(file.getvalue()) == {sentence: f"On {sentence}" for sentence in sentences}
    assert paragraph.text == words


def test_nothing_else_of_the_file_changes_and_older_comments_stay() -> None:
    document = docx.Document()
    first = document.add_paragraph("Hull gets £13m.")
    document.add_comment(first.runs, "Is that so?", "A reader", "AR")
    document.sections[0].header.paragraphs[0].text = "In confidence"
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Heron", "Green"
    file = BytesIO()
    document.save(file)
    data = comment_file(file.getvalue(), [note("Hull gets £13m."), note("Heron | Green")], LIMITS)
    comments = [(each.author, each.text) for each in docx.Document(BytesIO(data)).comments]
    assert comments == [
        ("A reader", "Is that so?"),
        ("Steward", "On Hull gets £13m."),
        ("Steward", "On Heron | Green"),
    ]
    assert commented(data)["HeronGreen"] == "On Heron | Green"
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(BytesIO(data)) as after:
        assert set(before.namelist()) == set(after.namelist())
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert sorted(changed) == ["word/comments.xml", "word/document.xml"]


def test_sentences_without_a_space_between_them_are_marked_apart() -> None:
    data = word_file(paragraph("Boats float.Hull pays."))
    assert commented(comment_file(data, [note("Boats float."), note("Hull pays.")], LIMITS)) == {
        "Boats float.": "On Boats float.",
        "Hull pays.": "On Hull pays.",
    }


def test_moved_words_are_passed_over_and_the_same_words_are_marked_in_their_order() -> None:
    moved = '<w:moveFrom w:id="1" w:author="A"><w:r><w:t>Boats sink here.</w:t></w:r></w:moveFrom>'
    data = word_file(paragraph(moved, "Boats float.") + paragraph("Boats sink here.") + paragraph("Boats float."))
    notes = [SentenceNote("Boats float."), note("Boats sink here."), note("Boats float.")]
    made = docx.Document(BytesIO(comment_file(data, notes, LIMITS)))
    marked = [bool(each._p.xpath(".//w:commentRangeStart")) for each in made.paragraphs]
    assert marked == [False, True, True]


def test_a_sentence_without_a_place_in_the_file_is_told_at_its_start() -> None:
    data = word_file(paragraph("Boats float."))
    (words, told), *rest = commented(comment_file(data, [note("Boats fly.", "Not found")], LIMITS)).items()
    assert words == "Boats float."
    assert told.split("\n") == [NOT_PLACED, "“Boats fly.”", "Not found"]
    assert rest == []


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut off", word_file("", declaration='<!DOCTYPE a [<!ENTITY b "c">]>')])
def test_a_broken_or_hostile_file_costs_one_line(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^It is a Word file, but .*Open it in Word and save it again\.$"):
        comment_file(data, [note("Boats float.")], LIMITS)


def test_a_file_that_comments_cannot_be_added_to_is_refused_with_what_to_do() -> None:
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    with pytest.raises(DocumentError, match=r"^Comments cannot be added to it .*save it as a Word document"):
        comment_file(word_file(paragraph("Boats float."), main_type=macros), [note("Boats float.")], LIMITS)
