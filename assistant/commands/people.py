"""`steward people`: who may contribute cases in the web app, and review them."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from assistant.settings import load_settings

app = typer.Typer(help="Who may contribute cases in the web app, and review them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that stands in the history of cases.")]


class RoleName(StrEnum):
    """What a person may do."""

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"


@app.callback()
def people() -> None:
    """Who may contribute cases in the web app, and review them."""


@app.command()
def add(
    name: Name,
    role: Annotated[
        RoleName, typer.Option(help="A contributor begins cases and submits them; a reviewer also accepts and retires.")
    ] = RoleName.CONTRIBUTOR,
) -> None:
    """Register somebody and print their key, this once; from the first on, to contribute always takes a key."""
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        key = registered.add(name, role.value)
    finally:
        registered.close()
    print(key)
    print(
        f"This is the key of {name}, {role.value}. Hand it over safely: it is kept nowhere and shown only now.",
        file=sys.stderr,
    )


@app.command("list")
def list_people(as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False) -> None:
    """Everybody who was ever registered, with their role; no keys."""
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
        print("Nobody is registered; `steward people add NAME` registers somebody.", file=sys.stderr)


@app.command()
def end(name: Name) -> None:
    """Make somebody's key open nothing from now on; what they did stays in the history under their name."""
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        registered.end(name)
    finally:
        registered.close()
    print(f"The key of {name} opens nothing any more.", file=sys.stderr)
