"""`steward doctor`: check the installation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from assistant.commands.printing import JsonFlag, print_json
from assistant.settings import load_settings


def doctor(
    model: Annotated[
        bool, typer.Option("--model", help="Also try the chat model on known evidence: four calls to its provider.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check models, index, disk and settings, and say how to fix what is missing."""
    from assistant.doctor import examine

    settings = load_settings()
    findings = examine(settings)
    if model:
        from assistant.answering.model_trial import try_model

        findings += try_model(settings)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'missing'} {finding.what}: {finding.detail}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
