"""What boxes report is counted exactly once, whatever happens on the way."""

from __future__ import annotations

from app.house import House
from tests.player_api.box import Viewer, counted, now_ms, play_id, sums


def test_a_batch_sent_twice_counts_once(
    viewer: Viewer, house: House, library: dict[str, int]
) -> None:
    play = play_id(now_ms() - 60_000)
    batch = [
        viewer.event(play, library["选种"], [0, 20], watch_s=20),
        viewer.event(play, library["选种"], [20, 45], [10, 30], watch_s=45),
    ]
    first = viewer.send(*batch)
    assert first.json() == {"accepted": 2, "unchanged": 0, "refused": [], "next_beat_s": 60}
    before = counted(house)
    second = viewer.send(*batch)
    assert second.json() == {"accepted": 0, "unchanged": 2, "refused": [], "next_beat_s": 60}
    assert counted(house) == before
    assert sums(house) == {
        "plays": 1,
        "effective": 1,
        "completed": 0,
        "watch_ms": 45_000,
        "distinct_ms": 45_000,
    }
