"""All tables of the project, gathered for migrations and for the test that compares them."""

from __future__ import annotations

from app.accounts import tables as accounts
from app.db import Base
from catalog import tables as catalogue
from player_api import cmcd_tables as cmcd
from player_api import searches
from player_api import tables as player
from player_api.reports import tables as reports
from transcode import tables as media

PARTS = (accounts, catalogue, player, cmcd, searches, reports, media)
metadata = Base.metadata
