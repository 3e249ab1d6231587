"""`steward precedents add`, `submit`, `review` and so on: cases as people contribute them."""

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
    typer.Option("--as", metavar="NAME", help="Who does it, as it stands in the history; the user of this machine."),
]
CaseId = Annotated[str, typer.Argument(metavar="ID", help="A case by its id.")]
CasesFile = Annotated[Path, typer.Argument(metavar="FILE", help="TOML or JSON with the fields of the register.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print the records as JSON.")]
Comment = Annotated[str, typer.Option(metavar="TEXT", help="What is said with it in the history.")]


class StateName(StrEnum):
    """Where a case is in its life."""

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
        bool, typer.Option("--submit", help="Submit them at once, unless they may be there already.")
    ] = False,
    comment: Comment = "",
    name: As = "",
) -> None:
    """Keep a case, or several, as drafts: all of the file or, where anything in it is wrong, none."""
    with _contributions() as contributions:
        person = _person(contributions.store, name)
        cases = contributions.add_file(person, file, submit=submit, comment=comment)
        for case in cases:
            _print_case(case)
            _print_duplicates(contributions, case)
        if submit and cases[0].state == "draft":
            print("Nothing was submitted: look at these first, then `steward precedents submit ID`.", file=sys.stderr)


@app.command("list")
def list_cases(
    state: Annotated[list[StateName] | None, typer.Option(help="Only cases in this state (repeatable).")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Cases that were contributed or changed, changed last first; `search` finds those in force."""
    from assistant.commands.printing import print_json

    with _store() as store:
        cases = store.list([item.value for item in state or ()]) if store else ()
    if as_json:
        print_json([_case_record(case) for case in cases])
        return
    for case in cases:
        print(f"{case.state:<13} {case.id}: {case.fields.get('title', '')}")
        in_force = ", earlier words in force" if case.in_force is not None and case.state != "accepted" else ""
        print(f"{'':<13} version {case.version}, {case.updated:%Y-%m-%d %H:%M}, begun by {case.begun_by}{in_force}")
    print("1 case." if len(cases) == 1 else f"{len(cases)} cases.", file=sys.stderr)


@app.command()
def submit(case_id: CaseId, comment: Comment = "", name: As = "") -> None:
    """A draft, or a case that was returned, waits for review; it must say all that a case of the register says."""
    with _contributions() as contributions:
        case = contributions.get(case_id)
        _print_duplicates(contributions, case)
        _print_case(contributions.submit(_person(contributions.store, name), case_id, case.version, comment))


@app.command()
def withdraw(case_id: CaseId, comment: Comment = "", name: As = "") -> None:
    """A case that waits for review is a draft again."""
    with _contributions() as contributions:
        version = contributions.get(case_id).version
        _print_case(contributions.withdraw(_person(contributions.store, name), case_id, version, comment))


@app.command()
def review(
    case_id: CaseId,
    take: Annotated[
        bool, typer.Option("--take", help="Look at a submitted case; nobody changes it meanwhile.")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Put its words in force.")] = False,
    send_back: Annotated[
        str | None, typer.Option("--return", metavar="TEXT", help="Return it, saying what is to be mended.")
    ] = None,
    comment: Comment = "",
    name: As = "",
) -> None:
    """Take a submitted case, then accept or return it."""
    if take + accept + (send_back is not None) != 1:
        raise typer.BadParameter("give one of --take, --accept and --return TEXT.")
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
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the history.")],
    name: As = "",
) -> None:
    """Take a case out of force; its words and history stay."""
    with _contributions() as contributions:
        version = contributions.get(case_id).version
        _print_case(contributions.retire(_person(contributions.store, name), case_id, version, reason))


@app.command()
def history(case_id: CaseId, as_json: JsonFlag = False) -> None:
    """Who did what with a case and when, and what changed field by field."""
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
        print("Of the register’s file, and never changed here (version 0).")
    else:
        _print_history(events)


@app.command()
def restore(
    case_id: CaseId,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="A version, as `history` numbers them.")],
    comment: Comment = "",
    name: As = "",
) -> None:
    """A draft with the words of an earlier version; nothing of the history is lost."""
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
            help="The version that you changed, as `history` numbers them; 0 is the register’s file.",
        ),
    ],
    comment: Comment = "",
    name: As = "",
) -> None:
    """Put the words of a file in the place of a case's; what is in force stays so until they are accepted."""
    from assistant.contributing.register_file import read_entries
    from assistant.errors import CatalogueError

    with _contributions() as contributions:
        entries = read_entries(file)
        if len(entries) != 1 or entries[0].get("id") != case_id:
            ids = ", ".join(str(fields.get("id", "without id"))[:80] for fields in entries[:5])
            raise CatalogueError(f"{file} holds {ids}; expected the case {case_id[:100]!r} alone. Name its file.")
        _print_case(contributions.save(_person(contributions.store, name), entries[0], version, comment))


@app.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="A register as `export FILE.toml` writes it.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="It is the whole register: retire the cases in force that it does not name.")
    ] = False,
    name: As = "",
) -> None:
    """Put every case of a file in force or, where anything in it is wrong, none; others stay, but for --whole."""
    with _contributions() as contributions:
        counts = contributions.import_register(_person(contributions.store, name), file, whole)
    retired = f", {counts.retired} retired" if whole else ""
    print(f"{counts.added} added, {counts.changed} changed, {counts.unchanged} as they were{retired}.")


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
    """The cases to be read; None, and none is made, where there is no database yet."""
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
        raise NotAllowedError("This machine has no name for its user. Say who you are with --as NAME.") from error


def _print_case(case: StoredCase) -> None:
    print(f"{case.id}: {case.state}, version {case.version}.")


def _print_duplicates(contributions: Contributions, case: StoredCase) -> None:
    for found in contributions.duplicates(case.fields):
        print(f"{case.id} may be a case that is there: {found.title} ({found.id})", file=sys.stderr)
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
    """Every event with what it changed; the first is told whole, by its fields alone."""
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
