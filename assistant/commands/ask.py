"""`steward search` and `steward ask`: passages, one answer, or many."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from assistant.commands.printing import JsonFlag, print_json, print_quotes, show_progress
from assistant.records import Answer, Authority, Status
from assistant.search.retrieval import Filters
from assistant.settings import load_settings
from assistant.text.quoting import heading_path

DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Search only this document, by id (repeatable).")
]
AuthorityOption = Annotated[
    list[str] | None,
    typer.Option(
        "--authority",
        help="Only what is said with this authority, such as statute, government-policy or research (repeatable).",
    ),
]
StatusOption = Annotated[
    list[str] | None, typer.Option("--status", help="Only current, superseded or withdrawn documents (repeatable).")
]
FromOption = Annotated[str | None, typer.Option("--from", help="Only documents published on this date (ISO) or later.")]
AsAtOption = Annotated[str | None, typer.Option("--as-at", help="Search the library as it was on this date (ISO).")]
ToOption = Annotated[str | None, typer.Option("--to", help="Only documents published on this date (ISO) or earlier.")]


class Mode(StrEnum):
    """How answers are written."""

    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    document: DocumentOption = None,
    authority: AuthorityOption = None,
    status: StatusOption = None,
    published_from: FromOption = None,
    published_to: ToOption = None,
    as_at: AsAtOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Find passages in the library, best first."""
    from assistant import answering
    from assistant.json_records import retrieved_record
    from assistant.library import open_library

    library = open_library(load_settings())
    found = answering.search(
        library, query, k, _filters(document, authority, status, published_from, published_to), as_at
    )
    if as_json:
        print_json([retrieved_record(item) for item in found])
        return
    for item in found:
        chunk = item.chunk
        page = f", p. {chunk.page_label}" if chunk.page_label else ""
        print(f"{item.rank}. [{item.score:.2f}] {chunk.document}, {heading_path(chunk.section)}{page} ({chunk.form})")
        print("   " + " ".join(filter(None, (chunk.lead_text, chunk.text))).replace("\n", "\n   ") + "\n")
    if not found:
        print("Nothing found.")


def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    document: DocumentOption = None,
    authority: AuthorityOption = None,
    status: StatusOption = None,
    published_from: FromOption = None,
    published_to: ToOption = None,
    as_at: AsAtOption = None,
    mode: Annotated[
        Mode,
        typer.Option(help="extractive: quotes only; generative: a chat model's sentences, each checked."),
    ] = Mode.EXTRACTIVE,
    batch: Annotated[
        Path | None, typer.Option(help='File of questions, one JSON line each: {"id", "question", "followup_of"?}.')
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File for the answers to --batch, one JSON line each.")] = None,
    as_json: JsonFlag = False,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the answer as a note: .md (Markdown) or .docx (Word).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --save overwrite an existing file.")] = False,
) -> None:
    """Answer a question with citations, or say that the library has no answer; many questions with --batch."""
    if (question is None) == (batch is None) or (batch is None) != (output is None):
        raise typer.BadParameter("Give a question, or --batch with --output.")
    if question is not None and not question.strip():
        raise typer.BadParameter("The question is empty.")
    if (save is not None and batch is not None) or (force and save is None):
        raise typer.BadParameter("--save works with one question, and --force only with --save.")
    if save is not None:
        from assistant.export.notes import check_place

        check_place(save, force)
    from assistant import answering
    from assistant.library import open_library

    settings = load_settings()
    filters = _filters(document, authority, status, published_from, published_to)
    if batch is not None and output is not None:
        from assistant.answering.batch import answer_batch, load_questions
        from assistant.files.json_lines import check_output

        check_output(output, batch)
        questions = load_questions(batch)
        library = open_library(settings)
        with show_progress("asking") as progress:
            answer_batch(
                library,
                questions,
                output,
                filters,
                lambda done: progress("asking", done, len(questions)),
                mode.value,
                as_at,
            )
        return
    answer = answering.ask(open_library(settings), str(question), filters, mode=mode.value, as_at=as_at)
    if as_json:
        from assistant.json_records import answer_record

        print_json(answer_record(answer))
    else:
        _print_answer(answer)
    if save is not None:
        from assistant.export.notes import note_of, save_note

        save_note(note_of([answer], date.today()), save, force)
        print(f"Saved {save}.", file=sys.stderr)


def _filters(
    documents: list[str] | None,
    authorities: list[str] | None,
    statuses: list[str] | None,
    first: str | None,
    last: str | None,
) -> Filters:
    """Return filters of the values as given; the library checks them."""
    return Filters(
        tuple(documents or ()),
        cast(tuple[Authority, ...], tuple(authorities or ())),
        cast(tuple[Status, ...], tuple(statuses or ())),
        first,
        last,
    )


def _print_answer(answer: Answer) -> None:
    print(answer.answer)
    for warning in answer.warnings:
        print(f"\nNote: {warning}")
    if answer.citations:
        print()
    print_quotes(answer.citations)
    if answer.writing:
        print(f"\n{answer.writing.note}")
    print(f"\nAs at {answer.as_at}.")
    print(f"Library version {answer.library_version}, {answer.model}.", file=sys.stderr)
