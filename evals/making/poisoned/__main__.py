"""Writes the PDF and Word files of ``evals/data/poisoned``, the same each time: ``python -m evals.making.poisoned``.

The other hostile files are text and are kept as they are; ``poisoned.jsonl`` says of each what must not happen.
"""

from __future__ import annotations

from pathlib import Path

from evals.libraries.poisoned import FILES
from evals.making.poisoned import pdf, word


def main(folder: Path = FILES) -> None:
    """Write the files anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (*pdf.files(), *word.files()):
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
