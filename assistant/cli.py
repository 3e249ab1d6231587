"""The ``steward`` command: each command parses, calls one library function and prints.

Answers go to stdout, progress to stderr. Exit codes: 0 done, 1 an error of ours, 2 usage.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from assistant import answering, telemetry
from assistant.commands.check import check
from assistant.commands.compare import compare
from assistant.commands.feedback import app as feedback
from assistant.commands.model import app as model
from assistant.commands.people import app as people
from assistant.commands.precedents import app as precedents
from assistant.commands.remove import remove
from assistant.commands.verify import verify
from assistant.errors import AssistantError
from assistant.records import Answer, Authority, Status
from assistant.search.retrieval import Filters
from assistant.settings import load_settings

app = typer.Typer(
    help="Steward answers questions on mission-led government from a dated, licensed library, with exact quotes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

if find_spec("evals") is not None:
    from evals.commands import app as _evals

    app.add_typer(_evals, name="eval")
else:

    @app.command("eval", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def no_evals() -> None:
        """Grounding evals; they need a checkout of the repository."""
        raise AssistantError(
            "The evals are not installed: they belong to the repository. In a checkout of it run "
            "`pip install -e '.[evals]'`."
        )


JsonFlag = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Search this document only (id; repeatable).")
]
AuthorityOption = Annotated[
    list[str] | None,
    typer.Option(
        "--authority", help="statute, government-policy, guidance, independent-proposal or evidence (repeatable)."
    ),
]
StatusOption = Annotated[
    list[str] | None, typer.Option("--status", help="current, superseded or withdrawn (repeatable).")
]
FromOption = Annotated[str | None, typer.Option("--from", help="Published on this ISO date or later.")]
AsAtOption = Annotated[
    str | None, typer.Option("--as-at", help="ISO date: only documents published by then, as they stood then.")
]
ToOption = Annotated[str | None, typer.Option("--to", help="Published on this ISO date or earlier.")]


class Mode(StrEnum):
    """How answers are written."""

    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


class AuthorityName(StrEnum):
    """What weight a document's words carry."""

    STATUTE = "statute"
    GOVERNMENT_POLICY = "government-policy"
    GUIDANCE = "guidance"
    INDEPENDENT_PROPOSAL = "independent-proposal"
    EVIDENCE = "evidence"


class StatusName(StrEnum):
    """Whether a document is in force."""

    CURRENT = "current"
    WITHDRAWN = "withdrawn"


