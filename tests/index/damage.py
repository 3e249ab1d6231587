"""Damages the files of a small index one at a time and says what is answered then; run in a process of its own.

Each look at a damaged index happens in a fork of this process, since native code may end it: the exit code is part of
what is reported. What is asked goes through the vectors in Chroma, the words in Tantivy, the chunks and the manifest.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant import answering
from assistant.errors import AssistantError, LibraryIndexError
from assistant.indexing.ingestion import ingest
from assistant.records import Seconds
from assistant.settings import Settings
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library

QUESTIONS = (
    "How many boats will the office license by 2027?",
    "Who pays for the wardens?",
    "What did earlier schemes show?",
    "What is the boiling point of tungsten?",
)
TO_START = b"\x00" * 64


def damages(size: int, other: Path | None, every: int = 0) -> dict[str, Callable[[Path], None]]:
    """What can be done to a file of ``size`` bytes; ``other`` is the same file of another generation.

    With ``every`` a byte is flipped at so many positions beside the first, the middle and the last.
    """
    done: dict[str, Callable[[Path], None]] = {
        "deleted": Path.unlink,
        "a folder": _folder,
        "longer": lambda path: path.write_bytes(path.read_bytes() + TO_START),
    }
    if size:
        done["emptied"] = lambda path: path.write_bytes(b"")
        done["halved"] = lambda path: os.truncate(path, path.stat().st_size // 2)
        done["zeros"] = lambda path: path.write_bytes(bytes(size))
        done["random bytes"] = lambda path: path.write_bytes(random.Random(1).randbytes(size))
    positions = {0, size // 2, size - 1} | {number * size // every for number in range(every)}
    for position in sorted(positions) if size else ():
        done[f"byte {position} flipped"] = _flip(position)
    if other is not None and other.is_file():
        done["another generation's"] = lambda path: path.write_bytes(other.read_bytes())
    return done


def _flip(position: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(position)
            (byte,) = file.read(1)
            file.seek(position)
            file.write(bytes([byte ^ 0x41]))

    return flip


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def answers(settings: Settings) -> list[object]:
    """What an index answers to several questions, without what differs from run to run."""
    library = open_library(settings)
    try:
        said: list[object] = []
        for question in QUESTIONS:
            answer = answering.ask(library, question)
            said.append(repr((answer.status, answer.answer, answer.citations, answer.sentences, Seconds())))
            vector = library.embedder.embed_question(question)
            said.append(repr([(hit.chunk_id, hit.score) for hit in library.generation.search_vectors(vector, 1)]))
            said.append(repr(library.generation.search_words(question, 5)))
        said.append(repr(sorted(library.generation.manifest.texts)))
        return said
    finally:
        library.generation.close()


def in_fork(work: Callable[[], object]) -> tuple[str, object]:
    """How it went and what came of it: ``fine``, ``said`` (a message of ours), ``traceback`` or ``died``."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(120)  # what hangs has died
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            outcome: tuple[str, object] = "fine", work()
        except LibraryIndexError as error:
            outcome = "said", str(error)
        except AssistantError as error:
            outcome = "said otherwise", str(error)
        except BaseException:
            outcome = "traceback", traceback.format_exc()[-600:]
        with os.fdopen(writing, "w") as out:
            json.dump(outcome, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as result:
        raw = result.read()
    _, status = os.waitpid(child, 0)
    if not raw:
        return "died", f"status {os.waitstatus_to_exitcode(status)}"
    kind, value = json.loads(raw)
    return kind, value


def files_of(root: Path) -> list[Path]:
    """Every file of an index that damage is done to: of its current generation, the pointer and the caches."""
    current = (root / "current").read_text().strip()
    found = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return [
        path.relative_to(root)
        for path in found
        if "generations" not in path.parts or current in path.parts
        if not path.name.startswith("write.lock")
    ]


def build(settings: Settings) -> None:
    """Make an index of two generations."""
    summary = settings.corpus / "summaries" / "harbour-plan.md"
    words = summary.read_text(encoding="utf-8")
    summary.write_text(words.replace("40 boats", "41 boats"), encoding="utf-8")
    ingest(settings, HashEmbedder())
    summary.write_text(words, encoding="utf-8")
    # Built again and not grown, so that the files are the same whoever makes them.
    ingest(settings, HashEmbedder(), rebuild=True)


def trials(folder: Path, every: int, repaired: int, each: str, only: Sequence[str] = ()) -> Iterator[dict[str, object]]:
    """One record per damage, of all or those named; one damage of each file is repaired, or of each ``repaired``-th.

    ``each`` file has "all" of these damages done to it, or "one", by turns.
    """
    settings = make_library(folder)
    # Here nothing may be opened: Chroma does not work in a fork of a process that has opened it.
    how, why = in_fork(lambda: build(settings))
    assert how == "fine", why
    root = settings.index.folder
    pristine = folder / "pristine"
    shutil.copytree(root, pristine)
    kind, right = in_fork(lambda: answers(settings))
    assert kind == "fine", right
    current = (root / "current").read_text().strip()
    (before,) = (path for path in (root / "generations").iterdir() if path.name != current)
    for number, name in enumerate(files_of(pristine)):
        path = root / name
        others = [p for p in before.rglob("*") if p.suffix == name.suffix and (p.suffix or p.name == name.name)]
        other = before / Path(*name.parts[2:]) if len(name.parts) > 2 else None
        if other is not None and not other.exists():
            other = others[0] if others else None
        held = (pristine / name).read_bytes()
        possible = damages(len(held), other, every)
        if not any(held):  # some of Chroma's files hold nothing else
            possible.pop("zeros", None)
        chosen = [item for item in possible.items() if not only or item[0].split(" ")[0] in only]
        if each == "one":
            chosen = [chosen[number % len(chosen)]]
        for turn, (what, damage) in enumerate(chosen):
            shutil.rmtree(root)
            shutil.copytree(pristine, root)
            damage(path)
            outcome, said = in_fork(lambda: answers(settings))
            record: dict[str, object] = {"file": str(name), "damage": what, "outcome": outcome, "said": ""}
            if outcome == "fine":
                record["outcome"] = "same" if said == right else "DIFFERENT"
            else:
                record["said"] = said
            if number % repaired == 0 and turn == number // repaired % len(chosen):
                how, why = in_fork(lambda: ingest(settings, HashEmbedder()).chunks)
                after, again = in_fork(lambda: answers(settings)) if how == "fine" else (how, why)
                record["repair"] = "same" if again == right else f"{after}: {again}"[:900]
            yield record


def main() -> None:
    """Write a JSON line per damage.

    Arguments: a new folder, flips per file, every which file is repaired, "all" damages or "one", which damages.
    """
    for record in trials(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:]):
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
