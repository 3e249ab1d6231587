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
    speaker: Annotated[str, typer.Option(help="Who says the context; a claim may then not name another.")] = "",
    batch: Annotated[
        Path | None, typer.Option(help='File of pairs, one JSON line each: {"id", "claim", "context", "speaker"?}.')
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File for the verdicts on --batch, one JSON line each.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Check whether a context supports a claim, and say what clashes; many pairs with --batch."""
    alone = claim is not None and context is not None
    if alone == (batch is not None) or (claim is None) != (context is None) or (batch is None) != (output is None):
        raise typer.BadParameter("Give --claim and --context, or --batch and --output.")
    from assistant.claims import build_judge
    from assistant.claims import verify as verify_claim
    from assistant.claims.batch import load_pairs, verdict_record, verify_batch
    from assistant.files.json_lines import check_output

    settings = load_settings()
    if batch is not None and output is not None:
        check_output(output, batch)
        pairs = load_pairs(batch)
        verify_batch(pairs, output, build_judge(settings))
        return
    found = verify_claim(claim or "", context or "", speaker, build_judge(settings))
    if as_json:
        print(json.dumps(verdict_record(found), ensure_ascii=False, indent=2))
        return
    print(f"{found.verdict} ({found.score:.2f})")
    if found.verdict == "unjudged":
        print("- no fact clashes; whether it means the same needs a model: set STEWARD_MODEL__CHECKER")
    for reason in found.reasons:
        held = f"“{reason.context}”" if reason.context else "nothing like it"
        print(f"- {reason.check}: the claim has “{reason.claim}”, the context {held}")
