"""Asks questions through the product against the recordings, and keeps the prompts that nobody has replied to yet.

``python -m evals.recordings.missing --split dev --limit 60`` writes ``missing.jsonl`` beside this file. Of each
question it holds the first prompt without a reply, since later ones depend on it: reply to all, add the replies to a
file of recordings, and run it again, until nothing is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import get_args

from evals.bench import Bench
from evals.cases import Split
from evals.recordings.recorded import FOLDER, MISSING, Missing, add_missing, load_recordings
from evals.recordings.replaying import SYSTEMS, Ask, Asked
from evals.recordings.server import ReplayServer
from evals.tasks.everyday import load_absent, load_everyday
from evals.tasks.written_sentences import sentences_missing

SETS: dict[str, Callable[[], Sequence[Asked]]] = {"everyday": load_everyday, "absent": load_absent}


def find_missing(cases: Iterable[Asked], ask: Ask, server: ReplayServer) -> list[Missing]:
    """Ask each question for a written answer; return the first prompt of each that has no recording."""
    for case in cases:
        server.case = case.id
        ask(case, server.address)
    return server.missing


def main() -> None:
    """Write what is missing, and say how much."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--set", choices=(*SETS, "sentences"), default="everyday", help="which questions, or sentences")
    parser.add_argument("--system", choices=("steward", "tutorial"), default="steward", help="who writes")
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
            rows = find_missing(cases[: given.limit], SYSTEMS[given.system](Bench.shared().library), server)
    add_missing(rows)
    print(f"{len(rows)} prompts have no recording; they are in {MISSING}.", file=sys.stderr)


if __name__ == "__main__":
    main()
