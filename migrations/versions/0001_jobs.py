"""The task queue's own tables (Procrastinate), as its library defines them.

Revision: 0001. When the library is raised and brings migrations, a new revision applies those,
and checks first whether a fresh installation already has them from here.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Many statements at once and a literal per cent sign: past SQLAlchemy, to the driver itself.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(SchemaManager.get_schema())
