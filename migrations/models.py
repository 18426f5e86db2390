"""All tables of the project, gathered for migrations and for the test that compares them."""

from __future__ import annotations

import transcode.tables  # noqa: F401
from app.db import Base

metadata = Base.metadata
