"""The ``steward`` command: each command parses, calls one library function and prints.

Answers go to stdout, progress to stderr. Exit codes: 0 success, 1 an expected error, 2 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

import typer

from assistant import telemetry
from assistant.commands import (
    ask,
    audit,
    check,
    compare,
    doctor,
    feedback,
    keeping,
    library,
    people,
    precedents,
    serve,
    verify,
)
from assistant.errors import AssistantError

app = typer.Typer(
    help="Answer questions on mission-led government from a dated, licensed library, with exact quotes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    library.fetch,
    library.add,
    library.remove,
    library.ingest,
    library.publish,
    library.documents,
    ask.search,
    ask.ask,
    compare.compare,
    check.check,
    verify.verify,
    serve.serve,
    doctor.doctor,
    keeping.backup,
    keeping.restore,
):
    app.command()(command)
for name, group in {
    "precedents": precedents.app,
    "people": people.app,
    "feedback": feedback.app,
    "audit": audit.app,
}.items():
    app.add_typer(group, name=name)

if find_spec("evals") is not None:
    from evals.commands import app as _evals

    app.add_typer(_evals, name="eval")
else:

    @app.command("eval", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def no_evals() -> None:
        """Run the evals; they need a checkout of the repository."""
        raise AssistantError(
            "The evals are not installed. In a checkout of the repository, run `pip install -e '.[evals]'`."
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; an expected error prints one line and exits with 1, a bug keeps its traceback."""
    telemetry.switch_off()
    try:
        app(args=list(argv) if argv is not None else None)
    except AssistantError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
