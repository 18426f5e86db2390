"""Which boxes stand where, as sets, for the coverage of regions.

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What changed since a roster was made is looked up by when it happened.
INDEXES = """
CREATE INDEX ix_box_region_valid_from ON box_region (valid_from)
    WHERE valid_from > '-infinity';
CREATE INDEX ix_box_registered_at ON box USING brin (registered_at);
CREATE INDEX ix_box_revoked_at ON box (revoked_at) WHERE revoked_at IS NOT NULL;
"""


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("boxes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_roster")),
    )
    op.execute(INDEXES)


def downgrade() -> None:
    op.execute(
        "DROP INDEX ix_box_revoked_at; DROP INDEX ix_box_registered_at;"
        " DROP INDEX ix_box_region_valid_from"
    )
    op.drop_table("roster")
