"""``steward eval …``: runs, comparisons, gates, reports, labels. Nothing heavy is loaded before it is needed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.errors import AssistantError
from assistant.settings import load_settings

app = typer.Typer(help="Grounding evals: run, compare, gate, report.", no_args_is_help=True)


class SuiteName(StrEnum):
    """What can be run."""

    QUESTIONS = "questions"
    ABLATION = "ablation"
    ALTERED_QUOTES = "altered-quotes"
    POISONED = "poisoned"
    PAGES = "pages"


class SplitName(StrEnum):
    """Sections for tuning, and sections for reporting."""

    DEV = "dev"
    TEST = "test"


RunArgument = Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's id or folder; the newest if none.")]


@app.command()
def run(
    suite: Annotated[
        list[SuiteName] | None, typer.Option("--suite", help="A suite to run (repeatable); all when none is named.")
    ] = None,
    split: Annotated[SplitName | None, typer.Option(help="One split; both when none is named.")] = None,
    floors: Annotated[bool, typer.Option(help="Run the floors and the ablation beside Steward.")] = True,
    questions: Annotated[
        Path | None, typer.Option(help="Another file of questions, of the same form; its sections need no split.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option(help="A chat model that judges answers as well, as provider:model.")
    ] = None,
) -> None:
    """Run the evals; the record goes to evals/runs, Inspect's logs to evals/logs."""
    _need("inspect_ai")
    from evals.metrics.scores import SUITES
    from evals.results.records import save_run
    from evals.results.steps import render_steps, step_rows
    from evals.results.summary import main_table, render_text
    from evals.running import Plan, run_evals

    chosen = tuple(name for name in SUITES if not suite or name in suite)
    plan = Plan(chosen, split.value if split else None, floors, questions, judge)
    done = run_evals(plan, load_settings(), _say)
    folder = save_run(done)
    for name, part in dict.fromkeys((item.suite, item.split) for item in done.items):
        if name == "ablation":
            print(render_steps(step_rows(done, part), part))
        else:
            print(render_text(main_table(done, name, part)))
    print(f"Kept as {folder.name}.", file=sys.stderr)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="A run's id or folder.")],
    after: Annotated[str, typer.Argument(help="Another run's.")],
    score: Annotated[list[str] | None, typer.Option(help="Show the flips of this score (repeatable).")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many flips of each score are shown.")] = 10,
) -> None:
    """What changed between two runs, case by case, with both answers where they differ."""
    from evals.metrics.scores import SCORES
    from evals.results.comparison import compare as compare_runs
    from evals.results.comparison_text import render_changes
    from evals.results.records import find_run

    for name in score or ():
        if name not in SCORES:
            raise AssistantError(f"No score {name!r}; there are: {', '.join(SCORES)}.")
    print(render_changes(compare_runs(find_run(before), find_run(after)), tuple(score or ()), limit))


@app.command()
def gate(
    run_name: RunArgument = None,
    accept: Annotated[bool, typer.Option("--accept", help="Make this run the baseline first.")] = False,
) -> None:
    """Exit 1, naming the cases, when a bound is broken or a score is clearly worse than in the baseline."""
    from evals.results.gate import accept_baseline, broken_gates, load_baseline, load_gates
    from evals.results.records import find_run

    chosen = find_run(run_name)
    if accept:
        accept_baseline(chosen)
        print(f"The baseline is now run {chosen.head.id}.", file=sys.stderr)
    broken = list(broken_gates(chosen, load_gates(), load_baseline()))
    for line in broken:
        print(line)
    print(f"{len(broken)} gates broken by run {chosen.head.id}.", file=sys.stderr)
    raise typer.Exit(1 if broken else 0)


@app.command()
def report(
    run_name: RunArgument = None,
    output: Annotated[Path | None, typer.Option(help="Where the page goes; where the web app looks, if none.")] = None,
) -> None:
    """Write one self-contained page of tables, plots and worst items; the web app shows it under Quality."""
    _need("jinja2")
    from evals.results.records import find_run
    from evals.results.report import write_report

    path = output or load_settings().quality_report
    write_report(find_run(run_name), path)
    print(f"Written to {path}.", file=sys.stderr)


@app.command()
def label(
    run_name: RunArgument = None,
    rater: Annotated[str | None, typer.Option(help="Who marks, in the terminal; without it a page is served.")] = None,
    claims: Annotated[int, typer.Option(min=1, help="How many claims to draw when none were drawn yet.")] = 200,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page.")] = 7861,
) -> None:
    """Mark claims as supported, partly or unsupported; two people's marks calibrate the verifier and the judge."""
    from evals.labelling.labels import LABELS, load_items, sample_items, save_items
    from evals.quotes import load_altered_quotes
    from evals.results.records import find_run

    try:
        items = load_items(LABELS)
    except AssistantError:
        # Thresholds are chosen on labels, so only claims of dev sections are marked.
        items = sample_items(find_run(run_name).select("questions", split="dev"), load_altered_quotes(), claims)
        save_items(items, LABELS)
    if rater is not None:
        from evals.labelling.terminal import label_in_terminal

        label_in_terminal(items, rater, LABELS)
    else:
        from evals.labelling.page import launch_labelling_page

        launch_labelling_page(items, LABELS, "127.0.0.1", port)


@app.command()
def agreement(run_name: RunArgument = None) -> None:
    """How far raters agree with each other, and how the verifier and the judge stand against them."""
    from evals.labelling.agreement_text import render_agreement
    from evals.labelling.labels import LABELS, load_items, load_labels, raters_in
    from evals.results.records import find_run

    raters = {name: load_labels(name, LABELS) for name in raters_in(LABELS)}
    if not raters:
        raise AssistantError(f"No labels in {LABELS}. Two people make them with `steward eval label`.")
    print(render_agreement(load_items(LABELS), raters, find_run(run_name).select("questions")))


def _need(package: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise AssistantError("The evals need packages that are not installed. Run `pip install -e '.[evals]'`.")


def _say(step: str, done: int, total: int) -> None:
    print(f"{done}/{total} {step}", file=sys.stderr)
