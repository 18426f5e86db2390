"""Work for which the disk has no room waits, says so, and goes on by itself."""

from __future__ import annotations

from pathlib import Path

from app.house import House
from tests.pipeline.following import send, video_of, wait_for
from tests.service import Service, wait_until
from tests.studio.films import add_video
from tests.visiting import open_site
from transcode import admission


def test_a_film_waits_for_room_says_so_and_goes_on(
    house: House, service: Service, clip: Path
) -> None:
    service.env["NONGKE_RESERVE_BYTES"] = str(10**15)
    video_id = send(house, clip)
    service.start_worker()
    video = wait_until(
        lambda: (v := video_of(house, video_id)).waiting and v,
        what="the video to wait",
        gone=service._gone("worker"),
    )
    assert video.state == "queued"
    assert video.waiting and video.waiting["needs_bytes"] > 1_000_000
    with open_site(house) as site:
        assert "磁盘空间不足，等待中：需要 " in site.visitor("editor").get("/studio/videos").text

    service.kill("worker")
    service.env["NONGKE_RESERVE_BYTES"] = "0"
    service.start_worker()
    assert wait_for(house, service, video_id, "ready", "failed").state == "ready"
    assert video_of(house, video_id).waiting is None


def test_what_is_promised_to_one_video_is_not_promised_to_another(house: House) -> None:
    needs_bytes = admission.room_bytes(house) * 6 // 10
    with house.db.begin() as session:
        first, second = (add_video(session, state="queued") for _ in range(2))
        assert admission.admit_video(session, house, first, needs_bytes)
        assert not admission.admit_video(session, house, second, needs_bytes)
        assert second.waiting and second.waiting["free_bytes"] < needs_bytes

        first.state = "cancelled"
        session.flush()
        assert admission.admit_video(session, house, second, needs_bytes)
        assert second.waiting is None


def test_a_film_that_is_half_done_counts_for_what_is_left(house: House) -> None:
    room_bytes = admission.room_bytes(house)
    with house.db.begin() as session:
        first, second = (add_video(session, state="encoding") for _ in range(2))
        assert admission.admit_video(session, house, first, room_bytes * 6 // 10)
        first.percent = 99
        session.flush()
        assert admission.admit_video(session, house, second, room_bytes * 6 // 10)
