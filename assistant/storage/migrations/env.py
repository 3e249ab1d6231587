"""What Alembic runs: on the connection of `assistant.storage.database`, or on the database of the settings.

The latter is for developers' ``alembic revision --autogenerate``.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from assistant.settings import load_settings
from assistant.storage.database import open_database
from assistant.storage.schema import Base


def _run(connection: Connection) -> None:
    # SQLite can roll back table changes too, but Alembic assumes not. Its ALTER TABLE is limited: use batches.
    context.configure(
        connection=connection, target_metadata=Base.metadata, transactional_ddl=True, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    database = open_database(load_settings(), migrate=False)
    with database.connect() as connection:
        _run(connection)
    database.close()
