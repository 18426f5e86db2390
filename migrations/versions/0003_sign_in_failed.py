"""Index of failed attempts to sign in, which are counted before each new one.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_entry_sign_in_failed_at",
        "audit_entry",
        ["at"],
        postgresql_where=sa.text("action = 'sign_in_failed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entry_sign_in_failed_at", "audit_entry")
