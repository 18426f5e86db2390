"""All tables of the project, gathered for migrations and for the test that compares them."""

from __future__ import annotations

import app.accounts.tables
import catalog.tables
import player_api.tables
import transcode.tables  # noqa: F401
from app.db import Base

metadata = Base.metadata
