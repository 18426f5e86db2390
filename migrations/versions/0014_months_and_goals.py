"""The months in which a course matters, and what one learns in it.

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "course",
        sa.Column(
            "months", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "course",
        sa.Column("goals", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_course_months"),
        "course",
        "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]::smallint[]",
    )
    op.create_check_constraint(op.f("ck_course_goals"), "course", "cardinality(goals) <= 4")


def downgrade() -> None:
    op.drop_column("course", "goals")
    op.drop_column("course", "months")
