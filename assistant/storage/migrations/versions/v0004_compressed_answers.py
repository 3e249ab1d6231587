"""Answers compressed by Brotli."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brotli
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 100
"""Answers in memory at the same time."""


def upgrade() -> None:
    """Compress each answer as it is; rebuild no table.

    SQLite would delete the feedback with the old table of answers.
    """
    _convert(
        sa.LargeBinary(), sa.Text(), lambda words: brotli.compress(words.encode(), mode=brotli.MODE_TEXT, quality=5)
    )


def downgrade() -> None:
    """Decompress each."""
    _convert(sa.Text(), sa.LargeBinary(), lambda packed: brotli.decompress(packed).decode())


def _convert(new: sa.types.TypeEngine[Any], old: sa.types.TypeEngine[Any], change: Callable[[Any], Any]) -> None:
    # SQLite adds a required column only with a default; nothing uses it.
    op.add_column("answers", sa.Column("converted", new, nullable=False, server_default=""))
    answers = sa.table("answers", sa.column("id"), sa.column("record", old), sa.column("converted", new))
    convert = answers.update().where(answers.c.id == sa.bindparam("own")).values(converted=sa.bindparam("value"))
    some = sa.select(answers.c.id, answers.c.record).order_by(answers.c.id).limit(_AT_ONCE)
    connection, last = op.get_bind(), -1
    while rows := connection.execute(some.where(answers.c.id > last)).all():
        connection.execute(convert, [{"own": row.id, "value": change(row.record)} for row in rows])
        last = rows[-1].id
    op.drop_column("answers", "record")
    op.alter_column("answers", "converted", new_column_name="record")
