"""`steward people`: manage who can contribute and review cases in the web app, and the tokens of programs."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Literal

import typer

from assistant.roles import Role
from assistant.settings import load_settings

app = typer.Typer(help="Manage people, their roles and the tokens of their programs.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name in the history of cases.")]


class RoleName(StrEnum):
    """Roles of a person with a key."""

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"


@app.callback()
def people() -> None:
    """Manage people, their roles and the tokens of their programs."""


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


@app.command()
def role(
    name: Name,
    new: Annotated[
        Role,
        typer.Argument(
            metavar="ROLE",
            help="reader; contributor: writes cases; reviewer: also accepts and retires them; librarian: also changes "
            "the documents that everybody sees; auditor: reads the audit log.",
        ),
    ],
) -> None:
    """Give a person another role, unless STEWARD_SIGN_IN__ROLES gives it by their groups."""
    from assistant.storage import open_people

    registered = open_people(load_settings())
    try:
        registered.change_role(name, new)
    finally:
        registered.close()
    print(f"{name} is a {new} now.", file=sys.stderr)


@app.command()
def token(
    name: Name,
    scope: Annotated[
        Literal["ask", "contribute"],
        typer.Option(help="ask: what any reader may do; contribute: what the person's role lets them do."),
    ] = "ask",
    days: Annotated[int, typer.Option(min=1, max=366, help="Days after which the token stops working.")] = 90,
) -> None:
    """Make a token for the programs of a person who signs in, and print it once."""
    from assistant.storage import open_accounts

    accounts = open_accounts(load_settings())
    try:
        secret = accounts.give_token(name, scope, days)
    finally:
        accounts.close()
    print(secret)
    print(
        f"This token acts for {name} ({scope}) for {days} days. A program sends it as `Authorization: Bearer "
        "TOKEN`. It is not stored and is shown only once.",
        file=sys.stderr,
    )


@app.command()
def tokens(as_json: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False) -> None:
    """List the tokens that work, with their numbers and when they were last used."""
    from assistant.commands.printing import print_json
    from assistant.storage import open_accounts

    accounts = open_accounts(load_settings())
    try:
        found = accounts.tokens()
    finally:
        accounts.close()
    if as_json:
        moments = ("given", "used", "expires")
        print_json([asdict(item) | {name: getattr(item, name).isoformat() for name in moments} for item in found])
        return
    for item in found:
        used = f"last used {item.used:%Y-%m-%d}" if item.used > item.given else "not used yet"
        print(
            f"{item.id}: {item.name}, {item.scope}, made {item.given:%Y-%m-%d}, {used}, until {item.expires:%Y-%m-%d}"
        )
    if not found:
        print("There are no tokens. Make one with `steward people token NAME`.", file=sys.stderr)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The token's number in `steward people tokens`.")],
) -> None:
    """End a token, so that it no longer works."""
    from assistant.storage import open_accounts

    accounts = open_accounts(load_settings())
    try:
        accounts.revoke(number)
    finally:
        accounts.close()
    print(f"Token {number} no longer works.", file=sys.stderr)
