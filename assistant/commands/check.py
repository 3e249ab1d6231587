"""`steward check`: check each sentence of a draft against the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.claims.drafts import CheckedSentence, DraftCheck


def check(
    file: Annotated[Path, typer.Argument(help="The draft: text, Markdown, Word, PDF or HTML.")],
    word: Annotated[
        Path | None, typer.Option(help="Save the draft as a Word file with comments; a Word draft keeps all else.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Check which sentences of a draft stand in the library, which clash with it, and what to read for the rest.

    With a checking model (STEWARD_MODEL__CHECKER) also which it supports in other words.
    """
    from assistant.claims import build_judge
    from assistant.claims.drafts import check_draft
    from assistant.claims.drafts.check import draft_record
    from assistant.commands.printing import print_json
    from assistant.export.drafts.commenting import checked_word
    from assistant.files.saving import check_place, save_whole
    from assistant.library import open_library
    from assistant.reading.sandbox import read_file

    settings = load_settings()
    if word is not None:
        check_place(word, force, "checked draft", [".docx"])
    draft = read_file(file, settings.reading)
    checked = check_draft(draft, file.name, open_library(settings), judge=build_judge(settings))
    if word is not None:
        data = file.read_bytes() if file.suffix.lower() == ".docx" else None
        save_whole(word, checked_word(draft, checked, data, settings.reading), force, "checked draft")
    if as_json:
        print_json(draft_record(checked))
    else:
        _print_check(checked)


def _print_check(checked: DraftCheck) -> None:
    from assistant.claims.drafts import VERDICTS
    from assistant.commands.printing import print_quotes

    for item in checked.sentences:
        if item.verdict != "not a claim":
            _print_sentence(item)
    counts = ", ".join(f"{count} {verdict}" for verdict in VERDICTS if (count := checked.count(verdict)))
    print(f"\n{len(checked.sentences)} sentences: {counts}.")
    for problem in checked.problems:
        print(problem)
    if checked.citations:
        print()
    print_quotes(checked.citations)


def _print_sentence(item: CheckedSentence) -> None:
    from assistant.claims.drafts import reason_words

    marks = "".join(f" [{number}]" for number in item.citations)
    print(f"{item.verdict:<14} {' '.join(item.text.split())}{marks}")
    for reason in item.reasons:
        print(f"{'':<14} {reason.check}: {reason_words(reason)}")
