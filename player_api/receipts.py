"""Receipts for events: what became of each, by the day of its arrival and its box's region."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from player_api.sorting import Request
from player_api.steps import Statement, as_array

RECEIPTS = (Path(__file__).parent / "receipts.sql").read_text()
REFUSALS = (Path(__file__).parent / "refusals.sql").read_text()
OUTCOMES = ("counted", "unchanged", "late", "invalid_user", "refused")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of the events of one request; together they are all of its events.

    late: they tell of a month that is frozen. invalid_user: of a flagged day of the box.
    refused: their codes.
    """

    counted: int
    unchanged: int
    late: int
    invalid_user: int
    refused: Counter[str] = field(default_factory=Counter)


def receipt_statements(
    requests: list[Request], outcomes: list[Outcome], zone: ZoneInfo
) -> list[Statement]:
    """Statements that add the outcomes to the receipts."""
    events: Counter[tuple[date, str, str]] = Counter()
    refusals: Counter[tuple[date, str, str]] = Counter()
    for request, outcome in zip(requests, outcomes, strict=True):
        day = datetime.fromtimestamp(request.received_ms / 1000, zone).date()
        where = (day, request.box.region_code)
        for name in ("counted", "unchanged", "late", "invalid_user"):
            events[*where, name] += getattr(outcome, name)
        events[*where, "refused"] += outcome.refused.total()
        for code, refused in outcome.refused.items():
            refusals[*where, code] += refused
    places = sorted({key[:2] for key in events if events[key]})
    receipts = {
        "day": as_array(day for day, _ in places),
        "region_code": [region for _, region in places],
        **{name: as_array(events[*place, name] for place in places) for name in OUTCOMES},
    }
    statements: list[Statement] = [(RECEIPTS, receipts)] if places else []
    if refusals:
        codes = sorted(refusals)
        columns = {
            "day": [day for day, _, _ in codes],
            "region_code": [region for _, region, _ in codes],
            "code": [code for _, _, code in codes],
            "events": [refusals[key] for key in codes],
        }
        statements.append((REFUSALS, columns))
    return statements