@app.command()
def fetch(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Documents of the catalogue; all when none is named.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring originals named in the catalogue from their publishers."""
    from assistant.sources.catalogue import load_catalogue
    from assistant.sources.fetching import allowed_hosts, fetch_all

    settings = load_settings()
    sources = load_catalogue(settings.corpus)
    known = {source.id for source in sources}
    for name in ids or ():
        if name not in known:
            raise AssistantError(f"No document {name!r} in the catalogue; it holds: {', '.join(sorted(known))}.")
    chosen = [source for source in sources if source.file is None and (not ids or source.id in ids)]
    failed = False
    with _progress("fetching") as progress:
        outcomes = []
        fetched = fetch_all(
            chosen, settings.corpus, settings.fetching, reading=settings.reading, hosts=allowed_hosts(sources)
        )
        for outcome in fetched:
            outcomes.append(outcome)
            progress("fetching", len(outcomes), len(chosen))
            failed = failed or outcome.state == "failed"
    if as_json:
        _print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print(f"{outcome.source_id}: {outcome.state}. {outcome.message}".rstrip())
        print("Run `steward ingest` to search what is new.", file=sys.stderr)
    raise typer.Exit(1 if failed else 0)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="A PDF, Word, HTML, Markdown or text file.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    publisher: Annotated[str, typer.Option(help="Who publishes it.")],
    published: Annotated[str, typer.Option(help="ISO date, as precise as known: 2025, 2025-03 or 2025-03-07.")],
    authority: Annotated[AuthorityName, typer.Option(help="What weight its words carry.")],
    identifier: Annotated[str | None, typer.Option("--id", help="Its id; made from the title when not given.")] = None,
    status: Annotated[StatusName, typer.Option(help="Whether it is in force.")] = StatusName.CURRENT,
    licence: Annotated[str, typer.Option(help="The licence it is under.")] = "Not stated",
    url: Annotated[str, typer.Option(help="Its https landing page.")] = "",
    supersedes: Annotated[
        list[str] | None, typer.Option(help="Id of a document that it replaces, or its title (repeatable).")
    ] = None,
) -> None:
    """Add a document of your own; one with the id or title of a catalogue entry stands in for that entry's original."""
    from assistant.indexing.adding import add_unindexed

    settings = load_settings()
    source = add_unindexed(
        file,
        settings,
        title=title,
        publisher=publisher,
        published=published,
        authority=authority.value,
        identifier=identifier,
        status=status.value,
        licence=licence,
        landing_page=url,
        supersedes=tuple(supersedes or ()),
    )
    print(f"Added {source.id}: {source.title} ({source.publisher}, {source.published}, {source.authority}).")
    print("Run `steward ingest` to search it.", file=sys.stderr)


@app.command()
def ingest(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and index everything again.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring the index up to date with the library; only what changed is read and embedded."""
    from assistant.indexing.ingestion import ingest as run
    from assistant.models.embedding import SentenceEmbedder

    settings = load_settings()
    with _progress("ingest") as progress:
        report = run(settings, SentenceEmbedder(settings.embedding), rebuild=rebuild, on_progress=progress)
    if report.rebuilt:
        print(f"{report.rebuilt} All of it was built again.", file=sys.stderr)
    if as_json:
        _print_json(asdict(report))
    else:
        changes = {
            "added": report.added,
            "updated": report.updated,
            "removed": report.removed,
            "unchanged": report.unchanged,
        }
        for name, texts in changes.items():
            if texts:
                print(f"{name}: {', '.join(texts)}")
        print(f"{report.chunks} chunks, library version {report.library_version}, {report.seconds:.1f} s")
    for text_id, why in report.left_out.items():
        print(f"Left out {text_id}: {why}", file=sys.stderr)
    for text_id, problems in report.problems.items():
        for problem in problems:
            print(f"{text_id}: {problem}", file=sys.stderr)
    raise typer.Exit(1 if report.left_out else 0)


@app.command()
def documents(as_json: JsonFlag = False) -> None:
    """What is in the library: authority, status, dates, briefing or original, chunks, problems."""
    from assistant.indexing.documents import list_documents
    from assistant.sources.catalogue import broken_entries

    settings = load_settings()
    rows = list_documents(settings)
    for entry in broken_entries(settings.corpus):
        print(f"Left out {entry.id}: {entry.why}", file=sys.stderr)
    if as_json:
        _print_json([asdict(row) for row in rows])
        return
    table = Table("id", "publisher", "published", "authority", "status", "form", "chunks", "problems")
    for row in rows:
        cells = (
            row.id,
            row.publisher,
            row.published,
            row.authority,
            row.status,
            row.form or "not indexed",
            str(row.chunks),
            str(len(row.problems)),
        )
        # As text: in a string rich would read brackets as its own markup.
        table.add_row(*map(Text, cells))
    Console().print(table)
    for row in rows:
        for problem in row.problems:
            print(f"{row.id}: {problem}")


@app.command()
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
    """Passages of the library, best first."""
    from assistant.json_records import retrieved_record
    from assistant.library import open_library

    library = open_library(load_settings())
    found = answering.search(
        library, query, k, _filters(document, authority, status, published_from, published_to), as_at
    )
    if as_json:
        _print_json([retrieved_record(item) for item in found])
        return
    for item in found:
        chunk = item.chunk
        page = f", p. {chunk.page_label}" if chunk.page_label else ""
        print(f"{item.rank}. [{item.score:.2f}] {chunk.document}, {' › '.join(chunk.section)}{page} ({chunk.form})")
        print("   " + " ".join(filter(None, (chunk.lead_text, chunk.text))).replace("\n", "\n   ") + "\n")
    if not found:
        print("Nothing found.")


@app.command()
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
        typer.Option(help="extractive: the sources' own sentences; generative: a chat model's, each checked."),
    ] = Mode.EXTRACTIVE,
    batch: Annotated[
        Path | None, typer.Option(help='Questions, one JSON line each: {"id", "question", "followup_of"?}.')
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the answers of --batch go, one JSON line each.")] = None,
    as_json: JsonFlag = False,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the answer as a note: .md for Markdown, .docx for Word.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --save write over a file that is there.")] = False,
) -> None:
    """One cited answer, or an honest "not in the library"; many with --batch."""
    if (question is None) == (batch is None) or (batch is None) != (output is None):
        raise typer.BadParameter("Give a question, or --batch with --output.")
    if question is not None and not question.strip():
        raise typer.BadParameter("The question is empty.")
    if (save is not None and batch is not None) or (force and save is None):
        raise typer.BadParameter("--save takes the answer to one question; --force goes with --save.")
    if save is not None:
        from assistant.export.notes import check_place

        check_place(save, force)
    from assistant.library import open_library

    settings = load_settings()
    filters = _filters(document, authority, status, published_from, published_to)
    if batch is not None and output is not None:
        from assistant.answering.batch import answer_batch, load_questions
        from assistant.files.json_lines import check_output

        check_output(output, batch)
        questions = load_questions(batch)
        library = open_library(settings)
        with _progress("asking") as progress:
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

        _print_json(answer_record(answer))
    else:
        _print_answer(answer)
    if save is not None:
        from assistant.export.notes import note_of, save_note

        save_note(note_of([answer], date.today()), save, force)
        print(f"Saved {save}.", file=sys.stderr)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 7860,
) -> None:
    """The web app."""
    # While modules load there is no garbage, and looking for it takes a fifth of the time; `launch` turns it on again.
    gc.disable()
    from assistant.web import launch

    launch(load_settings(), host, port)


@app.command()
def doctor(as_json: JsonFlag = False) -> None:
    """Models, index, disk, settings: what is there, what is missing, how to get it."""
    from assistant.doctor import examine

    findings = examine(load_settings())
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'} {finding.what}: {finding.detail}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; an error of ours is one line on stderr and exit code 1, a bug keeps its traceback."""
    telemetry.switch_off()
    try:
        app(args=list(argv) if argv is not None else None)
    except AssistantError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


def _filters(
    documents: list[str] | None,
    authorities: list[str] | None,
    statuses: list[str] | None,
    first: str | None,
    last: str | None,
) -> Filters:
    """Filters of the values as given; the library checks them and names those it knows."""
    return Filters(
        tuple(documents or ()),
        cast(tuple[Authority, ...], tuple(authorities or ())),
        cast(tuple[Status, ...], tuple(statuses or ())),
        first,
        last,
    )


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar per step on stderr; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def advance(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield advance


def _print_answer(answer: Answer) -> None:
    print(answer.answer)
    for warning in answer.warnings:
        print(f"\nNote: {warning}")
    if answer.citations:
        print()
    for quote in answer.citations:
        page = f", p. {quote.page_label or quote.page}" if quote.page else ""
        print(
            f"[{quote.n}] {quote.publisher}, {quote.title} ({quote.published}, {quote.form}), "
            f"{' › '.join(quote.section)}{page}"
        )
        # A quote's further lines stand below its first: at the margin they could pass for lines of ours.
        print(f"    “{quote.quote}”".replace("\n", "\n     "))
        for note in quote.footnotes:
            print(f"    note {note.number}: {note.text}")
    if answer.writing:
        from assistant.answering.generative import note_on

        print(f"\n{note_on(answer.writing)}")
    print(f"\nAs at {answer.as_at}.")
    print(f"Library version {answer.library_version}, {answer.model}.", file=sys.stderr)


def _print_json(record: Any) -> None:
    print(json.dumps(record, ensure_ascii=False, indent=2))


app.command()(remove)
app.command()(compare)
app.command()(check)
app.add_typer(model, name="model")
app.add_typer(feedback, name="feedback")
app.add_typer(precedents, name="precedents")
app.add_typer(people, name="people")
app.command()(verify)

if __name__ == "__main__":
    main()
