"""People who sign in, the sessions of their browsers and the tokens of their programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table; people who have a key keep it."""
    op.add_column("people", sa.Column("account", sa.String(64), nullable=True))
    # SQLite adds no constraint to a table that is there, but an index.
    op.create_index(op.f("ix_people_account"), "people", ["account"], unique=True)
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("given", moment, nullable=False),
        sa.Column("used", moment, nullable=False),
        sa.Column("expires", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_credentials_person_people")),
    )
    op.create_index(op.f("ix_credentials_digest"), "credentials", ["digest"], unique=True)
    op.create_index(op.f("ix_credentials_person"), "credentials", ["person"])


def downgrade() -> None:
    """Drop both: nobody is signed in any more."""
    op.drop_table("credentials")
    op.drop_index(op.f("ix_people_account"), "people")
    op.drop_column("people", "account")
