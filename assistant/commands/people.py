"""`steward people`: manage who can contribute and review cases in the web app."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from assistant.settings import load_settings

app = typer.Typer(help="Manage who can contribute and review cases in the web app.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name in the history of cases.")]


class RoleName(StrEnum):
    """Roles of a person."""

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"


@app.callback()
def people() -> None:
    """Manage who can contribute and review cases in the web app."""


@app.command()
def add(
    name: Name,
    role: Annotated[
        RoleName, typer.Option(help="contributor: writes and submits cases; reviewer: also accepts and retires them.")
    ] = RoleName.CONTRIBUTOR,
) -> None:
    """Register a person and print their key once; after the first, contributing always needs a key."""
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        key = registered.add(name, role.value)
    finally:
        registered.close()
    print(key)
    print(
        f"This is the key of {name} ({role.value}). Pass it on safely: it is not stored and is shown only once.",
        file=sys.stderr,
    )


@app.command("list")
def list_people(as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False) -> None:
    """List everyone who was ever registered, with their role and without keys."""
    from assistant.commands.printing import print_json
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        found = registered.list()
    finally:
        registered.close()
    if as_json:
        print_json(
            [
                {
                    "name": person.name,
                    "role": person.role,
                    "added": person.added.isoformat(),
                    "ended": person.ended and person.ended.isoformat(),
                }
                for person in found
            ]
        )
        return
    for person in found:
        until = f", ended {person.ended:%Y-%m-%d}" if person.ended else ""
        print(f"{person.name}: {person.role}, added {person.added:%Y-%m-%d}{until}")
    if not found:
        print("Nobody is registered. Register somebody with `steward people add NAME`.", file=sys.stderr)


@app.command()
def end(name: Name) -> None:
    """End a person's key; what they did stays in the history under their name."""
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        registered.end(name)
    finally:
        registered.close()
    print(f"The key of {name} no longer works.", file=sys.stderr)
