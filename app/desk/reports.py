"""The desk's pages beside the figures themselves, each with a file of its table."""

from __future__ import annotations

from fastapi import APIRouter

from app.desk import coverage, definitions, flags, groups, live, receipts, retention, searches

router = APIRouter()
for page in (live, retention, coverage, groups, searches, receipts, flags, definitions):
    router.include_router(page.router)
