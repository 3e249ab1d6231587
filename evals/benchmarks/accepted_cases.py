"""How soon an accepted case is found and quoted: where it was accepted, and in another process with the library open.

``python -m evals.benchmarks.accepted_cases`` accepts cases one by one in a database of its own, beside the shipped
register, and prints the time from the acceptance until a search has found each and an answer has quoted it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from pydantic import SecretStr
from threadpoolctl import threadpool_limits

from assistant import answering
from assistant.library import CurrentLibrary
from assistant.precedents import search_cases
from assistant.settings import Settings, load_settings
from assistant.storage import Person, open_cases
from evals.libraries.shipped import shipped_settings

BAR_S = 1.0
PATIENCE_S = 60.0
POLL_S = 0.05
QUERY = "lanterns on trial"
REVIEWER = Person("Benchmark", "reviewer")


def settings_with(database: Path) -> Settings:
    """The settings of the shipped library with this database."""
    own = shipped_settings(load_settings())
    url = SecretStr(f"sqlite:///{database}")
    return own.model_copy(update={"storage": own.storage.model_copy(update={"url": url})})


def accepted(n: int, current: CurrentLibrary) -> dict[str, object]:
    """Fields of a case of middling length, in words of its own."""
    fields = current().registers.precedents[n].model_dump(mode="json")
    title = f"Trial {n} of lanterns number {n}"
    told = f"{title} lit the old mole for {n + 3} nights, and nobody fell."
    return fields | {"id": f"benchmark-{n}", "title": title, "summary": f"{told} {fields['summary']}"}


def wait_for(n: int, current: CurrentLibrary) -> float:
    """The time, in seconds since the epoch, at which a search has found a case and an answer has quoted it."""
    end = time.time() + PATIENCE_S
    while time.time() < end:
        library = current()
        if any(item.entry.id == f"benchmark-{n}" for item in search_cases(library, QUERY).found):
            asked = f"For how many nights did trial {n} of lanterns number {n} light the old mole?"
            answer = answering.ask(library, asked)
            if any(f"Trial {n} of lanterns number {n} lit" in quote.quote for quote in answer.citations):
                return time.time()
        time.sleep(POLL_S)
    sys.exit(f"Error: the case benchmark-{n} was not found and quoted within {PATIENCE_S:.0f} s.")


def warm(current: CurrentLibrary) -> None:
    """Search and ask once, as a web app that runs has done."""
    search_cases(current(), QUERY)
    answering.ask(current(), QUERY)


def watch(database: Path, n: int) -> None:
    """What the other process does: it says when it finds each case."""
    current = CurrentLibrary(settings_with(database))
    warm(current)
    print("ready", flush=True)
    for number in range(n):
        print(wait_for(number, current), flush=True)
    current.close()


def main(
    n: Annotated[int, typer.Option(help="How many cases are accepted.")] = 20,
    watching: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Accept, and print how long it takes until each is found and quoted."""
    with threadpool_limits(1):
        if watching is not None:
            watch(watching, n)
            return
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder) / "cases.db", n)


def measure(database: Path, n: int) -> None:
    """Print both times."""
    settings = settings_with(database)
    store, current = open_cases(settings), CurrentLibrary(settings)
    warm(current)
    command = [sys.executable, "-m", __spec__.name, "--n", str(n), "--watching", str(database)]
    here: list[float] = []
    there: list[float] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        for number in range(n):
            draft = store.begin(REVIEWER, accepted(number, current))
            waiting = store.submit(REVIEWER, draft.id, draft.version)
            taken = store.take(REVIEWER, draft.id, waiting.version)
            started = time.time()
            store.accept(REVIEWER, draft.id, taken.version)
            here.append(wait_for(number, current) - started)
            there.append(float(other.stdout.readline()) - started)
    store.close()
    current.close()
    for words, times in (("where it was accepted", here), ("in another process", there)):
        print(
            f"accepted → found and quoted {words}: {np.median(times) * 1000:.0f} ms (median; 95 % within "
            f"{np.quantile(times, 0.95) * 1000:.0f} ms, n {len(times)}; bar {BAR_S * 1000:.0f} ms)"
        )


if __name__ == "__main__":
    typer.run(main)
