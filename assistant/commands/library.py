"""`steward fetch`, `add`, `remove`, `ingest` and `documents`: manage the library."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.commands.printing import JsonFlag, print_json, show_progress
from assistant.errors import AssistantError
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.sources.fetching import AddressCheck


class AuthorityName(StrEnum):
    """Kinds of authority of a document."""

    STATUTE = "statute"
    GOVERNMENT_POLICY = "government-policy"
    GUIDANCE = "guidance"
    AUDIT = "audit"
    RESEARCH = "research"
    PUBLIC_BODY = "public-body"
    REPRESENTATIVE_BODY = "representative-body"
    INDEPENDENT_PROPOSAL = "independent-proposal"
    EVIDENCE = "evidence"
    WORKING_PAPER = "working-paper"
    PRESS = "press"


class StatusName(StrEnum):
    """States of an added document."""

    CURRENT = "current"
    WITHDRAWN = "withdrawn"


def fetch(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of documents in the catalogue; by default all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Save nothing; say what each address gives and whether it changed.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Download the original documents of the catalogue from their publishers.

    Proxies are taken from HTTPS_PROXY and NO_PROXY.
    """
    from assistant.sources.catalogue import load_catalogue
    from assistant.sources.fetching import allowed_hosts, check_all, fetch_all, with_originals

    settings = load_settings()
    sources = load_catalogue(settings.corpus)
    known = {source.id for source in sources}
    for name in ids or ():
        if name not in known:
            raise AssistantError(f"No document {name!r} in the catalogue. Choose from: {', '.join(sorted(known))}.")
    chosen = [source for source in with_originals(sources) if not ids or source.id in ids]
    limits: dict[str, Any] = {"reading": settings.reading, "hosts": allowed_hosts(sources)}
    if check:
        with show_progress("checking") as progress:
            checked = []
            for found in check_all(chosen, settings.corpus, settings.fetching, **limits):
                checked.append(found)
                progress("checking", len(checked), len(chosen))
        _print_checks([item for found in checked for item in found], as_json)
        raise typer.Exit(1 if any(all(item.state == "failed" for item in found) for found in checked) else 0)
    with show_progress("fetching") as progress:
        outcomes = []
        for outcome in fetch_all(chosen, settings.corpus, settings.fetching, **limits):
            outcomes.append(outcome)
            progress("fetching", len(outcomes), len(chosen))
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print(f"{outcome.source_id}: {outcome.state}. {outcome.message}".rstrip())
        print("Run `steward ingest` to make new documents searchable.", file=sys.stderr)
    raise typer.Exit(1 if any(outcome.state == "failed" for outcome in outcomes) else 0)


def _print_checks(checks: list[AddressCheck], as_json: bool) -> None:
    if as_json:
        print_json([asdict(item) for item in checks])
        return
    for item in checks:
        facts = (
            str(item.status or ""),
            item.kind or "",
            f"{item.size / 1024:.0f} KiB" if item.size is not None else "",
            f"{item.pages} page{'s' if item.pages != 1 else ''}" if item.pages is not None else "",
            item.state,
        )
        print(f"{item.source_id}: {item.url}: {', '.join(filter(None, facts))}. {item.message}".rstrip())


def add(
    file: Annotated[Path, typer.Argument(help="A PDF, Word, HTML, Markdown or text file.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    publisher: Annotated[str, typer.Option(help="Who publishes it.")],
    published: Annotated[str, typer.Option(help="ISO date, as precise as known: 2025, 2025-03 or 2025-03-07.")],
    authority: Annotated[AuthorityName, typer.Option(help="What kind of document it is.")],
    identifier: Annotated[str | None, typer.Option("--id", help="Its id; by default made from the title.")] = None,
    status: Annotated[StatusName, typer.Option(help="Whether it is current.")] = StatusName.CURRENT,
    licence: Annotated[str, typer.Option(help="Its licence.")] = "Not stated",
    url: Annotated[str, typer.Option(help="Its web page, starting with https://.")] = "",
    supersedes: Annotated[
        list[str] | None, typer.Option(help="Id or title of a document that it replaces (repeatable).")
    ] = None,
) -> None:
    """Add a document of your own; with the id or title of a catalogue entry, it is used as that entry's original."""
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
    print("Run `steward ingest` to make it searchable.", file=sys.stderr)


def remove(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="The document's id, as `steward documents` lists it.")
    ],
) -> None:
    """Remove a document that you added, so that it is no longer searched.

    A document of the catalogue stays; only the file that you added as its original is removed.
    """
    from assistant.indexing.removing import remove_document
    from assistant.models.embedding import SentenceEmbedder

    settings = load_settings()
    with show_progress("remove") as progress:
        removed = remove_document(identifier, settings, SentenceEmbedder(settings.embedding), progress)
    print(removed.words)


def ingest(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and index everything again.")] = False,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="A Ray cluster that reads and embeds; `local` starts one here."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Update the index; only documents that changed are read and embedded."""
    from assistant.indexing.ingestion import ingest as run
    from assistant.models.embedding import SentenceEmbedder

    settings = load_settings()
    with show_progress("ingest") as progress:
        embedder = SentenceEmbedder(settings.embedding)
        report = run(settings, embedder, rebuild=rebuild, on_progress=progress, cluster=cluster)
    if report.rebuilt:
        print(f"{report.rebuilt} The whole index was rebuilt.", file=sys.stderr)
    if as_json:
        print_json(asdict(report))
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


def publish(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="A folder, or an address of fsspec such as `s3://bucket/steward`.")
    ],
    again: Annotated[bool, typer.Option("--again", help="Send every file, also those that are there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Publish the index with its documents, for web apps on other machines (`STEWARD_INDEX__PUBLISHED`)."""
    from assistant.indexing.publishing import publish as run

    published = run(load_settings(), address, again=again)
    if as_json:
        print_json(asdict(published))
        return
    done = f"{published.sent} of {published.files} files were sent" if published.files else "published already"
    print(f"Library version {published.library_version}: {done}.")


def documents(as_json: JsonFlag = False) -> None:
    """List the library's documents: authority, status, dates, summary or original, chunks, problems."""
    from assistant.indexing.documents import list_documents
    from assistant.sources.catalogue import broken_entries

    settings = load_settings()
    rows = list_documents(settings)
    for entry in broken_entries(settings.corpus):
        print(f"Left out {entry.id}: {entry.why}", file=sys.stderr)
    if as_json:
        print_json([asdict(row) for row in rows])
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
        # As `Text`: rich would read brackets in a string as markup.
        table.add_row(*map(Text, cells))
    Console().print(table)
    for row in rows:
        for problem in row.problems:
            print(f"{row.id}: {problem}")
