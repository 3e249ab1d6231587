"""Checks of the installation."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.index import IndexStore
from assistant.index.published import PublishedStore
from assistant.indexing.documents import list_documents
from assistant.models.chat import describe_model
from assistant.models.embedding import SentenceEmbedder
from assistant.roles import may
from assistant.search.reranking import describe_reranker
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, broken_entries, load_catalogue
from assistant.sources.fetching import with_originals
from assistant.storage import describe_database, find_cases

LEAST_FREE_MB = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One check; ``detail`` says what to do if it is not ``ok``."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Return every finding, in the order in which to fix them."""
    checks: dict[str, Callable[[Settings], str]] = {
        "catalogue": _catalogue,
        "own documents": _own_documents,
        "embedding model": _model,
        "chat model": lambda settings: describe_model(settings.model),
        "reranker": describe_reranker,
        "disk": _disk,
        "index": _index,
        **({"published index": _published} if settings.index.published else {}),
        "database": describe_database,
        "people and cases": _cases,
        "originals": _originals,
    }
    findings = []
    for what, check in checks.items():
        try:
            findings.append(Finding(what, True, check(settings)))
        except AssistantError as error:
            findings.append(Finding(what, False, str(error)))
    findings.append(Finding("settings", True, settings.model_dump_json(exclude_defaults=True)))
    return findings


def _catalogue(settings: Settings) -> str:
    return f"{len(load_catalogue(settings.corpus))} documents in {settings.corpus}"


def _own_documents(settings: Settings) -> str:
    if broken := broken_entries(settings.corpus):
        raise AssistantError(" ".join(entry.why for entry in broken))
    added = sum(source.file is not None for source in load_catalogue(settings.corpus))
    return f"{added} in {settings.corpus / ADDED}"


def _model(settings: Settings) -> str:
    identity = SentenceEmbedder(settings.embedding).identity
    return f"{identity.model}, {identity.precision}, SHA-256 {identity.digest[:12]}… as expected"


def _disk(settings: Settings) -> str:
    folder = next(
        path for path in (settings.index.folder.resolve(), *settings.index.folder.resolve().parents) if path.exists()
    )
    free = shutil.disk_usage(folder).free // 2**20
    if free < LEAST_FREE_MB:
        raise AssistantError(
            f"only {free} MiB free at {folder}. Free {LEAST_FREE_MB} MiB, or set STEWARD_INDEX__FOLDER."
        )
    return f"{free} MiB free at {folder}"


def _index(settings: Settings) -> str:
    manifest = IndexStore(settings.index).examine(SentenceEmbedder(settings.embedding).identity)
    chunks = sum(entry.chunks for entry in manifest.texts.values())
    return (
        f"library version {manifest.library_version}, {chunks} chunks, built {manifest.built_at}; "
        f"all {len(manifest.files)} files unchanged"
    )


def _published(settings: Settings) -> str:
    newest = PublishedStore(str(settings.index.published)).current().generation
    is_here = newest == IndexStore(settings.index).current_id()
    where = "here too" if is_here else "not here yet; `steward serve` fetches it"
    return f"{newest} at {settings.index.published}, {where}"


def _cases(settings: Settings) -> str:
    store = find_cases(settings, migrate=False)
    if store is None:
        return "no database yet"
    try:
        people, cases = store.people.list(), store.list()
    finally:
        store.close()
    registered = [person for person in people if person.ended is None]
    reviewers = sum(may(person.role, "review") for person in registered)
    states = Counter(case.state for case in cases)
    return (
        f"{len(registered)} people registered, of whom {reviewers} can review; cases in the database: "
        f"{sum(case.in_force is not None for case in cases)} published, {states['draft'] + states['returned']} drafts, "
        f"{states['submitted'] + states['under-review']} in review, {states['retired']} retired"
    )


def _originals(settings: Settings) -> str:
    rows = {row.id: row.form for row in list_documents(settings)}
    fetched = with_originals(load_catalogue(settings.corpus))
    originals = sum(rows[source.id] == "original" for source in fetched)
    return f"{originals} of {len(fetched)} are searched; `steward fetch` downloads more (summaries are used until then)"
