"""`steward doctor`: what is there, what is missing and how to get it."""

from __future__ import annotations

from dataclasses import asdict

import typer

from assistant.commands.printing import JsonFlag, print_json
from assistant.settings import load_settings


def doctor(as_json: JsonFlag = False) -> None:
    """Models, index, disk, settings: what is there, what is missing, how to get it."""
    from assistant.doctor import examine

    findings = examine(load_settings())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'} {finding.what}: {finding.detail}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
