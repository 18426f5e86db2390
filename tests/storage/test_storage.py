"""What a storage promises, on a folder and on S3."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from app.s3_storage import S3Storage
from app.storage import BadKey, FolderStorage, ObjectNotFound, Storage, open_storage
from tests.s3 import rclone_s3
from tests.service import ROOT, wait_until

BIG = 20_000_000  # more than boto3 sends in one piece


@pytest.fixture(scope="module")
def s3_variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with rclone_s3(tmp_path_factory.mktemp("s3")) as variables:
        yield variables


@pytest.fixture(scope="module")
def bucket(s3_variables: dict[str, str]) -> S3Storage:
    """The test bucket; each test takes a prefix of its own in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_variables.items():
            patch.setenv(name, value)
        opened = open_storage("s3://nongke/any", Path(), "/media/")
    assert isinstance(opened, S3Storage)
    return opened


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(None, tmp_path / "storage", "/media/")
    bucket: S3Storage = request.getfixturevalue("bucket")
    bucket.prefix = f"{tmp_path.name}/"
    return bucket


def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    with storage.open(key, start, end) as file:
        return file.read()


def keys(storage: Storage, prefix: str) -> list[str]:
    return [stored.key for stored in storage.list(prefix)]


def test_what_was_put_is_read_back(storage: Storage) -> None:
    storage.put("videos/a/segment 1.ts", b"first")
    storage.put("videos/a/segment 1.ts", b"second, longer")
    assert read(storage, "videos/a/segment 1.ts") == b"second, longer"
    assert storage.size("videos/a/segment 1.ts") == 14
    assert storage.url("videos/a/segment 1.ts") == "/media/videos/a/segment%201.ts"


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    storage.put("videos/a/empty.vtt", b"")
    assert (storage.size("videos/a/empty.vtt"), read(storage, "videos/a/empty.vtt")) == (0, b"")


def test_a_big_file_arrives_whole_and_stays_with_its_owner(
    storage: Storage, tmp_path: Path
) -> None:
    film = tmp_path / "养羊.mp4"
    film.write_bytes(random.Random(1).randbytes(BIG))
    storage.put("sources/one", film)
    assert read(storage, "sources/one") == film.read_bytes()


def test_an_adopted_file_leaves_its_place(storage: Storage, tmp_path: Path) -> None:
    part = tmp_path / "upload.part"
    part.write_bytes(b"bytes")
    storage.adopt("sources/one", part)
    assert read(storage, "sources/one") == b"bytes"
    assert not part.exists()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 4, b"0123"),
        (4, 7, b"456"),
        (7, None, b"789"),
        (8, 99, b"89"),
        (3, 3, b""),
        (10, None, b""),
        (50, 60, b""),
    ],
)
def test_a_range_is_cut_at_the_ends_of_the_object(
    storage: Storage, start: int, end: int | None, expected: bytes
) -> None:
    storage.put("videos/a/digits", b"0123456789")
    assert read(storage, "videos/a/digits", start, end) == expected


def test_a_range_can_be_read_in_small_pieces(storage: Storage) -> None:
    storage.put("videos/a/digits", b"0123456789")
    with storage.open("videos/a/digits", 2, 8) as file:
        assert [file.read(4), file.read(4), file.read(4)] == [b"2345", b"67", b""]


def test_a_list_has_the_keys_of_its_prefix_in_order(storage: Storage) -> None:
    for key in ("work/b/2", "work/b/10", "work/b-c/1", "work/a", "worked/a", "videos/x"):
        storage.put(key, key.encode())
    assert keys(storage, "work/") == ["work/a", "work/b-c/1", "work/b/10", "work/b/2"]
    assert keys(storage, "work/b/") == ["work/b/10", "work/b/2"]
    assert keys(storage, "nothing/") == []
    assert [stored.size_bytes for stored in storage.list("work/a")] == [6]


def test_a_list_goes_beyond_a_thousand_objects(storage: Storage, tmp_path: Path) -> None:
    if not isinstance(storage, FolderStorage):
        pytest.skip("a thousand puts take long; the paginator is boto3's")
    for number in range(1005):
        (tmp_path / "storage" / f"{number:04}").write_bytes(b"")
    assert len(keys(storage, "")) == 1005


def test_folders_are_named_without_what_is_in_them(storage: Storage) -> None:
    for key in ("videos/b/p/1.ts", "videos/b/p/2.ts", "videos/a/q/r/1.ts", "videos/x", "work/c"):
        storage.put(key, b"1")
    assert list(storage.folders("videos")) == ["a", "b"]
    assert list(storage.folders("videos/a")) == ["q"]
    assert [*storage.folders("never"), *storage.folders("videos/x")] == []


def test_what_is_deleted_is_gone_and_deleting_again_is_no_error(storage: Storage) -> None:
    storage.put("videos/a/1.ts", b"1")
    storage.delete("videos/a/1.ts")
    storage.delete("videos/a/1.ts")
    storage.delete("never/there")
    with pytest.raises(ObjectNotFound):
        storage.open("videos/a/1.ts")


