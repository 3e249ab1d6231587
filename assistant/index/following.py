"""Takes what another machine publishes as the index of this one: fetched, checked, then put in place in one step."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from assistant.errors import AssistantError, IndexDamagedError, PublicationError
from assistant.index.layout import IN_USE, MANIFEST, GenerationFolder
from assistant.index.manifest import Manifest, OtherFormatError, manifest_from_json
from assistant.index.published import Publication, PublishedFile, PublishedStore
from assistant.index.sealing import seal_file
from assistant.index.store import IndexStore
from assistant.settings import IndexSettings

LOOK_S = 5.0
"""Time between two looks at what is published, in seconds; it doubles with each failure."""
MOST_LOOK_S = 30.0
LATE_S = 30.0
"""A store that has not answered one call for this time is said not to answer."""


class Follower:
    """Looks every few seconds, in a thread of its own; the current generation stays whatever goes wrong."""

    def __init__(self, settings: IndexSettings, differences: Callable[[Manifest], list[str]]) -> None:
        """``differences`` says why a generation cannot be used here, one phrase each.

        Raises:
            PublicationError: the address of the settings is not one that fsspec knows.
        """
        if settings.published is None:
            raise ValueError("STEWARD_INDEX__PUBLISHED is not set")
        self._local = IndexStore(settings)
        self._folder = settings.folder
        self._store = PublishedStore(settings.published)
        self._differences = differences
        self._newest = ""
        self._problem = "it was not looked at yet"
        self._stopping = threading.Event()

    def problem(self, generation: str) -> str:
        """Return why ``generation``, from which questions are answered, is not what is published, as a clause.

        Empty where it is.
        """
        asked = self._store.asked_at
        if asked is not None and time.monotonic() - asked > LATE_S:
            return "it does not answer"
        if not self._problem and generation != self._newest:
            return "it is here but cannot be opened"
        return self._problem

    def start(self) -> None:
        """Look now and then, until closed."""
        # A daemon: a dead network folder may hold it for ever.
        threading.Thread(target=self._run, name="follower", daemon=True).start()

    def close(self) -> None:
        """Look no further; a download under way is finished by the next start."""
        self._stopping.set()

    def look(self, *, anew: bool = False) -> None:
        """Take what is published, unless it is here; ``anew`` compares every file here too.

        Raises:
            LibraryIndexError: it cannot be fetched or used; nothing has changed.
            OSError: it cannot be saved.
        """
        try:
            found = self._store.current()
            if anew or not self._is_here(found.generation):
                found = self._take(found)
            else:
                self._local.forget_earlier()
        except (AssistantError, OSError) as error:
            self._problem = error.why if isinstance(error, PublicationError) else "it cannot be saved"
            raise
        self._newest, self._problem = found.generation, ""

    def _take(self, found: Publication) -> Publication:
        """Take a publication, or the one that replaced it meanwhile, and with it the files that were to come."""
        while True:
            try:
                self._local.take(found.generation, partial(self._fill, found))
            except PublicationError:
                newer = self._store.current()
                if newer == found:
                    raise
                found = newer
            else:
                return found

    def _is_here(self, generation: str) -> bool:
        try:
            return self._local.current_id() == generation
        except IndexDamagedError:  # what is published repairs it
            return False

    def _run(self) -> None:
        said, wait = "", LOOK_S
        log = logging.getLogger(__name__)
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:
                expected = isinstance(error, (AssistantError, OSError))
                if str(error) != said:
                    said = str(error)
                    words = "The library that answers stays as it is. %s"
                    log.warning(words, said if expected else type(error).__name__, exc_info=not expected)
                self._stopping.wait(wait)
                wait = min(2 * wait, MOST_LOOK_S)
                continue
            if said:
                log.warning("What is published can be fetched again.")
            said, wait = "", LOOK_S
            self._stopping.wait(wait)

    def _fill(self, publication: Publication, folder: GenerationFolder) -> None:
        """Complete the folder of a generation, the manifest last."""
        listing = self._store.listing(publication)
        if MANIFEST not in listing:
            raise self._wrong("it has no manifest")
        content = self._store.read(listing[MANIFEST])
        self._check_manifest(content, publication, listing)
        for path in folder.path.rglob("*"):  # of an attempt at an earlier publication of the same generation
            name = path.relative_to(folder.path).as_posix()
            if name not in (*listing, IN_USE) and not path.is_dir():
                path.unlink()
        missing = {
            name: file for name, file in listing.items() if name != MANIFEST and not _is_there(folder.path / name, file)
        }
        self._check_room(sum(file.size for file in missing.values()))
        for name, file in missing.items():
            self._store.save(file, folder.path / name)
        self._store.save(listing[MANIFEST], folder.manifest)

    def _check_manifest(self, content: bytes, publication: Publication, listing: dict[str, PublishedFile]) -> None:
        try:
            manifest = manifest_from_json(content.decode("utf-8", "surrogateescape"))
        except OtherFormatError as error:
            raise self._unusable(f"it has {error}") from error
        except ValueError as error:
            raise self._wrong(f"its manifest {error}") from error
        if differences := self._differences(manifest):
            raise self._unusable("; ".join(differences))
        sealed = {name: (seal.size, seal.sha256) for name, seal in manifest.files.items()}
        listed = {name: (file.size, file.sha256) for name, file in listing.items() if name in sealed}
        if manifest.generation != publication.generation or sealed != listed:
            raise self._wrong("its manifest lists other files")

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if needed > free:
            raise PublicationError(
                f"The published index needs {needed / 2**20:,.0f} MiB, and {free / 2**20:,.0f} MiB are free at "
                f"{self._folder}. Free some space, or set STEWARD_INDEX__FOLDER to a folder with more.",
                "there is no room for it",
            )

    def _unusable(self, what: str) -> PublicationError:
        return PublicationError(
            f"The published index cannot be used here: {what}. Bring both machines to the same version and settings.",
            "it was built by another version or with other settings",
        )

    def _wrong(self, what: str) -> PublicationError:
        return PublicationError(
            f"The published index is damaged: {what}. Publish it again with `steward publish --again`.", "it is damaged"
        )


def _is_there(path: Path, file: PublishedFile) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != file.size:
        return False
    return seal_file(path).sha256 == file.sha256
