"""Where a complete upload's bytes went, noted before they move: a restart finds them by it.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("sha256", sa.String(length=64), nullable=True))
