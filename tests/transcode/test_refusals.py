"""Every kind of bad file is refused with its own code, and told what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transcode.conftest import X264, Film, moving, tone
from transcode import errors
from transcode.errors import SourceRefused, TranscodeError
from transcode.oneshot import package_file

KEY = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "7" * 32, "-encryption_kid",
       "a" * 32)  # fmt: skip
PICTURE = [*moving(1), "-frames:v", "1"]


def refusal(path: Path, tmp_path: Path) -> SourceRefused:
    with pytest.raises(SourceRefused) as refused:
        package_file(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return refused.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        ("农民夜校 第一讲".encode(), "not_a_video"),
        ("农民夜校".encode("utf-16"), "not_a_video"),
        (b"<html><body>file list</body></html>", "not_a_video"),
        (b"PK\x03\x04" + bytes(500), "not_a_video"),
        (b"%PDF-1.7" + bytes(500), "not_a_video"),
        (bytes(range(256)) * 400, "not_a_video"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(500), "still_picture"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(500), "damaged"),
    ],
)
def test_what_is_no_video_is_refused_whatever_its_name(
    content: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    assert refusal(path, tmp_path).code == code


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("song.mp3", [*tone(1), "-c:a", "libmp3lame"], "audio_only"),
        ("photo.jpg", PICTURE, "still_picture"),
        ("photo.webp", [*PICTURE, "-c:v", "libwebp"], "still_picture"),
        ("one.mp4", [*PICTURE, *X264], "still_picture"),
        ("wide.mkv", [*moving(0.4, "8200x64", "5"), *X264], "too_large_picture"),
        ("secret.mp4", [*moving(1), *X264, *KEY], "encrypted"),
        ("many.mkv", [*tone(0.1), *["-map", "0"] * 101, "-c:a", "pcm_s16le"], "too_many_streams"),
        ("long.mkv", [*moving(4, "16x16", "1"), *X264, "-bsf:v", "setts=ts=TS*9000"], "too_long"),
    ],
)
def test_media_that_cannot_be_a_lesson_is_refused(
    film: Film, name: str, arguments: list[str], code: str, tmp_path: Path
) -> None:
    assert refusal(film(name, *arguments), tmp_path).code == code


X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"]
HDR10 = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084"


def test_dolby_vision_without_a_base_is_refused_and_with_one_it_is_plain_hdr(
    film: Film, tmp_path: Path
) -> None:
    dolby = [*X265, "-tag:v", "dvh1", "-strict", "unofficial"]
    bare = film("profile-5.mp4", *moving(2, "128x128"), *dolby)
    assert refusal(bare, tmp_path).code == "dolby_vision"
    based = film("profile-8.mp4", *moving(2, "128x128"), "-vf", HDR10, *dolby)
    report = package_file(based, tmp_path / "out")
    assert "hdr_to_sdr" in [note.code for note in report.notes]


def test_a_song_with_cover_art_is_only_sound(film: Film, tmp_path: Path) -> None:
    song, cover = film("plain.mp3", *tone(1)), film("cover.jpg", *PICTURE)
    both = film(
        "cover.mp3", "-i", song, "-i", cover, "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v", "attached_pic",
    )  # fmt: skip
    assert refusal(both, tmp_path).code == "audio_only"


def test_subtitles_alone_are_no_video_track(film: Film, tmp_path: Path) -> None:
    text = tmp_path / "text.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:01,000\n养羊\n")
    assert refusal(film("text.mkv", "-i", text), tmp_path).code == "no_video_track"


def test_a_film_full_of_garbage_is_damaged(short_film: Path, tmp_path: Path) -> None:
    content = bytearray(short_film.read_bytes())
    for at in range(len(content) // 5, len(content) - 5000, 4000):
        content[at : at + 3500] = bytes(3500)
    (tmp_path / "garbage.mp4").write_bytes(content)
    assert refusal(tmp_path / "garbage.mp4", tmp_path).code == "damaged"


@pytest.mark.parametrize("offset_s", [3000, -900], ids=["forward", "back"])
def test_recordings_joined_as_they_are_have_a_broken_clock(
    film: Film, tmp_path: Path, offset_s: int
) -> None:
    codecs = [*X264, "-c:a", "aac"]
    one = film("one.ts", *moving(2), *tone(2), *codecs, "-output_ts_offset", "1000")
    two = film(
        f"two{offset_s}.ts",
        *moving(2),
        *tone(2),
        *codecs,
        "-output_ts_offset",
        str(1000 + offset_s),
    )
    (tmp_path / "joined.ts").write_bytes(one.read_bytes() + two.read_bytes())
    assert refusal(tmp_path / "joined.ts", tmp_path).code == "broken_clock"


@pytest.mark.parametrize(("ending", "size", "sync"), [("ts", 188, 0), ("m2ts", 192, 4)])
def test_a_scrambled_broadcast_is_encrypted(
    film: Film, tmp_path: Path, ending: str, size: int, sync: int
) -> None:
    clear = film(f"clear.{ending}", *moving(2), *tone(2), *X264, "-c:a", "aac")
    content = bytearray(clear.read_bytes())
    for at in range(size * 4 + sync, len(content), size):
        assert content[at] == 0x47
        content[at + 3] |= 0xC0
    scrambled = tmp_path / f"scrambled.{ending}"
    scrambled.write_bytes(content)
    assert refusal(scrambled, tmp_path).code == "encrypted"


@pytest.mark.parametrize("ending", ["mkv", "webm"])
def test_matroska_with_encrypted_tracks_is_encrypted(
    film: Film, tmp_path: Path, ending: str
) -> None:
    codecs = {"mkv": X264, "webm": ("-c:v", "libvpx", "-deadline", "realtime")}[ending]
    # The name of the track makes room for the element that tells of the encryption.
    named = film(f"named.{ending}", *moving(1), *codecs, "-metadata:s:v", f"title={'x' * 30}")
    name = b"\x53\x6e\x9e" + b"x" * 30
    # ContentEncodings, ContentEncoding, its type 1, ContentEncryption, AES; then a void.
    secret = bytes.fromhex("6d8090 62408d 503381 01 503584 47e18105".replace(" ", ""))
    void = b"\xec" + bytes([0x80 | (len(name) - len(secret) - 2)])
    content = named.read_bytes()
    assert content.count(name) == 1
    content = content.replace(name, (secret + void).ljust(len(name), b"\0"))
    (tmp_path / f"secret.{ending}").write_bytes(content)
    assert refusal(tmp_path / f"secret.{ending}", tmp_path).code == "encrypted"


@pytest.mark.parametrize(
    ("name", "codecs", "clear", "secret"),
    [
        # A film from a shop, and Windows Media with rights management: what tells them apart.
        ("shop.mp4", [*X264, *KEY], b"encv", b"drmi"),
        (
            "rights.wmv", ["-c:v", "wmv2"],
            bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c"),
            bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
        ),
    ],
)  # fmt: skip
def test_a_film_under_rights_management_is_encrypted(
    film: Film, tmp_path: Path, name: str, codecs: list[str], clear: bytes, secret: bytes
) -> None:
    titled = film(name, *moving(1), *codecs, "-metadata", "title=x")
    content = titled.read_bytes()
    assert clear in content
    (tmp_path / name).write_bytes(content.replace(clear, secret).replace(b"schm", b"free"))
    assert refusal(tmp_path / name, tmp_path).code == "encrypted"


def test_sound_that_nothing_decodes_is_refused_not_left_out(film: Film, tmp_path: Path) -> None:
    source = film("dumb.mkv", *moving(2), *tone(2), *X264, "-c:a", "ac3")
    content = source.read_bytes()
    assert content.count(b"A_AC3") == 1
    (tmp_path / "dumb.mkv").write_bytes(content.replace(b"A_AC3", b"A_DTS"))
    assert refusal(tmp_path / "dumb.mkv", tmp_path).code == "unsupported_sound"


def test_a_picture_that_nothing_decodes_is_refused(film: Film, tmp_path: Path) -> None:
    content = film("secret-codec.mp4", *moving(2), *tone(2), *X264, "-c:a", "aac").read_bytes()
    assert content.count(b"avc1") == 2  # a brand, and the track's own name for its codec
    head, _, track = content.rpartition(b"avc1")
    (tmp_path / "new.mp4").write_bytes(head + b"vvcX" + track)
    assert refusal(tmp_path / "new.mp4", tmp_path).code == "unsupported_codec"


def test_every_error_has_its_own_code_and_remedies() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type)]
    kinds = [kind for kind in kinds if issubclass(kind, TranscodeError)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.__doc__ and kind.remedy_zh and kind.remedy_en for kind in kinds)


def test_the_command_tells_code_and_remedy_and_exits_with_three(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("养羊")
    done = run("package", str(tmp_path / "notes.mp4"), str(tmp_path / "out"), "--json")
    assert done.returncode == 3
    assert "code: not_a_video" in done.stderr
    assert "请上传" in done.stderr
    assert json.loads(done.stdout)["code"] == "not_a_video"


def test_the_commands_package_and_verify_a_film(short_film: Path, tmp_path: Path) -> None:
    out_dir = tmp_path / "out"
    report = json.loads(run("package", str(short_film), str(out_dir), "--json").stdout)
    assert [rung["name"] for rung in report["rungs"]] == ["240p", "floor"]
    assert report["cpu_s"] > 0
    assert run("verify", str(out_dir)).returncode == 0
    shutil.rmtree(out_dir / "floor")
    failed = run("verify", str(out_dir), "--json")
    assert failed.returncode == 4
    assert json.loads(failed.stdout)["passed"] is False


def test_a_folder_that_is_in_use_is_left_alone(short_film: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run("package", str(short_film), str(tmp_path)).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "transcode", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
