"""`steward precedents chapter`: make a chapter of the Guide from a plan, or start a plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.case_options import check_accepted
from assistant.settings import load_settings


def chapter(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.toml", help="The plan of the chapter.")],
    out: Annotated[
        Path | None,
        typer.Argument(metavar="[OUT.md|OUT.docx]", help="File for the chapter.", show_default=False),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Start the plan PLAN.toml with --case and --recommendation.")
    ] = False,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="With --new: a case, in this order (repeatable).")
    ] = None,
    recommendation: Annotated[
        list[str] | None,
        typer.Option("--recommendation", metavar="ID", help="With --new: a recommendation (repeatable)."),
    ] = None,
    title: Annotated[str, typer.Option(help="With --new: the title of the chapter.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Make a chapter from a plan: cases and recommendations with numbered references, as Markdown or Word.

    The same plan, registers, library and date give the same file, byte for byte.
    """
    if new:
        if out is not None:
            raise typer.BadParameter("--new makes a plan, not a chapter. Leave out OUT.")
        _begin(plan, case or [], recommendation or [], title, force)
    elif out is None:
        raise typer.BadParameter("Name the file to write, OUT.md or OUT.docx, or start a plan with --new.")
    elif case or recommendation or title:
        raise typer.BadParameter(
            "--case, --recommendation and --title need --new. To change an existing plan, edit its file."
        )
    else:
        _write(plan, out, force)


def _begin(path: Path, cases: list[str], recommendations: list[str], title: str, force: bool) -> None:
    from assistant.export.chapters import begin_plan, save_plan
    from assistant.library import open_library

    plan = begin_plan(open_library(load_settings()), cases, recommendations, title)
    save_plan(plan, path, force)
    print(
        f"Saved plan {plan.digest} to {path}. Edit it, then run: steward precedents chapter {path} FILE.docx",
        file=sys.stderr,
    )


def _write(path: Path, out: Path, force: bool) -> None:
    from assistant.errors import PlanError
    from assistant.export.chapters import make_chapter, read_plan, save_chapter
    from assistant.export.chapters.checking import counted
    from assistant.files.saving import check_place
    from assistant.library import open_library

    check_place(out, force, "chapter")
    plan = read_plan(path)
    check_accepted()
    try:
        made = make_chapter(plan, open_library(load_settings()))
    except PlanError as error:
        raise PlanError(f"{path}: {error}") from error
    save_chapter(made, out, force)
    parts = (
        counted(len(plan.ids("case")), "case"),
        counted(len(plan.ids("recommendation")), "recommendation"),
        counted(len(made.references), "reference"),
    )
    print(f"Saved {', '.join(parts)} to {out}.", file=sys.stderr)
