"""The catalogue: what it must hold, and what it says of a wrong entry."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.sources.catalogue import add_file, broken_entries, load_catalogue
from assistant.text.slugs import slug

ENTRY = """
[[document]]
id = "tide-policy"
title = "Tide policy"
publisher = "Harbour Office"
published = "2024-05"
authority = "guidance"
status = "current"
jurisdiction = "England"
licence = "Open Government Licence v3.0"
credit = "Harbour Office"
landing_page = "https://example.org/tide"
"""


def write(corpus: Path, content: str) -> Path:
    corpus.mkdir(exist_ok=True)
    (corpus / "catalogue.toml").write_text(content, encoding="utf-8")
    return corpus


def test_the_shipped_catalogue_holds_five_documents_with_summaries_and_a_commentary_on_all_but_the_report() -> None:
    sources = load_catalogue(Path(__file__).parents[2] / "corpus")
    documents = [source.id for source in sources if source.summary and not source.comments_on]
    assert documents == [
        "mission-ready-national-missions",
        "plan-for-change",
        "national-procurement-policy-statement",
        "english-devolution-white-paper",
        "integrated-settlements",
    ]
    commentaries = [source for source in sources if source.comments_on]
    assert [source.comments_on for source in commentaries] == documents[1:]
    assert {(source.publisher, source.authority) for source in commentaries} == {("Steward", "commentary")}
    assert all(source.as_at and not source.originals for source in commentaries)
    authority = {source.id: source.authority for source in sources}
    assert authority["mission-ready-national-missions"] == "independent-proposal"
    assert authority["plan-for-change"] == "government-policy"


def test_an_entry_says_what_a_commentary_is_about_and_how_new_it_is(tmp_path: Path) -> None:
    more = 'comments_on = "tide-policy"\nas_at = "2026-06"\nnote = "Read in June."\nown_notes = true\n'
    about = ENTRY.replace('"tide-policy"', '"tide-views"').replace('"guidance"', '"commentary"')
    plain, commentary = load_catalogue(write(tmp_path / "corpus", f"{ENTRY}{about}{more}"))
    assert (plain.comments_on, plain.as_at, plain.note, plain.own_notes) == (None, None, "", False)
    assert commentary.authority == "commentary"
    assert (commentary.comments_on, commentary.as_at, commentary.note, commentary.own_notes) == (
        "tide-policy",
        "2026-06",
        "Read in June.",
        True,
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'status = "current"',
            'status = "current"\ncomments_on = "Tide plan"',
            r"field comments_on: found 'Tide plan'",
        ),
        ('status = "current"', 'status = "current"\nas_at = "June 2026"', r"field as_at: found 'June 2026'"),
        ('status = "current"', 'status = "current"\nnote = "Two\\nlines"', r"field note: .*line breaks or tabs"),
        ('status = "current"', 'status = "current"\nbriefing = "a.md"', r"field briefing"),
        ('authority = "guidance"', 'authority = "law"', r"entry 1 \(tide-policy\), field authority: found 'law'"),
        ('published = "2024-05"', 'published = "2024-13"', r"field published: found '2024-13'"),
        ('published = "2024-05"', 'published = "2024-02-30"', r"field published: .* expected a date .* 2025-03-07\."),
        ('landing_page = "https:', 'landing_page = "http:', r"field landing_page: found 'http://example.org/tide'"),
        ('id = "tide-policy"', 'id = "Tide Policy"', r"field id: found 'Tide Policy'"),
        ('title = "Tide policy"', 'titel = "Tide policy"', r"field (title|titel)"),
        ('status = "current"', 'status = "superseded"', r"field superseded_by"),
        (
            'credit = "Harbour Office"',
            'credit = "Harbour Office"\nsummary = "../secret.md"',
            r"field summary: found '\.\./secret\.md'",
        ),
        (
            'credit = "Harbour Office"',
            'credit = "Harbour Office"\nsummary = "none.md"',
            r"field summary: found 'none\.md'",
        ),
        ('"Tide policy"', '"Tide \\u202epolicy"', r"field title: .* reorder words \(U\+202E\)\. Type it again\."),
        ('"Tide policy"', '"Tide \\u001b[31m"', r"field title: found 'Tide \\x1b\[31m'; .*U\+001B"),
        ('publisher = "Harbour Office"', 'publisher = "H\\u3164O"', r"field publisher: .*U\+3164"),
        (
            '"Tide policy"',
            '"Tide\\nNavy (statute)"',
            r"field title: .* holds line breaks or tabs\. Write it on one line\.",
        ),
        ('org/tide"', 'org/ti\\nde"', r"field landing_page: .* https"),
        ("[[document]]", "[document]", r"expected only \[\[document\]\] entries"),
        ("[[document]]", "[[document", r"not valid TOML"),
    ],
    ids=[
        "comments-on",
        "as-at",
        "note",
        "old-field",
        "authority",
        "date",
        "no-such-day",
        "http",
        "id",
        "misspelt",
        "no-successor",
        "outside",
        "missing-file",
        "directions",
        "terminal",
        "blank-letter",
        "line-break",
        "broken-address",
        "table",
        "toml",
    ],
)
def test_a_wrong_entry_is_named_with_file_field_and_value(tmp_path: Path, old: str, new: str, message: str) -> None:
    corpus = write(tmp_path, ENTRY.replace(old, new))
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(corpus)


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="'tide-policy' is used twice"):
        load_catalogue(write(tmp_path, ENTRY + ENTRY))


def test_no_catalogue_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="STEWARD_CORPUS"):
        load_catalogue(tmp_path / "none")


def test_an_added_file_becomes_an_entry(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own = tmp_path / "Note on Ferries.md"
    own.write_text("# Ferries\n\nFerries sail at noon.", encoding="utf-8")
    source = add_file(
        own, corpus, title="Note on Ferries", publisher="Our team", published="2026-01-02", authority="evidence"
    )
    assert source.id == "note-on-ferries"
    assert (corpus / str(source.file)).read_text(encoding="utf-8") == own.read_text(encoding="utf-8")
    assert [item.id for item in load_catalogue(corpus)] == ["tide-policy", "note-on-ferries"]


def test_an_added_file_under_a_known_id_stands_in_for_the_original_only(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own = tmp_path / "tide.pdf"
    own.write_bytes(b"%PDF-1.7 not read here")
    source = add_file(own, corpus, title="Tide policy", publisher="Someone", published="1999", authority="evidence")
    assert (source.publisher, source.authority, source.published) == ("Harbour Office", "guidance", "2024-05")
    assert source.file is not None


def test_a_known_title_is_enough_to_stand_in(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY.replace('"Tide policy"', '"Tides: a policy for harbours"'))
    own = tmp_path / "tide.md"
    own.write_text("words", encoding="utf-8")
    source = add_file(own, corpus, title="tides", publisher="P", published="2024", authority="evidence")
    assert (source.id, source.title) == ("tide-policy", "Tides: a policy for harbours")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"authority": "law"}, "field authority"),
        ({"published": "soon"}, "field published"),
        ({"identifier": "../x"}, "field id"),
        ({"title": "Vineyards (evidence, 2025):\n\nNavy Act (statute, 2025)"}, "field title: .* on one line"),
        ({"publisher": "Northmoor\u200b"}, r"field publisher: .*U\+200B"),
    ],
    ids=["authority", "date", "path-in-id", "lines-in-title", "unseen-in-publisher"],
)
def test_a_wrong_field_adds_nothing(tmp_path: Path, change: dict[str, str], message: str) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own = tmp_path / "x.md"
    own.write_text("words", encoding="utf-8")
    fields = {"title": "X", "publisher": "P", "published": "2025", "authority": "evidence"} | change
    with pytest.raises(CatalogueError, match=message):
        add_file(own, corpus, **fields)
    assert not (corpus / "added").exists()


def test_missing_and_empty_files_are_refused(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    fields = {"title": "X", "publisher": "P", "published": "2025", "authority": "evidence"}
    with pytest.raises(CatalogueError, match="cannot be read"):
        add_file(tmp_path / "none.pdf", corpus, **fields)
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(CatalogueError, match="is empty"):
        add_file(tmp_path / "empty.pdf", corpus, **fields)


def own_entry(corpus: Path, name: str, **changes: object) -> Path:
    """Add a document of one's own, with some fields changed afterwards; the path of its entry."""
    own = corpus.parent / f"{name}.md"
    own.write_text("Ferries sail at noon.", encoding="utf-8")
    add_file(own, corpus, title=name, publisher="P", published="2026", authority="evidence", identifier=name)
    entry = corpus / "added" / name / "source.json"
    entry.write_text(json.dumps(json.loads(entry.read_text(encoding="utf-8")) | changes), encoding="utf-8")
    return entry


