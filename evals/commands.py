"""``steward eval …``: runs, gates, reports, tables, labels. Nothing heavy is loaded before it is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.errors import AssistantError
from assistant.settings import load_settings
from evals.metrics.scores import SUITES

app = typer.Typer(help="Grounding evals: run, compare, gate, report.", no_args_is_help=True)


def _known(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        if name not in SUITES:
            raise typer.BadParameter(f"{name!r} is not a suite; there are: {', '.join(SUITES)}.")
    return names


RunArgument = Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's id or folder; the newest if none.")]


@app.command()
def run(
    suite: Annotated[
        list[str] | None,
        typer.Option("--suite", callback=_known, help="A suite to run (repeatable); all when none is named."),
    ] = None,
    split: Annotated[Literal["dev", "test"] | None, typer.Option(help="One split; both when none is named.")] = None,
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
    from evals.results.records import save_run
    from evals.results.steps import render_steps, step_rows
    from evals.results.summary import main_table, render_text
    from evals.running import Plan, run_evals

    chosen = tuple(name for name in SUITES if not suite or name in suite)
    plan = Plan(chosen, split, floors, questions, judge)
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
    """Write one self-contained page of tables, plots and worst items, which the web app shows."""
    _need("jinja2")
    from evals.results.records import find_run
    from evals.results.report import write_report

    path = output or load_settings().quality_report
    write_report(find_run(run_name), path)
    print(f"Written to {path}.", file=sys.stderr)


@app.command()
def tables(
    run_name: RunArgument = None,
    file: Annotated[list[Path] | None, typer.Option(help="A README with marked tables (repeatable).")] = None,
) -> None:
    """Write the tables of figures in the READMEs, from the baseline unless a run is named."""
    from evals.results.gate import BASELINE
    from evals.results.records import find_run
    from evals.results.tables import READMES, with_tables

    chosen = find_run(str(BASELINE) if run_name is None else run_name)
    for path in file or READMES:
        path.write_text(with_tables(path.read_text(encoding="utf-8"), chosen), encoding="utf-8")
        print(f"Written to {path}.", file=sys.stderr)


@app.command()
def check() -> None:
    """Check the data sets, as every run does; exit 1, naming what is wrong."""
    _need("inspect_ai")
    from evals.bench import Bench
    from evals.cases import load_questions
    from evals.checks import count_problems, share_few_words
    from evals.running import Plan, check_data

    bench, questions = Bench.shared(), load_questions()
    check_data(Plan(), bench)
    problems = list(count_problems(questions))
    print("\n".join(problems) or f"{len(questions)} questions and the other sets are as they should be.")
    few = share_few_words(questions, bench.library)
    print(f"{few:.0%} of the answerable questions share few content words with their passage.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def label(
    output: Annotated[Path, typer.Option(help="The CSV to write; each person fills a copy.")],
    run_name: RunArgument = None,
    claims: Annotated[int, typer.Option(min=3, help="How many claims to draw.")] = 200,
) -> None:
    """Write claims for people to judge as supported, partly or unsupported, in any spreadsheet."""
    from evals.claims import load_altered_quotes
    from evals.labels import draw_claims, write_sheet
    from evals.results.records import find_run

    # Thresholds are chosen on labels, so only claims of dev sections are judged.
    drawn = draw_claims(find_run(run_name).select("questions", split="dev"), load_altered_quotes(), claims)
    write_sheet(drawn, output)
    print(f"{len(drawn)} claims written to {output}. Fill in the column “verdict”.", file=sys.stderr)


@app.command()
def agreement(
    sheets: Annotated[list[Path], typer.Argument(help="Filled CSV files, one for each person.")],
    run_name: Annotated[str | None, typer.Option("--run", help="A run's id or folder; the newest if none.")] = None,
) -> None:
    """How far people agree with each other, and how the verifier and a run's judge stand against them."""
    from evals.judging.report import render_judge
    from evals.labels import read_sheet, render_pairs, render_verifier
    from evals.results.records import find_run

    read = {path.stem: read_sheet(path) for path in sheets}
    claims = {name: claim for known, _ in read.values() for name, claim in known.items()}
    labels = {name: verdicts for name, (_, verdicts) in read.items()}
    for line in (*render_pairs(labels), *render_verifier(claims, [*labels.values()])):
        print(line)
    for line in render_judge(find_run(run_name).select("questions"), [*labels.values()]):
        print(line)


def _need(package: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise AssistantError("The evals need packages that are not installed. Run `pip install -e '.[evals]'`.")


def _say(step: str, done: int, total: int) -> None:
    print(f"{done}/{total} {step}", file=sys.stderr)
