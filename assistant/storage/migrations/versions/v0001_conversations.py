"""Conversations, answers and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_reader"), "conversations", ["reader"])
    op.create_index(op.f("ix_conversations_updated"), "conversations", ["updated"])
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
            name=op.f("fk_answers_conversation_conversations"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("conversation", "position", name=op.f("uq_answers_conversation_position")),
    )
    op.create_table(
        "feedback",
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.Column("liked", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer", name=op.f("pk_feedback")),
        sa.ForeignKeyConstraint(
            ["answer"], ["answers.id"], name=op.f("fk_feedback_answer_answers"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop them, with their contents."""
    op.drop_table("feedback")
    op.drop_table("answers")
    op.drop_table("conversations")
