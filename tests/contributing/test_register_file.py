"""The register as TOML: without loss, in the shipped form, and read with errors that say where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contributing.checking import as_precedent
from assistant.contributing.register_file import read_entries, register_header, register_toml
from assistant.errors import CatalogueError
from assistant.reading.builder import normalise
from assistant.registers.entries import Precedent, PrecedentSource, Shift
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.registers.rules import wording_problem
from tests.contributing.case_making import case

SHIPPED = Path(__file__).parents[2] / "corpus" / "registers" / "precedents.toml"

SEEN = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="<&[]")
SOME = st.text(SEEN, max_size=40).map(normalise).filter(lambda words: words and not wording_problem(words))
DATES = st.sampled_from(["2024", "2024-02", "2024-02-29"])
ADDRESSES = st.sampled_from(["https://example.org/", "http://example.org/a?b=c&d=%22#e"])
OPTIONAL = {"pages": st.none() | SOME, "part": st.none() | SOME, "notes": st.lists(st.integers(1, 999), max_size=3)}
IN_LIBRARY = st.builds(
    PrecedentSource,
    document=SOME,
    section=SOME,
    quote=st.just("") | SOME,
    publisher=st.none() | SOME,
    title=st.none() | SOME,
    published=st.just("") | DATES,
    url=st.just("") | ADDRESSES,
    **OPTIONAL,
)
OUTSIDE = st.builds(PrecedentSource, publisher=SOME, title=SOME, published=DATES, url=ADDRESSES, **OPTIONAL)
PRECEDENTS = st.builds(
    Precedent,
    id=st.from_regex(r"[a-z0-9]{1,40}(-[a-z0-9]{1,30})?", fullmatch=True),
    title=SOME,
    organisation=SOME,
    place=SOME,
    country=SOME,
    period=SOME,
    sectors=st.lists(SOME, min_size=1, max_size=3, unique=True),
    shift=st.lists(st.sampled_from(get_args(Shift)), min_size=1, unique=True),
    theme=SOME,
    summary=SOME,
    lesson=SOME,
    source=st.lists(IN_LIBRARY | OUTSIDE, min_size=1, max_size=3),
    url=st.just("") | ADDRESSES,
    evidence=st.sampled_from([*EVIDENCE]),
    said_by=st.just("") | SOME,
    as_at=st.just("") | DATES,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def read(path: Path) -> tuple[Precedent, ...]:
    return tuple(map(as_precedent, read_entries(path)))


def written(folder: Path, content: str | bytes, name: str = "cases.toml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_shipped_register_is_written_byte_for_byte() -> None:
    assert register_toml(read(SHIPPED), register_header(SHIPPED)).encode() == SHIPPED.read_bytes()


@given(st.lists(PRECEDENTS, min_size=1, max_size=3, unique_by=lambda entry: entry.id))
def test_what_is_written_is_read_again(folder: Path, entries: list[Precedent]) -> None:
    path = written(folder, register_toml(entries, "# A register.\n\n"))
    assert read(path) == tuple(entries)
    assert register_toml(read(path), register_header(path)).encode() == path.read_bytes()


def test_every_kind_of_character_is_kept(folder: Path) -> None:
    hard = 'a "quoted" \\ back\\n slash, \\u0041 é 🙂 """ \'\'\' # = [x]'
    entry = Precedent.model_validate(case(summary=hard, lesson=hard * 2, sectors=[hard]))
    assert read(written(folder, register_toml([entry]))) == (entry,)


def test_one_case_alone_is_read_from_toml_and_json(folder: Path) -> None:
    alone = register_toml([Precedent.model_validate(case())]).removeprefix("[[precedent]]\n")
    assert read_entries(written(folder, alone))[0]["id"] == "granton-rope-library"
    for content in (case(), [case()], {"precedent": [case()]}):
        (entry,) = read_entries(written(folder, json.dumps(content), "case.json"))
        assert entry == case()


def test_a_byte_order_mark_and_dates_without_quotation_marks_are_taken(folder: Path) -> None:
    text = 'id = "ropes"\ntitle = "Ropes"\nsource = [{ published = 2024-03-01 }]\n'
    (entry,) = read_entries(written(folder, b"\xef\xbb\xbf" + text.encode()))
    assert entry["source"] == [{"published": "2024-03-01"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[precedent]]\nid = "a"\ntitle = \n', r"line 3, is not valid TOML: .* Found “title =”\. Correct"),
        ('[[precedent]]\nid = "a\n', r"line 2, is not valid TOML"),
        ("[[precedent", r"line 1, is not valid TOML: .* Found “\[\[precedent”"),
        ("[tool]\nname = 'x'\n", r"has “tool”; expected cases as \[\[precedent\]\]"),
        ("[[recommendation]]\nid = 'x'\n", r"has “recommendation”; expected cases"),
        ("precedent = 'x'\n", r"has “precedent”; expected cases"),
        ("precedent = []\n", r"has “precedent”; expected cases"),
        ("precedent = ['x']\n", r"entry 1: Found text, “x”; expected a case"),
        ("[[precedent]]\nid = 'a'\n[other]\n", r"has “precedent”, “other”; expected cases"),
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "is not UTF-8 text"),
        (b"PK\x03\x04\x00\x00", "is not UTF-8 text"),
        ("# only a comment\n", "has nothing; expected cases"),
        ("[[precedent]]\nid = 'a'\n[[precedent]]\nid = 'b'\n[[precedent]]\nid = 'a'\n", "entry 3, field id: "),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply|not valid TOML"),
    ],
    ids=[
        "value", "string", "header", "shape", "recommendations", "words", "no-cases", "no-tables", "more", "empty",
        "blank", "picture", "archive", "comment", "twice", "deep",
    ],
)  # fmt: skip
def test_what_is_no_file_of_cases_says_where_and_what_to_do(folder: Path, content: str | bytes, message: str) -> None:
    path = written(folder, content)
    with pytest.raises(CatalogueError, match=message) as error:
        read(path)
    assert str(path) in str(error.value)
    assert any(advice in str(error.value) for advice in ("precedents export", "Save the cases", "its own id"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "a",\n "title": }', "line 2, is not valid JSON"),
        ('{"id": "a", "id": "b", "title": "x"}', "the field “id” is given twice"),
        ('"words"', "entry 1: Found text, “words”"),
        ("[]", "has no cases"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
    ],
    ids=["broken", "twice", "words", "none", "deep"],
)
def test_json_is_refused_likewise(folder: Path, content: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        read_entries(written(folder, content, "cases.json"))


def test_a_file_that_is_not_there_or_too_large_is_refused(folder: Path) -> None:
    with pytest.raises(CatalogueError, match=r"cannot be read: No such file or directory. Give a TOML or JSON file"):
        read(folder / "none.toml")
    with pytest.raises(CatalogueError, match=r"has 5,000,001 bytes; the limit is 5,000,000. Split it"):
        read(written(folder, "#" * 5_000_001))


def test_a_header_is_the_comments_before_the_first_entry(folder: Path) -> None:
    assert register_header(written(folder, "# One.\n\n# Two.\n\n[[precedent]]\n# inside\n")) == "# One.\n\n# Two.\n\n"
    assert register_header(folder / "none.toml") == ""
