"""`steward precedents add`, `submit`, `review` and so on: contribute cases."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.contributing.contributions import Contributions
    from assistant.storage import CaseEvent, CaseStore, Person, StoredCase

app = typer.Typer()

As = Annotated[
    str,
    typer.Option("--as", metavar="NAME", help="Your name for the history; by default your user name here."),
]
CaseId = Annotated[str, typer.Argument(metavar="ID", help="The case's id.")]
CasesFile = Annotated[Path, typer.Argument(metavar="FILE", help="TOML or JSON file of cases.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print the records as JSON.")]
Comment = Annotated[str, typer.Option(metavar="TEXT", help="A comment for the history.")]


class StateName(StrEnum):
    """The states of a case."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under-review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    RETIRED = "retired"


@app.command()
def add(
    file: CasesFile,
    submit: Annotated[
        bool, typer.Option("--submit", help="Submit them at once, unless they may be duplicates.")
    ] = False,
    comment: Comment = "",
    name: As = "",
) -> None:
    """Save the cases of a file as drafts: all or, if the file has an error, none."""
    with _contributions() as contributions:
        person = _person(contributions.store, name)
        cases = contributions.add_file(person, file, submit=submit, comment=comment)
        for case in cases:
            _print_case(case)
            _print_duplicates(contributions, case)
        if submit and cases[0].state == "draft":
            print(
                "Nothing was submitted. Check these cases first, then run `steward precedents submit ID`.",
                file=sys.stderr,
            )


