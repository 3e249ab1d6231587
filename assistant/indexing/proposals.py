"""Changes that wait until a second librarian confirms them, since they would change what government policy is.

::

    corpus/added/
      .pending/<id>/proposal.json   what would be added or removed, who proposed it and when; a file lies beside it
      <id>/approvals.jsonl          who proposed and who confirmed each file of a document that was confirmed
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.errors import CatalogueError, NotAllowedError, StorageError
from assistant.files.saving import replace_file
from assistant.indexing.adding import Added, add_document, read_whole
from assistant.indexing.building import Progress
from assistant.indexing.own_documents import one_change
from assistant.indexing.removing import Removed, remove_document
from assistant.models.embedding import Embedder
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, describe_file, load_catalogue
from assistant.storage import record_event

POLICY = "government-policy"
"""The authority that takes two librarians."""
PENDING = ".pending"
BEGINNING = 3_000
"""How much of a file's text is shown to who confirms it, in characters."""
_PROPOSAL, _APPROVALS = "proposal.json", "approvals.jsonl"


class Proposal(BaseModel):
    """A change that waits; ``details`` are those of `assistant.sources.catalogue.describe_file`."""

    id: str
    details: dict[str, Any]
    file: str
    """Empty where the document would be removed."""
    beginning: str
    words: int
    proposed_by: str
    account: str
    """Digest of the account that proposed it, which cannot confirm it."""
    proposed: datetime


def needs_second(file: Path, settings: Settings, **details: Any) -> bool:
    """Return whether a file would be government policy, take the place of such a document, or supersede one.

    Raises:
        CatalogueError: a field is wrong.
    """
    known = {source.id: source for source in load_catalogue(settings.corpus)}
    name = describe_file(file, settings.corpus, **details).id
    touched = [known[other].authority for other in (name, *details.get("supersedes", ())) if other in known]
    return POLICY in (details["authority"], *touched)


def propose(file: Path, settings: Settings, by: str, account: str, **details: Any) -> Proposal:
    """Keep a file until a second librarian confirms it; until then nobody finds it.

    Raises:
        DocumentError: the file is hostile, damaged, empty or of an unsupported kind.
        CatalogueError: a field is wrong, or a change of this document waits already.
        IndexLockedError: another document is being added or removed.
    """
    with one_change(settings):
        text = read_whole(file, settings.reading).text
        proposal = Proposal(
            id=describe_file(file, settings.corpus, **details).id,
            details=details,
            file=f"file{file.suffix.lower()}",
            beginning=text[:BEGINNING],
            words=len(text.split()),
            proposed_by=by,
            account=account,
            proposed=datetime.now(UTC),
        )
        _keep(proposal, settings, file)
    return proposal


def propose_removal(source: Source, settings: Settings, by: str, account: str) -> Proposal:
    """Have a document's removal wait for a second librarian; until then it is found as before.

    Raises:
        CatalogueError: a change of this document waits already.
        IndexLockedError: another document is being added or removed.
    """
    details = {name: getattr(source, name) for name in ("title", "publisher", "published", "authority")}
    proposal = Proposal(
        id=source.id,
        details=details,
        file="",
        beginning="",
        words=0,
        proposed_by=by,
        account=account,
        proposed=datetime.now(UTC),
    )
    with one_change(settings):
        _keep(proposal, settings)
    return proposal


def _keep(proposal: Proposal, settings: Settings, file: Path | None = None) -> None:
    folder = _folder(settings) / proposal.id
    if folder.exists():
        raise CatalogueError(
            f"A change of {proposal.details['title']} waits already. Confirm or reject that one first."
        )
    try:
        folder.mkdir(parents=True)
        if file is not None:
            replace_file(folder / proposal.file, file)
        # Last: until it is there, nothing waits.
        replace_file(folder / _PROPOSAL, proposal.model_dump_json(indent=1).encode())
        record_event(settings, "file-proposed" if file else "removal-proposed", {"document": proposal.id})
    except StorageError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CatalogueError(f"{folder} cannot be written ({error.strerror}). Check your rights to it.") from error


def proposals(settings: Settings) -> tuple[Proposal, ...]:
    """Return what waits, oldest first; a broken entry is left out."""
    found = []
    for path in _folder(settings).glob(f"*/{_PROPOSAL}"):
        try:
            found.append(Proposal.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError):
            continue
    return tuple(sorted(found, key=lambda item: item.proposed))


def confirm(
    name: str, settings: Settings, embedder: Embedder, by: str, account: str, on_progress: Progress | None = None
) -> Added | Removed:
    """Do what waits, as its second librarian; who proposed and who confirmed a file is kept beside it.

    Raises:
        NotAllowedError: the same account proposed it.
        CatalogueError: nothing of this id waits, or the document to be removed is gone.
        DocumentError, IndexLockedError: as `add_document`.
    """
    proposal = _waiting(name, settings)
    if proposal.account == account:
        raise NotAllowedError("You proposed this. Another librarian confirms it.")
    folder = _folder(settings) / name
    if not proposal.file:
        removed = remove_document(name, settings, embedder, on_progress)
        shutil.rmtree(folder)
        return removed
    details = {key: tuple(value) if isinstance(value, list) else value for key, value in proposal.details.items()}
    file = folder / proposal.file
    added = add_document(file, settings, embedder, on_progress=on_progress, action="file-confirmed", **details)
    approval = {
        "file": added.source.file,
        "proposed_by": proposal.proposed_by,
        "proposed": proposal.proposed.isoformat(),
        "confirmed_by": by,
        "confirmed": datetime.now(UTC).isoformat(),
    }
    with (settings.corpus / ADDED / name / _APPROVALS).open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(approval, ensure_ascii=False) + "\n")
    shutil.rmtree(folder)
    return added


def reject(name: str, settings: Settings) -> Proposal:
    """Delete what waits, and return what it was.

    Raises:
        CatalogueError: nothing of this id waits.
    """
    proposal = _waiting(name, settings)
    record_event(settings, "file-rejected" if proposal.file else "removal-rejected", {"document": name})
    shutil.rmtree(_folder(settings) / name)
    return proposal


def _waiting(name: str, settings: Settings) -> Proposal:
    for proposal in proposals(settings):
        if proposal.id == name:
            return proposal
    raise CatalogueError(f"No change of {name!r} waits to be confirmed; somebody may have done so. Reload the page.")


def _folder(settings: Settings) -> Path:
    return settings.corpus / ADDED / PENDING
