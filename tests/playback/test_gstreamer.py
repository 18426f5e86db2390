"""Packages in GStreamer's playbin, which many boxes play with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from transcode.oneshot import Report

Served = Callable[[Path], str]


def played(address: str) -> subprocess.CompletedProcess[str]:
    """Play to the end, as fast as it decodes; an error in the stream is an exit code."""
    assert shutil.which("gst-launch-1.0"), "no GStreamer found: run `make test`"
    sink = "fakesink sync=false"
    return subprocess.run(
        ["gst-launch-1.0", "-e", "playbin", f"uri={address}/multivariant.m3u8"]
        + [f"video-sink={sink}", f"audio-sink={sink}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_package_plays_to_its_end(served: Served, packaged: tuple[Path, Report]) -> None:
    done = played(served(packaged[0]))
    assert done.returncode == 0, done.stderr
    assert "EOS" in done.stdout
