"""Where the database is: the URL of the settings, and how it is shown without its secrets."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from assistant.errors import StorageError
from assistant.settings import Settings

FILE = "steward.db"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def database_url(settings: Settings) -> URL:
    """Return the URL in use, with its driver.

    Raises:
        StorageError: it cannot be read, or names another kind of database; the message does not repeat it.
    """
    if settings.storage.url is None:
        return URL.create("sqlite", database=str((settings.index.folder / FILE).absolute()))
    forms = "set it to `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`"
    try:
        url = make_url(settings.storage.url.get_secret_value())
    except (ArgumentError, ValueError):
        # Not chained: the cause can quote the password.
        raise StorageError(f"STEWARD_STORAGE__URL cannot be read; {forms}.") from None
    if url.drivername not in _DRIVERS:
        raise StorageError(f"STEWARD_STORAGE__URL names a database of the kind {url.drivername!r}; {forms}.")
    if url.get_backend_name() == "sqlite" and (url.database or ":").startswith((":", "file:")):
        raise StorageError(f"STEWARD_STORAGE__URL names no file; {forms}.")
    return url.set(drivername=_DRIVERS[url.drivername])


def place_of(url: URL) -> str:
    """Return path or address, without secrets."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    # Options can hold secrets too.
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
