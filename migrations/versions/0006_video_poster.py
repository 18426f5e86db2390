"""Which of a video's poster candidates boxes show, and how many there are.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("video", sa.Column("posters", sa.Integer(), server_default="0", nullable=False))
    op.add_column("video", sa.Column("poster", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_video_poster"), "video", "poster >= 1")
    # The menu names posters, so it is another one after a choice.
    _watch("package_id, duration_ms, poster")


def downgrade() -> None:
    _watch("package_id, duration_ms")
    op.drop_column("video", "poster")
    op.drop_column("video", "posters")


def _watch(columns: str) -> None:
    op.execute("DROP TRIGGER catalogue_changed ON video")
    op.execute(
        f"CREATE TRIGGER catalogue_changed AFTER UPDATE OF {columns} ON video"
        " FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed()"
    )
