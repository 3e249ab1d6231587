"""``steward verify``: does a context support a claim?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings


def verify(
    claim: Annotated[str | None, typer.Option(help="The claim.")] = None,
    context: Annotated[str | None, typer.Option(help="The text that should support it.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help='File of pairs, one JSON line each: {"id", "claim", "context"}.')
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File for the verdicts on --batch, one JSON line each.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Check whether a context supports a claim, and say what differs; many pairs with --batch."""
    alone = claim is not None and context is not None
    if alone == (batch is not None) or (claim is None) != (context is None) or (batch is None) != (output is None):
        raise typer.BadParameter("Give --claim and --context, or --batch and --output.")
    from assistant.claims import build_checker
    from assistant.claims.batch import load_pairs, verdict_record, verify_batch
    from assistant.files.json_lines import check_output

    settings = load_settings()
    if batch is not None and output is not None:
        check_output(output, batch)
        pairs = load_pairs(batch)
        verify_batch(build_checker(settings.grounding), pairs, output)
        return
    found = build_checker(settings.grounding).verify(claim or "", context or "")
    if as_json:
        print(json.dumps(verdict_record(found), ensure_ascii=False, indent=2))
        return
    print(f"{found.verdict} ({found.score:.2f})")
    for reason in found.reasons:
        held = f"“{reason.context}”" if reason.context else "nothing like it"
        print(f"- {reason.check}: the claim has “{reason.claim}”, the context {held}")
