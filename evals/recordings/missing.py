"""Asks questions through the product against the recordings, and keeps the prompts that nobody has replied to yet.

``python -m evals.recordings.missing --split dev --limit 60`` writes ``missing.jsonl`` beside this file. Of each
question it holds the first prompt without a reply, since later ones depend on it: reply to all, add the replies to a
file of recordings, and run it again, until nothing is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, get_args

from pydantic import SecretStr

from assistant import answering
from assistant.library import Library
from evals.bench import Bench
from evals.cases import Split
from evals.recordings.recorded import FOLDER, MISSING, Missing, add_missing, load_recordings
from evals.recordings.server import ReplayServer
from evals.tasks.everyday import Absent, Everyday, load_absent, load_everyday, turns_before
from evals.tasks.written_sentences import sentences_missing

MODEL = "openai:played"
Asked: TypeAlias = Everyday | Absent

SETS: dict[str, Callable[[], Sequence[Asked]]] = {"everyday": load_everyday, "absent": load_absent}


def replayed(library: Library, address: str) -> Library:
    """Return a library whose chat model, for writing and checking, is the server at this address."""
    given = {"name": MODEL, "base_url": address, "key": SecretStr("replay")}
    settings = library.settings.model_copy(update={"model": library.settings.model.model_copy(update=given)})
    return replace(library, settings=settings, writer=None)


def find_missing(cases: Iterable[Asked], library: Library, server: ReplayServer) -> list[Missing]:
    """Ask each question for a written answer; return the first prompt of each that has no recording."""
    asked = replayed(library, server.address)
    for case in cases:
        server.case = case.id
        answering.ask(asked, case.question, conversation=turns_before(case, library), mode="generative")
    return server.missing


def main() -> None:
    """Write what is missing, and say how much."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--set", choices=(*SETS, "sentences"), default="everyday", help="which questions, or sentences")
    parser.add_argument("--split", choices=get_args(Split), default="dev")
    parser.add_argument("--limit", type=int, help="only so many questions, the first by id")
    parser.add_argument("--recordings", type=Path, default=FOLDER, help="folder of the recordings")
    given = parser.parse_args()
    MISSING.unlink(missing_ok=True)
    if given.set == "sentences":
        rows = sentences_missing()
    else:
        cases = sorted((case for case in SETS[given.set]() if case.split == given.split), key=lambda case: case.id)
        with ReplayServer(load_recordings(given.recordings)) as server:
            rows = find_missing(cases[: given.limit], Bench.shared().library, server)
    add_missing(rows)
    print(f"{len(rows)} prompts have no recording; they are in {MISSING}.", file=sys.stderr)


if __name__ == "__main__":
    main()
