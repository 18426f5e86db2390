"""tus 1.0 word by word, at one running server."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.house import House
from tests.service import wait_until
from tests.uploads.client import BYTES_TYPE, Tus, checksum, metadata
from tests.uploads.conftest import LIMIT_BYTES
from transcode.tables import Upload

SMALL = b"some bytes of a film"


def row(house: House, path: str) -> Upload:
    with house.db.begin() as session:
        return session.get_one(Upload, path.rpartition("/")[2])


def left_on_disk(house: House, path: str) -> list[str]:
    folder = house.settings.uploads_dir
    return [each.name for each in folder.glob(f"{path.rpartition('/')[2]}.*")]


def test_the_server_says_what_it_can(tus: Tus) -> None:
    answer = tus.send("OPTIONS", "/api/uploads", headers={"Tus-Resumable": ""})
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        *("creation", "creation-with-upload", "checksum", "expiration", "termination")
    }
    assert {"sha1", "sha256", "md5"} == set(answer.headers["Tus-Checksum-Algorithm"].split(","))
    assert answer.headers["Tus-Max-Size"] == str(LIMIT_BYTES)


@pytest.mark.parametrize("version", ["", "0.2.2"])
def test_another_version_is_refused(tus: Tus, version: str) -> None:
    path = tus.begin(10)
    for method, place in (("POST", "/api/uploads"), ("HEAD", path), ("PATCH", path)):
        answer = tus.send(method, place, headers={"Tus-Resumable": version})
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"


def test_a_new_upload_has_an_address_an_offset_and_an_end(tus: Tus, shared: House) -> None:
    created = tus.create(len(SMALL), "培训\\第一课 养羊.mp4", course="207")
    assert created.status_code == 201
    assert created.headers["Tus-Resumable"] == "1.0.0"
    head = tus.head(created.headers["Location"])
    assert head.status_code == 200
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("0", "20")
    assert head.headers["Cache-Control"] == "no-store"
    ends_at = parsedate_to_datetime(head.headers["Upload-Expires"])
    assert timedelta(hours=71) < ends_at - datetime.now(UTC) <= timedelta(hours=72)
    upload = row(shared, created.headers["Location"])
    assert (upload.filename, upload.labels["course"]) == ("第一课 养羊.mp4", "207")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "upload_header_wrong"),
        ({"Upload-Length": "-1"}, 400, "upload_header_wrong"),
        ({"Upload-Length": "many"}, 400, "upload_header_wrong"),
        ({"Upload-Length": "9" * 30}, 400, "upload_header_wrong"),
        ({"Upload-Length": "0"}, 400, "empty_file"),
        ({"Upload-Defer-Length": "1"}, 400, "length_deferred"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename !"}, 400, "upload_header_wrong"),
        ({"Upload-Length": "5", "Upload-Metadata": "a MQ==,a MQ=="}, 400, "upload_header_wrong"),
        ({"Upload-Length": "5", "Upload-Metadata": "a /w=="}, 400, "upload_header_wrong"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_reason(
    tus: Tus, headers: dict[str, str], status: int, code: str
) -> None:
    answer = tus.send("POST", "/api/uploads", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_file_above_the_limit_is_refused_before_its_first_byte(tus: Tus) -> None:
    answer = tus.create(LIMIT_BYTES + 1)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert "超过上限 29 MB" in answer.json()["detail"]
    assert tus.create(LIMIT_BYTES).status_code == 201


def test_bytes_that_do_not_join_on_are_refused(tus: Tus) -> None:
    path = tus.begin(len(SMALL))
    tus.patch(path, 0, SMALL[:8])
    for offset in (0, 7, 9, 20):
        answer = tus.patch(path, offset, b"xx")
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_conflict")
        assert answer.headers["Upload-Offset"] == "8"
    assert tus.offset(path) == 8


def test_more_bytes_than_announced_are_refused(tus: Tus, shared: House) -> None:
    path = tus.begin(len(SMALL))

    def unannounced() -> Iterator[bytes]:
        yield SMALL + b"!"

    for body in (SMALL + b"!", unannounced()):
        assert tus.patch(path, 0, body).status_code == 413
    assert tus.offset(path) == 0
    assert tus.patch(path, 0, SMALL).status_code == 204


def test_bytes_must_be_marked_as_such(tus: Tus) -> None:
    path = tus.begin(len(SMALL))
    answer = tus.patch(path, 0, SMALL, Content_Type="application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_wrong")
    answer = tus.send("PATCH", path, content=SMALL, headers={"Content-Type": BYTES_TYPE})
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_header_wrong")


@pytest.mark.parametrize("name", ["0192f0c4-7a60-7b1e-9c3d-5e8f2a6b4c1d", "no-id", "%2e%2e"])
def test_an_unknown_upload_is_not_found(tus: Tus, name: str) -> None:
    path = f"/api/uploads/{name}"
    answers = [tus.head(path), tus.patch(path, 0, b"x"), tus.send("DELETE", path)]
    assert {answer.status_code for answer in answers} == {404}


def test_an_upload_is_its_owners_alone(tus: Tus, shared: House) -> None:
    from tests.uploads.client import sign_in

    path = tus.begin(len(SMALL))
    other = sign_in(shared, tus.url, f"别人{uuid4().hex[:6]}")
    assert other.head(path).status_code == 404
    assert other.patch(path, 0, SMALL).status_code == 404
    assert other.send("DELETE", path).status_code == 404
    stranger = Tus(url=tus.url)
    assert stranger.create(10).status_code == 401
    assert stranger.patch(path, 0, SMALL).status_code == 401
    assert tus.patch(path, 0, SMALL).status_code == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_damaged_bytes_do_not_count(tus: Tus, algorithm: str) -> None:
    body = random.Random(algorithm).randbytes(3_000_000)
    path = tus.begin(len(body))
    good = {"Upload_Checksum": checksum(algorithm, body[:1_500_000])}
    damaged = tus.patch(path, 0, b"?" + body[1:1_500_000], **good)
    assert (damaged.status_code, damaged.json()["code"]) == (460, "checksum_mismatch")
    assert tus.offset(path) == 0
    assert tus.patch(path, 0, body[:1_500_000], **good).status_code == 204
    wrong_end = tus.patch(path, 1_500_000, body[1_500_000:], **good)
    assert wrong_end.status_code == 460
    assert tus.offset(path) == 1_500_000
    good = {"Upload_Checksum": checksum(algorithm, body[1_500_000:])}
    last = tus.patch(path, 1_500_000, body[1_500_000:], **good)
    assert (last.status_code, "Nongke-Video" in last.headers) == (204, True)


def test_checked_bytes_that_broke_off_do_not_count(tus: Tus, shared: House) -> None:
    body = random.Random(2).randbytes(4_000_000)
    path = tus.begin(len(body))
    checked = Tus(tus.url, {**tus.headers, "Upload-Checksum": checksum("sha1", body)})
    with checked.begin_patch(path, 0, len(body)) as line:
        line.sendall(body[:3_000_000])
        wait_until(lambda: left_on_disk(shared, path), what="the lock")
    wait_until(lambda: tus.patch(path, 0, b"").status_code == 204, what="the end of the request")
    assert tus.offset(path) == 0
    assert checked.patch(path, 0, body).status_code == 204


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1", "sha1 !!", "sha1 AAAA", "sha512 AA=="])
def test_a_checksum_that_cannot_be_checked_is_refused(tus: Tus, header: str) -> None:
    path = tus.begin(len(SMALL))
    answer = tus.patch(path, 0, SMALL, Upload_Checksum=header)
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_header_wrong")
    assert tus.offset(path) == 0


def test_an_upload_given_up_is_gone_with_its_bytes(tus: Tus, shared: House) -> None:
    path = tus.begin(len(SMALL))
    tus.patch(path, 0, SMALL[:5])
    assert left_on_disk(shared, path)
    assert tus.send("DELETE", path).status_code == 204
    assert left_on_disk(shared, path) == []
    assert tus.head(path).status_code == 404


def test_giving_up_ends_the_request_that_is_still_sending(tus: Tus, shared: House) -> None:
    path = tus.begin(LIMIT_BYTES)
    with tus.begin_patch(path, 0, LIMIT_BYTES) as line:
        line.sendall(bytes(2_000_000))
        wait_until(lambda: left_on_disk(shared, path), what="the first bytes")
        assert tus.send("DELETE", path).status_code == 204
        line.settimeout(30)
        assert b" 503 " in line.recv(200)
    assert left_on_disk(shared, path) == []


def test_methods_may_come_as_a_header_of_post(tus: Tus) -> None:
    path = tus.begin(len(SMALL))

    def post(method: str, **more: object) -> int:
        headers = {"X-HTTP-Method-Override": method, **more.pop("headers", {})}  # type: ignore[dict-item]
        return tus.send("POST", path, headers=headers, **more).status_code

    bytes_of = {"Content-Type": BYTES_TYPE, "Upload-Offset": "0"}
    assert post("PATCH", headers=bytes_of, content=SMALL[:9]) == 204
    assert post("PATCH", headers=bytes_of, content=SMALL[:9]) == 409
    assert tus.offset(path) == 9
    assert post("HEAD") == 200
    assert post("DELETE") == 204
    assert tus.head(path).status_code == 404
    assert post("PUT") == 400


def test_the_first_bytes_may_come_with_the_creation(tus: Tus) -> None:
    headers = {
        "Upload-Length": str(len(SMALL)),
        "Upload-Metadata": metadata(filename="一.mp4"),
        "Content-Type": BYTES_TYPE,
    }
    some = tus.send("POST", "/api/uploads", headers=headers, content=SMALL[:6])
    assert (some.status_code, some.headers["Upload-Offset"]) == (201, "6")
    assert tus.offset(some.headers["Location"]) == 6
    whole = tus.send("POST", "/api/uploads", headers=headers, content=SMALL)
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, "20")
    assert "Nongke-Video" in whole.headers


def test_two_requests_cannot_send_one_upload_at_once(tus: Tus) -> None:
    path = tus.begin(LIMIT_BYTES)
    second_is_done = threading.Event()
    sending = threading.Event()

    def steadily() -> Iterator[bytes]:
        while not second_is_done.is_set():
            yield bytes(1000)
            sending.set()
            second_is_done.wait(0.05)

    first = threading.Thread(target=tus.patch, args=(path, 0, steadily()))
    first.start()
    try:
        assert sending.wait(30)
        busy = wait_until(lambda: refused(tus, path), what="the first one's lock")
    finally:
        second_is_done.set()
        first.join()
    assert busy["code"] == "upload_busy"
    assert tus.offset(path) > 0


def refused(tus: Tus, path: str) -> dict[str, str] | None:
    answer = tus.patch(path, 0, b"")
    return answer.json() if answer.status_code == 423 else None


def test_the_same_film_twice_is_stored_once(tus: Tus, shared: House) -> None:
    body = random.Random(5).randbytes(2_000_000)
    videos = set()
    for name in ("一.mp4", "二.mp4"):
        path = tus.begin(len(body), filename=name)
        videos.add(tus.patch(path, 0, body).headers["Nongke-Video"])
        assert left_on_disk(shared, path) == []
    assert len(videos) == 1
    twice = [each for each in shared.storage.list("sources/") if each.size_bytes == len(body)]
    assert len(twice) == 1


def test_a_finished_upload_stays_finished(tus: Tus) -> None:
    path = tus.begin(len(SMALL))
    first = tus.patch(path, 0, SMALL)
    again = tus.patch(path, 0, SMALL)
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, "20")
    empty = tus.patch(path, 20, b"")
    head = tus.head(path)
    assert (empty.status_code, head.headers["Upload-Offset"]) == (204, "20")
    videos = {each.headers["Nongke-Video"] for each in (first, empty, head)}
    assert len(videos) == 1


def test_an_upload_that_nobody_continued_is_gone_and_gives_back_its_space(
    tus: Tus, shared: House
) -> None:
    path = tus.begin(len(SMALL))
    tus.patch(path, 0, SMALL[:5])
    with shared.db.begin() as session:
        late = datetime.now(UTC) - timedelta(minutes=1)
        name = path.rpartition("/")[2]
        session.execute(update(Upload).where(Upload.id == name).values(expires_at=late))
    for answer in (tus.head(path), tus.patch(path, 5, SMALL[5:])):
        assert answer.status_code == 410
    assert left_on_disk(shared, path)
    tus.begin(10)
    assert left_on_disk(shared, path) == []
    assert tus.head(path).status_code == 404


def test_bytes_that_belong_to_no_upload_are_swept(tus: Tus, shared: House) -> None:
    stray = shared.settings.uploads_dir / f"{uuid4()}.part"
    foreign = shared.settings.uploads_dir / "notes.txt"
    living = tus.begin(len(SMALL))
    tus.patch(living, 0, SMALL[:5])
    for path in (stray, foreign):
        path.write_bytes(b"left")
    tus.begin(10)
    assert (stray.exists(), foreign.exists()) == (False, True)
    assert tus.patch(living, 5, SMALL[5:]).status_code == 204


def test_bytes_lost_from_the_disk_are_asked_for_again(tus: Tus, shared: House) -> None:
    path = tus.begin(len(SMALL))
    tus.patch(path, 0, SMALL[:12])
    [part] = shared.settings.uploads_dir.glob(f"{path.rpartition('/')[2]}.part")
    part.write_bytes(SMALL[:7])
    answer = tus.patch(path, 12, SMALL[12:])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "7")
    assert tus.patch(path, 7, SMALL[7:]).status_code == 204
    digest = row(shared, path).sha256
    with shared.storage.open(f"sources/{digest}") as file:
        assert file.read() == SMALL
