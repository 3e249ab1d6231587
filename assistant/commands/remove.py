"""``steward remove``: takes a document of one's own out of the library again."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.settings import load_settings


def remove(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Its id, as `steward documents` lists it.")],
) -> None:
    """Take a document of your own out of the library, with what was made of it; it is no longer searched.

    A document of the catalogue stays: of one, only the file goes that you added in its original's place.
    """
    from assistant.cli import _progress
    from assistant.indexing.removing import remove_document
    from assistant.models.embedding import SentenceEmbedder

    settings = load_settings()
    with _progress("remove") as progress:
        removed = remove_document(identifier, settings, SentenceEmbedder(settings.embedding), progress)
    print(removed.words)