def test_a_tree_is_deleted_without_its_neighbours(storage: Storage) -> None:
    for key in ("videos/a/1.ts", "videos/a/low/1.ts", "videos/ab/1.ts"):
        storage.put(key, b"1")
    storage.delete_tree("videos/a")
    storage.delete_tree("videos/never")
    assert keys(storage, "videos/") == ["videos/ab/1.ts"]


def test_a_folder_of_objects_is_no_object(storage: Storage) -> None:
    storage.put("videos/a/1.ts", b"1")
    for ask in (storage.size, storage.open):
        with pytest.raises(ObjectNotFound):
            ask("videos/a")
    assert keys(storage, "") == ["videos/a/1.ts"]


def test_a_fetched_object_is_a_local_file(storage: Storage, tmp_path: Path) -> None:
    storage.put("work/a/1.ts", b"one")
    storage.put("work/b/1.ts", b"two")
    paths = [storage.fetch(key, tmp_path / "scratch") for key in ("work/a/1.ts", "work/b/1.ts")]
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert {path.suffix for path in paths} == {".ts"}


def test_what_is_not_there_is_named(storage: Storage, tmp_path: Path) -> None:
    for ask in (
        lambda: storage.size("videos/none"),
        lambda: storage.open("videos/none"),
        lambda: storage.open("videos/none", 5, 9),
        lambda: storage.open("videos/none", 5, 5),
        lambda: storage.fetch("videos/none", tmp_path),
    ):
        with pytest.raises(ObjectNotFound, match="videos/none"):
            ask()


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "..", "a/../../b", "a//b", "a/./b", "a\\b", "a\0b", "a/.part-x"]
    + [
        pytest.param("a/" + "课" * 86, id="long name"),
        pytest.param("/".join(["x" * 200] * 6), id="long key"),
    ],
)
def test_a_key_cannot_leave_its_storage(storage: Storage, key: str, tmp_path: Path) -> None:
    for ask in (
        lambda: storage.put(key, b""),
        lambda: storage.open(key),
        lambda: storage.size(key),
        lambda: storage.delete(key),
        lambda: storage.delete_tree(key),
        lambda: storage.fetch(key, tmp_path),
        lambda: storage.url(key),
    ):
        with pytest.raises(BadKey):
            ask()


def test_readers_see_the_old_or_the_new_and_never_a_mixture(
    storage: Storage, tmp_path: Path
) -> None:
    old, new = b"o" * BIG, b"n" * BIG
    film = tmp_path / "new"
    film.write_bytes(new)
    storage.put("videos/a/film", old)
    writer = threading.Thread(target=storage.put, args=("videos/a/film", film))
    writer.start()
    seen = set()
    while writer.is_alive():
        content = read(storage, "videos/a/film")
        seen.add((len(content), content[:1], content == content[:1] * BIG))
    writer.join()
    assert seen <= {(BIG, b"o", True), (BIG, b"n", True)}
    assert read(storage, "videos/a/film") == new


PUT = """
import sys
from pathlib import Path
from app.storage import open_storage
storage = open_storage(sys.argv[1] or None, Path(sys.argv[2]), "/media/")
print("ready", flush=True)
storage.put("videos/a/film", Path(sys.argv[3]))
"""


@contextmanager
def writer_of(film: Path, address: str | None, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is about to put a film; it is killed at the end."""
    writer = subprocess.Popen(
        [sys.executable, "-c", PUT, address or "", str(folder), str(film)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None
    with writer.stdout as said:
        assert said.readline() == b"ready\n"
        yield writer
        writer.kill()
        writer.wait()


def test_a_writer_killed_in_the_middle_leaves_no_object_in_a_folder(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "storage", "/media/")
    # A pipe that nobody fills any further holds the writer in the middle of its film.
    film = tmp_path / "film"
    os.mkfifo(film)
    with writer_of(film, None, tmp_path / "storage"), film.open("wb") as pipe:
        pipe.write(bytes(BIG // 2))
        pipe.flush()
        [part] = wait_until(lambda: unfinished(storage), what="half of the film")
    with pytest.raises(ObjectNotFound):
        storage.size("videos/a/film")
    assert keys(storage, "") == []
    written_at = datetime.fromtimestamp(part.stat().st_mtime, UTC)
    second = timedelta(seconds=1)
    assert (storage.sweep(written_at - second), storage.sweep(written_at + second)) == (0, 1)
    assert unfinished(storage) == []


def test_a_writer_killed_in_the_middle_leaves_all_or_nothing_in_s3(
    s3_variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in s3_variables.items():
        monkeypatch.setenv(name, value)
    address = f"s3://nongke/{tmp_path.name}"
    film = tmp_path / "film"
    film.write_bytes(bytes(4 * BIG))
    with writer_of(film, address, tmp_path) as writer:
        process = psutil.Process(writer.pid)
        before = process.io_counters().read_chars
        wait_until(
            lambda: writer.poll() or process.io_counters().read_chars > before + BIG,
            what="a quarter of the film",
        )
    storage = open_storage(address, tmp_path, "/media/")
    assert [stored.size_bytes for stored in storage.list("")] in ([], [4 * BIG])
    storage.put("videos/a/film", b"whole")
    assert read(storage, "videos/a/film") == b"whole"


def unfinished(storage: FolderStorage) -> list[Path]:
    return [path for path in storage.folder.rglob(".part-*") if path.stat().st_size > 0]
