"""The operator's list of cards; forms of region codes guarded by the database.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CODE = "~ '^[0-9]{2,9}$'"
LEVEL = (
    "level = CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'prefecture'"
    " WHEN 6 THEN 'county' WHEN 9 THEN 'township' END"
)


def upgrade() -> None:
    op.create_table(
        "provision",
        sa.Column("card_number", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("model", sa.String(), server_default="", nullable=False),
        sa.Column(
            "listed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(card_number) BETWEEN 1 AND 64", name=op.f("ck_provision_card_number")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_provision_region_code_region")
        ),
        sa.PrimaryKeyConstraint("card_number", name=op.f("pk_provision")),
    )
    op.drop_constraint(op.f("ck_region_level"), "region")
    op.create_check_constraint(op.f("ck_region_level"), "region", LEVEL)
    op.create_check_constraint(op.f("ck_region_code"), "region", f"code {CODE}")
    op.create_check_constraint(op.f("ck_region_parent"), "region", "code LIKE parent_code || '_%'")
    op.create_check_constraint(op.f("ck_region_validity"), "region", "valid_to > valid_from")
    op.create_check_constraint(op.f("ck_box_region_code"), "box", f"region_code {CODE}")
    op.create_check_constraint(
        op.f("ck_box_region_region_code"), "box_region", f"region_code {CODE}"
    )
