"""A clock by which conversations age, and when each was last touched by it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the clock of a new database begins: any time will do, but not one from a clock that may be wrong."""


def upgrade() -> None:
    """Add the clock, which begins at the newest conversation, and the column; rebuild no table.

    SQLite would delete the answers with the old table of conversations.
    """
    moment = sa.DateTime(timezone=True)
    op.add_column("conversations", sa.Column("touched", moment, nullable=True))
    conversations = sa.table("conversations", sa.column("updated", moment), sa.column("touched", moment))
    op.execute(conversations.update().values(touched=conversations.c.updated))
    op.drop_index(op.f("ix_conversations_updated"), "conversations")
    op.create_index(op.f("ix_conversations_touched"), "conversations", ["touched"])
    clock = op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counted", moment, nullable=False),
        sa.Column("seen", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    newest = op.get_bind().scalar(sa.select(sa.func.max(conversations.c.updated))) or _BEGINNING
    op.bulk_insert(clock, [{"id": 1, "counted": newest, "seen": newest}])


def downgrade() -> None:
    """Drop both; conversations age by the system clock again."""
    op.drop_table("clock")
    op.drop_index(op.f("ix_conversations_touched"), "conversations")
    op.create_index(op.f("ix_conversations_updated"), "conversations", ["updated"])
    op.drop_column("conversations", "touched")