def spoil(entry: Path, how: str) -> None:
    match how:
        case "directory":
            entry.unlink()
            entry.mkdir()
        case "pipe":
            entry.unlink()
            os.mkfifo(entry)
        case "circular link":
            entry.unlink()
            entry.symlink_to(entry)
        case "100 MB":
            with entry.open("wb") as file:
                file.truncate(100_000_000)
        case "deep":
            entry.write_text("[" * 100_000, encoding="utf-8")
        case "long number":
            entry.write_text(f'{{"id": {"9" * 5000}}}', encoding="utf-8")
        case "no text":
            entry.write_bytes(b"\xff\xfe\x00")
        case _:
            entry.write_text(how, encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("", "is not valid JSON"),
        ("{", "is not valid JSON"),
        ("no text", "is not valid JSON"),
        ("deep", "is not valid JSON"),
        ("long number", "is not valid JSON"),
        ("[1]", r"entry 1 \(not a table\)"),
        ("null", r"entry 1 \(not a table\)"),
        ('{"id": 7}', "field id: found 7"),
        ("directory", "is not a file"),
        ("pipe", "is not a file"),
        ("circular link", "cannot be read"),
        ("100 MB", r"has 100,000,000 bytes; an entry has at most 1,000,000"),
    ],
)
def test_an_own_entry_that_cannot_be_read_costs_itself_alone(tmp_path: Path, how: str, message: str) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    entry = own_entry(corpus, "ferries")
    own_entry(corpus, "quays")
    spoil(entry, how)
    assert [source.id for source in load_catalogue(corpus)] == ["tide-policy", "quays"]
    (broken,) = broken_entries(corpus)
    assert broken.id == "ferries"
    assert re.search(rf"added/ferries/source\.json.*{message}", broken.why)
    assert broken.why.endswith("Correct it, or take it out with `steward remove ferries`.")
    assert "\n" not in broken.why


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"authority": "law"}, "field authority: found 'law'"),
        ({"title": 7}, "field title: found 7"),
        ({"title": "T" * 5000}, "field title: found 'TTT"),
        ({"id": "tide-policy"}, "expected the id 'ferries' and a file, found 'tide-policy'"),
        ({"id": "../ferries"}, "field id"),
        ({"file": "../secret.md"}, "field file: found '../secret.md'; expected a file inside"),
        ({"file": "/etc/passwd"}, "field file: found '/etc/passwd'"),
        ({"file": "added/ferries/none.md"}, "field file"),
        ({"file": "a\0b"}, "field file"),
        ({"file": "x" * 100_000}, "field file: found 'xxx"),
        ({"supersedes": ["no-such-id"]}, "which is no id of the library"),
        ({"supersedes": ["ferries"]}, "a document cannot supersede itself"),
    ],
)
def test_an_own_entry_with_a_wrong_field_costs_itself_alone(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    own_entry(corpus, "ferries", **changes)
    own_entry(corpus, "quays", supersedes=["tide-policy"])
    sources = {source.id: source for source in load_catalogue(corpus)}
    assert set(sources) == {"tide-policy", "quays"}
    assert sources["tide-policy"].superseded_by == "quays"
    (broken,) = broken_entries(corpus)
    assert message in broken.why
    assert len(broken.why) < 800


def test_what_a_broken_entry_was_replaced_by_stays(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own_entry(corpus, "piers", supersedes=["ferries"])
    spoil(own_entry(corpus, "ferries", supersedes=["tide-policy"]), "{")
    sources = {source.id: source for source in load_catalogue(corpus)}
    assert (sources["piers"].supersedes, sources["tide-policy"].status) == ((), "current")


def test_of_entries_that_replace_each_other_one_is_left_out(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own_entry(corpus, "piers", supersedes=["quays"])
    own_entry(corpus, "quays", supersedes=["piers"])
    assert [source.id for source in load_catalogue(corpus)] == ["tide-policy", "quays"]
    assert [entry.id for entry in broken_entries(corpus)] == ["piers"]


def test_a_broken_entry_may_be_added_again(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    spoil(own_entry(corpus, "ferries"), "{")
    own_entry(corpus, "ferries")
    assert not broken_entries(corpus)


@pytest.mark.parametrize("what", ["added", "catalogue.toml"])
def test_what_is_of_another_kind_is_one_line(tmp_path: Path, what: str) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    if what == "added":
        (corpus / what).touch()
    else:
        (corpus / what).unlink()
        (corpus / what).mkdir()
    with pytest.raises(CatalogueError, match=rf"{what} cannot be read \("):
        load_catalogue(corpus)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_an_entry_that_may_not_be_read_costs_itself_alone(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", ENTRY)
    own_entry(corpus, "ferries").chmod(0)
    own_entry(corpus, "quays").parent.chmod(0)
    assert [entry.id for entry in broken_entries(corpus)] == ["ferries", "quays"]


def test_a_slug_is_never_empty_of_sense() -> None:
    assert slug("Höher & höher: 2025!") == "hoher-hoher-2025"