@app.command("list")
def list_cases(
    state: Annotated[list[StateName] | None, typer.Option(help="Only cases in this state (repeatable).")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List cases that were contributed or changed, latest change first; `search` finds published ones."""
    from assistant.commands.printing import print_json

    with _store() as store:
        cases = store.list([item.value for item in state or ()]) if store else ()
    if as_json:
        print_json([_case_record(case) for case in cases])
        return
    for case in cases:
        print(f"{case.state:<13} {case.id}: {case.fields.get('title', '')}")
        in_force = ", earlier version published" if case.in_force is not None and case.state != "accepted" else ""
        print(f"{'':<13} version {case.version}, {case.updated:%Y-%m-%d %H:%M}, started by {case.begun_by}{in_force}")
    print("1 case." if len(cases) == 1 else f"{len(cases)} cases.", file=sys.stderr)


@app.command()
def submit(case_id: CaseId, comment: Comment = "", name: As = "") -> None:
    """Submit a draft or a returned case for review; it must be complete."""
    with _contributions() as contributions:
        case = contributions.get(case_id)
        _print_duplicates(contributions, case)
        _print_case(contributions.submit(_person(contributions.store, name), case_id, case.version, comment))


@app.command()
def withdraw(case_id: CaseId, comment: Comment = "", name: As = "") -> None:
    """Withdraw a case from review, so that it is a draft again."""
    with _contributions() as contributions:
        version = contributions.get(case_id).version
        _print_case(contributions.withdraw(_person(contributions.store, name), case_id, version, comment))


@app.command()
def review(
    case_id: CaseId,
    take: Annotated[bool, typer.Option("--take", help="Start a review; nobody can change the case meanwhile.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Publish the case.")] = False,
    send_back: Annotated[
        str | None, typer.Option("--return", metavar="TEXT", help="Return the case, saying what to fix.")
    ] = None,
    comment: Comment = "",
    name: As = "",
) -> None:
    """Review a submitted case: take it, then accept or return it."""
    if take + accept + (send_back is not None) != 1:
        raise typer.BadParameter("Give one of --take, --accept and --return TEXT.")
    with _contributions() as contributions:
        person = _person(contributions.store, name)
        version = contributions.get(case_id).version
        if send_back is not None:
            case = contributions.send_back(person, case_id, version, send_back)
        else:
            act = contributions.take if take else contributions.accept
            case = act(person, case_id, version, comment)
        _print_case(case)


@app.command()
def retire(
    case_id: CaseId,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="The reason, for the history.")],
    name: As = "",
) -> None:
    """Unpublish a case; its content and history are kept."""
    with _contributions() as contributions:
        version = contributions.get(case_id).version
        _print_case(contributions.retire(_person(contributions.store, name), case_id, version, reason))


@app.command()
def history(case_id: CaseId, as_json: JsonFlag = False) -> None:
    """Show who did what with a case and when, and what changed field by field."""
    from assistant.commands.printing import print_json
    from assistant.errors import CaseNotFoundError
    from assistant.registers.entries import load_registers

    with _store() as store:
        try:
            events = store.history(case_id) if store else ()
            known = bool(events)
        except CaseNotFoundError:
            events, known = (), False
    if not known and all(entry.id != case_id for entry in load_registers(load_settings().corpus).precedents):
        raise CaseNotFoundError(f"There is no case {case_id[:100]!r}. Find its id with `steward precedents search`.")
    if as_json:
        print_json(_event_records(events))
    elif not events:
        print("From the register’s file and never changed here (version 0).")
    else:
        _print_history(events)


@app.command()
def restore(
    case_id: CaseId,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The version, as `history` numbers them.")],
    comment: Comment = "",
    name: As = "",
) -> None:
    """Make an earlier version a draft again; the history is kept."""
    with _contributions() as contributions:
        version = contributions.get(case_id).version
        person = _person(contributions.store, name)
        _print_case(contributions.restore(person, case_id, number, version, comment))


@app.command()
def edit(
    case_id: CaseId,
    file: CasesFile,
    version: Annotated[
        int,
        typer.Option(
            min=0,
            help="The version that you started from, as `history` numbers them; 0 is the register’s file.",
        ),
    ],
    comment: Comment = "",
    name: As = "",
) -> None:
    """Replace a case's content with a file's; the published version stays until the new one is accepted."""
    from assistant.contributing.register_file import read_entries
    from assistant.errors import CatalogueError

    with _contributions() as contributions:
        entries = read_entries(file)
        if len(entries) != 1 or entries[0].get("id") != case_id:
            ids = ", ".join(str(fields.get("id", "without id"))[:80] for fields in entries[:5])
            raise CatalogueError(
                f"{file} has {ids}; expected only the case {case_id[:100]!r}. Give a file with just it."
            )
        _print_case(contributions.save(_person(contributions.store, name), entries[0], version, comment))


@app.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="A register as `export FILE.toml` writes it.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="The file is the whole register: retire published cases not in it.")
    ] = False,
    name: As = "",
) -> None:
    """Publish every case of a file or, if the file has an error, none; other cases stay unless --whole is given."""
    with _contributions() as contributions:
        counts = contributions.import_register(_person(contributions.store, name), file, whole)
    retired = f", {counts.retired} retired" if whole else ""
    print(f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged{retired}.")


@contextmanager
def _contributions() -> Iterator[Contributions]:
    from assistant.contributing.contributions import Contributions
    from assistant.library import open_library
    from assistant.storage import open_cases

    settings = load_settings()
    library = open_library(settings)
    store = open_cases(settings)
    try:
        yield Contributions(lambda: library, store)
    finally:
        store.close()


@contextmanager
def _store() -> Iterator[CaseStore | None]:
    """Yield the stored cases for reading; None if there is no database yet."""
    from assistant.storage import find_cases

    store = find_cases(load_settings())
    try:
        yield store
    finally:
        if store:
            store.close()


def _person(store: CaseStore, name: str) -> Person:
    from getpass import getuser

    from assistant.errors import NotAllowedError

    try:
        return store.people.acting(name or getuser())
    except (KeyError, OSError) as error:  # the user has no name here
        raise NotAllowedError("Your user name is not known on this machine. Give your name with --as NAME.") from error


def _print_case(case: StoredCase) -> None:
    print(f"{case.id}: {case.state}, version {case.version}.")


def _print_duplicates(contributions: Contributions, case: StoredCase) -> None:
    for found in contributions.duplicates(case.fields):
        print(f"{case.id} may be a duplicate of {found.title} ({found.id})", file=sys.stderr)
        print(_indented("; ".join(found.reasons)), file=sys.stderr)


def _print_history(events: tuple[CaseEvent, ...]) -> None:
    for event, record in zip(events, _event_records(events), strict=True):
        done = f"{event.action} by {event.who} ({event.role})"
        print(f"{event.number}. {done}, {event.when:%Y-%m-%d %H:%M} UTC: {event.state}")
        if event.comment:
            print(_indented(f"“{event.comment}”"))
        for change in record["changes"]:
            print(f"   {change['field']}:")
            for sign, words in (("-", change["before"]), ("+", change["after"])):
                if words:
                    print(fill(words, 100, initial_indent=f"   {sign} ", subsequent_indent="     "))


def _event_records(events: tuple[CaseEvent, ...]) -> list[dict[str, Any]]:
    """Return every event with what it changed; the first changed nothing."""
    from dataclasses import asdict

    from assistant.contributing.contributions import changes

    before = [events[:1], *((event,) for event in events)]
    return [
        asdict(event)
        | {"when": event.when.isoformat(), "fields": dict(event.fields)}
        | {"changes": [asdict(change) for change in changes(earlier[0].fields, event.fields)]}
        for event, earlier in zip(events, before, strict=False)
    ]


def _case_record(case: StoredCase) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(case) | {"updated": case.updated.isoformat()}


def _indented(words: str) -> str:
    return fill(words, 100, initial_indent="   ", subsequent_indent="   ")
