"""Writes ``evals/data/poisoned`` and its manifest: small hostile files, each with what must not happen.

Run ``python -m evals.making.poisoned``. The same files come out each time; :mod:`evals.poison` judges what a library
does with them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from evals.making.poisoned import active, characters, html, markdown, orders, pdf, word
from evals.making.poisoned.parts import File
from evals.poison import FILES, MANIFEST

MAKERS = (
    pdf.files,
    html.files,
    active.files,
    word.files,
    markdown.files,
    orders.files,
    characters.files,
)


def main(folder: Path = FILES, manifest: Path = MANIFEST) -> None:
    """Write all files anew; what else lies in the folder is removed."""
    made = make_files()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for case, content in made:
        (folder / case.file).write_bytes(content)
    lines = [case.model_dump_json() + "\n" for case, _ in made]
    manifest.write_text("".join(lines), encoding="utf-8", newline="\n")


def make_files() -> list[File]:
    """Every file with its entry in the manifest, in the manifest's order."""
    return [file for maker in MAKERS for file in maker()]


if __name__ == "__main__":
    main()
