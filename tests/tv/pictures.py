"""Screenshots, compared."""

from __future__ import annotations

import subprocess

import imageio_ffmpeg

WIDTH_PX, HEIGHT_PX = 320, 180
# Of 255: what a pixel has to change by, so that noise of scaling is none.
CHANGED = 24


def differing(first: bytes, second: bytes) -> float:
    """The share of the screen that has changed."""
    pairs = list(zip(_grey(first), _grey(second), strict=True))
    return sum(abs(a - b) >= CHANGED for a, b in pairs) / len(pairs)


def _grey(png: bytes) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "png_pipe", "-i", "-"]
    scaled = ["-vf", f"scale={WIDTH_PX}:{HEIGHT_PX}", "-pix_fmt", "gray", "-f", "rawvideo", "-"]
    return subprocess.run([*command, *scaled], input=png, check=True, capture_output=True).stdout
