"""See a package as a player does: by decoding it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


def decode(ffmpeg: str, playlist: Path, kind: str = "v") -> list[str]:
    """One line a frame: stream, dts, pts, duration, size, hash."""
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(playlist), "-map", f"0:{kind}"]
    timing = ["-fps_mode", "passthrough", "-enc_time_base:v", "1:90000"]
    done = subprocess.run(
        [*command, *timing, "-f", "framemd5", "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if not line.startswith("#")]


def pts(frames: list[str]) -> list[int]:
    return [int(line.split(",")[2]) for line in frames]


def mean_loudness_db(ffmpeg: str, playlist: Path) -> float:
    command = [ffmpeg, "-nostdin", "-i", str(playlist), "-af", "volumedetect", "-f", "null", "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(re.findall(r"mean_volume: (-?[\d.]+|-inf)", done.stderr)[0])


def silence_s(ffmpeg: str, playlist: Path) -> float:
    """How long it is silent at the beginning."""
    command = [ffmpeg, "-nostdin", "-i", str(playlist), "-af", "silencedetect=n=-40dB:d=0.2"]
    done = subprocess.run([*command, "-f", "null", "-"], check=True, capture_output=True, text=True)
    start, end = re.findall(r"silence_(?:start|end): (-?[\d.]+)", done.stderr)[:2]
    return float(end) - float(start)


def pixel(ffmpeg: str, picture: Path, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue of one pixel of the first picture."""
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(picture), "-frames:v", "1"]
    filters = f"crop=2:2:{x}:{y},format=rgb24"
    done = subprocess.run(
        [*command, "-vf", filters, "-f", "rawvideo", "-"], check=True, capture_output=True
    )
    red, green, blue = done.stdout[:3]
    return red, green, blue


def similarity_db(ffmpeg: str, one: Path, two: Path) -> float:
    """The least PSNR of any frame of the one against the same frame of the other."""
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(one), "-i", str(two)]
    graph = "[0:v]settb=1/90000,setpts=N*3600[a];[1:v]settb=1/90000,setpts=N*3600[b]"
    done = subprocess.run(
        [*command, "-lavfi", f"{graph};[a][b]psnr=stats_file=-", "-f", "null", "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return min(float(v) for v in re.findall(r"psnr_avg:([\d.]+)", done.stdout + done.stderr))
