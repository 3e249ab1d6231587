"""Legal holds, and when feedback and rows of the log were added by the clock that decides when they go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, the column and the indexes."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("subject", name=op.f("uq_holds_subject")),
    )
    op.add_column("feedback", sa.Column("touched", moment, nullable=True))
    op.create_index(op.f("ix_feedback_touched"), "feedback", ["touched"])
    op.create_index(op.f("ix_audit_counted"), "audit", ["counted"])


def downgrade() -> None:
    """Drop them: nothing is held any more."""
    op.drop_index(op.f("ix_audit_counted"), "audit")
    op.drop_index(op.f("ix_feedback_touched"), "feedback")
    op.drop_column("feedback", "touched")
    op.drop_table("holds")
