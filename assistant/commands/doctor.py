"""`steward doctor`: check the installation."""

from __future__ import annotations

from dataclasses import asdict

import typer

from assistant.commands.printing import JsonFlag, print_json
from assistant.settings import load_settings


def doctor(as_json: JsonFlag = False) -> None:
    """Check models, index, disk and settings, and say how to fix what is missing."""
    from assistant.doctor import examine

    findings = examine(load_settings())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'} {finding.what}: {finding.detail}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
