"""The definitions' numbers are the numbers that count."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.house import House
from app.pages.texts import TEXTS
from catalog.editing import LEAST_COMPLETION_PERCENT
from catalog.tables import Lesson
from player_api import clock, events, invalid
from player_api.reports import definitions
from tests.reports.counted import Counted, add_plays, on


@pytest.mark.parametrize(
    ("seen_ms", "duration_ms", "counts"),
    [
        (definitions.COUNTED_ABOVE_MS, 60_000, (False, False, False)),
        (definitions.COUNTED_ABOVE_MS + 1, 60_000, (True, False, False)),
        (definitions.EFFECTIVE_MS - 1, 120_000, (True, False, False)),
        (definitions.EFFECTIVE_MS, 120_000, (True, True, False)),
        (20_000 * definitions.EFFECTIVE_PERCENT // 100 - 1, 20_000, (True, False, False)),
        (20_000 * definitions.EFFECTIVE_PERCENT // 100, 20_000, (True, True, False)),
        (100_000 * definitions.COMPLETE_PERCENT // 100 - 1, 100_000, (True, True, False)),
        (100_000 * definitions.COMPLETE_PERCENT // 100, 100_000, (True, True, True)),
    ],
)
def test_a_play_counts_from_the_defined_length_on(
    house: House, seen_ms: int, duration_ms: int, counts: tuple[bool, bool, bool]
) -> None:
    spans = ((0, seen_ms),)
    at = on("2026-03-01 10:00")
    add_plays(house, [Counted(box=1, at=at, spans=spans, duration_ms=duration_ms)])
    add_plays(
        house,
        [Counted(box=2, at=at, spans=spans, duration_ms=duration_ms, is_excluded=True)],
    )
    query = text("SELECT is_play, is_effective, is_complete FROM play ORDER BY box_no")
    with house.db.begin() as session:
        found = [tuple(row) for row in session.execute(query)]

    assert found == [counts, (False, False, False)]


def test_events_are_judged_by_the_defined_numbers() -> None:
    assert events.COUNTED_BELOW_SPEED == definitions.COUNTED_BELOW_SPEED
    assert clock.OLDEST_MS == definitions.OLDEST_DAYS * 24 * 3600 * 1000
    assert invalid.MOST_ACTIONS_A_DAY == definitions.MOST_ACTIONS_A_DAY
    assert invalid.MOST_ACTIONS_A_MINUTE == definitions.MOST_ACTIONS_A_MINUTE
    default = Lesson.__table__.c.completion_percent.server_default
    assert str(default.arg) == str(definitions.COMPLETE_PERCENT)  # type: ignore[union-attr]
    # A complete play is an effective one, of short lessons as well.
    assert LEAST_COMPLETION_PERCENT >= definitions.EFFECTIVE_PERCENT


def test_other_numbers_are_another_version() -> None:
    """A statement shows today's numbers as its own where its version is today's."""
    plain = {
        name: value
        for name, value in vars(definitions).items()
        if name.isupper() and name not in ("VERSION", "DEFINITIONS")
    }
    assert (definitions.VERSION, plain) == (
        "2026-11.3",
        {
            "LONGEST_PLAY_MS": 86_400_000,
            "COUNTED_ABOVE_MS": 3_000,
            "COUNTED_BELOW_SPEED": 3.0,
            "EFFECTIVE_MS": 30_000,
            "EFFECTIVE_PERCENT": 50,
            "COMPLETE_PERCENT": 90,
            "IDLE_MIN": 30,
            "MOST_ACTIONS_A_MINUTE": 60,
            "MOST_ACTIONS_A_DAY": 10_000,
            "MOST_WATCH_A_DAY_H": 24,
            "SMALLEST_GROUP": 2,
            "MOST_PEOPLE": 9_999,
            "OLDEST_DAYS": 30,
            "RETENTION_STEP_MS": 10_000,
            "SILENT_DAYS": 30,
        },
    )


@pytest.mark.parametrize("one", definitions.DEFINITIONS, ids=lambda one: one.key)
@pytest.mark.parametrize("language", [0, 1], ids=["zh", "en"])
def test_every_definition_says_all_its_numbers(one: definitions.Definition, language: int) -> None:
    words = dict(one.numbers, zone="Asia/Shanghai", beat_s=60)
    said = " ".join(
        TEXTS[f"define.{one.key}.{part}"][language].format(**words)
        for part in ("sentence", "formula", "excludes")
    )
    assert TEXTS[f"define.{one.key}"][language]
    for number in one.numbers.values():
        assert f"{number:,}" in said


def test_every_refusal_is_explained_in_both_languages() -> None:
    assert {f"refusal.{code}" for code in events.REFUSALS} <= TEXTS.keys()
