"""See a package as a player does: by decoding it."""

from __future__ import annotations

import itertools
import re
import subprocess
from array import array
from pathlib import Path

import av


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


def loudness(ffmpeg: str, playlist: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP); a mono track as from two speakers."""
    command = [ffmpeg, "-nostdin", "-hide_banner", "-i", str(playlist), "-vn"]
    meter = "ebur128=peak=true:dualmono=true:framelog=quiet"
    done = subprocess.run(
        [*command, "-af", meter, "-f", "null", "-"], check=True, capture_output=True, text=True
    )
    lufs = re.findall(r"I:\s+(\S+) LUFS", done.stderr)[-1]
    return float(lufs), float(re.findall(r"Peak:\s+(\S+) dBFS", done.stderr)[-1])


def clicks_s(path: Path) -> list[float]:
    """When the loudest sample of each click sounds, on the clock that the picture has, too."""
    found: list[tuple[float, float]] = []  # when, how loud
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = _first_channel(frame)
            level = max(samples)
            if level > 0.1:
                assert frame.pts is not None and frame.time_base is not None
                after_s = samples.index(level) / frame.sample_rate
                found.append((float(frame.pts * frame.time_base) + after_s, level))
    return _peaks(found)


def _first_channel(frame: av.AudioFrame) -> list[float]:
    """Amplitudes, without a sign, as shares of full scale."""
    kind, scale = {"flt": ("f", 1), "dbl": ("d", 1), "s16": ("h", 1 << 15), "s32": ("i", 1 << 31)}[
        frame.format.name.removesuffix("p")
    ]
    step = 1 if frame.format.is_planar else frame.layout.nb_channels
    plane = array(kind, bytes(frame.planes[0]))
    return [abs(sample) / scale for sample in plane[: frame.samples * step : step]]


def _peaks(found: list[tuple[float, float]]) -> list[float]:
    """Of findings closer than half a second the loudest."""
    peaks: list[tuple[float, float]] = []
    for at, level in found:
        if peaks and at - peaks[-1][0] < 0.5:
            peaks[-1] = max(peaks[-1], (at, level), key=lambda peak: peak[1])
        else:
            peaks.append((at, level))
    return [at for at, _ in peaks]


def flashes_s(path: Path) -> list[float]:
    """When the picture turns white."""
    found, white_before = [], False
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            white = mean_luma(frame) > 0.5
            if white and not white_before:
                assert frame.pts is not None and frame.time_base is not None
                found.append(float(frame.pts * frame.time_base))
            white_before = white
    return found


def mean_luma(frame: av.VideoFrame) -> float:
    """Mean brightness from 0 to 1, black and white as in television."""
    plane = frame.reformat(format="yuv420p").planes[0]
    rows = bytes(plane)
    width, line = frame.width, plane.line_size
    total = sum(sum(rows[y * line : y * line + width]) for y in range(frame.height))
    return (total / (width * frame.height) - 16) / 219


def pictures(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def level_db(
    ffmpeg: str, path: Path, start_s: float, end_s: float, *, channel: int | None = None
) -> float:
    """Mean volume of a stretch, of all channels or of one."""
    one = "" if channel is None else f"pan=mono|c0=c{channel},"
    window = f"{one}atrim={start_s}:{end_s},volumedetect"
    command = [ffmpeg, "-nostdin", "-i", str(path), "-vn", "-af", window, "-f", "null", "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(re.findall(r"mean_volume: (-?[\d.]+|-inf)", done.stderr)[0])


def first_white(frame: av.VideoFrame) -> list[int]:
    """Where in each line the white begins."""
    plane = frame.reformat(format="yuv420p").planes[0]
    rows, line = bytes(plane), plane.line_size
    return [
        next((x for x in range(frame.width) if rows[y * line + x] > 128), frame.width)
        for y in range(frame.height)
    ]


def pitch_hz(ffmpeg: str, playlist: Path) -> float:
    """How high the first three seconds sound, by counting where the wave crosses zero upwards."""
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(playlist), "-map", "0:a", "-t", "3"]
    raw = ["-ac", "1", "-ar", "48000", "-f", "s16le", "-"]
    done = subprocess.run([*command, *raw], check=True, capture_output=True)
    wave = memoryview(done.stdout).cast("h")
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(wave))
    return crossings / (len(wave) / 48_000)
