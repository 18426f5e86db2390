"""Which tally answers a question: the smallest that has it, and every day of it once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.asked import Asked
from app.desk.sources import Key, pieces_of, whole_months

SUMMER = (date(2025, 5, 20), date(2025, 8, 31))
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("region", "key", "is_everything", "sources"),
    [
        ("", "day", True, ["prefecture_hour"]),
        ("5203", "week", True, ["prefecture_hour"]),
        ("520302", "week", True, ["place"]),
        ("520302001", "month", True, ["place"]),
        ("", "total", True, ["prefecture_hour"]),
        ("", "region", True, ["prefecture_hour"]),
        ("520302", "total", True, ["place", "month"]),
        ("5203", "region", True, ["place", "month"]),
        ("520302", "region", True, ["place"]),
        ("", "hour", True, ["prefecture_hour"]),
        ("5203", "weekhour", True, ["prefecture_hour"]),
        ("520302", "hour", True, ["hour"]),
        ("520302001", "hour", True, ["play"]),
        ("", "weekhour", False, ["play"]),
        ("", "course", True, ["lesson", "prefecture_month"]),
        ("5203", "lesson", False, ["lesson"]),
        ("5203", "day", False, ["lesson"]),
        ("520302", "course", True, ["play", "month"]),
        ("5203", "region", False, ["play", "month"]),
        ("520302", "day", False, ["play"]),
        ("520302001", "course", True, ["play"]),
    ],
)
def test_a_question_takes_the_smallest_tally_that_has_it(
    region: str, key: Key, is_everything: bool, sources: list[str]
) -> None:
    asked = Asked(start=SUMMER[0], end=SUMMER[1], region=region)

    pieces = pieces_of(asked, key, is_everything=is_everything)

    assert [piece.source for piece in pieces] == sources


@given(start=days, length=st.integers(0, 730), region=st.sampled_from(["", "5203", "520302"]))
def test_the_pieces_have_every_day_once(start: date, length: int, region: str) -> None:
    asked = Asked(start=start, end=start + timedelta(days=length), region=region)

    found: list[date] = []
    for piece in pieces_of(asked, "course", is_everything=True):
        end = piece.end
        if piece.source in ("month", "prefecture_month"):
            end = (end + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found += [piece.start + timedelta(days=n) for n in range((end - piece.start).days + 1)]

    assert found == [asked.start + timedelta(days=n) for n in range(asked.days)]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2025-05-20", "2025-08-31", ("2025-06-01", "2025-08-01")),
        ("2025-05-01", "2025-05-31", ("2025-05-01", "2025-05-01")),
        ("2025-05-01", "2025-05-30", None),
        ("2025-05-02", "2025-06-29", None),
        ("2024-02-01", "2024-02-29", ("2024-02-01", "2024-02-01")),
        ("2024-12-31", "2025-01-31", ("2025-01-01", "2025-01-01")),
    ],
)
def test_only_whole_months_come_from_the_months(
    start: str, end: str, months: tuple[str, str] | None
) -> None:
    found = whole_months(date.fromisoformat(start), date.fromisoformat(end))

    assert found == (months and tuple(map(date.fromisoformat, months)))


@pytest.mark.parametrize(
    ("end", "hours", "over", "before"),
    [
        # A period that is over is compared whole.
        ("2025-06-09", 14, ("2025-06-03", "2025-06-09", None), ("2025-05-27", "2025-06-02")),
        # One that ends today, to the full hour where there is a tally; else up to yesterday.
        ("2025-06-10", 14, ("2025-06-03", "2025-06-10", 14), ("2025-05-26", "2025-06-02")),
        ("2025-06-10", 0, ("2025-06-03", "2025-06-09", None), ("2025-05-26", "2025-06-01")),
        # Of one that reaches into the future, as much as has passed.
        ("2025-06-30", 14, ("2025-06-03", "2025-06-10", 14), ("2025-05-06", "2025-05-13")),
    ],
)
def test_a_period_that_still_runs_is_compared_as_far_as_it_is_over(
    end: str, hours: int, over: tuple[str, str, int | None], before: tuple[str, str]
) -> None:
    asked = Asked(start=date(2025, 6, 3), end=date.fromisoformat(end))

    found = asked.elapsed(date(2025, 6, 10), hours)
    earlier = found.earlier(asked.days)

    assert (found.start.isoformat(), found.end.isoformat(), found.hours) == over
    assert (earlier.start.isoformat(), earlier.end.isoformat()) == before
    assert earlier.hours == found.hours


def test_a_period_that_has_only_begun_has_nothing_to_compare() -> None:
    asked = Asked(start=date(2025, 6, 10), end=date(2025, 6, 10))

    assert pieces_of(asked.elapsed(date(2025, 6, 10), 0), "course", is_everything=True) == []


def test_a_leap_day_is_compared_with_the_28th() -> None:
    asked = Asked(start=date(2024, 2, 29), end=date(2024, 3, 1))

    assert (asked.year_before.start, asked.year_before.end) == (date(2023, 2, 28), date(2023, 3, 1))
    assert (asked.previous.start, asked.previous.end) == (date(2024, 2, 27), date(2024, 2, 28))
