"""A file arrives whole, wherever it was interrupted."""

from __future__ import annotations

import signal

from sqlalchemy import select

from app.house import House
from tests.service import Service, wait_until
from tests.uploads.client import Tus
from transcode.tables import Upload, Video

MIB = 1024 * 1024


def stored(house: House, path: str) -> bytes:
    """The bytes of a finished upload as the storage has them."""
    with house.db.begin() as session:
        upload = session.get_one(Upload, path.rpartition("/")[2])
        assert upload.video_id is not None
        key = session.get_one(Video, upload.video_id).source.key
    with house.storage.open(key) as file:
        return file.read()


def test_a_file_in_two_pieces_becomes_a_video(editor: Tus, house: House, content: bytes) -> None:
    path = editor.begin(len(content), course="12")
    half = len(content) // 2
    first = editor.patch(path, 0, content[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    last = editor.patch(path, half, content[half:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(content)))
    assert stored(house, path) == content
    with house.db.begin() as session:
        video = session.execute(select(Video)).scalar_one()
        upload = session.execute(select(Upload)).scalar_one()
    assert (video.filename, video.state) == ("养羊.mp4", "uploaded")
    assert last.headers["Nongke-Video"] == str(video.id)
    assert (upload.owner, upload.labels["course"]) == ("杨老师", "12")
    assert list(house.settings.uploads_dir.iterdir()) == []


def test_a_line_that_breaks_off_loses_nothing_that_arrived(
    editor: Tus, house: House, content: bytes
) -> None:
    path = editor.begin(len(content))
    with editor.begin_patch(path, 0, len(content)) as line:
        line.sendall(content[: 5 * MIB])
        wait_until(lambda: part_size(house) >= 4 * MIB, what="the bytes on the disk")
    offset = wait_until(lambda: editor.offset(path), what="the offset after the break")
    assert 4 * MIB <= offset <= 5 * MIB
    assert editor.patch(path, offset, content[offset:]).status_code == 204
    assert stored(house, path) == content


def test_a_killed_server_goes_on_from_what_it_had_written(
    service: Service, editor: Tus, house: House, content: bytes
) -> None:
    path = editor.begin(len(content))
    with editor.begin_patch(path, 0, len(content)) as line:
        line.sendall(content[: 18 * MIB])
        wait_until(lambda: part_size(house) >= 17 * MIB, what="the bytes on the disk")
        service.kill("server")
    service.start_server()
    offset = editor.offset(path)
    assert 16 * MIB <= offset <= 18 * MIB
    assert editor.patch(path, offset, content[offset:]).status_code == 204
    assert stored(house, path) == content


def test_a_stopped_server_keeps_what_has_come(
    service: Service, editor: Tus, house: House, content: bytes
) -> None:
    path = editor.begin(len(content))
    with editor.begin_patch(path, 0, len(content)) as line:
        line.sendall(content[: 3 * MIB])
        wait_until(lambda: part_size(house) >= 2 * MIB, what="the bytes on the disk")
        service.kill("server", signal.SIGTERM)
    service.start_server()
    assert 2 * MIB <= editor.offset(path) <= 3 * MIB


def test_a_sender_who_vanished_gives_way_when_it_returns(
    editor: Tus, house: House, content: bytes
) -> None:
    path = editor.begin(len(content))
    with editor.begin_patch(path, 0, len(content)) as line:
        line.sendall(content[: 2 * MIB])
        wait_until(lambda: part_size(house) >= MIB, what="the bytes on the disk")
        # The line stays open, as it does when a network goes away without a word.
        first_byte = wait_until(lambda: taken_over(editor, path), what="the turn")
    assert editor.patch(path, first_byte, content[first_byte:]).status_code == 204
    assert stored(house, path) == content


def taken_over(editor: Tus, path: str) -> int | None:
    """The offset, once a request without bytes was let in."""
    offset = editor.offset(path)
    answer = editor.patch(path, offset, b"")
    if answer.status_code == 409:
        return int(answer.headers["Upload-Offset"])
    return offset if answer.status_code == 204 else None


def part_size(house: House) -> int:
    """Bytes in the only part file."""
    return sum(path.stat().st_size for path in house.settings.uploads_dir.glob("*.part"))
